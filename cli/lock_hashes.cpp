// Hashing files that a lock names.
#include "cli/lock_hashes.h"

#include <algorithm>

#include "base/hash.h"
#include "base/path.h"

namespace cli {

static bool protects(const pkg::Hash& hash) {
    return hash.algorithm == "sha256" || hash.algorithm == "sha384" || hash.algorithm == "sha512" ||
           hash.algorithm.starts_with("blake2") || hash.algorithm.starts_with("sha3_");
}

static base::Result<std::string> hash_of(const pkg::LockFile& file, const std::string& folder, pkg::PackageIndex& index) {
    if (!file.path.empty()) return base::hash_file_hex("sha256", base::join_path(folder, file.path));
    pkg::DistFile remote;
    remote.file_name = file.name;
    remote.url = file.url;
    remote.hashes = file.hashes;
    remote.size = file.size;
    return index.sha256_of(remote);
}

base::Result<void> complete_hashes(pkg::Lock& lock, const std::string& folder, pkg::PackageIndex& index, pkg::Cache&) {
    auto complete = [&](pkg::LockFile& file) -> base::Result<void> {
        if (std::any_of(file.hashes.begin(), file.hashes.end(), protects)) return {};
        file.hashes.push_back({"sha256", TRY(hash_of(file, folder, index))});
        return {};
    };
    for (pkg::LockPackage& package : lock.packages) {
        for (pkg::LockFile& wheel : package.wheels)
            TRY(complete(wheel));
        if (package.sdist) TRY(complete(*package.sdist));
        if (package.archive) TRY(complete(*package.archive));
    }
    return {};
}

}  // namespace cli
