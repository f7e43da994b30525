#include "interp/compiler/opcode.h"

#include <gtest/gtest.h>

#include <climits>

namespace {

using namespace py;

TEST(Opcode, SpecialisedFormsShareTheGenericLayout) {
    EXPECT_STREQ(opcode_info[LOAD_ATTR_SLOT].name, "LOAD_ATTR_SLOT");
    EXPECT_EQ(opcode_info[LOAD_ATTR_SLOT].generic, LOAD_ATTR);
    EXPECT_EQ(opcode_info[LOAD_ATTR_SLOT].cache_units, opcode_info[LOAD_ATTR].cache_units);
    EXPECT_EQ(opcode_info[LOAD_ATTR].generic, LOAD_ATTR);
}

TEST(Opcode, UnusedNumbersHaveNoNameAndNoEffect) {
    EXPECT_EQ(opcode_info[255].name, nullptr);
    EXPECT_EQ(stack_effect(255, 0, -1), INT_MAX);
    EXPECT_EQ(stack_effect(300, 0, -1), INT_MAX);
    EXPECT_EQ(stack_effect(-1, 0, -1), INT_MAX);
}

TEST(Opcode, EffectDependsOnOperandAndBranch) {
    EXPECT_EQ(stack_effect(BUILD_TUPLE, 3, -1), -2);
    EXPECT_EQ(stack_effect(LOAD_GLOBAL, 1, -1), 2);
    EXPECT_EQ(stack_effect(FOR_ITER, 5, 0), 1);
    EXPECT_EQ(stack_effect(FOR_ITER, 5, 1), -1);
    EXPECT_EQ(stack_effect(FOR_ITER, 5, -1), 1);
}

}  // namespace
