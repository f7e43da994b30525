// collections.OrderedDict: order, methods and the type object. Its iterator and views are in ordered_dict_views.cpp.
#include "interp/objects/ordered_dict.h"

#include "interp/objects/call.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/types.h"

namespace py {

namespace {

// Makes `nodes` fit the dict's present table.
Fallible<void> rebuild_nodes(OrderedDict* dict) {
    DictKeys* keys = dict->keys;
    ssize_t size = ssize_t(keys_size(keys));
    auto nodes = static_cast<OrderedNode**>(allocate(size_t(size) * sizeof(OrderedNode*)));
    if (!nodes) return raise_memory_error();
    std::memset(nodes, 0, size_t(size) * sizeof(OrderedNode*));
    for (OrderedNode* node = dict->first; node; node = node->next) {
        Object* value;
        ssize_t entry = dict_lookup(dict, node->key, node->hash, &value);
        if (entry >= 0) nodes[entry] = node;
        if (entry == kFailed || dict->keys != keys) {
            deallocate(nodes);
            if (entry == kFailed) return raised;
            return rebuild_nodes(dict);
        }
    }
    deallocate(dict->nodes);
    dict->nodes = nodes;
    dict->nodes_size = size;
    dict->nodes_of = keys;
    return {};
}

// Entry number of the key with `nodes` in step; kEmpty or kFailed.
ssize_t entry_of(OrderedDict* dict, Object* key, Hash key_hash_value) {
    bool stale = dict->nodes_of != dict->keys || dict->nodes_size != ssize_t(keys_size(dict->keys));
    if (stale && !rebuild_nodes(dict).ok()) return kFailed;
    Object* value;
    ssize_t entry = dict_lookup(dict, key, key_hash_value, &value);
    // __eq__ may have changed the dict.
    if (entry >= 0 && dict->nodes_of != dict->keys) return entry_of(dict, key, key_hash_value);
    return entry;
}

void link_last(OrderedDict* dict, OrderedNode* node) {
    node->previous = dict->last;
    node->next = nullptr;
    if (dict->last)
        dict->last->next = node;
    else
        dict->first = node;
    dict->last = node;
    ++dict->state;
}
void link_first(OrderedDict* dict, OrderedNode* node) {
    node->previous = nullptr;
    node->next = dict->first;
    if (dict->first)
        dict->first->previous = node;
    else
        dict->last = node;
    dict->first = node;
    ++dict->state;
}
void unlink(OrderedDict* dict, OrderedNode* node) {
    (node->previous ? node->previous->next : dict->first) = node->next;
    (node->next ? node->next->previous : dict->last) = node->previous;
    ++dict->state;
}

Fallible<OrderedNode*> find_hashed(OrderedDict* dict, Object* key, Hash key_hash_value) {
    if (!dict->first) return static_cast<OrderedNode*>(nullptr);
    ssize_t entry = entry_of(dict, key, key_hash_value);
    if (entry == kFailed) return raised;
    return entry >= 0 ? dict->nodes[entry] : nullptr;
}

// A node for a key that was just put into the dict.
Fallible<void> add_node(OrderedDict* dict, Object* key, Hash key_hash_value) {
    ssize_t entry = entry_of(dict, key, key_hash_value);
    if (entry == kFailed) return raised;
    if (entry < 0) return raise_key_error(key);
    if (dict->nodes[entry]) return {};
    auto node = static_cast<OrderedNode*>(allocate(sizeof(OrderedNode)));
    if (!node) return raise_memory_error();
    node->key = new_reference(key);
    node->hash = key_hash_value;
    link_last(dict, node);
    dict->nodes[entry] = node;
    return {};
}

// Drops the key's node, if there is one.
Fallible<void> drop_node(OrderedDict* dict, Object* key, Hash key_hash_value) {
    if (!dict->first) return {};
    ssize_t entry = entry_of(dict, key, key_hash_value);
    if (entry == kFailed) return raised;
    if (entry < 0 || !dict->nodes[entry]) return {};
    OrderedNode* node = std::exchange(dict->nodes[entry], nullptr);
    unlink(dict, node);
    Ref<> node_key = steal(node->key);
    deallocate(node);
    return {};
}

void drop_all_nodes(OrderedDict* dict) {
    deallocate(dict->nodes);
    dict->nodes = nullptr;
    dict->nodes_size = 0;
    dict->nodes_of = nullptr;
    OrderedNode* node = dict->first;
    dict->first = dict->last = nullptr;  // NOTE: no change of state; iterators find the size changed
    while (node) {
        OrderedNode* following = node->next;
        decref(node->key);
        deallocate(node);
        node = following;
    }
}

Fallible<void> ordered_set(OrderedDict* dict, Object* key, Object* value) {
    Hash key_hash_value = TRY(key_hash(key));
    TRY(dict_insert(dict, key, key_hash_value, value));
    auto added = add_node(dict, key, key_hash_value);
    if (added.ok()) return {};
    SavedError saved;
    if (!dict_delete(dict, key).ok()) clear_error();  // the first error is the one to report
    return raised;
}

Fallible<void> ordered_delete(OrderedDict* dict, Object* key) {
    Hash key_hash_value = TRY(key_hash(key));
    TRY(drop_node(dict, key, key_hash_value));
    if (!TRY(dict_delete(dict, key))) return raise_key_error(key);
    return {};
}

int ordered_store(Object* object, Object* key, Object* value) {
    if (value) return ordered_set(as_ordered(object), key, value).release();
    return ordered_delete(as_ordered(object), key).release();
}

// key, value = pair
Fallible<void> set_from_pair(Object* self, Object* pair) {
    Ref<> iterator = TRY(iter(pair));
    Ref<> key = TRY(next(iterator.get()));
    if (!key) return raise(exc::ValueError, "need more than 0 values to unpack");
    Ref<> value = TRY(next(iterator.get()));
    if (!value) return raise(exc::ValueError, "need more than 1 value to unpack");
    Ref<> extra = TRY(next(iterator.get()));
    if (extra) return raise(exc::ValueError, "too many values to unpack (expected 2)");
    return set_item(self, key.get(), value.get());
}

Fallible<void> set_from_pairs(Object* self, Object* pairs) {
    Ref<> iterator = TRY(iter(pairs));
    while (Ref<> pair = TRY(next(iterator.get())))
        TRY(set_from_pair(self, pair.get()));
    return {};
}

// MutableMapping.update with one positional argument.
Fallible<void> update_from(Object* self, Object* other) {
    if (is_dict_exact(other)) {
        Ref<List> items = TRY(dict_items_list(as_dict(other)));
        return set_from_pairs(self, items.get());
    }
    if (Ref<> keys_method = TRY(lookup_attr(other, "keys"_name))) {
        Ref<> keys = TRY(call(keys_method.get()));
        Ref<> iterator = TRY(iter(keys.get()));
        while (Ref<> key = TRY(next(iterator.get()))) {
            Ref<> value = TRY(get_item(other, key.get()));
            TRY(set_item(self, key.get(), value.get()));
        }
        return {};
    }
    if (Ref<> items_method = TRY(lookup_attr(other, "items"_name))) {
        Ref<> items = TRY(call(items_method.get()));
        return set_from_pairs(self, items.get());
    }
    return set_from_pairs(self, other);
}

Fallible<void> update_with(Object* self, Tuple* args, Object* kwargs) {
    if (args->size) {
        Ref<> other = share(args->items[0]);
        TRY(update_from(self, other.get()));
    }
    if (!kwargs) return {};
    Ref<List> items = TRY(dict_items_list(as_dict(kwargs)));
    return set_from_pairs(self, items.get());
}

// OrderedDict(mapping_or_pairs=(), **items)
int ordered_tp_init(Object* self, Object* args, Object* kwargs) {
    ssize_t count = as_tuple(args)->size;
    if (count > 1) return raise(exc::TypeError, "expected at most 1 arguments, got %zd", count);
    return update_with(self, as_tuple(args), kwargs).release();
}

// OrderedDict.update(mapping_or_pairs=(), **items)
Object* ordered_update(Object* self, Object* args, Object* kwargs) {
    ssize_t count = as_tuple(args)->size;
    if (count > 1) return raise(exc::TypeError, "update() takes at most 1 positional argument (%zd given)", count);
    TRY(update_with(self, as_tuple(args), kwargs));
    return new_reference(none());
}

void ordered_dealloc(Object* object) {
    OrderedDict* dict = as_ordered(object);
    gc_untrack(dict);
    DeallocGuard guard(dict);
    if (!guard.entered()) return;
    clear_slot(dict->instance_dict);
    if (dict->weaklist) clear_weakrefs(dict);
    drop_all_nodes(dict);
    dict_type.dealloc(dict);
}
int ordered_traverse(Object* object, Visit visit, void* arg) {
    OrderedDict* dict = as_ordered(object);
    VISIT(dict->instance_dict);
    for (OrderedNode* node = dict->first; node; node = node->next)
        VISIT(node->key);
    return dict_type.traverse(object, visit, arg);
}
int ordered_clear_slot(Object* object) {
    OrderedDict* dict = as_ordered(object);
    clear_slot(dict->instance_dict);
    dict_clear(dict);
    drop_all_nodes(dict);
    return 0;
}

Fallible<Ref<>> ordered_repr(Object* object) {
    OrderedDict* dict = as_ordered(object);
    const char* name = type_short_name(object->type);
    if (dict->used == 0) return format_str("%s()", name);
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return str_from_ascii("...");
    Ref<> items;
    if (is_exact(object, ordered_dict_type)) {
        Ref<List> pieces = TRY(list_new(0));
        for (OrderedNode* node = dict->first; node; node = node->next) {
            Ref<> key = share(node->key);
            Ref<> value = TRY(dict_get(dict, key.get()));
            if (!value) return raise_key_error(key.get());
            Ref<Tuple> pair = TRY(tuple_pack(key.get(), value.get()));
            TRY(list_append(pieces.get(), pair.get()));
        }
        items = std::move(pieces);
    } else {
        Ref<> view = TRY(call_method(object, "items"_name));
        items = TRY(list_of(view.get()));
    }
    return format_str("%s(%R)", name, items.get());
}

Fallible<bool> same_order(OrderedDict* a, OrderedDict* b) {
    size_t state_a = a->state, state_b = b->state;
    ssize_t used_a = a->used, used_b = b->used;  // clear() shows only here
    OrderedNode *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next) {
        Ref<> key_x = share(x->key), key_y = share(y->key);
        bool equal = TRY(rich_compare_bool(key_x.get(), key_y.get(), kEqual));
        if (a->state != state_a || b->state != state_b || a->used != used_a || b->used != used_b)
            return raise(exc::RuntimeError, "OrderedDict mutated during iteration");
        if (!equal) return false;
    }
    return !x && !y;
}

Object* ordered_richcompare(Object* a, Object* b, int op) {
    if (!is_dict(b) || (op != kEqual && op != kNotEqual)) return new_reference(not_implemented());
    Ref<> as_dicts = TRY(Fallible<Ref<>>::from_slot(dict_type.richcompare(a, b, kEqual)));
    bool equal = as_dicts.get() == py_true();
    if (equal && is_ordered_dict(b)) equal = TRY(same_order(as_ordered(a), as_ordered(b)));
    return compare_result(equal == (op == kEqual));
}

Object* ordered_or(Object* a, Object* b) {
    Object* ordered = is_ordered_dict(a) ? a : b;
    if (!is_dict(ordered == a ? b : a)) return new_reference(not_implemented());
    Ref<> result = TRY(call(static_cast<Object*>(ordered->type), a));
    TRY(update_from(result.get(), b));
    return result.release();
}
Object* ordered_inplace_or(Object* self, Object* other) {
    TRY(update_from(self, other));
    return new_reference(self);
}

// OrderedDict.fromkeys(iterable, value=None)
Fallible<Ref<>> ordered_fromkeys(Object* type, Object* const* bound) {
    Ref<> result = TRY(call(type));
    Ref<> iterator = TRY(iter(bound[0]));
    while (Ref<> key = TRY(next(iterator.get())))
        TRY(set_item(result.get(), key.get(), bound[1] ? bound[1] : none()));
    return result;
}

// OrderedDict.__sizeof__()
Fallible<Ref<>> ordered_sizeof(Object* self) {
    OrderedDict* dict = as_ordered(self);
    ssize_t nodes = dict->first ? dict->used : 0;
    return int_from(dict_sizeof(dict) + dict->nodes_size * ssize_t(sizeof(OrderedNode*)) +
                    nodes * ssize_t(sizeof(OrderedNode)));
}

// OrderedDict.__reduce__()
Fallible<Ref<>> ordered_reduce(Object* self) {
    Ref<> state = TRY(call_method(self, "__getstate__"_name));
    Ref<> items = TRY(call_method(self, "items"_name));
    Ref<> iterator = TRY(iter(items.get()));
    Ref<Tuple> arguments = tuple_empty();
    return tuple_pack(static_cast<Object*>(self->type), arguments.get(), state.get(), none(), iterator.get());
}

// OrderedDict.setdefault(key, default=None)
Fallible<Ref<>> ordered_setdefault(Object* self, Object* const* bound) {
    Object *key = bound[0], *fallback = bound[1] ? bound[1] : none();
    OrderedDict* dict = as_ordered(self);
    if (is_exact(self, ordered_dict_type)) {
        Ref<> value = TRY(dict_get(dict, key));
        if (value) return value;
        TRY(ordered_set(dict, key, fallback));
        return share(fallback);
    }
    if (TRY(contains(self, key))) return get_item(self, key);
    TRY(set_item(self, key, fallback));
    return share(fallback);
}

Fallible<Ref<>> pop_key(Object* self, Object* key, Object* fallback) {
    OrderedDict* dict = as_ordered(self);
    Hash key_hash_value = TRY(key_hash(key));
    if (TRY(find_hashed(dict, key, key_hash_value))) {
        TRY(drop_node(dict, key, key_hash_value));
        Ref<> value = TRY(dict_pop(dict, key));
        if (value) return value;
    }
    if (fallback) return share(fallback);
    return raise_object(exc::KeyError, key);  // NOTE: a tuple's items become the arguments, as in CPython
}

// OrderedDict.pop(key, default=<unrepresentable>)
Fallible<Ref<>> ordered_pop(Object* self, Object* const* bound) {
    return pop_key(self, bound[0], bound[1]);
}

// OrderedDict.popitem(last=True)
Fallible<Ref<>> ordered_popitem(Object* self, Object* const* bound) {
    bool last = !bound[0] || TRY(is_true(bound[0]));
    OrderedDict* dict = as_ordered(self);
    OrderedNode* node = last ? dict->last : dict->first;
    if (!node) {
        Ref<Str> message = TRY(str_from_ascii("dictionary is empty"));
        return raise_object(exc::KeyError, message.get());
    }
    Ref<> key = share(node->key);
    Ref<> value = TRY(pop_key(self, key.get(), nullptr));
    return tuple_pack(key.get(), value.get());
}

// OrderedDict.move_to_end(key, last=True)
Fallible<Ref<>> ordered_move_to_end(Object* self, Object* const* bound) {
    bool last = !bound[1] || TRY(is_true(bound[1]));
    OrderedDict* dict = as_ordered(self);
    if (!dict->first) return raise_object(exc::KeyError, bound[0]);
    OrderedNode* node = last ? dict->last : dict->first;
    if (node->key != bound[0]) {
        node = TRY(find_hashed(dict, bound[0], TRY(key_hash(bound[0]))));
        if (!node) return raise_object(exc::KeyError, bound[0]);
        if (node != (last ? dict->last : dict->first)) {
            unlink(dict, node);
            last ? link_last(dict, node) : link_first(dict, node);
        }
    }
    return share(none());
}

// OrderedDict.clear()
Fallible<Ref<>> ordered_clear(Object* self) {
    dict_clear(as_dict(self));
    drop_all_nodes(as_ordered(self));
    return share(none());
}

// OrderedDict.copy()
Fallible<Ref<>> ordered_copy(Object* self) {
    OrderedDict* dict = as_ordered(self);
    bool exact = is_exact(self, ordered_dict_type);
    Ref<> copy = TRY(call(static_cast<Object*>(self->type)));
    for (OrderedNode* node = dict->first; node;) {
        Ref<> key = share(node->key), value;
        if (exact) {
            value = TRY(dict_get(dict, key.get()));
            if (!value) return raise_key_error(key.get());
            TRY(ordered_set(as_ordered(copy.get()), key.get(), value.get()));
            node = node->next;
            continue;
        }
        size_t state = dict->state;
        ssize_t used = dict->used;
        value = TRY(get_item(self, key.get()));
        TRY(set_item(copy.get(), key.get(), value.get()));
        if (dict->state != state || dict->used != used) return raise(exc::RuntimeError, "OrderedDict mutated during iteration");
        node = node->next;
    }
    return copy;
}

MethodDef ordered_methods[] = {
    METHOD_CLASS("fromkeys", ordered_fromkeys, "($type, /, iterable, value=None)",
                 "A new ordered dictionary with these keys, all with the same value."),
    {"__sizeof__", (CFunction)wrap_no_args<ordered_sizeof>, kNoArgs, ""},
    {"__reduce__", (CFunction)wrap_no_args<ordered_reduce>, kNoArgs, "Return state information for pickling"},
    METHOD("setdefault", ordered_setdefault, "($self, /, key, default=None)",
           "The key's value; where there is none, the default goes in and is returned."),
    METHOD("pop", ordered_pop, "($self, /, key, default=<unrepresentable>)",
           "Takes the key out and returns its value; the default where it is absent, else KeyError."),
    METHOD("popitem", ordered_popitem, "($self, /, last=True)",
           "Takes out the last (or first) item, as (key, value); KeyError when empty."),
    {"keys", (CFunction)wrap_no_args<ordered_keys>, kNoArgs, ""},
    {"values", (CFunction)wrap_no_args<ordered_values>, kNoArgs, ""},
    {"items", (CFunction)wrap_no_args<ordered_items>, kNoArgs, ""},
    {"update", (CFunction)(void*)ordered_update, kVarargs | kKeywords,
     "Sets items from a mapping, from (key, value) pairs and from keyword arguments."},
    {"clear", (CFunction)wrap_no_args<ordered_clear>, kNoArgs, "Takes out every item."},
    {"copy", (CFunction)wrap_no_args<ordered_copy>, kNoArgs, "A shallow copy."},
    {"__reversed__", (CFunction)wrap_no_args<ordered_reversed>, kNoArgs, "Iterates over the keys backwards."},
    METHOD("move_to_end", ordered_move_to_end, "($self, /, key, last=True)",
           "Moves a key to the end (or to the beginning); KeyError where it is absent."),
    END_ROW,
};
GetSetDef ordered_getset[] = {GETTER_SETTER("__dict__", generic_get_dict, generic_set_dict, nullptr), END_ROW};
NumberMethods ordered_number = {.bit_or = ordered_or, .inplace_or = ordered_inplace_or};
MappingMethods ordered_mapping = {.store_subscript = ordered_store};

}  // namespace

OrderedNode* ordered_find(OrderedDict* dict, Object* key) {
    auto hashed = key_hash(key);
    if (!hashed.ok()) return nullptr;
    auto found = find_hashed(dict, key, hashed.take());
    return found.ok() ? found.take() : nullptr;
}

constinit Type ordered_dict_type = static_type({
    .name = "collections.OrderedDict",
    .basic_size = sizeof(OrderedDict),
    .base = &dict_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "A dict that remembers the order of insertion, and can change it.",
    .dealloc = ordered_dealloc,
    .traverse = ordered_traverse,
    .clear = ordered_clear_slot,
    .repr = slot1<ordered_repr>,
    .hash = hash_not_implemented,
    .richcompare = ordered_richcompare,
    .iter = ordered_iter,
    .number = &ordered_number,
    .mapping = &ordered_mapping,
    .methods = ordered_methods,
    .getset = ordered_getset,
    .dict_offset = offsetof(OrderedDict, instance_dict),
    .weaklist_offset = offsetof(OrderedDict, weaklist),
    .init = ordered_tp_init,
});

}  // namespace py
