// sys.settrace and sys.setprofile: when events are due and delivering them.
#pragma once

#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

enum TraceEvent : int { kTraceCall, kTraceException, kTraceLine, kTraceReturn, kTraceCCall, kTraceCException, kTraceCReturn, kTraceOpcode };

// Before the instruction at `next` runs in a traced thread: call, line and opcode events. The stack is saved;
// frame->previous_instruction becomes the instruction to run, which is another one when f_lineno was set. -1: raised.
int trace_before_instruction(Thread* thread, InterpreterFrame* frame, CodeUnit* next);
// The call event of a frame that is entered or resumed; a pending exception is kept. -1: raised.
int trace_entry(Thread* thread, InterpreterFrame* frame);
// vectorcall() and call_tuple() with c_call, c_return and c_exception events around native functions. Null: raised.
Object* trace_vectorcall(Thread* thread, Object* callable, Object* const* args, size_t nargsf, Object* kwnames);
Object* trace_call_tuple(Thread* thread, Object* callable, Object* arguments, Object* keywords_or_null);
// send_to_iterator() with an exception event for a StopIteration that ends the iteration.
int trace_send(Thread* thread, InterpreterFrame* frame, Object* receiver, Object* value, Object** result);
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
