// Character sets and categories of _sre, and the bitmaps that shorten the look-up for the first 256 characters.
#include <cctype>
#include <cstring>

#include "interp/modules/sre.h"
#include "interp/objects/errors.h"
#include "interp/objects/unicode_properties.h"

namespace py::sre {

uint32_t lower_ascii(uint32_t ch) {
    return ch - 'A' < 26u ? ch + 32 : ch;
}
uint32_t lower_locale(uint32_t ch) {
    return ch < 256 ? uint32_t(std::tolower(int(ch))) : ch;
}
uint32_t upper_locale(uint32_t ch) {
    return ch < 256 ? uint32_t(std::toupper(int(ch))) : ch;
}

bool in_category(uint32_t category, uint32_t ch) {
    auto ascii_word = [](uint32_t c) { return c < 128 && (c - '0' < 10u || (c | 32) - 'a' < 26u || c == '_'); };
    auto ascii_space = [](uint32_t c) { return c == ' ' || c - 9 < 5u; };
    switch (category) {
        case kDigit: return ch - '0' < 10u;
        case kNotDigit: return ch - '0' >= 10u;
        case kSpace: return ascii_space(ch);
        case kNotSpace: return !ascii_space(ch);
        case kWord: return ascii_word(ch);
        case kNotWord: return !ascii_word(ch);
        case kLineBreak: return ch == '\n';
        case kNotLineBreak: return ch != '\n';
        case kLocaleWord: return ch < 256 && (std::isalnum(int(ch)) || ch == '_');
        case kNotLocaleWord: return !(ch < 256 && (std::isalnum(int(ch)) || ch == '_'));
        case kUnicodeDigit: return unicode_has(ch, kUniDecimal);
        case kNotUnicodeDigit: return !unicode_has(ch, kUniDecimal);
        case kUnicodeSpace: return unicode_is_space(ch);
        case kNotUnicodeSpace: return !unicode_is_space(ch);
        case kUnicodeWord: return unicode_is_alphanumeric(ch) || ch == '_';
        case kNotUnicodeWord: return !unicode_is_alphanumeric(ch) && ch != '_';
        case kUnicodeLineBreak: return unicode_is_line_break(ch);
        case kNotUnicodeLineBreak: return !unicode_is_line_break(ch);
        default: return false;
    }
}

bool in_set(const uint32_t* set, uint32_t ch) {
    for (bool found = true;;) {
        switch (*set++) {
            case kFailure: return !found;
            case kLiteral:
                if (ch == *set++) return found;
                break;
            case kCategory:
                if (in_category(*set++, ch)) return found;
                break;
            case kCharset:
                if (ch < 256 && set[ch >> 5] >> (ch & 31) & 1) return found;
                set += 8;
                break;
            case kRange:
                if (set[0] <= ch && ch <= set[1]) return found;
                set += 2;
                break;
            case kRangeUnicodeIgnore: {
                if (set[0] <= ch && ch <= set[1]) return found;
                uint32_t upper = unicode_to_upper(ch);
                if (set[0] <= upper && upper <= set[1]) return found;
                set += 2;
                break;
            }
            case kNegate: found = !found; break;
            case kBigCharset: {
                // A count of blocks, 256 block numbers as bytes, then the blocks of 256 bits.
                uint32_t count = *set++;
                if (ch < 65536) {
                    uint8_t block;
                    std::memcpy(&block, reinterpret_cast<const char*>(set) + (ch >> 8), 1);
                    if (set[64 + block * 8 + ((ch & 255) >> 5)] >> (ch & 31) & 1) return found;
                }
                set += 64 + count * 8;
                break;
            }
            default: return false;
        }
    }
}

namespace {

bool uses_locale(const uint32_t* set, const uint32_t* end) {
    for (; set < end && *set != kFailure;) {
        switch (*set) {
            case kCategory:
                if (set[1] == kLocaleWord || set[1] == kNotLocaleWord) return true;
                set += 2;
                break;
            case kLiteral: set += 2; break;
            case kRange:
            case kRangeUnicodeIgnore: set += 3; break;
            case kCharset: set += 9; break;
            case kBigCharset: set += 2 + 64 + size_t(set[1]) * 8; break;
            default: ++set;
        }
    }
    return false;
}

// Calls visit(position of the set) for each set of the code from pc to end; the code is valid.
template <class Visit>
void for_each_set(const uint32_t* code, const uint32_t* pc, const uint32_t* end, Visit visit) {
    while (pc < end) {
        switch (*pc) {
            case kIn:
            case kInIgnore:
            case kInUnicodeIgnore: visit(pc + 2); [[fallthrough]];
            case kInLocaleIgnore: pc += 1 + pc[1]; break;
            case kInfo:
                if (pc[2] & kInfoCharset) visit(pc + 5);
                pc += 1 + pc[1];
                break;
            case kLiteral:
            case kNotLiteral:
            case kLiteralIgnore:
            case kNotLiteralIgnore:
            case kLiteralLocaleIgnore:
            case kNotLiteralLocaleIgnore:
            case kLiteralUnicodeIgnore:
            case kNotLiteralUnicodeIgnore:
            case kMark:
            case kAt:
            case kJump:
            case kAtomicGroup:
            case kGroupRef:
            case kGroupRefIgnore:
            case kGroupRefLocaleIgnore:
            case kGroupRefUnicodeIgnore: pc += 2; break;
            case kAssert:
            case kAssertNot:
            case kGroupRefExists: pc += 3; break;
            case kRepeat:
            case kRepeatOne:
            case kMinRepeatOne:
            case kPossessiveRepeat:
            case kPossessiveRepeatOne: pc += 4; break;
            case kBranch:
                // The skips between alternatives look like opcodes: walk the alternatives one by one.
                for (++pc; pc < end && *pc; pc += *pc)
                    for_each_set(code, pc + 1, pc + *pc, visit);
                ++pc;
                break;
            default: ++pc;
        }
    }
}

}  // namespace

Fallible<void> build_bitmaps(Pattern* pattern) {
    const uint32_t* code = pattern->code;
    const uint32_t* end = code + pattern->size;
    uint32_t count = 0;
    for_each_set(code, code, end, [&](const uint32_t*) { ++count; });
    if (count == 0) return {};
    pattern->bitmap_at = static_cast<uint32_t*>(std::calloc(size_t(pattern->size), sizeof(uint32_t)));
    pattern->bitmaps = static_cast<Bitmap*>(std::calloc(count, sizeof(Bitmap)));
    if (!pattern->bitmap_at || !pattern->bitmaps) return raise_memory_error();
    uint32_t next = 0;
    for_each_set(code, code, end, [&](const uint32_t* set) {
        if (uses_locale(set, end)) return;
        Bitmap& bitmap = pattern->bitmaps[next++];
        for (uint32_t ch = 0; ch < 256; ++ch)
            if (in_set(set, ch)) bitmap.bits[ch >> 3] |= uint8_t(1 << (ch & 7));
        pattern->bitmap_at[set - code] = next;
    });
    return {};
}

}  // namespace py::sre
