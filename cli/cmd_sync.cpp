// adder sync
#include "base/fs.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/report.h"
#include "cli/sync_stamp.h"

namespace cli {

static constexpr const char* kNothing = "the environment is what the lock says";

// adder sync [--extra NAME] [--group NAME] [--frozen | --locked] [--check]
base::Result<int> cmd_sync(Context& context, const Arguments& arguments) {
    SyncOptions sync_options;
    bool check = false;
    Options options("sync", kPageSync);
    sync_options.declare(options);
    sync_options.resolve.declare_upgrade(options);
    options.flag(sync_options.dry_run, "--dry-run", "show what would change");
    options.flag(check, "--check", "change nothing; status 1 when lock or environment are not up to date");
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("sync").get()))) return 0;
    // FAST: the note of the last sync says the same as doing it all again.
    if (std::optional<SyncStamp> stamp = nothing_to_do(context, sync_options)) {
        pkg::Change nothing;
        nothing.kept = stamp->packages;
        print_change(context, nothing, kNothing);
        return 0;
    }
    Project project = TRY(find_project(context));
    sync_options.dry_run |= check;
    sync_options.locked |= check && !sync_options.frozen;
    pkg::Change change;
    TRY(lock_and_sync(context, project, sync_options, &change));
    print_change(context, change, kNothing);
    return check && !change.empty() ? 1 : 0;
}

}  // namespace cli
