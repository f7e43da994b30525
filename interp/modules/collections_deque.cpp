// collections.deque: storage, ends, rotation, life cycle, iterators. Methods are in collections_deque_methods.cpp.
#include "interp/modules/collections.h"

#include <cstring>

namespace py::collections {

namespace {

DequeBlock* block_new(Deque* deque) {
    if (deque->free_count > 0) return deque->free_blocks[--deque->free_count];
    auto block = static_cast<DequeBlock*>(allocate(sizeof(DequeBlock)));
    if (!block) return raise_memory_error();
    return block;
}
void block_free(Deque* deque, DequeBlock* block) {
    if (deque->free_count < kFreeBlocksMax)
        deque->free_blocks[deque->free_count++] = block;
    else
        deallocate(block);
}

bool is_over_full(Deque* deque) {
    return deque->max_length >= 0 && deque->size > deque->max_length;
}

void centre(Deque* deque) {
    deque->left_index = kBlockCenter + 1;
    deque->right_index = kBlockCenter;
}

}  // namespace

Fallible<void> deque_append(Deque* deque, Ref<> item) {
    if (deque->right_index == kBlockLength - 1) {
        DequeBlock* block = block_new(deque);
        if (!block) return raised;
        block->left = deque->right_block;
        block->right = nullptr;
        deque->right_block->right = block;
        deque->right_block = block;
        deque->right_index = -1;
    }
    ++deque->size;
    deque->right_block->items[++deque->right_index] = item.release();
    if (!is_over_full(deque)) {
        ++deque->state;
        return {};
    }
    Ref<> dropped = TRY(deque_pop_left(deque));
    return {};
}

Fallible<void> deque_append_left(Deque* deque, Ref<> item) {
    if (deque->left_index == 0) {
        DequeBlock* block = block_new(deque);
        if (!block) return raised;
        block->right = deque->left_block;
        block->left = nullptr;
        deque->left_block->left = block;
        deque->left_block = block;
        deque->left_index = kBlockLength;
    }
    ++deque->size;
    deque->left_block->items[--deque->left_index] = item.release();
    if (!is_over_full(deque)) {
        ++deque->state;
        return {};
    }
    Ref<> dropped = TRY(deque_pop(deque));
    return {};
}

Fallible<Ref<>> deque_pop(Deque* deque) {
    if (deque->size == 0) return raise(exc::IndexError, "pop from an empty deque");
    Object* item = deque->right_block->items[deque->right_index];
    --deque->right_index;
    --deque->size;
    ++deque->state;
    if (deque->right_index < 0) {
        if (deque->size) {
            DequeBlock* previous = deque->right_block->left;
            block_free(deque, deque->right_block);
            previous->right = nullptr;
            deque->right_block = previous;
            deque->right_index = kBlockLength - 1;
        } else {
            centre(deque);
        }
    }
    return steal(item);
}

Fallible<Ref<>> deque_pop_left(Deque* deque) {
    if (deque->size == 0) return raise(exc::IndexError, "pop from an empty deque");
    Object* item = deque->left_block->items[deque->left_index];
    ++deque->left_index;
    --deque->size;
    ++deque->state;
    if (deque->left_index == kBlockLength) {
        if (deque->size) {
            DequeBlock* following = deque->left_block->right;
            block_free(deque, deque->left_block);
            following->left = nullptr;
            deque->left_block = following;
            deque->left_index = 0;
        } else {
            centre(deque);
        }
    }
    return steal(item);
}

Fallible<void> deque_extend(Deque* deque, Object* iterable) {
    if (iterable == deque) {
        Ref<List> items = TRY(list_of(iterable));
        return deque_extend(deque, items.get());
    }
    Ref<> iterator = TRY(iter(iterable));
    // An empty deque is filled from its block's left end: half a block saved.
    if (deque->size == 0) deque->left_index = 1, deque->right_index = 0;
    while (Ref<> item = TRY(next(iterator.get()))) {
        if (deque->max_length == 0) continue;  // what a deque without room is given is read and dropped
        TRY(deque_append(deque, std::move(item)));
    }
    return {};
}

Fallible<void> deque_rotate(Deque* deque, ssize_t steps) {
    ssize_t size = deque->size;
    if (size <= 1) return {};
    ssize_t half = size >> 1;
    if (steps > half || steps < -half) {
        steps %= size;
        if (steps > half) steps -= size;
        if (steps < -half) steps += size;
    }
    ssize_t limit = deque->max_length;
    deque->max_length = -1;  // the size does not change in the end
    Fallible<void> done;
    for (; steps > 0 && done.ok(); --steps)
        done = deque_append_left(deque, MUST(deque_pop(deque)));
    for (; steps < 0 && done.ok(); ++steps)
        done = deque_append(deque, MUST(deque_pop_left(deque)));
    deque->max_length = limit;
    return done;
}

void deque_clear(Deque* deque) {
    // Items that die may change the deque: it is emptied in full view, one item after the other.
    while (deque->size > 0)
        Ref<> dying = MUST(deque_pop(deque));
}

Object** deque_slot(Deque* deque, ssize_t index) {
    size_t distance = size_t(index + deque->left_index), blocks = distance / kBlockLength,
           offset = distance % kBlockLength;
    DequeBlock* block;
    if (index < (deque->size >> 1)) {
        block = deque->left_block;
        while (blocks--)
            block = block->right;
    } else {
        size_t last = size_t(deque->left_index + deque->size - 1) / kBlockLength;
        block = deque->right_block;
        for (blocks = last - blocks; blocks--;)
            block = block->left;
    }
    return &block->items[offset];
}

namespace {

Object* deque_tp_new(Type* type, Object*, Object*) {
    Ref<Deque> deque = TRY(instance_new<Deque>(type));
    deque->size = 0;
    deque->max_length = -1;
    DequeBlock* block = block_new(deque.get());
    if (!block) return nullptr;
    block->left = block->right = nullptr;
    deque->left_block = deque->right_block = block;
    centre(deque.get());
    return deque.release();
}

// deque(iterable=(), maxlen=None)
Fallible<void> deque_init(Object* self, Object* iterable, Object* max_length_object) {
    Deque* deque = as_deque(self);
    ssize_t max_length = -1;
    if (max_length_object && !is_none(max_length_object)) {
        TRY(require_int(max_length_object));
        max_length = TRY(as_ssize(max_length_object));
        if (max_length < 0) return raise(exc::ValueError, "maxlen must be non-negative");
    }
    deque->max_length = max_length;
    if (deque->size > 0) deque_clear(deque);
    if (iterable) TRY(deque_extend(deque, iterable));
    return {};
}
int deque_tp_init(Object* self, Object* args, Object* kwargs) {
    Object* bound[2] = {};
    Tuple* given = as_tuple(args);
    ssize_t keywords = kwargs ? as_dict(kwargs)->used : 0, position = 0;
    if (given->size + keywords > 2)
        return raise(exc::TypeError, "deque() takes at most 2 arguments (%zd given)", given->size + keywords);
    for (ssize_t i = 0; i < given->size; ++i)
        bound[i] = given->items[i];
    Object *name, *value;
    while (kwargs && dict_next(as_dict(kwargs), &position, &name, &value)) {
        int parameter = str_equals(as_str(name), "iterable") ? 0 : str_equals(as_str(name), "maxlen") ? 1 : -1;
        if (parameter < 0) return raise(exc::TypeError, "'%U' is an invalid keyword argument for deque()", name);
        if (bound[parameter])
            return raise(exc::TypeError, "argument for deque() given by name ('%U') and position (%d)", name,
                         parameter + 1);
        bound[parameter] = value;
    }
    return deque_init(self, bound[0], bound[1]).release();
}

void deque_dealloc(Object* object) {
    Deque* deque = as_deque(object);
    gc_untrack(deque);
    DeallocGuard guard(deque);
    if (!guard.entered()) return;
    if (deque->weaklist) clear_weakrefs(deque);
    if (deque->left_block) {
        deque_clear(deque);
        deallocate(deque->left_block);
    }
    for (ssize_t i = 0; i < deque->free_count; ++i)
        deallocate(deque->free_blocks[i]);
    object_memory_free(deque);
}
int deque_traverse(Object* object, Visit visit, void* arg) {
    Deque* deque = as_deque(object);
    if (!deque->left_block) return 0;
    DequeWalk walk(deque);
    for (ssize_t i = 0; i < deque->size; ++i, walk.advance())
        VISIT(walk.item());
    return 0;
}
int deque_clear_slot(Object* object) {
    if (as_deque(object)->left_block) deque_clear(as_deque(object));
    return 0;
}

Fallible<Ref<>> deque_repr(Object* object) {
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return str_from_ascii("[...]");
    Ref<List> items = TRY(list_of(object));
    const char* name = type_short_name(object->type);
    if (as_deque(object)->max_length >= 0)
        return format_str("%s(%R, maxlen=%zd)", name, items.get(), as_deque(object)->max_length);
    return format_str("%s(%R)", name, items.get());
}

struct DequeIterator : Object {
    Deque* deque;
    DequeBlock* block;
    ssize_t index;
    size_t state;
    ssize_t left;  // how many items are still to come
};
DequeIterator* as_iterator(Object* object) {
    return static_cast<DequeIterator*>(object);
}

Object* iterator_make(Type& type, Deque* deque) {
    auto iterator = static_cast<DequeIterator*>(gc_object_new(&type, sizeof(DequeIterator)));
    if (!iterator) return nullptr;
    bool forward = &type == &deque_iterator_type;
    iterator->deque = new_reference(deque);
    iterator->block = forward ? deque->left_block : deque->right_block;
    iterator->index = forward ? deque->left_index : deque->right_index;
    iterator->state = deque->state;
    iterator->left = deque->size;
    gc_track(iterator);
    return iterator;
}
Object* iterator_next(Object* object) {
    DequeIterator* self = as_iterator(object);
    if (self->deque->state != self->state) {
        self->left = 0;
        return raise(exc::RuntimeError, "deque mutated during iteration");
    }
    if (self->left == 0) return nullptr;
    Object* item = new_reference(self->block->items[self->index]);
    --self->left;
    if (++self->index == kBlockLength && self->left > 0) {
        self->block = self->block->right;
        self->index = 0;
    }
    return item;
}
Object* reverse_iterator_next(Object* object) {
    DequeIterator* self = as_iterator(object);
    if (self->left == 0) return nullptr;
    if (self->deque->state != self->state) {
        self->left = 0;
        return raise(exc::RuntimeError, "deque mutated during iteration");
    }
    Object* item = new_reference(self->block->items[self->index]);
    --self->left;
    if (--self->index < 0 && self->left > 0) {
        self->block = self->block->left;
        self->index = kBlockLength - 1;
    }
    return item;
}
// _collections._deque_iterator(deque, index=0, /)
Object* iterator_tp_new(Type* type, Object* args, Object*) {
    Tuple* given = as_tuple(args);
    if (given->size < 1 || given->size > 2)
        return raise(exc::TypeError, "function takes at %s %d argument%s (%zd given)",
                     given->size < 1 ? "least" : "most", given->size < 1 ? 1 : 2, given->size < 1 ? "" : "s",
                     given->size);
    if (!is_instance_of(given->items[0], deque_type))
        return raise(exc::TypeError, "function argument 1 must be collections.deque, not %.50s",
                     given->items[0]->type->name);
    ssize_t skip = 0;
    if (given->size > 1) skip = TRY(index_as_ssize(given->items[1], exc::OverflowError));
    Ref<> iterator = steal(iterator_make(*type, as_deque(given->items[0])));
    if (!iterator) return nullptr;
    for (; skip > 0; --skip) {
        Object* item = type->iternext(iterator.get());
        if (item) {
            decref(item);
            continue;
        }
        if (error_occurred()) return nullptr;
        break;
    }
    return iterator.release();
}
// _collections._deque_iterator.__length_hint__()
Fallible<Ref<>> iterator_length_hint(Object* object) {
    return int_from(as_iterator(object)->left);
}
// _collections._deque_iterator.__reduce__()
Fallible<Ref<>> iterator_reduce(Object* object) {
    DequeIterator* self = as_iterator(object);
    Ref<Int> done = TRY(int_from(self->deque->size - self->left));
    return reduce_to_call(object, self->deque, done.get());
}
MethodDef iterator_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<iterator_length_hint>, kNoArgs, "How many items are left."},
    {"__reduce__", (CFunction)wrap_no_args<iterator_reduce>, kNoArgs, "Return state information for pickling."},
    END_ROW,
};
constexpr Type iterator_type(const char* name, UnarySlot next_slot) {
    return static_type({
        .name = name,
        .basic_size = sizeof(DequeIterator),
        .flags = type_flag::kHaveGc,
        .dealloc = dealloc_members<&DequeIterator::deque>,
        .traverse = traverse_members<&DequeIterator::deque>,
        .iter = self_iter,
        .iternext = next_slot,
        .methods = iterator_methods,
        .new_ = iterator_tp_new,
    });
}

