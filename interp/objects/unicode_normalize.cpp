// Normalisation forms (UAX 15; Hangul arithmetic: Unicode standard §3.12).
#include "interp/objects/unicode_normalize.h"

#include <algorithm>
#include <cstdlib>

#include "interp/objects/unicode_properties.h"

namespace py {

#define UNICODE_DECOMPOSITIONS
#include "interp/objects/unicode_tables.inc"

CodePoints::~CodePoints() {
    std::free(items);
}
void CodePoints::push(uint32_t ch) {
    if (size == capacity) {
        ssize_t wanted = capacity ? capacity * 2 : 64;
        auto* grown = static_cast<uint32_t*>(std::realloc(items, size_t(wanted) * sizeof(uint32_t)));
        if (!grown) {
            failed = true;
            return;
        }
        items = grown;
        capacity = wanted;
    }
    items[size++] = ch;
}

Decomposition unicode_decomposition(uint32_t ch) {
    const DecompositionRow* end = kDecompositions + sizeof kDecompositions / sizeof *kDecompositions;
    const DecompositionRow* row =
        std::lower_bound(kDecompositions, end, ch, [](const DecompositionRow& r, uint32_t c) { return r.code < c; });
    if (row == end || row->code != ch) return {};
    return {kDecomposed + row->start, row->count, row->tag};
}

namespace {

constexpr uint32_t kSyllables = 0xac00, kLeads = 0x1100, kVowels = 0x1161, kTrails = 0x11a7;
constexpr uint32_t kLeadCount = 19, kVowelCount = 21, kTrailCount = 28,
                   kSyllableCount = kLeadCount * kVowelCount * kTrailCount;

// Corrigendum 3 and 4: decompositions that Unicode 3.2.0 still had otherwise.
struct Correction {
    uint32_t code, old;
};
constexpr Correction kCorrections[] = {
    {0x2f868, 0x2136a}, {0x2f874, 0x5f33}, {0x2f91f, 0x43ab}, {0x2f95f, 0x7aae}, {0x2f9bf, 0x4d57}};

void decompose(uint32_t ch, bool compatibility, UnicodeVersion version, CodePoints& out) {
    if (ch - kSyllables < kSyllableCount) {
        uint32_t index = ch - kSyllables;
        out.push(kLeads + index / (kVowelCount * kTrailCount));
        out.push(kVowels + index / kTrailCount % kVowelCount);
        if (index % kTrailCount) out.push(kTrails + index % kTrailCount);
        return;
    }
    if (version == UnicodeVersion::V32) {
        if (!unicode_has(ch, kUniIn32)) return out.push(ch);
        for (const Correction& c : kCorrections)
            if (c.code == ch) return out.push(c.old);
    }
    Decomposition d = ch < 0xa0 ? Decomposition{} : unicode_decomposition(ch);
    if (d.count == 0 || (d.tag && !compatibility)) return out.push(ch);
    for (int i = 0; i < d.count; ++i)
        decompose(d.points[i], compatibility, version, out);
}
uint8_t combining(uint32_t ch) {
    return unicode_record(ch).combining;
}

// Canonical order: runs of marks sorted by combining class, stable.
void reorder(CodePoints& points) {
    uint32_t* items = points.items;
    for (ssize_t i = 0; i < points.size;) {
        if (!combining(items[i])) {
            ++i;
            continue;
        }
        ssize_t end = i;
        while (end < points.size && combining(items[end]))
            ++end;
        std::stable_sort(items + i, items + end, [](uint32_t a, uint32_t b) { return combining(a) < combining(b); });
        i = end;
    }
}
uint32_t composed(uint32_t first, uint32_t second) {
    if (first - kLeads < kLeadCount && second - kVowels < kVowelCount)
        return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTrailCount;
    if (first - kSyllables < kSyllableCount && (first - kSyllables) % kTrailCount == 0 &&
        second - kTrails - 1 < kTrailCount - 1)
        return first + (second - kTrails);
    const CompositionRow* end = kCompositions + sizeof kCompositions / sizeof *kCompositions;
    auto before = [](const CompositionRow& r, const CompositionRow& wanted) {
        return r.first != wanted.first ? r.first < wanted.first : r.second < wanted.second;
    };
    const CompositionRow* row = std::lower_bound(kCompositions, end, CompositionRow{first, second, 0}, before);
    return row != end && row->first == first && row->second == second ? row->composed : 0;
}
void compose(CodePoints& points) {
    uint32_t* items = points.items;
    ssize_t out = 0, starter = -1;
    int last_class = -1;  // class of the mark kept latest behind the starter; -1: none
    for (ssize_t i = 0; i < points.size; ++i) {
        uint32_t ch = items[i];
        int cls = combining(ch);
        bool blocked = last_class >= 0 && (last_class >= cls);
        if (starter >= 0 && !blocked) {
            if (uint32_t joined = composed(items[starter], ch)) {
                items[starter] = joined;
                continue;
            }
        }
        if (cls == 0) {
            starter = out;
            last_class = -1;
        } else {
            last_class = cls;
        }
        items[out++] = ch;
    }
    points.size = out;
}

}  // namespace

void unicode_normalize(const uint32_t* input, ssize_t count, NormalForm form, UnicodeVersion version, CodePoints& out) {
    bool compatibility = form == NormalForm::NFKD || form == NormalForm::NFKC;
    for (ssize_t i = 0; i < count && !out.failed; ++i)
        decompose(input[i], compatibility, version, out);
    if (out.failed) return;
    reorder(out);
    if (form == NormalForm::NFC || form == NormalForm::NFKC) compose(out);
}

}  // namespace py
