// What of a lock is installed in an environment (specifications/pylock-toml §Installation; step numbers are its).
#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "pkg/dist_name.h"
#include "pkg/lock/lock.h"

namespace pkg {

namespace {

base::Error refused(std::string message) { return base::Error(base::ErrorKind::NoSolution, std::move(message)); }

base::Result<void> check_names(const std::vector<std::string>& asked, const std::vector<std::string>& known, const char* what) {
    for (const std::string& name : asked)
        if (std::find(known.begin(), known.end(), name) == known.end())
            return base::Error(base::ErrorKind::Usage, "the lock has no " + std::string(what) + " `" + name + "`" +
                                                           (known.empty() ? "" : "; it has `" + base::join(known, "`, `") + "`"));
    return {};
}

// The wheel the environment likes best; of equal tags the higher build number.
const LockFile* best_wheel(const LockPackage& package, const TagSet& tags) {
    const LockFile* best = nullptr;
    int best_rank = 0;
    std::pair<uint64_t, std::string> best_build;
    for (const LockFile& file : package.wheels) {
        auto name = parse_wheel_name(file.name);
        if (!name.ok()) continue;
        int rank = tags.rank(name->tags);
        if (rank < 0) continue;
        std::pair<uint64_t, std::string> build(name->build_number, name->build_suffix);
        if (best && (rank > best_rank || (rank == best_rank && build <= best_build))) continue;
        best = &file;
        best_rank = rank;
        best_build = build;
    }
    return best;
}

base::Result<Selected> choose_file(const LockPackage& package, const Target& target, const SelectOptions& options) {
    Selected out;
    out.package = &package;
    if (package.vcs || package.directory) return out;
    if (package.archive) {
        base::Result<WheelName> wheel = parse_wheel_name(package.archive->name);
        if (wheel.ok() && target.tags.rank(wheel->tags) < 0)
            return refused("`" + package.name + "` is `" + wheel->file_name + "`, which this environment cannot use");
        out.archive = &*package.archive;
        return out;
    }
    auto lists = [&](const std::vector<std::string>& names) { return std::find(names.begin(), names.end(), package.name) != names.end(); };
    bool no_binary = lists(options.no_binary_for) || (options.no_binary && !lists(options.binary_for));
    bool no_build = lists(options.no_build_for) || (options.no_build && !lists(options.build_for));
    if (!no_binary) out.wheel = best_wheel(package, target.tags);
    if (!out.wheel && package.sdist && !no_build) out.sdist = &*package.sdist;
    if (out.wheel || out.sdist) return out;
    std::string version = package.version ? " " + package.version->text() : "";
    base::Error error = refused("`" + package.name + "`" + version + " has no file in the lock that this environment can use");
    if (no_binary && !package.wheels.empty())
        error.contexts.push_back("its wheels are not used: --no-binary");
    else if (!package.wheels.empty()) error.contexts.push_back("of " + std::to_string(package.wheels.size()) + " wheels none fits `" + target.tags.tags().front().text() + "` or a tag below it");
    error.contexts.push_back(package.sdist ? "its sdist is not used: building is disabled" : "it has no sdist to build from");
    return error;
}

}  // namespace

base::Result<void> check_selection(const Lock& lock, const SelectOptions& options) {
    std::vector<std::string> known_groups = lock.dependency_groups;
    known_groups.insert(known_groups.end(), lock.default_groups.begin(), lock.default_groups.end());
    TRY(check_names(options.extras, lock.extras, "extra"));
    if (options.groups) TRY(check_names(*options.groups, known_groups, "dependency group"));
    return {};
}

base::Result<std::vector<Selected>> select_packages(const Lock& lock, const Target& target, const SelectOptions& options) {
    // Step 1: what is asked for.
    std::vector<std::string> groups = options.groups ? *options.groups : lock.default_groups;
    TRY(check_selection(lock, options));
    // Steps 3 and 4: does the lock speak of this environment at all.
    if (lock.requires_python && !lock.requires_python->contains(target.python))
        return refused("the lock is for Python " + lock.requires_python->text() + ", the environment has " + target.python.text());
    bool covered = lock.environments.empty() || std::any_of(lock.environments.begin(), lock.environments.end(), [&](const Marker& marker) {
                       return marker.evaluate(target.markers, options.extras, groups);
                   });
    if (!covered) return refused("the lock was made for other environments than this one");
    // Step 5: which packages.
    std::vector<Selected> out;
    std::unordered_map<std::string, const LockPackage*> taken;
    for (const LockPackage& package : lock.packages) {
        if (!package.marker.evaluate(target.markers, options.extras, groups)) continue;
        if (package.requires_python && !package.requires_python->contains(target.python))
            return refused("`" + package.name + "` needs Python " + package.requires_python->text() + ", the environment has " + target.python.text());
        if (!taken.emplace(package.name, &package).second)
            return refused("the lock is ambiguous: two entries of `" + package.name + "` apply to this environment");
        out.push_back(TRY(choose_file(package, target, options)));
    }
    return out;
}

}  // namespace pkg
