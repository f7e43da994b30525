// adder sync
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/report.h"

namespace cli {

// adder sync [--extra NAME] [--group NAME] [--frozen | --locked]
base::Result<int> cmd_sync(Context& context, const Arguments& arguments) {
    LockOptions lock_options;
    SyncOptions sync_options;
    Options options("sync", kPageSync);
    sync_options.declare(options);
    lock_options.declare(options);
    options.flag(sync_options.dry_run, "--dry-run", "show what would change");
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("sync").get()))) return 0;
    Project project = TRY(find_project(context));
    pkg::Change change;
    TRY(lock_and_sync(context, project, lock_options, sync_options, &change));
    print_change(context, change, "the environment is what the lock says");
    return 0;
}

}  // namespace cli
