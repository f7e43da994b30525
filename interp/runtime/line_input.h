// One line from the console, with editing and history where the readline module set them up.
#pragma once

#include <string>
#include <string_view>

#include "interp/objects/fallible.h"

namespace py {

// Reads one line; *line keeps its newline, and is without one only where the input ended. False: nothing came before the end.
// KeyboardInterrupt. Runs Python (signal handlers, completers).
using LineReader = Fallible<bool> (*)(const char* prompt, std::string* line);
// What readline installs: used when stdin and stdout are terminals.
extern LineReader line_editor;

// The prompt goes to stderr, or to the terminal when the line is edited.
Fallible<bool> read_terminal_line(std::string_view prompt, std::string* line);
// As input() reads at a terminal: without the newline; EOFError at the end of input.
Fallible<Ref<>> read_console_line(Str* prompt);

}  // namespace py
