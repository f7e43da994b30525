// The cycle collector's own view of objects, and what the `gc` module offers of it. The head in front of collected objects
// is declared in memory.h.
#pragma once

#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/memory.h"

namespace py {

// Flag bits of GcHead::previous; above them the link, and during a collection the count of outside references.
inline constexpr uintptr_t kGcFinalized = 1;   // __del__ has run
inline constexpr uintptr_t kGcCollecting = 2;  // in the generation that is being looked at
inline constexpr int kGcFlagBits = 2;
inline constexpr uintptr_t kGcFlagMask = (uintptr_t(1) << kGcFlagBits) - 1;

inline Object* gc_object(GcHead* head) { return reinterpret_cast<Object*>(head + 1); }
inline GcHead* gc_next(const GcHead* head) { return reinterpret_cast<GcHead*>(head->next); }
inline GcHead* gc_previous(const GcHead* head) { return reinterpret_cast<GcHead*>(head->previous & ~kGcFlagMask); }
inline void gc_set_previous(GcHead* head, GcHead* previous) {
    head->previous = (head->previous & kGcFlagMask) | reinterpret_cast<uintptr_t>(previous);
}
// Does the object have a collector head at all (type flag, and for types `is_gc`)?
inline bool is_gc_object(Object* object) {
    return object->type->has(type_flag::kHaveGc) && (!object->type->is_gc || object->type->is_gc(object));
}
inline bool gc_is_finalized(Object* object) {
    return object->type->has(type_flag::kHaveGc) && (gc_head(object)->previous & kGcFinalized);
}

inline constexpr int kGcGenerations = 3;
enum GcDebugFlag : int { kGcDebugStats = 1, kGcDebugCollectable = 2, kGcDebugUncollectable = 4, kGcDebugSaveAll = 32, kGcDebugLeak = 38 };
struct GcGeneration {
    GcHead head;  // sentinel of the ring
    int threshold;
    int count;  // generation 0: allocations minus frees; above: collections of the next younger one
};
struct GcStatistics {
    ssize_t collections, collected, uncollectable;
};
struct GcState {
    GcGeneration generations[kGcGenerations];
    GcHead permanent;  // gc.freeze()
    GcStatistics statistics[kGcGenerations];
    List* garbage = nullptr;    // gc.garbage
    List* callbacks = nullptr;  // gc.callbacks
    int debug = 0;
    int stress = 0;  // ADDER_GC_STRESS: collect at every so-manieth allocation
    bool enabled = true, collecting = false;
    ssize_t long_lived_total = 0, long_lived_pending = 0;
};
GcState& gc_state();
// Makes garbage and callbacks lists, reads ADDER_GC_STRESS.
Fallible<void> gc_start();
// gc.collect(): with callbacks; the number of unreachable objects. Runs Python.
ssize_t gc_collect_reported(int generation);
// For gc_object_new: counts the allocation and collects when due.
void gc_count_allocation();
void gc_count_free();
// Calls tp_finalize once (PEP 442).
void call_finalizer(Object* object);
Fallible<Ref<List>> gc_objects(int generation_or_minus_1);
Fallible<Ref<List>> gc_referrers(Object* const* targets, ssize_t count);
void gc_freeze();
void gc_unfreeze();
ssize_t gc_frozen_count();
// At exit: a last report of uncollectable objects when debugging asks for it.
void gc_dump_shutdown_statistics();

}  // namespace py
