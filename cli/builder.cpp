// Building what the command line names.
#include "cli/builder.h"

#include <algorithm>
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

bool names_place(std::string_view text) {
    // `name @ URL` and `name[extra] @ URL` begin with what may be a name, and then the sign.
    size_t at = text.find('@');
    if (at != std::string_view::npos && pkg::is_valid_name(base::strip(text.substr(0, std::min(at, text.find('[')))))) return false;
    text = text.substr(0, std::min(text.find('['), text.find(" ;")));
    return text == "." || text == ".." || text.starts_with("./") || text.starts_with("../") || text.starts_with('/') ||
           text.ends_with(".whl") || text.ends_with(".tar.gz") || text.ends_with(".zip") || base::looks_like_url(text);
}

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

void PathBuilder::add_build_constraints(const std::vector<pkg::Requirement>& constraints) {
    build_settings_.constraints.insert(build_settings_.constraints.end(), constraints.begin(), constraints.end());
}

base::Result<std::string> PathBuilder::metadata(const std::string& directory, const std::string& name) {
    pkg::Frontend* front = TRY(frontend());
    return front->metadata(directory, name);
}
base::Result<std::string> PathBuilder::wheel(const std::string& directory, const std::string& output, const std::string& name) {
    context_.note("building " + directory);
    pkg::Frontend* front = TRY(frontend());
    return front->wheel(directory, output, name);
}
base::Result<std::string> PathBuilder::editable(const std::string& directory, const std::string& output, const std::string& name) {
    pkg::Frontend* front = TRY(frontend());
    return front->editable(directory, output, name);
}
base::Result<std::string> PathBuilder::sdist(const std::string& directory, const std::string& output, const std::string& name) {
    pkg::Frontend* front = TRY(frontend());
    return front->sdist(directory, output, name);
}

void PathBuilder::settings_changed() {
    if (frontend_) frontend_->set_settings(build_settings_);
}
void PathBuilder::set_config(const std::string& key, const pkg::ConfigSettings& config) {
    if (config.empty() && !build_settings_.config.count(key)) return;
    build_settings_.config[key] = config;
    settings_changed();
}
void PathBuilder::use_site_packages(const std::string& directory) {
    build_settings_.site_packages = directory;
    settings_changed();
}
void PathBuilder::expect_hashes(const std::string& url, const std::vector<pkg::Hash>& hashes) {
    if (!hashes.empty() && !pkg::is_vcs_url(url)) index_.expect_hashes(url, hashes);
}

base::Result<std::string> PathBuilder::name_of_directory(const std::string& directory) {
    std::string path = base::join_path(directory, "pyproject.toml");
    if (base::path_exists(path)) {
        std::string text = TRY(base::read_file(path));
        pkg::Manifest manifest = TRY(pkg::parse_manifest(std::move(text), path));
        if (manifest.has_project) return manifest.project.name;
    }
    std::string text = TRY(metadata(directory, ""));
    pkg::Metadata read = TRY(pkg::parse_metadata_for_resolving(text, directory));
    return read.name;
}

// The value of `egg=` in a URL's fragment, pip's way to say the name before anything is fetched.
static std::string egg_of(std::string_view url) {
    std::string_view fragment;
    base::partition(url, '#', url, fragment);
    for (std::string_view part : base::split(fragment, '&')) {
        if (part.starts_with("egg=")) return std::string(part.substr(4, part.find('[') - 4));
    }
    return "";
}

// A URL without the `egg=` of its fragment: direct references name the project in front.
static std::string without_egg(std::string_view url) {
    std::string_view fragment;
    if (!base::partition(url, '#', url, fragment)) return std::string(url);
    std::vector<std::string> kept;
    for (std::string_view part : base::split(fragment, '&')) {
        if (!part.starts_with("egg=")) kept.emplace_back(part);
    }
    return std::string(url) + (kept.empty() ? "" : "#" + base::join(kept, "&"));
}

