// Limb vectors: the operations against each other and against schoolbook forms, over sizes on both sides of every threshold.
#include "interp/objects/limbs.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace py::limbs {
namespace {

using Vector = std::vector<Limb>;

// Random limbs, or mostly ones and zeros: where carries run far.
Vector random_vector(std::mt19937_64& random, size_t n) {
    Vector v(n);
    bool extreme = random() % 2;
    for (Limb& limb : v) limb = extreme ? (random() % 4 ? (random() % 2 ? 0 : ~Limb(0)) : random()) : random();
    if (!v.back()) v.back() = 1;
    return v;
}

Vector schoolbook(const Vector& a, const Vector& b) {
    Vector out(a.size() + b.size(), 0);
    for (size_t j = 0; j < b.size(); ++j) out[a.size() + j] = add_multiple(out.data() + j, a.data(), a.size(), b[j]);
    return out;
}

TEST(Limbs, products_equal_schoolbook) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 300; ++i) {
        Vector a = random_vector(random, 1 + random() % 200), b = random_vector(random, 1 + random() % 200);
        Vector product(a.size() + b.size());
        ASSERT_TRUE(multiply(product.data(), a.data(), a.size(), b.data(), b.size()));
        EXPECT_EQ(product, schoolbook(a, b)) << a.size() << " by " << b.size();
        Vector square(2 * a.size());
        ASSERT_TRUE(multiply(square.data(), a.data(), a.size(), a.data(), a.size()));
        EXPECT_EQ(square, schoolbook(a, a)) << a.size();
    }
}

TEST(Limbs, quotient_times_divisor_plus_remainder_is_dividend) {
    std::mt19937_64 random(2);
    for (int i = 0; i < 400; ++i) {
        Vector a = random_vector(random, 1 + random() % 400);
        Vector b = random_vector(random, 1 + random() % a.size());
        Vector quotient(a.size() - b.size() + 1), remainder(b.size());
        ASSERT_TRUE(divide(quotient.data(), remainder.data(), a.data(), a.size(), b.data(), b.size()));
        EXPECT_LT(compare(remainder.data(), b.data(), b.size()), 0);
        Vector back = schoolbook(quotient, b);
        (void)add(back.data(), back.data(), back.size(), remainder.data(), remainder.size());
        a.resize(back.size(), 0);
        EXPECT_EQ(back, a) << quotient.size() << " limbs by " << b.size();
    }
}

std::string decimal_by_tens(Vector a) {
    std::string digits;
    size_t n = a.size();
    while (n) {
        digits.push_back(char('0' + divide_by_limb(a.data(), n, 10)));
        n = trimmed(a.data(), n);
    }
    return {digits.rbegin(), digits.rend()};
}

TEST(Limbs, decimal_text_and_back) {
    std::mt19937_64 random(3);
    for (size_t size : {1, 2, 29, 30, 31, 60, 61, 120, 121, 500}) {
        Vector a = random_vector(random, size);
        std::string text(decimal_capacity(size), '?');
        text.resize(to_decimal(a.data(), size, text.data()));
        EXPECT_EQ(text, decimal_by_tens(a)) << size;
        std::vector<uint8_t> digits(text.begin(), text.end());
        for (uint8_t& digit : digits) digit -= '0';
        Vector back(radix_limbs(digits.size(), 10));
        size_t used;
        ASSERT_TRUE(from_radix(digits.data(), digits.size(), 10, back.data(), &used));
        back.resize(used);
        EXPECT_EQ(back, a) << size;
    }
}

}  // namespace
}  // namespace py::limbs
