// adder upgrade and adder outdated: the lock against what the index has today.
#include <algorithm>

#include "base/json.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/commands.h"
#include "cli/package_supply.h"
#include "cli/pages.h"
#include "cli/project_edit.h"
#include "cli/report.h"
#include "pkg/name.h"

namespace cli {

namespace {

void print_lock_change(const Context& context, const LockedVersions& before, const LockedVersions& after) {
    for (const auto& [name, version] : after) {
        auto old = before.find(name);
        if (old == before.end())
            context.note(" + " + name + "==" + version);
        else if (old->second != version)
            context.note(" ~ " + name + "==" + old->second + " → " + version);
    }
    for (const auto& [name, version] : before) {
        if (!after.count(name)) context.note(" - " + name + "==" + version);
    }
    if (before == after) context.note("nothing newer fits pyproject.toml");
}

base::Result<pkg::Lock> existing_lock(Context& context, const Project& project) {
    std::string text = TRY(read_lock_bytes(project));
    std::optional<pkg::Lock> lock = TRY(read_lock(text, project, context));
    if (!lock) return missing_lock(project);
    return std::move(*lock);
}

// The newest release that is not yanked; final where there is a final one.
std::string newest(const pkg::Project& project) {
    const pkg::Release *best = nullptr, *best_final = nullptr;
    for (const pkg::Release& release : project.releases) {
        if (release.yanked()) continue;
        best = &release;
        if (!release.version.is_prerelease()) best_final = &release;
    }
    const pkg::Release* chosen = best_final ? best_final : best;
    return chosen ? chosen->version.text() : "";
}

// Locks as if the bounds were not there, writes the new ones, and locks with them what was found.
base::Result<int> raise_bounds(Context& context, Project& project, const pkg::Lock& old, pkg::PackageIndex& index,
                               const std::vector<std::string>& names, const SyncOptions& options, bool sync) {
    BoundsToRaise bounds(project.manifest, names);
    std::string original = project.text, text = TRY(bounds.without(original));
    ProjectEdit edit(context, project);
    TRY(edit.apply(std::move(text)));
    pkg::Lock lock = TRY(make_lock(context, project, options.resolve, old, index));
    text = TRY(bounds.raised(original, lock));
    TRY(edit.apply(std::move(text)));
    lock = TRY(make_lock(context, project, options.resolve.without_upgrade(), lock, index));
    print_lock_change(context, versions_of(old), versions_of(lock));
    for (const std::string& change : bounds.changes(lock))
        context.note("pyproject.toml: " + change);
    return options.dry_run ? 0 : edit.finish(lock, index, sync, options);
}

struct OutdatedRow {
    std::string name, locked, upgrade, latest;
};

void print_table(const Context& context, const std::vector<OutdatedRow>& rows) {
    auto padded = [](std::string text, size_t width) { return text.append(text.size() < width ? width - text.size() : 0, ' '); };
    size_t name = 7, locked = 6, upgrade = 7;
    for (const OutdatedRow& row : rows) {
        name = std::max(name, row.name.size());
        locked = std::max(locked, row.locked.size());
        upgrade = std::max(upgrade, row.upgrade.size());
    }
    auto line = [&](const OutdatedRow& row) {
        context.out(padded(row.name, name) + "  " + padded(row.locked, locked) + "  " + padded(row.upgrade, upgrade) +
                    "  " + row.latest + "\n");
    };
    if (!rows.empty()) line({"package", "locked", "upgrade", "latest"});
    for (const OutdatedRow& row : rows)
        line(row);
}

}  // namespace

// adder upgrade [NAME…]
base::Result<int> cmd_upgrade(Context& context, const Arguments& arguments) {
    SyncOptions sync_options;
    ResolveOptions& resolve = sync_options.resolve;
    bool no_sync = false, raise = false;
    Options options("upgrade", kPageUpgrade);
    options.arguments(resolve.upgrade_packages, "NAME", "packages to upgrade; all where none is named",
                      Presence::Optional);
    options.flag(raise, "--raise-bounds", "past the bounds in pyproject.toml, which become those of the new versions");
    options.flag(no_sync, "--no-sync", "leave the environment alone");
    options.flag(sync_options.dry_run, "--dry-run", "show what would change");
    sync_options.declare(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("upgrade").get()))) return 0;
    std::optional<base::FileLock> alone = lock_for_editing(context, raise && !sync_options.dry_run ? project_folder(context) : "");
    Project project = TRY(find_project(context));
    pkg::Lock old = TRY(existing_lock(context, project));
    resolve.upgrade = resolve.upgrade_packages.empty();
    LockedVersions before = versions_of(old);
    std::vector<std::string> names;
    for (const std::string& name : resolve.upgrade_packages) {
        names.push_back(TRY(pkg::parse_requirement(name)).key);
        if (!before.count(names.back()))
            return base::Error(base::ErrorKind::NotHolding, "`" + name + "` is not in pylock.toml");
    }
    PackageSupply supply(context, &project.manifest);
    if (raise) return raise_bounds(context, project, old, supply.index, names, sync_options, !no_sync);
    pkg::Lock lock = TRY(make_lock(context, project, resolve, old, supply.index));
    print_lock_change(context, before, versions_of(lock));
    if (sync_options.dry_run) return 0;
    TRY(save_lock(project, lock));
    if (no_sync) return 0;
    pkg::Change change;
    resolve = resolve.without_upgrade();
    TRY(lock_and_sync(context, project, sync_options, &change));
    if (context.json) print_change(context, change, "");
    return 0;
}

// adder outdated
base::Result<int> cmd_outdated(Context& context, const Arguments& arguments) {
    ResolveOptions everything;
    Options options("outdated", kPageOutdated);
    everything.declare(options);
    context.add_project_options(options);
    context.add_source_options(options);
    context.add_output_options(options);
    if (!TRY(options.parse(arguments, context.defaults("outdated").get()))) return 0;
    Project project = TRY(find_project(context));
    pkg::Lock old = TRY(existing_lock(context, project));
    PackageSupply supply(context, &project.manifest);
    everything.upgrade = true;
    LockedVersions upgraded = versions_of(TRY(make_lock(context, project, everything, old, supply.index)));
    std::vector<OutdatedRow> rows;
    for (const auto& [name, locked] : versions_of(old)) {
        auto of_index = std::find_if(old.packages.begin(), old.packages.end(), [&, &wanted = name](const pkg::LockPackage& package) {
            return package.name == wanted && (package.sdist || !package.wheels.empty());
        });
        if (of_index == old.packages.end()) continue;
        // One on this machine is written as seen from the lock.
        std::string place = of_index->index;
        if (!base::looks_like_url(place)) place = base::file_url(base::normalize_path(base::join_path(project.root, place)));
        std::string latest = newest(*TRY(supply.index.project_at(name, place)));
        std::string upgrade = upgraded.count(name) ? upgraded[name] : "";
        if (latest.empty() || (locked == latest && upgrade == locked)) continue;
        rows.push_back({name, locked, upgrade.empty() ? "-" : upgrade, latest});
    }
    if (!context.json) {
        print_table(context, rows);
        if (rows.empty()) context.note("everything locked is the newest");
        return 0;
    }
    base::JsonWriter json(2);
    json.begin_array();
    for (const OutdatedRow& row : rows)
        json.begin_object().member("name", row.name).member("locked", row.locked).member("upgrade", row.upgrade).member("latest", row.latest).end_object();
    context.out(json.end_array().text() + "\n");
    return 0;
}

}  // namespace cli
