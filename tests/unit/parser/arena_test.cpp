// Arena: alignment, interning, growth; Buffer.
#include "interp/parser/arena.h"

#include <gtest/gtest.h>

#include <string>

using namespace py::ast;

TEST(Arena, AlignsToEightBytes) {
    Arena arena;
    for (size_t size : {1u, 7u, 8u, 100u, 100000u})
        EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.allocate(size)) % 8, 0u) << size;
}

TEST(Arena, EqualTextsAreOneInternedString) {
    Arena arena;
    Identifier first = arena.intern("name");
    for (int i = 0; i < 5000; i++)
        arena.intern("n" + std::to_string(i));
    EXPECT_EQ(arena.intern("name"), first);
    EXPECT_NE(arena.intern("name2"), first);
    EXPECT_EQ(first->view(), "name");
    EXPECT_EQ(first->object, nullptr);
}

TEST(Buffer, KeepsElementsWhileGrowing) {
    Buffer<int> buffer;
    for (int i = 0; i < 1000; i++)
        buffer.push(i);
    for (int i = 0; i < 1000; i++)
        EXPECT_EQ(buffer[static_cast<size_t>(i)], i);
    Arena arena;
    EXPECT_EQ(buffer.to_seq(arena).size(), 1000u);
}
