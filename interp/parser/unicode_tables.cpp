// Character properties and NFKC (UAX 15) over tables that unicode_generator makes at build time.
#include <algorithm>
#include <iterator>

#include "interp/parser/char_class.h"
#include "interp/parser/unicode.h"

namespace py::parser {
namespace {

struct Range {
    uint32_t first;
    uint32_t last;
};
struct Decomposition {
    uint32_t code;
    uint16_t index;  // into kDecomposed
    uint8_t count;
};
struct Composition {
    uint32_t first;
    uint32_t second;
    uint32_t code;
};
struct Combining {
    uint32_t code;
    uint8_t combining_class;
};
#include "interp/parser/unicode_tables.inc"

template <size_t N>
bool in_ranges(const Range (&ranges)[N], uint32_t code) {
    auto* found =
        std::upper_bound(ranges, ranges + N, code, [](uint32_t c, const Range& range) { return c < range.first; });
    return found != ranges && code <= found[-1].last;
}

int combining_class(uint32_t code) {
    auto* end = std::end(kCombining);
    auto* found =
        std::lower_bound(kCombining, end, code, [](const Combining& row, uint32_t c) { return row.code < c; });
    return found != end && found->code == code ? found->combining_class : 0;
}

// Hangul syllables are composed by rule.
constexpr uint32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTrails = 0x11A7;
constexpr uint32_t kLeadCount = 19, kVowelCount = 21, kTrailCount = 28;
constexpr uint32_t kSyllableCount = kLeadCount * kVowelCount * kTrailCount;

void decompose(uint32_t code, ast::Buffer<uint32_t>& out) {
    if (code - kSyllables < kSyllableCount) {
        uint32_t index = code - kSyllables;
        out.push(kLeads + index / (kVowelCount * kTrailCount));
        out.push(kVowels + index % (kVowelCount * kTrailCount) / kTrailCount);
        if (index % kTrailCount != 0) out.push(kTrails + index % kTrailCount);
        return;
    }
    auto* end = std::end(kDecompositions);
    auto* found =
        std::lower_bound(kDecompositions, end, code, [](const Decomposition& row, uint32_t c) { return row.code < c; });
    if (found == end || found->code != code)
        out.push(code);
    else
        out.append(kDecomposed + found->index, found->count);
}

// The composite of two characters; 0: none.
uint32_t compose(uint32_t first, uint32_t second) {
    if (first - kLeads < kLeadCount && second - kVowels < kVowelCount)
        return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTrailCount;
    if (first - kSyllables < kSyllableCount && (first - kSyllables) % kTrailCount == 0 && second > kTrails &&
        second - kTrails < kTrailCount)
        return first + (second - kTrails);
    auto* end = std::end(kCompositions);
    auto* found = std::lower_bound(kCompositions, end, Composition{first, second, 0},
                                   [](const Composition& a, const Composition& b) {
                                       return a.first != b.first ? a.first < b.first : a.second < b.second;
                                   });
    return found != end && found->first == first && found->second == second ? found->code : 0;
}

// Canonical ordering: marks between two starters sorted by class, stably.
void order_marks(ast::Buffer<uint32_t>& codes) {
    for (uint32_t i = 1; i < codes.size(); i++) {
        int mark = combining_class(codes[i]);
        if (mark == 0) continue;
        for (uint32_t k = i; k > 0 && combining_class(codes[k - 1]) > mark; k--)
            std::swap(codes[k - 1], codes[k]);
    }
}

void compose_all(ast::Buffer<uint32_t>& codes) {
    uint32_t out = 0;
    int64_t starter = -1;
    int last_class = 0;
    for (uint32_t i = 0; i < codes.size(); i++) {
        uint32_t code = codes[i];
        int mark = combining_class(code);
        bool blocked = out > 0 && starter >= 0 && out - 1 != starter && (last_class >= mark || last_class == 0);
        uint32_t composite = starter >= 0 && !blocked ? compose(codes[static_cast<size_t>(starter)], code) : 0;
        if (composite != 0) {
            codes[static_cast<size_t>(starter)] = composite;
            continue;
        }
        if (mark == 0) starter = out;
        last_class = mark;
        codes[out++] = code;
    }
    codes.truncate(out);
}

}  // namespace

bool is_identifier_start(uint32_t code) {
    return code < 128 ? code != '_' && is_name_start(static_cast<unsigned char>(code))
                      : in_ranges(kIdentifierStart, code);
}

bool is_identifier_part(uint32_t code) {
    return code < 128 ? is_name_part(static_cast<unsigned char>(code)) : in_ranges(kIdentifierPart, code);
}

bool is_printable(uint32_t code) {
    return code < 128 ? code >= ' ' && code < 127 : in_ranges(kPrintable, code);
}

std::string_view normalize_nfkc(std::string_view text, ast::Arena& arena) {
    ast::Buffer<uint32_t> codes;
    const char* p = text.data();
    const char* end = p + text.size();
    while (p < end)
        decompose(decode_utf8(p, end), codes);
    order_marks(codes);
    compose_all(codes);
    char* out = static_cast<char*>(arena.allocate(codes.size() * 4));
    size_t length = 0;
    for (uint32_t code : codes)
        length += static_cast<size_t>(encode_utf8(code, out + length));
    return {out, length};
}

}  // namespace py::parser
