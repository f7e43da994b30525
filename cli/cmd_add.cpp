// adder add and adder remove: edit pyproject.toml, lock, sync; all of it or nothing.
#include <algorithm>

#include "base/fs.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/report.h"
#include "cli/target.h"
#include "pkg/lock/lock_resolution.h"
#include "pkg/manifest_edit.h"
#include "pkg/name.h"

namespace cli {

namespace {

// A change of pyproject.toml that is taken back unless everything after it succeeds.
class Edit {
  public:
    Edit(Context& context, Project& project) : context_(context), project_(project), before_(project.text) {
        base::Result<std::string> lock = base::read_file(project.lock_path());
        had_lock_ = lock.ok();
        if (lock.ok()) lock_before_ = *lock;
    }
    ~Edit() {
        if (done_ || !written_) return;
        // The first error is the one to tell; a second one here would hide it.
        (void)base::write_file_atomic(project_.manifest_path(), before_).ok();
        (void)(had_lock_ ? base::write_file_atomic(project_.lock_path(), lock_before_)
                         : base::remove_file(project_.lock_path()))
            .ok();
    }
    base::Result<void> apply(std::string text) {
        project_.manifest = TRY(pkg::parse_manifest(text, "pyproject.toml"));
        project_.text = std::move(text);
        return {};
    }
    // Locks and writes both files, then syncs.
    base::Result<int> finish(pkg::Lock lock, pkg::PackageIndex& index, bool sync, const SyncOptions& options) {
        written_ = true;
        TRY(base::write_file_atomic(project_.manifest_path(), project_.text));
        TRY(save_lock(project_, lock));
        if (sync) {
            venv::Environment environment = TRY(project_environment(context_, project_, options.python));
            pkg::Change change = TRY(sync_environment(context_, project_, lock, environment, options, index));
            print_change(context_, change, "");
        }
        done_ = true;
        return 0;
    }

  private:
    Context& context_;
    Project& project_;
    std::string before_, lock_before_;
    bool had_lock_ = false, written_ = false, done_ = false;
};

struct EditCommand {
    std::vector<std::string> names;
    std::string extra, group;
    bool dev = false, no_sync = false;
    SyncOptions sync;
    void declare(Options& options, const char* what) {
        options.arguments(names, "requirement", what, Presence::Required);
        options.value(extra, "--optional", "EXTRA", "in this extra");
        options.value(group, "--group", "GROUP", "in this dependency group");
        options.flag(dev, "--dev", "in the dependency group `dev`");
        options.flag(no_sync, "--no-sync", "leave the environment alone");
        options.value(sync.python, "-p,--python", "PYTHON", "interpreter for a new environment");
    }
    pkg::DependencyList508 list() const {
        if (!extra.empty()) return {pkg::DependencyList508::Kind::Extra, extra};
        if (dev) return {pkg::DependencyList508::Kind::Group, "dev"};
        if (!group.empty()) return {pkg::DependencyList508::Kind::Group, group};
        return {};
    }
};

// `name` as `name>=1.2`: the bound that keeps a later lock from going back.
base::Result<pkg::Requirement> with_bound(const pkg::Requirement& requirement, const pkg::Lock& lock) {
    std::vector<pkg::Version> versions;
    for (const pkg::LockPackage& package : lock.packages) {
        if (package.name == requirement.key && package.version) versions.push_back(*package.version);
    }
    if (versions.empty() || !requirement.url.empty() || !requirement.specifier.empty()) return requirement;
    pkg::Requirement out = requirement;
    pkg::Version lowest = *std::min_element(versions.begin(), versions.end());
    out.specifier = TRY(pkg::parse_specifier_set(">=" + lowest.public_text()));
    return out;
}

}  // namespace

// adder add [--dev | --group GROUP | --optional EXTRA] REQUIREMENT…
base::Result<int> cmd_add(Context& context, const Arguments& arguments) {
    EditCommand command;
    LockOptions lock_options;
    bool no_bounds = false;
    Options options("add", kPageAdd);
    command.declare(options, "what to add: `name`, `name[extra]>=1`, `name @ URL`");
    options.flag(no_bounds, "--raw", "write requirements as given, without a lower bound");
    lock_options.declare(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("add").get()))) return 0;
    Project project = TRY(find_project(context));
    std::vector<pkg::Requirement> requirements;
    for (const std::string& text : command.names)
        requirements.push_back(TRY(pkg::parse_requirement(text)));
    Edit edit(context, project);
    pkg::PackageIndex index(index_settings(context, &project.manifest), context.cache(), nullptr);
    PathBuilder builder(context, index);
    builder.use_settings_of(project.manifest);
    index.set_builder(&builder);
    std::optional<pkg::Lock> old = TRY(read_lock(project));
    std::string original = project.text, text = original;
    for (const pkg::Requirement& requirement : requirements)
        text = TRY(pkg::add_dependency(text, command.list(), requirement));
    TRY(edit.apply(text));
    pkg::Lock lock = TRY(make_lock(context, project, lock_options, old, index));
    if (!no_bounds) {
        text = original;
        for (const pkg::Requirement& requirement : requirements) {
            pkg::Requirement bounded = TRY(with_bound(requirement, lock));
            text = TRY(pkg::add_dependency(text, command.list(), bounded));
        }
        TRY(edit.apply(text));
        lock = TRY(make_lock(context, project, {}, lock, index));
    }
    return edit.finish(std::move(lock), index, !command.no_sync, command.sync);
}

// adder remove [--dev | --group GROUP | --optional EXTRA] NAME…
base::Result<int> cmd_remove(Context& context, const Arguments& arguments) {
    EditCommand command;
    Options options("remove", kPageRemove);
    command.declare(options, "names of what to remove");
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("remove").get()))) return 0;
    Project project = TRY(find_project(context));
    Edit edit(context, project);
    pkg::PackageIndex index(index_settings(context, &project.manifest), context.cache(), nullptr);
    PathBuilder builder(context, index);
    builder.use_settings_of(project.manifest);
    index.set_builder(&builder);
    std::optional<pkg::Lock> old = TRY(read_lock(project));
    std::string text = project.text;
    for (const std::string& name : command.names)
        text = TRY(pkg::remove_dependency(text, command.list(), name));
    TRY(edit.apply(text));
    pkg::Lock lock = TRY(make_lock(context, project, {}, old, index));
    return edit.finish(std::move(lock), index, !command.no_sync, command.sync);
}

}  // namespace cli
