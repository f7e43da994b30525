// _struct: parsing formats, packing and unpacking single items.
#include "interp/modules/struct_format.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

Object* struct_error = nullptr;

Raised raise_struct_error(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    auto text = format_str_v(format, arguments);
    va_end(arguments);
    if (!text.ok()) return raised;
    return raise_object(static_cast<Type*>(struct_error), text.take().get());
}

void ParsedFormat::clear() {
    std::free(codes);
    *this = {};
}

namespace {

struct CodeSize {
    char code;
    char native, standard;  // sizes; standard 0: native formats only
};
constexpr CodeSize kSizes[] = {
    {'x', 1, 1}, {'b', 1, 1}, {'B', 1, 1}, {'c', 1, 1}, {'s', 1, 1}, {'p', 1, 1}, {'?', 1, 1}, {'h', 2, 2}, {'H', 2, 2},
    {'e', 2, 2}, {'i', 4, 4}, {'I', 4, 4}, {'l', 8, 4}, {'L', 8, 4}, {'q', 8, 8}, {'Q', 8, 8}, {'n', 8, 0}, {'N', 8, 0},
    {'f', 4, 4}, {'d', 8, 8}, {'P', 8, 0},
};

ssize_t size_of_code(char code, bool native) {
    for (const CodeSize& row : kSizes)
        if (row.code == code) return native ? row.native : row.standard;
    return 0;
}

Raised raise_too_long() { return raise_struct_error("total struct size too long"); }

// Advances size past `code` repeated; pads for alignment first.
Fallible<void> add_code(ParsedFormat* out, char order, char code, ssize_t repeat) {
    ssize_t size = size_of_code(code, order == '@');
    if (!size) return raise_struct_error("bad char in struct format");
    if (order == '@' && __builtin_add_overflow(out->size, (size - out->size % size) % size, &out->size))
        return raise_too_long();
    bool text = code == 's' || code == 'p';
    FormatCode entry{code, order, out->size, text ? repeat : size, text ? 1 : repeat};
    ssize_t total;
    if (__builtin_mul_overflow(size, repeat, &total) || __builtin_add_overflow(out->size, total, &out->size))
        return raise_too_long();
    if (code == 'x' || (!text && repeat == 0)) return {};
    // Room doubles at powers of two.
    if ((out->count & (out->count - 1)) == 0) {
        size_t capacity = size_t(out->count ? 2 * out->count : 1);
        void* grown = std::realloc(out->codes, capacity * sizeof(FormatCode));
        if (!grown) return raise_memory_error();
        out->codes = static_cast<FormatCode*>(grown);
    }
    out->codes[out->count++] = entry;
    out->items += entry.repeat;
    return {};
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

Fallible<void> parse_codes(std::string_view text, ParsedFormat* out) {
    char order = '@';
    if (!text.empty() && std::string_view("<>!=@").find(text[0]) != std::string_view::npos) {
        order = text[0] == '!' ? '>' : text[0];
        if (order == '=') order = std::endian::native == std::endian::little ? '<' : '>';
        text.remove_prefix(1);
    }
    for (size_t i = 0; i < text.size(); ++i) {
        if (is_blank(text[i])) continue;
        ssize_t repeat = 1;
        if (text[i] >= '0' && text[i] <= '9') {
            repeat = 0;
            for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
                if (__builtin_mul_overflow(repeat, ssize_t(10), &repeat) ||
                    __builtin_add_overflow(repeat, text[i] - '0', &repeat))
                    return raise_too_long();
            if (i == text.size()) return raise_struct_error("repeat count given without format specifier");
        }
        TRY(add_code(out, order, text[i], repeat));
    }
    return {};
}

}  // namespace

Fallible<void> parse_struct_format(std::string_view text, ParsedFormat* out) {
    out->clear();
    auto parsed = parse_codes(text, out);
    if (!parsed.ok()) out->clear();
    return parsed;
}

// Integers.

namespace {

bool is_native_order(const FormatCode& code) {
    return code.order == '@' || (code.order == '<') == (std::endian::native == std::endian::little);
}

void store(uint64_t bits, ssize_t size, const FormatCode& code, char* out) {
    if (std::endian::native == std::endian::little) {
        std::memcpy(out, &bits, size_t(size));
    } else {
        bits <<= 8 * (8 - size);
        std::memcpy(out, &bits, size_t(size));
    }
    if (!is_native_order(code)) std::reverse(out, out + size);
}

uint64_t load(const FormatCode& code, const char* data) {
    uint64_t bits = 0;
    bool little = code.order == '@' ? std::endian::native == std::endian::little : code.order == '<';
    for (ssize_t i = 0; i < code.size; ++i) {
        auto byte = uint8_t(data[little ? code.size - 1 - i : i]);
        bits = bits << 8 | byte;
    }
    return bits;
}

Fallible<Ref<Int>> integer_of(Object* value) {
    if (is_int(value)) return share(as_int(value));
    if (!is_index(value)) return raise_struct_error("required argument is not an integer");
    return index(value);
}

// The C type's name where the message uses it: bytes always, shorts where they are packed the native way.
const char* range_name(const FormatCode& code) {
    switch (code.code) {
        case 'b': return "byte";
        case 'B': return "ubyte";
        case 'h': return is_native_order(code) ? "short" : nullptr;
        case 'H': return is_native_order(code) ? "ushort" : nullptr;
        default: return nullptr;
    }
}

Raised raise_range(const FormatCode& code, bool is_signed) {
    int bits = int(code.size) * 8;
    if (const char* name = range_name(code)) {
        if (is_signed)
            return raise_struct_error("%s format requires %d <= number <= %d", name, -(1 << (bits - 1)),
                                      (1 << (bits - 1)) - 1);
        return raise_struct_error("%s format requires 0 <= number <= %d", name, (1 << bits) - 1);
    }
    if (is_signed)
        return raise_struct_error("'%c' format requires %zd <= number <= %zd", code.code, -(ssize_t(1) << (bits - 1)),
                                  (ssize_t(1) << (bits - 1)) - 1);
    return raise_struct_error("'%c' format requires 0 <= number <= %zu", code.code, (size_t(1) << bits) - 1);
}

Raised raise_overflow(const FormatCode& code) {
    bool by_bytes = code.code == 'P' || (code.size == 8 && !is_native_order(code));
    return raise_struct_error(by_bytes ? "int too large to convert" : "argument out of range");
}

Fallible<void> pack_signed(const FormatCode& code, Object* value, bool result_signed, char* out) {
    Ref<Int> number = TRY(integer_of(value));
    int overflow;
    int64_t x = as_int64_clamped(number.get(), &overflow);
    if (overflow) return raise_overflow(code);
    if (code.size < 8) {
        int bits = int(code.size) * 8;
        int64_t low = result_signed ? -(int64_t(1) << (bits - 1)) : 0;
        int64_t high = result_signed ? (int64_t(1) << (bits - 1)) - 1 : (int64_t(1) << bits) - 1;
        if (x < low || x > high) return raise_range(code, result_signed);
    }
    store(uint64_t(x), code.size, code, out);
    return {};
}

Fallible<void> pack_unsigned(const FormatCode& code, Object* value, char* out) {
    Ref<Int> number = TRY(integer_of(value));
    if (number->size < 0 || int_bit_length(number.get()) > 64) return raise_overflow(code);
    uint64_t x = as_uint64_masked(number.get());
    if (code.size < 8 && x >> (8 * code.size)) return raise_range(code, false);
    store(x, code.size, code, out);
    return {};
}

// Addresses may be given as negative numbers.
Fallible<void> pack_pointer(const FormatCode& code, Object* value, char* out) {
    Ref<Int> number = TRY(integer_of(value));
    int overflow = 0;
    if (number->size < 0) (void)as_int64_clamped(number.get(), &overflow);
    if (overflow || (number->size > 0 && int_bit_length(number.get()) > 64)) return raise_overflow(code);
    store(as_uint64_masked(number.get()), code.size, code, out);
    return {};
}

// Floats.

Fallible<double> double_of(Object* value) {
    auto converted = as_double(value);
    if (converted.ok()) return converted.take();
    clear_error();
    return raise_struct_error("required argument is not a float");
}

uint16_t half_bits(double x) {
    uint16_t sign = std::signbit(x) ? 0x8000 : 0;
    if (std::isnan(x)) return sign | 0x7e00;
    if (std::isinf(x)) return sign | 0x7c00;
    int exponent;
    double fraction = std::frexp(std::fabs(x), &exponent);
    if (x == 0) return sign;
    // Units of the last place: 2**(exponent - 11), subnormals 2**-24.
    int unit = std::max(exponent - 11, -24);
    auto scaled = uint32_t(std::nearbyint(std::ldexp(fraction, exponent - unit)));
    if (unit == -24) return uint16_t(sign | scaled);
    // A carry out of the mantissa raises the exponent by itself.
    uint32_t bits = (uint32_t(unit + 24) << 10) + scaled;
    return uint16_t(sign | std::min<uint32_t>(bits, 0x7c00));
}

double half_value(uint16_t bits) {
    int exponent = bits >> 10 & 0x1f;
    int mantissa = bits & 0x3ff;
    double result;
    if (exponent == 0x1f)
        result = mantissa ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
    else if (exponent == 0)
        result = std::ldexp(mantissa, -24);
    else
        result = std::ldexp(mantissa + 0x400, exponent - 25);
    return bits & 0x8000 ? -result : result;
}

Raised raise_float_overflow(const FormatCode& code, Object* value) {
    if (is_int(value)) return raise_struct_error("int too large to convert");
    return raise(exc::OverflowError, "float too large to pack with %c format", int(code.code));
}

Fallible<void> pack_half(const FormatCode& code, Object* value, char* out) {
    double x = TRY(double_of(value));
    uint16_t bits = half_bits(x);
    if ((bits & 0x7fff) == 0x7c00 && !std::isinf(x))
        return raise_float_overflow(code, value);
    store(bits, 2, code, out);
    return {};
}

Fallible<void> pack_single(const FormatCode& code, Object* value, char* out) {
    double x = TRY(double_of(value));
    auto narrow = float(x);
    if (code.order != '@' && std::isinf(narrow) && !std::isinf(x))
        return raise_float_overflow(code, value);
    store(std::bit_cast<uint32_t>(narrow), 4, code, out);
    return {};
}

// Bytes.

Fallible<std::string_view> content_of(const FormatCode& code, Object* value) {
    if (is_bytes(value)) return as_bytes(value)->view();
    if (is_bytearray(value)) return static_cast<ByteArray*>(value)->view();
    return raise_struct_error("argument for '%c' must be a bytes object", code.code);
}

Fallible<void> pack_text(const FormatCode& code, Object* value, char* out) {
    std::string_view content = TRY(content_of(code, value));
    content = content.substr(0, size_t(code.size));
    std::memcpy(out, content.data(), content.size());
    return {};
}

// A length byte in front.
Fallible<void> pack_pascal(const FormatCode& code, Object* value, char* out) {
    std::string_view content = TRY(content_of(code, value));
    if (code.size == 0) return {};
    content = content.substr(0, size_t(code.size - 1));
    std::memcpy(out + 1, content.data(), content.size());
    out[0] = char(std::min<size_t>(content.size(), 255));
    return {};
}

}  // namespace

Fallible<void> pack_item(const FormatCode& code, Object* value, char* out) {
    switch (code.code) {
        case 's': return pack_text(code, value, out);
        case 'p': return pack_pascal(code, value, out);
        case 'c':
            if (!is_bytes(value) || as_bytes(value)->size != 1)
                return raise_struct_error("char format requires a bytes object of length 1");
            *out = as_bytes(value)->data[0];
            return {};
        case '?': *out = TRY(is_true(value)); return {};
        case 'b': case 'h': case 'i': case 'l': case 'q': case 'n': return pack_signed(code, value, true, out);
        case 'B': return pack_signed(code, value, false, out);
        case 'H': return is_native_order(code) ? pack_signed(code, value, false, out) : pack_unsigned(code, value, out);
        case 'I': case 'L': case 'Q': case 'N': return pack_unsigned(code, value, out);
        case 'P': return pack_pointer(code, value, out);
        case 'e': return pack_half(code, value, out);
        case 'f': return pack_single(code, value, out);
        default: store(std::bit_cast<uint64_t>(TRY(double_of(value))), 8, code, out); return {};
    }
}

Fallible<Ref<>> unpack_item(const FormatCode& code, const char* data) {
    switch (code.code) {
        case 's': return TRY(bytes_from({data, size_t(code.size)}));
        case 'p': {
            if (code.size == 0) return raise(exc::SystemError, "Negative size passed to PyBytes_FromStringAndSize");
            auto length = std::min<size_t>(uint8_t(data[0]), size_t(code.size - 1));
            return TRY(bytes_from({data + 1, length}));
        }
        case 'c': return TRY(bytes_from({data, 1}));
        case '?': return bool_from(*data != 0);
        case 'b': case 'h': case 'i': case 'l': case 'q': case 'n': {
            int unused = 64 - int(code.size) * 8;
            return TRY(int_from(int64_t(load(code, data) << unused) >> unused));
        }
        case 'e': return float_from(half_value(uint16_t(load(code, data))));
        case 'f': return float_from(std::bit_cast<float>(uint32_t(load(code, data))));
        case 'd': return float_from(std::bit_cast<double>(load(code, data)));
        default: return TRY(int_from_unsigned(load(code, data)));
    }
}

}  // namespace py
