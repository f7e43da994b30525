// Limb vectors: division (Knuth's algorithm D; above a threshold recursive, Burnikel and Ziegler 1998).
#include <algorithm>
#include <bit>
#include <cstring>

#include "interp/objects/limbs.h"

namespace py::limbs {

namespace {

constexpr size_t kRecursiveLimbs = 60;

// (high, low) / divisor with high < divisor.
inline Limb divide_wide(Limb high, Limb low, Limb divisor, Limb* remainder) {
#if defined(__x86_64__)
    Limb quotient;
    __asm__("divq %4" : "=a"(quotient), "=d"(*remainder) : "a"(low), "d"(high), "r"(divisor) : "cc");
    return quotient;
#else
    Wide dividend = Wide(high) << 64 | low;
    *remainder = Limb(dividend % divisor);
    return Limb(dividend / divisor);
#endif
}

// floor((2^128 - 1) / d) - 2^64 for d with its top bit set (Möller and Granlund 2011).
inline Limb reciprocal(Limb d) {
    Limb ignored;
    return divide_wide(~d, ~Limb(0), d, &ignored);
}

// Two limbs by one with the divisor's reciprocal: two products instead of a division.
inline Limb divide_with_reciprocal(Limb high, Limb low, Limb d, Limb inverse, Limb* remainder) {
    Wide q = Wide(inverse) * high + (Wide(high) << 64 | low);
    Limb quotient = Limb(q >> 64) + 1;
    Limb r = low - quotient * d;
    if (r > Limb(q)) --quotient, r += d;
    if (r >= d) [[unlikely]]
        ++quotient, r -= d;
    *remainder = r;
    return quotient;
}

// a[m + n] by b[n] (top bit of b set): quotient in q[m], remainder in a[0 … n); the quotient's limb m, 0 or 1.
Limb divide_schoolbook(Limb* q, Limb* a, size_t m, const Limb* b, size_t n) {
    Limb top_quotient = 0;
    if (compare(a + m, b, n) >= 0) {
        (void)subtract(a + m, a + m, n, b, n);
        top_quotient = 1;
    }
    Limb top = b[n - 1];
    Limb second = n > 1 ? b[n - 2] : 0;
    Limb inverse = reciprocal(top);
    for (size_t j = m; j-- > 0;) {
        Limb* window = a + j;  // n + 1 limbs, less than b·2^64
        Limb guess, rest;
        if (window[n] >= top) {
            guess = ~Limb(0);
        } else {
            guess = divide_with_reciprocal(window[n], window[n - 1], top, inverse, &rest);
            if (n > 1) {
                Wide product = Wide(guess) * second;
                while (product > (Wide(rest) << 64 | window[n - 2])) {
                    --guess;
                    product -= second;
                    if (__builtin_add_overflow(rest, top, &rest)) break;
                }
            }
        }
        Limb borrow = subtract_multiple(window, b, n, guess);
        Limb before = window[n];
        window[n] = before - borrow;
        if (before < borrow) {
            do {
                --guess;
                window[n] += add(window, window, n, b, n);
            } while (window[n] != 0);
        }
        q[j] = guess;
    }
    return top_quotient;
}

struct Memory {
    bool failed = false;
};

// As divide_schoolbook, for m <= n.
Limb divide_recursive(Limb* q, Limb* a, size_t m, const Limb* b, size_t n, Limb* product, Memory& memory) {
    if (m < kRecursiveLimbs) return divide_schoolbook(q, a, m, b, n);
    size_t k = m / 2;
    // Upper half of the quotient from the upper limbs of both; then take its product with b's low limbs off.
    Limb high = divide_recursive(q + k, a + 2 * k, m - k, b + k, n - k, product, memory);
    if (!multiply(product, q + k, m - k, b, k)) memory.failed = true;
    if (memory.failed) return 0;
    Limb borrow = subtract(a + k, a + k, n, product, m);
    if (high) borrow += subtract(a + m, a + m, n + k - m, b, k);
    constexpr Limb kOne = 1;
    while (borrow) {
        high -= subtract(q + k, q + k, m - k, &kOne, 1);
        borrow -= add(a + k, a + k, n, b, n);
    }
    Limb low = divide_recursive(q, a + k, k, b + k, n - k, product, memory);
    if (memory.failed || !multiply(product, q, k, b, k)) {
        memory.failed = true;
        return 0;
    }
    borrow = subtract(a, a, n, product, 2 * k);
    if (low) borrow += subtract(a + k, a + k, n - k, b, k);
    while (borrow) {
        low -= subtract(q, q, k, &kOne, 1);
        borrow -= add(a, a, n, b, n);
    }
    if (low) high += add(q + k, q + k, m - k, &low, 1);
    return high;
}

// Any m: the quotient in blocks of n limbs from the top.
bool divide_blocks(Limb* q, Limb* a, size_t m, const Limb* b, size_t n, Limb* top) {
    if (m < kRecursiveLimbs || n < kRecursiveLimbs) {
        *top = divide_schoolbook(q, a, m, b, n);
        return true;
    }
    Buffer product(2 * n);
    if (!product.ok()) return false;
    Memory memory;
    *top = 0;
    size_t block = m % n ? m % n : n;
    for (size_t position = m; position > 0; block = n) {
        position -= block;
        Limb carry = divide_recursive(q + position, a + position, block, b, n, product.data(), memory);
        if (memory.failed) return false;
        if (position + block == m) *top = carry;
    }
    return true;
}

}  // namespace

Limb divide_by_limb(Limb* a, size_t n, Limb b) {
    int shift = std::countl_zero(b);
    Limb d = b << shift;
    Limb inverse = reciprocal(d);
    Limb rest = shift && n ? a[n - 1] >> (64 - shift) : 0;
    for (size_t i = n; i-- > 0;) {
        Limb next = shift ? a[i] << shift | (i ? a[i - 1] >> (64 - shift) : 0) : a[i];
        a[i] = divide_with_reciprocal(rest, next, d, inverse, &rest);
    }
    return rest >> shift;
}

bool divide(Limb* quotient, Limb* remainder, const Limb* a, size_t na, const Limb* b, size_t nb) {
    if (nb == 1) {
        std::memcpy(quotient, a, na * sizeof(Limb));
        remainder[0] = divide_by_limb(quotient, na, b[0]);
        return true;
    }
    int shift = std::countl_zero(b[nb - 1]);
    Buffer work(na + 1 + nb);
    if (!work.ok()) return false;
    Limb* dividend = work.data();
    Limb* divisor = dividend + na + 1;
    (void)shift_left(divisor, b, nb, shift);
    dividend[na] = shift_left(dividend, a, na, shift);
    // The limb shifted out makes the quotient one limb longer than na - nb; without it that limb is divide's top.
    Limb top;
    if (!divide_blocks(quotient, dividend, na - nb + 1, divisor, nb, &top)) return false;
    (void)shift_right(remainder, dividend, nb, shift);
    return true;
}

}  // namespace py::limbs
