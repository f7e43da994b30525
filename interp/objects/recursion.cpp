// Guards against recursion that would exhaust the C++ stack, and the marks of containers whose repr() is running.
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"
#include "interp/runtime/thread.h"

namespace py {

static constexpr int kHeadroom = 50;  // calls that handling a RecursionError may still make

Fallible<void> recursion_exceeded(Thread* thread, const char* where) {
    if (thread->recursion_headroom > 0) {
        if (thread->recursion_remaining < -kHeadroom) {
            std::fputs("Fatal Python error: _Py_CheckRecursiveCall: Cannot recover from stack overflow.\n", stderr);
            std::abort();
        }
        return {};
    }
    ++thread->recursion_headroom;
    (void)raise(exc::RecursionError, "maximum recursion depth exceeded%s", where);
    --thread->recursion_headroom;
    ++thread->recursion_remaining;
    return raised;
}

Raised raise_stack_exhausted(const char* where) {
    Thread* thread = Thread::current();
    ++thread->recursion_headroom;
    (void)raise(exc::RecursionError, "maximum recursion depth exceeded%s", where);
    --thread->recursion_headroom;
    return raised;
}

int repr_enter(Object* object) {
    Thread* thread = Thread::current();
    if (!thread->repr_running) {
        auto made = dict_new();
        if (!made.ok()) return -1;
        thread->repr_running = made.take().release();
    }
    Ref<Int> key = TRY(int_from(reinterpret_cast<intptr_t>(object)));
    if (TRY(dict_contains(thread->repr_running, key.get()))) return 1;
    TRY(dict_set(thread->repr_running, key.get(), none()));
    return 0;
}

Fallible<void> ReprGuard::check() const {
    if (!ok()) return raised;
    if (is_shown_already()) return raise(exc::RuntimeError, "reentrant call inside %s.__repr__", object_->type->name);
    return {};
}

void repr_leave(Object* object) {
    SavedError saved;
    Thread* thread = Thread::current();
    auto key = int_from(reinterpret_cast<intptr_t>(object));
    if (!thread->repr_running || !key.ok()) return;
    auto deleted = dict_delete(thread->repr_running, key.take().get());
    (void)deleted.ok();
}

}  // namespace py
