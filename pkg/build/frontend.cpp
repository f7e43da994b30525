// Running build back ends.
#include "pkg/build/frontend.h"

#include <algorithm>

#include "base/directory.h"
#include "base/fs.h"
#include "base/hash.h"
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
    std::string ready_for;  // the kind of product whose further requirements are installed
    std::string metadata, wheel;  // METADATA and the wheel's path, once they were made
    std::string config;           // settings for it, as JSON; "" for none
    std::string site_packages;    // what it finds installed
    Site site() const { return site_for_target(folder.path() + "/env", ""); }
};

// What a tree can be built into: the end of its hooks' names, and what makes it without hooks.
struct Frontend::Product {
    std::string kind;
    base::Result<BuiltFile> (*native)(const BuildTree&);
};

// All constraints count: which of them a build comes to, through what its requirements require, is known only afterwards.
std::string BuildSettings::key(const std::string& name) const {
    std::vector<std::string> lines;
    auto add = [&](const std::string& kind, const std::vector<Requirement>& requirements) {
        for (const Requirement& requirement : requirements)
            lines.push_back(kind + " " + requirement.text());
    };
    add("constraint", constraints);
    for (const auto& [package, requirements] : extra)
        if (name.empty() || package == name) add("extra " + package, requirements);
    if (std::string text = config_text(name); !text.empty()) lines.push_back("config " + text);
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    return lines.empty() ? "" : base::sha256_hex(base::join(lines, "\n"));
}

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

