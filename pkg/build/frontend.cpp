// Running build back ends.
#include "pkg/build/frontend.h"

#include <algorithm>

#include "base/directory.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/text.h"
#include "pkg/build/embedded_backend.h"
#include "pkg/build/native.h"
#include "pkg/build/project_metadata.h"
#include "pkg/install/plan.h"
#include "pkg/name.h"
#include "pkg_files.h"

namespace pkg {

// A back end with what it requires installed beside it, for one source tree.
struct Frontend::Backend {
    std::string directory;  // the source tree
    std::string name;
    std::vector<std::string> path;
    base::TemporaryDirectory folder;  // requirements below env/, requests and answers
    int calls = 0;
    Site site() const { return site_for_target(folder.path() + "/env", ""); }
};

static base::Error failed(std::string text) {
    return base::Error(base::ErrorKind::BuildFailed, std::move(text));
}

// A source tree without pyproject.toml has setuptools' legacy back end (PEP 517 §Source trees).
static base::Result<Manifest> read_manifest(const std::string& directory) {
    std::string path = base::join_path(directory, "pyproject.toml");
    if (!base::path_exists(path)) {
        if (base::is_regular_file(directory + "/setup.py")) return Manifest{};
        return base::Error(base::ErrorKind::Usage,
                           "`" + directory + "` is no Python project: it has neither pyproject.toml nor setup.py");
    }
    std::string text = TRY(base::read_file(path));
    return parse_manifest(std::move(text), path);
}

namespace {
// Builds within builds, counted while the object lives.
class Deeper {
  public:
    explicit Deeper(int& depth) : depth_(++depth) {}
    ~Deeper() { --depth_; }

