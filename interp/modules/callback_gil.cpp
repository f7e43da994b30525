// The GIL around calls into libraries that call back.
#include "interp/modules/callback_gil.h"

#include <cerrno>

namespace py {

namespace {

// The thread whose GIL a scope of this OS thread gave up.
thread_local Thread* released_thread = nullptr;

}  // namespace

CallbackGilReleased::CallbackGilReleased() : thread_(current_thread), outer_(released_thread) {
    released_thread = thread_;
    gil_release(thread_);
}
CallbackGilReleased::~CallbackGilReleased() {
    int error = errno;
    gil_acquire(thread_);
    released_thread = outer_;
    errno = error;
}
CallbackGil::CallbackGil() {
    if (current_thread) return;
    thread_ = released_thread;
    gil_acquire(thread_);
}
CallbackGil::~CallbackGil() {
    if (thread_) gil_release(thread_);
}

}  // namespace py
