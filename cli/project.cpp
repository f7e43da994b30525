// Finding, locking and syncing a project.
#include "cli/project.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/configuration.h"
#include "cli/lock_hashes.h"
#include "cli/package_supply.h"
#include "cli/report.h"
#include "cli/sync_stamp.h"
#include "pkg/index/simple_page.h"
#include "pkg/install/transaction.h"
#include "pkg/lock/freshness.h"
#include "pkg/lock/lock_cache.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/lock/project_sets.h"
#include "pkg/name.h"
#include "pkg/requirements_txt.h"

namespace cli {

bool Project::is_package() const {
    return manifest.has_project && manifest.tool.package.value_or(manifest.build_system.present);
}

// The nearest folder with a pyproject.toml.
std::string project_folder(const Context& context) {
    for (std::string folder = base::absolute_path(context.project_directory);; folder = std::string(base::parent_path(folder))) {
        if (base::is_regular_file(base::join_path(folder, "pyproject.toml"))) return folder;
        if (folder == "/" || folder.empty()) return "";
    }
}

bool has_project(const Context& context) {
    return !project_folder(context).empty();
}

// A project resolves the same for everybody: its sources name indexes of its own, not those of one user (as uv has it).
static base::Error explained(base::Error error, const Context& context) {
    for (const pkg::IndexSetting& index : context.user_indexes)
        if (error.message == "there is no index named `" + index.name + "`")
            error.hint = "the one in " + user_settings_path() + " is yours alone: name it in pyproject.toml too, with `adder index add " +
                         index.name + " " + base::redact_url(index.url) + "`";
    return error;
}

base::Result<Project> find_project(const Context& context) {
    Project project;
    project.root = project_folder(context);
    if (project.root.empty())
        return base::Error(base::ErrorKind::Usage, "there is no pyproject.toml in `" +
                                                       base::absolute_path(context.project_directory) + "` or above")
            .with_hint("start a project with `adder init`");
    project.text = TRY(base::read_file(project.manifest_path()));
    // Errors name the file as seen from here.
    std::string shown = base::relative_path(project.manifest_path(), base::absolute_path("."));
    base::Result<pkg::Manifest> manifest =
        pkg::parse_manifest(project.text, shown.starts_with("../../..") ? project.manifest_path() : shown);
    if (!manifest.ok()) return explained(std::move(manifest).error(), context);
    project.manifest = std::move(manifest).value();
    return project;
}

base::Result<std::string> read_lock_bytes(const Project& project) {
    if (!base::path_exists(project.lock_path())) return std::string();
    return base::read_file(project.lock_path());
}

base::Result<std::optional<pkg::Lock>> read_lock(const Project& project) {
    std::string text = TRY(read_lock_bytes(project));
    if (text.empty()) return std::optional<pkg::Lock>();
    return std::optional<pkg::Lock>(TRY(pkg::parse_lock(std::move(text), project.lock_path())));
}

base::Result<std::optional<pkg::Lock>> read_lock(const std::string& text, const Project& project, Context& context) {
    if (text.empty()) return std::optional<pkg::Lock>();
    return std::optional<pkg::Lock>(TRY(pkg::read_lock_text(text, project.lock_path(), context.cache())));
}

bool is_fresh(const std::string& text, const std::optional<pkg::Lock>& lock, const Project& project, Context& context) {
    if (!lock) return false;
    if (pkg::known_fresh(text, project.text, context.cache())) return true;
    if (!pkg::is_fresh(*lock, project.manifest, project.root)) return false;
    // The two texts do not say what trees on the disk require.
    if (pkg::has_trees(*lock, project.manifest)) return true;
    pkg::remember_fresh(text, project.text, context.cache());
    return true;
}

static base::Error lock_error(std::string what, const Project& project) {
    std::string command = project.script ? "adder lock --script " + project.manifest.file : "adder lock";
    return base::Error(base::ErrorKind::NotHolding, std::move(what)).with_hint("make it with `" + command + "`");
}

base::Error missing_lock(const Project& project) {
    return lock_error("there is no " + project.lock_name, project);
}

base::Error stale_lock(const Project& project) {
    return lock_error(project.lock_name + " does not fit " + std::string(base::base_name(project.manifest.file)), project);
}

// Branches mean the commits of the old lock, unless they are to be renewed.
static void keep_commits(const pkg::Lock& old, const pkg::ResolveRequest& request, pkg::PackageIndex& index) {
    for (const pkg::LockPackage& package : old.packages) {
        bool renew = std::find(request.upgrade.begin(), request.upgrade.end(), package.name) != request.upgrade.end();
        if (!package.vcs || package.vcs->url.empty() || renew) continue;
        const pkg::LockVcs& vcs = *package.vcs;
        std::string revision = vcs.requested_revision.empty() ? "" : "@" + vcs.requested_revision;
        index.prefer_commit(vcs.type + "+" + vcs.url + revision, vcs.commit_id);
    }
}

base::Result<pkg::ResolveRequest> project_request(const Project& project, const ResolveOptions& options,
                                                  const std::optional<pkg::Lock>& old) {
    pkg::ResolveRequest request = TRY(pkg::request_of(project.manifest));
    pkg::resolve_paths(request, project.root);
    TRY(options.apply(request));
    if (project.is_package()) {
        request.own_name = project.manifest.key();
        request.own_url = base::file_url(project.root);
    }
    if (old) pkg::keep_versions(request, *old);
    return request;
}

// The project with the requirements and extras that only its build back end tells (`dynamic`).
static base::Result<Project> with_dynamic_fields(const Project& project, pkg::PackageIndex& index) {
    Project out = project;
    if (pkg::tree_version(project.manifest) != pkg::kDynamicTree) return out;
    const pkg::Metadata* metadata = TRY(index.direct_metadata(project.manifest.key(), base::file_url(project.root)));
    pkg::add_dynamic_fields(out.manifest, *metadata);
    return out;
}

base::Result<pkg::Lock> make_lock(Context& context, const Project& written, const ResolveOptions& options,
                                  const std::optional<pkg::Lock>& old, pkg::PackageIndex& index) {
    Project project = TRY(with_dynamic_fields(written, index));
    pkg::ResolveRequest request = TRY(project_request(project, options, old));
    if (!project.manifest.project.requires_python && !project.script)
        context.warn("no `requires-python` is given in [project]: the lock is for Python " + pkg::locked_python(project.manifest).text());
    if (old && !options.upgrade) keep_commits(*old, request, index);
    pkg::Resolution resolution = TRY(pkg::resolve(request, index));
    for (const std::string& warning : resolution.warnings)
        context.warn(warning);
    for (pkg::ResolvedPackage& package : resolution.packages) {
        for (const pkg::RootRequirement& root : request.roots) {
            if (root.editable && root.requirement.key == package.name && root.requirement.url == package.url) package.direct.editable = true;
        }
        if (package.name == request.own_name) package.direct.editable = true;
    }
    pkg::LockHead head = pkg::head_of(project.manifest);
    head.inputs_hash = pkg::inputs_hash(written.manifest);
    pkg::Lock lock = TRY(pkg::lock_of(request, resolution, std::move(head), project.root));
    if (old) pkg::carry_over(lock, *old);
    TRY(complete_hashes(lock, project.root, index, context.cache()));
    return lock;
}

LockedVersions versions_of(const pkg::Lock& lock) {
    LockedVersions out;
    for (const pkg::LockPackage& package : lock.packages) {
        std::string& text = out[package.name];
        if (package.version) text += (text.empty() ? "" : ", ") + package.version->text();
    }
    return out;
}

base::Result<bool> save_lock(const Project& project, const pkg::Lock& lock) {
    std::string text = pkg::write_lock(lock);
    base::Result<std::string> before = base::read_file(project.lock_path());
    if (before.ok() && *before == text) return false;
    TRY(base::write_file_atomic(project.lock_path(), text));
    return true;
}

void SyncOptions::declare(Options& options) {
    options.values(extras, "--extra", "NAME", "with this extra of the project");
    options.flag(all_extras, "--all-extras", "with every extra");
    options.values(groups, "--group", "NAME", "with this dependency group");
    options.values(only_groups, "--only-group", "NAME", "this dependency group and nothing else");
    options.values(without_groups, "--no-group", "NAME", "without this dependency group");
    options.flag(all_groups, "--all-groups", "with every dependency group");
    options.flag(no_default_groups, "--no-default-groups", "without the groups that are installed by default");
    options.flag(dev, "--dev", "with the dependency group `dev`");
    options.flag(no_dev, "--no-dev", "without the dependency group `dev`");
    options.flag(only_dev, "--only-dev", "the dependency group `dev` and nothing else");
    options.values(without_packages, "--no-install-package", "NAME", "everything but this package");
    options.flag(no_editable, "--no-editable", "the project and its local packages as copies");
    options.flag(no_project, "--no-install-project", "everything but the project itself");
    options.flag(inexact, "--inexact", "leave packages alone that the lock does not name");
    options.flag(reinstall, "--reinstall", "replace packages even where they are right");
    options.flag(frozen, "--frozen", "use the lock as it is, fresh or not");
    options.flag(locked, "--locked", "fail when the lock is not fresh");
    options.value(python, "-p,--python", "PYTHON", "interpreter for a new environment");
    apply.declare(options);
    resolve.declare(options);
}

static base::Result<void> check_python(const Project& project, const std::string& version) {
    const std::optional<pkg::SpecifierSet>& required = project.manifest.project.requires_python;
    if (!required || required->contains(TRY(pkg::parse_version(version)))) return {};
    std::string who = project.script ? "the script `" + project.manifest.file + "`" : std::string("the project");
    std::string has = project.script ? "this is Python " : "the environment `.venv` has ";
    return base::Error(base::ErrorKind::NoSolution, who + " requires Python " + required->text() + ", " + has + version)
        .with_hint(project.script ? "choose another with --python" : "make another with `adder venv --clear --python VERSION`");
}

base::Result<venv::Environment> project_environment(Context& context, const Project& project,
                                                    const std::string& python) {
    std::string root = project.environment_path();
    venv::Environment environment;
    if (venv::is_environment(root)) {
        environment = TRY(venv::open_environment(root));
        if (TRY(pkg::repair(environment.site))) context.warn("an interrupted change of `" + root + "` was undone");
    } else {
        std::string wanted = python.empty() ? project.manifest.tool.python : python;
        venv::CreateOptions options;
        options.root = root;
        options.prompt = project.manifest.has_project ? project.manifest.project.name : "";
        options.interpreter = TRY(venv::find_interpreter(wanted, context.own(), context.cache()));
        if (project.script) TRY(check_python(project, options.interpreter.version));
        options.adder = context.program();
        environment = TRY(venv::create_environment(options));
        if (!project.script) context.note("made the environment .venv with Python " + environment.version);
    }
    TRY(check_python(project, environment.version));
    return environment;
}

static pkg::DistFile file_of(const pkg::LockFile& locked, const Project& project) {
    pkg::DistFile file;
    file.file_name = locked.name;
    file.url = locked.url.empty() ? base::file_url(base::normalize_path(base::join_path(project.root, locked.path)))
                                  : locked.url;
    file.hashes = locked.hashes;
    file.size = locked.size;
    pkg::describe_file(file, "");
    file.kind = locked.name.ends_with(".whl") ? pkg::FileKind::Wheel : pkg::FileKind::Sdist;
    return file;
}

static base::Result<pkg::WantedPackage> wanted_of_lock(const pkg::Selected& selected, const Project& project) {
    const pkg::LockPackage& package = *selected.package;
    pkg::WantedPackage wanted;
    wanted.source.name = package.name;
    wanted.any_version = !package.version;
    if (package.version) wanted.version = *package.version;
    if (const std::optional<pkg::LockVcs>& vcs = package.vcs) {
        std::string place = vcs->url.empty() ? base::file_url(base::normalize_path(base::join_path(project.root, vcs->path)))
                                             : vcs->url;
        wanted.source.direct = {.url = place, .vcs = vcs->type, .commit_id = vcs->commit_id,
                                .requested_revision = vcs->requested_revision, .subdirectory = vcs->subdirectory};
        wanted.source.direct_url = vcs->type + "+" + place + "@" + vcs->commit_id +
                                   (vcs->subdirectory.empty() ? "" : "#subdirectory=" + vcs->subdirectory);
        wanted.any_version = true;
        return wanted;
    }
    if (package.directory) {
        wanted.source.direct_url =
            base::file_url(base::normalize_path(base::join_path(project.root, package.directory->path)));
        wanted.source.file.url = wanted.source.direct_url;
        if (!package.directory->subdirectory.empty())
            wanted.source.direct_url += "#subdirectory=" + package.directory->subdirectory;
        wanted.source.editable = package.directory->editable;
    } else if (selected.archive) {
        wanted.source.file = file_of(*selected.archive, project);
        wanted.source.file.subdirectory = selected.archive->subdirectory;
        wanted.source.file.any_name = wanted.source.file.kind == pkg::FileKind::Sdist;
        wanted.source.direct_url = wanted.source.file.url;
        if (!selected.archive->subdirectory.empty())
            wanted.source.direct_url += "#subdirectory=" + selected.archive->subdirectory;
    } else {
        wanted.source.file = file_of(selected.wheel ? *selected.wheel : *selected.sdist, project);
    }
    return wanted;
}

base::Result<pkg::SelectOptions> selection(const pkg::Lock& lock, const pkg::Manifest& manifest, const SyncOptions& options) {
    pkg::SelectOptions out;
    for (const std::string& extra : options.extras)
        out.extras.push_back(pkg::normalize_name(extra));
    if (options.all_extras) out.extras = lock.extras;
    std::vector<std::string> defaults = pkg::default_groups(manifest), only = options.only_groups,
                             without = options.without_groups, groups;
    if (options.only_dev) only.push_back("dev");
    if (options.no_dev) without.push_back("dev");
    if (!options.no_default_groups) groups = defaults;
    if (options.all_groups) groups = lock.dependency_groups;
    if (options.dev) groups.push_back("dev");
    for (const std::string& group : options.groups)
        groups.push_back(pkg::normalize_name(group));
    if (!only.empty()) groups.clear();
    for (const std::string& group : only)
        groups.push_back(pkg::normalize_name(group));
    for (const std::string& group : without) {
        if (!manifest.group(group) && (group != "dev" || !options.no_dev))
            return base::Error(base::ErrorKind::Usage, "the project has no dependency group `" + group + "`");
        groups.erase(std::remove(groups.begin(), groups.end(), pkg::normalize_name(group)), groups.end());
    }
    // A project whose groups ask for nothing has none in its lock.
    auto among = [](const std::vector<std::string>& list, const std::string& name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    std::erase_if(groups, [&](const std::string& group) {
        return among(defaults, group) && !among(lock.dependency_groups, group);
    });
    // What [project] dependencies bring stands in groups of the lock's own (PEP 751 §default-groups).
    if (only.empty()) groups.insert(groups.end(), lock.default_groups.begin(), lock.default_groups.end());
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    TRY(pkg::check_conflicts(manifest, out.extras, groups));
    out.groups = groups;
    pkg::split_names(manifest.tool.no_build, out.no_build, out.no_build_for);
    pkg::split_names(manifest.tool.no_binary, out.no_binary, out.no_binary_for);
    options.resolve.apply(out);
    return out;
}

base::Result<std::vector<pkg::WantedPackage>> wanted_of_selected(const std::vector<pkg::Selected>& selected,
                                                                 const Project& project) {
    std::vector<pkg::WantedPackage> wanted;
    for (const pkg::Selected& entry : selected)
        wanted.push_back(TRY(wanted_of_lock(entry, project)));
    return wanted;
}

base::Result<std::vector<pkg::WantedPackage>> wanted_packages(const Project& project, const pkg::Lock& lock,
                                                              const std::string& python_version,
                                                              const SyncOptions& options) {
    pkg::Target target = TRY(venv::host_target(python_version));
    pkg::SelectOptions chosen = TRY(selection(lock, project.manifest, options));
    std::vector<pkg::Selected> selected =
        TRY(pkg::select_packages(lock, target, chosen));
    std::vector<pkg::WantedPackage> wanted = TRY(wanted_of_selected(selected, project));
    bool only_groups = options.only_dev || !options.only_groups.empty();
    // Where others require the project it is in the lock as well.
    bool own_tree = project.is_package() && (!only_groups || options.no_project);
    if (own_tree) std::erase_if(wanted, [&](const pkg::WantedPackage& each) { return each.source.name == project.manifest.key(); });
    if (project.is_package() && !options.no_project && !only_groups) {
        pkg::WantedPackage own;
        own.source.name = project.manifest.key();
        own.source.direct_url = own.source.file.url = base::file_url(project.root);
        own.source.editable = own.any_version = own.requested = true;
        wanted.push_back(std::move(own));
    }
    for (const std::string& name : options.without_packages)
        std::erase_if(wanted, [&](const pkg::WantedPackage& each) { return each.source.name == pkg::normalize_name(name); });
    if (options.no_editable) {
        for (pkg::WantedPackage& each : wanted)
            each.source.editable = false;
    }
    return wanted;
}

base::Result<pkg::Change> sync_environment(Context& context, const Project& project, const pkg::Lock& lock,
                                           const venv::Environment& environment, const SyncOptions& options,
                                           pkg::PackageIndex& index) {
    std::vector<pkg::WantedPackage> wanted = TRY(wanted_packages(project, lock, environment.version, options));
    std::vector<pkg::InstalledDist> installed = TRY(pkg::list_installed(environment.site));
    pkg::Change change = pkg::plan_change(wanted, installed,
                                          {.exact = !options.inexact, .reinstall = options.reinstall, .keep = {"pip"}});
    if (options.dry_run || change.empty()) return change;
    pkg::InstallOptions install = TRY(options.apply.settle(environment.version, project.manifest.tool.link_mode));
    pkg::InstallReport report = TRY(pkg::apply_change(environment.site, change, index, install));
    print_report(context, report);
    return change;
}

// The site a dry run looks at: the environment's, or an empty one where there is none yet.
static base::Result<venv::Environment> looked_at(Context& context, const Project& project, const std::string& python) {
    std::string root = project.environment_path();
    if (venv::is_environment(root)) return venv::open_environment(root);
    std::string wanted = python.empty() ? project.manifest.tool.python : python;
    venv::Interpreter interpreter = TRY(venv::find_interpreter(wanted, context.own(), context.cache()));
    venv::Environment environment;
    environment.root = root;
    environment.version = interpreter.version;
    environment.site = pkg::site_for_prefix(root, interpreter.short_version(), interpreter.path);
    return environment;
}

base::Result<venv::Environment> lock_and_sync(Context& context, const Project& project, const SyncOptions& options,
                                              pkg::Change* change) {
    std::string text = TRY(read_lock_bytes(project));
    std::optional<pkg::Lock> lock = TRY(read_lock(text, project, context));
    PackageSupply supply(context, &project.manifest);
    bool fresh = is_fresh(text, lock, project, context);
    if (!lock && (options.frozen || options.locked)) return missing_lock(project);
    if (!fresh && options.locked) return stale_lock(project);
    if ((!fresh || options.resolve.upgrades()) && !options.frozen) {
        lock = TRY(make_lock(context, project, options.resolve, lock, supply.index));
        bool keep = !options.dry_run && (!project.script || !text.empty());
        if (keep && TRY(save_lock(project, *lock)))
            context.note("locked " + std::to_string(lock->packages.size()) + " packages");
        text = pkg::write_lock(*lock);
    }
    for (const std::string& warning : lock->warnings)
        context.warn(warning);
    venv::Environment environment = TRY(options.dry_run ? looked_at(context, project, options.python)
                                                             : project_environment(context, project, options.python));
    pkg::Change done = TRY(sync_environment(context, project, *lock, environment, options, supply.index));
    if (!options.dry_run && !pkg::has_trees(*lock, project.manifest))
        write_sync_stamp(environment, {sync_key(project.text, text, options), !options.inexact,
                                       static_cast<uint32_t>(done.kept + done.add.size())});
    if (change) *change = std::move(done);
    return environment;
}

}  // namespace cli
