// Where C++ exceptions end: what allocates in arenas and buffers is run by these, and std::bad_alloc becomes MemoryError.
#pragma once

#include <new>

#include "interp/objects/errors.h"

namespace py::compiler {

// body()'s result; MemoryError when memory ran out inside. What body() owned has been freed by then.
template <class Body>
auto or_memory_error(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return raise_memory_error();
    }
}

}  // namespace py::compiler
