// Making wheels for tests.
#include "tests/unit/pkg/wheel_fixture.h"

#include "base/zip.h"
#include "pkg/wheel/record.h"

std::string make_wheel(const std::string& name, const std::string& version,
                       const std::vector<std::pair<std::string, std::string>>& files, const std::string& metadata) {
    base::ZipWriter writer;
    std::vector<pkg::RecordEntry> record;
    std::string info = name + "-" + version + ".dist-info/";
    auto add = [&](const std::string& path, const std::string& bytes) {
        writer.add(path, bytes);
        record.push_back(pkg::record_entry(path, bytes));
    };
    for (const auto& [path, bytes] : files)
        add(path == "entry_points.txt" ? info + path : path, bytes);
    add(info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n" + metadata);
    add(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    record.push_back({info + "RECORD", "", "", {}});
    writer.add(info + "RECORD", pkg::write_record(record));
    return writer.finish();
}