base::Result<std::string> PathBuilder::name_of_archive(const std::string& url) {
    pkg::DistFile file;
    file.file_name = base::url_file_name(url.substr(0, url.find('#')));
    // A wheel's name is what it says; a source archive's may belong to a repository's branch or tag.
    if (file.file_name.ends_with(".whl")) return TRY(pkg::parse_wheel_name(file.file_name)).name;
    bool plain = url.find("subdirectory=") == std::string::npos && pkg::describe_file(file, "");
    if (plain && url.starts_with("file:")) return TRY(pkg::parse_sdist_name(file.file_name)).name;
    return index_.direct_name(url);
}

// A checkout named after the project, as a path.
base::Result<std::string> PathBuilder::place_repository(const std::string& url) {
    pkg::VcsUrl parts = TRY(pkg::parse_vcs_url(url));
    std::string name = parts.egg.substr(0, parts.egg.find('['));
    if (name.empty()) name = TRY(index_.direct_name(without_egg(url)));
    std::string directory = base::join_path(base::absolute_path(checkout_folder_), TRY(pkg::parse_name(name)));
    TRY(index_.place_repository(url, directory));
    return base::join_path(directory, parts.subdirectory);
}

base::Result<pkg::Requirement> PathBuilder::requirement_of_path(const std::string& text, bool editable) {
    return requirement_of_path(text, editable, {}, {});
}

base::Result<pkg::Requirement> PathBuilder::requirement_of_path(const std::string& text, bool editable, const std::vector<pkg::Hash>& hashes,
                                                                const pkg::ConfigSettings& config) {
    // Its name may have to be asked of its back end.
    set_config("", config);
    base::Result<pkg::Requirement> out = find_requirement(text, editable, hashes);
    set_config("", {});
    if (out.ok() && !config.empty()) set_config(out->key, config);
    return out;
}

base::Result<pkg::Requirement> PathBuilder::find_requirement(const std::string& text, bool editable, const std::vector<pkg::Hash>& hashes) {
    std::string place = text;
    pkg::Requirement out;
    if (place.ends_with(']')) {
        size_t bracket = place.rfind('[');
        for (std::string_view extra :
             base::split(std::string_view(place).substr(bracket + 1, place.size() - bracket - 2), ','))
            out.extras.emplace_back(base::strip(extra));
        place.resize(bracket);
    }
    if (editable && pkg::is_vcs_url(place)) place = TRY(place_repository(place));
    bool url = base::looks_like_url(place);
    out.name = egg_of(place);
    std::string path = pkg::local_directory(place.substr(0, place.find('#')));
    if (!path.empty() && !base::path_exists(path))
        return base::Error(base::ErrorKind::Usage, "there is no `" + base::redact_url(place) + "`");
    bool directory = !path.empty() && base::is_directory(path);
    if (editable && !directory)
        return base::Error(base::ErrorKind::Usage,
                           "`" + base::redact_url(place) + "` is no directory, so it cannot be installed in place");
    size_t fragment = place.find('#');
    out.url = url ? without_egg(place)
                  : base::file_url(path) + (fragment == std::string::npos ? "" : place.substr(fragment));
    expect_hashes(out.url, hashes);
    if (directory) {
        std::string tree = TRY(pkg::source_tree(path, pkg::direct_info_of_url(out.url).subdirectory));
        std::string egg = std::move(out.name);
        out.name = TRY(name_of_directory(tree));
        if (!egg.empty() && pkg::normalize_name(egg) != pkg::normalize_name(out.name))
            return base::Error(base::ErrorKind::Usage, "`" + base::redact_url(place) + "` holds `" + out.name + "`, not `" + egg + "`");
        if (editable) editables_.insert(out.url);
    } else if (out.name.empty() && pkg::is_vcs_url(place)) {
        out.name = TRY(index_.direct_name(out.url));
    } else if (out.name.empty()) {
        out.name = TRY(name_of_archive(out.url));
    }
    out.key = pkg::normalize_name(out.name);
    return out;
}

}  // namespace cli
