// unicodedata: properties, names and normalisation of Unicode 14, and of 3.2.0 through the object ucd_3_2_0.
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str_kind.h"
#include "interp/objects/unicode_lists.h"
#include "interp/objects/unicode_names.h"
#include "interp/objects/unicode_normalize.h"
#include "interp/objects/unicode_properties.h"

namespace py {

namespace {

struct Ucd : Object {
    Object* version;  // "3.2.0"
};
extern Type ucd_type;

// The functions are the module's, and methods of ucd_3_2_0.
bool is_old(Object* self) {
    return self->type == &ucd_type;
}
bool unassigned_then(Object* self, uint32_t ch) {
    return is_old(self) && !unicode_has(ch, kUniIn32);
}

struct OldText {
    uint32_t first, last;
    const char* value;
};
struct OldNumber {
    uint32_t first, last;
    int value;
};
#define OLD_CATEGORY(first, last, value)
#define OLD_BIDIRECTIONAL(first, last, value)
#define OLD_WIDTH(first, last, value)
#define OLD_MIRRORED(first, last, value)
#define OLD_DECIMAL(first, last, value)
#undef OLD_CATEGORY
#define OLD_CATEGORY(first, last, value) {first, last, value},
constexpr OldText kOldCategories[] = {
#include "interp/modules/unicode_3_2.def"
};
#undef OLD_CATEGORY
#define OLD_CATEGORY(first, last, value)
#undef OLD_BIDIRECTIONAL
#define OLD_BIDIRECTIONAL(first, last, value) {first, last, value},
constexpr OldText kOldBidirectional[] = {
#include "interp/modules/unicode_3_2.def"
};
#undef OLD_BIDIRECTIONAL
#define OLD_BIDIRECTIONAL(first, last, value)
#undef OLD_WIDTH
#define OLD_WIDTH(first, last, value) {first, last, value},
constexpr OldText kOldWidths[] = {
#include "interp/modules/unicode_3_2.def"
};
#undef OLD_WIDTH
#define OLD_WIDTH(first, last, value)
#undef OLD_MIRRORED
#define OLD_MIRRORED(first, last, value) {first, last, value},
constexpr OldNumber kOldMirrored[] = {
#include "interp/modules/unicode_3_2.def"
};
#undef OLD_MIRRORED
#define OLD_MIRRORED(first, last, value)
#undef OLD_DECIMAL
#define OLD_DECIMAL(first, last, value) {first, last, value},
constexpr OldNumber kOldDecimals[] = {
#include "interp/modules/unicode_3_2.def"
};
#undef OLD_DECIMAL

template <class Row, size_t N>
const Row* old_row(const Row (&rows)[N], Object* self, uint32_t ch) {
    if (!is_old(self)) return nullptr;
    for (const Row& row : rows)
        if (ch >= row.first && ch <= row.last) return &row;
    return nullptr;
}

Fallible<uint32_t> character(const char* name, Object* argument, bool numbered) {
    if (!is_str(argument) || as_str(argument)->length != 1)
        return raise(exc::TypeError,
                     numbered ? "%s() argument 1 must be a unicode character, not %N"
                              : "%s() argument must be a unicode character, not %N",
                     name, argument);
    return as_str(argument)->at(0);
}

// unicodedata.category(chr, /)
Fallible<Ref<>> ucd_category(Object* self, Object* argument) {
    uint32_t ch = TRY(character("category", argument, false));
    const char* text = kUnicodeCategories[unicode_record(ch).category];
    if (unassigned_then(self, ch))
        text = "Cn";
    else if (const OldText* old = old_row(kOldCategories, self, ch))
        text = old->value;
    return share<Object>(interned(text));
}
// unicodedata.bidirectional(chr, /)
Fallible<Ref<>> ucd_bidirectional(Object* self, Object* argument) {
    uint32_t ch = TRY(character("bidirectional", argument, false));
    const char* text = kUnicodeBidirectional[unicode_record(ch).bidirectional];
    if (unassigned_then(self, ch))
        text = "";
    else if (const OldText* old = old_row(kOldBidirectional, self, ch))
        text = old->value;
    return share<Object>(interned(text));
}
// unicodedata.east_asian_width(chr, /)
Fallible<Ref<>> ucd_east_asian_width(Object* self, Object* argument) {
    uint32_t ch = TRY(character("east_asian_width", argument, false));
    const char* text = kUnicodeWidths[unicode_record(ch).east_asian_width];
    if (unassigned_then(self, ch))
        text = "F";
    else if (const OldText* old = old_row(kOldWidths, self, ch))
        text = old->value;
    return share<Object>(interned(text));
}
// unicodedata.combining(chr, /)
Fallible<Ref<>> ucd_combining(Object* self, Object* argument) {
    uint32_t ch = TRY(character("combining", argument, false));
    return int_from(unassigned_then(self, ch) ? 0 : unicode_record(ch).combining);
}
// unicodedata.mirrored(chr, /)
Fallible<Ref<>> ucd_mirrored(Object* self, Object* argument) {
    uint32_t ch = TRY(character("mirrored", argument, false));
    int value = unicode_has(ch, kUniMirrored);
    if (unassigned_then(self, ch))
        value = 0;
    else if (const OldNumber* old = old_row(kOldMirrored, self, ch))
        value = old->value;
    return int_from(value);
}

// The value, the caller's default, or ValueError.
Fallible<Ref<>> otherwise(Object* const* args, ssize_t nargs, const char* message) {
    if (nargs > 1) return share(args[1]);
    return raise(exc::ValueError, "%s", message);
}
// unicodedata.decimal(chr, default=<unrepresentable>, /)
Fallible<Ref<>> ucd_decimal(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("decimal", nargs, 1, 2));
    uint32_t ch = TRY(character("decimal", args[0], true));
    int value = unicode_decimal(ch);
    if (unassigned_then(self, ch))
        value = -1;
    else if (const OldNumber* old = old_row(kOldDecimals, self, ch))
        value = old->value + int(ch - old->first);
    return value >= 0 ? Fallible<Ref<>>(int_from(value)) : otherwise(args, nargs, "not a decimal");
}
// unicodedata.digit(chr, default=<unrepresentable>, /)
Fallible<Ref<>> ucd_digit(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("digit", nargs, 1, 2));
    uint32_t ch = TRY(character("digit", args[0], true));
    int value = unicode_digit(ch);
    return value >= 0 ? Fallible<Ref<>>(int_from(value)) : otherwise(args, nargs, "not a digit");
}
// unicodedata.numeric(chr, default=<unrepresentable>, /)
Fallible<Ref<>> ucd_numeric(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("numeric", nargs, 1, 2));
    uint32_t ch = TRY(character("numeric", args[0], true));
    double value;
    if (!unassigned_then(self, ch) && unicode_numeric(ch, &value)) return float_from(value);
    return otherwise(args, nargs, "not a numeric character");
}
// unicodedata.decomposition(chr, /)
Fallible<Ref<>> ucd_decomposition(Object* self, Object* argument) {
    uint32_t ch = TRY(character("decomposition", argument, false));
    Decomposition d = unassigned_then(self, ch) ? Decomposition{} : unicode_decomposition(ch);
    StrBuilder out;
    TRY(out.append_ascii(d.count ? kUnicodeDecompositionTags[d.tag] : ""));
    for (int i = 0; i < d.count; ++i) {
        char text[16];
        int length = std::snprintf(text, sizeof text, "%s%04X", out.length() ? " " : "", unsigned(d.points[i]));
        TRY(out.append_ascii({text, size_t(length)}));
    }
    return out.finish();
}
// unicodedata.name(chr, default=<unrepresentable>, /)
Fallible<Ref<>> ucd_name(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("name", nargs, 1, 2));
    uint32_t ch = TRY(character("name", args[0], true));
    char name[kMaxNameLength];
    int length = unassigned_then(self, ch) ? 0 : unicode_name(ch, name);
    return length ? Fallible<Ref<>>(str_from_ascii({name, size_t(length)})) : otherwise(args, nargs, "no such name");
}
// unicodedata.lookup(name, /)
Fallible<Ref<>> ucd_lookup(Object* self, Object* argument) {
    BufferView buffer;
    std::string_view name;
    if (is_str(argument)) {
        name = TRY(str_utf8(as_str(argument)));
    } else {
        TRY(buffer.open(argument));
        if (argument->type->as_buffer->release)
            return raise(exc::TypeError, "lookup() argument must be read-only bytes-like object, not %.50s", argument->type->name);
        name = buffer.view();
    }
    if (name.size() > size_t(kMaxNameLength)) return raise(exc::KeyError, "name too long");
    uint32_t points[8];
    int count = 1;
    int64_t code = is_old(self) ? unicode_from_name(name) : unicode_from_name(name, points, &count);
    if (code >= 0 && is_old(self)) {
        // Aliases are later than 3.2.0.
        char proper[kMaxNameLength];
        int length = unicode_name(uint32_t(code), proper);
        bool same = size_t(length) == name.size() && strncasecmp(proper, name.data(), name.size()) == 0;
        if (!same || !unicode_has(uint32_t(code), kUniIn32)) code = -1;
        points[0] = uint32_t(code);
    }
    if (code < 0) {
        auto shown = int(std::min(name.find('\0'), name.size()));
        return raise(exc::KeyError, "undefined character name '%.*s'", shown, name.data());
    }
    return str_from_code_points(points, count);
}

