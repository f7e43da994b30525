// Where objects come from: the small-object allocator, object allocation, the collector's head in front of an object.
#pragma once

#include "interp/objects/type.h"

namespace py {

// Small-object allocator: 32 size classes up to 512 bytes, pools of 16 KiB in arenas of 1 MiB; larger goes to malloc.
// Null on exhaustion (no exception set). Only with the GIL held.
void* allocate(size_t bytes);
void* reallocate(void* memory, size_t bytes);
void deallocate(void* memory);
ssize_t allocated_blocks();            // in use now (sys.getallocatedblocks)
void print_allocator_statistics();     // sys._debugmallocstats, to stderr
void print_statistics_figure(size_t figure);  // the right half of a line of that: "=" and the figure in groups of three

// In front of every object whose type has kHaveGc (16 bytes); links of its generation's list, with flag bits.
struct GcHead {
    uintptr_t next;  // 0: not tracked
    uintptr_t previous;
};
inline GcHead* gc_head(Object* object) { return reinterpret_cast<GcHead*>(object) - 1; }
inline bool gc_is_tracked(Object* object) { return gc_head(object)->next != 0; }

// An uninitialised object of `bytes` bytes, refcount 1, type set (heap types counted up). Null with MemoryError raised.
Object* object_new(Type* type, size_t bytes);
// The same with a collector head in front, and the pre-header of managed dicts where the type has one; not tracked yet.
Object* gc_object_new(Type* type, size_t bytes);
Object* gc_object_resize(Object* object, size_t bytes);  // untracked objects only; may move
void gc_track(Object* object);
void gc_untrack(Object* object);  // harmless when untracked
// Frees the memory of a dead object (does not count the type down).
void object_free(Object* object);
void gc_object_free(Object* object);

template <class T>
Ref<T> make(Type& type) {
    return steal(static_cast<T*>(object_new(&type, sizeof(T))));
}
// Not tracked: call gc_track once the fields are set.
template <class T>
Ref<T> make_gc(Type& type) {
    return steal(static_cast<T*>(gc_object_new(&type, sizeof(T))));
}
// What a dealloc slot of a type that can be subclassed ends with: the class's own tp_free where there is one. It does not count
// the type down: subtype_dealloc, which called the slot for an instance of a heap subclass, does that afterwards. So a dealloc
// slot reads the same for the exact type and for subclasses: untrack, drop fields, object_memory_free.
inline void object_memory_free(Object* object) {
    Type* type = object->type;
    if (type->free)
        type->free(object);
    else if (type->has(type_flag::kHaveGc))
        gc_object_free(object);
    else
        object_free(object);
}
// TypeSpec::free values; type_ready fills in the fitting one.
void object_free_slot(void* object);
void gc_object_free_slot(void* object);

// For traverse slots: VISIT(field).
#define VISIT(field)                                                        \
    do {                                                                    \
        if (field) {                                                        \
            int visit_result_ = visit(reinterpret_cast<::py::Object*>(field), arg); \
            if (visit_result_) return visit_result_;                        \
        }                                                                   \
    } while (0)

// Runs object.__del__ once (PEP 442). False when it was resurrected: the dealloc slot must then return at once.
bool finalize_before_dealloc(Object* object);
// Deeply nested containers die without deep recursion: wrap the body of their dealloc slot.
class DeallocGuard {
  public:
    // When entered() is false the object was put on the thread's list and dies later: return at once.
    explicit DeallocGuard(Object* object);
    ~DeallocGuard();
    bool entered() const { return entered_; }

  private:
    bool entered_, counted_;
};

// Objects that would have died too deep on the C++ stack (a chain of any types) wait for this, between instructions. Runs Python.
void empty_postponed_deaths();
// The address below which dealloc() postpones; a thread sets its own, 0 = never.
extern constinit thread_local uintptr_t dealloc_stack_limit __attribute__((tls_model("local-exec")));

// Cycle collector (gc.cpp): three generations, thresholds (700, 10, 10).
ssize_t gc_collect(int generation);
void gc_collect_if_due();  // called on the eval breaker and by gc_object_new

// repr() of containers that contain themselves: 1 when `object` is being shown already, 0 when now marked, -1 raised.
int repr_enter(Object* object);
void repr_leave(Object* object);
class ReprGuard {
  public:
    explicit ReprGuard(Object* object) : object_(object), entered_(repr_enter(object)) {}
    ~ReprGuard() {
        if (entered_ == 0) repr_leave(object_);
    }
    ReprGuard(const ReprGuard&) = delete;
    ReprGuard& operator=(const ReprGuard&) = delete;
    bool ok() const { return entered_ >= 0; }
    bool is_shown_already() const { return entered_ > 0; }
    // For what cannot be shown inside itself: RuntimeError then.
    Fallible<void> check() const;

  private:
    Object* object_;
    int entered_;
};

}  // namespace py
