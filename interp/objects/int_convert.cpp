// int: to C integers and doubles, and to and from bytes.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int_digits.h"

namespace py {

size_t int_bit_length(const Int* value) {
    ssize_t count = digit_count(value);
    if (count == 0) return 0;
    return size_t(count - 1) * kDigitBits + size_t(std::bit_width(value->digits[count - 1]));
}

uint64_t as_uint64_masked(Int* value) {
    uint64_t result = 0;
    for (ssize_t i = std::min<ssize_t>(digit_count(value), 3); i-- > 0;)
        result = result << kDigitBits | value->digits[i];
    return value->size < 0 ? -result : result;
}

int64_t as_int64_clamped(Int* value, int* overflow) {
    *overflow = 0;
    if (value->is_compact()) return value->compact_value();
    uint64_t magnitude = 0;
    bool fits = digit_count(value) <= 3;
    if (fits) {
        magnitude = as_uint64_masked(value);
        if (value->size < 0) magnitude = -magnitude;
        bool third_fits = digit_count(value) < 3 || value->digits[2] < 16;
        fits = third_fits && magnitude <= (uint64_t(1) << 63) - (value->size > 0);
    }
    if (fits) return value->size < 0 ? int64_t(-magnitude) : int64_t(magnitude);
    *overflow = value->size < 0 ? -1 : 1;
    return value->size < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

namespace {

// The int that `object` is or gives by __index__.
Fallible<Ref<Int>> as_index(Object* object) {
    if (is_int(object)) return share(as_int(object));
    return index(object);
}

}  // namespace

Fallible<Int*> require_int(Object* object) {
    if (!is_int(object)) return raise(exc::TypeError, "an integer is required");
    return as_int(object);
}

Fallible<int64_t> as_int64(Object* object) {
    Ref<Int> value = TRY(as_index(object));
    int overflow;
    int64_t result = as_int64_clamped(value.get(), &overflow);
    if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C long");
    return result;
}

Fallible<uint64_t> as_uint64(Object* object) {
    Ref<Int> value = TRY(as_index(object));
    if (value->size < 0) return raise(exc::OverflowError, "can't convert negative value to unsigned int");
    if (int_bit_length(value.get()) > 64)
        return raise(exc::OverflowError, "Python int too large to convert to C unsigned long");
    return as_uint64_masked(value.get());
}

Fallible<int> as_c_int(Object* object) {
    Ref<Int> value = TRY(as_index(object));
    int overflow;
    int64_t result = as_int64_clamped(value.get(), &overflow);
    if (overflow || result != int(result))
        return raise(exc::OverflowError, "Python int too large to convert to C int");
    return int(result);
}
Fallible<int> as_parsed_int(Object* object) {
    Ref<Int> value = TRY(as_index(object));
    int overflow;
    int64_t result = as_int64_clamped(value.get(), &overflow);
    if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C long");
    if (result > INT32_MAX) return raise(exc::OverflowError, "signed integer is greater than maximum");
    if (result < INT32_MIN) return raise(exc::OverflowError, "signed integer is less than minimum");
    return int(result);
}

Fallible<ssize_t> as_ssize(Object* object) {
    Ref<Int> value = TRY(as_index(object));
    int overflow;
    int64_t result = as_int64_clamped(value.get(), &overflow);
    if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C ssize_t");
    return result;
}

// Doubles.

namespace {

// The 64 most significant bits, the lowest of them set when anything below is lost (so that one more rounding to 53 bits
// is exact: "round to odd"). value = ±result * 2**shift; value is not 0.
uint64_t leading_bits(const Int* value, ssize_t* shift) {
    ssize_t count = digit_count(value);
    ssize_t first = std::max<ssize_t>(0, count - 4);
    limbs::Wide bits = 0;
    for (ssize_t i = count; i-- > first;) bits = bits << kDigitBits | value->digits[i];
    ssize_t width = ssize_t(int_bit_length(value)) - first * kDigitBits;
    bool lost = false;
    for (ssize_t i = 0; i < first && !lost; ++i) lost = value->digits[i] != 0;
    *shift = first * kDigitBits;
    if (width > 64) {
        int excess = int(width - 64);
        lost = lost || (bits & ((limbs::Wide(1) << excess) - 1));
        bits >>= excess;
        *shift += excess;
    }
    return uint64_t(bits) | lost;
}

}  // namespace

Fallible<double> int_as_double(Int* value) {
    if (value->is_compact()) return double(value->compact_value());
    ssize_t shift;
    uint64_t bits = leading_bits(value, &shift);
    double result = shift > 2000 ? std::numeric_limits<double>::infinity() : std::ldexp(double(bits), int(shift));
    if (std::isinf(result)) return raise(exc::OverflowError, "int too large to convert to float");
    return value->size < 0 ? -result : result;
}

double int_frexp(Int* value, ssize_t* exponent) {
    *exponent = 0;
    if (value->size == 0) return 0;
    ssize_t shift;
    uint64_t bits = leading_bits(value, &shift);
    int own;
    double fraction = std::frexp(double(bits), &own);
    *exponent = shift + own;
    return value->size < 0 ? -fraction : fraction;
}

// Correctly rounded quotient: 55 or 56 significant bits of it with a sticky bit, then one rounding.
Fallible<Ref<>> int_true_divide(Int* a, Int* b) {
    if (b->size == 0) return raise(exc::ZeroDivisionError, "division by zero");
    bool negative = (a->size < 0) != (b->size < 0);
    if (a->size == 0) return float_from(negative ? -0.0 : 0.0);
    constexpr int64_t kExactLimit = int64_t(1) << 53;
    int overflow_a, overflow_b;
    int64_t x = as_int64_clamped(a, &overflow_a), y = as_int64_clamped(b, &overflow_b);
    if (x >= -kExactLimit && x <= kExactLimit && y >= -kExactLimit && y <= kExactLimit)
        return float_from(double(x) / double(y));
    auto overflow = [] { return raise(exc::OverflowError, "integer division result too large for a float"); };
    ssize_t difference = ssize_t(int_bit_length(a)) - ssize_t(int_bit_length(b));
    if (difference > 1024) return overflow();
    if (difference < -1080) return float_from(negative ? -0.0 : 0.0);
    ssize_t shift = std::max<ssize_t>(difference, -1021) - 55;
    Ref<Int> numerator = share(a), denominator = share(b);
    if (shift < 0)
        numerator = TRY(int_shift_left(a, -shift));
    else
        denominator = TRY(int_shift_left(b, shift));
    Ref<Int> quotient, rest;
    TRY(divide_truncated(numerator.get(), denominator.get(), &quotient, &rest));
    uint64_t bits = as_uint64_masked(quotient.get());
    if (quotient->size < 0) bits = -bits;
    bool sticky = rest->size != 0;
    if (shift < -1074) {
        // Subnormal results: two bits lie below the last one a double has.
        uint64_t low = (bits & 3) << 1 | sticky;
        bits >>= 2;
        shift += 2;
        bits += low > 4 || (low == 4 && (bits & 1));
    } else {
        bits |= sticky;
    }
    double result = std::ldexp(double(bits), int(shift));
    if (std::isinf(result)) return overflow();
    return float_from(negative ? -result : result);
}

// Bytes.

Fallible<Ref<Int>> int_from_bytes(const uint8_t* bytes, size_t count, bool little_endian, bool is_signed) {
    auto byte_at = [&](size_t i) { return little_endian ? bytes[i] : bytes[count - 1 - i]; };
    if (count == 0) return small_int(0);
    bool negative = is_signed && (byte_at(count - 1) & 0x80);
    // Leading zero bytes (0xff of negative numbers) say nothing.
    uint8_t filler = negative ? 0xff : 0;
    size_t used = count;
    while (used && byte_at(used - 1) == filler) --used;
    if (negative && used < count) ++used;
    ssize_t digits = ssize_t((used * 8 + kDigitBits - 1) / kDigitBits);
    Ref<Int> result = TRY(int_alloc(digits));
    uint64_t pending = 0;
    int bits = 0;
    ssize_t position = 0;
    unsigned carry = negative;
    for (size_t i = 0; i < used; ++i) {
        unsigned byte = byte_at(i);
        if (negative) {
            byte = (byte ^ 0xff) + carry;
            carry = byte >> 8;
            byte &= 0xff;
        }
        pending |= uint64_t(byte) << bits;
        bits += 8;
        if (bits >= kDigitBits) {
            result->digits[position++] = Digit(pending) & kDigitMask;
            pending >>= kDigitBits;
            bits -= kDigitBits;
        }
    }
    if (position < digits) result->digits[position] = Digit(pending);
    return int_trim_signed(std::move(result), negative);
}

Fallible<void> int_to_bytes(Int* value, uint8_t* out, size_t count, bool little_endian, bool is_signed) {
    bool negative = value->size < 0;
    if (negative && !is_signed) return raise(exc::OverflowError, "can't convert negative int to unsigned");
    size_t bits = int_bit_length(value);
    bool fits = bits <= count * 8;
    if (fits && is_signed && bits == count * 8 && bits) {
        // Only -2**(8*count - 1) needs no further sign bit.
        ssize_t top = digit_count(value) - 1;
        fits = negative && std::has_single_bit(value->digits[top]);
        for (ssize_t i = 0; i < top && fits; ++i) fits = value->digits[i] == 0;
    }
    if (!fits) return raise(exc::OverflowError, "int too big to convert");
    uint64_t pending = 0;
    int pending_bits = 0;
    ssize_t position = 0, digits = digit_count(value);
    unsigned carry = negative;
    for (size_t i = 0; i < count; ++i) {
        if (pending_bits < 8) {
            pending |= uint64_t(position < digits ? value->digits[position++] : 0) << pending_bits;
            pending_bits += kDigitBits;
        }
        unsigned byte = pending & 0xff;
        if (negative) {
            byte = (byte ^ 0xff) + carry;
            carry = byte >> 8;
        }
        out[little_endian ? i : count - 1 - i] = uint8_t(byte);
        pending >>= 8;
        pending_bits -= 8;
    }
    return {};
}

}  // namespace py
