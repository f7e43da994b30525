// Making bytes objects; the shared empty and one-byte objects.
#include <algorithm>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytearray_methods.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"

namespace py {

namespace {

struct OneByte {
    VarObject head;
    Hash hash_value;
    char data[8];
};
struct SmallBytes {
    OneByte empty{};
    OneByte single[256]{};
    constexpr SmallBytes() {
        fill(empty, 0, 0);
        for (int i = 0; i < 256; ++i)
            fill(single[i], 1, char(i));
    }
    static constexpr void fill(OneByte& bytes, ssize_t size, char value) {
        bytes.head.refcount = kImmortalRefcount;
        bytes.head.type = &bytes_type;
        bytes.head.size = size;
        bytes.hash_value = -1;
        bytes.data[0] = value;
    }
};
constinit SmallBytes small_bytes;
static_assert(offsetof(OneByte, data) == offsetof(Bytes, data));

constexpr size_t kHeadSize = offsetof(Bytes, data) + 1;

}  // namespace

Ref<Bytes> bytes_empty() {
    return share(reinterpret_cast<Bytes*>(&small_bytes.empty));
}
Ref<Bytes> bytes_single(uint8_t byte) {
    return share(reinterpret_cast<Bytes*>(&small_bytes.single[byte]));
}

Fallible<Ref<Bytes>> bytes_new(ssize_t size) {
    if (size == 0) return bytes_empty();
    if (size < 0) return raise_memory_error();
    if (size > PTRDIFF_MAX - ssize_t(kHeadSize)) return raise(exc::OverflowError, "byte string is too large");
    Bytes* bytes = static_cast<Bytes*>(object_new(&bytes_type, kHeadSize + size_t(size)));
    if (!bytes) return raised;
    bytes->size = size;
    bytes->hash_value = -1;
    bytes->data[size] = 0;
    return steal(bytes);
}
Fallible<Ref<Bytes>> bytes_from(std::string_view content) {
    if (content.size() <= 1) return content.empty() ? bytes_empty() : bytes_single(uint8_t(content[0]));
    Ref<Bytes> bytes = TRY(bytes_new(ssize_t(content.size())));
    std::memcpy(bytes->data, content.data(), content.size());
    return bytes;
}
Fallible<Ref<Bytes>> bytes_resize(Ref<Bytes> bytes, ssize_t size) {
    if (size == bytes->size) return bytes;
    if (size <= 1 || bytes->size <= 1 || bytes->refcount != 1 || !is_bytes_exact(bytes.get())) {
        if (size <= bytes->size) return bytes_from({bytes->data, size_t(size)});
        Ref<Bytes> copy = TRY(bytes_new(size));
        std::memcpy(copy->data, bytes->data, size_t(bytes->size));
        return copy;
    }
    if (size > PTRDIFF_MAX - ssize_t(kHeadSize)) return raise_memory_error();
    Bytes* old = bytes.release();
    Bytes* moved = static_cast<Bytes*>(reallocate(old, kHeadSize + size_t(size)));
    if (!moved) {
        decref(old);
        return raise_memory_error();
    }
    moved->size = size;
    moved->hash_value = -1;
    moved->data[size] = 0;
    return steal(moved);
}

namespace {

char repr_quote(std::string_view content) {
    return content.find('\'') != content.npos && content.find('"') == content.npos ? '"' : '\'';
}
// `escaped`: the quote that gets a backslash.
Fallible<Ref<Str>> quoted(std::string_view content, char quote, char escaped) {
    static constexpr char kHex[] = "0123456789abcdef";
    StrBuilder out;
    TRY(out.reserve(ssize_t(content.size()) + 3, 0x7f));
    TRY(out.append_char('b'));
    TRY(out.append_char(uint8_t(quote)));
    for (char raw : content) {
        uint8_t c = uint8_t(raw);
        char text[4] = {'\\', 'x', kHex[c >> 4], kHex[c & 15]};
        size_t size = 4;
        if (raw == escaped || c == '\\') {
            text[1] = raw, size = 2;
        } else if (c == '\t' || c == '\n' || c == '\r') {
            text[1] = c == '\t' ? 't' : c == '\n' ? 'n' : 'r', size = 2;
        } else if (c >= ' ' && c < 0x7f) {
            text[0] = raw, size = 1;
        }
        TRY(out.append_ascii({text, size}));
    }
    TRY(out.append_char(uint8_t(quote)));
    return out.finish();
}

}  // namespace

Fallible<Ref<Str>> bytes_repr(std::string_view content, bool smart_quotes) {
    char quote = smart_quotes ? repr_quote(content) : '\'';
    return quoted(content, quote, quote);
}
// bytearray's repr escapes single quotes within double ones as well.
Fallible<Ref<Str>> bytearray_content_repr(std::string_view content) {
    return quoted(content, repr_quote(content), '\'');
}

// The text behind a bytes literal's prefix and quotes. An unknown escape stays as it is and is reported.
Fallible<Ref<Bytes>> bytes_decode_escape(std::string_view text, const char* errors, const char** first_invalid_escape) {
    *first_invalid_escape = nullptr;
    BytesBuilder out;
    TRY(out.reserve(ssize_t(text.size())));
    ErrorMode mode = error_mode(errors);
    const char* p = text.data();
    const char* end = p + text.size();
    auto hex = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    };
    while (p < end) {
        if (*p != '\\') {
            out.append_reserved(uint8_t(*p++));
            continue;
        }
        if (++p == end) return raise(exc::ValueError, "Trailing \\ in string");
        static constexpr char kFrom[] = "\\'\"bftnrva", kTo[] = "\\'\"\b\f\t\n\r\v\a";
        char c = *p++;
        if (c == '\n') continue;
        if (const char* known = static_cast<const char*>(std::memchr(kFrom, c, sizeof kFrom - 1))) {
            out.append_reserved(uint8_t(kTo[known - kFrom]));
        } else if (c >= '0' && c <= '7') {
            int value = c - '0';
            for (int i = 0; i < 2 && p < end && *p >= '0' && *p <= '7'; ++i)
                value = value * 8 + (*p++ - '0');
            if (value > 0377 && !*first_invalid_escape) *first_invalid_escape = p - 3;
            out.append_reserved(uint8_t(value));
        } else if (c == 'x') {
            if (p + 1 < end && hex(p[0]) >= 0 && hex(p[1]) >= 0) {
                out.append_reserved(uint8_t(hex(p[0]) << 4 | hex(p[1])));
                p += 2;
                continue;
            }
            if (mode == ErrorMode::Strict)
                return raise(exc::ValueError, "invalid \\x escape at position %zd", p - 2 - text.data());
            if (mode == ErrorMode::Replace)
                out.append_reserved('?');
            else if (mode != ErrorMode::Ignore)
                return raise(exc::ValueError, "decoding error; unknown error handling code: %.400s", errors);
            if (p < end && hex(*p) >= 0) ++p;
        } else {
            if (!*first_invalid_escape) *first_invalid_escape = p - 1;
            out.append_reserved('\\');
            --p;
            out.append_reserved(uint8_t(*p++));
        }
    }
    return out.finish();
}

}  // namespace py
