// float.hex() and float.fromhex(): C99's hexadecimal floating-point notation.
#include <cmath>
#include <limits>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/float_internal.h"
#include "interp/objects/number_text.h"
#include "interp/objects/str.h"

namespace py {

// float.hex()
Fallible<Ref<>> float_hex(Object* self) {
    double value = float_value(self);
    char text[40];
    if (!std::isfinite(value)) return TRY(str_from_ascii({text, format_double(value, 'r', 0, 0, text)}));
    const char* sign = std::signbit(value) ? "-" : "";
    if (value == 0) return TRY(format_str("%s0x0.0p+0", sign));
    constexpr int kMantissaBits = 53, kMinExponent = -1021;
    int exponent;
    double fraction = std::frexp(std::fabs(value), &exponent);
    // One digit before the point: subnormals keep the smallest exponent and begin with 0.
    int shift = 1 - std::max(kMinExponent - exponent, 0);
    fraction = std::ldexp(fraction, shift);
    exponent -= shift;
    int size = std::snprintf(text, sizeof text, "%s0x%d.", sign, int(fraction));
    fraction -= int(fraction);
    for (int i = 0; i < (kMantissaBits - 1) / 4; ++i) {
        fraction *= 16;
        int digit = int(fraction);
        fraction -= digit;
        text[size++] = "0123456789abcdef"[digit];
    }
    size += std::snprintf(text + size, sizeof text - size_t(size), "p%c%d", exponent < 0 ? '-' : '+', std::abs(exponent));
    return TRY(str_from_ascii({text, size_t(size)}));
}

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum class HexStatus { Good, Malformed, TooLarge };

// Consumes "name" case-insensitively.
bool take_word(std::string_view& text, std::string_view lower) {
    if (text.size() < lower.size()) return false;
    for (size_t i = 0; i < lower.size(); ++i)
        if ((text[i] | 0x20) != lower[i]) return false;
    text.remove_prefix(lower.size());
    return true;
}

// The exponent behind p, clamped to ±10**9; false when malformed.
bool take_exponent(std::string_view& text, int64_t* exponent) {
    *exponent = 0;
    if (text.empty() || (text[0] | 0x20) != 'p') return true;
    text.remove_prefix(1);
    bool negative = false;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || text[0] < '0' || text[0] > '9') return false;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        if (*exponent < 1'000'000'000'000) *exponent = *exponent * 10 + (text[0] - '0');
        text.remove_prefix(1);
    }
    if (negative) *exponent = -*exponent;
    return true;
}

// bits × 2**exponent (lowest bit sticky when something was dropped), rounded half to even once.
double assemble(uint64_t bits, int64_t exponent) {
    if (bits == 0) return 0;
    if (exponent > 2000) return std::numeric_limits<double>::infinity();
    if (exponent < -2000) return 0;
    int width = 64 - __builtin_clzll(bits);
    // Subnormals have fewer bits than 53: dropped here, with the rounding.
    int keep = 53;
    if (exponent + width < -1021) keep = int(53 - (-1021 - (exponent + width)));
    if (keep < 0) return 0;
    int drop = width - keep;
    if (drop > 0) {
        uint64_t half = uint64_t(1) << (drop - 1);
        uint64_t low = drop == 64 ? bits : bits & (2 * half - 1);
        bits = drop == 64 ? 0 : bits >> drop;
        bits += low > half || (low == half && (bits & 1));
        exponent += drop;
    }
    return std::ldexp(double(bits), int(exponent));
}

// 0x prefix optional; digits with at most one point; exponent optional.
HexStatus parse_hex_number(std::string_view& text, double* value) {
    if (text.size() >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x') text.remove_prefix(2);
    uint64_t bits = 0;
    int64_t exponent = 0;
    bool seen_point = false;
    size_t digits = 0;
    for (; !text.empty(); text.remove_prefix(1)) {
        if (text[0] == '.' && !seen_point) {
            seen_point = true;
            continue;
        }
        int digit = hex_value(text[0]);
        if (digit < 0) break;
        ++digits;
        if (bits >> 60) {
            bits |= digit != 0;
            exponent += 4;
        } else {
            bits = bits << 4 | unsigned(digit);
        }
        if (seen_point) exponent -= 4;
    }
    int64_t given;
    if (!digits || !take_exponent(text, &given)) return HexStatus::Malformed;
    *value = assemble(bits, exponent + given);
    return std::isinf(*value) ? HexStatus::TooLarge : HexStatus::Good;
}

HexStatus parse_hex_text(std::string_view text, double* value) {
    text = strip_ascii_blanks(text);
    bool negative = false;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    HexStatus status = HexStatus::Good;
    if (take_word(text, "infinity") || take_word(text, "inf"))
        *value = std::numeric_limits<double>::infinity();
    else if (take_word(text, "nan"))
        *value = std::numeric_limits<double>::quiet_NaN();
    else
        status = parse_hex_number(text, value);
    if (status == HexStatus::Malformed || !text.empty()) return HexStatus::Malformed;
    if (negative) *value = -*value;
    return status;
}

}  // namespace

// float.fromhex(string, /)
Fallible<Ref<>> float_fromhex(Object* type, Object* string) {
    if (!is_str(string)) return raise(exc::TypeError, "bad argument type for built-in operation");
    std::string_view text = TRY(str_utf8(as_str(string)));
    double value;
    switch (parse_hex_text(text, &value)) {
        case HexStatus::Malformed:
            return raise(exc::ValueError, "invalid hexadecimal floating-point string");
        case HexStatus::TooLarge:
            return raise(exc::OverflowError, "hexadecimal value too large to represent as a float");
        case HexStatus::Good: break;
    }
    Ref<> result = TRY(float_from(value));
    if (type == &float_type) return result;
    return call(type, result.get());
}

}  // namespace py
