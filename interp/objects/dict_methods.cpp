// The methods of dict.
#include "interp/objects/call.h"
#include "interp/objects/dict_table.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/types.h"

namespace py {

namespace {

// dict.__contains__(key, /)
Fallible<Ref<>> dict_contains_method(Object* self, Object* key) {
    return bool_from(TRY(dict_contains(as_dict(self), key)));
}

// dict.__getitem__(key, /)
Fallible<Ref<>> dict_getitem(Object* self, Object* key) {
    return Fallible<Ref<>>::from_slot(dict_type.as_mapping->subscript(self, key));
}

// dict.__sizeof__()
Fallible<Ref<>> dict_sizeof_method(Object* self) {
    return int_from(dict_sizeof(as_dict(self)));
}

// dict.get(key, default=None, /)
Fallible<Ref<>> dict_get_method(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("get", nargs, 1, 2));
    Object* value;
    if (dict_lookup(as_dict(self), args[0], TRY(key_hash(args[0])), &value) == kFailed) return raised;
    if (!value) value = nargs > 1 ? args[1] : none();
    return share(value);
}

// dict.setdefault(key, default=None, /)
Fallible<Ref<>> dict_setdefault(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("setdefault", nargs, 1, 2));
    return dict_set_default(as_dict(self), args[0], nargs > 1 ? args[1] : none());
}

// dict.pop(key, default=<unrepresentable>, /)
Fallible<Ref<>> dict_pop_method(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("pop", nargs, 1, 2));
    Dict* dict = as_dict(self);
    if (dict->used > 0) {
        Ref<> value = TRY(dict_pop(dict, args[0]));
        if (value) return value;
    }
    if (nargs > 1) return share(args[1]);
    return raise_key_error(args[0]);
}

// dict.popitem()
Fallible<Ref<>> dict_popitem(Object* self) {
    Dict* dict = as_dict(self);
    if (dict->used == 0) {
        Ref<Str> message = TRY(str_from_ascii("popitem(): dictionary is empty"));
        return raise_object(exc::KeyError, message.get());
    }
    Ref<Tuple> pair = TRY(tuple_new(2));
    if (dict->values) {
        auto resized = dict_resize(dict, dict->keys->log2_size, true);
        if (!resized.ok()) return raised;
    }
    DictKeys* keys = dict->keys;
    ssize_t last = keys->used - 1;
    while (!entry_value(keys, last))
        --last;
    Object* key = entry_key(keys, last);
    pair->items[0] = new_reference(key);
    Hash key_hash_value = entry_hash(keys, last);
    pair->items[1] = dict_take_entry(dict, key_hash_value, last, entry_value(keys, last)).release();
    // The entry is free again: the table's end moves back to it.
    keys->used = last;
    return pair;
}

// dict.update([mapping or pairs], **kwargs)
Object* dict_update_method(Object* self, Object* args, Object* kwargs) {
    TRY(dict_update_arguments(self, "update", args, kwargs));
    return new_reference(none());
}

// dict.fromkeys(iterable, value=None, /)
Fallible<Ref<>> dict_fromkeys(Object* type, Object* const* args, ssize_t nargs) {
    TRY(check_positional("fromkeys", nargs, 1, 2));
    Object* iterable = args[0];
    Object* value = nargs > 1 ? args[1] : none();
    Ref<> result = TRY(call(type));
    bool plain = is_dict_exact(result.get());
    if (plain && as_dict(result.get())->used == 0) {
        Dict* dict = as_dict(result.get());
        if (is_dict_exact(iterable)) {
            Dict* source = as_dict(iterable);
            TRY(dict_resize(dict, log2_size_for_entries(size_t(source->used)), keys_are_str(source->keys)));
            ssize_t position = 0;
            Object* key;
            Hash key_hash_value;
            while (dict_next(source, &position, &key, nullptr, &key_hash_value))
                TRY(dict_insert(dict, key, key_hash_value, value));
            return result;
        }
        if (is_exact(iterable, set_type) || is_exact(iterable, frozenset_type)) {
            Set* source = as_set(iterable);
            TRY(dict_resize(dict, log2_size_for_entries(size_t(source->used)), false));
            ssize_t position = 0;
            Object* key;
            Hash key_hash_value;
            while (set_next(source, &position, &key, &key_hash_value))
                TRY(dict_insert(dict, key, key_hash_value, value));
            return result;
        }
    }
    Ref<> iterator = TRY(iter(iterable));
    while (Ref<> key = TRY(next(iterator.get()))) {
        if (plain)
            TRY(dict_set(as_dict(result.get()), key.get(), value));
        else
            TRY(set_item(result.get(), key.get(), value));
    }
    return result;
}

