// float: to and from text, correctly rounded both ways (over <charconv>'s exact algorithms).
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/float_internal.h"
#include "interp/objects/number_text.h"
#include "interp/objects/str.h"

namespace py {

namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (size_t i = 0; i < text.size(); ++i)
        if ((text[i] | 0x20) != lower[i]) return false;
    return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Out of a double's range: towards infinity or zero? The power of ten of the first non-zero digit tells.
double out_of_range_value(std::string_view text) {
    long first = 0, position = 0;
    bool seen_point = false, found = false;
    size_t i = 0;
    for (; i < text.size() && (is_digit(text[i]) || text[i] == '.'); ++i) {
        if (text[i] == '.') {
            seen_point = true;
            continue;
        }
        if (!found && text[i] != '0') {
            found = true;
            first = -position;
        }
        if (!seen_point && found) ++first;
        if (seen_point) ++position;
    }
    if (!found) return 0.0;
    long exponent = 0;
    bool negative = false;
    if (i < text.size()) {
        ++i;  // e
        if (i < text.size() && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
        for (; i < text.size() && exponent < 1'000'000'000'000; ++i) exponent = exponent * 10 + (text[i] - '0');
    }
    return first + (negative ? -exponent : exponent) > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

// [digits][.digits][e[sign]digits] with at least one digit before the exponent.
bool is_decimal_number(std::string_view text) {
    size_t i = 0, digits = 0;
    for (; i < text.size() && is_digit(text[i]); ++i) ++digits;
    if (i < text.size() && text[i] == '.')
        for (++i; i < text.size() && is_digit(text[i]); ++i) ++digits;
    if (!digits) return false;
    if (i == text.size()) return true;
    if ((text[i] | 0x20) != 'e') return false;
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    size_t start = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > start && i == text.size();
}

}  // namespace

bool parse_double(std::string_view ascii, double* value) {
    bool negative = false;
    if (!ascii.empty() && (ascii[0] == '+' || ascii[0] == '-')) {
        negative = ascii[0] == '-';
        ascii.remove_prefix(1);
    }
    double result;
    if (is_decimal_number(ascii)) {
        auto [end, error] = std::from_chars(ascii.data(), ascii.data() + ascii.size(), result);
        if (error == std::errc::result_out_of_range) result = out_of_range_value(ascii);
    } else if (equals_ignoring_case(ascii, "inf") || equals_ignoring_case(ascii, "infinity")) {
        result = std::numeric_limits<double>::infinity();
    } else if (equals_ignoring_case(ascii, "nan")) {
        result = std::numeric_limits<double>::quiet_NaN();
    } else {
        return false;
    }
    *value = negative ? -result : result;
    return true;
}

ssize_t drop_underscores(std::string_view text, char* out) {
    ssize_t size = 0;
    char previous = 0;
    for (char c : text) {
        if (c == '_') {
            if (!is_digit(previous)) return -1;
        } else {
            if (previous == '_' && !is_digit(c)) return -1;
            out[size++] = c;
        }
        previous = c;
    }
    return previous == '_' ? -1 : size;
}

namespace {

// The number in a text with blanks around and underscores between digits; false when malformed. MemoryError.
Fallible<bool> parse_float_text(std::string_view text, double* value) {
    text = strip_ascii_blanks(text);
    if (text.find('_') == text.npos) return parse_double(text, value);
    auto* copy = static_cast<char*>(std::malloc(text.size()));
    if (!copy) return raise_memory_error();
    ssize_t size = drop_underscores(text, copy);
    bool good = size >= 0 && parse_double({copy, size_t(size)}, value);
    std::free(copy);
    return good;
}

Raised raise_no_float(Object* source) {
    return raise(exc::ValueError, "could not convert string to float: %R", source);
}

}  // namespace

Fallible<Ref<>> float_from_text(Str* text) {
    Ref<Str> ascii_text = TRY(ascii_number_text(text));
    double value;
    if (!TRY(parse_float_text(ascii_text->ascii_view(), &value))) return raise_no_float(text);
    return float_from(value);
}

Fallible<Ref<>> float_from_object_text(Object* object) {
    if (is_str(object)) return float_from_text(as_str(object));
    BufferView view;
    if (!has_buffer(object) || !view.open(object).ok()) {
        if (has_buffer(object)) clear_error();
        return raise(exc::TypeError, "float() argument must be a string or a real number, not '%.200s'",
                     object->type->name);
    }
    double value;
    if (!TRY(parse_float_text(view.view(), &value))) return raise_no_float(object);
    return float_from(value);
}

// To text.

namespace {

struct Digits {
    char text[800];  // significant digits
    int count;
    int exponent;  // value = d.ddd × 10**exponent
};

// Digits of a finite non-negative value: the shortest that read back (precision < 0), or precision + 1 of them. At most 767
// digits are not zero; the caller pads.
void take_digits(double value, int precision, Digits* digits) {
    char buffer[900];
    constexpr int kMaxDigits = 780;
    auto result = precision < 0 ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific)
                                : std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific,
                                                precision < kMaxDigits ? precision : kMaxDigits);
    char* p = buffer;
    digits->count = 0;
    for (; *p != 'e'; ++p)
        if (*p != '.') digits->text[digits->count++] = *p;
    bool negative = p[1] == '-';
    digits->exponent = 0;
    for (p += 2; p < result.ptr; ++p) digits->exponent = digits->exponent * 10 + (*p - '0');
    if (negative) digits->exponent = -digits->exponent;
}

char* put(char* out, const char* text, size_t size) {
    std::memcpy(out, text, size);
    return out + size;
}

char* put_exponent(char* out, int exponent) {
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    if (exponent < 0) exponent = -exponent;
    if (exponent < 10) *out++ = '0';
    return std::to_chars(out, out + 8, exponent).ptr;
}

// Digits with the point behind the first `whole` of them (may be <= 0 or beyond the end).
char* put_positional(char* out, const Digits& digits, int whole, int flags) {
    if (whole <= 0) {
        out = put(out, "0.", 2);
        std::memset(out, '0', size_t(-whole));
        return put(out - whole, digits.text, size_t(digits.count));
    }
    int head = digits.count < whole ? digits.count : whole;
    out = put(out, digits.text, size_t(head));
    std::memset(out, '0', size_t(whole - head));
    out += whole - head;
    if (digits.count > whole) {
        *out++ = '.';
        return put(out, digits.text + whole, size_t(digits.count - whole));
    }
    if (flags & (kDoubleAddDotZero | kDoubleAlternate)) *out++ = '.';
    if (flags & kDoubleAddDotZero) *out++ = '0';
    return out;
}

char* put_scientific(char* out, const Digits& digits, int flags) {
    *out++ = digits.text[0];
    if (digits.count > 1 || (flags & kDoubleAlternate)) *out++ = '.';
    out = put(out, digits.text + 1, size_t(digits.count - 1));
    return put_exponent(out, digits.exponent);
}

char* put_repr(char* out, double value, int flags) {
    Digits digits;
    take_digits(value, -1, &digits);
    if (digits.exponent < -4 || digits.exponent >= 16) return put_scientific(out, digits, flags & kDoubleAlternate);
    return put_positional(out, digits, digits.exponent + 1, flags);
}

// %g: `precision` significant digits, trailing zeros dropped unless alternate.
char* put_general(char* out, double value, int precision, int flags) {
    if (precision == 0) precision = 1;
    Digits digits;
    take_digits(value, precision - 1, &digits);
    // A .0 to be added takes a place of its own.
    bool scientific = digits.exponent < -4 || digits.exponent >= precision - bool(flags & kDoubleAddDotZero);
    if (!(flags & kDoubleAlternate)) {
        while (digits.count > 1 && digits.text[digits.count - 1] == '0') --digits.count;
        return scientific ? put_scientific(out, digits, 0) : put_positional(out, digits, digits.exponent + 1, flags);
    }
    int padding = precision - digits.count;
    if (scientific) {
        *out++ = digits.text[0];
        *out++ = '.';
        out = put(out, digits.text + 1, size_t(digits.count - 1));
        std::memset(out, '0', size_t(padding));
        return put_exponent(out + padding, digits.exponent);
    }
    out = put_positional(out, digits, digits.exponent + 1, kDoubleAlternate);
    int shown = digits.count > digits.exponent + 1 ? digits.count : digits.exponent + 1;
    if (shown < precision) {
        std::memset(out, '0', size_t(precision - shown));
        out += precision - shown;
    }
    return out;
}

}  // namespace

