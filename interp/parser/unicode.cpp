// UTF-8 coding; the tables behind the rest are in unicode_tables.cpp.
#include "interp/parser/unicode.h"

namespace py::parser {
namespace {

// Length of the well-formed sequence at `p`; 0: malformed, `*bad` is how many bytes one replacement character stands
// for.
int sequence_length(const unsigned char* p, const unsigned char* end, int* bad) {
    unsigned char c = *p;
    *bad = 1;
    if (c < 0x80) return 1;
    if (c < 0xC2 || c > 0xF4) return 0;
    int length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    for (int i = 1; i < length; i++) {
        unsigned char low = 0x80, high = 0xBF;
        if (i == 1 && c == 0xE0) low = 0xA0;
        if (i == 1 && c == 0xED) high = 0x9F;
        if (i == 1 && c == 0xF0) low = 0x90;
        if (i == 1 && c == 0xF4) high = 0x8F;
        if (p + i >= end || p[i] < low || p[i] > high) {
            *bad = i;
            return 0;
        }
    }
    return length;
}

}  // namespace

uint32_t decode_utf8(const char*& p, const char* end) {
    auto* u = reinterpret_cast<const unsigned char*>(p);
    int bad = 1;
    int length = sequence_length(u, reinterpret_cast<const unsigned char*>(end), &bad);
    if (length == 0 && *u == 0xED && end - p >= 3 && (u[1] & 0xE0) == 0xA0 && (u[2] & 0xC0) == 0x80) length = 3;
    switch (length) {
        case 1: p += 1; return u[0];
        case 2: p += 2; return (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
        case 3: p += 3; return (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
        case 4: p += 4; return (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 | (u[3] & 0x3Fu);
        default: p += 1; return 0xFFFD;
    }
}

int encode_utf8(uint32_t code, char* out) {
    if (code < 0x80) {
        out[0] = static_cast<char>(code);
        return 1;
    }
    if (code < 0x800) {
        out[0] = static_cast<char>(0xC0 | code >> 6);
        out[1] = static_cast<char>(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = static_cast<char>(0xE0 | code >> 12);
        out[1] = static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out[2] = static_cast<char>(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = static_cast<char>(0xF0 | code >> 18);
    out[1] = static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out[2] = static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out[3] = static_cast<char>(0x80 | (code & 0x3F));
    return 4;
}

int count_code_points(std::string_view text) {
    auto* p = reinterpret_cast<const unsigned char*>(text.data());
    auto* end = p + text.size();
    int count = 0;
    while (p < end) {
        int bad;
        int length = sequence_length(p, end, &bad);
        p += length != 0 ? length : bad;
        count++;
    }
    return count;
}

size_t valid_utf8_prefix(std::string_view text) {
    auto* begin = reinterpret_cast<const unsigned char*>(text.data());
    auto* p = begin;
    auto* end = p + text.size();
    while (p < end) {
        int bad;
        int length = sequence_length(p, end, &bad);
        if (length == 0) break;
        p += length;
    }
    return static_cast<size_t>(p - begin);
}

std::string_view replace_malformed(std::string_view text, ast::Arena& arena) {
    if (valid_utf8_prefix(text) == text.size()) return arena.copy(text);
    ast::Buffer<char> out;
    auto* p = reinterpret_cast<const unsigned char*>(text.data());
    auto* end = p + text.size();
    while (p < end) {
        int bad;
        int length = sequence_length(p, end, &bad);
        if (length != 0)
            out.append(reinterpret_cast<const char*>(p), static_cast<size_t>(length));
        else
            out.append("\xEF\xBF\xBD", 3);
        p += length != 0 ? length : bad;
    }
    return arena.copy({out.data(), out.size()});
}

Utf8Error find_utf8_error(std::string_view text) {
    size_t first = valid_utf8_prefix(text);
    auto* p = reinterpret_cast<const unsigned char*>(text.data()) + first;
    auto* end = reinterpret_cast<const unsigned char*>(text.data()) + text.size();
    if (*p < 0xC2 || *p > 0xF4) return {first, first, "invalid start byte"};
    int bad = 1;
    sequence_length(p, end, &bad);
    bool cut_off = p + bad >= end;
    return {first, first + static_cast<size_t>(bad) - 1,
            cut_off ? "unexpected end of data" : "invalid continuation byte"};
}

}  // namespace py::parser
