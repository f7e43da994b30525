// UTF-8 (RFC 3629; malformed ranges as the Unicode standard's "maximal subparts", table 3-8).
#include <cstring>

#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

constexpr char kInvalidStart[] = "invalid start byte";
constexpr char kInvalidContinuation[] = "invalid continuation byte";
constexpr char kUnexpectedEnd[] = "unexpected end of data";
constexpr char kSurrogates[] = "surrogates not allowed";

// Length of the sequence at p when positive, and *ch; 0: cut off by the end; negative: -n bytes are malformed.
int read_sequence(const uint8_t* p, const uint8_t* end, uint32_t* ch) {
    uint8_t lead = *p;
    if (lead < 0x80) {
        *ch = lead;
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4) return -1;
    int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    uint32_t value = lead & (0x7f >> length);
    for (int i = 1; i < length; ++i) {
        if (p + i == end) return 0;
        if (p[i] < low || p[i] > high) return -i;
        low = 0x80, high = 0xbf;
        value = value << 6 | (p[i] & 63);
    }
    *ch = value;
    return length;
}

size_t ascii_prefix(std::string_view bytes, size_t from) {
    size_t i = from;
    while (i + 8 <= bytes.size()) {
        uint64_t word;
        std::memcpy(&word, bytes.data() + i, 8);
        if (word & 0x8080808080808080u) break;
        i += 8;
    }
    while (i < bytes.size() && uint8_t(bytes[i]) < 0x80)
        ++i;
    return i;
}

// The well-formed prefix: its bytes, code points, and the union of their bits.
struct Measure {
    size_t bytes = 0;
    ssize_t length = 0;
    uint32_t bits = 0;
};
Measure measure(std::string_view bytes) {
    Measure m;
    auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    auto* end = data + bytes.size();
    while (m.bytes < bytes.size()) {
        if (data[m.bytes] < 0x80) {
            size_t next = ascii_prefix(bytes, m.bytes);
            m.length += ssize_t(next - m.bytes);
            m.bytes = next;
            continue;
        }
        uint32_t ch;
        int step = read_sequence(data + m.bytes, end, &ch);
        if (step <= 0) break;
        m.bits |= ch;
        m.bytes += size_t(step);
        ++m.length;
    }
    return m;
}
// Decodes a measured prefix.
template <class T>
void decode_units(const uint8_t* p, const uint8_t* end, T* out) {
    while (p < end) {
        uint8_t lead = *p;
        if (lead < 0x80) {
            *out++ = lead;
            ++p;
        } else if (lead < 0xe0) {
            *out++ = T((lead & 31u) << 6 | (p[1] & 63u));
            p += 2;
        } else if (lead < 0xf0) {
            *out++ = T((lead & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u));
            p += 3;
        } else {
            *out++ = T((lead & 7u) << 18 | (p[1] & 63u) << 12 | (p[2] & 63u) << 6 | (p[3] & 63u));
            p += 4;
        }
    }
}
uint32_t bound_of_bits(uint32_t bits) {
    return bits < 0x80 ? 0x7f : bits < 0x100 ? 0xff : bits < 0x10000 ? 0xffff : 0x10ffff;
}

Fallible<Ref<Str>> decode_measured(std::string_view bytes, const Measure& m) {
    auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    if (m.length == 1) {
        uint32_t ch = 0;
        read_sequence(data, data + bytes.size(), &ch);
        return str_from_char(ch);
    }
    Ref<Str> text = TRY(str_new(m.length, bound_of_bits(m.bits)));
    with_kind(int(text->kind), text->data(), [&](auto* out) { decode_units(data, data + m.bytes, out); });
    return text;
}

