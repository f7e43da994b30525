// NameTable: identifiers of one arena in insertion order, each with a value. Keys compare by pointer (they are
// interned).
#pragma once

#include <algorithm>

#include "interp/parser/arena.h"

namespace py::compiler {

using ast::Identifier;

template <class Value>
class NameTable {
  public:
    struct Entry {
        Identifier name;
        Value value;
    };

    // The value of `name`, or null.
    Value* find(Identifier name) const {
        if (slot_count_ == 0) {
            for (const Entry& entry : entries_)
                if (entry.name == name) return const_cast<Value*>(&entry.value);
            return nullptr;
        }
        for (uint32_t at = name->hash;; at++) {
            uint32_t slot = slots_[at & (slot_count_ - 1)];
            if (slot == 0) return nullptr;
            if (entries_[slot - 1].name == name) return const_cast<Value*>(&entries_[slot - 1].value);
        }
    }
    bool contains(Identifier name) const { return find(name) != nullptr; }
    // The value of `name`, made from `initial` when it is new.
    Value& set_default(Identifier name, Value initial) {
        if (Value* found = find(name)) return *found;
        entries_.push({name, initial});
        if (entries_.size() > kLinear) index();
        return entries_.back().value;
    }
    void set(Identifier name, Value value) { set_default(name, value) = value; }
    uint32_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    Entry* begin() { return entries_.begin(); }
    Entry* end() { return entries_.end(); }
    const Entry* begin() const { return entries_.begin(); }
    const Entry* end() const { return entries_.end(); }
    const Entry& operator[](size_t index) const { return entries_[index]; }
    ~NameTable() { __builtin_free(slots_); }
    NameTable() = default;
    NameTable(const NameTable&) = delete;
    NameTable& operator=(const NameTable&) = delete;

  private:
    static constexpr uint32_t kLinear = 8;

    void place(uint32_t entry) {
        uint32_t at = entries_[entry].name->hash;
        while (slots_[at & (slot_count_ - 1)] != 0)
            at++;
        slots_[at & (slot_count_ - 1)] = entry + 1;
    }
    void index() {
        if (entries_.size() * 2 <= slot_count_) {
            place(entries_.size() - 1);
            return;
        }
        uint32_t count = slot_count_ == 0 ? 32 : slot_count_ * 4;
        auto* slots = ast::zeroed_array<uint32_t>(count);
        __builtin_free(slots_);
        slots_ = slots;
        slot_count_ = count;
        for (uint32_t i = 0; i < entries_.size(); i++)
            place(i);
    }

    ast::Buffer<Entry> entries_;
    uint32_t* slots_ = nullptr;  // entry number + 1, 0: free
    uint32_t slot_count_ = 0;    // a power of two
};

// A set of identifiers in insertion order.
class NameSet {
  public:
    bool contains(Identifier name) const {
        const bool* present = table_.find(name);
        return present != nullptr && *present;
    }
    void add(Identifier name) { table_.set(name, true); }
    void remove(Identifier name) {
        if (bool* present = table_.find(name)) *present = false;
    }
    void add_all(const NameSet& other) {
        for (const auto& entry : other.table_)
            if (entry.value) add(entry.name);
    }
    bool empty() const {
        for (const auto& entry : table_)
            if (entry.value) return false;
        return true;
    }
    template <class Visit>
    void each(Visit visit) const {
        for (const auto& entry : table_)
            if (entry.value) visit(entry.name);
    }

  private:
    NameTable<bool> table_;
};

// Order of code points, as Python sorts str (UTF-8 keeps it).
inline bool name_less(Identifier a, Identifier b) {
    return a->view() < b->view();
}

}  // namespace py::compiler
