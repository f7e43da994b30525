// Normalisation forms (UAX 15) and decompositions over code points, by the tables of Unicode 14 or as 3.2.0 had them.
#pragma once

#include <sys/types.h>
#include <cstdint>

namespace py {

enum class NormalForm { NFD, NFKD, NFC, NFKC };  // in the order of UnicodeRecord::quick_check
enum class UnicodeVersion { Current, V32 };

struct Decomposition {
    const uint32_t* points = nullptr;
    int count = 0;
    int tag = 0;  // index in kUnicodeDecompositionTags; 0: canonical
};
// The character's own decomposition, one step; count 0 when it has none. Hangul syllables have none here.
Decomposition unicode_decomposition(uint32_t ch);

// A growing array of code points; `failed` when memory ran out.
struct CodePoints {
    uint32_t* items = nullptr;
    ssize_t size = 0, capacity = 0;
    bool failed = false;
    CodePoints() = default;
    ~CodePoints();
    CodePoints(const CodePoints&) = delete;
    CodePoints& operator=(const CodePoints&) = delete;
    void push(uint32_t ch);
};
// Appends the normal form of `input` to the empty `out`.
void unicode_normalize(const uint32_t* input, ssize_t count, NormalForm form, UnicodeVersion version, CodePoints& out);

}  // namespace py
