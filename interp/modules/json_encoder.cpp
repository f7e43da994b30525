// _json: the module, string escaping and make_encoder (json.dumps without indent).
#include <cmath>
#include <cstring>

#include "interp/modules/json.h"
#include "interp/objects/function.h"
#include "interp/objects/stack_check.h"

namespace py::json {

namespace {

constexpr char kWhileEncoding[] = " while encoding a JSON object";

// How many characters the escaped form of c has; 1: it stands for itself.
inline int escaped_length(uint32_t c, bool ascii) {
    if (c >= ' ' && c < 0x7f) return c == '"' || c == '\\' ? 2 : 1;
    if (c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t') return 2;
    if (c < ' ') return 6;
    if (!ascii) return 1;
    return c > 0xffff ? 12 : 6;
}
char* put_unicode_escape(char* out, uint32_t c) {
    *out++ = '\\';
    *out++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4)
        *out++ = "0123456789abcdef"[(c >> shift) & 15];
    return out;
}
char* put_escaped(char* out, uint32_t c) {
    const char* simple = c == '"'    ? "\\\""
                         : c == '\\' ? "\\\\"
                         : c == '\b' ? "\\b"
                         : c == '\f' ? "\\f"
                         : c == '\n' ? "\\n"
                         : c == '\r' ? "\\r"
                         : c == '\t' ? "\\t"
                                     : nullptr;
    if (simple) {
        *out++ = simple[0];
        *out++ = simple[1];
        return out;
    }
    if (c <= 0xffff) return put_unicode_escape(out, c);
    c -= 0x10000;
    return put_unicode_escape(put_unicode_escape(out, 0xd800 | (c >> 10)), 0xdc00 | (c & 0x3ff));
}

// Appends the text in quotes, what stands for itself in runs.
Fallible<void> append_quoted(StrBuilder& out, Str* text, bool ascii) {
    TRY(out.append_ascii("\""));
    ssize_t start = 0, length = text->length;
    auto flush = [&](ssize_t end) -> Fallible<void> {
        if (end == start) return {};
        if (start == 0 && end == length) return out.append(text);
        return out.append_range(text, start, end);
    };
    auto scan = [&](const auto* data) -> Fallible<void> {
        for (ssize_t i = 0; i < length; ++i) {
            if (escaped_length(data[i], ascii) == 1) continue;
            TRY(flush(i));
            char escape[12];
            char* end = put_escaped(escape, data[i]);
            TRY(out.append_ascii({escape, size_t(end - escape)}));
            start = i + 1;
        }
        return flush(length);
    };
    if (text->kind == 1)
        TRY(scan(text->latin1()));
    else if (text->kind == 2)
        TRY(scan(text->ucs2()));
    else
        TRY(scan(text->ucs4()));
    return out.append_ascii("\"");
}
Fallible<Ref<>> quoted(Object* text, bool ascii) {
    if (!is_str(text)) return raise(exc::TypeError, "first argument must be a string, not %.80s", text->type->name);
    StrBuilder out;
    TRY(append_quoted(out, as_str(text), ascii));
    return out.finish();
}

struct Encoder : Object {
    Object *markers, *default_function, *encoder, *indent, *key_separator, *item_separator;
    bool sort_keys, skip_keys, allow_nan;
    enum : char { kCalled, kPlain, kAscii } strings;  // what `encoder` is known to be
};
Encoder* as_encoder(Object* object) {
    return static_cast<Encoder*>(object);
}

bool is_builtin(Object* object, CFunction function) {
    return object->type == &builtin_function_type &&
           static_cast<BuiltinFunction*>(object)->definition->function == function;
}

// One call of an encoder: the text grows in `out`.
struct Writer {
    Encoder* self;
    StrBuilder& out;

