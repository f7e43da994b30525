// The is…() methods of str.
#include "interp/objects/int.h"
#include "interp/objects/str_methods.h"
#include "interp/objects/unicode_properties.h"

namespace py {

namespace {

// True when there are characters and all have one of the flags.
Fallible<Ref<>> all_have(Object* self, uint32_t flags) {
    Str* text = as_str(self);
    if (text->length == 0) return bool_from(false);
    return bool_from(with_units(text, [&](auto* units) {
        for (ssize_t i = 0; i < text->length; ++i)
            if (!unicode_has(units[i], flags)) return false;
        return true;
    }));
}
// True when a character of the wanted case is there and none of an unwanted one.
Fallible<Ref<>> all_cased(Object* self, uint32_t wanted, uint32_t unwanted) {
    Str* text = as_str(self);
    bool found = false;
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t flags = unicode_record(text->at(i)).flags;
        if (flags & unwanted) return bool_from(false);
        found |= (flags & wanted) != 0;
    }
    return bool_from(found);
}

}  // namespace

// str.isascii()
Fallible<Ref<>> str_isascii(Object* self) {
    return bool_from(as_str(self)->ascii);
}
// str.islower()
Fallible<Ref<>> str_islower(Object* self) {
    return all_cased(self, kUniLower, kUniUpper | kUniTitle);
}
// str.isupper()
Fallible<Ref<>> str_isupper(Object* self) {
    return all_cased(self, kUniUpper, kUniLower | kUniTitle);
}
// str.isspace()
Fallible<Ref<>> str_isspace(Object* self) {
    return all_have(self, kUniSpace);
}
// str.isdecimal()
Fallible<Ref<>> str_isdecimal(Object* self) {
    return all_have(self, kUniDecimal);
}
// str.isdigit()
Fallible<Ref<>> str_isdigit(Object* self) {
    return all_have(self, kUniDigit);
}
// str.isnumeric()
Fallible<Ref<>> str_isnumeric(Object* self) {
    return all_have(self, kUniNumeric);
}
// str.isalpha()
Fallible<Ref<>> str_isalpha(Object* self) {
    return all_have(self, kUniAlpha);
}
// str.isalnum()
Fallible<Ref<>> str_isalnum(Object* self) {
    return all_have(self, kUniAlpha | kUniDecimal | kUniDigit | kUniNumeric);
}
// str.isprintable()
Fallible<Ref<>> str_isprintable(Object* self) {
    if (as_str(self)->length == 0) return bool_from(true);
    return all_have(self, kUniPrintable);
}
// str.istitle()
Fallible<Ref<>> str_istitle(Object* self) {
    Str* text = as_str(self);
    bool found = false, in_word = false;
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t flags = unicode_record(text->at(i)).flags;
        if (flags & (kUniUpper | kUniTitle)) {
            if (in_word) return bool_from(false);
            in_word = found = true;
        } else if (flags & kUniLower) {
            if (!in_word) return bool_from(false);
        } else {
            in_word = false;
        }
    }
    return bool_from(found);
}

bool str_is_identifier(const Str* text) {
    if (text->length == 0) return false;
    uint32_t first = text->at(0);
    if (first != '_' && !unicode_has(first, kUniXidStart)) return false;
    for (ssize_t i = 1; i < text->length; ++i)
        if (!unicode_has(text->at(i), kUniXidContinue)) return false;
    return true;
}
// str.isidentifier()
Fallible<Ref<>> str_isidentifier(Object* self) {
    return bool_from(str_is_identifier(as_str(self)));
}

}  // namespace py
