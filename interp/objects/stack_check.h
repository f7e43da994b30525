// The guards of native code that calls itself through slots or Python code: the C++ stack must have room for it. check_stack is the
// cheaper one; RecursionGuard counts the call against the recursion limit as well. `where` continues the message of the
// RecursionError, "maximum recursion depth exceeded". All in line: every call of a C function passes one.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/runtime/thread.h"

namespace py {

inline constexpr char kWhileCalling[] = " while calling a Python object";

[[gnu::cold]] Raised raise_stack_exhausted(const char* where);
// What follows once the count or the stack is used up; raises, or not when a RecursionError is being handled.
[[gnu::cold]] Fallible<void> recursion_exceeded(Thread* thread, const char* where);

// Where the stack ends. Not the frame's address: whoever asks for that has to keep a frame pointer, a register the loop needs.
inline uintptr_t stack_pointer() {
#ifdef __x86_64__
    uintptr_t address;
    asm("mov %%rsp, %0" : "=r"(address));
    return address;
#else
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
#endif
}
inline bool stack_is_low() { return stack_pointer() < current_thread->stack_limit; }
inline Fallible<void> check_stack(const char* where) {
    if (stack_is_low()) [[unlikely]]
        return raise_stack_exhausted(where);
    return {};
}

// Not counted when it raises.
inline Fallible<void> enter_recursive_call(const char* where) {
    if (--current_thread->recursion_remaining < 0 || stack_is_low()) [[unlikely]]
        return recursion_exceeded(current_thread, where);
    return {};
}
inline void leave_recursive_call() { ++current_thread->recursion_remaining; }
class RecursionGuard {
  public:
    explicit RecursionGuard(const char* where) : ok_(enter_recursive_call(where).ok()) {}
    ~RecursionGuard() {
        if (ok_) leave_recursive_call();
    }
    RecursionGuard(const RecursionGuard&) = delete;
    RecursionGuard& operator=(const RecursionGuard&) = delete;
    bool ok() const { return ok_; }  // false: RecursionError is pending

  private:
    bool ok_;
};

}  // namespace py
