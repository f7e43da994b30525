// The running thread: PyThreadState with the C ABI's layout, and what is ours behind it; the GIL.
#pragma once

#include "interp/objects/generator.h"
#include "interp/objects/object.h"

namespace py {

struct ThreadPrivate;  // runtime/thread.cpp
struct CFrame {        // one per C++ activation of the loop; Cython reads use_tracing
    uint8_t use_tracing;
    InterpreterFrame* current_frame;
    CFrame* previous;
};
using TraceFunction = int (*)(Object* self, Frame* frame, int what, Object* argument);

struct Thread {
    Thread *previous, *next;
    Runtime* interpreter;
    int initialized, is_static;
    int recursion_remaining, recursion_limit, recursion_headroom;
    int tracing, tracing_what;
    CFrame* cframe;
    TraceFunction profile_function, trace_function;
    Object *profile_object, *trace_object;
    Object *error_type, *error_value, *error_traceback;  // the pending exception
    ExceptionStackItem* exception_info;                  // exceptions being handled
    Object* dict;
    int gilstate_counter;
    Object* async_exception;
    unsigned long thread_id;
    unsigned long native_thread_id;
    int trash_delete_nesting;
    Object* trash_delete_later;
    void (*on_delete)(void*);
    void* on_delete_data;
    int coroutine_origin_tracking_depth;
    Object *async_generator_firstiter, *async_generator_finalizer;
    Object* context;
    uint64_t context_version;
    uint64_t id;
    void* datastack_chunk;  // the contiguous frame stack: vm/frame_stack.h
    Object** datastack_top;
    Object** datastack_limit;
    ExceptionStackItem exception_state;
    CFrame root_cframe;
    // Ours.
    uintptr_t stack_limit;  // C++ recursion must not let the stack pointer fall below it
    uintptr_t eval_breaker;  // unused
    Dict* repr_running;      // repr_enter's marks
    ThreadPrivate* own;
    void* reserved[2];

    static Thread* current();
};
static_assert(offsetof(Thread, interpreter) == 16 && offsetof(Thread, cframe) == 56 && offsetof(Thread, error_type) == 96 &&
              offsetof(Thread, exception_info) == 120 && offsetof(Thread, dict) == 128);
static_assert(sizeof(Thread) == 360);

extern constinit thread_local Thread* current_thread __attribute__((tls_model("local-exec")));
// The state with which this OS thread held the GIL last; null before its first time.
extern constinit thread_local Thread* own_thread __attribute__((tls_model("local-exec")));
inline Thread* Thread::current() { return current_thread; }
inline InterpreterFrame* current_frame() { return current_thread->cframe->current_frame; }

// The GIL. Release around anything that may block; nothing of the object model may be touched meanwhile.
void gil_acquire(Thread* thread);
void gil_release(Thread* thread);
class GilReleased {  // keeps errno
  public:
    GilReleased() : thread_(current_thread) { gil_release(thread_); }
    ~GilReleased() { gil_acquire(thread_); }
    GilReleased(const GilReleased&) = delete;
    GilReleased& operator=(const GilReleased&) = delete;

  private:
    Thread* thread_;
};
template <class F>
auto without_gil(F&& call) {
    GilReleased released;
    return call();
}
// In a callback from a library that was called with the GIL released, or maybe not: the GIL is held while this lives.
class GilEnsured {
  public:
    GilEnsured() : thread_(current_thread ? nullptr : own_thread) {
        if (thread_) gil_acquire(thread_);
    }
    ~GilEnsured() {
        if (thread_) gil_release(thread_);
    }
    GilEnsured(const GilEnsured&) = delete;
    GilEnsured& operator=(const GilEnsured&) = delete;

  private:
    Thread* thread_;
};
Thread* thread_new();           // a state for another OS thread
void thread_delete(Thread* thread);  // clears and frees; current thread, GIL held

// Work for the loop to do between instructions: signals, pending calls, GIL requests, collection, async exceptions.
extern volatile int eval_breaker;
enum PendingWork : int { kWorkSignals = 1, kWorkGilDrop = 2, kWorkCalls = 4, kWorkAsyncException = 8, kWorkCollect = 16, kWorkTrash = 32 };
void request_work(PendingWork work);  // async-signal-safe
Fallible<void> do_pending_work();     // runs Python
// Runs Python signal handlers when signals have arrived (main thread). What EINTR loops call.
Fallible<void> check_signals();
bool signals_arrived();  // is there something for it to do?

}  // namespace py
