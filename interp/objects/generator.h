// Generators, coroutines and async generators share one layout; the interpreter frame stands at the object's end.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

struct ExceptionStackItem {
    Object* value;  // the exception being handled, or null
    ExceptionStackItem* previous;
};
enum FrameState : int8_t { kFrameCreated = -2, kFrameSuspended = -1, kFrameExecuting = 0, kFrameCompleted = 1, kFrameCleared = 4 };

struct Generator : Object {
    Code* code;
    Object* weaklist;
    Str* name;
    Str* qualname;
    ExceptionStackItem exception_state;
    Object* origin_or_finalizer;
    char hooks_inited, closed, running_async;
    int8_t frame_state;  // FrameState
    void* frame[1];      // an InterpreterFrame with its locals and stack begins here
};
static_assert(sizeof(Generator) == 88 && offsetof(Generator, frame) == 80);
extern Type generator_type asm("PyGen_Type");
extern Type coroutine_type asm("PyCoro_Type");
extern Type async_generator_type asm("PyAsyncGen_Type");
inline bool is_generator_exact(const Object* object) { return object->type == &generator_type; }
inline bool is_coroutine_exact(const Object* object) { return object->type == &coroutine_type; }
inline bool is_async_generator_exact(const Object* object) { return object->type == &async_generator_type; }
inline InterpreterFrame* generator_frame(Generator* generator) {
    return reinterpret_cast<InterpreterFrame*>(generator->frame);
}

// What sending a value gave. Numbered as PySendResult.
enum SendResult : int { kSendReturn = 0, kSendError = -1, kSendNext = 1 };
// Resumes with `value` (None to start). *result: the yielded or returned value, new reference.
SendResult generator_send(Generator* generator, Object* value, Object** result);
// The object an await waits on: coroutine, generator-based coroutine, or __await__'s iterator. TypeError as CPython.
Fallible<Ref<>> get_awaitable_iterator(Object* object);
// StopIteration's value if that is pending (cleared then); absent: another exception (still pending → Raised).
Lookup<> take_stop_iteration_value();

}  // namespace py
