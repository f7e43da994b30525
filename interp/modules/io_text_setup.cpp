// TextIOWrapper's configuration: encoding, error handler, line endings, at the start and by reconfigure().
#include <langinfo.h>

#include <cstring>

#include "interp/modules/io_text.h"
#include "interp/objects/codec.h"
#include "interp/runtime/state.h"

namespace py::io {

Fallible<Ref<Str>> locale_encoding() {
    const char* name = nl_langinfo(CODESET);
    return str_from_ascii(name && *name ? name : "UTF-8");
}

namespace {

Fallible<void> check_str_or_none(Object* value, const char* argument) {
    if (is_none(value)) return {};
    if (!is_str(value))
        return raise(exc::TypeError, "TextIOWrapper() argument '%s' must be str or None, not %N", argument, value);
    TRY(str_c_string(as_str(value)));
    return {};
}

Fallible<Ref<Str>> choose_encoding(Object* given) {
    if (is_none(given) && runtime().config.utf8_mode) return str_from_ascii("utf-8");
    if (is_none(given) || str_equals(as_str(given), "locale")) return locale_encoding();
    return share(as_str(given));
}

void set_newline(TextWrapper* self, Object* newline) {
    bool none_given = is_none(newline);
    Str* text = none_given ? nullptr : as_str(newline);
    replace_slot(self->read_newline, none_given ? nullptr : new_reference(text));
    self->universal = none_given || text->length == 0;
    self->read_translate = none_given;
    self->write_translate = none_given || text->length != 0;
    // "\n" is the operating system's own: nothing to do for it.
    bool writes_other = !self->universal && !str_equals(text, "\n");
    replace_slot(self->write_newline, writes_other ? new_reference(text) : nullptr);
}

// The codec's incremental encoder or decoder, made with the error handler.
Fallible<Ref<>> incremental(Object* codec, Str* attribute, Str* errors) {
    Ref<> factory = TRY(get_attr(codec, attribute));
    return call(factory.get(), static_cast<Object*>(errors));
}
QuickCodec quick_codec(Str* name) {
    if (str_equals(name, "utf-8")) return QuickCodec::Utf8;
    if (str_equals(name, "ascii")) return QuickCodec::Ascii;
    if (str_equals(name, "iso8859-1")) return QuickCodec::Latin1;
    return QuickCodec::None;
}

Fallible<void> set_decoder(TextWrapper* self, Object* codec, Str* errors) {
    if (!TRY(ask_method(self->buffer, "readable"_name))) return {};
    Ref<> decoder = TRY(incremental(codec, "incrementaldecoder"_name, errors));
    if (self->universal) decoder = TRY(newline_decoder_new(decoder.get(), self->read_translate));
    replace_slot(self->decoder, decoder.release());
    return {};
}
Fallible<void> set_encoder(TextWrapper* self, Object* codec, Str* errors) {
    if (!TRY(ask_method(self->buffer, "writable"_name))) return {};
    self->quick = QuickCodec::None;
    replace_slot(self->encoder, TRY(incremental(codec, "incrementalencoder"_name, errors)).release());
    Ref<> name = TRY(lookup_attr(codec, "name"_name));
    if (name && is_str(name.get())) self->quick = quick_codec(as_str(name.get()));
    return {};
}

// A stream that is not at its start has its byte order mark already.
Fallible<void> fit_encoder_to_position(TextWrapper* self) {
    if (!self->encoder) return {};
    if (!self->seekable) {
        // CPython's shortcut for these two writes no byte order mark where the start of the stream is not known.
        if (!str_equals(self->encoding, "utf-16") && !str_equals(self->encoding, "utf-32")) return {};
        return reset_encoder(self, false);
    }
    self->start_of_stream = true;
    Ref<> position = TRY(call_method(self->buffer, "tell"_name));
    Ref<Int> zero = TRY(int_from(0));
    if (TRY(equals(position.get(), zero.get()))) return {};
    self->start_of_stream = false;
    TRY(call_method(self->encoder, "setstate"_name, zero.get()));
    return {};
}

Fallible<void> set_codec(TextWrapper* self, Str* encoding, Str* errors) {
    Ref<> codec = TRY(lookup_text_codec(TRY(str_utf8(encoding)).data(), "codecs.open()"));
    TRY(set_decoder(self, codec.get(), errors));
    return set_encoder(self, codec.get(), errors);
}

void clear_state(TextWrapper* self) {
    clear_slot(self->buffer);
    clear_slot(self->raw);
    clear_slot(self->encoding);
    clear_slot(self->errors);
    clear_slot(self->encoder);
    clear_slot(self->decoder);
    drop_decoded(self);
    drop_snapshot(self);
    self->pending_size = 0;
    self->bytes_per_char = 0;
}

}  // namespace

Fallible<void> reset_encoder(TextWrapper* self, bool at_start) {
    if (!self->encoder) return {};
    self->start_of_stream = at_start;
    if (at_start) {
        TRY(call_method(self->encoder, "reset"_name));
        return {};
    }
    Ref<Int> zero = TRY(int_from(0));
    TRY(call_method(self->encoder, "setstate"_name, zero.get()));
    return {};
}

// TextIOWrapper.__init__(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)
Fallible<void> text_init(Object* object, Object* const* a) {
    TextWrapper* self = as_text(object);
    Object *encoding = a[1] ? a[1] : none(), *errors = a[2] ? a[2] : none(), *newline = a[3] ? a[3] : none();
    TRY(check_str_or_none(encoding, "encoding"));
    TRY(check_str_or_none(newline, "newline"));
    bool line_buffering = a[4] ? TRY(is_true(a[4])) : false, write_through = a[5] ? TRY(is_true(a[5])) : false;
    self->ok = self->detached = false;
    if (is_none(encoding) && runtime().config.warn_default_encoding) TRY(warn(exc::EncodingWarning, 1, "'encoding' argument not specified"));
    if (!is_none(errors) && !is_str(errors))
        return raise(exc::TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %N", errors);
    Ref<Str> handler = is_none(errors) ? TRY(str_from_ascii("strict")) : share(as_str(errors));
    if (runtime().config.dev_mode) TRY(codec_lookup_error(TRY(str_utf8(handler.get())).data()));
    TRY(check_newline(newline, "newline", false));
    clear_state(self);
    Ref<Str> chosen = TRY(choose_encoding(encoding));
    self->encoding = chosen.release();
    self->errors = handler.release();
    self->chunk_size = kDefaultBufferSize;
    self->line_buffering = line_buffering;
    self->write_through = write_through;
    set_newline(self, newline);
    self->buffer = new_reference(a[0]);
    TRY(set_codec(self, self->encoding, self->errors));
    if (is_plain_buffered(self->buffer)) {
        Object* raw = buffered_raw(self->buffer);
        if (raw && raw->type == &fileio_type) self->raw = new_reference(raw);
    }
    self->seekable = self->telling = TRY(ask_method(self->buffer, "seekable"_name));
    self->has_read1 = TRY(has_attr(self->buffer, "read1"_name));
    self->start_of_stream = false;
    TRY(fit_encoder_to_position(self));
    self->ok = true;
    return {};
}

namespace {

Fallible<void> check_builtin_str(Object* value) {
    if (is_none(value) || is_str(value)) return {};
    return raise(exc::TypeError, "bad argument type for built-in operation");
}
Fallible<bool> flag_or(Object* value, bool current) {
    if (!value || is_none(value)) return current;
    return TRY(as_c_int(value)) != 0;
}

Fallible<void> change_encoding(TextWrapper* self, Object* encoding, Object* errors, bool newline_changed) {
    if (is_none(encoding) && is_none(errors) && !newline_changed) return {};
    Ref<Str> name, handler;
    if (is_none(encoding)) {
        name = share(self->encoding);
        handler = share(is_none(errors) ? self->errors : as_str(errors));
    } else {
        name = str_equals(as_str(encoding), "locale") ? TRY(locale_encoding()) : share(as_str(encoding));
        handler = is_none(errors) ? TRY(str_from_ascii("strict")) : share(as_str(errors));
    }
    if (runtime().config.dev_mode) TRY(codec_lookup_error(TRY(str_utf8(handler.get())).data()));
    TRY(set_codec(self, name.get(), handler.get()));
    replace_slot(self->encoding, name.release());
    replace_slot(self->errors, handler.release());
    return fit_encoder_to_position(self);
}

}  // namespace

// TextIOWrapper.reconfigure(*, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)
Fallible<Ref<>> text_reconfigure(Object* object, Object* const* a) {
    TextWrapper* self = as_text(object);
    Object *encoding = a[0] ? a[0] : none(), *errors = a[1] ? a[1] : none(), *newline = a[2];
    // Text that was decoded by other rules cannot be taken back.
    if (self->decoded && (!is_none(encoding) || !is_none(errors) || newline))
        return raise_unsupported("It is not possible to set the encoding or newline of stream after the first read");
    TRY(check_builtin_str(encoding));
    TRY(check_builtin_str(errors));
    if (newline) {
        TRY(check_builtin_str(newline));
        TRY(check_newline(newline, "newline", false));
    }
    bool line_buffering = TRY(flag_or(a[3], self->line_buffering));
    bool write_through = TRY(flag_or(a[4], self->write_through));
    TRY(call_method(object, "flush"_name));
    self->bytes_per_char = 0;
    if (newline) set_newline(self, newline);
    TRY(change_encoding(self, encoding, errors, newline != nullptr));
    self->line_buffering = line_buffering;
    self->write_through = write_through;
    return share(none());
}

}  // namespace py::io
