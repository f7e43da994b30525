// dict: look-up, insertion, deletion, growth, life cycle and the type object. Methods are in dict_methods.cpp, merging
// in dict_merge.cpp, split tables in dict_values.cpp.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/dict_table.h"
#include "interp/objects/method_def.h"

namespace py {

namespace {

constexpr int kFreeDictsMax = 80;
Dict* free_dicts[kFreeDictsMax];
int free_dicts_count = 0;

}  // namespace

Fallible<Ref<Dict>> dict_with_tables(DictKeys* keys, DictValues* values, ssize_t used) {
    Dict* dict;
    if (free_dicts_count > 0) {
        dict = free_dicts[--free_dicts_count];
        start_refcount(dict);
    } else {
        dict = static_cast<Dict*>(gc_object_new(&dict_type, sizeof(Dict)));
        if (!dict) return raised;
    }
    dict->used = used;
    dict->keys = keys;
    dict->values = values;
    dict_touch(dict);
    return steal(dict);
}

int dict_free_list_count() { return free_dicts_count; }
void dict_clear_free_list() {
    while (free_dicts_count > 0) gc_object_free(free_dicts[--free_dicts_count]);
    keys_clear_free_list();
}

Fallible<Ref<Dict>> dict_new() {
    ++empty_keys()->refcount;
    return dict_with_tables(empty_keys(), nullptr, 0);
}

Fallible<Ref<Dict>> dict_new_presized(ssize_t expected) {
    return dict_new_presized(expected, false);
}

Fallible<Ref<Dict>> dict_new_presized(ssize_t expected, bool str_keys) {
    constexpr int kMaxLog2Presize = 17;
    if (expected <= usable_of(size_t(1) << kMinLog2Size)) return dict_new();
    int log2_size =
        expected > usable_of(size_t(1) << kMaxLog2Presize) ? kMaxLog2Presize : log2_size_for_entries(size_t(expected));
    DictKeys* keys = keys_new(log2_size, str_keys);
    if (!keys) return raised;
    auto made = dict_with_tables(keys, nullptr, 0);
    if (!made.ok()) release_keys(keys);
    return made;
}

Fallible<Ref<Dict>> dict_from_items(Object* const* keys, ssize_t key_step, Object* const* values, ssize_t value_step,
                                    ssize_t count) {
    bool str_keys = true;
    for (ssize_t i = 0; i < count && str_keys; ++i)
        str_keys = is_str_exact(keys[i * key_step]);
    Ref<Dict> dict = TRY(dict_new_presized(count, str_keys));
    for (ssize_t i = 0; i < count; ++i) {
        Object* key = keys[i * key_step];
        TRY(dict_insert(dict.get(), key, TRY(key_hash(key)), values[i * value_step]));
    }
    return dict;
}

namespace {

void copy_entry(DictKeys* to, ssize_t at, Object* key, Hash key_hash_value, Object* value) {
    if (keys_are_str(to))
        to->str_entries()[at] = {key, value};
    else
        to->general_entries()[at] = {key_hash_value, key, value};
}

// Moves the live entries of a combined table over, without gaps.
void move_entries(DictKeys* from, DictKeys* to, ssize_t used) {
    if (from->kind == to->kind && from->used == used) {
        if (keys_are_str(from))
            std::memcpy(to->str_entries(), from->str_entries(), size_t(used) * sizeof(DictStrEntry));
        else
            std::memcpy(to->general_entries(), from->general_entries(), size_t(used) * sizeof(DictEntry));
        return;
    }
    ssize_t at = 0;
    for (ssize_t i = 0; i < from->used; ++i)
        if (Object* value = entry_value(from, i)) copy_entry(to, at++, entry_key(from, i), entry_hash(from, i), value);
}

}  // namespace

Fallible<void> dict_resize(Dict* dict, int log2_size, bool str_keys) {
    DictKeys* old = dict->keys;
    DictValues* values = dict->values;
    DictKeys* keys = keys_new(log2_size, str_keys && keys_are_str(old));
    if (!keys) return raised;
    if (values) {
        int count = values_count(values);
        for (int i = 0; i < count; ++i) {
            int entry = values_order(values, i);
            Object* key = old->str_entries()[entry].key;
            copy_entry(keys, i, new_reference(key), as_str(key)->hash_value, values->values[entry]);
        }
        dict->values = nullptr;
        values_free(values);
    } else {
        move_entries(old, keys, dict->used);
    }
    keys->used = dict->used;
    keys->usable -= dict->used;
    keys_build_indices(keys);
    dict->keys = keys;
    if (!values) old->used = 0;  // its entries' references have moved
    release_keys(old);
    return {};
}

namespace {

Fallible<void> insert_first(Dict* dict, Object* key, Hash key_hash_value, Object* value) {
    DictKeys* keys = keys_new(kMinLog2Size, is_str_exact(key));
    if (!keys) return raised;
    dict_maintain_tracking(dict, key, value);
    keys_set_index(keys, size_t(key_hash_value) & (keys_size(keys) - 1), 0);
    copy_entry(keys, 0, new_reference(key), key_hash_value, new_reference(value));
    keys->used = 1;
    --keys->usable;
    --dict->keys->refcount;  // the shared empty table
    dict->keys = keys;
    dict->used = 1;
    dict_touch(dict);
    return {};
}

Fallible<void> insert_new(Dict* dict, Object* key, Hash key_hash_value, Object* value) {
    dict->keys->version = 0;
    if (dict->keys->usable <= 0) TRY(dict_resize(dict, log2_size_to_grow(dict), true));
    DictKeys* keys = dict->keys;
    ssize_t entry = keys->used;
    keys_set_index(keys, keys_find_free_slot(keys, key_hash_value), entry);
    if (dict->values) {
        keys->str_entries()[entry] = {new_reference(key), nullptr};
        values_append_order(dict->values, entry);
        dict->values->values[entry] = new_reference(value);
    } else {
        copy_entry(keys, entry, new_reference(key), key_hash_value, new_reference(value));
    }
    --keys->usable;
    ++keys->used;
    ++dict->used;
    dict_touch(dict);
    return {};
}

void set_entry_value(Dict* dict, ssize_t entry, Object* old, Object* value) {
    incref(value);
    if (dict->values) {
        dict->values->values[entry] = value;
        if (!old) {
            values_append_order(dict->values, entry);
            ++dict->used;
        }
    } else {
        entry_value(dict->keys, entry) = value;
    }
    dict_touch(dict);
    xdecref(old);
}

}  // namespace

Fallible<void> dict_insert(Dict* dict, Object* key, Hash key_hash_value, Object* value) {
    if (dict->keys == empty_keys()) return insert_first(dict, key, key_hash_value, value);
    if (keys_are_str(dict->keys) && !is_str_exact(key)) [[unlikely]] {
        // The look-up may run Python which drops what the caller borrowed.
        Ref<> held_key = share(key), held_value = share(value);
        TRY(dict_resize(dict, log2_size_to_grow(dict), false));
        return dict_insert(dict, key, key_hash_value, value);
    }
    Object* old;
    ssize_t entry;
    if (is_str_exact(key) && keys_are_str(dict->keys)) {
        entry = lookup_str(dict->keys, as_str(key), key_hash_value);
        old = entry < 0 ? nullptr : dict->values ? dict->values->values[entry] : dict->keys->str_entries()[entry].value;
    } else {
        Ref<> held_key = share(key), held_value = share(value);
        entry = dict_lookup(dict, key, key_hash_value, &old);
        if (entry == kFailed) return raised;
        dict_maintain_tracking(dict, key, value);
        if (entry < 0) {
            if (dict->keys == empty_keys()) return insert_first(dict, key, key_hash_value, value);
            return insert_new(dict, key, key_hash_value, value);
        }
        if (old != value || !old) set_entry_value(dict, entry, old, value);
        return {};
    }
    dict_maintain_tracking(dict, key, value);
    if (entry < 0) return insert_new(dict, key, key_hash_value, value);
    if (old != value || !old) set_entry_value(dict, entry, old, value);
    return {};
}

Ref<> dict_take_entry(Dict* dict, Hash key_hash_value, ssize_t entry, Object* value) {
    dict_touch(dict);
    --dict->used;
    if (dict->values) {
        dict->values->values[entry] = nullptr;
        values_remove_order(dict->values, entry);
        return steal(value);
    }
    DictKeys* keys = dict->keys;
    keys_set_index(keys, keys_slot_of_entry(keys, key_hash_value, entry), kDeleted);
    keys->version = 0;
    Object* key = std::exchange(entry_key(keys, entry), nullptr);
    entry_value(keys, entry) = nullptr;
    if (!keys_are_str(keys)) keys->general_entries()[entry].hash = 0;
    Ref<> result = steal(value);
    decref(key);
    return result;
}

Lookup<> dict_get_known_hash(Dict* dict, Object* key, Hash key_hash_value) {
    Object* value;
    if (dict_lookup(dict, key, key_hash_value, &value) == kFailed) return raised;
    if (!value) return nullptr;
    return share(value);
}

Lookup<> dict_get(Dict* dict, Object* key) {
    return dict_get_known_hash(dict, key, TRY(key_hash(key)));
}

Object* dict_get_str(Dict* dict, Str* key) {
    auto hashed = key_hash(key);
    if (!hashed.ok()) return nullptr;
    Object* value;
    dict_lookup(dict, key, hashed.take(), &value);
    return value;
}

Fallible<void> dict_set(Dict* dict, Object* key, Object* value) {
    return dict_insert(dict, key, TRY(key_hash(key)), value);
}

Fallible<void> dict_set(Dict* dict, const char* key, Object* value) {
    Ref<Str> name = intern(TRY(str_from_utf8(key)));
    return dict_set(dict, name.get(), value);
}

Fallible<void> dict_set_known_hash(Dict* dict, Object* key, Hash key_hash_value, Object* value) {
    return dict_insert(dict, key, key_hash_value, value);
}

Fallible<bool> dict_delete(Dict* dict, Object* key) {
    Ref<> value = TRY(dict_pop(dict, key));
    return bool(value);
}

Lookup<> dict_pop(Dict* dict, Object* key) {
    if (dict->used == 0) {
        TRY(key_hash(key));
        return nullptr;
    }
    return dict_pop_known_hash(dict, key, TRY(key_hash(key)));
}

Lookup<> dict_pop_known_hash(Dict* dict, Object* key, Hash key_hash_value) {
    Object* value;
    ssize_t entry = dict_lookup(dict, key, key_hash_value, &value);
    if (entry == kFailed) return raised;
    if (!value) return nullptr;
    return dict_take_entry(dict, key_hash_value, entry, value);
}

Fallible<bool> dict_contains(Dict* dict, Object* key) {
    Object* value;
    if (dict_lookup(dict, key, TRY(key_hash(key)), &value) == kFailed) return raised;
    return value != nullptr;
}

// One look-up decides, so that code run by __eq__ cannot come between look-up and insertion.
Fallible<Ref<>> dict_set_default(Dict* dict, Object* key, Object* value) {
    Hash key_hash_value = TRY(key_hash(key));
    Ref<> held_key = share(key), held = share(value);
    if (keys_are_str(dict->keys) && !is_str_exact(key) && dict->keys != empty_keys())
        TRY(dict_resize(dict, log2_size_to_grow(dict), false));
    Object* found;
    ssize_t entry = dict_lookup(dict, key, key_hash_value, &found);
    if (entry == kFailed) return raised;
    if (found) return share(found);
    dict_maintain_tracking(dict, key, value);
    if (entry >= 0)  // a key of a split table that has no value here
        set_entry_value(dict, entry, nullptr, value);
    else if (dict->keys == empty_keys())
        TRY(insert_first(dict, key, key_hash_value, value));
    else
        TRY(insert_new(dict, key, key_hash_value, value));
    return held;
}

void dict_clear(Dict* dict) {
    DictKeys* keys = dict->keys;
    DictValues* values = dict->values;
    if (keys == empty_keys()) return;
    ++empty_keys()->refcount;
    dict->keys = empty_keys();
    dict->values = nullptr;
    dict->used = 0;
    dict_touch(dict);
    if (values) {
        for (ssize_t i = 0; i < keys->used; ++i)
            clear_slot(values->values[i]);
        values_free(values);
    }
    release_keys(keys);
}

bool dict_next(Dict* dict, ssize_t* position, Object** key, Object** value, Hash* key_hash_value) {
    ssize_t i = *position;
    DictKeys* keys = dict->keys;
    Object *found_key, *found_value;
    if (dict->values) {
        if (i < 0 || i >= dict->used) return false;
        int entry = values_order(dict->values, i);
        found_key = keys->str_entries()[entry].key;
        found_value = dict->values->values[entry];
        if (key_hash_value) *key_hash_value = as_str(found_key)->hash_value;
    } else {
        if (i < 0) return false;
        while (i < keys->used && !entry_value(keys, i))
            ++i;
        if (i >= keys->used) return false;
        found_key = entry_key(keys, i);
        found_value = entry_value(keys, i);
        if (key_hash_value) *key_hash_value = entry_hash(keys, i);
    }
    *position = i + 1;
    if (key) *key = found_key;
    if (value) *value = found_value;
    return true;
}

bool dict_next(Dict* dict, ssize_t* position, Object** key, Object** value) {
    return dict_next(dict, position, key, value, nullptr);
}

// Called by the collector: a dict that holds only atoms needs no watching.
void dict_maybe_untrack(Dict* dict) {
    if (dict->type != &dict_type || !gc_is_tracked(dict)) return;
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(dict, &position, &key, &value))
        if (may_be_tracked(value) || may_be_tracked(key)) return;
    gc_untrack(dict);
}

