// What a run of the program really imported: the output of `python -v` or `python -X importtime`, or a name a line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freeze {

// Names of modules, sorted, without doubles; lines of other kinds are passed over.
std::vector<std::string> traced_modules(std::string_view text);

}  // namespace freeze
