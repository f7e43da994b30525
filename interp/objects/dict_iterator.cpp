// Iterators over a dict's keys, values and items, forwards and backwards.
#include "interp/objects/call.h"
#include "interp/objects/dict_table.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/types.h"

namespace py {

struct DictIterator : Object {
    Dict* dict;    // null: exhausted
    ssize_t used;  // size when it began; -1 after a change of size was seen
    ssize_t position;
    Object* result;  // item iterators: the pair that is handed out again while nobody else holds it
    ssize_t remaining;
};

namespace {

Fallible<Ref<>> iterator_new(Type& type, Dict* dict, ssize_t position, bool pairs) {
    Ref<DictIterator> iterator = steal(static_cast<DictIterator*>(gc_object_new(&type, sizeof(DictIterator))));
    if (!iterator) return raised;
    iterator->dict = nullptr;
    iterator->result = nullptr;
    iterator->used = dict->used;
    iterator->remaining = dict->used;
    iterator->position = position;
    if (pairs) {
        Ref<Tuple> pair = TRY(tuple_new(2));
        pair->items[0] = new_reference(none());
        pair->items[1] = new_reference(none());
        iterator->result = pair.release();
    }
    iterator->dict = new_reference(dict);
    gc_track(iterator.get());
    return iterator;
}
Fallible<Ref<>> forward_new(Type& type, Object* dict, bool pairs) {
    return iterator_new(type, as_dict(dict), 0, pairs);
}
Fallible<Ref<>> backward_new(Type& type, Object* object, bool pairs) {
    Dict* dict = as_dict(object);
    ssize_t last = dict->values ? dict->used - 1 : dict->keys->used - 1;
    return iterator_new(type, dict, last, pairs);
}

void iterator_dealloc(Object* object) {
    auto iterator = static_cast<DictIterator*>(object);
    gc_untrack(iterator);
    xdecref(iterator->dict);
    xdecref(iterator->result);
    gc_object_free(iterator);
}

void exhaust(DictIterator* iterator) {
    clear_slot(iterator->dict);
}

// Finds the next entry; false at the end or with an exception.
bool advance(DictIterator* iterator, Object** key, Object** value) {
    Dict* dict = iterator->dict;
    if (!dict) return false;
    if (iterator->used != dict->used) {
        (void)raise(exc::RuntimeError, "dictionary changed size during iteration");
        iterator->used = -1;
        return false;
    }
    ssize_t position = iterator->position;
    if (!dict_next(dict, &position, key, value)) {
        exhaust(iterator);
        return false;
    }
    // The size is the same but an entry was added for one taken away.
    if (iterator->remaining == 0) {
        (void)raise(exc::RuntimeError, "dictionary keys changed during iteration");
        exhaust(iterator);
        return false;
    }
    iterator->position = position;
    --iterator->remaining;
    return true;
}

bool retreat(DictIterator* iterator, Object** key, Object** value) {
    Dict* dict = iterator->dict;
    if (!dict) return false;
    if (iterator->used != dict->used) {
        (void)raise(exc::RuntimeError, "dictionary changed size during iteration");
        iterator->used = -1;
        return false;
    }
    ssize_t position = iterator->position;
    if (dict->values) {
        if (position >= dict->used) position = dict->used - 1;
    } else {
        if (position >= dict->keys->used) position = dict->keys->used - 1;
        while (position >= 0 && !entry_value(dict->keys, position))
            --position;
    }
    if (position < 0) {
        exhaust(iterator);
        return false;
    }
    iterator->position = position - 1;
    --iterator->remaining;
    dict_next(dict, &position, key, value);
    return true;
}

// FAST: the pair is reused when the iterator is its only holder.
Object* pair_result(DictIterator* iterator, Object* key, Object* value) {
    auto pair = as_tuple(iterator->result);
    if (pair->refcount == 1) {
        Object *old_key = pair->items[0], *old_value = pair->items[1];
        pair->items[0] = new_reference(key);
        pair->items[1] = new_reference(value);
        incref(pair);
        decref(old_key);
        decref(old_value);
        // The collector may have taken it off its lists while it held atoms only.
        if (!gc_is_tracked(pair)) gc_track(pair);
        return pair;
    }
    return tuple_pack(key, value).release();
}

using Step = bool (*)(DictIterator*, Object**, Object**);
template <Step step>
Object* next_key(Object* object) {
    Object *key, *value;
    return step(static_cast<DictIterator*>(object), &key, &value) ? new_reference(key) : nullptr;
}
template <Step step>
Object* next_value(Object* object) {
    Object *key, *value;
    return step(static_cast<DictIterator*>(object), &key, &value) ? new_reference(value) : nullptr;
}
template <Step step>
Object* next_item(Object* object) {
    Object *key, *value;
    auto iterator = static_cast<DictIterator*>(object);
    return step(iterator, &key, &value) ? pair_result(iterator, key, value) : nullptr;
}

// dict_keyiterator.__length_hint__()
Fallible<Ref<>> iterator_length_hint(Object* object) {
    auto iterator = static_cast<DictIterator*>(object);
    return int_from(iterator->dict && iterator->used == iterator->dict->used ? iterator->remaining : 0);
}

// dict_keyiterator.__reduce__(): a list iterator over what is left; the iterator itself does not move.
Fallible<Ref<>> iterator_reduce(Object* object) {
    auto iterator = static_cast<DictIterator*>(object);
    Dict* held = iterator->dict;
    xincref(held);
    Ref<Dict> keep = steal(held);
    ssize_t used = iterator->used, position = iterator->position, remaining = iterator->remaining;
    auto rest = list_of(object);
    if (held && !iterator->dict) iterator->dict = keep.release();
    iterator->used = used;
    iterator->position = position;
    iterator->remaining = remaining;
    Ref<List> list = TRY(std::move(rest));
    Ref<> builtin = TRY(builtin_attr("iter"));
    Ref<Tuple> arguments = TRY(tuple_pack(list.get()));
    return tuple_pack(builtin.get(), arguments.get());
}

MethodDef forward_methods[] = {
    METHOD_NOARGS("__length_hint__", iterator_length_hint, "($self, /)", "How many items are left."),
    METHOD_NOARGS("__reduce__", iterator_reduce, "($self, /)", "For pickle."),
    END_ROW,
};

constexpr Type iterator_type(const char* name, UnarySlot next_slot) {
    return static_type({
        .name = name,
        .basic_size = sizeof(DictIterator),
        .flags = type_flag::kHaveGc,
        .dealloc = iterator_dealloc,
        .traverse = traverse_members<&DictIterator::dict, &DictIterator::result>,
        .iter = self_iter,
        .iternext = next_slot,
        .methods = forward_methods,
    });
}

}  // namespace

Object* dict_iter(Object* dict) {
    return forward_new(dict_key_iterator_type, dict, false).release();
}
Object* dict_values_iter(Object* dict) {
    return forward_new(dict_value_iterator_type, dict, false).release();
}
Object* dict_items_iter(Object* dict) {
    return forward_new(dict_item_iterator_type, dict, true).release();
}

// dict.__reversed__()
Fallible<Ref<>> dict_reversed(Object* dict) {
    return backward_new(dict_reverse_key_iterator_type, dict, false);
}
Fallible<Ref<>> dict_values_reversed(Object* dict) {
    return backward_new(dict_reverse_value_iterator_type, dict, false);
}
Fallible<Ref<>> dict_items_reversed(Object* dict) {
    return backward_new(dict_reverse_item_iterator_type, dict, true);
}

constinit Type dict_key_iterator_type = iterator_type("dict_keyiterator", next_key<advance>);
constinit Type dict_value_iterator_type = iterator_type("dict_valueiterator", next_value<advance>);
constinit Type dict_item_iterator_type = iterator_type("dict_itemiterator", next_item<advance>);
constinit Type dict_reverse_key_iterator_type = iterator_type("dict_reversekeyiterator", next_key<retreat>);
constinit Type dict_reverse_value_iterator_type = iterator_type("dict_reversevalueiterator", next_value<retreat>);
constinit Type dict_reverse_item_iterator_type = iterator_type("dict_reverseitemiterator", next_item<retreat>);

}  // namespace py
