// Characters, positions and group references of the matcher, repetition counting, and the search for where a match
// begins.
#include "interp/modules/sre_engine.h"
#include "interp/objects/search.h"

namespace py::sre {

template <class Char>
bool Matcher<Char>::run_one(const uint32_t* op, ssize_t where) const {
    uint32_t ch = text[where];
    switch (*op) {
        case kAny: return ch != '\n';
        case kAnyAll: return true;
        case kIn: return in_bitmapped(op + 2, ch);
        case kInIgnore: return in_bitmapped(op + 2, lower_ascii(ch));
        case kInUnicodeIgnore: return in_bitmapped(op + 2, unicode_to_lower(ch));
        case kInLocaleIgnore: return in_locale_set(op + 2, ch);
        case kLiteral: return ch == op[1];
        case kNotLiteral: return ch != op[1];
        case kLiteralIgnore: return lower_ascii(ch) == op[1];
        case kNotLiteralIgnore: return lower_ascii(ch) != op[1];
        case kLiteralUnicodeIgnore: return unicode_to_lower(ch) == op[1];
        case kNotLiteralUnicodeIgnore: return unicode_to_lower(ch) != op[1];
        case kLiteralLocaleIgnore:
        case kNotLiteralLocaleIgnore: {
            bool same = ch == op[1] || lower_locale(ch) == op[1] || upper_locale(ch) == op[1];
            return same == (*op == kLiteralLocaleIgnore);
        }
        default: return false;
    }
}

template <class Char>
ssize_t Matcher<Char>::count_repetitions(const uint32_t* op, ssize_t from, ssize_t limit) const {
    ssize_t end = s.endpos - from > limit ? from + limit : s.endpos;
    ssize_t i = from;
    switch (*op) {
        case kAnyAll: return end - from;
        case kAny: {
            ssize_t step = find_unit(text + from, end - from, Char('\n'));
            return step < 0 ? end - from : step;
        }
        case kIn:
            if (uint32_t index = s.pattern->bitmap_at[op + 2 - code]) {
                const Bitmap& bitmap = s.pattern->bitmaps[index - 1];
                while (i < end && (text[i] < 256 ? bitmap.has(text[i]) : in_set(op + 2, text[i])))
                    ++i;
                return i - from;
            }
            break;
        case kLiteral:
            while (i < end && text[i] == op[1])
                ++i;
            return i - from;
        case kNotLiteral: {
            if (uint64_t(op[1]) > uint64_t(Char(-1))) return end - from;
            ssize_t step = find_unit(text + from, end - from, Char(op[1]));
            return step < 0 ? end - from : step;
        }
        default: break;
    }
    while (i < end && run_one(op, i))
        ++i;
    return i - from;
}

template <class Char>
bool Matcher<Char>::at_position(uint32_t where, ssize_t p) const {
    auto boundary = [&](uint32_t category) {
        bool before = p > 0 && in_category(category, text[p - 1]);
        bool behind = p < s.endpos && in_category(category, text[p]);
        return before != behind;
    };
    bool empty = s.endpos == 0;
    switch (where) {
        case kAtBeginning:
        case kAtBeginningString: return p == 0;
        case kAtBeginningLine: return p == 0 || text[p - 1] == '\n';
        case kAtEnd: return p == s.endpos || (p + 1 == s.endpos && text[p] == '\n');
        case kAtEndLine: return p == s.endpos || text[p] == '\n';
        case kAtEndString: return p == s.endpos;
        // Neither kind of boundary is found in the empty string.
        case kAtBoundary: return !empty && boundary(kWord);
        case kAtNonBoundary: return !empty && !boundary(kWord);
        case kAtLocaleBoundary: return !empty && boundary(kLocaleWord);
        case kAtLocaleNonBoundary: return !empty && !boundary(kLocaleWord);
        case kAtUnicodeBoundary: return !empty && boundary(kUnicodeWord);
        case kAtUnicodeNonBoundary: return !empty && !boundary(kUnicodeWord);
        default: return false;
    }
}

template <class Char>
bool Matcher<Char>::matches_group(uint32_t op, ssize_t group, ssize_t* position) const {
    if (2 * group >= s.last_mark) return false;
    ssize_t start = s.marks[2 * group], end = s.marks[2 * group + 1];
    if (start < 0 || end < start) return false;
    ssize_t p = *position;
    for (; start < end; ++start, ++p) {
        if (p >= s.endpos) return false;
        uint32_t a = text[p], b = text[start];
        bool same = a == b;
        if (op == kGroupRefIgnore) same = lower_ascii(a) == lower_ascii(b);
        if (op == kGroupRefUnicodeIgnore) same = unicode_to_lower(a) == unicode_to_lower(b);
        if (op == kGroupRefLocaleIgnore) same = same || lower_locale(a) == lower_locale(b);
        if (!same) return false;
    }
    *position = p;
    return true;
}

// The pattern begins with known literal characters.
template <class Char>
Fallible<bool> Matcher<Char>::search_prefix(const uint32_t* pattern, const uint32_t* info, ssize_t last_start) {
    uint32_t length = info[5], skip = info[6];
    const uint32_t* prefix = info + 7;
    Char narrow[32];
    bool short_prefix = length <= 32;
    for (uint32_t i = 0; i < length && i < 32; ++i) {
        if (uint64_t(prefix[i]) > uint64_t(Char(-1))) return false;  // the text cannot hold it
        narrow[i] = Char(prefix[i]);
    }
    // Starts are looked for by the first 32 characters; the rest is compared.
    ssize_t known = short_prefix ? ssize_t(length) : 32;
    for (ssize_t p = s.start; p <= last_start; ++p) {
        ssize_t step = find_units(text + p, s.endpos - p, narrow, known);
        if (step < 0 || p + step > last_start) return false;
        p += step;
        s.start = p;
        s.reset();
        if ((info[2] & kInfoLiteral) && short_prefix) {
            s.position = p + ssize_t(length);
            return true;
        }
        s.position = short_prefix ? p + ssize_t(skip) : p;
        if (TRY(match(short_prefix ? pattern + 2 * skip : pattern, false))) return true;
    }
    return false;
}
template <class Char>
Fallible<bool> Matcher<Char>::search_charset(const uint32_t* pattern, const uint32_t* set, ssize_t last_start) {
    for (ssize_t p = s.start; p <= last_start; ++p) {
        while (p < s.endpos && !in_bitmapped(set, text[p]))
            ++p;
        if (p > last_start || p >= s.endpos) return false;
        s.reset();
        s.start = s.position = p;
        if (TRY(match(pattern, false))) return true;
    }
    return false;
}

template <class Char>
Fallible<bool> Matcher<Char>::search() {
    const uint32_t* pattern = code;
    if (s.start > s.endpos) return false;
    ssize_t last_start = s.endpos;
    const uint32_t* info = nullptr;
    if (*pattern == kInfo) {
        info = pattern;
        pattern += 1 + pattern[1];
        if (ssize_t(info[3]) > s.endpos - s.start) return false;
        last_start = s.endpos - ssize_t(info[3]);
    }
    if (info && (info[2] & kInfoPrefix)) {
        s.must_advance = false;
        return search_prefix(pattern, info, last_start);
    }
    if (info && (info[2] & kInfoCharset)) {
        s.must_advance = false;
        return search_charset(pattern, info + 5, last_start);
    }
    s.reset();
    s.position = s.start;
    bool found = TRY(match(pattern, true));
    s.must_advance = false;
    if (found) return true;
    bool anchored = *pattern == kAt && (pattern[1] == kAtBeginning || pattern[1] == kAtBeginningString);
    if (anchored) return false;
    while (s.start < last_start) {
        s.reset();
        s.position = ++s.start;
        if (TRY(match(pattern, false))) return true;
    }
    return false;
}

// Only this file's members: a second instantiation of the whole class makes link-time optimisation lose the first.
#define INSTANTIATE(Char)                                                                             \
    template bool Matcher<Char>::run_one(const uint32_t*, ssize_t) const;                             \
    template ssize_t Matcher<Char>::count_repetitions(const uint32_t*, ssize_t, ssize_t) const;       \
    template bool Matcher<Char>::at_position(uint32_t, ssize_t) const;                                \
    template bool Matcher<Char>::matches_group(uint32_t, ssize_t, ssize_t*) const;                    \
    template Fallible<bool> Matcher<Char>::search_prefix(const uint32_t*, const uint32_t*, ssize_t);  \
    template Fallible<bool> Matcher<Char>::search_charset(const uint32_t*, const uint32_t*, ssize_t); \
    template Fallible<bool> Matcher<Char>::search();
INSTANTIATE(uint8_t)
INSTANTIATE(uint16_t)
INSTANTIATE(uint32_t)
#undef INSTANTIATE

Fallible<bool> match_at_start(State& state) {
    state.position = state.start;
    if (state.kind == 1) return Matcher<uint8_t>(state).match(state.pattern->code, true);
    if (state.kind == 2) return Matcher<uint16_t>(state).match(state.pattern->code, true);
    return Matcher<uint32_t>(state).match(state.pattern->code, true);
}
Fallible<bool> search(State& state) {
    if (state.kind == 1) return Matcher<uint8_t>(state).search();
    if (state.kind == 2) return Matcher<uint16_t>(state).search();
    return Matcher<uint32_t>(state).search();
}

}  // namespace py::sre
