// The types of itertools, and what their files share.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py::itertools {

extern Type count_type, cycle_type, repeat_type;  // itertools.cpp
extern Type accumulate_type, chain_type, compress_type, dropwhile_type, takewhile_type,
    filterfalse_type;                                                    // itertools_filters.cpp
extern Type islice_type, pairwise_type, starmap_type, zip_longest_type;  // itertools_slices.cpp
extern Type groupby_type, grouper_type, tee_type, tee_data_type;         // itertools_groups.cpp
extern Type combinations_type, combinations_with_replacement_type, permutations_type,
    product_type;  // itertools_combinatoric.cpp
// itertools.tee(iterable, n=2, /)
Fallible<Ref<>> tee(Object* module, Object* const* args, ssize_t nargs);

// One step: null at the end, perhaps with StopIteration pending, or with an error pending.
inline Object* step(Object* iterator) {
    TRY(check_stack(""));
    return iterator->type->iternext(iterator);
}
// After a step gave null: true when it was the end (a StopIteration is dropped), false with the error pending.
inline bool ended() {
    return !error_occurred() || clear_error_if(exc::StopIteration);
}

// The positional arguments of tp_new of a type whose own constructor takes no keywords.
inline Fallible<Object* const*> positional(Type* type, Type& own, const char* name, Object* args, Object* kwargs,
                                           ssize_t min, ssize_t max) {
    if (type == &own || type->init == own.init) TRY(check_no_keywords(name, kwargs));
    TRY(check_positional(name, as_tuple(args)->size, min, max));
    return static_cast<Object* const*>(as_tuple(args)->items);
}

constexpr MethodDef reduce_row(CFunction function) {
    return {"__reduce__", function, kNoArgs, "Return state information for pickling."};
}
constexpr MethodDef setstate_row(CFunction function) {
    return {"__setstate__", function, kO, "Set state information for unpickling."};
}
// A pickled state: a tuple of exactly / of min to max items.
inline Fallible<Tuple*> state_tuple(Object* state) {
    if (!is_tuple(state)) return raise(exc::TypeError, "state is not a tuple");
    return as_tuple(state);
}
inline Fallible<Tuple*> state_tuple(Object* state, ssize_t count) {
    Tuple* tuple = TRY(state_tuple(state));
    if (tuple->size == count) return tuple;
    return raise(exc::TypeError, "function takes exactly %zd arguments (%zd given)", count, tuple->size);
}

}  // namespace py::itertools
