// Object heads: allocation with and without the collector's head, freeing, finalisers, deallocation without deep recursion.
#include <climits>
#include <cstdlib>
#include <cstring>

#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/gc.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/type_internal.h"
#include "interp/runtime/thread.h"

namespace py {
namespace {

constexpr int kTrashNesting = 50;

inline size_t head_size(const Type* type) {
    return (type->has(type_flag::kHaveGc) ? sizeof(GcHead) : 0) + (type->has(type_flag::kManagedDict) ? 2 * sizeof(void*) : 0);
}
inline void start_object(Object* object, Type* type) {
    start_refcount(object);
    object->type = type;
    if (type->has(type_flag::kHeap)) incref(type);
}

// Deallocates the objects put aside, each with the nesting counted so that they may put aside more.
void empty_trash(Thread* thread) {
    ++thread->trash_delete_nesting;
    while (Object* object = thread->trash_delete_later) {
        thread->trash_delete_later = reinterpret_cast<Object*>(gc_previous(gc_head(object)));
        gc_set_previous(gc_head(object), nullptr);
        object->type->dealloc(object);
    }
    --thread->trash_delete_nesting;
}

// Dead objects, count 0, whose dealloc slot is still to be called.
struct PostponedDeaths {
    Object** objects;
    size_t count, room;
};
PostponedDeaths postponed;

[[gnu::cold, gnu::noinline]] void postpone_death(Object* object) {
    if (postponed.count == postponed.room) {
        size_t room = postponed.room * 2 + 16;
        void* more = std::realloc(postponed.objects, room * sizeof(Object*));
        if (!more) {  // the stack's reserve is what is left
            object->type->dealloc(object);
            return;
        }
        postponed.objects = static_cast<Object**>(more);
        postponed.room = room;
    }
    if (is_gc_object(object)) gc_untrack(object);  // nobody may find it
    postponed.objects[postponed.count++] = object;
    request_work(kWorkTrash);
}

}  // namespace

ssize_t reference_sum = 0;

constinit thread_local uintptr_t dealloc_stack_limit = 0;

void dealloc(Object* object) {
    if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < dealloc_stack_limit) [[unlikely]] {
        postpone_death(object);
        return;
    }
    object->type->dealloc(object);
}

void empty_postponed_deaths() {
    if (stack_is_low()) {
        if (postponed.count) request_work(kWorkTrash);  // later, from higher up
        return;
    }
    while (postponed.count) {
        Object* object = postponed.objects[--postponed.count];
        object->type->dealloc(object);
    }
}

Object* object_new(Type* type, size_t bytes) {
    Object* object = static_cast<Object*>(allocate(bytes));
    if (!object) return raise_memory_error();
    start_object(object, type);
    return object;
}

Object* gc_object_new(Type* type, size_t bytes) {
    gc_count_allocation();
    size_t head = head_size(type);
    if (bytes > size_t(SSIZE_MAX) - head) return raise_memory_error();
    char* memory = static_cast<char*>(allocate(head + bytes));
    if (!memory) {
        gc_count_free();
        return raise_memory_error();
    }
    std::memset(memory, 0, head);
    Object* object = reinterpret_cast<Object*>(memory + head);
    start_object(object, type);
    return object;
}

Object* gc_object_resize(Object* object, size_t bytes) {
    CHECK(!gc_is_tracked(object));
    size_t head = head_size(object->type);
    if (bytes > size_t(SSIZE_MAX) - head) return raise_memory_error();
    char* memory = static_cast<char*>(reallocate(reinterpret_cast<char*>(object) - head, head + bytes));
    if (!memory) return raise_memory_error();
    return reinterpret_cast<Object*>(memory + head);
}

// What is freed before it was ever shared still has the reference it started with.
void object_free(Object* object) {
    sum_references(-object->refcount);
    deallocate(object);
}

void gc_object_free(Object* object) {
    gc_untrack(object);
    gc_count_free();
    sum_references(-object->refcount);
    deallocate(reinterpret_cast<char*>(object) - head_size(object->type));
}

void object_free_slot(void* object) { object_free(static_cast<Object*>(object)); }
void gc_object_free_slot(void* object) { gc_object_free(static_cast<Object*>(object)); }

Object* generic_alloc(Type* type, ssize_t items) {
    // One item more than asked for, as a sentinel; sizes are whole words.
    size_t bytes = size_t(type->basic_size);
    if (type->item_size) {
        if (items < 0 || items >= (SSIZE_MAX - type->basic_size - 64) / type->item_size) return raise_memory_error();
        bytes += size_t(items + 1) * size_t(type->item_size);
        bytes = (bytes + sizeof(void*) - 1) & ~(sizeof(void*) - 1);
    }
    bool collected = type->has(type_flag::kHaveGc);
    Object* object = collected ? gc_object_new(type, bytes) : object_new(type, bytes);
    if (!object) return nullptr;
    std::memset(reinterpret_cast<char*>(object) + sizeof(Object), 0, bytes - sizeof(Object));
    if (type->item_size) static_cast<VarObject*>(object)->size = items;
    if (collected) gc_track(object);
    return object;
}

Object* generic_new(Type* type, Object*, Object*) { return type->alloc(type, 0); }

void call_finalizer(Object* object) {
    Type* type = object->type;
    if (!type->finalize) return;
    bool collected = is_gc_object(object);
    if (collected && gc_is_finalized(object)) return;
    type->finalize(object);
    if (collected) gc_head(object)->previous |= kGcFinalized;
}

bool finalize_before_dealloc(Object* object) {
    CHECK(object->refcount == 0);
    start_refcount(object);
    call_finalizer(object);
    return end_refcount(object);
}

bool trash_enter(Object* object) {
    Thread* thread = Thread::current();
    if (thread->trash_delete_nesting >= kTrashNesting) {
        gc_set_previous(gc_head(object), reinterpret_cast<GcHead*>(thread->trash_delete_later));
        thread->trash_delete_later = object;
        return false;
    }
    ++thread->trash_delete_nesting;
    return true;
}

void trash_leave() {
    Thread* thread = Thread::current();
    --thread->trash_delete_nesting;
    if (thread->trash_delete_later && thread->trash_delete_nesting <= 0) empty_trash(thread);
}

DeallocGuard::DeallocGuard(Object* object) {
    // Of a heap subclass, subtype_dealloc is the outermost dealloc and has counted already.
    counted_ = object->type->dealloc != subtype_dealloc;
    entered_ = !counted_ || trash_enter(object);
}
DeallocGuard::~DeallocGuard() {
    if (counted_ && entered_) trash_leave();
}

}  // namespace py
