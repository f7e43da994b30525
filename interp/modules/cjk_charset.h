// Tables of an East Asian encoding: code ↔ character. They are made at the first use from the texts in cjk/ and stay.
#pragma once

#include "interp/objects/fallible.h"

namespace py::cjk {

inline constexpr uint32_t kNoCharacter = UINT32_MAX;
inline constexpr uint32_t kReserved = UINT32_MAX - 1;  // no character yet: the code is malformed as a whole

// A code stands for one or two characters.
struct Characters {
    uint32_t first = kNoCharacter, second = kNoCharacter;
};
// Codes are one to three bytes, read as a big-endian number; 0 is U+0000's only.
class Charset {
  public:
    Characters decode(uint32_t code) const;
    // 0: the character (not U+0000) has none.
    uint32_t encode(uint32_t character) const;
    bool starts_pair(uint32_t character) const;
    uint32_t encode_pair(uint32_t first, uint32_t second) const;
    bool has_single(uint8_t byte) const { return singles_[byte] != kNoCharacter; }

    Fallible<void> load(const char* name);

  private:
    static constexpr int kMaxPairs = 40, kPages = 0x300;
    struct Pair {
        uint32_t first, second, code;
    };
    Fallible<void> read_section(const char* name);
    Fallible<void> read_line(const char* line, const char* end);
    Fallible<void> set_decoding(uint32_t code, uint32_t character);
    Fallible<void> set_encoding(uint32_t character, uint32_t code, bool replace);
    Fallible<void> add_pair(uint32_t code, const char* text);
    Fallible<void> invert();
    Fallible<void> invert_rows(uint32_t* const* rows, uint32_t prefix);

    uint32_t singles_[256];
    uint32_t* rows_[256] = {};        // by the first byte of two; null: none
    uint32_t* long_rows_[256] = {};   // by the second byte of three, the first being 0x8f
    uint32_t* pages_[kPages] = {};    // codes by character
    Pair pairs_[kMaxPairs];
    int pair_count_ = 0;
};

// The tables of the section `name` in cjk/*.txt. Fails for want of memory only.
Fallible<const Charset*> charset(const char* name);

}  // namespace py::cjk
