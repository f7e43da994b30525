// int: to and from text. Both ways are limited to sys.set_int_max_str_digits() digits in bases that are no power of two.
#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/int_digits.h"
#include "interp/objects/number_text.h"
#include "interp/objects/str.h"
#include "interp/objects/unicode_properties.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

// Shorter numbers are never refused, whatever the limit is.
constexpr size_t kLimitThreshold = 640;

struct FreeDeleter {
    char* memory;
    ~FreeDeleter() { std::free(memory); }
};

Fallible<Ref<Str>> short_decimal_text(int64_t value) {
    char text[24];
    char* end = text + sizeof text;
    char* p = end;
    uint64_t rest = value < 0 ? -uint64_t(value) : uint64_t(value);
    do {
        *--p = char('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) *--p = '-';
    return str_from_ascii({p, size_t(end - p)});
}

Raised raise_too_long() {
    return raise(exc::ValueError,
                 "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to "
                 "increase the limit",
                 runtime().config.int_max_str_digits);
}

Fallible<Ref<Str>> decimal_text(Int* value) {
    if (value->is_compact()) return short_decimal_text(value->compact_value());
    int overflow;
    int64_t small = as_int64_clamped(value, &overflow);
    if (!overflow) return short_decimal_text(small);
    ssize_t count = digit_count(value);
    size_t limit = size_t(runtime().config.int_max_str_digits);
    // Refused before the work is done: 30 bits are a little over 9 decimal digits.
    if (limit && size_t(count - 1) * 9 > limit && size_t(count - 1) * 9 > kLimitThreshold) return raise_too_long();
    limbs::Buffer vector(limbs_for_digits(count));
    if (!vector.ok()) return raise_memory_error();
    size_t n = pack_limbs(value->digits, count, vector.data());
    FreeDeleter text{static_cast<char*>(std::malloc(1 + limbs::decimal_capacity(n)))};
    if (!text.memory) return raise_memory_error();
    size_t size = limbs::to_decimal(vector.data(), n, text.memory + 1);
    if (!size) return raise_memory_error();
    if (limit && size > limit && size > kLimitThreshold) return raise_too_long();
    text.memory[0] = '-';
    bool negative = value->size < 0;
    return str_from_ascii({text.memory + !negative, size + negative});
}

Fallible<Ref<Str>> power_of_two_text(Int* value, int bits_per_character) {
    size_t bits = int_bit_length(value);
    bool negative = value->size < 0;
    size_t size = std::max<size_t>(1, (bits + size_t(bits_per_character) - 1) / size_t(bits_per_character));
    Ref<Str> result = TRY(str_new(ssize_t(size + negative), 127));
    char* p = static_cast<char*>(result->data()) + size + negative;
    uint64_t pending = 0;
    int pending_bits = 0;
    ssize_t next = 0, count = digit_count(value);
    for (size_t i = 0; i < size; ++i) {
        if (pending_bits < bits_per_character && next < count) {
            pending |= uint64_t(value->digits[next++]) << pending_bits;
            pending_bits += kDigitBits;
        }
        *--p = "0123456789abcdef"[pending & ((1u << bits_per_character) - 1)];
        pending >>= bits_per_character;
        pending_bits -= bits_per_character;
    }
    if (negative) *--p = '-';
    return result;
}

}  // namespace

Fallible<Ref<Str>> int_to_str(Int* value, int base) {
    switch (base) {
        case 2: return power_of_two_text(value, 1);
        case 8: return power_of_two_text(value, 3);
        case 16: return power_of_two_text(value, 4);
        default: return decimal_text(value);
    }
}

// From text.

Fallible<Ref<Str>> ascii_number_text(Str* text) {
    if (text->ascii) return share(text);
    auto ascii_of = [](uint32_t c) {
        if (c < 0x80) return char(c);
        int decimal = unicode_decimal(c);
        return decimal >= 0 ? char('0' + decimal) : unicode_is_space(c) ? ' ' : '?';
    };
    ssize_t size = 0;
    while (size < text->length && (text->at(size) < 0x80 || ascii_of(text->at(size)) != '?')) ++size;
    if (size < text->length) ++size;
    Ref<Str> result = TRY(str_new(size, 127));
    char* out = static_cast<char*>(result->data());
    for (ssize_t i = 0; i < size; ++i) out[i] = ascii_of(text->at(i));
    return result;
}

std::string_view strip_ascii_blanks(std::string_view text) {
    while (!text.empty() && is_ascii_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_ascii_blank(text.back())) text.remove_suffix(1);
    return text;
}

namespace {

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 36;
}

int prefix_base(std::string_view text) {
    if (text.size() < 2 || text[0] != '0') return 0;
    switch (text[1] | 0x20) {
        case 'x': return 16;
        case 'o': return 8;
        case 'b': return 2;
        default: return 0;
    }
}

Fallible<Ref<Int>> value_of_digits(const uint8_t* digits, size_t count, int base, bool negative) {
    if (count <= 12) {
        int64_t value = 0;
        for (size_t i = 0; i < count; ++i) value = value * base + digits[i];
        return int_from(negative ? -value : value);
    }
    limbs::Buffer vector(limbs::radix_limbs(count, base));
    size_t n;
    if (!vector.ok() || !limbs::from_radix(digits, count, base, vector.data(), &n)) return raise_memory_error();
    return int_from_limbs(vector.data(), n, negative);
}

Fallible<Ref<Int>> value_of_bits(const uint8_t* digits, size_t count, int base, bool negative) {
    int bits = std::countr_zero(unsigned(base));
    size_t needed = count > SIZE_MAX / 8 ? SIZE_MAX : (count * size_t(bits) + kDigitBits - 1) / kDigitBits;
    Ref<Int> result = TRY(int_alloc(ssize_t(needed)));
    uint64_t pending = 0;
    int pending_bits = 0;
    size_t position = 0;
    for (size_t i = count; i-- > 0;) {
        pending |= uint64_t(digits[i]) << pending_bits;
        pending_bits += bits;
        if (pending_bits >= kDigitBits) {
            result->digits[position++] = Digit(pending) & kDigitMask;
            pending >>= kDigitBits;
            pending_bits -= kDigitBits;
        }
    }
    while (position < needed) {
        result->digits[position++] = Digit(pending) & kDigitMask;
        pending >>= kDigitBits;
    }
    return int_trim_signed(std::move(result), negative);
}

// Takes the digits of `text` into `out` (as long as it); their number, or -1 when the text is malformed.
ssize_t collect_digits(std::string_view text, int base, bool after_prefix, uint8_t* out) {
    if (text.empty()) return -1;
    ssize_t count = 0;
    // An underscore stands between two digits, or between prefix and first digit.
    bool underscore_allowed = after_prefix;
    for (char c : text) {
        if (c == '_') {
            if (!underscore_allowed) return -1;
            underscore_allowed = false;
            continue;
        }
        int value = digit_value(c);
        if (value >= base) return -1;
        out[count++] = uint8_t(value);
        underscore_allowed = true;
    }
    return text.back() == '_' ? -1 : count;
}

}  // namespace

