// How str code works on the three widths of code points: dispatch on the kind, copying between kinds, scanning for the
// widest character. Private to the files of str and the codecs.
#pragma once

#include <cstring>

#include "interp/objects/str.h"

namespace py {

// f(const T* units) with T the code point type of the string.
template <class F>
inline auto with_units(const Str* text, F f) {
    switch (text->kind) {
        case 1: return f(text->latin1());
        case 2: return f(text->ucs2());
        default: return f(text->ucs4());
    }
}
// f(T* units) for any kind and address.
template <class F>
inline auto with_kind(int kind, void* data, F f) {
    switch (kind) {
        case 1: return f(static_cast<uint8_t*>(data));
        case 2: return f(static_cast<uint16_t*>(data));
        default: return f(static_cast<uint32_t*>(data));
    }
}
inline uint32_t read_unit(int kind, const void* data, ssize_t index) {
    return kind == 1   ? static_cast<const uint8_t*>(data)[index]
           : kind == 2 ? static_cast<const uint16_t*>(data)[index]
                       : static_cast<const uint32_t*>(data)[index];
}
inline void write_unit(int kind, void* data, ssize_t index, uint32_t value) {
    if (kind == 1)
        static_cast<uint8_t*>(data)[index] = uint8_t(value);
    else if (kind == 2)
        static_cast<uint16_t*>(data)[index] = uint16_t(value);
    else
        static_cast<uint32_t*>(data)[index] = value;
}
inline int kind_of_char(uint32_t max_char) {
    return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4;
}

// Copies `count` code points; the caller promises that they fit the target's kind.
void copy_units(int to_kind, void* to, ssize_t to_start, int from_kind, const void* from, ssize_t from_start,
                ssize_t count);
// An upper bound of the characters, exact in its class (0x7f, 0xff, 0xffff, 0x10ffff).
uint32_t max_char_of(int kind, const void* data, ssize_t length);
bool is_ascii(const void* data, ssize_t length);

// The shared object for "" and single latin-1 characters; takes the fresh string otherwise.
Ref<Str> str_shared_form(Ref<Str> text);
Str* latin1_char(uint8_t ch);  // immortal, borrowed
// A sole reference to an exact compact str gets a new length; contents up to the smaller length stay.
Fallible<Ref<Str>> str_resize(Ref<Str> text, ssize_t length);
// May this string be changed in place: exact, one reference, not hashed, not interned, not shared.
bool str_is_modifiable(const Str* text);
// Takes a mortal interned string out of the table when it dies.
void forget_interned(Str* text);
// Exact str with the same contents (the object itself when it is exact).
Fallible<Ref<Str>> str_exact(Str* text);
// Uninitialised copy target for in-place work on all characters of one string.
Fallible<Ref<Str>> str_filled(uint32_t ch, ssize_t count);
// How argument errors name an argument's type: None by itself.
const char* argument_type_name(Object* argument);
// TypeError "must be str, not int" forms.
Raised raise_not_str(const char* what, Object* object);

inline void* str_data(const Ref<Str>& text) {
    return text->data();
}

}  // namespace py
