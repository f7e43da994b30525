// Hashes that an index did not tell: a lock needs one for every file.
#pragma once

#include <string>

#include "base/result.h"
#include "pkg/cache.h"
#include "pkg/index/package_index.h"
#include "pkg/lock/lock.h"

namespace cli {

// Gives every file of the lock a sha256 that has no hash which protects: the file is read, or downloaded once and its
// hash kept in the cache. Paths are relative to `folder`.
base::Result<void> complete_hashes(pkg::Lock& lock, const std::string& folder, pkg::PackageIndex& index, pkg::Cache& cache);

}  // namespace cli
