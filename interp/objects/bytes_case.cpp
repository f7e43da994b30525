// ASCII case conversion and classification for bytes and bytearray.
#include "interp/objects/bytes_methods.h"
#include "interp/objects/int.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

bool is_upper(uint8_t c) {
    return unsigned(c) - 'A' < 26u;
}
bool is_lower(uint8_t c) {
    return unsigned(c) - 'a' < 26u;
}
bool is_letter(uint8_t c) {
    return (unsigned(c) | 32) - 'a' < 26u;
}
bool is_digit(uint8_t c) {
    return unsigned(c) - '0' < 10u;
}
uint8_t to_lower(uint8_t c) {
    return is_upper(c) ? c + 32 : c;
}
uint8_t to_upper(uint8_t c) {
    return is_lower(c) ? c - 32 : c;
}

template <class Map>
Fallible<Ref<>> mapped(Object* self, Map map) {
    BytesSelf bytes(self);
    BytesBuilder out;
    TRY(out.reserve(bytes.size()));
    for (char c : bytes.view)
        out.append_reserved(map(uint8_t(c)));
    return make_like(self, out.view());
}
template <class Predicate>
Fallible<Ref<>> all(Object* self, Predicate predicate) {
    BytesSelf bytes(self);
    for (char c : bytes.view)
        if (!predicate(uint8_t(c))) return bool_from(false);
    return bool_from(bytes.size() > 0);
}
Fallible<Ref<>> has_case(Object* self, bool (*wanted)(uint8_t), bool (*unwanted)(uint8_t)) {
    BytesSelf bytes(self);
    bool found = false;
    for (char c : bytes.view) {
        if (unwanted(uint8_t(c))) return bool_from(false);
        found |= wanted(uint8_t(c));
    }
    return bool_from(found);
}

}  // namespace

// bytes.lower()
Fallible<Ref<>> bytes_lower(Object* self) {
    return mapped(self, to_lower);
}
// bytes.upper()
Fallible<Ref<>> bytes_upper(Object* self) {
    return mapped(self, to_upper);
}
// bytes.swapcase()
Fallible<Ref<>> bytes_swapcase(Object* self) {
    return mapped(self, [](uint8_t c) { return uint8_t(is_letter(c) ? c ^ 32 : c); });
}
// bytes.capitalize()
Fallible<Ref<>> bytes_capitalize(Object* self) {
    bool first = true;
    return mapped(self, [&](uint8_t c) {
        bool raise_it = first;
        first = false;
        return raise_it ? to_upper(c) : to_lower(c);
    });
}
// bytes.title()
Fallible<Ref<>> bytes_title(Object* self) {
    bool in_word = false;
    return mapped(self, [&](uint8_t c) {
        uint8_t result = in_word ? to_lower(c) : to_upper(c);
        in_word = is_letter(c);
        return result;
    });
}
// bytes.isalnum()
Fallible<Ref<>> bytes_isalnum(Object* self) {
    return all(self, [](uint8_t c) { return is_letter(c) || is_digit(c); });
}
// bytes.isalpha()
Fallible<Ref<>> bytes_isalpha(Object* self) {
    return all(self, is_letter);
}
// bytes.isdigit()
Fallible<Ref<>> bytes_isdigit(Object* self) {
    return all(self, is_digit);
}
// bytes.isspace()
Fallible<Ref<>> bytes_isspace(Object* self) {
    return all(self, is_bytes_blank);
}
// bytes.isascii()
Fallible<Ref<>> bytes_isascii(Object* self) {
    BytesSelf bytes(self);
    return bool_from(is_ascii(bytes.data(), bytes.size()));
}
// bytes.islower()
Fallible<Ref<>> bytes_islower(Object* self) {
    return has_case(self, is_lower, is_upper);
}
// bytes.isupper()
Fallible<Ref<>> bytes_isupper(Object* self) {
    return has_case(self, is_upper, is_lower);
}
// bytes.istitle()
Fallible<Ref<>> bytes_istitle(Object* self) {
    BytesSelf bytes(self);
    bool found = false, in_word = false;
    for (char raw : bytes.view) {
        uint8_t c = uint8_t(raw);
        if ((is_upper(c) && in_word) || (is_lower(c) && !in_word)) return bool_from(false);
        in_word = is_letter(c);
        found |= in_word;
    }
    return bool_from(found);
}

}  // namespace py
