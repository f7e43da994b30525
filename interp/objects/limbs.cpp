// Limb vectors: sums, shifts, products (schoolbook and Karatsuba).
#include "interp/objects/limbs.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace py::limbs {

Buffer::Buffer(size_t n) : data_(inline_) {
    if (n > kInline) data_ = n > SIZE_MAX / sizeof(Limb) ? nullptr : static_cast<Limb*>(std::malloc(n * sizeof(Limb)));
}

Buffer::~Buffer() {
    if (data_ != inline_) std::free(data_);
}

namespace {

#if defined(__x86_64__)
using Carry = unsigned char;
inline Limb add_with_carry(Limb a, Limb b, Carry& carry) {
    unsigned long long sum;
    carry = _addcarry_u64(carry, a, b, &sum);
    return sum;
}
inline Limb subtract_with_borrow(Limb a, Limb b, Carry& borrow) {
    unsigned long long difference;
    borrow = _subborrow_u64(borrow, a, b, &difference);
    return difference;
}
#else
using Carry = Limb;
inline Limb add_with_carry(Limb a, Limb b, Carry& carry) {
    Wide sum = Wide(a) + b + carry;
    carry = Limb(sum >> 64);
    return Limb(sum);
}
inline Limb subtract_with_borrow(Limb a, Limb b, Carry& borrow) {
    Wide difference = Wide(a) - b - borrow;
    borrow = Limb(difference >> 64) & 1;
    return Limb(difference);
}
#endif

}  // namespace

Limb add(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb) {
    Carry carry = 0;
    size_t i = 0;
    for (; i < nb; ++i) out[i] = add_with_carry(a[i], b[i], carry);
    for (; i < na; ++i) out[i] = add_with_carry(a[i], 0, carry);
    return carry;
}

Limb subtract(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb) {
    Carry borrow = 0;
    size_t i = 0;
    for (; i < nb; ++i) out[i] = subtract_with_borrow(a[i], b[i], borrow);
    for (; i < na; ++i) out[i] = subtract_with_borrow(a[i], 0, borrow);
    return borrow;
}

int compare(const Limb* a, const Limb* b, size_t n) {
    while (n--)
        if (a[n] != b[n]) return a[n] < b[n] ? -1 : 1;
    return 0;
}

Limb multiply_by_limb(Limb* out, const Limb* a, size_t n, Limb b, Limb carry) {
    for (size_t i = 0; i < n; ++i) {
        Wide product = Wide(a[i]) * b + carry;
        out[i] = Limb(product);
        carry = Limb(product >> 64);
    }
    return carry;
}

Limb add_multiple(Limb* out, const Limb* a, size_t n, Limb b) {
    Limb carry = 0;
    for (size_t i = 0; i < n; ++i) {
        Wide product = Wide(a[i]) * b + out[i] + carry;
        out[i] = Limb(product);
        carry = Limb(product >> 64);
    }
    return carry;
}

Limb subtract_multiple(Limb* out, const Limb* a, size_t n, Limb b) {
    Limb carry = 0;
    for (size_t i = 0; i < n; ++i) {
        Wide product = Wide(a[i]) * b + carry;
        Limb low = Limb(product);
        carry = Limb(product >> 64) + (out[i] < low);
        out[i] -= low;
    }
    return carry;
}

Limb shift_left(Limb* out, const Limb* a, size_t n, int bits) {
    if (bits == 0) {
        std::memmove(out, a, n * sizeof(Limb));
        return 0;
    }
    Limb carry = n ? a[n - 1] >> (64 - bits) : 0;
    for (size_t i = n; i-- > 1;) out[i] = (a[i] << bits) | (a[i - 1] >> (64 - bits));
    if (n) out[0] = a[0] << bits;
    return carry;
}

Limb shift_right(Limb* out, const Limb* a, size_t n, int bits) {
    if (bits == 0) {
        std::memmove(out, a, n * sizeof(Limb));
        return 0;
    }
    Limb lost = n ? a[0] << (64 - bits) : 0;
    for (size_t i = 0; i + 1 < n; ++i) out[i] = (a[i] >> bits) | (a[i + 1] << (64 - bits));
    if (n) out[n - 1] = a[n - 1] >> bits;
    return lost;
}

// Products.

