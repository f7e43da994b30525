// UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError: where in which text, and their messages.
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/exception_layouts.h"
#include "interp/objects/str.h"

namespace py {

namespace {

UnicodeErrorException* as_unicode_error(Object* object) { return static_cast<UnicodeErrorException*>(object); }

Fallible<void> check_str_argument(Tuple* args, ssize_t position) {
    Object* value = args->items[position];
    if (is_str(value)) return {};
    return raise(exc::TypeError, "argument %zd must be str, not %.50s", position + 1,
                 is_none(value) ? "None" : value->type->name);
}

// The bytes that could not be decoded.
Fallible<Ref<>> content_of(Object* object) {
    if (is_bytes(object)) return share(object);
    BufferView view;
    TRY(view.open(object));
    return TRY(bytes_from(view.view()));
}

// The arguments from `object` on: object, start, end, reason.
Fallible<void> fill(UnicodeErrorException* self, Tuple* args, ssize_t first, Ref<> object) {
    ssize_t start = TRY(as_ssize(args->items[first + 1]));
    ssize_t end = TRY(as_ssize(args->items[first + 2]));
    TRY(check_str_argument(args, first + 3));
    if (is_instance_of(self, *exc::UnicodeDecodeError)) object = TRY(content_of(object.get()));
    replace_slot(self->object, object.release());
    self->start = start;
    self->end = end;
    replace_slot(self->reason, new_reference(args->items[first + 3]));
    return {};
}

Fallible<void> check_count(Object* args, ssize_t count) {
    if (as_tuple(args)->size == count) return {};
    return raise(exc::TypeError, "function takes exactly %zd arguments (%zd given)", count, as_tuple(args)->size);
}

Fallible<void> set_encoding(UnicodeErrorException* self, Tuple* args) {
    replace_slot(self->encoding, new_reference(args->items[0]));
    return {};
}

// \xNN, \uNNNN or \UNNNNNNNN.
Fallible<Ref<Str>> escaped(uint32_t c) {
    return format_str(c <= 0xff ? "\\x%02x" : c <= 0xffff ? "\\u%04x" : "\\U%08x", unsigned(c));
}

Fallible<Ref<Str>> shown(Object* value) {
    if (!value) return str_from_ascii("<NULL>");
    return str(value);
}

}  // namespace

// UnicodeDecodeError(encoding, object, start, end, reason)
int unicode_decode_error_init(Object* self, Object* args, Object* kwargs) {
    if (base_exception_init(self, args, kwargs) < 0) return -1;
    TRY(check_count(args, 5));
    Tuple* tuple = as_tuple(args);
    TRY(check_str_argument(tuple, 0));
    TRY(fill(as_unicode_error(self), tuple, 1, share(tuple->items[1])));
    return set_encoding(as_unicode_error(self), tuple).release();
}

// UnicodeEncodeError(encoding, object, start, end, reason)
int unicode_encode_error_init(Object* self, Object* args, Object* kwargs) {
    if (base_exception_init(self, args, kwargs) < 0) return -1;
    TRY(check_count(args, 5));
    Tuple* tuple = as_tuple(args);
    TRY(check_str_argument(tuple, 0));
    TRY(check_str_argument(tuple, 1));
    TRY(fill(as_unicode_error(self), tuple, 1, share(tuple->items[1])));
    return set_encoding(as_unicode_error(self), tuple).release();
}

// UnicodeTranslateError(object, start, end, reason)
int unicode_translate_error_init(Object* self, Object* args, Object* kwargs) {
    if (base_exception_init(self, args, kwargs) < 0) return -1;
    TRY(check_count(args, 4));
    TRY(check_str_argument(as_tuple(args), 0));
    return fill(as_unicode_error(self), as_tuple(args), 0, share(as_tuple(args)->items[0])).release();
}

Object* unicode_decode_error_str(Object* self) {
    UnicodeErrorException* error = as_unicode_error(self);
    if (!error->object) return str_empty().release();
    Ref<Str> reason = TRY(shown(error->reason));
    Ref<Str> encoding = TRY(shown(error->encoding));
    ssize_t size = is_bytes(error->object) ? as_bytes(error->object)->size : 0;
    if (error->start >= 0 && error->start < size && error->end == error->start + 1) {
        int byte = uint8_t(as_bytes(error->object)->data[error->start]);
        return format_str("'%U' codec can't decode byte 0x%02x in position %zd: %U", encoding.get(), byte, error->start,
                          reason.get())
            .release();
    }
    return format_str("'%U' codec can't decode bytes in position %zd-%zd: %U", encoding.get(), error->start,
                      error->end - 1, reason.get())
        .release();
}

namespace {

// The single character meant, or false.
bool single_character(UnicodeErrorException* error, uint32_t* c) {
    if (!is_str(error->object) || error->start < 0) return false;
    Str* text = as_str(error->object);
    if (error->start >= text->length || error->end != error->start + 1) return false;
    *c = text->at(error->start);
    return true;
}

}  // namespace

Object* unicode_encode_error_str(Object* self) {
    UnicodeErrorException* error = as_unicode_error(self);
    if (!error->object) return str_empty().release();
    Ref<Str> reason = TRY(shown(error->reason));
    Ref<Str> encoding = TRY(shown(error->encoding));
    uint32_t c;
    if (!single_character(error, &c))
        return format_str("'%U' codec can't encode characters in position %zd-%zd: %U", encoding.get(), error->start,
                          error->end - 1, reason.get())
            .release();
    Ref<Str> escape = TRY(escaped(c));
    return format_str("'%U' codec can't encode character '%U' in position %zd: %U", encoding.get(), escape.get(),
                      error->start, reason.get())
        .release();
}

Object* unicode_translate_error_str(Object* self) {
    UnicodeErrorException* error = as_unicode_error(self);
    if (!error->object) return str_empty().release();
    Ref<Str> reason = TRY(shown(error->reason));
    uint32_t c;
    if (!single_character(error, &c))
        return format_str("can't translate characters in position %zd-%zd: %U", error->start, error->end - 1,
                          reason.get())
            .release();
    Ref<Str> escape = TRY(escaped(c));
    return format_str("can't translate character '%U' in position %zd: %U", escape.get(), error->start, reason.get())
        .release();
}

MemberDef unicode_error_members[] = {
    {"encoding", kObjectOrNone, offsetof(UnicodeErrorException, encoding), 0, "exception encoding"},
    {"object", kObjectOrNone, offsetof(UnicodeErrorException, object), 0, "exception object"},
    {"start", kSsize, offsetof(UnicodeErrorException, start), 0, "exception start"},
    {"end", kSsize, offsetof(UnicodeErrorException, end), 0, "exception end"},
    {"reason", kObjectOrNone, offsetof(UnicodeErrorException, reason), 0, "exception reason"},
    END_ROW,
};

}  // namespace py
