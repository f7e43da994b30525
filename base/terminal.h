// What the process's terminal can do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

enum class ColorChoice : uint8_t { Auto, Always, Never };

bool is_terminal(int fd);
// Columns of the terminal on `fd`: the window size, else $COLUMNS, else 80.
int terminal_width(int fd);
// The rule: the choice; else NO_COLOR (non-empty) says no; else FORCE_COLOR or CLICOLOR_FORCE (not "0") says yes;
// else a terminal whose TERM is not "dumb".
bool use_color(ColorChoice choice, int fd);

// `text` as a message may show it: control characters (but for line ends and tabs), marks that turn the direction of
// writing and bytes that are no UTF-8 are spelled out (`\x1b`, `\u202e`), so that foreign text cannot command the terminal.
std::string for_terminal(std::string_view text);

}  // namespace base
