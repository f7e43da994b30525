// Writing to TextIOWrapper: encoded text is gathered and handed to the buffer in large pieces.
#include <cstring>

#include "interp/modules/io_text.h"
#include "interp/objects/codec.h"

namespace py::io {

namespace {

Fallible<void> give_to_buffer(TextWrapper* self, const char* data, ssize_t size) {
    if (is_plain_buffered(self->buffer) && self->buffer->type != &buffered_reader_type &&
        is_plain(self->buffer, *self->buffer->type, "write"_name)) {
        // FAST: what buffer.write(bytes) would do, without making the bytes object.
        for (;;) {
            Fallible<ssize_t> written = buffered_write_data(self->buffer, data, size);
            if (written.ok()) return {};
            if (!clear_if_interrupted()) return raised;
        }
    }
    Ref<Bytes> bytes = TRY(bytes_from({data, size_t(size)}));
    TRY(call_retrying(self->buffer, "write"_name, bytes.get()));
    return {};
}

Fallible<void> add_pending(TextWrapper* self, std::string_view bytes) {
    ssize_t size = ssize_t(bytes.size());
    // Large pieces are not gathered: each is written by itself.
    if (self->pending_size && self->pending_size + size > self->chunk_size) TRY(flush_pending(self));
    if (self->pending_size + size > self->pending_capacity) {
        ssize_t capacity = self->pending_size + size;
        if (capacity < self->chunk_size) capacity = self->chunk_size;
        auto moved = static_cast<char*>(std::realloc(self->pending, size_t(capacity)));
        if (!moved) return raise_memory_error();
        self->pending = moved;
        self->pending_capacity = capacity;
    }
    if (!bytes.empty()) std::memcpy(self->pending + self->pending_size, bytes.data(), bytes.size());
    self->pending_size += size;
    return {};
}

Fallible<Ref<Bytes>> encode(TextWrapper* self, Str* text) {
    const char* errors = TRY(str_utf8(self->errors)).data();
    switch (self->quick) {
        case QuickCodec::Ascii: return ascii_encode(text, errors);
        case QuickCodec::Latin1: return latin1_encode(text, errors);
        case QuickCodec::Utf8: return utf8_encode(text, errors);
        case QuickCodec::None: break;
    }
    Ref<> bytes = TRY(call_method(self->encoder, "encode"_name, text));
    self->start_of_stream = false;
    if (!is_bytes(bytes.get()))
        return raise(exc::TypeError, "encoder should return a bytes object, not '%.200s'", bytes->type->name);
    return std::move(bytes).cast<Bytes>();
}

bool has_char(Str* text, uint32_t c) { return str_find_char(text, c, 0, text->length, 1) >= 0; }

}  // namespace

Fallible<void> flush_pending(TextWrapper* self) {
    if (self->pending_size == 0) return {};
    // The memory is taken out: the buffer may run code that writes here.
    char* data = std::exchange(self->pending, nullptr);
    ssize_t size = std::exchange(self->pending_size, 0), capacity = std::exchange(self->pending_capacity, 0);
    Fallible<void> written = give_to_buffer(self, data, size);
    if (!self->pending && capacity <= 2 * self->chunk_size) {
        self->pending = data;
        self->pending_capacity = capacity;
    } else {
        std::free(data);
    }
    return written;
}

namespace {

Fallible<void> write_str(TextWrapper* self, Str* given) {
    TRY(check_text_open(self));
    if (!self->encoder) return raise_unsupported("not writable");
    Ref<Str> text = share(given);
    bool has_lf = (self->write_newline || self->line_buffering) && has_char(text.get(), '\n');
    if (has_lf && self->write_translate && self->write_newline)
        text = TRY(str_replace(text.get(), "\n"_name, self->write_newline, -1));
    bool flush_line = self->line_buffering && (has_lf || has_char(text.get(), '\r'));
    if (text->ascii && self->quick != QuickCodec::None) {
        // FAST: ASCII is the same bytes in all quick codecs.
        TRY(add_pending(self, text->ascii_view()));
    } else {
        Ref<Bytes> bytes = TRY(encode(self, text.get()));
        TRY(add_pending(self, bytes->view()));
    }
    if (self->pending_size >= self->chunk_size || flush_line || self->write_through) TRY(flush_pending(self));
    if (flush_line) TRY(call_method(self->buffer, "flush"_name));
    // What was read ahead is no longer where the user stands.
    drop_decoded(self);
    drop_snapshot(self);
    if (self->decoder) TRY(call_method(self->decoder, "reset"_name));
    return {};
}

}  // namespace


// TextIOWrapper.write(text, /)
Fallible<Ref<>> text_write(Object* object, Object* argument) {
    if (!is_str(argument))
        return raise(exc::TypeError, "write() argument must be str, not %N", argument);
    ssize_t length = as_str(argument)->length;
    TRY(write_str(as_text(object), as_str(argument)));
    return int_from(length);
}
Fallible<void> write_text(Object* stream, Str* text) {
    // FAST: nothing stands in front of TextIOWrapper.write, and nobody wants the length.
    if (is_plain(stream, textiowrapper_type, "write"_name)) return write_str(as_text(stream), text);
    TRY(call_method(stream, "write"_name, text));
    return {};
}

// TextIOWrapper.flush()
Fallible<Ref<>> text_flush(Object* object) {
    TextWrapper* self = as_text(object);
    TRY(check_text_open(self));
    self->telling = self->seekable;
    TRY(flush_pending(self));
    return call_method(self->buffer, "flush"_name);
}

}  // namespace py::io
