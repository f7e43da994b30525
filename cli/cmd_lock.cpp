// adder lock
#include "base/json.h"
#include "cli/commands.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/project.h"
#include "cli/script_project.h"
#include "pkg/lock/lock_cache.h"

namespace cli {

static base::Result<Project> project_of_script(Context& context, const std::string& path) {
    std::optional<Project> script = TRY(find_script(context, path));
    if (script) return std::move(*script);
    return no_script_block(path);
}

// adder lock [--check] [--upgrade] [--script FILE]
base::Result<int> cmd_lock(Context& context, const Arguments& arguments) {
    ResolveOptions resolve;
    bool check = false, dry_run = false;
    std::string script;
    Options options("lock", kPageLock);
    options.flag(check, "--check", "change nothing; status 1 when the lock is not fresh");
    options.flag(dry_run, "--dry-run", "resolve, but write nothing");
    options.value(script, "--script", "FILE", "lock a script with inline metadata (PEP 723): pylock.<name>.toml beside it");
    resolve.declare_upgrade(options);
    resolve.declare(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("lock").get()))) return 0;
    Project project = TRY(script.empty() ? find_project(context) : project_of_script(context, script));
    std::string text = TRY(read_lock_bytes(project));
    // FAST: a pair of files that was found to fit needs no parsing of the lock.
    if (check && !text.empty() && pkg::known_fresh(text, project.text, context.cache())) return 0;
    std::optional<pkg::Lock> old = TRY(read_lock(text, project, context));
    if (check) {
        if (is_fresh(text, old, project, context)) return 0;
        return old ? stale_lock(project) : missing_lock(project);
    }
    PackageSupply supply(context, &project.manifest);
    pkg::Lock lock = TRY(make_lock(context, project, resolve, old, supply.index));
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
    context.note((changed ? "locked " : project.lock_name + " stays as it is: ") + std::to_string(lock.packages.size()) +
                 " packages");
    return 0;
}

}  // namespace cli