size_t double_text_capacity(char code, int precision) {
    size_t digits = precision < 0 ? 0 : size_t(precision);
    return (code == 'f' || code == 'F' ? 340 : 48) + digits;
}

size_t format_double(double value, char code, int precision, int flags, char* out) {
    char* p = out;
    if (std::signbit(value) && !std::isnan(value))
        *p++ = '-';
    else if (flags & kDoubleSign)
        *p++ = '+';
    char* body = p;
    double magnitude = std::fabs(value);
    char lower = char(code | 0x20);
    if (std::isnan(value)) {
        p = put(p, "nan", 3);
    } else if (std::isinf(value)) {
        p = put(p, "inf", 3);
    } else if (lower == 'r') {
        p = put_repr(p, magnitude, flags);
    } else if (lower == 'g') {
        p = put_general(p, magnitude, precision, flags);
    } else {
        auto format = lower == 'e' ? std::chars_format::scientific : std::chars_format::fixed;
        p = std::to_chars(p, p + double_text_capacity(code, precision), magnitude, format, precision).ptr;
        if (precision == 0 && (flags & kDoubleAlternate)) {
            char* mark = lower == 'e' ? static_cast<char*>(std::memchr(body, 'e', size_t(p - body))) : p;
            std::memmove(mark + 1, mark, size_t(p - mark));
            *mark = '.';
            ++p;
        }
    }
    if (code >= 'A' && code <= 'Z')
        for (char* c = body; c < p; ++c)
            if (*c >= 'a' && *c <= 'z') *c = char(*c - 32);
    return size_t(p - out);
}

