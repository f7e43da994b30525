// ASCII character classes for the lexer, as one table look-up each. Bytes beyond ASCII count as parts of names.
#pragma once

#include <cstdint>

namespace py::parser {

struct CharClasses {
    enum : uint8_t { kStart = 1, kPart = 2, kDigit = 4, kHex = 8 };
    uint8_t of[256];
};
constexpr CharClasses build_char_classes() {
    CharClasses classes{};
    for (int c = 0; c < 256; c++) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
        bool digit = c >= '0' && c <= '9';
        bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        classes.of[c] =
            static_cast<uint8_t>((letter ? CharClasses::kStart : 0) | (letter || digit ? CharClasses::kPart : 0) |
                                 (digit ? CharClasses::kDigit : 0) | (hex ? CharClasses::kHex : 0));
    }
    return classes;
}
inline constexpr CharClasses kCharClasses = build_char_classes();

inline bool is_name_start(unsigned char c) {
    return kCharClasses.of[c] & CharClasses::kStart;
}
inline bool is_name_part(unsigned char c) {
    return kCharClasses.of[c] & CharClasses::kPart;
}
inline bool is_digit(unsigned char c) {
    return kCharClasses.of[c] & CharClasses::kDigit;
}
inline bool is_hex_digit(unsigned char c) {
    return kCharClasses.of[c] & CharClasses::kHex;
}
inline bool is_alphanumeric(char c) {
    auto u = static_cast<unsigned char>(c);
    return u < 128 && u != '_' && is_name_part(u);
}

}  // namespace py::parser
