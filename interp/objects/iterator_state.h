// What the iterators' __setstate__ take.
#pragma once

#include "interp/objects/errors.h"
#include "interp/objects/int.h"

namespace py {

// The position that __reduce__ gave; nothing but an int will do.
inline Fallible<ssize_t> saved_position(Object* state) {
    TRY(require_int(state));
    return as_ssize(state);
}

}  // namespace py