// The general decoder: piecewise, through error handlers.
Fallible<Ref<Str>> decode_with_errors(std::string_view bytes, const char* errors, ssize_t* consumed) {
    Decoding run("utf-8", bytes, errors);
    StrBuilder out;
    ssize_t position = 0;
    while (position < run.size()) {
        std::string_view rest = run.input.substr(size_t(position));
        Measure m = measure(rest);
        if (m.length) {
            Ref<Str> part = TRY(decode_measured(rest, m));
            TRY(out.append(part.get()));
            position += ssize_t(m.bytes);
            continue;
        }
        auto* p = reinterpret_cast<const uint8_t*>(rest.data());
        uint32_t ch;
        int step = read_sequence(p, p + rest.size(), &ch);
        // ED A0…BF at the end may become a surrogate that the handler lets pass.
        bool half_surrogate = step == -1 && rest.size() == 2 && p[0] == 0xed && p[1] >= 0xa0 && p[1] <= 0xbf;
        if (consumed && (step == 0 || half_surrogate)) break;
        ssize_t end = step == 0 ? run.size() : position - step;
        const char* reason = step == 0                  ? kUnexpectedEnd
                             : (*p < 0xc2 || *p > 0xf4) ? kInvalidStart
                                                        : kInvalidContinuation;
        TRY(run.malformed(position, end, reason, out, &position));
    }
    if (consumed) *consumed = position;
    return out.finish();
}

template <class T>
char* encode_noting_surrogates(const T* units, ssize_t length, char* out, bool* surrogate) {
    for (ssize_t i = 0; i < length; ++i) {
        uint32_t ch = units[i];
        if (ch < 0x80) {
            *out++ = char(ch);
        } else if (ch < 0x800) {
            *out++ = char(0xc0 | ch >> 6);
            *out++ = char(0x80 | (ch & 63));
        } else if (ch < 0x10000) {
            *surrogate |= ch >= 0xd800 && ch < 0xe000;
            *out++ = char(0xe0 | ch >> 12);
            *out++ = char(0x80 | (ch >> 6 & 63));
            *out++ = char(0x80 | (ch & 63));
        } else {
            *out++ = char(0xf0 | ch >> 18);
            *out++ = char(0x80 | (ch >> 12 & 63));
            *out++ = char(0x80 | (ch >> 6 & 63));
            *out++ = char(0x80 | (ch & 63));
        }
    }
    return out;
}
template <class T>
char* encode_units(const T* units, ssize_t length, char* out) {
    bool ignored = false;
    return encode_noting_surrogates(units, length, out, &ignored);
}
// Bytes that the text takes; *surrogate is the position of the first one, or -1.
ssize_t encoded_size(const Str* text, ssize_t* surrogate) {
    *surrogate = -1;
    return with_units(text, [&](auto* units) {
        ssize_t size = text->length;
        for (ssize_t i = 0; i < text->length; ++i) {
            uint32_t ch = units[i];
            size += (ch >= 0x80) + (ch >= 0x800) + (ch >= 0x10000);
            if (ch >= 0xd800 && ch < 0xe000 && *surrogate < 0) *surrogate = i;
        }
        return size;
    });
}
void encode_into(const Str* text, ssize_t start, ssize_t end, char* out) {
    with_units(text, [&](auto* units) { encode_units(units + start, end - start, out); });
}
bool is_surrogate(uint32_t ch) {
    return ch >= 0xd800 && ch < 0xe000;
}

Fallible<Ref<Bytes>> encode_with_errors(Str* text, const char* errors) {
    Encoding run("utf-8", text, errors);
    BytesBuilder out;
    for (ssize_t i = 0; i < text->length;) {
        ssize_t end = i;
        while (end < text->length && !is_surrogate(text->at(end)))
            ++end;
        TRY(out.reserve((end - i) * 4));
        char* start = out.data() + out.size();
        char* stop = with_units(text, [&](auto* units) { return encode_units(units + i, end - i, start); });
        out.truncate(out.size() + (stop - start));
        i = end;
        if (i == text->length) break;
        if (run.mode() == ErrorMode::SurrogateEscape && text->at(i) >= 0xdc80 && text->at(i) <= 0xdcff) {
            TRY(out.append_byte(uint8_t(text->at(i++) - 0xdc00)));
            continue;
        }
        while (end < text->length && is_surrogate(text->at(end)))
            ++end;
        Replacement r = TRY(run.unencodable(i, end, kSurrogates));
        if (r.bytes) {
            TRY(out.append(r.bytes->view()));
        } else {
            if (!r.text->ascii) return run.fail(i, end, kSurrogates);
            TRY(out.append(r.text->ascii_view()));
        }
        i = r.position;
    }
    return out.finish();
}

}  // namespace

