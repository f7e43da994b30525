// str.translate and str.maketrans.
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str_methods.h"

namespace py {

namespace {

// What a table says about one character: keep it, delete it, or put `text`.
struct Mapped {
    bool keep = false;
    Ref<Str> text;
};
Fallible<Mapped> map_character(Object* table, uint32_t ch) {
    Mapped result;
    Ref<> key = TRY(int_from(ch));
    Fallible<Ref<>> found = get_item(table, key.get());
    if (!found.ok()) {
        if (!error_matches(exc::LookupError)) return raised;
        clear_error();
        result.keep = true;
        return result;
    }
    Ref<> value = found.take();
    if (is_none(value.get())) {
        result.text = str_empty();
    } else if (is_int(value.get())) {
        int overflow;
        int64_t code = as_int64_clamped(as_int(value.get()), &overflow);
        if (overflow || code < 0 || code > 0x10ffff)
            return raise(exc::ValueError, "character mapping must be in range(0x%x)", 0x110000);
        result.text = TRY(str_from_char(uint32_t(code)));
    } else if (is_str(value.get())) {
        result.text = share(as_str(value.get()));
    } else {
        return raise(exc::TypeError, "character mapping must return integer, None or str");
    }
    return result;
}

}  // namespace

// str.translate(table, /)
Fallible<Ref<>> str_translate(Object* self, Object* table) {
    Str* text = as_str(self);
    if (text->length == 0) return str_exact(text);
    // FAST: what the table says about ASCII characters is asked once for each; equal because a table is a function of
    // the ordinal (CPython keeps the same cache for ASCII strings).
    enum : uint8_t { kUnknown = 0xff, kGeneral = 0xfe, kDelete = 0xfd };
    uint8_t cache[128];
    std::memset(cache, kUnknown, sizeof cache);
    StrBuilder out;
    TRY(out.reserve(text->length, 0x7f));
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t ch = text->at(i);
        bool cached = ch < 128 && text->ascii;
        if (cached && cache[ch] < 128) {
            TRY(out.append_char(cache[ch]));
            continue;
        }
        if (cached && cache[ch] == kDelete) continue;
        Mapped mapped = TRY(map_character(table, ch));
        if (mapped.keep) {
            TRY(out.append_char(ch));
            if (cached) cache[ch] = uint8_t(ch);
            continue;
        }
        TRY(out.append(mapped.text.get()));
        if (!cached) continue;
        cache[ch] = mapped.text->length == 0                         ? uint8_t(kDelete)
                    : mapped.text->length == 1 && mapped.text->ascii ? uint8_t(mapped.text->at(0))
                                                                     : uint8_t(kGeneral);
    }
    return out.finish();
}

namespace {

Fallible<void> map_pairs(Dict* table, Str* from, Object* to) {
    if (from->length != as_str(to)->length)
        return raise(exc::ValueError, "the first two maketrans arguments must have equal length");
    for (ssize_t i = 0; i < from->length; ++i) {
        Ref<> key = TRY(int_from(from->at(i)))
        , value = TRY(int_from(as_str(to)->at(i)));
        TRY(dict_set(table, key.get(), value.get()));
    }
    return {};
}
Fallible<void> map_deleted(Dict* table, Object* chars) {
    for (ssize_t i = 0; i < as_str(chars)->length; ++i) {
        Ref<> key = TRY(int_from(as_str(chars)->at(i)));
        TRY(dict_set(table, key.get(), none()));
    }
    return {};
}
Fallible<void> map_from_dict(Dict* table, Dict* source) {
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(source, &position, &key, &value)) {
        if (is_int(key)) {
            TRY(dict_set(table, key, value));
        } else if (is_str(key)) {
            if (as_str(key)->length != 1)
                return raise(exc::ValueError, "string keys in translate table must be of length 1");
            Ref<> code = TRY(int_from(as_str(key)->at(0)));
            TRY(dict_set(table, code.get(), value));
        } else {
            return raise(exc::TypeError, "keys in translate table must be strings or integers");
        }
    }
    return {};
}

}  // namespace

// str.maketrans(x, y=None, z=None, /)
Fallible<Ref<>> str_maketrans(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("maketrans", nargs, 1, 3));
    if (nargs > 1 && !is_str(args[1]))
        return raise(exc::TypeError, "maketrans() argument 2 must be str, not %N", args[1]);
    if (nargs > 2 && !is_str(args[2]))
        return raise(exc::TypeError, "maketrans() argument 3 must be str, not %N", args[2]);
    Ref<Dict> table = TRY(dict_new());
    if (nargs > 1) {
        if (!is_str(args[0]))
            return raise(exc::TypeError, "first maketrans argument must be a string if there is a second argument");
        TRY(map_pairs(table.get(), as_str(args[0]), args[1]));
        if (nargs > 2) TRY(map_deleted(table.get(), args[2]));
    } else {
        if (!is_dict_exact(args[0]))
            return raise(exc::TypeError, "if you give only one argument to maketrans it must be a dict");
        TRY(map_from_dict(table.get(), as_dict(args[0])));
    }
    return table;
}

}  // namespace py
