// A lock in binary form, for the cache: what a TOML parser takes 30 ms for is read in one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pkg/cache.h"
#include "pkg/lock/lock.h"
#include "pkg/manifest.h"

namespace pkg {

std::string encode_lock(const Lock& lock);
// Nothing where the bytes are not what `encode_lock` made, in this format; hostile bytes are no danger.
std::optional<Lock> decode_lock(std::string_view bytes);

// `parse_lock` with its result kept under the hash of the text, so that no time stamp has to be believed.
base::Result<Lock> read_lock_text(const std::string& text, const std::string& file, Cache& cache);

// Was a lock of this text found to fit a pyproject.toml of that text before? `is_fresh` is a function of the two.
bool known_fresh(std::string_view lock_text, std::string_view manifest_text, const Cache& cache);
void remember_fresh(std::string_view lock_text, std::string_view manifest_text, Cache& cache);

}  // namespace pkg
