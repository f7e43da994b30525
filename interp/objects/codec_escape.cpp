// The unicode-escape and raw-unicode-escape codecs (language reference, "String and Bytes literals").
#include <cstring>

#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/str_kind.h"
#include "interp/objects/unicode_names.h"

namespace py {

namespace {

constexpr char kHex[] = "0123456789abcdef";

int hex_value(uint32_t c) {
    if (c >= '0' && c <= '9') return int(c - '0');
    c |= 32;
    return c >= 'a' && c <= 'f' ? int(c - 'a' + 10) : -1;
}
// Result of reading one escape: done, malformed, or cut off by the end.
enum class Escape { Done, Malformed, Incomplete };

// Reads `count` hexadecimal digits at position.
Escape read_hex(const Decoding& run, ssize_t& position, int count, uint32_t* value) {
    *value = 0;
    for (; count > 0; --count, ++position) {
        if (position >= run.size()) return Escape::Incomplete;
        int digit = hex_value(run.at(position));
        if (digit < 0) return Escape::Malformed;
        *value = *value << 4 | uint32_t(digit);
    }
    return Escape::Done;
}
struct EscapeState {
    const char* message = nullptr;
    InvalidEscape* invalid;
    void report(const Decoding& run, ssize_t at, ssize_t size) {
        if (!invalid->found) std::memcpy(invalid->text, run.input.data() + at, size_t(size));
        invalid->found = true;
    }
};
Fallible<Escape> read_name(Decoding& run, ssize_t& position, EscapeState& state, StrBuilder& out) {
    state.message = "malformed \\N character escape";
    if (position >= run.size()) return Escape::Incomplete;
    if (run.at(position) != '{') return Escape::Malformed;
    ssize_t start = ++position;
    while (position < run.size() && run.at(position) != '}')
        ++position;
    if (position >= run.size()) return Escape::Incomplete;
    if (position == start) return Escape::Malformed;  // up to the brace, which is text again
    std::string_view name = run.input.substr(size_t(start), size_t(position - start));
    ++position;
    int64_t code = unicode_from_name(name);
    state.message = "unknown Unicode character name";
    if (code < 0) return Escape::Malformed;
    TRY(out.append_char(uint32_t(code)));
    return Escape::Done;
}
// Behind the backslash.
Fallible<Escape> read_escape(Decoding& run, ssize_t& position, EscapeState& state, StrBuilder& out) {
    state.message = "\\ at end of string";
    if (position >= run.size()) return Escape::Incomplete;
    char c = char(run.at(position++));
    if (c == '\n') return Escape::Done;
    static constexpr char kFrom[] = "\\'\"bftnrva", kTo[] = "\\'\"\b\f\t\n\r\v\a";
    if (const void* known = std::memchr(kFrom, c, sizeof kFrom - 1)) {
        TRY(out.append_char(uint8_t(kTo[static_cast<const char*>(known) - kFrom])));
        return Escape::Done;
    }
    if (c >= '0' && c <= '7') {
        uint32_t value = uint32_t(c - '0');
        for (int i = 0; i < 2 && position < run.size() && run.at(position) >= '0' && run.at(position) <= '7'; ++i)
            value = value * 8 + uint32_t(run.at(position++) - '0');
        if (value > 0377) state.report(run, position - 3, 3);
        TRY(out.append_char(value));
        return Escape::Done;
    }
    if (c == 'x' || c == 'u' || c == 'U') {
        state.message = c == 'x'   ? "truncated \\xXX escape"
                        : c == 'u' ? "truncated \\uXXXX escape"
                                   : "truncated \\UXXXXXXXX escape";
        uint32_t value;
        Escape outcome = read_hex(run, position, c == 'x' ? 2 : c == 'u' ? 4 : 8, &value);
        if (outcome != Escape::Done) return outcome;
        state.message = "illegal Unicode character";
        if (value > 0x10ffff) return Escape::Malformed;
        TRY(out.append_char(value));
        return Escape::Done;
    }
    if (c == 'N') return read_name(run, position, state, out);
    state.report(run, position - 1, 1);
    TRY(out.append_char('\\'));
    TRY(out.append_char(uint8_t(c)));
    return Escape::Done;
}
Fallible<Escape> read_raw_escape(Decoding& run, ssize_t& position, EscapeState& state, StrBuilder& out) {
    state.message = "\\ at end of string";
    if (position >= run.size()) return Escape::Incomplete;
    uint8_t c = run.at(position++);
    if (c != 'u' && c != 'U') {
        TRY(out.append_char('\\'));
        TRY(out.append_char(c));
        return Escape::Done;
    }
    state.message = c == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
    uint32_t value;
    Escape outcome = read_hex(run, position, c == 'u' ? 4 : 8, &value);
    if (outcome != Escape::Done) return outcome;
    state.message = "\\Uxxxxxxxx out of range";
    if (value > 0x10ffff) return Escape::Malformed;
    TRY(out.append_char(value));
    return Escape::Done;
}

template <auto ReadEscape, bool Raw>
Fallible<Ref<Str>> decode_escapes(const char* encoding, std::string_view bytes, const char* errors, ssize_t* consumed,
                                  InvalidEscape* first_invalid) {
    Decoding run(encoding, bytes, errors);
    StrBuilder out;
    TRY(out.reserve(ssize_t(bytes.size()), 0x7f));
    ssize_t position = 0;
    while (position < run.size()) {
        uint8_t c = run.at(position);
        bool literal_end = Raw && position + 1 >= run.size() && !consumed;
        if (c != '\\' || literal_end) {
            TRY(out.append_char(c));
            ++position;
            continue;
        }
        EscapeState state{nullptr, first_invalid};
        ssize_t end = position + 1;
        Escape outcome = TRY(ReadEscape(run, end, state, out));
        if (outcome == Escape::Done) {
            position = end;
            continue;
        }
        if (outcome == Escape::Incomplete && consumed) break;
        TRY(run.malformed(position, end, state.message, out, &position));
    }
    if (consumed) *consumed = position;
    return out.finish();
}
Fallible<void> put_escape(BytesBuilder& out, uint32_t ch) {
    TRY(out.reserve(10));
    int digits = ch > 0xffff ? 8 : ch > 0xff ? 4 : 2;
    out.append_reserved('\\');
    out.append_reserved(digits == 8 ? 'U' : digits == 4 ? 'u' : 'x');
    for (int i = digits - 1; i >= 0; --i)
        out.append_reserved(uint8_t(kHex[(ch >> (4 * i)) & 15]));
    return {};
}

}  // namespace

Fallible<Ref<Str>> unicode_escape_decode(std::string_view bytes, const char* errors, ssize_t* consumed,
                                         InvalidEscape* first_invalid) {
    return decode_escapes<read_escape, false>("unicodeescape", bytes, errors, consumed, first_invalid);
}
Fallible<Ref<Str>> raw_unicode_escape_decode(std::string_view bytes, const char* errors, ssize_t* consumed) {
    InvalidEscape unused;
    return decode_escapes<read_raw_escape, true>("rawunicodeescape", bytes, errors, consumed, &unused);
}
Fallible<Ref<Bytes>> unicode_escape_encode(Str* text) {
    BytesBuilder out;
    TRY(out.reserve(text->length));
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t ch = text->at(i);
        char shorthand = ch == '\\' ? '\\' : ch == '\t' ? 't' : ch == '\n' ? 'n' : ch == '\r' ? 'r' : 0;
        if (shorthand) {
            TRY(out.append_byte('\\'));
            TRY(out.append_byte(uint8_t(shorthand)));
        } else if (ch >= ' ' && ch < 0x7f) {
            TRY(out.append_byte(uint8_t(ch)));
        } else {
            TRY(put_escape(out, ch));
        }
    }
    return out.finish();
}
Fallible<Ref<Bytes>> raw_unicode_escape_encode(Str* text) {
    BytesBuilder out;
    TRY(out.reserve(text->length));
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t ch = text->at(i);
        if (ch < 256)
            TRY(out.append_byte(uint8_t(ch)));
        else
            TRY(put_escape(out, ch));
    }
    return out.finish();
}

}  // namespace py
