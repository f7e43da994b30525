// Constants of the code being made: real Python objects, kept alive by a pool and merged by type and value.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/parser/ast.h"

namespace py::compiler {

// Owns objects for as long as a tree is compiled. Identifiers whose str it made are reset when it dies.
class ObjectPool {
  public:
    ObjectPool() = default;
    ~ObjectPool();
    ObjectPool(const ObjectPool&) = delete;
    ObjectPool& operator=(const ObjectPool&) = delete;

    Object* keep(Ref<> object);
    // The interned str of an identifier, made once; borrowed.
    Fallible<Str*> str_of(ast::Identifier name);
    // A code object's own name: that of a definition is interned, `<module>` and the like are not (a `.pyc` shows it).
    Fallible<Str*> code_name(ast::Identifier name);
    // The object of a constant, made once and remembered in `value`; borrowed. ValueError: too many decimal digits.
    Fallible<Object*> object_of(ast::ConstantValue& value);

  private:
    ast::Buffer<Object*> objects_;
    ast::Buffer<ast::Identifier> names_;
};

// Equal for the compiler: same type and value down to the sign of zeros, element by element in tuples and frozensets;
// nan only equals itself.
Fallible<bool> constants_equal(Object* a, Object* b);
Fallible<Hash> constant_hash(Object* object);

// A set of constants with numbers in insertion order. Borrows its objects from a pool.
class ConstantTable {
  public:
    ConstantTable() = default;
    ~ConstantTable();
    ConstantTable(const ConstantTable&) = delete;
    ConstantTable& operator=(const ConstantTable&) = delete;

    // The number of the constant equal to `object`, which is added when there is none.
    Fallible<int> add(Object* object);
    // Appends without looking for an equal one.
    int append(Object* object, Hash hash);
    // The equal constant's number, or -1.
    Fallible<int> find(Object* object, Hash hash) const;
    // The number of this very object, or -1.
    int find_identical(Object* object) const;
    Object* operator[](size_t index) const { return entries_[index].object; }
    uint32_t size() const { return entries_.size(); }
    void truncate(uint32_t size) { entries_.truncate(size); }  // no look-ups after it

  private:
    struct Entry {
        Object* object;
        Hash hash;
    };
    void place(uint32_t entry);
    ast::Buffer<Entry> entries_;
    uint32_t* slots_ = nullptr;
    uint32_t slot_count_ = 0;
};

// The constants of a whole compilation: equal ones become one object, inside tuples and frozensets too.
class ConstantCache {
  public:
    explicit ConstantCache(ObjectPool& pool) : pool_(pool) {}
    // `object` with everything inside merged; borrowed.
    Fallible<Object*> merge(Object* object);
    // Merges `object` as a whole only.
    Fallible<Object*> merge_shallow(Object* object);

  private:
    ObjectPool& pool_;
    ConstantTable table_;
    ast::Buffer<Object*> merged_;  // what an entry of table_ stands for
};

}  // namespace py::compiler
