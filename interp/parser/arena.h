// Arena: bump memory that one syntax tree lives in, freed at once; Seq: a fixed array inside it; interned strings.
// Nothing in an arena has a destructor that runs. Where the system has no memory these throw std::bad_alloc, the one C++
// exception of the interpreter: it stays inside the parser and the compiler, whose entries catch it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace py::ast {

// An array in the arena. Never owns; copying copies the view.
template <class T>
struct Seq {
    T* items = nullptr;
    uint32_t count = 0;

    uint32_t size() const { return count; }
    bool empty() const { return count == 0; }
    T* begin() const { return items; }
    T* end() const { return items + count; }
    T& operator[](size_t index) const { return items[index]; }
    T& front() const { return items[0]; }
    T& back() const { return items[count - 1]; }
};

// An interned string: within one arena equal texts are the same pointer.
// UTF-8; lone surrogates as three bytes (WTF-8).
struct InternedString {
    uint32_t length;
    uint32_t hash;
    InternedString* next;  // chain of the table
    mutable void* object;  // free for the tree's user, e.g. the Python str made of it; null at first
    char data[1];          // NUL-terminated

    std::string_view view() const { return {data, length}; }
};
using Identifier = const InternedString*;
using String = const InternedString*;

[[noreturn]] void out_of_memory();  // throws std::bad_alloc
// Zeroed memory of std::calloc, for std::free.
template <class T>
T* zeroed_array(size_t count) {
    void* memory = __builtin_calloc(count, sizeof(T));
    if (memory == nullptr) out_of_memory();
    return static_cast<T*>(memory);
}

class Arena {
  public:
    Arena() = default;
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    // Aligned to 8 bytes, not zeroed.
    void* allocate(size_t size) {
        size = (size + 7) & ~size_t{7};
        if (size > static_cast<size_t>(limit_ - next_)) [[unlikely]]
            return allocate_slow(size);
        char* result = next_;
        next_ += size;
        return result;
    }
    // A value-initialised T.
    template <class T, class... Args>
    T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 8);
        return new (allocate(sizeof(T))) T{std::forward<Args>(args)...};
    }
    template <class T>
    Seq<T> make_seq(size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        if (count == 0) return {};
        T* items = static_cast<T*>(allocate(count * sizeof(T)));
        for (size_t i = 0; i < count; i++)
            new (items + i) T{};
        return {items, static_cast<uint32_t>(count)};
    }
    template <class T>
    Seq<T> copy_seq(const T* from, size_t count) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (count == 0) return {};
        T* items = static_cast<T*>(allocate(count * sizeof(T)));
        __builtin_memcpy(static_cast<void*>(items), from, count * sizeof(T));
        return {items, static_cast<uint32_t>(count)};
    }
    template <class T>
    Seq<T> seq(std::initializer_list<T> values) {
        return copy_seq(values.begin(), values.size());
    }
    // The text copied into the arena.
    std::string_view copy(std::string_view text);
    // The one InternedString of this text.
    Identifier intern(std::string_view text);
    size_t bytes_used() const { return bytes_; }

  private:
    struct Block {
        Block* previous;
        size_t size;
    };
    void* allocate_slow(size_t size);
    void grow_table();

    char* next_ = nullptr;
    char* limit_ = nullptr;
    Block* blocks_ = nullptr;
    size_t bytes_ = 0;
    InternedString** table_ = nullptr;
    uint32_t table_mask_ = 0;
    uint32_t interned_ = 0;
};

// A growing array for use while a sequence's length is not known; the memory is malloc'ed, the elements are trivial.
template <class T>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    Buffer() = default;
    ~Buffer() {
        if (items_ != inline_()) __builtin_free(items_);
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    void push(T value) {
        if (size_ == capacity_) [[unlikely]]
            grow(size_ + 1);
        items_[size_++] = value;
    }
    // False, with nothing changed, when there is no memory.
    [[nodiscard]] bool try_append(const T* from, size_t count) {
        if (size_ + count > capacity_ && !try_grow(size_ + count)) return false;
        if (count != 0) __builtin_memcpy(static_cast<void*>(items_ + size_), from, count * sizeof(T));
        size_ += static_cast<uint32_t>(count);
        return true;
    }
    void append(const T* from, size_t count) {
        if (count == 0) return;
        if (size_ + count > capacity_) grow(size_ + count);
        __builtin_memcpy(static_cast<void*>(items_ + size_), from, count * sizeof(T));
        size_ += static_cast<uint32_t>(count);
    }
    void pop() { size_--; }
    void clear() { size_ = 0; }
    void truncate(uint32_t size) { size_ = size; }
    uint32_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T* data() { return items_; }
    const T* data() const { return items_; }
    T* begin() { return items_; }
    T* end() { return items_ + size_; }
    const T* begin() const { return items_; }
    const T* end() const { return items_ + size_; }
    T& operator[](size_t index) { return items_[index]; }
    const T& operator[](size_t index) const { return items_[index]; }
    T& back() { return items_[size_ - 1]; }
    Seq<T> to_seq(Arena& arena) const { return arena.copy_seq(items_, size_); }

  private:
    static constexpr uint32_t kInline = sizeof(T) <= 16 ? 8 : 1;
    T* inline_() { return reinterpret_cast<T*>(storage_); }
    void grow(size_t needed) {
        if (!try_grow(needed)) out_of_memory();
    }
    bool try_grow(size_t needed) {
        size_t capacity = capacity_ * 2 > needed ? capacity_ * 2 : needed;
        bool was_inline = items_ == inline_();
        T* items = static_cast<T*>(__builtin_realloc(was_inline ? nullptr : items_, capacity * sizeof(T)));
        if (items == nullptr) return false;
        if (was_inline) __builtin_memcpy(static_cast<void*>(items), storage_, size_ * sizeof(T));
        items_ = items;
        capacity_ = static_cast<uint32_t>(capacity);
        return true;
    }
    alignas(T) char storage_[kInline * sizeof(T)];
    T* items_ = inline_();
    uint32_t size_ = 0;
    uint32_t capacity_ = kInline;
};

}  // namespace py::ast
