// Character names: Hangul syllables and CJK ideographs by rule (Unicode standard §3.12 and §4.8), all others from the
// generated tables of words.
#include "interp/objects/unicode_names.h"

#include <algorithm>
#include <cstring>

namespace py {

#define UNICODE_NAMES
#include "interp/objects/unicode_tables.inc"

namespace {

constexpr uint32_t kHangulBase = 0xac00, kVowels = 21, kTrails = 28, kHangulCount = 19 * kVowels * kTrails;
constexpr const char* kLeadNames[] = {"G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                      "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
constexpr const char* kVowelNames[] = {"A",  "AE", "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
                                       "OE", "YO", "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
constexpr const char* kTrailNames[] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D", "L",  "LG",
                                       "LM", "LB", "LS", "LT", "LP", "LH", "M",  "B", "BS", "S",
                                       "SS", "NG", "J",  "C",  "K",  "T",  "P",  "H"};
constexpr std::string_view kHangulPrefix = "HANGUL SYLLABLE ", kCjkPrefix = "CJK UNIFIED IDEOGRAPH-";

bool is_unified_ideograph(uint32_t c) {
    struct Range {
        uint32_t first, last;
    };
    static constexpr Range kRanges[] = {{0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0x20000, 0x2a6df}, {0x2a700, 0x2b738},
                                        {0x2b740, 0x2b81d}, {0x2b820, 0x2cea1}, {0x2ceb0, 0x2ebe0}, {0x30000, 0x3134a}};
    for (const Range& r : kRanges)
        if (c >= r.first && c <= r.last) return true;
    return false;
}
int append(char* out, int at, std::string_view text) {
    std::memcpy(out + at, text.data(), text.size());
    return at + int(text.size());
}
int expand_row(const NameRow& row, char* out) {
    int length = 0;
    const uint8_t* p = kNameBytes + row.start;
    const uint8_t* end = p + row.size;
    while (p < end) {
        unsigned word = *p++;
        if (word & 0x80) word = (word & 0x7f) << 8 | *p++;
        if (length) out[length++] = ' ';
        length = append(out, length, {kWordLetters + kWordStarts[word], kWordStarts[word + 1] - kWordStarts[word]});
    }
    return length;
}
// The rows of names proper stand first, sorted by code point.
size_t count_names() {
    size_t n = 0;
    while (n < sizeof kNames / sizeof *kNames && kNames[n].kind == 0)
        ++n;
    return n;
}
template <size_t N>
int longest_match(const char* const (&list)[N], std::string_view& text) {
    int best = -1;
    size_t best_length = 0;
    for (size_t i = 0; i < N; ++i) {
        size_t length = std::strlen(list[i]);
        if (text.starts_with(list[i]) && (best < 0 || length > best_length)) best = int(i), best_length = length;
    }
    if (best >= 0) text.remove_prefix(best_length);
    return best;
}
int64_t hangul_from_name(std::string_view syllable) {
    int lead = longest_match(kLeadNames, syllable), vowel = longest_match(kVowelNames, syllable);
    int trail = longest_match(kTrailNames, syllable);
    if (lead < 0 || vowel < 0 || trail < 0 || !syllable.empty()) return -1;
    return int64_t(kHangulBase) + (lead * int(kVowels) + vowel) * int(kTrails) + trail;
}
int64_t ideograph_from_name(std::string_view digits) {
    if (digits.size() != 4 && digits.size() != 5) return -1;
    uint32_t code = 0;
    for (char c : digits) {
        int value = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (value < 0) return -1;
        code = code * 16 + uint32_t(value);
    }
    return is_unified_ideograph(code) ? int64_t(code) : -1;
}
uint32_t name_hash(std::string_view name) {
    uint32_t h = 2166136261u;
    for (char c : name)
        h = (h ^ uint8_t(c)) * 16777619u;
    return h ^ (h >> 15);
}
const NameRow* find_row(std::string_view name) {
    constexpr size_t kSize = sizeof kNameTable / sizeof *kNameTable;
    char candidate[kMaxNameLength];
    for (size_t at = name_hash(name) & (kSize - 1); kNameTable[at]; at = (at + 1) & (kSize - 1)) {
        const NameRow& row = kNames[kNameTable[at] - 1];
        int length = expand_row(row, candidate);
        if (name == std::string_view{candidate, size_t(length)}) return &row;
    }
    return nullptr;
}

}  // namespace

int unicode_name(uint32_t code, char* out) {
    if (code >= kHangulBase && code < kHangulBase + kHangulCount) {
        uint32_t index = code - kHangulBase;
        int at = append(out, 0, kHangulPrefix);
        at = append(out, at, kLeadNames[index / (kVowels * kTrails)]);
        at = append(out, at, kVowelNames[index / kTrails % kVowels]);
        return append(out, at, kTrailNames[index % kTrails]);
    }
    if (is_unified_ideograph(code)) {
        int at = append(out, 0, kCjkPrefix);
        for (int shift = code > 0xffff ? 16 : 12; shift >= 0; shift -= 4)
            out[at++] = "0123456789ABCDEF"[code >> shift & 15];
        return at;
    }
    static const size_t count = count_names();
    const NameRow* row =
        std::lower_bound(kNames, kNames + count, code, [](const NameRow& r, uint32_t c) { return r.code < c; });
    return row != kNames + count && row->code == code ? expand_row(*row, out) : 0;
}

int64_t unicode_from_name(std::string_view given, uint32_t* sequence, int* count) {
    if (given.size() >= size_t(kMaxNameLength)) return -1;
    // Names made by rule are found in upper case only, as in CPython.
    if (given.starts_with(kHangulPrefix) || given.starts_with(kCjkPrefix)) {
        bool hangul = given.starts_with(kHangulPrefix);
        int64_t made = hangul ? hangul_from_name(given.substr(kHangulPrefix.size()))
                              : ideograph_from_name(given.substr(kCjkPrefix.size()));
        if (made >= 0 && sequence) sequence[0] = uint32_t(made), *count = 1;
        return made;
    }
    char upper[kMaxNameLength];
    for (size_t i = 0; i < given.size(); ++i)
        upper[i] = given[i] >= 'a' && given[i] <= 'z' ? char(given[i] - 32) : given[i];
    std::string_view name{upper, given.size()};
    int64_t code = -1;
    if (const NameRow* row = find_row(name)) {
        if (row->kind == 2) {
            if (!sequence) return -1;
            const uint32_t* p = kNameSequences + row->code;
            *count = int(*p);
            std::copy_n(p + 1, *p, sequence);
            return sequence[0];
        }
        code = row->code;
    }
    if (code >= 0 && sequence) {
        sequence[0] = uint32_t(code);
        *count = 1;
    }
    return code;
}

}  // namespace py