Fallible<NormalForm> form_of(const char* name, Object* form, Object* text) {
    if (!is_str(form))
        return raise(exc::TypeError, "%s() argument 1 must be str, not %N", name, form);
    if (!is_str(text))
        return raise(exc::TypeError, "%s() argument 2 must be str, not %N", name, text);
    static constexpr const char* kForms[] = {"NFD", "NFKD", "NFC", "NFKC"};
    for (int i = 0; i < 4; ++i)
        if (str_equals(as_str(form), kForms[i])) return NormalForm(i);
    if (!as_str(text)->length) return NormalForm(0);  // any form will do
    return raise(exc::ValueError, "invalid normalization form");
}
enum class QuickCheck { Yes, Maybe, No };

// UAX 15 §9, "Detecting Normalization Forms".
QuickCheck quick_check(const Str* text, NormalForm form) {
    QuickCheck result = QuickCheck::Yes;
    uint8_t last_class = 0;
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t ch = text->at(i);
        if (ch < 0xa0) {
            last_class = 0;
            continue;
        }
        const UnicodeRecord& record = unicode_record(ch);
        if (record.combining && last_class > record.combining) return QuickCheck::No;
        last_class = record.combining;
        int answer = record.quick_check >> (2 * int(form)) & 3;
        if (answer == 2) return QuickCheck::No;
        if (answer == 1) result = QuickCheck::Maybe;
    }
    return result;
}
Fallible<Ref<Str>> normalized(Object* self, Str* text, NormalForm form) {
    CodePoints out;
    auto* points = static_cast<uint32_t*>(std::malloc(sizeof(uint32_t) * size_t(text->length) + 1));
    if (!points) return raise_memory_error();
    copy_units(4, points, 0, int(text->kind), text->data(), 0, text->length);
    unicode_normalize(points, text->length, form, is_old(self) ? UnicodeVersion::V32 : UnicodeVersion::Current, out);
    std::free(points);
    if (out.failed) return raise_memory_error();
    return str_from_code_points(out.items, out.size);
}
// unicodedata.normalize(form, unistr, /)
Fallible<Ref<>> ucd_normalize(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("normalize", nargs, 2, 2));
    NormalForm form = TRY(form_of("normalize", args[0], args[1]));
    Str* text = as_str(args[1]);
    if (text->ascii || (!is_old(self) && quick_check(text, form) == QuickCheck::Yes)) return share(args[1]);
    return normalized(self, text, form);
}
// unicodedata.is_normalized(form, unistr, /)
Fallible<Ref<>> ucd_is_normalized(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("is_normalized", nargs, 2, 2));
    NormalForm form = TRY(form_of("is_normalized", args[0], args[1]));
    Str* text = as_str(args[1]);
    if (text->ascii) return bool_from(true);
    if (!is_old(self)) {
        QuickCheck answer = quick_check(text, form);
        if (answer != QuickCheck::Maybe) return bool_from(answer == QuickCheck::Yes);
    }
    Ref<Str> form_of_text = TRY(normalized(self, text, form));
    return bool_from(str_equals(form_of_text.get(), text));
}

