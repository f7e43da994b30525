// Reading from TextIOWrapper: chunks of the buffer are decoded, and lines and characters taken off the decoded text.
#include <cstring>

#include "interp/modules/io_text.h"
#include "interp/objects/codec.h"
#include "interp/objects/str_kind.h"

namespace py::io {

void drop_decoded(TextWrapper* self) {
    clear_slot(self->decoded);
    self->used = 0;
}
void drop_snapshot(TextWrapper* self) {
    clear_slot(self->snapshot_flags);
    clear_slot(self->snapshot_input);
}

Fallible<DecoderState> decoder_state(TextWrapper* self) {
    Ref<> state = TRY(call_method(self->decoder, "getstate"_name));
    if (!is_tuple(state.get()) || as_tuple(state.get())->size != 2) return raise(exc::TypeError, "illegal decoder state");
    Object* input = as_tuple(state.get())->items[0];
    if (!is_bytes(input))
        return raise(exc::TypeError, "illegal decoder state: the first item should be a bytes object, not '%.200s'", input->type->name);
    DecoderState result;
    result.input = share(as_bytes(input));
    result.flags = share(as_tuple(state.get())->items[1]);
    return result;
}

Fallible<Ref<Str>> decode(TextWrapper* self, Object* input, bool final) {
    // FAST: the native decoder without a look-up of its method.
    if (self->decoder->type == &newline_decoder_type) return newline_decode(self->decoder, input, final);
    Ref<> text = TRY(call_method(self->decoder, "decode"_name, input, final ? py_true() : py_false()));
    if (!is_str(text.get())) return raise(exc::TypeError, "decoder should return a string result, not '%.200s'", text->type->name);
    return std::move(text).cast<Str>();
}

namespace {

Fallible<void> check_can_read(TextWrapper* self) {
    TRY(check_text_open(self));
    if (!self->decoder) return raise_unsupported("not readable");
    return {};
}

// The snapshot after a chunk: the decoder's state before it, and the input it has got since.
Fallible<void> take_snapshot(TextWrapper* self, DecoderState before, std::string_view chunk) {
    Ref<Bytes> input = std::move(before.input);
    if (input->size == 0) {
        input = TRY(bytes_from(chunk));
    } else {
        BytesBuilder joined;
        TRY(joined.append(input->view()));
        TRY(joined.append(chunk));
        input = TRY(joined.finish());
    }
    replace_slot(self->snapshot_flags, before.flags.release());
    replace_slot(self->snapshot_input, input.release());
    return {};
}

// Reads and decodes one chunk in place of the decoded text, which has been used up. False at the end.
Fallible<bool> read_chunk(TextWrapper* self, ssize_t wanted_chars) {
    DecoderState before;
    if (self->telling) before = TRY(decoder_state(self));
    ssize_t size = self->chunk_size;
    if (wanted_chars > 0) {
        double guess = (self->bytes_per_char > 1 ? self->bytes_per_char : 1) * double(wanted_chars);
        if (guess > double(size)) size = guess > 1e15 ? ssize_t(1e15) : ssize_t(guess);
    }
    Ref<Int> size_object = TRY(int_from(size));
    Ref<> chunk = TRY(call_method(self->buffer, self->has_read1 ? "read1"_name : "read"_name, size_object.get()));
    BufferView view;
    if (!view.open(chunk.get()).ok()) {
        clear_error();
        return raise(exc::TypeError, "underlying %s() should have returned a bytes-like object, not '%.200s'",
                     self->has_read1 ? "read1" : "read", chunk->type->name);
    }
    bool at_end = view.size() == 0;
    Ref<Str> text = TRY(decode(self, chunk.get(), at_end));
    ssize_t length = text->length;
    replace_slot(self->decoded, text.release());
    self->used = 0;
    self->bytes_per_char = length > 0 ? double(view.size()) / double(length) : 0;
    if (self->telling) TRY(take_snapshot(self, std::move(before), view.view()));
    return length > 0 || !at_end;
}
// The same, again after signals.
Fallible<bool> next_chunk(TextWrapper* self, ssize_t wanted_chars) {
    for (;;) {
        Fallible<bool> more = read_chunk(self, wanted_chars);
        if (more.ok() || !clear_if_interrupted()) return more;
    }
}

ssize_t decoded_left(const TextWrapper* self) { return self->decoded ? self->decoded->length - self->used : 0; }
Fallible<Ref<Str>> take_decoded(TextWrapper* self, ssize_t count) {
    ssize_t left = decoded_left(self);
    if (count < 0 || count > left) count = left;
    if (count == 0) return str_empty();
    ssize_t start = self->used;
    self->used += count;
    if (start == 0 && count == self->decoded->length) return share(self->decoded);
    return str_substring(self->decoded, start, start + count);
}

Fallible<Ref<Str>> read_until_end(TextWrapper* self) {
    Ref<> bytes = TRY(call_method(self->buffer, "read"_name));
    Ref<Str> text = TRY(decode(self, bytes.get(), true));
    Ref<Str> result = TRY(take_decoded(self, -1));
    result = result->length ? TRY(str_append(std::move(result), text.get())) : std::move(text);
    if (self->snapshot_flags) {
        drop_decoded(self);
        drop_snapshot(self);
    }
    return result;
}

}  // namespace

// TextIOWrapper.read(size=-1, /)
Fallible<Ref<>> text_read(Object* object, Object* const* a) {
    TextWrapper* self = as_text(object);
    ssize_t size = TRY(optional_size(a[0]));
    TRY(check_can_read(self));
    TRY(flush_pending(self));
    if (size < 0) return read_until_end(self);
    Ref<Str> result = TRY(take_decoded(self, size));
    if (result->length == size) return result;
    StrBuilder all;
    TRY(all.append(result.get()));
    while (all.length() < size) {
        if (!TRY(next_chunk(self, size - all.length()))) break;
        Ref<Str> piece = TRY(take_decoded(self, size - all.length()));
        TRY(all.append(piece.get()));
    }
    return all.finish();
}

// A line is looked for in the decoded text. What a search without success need not look at again goes to `line`; the rest
// (a "\r" that may be half of an ending) is put in front of the next chunk.
Fallible<Ref<>> text_readline(TextWrapper* self, ssize_t limit) {
    TRY(check_can_read(self));
    TRY(flush_pending(self));
    LineRules rules{self->read_translate, self->universal, self->read_newline};
    StrBuilder line;
    for (bool first = true;; first = false) {
        while (decoded_left(self) == 0) {
            if (TRY(next_chunk(self, 0))) continue;
            // The end of the stream.
            drop_decoded(self);
            drop_snapshot(self);
            return line.finish();
        }
        Str* text = self->decoded;
        ssize_t start = self->used, end = text->length, consumed;
        bool cut = limit >= 0 && limit - line.length() <= end - start;
        ssize_t found = find_line_end(rules, int(text->kind), text->data(), start, end, &consumed);
        if (cut && (found < 0 || found > start + limit - line.length())) found = start + limit - line.length();
        if (found >= 0) {
            if (first) return take_decoded(self, found - start);
            TRY(line.append_range(text, start, found));
            self->used = found;
            return line.finish();
        }
        TRY(line.append_range(text, start, consumed));
        if (consumed == end) {
            self->used = end;
            continue;
        }
        Ref<Str> rest = TRY(str_substring(text, consumed, end));
        self->used = end;
        bool more = TRY(next_chunk(self, 0));
        if (!more || decoded_left(self) == 0) {
            TRY(line.append(rest.get()));
            if (!more) return line.finish();
            continue;
        }
        // NOTE: tell() counts from the chunk's start, so the text in front stays outside of `decoded`.
        if (self->decoded->at(0) == '\n') {
            TRY(line.append(rest.get()));
            TRY(line.append_char('\n'));
            self->used = 1;
            return line.finish();
        }
        TRY(line.append(rest.get()));
    }
}
// TextIOWrapper.readline(size=-1, /)
Fallible<Ref<>> text_readline_method(Object* object, Object* const* a) {
    ssize_t limit = a[0] ? TRY(as_ssize(a[0])) : -1;
    TRY(check_attached(as_text(object)));
    return text_readline(as_text(object), limit);
}

}  // namespace py::io
