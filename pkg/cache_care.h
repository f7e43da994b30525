// Looking after the cache: how big it is, what can go, whether its wheels are still what was unpacked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/result.h"

namespace pkg {

struct BucketSize {
    std::string folder;
    base::TreeSize size;
};
// Every folder of the cache that holds something, those of older formats as well.
base::Result<std::vector<BucketSize>> measure_cache(const std::string& directory);

struct PruneOptions {
    bool unused = false;        // also wheels of which no environment on this file system has a hardlink
    int64_t tmp_age_s = 86400;  // what was left behind in tmp for longer than this is nobody's any more
};
// Removes buckets of other formats, leftovers of killed commands, and wheels without a readable manifest.
base::Result<base::TreeSize> prune_cache(const std::string& directory, const PruneOptions& options);
// Removes the wheels and metadata of one project (normalised name).
base::Result<base::TreeSize> clean_project(const std::string& directory, std::string_view project);

struct CacheProblem {
    std::string entry, name, version;  // the entry's path; name and version where its manifest can be read
    std::vector<std::string> lines;    // "`path` has been changed", "`path` is missing"
};
struct CacheReport {
    size_t wheels = 0, files = 0;
    std::vector<CacheProblem> problems;
};
// Compares every file of every unpacked wheel with the size and hash in its manifest, and metadata with its check sum.
base::Result<CacheReport> verify_cache(const std::string& directory);
// Takes an entry out of the cache; what is linked from it stays as it is.
base::Result<void> discard_entry(const std::string& directory, const std::string& entry);

}  // namespace pkg
