// Where C++ exceptions end: what allocates in arenas, buffers and standard containers is run by these, and std::bad_alloc becomes
// MemoryError. Only for files that are compiled with exceptions (interp/CMakeLists.txt).
#pragma once

#include <new>

#include "interp/objects/errors.h"

namespace py {

// body()'s result; MemoryError when memory ran out inside. What body() owned has been freed by then.
template <class Body>
auto or_memory_error(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return raise_memory_error();
    }
}

// A builtin function whose body is run so: METHOD("name", or_memory_error_of<function>, …).
template <auto Function>
struct OrMemoryError;
template <class Result, class... Arguments, Result (*Function)(Arguments...)>
struct OrMemoryError<Function> {
    static Result run(Arguments... arguments) {
        return or_memory_error([&] { return Function(arguments...); });
    }
};
template <auto Function>
inline constexpr auto or_memory_error_of = &OrMemoryError<Function>::run;

}  // namespace py
