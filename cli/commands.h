// The table of commands.
#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/context.h"

namespace cli {

#define COMMAND(words, group, function, page, summary) \
    base::Result<int> function(Context& context, const Arguments& arguments);
#include "cli/commands.def"
#undef COMMAND

struct Command {
    std::string_view words, group, summary;
    base::Result<int> (*function)(Context& context, const Arguments& arguments);
};
// Commands in the table's order; `count` of them.
const Command* commands(size_t& count);
// The command that `arguments` begin with; `used` words belong to its name. Null when there is none.
const Command* find_command(const Arguments& arguments, size_t& used);
// The text of `adder --help`, or of `adder GROUP --help` for a first word with several commands ("pip").
std::string help_text(std::string_view first_word);

}  // namespace cli
