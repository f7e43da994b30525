// Doubles to and from text: known hard cases, and every text reads back as the double it came from.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "interp/objects/float.h"

namespace py {
namespace {

std::string shown(double value, char code, int precision = 0, int flags = 0) {
    std::string text(double_text_capacity(code, precision), '?');
    text.resize(format_double(value, code, precision, flags, text.data()));
    return text;
}

double parsed(std::string_view text) {
    double value;
    EXPECT_TRUE(parse_double(text, &value)) << text;
    return value;
}

TEST(FloatText, repr_is_shortest) {
    EXPECT_EQ(shown(0.1, 'r', 0, kDoubleAddDotZero), "0.1");
    EXPECT_EQ(shown(1e16, 'r', 0, kDoubleAddDotZero), "1e+16");
    EXPECT_EQ(shown(1e15, 'r', 0, kDoubleAddDotZero), "1000000000000000.0");
    EXPECT_EQ(shown(123456789012345680.0, 'r', 0, kDoubleAddDotZero), "1.2345678901234568e+17");
    EXPECT_EQ(shown(0.0001, 'r', 0, kDoubleAddDotZero), "0.0001");
    EXPECT_EQ(shown(0.00001, 'r', 0, kDoubleAddDotZero), "1e-05");
    EXPECT_EQ(shown(-0.0, 'r', 0, kDoubleAddDotZero), "-0.0");
    EXPECT_EQ(shown(5e-324, 'r', 0, kDoubleAddDotZero), "5e-324");
    EXPECT_EQ(shown(2.5, 'r', 0, kDoubleSign), "+2.5");
    EXPECT_EQ(shown(NAN, 'r', 0, kDoubleSign), "+nan");
    EXPECT_EQ(shown(-INFINITY, 'R'), "-INF");
}

TEST(FloatText, precision_codes) {
    EXPECT_EQ(shown(0.5, 'f', 0), "0");
    EXPECT_EQ(shown(2.5, 'f', 0), "2");
    EXPECT_EQ(shown(1.0, 'f', 0, kDoubleAlternate), "1.");
    EXPECT_EQ(shown(1.0, 'e', 0, kDoubleAlternate), "1.e+00");
    EXPECT_EQ(shown(123456.0, 'g', 6), "123456");
    EXPECT_EQ(shown(1234567.0, 'g', 6), "1.23457e+06");
    EXPECT_EQ(shown(100.0, 'g', 3, kDoubleAlternate), "100.");
    EXPECT_EQ(shown(1e5, 'g', 8, kDoubleAlternate), "100000.00");
    EXPECT_EQ(shown(123456.0, 'g', 6, kDoubleAddDotZero), "1.23456e+05");
    EXPECT_EQ(shown(1e-5, 'G', 3), "1E-05");
}

TEST(FloatText, parsing_accepts_and_refuses) {
    EXPECT_EQ(parsed("+1.5e3"), 1500.0);
    EXPECT_EQ(parsed(".5"), 0.5);
    EXPECT_EQ(parsed("5."), 5.0);
    EXPECT_EQ(parsed("1e400"), INFINITY);
    EXPECT_EQ(parsed("-1e400"), -INFINITY);
    EXPECT_EQ(parsed("1e-400"), 0.0);
    EXPECT_EQ(parsed("0.000001e-400"), 0.0);
    EXPECT_EQ(parsed("100000000000000000000000e400"), INFINITY);
    EXPECT_EQ(parsed("-iNfInItY"), -INFINITY);
    EXPECT_TRUE(std::isnan(parsed("+NaN")));
    for (const char* bad : {"", ".", "e5", "1e", "1e+", "0x10", "1_0", " 1", "1 ", "nan(1)", "+-1", "infin", "1.5.2"}) {
        double ignored;
        EXPECT_FALSE(parse_double(bad, &ignored)) << bad;
    }
}

TEST(FloatText, text_reads_back) {
    std::mt19937_64 random(4);
    for (int i = 0; i < 20000; ++i) {
        uint64_t bits = random();
        double value;
        std::memcpy(&value, &bits, sizeof value);
        if (!std::isfinite(value)) continue;
        EXPECT_EQ(parsed(shown(value, 'r', 0, kDoubleAddDotZero)), value);
        EXPECT_EQ(parsed(shown(value, 'e', 16)), value);
    }
}

}  // namespace
}  // namespace py
