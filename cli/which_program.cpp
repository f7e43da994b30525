// The decision.
#include "cli/which_program.h"

#include <algorithm>

#include "base/fs.h"
#include "base/path.h"
#include "cli/commands.h"

namespace cli {

static bool is_versioned(std::string_view name, std::string_view stem) {
    if (!name.starts_with(stem)) return false;
    name.remove_prefix(stem.size());
    return std::all_of(name.begin(), name.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

Program which_program(const std::vector<std::string>& arguments) {
    std::string_view name = arguments.empty() ? "" : base::base_name(arguments[0]);
    if (name.starts_with("python")) return Program::Python;
    if (is_versioned(name, "pip")) return Program::Pip;
    if (arguments.size() < 2) return Program::Adder;
    const std::string& first = arguments[1];
    if (first == "-h") return Program::Adder;
    if (first == "-" || (first.starts_with('-') && !first.starts_with("--"))) return Program::Python;
    size_t count = 0;
    const Command* table = commands(count);
    for (size_t i = 0; i < count; i++) {
        if (table[i].words.substr(0, table[i].words.find(' ')) == first) return Program::Adder;
    }
    return !first.starts_with("--") && base::path_exists(first) ? Program::Python : Program::Adder;
}

}  // namespace cli
