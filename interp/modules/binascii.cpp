// binascii: binary data to and from ASCII texts.
#include <zlib.h>

#include <climits>
#include <cstring>
#include <string>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

Object* binascii_error = nullptr;
Object* binascii_incomplete = nullptr;
Type* error_type() { return static_cast<Type*>(static_cast<VarObject*>(binascii_error)); }

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Text arguments: bytes-like, or str of ASCII characters only.
struct AsciiView {
    BufferView buffer;
    std::string_view text;
    Fallible<void> open(Object* object) {
        if (is_str(object)) {
            if (!as_str(object)->ascii) return raise(exc::ValueError, "string argument should contain only ASCII characters");
            text = as_str(object)->ascii_view();
            return {};
        }
        if (!has_buffer(object))
            return raise(exc::TypeError, "argument should be bytes, buffer or ASCII string, not '%T'", object);
        TRY(buffer.open(object));
        text = buffer.view();
        return {};
    }
};

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// binascii.unhexlify(hexstr, /)
Fallible<Ref<>> binascii_unhexlify(Object*, Object* argument) {
    AsciiView view;
    TRY(view.open(argument));
    if (view.text.size() % 2) return raise(error_type(), "Odd-length string");
    std::string out;
    out.reserve(view.text.size() / 2);
    for (size_t i = 0; i < view.text.size(); i += 2) {
        int high = hex_value(view.text[i]), low = hex_value(view.text[i + 1]);
        if (high < 0 || low < 0) return raise(error_type(), "Non-hexadecimal digit found");
        out.push_back(char(high << 4 | low));
    }
    return TRY(bytes_from(out));
}
// One byte, any: a str gives those up to 255.
Fallible<char> separator_of(Object* separator) {
    if (TRY(length(separator)) != 1) return raise(exc::ValueError, "sep must be length 1.");
    if (is_bytes(separator)) return as_bytes(separator)->data[0];
    if (!is_str(separator)) return raise(exc::TypeError, "sep must be str or bytes.");
    uint32_t c = as_str(separator)->at(0);
    if (c > 255) return raise(exc::ValueError, "sep must be ASCII.");
    return char(c);
}
// binascii.hexlify(data, sep=<unrepresentable>, bytes_per_sep=1)
Fallible<Ref<>> binascii_hexlify(Object*, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    int group = a[2] ? TRY(as_c_int(a[2])) : 1;
    char separator = a[1] ? TRY(separator_of(a[1])) : '\0';
    auto width = size_t(std::abs(int64_t(group)));
    std::string out;
    size_t size = size_t(view.size());
    for (size_t i = 0; i < size; ++i) {
        bool boundary = group > 0 ? (size - i) % width == 0 : group < 0 && i % width == 0;
        if (a[1] && i && width && boundary) out.push_back(separator);
        uint8_t c = uint8_t(view.data()[i]);
        out.push_back("0123456789abcdef"[c >> 4]);
        out.push_back("0123456789abcdef"[c & 15]);
    }
    return TRY(bytes_from(out));
}

// binascii.b2a_base64(data, /, *, newline=True)
Fallible<Ref<>> binascii_b2a_base64(Object*, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    bool newline = a[1] ? TRY(is_true(a[1])) : true;
    auto* in = reinterpret_cast<const uint8_t*>(view.data());
    ssize_t size = view.size();
    Ref<Bytes> bytes = TRY(bytes_new((size + 2) / 3 * 4 + newline));
    char* out = bytes->data;
    for (ssize_t i = 0; i < size; i += 3) {
        ssize_t left = size - i;
        uint32_t group = uint32_t(in[i]) << 16 | (left > 1 ? uint32_t(in[i + 1]) << 8 : 0) | (left > 2 ? in[i + 2] : 0);
        *out++ = kBase64[group >> 18];
        *out++ = kBase64[group >> 12 & 63];
        *out++ = left > 1 ? kBase64[group >> 6 & 63] : '=';
        *out++ = left > 2 ? kBase64[group & 63] : '=';
    }
    if (newline) {
        if (bytes->size == 1) return TRY(bytes_from("\n"));
        *out = '\n';
    }
    return bytes;
}

