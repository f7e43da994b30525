// int: powers. Left to right over the exponent's bits, in windows of five for long exponents; odd moduli of several limbs
// by Montgomery multiplication.
#include <algorithm>
#include <bit>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int_digits.h"

namespace py {

using limbs::Limb;

namespace {

// Bits of the exponent from `low` upwards.
unsigned exponent_bits(const Int* exponent, ssize_t low, int width) {
    unsigned result = 0;
    for (int i = width; i-- > 0;) {
        ssize_t bit = low + i;
        ssize_t digit = bit / kDigitBits;
        bool set = digit < digit_count(exponent) && (exponent->digits[digit] >> (bit % kDigitBits) & 1);
        result = result << 1 | set;
    }
    return result;
}

constexpr int kWindow = 5;
constexpr size_t kWindowedBits = 240;  // shorter exponents do not earn the table

// base ** exponent % modulus for a modulus below 2**62.
Fallible<Ref<Int>> power_small_modulus(Int* base, Int* exponent, uint64_t modulus) {
    int overflow;
    uint64_t factor = uint64_t(as_int64_clamped(base, &overflow));
    uint64_t result = 1 % modulus;
    for (ssize_t bit = ssize_t(int_bit_length(exponent)); bit-- > 0;) {
        result = uint64_t(limbs::Wide(result) * result % modulus);
        if (exponent_bits(exponent, bit, 1)) result = uint64_t(limbs::Wide(result) * factor % modulus);
    }
    return int_from_unsigned(result);
}

// Montgomery form modulo an odd number of n limbs.
class Montgomery {
  public:
    Montgomery(const Limb* modulus, size_t n, Limb* product) : modulus_(modulus), n_(n), product_(product) {
        Limb inverse = modulus[0];  // correct to 3 bits; each step doubles them
        for (int i = 0; i < 5; ++i) inverse *= 2 - modulus[0] * inverse;
        negative_inverse_ = -inverse;
    }
    // out = a * b / 2**(64 n) mod modulus. out may be a or b.
    [[nodiscard]] bool multiply(Limb* out, const Limb* a, const Limb* b) {
        if (!limbs::multiply(product_, a, n_, b, n_)) return false;
        reduce(out);
        return true;
    }
    // Out of Montgomery form.
    void leave(Limb* out, const Limb* a) {
        std::copy(a, a + n_, product_);
        std::fill(product_ + n_, product_ + 2 * n_, 0);
        reduce(out);
    }

