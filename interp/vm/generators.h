// What the loop and the generator types need of each other.
#pragma once

#include "interp/objects/generator.h"
#include "interp/vm/frame.h"

namespace py {

// Moves the frame (whose RETURN_GENERATOR runs) into a new generator, coroutine or async generator. Null: raised, frame untouched.
Generator* generator_from_frame(InterpreterFrame* frame);
inline Generator* frame_generator(InterpreterFrame* frame) {
    return reinterpret_cast<Generator*>(reinterpret_cast<char*>(frame) - offsetof(Generator, frame));
}
// The frame returned or raised: the generator is done; clears the frame in place.
void finish_generator_frame(InterpreterFrame* frame);
// SEND: value into generator, coroutine or any iterator. Returns a SendResult; result is a new reference.
int send_to_iterator(Object* receiver, Object* value, Object** result);
Object* async_generator_wrap(Object* value);  // borrowed
// The generator's shared methods, in objects/generator.cpp.
Fallible<Ref<>> generator_send_method(Generator* generator, Object* value);
Fallible<Ref<>> generator_throw(Generator* generator, Object* type, Object* value, Object* traceback);
Fallible<Ref<>> generator_close(Generator* generator);
// Resume as send/throw do it, with StopIteration built for a return value; `throwing`: the pending exception goes in.
Object* generator_resume(Generator* generator, Object* value, bool throwing);
// The awaitable or iterator a suspended generator is delegating to, or null (new reference).
Ref<> generator_delegate(Generator* generator);
void generator_dealloc(Object* object);
int generator_traverse(Object* object, Visit visit, void* arg);
void generator_finalize(Object* object);
Object* generator_iternext(Object* object);
int generator_am_send(Object* object, Object* value, Object** result);
// Shared getters of the three types.
Fallible<Ref<>> generator_get_name(Object* self);
Fallible<void> generator_set_name(Object* self, Object* value);
Fallible<Ref<>> generator_get_qualname(Object* self);
Fallible<void> generator_set_qualname(Object* self, Object* value);
Fallible<Ref<>> generator_get_yield_from(Object* self);
Fallible<Ref<>> generator_get_frame(Object* self);
Fallible<Ref<>> generator_get_code(Object* self);
Fallible<Ref<>> generator_get_running(Object* self);
Fallible<Ref<>> generator_get_suspended(Object* self);
Fallible<Ref<>> generator_throw_args(Object* self, Object* const* args, ssize_t nargs);
Fallible<Ref<>> generator_sizeof(Object* self);
// async generators: hooks on first iteration.
int async_generator_init_hooks(Generator* generator);
void free_generator_lists();

}  // namespace py
