// UTF-7 (RFC 2152).
#include <cstring>

#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_value(uint32_t c) {
    if (c >= 'A' && c <= 'Z') return int(c - 'A');
    if (c >= 'a' && c <= 'z') return int(c - 'a' + 26);
    if (c >= '0' && c <= '9') return int(c - '0' + 52);
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}
bool is_direct(uint32_t c) {
    return c < 0x80 && c != '+';
}

// A base64 section: bits not yet made into a UTF-16 unit, and a high surrogate that waits for its partner.
struct Section {
    ssize_t start = 0;   // of the '+'
    ssize_t length = 0;  // of the output when it began
    uint32_t buffer = 0, bits = 0, high = 0;
    bool open = false;
};

Fallible<void> put_unit(Section& section, StrBuilder& out, uint32_t unit) {
    if (section.high) {
        uint32_t high = std::exchange(section.high, 0);
        if (unit >= 0xdc00 && unit < 0xe000)
            return out.append_char(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
        TRY(out.append_char(high));
    }
    if (unit >= 0xd800 && unit < 0xdc00) {
        section.high = unit;
        return {};
    }
    return out.append_char(unit);
}
// What is wrong with the bits left at the end of a section, or null.
const char* leftover_error(const Section& section) {
    if (section.bits >= 6) return "partial character in shift sequence";
    if (section.bits > 0 && section.buffer != 0) return "non-zero padding bits in shift sequence";
    return nullptr;
}
// One step inside a section. Returns the error's text or null; moves position.
Fallible<const char*> step_inside(Decoding& run, Section& section, StrBuilder& out, ssize_t& position) {
    uint32_t c = run.at(position);
    int value = base64_value(c);
    if (value >= 0) {
        ++position;
        section.buffer = section.buffer << 6 | uint32_t(value);
        section.bits += 6;
        if (section.bits >= 16) {
            section.bits -= 16;
            uint32_t unit = section.buffer >> section.bits;
            section.buffer &= (1u << section.bits) - 1;
            TRY(put_unit(section, out, unit));
        }
        return static_cast<const char*>(nullptr);
    }
    section.open = false;
    if (const char* error = leftover_error(section)) {
        ++position;
        return error;
    }
    if (section.high && is_direct(c)) TRY(out.append_char(section.high));
    section.high = 0;
    if (c == '-') ++position;
    return static_cast<const char*>(nullptr);
}

}  // namespace

Fallible<Ref<Str>> utf7_decode(std::string_view bytes, const char* errors, ssize_t* consumed) {
    Decoding run("utf7", bytes, errors);
    StrBuilder out;
    Section section;
    ssize_t position = 0;
    while (true) {
        while (position < run.size()) {
            const char* error = nullptr;
            uint32_t c = run.at(position);
            if (section.open) {
                error = TRY(step_inside(run, section, out, position));
            } else if (c == '+') {
                section.start = position++;
                bool more = position < run.size();
                if (more && run.at(position) == '-') {
                    ++position;
                    TRY(out.append_char('+'));
                } else if (more && base64_value(run.at(position)) < 0) {
                    ++position;
                    error = "ill-formed sequence";
                } else {
                    section = {section.start, out.length(), 0, 0, 0, true};
                }
            } else if (is_direct(c)) {
                ++position;
                TRY(out.append_char(c));
            } else {
                section.start = position++;
                error = "unexpected special character";
            }
            if (error) TRY(run.malformed(section.start, position, error, out, &position));
        }
        if (!section.open || consumed) break;
        section.open = false;
        if (!section.high && !leftover_error(section)) break;
        TRY(run.malformed(section.start, run.size(), "unterminated shift sequence", out, &position));
        if (position >= run.size()) break;
    }
    if (consumed) {
        *consumed = section.open ? section.start : position;
        if (section.open) TRY(out.truncate(section.length));
    }
    return out.finish();
}

Fallible<Ref<Bytes>> utf7_encode(Str* text, bool base64_set_o, bool base64_whitespace, const char* errors) {
    // RFC 2152 rules 1 and 3: sets D and O, and blanks.
    auto direct = [&](uint32_t c) {
        if (c == 0 || c >= 0x7f || c == '\\' || c == '~' || c == '+') return false;
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return !base64_whitespace;
        if (c < ' ') return false;
        return !base64_set_o || !std::strchr("!\"#$%&*;<=>@[]^_`{|}", int(c));
    };
    BytesBuilder out;
    uint32_t buffer = 0, bits = 0;
    bool inside = false;
    auto put_unit = [&](uint32_t unit) {
        bits += 16;
        buffer = buffer << 16 | unit;
        for (; bits >= 6; bits -= 6)
            out.append_reserved(uint8_t(kDigits[(buffer >> (bits - 6)) & 63]));
    };
    auto flush = [&] {
        if (bits) out.append_reserved(uint8_t(kDigits[(buffer << (6 - bits)) & 63]));
        bits = buffer = 0;
    };
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        TRY(out.reserve(12));
        if (direct(c)) {
            if (inside) {
                flush();
                inside = false;
                if (base64_value(c) >= 0 || c == '-') out.append_reserved('-');
            }
            out.append_reserved(uint8_t(c));
            continue;
        }
        if (!inside && c == '+') {
            out.append_reserved('+');
            out.append_reserved('-');
            continue;
        }
        if (!inside) out.append_reserved('+');
        inside = true;
        if (c >= 0x10000) {
            put_unit(0xd7c0 + (c >> 10));
            c = 0xdc00 | (c & 0x3ff);
        }
        put_unit(c);
    }
    TRY(out.reserve(2));
    flush();
    if (inside) out.append_reserved('-');
    return out.finish();
}

}  // namespace py
