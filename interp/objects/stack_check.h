// The cheap guard of native code that calls itself through slots: the C++ stack must have room. Depth is not counted.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/runtime/thread.h"

namespace py {

[[gnu::cold]] Raised raise_stack_exhausted(const char* where);
inline bool stack_is_low() { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < current_thread->stack_limit; }
// RecursionError, "maximum recursion depth exceeded" and `where`, when it has not.
inline Fallible<void> check_stack(const char* where) {
    if (stack_is_low()) [[unlikely]]
        return raise_stack_exhausted(where);
    return {};
}

}  // namespace py
