// Looking commands up and listing them.
#include "cli/commands.h"

#include <algorithm>

#include "base/text.h"

namespace cli {

static constexpr Command kCommands[] = {
#define COMMAND(words, group, function, page, summary) {words, group, summary, function},
#include "cli/commands.def"
#undef COMMAND
};

const Command* commands(size_t& count) {
    count = std::size(kCommands);
    return kCommands;
}

const Command* find_command(const Arguments& arguments, size_t& used) {
    for (const Command& command : kCommands) {
        std::vector<std::string_view> words = base::split_words(command.words);
        if (words.size() > arguments.size() || !std::equal(words.begin(), words.end(), arguments.begin())) continue;
        used = words.size();
        return &command;
    }
    return nullptr;
}

std::string help_text(std::string_view first_word) {
    std::string out;
    if (first_word.empty()) {
        out =
            "adder: Python 3.11 and its packages in one program\n\n"
            "  adder COMMAND [OPTIONS]          one of the commands below\n"
            "  adder SCRIPT.py | -c | -m | -    run Python; `adder python` is the interpreter's own command line\n";
    }
    std::string_view group;
    for (const Command& command : kCommands) {
        if (!first_word.empty() && command.words.substr(0, command.words.find(' ')) != first_word) continue;
        if (command.group != group) {
            group = command.group;
            out += (out.empty() ? "" : "\n") + std::string(group) + "\n";
        }
        std::string words(command.words);
        words.resize(std::max<size_t>(words.size() + 1, 18), ' ');
        out += "  " + words + std::string(command.summary) + "\n";
    }
    return out + "\n`adder COMMAND --help` explains a command and its options.\n";
}

}  // namespace cli
