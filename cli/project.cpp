// Finding, locking and syncing a project.
#include "cli/project.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/report.h"
#include "cli/target.h"
#include "pkg/index/simple_page.h"
#include "pkg/install/transaction.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/name.h"

namespace cli {

void LockOptions::declare(Options& options) {
    options.flag(upgrade, "-U,--upgrade", "newest versions instead of those in the old lock");
    options.values(upgrade_packages, "-P,--upgrade-package", "NAME", "newest version of this package");
    options.value(resolution, "--resolution", "MODE", "highest, lowest or lowest-direct");
    options.value(prerelease, "--prerelease", "POLICY", "if-necessary, allow, disallow or explicit");
    options.value(exclude_newer, "--exclude-newer", "DATE", "only files uploaded before this date");
}

bool Project::is_package() const {
    return manifest.has_project && manifest.tool.package.value_or(manifest.build_system.present);
}

// The nearest folder with a pyproject.toml; "" for none.
static std::string project_folder(const Context& context) {
    for (std::string folder = base::absolute_path(context.project_directory);; folder = std::string(base::parent_path(folder))) {
        if (base::is_regular_file(base::join_path(folder, "pyproject.toml"))) return folder;
        if (folder == "/" || folder.empty()) return "";
    }
}

bool has_project(const Context& context) {
    return !project_folder(context).empty();
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
    project.manifest =
        TRY(pkg::parse_manifest(project.text, shown.starts_with("../../..") ? project.manifest_path() : shown));
    return project;
}

base::Result<std::optional<pkg::Lock>> read_lock(const Project& project) {
    if (!base::path_exists(project.lock_path())) return std::optional<pkg::Lock>();
    std::string text = TRY(base::read_file(project.lock_path()));
    return std::optional<pkg::Lock>(TRY(pkg::parse_lock(std::move(text), project.lock_path())));
}

// Requirements on paths are written as seen from pyproject.toml.
static void make_absolute(pkg::ResolveRequest& request, const std::string& root) {
    for (pkg::RootRequirement& entry : request.roots) {
        std::string& url = entry.requirement.url;
        if (!url.starts_with("file:") || url.starts_with("file:/")) continue;
        url = base::file_url(base::normalize_path(base::join_path(root, url.substr(5))));
    }
}

base::Result<pkg::Lock> make_lock(Context& context, const Project& project, const LockOptions& options,
                                  const std::optional<pkg::Lock>& old, pkg::PackageIndex& index) {
    pkg::ResolveRequest request = TRY(pkg::request_of(project.manifest));
    make_absolute(request, project.root);
    if (!options.resolution.empty()) request.mode = TRY(parse_resolution_mode(options.resolution));
    if (!options.prerelease.empty()) request.prereleases = TRY(parse_prerelease_policy(options.prerelease));
    if (!options.exclude_newer.empty()) request.exclude_newer = TRY(parse_exclude_newer(options.exclude_newer));
    request.upgrade_all = options.upgrade;
    for (const std::string& name : options.upgrade_packages)
        request.upgrade.push_back(pkg::normalize_name(name));
    if (old) request.preferences = pkg::preferences_of(*old);
    pkg::Resolution resolution = TRY(pkg::resolve(request, index));
    for (const std::string& warning : resolution.warnings)
        context.warn(warning);
    for (pkg::ResolvedPackage& package : resolution.packages) {
        for (const pkg::SourceSetting& source : project.manifest.tool.sources) {
            if (source.package == package.name && source.editable) package.direct.editable = true;
        }
    }
    return pkg::lock_of(request, resolution, pkg::head_of(project.manifest), project.root);
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
    options.flag(no_project, "--no-install-project", "everything but the project itself");
    options.flag(inexact, "--inexact", "leave packages alone that the lock does not name");
    options.flag(reinstall, "--reinstall", "replace packages even where they are right");
    options.flag(frozen, "--frozen", "use the lock as it is, fresh or not");
    options.flag(locked, "--locked", "fail when the lock is not fresh");
    options.value(python, "-p,--python", "PYTHON", "interpreter for a new environment");
    options.value(link_mode, "--link-mode", "MODE", "hardlink, clone or copy");
}

base::Result<venv::Environment> project_environment(Context& context, const Project& project,
                                                    const std::string& python) {
    std::string root = project.root + "/.venv";
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
        options.adder = context.program();
        environment = TRY(venv::create_environment(options));
        context.note("made the environment .venv with Python " + environment.version);
    }
    pkg::Version version = TRY(pkg::parse_version(environment.version));
    if (project.manifest.project.requires_python && !project.manifest.project.requires_python->contains(version))
        return base::Error(base::ErrorKind::NoSolution, "the project requires Python " +
                                                            project.manifest.project.requires_python->text() +
                                                            ", the environment `.venv` has " + environment.version)
            .with_hint("make another with `adder venv --clear --python VERSION`");
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
    if (package.vcs)
        return base::Error(base::ErrorKind::Usage, "`" + package.name + "` comes from a " + package.vcs->type +
                                                       " repository, which cannot be installed yet");
    if (package.directory) {
        wanted.source.direct_url =
            base::file_url(base::normalize_path(base::join_path(project.root, package.directory->path)));
        wanted.source.file.url = wanted.source.direct_url;
        wanted.source.editable = package.directory->editable;
    } else if (selected.archive) {
        wanted.source.file = file_of(*selected.archive, project);
        wanted.source.direct_url = wanted.source.file.url;
    } else {
        wanted.source.file = file_of(selected.wheel ? *selected.wheel : *selected.sdist, project);
    }
    return wanted;
}