Fallible<Ref<>> deque_get_maxlen(Object* self) {
    if (as_deque(self)->max_length < 0) return share(none());
    return int_from(as_deque(self)->max_length);
}
GetSetDef deque_getset[] = {GETTER("maxlen", deque_get_maxlen, "maximum size of a deque or None if unbounded"),
                            END_ROW};

}  // namespace

Object* deque_iter(Object* deque) {
    return iterator_make(deque_iterator_type, as_deque(deque));
}
// deque.__reversed__()
Fallible<Ref<>> deque_reversed(Object* deque) {
    return Fallible<Ref<>>::from_slot(iterator_make(deque_reverse_iterator_type, as_deque(deque)));
}

constinit Type deque_type = static_type({
    .name = "collections.deque",
    .basic_size = sizeof(Deque),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kSequence,
    .doc = "deque([iterable[, maxlen]]) --> deque object\n\nA sequence that grows and shrinks at both ends in constant "
           "time.",
    .dealloc = deque_dealloc,
    .traverse = deque_traverse,
    .clear = deque_clear_slot,
    .repr = slot1<deque_repr>,
    .hash = hash_not_implemented,
    .richcompare = deque_richcompare,
    .getattro = generic_getattro_slot,
    .iter = deque_iter,
    .sequence = &deque_sequence,
    .methods = deque_methods,
    .getset = deque_getset,
    .weaklist_offset = offsetof(Deque, weaklist),
    .init = deque_tp_init,
    .new_ = deque_tp_new,
});
constinit Type deque_iterator_type = iterator_type("_collections._deque_iterator", iterator_next);
constinit Type deque_reverse_iterator_type =
    iterator_type("_collections._deque_reverse_iterator", reverse_iterator_next);

}  // namespace py::collections