    Fallible<void> string(Object* text) {
        if (self->strings != Encoder::kCalled)
            return append_quoted(out, as_str(text), self->strings == Encoder::kAscii);
        Ref<> encoded = TRY(call(self->encoder, text));
        if (!is_str(encoded.get()))
            return raise(exc::TypeError, "encoder() must return a string, not %.80s", encoded->type->name);
        return out.append(as_str(encoded.get()));
    }
    Fallible<Ref<Str>> float_text(Object* number) {
        double value = float_value(number);
        if (!std::isfinite(value)) {
            if (!self->allow_nan) return raise(exc::ValueError, "Out of range float values are not JSON compliant");
            return str_from_ascii(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
        // Subclasses' own __repr__ does not count.
        return Fallible<Ref<Str>>::from_slot(as_str(float_type.repr(number)));
    }
    Fallible<Ref<Str>> int_text(Object* number) { return Fallible<Ref<Str>>::from_slot(as_str(int_type.repr(number))); }

    // Marks a container as being written; ValueError when it is already. The marker's key, or nothing without markers.
    Fallible<Ref<>> mark(Object* object, bool* marked) {
        *marked = false;
        if (is_none(self->markers)) return share(none());
        Ref<Int> ident = TRY(int_from_unsigned(uint64_t(uintptr_t(object))));
        if (TRY(dict_contains(as_dict(self->markers), ident.get())))
            return raise(exc::ValueError, "Circular reference detected");
        TRY(dict_set(as_dict(self->markers), ident.get(), object));
        *marked = true;
        return ident;
    }
    Fallible<void> unmark(Object* ident, bool marked) {
        if (marked) TRY(dict_delete(as_dict(self->markers), ident));
        return {};
    }

    // The key as a string object; null where skipkeys leaves it out.
    Lookup<> key_text(Object* key) {
        if (is_str(key)) return share(key);
        if (is_float(key)) return Ref<>(TRY(float_text(key)));
        if (key == py_true()) return Ref<>(TRY(str_from_ascii("true")));
        if (key == py_false()) return Ref<>(TRY(str_from_ascii("false")));
        if (is_none(key)) return Ref<>(TRY(str_from_ascii("null")));
        if (is_int(key)) return Ref<>(TRY(int_text(key)));
        if (self->skip_keys) return nullptr;
        return raise(exc::TypeError, "keys must be str, int, float, bool or None, not %.100s", key->type->name);
    }
    Fallible<void> item(Object* key, Object* item_value, bool* first) {
        Ref<> text = TRY(key_text(key));
        if (!text) return {};
        if (!*first) TRY(out.append(as_str(self->item_separator)));
        *first = false;
        TRY(string(text.get()));
        TRY(out.append(as_str(self->key_separator)));
        return value(item_value);
    }
    Fallible<void> items_of(Object* mapping) {
        bool first = true;
        Ref<> items = TRY(mapping_items(mapping));
        if (self->sort_keys) TRY(list_sort(as_list(items.get()), nullptr, false));
        List* list = as_list(items.get());
        for (ssize_t i = 0; i < list->size; ++i) {
            Ref<> pair = share(list->items[i]);
            if (!is_tuple(pair.get()) || as_tuple(pair.get())->size != 2)
                return raise(exc::ValueError, "items must return 2-tuples");
            TRY(item(as_tuple(pair.get())->items[0], as_tuple(pair.get())->items[1], &first));
        }
        return {};
    }
    Fallible<void> mapping(Object* object) {
        if (TRY(length(object)) == 0) return out.append_ascii("{}");
        bool marked;
        Ref<> ident = TRY(mark(object, &marked));
        TRY(out.append_ascii("{"));
        TRY(items_of(object));
        TRY(unmark(ident.get(), marked));
        return out.append_ascii("}");
    }
    Fallible<void> sequence(Object* object) {
        Ref<> items = TRY(fast_sequence(object, "_iterencode_list needs a sequence"));
        if (fast_sequence_size(items.get()) == 0) return out.append_ascii("[]");
        bool marked;
        Ref<> ident = TRY(mark(object, &marked));
        TRY(out.append_ascii("["));
        for (ssize_t i = 0; i < fast_sequence_size(items.get()); ++i) {
            if (i) TRY(out.append(as_str(self->item_separator)));
            Ref<> element = share(fast_sequence_items(items.get())[i]);
            TRY(value(element.get()));
        }
        TRY(unmark(ident.get(), marked));
        return out.append_ascii("]");
    }
    Fallible<void> other(Object* object) {
        bool marked;
        Ref<> ident = TRY(mark(object, &marked));
        Ref<> replacement = TRY(call(self->default_function, object));
        {
            RecursionGuard guard(kWhileEncoding);
            if (!guard.ok()) return raised;
            TRY(value(replacement.get()));
        }
        return unmark(ident.get(), marked);
    }
    Fallible<void> value(Object* object) {
        if (is_none(object)) return out.append_ascii("null");
        if (object == py_true()) return out.append_ascii("true");
        if (object == py_false()) return out.append_ascii("false");
        if (is_str(object)) return string(object);
        if (is_int(object)) return out.append(TRY(int_text(object)).get());
        if (is_float(object)) return out.append(TRY(float_text(object)).get());
        bool is_mapping = is_dict(object);
        if (!is_mapping && !is_list(object) && !is_tuple(object)) return other(object);
        RecursionGuard guard(kWhileEncoding);
        if (!guard.ok()) return raised;
        return is_mapping ? mapping(object) : sequence(object);
    }
};

// _json.Encoder.__call__(obj, _current_indent_level)
Fallible<Ref<>> encoder_call(Object* self, Object* const* bound) {
    TRY(index_as_ssize(bound[1], exc::OverflowError));
    StrBuilder out;
    Writer writer{as_encoder(self), out};
    TRY(writer.value(bound[0]));
    Ref<Str> text = TRY(out.finish());
    Object* chunks[] = {text.get()};
    return list_from_array(chunks, 1);
}

// _json.make_encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
Fallible<Ref<>> encoder_new(Type* type, Object* const* bound) {
    if (!is_none(bound[0]) && !is_dict(bound[0]))
        return raise(exc::TypeError, "make_encoder() argument 1 must be dict or None, not %N",
                     bound[0]);
    for (int i : {4, 5})
        if (!is_str(bound[i]))
            return raise(exc::TypeError, "make_encoder() argument %d must be str, not %N", i + 1,
                         bound[i]);
    bool sort_keys = TRY(is_true(bound[6]))
    , skip_keys = TRY(is_true(bound[7]))
    , allow_nan = TRY(is_true(bound[8]));
    Ref<Encoder> self = TRY(instance_new<Encoder>(type));
    self->markers = new_reference(bound[0]);
    self->default_function = new_reference(bound[1]);
    self->encoder = new_reference(bound[2]);
    self->indent = new_reference(bound[3]);
    self->key_separator = new_reference(bound[4]);
    self->item_separator = new_reference(bound[5]);
    self->sort_keys = sort_keys;
    self->skip_keys = skip_keys;
    self->allow_nan = allow_nan;
    self->strings = is_builtin(bound[2], wrap_o<encode_basestring_ascii>) ? Encoder::kAscii
                    : is_builtin(bound[2], wrap_o<encode_basestring>)     ? Encoder::kPlain
                                                                          : Encoder::kCalled;
    return self;
}

MemberDef encoder_members[] = {
    {"markers", kObjectOrNone, offsetof(Encoder, markers), kReadOnly, "markers"},
    {"default", kObjectOrNone, offsetof(Encoder, default_function), kReadOnly, "default"},
    {"encoder", kObjectOrNone, offsetof(Encoder, encoder), kReadOnly, "encoder"},
    {"indent", kObjectOrNone, offsetof(Encoder, indent), kReadOnly, "indent"},
    {"key_separator", kObjectOrNone, offsetof(Encoder, key_separator), kReadOnly, "key_separator"},
    {"item_separator", kObjectOrNone, offsetof(Encoder, item_separator), kReadOnly, "item_separator"},
    {"sort_keys", kBool, offsetof(Encoder, sort_keys), kReadOnly, "sort_keys"},
    {"skipkeys", kBool, offsetof(Encoder, skip_keys), kReadOnly, "skipkeys"},
    END_ROW,
};

MethodDef methods[] = {
    {"encode_basestring_ascii", (CFunction)wrap_o<encode_basestring_ascii>, kO,
     "encode_basestring_ascii(string) -> string\n\nThe JSON form of a str, ASCII only."},
    {"encode_basestring", (CFunction)wrap_o<encode_basestring>, kO,
     "encode_basestring(string) -> string\n\nThe JSON form of a str."},
    {"scanstring", (CFunction)(void*)wrap_fast<scanstring>, kFastcall | kBareName,
     "scanstring(string, end, strict=True) -> (string, end)\n\nThe str whose JSON form begins in front of end."},
    END_ROW,
};

Fallible<void> execute(Module* module) {
    TRY(type_ready(&scanner_type));
    TRY(type_ready(&encoder_type));
    TRY(module_add(module, "make_scanner", share(static_cast<Object*>(&scanner_type))));
    return module_add(module, "make_encoder", share(static_cast<Object*>(&encoder_type)));
}

}  // namespace

// _json.encode_basestring(string)
Fallible<Ref<>> encode_basestring(Object*, Object* text) {
    return quoted(text, false);
}
// _json.encode_basestring_ascii(string)
Fallible<Ref<>> encode_basestring_ascii(Object*, Object* text) {
    return quoted(text, true);
}

constinit Type encoder_type = static_type({
    .name = "_json.Encoder",
    .basic_size = sizeof(Encoder),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    .dealloc = dealloc_members<&Encoder::markers, &Encoder::default_function, &Encoder::encoder, &Encoder::indent,
                               &Encoder::key_separator, &Encoder::item_separator>,
    .traverse = traverse_members<&Encoder::markers, &Encoder::default_function, &Encoder::encoder, &Encoder::indent,
                                 &Encoder::key_separator, &Encoder::item_separator>,
    .clear = clear_members<&Encoder::markers, &Encoder::default_function, &Encoder::encoder, &Encoder::indent,
                           &Encoder::key_separator, &Encoder::item_separator>,
    .call = Bound<encoder_call, "_iterencode", "($self, /, obj, _current_indent_level)">::call,
    .members = encoder_members,
    .new_ = Bound<
        encoder_new, "make_encoder",
        "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)">::new_,
});

}  // namespace py::json

namespace py {

extern const NativeModule json_module;
const NativeModule json_module = {"_json", "json speedups", json::methods, json::execute};

}  // namespace py
