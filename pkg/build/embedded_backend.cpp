// The embedded files of adder_build and their wheel.
#include "pkg/build/embedded_backend.h"

#include "base/zip.h"
#include "pkg/wheel/record.h"
#include "pkg_files.h"

namespace pkg {

std::vector<std::pair<std::string, std::string_view>> embedded_backend_files() {
    return {{"adder_build/__init__.py", kBackendInit},
            {"adder_build/_archives.py", kBackendArchives},
            {"adder_build/_checks.py", kBackendChecks},
            {"adder_build/_project.py", kBackendProject},
            {"adder_build/licenses.def", kBackendLicenses}};
}

BuiltFile embedded_backend_wheel() {
    constexpr std::string_view kMetadata =
        "Metadata-Version: 2.2\nName: adder_build\nVersion: 0.1.0\nSummary: Build back end for static [project] "
        "projects in pure Python\n"
        "Requires-Python: >=3.8\nRequires-Dist: tomli>=1.1; python_version < '3.11'\n";
    constexpr std::string_view kWheel =
        "Wheel-Version: 1.0\nGenerator: adder_build 0.1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    base::ZipWriter zip;
    std::vector<RecordEntry> record;
    auto add = [&](const std::string& path, std::string_view bytes) {
        zip.add(path, bytes);
        record.push_back(record_entry(path, bytes));
    };
    for (const auto& [path, text] : embedded_backend_files())
        add(path, text);
    add("adder_build-0.1.0.dist-info/METADATA", kMetadata);
    add("adder_build-0.1.0.dist-info/WHEEL", kWheel);
    record.push_back({"adder_build-0.1.0.dist-info/RECORD", "", "", {}});
    zip.add("adder_build-0.1.0.dist-info/RECORD", write_record(record));
    return {"adder_build-0.1.0-py3-none-any.whl", zip.finish()};
}

}  // namespace pkg