  private:
    void reduce(Limb* out) {
        Limb over = 0;
        for (size_t i = 0; i < n_; ++i) {
            Limb carry = limbs::add_multiple(product_ + i, modulus_, n_, product_[i] * negative_inverse_);
            over += limbs::add(product_ + i + n_, product_ + i + n_, n_ - i, &carry, 1);
        }
        if (over || limbs::compare(product_ + n_, modulus_, n_) >= 0)
            (void)limbs::subtract(out, product_ + n_, n_, modulus_, n_);
        else
            std::copy(product_ + n_, product_ + 2 * n_, out);
    }
    const Limb* modulus_;
    size_t n_;
    Limb* product_;  // 2n limbs
    Limb negative_inverse_;
};

// 0 <= base < modulus, modulus odd, exponent > 0.
Fallible<Ref<Int>> power_montgomery(Int* base, Int* exponent, Int* modulus) {
    size_t n = limbs_for_digits(digit_count(modulus));
    size_t bits = int_bit_length(exponent);
    int window = bits > kWindowedBits ? kWindow : 1;
    size_t table_size = size_t(1) << window;
    limbs::Buffer memory((table_size + 7) * n + 2);
    if (!memory.ok()) return raise_memory_error();
    Limb* m = memory.data();
    Limb* shifted = m + n;  // 2n + 1 limbs: a number times 2**(64 n)
    Limb* quotient = shifted + 2 * n + 1;
    Limb* result = quotient + n + 1;
    Limb* product = result + n;
    Limb* table = product + 2 * n;
    n = pack_limbs(modulus->digits, digit_count(modulus), m);
    Montgomery field(m, n, product);
    auto enter = [&](Limb* out, const Int* value) {
        std::fill(shifted, shifted + n, 0);
        size_t used = pack_limbs(value->digits, digit_count(value), shifted + n);
        std::fill(shifted + n + used, shifted + 2 * n, 0);
        return limbs::divide(quotient, out, shifted, 2 * n, m, n);
    };
    Ref<Int> one = small_int(1);
    if (!enter(table, one.get()) || !enter(table + n, base)) return raise_memory_error();
    for (size_t i = 2; i < table_size; ++i)
        if (!field.multiply(table + i * n, table + (i - 1) * n, table + n)) return raise_memory_error();
    std::copy(table, table + n, result);
    for (ssize_t low = ssize_t((bits + size_t(window) - 1) / size_t(window)) * window; low > 0;) {
        low -= window;
        for (int i = 0; i < window; ++i)
            if (!field.multiply(result, result, result)) return raise_memory_error();
        unsigned chosen = exponent_bits(exponent, low, window);
        if (chosen && !field.multiply(result, result, table + chosen * n)) return raise_memory_error();
    }
    field.leave(result, result);
    return int_from_limbs(result, n, false);
}

// Square and multiply over objects; modulus null or positive, 0 <= base.
Fallible<Ref<Int>> multiply_reduced(Int* a, Int* b, Int* modulus) {
    Ref<Int> product = TRY(int_multiply(a, b));
    if (!modulus) return product;
    Ref<Int> rest;
    TRY(divide_truncated(product.get(), modulus, nullptr, &rest));
    return rest;
}

Fallible<Ref<Int>> power_plain(Int* base, Int* exponent, Int* modulus) {
    size_t bits = int_bit_length(exponent);
    if (!modulus || bits <= kWindowedBits) {
        Ref<Int> result = TRY(int_copy(base));
        for (ssize_t bit = ssize_t(bits) - 1; bit-- > 0;) {
            result = TRY(multiply_reduced(result.get(), result.get(), modulus));
            if (exponent_bits(exponent, bit, 1)) result = TRY(multiply_reduced(result.get(), base, modulus));
        }
        return result;
    }
    Ref<Int> table[1 << kWindow];
    table[0] = small_int(1);
    table[1] = share(base);
    for (int i = 2; i < 1 << kWindow; ++i) table[i] = TRY(multiply_reduced(table[i - 1].get(), base, modulus));
    Ref<Int> result = small_int(1);
    for (ssize_t low = ssize_t((bits + kWindow - 1) / kWindow) * kWindow; low > 0;) {
        low -= kWindow;
        for (int i = 0; i < kWindow; ++i) result = TRY(multiply_reduced(result.get(), result.get(), modulus));
        unsigned chosen = exponent_bits(exponent, low, kWindow);
        if (chosen) result = TRY(multiply_reduced(result.get(), table[chosen].get(), modulus));
    }
    return result;
}

// FAST: powers that stay within a machine word. False: they do not.
bool power_in_word(int64_t base, uint64_t exponent, int64_t* result) {
    int64_t value = 1;
    while (true) {
        if (exponent & 1 && __builtin_mul_overflow(value, base, &value)) return false;
        exponent >>= 1;
        if (!exponent) break;
        if (__builtin_mul_overflow(base, base, &base)) return false;
    }
    *result = value;
    return true;
}

// x with a * x % modulus == 1, by the extended Euclidean algorithm. ValueError when there is none.
Fallible<Ref<Int>> inverse(Int* a, Int* modulus) {
    Ref<Int> x = small_int(1), y = small_int(0);
    Ref<Int> r = share(a), next = share(modulus);
    while (next->size != 0) {
        Ref<Int> quotient, rest;
        TRY(divide_floor(r.get(), next.get(), &quotient, &rest));
        r = std::move(next);
        next = std::move(rest);
        Ref<Int> product = TRY(int_multiply(quotient.get(), y.get()));
        Ref<Int> following = TRY(int_subtract(x.get(), product.get()));
        x = std::move(y);
        y = std::move(following);
    }
    if (!int_equals_small(r.get(), 1)) return raise(exc::ValueError, "base is not invertible for the given modulus");
    return x;
}

Fallible<Ref<Int>> power_modulo(Int* base_given, Int* exponent_given, Int* modulus_given) {
    Ref<Int> base = share(base_given), exponent = share(exponent_given), modulus = share(modulus_given);
    if (modulus->size == 0) return raise(exc::ValueError, "pow() 3rd argument cannot be 0");
    bool negative = modulus->size < 0;
    if (negative) modulus = TRY(int_negate(modulus.get()));
    if (int_equals_small(modulus.get(), 1)) return small_int(0);
    if (exponent->size < 0) {
        exponent = TRY(int_negate(exponent.get()));
        base = TRY(inverse(base.get(), modulus.get()));
    }
    if (base->size < 0 || compare_magnitudes(base.get(), modulus.get()) >= 0)
        base = TRY(int_remainder(base.get(), modulus.get()));
    Ref<Int> result;
    if (exponent->size == 0)
        result = small_int(1);
    else if (digit_count(modulus.get()) <= 2)
        result = TRY(power_small_modulus(base.get(), exponent.get(), as_uint64_masked(modulus.get())));
    else if (modulus->digits[0] & 1)
        result = TRY(power_montgomery(base.get(), exponent.get(), modulus.get()));
    else
        result = TRY(power_plain(base.get(), exponent.get(), modulus.get()));
    if (negative && result->size != 0) result = TRY(int_subtract(result.get(), modulus.get()));
    return result;
}

}  // namespace

Fallible<Ref<Int>> int_power(Int* base, Int* exponent, Int* modulus_or_null) {
    if (modulus_or_null) return power_modulo(base, exponent, modulus_or_null);
    if (exponent->size == 0) return small_int(1);
    if (base->is_compact()) {
        int64_t value = base->compact_value(), result;
        if (value == 0 || value == 1) return small_int(value);
        if (value == -1) return small_int(exponent->digits[0] & 1 ? -1 : 1);
        if (exponent->is_compact() && power_in_word(value, uint64_t(exponent->compact_value()), &result))
            return int_from(result);
        if (value == 2 && exponent->is_compact()) return int_shift_left(base, exponent->compact_value() - 1);
    }
    return power_plain(base, exponent, nullptr);
}

}  // namespace py
