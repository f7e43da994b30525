// math: functions of integers.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "interp/modules/math_module.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/int_digits.h"

namespace py {

// math.gcd(*integers)
Fallible<Ref<>> math_gcd(Object*, Object* const* args, ssize_t nargs) {
    Ref<Int> result = small_int(0);
    for (ssize_t i = 0; i < nargs; ++i) {
        Ref<Int> value = TRY(index(args[i]));
        result = TRY(int_gcd(result.get(), value.get()));
    }
    return result;
}

// math.lcm(*integers)
Fallible<Ref<>> math_lcm(Object*, Object* const* args, ssize_t nargs) {
    Ref<Int> result = small_int(1);
    for (ssize_t i = 0; i < nargs; ++i) {
        Ref<Int> value = TRY(index(args[i]));
        if (value->size == 0 || result->size == 0) {
            result = small_int(0);
            continue;
        }
        Ref<Int> common = TRY(int_gcd(result.get(), value.get()));
        Ref<Int> part = TRY(int_floor_divide(result.get(), common.get()));
        result = TRY(int_multiply(part.get(), value.get()));
        if (result->size < 0) result = TRY(int_negate(result.get()));
    }
    return result;
}

// Square roots.

namespace {

uint64_t square_root_of_word(uint64_t n) {
    auto root = uint64_t(std::sqrt(double(n)));
    // double has 53 bits: at most one off.
    while (limbs::Wide(root) * root > n) --root;
    while (limbs::Wide(root + 1) * (root + 1) <= n) ++root;
    return root;
}

// Newton with a precision that doubles each step: a_i approximates sqrt(n) to its leading bits.
Fallible<Ref<Int>> square_root(Int* n) {
    if (int_bit_length(n) <= 64) return int_from_unsigned(square_root_of_word(as_uint64_masked(n)));
    auto half_bits = ssize_t((int_bit_length(n) - 1) / 2);
    int steps = int(std::bit_width(uint64_t(half_bits)));
    Ref<Int> root = small_int(1);
    ssize_t precision = 0;
    for (int i = steps; i-- > 0;) {
        ssize_t before = precision;
        precision = half_bits >> i;
        // root = (root << (precision - before - 1)) + (n >> (2 half_bits - before - precision + 1)) / root
        Ref<Int> shifted = TRY(int_shift_right(n, 2 * half_bits - before - precision + 1));
        Ref<Int> quotient = TRY(int_floor_divide(shifted.get(), root.get()));
        root = TRY(int_shift_left(root.get(), precision - before - 1));
        root = TRY(int_add(root.get(), quotient.get()));
    }
    Ref<Int> square = TRY(int_multiply(root.get(), root.get()));
    if (int_compare(square.get(), n) > 0) root = TRY(int_subtract(root.get(), small_int(1).get()));
    return root;
}

}  // namespace

// math.isqrt(n, /)
Fallible<Ref<>> math_isqrt(Object*, Object* n) {
    Ref<Int> value = TRY(index(n));
    if (value->size < 0) return raise(exc::ValueError, "isqrt() argument must be nonnegative");
    return TRY(square_root(value.get()));
}

// Products of ranges.

namespace {

// first * (first + step) * … (count factors), by halves so that the factors stay balanced.
Fallible<Ref<Int>> range_product(uint64_t first, uint64_t step, uint64_t count) {
    if (count == 0) return small_int(1);
    uint64_t last = first + step * (count - 1);
    if (count <= 64 && int(std::bit_width(last)) * int(count) <= 62) {
        int64_t product = 1;
        for (uint64_t i = 0; i < count; ++i) product *= int64_t(first + i * step);
        return int_from(product);
    }
    if (count == 1) return int_from_unsigned(first);
    Ref<Int> low = TRY(range_product(first, step, count / 2));
    Ref<Int> high = TRY(range_product(first + step * (count / 2), step, count - count / 2));
    return int_multiply(low.get(), high.get());
}

// n! = 2**(n - popcount n) * product over i of the odd numbers in (n >> (i+1), n >> i], each raised as often as it occurs.
Fallible<Ref<Int>> factorial(uint64_t n) {
    Ref<Int> inner = small_int(1), outer = small_int(1);
    for (int i = int(std::bit_width(n)); i-- > 0;) {
        uint64_t high = n >> i, low = high >> 1;
        uint64_t first = (low + 1) | 1;
        if (first <= high && first > 1) {
            Ref<Int> odds = TRY(range_product(first, 2, (high - first) / 2 + 1));
            inner = TRY(int_multiply(inner.get(), odds.get()));
        } else if (first <= high && high >= 3) {
            Ref<Int> odds = TRY(range_product(3, 2, (high - 3) / 2 + 1));
            inner = TRY(int_multiply(inner.get(), odds.get()));
        }
        outer = TRY(int_multiply(outer.get(), inner.get()));
    }
    return int_shift_left(outer.get(), ssize_t(n) - std::popcount(n));
}

}  // namespace

// math.factorial(n, /)
Fallible<Ref<>> math_factorial(Object*, Object* n) {
    Ref<Int> value = TRY(index(n));
    if (value->size < 0) return raise(exc::ValueError, "factorial() not defined for negative values");
    int overflow;
    int64_t number = as_int64_clamped(value.get(), &overflow);
    if (overflow)
        return raise(exc::OverflowError, "factorial() argument should not exceed %ld", std::numeric_limits<long>::max());
    return TRY(factorial(uint64_t(number)));
}

namespace {

// n * (n - 1) * … * (n - k + 1)
Fallible<Ref<Int>> falling_factorial(Int* n, uint64_t k) {
    int overflow;
    int64_t small = as_int64_clamped(n, &overflow);
    if (!overflow) return range_product(uint64_t(small) - k + 1, 1, k);
    if (k == 0) return small_int(1);
    if (k == 1) return share(n);
    uint64_t half = k / 2;
    Ref<Int> head = TRY(falling_factorial(n, half));
    Ref<Int> offset = TRY(int_from_unsigned(half));
    Ref<Int> next = TRY(int_subtract(n, offset.get()));
    Ref<Int> tail = TRY(falling_factorial(next.get(), k - half));
    return int_multiply(head.get(), tail.get());
}

// C(n, k) = C(n, j) * C(n - j, k - j) / C(k, j) with j = k / 2: exact divisions of balanced numbers.
Fallible<Ref<Int>> binomial(Int* n, uint64_t k) {
    if (k == 0) return small_int(1);
    if (k == 1) return share(n);
    int overflow;
    int64_t small = as_int64_clamped(n, &overflow);
    if (!overflow && k <= 16 && int(std::bit_width(uint64_t(small))) * int(k) <= 62) {
        int64_t result = 1;
        for (uint64_t i = 0; i < k; ++i) result = result * (small - int64_t(i)) / int64_t(i + 1);
        return int_from(result);
    }
    uint64_t j = k / 2;
    Ref<Int> first = TRY(binomial(n, j));
    Ref<Int> offset = TRY(int_from_unsigned(j));
    Ref<Int> rest = TRY(int_subtract(n, offset.get()));
    Ref<Int> second = TRY(binomial(rest.get(), k - j));
    Ref<Int> top = TRY(int_from_unsigned(k));
    Ref<Int> divisor = TRY(binomial(top.get(), j));
    Ref<Int> product = TRY(int_multiply(first.get(), second.get()));
    return int_floor_divide(product.get(), divisor.get());
}

}  // namespace

// math.perm(n, k=None, /)
Fallible<Ref<>> math_perm(Object* module, Object* const* bound) {
    if (!bound[1] || is_none(bound[1])) return math_factorial(module, bound[0]);
    Ref<Int> n = TRY(index(bound[0]));
    Ref<Int> k = TRY(index(bound[1]));
    if (n->size < 0) return raise(exc::ValueError, "n must be a non-negative integer");
    if (k->size < 0) return raise(exc::ValueError, "k must be a non-negative integer");
    if (int_compare(n.get(), k.get()) < 0) return small_int(0);
    int overflow;
    int64_t factors = as_int64_clamped(k.get(), &overflow);
    if (overflow)
        return raise(exc::OverflowError, "k must not exceed %lld", std::numeric_limits<long long>::max());
    return TRY(falling_factorial(n.get(), uint64_t(factors)));
}

// math.comb(n, k, /)
Fallible<Ref<>> math_comb(Object*, Object* const* bound) {
    Ref<Int> n = TRY(index(bound[0]));
    Ref<Int> k = TRY(index(bound[1]));
    if (n->size < 0) return raise(exc::ValueError, "n must be a non-negative integer");
    if (k->size < 0) return raise(exc::ValueError, "k must be a non-negative integer");
    Ref<Int> other = TRY(int_subtract(n.get(), k.get()));
    if (other->size < 0) return small_int(0);
    if (int_compare(other.get(), k.get()) < 0) k = std::move(other);
    int overflow;
    int64_t factors = as_int64_clamped(k.get(), &overflow);
    if (overflow)
        return raise(exc::OverflowError, "min(n - k, k) must not exceed %lld", std::numeric_limits<long long>::max());
    return TRY(binomial(n.get(), uint64_t(factors)));
}

}  // namespace py
