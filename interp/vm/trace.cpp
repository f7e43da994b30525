// Delivery of sys.settrace and sys.setprofile events, and jumps by f_lineno.
#include "interp/vm/trace.h"

#include <utility>

#include "interp/compiler/opcode.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/vm/generators.h"

namespace py {

namespace {

void update_use_tracing(Thread* thread) {
    thread->cframe->use_tracing = thread->trace_function || thread->profile_function ? 255 : 0;
}

// Calls a trace function with tracing suspended. -1: it raised.
int deliver(Thread* thread, TraceFunction function, Object* object, InterpreterFrame* frame, int what,
            Object* argument) {
    if (thread->tracing) return 0;
    int saved_what = thread->tracing_what;
    thread->tracing_what = what;
    ++thread->tracing;
    thread->cframe->use_tracing = 0;
    int result = -1;
    if (Frame* frame_object = frame_object_of(frame)) {
        Ref<Frame> kept = share(frame_object);
        frame_object->line = code_line_at(frame->code, frame_byte_offset(frame));
        result = function(object, frame_object, what, argument);
        frame_object->line = 0;
    }
    update_use_tracing(thread);
    --thread->tracing;
    thread->tracing_what = saved_what;
    return result;
}

int deliver_protected(Thread* thread, TraceFunction function, Object* object, InterpreterFrame* frame, int what,
                      Object* argument) {
    PendingError error = fetch_error();
    int status = deliver(thread, function, object, frame, what, argument);
    if (status == 0) restore_error(std::move(error));
    return status;
}

const char* event_name(int what) {
    static const char* const kNames[] = {"call",   "exception",   "line",     "return",
                                         "c_call", "c_exception", "c_return", "opcode"};
    return kNames[what];
}

Fallible<Ref<>> call_tracer(Object* tracer, Frame* frame, int what, Object* argument) {
    Object* event = interned(event_name(what));
    Ref<> kept = share(tracer);
    Fallible<Ref<>> result = call(tracer, static_cast<Object*>(frame), event, argument ? argument : none());
    if (frame->fast_as_locals) frame_locals_to_fast(frame->frame, true);
    frame->fast_as_locals = 0;
    if (!result.ok()) (void)traceback_here(frame).ok();
    return result;
}

}  // namespace

int call_profile_callable(Object* self, Frame* frame, int what, Object* argument) {
    Fallible<Ref<>> result = call_tracer(self, frame, what, argument);
    if (!result.ok()) {
        SavedError saved;
        (void)set_profile(Thread::current(), nullptr, nullptr).ok();
        return -1;
    }
    return 0;
}

int call_trace_callable(Object* self, Frame* frame, int what, Object* argument) {
    Object* tracer = what == kTraceCall ? self : frame->trace;
    if (!tracer) return 0;
    Fallible<Ref<>> result = call_tracer(tracer, frame, what, argument);
    if (!result.ok()) {
        SavedError saved;
        (void)set_trace(Thread::current(), nullptr, nullptr).ok();
        clear_slot(frame->trace);
        return -1;
    }
    Ref<> next = result.take();
    if (next.get() != none()) replace_slot(frame->trace, next.release());
    return 0;
}

// Puts a function and its argument in place. The old argument's death runs Python, which must not do the same
// meanwhile.
static Fallible<void> install(Thread* thread, TraceFunction Thread::*function_slot, Object* Thread::*object_slot,
                              TraceFunction function, Object* argument, const char* kind, bool* running) {
    if (*running) {
        *running = false;
        return raise(exc::RuntimeError, "Cannot install a %s function while another %s function is being installed",
                     kind, kind);
    }
    *running = true;
    Ref<> old = steal(thread->*object_slot);
    thread->*function_slot = nullptr;
    thread->*object_slot = nullptr;
    update_use_tracing(thread);
    old.reset();
    xincref(argument);
    thread->*object_slot = argument;
    thread->*function_slot = function;
    update_use_tracing(thread);
    *running = false;
    return {};
}

Fallible<void> set_trace(Thread* thread, TraceFunction function, Object* argument) {
    static bool running = false;
    return install(thread, &Thread::trace_function, &Thread::trace_object, function, argument, "trace", &running);
}

Fallible<void> set_profile(Thread* thread, TraceFunction function, Object* argument) {
    static bool running = false;
    return install(thread, &Thread::profile_function, &Thread::profile_object, function, argument, "profile", &running);
}

int trace_entry(Thread* thread, InterpreterFrame* frame) {
    if (thread->trace_function &&
        deliver_protected(thread, thread->trace_function, thread->trace_object, frame, kTraceCall, none()) < 0)
        return -1;
    if (thread->profile_function &&
        deliver_protected(thread, thread->profile_function, thread->profile_object, frame, kTraceCall, none()) < 0)
        return -1;
    return 0;
}

// Line and opcode events before the instruction that previous_instruction was set to; `before` ran last.
static int trace_line(Thread* thread, InterpreterFrame* frame, CodeUnit* before) {
    Code* code = frame->code;
    Frame* object = frame_object_of(frame);
    if (!object) return -1;
    // The first instruction behind RESUME begins a line in any case.
    bool at_entry = before <= code->units + code->first_traceable;
    auto byte_offset = [&](CodeUnit* unit) {
        return int(reinterpret_cast<char*>(unit) - reinterpret_cast<char*>(code->units));
    };
    int last_line = at_entry ? -1 : code_line_at(code, byte_offset(before));
    CodeUnit* next = frame->previous_instruction;
    int line = code_line_at(code, byte_offset(next));
    if (line != -1 && object->trace_lines) {
        // Backward jumps begin their line anew, but for the loop around SEND.
        bool backward = next < before && opcode_info[next->opcode].generic != SEND;
        if ((line != last_line || backward) &&
            deliver_protected(thread, thread->trace_function, thread->trace_object, frame, kTraceLine, none()) < 0)
            return -1;
    }
    if (!object->trace_opcodes || !thread->trace_function) return 0;
    return deliver_protected(thread, thread->trace_function, thread->trace_object, frame, kTraceOpcode, none());
}

int trace_before_instruction(Thread* thread, InterpreterFrame* frame, CodeUnit* next) {
    Code* code = frame->code;
    if (next < code->units + code->first_traceable) {
        frame->previous_instruction = next;
        return 0;
    }
    CodeUnit* before = std::exchange(frame->previous_instruction, next);
    if (opcode_info[next->opcode].generic == RESUME) return trace_entry(thread, frame);
    return thread->trace_function ? trace_line(thread, frame, before) : 0;
}

// make_call() with c_call, c_return and c_exception events where the callable is native code. `self`: the first
// argument, or null.
template <class Call>
static Object* with_native_events(Thread* thread, Object* callable, Object* self, Call make_call) {
    Ref<> shown = share(callable);
    if (is_exact(callable, method_descriptor_type) && self) {
        // The event shows the method bound to its object.
        shown = steal(callable->type->descr_get(callable, self, self->type));
        if (!shown) return nullptr;
    } else if (!is_exact(callable, builtin_function_type)) {
        return make_call();
    }
    auto event = [&](int what) {
        if (!thread->profile_function) return 0;
        return deliver_protected(thread, thread->profile_function, thread->profile_object, current_frame(), what,
                                 shown.get());
    };
    if (event(kTraceCCall) < 0) return nullptr;
    Ref<> result = steal(make_call());
    if (event(result ? kTraceCReturn : kTraceCException) < 0) return nullptr;
    return result.release();
}

Object* trace_vectorcall(Thread* thread, Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Object* self = vectorcall_nargs(nargsf) > 0 ? args[0] : nullptr;
    return with_native_events(thread, callable, self,
                              [&] { return vectorcall(callable, args, nargsf, kwnames).release(); });
}

Object* trace_call_tuple(Thread* thread, Object* callable, Object* arguments, Object* keywords) {
    Object* self = as_tuple(arguments)->size ? as_tuple(arguments)->items[0] : nullptr;
    return with_native_events(thread, callable, self,
                              [&] { return call_tuple(callable, arguments, keywords).release(); });
}

int trace_return(Thread* thread, InterpreterFrame* frame, Object* value) {
    if (thread->trace_function &&
        deliver_protected(thread, thread->trace_function, thread->trace_object, frame, kTraceReturn, value) < 0)
        return -1;
    if (thread->profile_function &&
        deliver_protected(thread, thread->profile_function, thread->profile_object, frame, kTraceReturn, value) < 0)
        return -1;
    return 0;
}

void trace_unwind(Thread* thread, InterpreterFrame* frame) {
    if (thread->trace_function)
        deliver_protected(thread, thread->trace_function, thread->trace_object, frame, kTraceReturn, nullptr);
    if (thread->profile_function)
        deliver_protected(thread, thread->profile_function, thread->profile_object, frame, kTraceReturn, nullptr);
}

void trace_exception(Thread* thread, InterpreterFrame* frame) {
    PendingError error = fetch_error();
    if (!error.value) error.value = share(none());
    normalize_error(error);
    Object* traceback = error.traceback ? error.traceback.get() : none();
    Fallible<Ref<Tuple>> argument = tuple_pack(error.type.get(), error.value.get(), traceback);
    if (!argument.ok()) {
        clear_error();
        restore_error(std::move(error));
        return;
    }
    Ref<Tuple> triple = argument.take();
    int status = deliver(thread, thread->trace_function, thread->trace_object, frame, kTraceException, triple.get());
    if (status == 0) restore_error(std::move(error));
}

int trace_send(Thread* thread, InterpreterFrame* frame, Object* receiver, Object* value, Object** result) {
    *result = value == none() && is_iterator(receiver) ? receiver->type->iternext(receiver)
                                                       : call_method(receiver, "send"_name, value).release();
    if (*result) return kSendNext;
    if (thread->trace_function && error_matches(exc::StopIteration)) trace_exception(thread, frame);
    Lookup<> returned = take_stop_iteration_value();
    if (!returned.ok()) return kSendError;
    *result = returned.take().release();
    return kSendReturn;
}

}  // namespace py