namespace {

constexpr size_t kKaratsubaLimbs = 28;

void multiply_schoolbook(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb) {
    out[na] = multiply_by_limb(out, a, na, b[0], 0);
    for (size_t j = 1; j < nb; ++j) out[na + j] = add_multiple(out + j, a, na, b[j]);
}

// Squares: the products above the diagonal once, doubled, plus the diagonal.
void square_schoolbook(Limb* out, const Limb* a, size_t n) {
    if (n == 1) {
        Wide product = Wide(a[0]) * a[0];
        out[0] = Limb(product), out[1] = Limb(product >> 64);
        return;
    }
    out[0] = 0;
    out[n] = multiply_by_limb(out + 1, a + 1, n - 1, a[0], 0);
    for (size_t i = 1; i + 1 < n; ++i) out[n + i] = add_multiple(out + 2 * i + 1, a + i + 1, n - i - 1, a[i]);
    out[2 * n - 1] = 0;
    (void)shift_left(out, out, 2 * n, 1);
    Carry carry = 0;
    for (size_t i = 0; i < n; ++i) {
        Wide product = Wide(a[i]) * a[i];
        out[2 * i] = add_with_carry(out[2 * i], Limb(product), carry);
        out[2 * i + 1] = add_with_carry(out[2 * i + 1], Limb(product >> 64), carry);
    }
}

// out[na] = |a - b| for b with nb <= na limbs; true when a < b.
bool absolute_difference(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb) {
    bool less = trimmed(a + nb, na - nb) == 0 && compare(a, b, nb) < 0;
    if (!less) {
        (void)subtract(out, a, na, b, nb);
        return false;
    }
    (void)subtract(out, b, nb, a, nb);
    std::fill(out + nb, out + na, 0);
    return true;
}

// Karatsuba with the difference form: a*b = hi·B² + (hi + lo - (a0-a1)(b0-b1))·B + lo. scratch: karatsuba_scratch(n).
size_t karatsuba_scratch(size_t n) { return 6 * n + 256; }

void multiply_equal(Limb* out, const Limb* a, const Limb* b, size_t n, Limb* scratch) {
    if (n < kKaratsubaLimbs) {
        if (a == b)
            square_schoolbook(out, a, n);
        else
            multiply_schoolbook(out, a, n, b, n);
        return;
    }
    size_t half = (n + 1) / 2, top = n - half;
    bool negative_a = absolute_difference(out, a, half, a + half, top);
    bool negative_b = negative_a;
    const Limb* difference_b = out;
    if (a != b) {
        negative_b = absolute_difference(out + half, b, half, b + half, top);
        difference_b = out + half;
    }
    Limb* middle = scratch;
    Limb* rest = scratch + 2 * half;
    multiply_equal(middle, out, difference_b, half, rest);
    multiply_equal(out, a, b, half, rest);
    multiply_equal(out + 2 * half, a + half, b + half, top, rest);
    // rest[0 … 2·half] = lo + hi ∓ middle, never negative.
    Limb over = add(rest, out, 2 * half, out + 2 * half, 2 * top);
    if (negative_a == negative_b)
        over -= subtract(rest, rest, 2 * half, middle, 2 * half);
    else
        over += add(rest, rest, 2 * half, middle, 2 * half);
    rest[2 * half] = over;
    size_t used = trimmed(rest, 2 * half + 1);
    (void)add(out + half, out + half, 2 * n - half, rest, used);
}

size_t multiply_scratch(size_t nb) { return 2 * nb + karatsuba_scratch(nb); }

// na >= nb >= 1.
void multiply_any(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb, Limb* scratch) {
    if (nb < kKaratsubaLimbs) {
        multiply_schoolbook(out, a, na, b, nb);
        return;
    }
    if (na == nb) {
        multiply_equal(out, a, b, na, scratch);
        return;
    }
    // a in slices of nb limbs.
    Limb* product = scratch;
    Limb* rest = scratch + 2 * nb;
    multiply_equal(out, a, b, nb, rest);
    std::fill(out + 2 * nb, out + na + nb, 0);
    for (size_t start = nb; start < na; start += nb) {
        size_t size = std::min(nb, na - start);
        if (size == nb) {
            multiply_equal(product, a + start, b, nb, rest);
        } else {
            multiply_any(product, b, nb, a + start, size, rest);
        }
        (void)add(out + start, out + start, na + nb - start, product, size + nb);
    }
}

}  // namespace

bool multiply(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb) {
    if (na < nb) {
        std::swap(a, b);
        std::swap(na, nb);
    }
    if (nb == 0) {
        std::fill(out, out + na, 0);
        return true;
    }
    if (nb < kKaratsubaLimbs) {
        if (a == b && na == nb)
            square_schoolbook(out, a, na);
        else
            multiply_schoolbook(out, a, na, b, nb);
        return true;
    }
    Buffer scratch(2 * multiply_scratch(nb));
    if (!scratch.ok()) return false;
    multiply_any(out, a, na, b, nb, scratch.data());
    return true;
}

}  // namespace py::limbs
