// What the built-in error handlers put in place of a malformed or unencodable range.
#pragma once

#include "interp/objects/codec.h"

namespace py {

// Appends the replacement for input[start, end) and sets *position; false when the handler does not apply (the error
// stands).
Fallible<bool> decode_replacement(ErrorMode mode, const char* encoding, std::string_view input, ssize_t start,
                                  ssize_t end, StrBuilder& out, ssize_t* position);
// The same for text[start, end).
Fallible<bool> encode_replacement(ErrorMode mode, const char* encoding, Str* text, ssize_t start, ssize_t end,
                                  Replacement& result);

}  // namespace py
