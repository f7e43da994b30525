// The Unicode facts the language needs: UTF-8, identifier characters, printability, NFKC (PEP 3131; Unicode 14).
#pragma once

#include "interp/parser/arena.h"

namespace py::parser {

// The code point at `p`, which moves past it. Malformed bytes count as U+FFFD, one byte each.
uint32_t decode_utf8(const char*& p, const char* end);
// Writes 1 to 4 bytes (surrogates as three) and returns how many.
int encode_utf8(uint32_t code, char* out);
// Code points as str(bytes, "utf-8", "replace") would count them.
int count_code_points(std::string_view text);
// What the UTF-8 decoder says of text that is not well-formed; positions are inclusive.
struct Utf8Error {
    size_t first;
    size_t last;
    const char* reason;
};
Utf8Error find_utf8_error(std::string_view text);
// The text in the arena, U+FFFD in place of what is malformed.
std::string_view replace_malformed(std::string_view text, ast::Arena& arena);
// Length of the longest prefix that is well-formed UTF-8.
size_t valid_utf8_prefix(std::string_view text);

bool is_identifier_start(uint32_t code);  // XID_Start, without '_'
bool is_identifier_part(uint32_t code);   // XID_Continue
bool is_printable(uint32_t code);         // str.isprintable of one character

// The NFKC form of a UTF-8 text, in the arena.
std::string_view normalize_nfkc(std::string_view text, ast::Arena& arena);

}  // namespace py::parser
