// Files among an environment's scripts: what they may be called, and the text of those made from entry points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pkg/entry_points.h"

namespace pkg {

// Why a file called `name` may not be put among an environment's scripts, or nullptr: it would leave the directory, or
// stand for the interpreter or an activate script (compared without regard to case).
const char* forbidden_script_name(std::string_view name);

// How a script names its interpreter: by its path, or as the `python` beside the script, wherever that is.
enum class Shebang : uint8_t { Fixed, Relocatable };

// The text of a console or GUI script that calls the entry point with `interpreter`.
std::string make_script(const EntryPoint& entry, std::string_view interpreter, Shebang form = Shebang::Fixed);
// "#!<interpreter>\n", by way of /bin/sh where the kernel could not read the line (blanks in it, or over 127 bytes) or
// the place has to be found first.
std::string make_shebang(std::string_view interpreter, Shebang form = Shebang::Fixed);

}  // namespace pkg
