// Case conversion of str with full mappings (Unicode standard §3.13, SpecialCasing without language conditions).
#include <algorithm>

#include "interp/objects/errors.h"
#include "interp/objects/str_methods.h"
#include "interp/objects/unicode_properties.h"

namespace py {

namespace {

constexpr uint32_t kCapitalSigma = 0x3a3, kFinalSigma = 0x3c2, kSmallSigma = 0x3c3;

// Final_Sigma: a cased letter before, none behind, case-ignorable characters skipped.
bool is_final_sigma(const Str* text, ssize_t at) {
    ssize_t i = at - 1;
    while (i >= 0 && unicode_has(text->at(i), kUniCaseIgnorable))
        --i;
    if (i < 0 || !unicode_has(text->at(i), kUniCased)) return false;
    for (i = at + 1; i < text->length; ++i) {
        uint32_t ch = text->at(i);
        if (!unicode_has(ch, kUniCaseIgnorable)) return !unicode_has(ch, kUniCased);
    }
    return true;
}
int lower_at(const Str* text, ssize_t at, uint32_t* out) {
    uint32_t ch = text->at(at);
    if (ch == kCapitalSigma) {
        out[0] = is_final_sigma(text, at) ? kFinalSigma : kSmallSigma;
        return 1;
    }
    return unicode_to_lower_full(ch, out);
}

// map(text, index, out) writes up to three code points.
template <class Map>
Fallible<Ref<>> map_characters(Str* text, Map map) {
    if (text->length > PTRDIFF_MAX / 12) return raise(exc::OverflowError, "string is too long");
    auto* points = static_cast<uint32_t*>(std::malloc(size_t(text->length) * 3 * sizeof(uint32_t) + 1));
    if (!points) return raise_memory_error();
    uint32_t* out = points;
    for (ssize_t i = 0; i < text->length; ++i)
        out += map(text, i, out);
    Fallible<Ref<Str>> result = str_from_code_points(points, out - points);
    std::free(points);
    return result;
}
template <class Map>
Fallible<Ref<>> map_ascii(Str* text, Map map) {
    Ref<Str> result = TRY(str_new(text->length, 0x7f));
    const uint8_t* from = text->latin1();
    auto* to = static_cast<uint8_t*>(result->data());
    for (ssize_t i = 0; i < text->length; ++i)
        to[i] = map(from[i], i);
    return str_shared_form(std::move(result));
}
uint8_t ascii_lower(uint8_t c) {
    return uint8_t(c + ((unsigned(c) - 'A' < 26u) << 5));
}
uint8_t ascii_upper(uint8_t c) {
    return uint8_t(c - ((unsigned(c) - 'a' < 26u) << 5));
}
bool is_ascii_letter(uint8_t c) {
    return (unsigned(c) | 32) - 'a' < 26u;
}

}  // namespace

// str.lower()
Fallible<Ref<>> str_lower(Object* self) {
    Str* text = as_str(self);
    if (text->ascii) return map_ascii(text, [](uint8_t c, ssize_t) { return ascii_lower(c); });
    return map_characters(text, lower_at);
}
// str.upper()
Fallible<Ref<>> str_upper(Object* self) {
    Str* text = as_str(self);
    if (text->ascii) return map_ascii(text, [](uint8_t c, ssize_t) { return ascii_upper(c); });
    return map_characters(text,
                          [](const Str* t, ssize_t i, uint32_t* out) { return unicode_to_upper_full(t->at(i), out); });
}
// str.casefold()
Fallible<Ref<>> str_casefold(Object* self) {
    Str* text = as_str(self);
    if (text->ascii) return str_lower(self);
    return map_characters(text,
                          [](const Str* t, ssize_t i, uint32_t* out) { return unicode_to_folded_full(t->at(i), out); });
}
// str.capitalize()
Fallible<Ref<>> str_capitalize(Object* self) {
    Str* text = as_str(self);
    if (text->ascii) return map_ascii(text, [](uint8_t c, ssize_t i) { return i ? ascii_lower(c) : ascii_upper(c); });
    return map_characters(text, [](const Str* t, ssize_t i, uint32_t* out) {
        return i ? lower_at(t, i, out) : unicode_to_title_full(t->at(i), out);
    });
}
// str.swapcase()
Fallible<Ref<>> str_swapcase(Object* self) {
    Str* text = as_str(self);
    if (text->ascii)
        return map_ascii(text, [](uint8_t c, ssize_t) { return uint8_t(is_ascii_letter(c) ? c ^ 32 : c); });
    return map_characters(text, [](const Str* t, ssize_t i, uint32_t* out) {
        uint32_t ch = t->at(i), flags = unicode_record(ch).flags;
        if (flags & kUniUpper) return lower_at(t, i, out);
        if (flags & kUniLower) return unicode_to_upper_full(ch, out);
        out[0] = ch;
        return 1;
    });
}
// str.title()
Fallible<Ref<>> str_title(Object* self) {
    Str* text = as_str(self);
    bool in_word = false;
    if (text->ascii)
        return map_ascii(text, [&](uint8_t c, ssize_t) {
            uint8_t mapped = in_word ? ascii_lower(c) : ascii_upper(c);
            in_word = is_ascii_letter(c);
            return mapped;
        });
    return map_characters(text, [&](const Str* t, ssize_t i, uint32_t* out) {
        int count = in_word ? lower_at(t, i, out) : unicode_to_title_full(t->at(i), out);
        in_word = unicode_has(t->at(i), kUniCased);
        return count;
    });
}

}  // namespace py
