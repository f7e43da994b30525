// A lock as requirements.txt, for pip and others that do not read pylock.toml.
#include <algorithm>

#include "base/text.h"
#include "pkg/lock/lock_resolution.h"

namespace pkg {

static void add_hashes(std::string& out, const LockPackage& package) {
    std::vector<std::string> lines;
    auto add = [&](const LockFile& file) {
        for (const Hash& hash : file.hashes) lines.push_back("--hash=" + hash.algorithm + ":" + hash.hex);
    };
    for (const LockFile& wheel : package.wheels) add(wheel);
    if (package.sdist) add(*package.sdist);
    if (package.archive) add(*package.archive);
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    for (const std::string& line : lines) out += " \\\n    " + line;
}

static std::string target_of(const LockPackage& package) {
    if (package.vcs) {
        const LockVcs& vcs = *package.vcs;
        std::string url = package.name + " @ " + vcs.type + "+" + (vcs.url.empty() ? "file://" + vcs.path : vcs.url) + "@" + vcs.commit_id;
        return vcs.subdirectory.empty() ? url : url + "#subdirectory=" + vcs.subdirectory;
    }
    if (package.directory) return (package.directory->editable ? "-e " : "") + package.directory->path;
    if (package.archive) return package.name + " @ " + (package.archive->url.empty() ? package.archive->path : package.archive->url);
    return package.name + "==" + (package.version ? package.version->text() : "");
}

std::string export_requirements(const Lock& lock, const ExportOptions& options) {
    std::string out;
    MarkerTree everywhere = MarkerTree::python(lock.requires_python ? lock.requires_python->to_set() : VersionSet::full());
    for (const LockPackage& package : lock.packages) {
        MarkerTree where = (MarkerTree::of(package.marker) & everywhere).with_sets(options.extras, options.groups);
        if (where.is_never()) continue;
        out += target_of(package);
        std::string marker = where.assuming(everywhere).text();
        if (!marker.empty()) out += " ; " + marker;
        if (options.hashes) add_hashes(out, package);
        out += "\n";
    }
    return out;
}

}  // namespace pkg
