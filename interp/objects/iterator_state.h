// What the iterators' __setstate__ take.
#pragma once

#include "interp/objects/errors.h"
#include "interp/objects/int.h"

namespace py {

// The position that __reduce__ gave; nothing but an int will do.
inline Fallible<ssize_t> saved_position(Object* state) {
    if (!is_int(state)) return raise(exc::TypeError, "an integer is required");
    return as_ssize(state);
}

}  // namespace py
