#include "interp/compiler/name_table.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using py::ast::Arena;
using py::compiler::NameSet;
using py::compiler::NameTable;

TEST(NameTable, KeepsInsertionOrderBeyondTheLinearPart) {
    Arena arena;
    NameTable<int> table;
    for (int i = 0; i < 500; i++)
        table.set(arena.intern("n" + std::to_string(i)), i);
    ASSERT_EQ(table.size(), 500u);
    for (int i = 0; i < 500; i++) {
        EXPECT_EQ(table[size_t(i)].value, i);
        ASSERT_NE(table.find(arena.intern("n" + std::to_string(i))), nullptr);
    }
    EXPECT_EQ(table.find(arena.intern("absent")), nullptr);
}

TEST(NameTable, SetDefaultKeepsTheFirstValue) {
    Arena arena;
    NameTable<int> table;
    EXPECT_EQ(table.set_default(arena.intern("a"), 1), 1);
    EXPECT_EQ(table.set_default(arena.intern("a"), 2), 1);
}

TEST(NameSet, ForgetsRemovedNamesUntilAddedAgain) {
    Arena arena;
    NameSet set, copy;
    set.add(arena.intern("a"));
    set.add(arena.intern("b"));
    set.remove(arena.intern("a"));
    EXPECT_FALSE(set.contains(arena.intern("a")));
    EXPECT_TRUE(set.contains(arena.intern("b")));
    copy.add_all(set);
    EXPECT_FALSE(copy.contains(arena.intern("a")));
    set.add(arena.intern("a"));
    EXPECT_TRUE(set.contains(arena.intern("a")));
}

}  // namespace
