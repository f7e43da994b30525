// The hash table of set and frozenset, internal to objects/set*.cpp.
#pragma once

#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict_table.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/types.h"

namespace py {

extern Object set_dummy;  // the key of deleted entries, whose hash is -1
inline bool entry_is_live(const SetEntry& entry) {
    return entry.key && entry.key != &set_dummy;
}

// A new set of `type` (set, frozenset or a subclass) with the iterable's elements.
Fallible<Ref<Set>> set_new_of_type(Type* type, Object* iterable_or_null);
// The same, but exact: a subclass's result is a plain set or frozenset.
Fallible<Ref<Set>> set_new_like(Set* set, Object* iterable_or_null);
Fallible<void> set_add_hashed(Set* set, Object* key, Hash hash);
Fallible<bool> set_contains_hashed(Set* set, Object* key, Hash hash);
Fallible<bool> set_discard_hashed(Set* set, Object* key, Hash hash);
Fallible<void> set_resize(Set* set, size_t at_least);
inline size_t set_growth(const Set* set) {
    return size_t(set->used > 50000 ? set->used * 2 : set->used * 4);
}
Fallible<void> set_merge(Set* set, Set* other);
void set_swap(Set* a, Set* b);
Fallible<bool> set_is_subset(Set* set, Object* other);
Object* set_richcompare(Object* a, Object* b, int op);
extern MethodDef set_methods[];
extern MethodDef frozenset_methods[];
extern NumberMethods set_number;
extern NumberMethods frozenset_number;
Fallible<Ref<>> set_iterator_reduce(Object* iterator);

}  // namespace py