std::string BuildSettings::config_text(const std::string& name) const {
    auto own = config.find(name);
    if (own == config.end() || own->second.empty()) return "";
    const ConfigSettings& settings = own->second;
    base::JsonWriter json;
    json.begin_object();
    for (size_t i = 0; i < settings.size(); i++) {
        auto same = [&](const auto& other) { return other.first == settings[i].first; };
        if (std::any_of(settings.begin(), settings.begin() + (ptrdiff_t)i, same)) continue;
        json.key(settings[i].first);
        bool list = std::count_if(settings.begin(), settings.end(), same) > 1;
        if (list) json.begin_array();
        for (const auto& [key, value] : settings)
            if (key == settings[i].first) json.string(value);
        if (list) json.end_array();
    }
    return json.end_object().text();
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
    if (requirements.empty() || !settings_.site_packages.empty()) return {};
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

// `name` of [metadata] in setup.cfg (setuptools' declarative form), normalised; "" where it does not say one.
static std::string name_of_setup_cfg(std::string_view text) {
    bool inside = false;
    for (std::string_view line : base::split_lines(text)) {
        if (line.starts_with('[')) inside = base::strip(line) == "[metadata]";
        size_t sign = line.find_first_of("=:");
        if (!inside || sign == std::string_view::npos || base::strip(line.substr(0, sign)) != "name") continue;
        std::string_view value = base::strip(line.substr(sign + 1));
        return is_valid_name(value) ? normalize_name(value) : "";
    }
    return "";
}

// The project of a source tree as far as its files tell, normalised: [project], PKG-INFO or setup.cfg.
static std::string name_of_tree(const std::string& directory, const Manifest& manifest) {
    if (manifest.has_project) return manifest.key();
    auto text = base::read_file(base::join_path(directory, "PKG-INFO"));
    auto headers = text.ok() ? parse_headers(*text) : base::Result<RawHeaders>(text.error());
    const std::string* name = headers.ok() ? headers->find("Name") : nullptr;
    if (name) return normalize_name(*name);
    auto configuration = base::read_file(base::join_path(directory, "setup.cfg"));
    return configuration.ok() ? name_of_setup_cfg(*configuration) : "";
}

base::Result<std::string> Frontend::asked_name(Backend& backend) {
    auto text = metadata_by_hooks(backend);
    if (!text.ok())
        return std::move(text).error().with_hint("extra-build-dependencies go by the project's name, which only setup.py knows here: "
                                                 "write it into setup.cfg, or require the tree as `name @ file:…`");
    return normalize_name(TRY(parse_metadata_for_resolving(*text, backend.directory)).name);
}

base::Result<Frontend::Backend> Frontend::prepare(const std::string& directory, const Manifest& manifest, const std::string& name) {
    base::TemporaryDirectory folder = TRY(base::TemporaryDirectory::create({}, "adder-build-"));
    Backend backend{.directory = directory,
                    .name = manifest.build_system.backend,
                    .path = manifest.build_system.backend_path,
                    .folder = std::move(folder),
                    .ready_for = {},
                    .metadata = {},
                    .wheel = {},
                    .config = settings_.config_text(name),
                    .site_packages = settings_.site_packages};
    if (backend.site_packages.empty()) backend.site_packages = backend.site().purelib;
    std::vector<Requirement> requirements;
    for (const Dependency508& dependency : manifest.build_system.requires_) {
        if (dependency.requirement.marker.evaluate(target_.markers)) requirements.push_back(dependency.requirement);
    }
    if (backend.name.empty()) backend.name = "setuptools.build_meta:__legacy__";
    if (!manifest.build_system.present) requirements = { TRY(parse_requirement("setuptools>=40.8.0")) };
    TRY(base::write_file(backend.folder.path() + "/call_hook.py", kCallHook));
    std::string own = settings_.extra.empty() ? "" : name_of_tree(directory, manifest);
    if (own.empty()) own = name;
    bool ask = own.empty() && !settings_.extra.empty();
    if (ask) {
        TRY(install_requirements(backend, requirements));
        own = TRY(asked_name(backend));
    }
    size_t before = requirements.size();
    for (const auto& [package, extra] : settings_.extra) {
        if (package != own) continue;
        for (const Requirement& requirement : extra)
            if (requirement.marker.evaluate(target_.markers)) requirements.push_back(requirement);
    }
    if (ask && requirements.size() == before) return backend;
    // What was made without the further requirements may come out otherwise with them.
    backend.ready_for = backend.metadata = backend.wheel = "";
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
    if (!backend.config.empty()) json.raw(backend.config);
    json.end_array()
        .key("site")
        .begin_array()
        .string(backend.site_packages)
        .end_array()
        .key("backend_path")
        .begin_array();
    for (const std::string& path : backend.path)
        json.string(path);
    json.end_array().end_object();
    TRY(base::write_file(stem + ".request", json.text()));
    base::ProcessResult result =
        TRY(runner_.run({"-S", backend.folder.path() + "/call_hook.py", stem + ".request"}, backend.directory,
                        {{"PYTHONPATH", backend.site_packages}, {"PYTHONNOUSERSITE", "1"}}));
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

base::Result<void> Frontend::make_ready(Backend& backend, const std::string& kind) {
    if (backend.ready_for == kind) return {};
    std::vector<std::string> arguments;
    if (backend.config.empty()) arguments.push_back("");
    std::string needs = TRY(call(backend, "get_requires_for_build_" + kind, arguments, true));
    std::vector<Requirement> more = TRY(requirements_of(needs));
    TRY(install_requirements(backend, more));
    backend.ready_for = kind;
    return {};
}

// A folder for what the next call makes.
base::Result<std::string> Frontend::fresh_folder(const Backend& backend) {
    std::string folder = backend.folder.path() + "/" + std::to_string(backend.calls) + ".made";
    TRY(base::make_directories(folder));
    return folder;
}

base::Result<std::string> Frontend::make_by_hooks(Backend& backend, const std::string& kind) {
    if (kind == "wheel" && !backend.wheel.empty()) return backend.wheel;
    TRY(make_ready(backend, kind));
    std::string folder = TRY(fresh_folder(backend));
    std::string answer = TRY(call(backend, "build_" + kind, {folder}, false));
    base::JsonDocument document = TRY(base::parse_json(answer));
    std::string made(document.root().string());
    if (made.empty() || base::unsafe_member_name(made) || made.find('/') != std::string::npos ||
        !base::is_regular_file(folder + "/" + made))
        return failed("the build back end `" + backend.name + "` gave no file");
    std::string path = base::join_path(folder, made);
    if (kind == "wheel") backend.wheel = path;
    return path;
}

base::Result<std::string> Frontend::make(const Product& product, const std::string& directory, const std::string& output,
                                         const std::string& name) {
    Manifest manifest = TRY(read_manifest(directory));
    BuiltFile file;
    if (is_native_backend(manifest)) {
        BuildTree tree = TRY(read_build_tree(directory));
        file = TRY(product.native(tree));
    } else {
        Backend backend = TRY(prepare(directory, manifest, name));
        std::string made = TRY(make_by_hooks(backend, product.kind));
        file = {std::string(base::base_name(made)), TRY(base::read_file(made))};
    }
    TRY(base::make_directories(output));
    std::string path = base::join_path(output, file.name);
    TRY(base::write_file_atomic(path, file.bytes));
    return path;
}

base::Result<std::string> Frontend::wheel(const std::string& directory, const std::string& output, const std::string& name) {
    return make({"wheel", build_wheel}, directory, output, name);
}
base::Result<std::string> Frontend::editable(const std::string& directory, const std::string& output, const std::string& name) {
    return make({"editable", build_editable}, directory, output, name);
}
base::Result<std::string> Frontend::sdist(const std::string& directory, const std::string& output, const std::string& name) {
    return make({"sdist", build_sdist}, directory, output, name);
}

base::Result<std::string> Frontend::metadata(const std::string& directory, const std::string& name) {
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
    Backend backend = TRY(prepare(directory, manifest, name));
    return metadata_by_hooks(backend);
}

base::Result<std::string> Frontend::metadata_by_hooks(Backend& backend) {
    if (!backend.metadata.empty()) return backend.metadata;
    TRY(make_ready(backend, "wheel"));
    std::string folder = TRY(fresh_folder(backend));
    std::string answer = TRY(call(backend, "prepare_metadata_for_build_wheel", {folder}, true));
    if (!answer.empty()) {
        base::JsonDocument document = TRY(base::parse_json(answer));
        std::string made(document.root().string());
        if (base::unsafe_member_name(made)) return failed("the build back end `" + backend.name + "` gave no metadata");
        backend.metadata = TRY(base::read_file(folder + "/" + made + "/METADATA"));
    } else {
        std::string path = TRY(make_by_hooks(backend, "wheel"));
        Wheel built = TRY(Wheel::open(path));
        backend.metadata = built.metadata_text();
    }
    return backend.metadata;
}

}  // namespace pkg
