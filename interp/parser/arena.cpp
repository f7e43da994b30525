// Arena blocks and its table of interned strings.
#include "interp/parser/arena.h"

#include <cstdlib>
#include <cstring>

namespace py::ast {
namespace {

constexpr size_t kBlockSize = 256 * 1024;
constexpr size_t kFirstBlockSize = 8 * 1024;

uint32_t hash_text(std::string_view text) {
    uint32_t hash = 2166136261u;
    for (unsigned char c : text)
        hash = (hash ^ c) * 16777619u;
    return hash;
}

}  // namespace

void out_of_memory() {
    throw std::bad_alloc();
}

Arena::~Arena() {
    for (Block* block = blocks_; block != nullptr;) {
        Block* previous = block->previous;
        std::free(block);
        block = previous;
    }
    std::free(table_);
}

void* Arena::allocate_slow(size_t size) {
    size_t wanted = blocks_ == nullptr ? kFirstBlockSize : kBlockSize;
    bool own_block = size > wanted / 4;
    size_t block_size = sizeof(Block) + (own_block ? size : wanted);
    auto* block = static_cast<Block*>(std::malloc(block_size));
    if (block == nullptr) out_of_memory();
    block->previous = blocks_;
    block->size = block_size;
    blocks_ = block;
    bytes_ += block_size;
    char* memory = reinterpret_cast<char*>(block + 1);
    if (!own_block) {
        next_ = memory + size;
        limit_ = memory + wanted;
    }
    return memory;
}

std::string_view Arena::copy(std::string_view text) {
    char* memory = static_cast<char*>(allocate(text.size() + 1));
    std::memcpy(memory, text.data(), text.size());
    memory[text.size()] = 0;
    return {memory, text.size()};
}

void Arena::grow_table() {
    uint32_t size = table_ == nullptr ? 128 : (table_mask_ + 1) * 2;
    auto** table = zeroed_array<InternedString*>(size);
    for (uint32_t i = 0; table_ != nullptr && i <= table_mask_; i++) {
        for (InternedString* entry = table_[i]; entry != nullptr;) {
            InternedString* next = entry->next;
            entry->next = table[entry->hash & (size - 1)];
            table[entry->hash & (size - 1)] = entry;
            entry = next;
        }
    }
    std::free(table_);
    table_ = table;
    table_mask_ = size - 1;
}

Identifier Arena::intern(std::string_view text) {
    if (table_ == nullptr || interned_ > table_mask_) grow_table();
    uint32_t hash = hash_text(text);
    for (InternedString* entry = table_[hash & table_mask_]; entry != nullptr; entry = entry->next)
        if (entry->hash == hash && entry->view() == text) return entry;
    auto* entry = static_cast<InternedString*>(allocate(offsetof(InternedString, data) + text.size() + 1));
    entry->length = static_cast<uint32_t>(text.size());
    entry->hash = hash;
    entry->object = nullptr;
    std::memcpy(entry->data, text.data(), text.size());
    entry->data[text.size()] = 0;
    entry->next = table_[hash & table_mask_];
    table_[hash & table_mask_] = entry;
    interned_++;
    return entry;
}

}  // namespace py::ast