Lookup<Int> parse_int(std::string_view text, int base) {
    text = strip_ascii_blanks(text);
    bool negative = false;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    int prefix = prefix_base(text);
    bool after_prefix = false, only_zero = false;
    if (prefix && (base == 0 || base == prefix)) {
        base = prefix;
        after_prefix = true;
        text.remove_prefix(2);
    } else if (base == 0) {
        base = 10;
        only_zero = !text.empty() && text[0] == '0';
    }
    constexpr size_t kInline = 128;
    uint8_t inline_digits[kInline];
    FreeDeleter memory{text.size() > kInline ? static_cast<char*>(std::malloc(text.size())) : nullptr};
    if (text.size() > kInline && !memory.memory) return raise_memory_error();
    uint8_t* digits = memory.memory ? reinterpret_cast<uint8_t*>(memory.memory) : inline_digits;
    ssize_t count = collect_digits(text, base, after_prefix, digits);
    if (count < 0) return nullptr;
    if (only_zero && !std::all_of(digits, digits + count, [](uint8_t digit) { return digit == 0; })) return nullptr;
    if (std::has_single_bit(unsigned(base))) return TRY(value_of_bits(digits, size_t(count), base, negative));
    size_t limit = size_t(runtime().config.int_max_str_digits);
    if (limit && size_t(count) > limit && size_t(count) > kLimitThreshold)
        return raise(exc::ValueError,
                     "Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; use "
                     "sys.set_int_max_str_digits() to increase the limit",
                     int(limit), count);
    return TRY(value_of_digits(digits, size_t(count), base, negative));
}

namespace {

Raised raise_invalid_literal(Object* source, int base) {
    return raise(exc::ValueError, "invalid literal for int() with base %d: %.200R", base, source);
}

}  // namespace

Fallible<Ref<Int>> int_from_text(std::string_view ascii, int base) {
    Ref<Int> value = TRY(parse_int(ascii, base));
    if (value) return value;
    Ref<Str> shown = TRY(str_from_latin1(ascii));
    return raise_invalid_literal(shown.get(), base);
}

Fallible<Ref<Int>> int_from_str(Str* text, int base) {
    Ref<Str> ascii_text = TRY(ascii_number_text(text));
    Ref<Int> value = TRY(parse_int(ascii_text->ascii_view(), base));
    if (value) return value;
    return raise_invalid_literal(text, base);
}

Fallible<Ref<Int>> int_from_bytes_text(std::string_view content, Object* source, int base) {
    Ref<Int> value = TRY(parse_int(content, base));
    if (value) return value;
    if (is_bytes(source)) return raise_invalid_literal(source, base);
    Ref<Bytes> shown = TRY(bytes_from(content));
    return raise_invalid_literal(shown.get(), base);
}

}  // namespace py
