// Writing where threads are to a descriptor, with system calls only: from signal handlers and beside a running interpreter.
#pragma once

#include "interp/runtime/thread.h"

namespace py {

// The state of the running OS thread, with or without the GIL; null when it has none. Async-signal-safe.
Thread* thread_of_this_os_thread();
// "Stack (most recent call first):" and the thread's frames.
void dump_traceback(int descriptor, Thread* thread);
// All threads, `current` (may be null) marked as the current one.
void dump_all_tracebacks(int descriptor, Thread* current);

// Says what went wrong and where threads are, and aborts.
[[noreturn]] void fatal_error(const char* function, const char* message);

// The pieces, for other messages of that kind.
void dump_text(int descriptor, const char* text);
void dump_hexadecimal(int descriptor, unsigned long value, int width);
void dump_decimal(int descriptor, unsigned long value);

}  // namespace py
