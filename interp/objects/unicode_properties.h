// Character properties of Unicode 14 behind str's methods: one record a class of characters, found through a two-level
// table that unicode_tables_gen.cpp makes at build time from the Unicode Character Database. Plain C++, no object
// model.
#pragma once

#include <cstdint>

namespace py {

enum UnicodeFlag : uint32_t {
    kUniAlpha = 1,
    kUniDecimal = 2,
    kUniDigit = 4,
    kUniNumeric = 8,
    kUniLower = 0x10,
    kUniUpper = 0x20,
    kUniTitle = 0x40,
    kUniSpace = 0x80,
    kUniPrintable = 0x100,
    kUniLineBreak = 0x200,
    kUniXidStart = 0x400,
    kUniXidContinue = 0x800,
    kUniCased = 0x1000,
    kUniCaseIgnorable = 0x2000,
    kUniMirrored = 0x4000,
    kUniSpecialUpper = 0x8000,
    kUniSpecialLower = 0x10000,
    kUniSpecialTitle = 0x20000,
    kUniSpecialFold = 0x40000,
    kUniNoComposition = 0x80000,  // used while the tables are made
    kUniIn32 = 0x100000,          // assigned in Unicode 3.2
};
struct UnicodeRecord {
    uint32_t flags;
    int32_t upper, lower, title;  // simple mapping as a difference
    int32_t fold;                 // difference of the full case folding when it is one character
    uint16_t special;             // where the multi-character mappings of this class begin (kUniSpecial…)
    int8_t decimal, digit;        // -1: none
    uint8_t category, bidirectional, combining, east_asian_width;
    uint8_t quick_check;  // two bits for NFD, NFKD, NFC, NFKC: 0 yes, 1 maybe, 2 no
};
extern const uint16_t unicode_blocks[];   // by code point >> 7
extern const uint16_t unicode_indices[];  // block * 128 + low bits → record
extern const UnicodeRecord unicode_records[];
extern const uint32_t
    unicode_special[];  // runs of: count, code points; upper, lower, title, fold in this order as flagged

inline const UnicodeRecord& unicode_record(uint32_t ch) {
    if (ch > 0x10ffff) ch = 0x10ffff;
    return unicode_records[unicode_indices[unicode_blocks[ch >> 7] * 128 + (ch & 127)]];
}
inline bool unicode_has(uint32_t ch, uint32_t flag) {
    return unicode_record(ch).flags & flag;
}
inline bool unicode_is_printable(uint32_t ch) {
    return unicode_has(ch, kUniPrintable);
}
inline bool unicode_is_space(uint32_t ch) {
    constexpr uint64_t kBlanks = uint64_t(1) << ' ' | 0x1fu << 9 | 0xfu << 0x1c;
    if (ch < 128) return ch <= ' ' && (kBlanks >> ch & 1);
    return unicode_has(ch, kUniSpace);
}
inline bool unicode_is_line_break(uint32_t ch) {
    if (ch < 128) return (ch >= 10 && ch <= 13) || (ch >= 0x1c && ch <= 0x1e);
    return ch == 0x85 || ch == 0x2028 || ch == 0x2029;
}
inline bool unicode_is_alphanumeric(uint32_t ch) {
    return unicode_has(ch, kUniAlpha | kUniDecimal | kUniDigit | kUniNumeric);
}
inline int unicode_decimal(uint32_t ch) {
    return unicode_record(ch).decimal;
}
inline int unicode_digit(uint32_t ch) {
    return unicode_record(ch).digit;
}
// Value of a numeric character; false when it has none.
bool unicode_numeric(uint32_t ch, double* value);
// Simple (one to one) mappings.
inline uint32_t unicode_to_upper(uint32_t ch) {
    return ch + uint32_t(unicode_record(ch).upper);
}
inline uint32_t unicode_to_lower(uint32_t ch) {
    return ch + uint32_t(unicode_record(ch).lower);
}
inline uint32_t unicode_to_title(uint32_t ch) {
    return ch + uint32_t(unicode_record(ch).title);
}
// Full mappings (SpecialCasing without conditions; CaseFolding C and F): up to three code points; how many.
int unicode_to_upper_full(uint32_t ch, uint32_t out[3]);
int unicode_to_lower_full(uint32_t ch, uint32_t out[3]);
int unicode_to_title_full(uint32_t ch, uint32_t out[3]);
int unicode_to_folded_full(uint32_t ch, uint32_t out[3]);

}  // namespace py
