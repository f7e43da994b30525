// str: the type, its slots and its method table. The methods stand in str_<theme>.cpp.
#include "interp/objects/str.h"

#include <algorithm>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str_methods.h"
#include "interp/objects/str_search.h"

namespace py {

Hash str_hash(Str* text) {
    if (text->hash_value == -1) text->hash_value = hash_bytes(text->data(), text->length * ssize_t(text->kind));
    return text->hash_value;
}

Fallible<Ref<Str>> str_concat(Str* a, Str* b) {
    if (a->length == 0) return str_exact(b);
    if (b->length == 0) return str_exact(a);
    if (a->length > PTRDIFF_MAX - b->length) return raise(exc::OverflowError, "strings are too large to concat");
    Ref<Str> result = TRY(str_new(a->length + b->length, std::max(str_max_char(a), str_max_char(b))));
    str_copy_chars(result.get(), 0, a, 0, a->length);
    str_copy_chars(result.get(), a->length, b, 0, b->length);
    return result;
}
Fallible<Ref<Str>> str_append(Ref<Str> a, Str* b) {
    if (b->length == 0 && is_str_exact(a.get())) return a;
    bool fits = str_max_char(b) <= str_max_char(a.get());
    if (!fits || a.get() == b || a->length == 0 || !str_is_modifiable(a.get())) return str_concat(a.get(), b);
    ssize_t old_length = a->length;
    if (old_length > PTRDIFF_MAX - b->length) return raise(exc::OverflowError, "strings are too large to concat");
    Ref<Str> grown = TRY(str_resize(std::move(a), old_length + b->length));
    str_copy_chars(grown.get(), old_length, b, 0, b->length);
    return grown;
}

namespace {

// Slots.
Hash str_hash_slot(Object* self) {
    return str_hash(as_str(self));
}
ssize_t str_length(Object* self) {
    return as_str(self)->length;
}

// str.__new__(object='', encoding='utf-8', errors='strict')
Fallible<Ref<Str>> str_from_arguments(Object* object, Object* encoding, Object* errors) {
    if (!encoding && !errors) return object ? str(object) : str_empty();
    CodecNames names = TRY(codec_names("str", encoding, errors));
    if (!object) return str_empty();
    if (is_str(object)) return raise(exc::TypeError, "decoding str is not supported");
    if (is_bytes(object)) return bytes_decode(as_bytes(object)->view(), names.encoding, names.errors);
    if (!has_buffer(object))
        return raise(exc::TypeError, "decoding to str: need a bytes-like object, %.80s found", object->type->name);
    BufferView view;
    TRY(view.open(object));
    return bytes_decode(view.view(), names.encoding, names.errors);
}
Fallible<Ref<>> str_construct(Type* type, Object* const* bound) {
    Ref<Str> value = TRY(str_from_arguments(bound[0], bound[1], bound[2]));
    if (type == &str_type) return value;
    return str_subclass_new(type, value.get());
}
using StrNew = Bound<str_construct, "str", "(object='', encoding='utf-8', errors='strict')">;

// str(x) without building an argument tuple.
Object* str_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    if (nargs == 1 && !kwnames) return str(args[0]).release();
    Object* out[3] = {};
    TRY(bind_arguments(StrNew::kSignature, args, nargs, kwnames, out));
    return str_construct(static_cast<Type*>(type), out).release();
}

Fallible<Ref<>> str_concat_slot(Object* a, Object* b) {
    if (!is_str(a)) return raise(exc::TypeError, "must be str, not %.100s", a->type->name);
    if (!is_str(b)) return raise(exc::TypeError, "can only concatenate str (not \"%.200s\") to str", b->type->name);
    return str_concat(as_str(a), as_str(b));
}
Object* str_repeat(Object* self, ssize_t count) {
    Str* text = as_str(self);
    if (count < 1 || text->length == 0) return str_empty().release();
    if (count == 1) return str_exact(text).release();
    if (text->length > PTRDIFF_MAX / count) return raise(exc::OverflowError, "repeated string is too long");
    if (text->length == 1) return str_filled(text->at(0), count).release();
    Ref<Str> result = TRY(str_new(text->length * count, str_max_char(text)));
    char* out = static_cast<char*>(result->data());
    size_t piece = size_t(text->length) * text->kind, total = piece * size_t(count);
    std::memcpy(out, text->data(), piece);
    for (size_t done = piece; done < total;) {
        size_t step = std::min(done, total - done);
        std::memcpy(out + done, out, step);
        done += step;
    }
    return result.release();
}
Object* str_item(Object* self, ssize_t index) {
    Str* text = as_str(self);
    if (index < 0 || index >= text->length) return raise(exc::IndexError, "string index out of range");
    return str_from_char(text->at(index)).release();
}
int str_contains(Object* self, Object* part) {
    if (!is_str(part))
        return raise(exc::TypeError, "'in <string>' requires string as left operand, not %.100s", part->type->name);
    return str_find(as_str(self), as_str(part), 0, as_str(self)->length, 1) >= 0;
}
Fallible<Ref<Str>> str_slice(Str* text, Slice* slice) {
    ssize_t start, stop, step;
    TRY(slice_unpack(slice, &start, &stop, &step));
    ssize_t count = slice_adjust(text->length, &start, &stop, step);
    if (count <= 0) return str_empty();
    if (step == 1) return str_substring(text, start, start + count);
    if (count == 1) return str_from_char(text->at(start));
    return with_units(text, [&](auto* units) -> Fallible<Ref<Str>> {
        uint32_t bits = 0;
        for (ssize_t i = 0, at = start; i < count; ++i, at += step)
            bits |= units[at];
        Ref<Str> result = TRY(str_new(count, std::min(bits, 0x10ffffu)));
        with_kind(int(result->kind), result->data(), [&](auto* out) {
            using Unit = std::remove_cvref_t<decltype(*out)>;
            for (ssize_t i = 0, at = start; i < count; ++i, at += step)
                out[i] = Unit(units[at]);
        });
        return result;
    });
}
Fallible<Ref<>> str_subscript(Object* self, Object* key) {
    if (is_index(key)) {
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        if (index < 0) index += as_str(self)->length;
        return Fallible<Ref<>>::from_slot(str_item(self, index));
    }
    if (key->type == &slice_type) return str_slice(as_str(self), static_cast<Slice*>(key));
    return raise(exc::TypeError, "string indices must be integers, not '%.200s'", key->type->name);
}
Object* str_richcompare(Object* a, Object* b, int op) {
    if (!is_str(a) || !is_str(b)) return new_reference(not_implemented());
    if (op == kEqual || op == kNotEqual) return compare_result(str_equals(as_str(a), as_str(b)) == (op == kEqual));
    return compare_outcome(a == b ? 0 : str_compare(as_str(a), as_str(b)), op);
}
Fallible<Ref<>> str_remainder(Object* a, Object* b) {
    if (!is_str(a)) return share(not_implemented());
    return str_percent_format(as_str(a), b);
}
Fallible<Ref<>> str_str(Object* self) {
    return str_exact(as_str(self));
}

NumberMethods str_number = {.remainder = slot2<str_remainder>};
SequenceMethods str_sequence = {
    .length = str_length,
    .concat = slot2<str_concat_slot>,
    .repeat = str_repeat,
    .item = str_item,
    .contains = str_contains,
};
MappingMethods str_mapping = {.length = str_length, .subscript = slot2<str_subscript>};

MethodDef str_method_table[] = {
    METHOD("encode", str_encode_method, "($self, /, encoding='utf-8', errors='strict')",
           "The text in the given encoding, as bytes."),
    METHOD_FAST("replace", str_replace_method, "($self, old, new, count=-1, /)",
                "A copy with occurrences of old replaced by new."),
    METHOD("split", str_split_method, "($self, /, sep=None, maxsplit=-1)",
           "The list of the parts between separators, from the left."),
    METHOD("rsplit", str_rsplit_method, "($self, /, sep=None, maxsplit=-1)",
           "The list of the parts between separators, counted from the right."),
    METHOD_O("join", str_join_method, "($self, iterable, /)",
             "The strings of the iterable with this one between them."),
    METHOD_NOARGS("capitalize", str_capitalize, "($self, /)",
                  "A copy with the first character in title case and the rest in lower case."),
    METHOD_NOARGS("casefold", str_casefold, "($self, /)", "A copy for comparisons without regard to case."),
    METHOD_NOARGS("title", str_title, "($self, /)", "A copy in which each word begins with a title case character."),
    METHOD_FAST("center", str_center, "($self, width, fillchar=' ', /)", "The text in the middle of width characters."),
    METHOD_FAST_UNSIGNED("count", str_count_method,
                         "S.count(sub[, start[, end]]) -> int: occurrences without overlap."),
    METHOD("expandtabs", str_expandtabs, "($self, /, tabsize=8)", "A copy with tabs replaced by blanks."),
    METHOD_FAST_UNSIGNED("find", str_find_method, "S.find(sub[, start[, end]]) -> int: the lowest index, or -1."),
    METHOD_O("partition", str_partition, "($self, sep, /)",
             "The part before the first separator, it, and the part behind it."),
    METHOD_FAST_UNSIGNED("index", str_index_method,
                         "S.index(sub[, start[, end]]) -> int: the lowest index, or ValueError."),
    METHOD_FAST("ljust", str_ljust, "($self, width, fillchar=' ', /)", "The text at the left of width characters."),
    METHOD_NOARGS("lower", str_lower, "($self, /)", "A copy in lower case."),
    METHOD_FAST("lstrip", str_lstrip, "($self, chars=None, /)",
                "A copy without leading blanks or the given characters."),
    METHOD_FAST_UNSIGNED("rfind", str_rfind_method, "S.rfind(sub[, start[, end]]) -> int: the highest index, or -1."),
    METHOD_FAST_UNSIGNED("rindex", str_rindex_method,
                         "S.rindex(sub[, start[, end]]) -> int: the highest index, or ValueError."),
    METHOD_FAST("rjust", str_rjust, "($self, width, fillchar=' ', /)", "The text at the right of width characters."),
    METHOD_FAST("rstrip", str_rstrip, "($self, chars=None, /)",
                "A copy without trailing blanks or the given characters."),
    METHOD_O("rpartition", str_rpartition, "($self, sep, /)",
             "The part before the last separator, it, and the part behind it."),
    METHOD("splitlines", str_splitlines_method, "($self, /, keepends=False)", "The list of the lines."),
    METHOD_FAST("strip", str_strip, "($self, chars=None, /)",
                "A copy without blanks or the given characters at both ends."),
    METHOD_NOARGS("swapcase", str_swapcase, "($self, /)", "A copy with upper case made lower and lower made upper."),
    METHOD_O("translate", str_translate, "($self, table, /)",
             "A copy with each character mapped through table[ordinal]; None deletes."),
    METHOD_NOARGS("upper", str_upper, "($self, /)", "A copy in upper case."),
    METHOD_FAST_UNSIGNED("startswith", str_startswith,
                         "S.startswith(prefix[, start[, end]]) -> bool; a tuple names several."),
    METHOD_FAST_UNSIGNED("endswith", str_endswith,
                         "S.endswith(suffix[, start[, end]]) -> bool; a tuple names several."),
    METHOD_O("removeprefix", str_removeprefix, "($self, prefix, /)", "A copy without the prefix where it is present."),
    METHOD_O("removesuffix", str_removesuffix, "($self, suffix, /)", "A copy without the suffix where it is present."),
    METHOD_NOARGS("isascii", str_isascii, "($self, /)", "Are all characters ASCII?"),
    METHOD_NOARGS("islower", str_islower, "($self, /)", "Is the text in lower case, with a cased character in it?"),
    METHOD_NOARGS("isupper", str_isupper, "($self, /)", "Is the text in upper case, with a cased character in it?"),
    METHOD_NOARGS("istitle", str_istitle, "($self, /)", "Is the text in title case, with a cased character in it?"),
    METHOD_NOARGS("isspace", str_isspace, "($self, /)", "Are all characters blanks, and is there one?"),
    METHOD_NOARGS("isdecimal", str_isdecimal, "($self, /)", "Are all characters decimal digits, and is there one?"),
    METHOD_NOARGS("isdigit", str_isdigit, "($self, /)", "Are all characters digits, and is there one?"),
    METHOD_NOARGS("isnumeric", str_isnumeric, "($self, /)", "Are all characters numeric, and is there one?"),
    METHOD_NOARGS("isalpha", str_isalpha, "($self, /)", "Are all characters letters, and is there one?"),
    METHOD_NOARGS("isalnum", str_isalnum, "($self, /)", "Are all characters letters or numeric, and is there one?"),
    METHOD_NOARGS("isidentifier", str_isidentifier, "($self, /)",
                  "Is the text a valid identifier? Keywords count as such."),
    METHOD_NOARGS("isprintable", str_isprintable, "($self, /)", "Can all characters be shown as they are in repr()?"),
    METHOD_O("zfill", str_zfill, "($self, width, /)", "The text with zeros in front, behind a sign, up to width."),
    {"format", (CFunction)(void*)str_format_method, kVarargs | kKeywords,
     "S.format(*args, **kwargs) -> str: replacement fields in braces filled in."},
    METHOD_O_UNSIGNED("format_map", str_format_map,
                      "S.format_map(mapping) -> str: like format(**mapping) without copying it."),
    METHOD_O("__format__", str_dunder_format, "($self, format_spec, /)", "The text laid out as format_spec says."),
    {"maketrans", (CFunction)(void*)wrap_fast<str_maketrans>, kFastcall | kStatic, "A table for str.translate()."},
    METHOD_NOARGS("__sizeof__", str_sizeof, "($self, /)", "The size in memory, in bytes."),
    METHOD_NOARGS_UNSIGNED("__getnewargs__", str_getnewargs, ""),
    END_ROW,
};

}  // namespace

constinit Type str_type = static_type({
    .name = "str",
    .basic_size = sizeof(LegacyStr),
    .flags = type_flag::kBase | type_flag::kStrSubclass | type_flag::kMatchSelf,
    .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
           "Text: the object's __str__ or repr, or the decoding of bytes (utf-8 and strict unless given).",
    .dealloc = str_dealloc,
    .repr = slot1<str_repr>,
    .str = slot1<str_str>,
    .hash = str_hash_slot,
    .richcompare = str_richcompare,
    .vectorcall = str_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = slot1<str_iter>,
    .number = &str_number,
    .sequence = &str_sequence,
    .mapping = &str_mapping,
    .methods = str_method_table,
    .new_ = StrNew::new_,
});

}  // namespace py