// binascii.a2b_base64(data, /, *, strict_mode=False)
Fallible<Ref<>> binascii_a2b_base64(Object*, Object* const* a) {
    AsciiView view;
    TRY(view.open(a[0]));
    bool strict = a[1] && TRY(is_true(a[1]));
    std::string out;
    out.reserve(view.text.size() / 4 * 3 + 3);
    if (strict && !view.text.empty() && view.text[0] == '=') return raise(error_type(), "Leading padding not allowed");
    int quad = 0, pads = 0;
    unsigned left = 0;
    bool padding_started = false;
    for (size_t i = 0; i < view.text.size(); ++i) {
        char c = view.text[i];
        if (c == '=') {
            padding_started = true;
            if (quad >= 2 && quad + ++pads >= 4) {
                if (strict && i + 1 < view.text.size()) return raise(error_type(), "Excess data after padding");
                return TRY(bytes_from(out));
            }
            continue;
        }
        int value = base64_value(c);
        if (value < 0) {
            if (strict) return raise(error_type(), "Only base64 data is allowed");
            continue;
        }
        if (strict && padding_started) return raise(error_type(), "Discontinuous padding not allowed");
        pads = 0;
        switch (quad) {
            case 0: left = unsigned(value); break;
            case 1: out.push_back(char(left << 2 | unsigned(value) >> 4)); left = unsigned(value) & 15; break;
            case 2: out.push_back(char(left << 4 | unsigned(value) >> 2)); left = unsigned(value) & 3; break;
            case 3: out.push_back(char(left << 6 | unsigned(value))); left = 0; break;
        }
        quad = (quad + 1) % 4;
    }
    if (quad == 1)
        return raise(error_type(), "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 more than a multiple of 4",
                     ssize_t(out.size() / 3 * 4 + 1));
    if (quad) return raise(error_type(), "Incorrect padding");
    return TRY(bytes_from(out));
}

// binascii.b2a_uu(data, /, *, backtick=False)
Fallible<Ref<>> binascii_b2a_uu(Object*, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    bool backtick = a[1] && TRY(is_true(a[1]));
    if (view.size() > 45) return raise(error_type(), "At most 45 bytes at once");
    auto encode = [&](unsigned v) { return v || !backtick ? char(v + ' ') : '`'; };
    std::string out(1, view.size() || !backtick ? char(view.size() + ' ') : '`');
    auto* in = reinterpret_cast<const uint8_t*>(view.data());
    for (ssize_t i = 0; i < view.size(); i += 3) {
        uint32_t group = uint32_t(in[i]) << 16 | (i + 1 < view.size() ? uint32_t(in[i + 1]) << 8 : 0) | (i + 2 < view.size() ? in[i + 2] : 0);
        for (int shift = 18; shift >= 0; shift -= 6) out.push_back(encode(group >> shift & 63));
    }
    out.push_back('\n');
    return TRY(bytes_from(out));
}
// binascii.a2b_uu(data, /)
Fallible<Ref<>> binascii_a2b_uu(Object*, Object* argument) {
    AsciiView view;
    TRY(view.open(argument));
    // The length stands in front; an empty line counts as a zero byte.
    size_t wanted = ((view.text.empty() ? 0 : uint8_t(view.text[0])) - ' ') & 63, at = 1;
    std::string out;
    uint32_t left = 0;
    for (int bits = 0; out.size() < wanted;) {
        // The end of a line that lost its blanks stands for blanks.
        char c = at < view.text.size() ? view.text[at++] : '\n';
        uint32_t value = 0;
        if (c != '\n' && c != '\r') {
            if (c < ' ' || c > ' ' + 64) return raise(error_type(), "Illegal char");
            value = uint32_t(c - ' ') & 63;
        }
        left = left << 6 | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(char(left >> bits & 0xff));
        }
    }
    while (at < view.text.size()) {
        char c = view.text[at++];
        if (c != ' ' && c != ' ' + 64 && c != '\n' && c != '\r') return raise(error_type(), "Trailing garbage");
    }
    return TRY(bytes_from(out));
}

// binascii.crc_hqx(data, crc, /)
Fallible<Ref<>> binascii_crc_hqx(Object*, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    unsigned crc = unsigned(as_uint64_masked(TRY(index(a[1])).get())) & 0xffff;
    for (char c : view.view()) {
        crc ^= unsigned(uint8_t(c)) << 8;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
    }
    return TRY(int_from(crc));
}
// binascii.crc32(data, crc=0, /)
Fallible<Ref<>> binascii_crc32(Object*, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    uLong crc = a[1] ? uLong(as_uint64_masked(TRY(index(a[1])).get())) & 0xffffffff : 0;
    crc = crc32_z(crc, reinterpret_cast<const Bytef*>(view.data()), z_size_t(view.size()));
    return TRY(int_from_unsigned(crc & 0xffffffff));
}

