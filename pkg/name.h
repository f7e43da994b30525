// Project and extra names: PEP 503 normalisation, PEP 508/685 validity.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pkg {

// Runs of "-", "_", "." become one "-", letters lower case. Defined for every text.
std::string normalize_name(std::string_view name);
bool is_normalized_name(std::string_view name);
// ASCII letters, digits, "-", "_", "."; begins and ends with a letter or digit.
bool is_valid_name(std::string_view name);
// Normalised, or an error that quotes the name.
base::Result<std::string> parse_name(std::string_view name);
// The form used in wheel and sdist file names: normalised with "_" for "-".
std::string file_name_form(std::string_view name);

// Names that `import` takes: identifiers with dots between, none of them a keyword.
bool is_import_name(std::string_view name);

}  // namespace pkg
