// Building what the command line names.
#include "cli/builder.h"

#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "base/process.h"
#include "base/text.h"
#include "base/url.h"
#include "pkg/index/simple_page.h"
#include "pkg/manifest.h"
#include "pkg/metadata.h"
#include "pkg/name.h"

namespace cli {

base::Result<base::ProcessResult> ProcessRunner::run(
    const std::vector<std::string>& arguments, const std::string& directory,
    const std::vector<std::pair<std::string, std::string>>& environment) {
    base::ProcessOptions options;
    options.arguments = {executable_};
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    options.directory = directory;
    options.set_environment = environment;
    options.unset_environment = {"PYTHONHOME", "VIRTUAL_ENV"};
    options.output = options.errors = base::Stream::Capture;
    return base::run_process(options);
}

// $ADDER_BUILD_PYTHON names another interpreter for build back ends than adder's own.
base::Result<pkg::Frontend*> PathBuilder::frontend() {
    if (frontend_) return frontend_.get();
    const char* asked = std::getenv("ADDER_BUILD_PYTHON");
    venv::Interpreter interpreter = TRY(venv::find_interpreter(asked ? asked : "", context_.own(), context_.cache()));
    runner_ = std::make_unique<ProcessRunner>(interpreter.path);
    target_ = std::make_unique<pkg::Target>(TRY(venv::host_target(interpreter.version)));
    frontend_ = std::make_unique<pkg::Frontend>(*runner_, *target_, index_);
    frontend_->set_settings(build_settings_);
    return frontend_.get();
}

void PathBuilder::use_settings_of(const pkg::Manifest& manifest) {
    auto plain = [](const std::vector<pkg::Dependency508>& list) {
        std::vector<pkg::Requirement> out;
        for (const pkg::Dependency508& dependency : list) out.push_back(dependency.requirement);
        return out;
    };
    build_settings_.constraints = plain(manifest.tool.build_constraints);
    build_settings_.extra.clear();
    for (const auto& [package, list] : manifest.tool.extra_build_dependencies) build_settings_.extra.emplace_back(package, plain(list));
}

base::Result<std::string> PathBuilder::metadata(const std::string& directory) {
    return TRY(frontend())
    ->metadata(directory);
}
base::Result<std::string> PathBuilder::wheel(const std::string& directory, const std::string& output) {
    context_.note("building " + directory);
    return TRY(frontend())
    ->wheel(directory, output);
}
base::Result<std::string> PathBuilder::editable(const std::string& directory, const std::string& output) {
    return TRY(frontend())
    ->editable(directory, output);
}
base::Result<std::string> PathBuilder::sdist(const std::string& directory, const std::string& output) {
    return TRY(frontend())
    ->sdist(directory, output);
}

base::Result<std::string> PathBuilder::name_of_directory(const std::string& directory) {
    std::string path = base::join_path(directory, "pyproject.toml");
    if (base::path_exists(path)) {
        std::string text = TRY(base::read_file(path));
        pkg::Manifest manifest = TRY(pkg::parse_manifest(std::move(text), path));
        if (manifest.has_project) return manifest.project.name;
    }
    std::string text = TRY(metadata(directory));
    pkg::Metadata read = TRY(pkg::parse_metadata_for_resolving(text, directory));
    return read.name;
}

base::Result<pkg::Requirement> PathBuilder::requirement_of_path(const std::string& text, bool editable) {
    std::string place = text;
    pkg::Requirement out;
    if (place.ends_with(']')) {
        size_t bracket = place.rfind('[');
        for (std::string_view extra :
             base::split(std::string_view(place).substr(bracket + 1, place.size() - bracket - 2), ','))
            out.extras.emplace_back(base::strip(extra));
        place.resize(bracket);
    }
    bool url = base::looks_like_url(place);
    std::string path = pkg::local_directory(place.substr(0, place.find('#')));
    if (!path.empty() && !base::path_exists(path))
        return base::Error(base::ErrorKind::Usage, "there is no `" + place + "`");
    if (!path.empty() && base::is_directory(path)) {
        out.name = TRY(name_of_directory(path));
        out.url = base::file_url(path);
        if (editable) editables_.insert(out.url);
    } else {
        if (editable)
            return base::Error(base::ErrorKind::Usage,
                               "`" + place + "` is no directory, so it cannot be installed in place");
        out.url = url ? place : base::file_url(path);
        pkg::DistFile file;
        file.file_name = base::url_file_name(out.url.substr(0, out.url.find('#')));
        if (!pkg::describe_file(file, ""))
            return base::Error(base::ErrorKind::Usage,
                               "`" + base::redact_url(place) + "` is no wheel, source archive or directory");
        if (file.kind == pkg::FileKind::Wheel) {
            out.name = TRY(pkg::parse_wheel_name(file.file_name))
            .name;
        } else {
            out.name = TRY(pkg::parse_sdist_name(file.file_name))
            .name;
        }
    }
    out.key = pkg::normalize_name(out.name);
    return out;
}

}  // namespace cli