// binascii.a2b_qp(data, header=False)
Fallible<Ref<>> binascii_a2b_qp(Object*, Object* const* a) {
    AsciiView view;
    TRY(view.open(a[0]));
    bool header = a[1] && TRY(is_true(a[1]));
    std::string_view in = view.text;
    std::string out;
    for (size_t i = 0; i < in.size();) {
        if (in[i] == '=') {
            if (++i >= in.size()) break;
            if (in[i] == '\n' || in[i] == '\r') {
                // A soft line break: everything to the end of the line goes.
                while (i < in.size() && in[i] != '\n') ++i;
                if (i < in.size()) ++i;
            } else if (in[i] == '=') {
                out.push_back('=');
                ++i;
            } else if (i + 1 < in.size() && hex_value(in[i]) >= 0 && hex_value(in[i + 1]) >= 0) {
                out.push_back(char(hex_value(in[i]) << 4 | hex_value(in[i + 1])));
                i += 2;
            } else {
                out.push_back('=');
            }
        } else if (header && in[i] == '_') {
            out.push_back(' ');
            ++i;
        } else {
            out.push_back(in[i++]);
        }
    }
    return TRY(bytes_from(out));
}
// binascii.b2a_qp(data, quotetabs=False, istext=True, header=False)
Fallible<Ref<>> binascii_b2a_qp(Object*, Object* const* a) {
    BufferView view;
    TRY(view.open(a[0]));
    bool quote_tabs = a[1] && TRY(is_true(a[1]));
    bool text = a[2] ? TRY(is_true(a[2])) : true;
    bool header = a[3] && TRY(is_true(a[3]));
    std::string_view in = view.view();
    size_t first_newline = in.find('\n');
    bool crlf = first_newline != std::string_view::npos && first_newline > 0 && in[first_newline - 1] == '\r';
    std::string out;
    size_t line = 0;
    auto soft_break = [&] {
        out += crlf ? "=\r\n" : "=\n";
        line = 0;
    };
    for (size_t i = 0; i < in.size(); ++i) {
        uint8_t c = uint8_t(in[i]);
        bool end_follows = i + 1 == in.size() || (text && (in[i + 1] == '\n' || (in[i + 1] == '\r' && i + 2 < in.size() && in[i + 2] == '\n')));
        bool newline_here = text && (c == '\n' || (c == '\r' && i + 1 < in.size() && in[i + 1] == '\n'));
        if (newline_here) {
            out += crlf ? "\r\n" : "\n";
            if (c == '\r') ++i;
            line = 0;
            continue;
        }
        bool quote = c > 126 || c == '=' || (header && c == '_') || (c == '.' && line == 0 && (i + 1 == in.size() || in[i + 1] == '\n' || in[i + 1] == '\r' || in[i + 1] == 0)) ||
                     (!text && (c == '\r' || c == '\n')) || ((c == '\t' || c == ' ') && (quote_tabs || (header && c == ' ' ? i + 1 == in.size() : end_follows))) ||
                     (c < 33 && c != '\r' && c != '\n' && c != '\t' && c != ' ');
        size_t width = quote ? 3 : 1;
        bool line_ends = !quote && (i + 1 == in.size() || in[i + 1] == '\n');
        if (line + width >= 76 && !line_ends) soft_break();
        if (quote) {
            out.push_back('=');
            out.push_back("0123456789ABCDEF"[c >> 4]);
            out.push_back("0123456789ABCDEF"[c & 15]);
        } else {
            out.push_back(header && c == ' ' ? '_' : char(c));
        }
        line += width;
    }
    return TRY(bytes_from(out));
}

MethodDef binascii_functions[] = {
    METHOD("a2b_base64", or_memory_error_of<binascii_a2b_base64>, "($module, data, /, *, strict_mode=False)", "Decode base64 text."),
    METHOD_O("a2b_hex", or_memory_error_of<binascii_unhexlify>, "($module, hexstr, /)", "Decode hexadecimal text."),
    METHOD("a2b_qp", or_memory_error_of<binascii_a2b_qp>, "($module, /, data, header=False)", "Decode quoted-printable text."),
    METHOD_O("a2b_uu", or_memory_error_of<binascii_a2b_uu>, "($module, data, /)", "Decode a line of uuencoded text."),
    METHOD("b2a_base64", binascii_b2a_base64, "($module, data, /, *, newline=True)", "Encode as base64."),
    METHOD("b2a_hex", or_memory_error_of<binascii_hexlify>, "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", "Encode as hexadecimal text."),
    METHOD("b2a_qp", or_memory_error_of<binascii_b2a_qp>, "($module, /, data, quotetabs=False, istext=True, header=False)", "Encode as quoted-printable."),
    METHOD("b2a_uu", or_memory_error_of<binascii_b2a_uu>, "($module, data, /, *, backtick=False)", "Encode as a uuencoded line."),
    METHOD("crc32", binascii_crc32, "($module, data, crc=0, /)", "CRC-32 checksum."),
    METHOD("crc_hqx", binascii_crc_hqx, "($module, data, crc, /)", "CRC-CCITT checksum."),
    METHOD("hexlify", or_memory_error_of<binascii_hexlify>, "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", "Encode as hexadecimal text."),
    METHOD_O("unhexlify", or_memory_error_of<binascii_unhexlify>, "($module, hexstr, /)", "Decode hexadecimal text."),
    END_ROW,
};

Fallible<void> binascii_execute(Module* module) {
    Ref<> error = TRY(exception_type_new("binascii.Error", exc::ValueError, nullptr));
    binascii_error = error.get();
    TRY(module_add(module, "Error", std::move(error)));
    Ref<> incomplete = TRY(exception_type_new("binascii.Incomplete", exc::Exception, nullptr));
    binascii_incomplete = incomplete.get();
    return module_add(module, "Incomplete", std::move(incomplete));
}

}  // namespace

extern const NativeModule binascii_module;
const NativeModule binascii_module = {"binascii", "Conversion between binary data and ASCII.", binascii_functions, binascii_execute};

}  // namespace py
