// The small-object allocator: blocks do not overlap, contents survive, counts come back to where they began.
#include "interp/objects/memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <vector>

namespace py {
namespace {

struct Block {
    unsigned char* memory;
    size_t size;
    unsigned char mark;
};
void fill(const Block& block) { std::memset(block.memory, block.mark, block.size); }
bool is_intact(const Block& block) {
    for (size_t i = 0; i < block.size; ++i)
        if (block.memory[i] != block.mark) return false;
    return true;
}

TEST(Memory, BlocksAreAlignedAndApart) {
    std::map<uintptr_t, size_t> taken;
    std::vector<void*> blocks;
    for (size_t size = 0; size <= 700; ++size) {
        for (int i = 0; i < 40; ++i) {
            void* memory = allocate(size);
            ASSERT_NE(memory, nullptr);
            ASSERT_EQ(reinterpret_cast<uintptr_t>(memory) % 16, 0u);
            taken[reinterpret_cast<uintptr_t>(memory)] = size ? size : 1;
            blocks.push_back(memory);
        }
    }
    ASSERT_EQ(taken.size(), blocks.size());
    uintptr_t end = 0;
    for (auto [address, size] : taken) {
        ASSERT_GE(address, end);
        end = address + size;
    }
    for (void* memory : blocks) deallocate(memory);
}

TEST(Memory, ContentsSurviveChurn) {
    ssize_t before = allocated_blocks();
    std::mt19937 random(7);
    std::vector<Block> blocks;
    for (int step = 0; step < 200000; ++step) {
        unsigned choice = random() % 10;
        if (choice < 5 || blocks.empty()) {
            size_t size = random() % 600;
            Block block{static_cast<unsigned char*>(allocate(size)), size, static_cast<unsigned char>(random())};
            ASSERT_NE(block.memory, nullptr);
            fill(block);
            blocks.push_back(block);
            continue;
        }
        size_t index = random() % blocks.size();
        Block& block = blocks[index];
        ASSERT_TRUE(is_intact(block));
        if (choice < 7) {
            size_t size = random() % 600;
            block.memory = static_cast<unsigned char*>(reallocate(block.memory, size));
            ASSERT_NE(block.memory, nullptr);
            Block kept{block.memory, size < block.size ? size : block.size, block.mark};
            ASSERT_TRUE(is_intact(kept));
            block.size = size;
            fill(block);
        } else {
            deallocate(block.memory);
            block = blocks.back();
            blocks.pop_back();
        }
    }
    for (const Block& block : blocks) {
        EXPECT_TRUE(is_intact(block));
        deallocate(block.memory);
    }
    EXPECT_EQ(allocated_blocks(), before);
}

TEST(Memory, RefusesSizesThatNoObjectHas) {
    EXPECT_EQ(allocate(size_t(-1)), nullptr);
    void* memory = allocate(10);
    EXPECT_EQ(reallocate(memory, size_t(-1)), nullptr);
    deallocate(memory);
    deallocate(nullptr);
}

}  // namespace
}  // namespace py
