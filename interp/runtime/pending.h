// What modules (sys, _thread, _signal, posix) need of the thread machinery beyond thread.h.
#pragma once

#include "interp/runtime/thread.h"

namespace py {

double gil_switch_interval();
void gil_set_switch_interval(double seconds);
void gil_after_fork();           // in the child: this thread is the only one and holds the GIL. Runs Python
Thread* first_thread();          // all states, linked by next; GIL held
// Clears all states but the running thread's: in a forked child, and at the end, when no other thread gets the GIL any more.
void forget_other_threads();                // runs Python
void thread_bind(Thread* thread);  // makes the running OS thread the one `thread` describes
int runtime_recursion_limit();
void set_runtime_recursion_limit(int limit);
// Has function(argument) called on the main thread between instructions; false when the queue is full. Async-signal-safe enough.
bool add_pending_call(int (*function)(void*), void* argument);

}  // namespace py
