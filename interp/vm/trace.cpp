// Delivery of sys.settrace and sys.setprofile events, and jumps by f_lineno.
#include "interp/vm/trace.h"

#include <cstring>

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

// Calls a trace function with tracing suspended. -1: it raised.
int deliver(Thread* thread, TraceFunction function, Object* object, InterpreterFrame* frame, int what, Object* argument) {
    if (thread->tracing) return 0;
    int saved_what = thread->tracing_what;
    thread->tracing_what = what;
    ++thread->tracing;
    uint8_t saved_use = thread->cframe->use_tracing;
    thread->cframe->use_tracing = 0;
    Frame* frame_object = frame_object_of(frame);
    int result = -1;
    if (frame_object) {
        Ref<Frame> kept = share(frame_object);
        frame_object->line = code_line_at(frame->code, frame_byte_offset(frame));
        if (what == kTraceLine || what == kTraceCall || what == kTraceOpcode) {
            // Events before the instruction at previous_instruction + 1 belong to that instruction's line.
        }
        result = function(object, frame_object, what, argument);
        frame_object->line = 0;
    }
    thread->cframe->use_tracing = saved_use || thread->trace_function || thread->profile_function ? 255 : 0;
    --thread->tracing;
    thread->tracing_what = saved_what;
    return result;
}

int deliver_protected(Thread* thread, TraceFunction function, Object* object, InterpreterFrame* frame, int what, Object* argument) {
    PendingError error = fetch_error();
    int status = deliver(thread, function, object, frame, what, argument);
    if (status == 0) restore_error(std::move(error));
    return status;
}

const char* event_name(int what) {
    static const char* const kNames[] = {"call", "exception", "line", "return", "c_call", "c_exception", "c_return", "opcode"};
    return kNames[what];
}

Fallible<Ref<>> call_tracer(Object* tracer, Frame* frame, int what, Object* argument) {
    TRY(frame_locals(frame->frame));
    Object* event = interned(event_name(what));
    Ref<> kept = share(tracer);
    Fallible<Ref<>> result = call(tracer, static_cast<Object*>(frame), event, argument ? argument : none());
    frame_locals_to_fast(frame->frame, true);
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

static void update_use_tracing(Thread* thread) {
    thread->cframe->use_tracing = thread->trace_function || thread->profile_function ? 255 : 0;
}

Fallible<void> set_trace(Thread* thread, TraceFunction function, Object* argument) {
    Ref<> old = steal(thread->trace_object);
    thread->trace_function = nullptr;
    thread->trace_object = nullptr;
    update_use_tracing(thread);
    old.reset();
    xincref(argument);
    thread->trace_object = argument;
    thread->trace_function = function;
    update_use_tracing(thread);
    return {};
}

Fallible<void> set_profile(Thread* thread, TraceFunction function, Object* argument) {
    Ref<> old = steal(thread->profile_object);
    thread->profile_function = nullptr;
    thread->profile_object = nullptr;
    update_use_tracing(thread);
    old.reset();
    xincref(argument);
    thread->profile_object = argument;
    thread->profile_function = function;
    update_use_tracing(thread);
    return {};
}

static int trace_call(Thread* thread, InterpreterFrame* frame) {
    if (thread->trace_function &&
        deliver_protected(thread, thread->trace_function, thread->trace_object, frame, kTraceCall, none()) < 0)
        return -1;
    if (thread->profile_function &&
        deliver_protected(thread, thread->profile_function, thread->profile_object, frame, kTraceCall, none()) < 0)
        return -1;
    return 0;
}

// Is `offset` the first instruction of a source line's range? Then line is set.
static bool starts_line(Code* code, int offset, int previous_offset, int* line) {
    LineRange range = code_line_ranges(code);
    int previous_line = -1, here = -1;
    bool first_of_range = false;
    while (code_next_line_range(&range)) {
        if (range.start <= previous_offset && previous_offset < range.end) previous_line = range.line;
        if (range.start <= offset && offset < range.end) {
            here = range.line;
            first_of_range = range.start == offset;
        }
    }
    *line = here;
    if (here < 0) return false;
    // A new line begins when the line changed, or when control went backward to the start of one.
    return here != previous_line ? first_of_range || previous_offset < 0 || previous_line != here
                                 : offset <= previous_offset && first_of_range;
}

int trace_before_instruction(Thread* thread, InterpreterFrame* frame, CodeUnit* next) {
    Code* code = frame->code;
    int opcode = opcode_info[next->opcode].generic;
    CodeUnit* before = frame->previous_instruction;
    bool resumes = opcode == RESUME;
    frame->previous_instruction = next;
    int status = 0;
    if (resumes && next->oparg < 2) {
        status = trace_call(thread, frame);
    } else if (thread->trace_function && next >= code->units + code->first_traceable) {
        Frame* object = frame_object_of(frame);
        int offset = frame_byte_offset(frame);
        int previous_offset = int(reinterpret_cast<char*>(before) - reinterpret_cast<char*>(code->units));
        bool after_resume = before >= code->units && opcode_info[before->opcode].generic == RESUME;
        int line;
        if (after_resume) previous_offset = -2;
        bool begins = starts_line(code, offset, previous_offset, &line);
        if (object && begins && object->trace_lines)
            status = deliver_protected(thread, thread->trace_function, thread->trace_object, frame, kTraceLine, none());
        if (status == 0 && object && object->trace_opcodes)
            status = deliver_protected(thread, thread->trace_function, thread->trace_object, frame, kTraceOpcode, none());
    }
    if (frame->previous_instruction == next)
        frame->previous_instruction = before;
    else
        --frame->previous_instruction;  // the tracer jumped: the target runs next
    if (frame->previous_instruction == before) frame->previous_instruction = next - 1;
    return status;
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

Fallible<void> frame_set_line(Frame* frame, Object* line) {
    return raise(exc::ValueError, "f_lineno can only be set by a trace function");
}

}  // namespace py
