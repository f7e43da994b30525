// The thread's contiguous stack of interpreter frames: chunks of words, bumped by calls and popped by returns.
#pragma once

#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

inline constexpr int kFrameHeadWords = offsetof(InterpreterFrame, slots) / sizeof(Object*);
inline int frame_words(const Code* code) { return kFrameHeadWords + code->local_count_plus + code->stack_size; }

// A new chunk large enough for `words`; null with MemoryError.
InterpreterFrame* frame_stack_push_slow(Thread* thread, int words);
inline InterpreterFrame* frame_stack_push(Thread* thread, int words) {
    Object** base = thread->datastack_top;
    if (base && base + words < thread->datastack_limit) [[likely]] {
        thread->datastack_top = base + words;
        return reinterpret_cast<InterpreterFrame*>(base);
    }
    return frame_stack_push_slow(thread, words);
}
void frame_stack_pop(Thread* thread, InterpreterFrame* frame);
void frame_stack_free(Thread* thread);  // all chunks, when the thread ends

// Fills the head of a fresh frame; takes over the references to function (and locals). Slots from `filled` on are nulled.
inline void frame_init(InterpreterFrame* frame, Function* function, Object* locals, Code* code, int filled) {
    frame->function = function;
    frame->globals = function->globals;
    frame->builtins = function->builtins;
    frame->locals = locals;
    frame->code = new_reference(code);
    frame->frame_object = nullptr;
    frame->previous = nullptr;
    frame->previous_instruction = code->units - 1;
    frame->stack_top = code->local_count_plus;
    frame->is_entry = false;
    frame->owner = kOwnedByThread;
    for (int i = filled; i < code->local_count_plus; ++i) frame->slots[i] = nullptr;
}
// Drops everything the frame holds. A frame object that others hold takes the contents over first. Runs Python.
void frame_clear(InterpreterFrame* frame);

// Binds a call to the parameters of a function: args (positional, then the values of kwnames) are consumed, also on
// failure; slots get new references. TypeError as CPython words it.
Fallible<void> bind_parameters(Function* function, Object** slots, Object* const* args, ssize_t nargs, Object* kwnames);
// The namespace a call runs in, a new reference; null: the code keeps its locals in the frame.
inline Object* call_locals(Function* function) {
    return function->code->flags & kCoOptimized ? nullptr : new_reference(function->globals);
}
// Frame for calling `function` (reference consumed) with the arguments (consumed). Null with exception.
InterpreterFrame* push_function_frame(Thread* thread, Function* function, Object* locals, Object* const* args, ssize_t nargs,
                                      Object* kwnames);

// Enters the loop with a pushed frame; the frame is cleared and popped when it returns or raises (not when it yields).
Object* eval_frame(Thread* thread, InterpreterFrame* frame, bool throwing);

}  // namespace py