// dict.clear()
Fallible<Ref<>> dict_clear_method(Object* self) {
    dict_clear(as_dict(self));
    return share(none());
}

// dict.copy()
Fallible<Ref<>> dict_copy_method(Object* self) {
    return dict_copy(as_dict(self));
}

// Collects the keys, the values or the items. The size is asked for again after the allocations, which may run Python.
template <class Make>
Fallible<Ref<List>> collect(Dict* dict, Make make) {
    for (;;) {
        ssize_t count = dict->used;
        Ref<List> list = TRY(list_new(count));
        if (count != dict->used) continue;
        ssize_t position = 0, i = 0;
        Object *key, *value;
        while (i < count && dict_next(dict, &position, &key, &value))
            list->items[i++] = make(key, value);
        return list;
    }
}

}  // namespace

Fallible<Ref<List>> dict_keys_list(Dict* dict) {
    return collect(dict, [](Object* key, Object*) { return new_reference(key); });
}

Fallible<Ref<List>> dict_values_list(Dict* dict) {
    return collect(dict, [](Object*, Object* value) { return new_reference(value); });
}

Fallible<Ref<List>> dict_items_list(Dict* dict) {
    for (;;) {
        ssize_t count = dict->used;
        Ref<List> list = TRY(list_new(count));
        for (ssize_t i = 0; i < count; ++i)
            list->items[i] = TRY(tuple_new(2))
        .release();
        if (count != dict->used) continue;
        ssize_t position = 0;
        Object *key, *value;
        for (ssize_t i = 0; i < count && dict_next(dict, &position, &key, &value); ++i) {
            Tuple* pair = as_tuple(list->items[i]);
            pair->items[0] = new_reference(key);
            pair->items[1] = new_reference(value);
        }
        return list;
    }
}

MethodDef dict_methods[] = {
    {"__contains__", (CFunction)wrap_o<dict_contains_method>, kO | kCoexist,
     METHOD_DOC("__contains__", "($self, key, /)", "Is the key there?")},
    {"__getitem__", (CFunction)wrap_o<dict_getitem>, kO | kCoexist, "x.__getitem__(y) <==> x[y]"},
    METHOD_NOARGS("__sizeof__", dict_sizeof_method, "($self, /)", "Bytes in memory, the tables included."),
    METHOD_FAST("get", dict_get_method, "($self, key, default=None, /)", "The key's value, or the default."),
    METHOD_FAST("setdefault", dict_setdefault, "($self, key, default=None, /)",
                "The key's value; where there is none, the default goes in and is returned."),
    {"pop", (CFunction)(void*)wrap_fast<dict_pop_method>, kFastcall,
     "Takes the key out and returns its value; the default where it is absent, else KeyError."},
    METHOD_NOARGS("popitem", dict_popitem, "($self, /)",
                  "Takes out the item that was inserted last, as (key, value); KeyError when empty."),
    {"keys", (CFunction)wrap_no_args<dict_keys_view>, kNoArgs, "A set-like view of the keys."},
    {"items", (CFunction)wrap_no_args<dict_items_view>, kNoArgs, "A set-like view of the (key, value) pairs."},
    {"values", (CFunction)wrap_no_args<dict_values_view>, kNoArgs, "A view of the values."},
    {"update", (CFunction)(void*)dict_update_method, kVarargs | kKeywords,
     "Sets items from a mapping, from (key, value) pairs and from keyword arguments."},
    {"fromkeys", (CFunction)(void*)wrap_fast<dict_fromkeys>, kFastcall | kClass,
     METHOD_DOC("fromkeys", "($type, iterable, value=None, /)",
                "A new dict with these keys, all with the same value.")},
    {"clear", (CFunction)wrap_no_args<dict_clear_method>, kNoArgs, "Takes out every item."},
    {"copy", (CFunction)wrap_no_args<dict_copy_method>, kNoArgs, "A shallow copy."},
    METHOD_NOARGS("__reversed__", dict_reversed, "($self, /)", "Iterates over the keys backwards."),
    CLASS_GETITEM_ROW,
    END_ROW,
};

}  // namespace py