ssize_t dict_sizeof(Dict* dict) {
    ssize_t size = dict->type->basic_size;
    if (dict->values) size += shared_capacity(dict->keys) * ssize_t(sizeof(Object*));
    if (dict->keys->refcount == 1) size += ssize_t(keys_bytes(dict->keys));
    return size;
}

namespace {

void dict_dealloc(Object* object) {
    Dict* dict = as_dict(object);
    gc_untrack(dict);
    DeallocGuard guard(dict);
    if (!guard.entered()) return;
    DictKeys* keys = dict->keys;
    if (DictValues* values = dict->values) {
        for (ssize_t i = 0; i < keys->used; ++i)
            xdecref(values->values[i]);
        values_free(values);
    }
    release_keys(keys);
    if (dict->type == &dict_type && free_dicts_count < kFreeDictsMax)
        free_dicts[free_dicts_count++] = dict;
    else
        object_memory_free(dict);
}

int dict_traverse(Object* object, Visit visit, void* arg) {
    Dict* dict = as_dict(object);
    DictKeys* keys = dict->keys;
    ssize_t used = keys->used;
    if (dict->values) {
        for (ssize_t i = 0; i < used; ++i)
            VISIT(dict->values->values[i]);
    } else if (keys_are_str(keys)) {
        DictStrEntry* entries = keys->str_entries();
        for (ssize_t i = 0; i < used; ++i)
            VISIT(entries[i].value);
    } else {
        DictEntry* entries = keys->general_entries();
        for (ssize_t i = 0; i < used; ++i) {
            VISIT(entries[i].value);
            VISIT(entries[i].key);
        }
    }
    return 0;
}

int dict_clear_slot(Object* object) {
    dict_clear(as_dict(object));
    return 0;
}

ssize_t dict_length(Object* object) {
    return as_dict(object)->used;
}

Fallible<Ref<>> dict_missing(Object* object, Object* key) {
    if (object->type != &dict_type) {
        Ref<> missing = TRY(lookup_special(object, "__missing__"_name));
        if (missing) return call(missing.get(), key);
    }
    return raise_key_error(key);
}

Object* dict_subscript(Object* object, Object* key) {
    Object* value;
    if (dict_lookup(as_dict(object), key, TRY(key_hash(key)), &value) == kFailed) return raised;
    if (!value) [[unlikely]]
        return dict_missing(object, key).release();
    return new_reference(value);
}

int dict_store_subscript(Object* object, Object* key, Object* value) {
    if (value) return dict_set(as_dict(object), key, value).release();
    if (!TRY(dict_delete(as_dict(object), key))) return raise_key_error(key);
    return 0;
}

int dict_contains_slot(Object* object, Object* key) {
    return TRY(dict_contains(as_dict(object), key));
}

Fallible<void> repr_items(Dict* dict, StrBuilder& text) {
    ssize_t position = 0;
    Object *key, *value;
    bool first = true;
    while (dict_next(dict, &position, &key, &value)) {
        Ref<> held_key = share(key), held_value = share(value);
        if (!first) TRY(text.append_ascii(", "));
        first = false;
        TRY(text.append(TRY(repr(key)).get()));
        TRY(text.append_ascii(": "));
        TRY(text.append(TRY(repr(value)).get()));
    }
    return {};
}

Fallible<Ref<>> dict_repr(Object* object) {
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return str_from_ascii("{...}");
    if (as_dict(object)->used == 0) return str_from_ascii("{}");
    StrBuilder text;
    TRY(text.append_ascii("{"));
    TRY(repr_items(as_dict(object), text));
    TRY(text.append_ascii("}"));
    return text.finish();
}

// Equal: same size, and every key of a has an equal value in b.
Fallible<bool> dicts_equal(Dict* a, Dict* b) {
    if (a->used != b->used) return false;
    ssize_t position = 0;
    Object *key, *value;
    Hash key_hash_value;
    while (dict_next(a, &position, &key, &value, &key_hash_value)) {
        Ref<> held_key = share(key), held_value = share(value);
        Ref<> other = TRY(dict_get_known_hash(b, key, key_hash_value));
        if (!other) return false;
        if (!TRY(rich_compare_bool(value, other.get(), kEqual))) return false;
    }
    return true;
}

Object* dict_richcompare(Object* a, Object* b, int op) {
    if (!is_dict(a) || !is_dict(b) || (op != kEqual && op != kNotEqual)) return new_reference(not_implemented());
    return compare_result(TRY(dicts_equal(as_dict(a), as_dict(b))) == (op == kEqual));
}

Object* dict_or(Object* a, Object* b) {
    if (!is_dict(a) || !is_dict(b)) return new_reference(not_implemented());
    Ref<> result = TRY(call_copy(a));
    TRY(dict_merge(as_dict(result.get()), b, OnDuplicate::Replace));
    return result.release();
}

Object* dict_inplace_or(Object* object, Object* other) {
    TRY(dict_update(as_dict(object), other));
    return new_reference(object);
}

Object* dict_tp_new(Type* type, Object*, Object*) {
    Object* object = type->alloc(type, 0);
    if (!object) return nullptr;
    Dict* dict = as_dict(object);
    if (type == &dict_type) gc_untrack(dict);
    dict->used = 0;
    ++empty_keys()->refcount;
    dict->keys = empty_keys();
    dict->values = nullptr;
    dict_touch(dict);
    return dict;
}

int dict_tp_init(Object* self, Object* args, Object* kwargs) {
    return dict_update_arguments(self, "dict", args, kwargs).release();
}

Object* dict_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_positional("dict", nargs, 0, 1));
    Ref<> self = TRY(Fallible<Ref<>>::from_slot(dict_tp_new(static_cast<Type*>(type), nullptr, nullptr)));
    if (nargs == 1) TRY(dict_update(as_dict(self.get()), args[0]));
    if (kwnames) {
        Tuple* names = as_tuple(kwnames);
        for (ssize_t i = 0; i < names->size; ++i)
            TRY(dict_set(as_dict(self.get()), names->items[i], args[nargs + i]));
    }
    return self.release();
}

