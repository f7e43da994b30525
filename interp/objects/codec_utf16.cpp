// UTF-16 and UTF-32 (Unicode standard §3.10), with and without byte order marks.
#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

constexpr char kSurrogates[] = "surrogates not allowed";

bool is_surrogate(uint32_t ch) {
    return ch >= 0xd800 && ch < 0xe000;
}
bool is_low(uint32_t ch) {
    return ch >= 0xdc00 && ch < 0xe000;
}

uint32_t read_word(const Decoding& run, ssize_t at, int width, bool big) {
    uint32_t value = 0;
    for (int i = 0; i < width; ++i)
        value |= uint32_t(run.at(at + i)) << (8 * (big ? width - 1 - i : i));
    return value;
}
// Takes a byte order mark off the front; *order stays 0 where none is asked for or found (native: little).
ssize_t read_mark(const Decoding& run, int width, int* order) {
    if (*order != 0 || run.size() < width) return 0;
    uint32_t little = read_word(run, 0, width, false), big = read_word(run, 0, width, true);
    if (little == 0xfeff)
        *order = -1;
    else if (big == 0xfeff)
        *order = 1;
    else
        return 0;
    return width;
}
void put_word(BytesBuilder& out, uint32_t value, int width, bool big) {
    for (int i = 0; i < width; ++i)
        out.append_reserved(uint8_t(value >> (8 * (big ? width - 1 - i : i))));
}

}  // namespace

Fallible<Ref<Str>> utf16_decode(std::string_view bytes, const char* errors, int* byte_order, ssize_t* consumed) {
    int order = byte_order ? *byte_order : 0;
    ssize_t position = read_mark(Decoding("utf-16", bytes, nullptr), 2, &order);
    bool big = order > 0;
    Decoding run(big ? "utf-16-be" : "utf-16-le", bytes, errors);
    if (byte_order) *byte_order = order;
    StrBuilder out;
    TRY(out.reserve(ssize_t(bytes.size()) / 2, 0x7f));
    while (position < run.size()) {
        ssize_t left = run.size() - position;
        if (left < 2) {
            if (consumed) break;
            TRY(run.malformed(position, run.size(), "truncated data", out, &position));
            continue;
        }
        uint32_t ch = read_word(run, position, 2, big);
        if (!is_surrogate(ch)) {
            TRY(out.append_char(ch));
            position += 2;
        } else if (is_low(ch)) {
            TRY(run.malformed(position, position + 2, "illegal encoding", out, &position));
        } else if (left < 4) {
            if (consumed) break;
            TRY(run.malformed(position, run.size(), "unexpected end of data", out, &position));
        } else if (uint32_t low = read_word(run, position + 2, 2, big); is_low(low)) {
            TRY(out.append_char(0x10000 + ((ch - 0xd800) << 10) + (low - 0xdc00)));
            position += 4;
        } else {
            TRY(run.malformed(position, position + 2, "illegal UTF-16 surrogate", out, &position));
        }
    }
    if (consumed) *consumed = position;
    return out.finish();
}

Fallible<Ref<Str>> utf32_decode(std::string_view bytes, const char* errors, int* byte_order, ssize_t* consumed) {
    int order = byte_order ? *byte_order : 0;
    ssize_t position = read_mark(Decoding("utf-32", bytes, nullptr), 4, &order);
    bool big = order > 0;
    Decoding run(big ? "utf-32-be" : "utf-32-le", bytes, errors);
    if (byte_order) *byte_order = order;
    StrBuilder out;
    TRY(out.reserve(ssize_t(bytes.size()) / 4, 0x7f));
    while (position < run.size()) {
        if (run.size() - position < 4) {
            if (consumed) break;
            TRY(run.malformed(position, run.size(), "truncated data", out, &position));
            continue;
        }
        uint32_t ch = read_word(run, position, 4, big);
        if (is_surrogate(ch)) {
            TRY(run.malformed(position, position + 4, "code point in surrogate code point range(0xd800, 0xe000)", out,
                              &position));
        } else if (ch > 0x10ffff) {
            TRY(run.malformed(position, position + 4, "code point not in range(0x110000)", out, &position));
        } else {
            TRY(out.append_char(ch));
            position += 4;
        }
    }
    if (consumed) *consumed = position;
    return out.finish();
}

namespace {

struct WideCodec {
    const char* name;
    int width;
    bool big;
};

void put_char(BytesBuilder& out, const WideCodec& codec, uint32_t ch) {
    if (codec.width == 2 && ch >= 0x10000) {
        put_word(out, 0xd7c0 + (ch >> 10), 2, codec.big);
        ch = 0xdc00 | (ch & 0x3ff);
    }
    put_word(out, ch, codec.width, codec.big);
}
Fallible<Ref<Bytes>> encode_wide(Str* text, const char* errors, const WideCodec& codec, bool mark) {
    Encoding run(codec.name, text, errors);
    BytesBuilder out;
    if (text->length > PTRDIFF_MAX / 4 - 1) return raise_memory_error();
    TRY(out.reserve((text->length + 1) * 4));
    if (mark) put_word(out, 0xfeff, codec.width, codec.big);
    for (ssize_t i = 0; i < text->length;) {
        uint32_t ch = text->at(i);
        TRY(out.reserve(4));
        if (!is_surrogate(ch)) {
            put_char(out, codec, ch);
            ++i;
            continue;
        }
        Replacement r = TRY(run.unencodable(i, i + 1, kSurrogates));
        if (r.bytes) {
            if (r.bytes->size % codec.width) return run.fail(i, i + 1, kSurrogates);
            TRY(out.append(r.bytes->view()));
        } else {
            if (!r.text->ascii) return run.fail(i, i + 1, kSurrogates);
            TRY(out.reserve(r.text->length * codec.width));
            for (ssize_t k = 0; k < r.text->length; ++k)
                put_char(out, codec, r.text->at(k));
        }
        i = r.position;
    }
    return out.finish();
}

}  // namespace

Fallible<Ref<Bytes>> utf16_encode(Str* text, const char* errors, int byte_order) {
    const char* name = byte_order == 0 ? "utf-16" : byte_order < 0 ? "utf-16-le" : "utf-16-be";
    return encode_wide(text, errors, {name, 2, byte_order > 0}, byte_order == 0);
}
Fallible<Ref<Bytes>> utf32_encode(Str* text, const char* errors, int byte_order) {
    const char* name = byte_order == 0 ? "utf-32" : byte_order < 0 ? "utf-32-le" : "utf-32-be";
    return encode_wide(text, errors, {name, 4, byte_order > 0}, byte_order == 0);
}

}  // namespace py