MethodDef ucd_methods[] = {
    METHOD_FAST("decimal", ucd_decimal, "($self, chr, default=<unrepresentable>, /)",
                "The decimal value of the character, as an int."),
    METHOD_FAST("digit", ucd_digit, "($self, chr, default=<unrepresentable>, /)",
                "The digit value of the character, as an int."),
    METHOD_FAST("numeric", ucd_numeric, "($self, chr, default=<unrepresentable>, /)",
                "The numeric value of the character, as a float."),
    METHOD_O("category", ucd_category, "($self, chr, /)", "The general category."),
    METHOD_O("bidirectional", ucd_bidirectional, "($self, chr, /)",
             "The bidirectional class, '' when none is defined."),
    METHOD_O("combining", ucd_combining, "($self, chr, /)", "The canonical combining class, 0 when none is defined."),
    METHOD_O("mirrored", ucd_mirrored, "($self, chr, /)", "1 for a mirrored character in bidirectional text, else 0."),
    METHOD_O("east_asian_width", ucd_east_asian_width, "($self, chr, /)", "The East Asian width."),
    METHOD_O("decomposition", ucd_decomposition, "($self, chr, /)",
             "The decomposition mapping as text, '' when there is none."),
    METHOD_FAST("name", ucd_name, "($self, chr, default=<unrepresentable>, /)", "The name of the character."),
    METHOD_O("lookup", ucd_lookup, "($self, name, /)", "The character, or sequence of characters, of this name."),
    METHOD_FAST("is_normalized", ucd_is_normalized, "($self, form, unistr, /)", "Is the text in this normal form?"),
    METHOD_FAST("normalize", ucd_normalize, "($self, form, unistr, /)",
                "The text in the normal form 'NFC', 'NFKC', 'NFD' or 'NFKD'."),
    END_ROW,
};
void ucd_dealloc(Object* self) {
    xdecref(static_cast<Ucd*>(self)->version);
    object_free(self);
}
MemberDef ucd_members[] = {{"unidata_version", kObjectOrNone, offsetof(Ucd, version), kReadOnly, nullptr}, {}};
constinit Type ucd_type = static_type({
    .name = "unicodedata.UCD",
    .basic_size = sizeof(Ucd),
    .flags = type_flag::kDisallowInstantiation,
    .dealloc = ucd_dealloc,
    .methods = ucd_methods,
    .members = ucd_members,
});

