// _io.IncrementalNewlineDecoder, _TextIOBase, and how text streams find the ends of lines.
#include <cstring>

#include "interp/modules/io.h"
#include "interp/objects/str_kind.h"

namespace py::io {

namespace {

enum Seen : uint8_t { kSeenCr = 1, kSeenLf = 2, kSeenCrLf = 4, kSeenAll = 7 };

struct NewlineDecoder : Object {
    Object* decoder;  // null: __init__ was not called; None: the input is text already
    Object* errors;
    bool pending_cr, translate;
    uint8_t seen;
};
NewlineDecoder* as_decoder(Object* object) { return static_cast<NewlineDecoder*>(object); }

Fallible<void> check_initialized(const NewlineDecoder* self) {
    if (!self->decoder) return raise(exc::ValueError, "IncrementalNewlineDecoder.__init__() not called");
    return {};
}

// IncrementalNewlineDecoder.__init__(decoder, translate, errors='strict')
Fallible<void> newline_decoder_init(Object* object, Object* const* a) {
    NewlineDecoder* self = as_decoder(object);
    bool translate = TRY(is_true(a[1]));
    replace_slot(self->decoder, new_reference(a[0]));
    replace_slot(self->errors, new_reference(a[2] ? a[2] : static_cast<Object*>("strict"_name)));
    self->translate = translate;
    self->seen = 0;
    self->pending_cr = false;
    return {};
}

// A "\r" in front of the text.
Fallible<Ref<Str>> with_cr(Str* text) {
    StrBuilder out;
    TRY(out.append_char('\r'));
    TRY(out.append(text));
    return out.finish();
}

// Which line endings the units have.
template <class T>
uint8_t endings_in(const T* units, ssize_t length) {
    uint8_t seen = 0;
    for (ssize_t i = 0; i < length && seen != kSeenAll; ++i) {
        if (units[i] == '\n') {
            seen |= kSeenLf;
        } else if (units[i] == '\r') {
            bool pair = i + 1 < length && units[i + 1] == '\n';
            seen |= pair ? kSeenCrLf : kSeenCr;
            i += pair;
        }
    }
    return seen;
}
// Copies with every line ending turned into "\n"; the length written.
template <class T>
ssize_t copy_translated(const T* from, ssize_t length, T* to) {
    ssize_t out = 0;
    for (ssize_t i = 0; i < length; ++i) {
        T c = from[i];
        if (c == '\r') {
            if (i + 1 < length && from[i + 1] == '\n') ++i;
            c = '\n';
        }
        to[out++] = c;
    }
    return out;
}

Fallible<Ref<Str>> translated(Str* text) {
    void* copy = allocate(size_t(text->length) * text->kind + 1);
    if (!copy) return raise_memory_error();
    ssize_t length = with_units(text, [&](const auto* units) {
        using Unit = std::remove_const_t<std::remove_pointer_t<decltype(units)>>;
        return copy_translated(units, text->length, static_cast<Unit*>(copy));
    });
    Fallible<Ref<Str>> result = str_from_kind(text->kind, copy, length);
    deallocate(copy);
    return result;
}

Fallible<Ref<Str>> decoded_input(NewlineDecoder* self, Object* input, bool final) {
    Ref<> output = is_none(self->decoder) ? share(input)
                                          : TRY(call_method(self->decoder, "decode"_name, input, final ? py_true() : py_false()));
    if (!is_str(output.get()))
        return raise(exc::TypeError, "decoder should return a string result, not '%.200s'", output->type->name);
    return std::move(output).cast<Str>();
}

}  // namespace

Fallible<Ref<Str>> newline_decode(Object* object, Object* input, bool final) {
    NewlineDecoder* self = as_decoder(object);
    TRY(check_initialized(self));
    Ref<Str> text = TRY(decoded_input(self, input, final));
    if (self->pending_cr && (final || text->length > 0)) {
        text = TRY(with_cr(text.get()));
        self->pending_cr = false;
    }
    // A "\r" at the end may be half of a "\r\n": it waits for what follows.
    if (!final && text->length > 0 && text->at(text->length - 1) == '\r') {
        text = TRY(str_substring(text.get(), 0, text->length - 1));
        self->pending_cr = true;
    }
    if (text->length == 0) return text;
    // FAST: without any "\r" there is nothing to translate.
    if (str_find_char(text.get(), '\r', 0, text->length, 1) < 0) {
        if (!(self->seen & kSeenLf) && str_find_char(text.get(), '\n', 0, text->length, 1) >= 0) self->seen |= kSeenLf;
        return text;
    }
    self->seen |= with_units(text.get(), [&](const auto* units) { return endings_in(units, text->length); });
    if (self->translate) return translated(text.get());
    return text;
}

Fallible<Ref<>> newline_decoder_new(Object* decoder, bool translate) {
    return call(&newline_decoder_type, decoder, translate ? py_true() : py_false());
}

namespace {

// IncrementalNewlineDecoder.decode(input, final=False)
Fallible<Ref<>> decode_method(Object* self, Object* const* a) {
    return newline_decode(self, a[0], a[1] ? TRY(is_true(a[1])) : false);
}
// IncrementalNewlineDecoder.getstate()
Fallible<Ref<>> decoder_getstate(Object* object) {
    NewlineDecoder* self = as_decoder(object);
    TRY(check_initialized(self));
    Ref<> buffer = TRY(bytes_from({}));
    uint64_t flag = 0;
    if (!is_none(self->decoder)) {
        Ref<> state = TRY(call_method(self->decoder, "getstate"_name));
        if (!is_tuple(state.get()) || as_tuple(state.get())->size != 2) return raise(exc::TypeError, "illegal decoder state");
        buffer = share(as_tuple(state.get())->items[0]);
        flag = TRY(as_uint64(as_tuple(state.get())->items[1]));
    }
    Ref<Int> flags = TRY(int_from_unsigned(flag << 1 | self->pending_cr));
    return tuple_pack(buffer.get(), static_cast<Object*>(flags.get()));
}
// IncrementalNewlineDecoder.setstate(state, /)
Fallible<Ref<>> decoder_setstate(Object* object, Object* state) {
    NewlineDecoder* self = as_decoder(object);
    TRY(check_initialized(self));
    if (!is_tuple(state)) return raise(exc::TypeError, "state argument must be a tuple");
    if (as_tuple(state)->size != 2) return raise(exc::TypeError, "setstate(): illegal state argument");
    Object* buffer = as_tuple(state)->items[0];
    uint64_t flag = TRY(as_uint64(as_tuple(state)->items[1]));
    self->pending_cr = flag & 1;
    if (is_none(self->decoder)) return share(none());
    Ref<Int> rest = TRY(int_from_unsigned(flag >> 1));
    Ref<Tuple> inner = TRY(tuple_pack(buffer, static_cast<Object*>(rest.get())));
    return call_method(self->decoder, "setstate"_name, inner.get());
}
// IncrementalNewlineDecoder.reset()
Fallible<Ref<>> decoder_reset(Object* object) {
    NewlineDecoder* self = as_decoder(object);
    TRY(check_initialized(self));
    self->seen = 0;
    self->pending_cr = false;
    if (is_none(self->decoder)) return share(none());
    return call_method(self->decoder, "reset"_name);
}
Fallible<Ref<>> decoder_get_newlines(Object* object) {
    NewlineDecoder* self = as_decoder(object);
    TRY(check_initialized(self));
    Object* found[3];
    ssize_t count = 0;
    if (self->seen & kSeenCr) found[count++] = "\r"_name;
    if (self->seen & kSeenLf) found[count++] = "\n"_name;
    if (self->seen & kSeenCrLf) found[count++] = "\r\n"_name;
    if (count == 0) return share(none());
    if (count == 1) return share(found[0]);
    return tuple_from_array(found, count);
}

MethodDef newline_decoder_methods[] = {
    METHOD("decode", decode_method, "($self, /, input, final=False)", "Decode and translate line endings."),
    METHOD_NOARGS("getstate", decoder_getstate, "($self, /)", "The state, as setstate() takes it."),
    METHOD_O("setstate", decoder_setstate, "($self, state, /)", "Set the state that getstate() gave."),
    METHOD_NOARGS("reset", decoder_reset, "($self, /)", "Forget everything decoded so far."),
    END_ROW,
};
GetSetDef newline_decoder_getset[] = {
    GETTER("newlines", decoder_get_newlines, nullptr),
    END_ROW,
};

// _TextIOBase.read(size=-1), readline(), write(text)
template <FixedString Name>
Fallible<Ref<>> text_base_refuse(Object*, Object* const*, ssize_t) {
    return raise_unsupported(Name.text);
}
// _TextIOBase.detach()
Fallible<Ref<>> text_base_detach(Object*) { return raise_unsupported("detach"); }
Fallible<Ref<>> text_base_none(Object*) { return share(none()); }
void text_base_dealloc(Object* self) {
    if (begin_dealloc(self)) end_dealloc(self);
}

MethodDef text_base_methods[] = {
    METHOD_NOARGS_UNSIGNED("detach", text_base_detach, "Part from the buffer and return it."),
    METHOD_FAST_UNSIGNED("read", text_base_refuse<"read">, "Read up to n characters; until the end without a number."),
    METHOD_FAST_UNSIGNED("readline", text_base_refuse<"readline">, "Read until the end of the line."),
    METHOD_FAST_UNSIGNED("write", text_base_refuse<"write">, "Write the string; return its length."),
    END_ROW,
};
GetSetDef text_base_getset[] = {
    GETTER("encoding", text_base_none, "Encoding of the text stream.\n\nSubclasses should override.\n"),
    GETTER("newlines", text_base_none, "Line endings translated so far.\n\nOnly line endings translated during reading are considered.\n\nSubclasses should override.\n"),
    GETTER("errors", text_base_none, "The error setting of the decoder or encoder.\n\nSubclasses should override.\n"),
    END_ROW,
};

template <class T>
ssize_t find_unit(const T* units, ssize_t start, ssize_t end, T wanted) {
    if constexpr (sizeof(T) == 1) {
        auto found = static_cast<const T*>(std::memchr(units + start, wanted, size_t(end - start)));
        return found ? found - units : -1;
    } else {
        for (ssize_t i = start; i < end; ++i)
            if (units[i] == wanted) return i;
        return -1;
    }
}
template <class T>
ssize_t find_universal_end(const T* units, ssize_t start, ssize_t end) {
    for (ssize_t i = start; i < end; ++i) {
        if (units[i] == '\n') return i + 1;
        if (units[i] == '\r') return i + 1 < end && units[i + 1] == '\n' ? i + 2 : i + 1;
    }
    return -1;
}
template <class T>
ssize_t find_end_in(const LineRules& rules, const T* units, ssize_t start, ssize_t end, ssize_t* consumed) {
    *consumed = end;
    if (rules.universal && !rules.translated) return find_universal_end(units, start, end);
    bool simple = rules.translated || !rules.newline || rules.newline->length == 1;
    T first = simple && (rules.translated || !rules.newline) ? T('\n') : T(rules.newline->at(0));
    if (simple) {
        ssize_t found = find_unit(units, start, end, first);
        return found < 0 ? -1 : found + 1;
    }
    // The only longer one is "\r\n"; a "\r" at the end has to be looked at again.
    for (ssize_t i = start; (i = find_unit(units, i, end, T('\r'))) >= 0; ++i) {
        if (i + 1 == end) {
            *consumed = i;
            return -1;
        }
        if (units[i + 1] == '\n') return i + 2;
    }
    return -1;
}

}  // namespace

ssize_t find_line_end(const LineRules& rules, int kind, const void* data, ssize_t start, ssize_t end, ssize_t* consumed) {
    return with_kind(kind, const_cast<void*>(data), [&](auto* units) { return find_end_in(rules, units, start, end, consumed); });
}

Fallible<void> check_newline(Object* newline, const char* type_error_prefix, bool quote) {
    if (is_none(newline)) return {};
    if (!is_str(newline)) return raise(exc::TypeError, "%s must be str or None, not %.200s", type_error_prefix, newline->type->name);
    Str* text = as_str(newline);
    TRY(str_utf8(text));
    if (text->length == 0 || str_equals(text, "\n") || str_equals(text, "\r") || str_equals(text, "\r\n")) return {};
    if (quote) return raise(exc::ValueError, "illegal newline value: %R", newline);
    return raise(exc::ValueError, "illegal newline value: %U", text);
}

constinit Type newline_decoder_type = static_type({
    .name = "_io.IncrementalNewlineDecoder",
    .basic_size = sizeof(NewlineDecoder),
    .flags = type_flag::kBase,
    .doc = "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\n"
           "Decode, keep a record of the line endings seen, and translate them into \"\\n\" when translate is true.",
    .dealloc =
        [](Object* self) {
            xdecref(as_decoder(self)->decoder);
            xdecref(as_decoder(self)->errors);
            object_memory_free(self);
        },
    .methods = newline_decoder_methods,
    .getset = newline_decoder_getset,
    .init = Bound<newline_decoder_init, "IncrementalNewlineDecoder", "(decoder, translate, errors='strict')">::init,
    .new_ = generic_new,
});
constinit Type textiobase_type = static_type({
    .name = "_io._TextIOBase",
    .basic_size = sizeof(IoBase),
    .base = &iobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "Base of text streams.",
    .dealloc = text_base_dealloc,
    .traverse = traverse_stream,
    .clear = clear_stream,
    .methods = text_base_methods,
    .getset = text_base_getset,
});

}  // namespace py::io
