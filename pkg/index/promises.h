// What was promised of a file, an index's or a lock's word, held against the bytes that came: every hash that was given, and
// the size. Errors are of the kind Integrity.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "pkg/index/index.h"

namespace pkg {

// The promised one, "" where there is none.
std::string promised_sha256(const DistFile& file);
// An error for a hash that is none: it can be right of no bytes.
base::Result<void> check_readable(const DistFile& file);
// Returns the sha256 of the file at `path`.
base::Result<std::string> check_file(const DistFile& file, const std::string& path);
base::Result<std::string> check_bytes(const DistFile& file, std::string_view bytes);
// The same where it is known.
base::Result<void> check_bytes(const DistFile& file, std::string_view bytes, const std::string& sha256);

}  // namespace pkg
