// The tables inside a dict: index slots, entries, probing. Internal to objects/dict*.cpp and ordered_dict.cpp.
#pragma once

#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/quick_equal.h"
#include "interp/objects/str.h"

namespace py {

// What an index slot says instead of an entry number; kFailed: a comparison raised.
inline constexpr ssize_t kEmpty = -1, kDeleted = -2, kFailed = -3;
inline constexpr int kMinLog2Size = 3;
inline constexpr int kSharedKeysLog2Size = 6, kSharedKeysMax = 30;
inline constexpr int kProbeShift = 5;

inline size_t keys_size(const DictKeys* keys) {
    return size_t(1) << keys->log2_size;
}
inline constexpr ssize_t usable_of(size_t size) {
    return ssize_t((size << 1) / 3);
}
// A table with at least `slots` slots (CPython's rounding), and the one that holds `count` entries without growing.
int log2_size_for_slots(size_t slots);
inline int log2_size_for_entries(size_t count) {
    return log2_size_for_slots((count * 3 + 1) / 2);
}
inline int log2_size_to_grow(const Dict* dict) {
    return log2_size_for_slots(size_t(dict->used) * 3);
}

DictKeys* empty_keys();
// A table without entries. Null with MemoryError.
DictKeys* keys_new(int log2_size, bool str_keys);
size_t keys_bytes(const DictKeys* keys);
// Fills the index of a table whose `used` entries have no gaps.
void keys_build_indices(DictKeys* keys);
// First free slot on the probe path of hash.
size_t keys_find_free_slot(DictKeys* keys, Hash hash);
// The slot that holds entry number `entry`.
size_t keys_slot_of_entry(DictKeys* keys, Hash hash, ssize_t entry);
void keys_set_index(DictKeys* keys, size_t slot, ssize_t entry);

inline bool keys_are_str(const DictKeys* keys) {
    return keys->kind != kGeneralKeys;
}
inline Object*& entry_key(DictKeys* keys, ssize_t entry) {
    return keys_are_str(keys) ? keys->str_entries()[entry].key : keys->general_entries()[entry].key;
}
inline Object*& entry_value(DictKeys* keys, ssize_t entry) {
    return keys_are_str(keys) ? keys->str_entries()[entry].value : keys->general_entries()[entry].value;
}
inline Hash entry_hash(DictKeys* keys, ssize_t entry) {
    return keys_are_str(keys) ? as_str(keys->str_entries()[entry].key)->hash_value
                              : keys->general_entries()[entry].hash;
}

// Values of split tables: a prefix with the insertion order (one byte an entry, growing downwards), its length at [-2]
// and the prefix's size at [-1], then the values.
inline uint8_t* values_bytes(DictValues* values) {
    return reinterpret_cast<uint8_t*>(values);
}
inline int values_count(DictValues* values) {
    return values_bytes(values)[-2];
}
inline int values_order(DictValues* values, ssize_t position) {
    return values_bytes(values)[-3 - position];
}
inline ssize_t shared_capacity(const DictKeys* keys) {
    return keys->usable + keys->used;
}
DictValues* values_new(ssize_t capacity);  // all null; null with MemoryError
void values_free(DictValues* values);
void values_remove_order(DictValues* values, ssize_t entry);

// Walks the probe path of hash. match(entry): > 0 found, 0 go on, < 0 leave with that value.
template <class Index, class Match>
inline ssize_t probe_width(const DictKeys* keys, Hash hash, Match match) {
    auto indices = reinterpret_cast<const Index*>(keys->indices);
    size_t mask = keys_size(keys) - 1, perturb = size_t(hash), slot = size_t(hash) & mask;
    for (;;) {
        ssize_t entry = indices[slot];
        if (entry >= 0) {
            ssize_t verdict = match(entry);
            if (verdict > 0) return entry;
            if (verdict < 0) return verdict;
        } else if (entry == kEmpty) {
            return kEmpty;
        }
        perturb >>= kProbeShift;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}
template <class Match>
inline ssize_t probe(const DictKeys* keys, Hash hash, Match match) {
    if (keys->log2_size < 8) return probe_width<int8_t>(keys, hash, match);
    if (keys->log2_size < 16) return probe_width<int16_t>(keys, hash, match);
    if (keys->log2_size < 32) return probe_width<int32_t>(keys, hash, match);
    return probe_width<int64_t>(keys, hash, match);
}
// A str (hash known) in a table of str keys. Never raises.
inline ssize_t lookup_str(DictKeys* keys, Str* key, Hash hash) {
    DictStrEntry* entries = keys->str_entries();
    return probe(keys, hash, [=](ssize_t entry) -> ssize_t {
        auto candidate = static_cast<Str*>(entries[entry].key);
        return candidate == key || (candidate->hash_value == hash && same_text(candidate, key));
    });
}
// Any key in any table. *value is borrowed, null when absent (a key of a split table may have no value here). kFailed
// when
// __eq__ raised.
ssize_t dict_lookup_any(Dict* dict, Object* key, Hash hash, Object** value);
inline ssize_t dict_lookup(Dict* dict, Object* key, Hash hash, Object** value) {
    // FAST: a str in a combined table of str keys.
    if (!is_str_exact(key) || dict->keys->kind != kStrKeys || dict->values)
        return dict_lookup_any(dict, key, hash, value);
    ssize_t entry = lookup_str(dict->keys, as_str(key), hash);
    *value = entry < 0 ? nullptr : dict->keys->str_entries()[entry].value;
    return entry;
}

inline Fallible<Hash> key_hash(Object* key) {
    if (is_str_exact(key) && as_str(key)->hash_value != -1) return as_str(key)->hash_value;
    // FAST: an int of one digit is its own hash, but for -1.
    if (is_int_exact(key) && as_int(key)->is_compact()) {
        ssize_t value = as_int(key)->compact_value();
        return value == -1 ? -2 : value;
    }
    return hash(key);
}

uint64_t next_dict_version();
inline void dict_touch(Dict* dict) {
    dict->version_tag = next_dict_version();
}
// Can the collector ever need to see this object? Untracked tuples hold atoms only.
inline bool may_be_tracked(Object* object) {
    Type* type = object->type;
    if (!type->has(type_flag::kHaveGc)) return false;
    if (type->is_gc && !type->is_gc(object)) return false;
    return type != &tuple_type || gc_is_tracked(object);
}
inline void dict_maintain_tracking(Dict* dict, Object* key, Object* value) {
    if (!gc_is_tracked(dict) && (may_be_tracked(value) || may_be_tracked(key))) gc_track(dict);
}

// A dict with these tables (references taken over when it succeeds). Not tracked.
Fallible<Ref<Dict>> dict_with_tables(DictKeys* keys, DictValues* values, ssize_t used);
// Rebuilds the table with 2**log2_size slots, combined; str_keys asks for a str table (granted unless it is general).
Fallible<void> dict_resize(Dict* dict, int log2_size, bool str_keys);
// Inserts or overwrites; counts both up.
Fallible<void> dict_insert(Dict* dict, Object* key, Hash hash, Object* value);
// Takes out entry `entry` (found under hash), whose value is `value`; returns that value.
Ref<> dict_take_entry(Dict* dict, Hash hash, ssize_t entry, Object* value);
void keys_clear_free_list();
DictKeys* keys_clone(Dict* dict);  // a copy of a combined table without gaps; null with MemoryError

// The copy that `|` starts from: a plain dict.
Fallible<Ref<>> call_copy(Object* dict);
// What dict(…) and dict.update(…) do with their arguments.
Fallible<void> dict_update_arguments(Object* self, const char* function, Object* args_tuple,
                                     Object* kwargs_dict_or_null);
ssize_t dict_sizeof(Dict* dict);
Object* dict_iter(Object* dict);
Object* dict_values_iter(Object* dict);
Object* dict_items_iter(Object* dict);
Fallible<Ref<>> dict_reversed(Object* dict);
Fallible<Ref<>> dict_values_reversed(Object* dict);
Fallible<Ref<>> dict_items_reversed(Object* dict);
Fallible<Ref<>> dict_keys_view(Object* dict);
Fallible<Ref<>> dict_values_view(Object* dict);
Fallible<Ref<>> dict_items_view(Object* dict);
extern MethodDef dict_methods[];

}  // namespace py
