// What reading numbers from text has in common.
#pragma once

#include "interp/objects/str.h"

namespace py {

// The text with every Unicode decimal digit as ASCII digit and every blank as space, up to the first other character, for
// which '?' stands at the end. ASCII text is returned as it is.
Fallible<Ref<Str>> ascii_number_text(Str* text);
inline bool is_ascii_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
std::string_view strip_ascii_blanks(std::string_view text);
// The number, or absent when the text is malformed. ValueError when it is over the digit limit.
Lookup<Int> parse_int(std::string_view text, int base);

}  // namespace py
