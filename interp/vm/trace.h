// sys.settrace and sys.setprofile: when events are due and delivering them.
#pragma once

#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

enum TraceEvent : int { kTraceCall, kTraceException, kTraceLine, kTraceReturn, kTraceCCall, kTraceCException, kTraceCReturn, kTraceOpcode };

// Before the instruction at `next` runs in a traced thread: call, line and opcode events. The stack is saved; a tracer that
// sets f_lineno moves frame->previous_instruction. -1: raised.
int trace_before_instruction(Thread* thread, InterpreterFrame* frame, CodeUnit* next);
// RETURN_VALUE and YIELD_VALUE. -1: raised.
int trace_return(Thread* thread, InterpreterFrame* frame, Object* value);
// An exception is pending in frame: an exception event; the tracer's own exception replaces it.
void trace_exception(Thread* thread, InterpreterFrame* frame);
// The frame is left by an exception: a return event with None.
void trace_unwind(Thread* thread, InterpreterFrame* frame);
// Installs or (null) removes the functions. They run Python.
Fallible<void> set_trace(Thread* thread, TraceFunction function, Object* argument);
Fallible<void> set_profile(Thread* thread, TraceFunction function, Object* argument);
// The TraceFunctions that call Python callables.
int call_trace_callable(Object* self, Frame* frame, int what, Object* argument);
int call_profile_callable(Object* self, Frame* frame, int what, Object* argument);
// f_lineno = line: moves the frame if that is possible; ValueError otherwise.
Fallible<void> frame_set_line(Frame* frame, Object* line);

}  // namespace py
