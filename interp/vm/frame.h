// The interpreter's own frame: lives on the thread's contiguous frame stack or inside a generator.
#pragma once

#include "interp/objects/code.h"
#include "interp/objects/function.h"
#include "interp/objects/object.h"

namespace py {

enum FrameOwner : char { kOwnedByThread = 0, kOwnedByGenerator = 1, kOwnedByFrameObject = 2 };

struct InterpreterFrame {
    Function* function;  // owned
    Object* globals;     // borrowed from function
    Object* builtins;    // borrowed from function
    Object* locals;      // owned; null for function bodies until asked for
    Code* code;          // owned
    Frame* frame_object;  // owned; null until asked for
    InterpreterFrame* previous;
    CodeUnit* previous_instruction;  // the last one that ran
    int stack_top;  // index into slots when not running; -1 while running
    bool is_entry;  // returning from it leaves the C++ activation of the loop
    FrameOwner owner;
    Object* slots[1];  // locals, cells, free variables, then the evaluation stack
};
static_assert(offsetof(InterpreterFrame, slots) == 72);

inline Object** frame_stack_base(InterpreterFrame* frame) { return frame->slots + frame->code->local_count_plus; }
inline int frame_byte_offset(const InterpreterFrame* frame) {
    return int(reinterpret_cast<const char*>(frame->previous_instruction) - reinterpret_cast<const char*>(frame->code->units));
}
// The Python-visible frame, made on demand; borrowed from the frame. Null with MemoryError, which takes the place of
// what was pending.
Frame* frame_object_of(InterpreterFrame* frame);
// A frame that runs nothing: what native code shows in tracebacks as its own. f_back is the running frame. locals may be null.
Fallible<Ref<Frame>> frame_object_detached(Code* code, Object* globals, Object* locals);
int frame_line(InterpreterFrame* frame);
// The first frame at or below `frame` that has begun to run (RESUME passed); what sys._getframe sees.
InterpreterFrame* first_complete_frame(InterpreterFrame* frame);

// PyFrameObject.
struct Frame : Object {
    Frame* back;
    InterpreterFrame* frame;
    Object* trace;
    int line;  // only valid while tracing sets it; 0: compute
    char trace_lines, trace_opcodes, fast_as_locals;
    void* frame_data[1];  // the interpreter frame when it outlived its call
};
static_assert(offsetof(Frame, line) == 40 && offsetof(Frame, frame_data) == 48);
// Brings fast locals into the locals mapping and back (PyFrame_FastToLocals, LocalsToFast).
Fallible<Ref<>> frame_locals(InterpreterFrame* frame);
void frame_locals_to_fast(InterpreterFrame* frame, bool clear);

}  // namespace py
