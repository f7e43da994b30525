// Signatures taken apart at compile time.
#include "interp/objects/method_def.h"

#include <gtest/gtest.h>

namespace py {
namespace {

TEST(Signature, CountsEachKindOfParameter) {
    constexpr Signature s = parse_signature("f", "($self, a, b=1, /, c=None, *, d, e=(1, 2), **rest)");
    EXPECT_EQ(s.count, 5);
    EXPECT_EQ(s.positional_only, 2);
    EXPECT_EQ(s.positional, 3);
    EXPECT_EQ(s.required, 1);
    EXPECT_EQ(s.required_mask, 0b01001u);
    EXPECT_FALSE(s.has_varargs);
    EXPECT_TRUE(s.has_kwargs);
    EXPECT_EQ(s.slots(), 6);
    EXPECT_EQ(s.names[4], "e");
}

TEST(Signature, VarargsEndPositionalParameters) {
    constexpr Signature s = parse_signature("print", "(*args, sep=' ', end='\\n', file=None, flush=False)");
    EXPECT_TRUE(s.has_varargs);
    EXPECT_EQ(s.positional, 0);
    EXPECT_EQ(s.count, 4);
    EXPECT_EQ(s.required_mask, 0u);
}

TEST(Signature, QuotesAndBracketsInDefaultsDoNotSplit) {
    constexpr Signature s = parse_signature("f", "(a=',)', b=[1, {2: 3}], c=0)");
    EXPECT_EQ(s.count, 3);
    EXPECT_EQ(s.names[1], "b");
    EXPECT_EQ(s.names[2], "c");
}

TEST(Signature, EmptyOneHasNoSlots) {
    constexpr Signature s = parse_signature("f", "($module, /)");
    EXPECT_EQ(s.slots(), 0);
}

}  // namespace
}  // namespace py
