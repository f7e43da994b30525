// The iterators of list; list_iterator.cpp. The loop (vm/) reads the forward one directly.
#pragma once

#include "interp/objects/containers.h"

namespace py {

struct ListIterator : Object {
    ssize_t index;
    List* list;  // null: exhausted
};
extern Type list_iterator_type asm("PyListIter_Type");
inline bool list_iterator_has_next(Object* object) {
    auto* iterator = static_cast<ListIterator*>(object);
    return iterator->list && iterator->index < iterator->list->size;
}
Object* list_iter(Object* list);
Fallible<Ref<>> list_reversed(Object* list);

}  // namespace py
