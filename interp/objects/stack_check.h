// The cheap guards of native code that calls itself through slots: check_stack, where depth is not counted and the C++ stack must
// have room, and CallGuard, which is RecursionGuard for calls, in line.
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

// What follows once the count or the stack is used up; raises, or not when a RecursionError is being handled.
[[gnu::cold]] Fallible<void> recursion_exceeded(Thread* thread, const char* where);
class CallGuard {
  public:
    CallGuard() : thread_(current_thread) {
        ok_ = true;
        if (--thread_->recursion_remaining < 0 || stack_is_low()) [[unlikely]]
            ok_ = recursion_exceeded(thread_, " while calling a Python object").ok();
    }
    ~CallGuard() {
        if (ok_) ++thread_->recursion_remaining;
    }
    bool ok() const { return ok_; }  // false: RecursionError is pending

  private:
    Thread* thread_;
    bool ok_;
};

}  // namespace py
