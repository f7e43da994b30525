// Limb vectors: digits in a base and back. Quadratic for short numbers, divide and conquer over the squared powers of the
// base for long ones.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "interp/objects/limbs.h"

namespace py::limbs {

namespace {

constexpr int kDecimalDigits = 19;  // digits of a limb-sized power of ten
constexpr Limb kDecimalPower = 10'000'000'000'000'000'000ull;
constexpr size_t kSplitLimbs = 30;    // to_decimal splits longer numbers
constexpr size_t kSplitChunks = 60;   // from_radix splits longer chunk sequences
constexpr int kMaxPowers = 48;

// power^(2^level) for level 0 … count-1, owned.
class PowerTable {
  public:
    ~PowerTable() {
        for (int i = 0; i < count_; ++i) std::free(vectors_[i]);
    }
    [[nodiscard]] bool start(Limb base) {
        vectors_[0] = static_cast<Limb*>(std::malloc(sizeof(Limb)));
        if (!vectors_[0]) return false;
        vectors_[0][0] = base;
        sizes_[0] = 1;
        count_ = 1;
        return true;
    }
    [[nodiscard]] bool extend() {
        size_t n = sizes_[count_ - 1];
        auto* square = static_cast<Limb*>(std::malloc(2 * n * sizeof(Limb)));
        if (!square) return false;
        vectors_[count_] = square;
        ++count_;
        if (!multiply(square, vectors_[count_ - 2], n, vectors_[count_ - 2], n)) return false;
        sizes_[count_ - 1] = trimmed(square, 2 * n);
        return true;
    }
    int count() const { return count_; }
    const Limb* vector(int level) const { return vectors_[level]; }
    size_t size(int level) const { return sizes_[level]; }

