// Rings of collector heads, each with a sentinel: used by the collector and by what `gc` shows of it.
#pragma once

#include "interp/objects/gc.h"
#include "interp/objects/module.h"

namespace py {

inline void gc_list_init(GcHead* ring) { ring->next = ring->previous = reinterpret_cast<uintptr_t>(ring); }
inline bool gc_list_is_empty(const GcHead* ring) { return gc_next(ring) == ring; }
inline void gc_list_append(GcHead* head, GcHead* ring) {
    GcHead* last = gc_previous(ring);
    gc_set_previous(head, last);
    last->next = reinterpret_cast<uintptr_t>(head);
    head->next = reinterpret_cast<uintptr_t>(ring);
    ring->previous = reinterpret_cast<uintptr_t>(head);
}
// From the ring it is in to the end of another.
inline void gc_list_move(GcHead* head, GcHead* ring) {
    GcHead* previous = gc_previous(head);
    GcHead* next = gc_next(head);
    previous->next = reinterpret_cast<uintptr_t>(next);
    gc_set_previous(next, previous);
    gc_list_append(head, ring);
}
// All of `from` to the end of `to`; `from` is empty afterwards.
inline void gc_list_merge(GcHead* from, GcHead* to) {
    if (!gc_list_is_empty(from)) {
        GcHead* to_last = gc_previous(to);
        GcHead* first = gc_next(from);
        GcHead* last = gc_previous(from);
        to_last->next = reinterpret_cast<uintptr_t>(first);
        gc_set_previous(first, to_last);
        last->next = reinterpret_cast<uintptr_t>(to);
        to->previous = reinterpret_cast<uintptr_t>(last);
    }
    gc_list_init(from);
}
inline ssize_t gc_list_size(const GcHead* ring) {
    ssize_t count = 0;
    for (const GcHead* head = gc_next(ring); head != ring; head = gc_next(head)) ++count;
    return count;
}

}  // namespace py
