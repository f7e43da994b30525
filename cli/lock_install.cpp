// From lock files to what is to be installed.
#include "cli/lock_install.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/project.h"
#include "pkg/lock/lock_cache.h"

namespace cli {

base::Result<std::vector<pkg::WantedPackage>> wanted_of_lock_file(Context& context, const std::string& path,
                                                                  const pkg::Target& target,
                                                                  const pkg::SelectOptions& options) {
    std::string text = TRY(base::read_file(path));
    pkg::Lock lock = TRY(pkg::read_lock_text(text, path, context.cache()));
    for (const std::string& warning : lock.warnings)
        context.warn(warning);
    std::vector<pkg::Selected> selected = TRY(pkg::select_packages(lock, target, options));
    Project place;
    place.root = base::parent_path(base::absolute_path(path));
    return wanted_of_selected(selected, place);
}

base::Result<void> require_hashes(std::vector<pkg::WantedPackage>& wanted,
                                  const std::vector<std::pair<std::string, std::vector<std::string>>>& allowed) {
    for (pkg::WantedPackage& package : wanted) {
        auto named = std::find_if(allowed.begin(), allowed.end(), [&](const auto& entry) { return entry.first == package.source.name; });
        if (named == allowed.end())
            return base::Error(base::ErrorKind::Integrity,
                               "`" + package.source.name + "` has no hash in the requirements, and the others have");
        std::vector<pkg::Hash>& known = package.source.file.hashes;
        bool right = known.empty() || std::any_of(known.begin(), known.end(), [&](const pkg::Hash& hash) {
                         const std::vector<std::string>& list = named->second;
                         return std::find(list.begin(), list.end(), hash.algorithm + ":" + hash.hex) != list.end();
                     });
        if (!right || (known.empty() && named->second.size() != 1))
            return base::Error(base::ErrorKind::Integrity, "the hash of `" + package.source.file.file_name +
                                                               "` is not one that the requirements name");
        std::string_view algorithm, hex;
        if (known.empty() && base::partition(named->second.front(), ':', algorithm, hex))
            known.push_back({std::string(algorithm), std::string(hex)});
    }
    return {};
}

}  // namespace cli
