// What the `gc` module asks of the collector besides collecting: objects by generation, referrers, the permanent generation.
#include "interp/objects/errors.h"
#include "interp/objects/gc_lists.h"

namespace py {
namespace {

struct Targets {
    Object* const* items;
    ssize_t count;
};
int visit_target(Object* object, void* argument) {
    auto* targets = static_cast<Targets*>(argument);
    for (ssize_t i = 0; i < targets->count; ++i)
        if (targets->items[i] == object) return 1;
    return 0;
}

Fallible<void> add_ring(List* list, GcHead* ring) {
    for (GcHead* head = gc_next(ring); head != ring; head = gc_next(head))
        if (gc_object(head) != list) TRY(list_append(list, gc_object(head)));
    return {};
}

}  // namespace

Fallible<Ref<List>> gc_objects(int generation) {
    Ref<List> result = TRY(list_new(0));
    for (int i = 0; i < kGcGenerations; ++i)
        if (generation == -1 || generation == i) TRY(add_ring(result.get(), &gc_state().generations[i].head));
    return result;
}

Fallible<Ref<List>> gc_referrers(Object* const* targets, ssize_t count) {
    Ref<List> result = TRY(list_new(0));
    Targets sought{targets, count};
    for (GcGeneration& generation : gc_state().generations) {
        for (GcHead* head = gc_next(&generation.head); head != &generation.head; head = gc_next(head)) {
            Object* object = gc_object(head);
            if (object == result.get()) continue;
            if (object->type->traverse(object, visit_target, &sought)) TRY(list_append(result.get(), object));
        }
    }
    return result;
}

void gc_freeze() {
    for (GcGeneration& generation : gc_state().generations) {
        gc_list_merge(&generation.head, &gc_state().permanent);
        generation.count = 0;
    }
}
void gc_unfreeze() { gc_list_merge(&gc_state().permanent, &gc_state().generations[kGcGenerations - 1].head); }
ssize_t gc_frozen_count() { return gc_list_size(&gc_state().permanent); }

void gc_dump_shutdown_statistics() {
    GcState& state = gc_state();
    if ((state.debug & kGcDebugSaveAll) || !state.garbage || state.garbage->size == 0) return;
    SavedError saved;
    const char* message = state.debug & kGcDebugUncollectable
                              ? "gc: %zd uncollectable objects at shutdown"
                              : "gc: %zd uncollectable objects at shutdown; use gc.set_debug(gc.DEBUG_UNCOLLECTABLE) to list them";
    if (!warn(exc::ResourceWarning, 0, message, state.garbage->size).ok()) write_unraisable(nullptr);
}

}  // namespace py
