// Chunks of the frame stack and the life of a frame on it.
#include "interp/vm/frame_stack.h"

#include <cstdlib>
#include <cstring>

#include "interp/objects/errors.h"
#include "interp/objects/memory.h"

namespace py {

namespace {

struct Chunk {
    Chunk* previous;
    Object** saved_top;  // top of the previous chunk when this one was begun
    size_t words;
    Object* data[1];
};
constexpr size_t kChunkWords = 16 * 1024 / sizeof(Object*);

}  // namespace

InterpreterFrame* frame_stack_push_slow(Thread* thread, int words) {
    size_t wanted = kChunkWords;
    while (wanted < size_t(words) + 64) wanted *= 2;
    auto* chunk = static_cast<Chunk*>(std::malloc(sizeof(Chunk) + wanted * sizeof(Object*)));
    if (!chunk) return raise_memory_error();
    chunk->previous = static_cast<Chunk*>(thread->datastack_chunk);
    chunk->saved_top = thread->datastack_top;
    chunk->words = wanted;
    thread->datastack_chunk = chunk;
    thread->datastack_limit = chunk->data + wanted;
    thread->datastack_top = chunk->data + words;
    return reinterpret_cast<InterpreterFrame*>(chunk->data);
}

void frame_stack_pop(Thread* thread, InterpreterFrame* frame) {
    auto** base = reinterpret_cast<Object**>(frame);
    auto* chunk = static_cast<Chunk*>(thread->datastack_chunk);
    if (base != chunk->data || !chunk->previous) [[likely]] {
        thread->datastack_top = base;
        return;
    }
    thread->datastack_chunk = chunk->previous;
    thread->datastack_top = chunk->saved_top;
    thread->datastack_limit = chunk->previous->data + chunk->previous->words;
    std::free(chunk);
}

void frame_stack_free(Thread* thread) {
    auto* chunk = static_cast<Chunk*>(thread->datastack_chunk);
    while (chunk) {
        Chunk* previous = chunk->previous;
        std::free(chunk);
        chunk = previous;
    }
    thread->datastack_chunk = nullptr;
    thread->datastack_top = thread->datastack_limit = nullptr;
}

// A frame object outlives its call: it gets a copy of the frame, and its f_back is fixed while the callers still exist.
static void move_to_frame_object(InterpreterFrame* frame, Frame* object) {
    size_t bytes = offsetof(InterpreterFrame, slots) + size_t(frame->stack_top) * sizeof(Object*);
    auto* copy = reinterpret_cast<InterpreterFrame*>(object->frame_data);
    std::memcpy(static_cast<void*>(copy), frame, bytes);
    copy->owner = kOwnedByFrameObject;
    object->frame = copy;
    InterpreterFrame* caller = first_complete_frame(copy->previous);
    if (caller && !object->back) {
        SavedError saved;
        Frame* back = frame_object_of(caller);
        if (back)
            object->back = new_reference(back);
        else
            clear_error();
    }
    copy->previous = nullptr;
    if (!gc_is_tracked(object)) gc_track(object);
}

void frame_clear(InterpreterFrame* frame) {
    if (frame->frame_object) {
        Frame* object = frame->frame_object;
        frame->frame_object = nullptr;
        if (object->refcount > 1) {
            move_to_frame_object(frame, object);
            decref(object);
            return;
        }
        decref(object);
    }
    for (int i = 0; i < frame->stack_top; ++i) xdecref(frame->slots[i]);
    xdecref(frame->locals);
    decref(frame->function);
    decref(frame->code);
}

Fallible<Ref<Frame>> frame_object_detached(Code* code, Object* globals, Object* locals) {
    Ref<Function> owner = TRY(function_new(code, globals, nullptr));
    Thread* thread = Thread::current();
    InterpreterFrame* frame = frame_stack_push(thread, frame_words(code));
    if (!frame) return raised;
    xincref(locals);
    frame_init(frame, owner.release(), locals, code, 0);
    frame->previous = thread->cframe->current_frame;
    frame->previous_instruction = code->units + code->first_traceable;
    Ref<Frame> object = share(frame_object_of(frame));
    frame_clear(frame);
    frame_stack_pop(thread, frame);
    if (!object) return raise_memory_error();
    return object;
}

InterpreterFrame* push_function_frame(Thread* thread, Function* function, Object* locals, Object* const* args, ssize_t nargs,
                                      Object* kwnames) {
    Code* code = function->code;
    InterpreterFrame* frame = frame_stack_push(thread, frame_words(code));
    if (!frame) [[unlikely]] {
        ssize_t total = nargs + (kwnames ? static_cast<VarObject*>(kwnames)->size : 0);
        for (ssize_t i = 0; i < total; ++i) decref(args[i]);
        decref(function);
        xdecref(locals);
        return nullptr;
    }
    frame_init(frame, function, locals, code, 0);
    if (!bind_parameters(function, frame->slots, args, nargs, kwnames).ok()) [[unlikely]] {
        frame_clear(frame);
        frame_stack_pop(thread, frame);
        return nullptr;
    }
    return frame;
}

}  // namespace py