static pkg::SelectOptions selection(const pkg::Lock& lock, const Project& project, const SyncOptions& options) {
    pkg::SelectOptions out;
    for (const std::string& extra : options.extras)
        out.extras.push_back(pkg::normalize_name(extra));
    if (options.all_extras) out.extras = lock.extras;
    std::vector<std::string> groups = pkg::default_groups(project.manifest);
    if (options.all_groups) groups = lock.dependency_groups;
    for (const std::string& group : options.groups)
        groups.push_back(pkg::normalize_name(group));
    if (!options.only_groups.empty()) groups.clear();
    for (const std::string& group : options.only_groups)
        groups.push_back(pkg::normalize_name(group));
    for (const std::string& group : options.without_groups)
        groups.erase(std::remove(groups.begin(), groups.end(), pkg::normalize_name(group)), groups.end());
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    // A project whose groups ask for nothing has none in its lock.
    std::vector<std::string> defaults = pkg::default_groups(project.manifest);
    groups.erase(std::remove_if(groups.begin(), groups.end(),
                                [&](const std::string& group) {
                                    bool known = std::find(lock.dependency_groups.begin(), lock.dependency_groups.end(),
                                                           group) != lock.dependency_groups.end();
                                    bool by_default =
                                        std::find(defaults.begin(), defaults.end(), group) != defaults.end();
                                    return !known && by_default;
                                }),
                 groups.end());
    out.groups = groups;
    return out;
}

base::Result<std::vector<pkg::WantedPackage>> wanted_packages(const Project& project, const pkg::Lock& lock,
                                                              const std::string& python_version,
                                                              const SyncOptions& options) {
    pkg::Target target = TRY(venv::host_target(python_version));
    std::vector<pkg::Selected> selected = TRY(pkg::select_packages(lock, target, selection(lock, project, options)));
    std::vector<pkg::WantedPackage> wanted;
    for (const pkg::Selected& entry : selected)
        wanted.push_back(TRY(wanted_of_lock(entry, project)));
    if (project.is_package() && !options.no_project && options.only_groups.empty()) {
        pkg::WantedPackage own;
        own.source.name = project.manifest.key();
        own.source.direct_url = own.source.file.url = base::file_url(project.root);
        own.source.editable = own.any_version = own.requested = true;
        wanted.push_back(std::move(own));
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
    pkg::InstallOptions install;
    install.link_mode =
        TRY(parse_link_mode(options.link_mode.empty() ? project.manifest.tool.link_mode : options.link_mode));
    pkg::InstallReport report = TRY(pkg::apply_change(environment.site, change, index, install));
    for (const std::string& remark : report.remarks)
        context.warn(remark);
    return change;
}

base::Result<venv::Environment> lock_and_sync(Context& context, const Project& project, const LockOptions& lock_options,
                                              const SyncOptions& sync_options, pkg::Change* change) {
    std::optional<pkg::Lock> lock = TRY(read_lock(project));
    pkg::PackageIndex index(index_settings(context, &project.manifest), context.cache(), nullptr);
    PathBuilder builder(context, index);
    index.set_builder(&builder);
    bool fresh = lock && pkg::is_fresh(*lock, project.manifest);
    if (!lock && sync_options.frozen)
        return base::Error(base::ErrorKind::NotHolding, "there is no pylock.toml")
            .with_hint("make it with `adder lock`");
    if (!fresh && sync_options.locked)
        return base::Error(base::ErrorKind::NotHolding, "pylock.toml does not fit pyproject.toml")
            .with_hint("renew it with `adder lock`");
    bool upgrade = lock_options.upgrade || !lock_options.upgrade_packages.empty();
    if ((!fresh || upgrade) && !sync_options.frozen) {
        lock = TRY(make_lock(context, project, lock_options, lock, index));
        if (!sync_options.dry_run && TRY(save_lock(project, *lock)))
            context.note("locked " + std::to_string(lock->packages.size()) + " packages");
    }
    venv::Environment environment = TRY(project_environment(context, project, sync_options.python));
    pkg::Change done = TRY(sync_environment(context, project, *lock, environment, sync_options, index));
    if (change) *change = std::move(done);
    return environment;
}

}  // namespace cli
