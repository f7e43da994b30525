// The iterator and the views of collections.OrderedDict.
#include "interp/objects/call.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/ordered_dict.h"
#include "interp/objects/types.h"

namespace py {

namespace {

enum Kind : int { kKeys = 1, kValues = 2, kItems = 3, kBackwards = 4 };

struct OrderedIterator : Object {
    int kind;
    OrderedDict* dict;  // null: exhausted
    ssize_t used;       // -1 after a change of size was seen
    size_t state;
    Object* result;   // item iterators: a pair that is handed out again while nobody else holds it
    Object* current;  // the key that comes next; null: exhausted
};
OrderedIterator* as_iterator(Object* object) {
    return static_cast<OrderedIterator*>(object);
}

Fallible<Ref<>> iterator_new(Object* object, int kind) {
    OrderedDict* dict = as_ordered(object);
    Ref<Tuple> result;
    if ((kind & kItems) == kItems) result = TRY(tuple_pack(none(), none()));
    auto iterator = static_cast<OrderedIterator*>(gc_object_new(&ordered_dict_iterator_type, sizeof(OrderedIterator)));
    if (!iterator) return raised;
    OrderedNode* node = kind & kBackwards ? dict->last : dict->first;
    iterator->kind = kind;
    iterator->dict = new_reference(dict);
    iterator->used = dict->used;
    iterator->state = dict->state;
    iterator->result = result.release();
    iterator->current = node ? new_reference(node->key) : nullptr;
    gc_track(iterator);
    return steal(iterator);
}

// The next key (null: exhausted, or raised), after which the iterator stands behind it.
Ref<> next_key(OrderedIterator* iterator) {
    OrderedDict* dict = iterator->dict;
    if (!dict) return nullptr;
    if (!iterator->current) {
        clear_slot(iterator->dict);
        return nullptr;
    }
    if (dict->state != iterator->state) {
        (void)raise(exc::RuntimeError, "OrderedDict mutated during iteration");
        clear_slot(iterator->dict);
        return nullptr;
    }
    if (iterator->used != dict->used) {
        (void)raise(exc::RuntimeError, "OrderedDict changed size during iteration");
        iterator->used = -1;
        return nullptr;
    }
    Ref<> key = steal(iterator->current);
    iterator->current = nullptr;
    OrderedNode* node = ordered_find(dict, key.get());
    if (!node) {
        if (!error_occurred()) (void)raise_key_error(key.get());
        return nullptr;
    }
    OrderedNode* following = iterator->kind & kBackwards ? node->previous : node->next;
    iterator->current = following ? new_reference(following->key) : nullptr;
    return key;
}

Object* iterator_next(Object* object) {
    OrderedIterator* iterator = as_iterator(object);
    Ref<> key = next_key(iterator);
    if (!key || !(iterator->kind & kValues)) return key.release();
    Ref<> value = TRY(dict_get(iterator->dict, key.get()));
    if (!value) return raise_key_error(key.get());
    if (!(iterator->kind & kKeys)) return value.release();
    Tuple* pair = as_tuple(iterator->result);
    if (pair->refcount != 1) return tuple_pack(key.get(), value.get()).release();
    incref(pair);
    Object* old_key = std::exchange(pair->items[0], key.release());
    Object* old_value = std::exchange(pair->items[1], value.release());
    decref(old_key);
    decref(old_value);
    if (!gc_is_tracked(pair)) gc_track(pair);
    return pair;
}

// odict_iterator.__reduce__(): a list iterator over what is left; the iterator itself does not move.
Fallible<Ref<>> iterator_reduce(Object* object) {
    OrderedIterator* iterator = as_iterator(object);
    Ref<OrderedDict> dict = share(iterator->dict);
    Ref<> current = share(iterator->current);
    auto used = iterator->used;
    auto rest = list_of(object);
    iterator->used = used;
    if (!iterator->dict) iterator->dict = dict.release();
    replace_slot(iterator->current, current.release());
    Ref<List> list = TRY(std::move(rest));
    Ref<> builtin = TRY(builtin_attr("iter"));
    Ref<Tuple> arguments = TRY(tuple_pack(list.get()));
    return tuple_pack(builtin.get(), arguments.get());
}

MethodDef iterator_methods[] = {{"__reduce__", (CFunction)wrap_no_args<iterator_reduce>, kNoArgs, "For pickle."},
                                END_ROW};

struct View : Object {
    Dict* dict;
};
Fallible<Ref<>> view_new(Type& type, Object* dict) {
    auto view = static_cast<View*>(gc_object_new(&type, sizeof(View)));
    if (!view) return raised;
    view->dict = new_reference(as_dict(dict));
    gc_track(view);
    return steal(view);
}
template <int kind>
Object* view_iter(Object* view) {
    return iterator_new(static_cast<View*>(view)->dict, kind).release();
}
// odict_keys.__reversed__() and its kin
template <int kind>
Fallible<Ref<>> view_reversed(Object* view) {
    return iterator_new(static_cast<View*>(view)->dict, kind | kBackwards);
}
template <int kind>
MethodDef view_methods[] = {{"__reversed__", (CFunction)wrap_no_args<view_reversed<kind>>, kNoArgs, nullptr}, END_ROW};

constexpr Type view_type(const char* name, Type* base, UnarySlot iter_slot, MethodDef* methods) {
    return static_type({
        .name = name,
        .basic_size = sizeof(View),
        .base = base,
        .iter = iter_slot,
        .methods = methods,
    });
}

}  // namespace

Object* ordered_iter(Object* dict) {
    return iterator_new(dict, kKeys).release();
}
// OrderedDict.__reversed__()
Fallible<Ref<>> ordered_reversed(Object* dict) {
    return iterator_new(dict, kKeys | kBackwards);
}
// OrderedDict.keys()
Fallible<Ref<>> ordered_keys(Object* dict) {
    return view_new(ordered_dict_keys_type, dict);
}
// OrderedDict.values()
Fallible<Ref<>> ordered_values(Object* dict) {
    return view_new(ordered_dict_values_type, dict);
}
// OrderedDict.items()
Fallible<Ref<>> ordered_items(Object* dict) {
    return view_new(ordered_dict_items_type, dict);
}

constinit Type ordered_dict_iterator_type = static_type({
    .name = "odict_iterator",
    .basic_size = sizeof(OrderedIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = dealloc_members<&OrderedIterator::dict, &OrderedIterator::current, &OrderedIterator::result>,
    .traverse = traverse_members<&OrderedIterator::dict, &OrderedIterator::current, &OrderedIterator::result>,
    .iter = self_iter,
    .iternext = iterator_next,
    .methods = iterator_methods,
});
constinit Type ordered_dict_keys_type = view_type("odict_keys", &dict_keys_type, view_iter<kKeys>, view_methods<kKeys>);
constinit Type ordered_dict_values_type =
    view_type("odict_values", &dict_values_type, view_iter<kValues>, view_methods<kValues>);
constinit Type ordered_dict_items_type =
    view_type("odict_items", &dict_items_type, view_iter<kItems>, view_methods<kItems>);

}  // namespace py