Fallible<Ref<Str>> utf8_decode(std::string_view bytes, const char* errors, ssize_t* consumed) {
    if (bytes.empty()) {
        if (consumed) *consumed = 0;
        return str_empty();
    }
    Measure m = measure(bytes);
    if (m.bytes != bytes.size()) return decode_with_errors(bytes, errors, consumed);
    if (consumed) *consumed = ssize_t(bytes.size());
    if (m.bits == 0) return str_from_ascii(bytes);
    return decode_measured(bytes, m);
}
Fallible<Ref<Bytes>> utf8_encode(Str* text, const char* errors) {
    if (text->ascii) return bytes_from(text->ascii_view());
    auto* compact = static_cast<CompactStr*>(text);
    if (compact->utf8) return bytes_from({compact->utf8, size_t(compact->utf8_length)});
    if (text->length > PTRDIFF_MAX / 4) return raise_memory_error();
    // One pass into room for the longest case; the result is then cut to size.
    char local[1024];
    size_t room = size_t(text->length) * (text->kind == 1 ? 2 : text->kind == 2 ? 3 : 4);
    char* buffer = room <= sizeof local ? local : static_cast<char*>(std::malloc(room));
    if (!buffer) return raise_memory_error();
    bool surrogate = false;
    char* end = with_units(
        text, [&](auto* units) { return encode_noting_surrogates(units, text->length, buffer, &surrogate); });
    Fallible<Ref<Bytes>> result =
        surrogate ? encode_with_errors(text, errors) : bytes_from({buffer, size_t(end - buffer)});
    if (buffer != local) std::free(buffer);
    return result;
}
Fallible<Ref<Bytes>> str_as_utf8_bytes(Str* text) {
    return utf8_encode(text, nullptr);
}

Fallible<Ref<Str>> str_from_utf8(std::string_view utf8) {
    return utf8_decode(utf8, nullptr, nullptr);
}
Fallible<Ref<Str>> str_from_utf8_surrogatepass(std::string_view utf8) {
    return utf8_decode(utf8, "surrogatepass", nullptr);
}

Fallible<std::string_view> str_utf8(Str* text) {
    if (text->ascii) return text->ascii_view();
    auto* compact = static_cast<CompactStr*>(text);
    if (!compact->utf8) {
        ssize_t surrogate;
        ssize_t size = encoded_size(text, &surrogate);
        if (surrogate >= 0) {
            ssize_t end = surrogate;
            while (end < text->length && is_surrogate(text->at(end)))
                ++end;
            return raise_encode_error("utf-8", text, surrogate, end, kSurrogates);
        }
        char* block = static_cast<char*>(allocate(size_t(size) + 1));
        if (!block) return raise_memory_error();
        encode_into(text, 0, text->length, block);
        block[size] = 0;
        compact->utf8 = block;
        compact->utf8_length = size;
    }
    return std::string_view{compact->utf8, size_t(compact->utf8_length)};
}

Fallible<std::string_view> str_c_string(Str* text) {
    std::string_view utf8 = TRY(str_utf8(text));
    if (utf8.find('\0') != utf8.npos) return raise(exc::ValueError, "embedded null character");
    return utf8;
}

void str_append_escaped(Str* text, char* buffer, size_t size) {
    size_t at = std::strlen(buffer);
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t ch = text->at(i);
        char piece[8];
        int length = is_surrogate(ch) ? std::snprintf(piece, sizeof piece, "\\u%04x", unsigned(ch))
                                      : int(encode_units(&ch, 1, piece) - piece);
        if (at + size_t(length) + 1 > size) break;
        std::memcpy(buffer + at, piece, size_t(length));
        at += size_t(length);
    }
    if (size) buffer[at] = 0;
}

}  // namespace py