// What C code gets through the capsule _ucnhash_CAPI: names to code points and back.
struct NameApi {
    int (*get_name)(uint32_t code, char* buffer, int size, int with_aliases);
    int (*get_code)(const char* name, int length, uint32_t* code, int with_sequences);
};
int api_get_name(uint32_t code, char* buffer, int size, int) {
    char name[kMaxNameLength];
    int length = unicode_name(code, name);
    if (!length || length >= size) return 0;
    std::memcpy(buffer, name, size_t(length));
    buffer[length] = 0;
    return 1;
}
int api_get_code(const char* name, int length, uint32_t* code, int) {
    int64_t found = unicode_from_name({name, size_t(length)});
    if (found >= 0) *code = uint32_t(found);
    return found >= 0;
}
constinit NameApi name_api = {api_get_name, api_get_code};

Fallible<void> unicodedata_execute(Module* module) {
    TRY(module_add_type(module, &ucd_type));
    TRY(module_add_str(module, "unidata_version", "14.0.0"));
    Ref<Ucd> old = make<Ucd>(ucd_type);
    if (!old) return raised;
    old->version = nullptr;
    old->version = TRY(str_from_ascii("3.2.0"))
    .release();
    TRY(module_add(module, "ucd_3_2_0", Ref<>(std::move(old))));
    return module_add(module, "_ucnhash_CAPI", capsule_new(&name_api, "unicodedata._ucnhash_CAPI", nullptr));
}

}  // namespace

extern const NativeModule unicodedata_module;
const NativeModule unicodedata_module = {
    "unicodedata",
    "Properties of Unicode characters, from version 14.0.0 of the Unicode Character Database.",
    ucd_methods,
    unicodedata_execute,
};

}  // namespace py
