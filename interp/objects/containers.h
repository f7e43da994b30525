// tuple, list, set, slice, range, cell: layouts (C ABI) and operations from C++. dict has a header of its own.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

struct Tuple : VarObject {
    Object* items[1];
};
static_assert(offsetof(Tuple, items) == 24);
struct List : VarObject {
    Object** items;
    ssize_t allocated;
};
static_assert(sizeof(List) == 40);
struct SetEntry {
    Object* key;  // null: never used; set_dummy: deleted
    Hash hash;
};
struct Set : Object {  // set and frozenset
    ssize_t fill, used, mask;
    SetEntry* table;
    Hash hash_value;  // frozenset only, -1: not computed
    ssize_t finger;   // where pop looks next
    SetEntry small_table[8];
    Object* weaklist;
};
static_assert(sizeof(Set) == 200);
struct Slice : Object {
    Object *start, *stop, *step;  // never null
};
static_assert(sizeof(Slice) == 40);
struct Cell : Object {
    Object* value;  // null: unbound
};
struct Range : Object {
    Object *start, *stop, *step, *length;  // ints
};

// The iterator of ranges that fit words; item i is start + i * step. The loop (vm/) steps it inline.
struct RangeIterator : Object {
    int64_t index, start, step, length;
};

extern Type tuple_type asm("PyTuple_Type");
extern Type list_type asm("PyList_Type");
extern Type set_type asm("PySet_Type");
extern Type frozenset_type asm("PyFrozenSet_Type");
extern Type slice_type asm("PySlice_Type");
extern Type range_type asm("PyRange_Type");
extern Type cell_type asm("PyCell_Type");
inline bool is_tuple(const Object* object) { return object->type->has(type_flag::kTupleSubclass); }
inline bool is_tuple_exact(const Object* object) { return object->type == &tuple_type; }
inline bool is_list(const Object* object) { return object->type->has(type_flag::kListSubclass); }
inline bool is_list_exact(const Object* object) { return object->type == &list_type; }
inline bool is_set(const Object* object) { return is_instance_of(object, set_type); }
inline bool is_frozenset(const Object* object) { return is_instance_of(object, frozenset_type); }
inline bool is_any_set(const Object* object) { return is_set(object) || is_frozenset(object); }
inline Tuple* as_tuple(Object* object) { return static_cast<Tuple*>(object); }
inline List* as_list(Object* object) { return static_cast<List*>(object); }
inline Set* as_set(Object* object) { return static_cast<Set*>(object); }

// tuple. tuple_new: items null, tracked; fill every item before anyone sees it.
Fallible<Ref<Tuple>> tuple_new(ssize_t size);
Ref<Tuple> tuple_empty();
Fallible<Ref<Tuple>> tuple_from_array(Object* const* items, ssize_t count);         // counts the items up
Fallible<Ref<Tuple>> tuple_steal_array(Object** items, ssize_t count);              // takes the references over, also on failure
template <class... Args>
Fallible<Ref<Tuple>> tuple_pack(Args*... items) {
    Object* array[] = {static_cast<Object*>(items)...};
    return tuple_from_array(array, sizeof...(items));
}
Fallible<Ref<Tuple>> tuple_slice(Tuple* tuple, ssize_t start, ssize_t end);
void tuple_maybe_untrack(Tuple* tuple);  // for the collector: tuples of atoms leave it

// list.
int tuple_free_list_count(ssize_t size);  // how many dead tuples of 1 ≤ size ≤ 20 are kept
int list_free_list_count();
// A full collection gives the memory of free lists back.
void list_clear_free_list();
void tuple_clear_free_lists();
Fallible<Ref<List>> list_with_capacity(ssize_t capacity);  // empty, with room for exactly so many items
// For the parts of a split string: room for twelve, or for max_split + 1 where that is less.
inline Fallible<Ref<List>> list_for_parts(ssize_t max_split) { return list_with_capacity(max_split < 12 ? max_split + 1 : 12); }
Fallible<Ref<List>> list_new(ssize_t size);  // items null: fill before anyone sees it
Fallible<Ref<List>> list_from_array(Object* const* items, ssize_t count);
Fallible<Ref<List>> list_steal_array(Object** items, ssize_t count);
Fallible<void> list_append(List* list, Object* item);
Fallible<void> list_append_steal(List* list, Ref<> item);
Fallible<void> list_extend(List* list, Object* iterable);
Fallible<void> list_insert(List* list, ssize_t index, Object* item);
Fallible<void> list_set_slice(List* list, ssize_t start, ssize_t end, Object* iterable_or_null);
Fallible<Ref<List>> list_get_slice(List* list, ssize_t start, ssize_t end);
Fallible<void> list_sort(List* list, Object* key_or_null, bool reverse);
Fallible<void> list_reverse(List* list);
Fallible<Ref<Tuple>> list_as_tuple(List* list);

// set. Hashing and comparing keys run Python.
Fallible<Ref<Set>> set_new(Object* iterable_or_null);
Fallible<Ref<Set>> frozenset_new(Object* iterable_or_null);
Fallible<void> set_add(Set* set, Object* key);
Fallible<bool> set_contains(Set* set, Object* key);
Fallible<bool> set_discard(Set* set, Object* key);  // true: it was there
Fallible<void> set_update(Set* set, Object* iterable);
Fallible<Ref<>> set_pop(Set* set);
void set_clear(Set* set);
Fallible<void> set_difference_update(Set* set, Object* iterable);
Fallible<void> set_symmetric_difference_update(Set* set, Object* iterable);
// Walks the entries: position from 0; false at the end. Borrowed key. The set must not change meanwhile.
bool set_next(Set* set, ssize_t* position, Object** key, Hash* hash);

// slice. Indices clamped to length; count of items; ValueError for step 0.
Fallible<Ref<Slice>> slice_new(Object* start_or_null, Object* stop_or_null, Object* step_or_null);
Fallible<void> slice_unpack(Slice* slice, ssize_t* start, ssize_t* stop, ssize_t* step);
ssize_t slice_adjust(ssize_t length, ssize_t* start, ssize_t* stop, ssize_t step);
// The bound of a slice expression: int or __index__ clamped to ssize_t, None leaves *value.
Fallible<void> slice_index(Object* bound_or_none, ssize_t* value);
// The same where None is not allowed (index() methods).
Fallible<void> slice_bound(Object* bound, ssize_t* value);

// slice.indices with ints of any size.
Fallible<void> slice_indices(Slice* slice, Int* length, Ref<Int>* start, Ref<Int>* stop, Ref<Int>* step);

Fallible<Ref<Cell>> cell_new(Object* value_or_null);

// For iterators: their tp_iter; and a builtin by name as it stands in builtins now (for __reduce__).
Object* self_iter(Object* iterator);
Fallible<Ref<>> builtin_attr(const char* name);

}  // namespace py
