// Finding environments and indexes.
#include "cli/target.h"

#include <algorithm>
#include <cstdlib>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/configuration.h"
#include "pkg/install/transaction.h"
#include "pkg/name.h"

namespace cli {

static constexpr const char* kPyPi = "https://pypi.org/simple";

void PlaceOptions::declare(Options& options) {
    options.value(python, "-p,--python", "PYTHON", "the environment or interpreter to work on");
    options.value(target, "-t,--target", "DIR", "install into this directory");
    options.value(prefix, "--prefix", "DIR", "install below this prefix");
    options.value(root, "--root", "DIR", "take this directory for the root of the file system");
    options.flag(user, "--user", "install below the user's own prefix (PYTHONUSERBASE, or ~/.local)");
    options.value(python_version, "--python-version", "VERSION", "choose packages for this Python (with --target)");
    options.value(python_platform, "--python-platform", "PLATFORM",
                  "choose packages for this platform (with --target)");
    // What these switch off in pip is never done here.
    for (const char* name : {"--disable-pip-version-check", "--no-input", "--no-warn-script-location", "--no-compile"})
        options.flag(ignored, name, "accepted, without effect");
    options.flag(break_system_packages, "--break-system-packages",
                 "change an interpreter that the system manages (PEP 668)");
}

// An environment's root out of what the user named: the root itself or its interpreter.
static std::string environment_root(const std::string& named) {
    if (venv::is_environment(named)) return base::absolute_path(named);
    if (named.find('/') == std::string::npos) return "";
    std::string above(base::parent_path(base::parent_path(base::absolute_path(named))));
    return venv::is_environment(above) ? above : "";
}

// What the distribution says to whoever wants to change its Python: the key Error of EXTERNALLY-MANAGED, which goes on
// in indented lines.
static std::vector<std::string> managers_words(const std::string& marker) {
    std::vector<std::string> out;
    base::Result<std::string> text = base::read_file(marker);
    bool inside = false;
    if (!text.ok()) return out;
    for (std::string_view line : base::split_lines(*text)) {
        std::string_view key, value;
        if (inside && (line.empty() || base::is_space(line[0]))) {
            if (!base::strip(line).empty()) out.emplace_back(base::strip(line));
        } else if ((inside = base::partition(line, '=', key, value) && base::strip(key) == "Error")) {
            out.emplace_back(base::strip(value));
        }
    }
    return out;
}

static base::Result<void> check_manager(const venv::Interpreter& interpreter, const PlaceOptions& options) {
    std::string marker = interpreter.stdlib + "/EXTERNALLY-MANAGED";
    if (interpreter.is_adder || options.access == Access::Read || options.break_system_packages ||
        !options.root.empty() || !base::path_exists(marker))
        return {};
    base::Error error(base::ErrorKind::NotHolding, "`" + interpreter.path + "` is managed by the system (PEP 668)");
    error.contexts = managers_words(marker);
    return std::move(error).with_hint("make an environment with `adder venv`, or give --break-system-packages");
}

// An interpreter outside of any environment.
static base::Result<Place> interpreter_place(const venv::Interpreter& interpreter, const PlaceOptions& options) {
    if (interpreter.is_adder)
        return base::Error(base::ErrorKind::NotHolding, "adder's own Python takes no packages")
            .with_hint("make an environment with `adder venv`");
    TRY(check_manager(interpreter, options));
    Place place;
    place.version = interpreter.version;
    place.site = pkg::site_for_prefix(interpreter.data, interpreter.short_version(), interpreter.path);
    place.site.purelib = interpreter.purelib;
    place.site.platlib = interpreter.platlib;
    place.site.scripts = interpreter.scripts;
    place.site.also = interpreter.site_directories;
    return place;
}

// The user's prefix; refused in an environment that does not look there.
static base::Result<std::string> user_prefix(Context& context, const PlaceOptions& options) {
    std::string root = options.python.empty() ? context.environment_override : environment_root(options.python);
    if (root.empty() && options.python.empty()) root = venv::active_environment();
    if (!root.empty() && !TRY(venv::open_environment(root)).system_site)
        return base::Error(base::ErrorKind::Usage, "--user: packages of the user are not visible in `" + root + "`");
    const char *home = std::getenv("HOME"), *base = std::getenv("PYTHONUSERBASE");
    if (base && *base) return base::absolute_path(base);
    return base::join_path(home ? home : "/", ".local");
}

static base::Result<Place> base_place(Context& context, const PlaceOptions& options) {
    Place place;
    if (!options.target.empty() || !options.prefix.empty() || options.user) {
        if (!options.target.empty() + !options.prefix.empty() + options.user > 1)
            return base::Error(base::ErrorKind::Usage, "--target, --prefix and --user exclude each other");
        std::string environment = options.python.empty() ? "" : environment_root(options.python);
        std::string python = environment.empty() ? options.python : TRY(venv::open_environment(environment)).python;
        venv::Interpreter interpreter = TRY(venv::find_interpreter(python, context.own(), context.cache()));
        std::string prefix = options.user ? TRY(user_prefix(context, options)) : options.prefix;
        if (options.user) TRY(check_manager(interpreter, options));
        place.site = options.target.empty()
                         ? pkg::site_for_prefix(prefix, interpreter.short_version(), interpreter.path)
                         : pkg::site_for_target(options.target, interpreter.path);
        // As sysconfig's posix_user has it; `include/site` is for environments.
        if (options.user) place.site.headers = place.site.prefix + "/include/python" + interpreter.short_version();
        place.version = interpreter.version;
        return place;
    }
    std::string root = options.python.empty() ? context.environment_override : environment_root(options.python);
    if (root.empty() && !options.python.empty()) {
        venv::Interpreter interpreter = TRY(venv::find_interpreter(options.python, context.own(), context.cache()));
        return interpreter_place(interpreter, options);
    }
    if (root.empty()) root = venv::find_environment(".");
    if (root.empty())
        return base::Error(base::ErrorKind::NotHolding,
                           "no virtual environment is active, and there is no `.venv` here or above")
            .with_hint("make one with `adder venv`, or name one with --python");
    venv::Environment environment = TRY(venv::open_environment(root));
    place.site = environment.site;
    place.version = environment.version;
    place.root = root;
    return place;
}

// --root: every directory of the site below another root.
static void move_below(const std::string& root, pkg::Site& site) {
    std::string top = base::absolute_path(root);
    for (std::string* path : {&site.prefix, &site.purelib, &site.platlib, &site.scripts, &site.headers, &site.data})
        *path = base::normalize_path(top + "/" + *path);
    site.also.clear();
}

base::Result<Place> find_place(Context& context, const PlaceOptions& options) {
    Place place = TRY(base_place(context, options));
    if (!options.root.empty()) move_below(options.root, place.site);
    if (TRY(pkg::repair(place.site))) context.warn("an interrupted change of `" + place.site.prefix + "` was undone");
    if (!options.python_version.empty() || !options.python_platform.empty()) {
        pkg::Platform platform = venv::host_platform();
        if (!options.python_platform.empty()) platform = TRY(pkg::parse_platform(options.python_platform));
        place.target =
            TRY(pkg::make_target(options.python_version.empty() ? place.version : options.python_version, platform));
    } else {
        place.target = TRY(venv::host_target(place.version));
    }
    return place;
}

static base::Result<std::string> machine_version(Context& context, const MachineOptions& options) {
    std::string version = options.python_version;
    if (version.size() > 1 && version.find('.') == std::string::npos) version.insert(1, ".");
    if (!version.empty()) return version;
    if (!options.python.empty()) return TRY(venv::find_interpreter(options.python, context.own(), context.cache())).version;
    std::string root = context.environment_override.empty() ? venv::find_environment(".") : context.environment_override;
    if (root.empty()) return context.own().version;
    return TRY(venv::open_environment(root)).version;
}

base::Result<pkg::Target> find_machine(Context& context, const MachineOptions& options) {
    std::string version = TRY(machine_version(context, options));
    if (options.implementation != "" && options.implementation != "cp" && options.implementation != "py")
        return base::Error(base::ErrorKind::Usage, "`" + options.implementation + "` is no implementation that adder knows; choose from cp and py");
    pkg::Target target = TRY(venv::host_target(version));
    auto tags_of = [&](const pkg::Target& machine, const pkg::Platform& platform) {
        if (options.abis.empty()) return machine.tags.tags();
        return pkg::cpython_tags(static_cast<uint32_t>(machine.python.release(0)), static_cast<uint32_t>(machine.python.release(1)), platform, options.abis);
    };
    std::vector<pkg::Tag> tags = tags_of(target, venv::host_platform());
    for (size_t i = 0; i < options.platforms.size(); i++) {
        pkg::Platform platform = TRY(pkg::parse_platform(options.platforms[i]));
        pkg::Target other = TRY(pkg::make_target(version, platform));
        if (i == 0) tags.clear();
        for (pkg::Tag& tag : tags_of(other, platform)) tags.push_back(std::move(tag));
        if (i == 0) target = std::move(other);
    }
    if (options.implementation == "py") std::erase_if(tags, [](const pkg::Tag& tag) { return !tag.python.starts_with("py"); });
    target.tags = pkg::TagSet(std::move(tags));
    return target;
}

// [[tool.adder.index]] and the user's [[index]]: in order of priority, behind those that are there; the default one, where
// there is none yet, last. A name that is taken stands for what has it. `file` is what relative places are relative to.
static void add_indexes(pkg::IndexSettings& out, std::vector<pkg::IndexSetting> indexes, const std::string& file, pkg::IndexLocation& main) {
    std::stable_sort(indexes.begin(), indexes.end(), [](const pkg::IndexSetting& a, const pkg::IndexSetting& b) {
        return a.priority < b.priority;
    });
    std::string folder(base::parent_path(base::absolute_path(file)));
    for (const pkg::IndexSetting& index : indexes) {
        auto same = [&](const pkg::IndexLocation& other) { return !index.name.empty() && other.name == index.name; };
        if (same(main) || std::any_of(out.indexes.begin(), out.indexes.end(), same)) continue;
        std::string url = base::looks_like_url(index.url) ? index.url : base::normalize_path(base::join_path(folder, index.url));
        if (!index.is_default) {
            out.indexes.push_back({index.name, url, index.is_explicit, index.flat});
        } else if (main.url.empty()) {
            main = {index.name, url, false, index.flat};
        }
    }
}

static void add_manifest(pkg::IndexSettings& out, const pkg::Manifest& manifest, pkg::IndexLocation& main) {
    add_indexes(out, manifest.tool.indexes, manifest.file, main);
    for (const pkg::SourceSetting& source : manifest.tool.sources) {
        if (source.is_pin()) out.pins[source.package] = source.index;
        for (const std::string& url : {source.url, source.git.empty() ? "" : "git+" + source.git})
            if (!url.empty()) out.known_references.push_back(url);
    }
    auto add = [&](const std::vector<pkg::Dependency508>& list) {
        for (const pkg::Dependency508& item : list)
            if (!item.requirement.url.empty()) out.known_references.push_back(item.requirement.url);
    };
    add(manifest.project.dependencies);
    for (const auto& [extra, list] : manifest.project.optional_dependencies)
        add(list);
}

pkg::IndexSettings index_settings(const Context& context, const pkg::Manifest* manifest) {
    pkg::IndexSettings out;
    const SourceOptions& given = context.sources;
    if (given.index_strategy == "unsafe-best-match") out.strategy = pkg::IndexStrategy::BestMatch;
    // pip's `auto` means a keyring inside of pip; here there is the program only.
    if (given.keyring_provider == "subprocess") out.keyring = pkg::KeyringProvider::Subprocess;
    out.offline = given.offline;
    out.refresh = given.refresh;
    for (const std::string& name : given.refresh_packages)
        out.refresh_packages.push_back(pkg::normalize_name(name));
    out.find_links = given.find_links;
    out.http.user_agent = "adder/" ADDER_VERSION;
    out.http.ca_file = given.certificate;
    out.http.client_certificate = given.client_certificate;
    out.http.proxy = given.proxy;
    out.http.trusted_hosts = given.trusted_hosts;
    out.http.retries = given.retries;
    out.http.stall_timeout_s = given.timeout;
    if (context.verbose) out.http.log = 2;
    for (const std::string& url : given.extra_index_urls)
        out.indexes.push_back({"", url, false});
    pkg::IndexLocation main{"", given.index_url, false};
    if (manifest) add_manifest(out, *manifest, main);
    add_indexes(out, context.user_indexes, user_settings_path(), main);
    if (main.url.empty()) main.url = kPyPi;
    out.indexes.push_back(std::move(main));
    // As pip has it, what remains are places of links.
    if (given.no_index) std::erase_if(out.indexes, [](const pkg::IndexLocation& index) { return !index.flat; });
    out.no_index = given.no_index;
    return out;
}

}  // namespace cli
