// Showing exceptions: tracebacks with source lines and ~~^~~ positions, chains and groups (PEP 657, PEP 654).
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// To sys.stderr, or the C stderr when that is lost. Never raises.
void display_exception(Object* exception, Object* traceback);
// To a stream (null: C's stderr), which is flushed; the traceback is taken where the exception has none. Never
// raises.
void print_exception_to(Object* stream, Object* exception, Object* traceback);
// A traceback alone, with its header. Raised: the stream failed.
Fallible<void> print_traceback_to(Object* stream, Object* traceback);
// The pending exception through sys.excepthook (SystemExit leaves the process: see handle_system_exit). Clears it.
void print_pending_exception();
// SystemExit: the status, with a message printed for other codes than int and None.
int handle_system_exit(Object* exception);

}  // namespace py
