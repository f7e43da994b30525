// Natural numbers as vectors of 64-bit limbs, least significant first: the arithmetic under big ints. Knows no objects.
// Functions that need memory return false when there is none; no vector may overlap another unless said so.
#pragma once

#include <cstddef>
#include <cstdint>

namespace py::limbs {

using Limb = uint64_t;
using Wide = unsigned __int128;

// out[na] = a + b, na >= nb; the carry. out may be a or b.
Limb add(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb);
// out[na] = a - b, na >= nb; the borrow. out may be a or b.
Limb subtract(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb);
int compare(const Limb* a, const Limb* b, size_t n);
// out = a * b + carry; the carry. out may be a.
Limb multiply_by_limb(Limb* out, const Limb* a, size_t n, Limb b, Limb carry);
// out += a * b; the carry.
Limb add_multiple(Limb* out, const Limb* a, size_t n, Limb b);
// out -= a * b; the borrow.
Limb subtract_multiple(Limb* out, const Limb* a, size_t n, Limb b);
// 0 <= bits < 64; what was shifted out. out may be a.
Limb shift_left(Limb* out, const Limb* a, size_t n, int bits);
Limb shift_right(Limb* out, const Limb* a, size_t n, int bits);
// a /= b in place; the remainder.
Limb divide_by_limb(Limb* a, size_t n, Limb b);
inline size_t trimmed(const Limb* a, size_t n) {
    while (n && a[n - 1] == 0) --n;
    return n;
}

// out[na + nb] = a * b. a and b may be the same vector.
[[nodiscard]] bool multiply(Limb* out, const Limb* a, size_t na, const Limb* b, size_t nb);
// quotient[na - nb + 1] = a / b, remainder[nb] = a % b. na >= nb >= 1, b[nb - 1] != 0.
[[nodiscard]] bool divide(Limb* quotient, Limb* remainder, const Limb* a, size_t na, const Limb* b, size_t nb);

// The digits of a (n limbs, trimmed) in base 10 as ASCII, most significant first, no leading zeros. Returns their number,
// 0 when out of memory; `out` has room for decimal_capacity(n) characters.
size_t decimal_capacity(size_t n);
size_t to_decimal(const Limb* a, size_t n, char* out);
// Value of `count` digit values (0 … base-1, most significant first). `out` has room for radix_limbs(count, base) limbs.
// *n: the limbs used.
size_t radix_limbs(size_t count, int base);
[[nodiscard]] bool from_radix(const uint8_t* digits, size_t count, int base, Limb* out, size_t* n);

// A vector on the stack while it is short.
class Buffer {
  public:
    explicit Buffer(size_t n);
    ~Buffer();
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    bool ok() const { return data_ != nullptr; }
    Limb* data() { return data_; }
    Limb& operator[](size_t i) { return data_[i]; }

  private:
    static constexpr size_t kInline = 64;
    Limb* data_;
    Limb inline_[kInline];
};

}  // namespace py::limbs
