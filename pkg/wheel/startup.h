// .pth files as Python's `site` reads them at every start (library reference, site).
#pragma once

#include <string>
#include <string_view>

namespace pkg {

// What a .pth file with this text does, for people: "runs `import a` and 1 more line of code, and puts `../b` on the path". ""
// where it does nothing. One line, without control characters.
std::string startup_effect(std::string_view text);

}  // namespace pkg
