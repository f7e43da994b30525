// What a package index would refuse or complain about in metadata: `adder check` and the step before an upload.
// Reading (metadata.h) is lenient where this is strict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pkg {

// Every finding, in the order of the fields; none for valid metadata.
std::vector<base::Error> check_metadata(std::string_view text);

}  // namespace pkg
