// adder_build, the Python package, out of the binary: as files, and as a wheel that an index can offer.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pkg/build/native.h"

namespace pkg {

// Module files: path below site-packages and text.
std::vector<std::pair<std::string, std::string_view>> embedded_backend_files();
// The wheel that building pkg/build with itself gives.
BuiltFile embedded_backend_wheel();

}  // namespace pkg
