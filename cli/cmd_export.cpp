// adder export
#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/lock_hashes.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/lock/requirements_text.h"
#include "pkg/name.h"

namespace cli {

namespace {

struct ExportCommand {
    Context& context;
    SyncOptions selected;
    std::vector<std::string> leave_out;
    std::string output_file, format = "requirements.txt";
    bool no_hashes = false, no_header = false, no_annotate = false, no_markers = false;

    void declare(Options& options);
    base::Result<pkg::Lock> fresh_lock(const Project& project);
    std::string requirements(const Project& project, const pkg::Lock& lock, const pkg::SelectOptions& chosen) const;
    std::string single_use(const pkg::Lock& lock, const pkg::SelectOptions& chosen) const;
    base::Result<int> run();
};

void ExportCommand::declare(Options& options) {
    options.value(format, "--format", "FORMAT", "requirements.txt or pylock");
    options.value(output_file, "-o,--output-file", "FILE", "write there and not to stdout");
    options.values(selected.extras, "--extra", "NAME", "with this extra of the project");
    options.flag(selected.all_extras, "--all-extras", "with every extra");
    options.values(selected.groups, "--group", "NAME", "with this dependency group");
    options.flag(selected.all_groups, "--all-groups", "with every dependency group");
    options.values(selected.only_groups, "--only-group", "NAME", "this dependency group and nothing else");
    options.values(selected.without_groups, "--no-group", "NAME", "without this dependency group");
    options.flag(selected.no_default_groups, "--no-default-groups", "without the groups that are installed by default");
    options.flag(selected.dev, "--dev", "with the dependency group `dev`");
    options.flag(selected.no_dev, "--no-dev", "without the dependency group `dev`");
    options.flag(selected.only_dev, "--only-dev", "the dependency group `dev` and nothing else");
    options.flag(selected.frozen, "--frozen", "use the lock as it is, fresh or not");
    options.flag(selected.locked, "--locked", "fail when the lock is not fresh");
    options.values(leave_out, "--no-emit-package", "NAME", "leave this package out");
    options.flag(no_hashes, "--no-hashes", "without hashes");
    options.flag(no_header, "--no-header", "without the comment that names the command");
    options.flag(no_annotate, "--no-annotate", "do not say who asked for each package");
    options.flag(no_markers, "--no-markers", "pins without markers");
}

base::Result<pkg::Lock> ExportCommand::fresh_lock(const Project& project) {
    std::string text = TRY(read_lock_bytes(project));
    std::optional<pkg::Lock> lock = TRY(read_lock(text, project, context));
    if (lock && (selected.frozen || is_fresh(text, lock, project, context))) return std::move(*lock);
    if (selected.frozen || selected.locked) return lock ? stale_lock(project) : missing_lock(project);
    PackageSupply supply(context, &project.manifest);
    pkg::Lock made = TRY(make_lock(context, project, {}, lock, supply.index));
    TRY(save_lock(project, made));
    return made;
}

std::string ExportCommand::requirements(const Project& project, const pkg::Lock& lock,
                                        const pkg::SelectOptions& chosen) const {
    pkg::RequirementsTextOptions options;
    options.extras = chosen.extras;
    options.groups = *chosen.groups;
    options.hashes = !no_hashes;
    options.markers = !no_markers;
    options.annotation = no_annotate ? pkg::Annotation::None : pkg::Annotation::Split;
    for (const std::string& name : leave_out)
        options.leave_out.push_back(pkg::normalize_name(name));
    if (!no_header) options.header = {"# This file was made by adder out of pylock.toml: adder export"};
    base::Result<pkg::ResolveRequest> request = pkg::request_of(project.manifest);
    if (request.ok()) {
        for (const pkg::RootRequirement& root : request->roots) {
            pkg::MarkerTree where = pkg::MarkerTree::of(root.requirement.marker).without_extras() & root.condition;
            where = where.with_sets(chosen.extras, *chosen.groups);
            std::string own = project.manifest.has_project ? project.manifest.project.name : "pyproject.toml";
            if (!where.is_never())
                options.askers.push_back({root.requirement.key, root.requirement.specifier.to_set(), where, own});
        }
    }
    return pkg::requirements_text(lock, options);
}

// The lock with extras and groups decided: what any installer takes without being told anything.
std::string ExportCommand::single_use(const pkg::Lock& lock, const pkg::SelectOptions& chosen) const {
    pkg::Lock out = lock;
    out.packages.clear();
    out.extras.clear();
    out.dependency_groups.clear();
    out.default_groups.clear();
    out.has_extras = out.has_dependency_groups = false;
    out.tool.reset();
    for (pkg::LockPackage package : lock.packages) {
        pkg::MarkerTree where = pkg::MarkerTree::of(package.marker).with_sets(chosen.extras, *chosen.groups);
        bool left_out = std::any_of(leave_out.begin(), leave_out.end(),
                                    [&](const std::string& name) { return pkg::normalize_name(name) == package.name; });
        if (where.is_never() || left_out) continue;
        package.marker = where.is_always() ? pkg::Marker() : MUST(pkg::parse_marker(where.text()));
        out.packages.push_back(std::move(package));
    }
    for (pkg::LockPackage& package : out.packages)
        std::erase_if(package.dependencies, [&](const pkg::LockDependency& dependency) {
            return std::none_of(out.packages.begin(), out.packages.end(),
                                [&](const pkg::LockPackage& other) { return other.name == dependency.name; });
        });
    return pkg::write_lock(out);
}

// Paths of a lock are relative to it: for a file in another folder they are written anew.
void move_paths(pkg::Lock& lock, const std::string& from, const std::string& to) {
    auto move = [&](std::string& path) {
        if (path.empty() || path.starts_with('/')) return;
        path = base::relative_path(base::normalize_path(base::join_path(from, path)), to);
    };
    for (pkg::LockPackage& package : lock.packages) {
        if (package.directory) move(package.directory->path);
        if (package.vcs) move(package.vcs->path);
        if (package.archive) move(package.archive->path);
        if (package.sdist) move(package.sdist->path);
        for (pkg::LockFile& wheel : package.wheels)
            move(wheel.path);
    }
}

base::Result<int> ExportCommand::run() {
    bool pylock = format == "pylock" || format == "pylock.toml";
    if (!pylock && format != "requirements.txt" && format != "requirements")
        return base::Error(base::ErrorKind::Usage,
                           "`" + format + "` is no format; choose from requirements.txt and pylock");
    if (pylock && !output_file.empty() && !pkg::is_lock_file_name(base::base_name(output_file)))
        return base::Error(base::ErrorKind::Usage, "`" + output_file + "` is no name of a lock file (PEP 751)")
            .with_hint("call it pylock.toml or pylock.NAME.toml, with no dot in NAME");
    Project project = TRY(find_project(context));
    pkg::Lock lock = TRY(fresh_lock(project));
    pkg::SelectOptions chosen = TRY(selection(lock, project.manifest, selected));
    TRY(pkg::check_selection(lock, chosen));
    std::string folder(base::parent_path(base::absolute_path(output_file.empty() ? "." : output_file)));
    if (!output_file.empty() && folder != project.root) move_paths(lock, project.root, folder);
    std::string text = pylock ? single_use(lock, chosen) : requirements(project, lock, chosen);
    if (output_file.empty())
        context.out(text);
    else
        TRY(base::write_file_atomic(output_file, text));
    return 0;
}

}  // namespace

// adder export [--format FORMAT] [-o FILE]
base::Result<int> cmd_export(Context& context, const Arguments& arguments) {
    ExportCommand command{.context = context};
    Options options("export", kPageExport);
    command.declare(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("export").get()))) return 0;
    return command.run();
}

}  // namespace cli
