// dict: copying, merging and updating from mappings and pairs.
#include "interp/objects/call.h"
#include "interp/objects/dict_table.h"
#include "interp/objects/method_def.h"

namespace py {

namespace {

Fallible<Ref<Dict>> copy_split(Dict* dict) {
    DictKeys* keys = dict->keys;
    DictValues* values = values_new(shared_capacity(keys));
    if (!values) return raised;
    auto made = dict_with_tables(keys, values, dict->used);
    if (!made.ok()) {
        values_free(values);
        return raised;
    }
    ++keys->refcount;
    int count = values_count(dict->values);
    for (int i = 0; i < count; ++i) {
        int entry = values_order(dict->values, i);
        values->values[entry] = new_reference(dict->values->values[entry]);
        values_append_order(values, entry);
    }
    Ref<Dict> copy = made.take();
    if (gc_is_tracked(dict)) gc_track(copy.get());
    return copy;
}

// FAST: a table without (or with few) gaps is copied whole.
Fallible<Ref<Dict>> copy_whole(Dict* dict) {
    DictKeys* keys = keys_clone(dict);
    if (!keys) return raised;
    auto made = dict_with_tables(keys, nullptr, dict->used);
    if (!made.ok()) {
        release_keys(keys);
        return raised;
    }
    Ref<Dict> copy = made.take();
    if (gc_is_tracked(dict)) gc_track(copy.get());
    return copy;
}

Fallible<void> merge_one(Dict* dict, Object* key, Hash key_hash_value, Object* value, OnDuplicate policy) {
    if (policy != OnDuplicate::Replace) {
        Object* present;
        if (dict_lookup(dict, key, key_hash_value, &present) == kFailed) return raised;
        if (present) {
            if (policy == OnDuplicate::Keep) return {};
            return raise_key_error(key);
        }
    }
    return dict_insert(dict, key, key_hash_value, value);
}

Fallible<void> merge_dict(Dict* dict, Dict* other, OnDuplicate policy) {
    if (other == dict || other->used == 0) return {};
    DictKeys* keys = other->keys;
    if (dict->used == 0) {
        if (policy == OnDuplicate::Raise) policy = OnDuplicate::Replace;
        bool dense = keys->log2_size == kMinLog2Size || usable_of(keys_size(keys) / 2) < other->used;
        if (!other->values && other->used == keys->used && dense) {
            DictKeys* clone = keys_clone(other);
            if (!clone) return raised;
            dict_clear(dict);
            --dict->keys->refcount;  // the shared empty table
            dict->keys = clone;
            dict->used = other->used;
            dict_touch(dict);
            if (gc_is_tracked(other) && !gc_is_tracked(dict)) gc_track(dict);
            return {};
        }
    }
    // One resize for all that will come.
    if (usable_of(keys_size(dict->keys)) < other->used)
        TRY(dict_resize(dict, log2_size_for_entries(size_t(dict->used + other->used)), keys_are_str(keys)));
    ssize_t position = 0, used = other->used;
    Object *key, *value;
    Hash key_hash_value;
    while (dict_next(other, &position, &key, &value, &key_hash_value)) {
        Ref<> held_key = share(key), held_value = share(value);
        TRY(merge_one(dict, key, key_hash_value, value, policy));
        if (other->keys != keys || other->used != used) return raise(exc::RuntimeError, "dict mutated during update");
    }
    return {};
}

Fallible<void> merge_mapping(Dict* dict, Object* mapping, OnDuplicate policy) {
    Ref<> keys = TRY(mapping_keys(mapping));
    Ref<> iterator = TRY(iter(keys.get()));
    while (Ref<> key = TRY(next(iterator.get()))) {
        if (policy != OnDuplicate::Replace && TRY(dict_contains(dict, key.get()))) {
            if (policy == OnDuplicate::Keep) continue;
            return raise_key_error(key.get());
        }
        Ref<> value = TRY(get_item(mapping, key.get()));
        TRY(dict_set(dict, key.get(), value.get()));
    }
    return {};
}

Fallible<Ref<>> pair_of(Object* item, ssize_t index) {
    auto pair = fast_sequence(item, "");
    if (!pair.ok()) {
        if (error_matches(exc::TypeError)) {
            clear_error();
            return raise(exc::TypeError, "cannot convert dictionary update sequence element #%zd to a sequence", index);
        }
        return raised;
    }
    Ref<> sequence = pair.take();
    if (fast_sequence_size(sequence.get()) != 2)
        return raise(exc::ValueError, "dictionary update sequence element #%zd has length %zd; 2 is required", index,
                     fast_sequence_size(sequence.get()));
    return sequence;
}

Fallible<void> update_pairs(Dict* dict, Object* pairs) {
    Ref<> iterator = TRY(iter(pairs));
    for (ssize_t i = 0;; ++i) {
        Ref<> item = TRY(next(iterator.get()));
        if (!item) return {};
        Ref<> pair = TRY(pair_of(item.get(), i));
        Object** items = fast_sequence_items(pair.get());
        Ref<> key = share(items[0]), value = share(items[1]);
        TRY(dict_set(dict, key.get(), value.get()));
    }
}

}  // namespace

Fallible<void> dict_merge(Dict* dict, Object* mapping, OnDuplicate policy) {
    if (is_dict(mapping) && mapping->type->iter == dict_iter) return merge_dict(dict, as_dict(mapping), policy);
    return merge_mapping(dict, mapping, policy);
}

Fallible<void> dict_update(Dict* dict, Object* mapping_or_pairs) {
    if (is_dict_exact(mapping_or_pairs)) return dict_merge(dict, mapping_or_pairs, OnDuplicate::Replace);
    Ref<> keys = TRY(lookup_attr(mapping_or_pairs, "keys"_name));
    if (keys) return dict_merge(dict, mapping_or_pairs, OnDuplicate::Replace);
    return update_pairs(dict, mapping_or_pairs);
}

Fallible<void> dict_update_arguments(Object* self, const char* function, Object* args, Object* kwargs) {
    ssize_t count = as_tuple(args)->size;
    TRY(check_positional(function, count, 0, 1));
    if (count == 1) TRY(dict_update(as_dict(self), as_tuple(args)->items[0]));
    if (!kwargs) return {};
    TRY(check_keywords_are_str(kwargs));
    return dict_merge(as_dict(self), kwargs, OnDuplicate::Replace);
}

Fallible<Ref<Dict>> dict_copy(Dict* dict) {
    if (dict->used == 0) return dict_new();
    if (dict->values) return copy_split(dict);
    if (dict->type->iter == dict_iter && dict->used >= (dict->keys->used * 2) / 3) return copy_whole(dict);
    Ref<Dict> copy = TRY(dict_new());
    TRY(dict_merge(copy.get(), dict, OnDuplicate::Replace));
    return copy;
}

Fallible<Ref<>> call_copy(Object* dict) {
    return dict_copy(as_dict(dict));
}

}  // namespace py
