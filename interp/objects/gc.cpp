// The cycle collector: three generations of container objects in doubly linked rings; objects whose counts come only from
// inside the generation are garbage. PEP 442 finalisers, weak references cleared before anything is torn down.
#include "interp/objects/gc.h"

#include <cstdlib>
#include <ctime>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/gc_lists.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"

namespace py {
namespace {

GcState make_state() {
    GcState state{};
    for (int i = 0; i < kGcGenerations; ++i) state.generations[i].threshold = i == 0 ? 700 : 10;
    return state;
}
GcState the_state = make_state();
[[maybe_unused]] const bool rings_ready = [] {
    for (GcGeneration& generation : the_state.generations) gc_list_init(&generation.head);
    gc_list_init(&the_state.permanent);
    return true;
}();

double now_seconds() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

// Step 1: who is reachable from outside.

// During a collection the bits above the flags of `previous` hold the references not yet explained from inside.
inline ssize_t outside_references(const GcHead* head) { return ssize_t(head->previous >> kGcFlagBits); }
inline void set_outside_references(GcHead* head, ssize_t count) {
    head->previous = (head->previous & kGcFlagMask) | (uintptr_t(count) << kGcFlagBits);
}
inline bool is_collecting(const GcHead* head) { return head->previous & kGcCollecting; }
inline void clear_collecting(GcHead* head) { head->previous &= ~kGcCollecting; }
// Bit 0 of `next` marks members of the ring of objects thought unreachable, while `previous` is in use for counts.
constexpr uintptr_t kUnreachable = 1;
inline GcHead* unmarked_next(const GcHead* head) { return reinterpret_cast<GcHead*>(head->next & ~kUnreachable); }

void copy_references(GcHead* ring) {
    for (GcHead* head = gc_next(ring); head != ring; head = gc_next(head)) {
        ssize_t count = gc_object(head)->refcount;
        if (count > (ssize_t(1) << 60)) count = ssize_t(1) << 60;
        head->previous = (head->previous & kGcFinalized) | kGcCollecting | (uintptr_t(count) << kGcFlagBits);
    }
}
int visit_subtract(Object* object, void*) {
    if (is_gc_object(object)) {
        GcHead* head = gc_head(object);
        if (is_collecting(head)) set_outside_references(head, outside_references(head) - 1);
    }
    return 0;
}
void subtract_inner_references(GcHead* ring) {
    for (GcHead* head = gc_next(ring); head != ring; head = gc_next(head))
        gc_object(head)->type->traverse(gc_object(head), visit_subtract, nullptr);
}

// `object` is referred to by something reachable: keeps it, or brings it back from the unreachable ring.
int visit_reachable(Object* object, void* argument) {
    if (!is_gc_object(object)) return 0;
    GcHead* head = gc_head(object);
    if (!is_collecting(head)) return 0;
    GcHead* reachable = static_cast<GcHead*>(argument);
    if (head->next & kUnreachable) {
        // In the unreachable ring; its links are marked on `next`, and its `previous` is a real link there.
        GcHead* previous = gc_previous(head);
        GcHead* next = unmarked_next(head);
        previous->next = head->next;
        gc_set_previous(next, previous);
        // To the end of the ring being walked, as something to be walked itself.
        GcHead* last = reinterpret_cast<GcHead*>(reachable->previous);
        last->next = reinterpret_cast<uintptr_t>(head);
        head->next = reinterpret_cast<uintptr_t>(reachable);
        reachable->previous = reinterpret_cast<uintptr_t>(head);
        set_outside_references(head, 1);
    } else if (outside_references(head) == 0) {
        set_outside_references(head, 1);
    }
    return 0;
}

// Splits `young` into what is reachable (stays) and what is not; `previous` links of young are rebuilt on the way.
void move_unreachable(GcHead* young, GcHead* unreachable) {
    GcHead* previous = young;
    GcHead* head = gc_next(young);
    unreachable->next = reinterpret_cast<uintptr_t>(unreachable) | kUnreachable;
    while (head != young) {
        if (outside_references(head)) {
            gc_object(head)->type->traverse(gc_object(head), visit_reachable, young);
            gc_set_previous(head, previous);
            clear_collecting(head);
            previous = head;
        } else {
            previous->next = head->next;
            GcHead* last = gc_previous(unreachable);
            last->next = reinterpret_cast<uintptr_t>(head) | kUnreachable;
            gc_set_previous(head, last);
            head->next = reinterpret_cast<uintptr_t>(unreachable) | kUnreachable;
            unreachable->previous = reinterpret_cast<uintptr_t>(head);
        }
        head = gc_next(previous);
    }
    young->previous = reinterpret_cast<uintptr_t>(previous);
    unreachable->next &= ~kUnreachable;
}

// After it `unreachable` has marked links (clear_marks) and its members the collecting flag.
void deduce_unreachable(GcHead* base, GcHead* unreachable) {
    copy_references(base);
    subtract_inner_references(base);
    gc_list_init(unreachable);
    move_unreachable(base, unreachable);
}
void clear_marks(GcHead* ring) {
    ring->next &= ~kUnreachable;
    for (GcHead* head = gc_next(ring); head != ring; head = gc_next(head)) head->next &= ~kUnreachable;
}

// Tuples of atoms need no collector; it takes them out as it sees them.
void untrack_atomic_tuples(GcHead* ring) {
    GcHead* next;
    for (GcHead* head = gc_next(ring); head != ring; head = next) {
        next = gc_next(head);
        if (gc_object(head)->type == &tuple_type) tuple_maybe_untrack(static_cast<Tuple*>(gc_object(head)));
    }
}

// Step 2: objects with tp_del (extensions' old finalisers) cannot be collected.

int visit_move(Object* object, void* ring) {
    if (is_gc_object(object)) {
        GcHead* head = gc_head(object);
        if (is_collecting(head)) {
            gc_list_move(head, static_cast<GcHead*>(ring));
            clear_collecting(head);
        }
    }
    return 0;
}
// Clears the marks of `unreachable` on its way.
void move_legacy_finalizers(GcHead* unreachable, GcHead* finalizers) {
    GcHead* next;
    for (GcHead* head = gc_next(unreachable); head != unreachable; head = next) {
        next = unmarked_next(head);
        head->next = reinterpret_cast<uintptr_t>(next);
        if (!gc_object(head)->type->del) continue;
        gc_list_move(head, finalizers);
        clear_collecting(head);
    }
    for (GcHead* head = gc_next(finalizers); head != finalizers; head = gc_next(head))
        gc_object(head)->type->traverse(gc_object(head), visit_move, finalizers);
}
void keep_legacy_finalizers(GcHead* finalizers, GcHead* old) {
    for (GcHead* head = gc_next(finalizers); head != finalizers; head = gc_next(head)) {
        Object* object = gc_object(head);
        if (!(the_state.debug & kGcDebugSaveAll) && !object->type->del) continue;
        auto added = list_append(the_state.garbage, object);
        if (!added.ok()) clear_error();
    }
    gc_list_merge(finalizers, old);
}

// Step 3: weak references, finalisers, tearing down.

void call_weakref_callbacks(GcHead* references, GcHead* old) {
    while (!gc_list_is_empty(references)) {
        GcHead* head = gc_next(references);
        Object* reference = gc_object(head);
        Object* callback = static_cast<WeakReference*>(reference)->callback;
        auto result = call(callback, reference);
        if (!result.ok()) write_unraisable(callback);
        decref(reference);
        // Still the first: it was not freed, so it goes to the survivors.
        if (gc_next(references) == head) gc_list_move(head, old);
    }
}
// True: callbacks ran.
bool handle_weakrefs(GcHead* unreachable, GcHead* old) {
    GcHead to_call;
    gc_list_init(&to_call);
    GcHead* next;
    for (GcHead* head = gc_next(unreachable); head != unreachable; head = next) {
        next = gc_next(head);
        Object* object = gc_object(head);
        if (is_weakref(object)) weakref_detach(static_cast<WeakReference*>(object));
        WeakReference** list = weakref_list(object);
        if (!list) continue;
        while (WeakReference* reference = *list) {
            weakref_detach(reference);
            if (!reference->callback) continue;
            // A reference that is garbage itself never has its callback run.
            if (is_collecting(gc_head(reference))) continue;
            incref(reference);
            gc_list_move(gc_head(reference), &to_call);
        }
    }
    bool calls = !gc_list_is_empty(&to_call);
    call_weakref_callbacks(&to_call, old);
    return calls;
}

bool needs_finalizing(const GcHead* head, const Object* object) { return !(head->previous & kGcFinalized) && object->type->finalize; }
// How many objects these are, none of them with a finaliser to run; -1: there is one.
ssize_t size_without_finalizers(GcHead* unreachable) {
    ssize_t count = 0;
    for (GcHead* head = gc_next(unreachable); head != unreachable; head = gc_next(head), ++count)
        if (needs_finalizing(head, gc_object(head))) return -1;
    return count;
}
void finalize_garbage(GcHead* unreachable) {
    GcHead seen;
    gc_list_init(&seen);
    while (!gc_list_is_empty(unreachable)) {
        GcHead* head = gc_next(unreachable);
        Object* object = gc_object(head);
        gc_list_move(head, &seen);
        if (!needs_finalizing(head, object)) continue;
        head->previous |= kGcFinalized;
        incref(object);
        object->type->finalize(object);
        decref(object);
    }
    gc_list_merge(&seen, unreachable);
}

// Objects that finalisers brought back go to `old`, with what they refer to.
void handle_resurrected(GcHead* unreachable, GcHead* still_unreachable, GcHead* old) {
    for (GcHead* head = gc_next(unreachable); head != unreachable; head = gc_next(head)) clear_collecting(head);
    deduce_unreachable(unreachable, still_unreachable);
    clear_marks(still_unreachable);
    gc_list_merge(unreachable, old);
}

void delete_garbage(GcHead* garbage, GcHead* old) {
    while (!gc_list_is_empty(garbage)) {
        GcHead* head = gc_next(garbage);
        Object* object = gc_object(head);
        if (the_state.debug & kGcDebugSaveAll) {
            auto added = list_append(the_state.garbage, object);
            if (!added.ok()) clear_error();
        } else if (object->type->clear) {
            incref(object);
            (void)object->type->clear(object);
            if (error_occurred()) write_unraisable_message("in tp_clear of", reinterpret_cast<Object*>(object->type));
            decref(object);
        }
        if (gc_next(garbage) == head) {
            // Still alive: something outside keeps it.
            clear_collecting(head);
            gc_list_move(head, old);
        }
    }
}

void print_object(const char* what, Object* object) {
    std::fprintf(stderr, "gc: %s <%s %p>\n", what, object->type->name, static_cast<void*>(object));
}
void report_start(int generation) {
    std::fprintf(stderr, "gc: collecting generation %d...\ngc: objects in each generation:", generation);
    for (GcGeneration& each : the_state.generations) std::fprintf(stderr, " %zd", gc_list_size(&each.head));
    std::fprintf(stderr, "\ngc: objects in permanent generation: %zd\n", gc_list_size(&the_state.permanent));
}

// Moves what survived into the older generation and keeps the figures that decide on full collections.
void promote(GcHead* young, GcHead* old, int generation) {
    untrack_atomic_tuples(young);
    if (young != old) {
        if (generation == kGcGenerations - 2) the_state.long_lived_pending += gc_list_size(young);
        gc_list_merge(young, old);
        return;
    }
    GcHead* next;
    for (GcHead* head = gc_next(young); head != young; head = next) {
        next = gc_next(head);
        if (gc_object(head)->type == &dict_type) dict_maybe_untrack(static_cast<Dict*>(gc_object(head)));
    }
    the_state.long_lived_pending = 0;
    the_state.long_lived_total = gc_list_size(young);
}

void clear_free_lists() {
    tuple_clear_free_lists();
    float_clear_free_list();
    list_clear_free_list();
    dict_clear_free_list();
}

struct Collected {
    ssize_t collected, uncollectable;
};
Collected collect_ring(GcHead* young, GcHead* old, int generation) {
    GcHead unreachable, finalizers, final_unreachable;
    deduce_unreachable(young, &unreachable);
    promote(young, old, generation);
    gc_list_init(&finalizers);
    move_legacy_finalizers(&unreachable, &finalizers);
    if (the_state.debug & kGcDebugCollectable)
        for (GcHead* head = gc_next(&unreachable); head != &unreachable; head = gc_next(head))
            print_object("collectable", gc_object(head));
    gc_list_init(&final_unreachable);
    bool callbacks_ran = handle_weakrefs(&unreachable, old);
    Collected result{callbacks_ran ? -1 : size_without_finalizers(&unreachable), 0};
    if (result.collected >= 0) {
        // FAST: no Python code ran since these were found unreachable, so they still are.
        gc_list_merge(&unreachable, &final_unreachable);
    } else {
        finalize_garbage(&unreachable);
        handle_resurrected(&unreachable, &final_unreachable, old);
        result.collected = gc_list_size(&final_unreachable);
    }
    delete_garbage(&final_unreachable, old);
    for (GcHead* head = gc_next(&finalizers); head != &finalizers; head = gc_next(head)) {
        ++result.uncollectable;
        if (the_state.debug & kGcDebugUncollectable) print_object("uncollectable", gc_object(head));
    }
    keep_legacy_finalizers(&finalizers, old);
    return result;
}

// The collection proper: `generation` and all younger ones. Leaves the pending exception alone.
Collected collect_generations(int generation) {
    double start = 0;
    if (the_state.debug & kGcDebugStats) {
        report_start(generation);
        start = now_seconds();
    }
    if (generation + 1 < kGcGenerations) ++the_state.generations[generation + 1].count;
    for (int i = 0; i <= generation; ++i) the_state.generations[i].count = 0;
    GcHead* young = &the_state.generations[generation].head;
    for (int i = 0; i < generation; ++i) gc_list_merge(&the_state.generations[i].head, young);
    GcHead* old = generation < kGcGenerations - 1 ? &the_state.generations[generation + 1].head : young;
    Collected result = collect_ring(young, old, generation);
    if (the_state.debug & kGcDebugStats)
        std::fprintf(stderr, "gc: done, %zd unreachable, %zd uncollectable, %.4fs elapsed\n",
                     result.collected + result.uncollectable, result.uncollectable, now_seconds() - start);
    if (generation == kGcGenerations - 1) clear_free_lists();
    if (error_occurred()) write_unraisable_message("in garbage collection", nullptr);
    GcStatistics& statistics = the_state.statistics[generation];
    ++statistics.collections;
    statistics.collected += result.collected;
    statistics.uncollectable += result.uncollectable;
    return result;
}

Fallible<Ref<>> callback_information(int generation, Collected result) {
    Ref<Dict> information = TRY(dict_new());
    TRY(dict_set(information.get(), "generation", TRY(int_from(generation)).get()));
    TRY(dict_set(information.get(), "collected", TRY(int_from(result.collected)).get()));
    TRY(dict_set(information.get(), "uncollectable", TRY(int_from(result.uncollectable)).get()));
    return information;
}
void invoke_callbacks(const char* phase, int generation, Collected result) {
    if (!the_state.callbacks || the_state.callbacks->size == 0) return;
    auto information = callback_information(generation, result);
    auto text = str_from_ascii(phase);
    if (!information.ok() || !text.ok()) {
        write_unraisable(nullptr);
        return;
    }
    Ref<> details = information.take();
    Ref<Str> name = text.take();
    for (ssize_t i = 0; i < the_state.callbacks->size; ++i) {
        Ref<> callback = share(the_state.callbacks->items[i]);
        if (auto called = call(callback.get(), name.get(), details.get()); !called.ok()) write_unraisable(callback.get());
    }
}

ssize_t collect_with_callbacks(int generation) {
    SavedError saved;
    invoke_callbacks("start", generation, {0, 0});
    Collected result = collect_generations(generation);
    invoke_callbacks("stop", generation, result);
    return result.collected + result.uncollectable;
}

// The oldest generation whose threshold is passed, with all younger ones. Full collections wait until the objects that
// became old since the last one are a quarter of the old: so their cost stays linear in the number of objects made.
void collect_due_generations() {
    for (int i = kGcGenerations - 1; i >= 0; --i) {
        if (the_state.generations[i].count <= the_state.generations[i].threshold) continue;
        if (i == kGcGenerations - 1 && the_state.long_lived_pending < the_state.long_lived_total / 4) continue;
        collect_with_callbacks(i);
        return;
    }
}

}  // namespace

GcState& gc_state() { return the_state; }

Fallible<void> gc_start() {
    if (!the_state.garbage) the_state.garbage = TRY(list_new(0)).release();
    if (!the_state.callbacks) the_state.callbacks = TRY(list_new(0)).release();
    if (const char* stress = std::getenv("ADDER_GC_STRESS")) the_state.stress = std::atoi(stress);
    return {};
}

void gc_count_allocation() {
    GcGeneration& youngest = the_state.generations[0];
    ++youngest.count;
    if (youngest.count > youngest.threshold || the_state.stress) [[unlikely]]
        gc_collect_if_due();
}
void gc_count_free() {
    if (the_state.generations[0].count > 0) --the_state.generations[0].count;
}

void gc_collect_if_due() {
    GcGeneration& youngest = the_state.generations[0];
    if (!the_state.enabled || the_state.collecting || !the_state.garbage || error_occurred()) return;
    if (the_state.stress) {
        static int since = 0;
        if (++since < the_state.stress) return;
        since = 0;
        the_state.collecting = true;
        collect_with_callbacks(kGcGenerations - 1);
        the_state.collecting = false;
        return;
    }
    if (!youngest.threshold || youngest.count <= youngest.threshold) return;
    the_state.collecting = true;
    collect_due_generations();
    the_state.collecting = false;
}

ssize_t gc_collect(int generation) {
    empty_postponed_deaths();
    if (the_state.collecting || !the_state.garbage) return 0;
    the_state.collecting = true;
    SavedError saved;
    Collected result = collect_generations(generation);
    the_state.collecting = false;
    return result.collected + result.uncollectable;
}

ssize_t gc_collect_reported(int generation) {
    empty_postponed_deaths();
    if (the_state.collecting || !the_state.garbage) return 0;
    the_state.collecting = true;
    ssize_t found = collect_with_callbacks(generation);
    the_state.collecting = false;
    return found;
}

void gc_track(Object* object) {
    GcHead* head = gc_head(object);
    GcHead* ring = &the_state.generations[0].head;
    GcHead* last = reinterpret_cast<GcHead*>(ring->previous);
    last->next = reinterpret_cast<uintptr_t>(head);
    head->previous = (head->previous & kGcFinalized) | reinterpret_cast<uintptr_t>(last);
    head->next = reinterpret_cast<uintptr_t>(ring);
    ring->previous = reinterpret_cast<uintptr_t>(head);
}

void gc_untrack(Object* object) {
    GcHead* head = gc_head(object);
    if (!head->next) return;
    GcHead* previous = gc_previous(head);
    GcHead* next = gc_next(head);
    previous->next = reinterpret_cast<uintptr_t>(next);
    gc_set_previous(next, previous);
    head->next = 0;
    head->previous &= kGcFinalized;
}

}  // namespace py
