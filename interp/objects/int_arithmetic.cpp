// int: sums, products, quotients, shifts and comparison. Short numbers on their 30-bit digits; long ones as limb vectors.
#include <algorithm>
#include <bit>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int_digits.h"

namespace py {

using limbs::Limb;

size_t pack_limbs(const Digit* digits, ssize_t count, Limb* out) {
    limbs::Wide pending = 0;
    int bits = 0;
    size_t n = 0;
    for (ssize_t i = 0; i < count; ++i) {
        pending |= limbs::Wide(digits[i]) << bits;
        bits += kDigitBits;
        if (bits >= 64) {
            out[n++] = Limb(pending);
            pending >>= 64;
            bits -= 64;
        }
    }
    if (bits > 0) out[n++] = Limb(pending);
    return limbs::trimmed(out, n);
}

Fallible<Ref<Int>> int_from_limbs(const Limb* vector, size_t n, bool negative) {
    n = limbs::trimmed(vector, n);
    ssize_t count = ssize_t((n * 64 + kDigitBits - 1) / kDigitBits);
    Ref<Int> result = TRY(int_alloc(count));
    limbs::Wide pending = 0;
    int bits = 0;
    size_t next = 0;
    for (ssize_t i = 0; i < count; ++i) {
        if (bits < kDigitBits && next < n) {
            pending |= limbs::Wide(vector[next++]) << bits;
            bits += 64;
        }
        result->digits[i] = Digit(pending) & kDigitMask;
        pending >>= kDigitBits;
        bits -= kDigitBits;
    }
    return int_trim_signed(std::move(result), negative);
}

// Comparison.

int compare_magnitudes(const Int* a, const Int* b) {
    ssize_t na = digit_count(a), nb = digit_count(b);
    if (na != nb) return na < nb ? -1 : 1;
    while (na--)
        if (a->digits[na] != b->digits[na]) return a->digits[na] < b->digits[na] ? -1 : 1;
    return 0;
}

int int_compare(const Int* a, const Int* b) {
    if (a->is_compact() && b->is_compact()) {
        ssize_t x = a->compact_value(), y = b->compact_value();
        return x < y ? -1 : x > y;
    }
    if (a->size != b->size) return a->size < b->size ? -1 : 1;
    int order = compare_magnitudes(a, b);
    return a->size < 0 ? -order : order;
}

bool int_equals_small(const Int* a, int64_t value) {
    int overflow;
    return as_int64_clamped(const_cast<Int*>(a), &overflow) == value && !overflow;
}

// Sums.

Fallible<Ref<Int>> add_magnitudes(const Int* a, const Int* b) {
    if (digit_count(a) < digit_count(b)) std::swap(a, b);
    ssize_t na = digit_count(a), nb = digit_count(b);
    Ref<Int> result = TRY(int_alloc(na + 1));
    Digit carry = 0;
    ssize_t i = 0;
    for (; i < nb; ++i) {
        carry += a->digits[i] + b->digits[i];
        result->digits[i] = carry & kDigitMask;
        carry >>= kDigitBits;
    }
    for (; i < na; ++i) {
        carry += a->digits[i];
        result->digits[i] = carry & kDigitMask;
        carry >>= kDigitBits;
    }
    result->digits[na] = carry;
    return int_trim(std::move(result));
}

Fallible<Ref<Int>> subtract_magnitudes(const Int* a, const Int* b) {
    int order = compare_magnitudes(a, b);
    if (order == 0) return small_int(0);
    if (order < 0) std::swap(a, b);
    ssize_t na = digit_count(a), nb = digit_count(b);
    Ref<Int> result = TRY(int_alloc(na));
    Digit borrow = 0;
    ssize_t i = 0;
    for (; i < nb; ++i) {
        borrow = a->digits[i] - b->digits[i] - borrow;
        result->digits[i] = borrow & kDigitMask;
        borrow = borrow >> 31;
    }
    for (; i < na; ++i) {
        borrow = a->digits[i] - borrow;
        result->digits[i] = borrow & kDigitMask;
        borrow = borrow >> 31;
    }
    return int_trim_signed(std::move(result), order < 0);
}

Fallible<Ref<Int>> int_negate(Int* value) {
    if (value->is_compact()) return int_from(-value->compact_value());
    Ref<Int> result = TRY(int_copy(value));
    result->size = -result->size;
    return result;
}

namespace {

Fallible<Ref<Int>> negated(Fallible<Ref<Int>> fresh) {
    Ref<Int> value = TRY(std::move(fresh));
    if (value->is_compact()) return int_from(-value->compact_value());
    value->size = -value->size;
    return value;
}

}  // namespace

Fallible<Ref<Int>> int_add(Int* a, Int* b) {
    int64_t x, y;
    if (two_digit_value(a, &x) && two_digit_value(b, &y)) [[likely]]
        return int_from(x + y);
    if (a->size < 0) {
        if (b->size < 0) return negated(add_magnitudes(a, b));
        return subtract_magnitudes(b, a);
    }
    return b->size < 0 ? subtract_magnitudes(a, b) : add_magnitudes(a, b);
}

Fallible<Ref<Int>> int_subtract(Int* a, Int* b) {
    int64_t x, y;
    if (two_digit_value(a, &x) && two_digit_value(b, &y)) [[likely]]
        return int_from(x - y);
    if (a->size < 0) {
        if (b->size < 0) return subtract_magnitudes(b, a);
        return negated(add_magnitudes(a, b));
    }
    return b->size < 0 ? add_magnitudes(a, b) : subtract_magnitudes(a, b);
}

// Products.

namespace {

// Below this many digits of the shorter factor the 30-bit loop wins over packing.
constexpr ssize_t kPackedMultiplyDigits = 6;

void multiply_digits(Digit* out, const Digit* a, ssize_t na, const Digit* b, ssize_t nb) {
    std::fill(out, out + na + nb, 0);
    for (ssize_t j = 0; j < nb; ++j) {
        uint64_t carry = 0, factor = b[j];
        for (ssize_t i = 0; i < na; ++i) {
            carry += out[i + j] + a[i] * factor;
            out[i + j] = Digit(carry & kDigitMask);
            carry >>= kDigitBits;
        }
        out[na + j] = Digit(carry);
    }
}

}  // namespace

Fallible<Ref<Int>> int_multiply(Int* a, Int* b) {
    if (a->is_compact() && b->is_compact()) [[likely]]
        return int_from(a->compact_value() * b->compact_value());
    bool negative = (a->size < 0) != (b->size < 0);
    ssize_t na = digit_count(a), nb = digit_count(b);
    if (na == 0 || nb == 0) return small_int(0);
    if (std::min(na, nb) < kPackedMultiplyDigits) {
        Ref<Int> result = TRY(int_alloc(na + nb));
        if (na >= nb)
            multiply_digits(result->digits, a->digits, na, b->digits, nb);
        else
            multiply_digits(result->digits, b->digits, nb, a->digits, na);
        return int_trim_signed(std::move(result), negative);
    }
    size_t la = limbs_for_digits(na), lb = limbs_for_digits(nb);
    limbs::Buffer work(2 * (la + lb));
    if (!work.ok()) return raise_memory_error();
    Limb* x = work.data();
    Limb* y = x + la;
    Limb* product = y + lb;
    la = pack_limbs(a->digits, na, x);
    if (a == b)
        y = x, lb = la;
    else
        lb = pack_limbs(b->digits, nb, y);
    if (!limbs::multiply(product, x, la, y, lb)) return raise_memory_error();
    return int_from_limbs(product, la + lb, negative);
}

// Quotients.

namespace {

Raised raise_zero_division() { return raise(exc::ZeroDivisionError, "integer division or modulo by zero"); }

Fallible<void> divide_by_digit(Int* a, Int* b, Ref<Int>* quotient, Ref<Int>* remainder) {
    Digit divisor = b->digits[0];
    ssize_t count = digit_count(a);
    uint64_t rest = 0;
    if (quotient) {
        Ref<Int> result = TRY(int_alloc(count));
        for (ssize_t i = count; i-- > 0;) {
            rest = rest << kDigitBits | a->digits[i];
            auto digit = Digit(rest / divisor);
            result->digits[i] = digit;
            rest -= uint64_t(digit) * divisor;
        }
        *quotient = int_trim_signed(std::move(result), (a->size < 0) != (b->size < 0));
    } else {
        for (ssize_t i = count; i-- > 0;) rest = (rest << kDigitBits | a->digits[i]) % divisor;
    }
    if (remainder) *remainder = TRY(int_from(a->size < 0 ? -int64_t(rest) : int64_t(rest)));
    return {};
}

}  // namespace

Fallible<void> divide_truncated(Int* a, Int* b, Ref<Int>* quotient, Ref<Int>* remainder) {
    ssize_t na = digit_count(a), nb = digit_count(b);
    if (na < nb || (na == nb && a->digits[na - 1] < b->digits[nb - 1])) {
        if (quotient) *quotient = small_int(0);
        if (remainder) *remainder = TRY(int_copy(a));
        return {};
    }
    if (nb == 1) return divide_by_digit(a, b, quotient, remainder);
    size_t la = limbs_for_digits(na), lb = limbs_for_digits(nb);
    limbs::Buffer work(2 * (la + lb) + 1);
    if (!work.ok()) return raise_memory_error();
    Limb* x = work.data();
    Limb* y = x + la;
    Limb* q = y + lb;
    Limb* r = q + la + 1;
    la = pack_limbs(a->digits, na, x);
    lb = pack_limbs(b->digits, nb, y);
    size_t lq = 0;
    if (la < lb) {
        std::memcpy(r, x, la * sizeof(Limb));
        std::fill(r + la, r + lb, 0);
    } else {
        lq = la - lb + 1;
        if (!limbs::divide(q, r, x, la, y, lb)) return raise_memory_error();
    }
    if (quotient) *quotient = TRY(int_from_limbs(q, lq, (a->size < 0) != (b->size < 0)));
    if (remainder) *remainder = TRY(int_from_limbs(r, lb, a->size < 0));
    return {};
}

Fallible<void> divide_floor(Int* a, Int* b, Ref<Int>* quotient, Ref<Int>* remainder) {
    if (b->size == 0) return raise_zero_division();
    if (a->is_compact() && b->is_compact()) {
        int64_t x = a->compact_value(), y = b->compact_value();
        int64_t q = x / y, r = x % y;
        if (r && (r < 0) != (y < 0)) r += y, --q;
        if (quotient) *quotient = TRY(int_from(q));
        if (remainder) *remainder = TRY(int_from(r));
        return {};
    }
    Ref<Int> q, r;
    bool same_sign = (a->size < 0) == (b->size < 0);
    bool want_remainder = remainder || !same_sign;
    TRY(divide_truncated(a, b, quotient ? &q : nullptr, want_remainder ? &r : nullptr));
    if (!same_sign && r->size != 0) {
        r = TRY(int_add(r.get(), b));
        if (quotient) q = TRY(int_subtract(q.get(), small_int(1).get()));
    }
    if (quotient) *quotient = std::move(q);
    if (remainder) *remainder = std::move(r);
    return {};
}

Fallible<Ref<Int>> int_floor_divide(Int* a, Int* b) {
    Ref<Int> quotient;
    TRY(divide_floor(a, b, &quotient, nullptr));
    return quotient;
}

Fallible<Ref<Int>> int_remainder(Int* a, Int* b) {
    if (b->size == 0) return raise(exc::ZeroDivisionError, "integer modulo by zero");
    Ref<Int> remainder;
    TRY(divide_floor(a, b, nullptr, &remainder));
    return remainder;
}

// Shifts.

Fallible<Ref<Int>> int_shift_left(Int* a, ssize_t bits) {
    if (a->size == 0) return small_int(0);
    if (a->is_compact() && bits < kDigitBits) return int_from(a->compact_value() * (int64_t(1) << bits));
    ssize_t words = bits / kDigitBits;
    int rest = int(bits % kDigitBits);
    ssize_t count = digit_count(a);
    Ref<Int> result = TRY(int_alloc(count + words + 1));
    std::fill(result->digits, result->digits + words, 0);
    uint64_t carry = 0;
    for (ssize_t i = 0; i < count; ++i) {
        carry |= uint64_t(a->digits[i]) << rest;
        result->digits[words + i] = Digit(carry & kDigitMask);
        carry >>= kDigitBits;
    }
    result->digits[words + count] = Digit(carry);
    return int_trim_signed(std::move(result), a->size < 0);
}

Fallible<Ref<Int>> int_shift_right(Int* a, ssize_t bits) {
    if (a->is_compact()) return int_from(bits > 62 ? (a->size < 0 ? -1 : 0) : a->compact_value() >> bits);
    ssize_t words = bits / kDigitBits;
    int rest = int(bits % kDigitBits);
    ssize_t count = digit_count(a);
    bool negative = a->size < 0;
    if (words >= count) return small_int(negative ? -1 : 0);
    // Floor: a negative number that loses one bits moves one further from zero.
    bool lost = false;
    if (negative) {
        for (ssize_t i = 0; i < words && !lost; ++i) lost = a->digits[i] != 0;
        lost = lost || (a->digits[words] & ((Digit(1) << rest) - 1));
    }
    Ref<Int> result = TRY(int_alloc(count - words + 1));
    for (ssize_t i = words; i < count; ++i) {
        uint64_t pair = a->digits[i] | (i + 1 < count ? uint64_t(a->digits[i + 1]) << kDigitBits : 0);
        result->digits[i - words] = Digit(pair >> rest) & kDigitMask;
    }
    result->digits[count - words] = 0;
    for (ssize_t i = 0; lost; ++i) {
        lost = result->digits[i] == kDigitMask;
        result->digits[i] = (result->digits[i] + 1) & kDigitMask;
    }
    return int_trim_signed(std::move(result), negative);
}

// Greatest common divisor.

namespace {

int64_t gcd_small(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

}  // namespace

Fallible<Ref<Int>> int_gcd(Int* a, Int* b) {
    Ref<Int> x = share(a), y = share(b);
    if (x->size < 0) x = TRY(int_negate(x.get()));
    if (y->size < 0) y = TRY(int_negate(y.get()));
    if (!is_int_exact(x.get())) x = TRY(int_copy(x.get()));
    // Euclid until both fit a machine word.
    while (y->size != 0) {
        if (x->size <= 2 && y->size <= 2) {
            int overflow;
            return int_from(gcd_small(as_int64_clamped(x.get(), &overflow), as_int64_clamped(y.get(), &overflow)));
        }
        Ref<Int> rest;
        TRY(divide_truncated(x.get(), y.get(), nullptr, &rest));
        x = std::move(y);
        y = std::move(rest);
    }
    return x;
}

}  // namespace py
