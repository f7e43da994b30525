// adder lock
#include "base/json.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/target.h"
#include "pkg/lock/lock_resolution.h"

namespace cli {

// adder lock [--check] [--upgrade]
base::Result<int> cmd_lock(Context& context, const Arguments& arguments) {
    LockOptions lock_options;
    bool check = false, dry_run = false;
    Options options("lock", kPageLock);
    options.flag(check, "--check", "change nothing; status 1 when the lock is not fresh");
    options.flag(dry_run, "--dry-run", "resolve, but write nothing");
    lock_options.declare(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("lock").get()))) return 0;
    Project project = TRY(find_project(context));
    std::optional<pkg::Lock> old = TRY(read_lock(project));
    if (check) {
        if (old && pkg::is_fresh(*old, project.manifest)) return 0;
        return base::Error(base::ErrorKind::NotHolding,
                           old ? "pylock.toml does not fit pyproject.toml" : "there is no pylock.toml")
            .with_hint("make it with `adder lock`");
    }
    pkg::PackageIndex index(index_settings(context, &project.manifest), context.cache(), nullptr);
    PathBuilder builder(context, index);
    index.set_builder(&builder);
    pkg::Lock lock = TRY(make_lock(context, project, lock_options, old, index));
    bool changed = false;
    if (!dry_run) changed = TRY(save_lock(project, lock));
    if (context.json) {
        base::JsonWriter json(2);
        json.begin_object().key("changed").boolean(changed).key("packages").begin_array();
        for (const pkg::LockPackage& package : lock.packages) {
            json.begin_object().member("name", package.name);
            if (package.version) json.member("version", package.version->text());
            if (!package.marker.always()) json.member("marker", package.marker.text());
            json.end_object();
        }
        json.end_array().end_object();
        context.out(json.text() + "\n");
    }
    context.note((changed ? "locked " : "pylock.toml stays as it is: ") + std::to_string(lock.packages.size()) +
                 " packages");
    return 0;
}

}  // namespace cli