  private:
    Limb* vectors_[kMaxPowers] = {};
    size_t sizes_[kMaxPowers] = {};
    int count_ = 0;
};

void write_chunk(Limb value, char* end) {
    for (int i = 0; i < kDecimalDigits; ++i, value /= 10) *--end = char('0' + value % 10);
}

// Writes a (destroyed) right-aligned before `end`, zero-padded to `width` digits; width a multiple of 19.
void short_decimal(Limb* a, size_t n, char* end, size_t width) {
    char* start = end - width;
    while (n) {
        Limb rest = divide_by_limb(a, n, kDecimalPower);
        n = trimmed(a, n);
        write_chunk(rest, end);
        end -= kDecimalDigits;
    }
    std::fill(start, end, '0');
}

// a < power(level)², shown with 19·2^(level+1) digits.
bool long_decimal(const PowerTable& powers, int level, Limb* a, size_t n, char* end) {
    size_t width = size_t(kDecimalDigits) << (level + 1);
    n = trimmed(a, n);
    if (n <= kSplitLimbs) {
        short_decimal(a, n, end, width);
        return true;
    }
    size_t size = powers.size(level);
    if (n < size || (n == size && compare(a, powers.vector(level), n) < 0)) {
        std::fill(end - width, end - width / 2, '0');
        return long_decimal(powers, level - 1, a, n, end);
    }
    Buffer work(n - size + 1 + size);
    if (!work.ok()) return false;
    Limb* quotient = work.data();
    Limb* remainder = quotient + n - size + 1;
    if (!divide(quotient, remainder, a, n, powers.vector(level), size)) return false;
    return long_decimal(powers, level - 1, quotient, n - size + 1, end - width / 2) &&
           long_decimal(powers, level - 1, remainder, size, end);
}

// Decimal digits in chunk form with a width that is surely enough, then moved to the front without zeros.
size_t strip_leading_zeros(char* out, size_t width) {
    size_t zeros = 0;
    while (zeros + 1 < width && out[zeros] == '0') ++zeros;
    std::memmove(out, out + zeros, width - zeros);
    return width - zeros;
}

int levels_for(size_t n) {
    int level = 0;
    // 10^19 has 63.1 bits: 2^(level+1) chunks hold less than that many limbs.
    while ((size_t(2) << level) * 63 < n * 64) ++level;
    return level;
}

}  // namespace

size_t decimal_capacity(size_t n) {
    if (n <= kSplitLimbs) return (n + n / 32 + 1) * kDecimalDigits;
    return size_t(kDecimalDigits) << (levels_for(n) + 1);
}

size_t to_decimal(const Limb* a, size_t n, char* out) {
    size_t width = decimal_capacity(n);
    Buffer work(n);
    if (!work.ok()) return 0;
    std::memcpy(work.data(), a, n * sizeof(Limb));
    if (n <= kSplitLimbs) {
        short_decimal(work.data(), n, out + width, width);
        return strip_leading_zeros(out, width);
    }
    PowerTable powers;
    int level = levels_for(n);
    if (!powers.start(kDecimalPower)) return 0;
    for (int i = 0; i < level; ++i)
        if (!powers.extend()) return 0;
    if (!long_decimal(powers, level, work.data(), n, out + width)) return 0;
    return strip_leading_zeros(out, width);
}

// Text to number.

namespace {

struct Radix {
    int digits;  // a chunk's length
    Limb power;  // base^digits, at most 2^64 - 1
};

Radix radix_of(int base) {
    Radix radix{0, 1};
    Limb next;
    while (!__builtin_mul_overflow(radix.power, Limb(base), &next)) {
        radix.power = next;
        ++radix.digits;
    }
    return radix;
}

Limb chunk_value(const uint8_t* digits, size_t count, int base) {
    Limb value = 0;
    for (size_t i = 0; i < count; ++i) value = value * Limb(base) + digits[i];
    return value;
}

// Chunks are least significant first. out has room for `count` limbs; the number used.
size_t combine_short(const Limb* chunks, size_t count, Limb power, Limb* out) {
    size_t n = 0;
    for (size_t i = count; i-- > 0;) {
        Limb carry = multiply_by_limb(out, out, n, power, chunks[i]);
        if (carry) out[n++] = carry;
    }
    return n;
}

bool combine(const PowerTable& powers, const Limb* chunks, size_t count, Limb* out, size_t* n) {
    if (count <= kSplitChunks) {
        *n = combine_short(chunks, count, powers.vector(0)[0], out);
        return true;
    }
    int level = 0;
    while ((size_t(2) << level) < count) ++level;
    size_t low_count = size_t(1) << level;
    Buffer work(count);
    if (!work.ok()) return false;
    size_t low_size, high_size;
    Limb* high = work.data();
    if (!combine(powers, chunks, low_count, out, &low_size)) return false;
    std::fill(out + low_size, out + count, 0);
    if (!combine(powers, chunks + low_count, count - low_count, high, &high_size)) return false;
    size_t size = powers.size(level);
    Buffer product(high_size + size);
    if (!product.ok() || !multiply(product.data(), high, high_size, powers.vector(level), size)) return false;
    size_t product_size = trimmed(product.data(), high_size + size);
    (void)add(out, out, count, product.data(), product_size);
    *n = trimmed(out, count);
    return true;
}

}  // namespace

size_t radix_limbs(size_t count, int base) { return count / size_t(radix_of(base).digits) + 2; }

bool from_radix(const uint8_t* digits, size_t count, int base, Limb* out, size_t* n) {
    Radix radix = radix_of(base);
    size_t chunk_count = (count + size_t(radix.digits) - 1) / size_t(radix.digits);
    Buffer chunks(chunk_count);
    if (!chunks.ok()) return false;
    for (size_t i = 0, end = count; i < chunk_count; ++i) {
        size_t start = end > size_t(radix.digits) ? end - size_t(radix.digits) : 0;
        chunks[i] = chunk_value(digits + start, end - start, base);
        end = start;
    }
    PowerTable powers;
    if (!powers.start(radix.power)) return false;
    if (chunk_count > kSplitChunks)
        while ((size_t(1) << powers.count()) < chunk_count)
            if (!powers.extend()) return false;
    return combine(powers, chunks.data(), chunk_count, out, n);
}

}  // namespace py::limbs
