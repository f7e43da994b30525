// What the cache knows of files without a promised sha256: which bytes a URL had, and which other hashes bytes were found to have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/http.h"
#include "pkg/cache.h"
#include "pkg/index/index.h"

namespace pkg {

// The bytes that a URL had, and for how long that may be believed without asking. Where a file has promised hashes the link may
// be used as long as these are proven, where it has none only while it is fresh.
struct FileLink {
    std::string sha256;
    base::HttpFreshness freshness;
};
std::optional<FileLink> read_link(Cache& cache, std::string_view url);
// What must not be kept (no-store) is forgotten.
void write_link(Cache& cache, std::string_view url, const FileLink& link);

// Were the bytes with this sha256 found to have each hash (and the size) that is promised of `file`? False where nothing tells.
bool is_proven(Cache& cache, const DistFile& file, std::string_view sha256);
// The bytes with this sha256 were checked against all that is promised of `file`.
void remember_proof(Cache& cache, const DistFile& file, std::string_view sha256, uint64_t size);

}  // namespace pkg