NumberMethods dict_number = {.bit_or = dict_or, .inplace_or = dict_inplace_or};
SequenceMethods dict_sequence = {.contains = dict_contains_slot};
MappingMethods dict_mapping = {
    .length = dict_length, .subscript = dict_subscript, .store_subscript = dict_store_subscript};

}  // namespace

constinit Type dict_type = static_type({
    .name = "dict",
    .basic_size = sizeof(Dict),
    .flags =
        type_flag::kHaveGc | type_flag::kBase | type_flag::kDictSubclass | type_flag::kMatchSelf | type_flag::kMapping,
    .doc = "A table of keys and their values, in the order of insertion.\n\n"
           "dict() makes an empty one, dict(mapping) copies a mapping, dict(pairs) takes (key, value) pairs,\n"
           "and keyword arguments become further items.",
    .dealloc = dict_dealloc,
    .traverse = dict_traverse,
    .clear = dict_clear_slot,
    .repr = slot1<dict_repr>,
    .hash = hash_not_implemented,
    .richcompare = dict_richcompare,
    .vectorcall = dict_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = dict_iter,
    .number = &dict_number,
    .sequence = &dict_sequence,
    .mapping = &dict_mapping,
    .methods = dict_methods,
    .init = dict_tp_init,
    .new_ = dict_tp_new,
});

}  // namespace py
