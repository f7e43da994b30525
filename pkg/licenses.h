// SPDX licence expressions (PEP 639, specifications/license-expression).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pkg {

// The expression with identifiers and operators in their canonical case and single spaces. Identifiers must be on SPDX's
// list or be `LicenseRef-…` (letters, digits, "-", ".").
base::Result<std::string> normalize_license_expression(std::string_view text);
// A licence file's path in metadata: relative, with "/", without "..", "\" or glob characters.
bool is_license_file_path(std::string_view path);

}  // namespace pkg