// Rounding at a decimal place.

Fallible<double> round_to_places(double value, ssize_t places) {
    char buffer[1500];
    double result;
    if (places >= 0) {
        size_t size = format_double(value, 'f', int(places), 0, buffer);
        (void)parse_double({buffer, size}, &result);
    } else {
        // The exact decimal digits, rounded by hand: half to even of what is kept.
        Digits digits;
        take_digits(std::fabs(value), 767, &digits);
        ssize_t kept = digits.exponent + 1 + places;
        if (kept < 0) return std::copysign(0.0, value);
        bool above = digits.text[kept] > '5';
        bool exactly_half = digits.text[kept] == '5';
        for (ssize_t i = kept + 1; i < digits.count && exactly_half; ++i)
            if (digits.text[i] != '0') above = true, exactly_half = false;
        bool odd = kept > 0 && ((digits.text[kept - 1] - '0') & 1);
        bool up = above || (exactly_half && odd);
        // An extra leading zero takes the carry.
        buffer[0] = '0';
        std::memcpy(buffer + 1, digits.text, size_t(kept));
        for (ssize_t i = kept; up; --i) {
            up = buffer[i] == '9';
            buffer[i] = up ? '0' : char(buffer[i] + 1);
        }
        char* end = put_exponent(buffer + kept + 1, int(-places));
        (void)parse_double({buffer, size_t(end - buffer)}, &result);
        result = std::copysign(result, value);
    }
    if (std::isinf(result)) return raise(exc::OverflowError, "rounded value too large to represent");
    return result;
}

}  // namespace py
