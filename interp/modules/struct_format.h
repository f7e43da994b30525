// _struct: a format string taken apart, and its items packed and unpacked.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"

namespace py {

// How a format code is stored.
struct FormatCode {
    char code;
    char order;        // '@' native with alignment, '=' native, '<' or '>'
    ssize_t offset, size;
    ssize_t repeat;    // items (1 for s and p)
};
struct ParsedFormat {
    FormatCode* codes = nullptr;  // malloc; count of them
    ssize_t count = 0, size = 0, items = 0;
    void clear();
};
extern Object* struct_error;  // the exception class, made with the module

// struct.error when the text is no format.
Fallible<void> parse_struct_format(std::string_view text, ParsedFormat* out);
Fallible<void> pack_item(const FormatCode& code, Object* value, char* out);
Fallible<Ref<>> unpack_item(const FormatCode& code, const char* data);
[[gnu::cold]] Raised raise_struct_error(const char* format, ...);

}  // namespace py
