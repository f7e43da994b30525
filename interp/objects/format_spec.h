// The format-spec mini language: [[fill]align][sign][z][#][0][width][grouping][.precision][type].
#pragma once

#include "interp/objects/str.h"

namespace py {

enum class Separators : uint8_t { None, Comma, Underscore, UnderscoreFour, Locale };

struct FormatSpec {
    uint32_t fill = ' ';
    uint32_t align;
    uint32_t type;
    char sign = 0;  // + - blank, or 0
    bool align_given = false, fill_given = false, alternate = false, no_negative_zero = false;
    Separators separators = Separators::None;
    ssize_t width = -1, precision = -1;
};
// The argument of a __format__: TypeError for what is no str.
Fallible<Str*> format_spec_argument(Object* spec);
// The first `length` characters of the text, filled up to the spec's width; its alignment is not '='.
Fallible<Ref<Str>> align_text(Str* text, ssize_t length, const FormatSpec& spec);
// ValueError when it is malformed; `object` names the type in the message.
Fallible<FormatSpec> parse_format_spec(Str* text, Object* object, uint32_t default_type, uint32_t default_align);
[[gnu::cold]] Raised raise_unknown_format_code(uint32_t code, Object* object);

}  // namespace py
