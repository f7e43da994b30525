// Positions of TextIOWrapper. tell() gives a cookie: the position in the buffer from which, in a known decoder state, some
// bytes have to be fed and some characters skipped to come to where the user stands.
#include <cstring>

#include "interp/modules/io_text.h"

namespace py::io {

namespace {

// As the bytes of a little-endian int, in this order: 21 bytes.
struct Cookie {
    int64_t start = 0;
    int32_t flags = 0, bytes_to_feed = 0, chars_to_skip = 0;
    int8_t need_eof = 0;
};
constexpr size_t kCookieSize = 21;

Fallible<Ref<>> cookie_to_int(const Cookie& cookie) {
    uint8_t bytes[kCookieSize];
    std::memcpy(bytes, &cookie.start, 8);
    std::memcpy(bytes + 8, &cookie.flags, 4);
    std::memcpy(bytes + 12, &cookie.bytes_to_feed, 4);
    std::memcpy(bytes + 16, &cookie.chars_to_skip, 4);
    bytes[20] = uint8_t(cookie.need_eof);
    return int_from_bytes(bytes, kCookieSize, true, false);
}
Fallible<Cookie> cookie_from_int(Object* value) {
    Ref<> number = TRY(number_int(value));
    uint8_t bytes[kCookieSize];
    TRY(int_to_bytes(as_int(number.get()), bytes, kCookieSize, true, false));
    Cookie cookie;
    std::memcpy(&cookie.start, bytes, 8);
    std::memcpy(&cookie.flags, bytes + 8, 4);
    std::memcpy(&cookie.bytes_to_feed, bytes + 12, 4);
    std::memcpy(&cookie.chars_to_skip, bytes + 16, 4);
    cookie.need_eof = int8_t(bytes[20]);
    return cookie;
}

Fallible<void> set_decoder_state(TextWrapper* self, int flags) {
    Ref<Bytes> empty = TRY(bytes_from({}));
    Ref<Int> flags_object = TRY(int_from(flags));
    Ref<Tuple> state = TRY(tuple_pack(static_cast<Object*>(empty.get()), static_cast<Object*>(flags_object.get())));
    TRY(call_method(self->decoder, "setstate"_name, state.get()));
    return {};
}
// At the very start the decoder is reset, so that it looks for a byte order mark again.
Fallible<void> restore_decoder(TextWrapper* self, const Cookie& cookie) {
    if (!self->decoder) return {};
    if (cookie.start == 0 && cookie.flags == 0) {
        TRY(call_method(self->decoder, "reset"_name));
        return {};
    }
    return set_decoder_state(self, cookie.flags);
}

Fallible<ssize_t> decoded_length(TextWrapper* self, std::string_view input, bool final = false) {
    Ref<Bytes> bytes = TRY(bytes_from(input));
    Ref<Str> text = TRY(decode(self, bytes.get(), final));
    return text->length;
}

struct DecoderPoint {
    ssize_t held;  // bytes the decoder has taken but not decoded
    int flags;
};
Fallible<DecoderPoint> decoder_point(TextWrapper* self) {
    DecoderState state = TRY(decoder_state(self));
    return DecoderPoint{state.input->size, TRY(as_c_int(state.flags.get()))};
}

// A point near the user's place where the decoder holds nothing back: found by decoding prefixes of the input, guessed from the
// bytes-per-character rate and stepped back in doubling steps. Moves the cookie there; the bytes skipped.
Fallible<ssize_t> find_safe_start(TextWrapper* self, std::string_view input, Cookie& cookie, ssize_t* chars_to_skip) {
    int start_flags = cookie.flags;
    auto skip = ssize_t(self->bytes_per_char * double(*chars_to_skip));
    if (skip > ssize_t(input.size())) skip = ssize_t(input.size());
    ssize_t step = 1;
    while (skip > 0) {
        TRY(set_decoder_state(self, start_flags));
        ssize_t chars = TRY(decoded_length(self, input.substr(0, size_t(skip))));
        if (chars <= *chars_to_skip) {
            DecoderPoint point = TRY(decoder_point(self));
            if (point.held == 0) {
                cookie.flags = point.flags;
                *chars_to_skip -= chars;
                break;
            }
            skip -= point.held;
            step = 1;
        } else {
            skip -= step;
            step *= 2;
        }
    }
    if (skip <= 0) {
        skip = 0;
        TRY(set_decoder_state(self, start_flags));
    }
    cookie.start += skip;
    return skip;
}

// Feeds byte after byte from the safe start, moving it on wherever the decoder holds nothing back, until the user's place.
Fallible<void> find_place(TextWrapper* self, std::string_view input, Cookie& cookie, ssize_t chars_to_skip) {
    ssize_t chars = 0;
    bool reached = false;
    for (size_t i = 0; i < input.size() && !reached; ++i) {
        chars += TRY(decoded_length(self, input.substr(i, 1)));
        ++cookie.bytes_to_feed;
        DecoderPoint point = TRY(decoder_point(self));
        if (point.held == 0 && chars <= chars_to_skip) {
            cookie.start += cookie.bytes_to_feed;
            chars_to_skip -= chars;
            cookie.flags = point.flags;
            cookie.bytes_to_feed = 0;
            chars = 0;
        }
        reached = chars >= chars_to_skip;
    }
    if (!reached) {
        // Perhaps the decoder gives the last characters only at the end of the input.
        chars += TRY(decoded_length(self, {}, true));
        cookie.need_eof = 1;
        if (chars < chars_to_skip) return raise(exc::OSError, "can't reconstruct logical file position");
    }
    cookie.chars_to_skip = int32_t(chars_to_skip);
    return {};
}

Fallible<void> locate(TextWrapper* self, Cookie& cookie) {
    std::string_view input = self->snapshot_input->view();
    Ref<Bytes> kept = share(self->snapshot_input);
    ssize_t chars_to_skip = self->used;
    ssize_t skipped = TRY(find_safe_start(self, input, cookie, &chars_to_skip));
    if (chars_to_skip == 0) {
        cookie.chars_to_skip = 0;
        return {};
    }
    return find_place(self, input.substr(size_t(skipped)), cookie, chars_to_skip);
}

// Decodes up to the user's place.
Fallible<void> skip_to_place(TextWrapper* self, const Cookie& cookie) {
    Ref<Int> flags = TRY(int_from(cookie.flags));
    if (!cookie.chars_to_skip) {
        replace_slot(self->snapshot_flags, static_cast<Object*>(flags.release()));
        replace_slot(self->snapshot_input, TRY(bytes_from({})).release());
        return {};
    }
    Ref<Int> count = TRY(int_from(cookie.bytes_to_feed));
    Ref<> chunk = TRY(call_method(self->buffer, "read"_name, count.get()));
    if (!is_bytes(chunk.get()))
        return raise(exc::TypeError, "underlying read() should have returned a bytes object, not '%.200s'", chunk->type->name);
    replace_slot(self->snapshot_flags, static_cast<Object*>(flags.release()));
    replace_slot(self->snapshot_input, new_reference(as_bytes(chunk.get())));
    Ref<Str> text = TRY(decode(self, chunk.get(), cookie.need_eof));
    if (text->length < cookie.chars_to_skip) return raise(exc::OSError, "can't restore logical file position");
    replace_slot(self->decoded, text.release());
    self->used = cookie.chars_to_skip;
    return {};
}

Fallible<Ref<>> seek_to_end(TextWrapper* self) {
    TRY(call_method(self, "flush"_name));
    drop_decoded(self);
    drop_snapshot(self);
    if (self->decoder) TRY(call_method(self->decoder, "reset"_name));
    Ref<Int> zero = TRY(int_from(0)), two = TRY(int_from(2));
    Ref<> position = TRY(call_method(self->buffer, "seek"_name, zero.get(), two.get()));
    TRY(reset_encoder(self, TRY(equals(position.get(), zero.get()))));
    return position;
}

}  // namespace

// TextIOWrapper.seek(cookie, whence=0, /)
Fallible<Ref<>> text_seek(Object* object, Object* const* a) {
    TextWrapper* self = as_text(object);
    int whence = a[1] ? TRY(as_c_int(a[1])) : 0;
    TRY(check_text_open(self));
    if (!self->seekable) return raise_unsupported("underlying stream is not seekable");
    if (whence < 0 || whence > 2) return raise(exc::ValueError, "invalid whence (%d, should be %d, %d or %d)", whence, 0, 1, 2);
    Ref<> target = share(a[0]);
    Ref<Int> zero = TRY(int_from(0));
    if (whence != 0) {
        if (!TRY(equals(target.get(), zero.get())))
            return raise_unsupported(whence == 1 ? "can't do nonzero cur-relative seeks" : "can't do nonzero end-relative seeks");
        if (whence == 2) return seek_to_end(self);
        // Where it is already: seeking there puts buffer and decoder in step.
        target = TRY(call_method(object, "tell"_name));
    }
    if (TRY(rich_compare_bool(target.get(), zero.get(), kLess)))
        return raise(exc::ValueError, "negative seek position %R", target.get());
    TRY(call_method(object, "flush"_name));
    Cookie cookie = TRY(cookie_from_int(target.get()));
    Ref<Int> start = TRY(int_from(cookie.start));
    TRY(call_method(self->buffer, "seek"_name, start.get()));
    drop_decoded(self);
    drop_snapshot(self);
    TRY(restore_decoder(self, cookie));
    TRY(skip_to_place(self, cookie));
    TRY(reset_encoder(self, cookie.start == 0 && cookie.flags == 0));
    return target;
}

// TextIOWrapper.tell()
Fallible<Ref<>> text_tell(Object* object) {
    TextWrapper* self = as_text(object);
    TRY(check_text_open(self));
    if (!self->seekable) return raise_unsupported("underlying stream is not seekable");
    if (!self->telling) return raise(exc::OSError, "telling position disabled by next() call");
    TRY(flush_pending(self));
    TRY(call_method(object, "flush"_name));
    Ref<> position = TRY(call_method(self->buffer, "tell"_name));
    if (!self->decoder || !self->snapshot_flags) return position;
    Cookie cookie;
    cookie.start = TRY(as_int64(position.get())) - self->snapshot_input->size;
    cookie.flags = TRY(as_c_int(self->snapshot_flags));
    if (self->used == 0) return cookie_to_int(cookie);
    Ref<> saved = TRY(call_method(self->decoder, "getstate"_name));
    bool located = locate(self, cookie).ok();
    FirstError locating;
    (void)call_method(self->decoder, "setstate"_name, saved.get()).ok();
    TRY(locating.finish());
    CHECK(located);
    return cookie_to_int(cookie);
}

}  // namespace py::io