  private:
    int& depth_;
};
}  // namespace

base::Result<void> Frontend::install_requirements(Backend& backend, const std::vector<Requirement>& requirements) {
    if (requirements.empty()) return {};
    ResolveRequest request;
    for (const Requirement& requirement : requirements) {
        if (requirement.key != "adder-build") {
            request.roots.push_back({requirement, "", MarkerTree::always()});
            continue;
        }
        // Our own back end needs no index.
        base::Directory site = TRY(base::Directory::create(backend.site().purelib));
        for (const auto& [path, text] : embedded_backend_files())
            TRY(site.write_new(path, text));
    }
    if (request.roots.empty()) return {};
    // A back end that needs itself to be built would do so for ever.
    if (depth_ > 10)
        return failed("the builds of build requirements go round in a circle at `" + backend.directory + "`");
    request.target = &target_;
    request.subject = "the build";
    request.constraints = settings_.constraints;
    Deeper deeper(depth_);
    base::Result<Resolution> resolution = resolve(request, index_);
    if (!resolution.ok())
        return std::move(resolution)
            .error()
            .with_context("while finding what the build of `" + backend.directory + "` requires");
    std::vector<WantedPackage> wanted = TRY(wanted_of(*resolution, request, target_));
    Change change = plan_change(wanted, TRY(list_installed(backend.site())), {});
    TRY(apply_change(backend.site(), change, index_, {}));
    return {};
}

// The project of a source tree as far as its files tell, normalised: [project] or PKG-INFO.
static std::string name_of_tree(const std::string& directory, const Manifest& manifest) {
    if (manifest.has_project) return manifest.key();
    auto text = base::read_file(base::join_path(directory, "PKG-INFO"));
    auto headers = text.ok() ? parse_headers(*text) : base::Result<RawHeaders>(text.error());
    const std::string* name = headers.ok() ? headers->find("Name") : nullptr;
    return name ? normalize_name(*name) : "";
}

base::Result<Frontend::Backend> Frontend::prepare(const std::string& directory) {
    Manifest manifest = TRY(read_manifest(directory));
    base::TemporaryDirectory folder = TRY(base::TemporaryDirectory::create({}, "adder-build-"));
    Backend backend{directory, manifest.build_system.backend, manifest.build_system.backend_path, std::move(folder)};
    std::vector<Requirement> requirements;
    for (const Dependency508& dependency : manifest.build_system.requires_) {
        if (dependency.requirement.marker.evaluate(target_.markers)) requirements.push_back(dependency.requirement);
    }
    if (backend.name.empty()) backend.name = "setuptools.build_meta:__legacy__";
    if (!manifest.build_system.present) requirements = { TRY(parse_requirement("setuptools>=40.8.0")) };
    for (const auto& [package, extra] : settings_.extra) {
        if (package != name_of_tree(directory, manifest)) continue;
        for (const Requirement& requirement : extra)
            if (requirement.marker.evaluate(target_.markers)) requirements.push_back(requirement);
    }
    TRY(base::write_file(backend.folder.path() + "/call_hook.py", kCallHook));
    TRY(install_requirements(backend, requirements));
    return backend;
}

// The last lines of what a back end printed.
static void add_output(base::Error& error, const std::string& output) {
    std::vector<std::string_view> lines = base::split_lines(output);
    size_t first = lines.size() > 20 ? lines.size() - 20 : 0;
    for (size_t i = first; i < lines.size(); i++)
        error.contexts.push_back("| " + std::string(lines[i]));
}

base::Result<std::string> Frontend::call(Backend& backend, std::string_view hook,
                                         const std::vector<std::string>& arguments, bool optional) {
    std::string stem = backend.folder.path() + "/" + std::to_string(backend.calls++), answer = stem + ".answer";
    base::JsonWriter json;
    json.begin_object()
        .member("backend", backend.name)
        .member("hook", hook)
        .member("answer", answer)
        .key("arguments")
        .begin_array();
    for (const std::string& argument : arguments) {
        if (argument.empty()) {
            json.null();
        } else {
            json.string(argument);
        }
    }
    json.end_array()
        .key("site")
        .begin_array()
        .string(backend.site().purelib)
        .end_array()
        .key("backend_path")
        .begin_array();
    for (const std::string& path : backend.path)
        json.string(path);
    json.end_array().end_object();
    TRY(base::write_file(stem + ".request", json.text()));
    base::ProcessResult result =
        TRY(runner_.run({"-S", backend.folder.path() + "/call_hook.py", stem + ".request"}, backend.directory,
                        {{"PYTHONPATH", backend.site().purelib}, {"PYTHONNOUSERSITE", "1"}}));
    if (result.status != 0) {
        base::Error error = failed("the build back end `" + backend.name + "` failed in `" + std::string(hook) +
                                   "` with status " + std::to_string(result.status));
        add_output(error, result.output + result.errors);
        return error;
    }
    std::string text = TRY(base::read_file(answer));
    base::JsonDocument document = TRY(base::parse_json(text));
    if (document.root()["missing"].boolean()) {
        if (optional) return std::string();
        return failed("the build back end `" + backend.name + "` has no hook `" + std::string(hook) + "`");
    }
    return document.root()["result"].text();
}

// The requirements in a hook's answer, a JSON list of texts.
static base::Result<std::vector<Requirement>> requirements_of(const std::string& json) {
    std::vector<Requirement> out;
    if (json.empty()) return out;
    base::JsonDocument document = TRY(base::parse_json(json));
    for (size_t i = 0; i < document.root().size(); i++)
        out.push_back(TRY(parse_requirement(document.root().at(i).string())));
    return out;
}

base::Result<std::string> Frontend::build(const std::string& directory, const std::string& output,
                                          std::string_view kind) {
    Backend backend = TRY(prepare(directory));
    std::string needs = TRY(call(backend, "get_requires_for_build_" + std::string(kind), {""}, true));
    std::vector<Requirement> more = TRY(requirements_of(needs));
    TRY(install_requirements(backend, more));
    std::string folder = backend.folder.path() + "/out";
    TRY(base::make_directories(folder));
    std::string answer = TRY(call(backend, "build_" + std::string(kind), {folder}, false));
    base::JsonDocument document = TRY(base::parse_json(answer));
    std::string name(document.root().string());
    if (name.empty() || base::unsafe_member_name(name) || name.find('/') != std::string::npos ||
        !base::is_regular_file(folder + "/" + name))
        return failed("the build back end `" + backend.name + "` gave no file");
    TRY(base::make_directories(output));
    std::string bytes = TRY(base::read_file(folder + "/" + name))
    , path = base::join_path(output, name);
    TRY(base::write_file_atomic(path, bytes));
    return path;
}

static base::Result<std::string> save(const BuiltFile& file, const std::string& output) {
    TRY(base::make_directories(output));
    std::string path = base::join_path(output, file.name);
    TRY(base::write_file_atomic(path, file.bytes));
    return path;
}

base::Result<std::string> Frontend::wheel(const std::string& directory, const std::string& output) {
    Manifest manifest = TRY(read_manifest(directory));
    if (!is_native_backend(manifest)) return build(directory, output, "wheel");
    BuildTree tree = TRY(read_build_tree(directory));
    BuiltFile file = TRY(build_wheel(tree));
    return save(file, output);
}
base::Result<std::string> Frontend::editable(const std::string& directory, const std::string& output) {
    Manifest manifest = TRY(read_manifest(directory));
    if (!is_native_backend(manifest)) return build(directory, output, "editable");
    BuildTree tree = TRY(read_build_tree(directory));
    BuiltFile file = TRY(build_editable(tree));
    return save(file, output);
}
base::Result<std::string> Frontend::sdist(const std::string& directory, const std::string& output) {
    Manifest manifest = TRY(read_manifest(directory));
    if (!is_native_backend(manifest)) return build(directory, output, "sdist");
    BuildTree tree = TRY(read_build_tree(directory));
    BuiltFile file = TRY(build_sdist(tree));
    return save(file, output);
}

base::Result<std::string> Frontend::metadata(const std::string& directory) {
    Manifest manifest = TRY(read_manifest(directory));
    // PEP 621: what [project] says without `dynamic` a back end must not change.
    bool fixed = manifest.has_project && manifest.project.version.has_value();
    for (const char* field : {"version", "dependencies", "optional-dependencies", "requires-python"})
        fixed &= !manifest.project.is_dynamic(field);
    if (fixed) {
        manifest.project.readme_file.clear();
        manifest.project.license_file.clear();
        return project_metadata(directory, manifest, {});
    }
    Backend backend = TRY(prepare(directory));
    std::string needs = TRY(call(backend, "get_requires_for_build_wheel", {""}, true));
    std::vector<Requirement> more = TRY(requirements_of(needs));
    TRY(install_requirements(backend, more));
    std::string folder = backend.folder.path() + "/metadata";
    TRY(base::make_directories(folder));
    std::string answer = TRY(call(backend, "prepare_metadata_for_build_wheel", {folder}, true));
    if (!answer.empty()) {
        base::JsonDocument document = TRY(base::parse_json(answer));
        std::string name(document.root().string());
        if (base::unsafe_member_name(name)) return failed("the build back end `" + backend.name + "` gave no metadata");
        return base::read_file(folder + "/" + name + "/METADATA");
    }
    std::string path = TRY(wheel(directory, folder));
    Wheel built = TRY(Wheel::open(path));
    return built.metadata_text();
}

}  // namespace pkg
