// dict: compact index/entries tables with key sharing, sizes and growth of CPython 3.11; the instance dict machinery.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

struct DictEntry {  // general tables
    Hash hash;
    Object* key;
    Object* value;
};
struct DictStrEntry {  // tables whose keys are all str
    Object* key;  // its hash is in the string
    Object* value;
};
enum DictKeysKind : uint8_t { kGeneralKeys, kStrKeys, kSplitKeys };
struct DictKeys {  // followed by 2**log2_index_bytes bytes of indices (int8…int64), then the entries
    ssize_t refcount;
    uint8_t log2_size;
    uint8_t log2_index_bytes;
    DictKeysKind kind;
    uint32_t version;  // 0: none; for inline caches, reset by every change of the keys
    ssize_t usable;    // entries still free
    ssize_t used;      // entries in use, deleted ones included
    char indices[];

    DictStrEntry* str_entries() { return reinterpret_cast<DictStrEntry*>(indices + (size_t(1) << log2_index_bytes)); }
    DictEntry* general_entries() { return reinterpret_cast<DictEntry*>(indices + (size_t(1) << log2_index_bytes)); }
};
// Values of a split table: inline values of an instance. Two bytes in front hold prefix size and insertion-order count
// (see dict_values.cpp); the pointer points at the first value.
struct DictValues {
    Object* values[1];
};
struct Dict : Object {
    ssize_t used;
    uint64_t version_tag;  // changes on every write
    DictKeys* keys;
    DictValues* values;  // null: combined table
};
static_assert(sizeof(Dict) == 48);
extern Type dict_type asm("PyDict_Type");
inline bool is_dict(const Object* object) { return object->type->has(type_flag::kDictSubclass); }
inline bool is_dict_exact(const Object* object) { return object->type == &dict_type; }
inline Dict* as_dict(Object* object) { return static_cast<Dict*>(object); }

// Keys' __hash__ and __eq__ run Python unless the keys are exact str. Values and keys are counted up.
int dict_free_list_count();
void dict_clear_free_list();
Fallible<Ref<Dict>> dict_new();
Fallible<Ref<Dict>> dict_new_presized(ssize_t expected);
Fallible<Ref<Dict>> dict_new_presized(ssize_t expected, bool str_keys);
// From `count` keys and values that stand `step` pointers apart (BUILD_MAP).
Fallible<Ref<Dict>> dict_from_items(Object* const* keys, ssize_t key_step, Object* const* values, ssize_t value_step, ssize_t count);
void dict_maybe_untrack(Dict* dict);  // for the collector: dicts of atoms leave it
Lookup<> dict_get(Dict* dict, Object* key);
Lookup<> dict_get_known_hash(Dict* dict, Object* key, Hash hash);
// Borrowed, null when absent; for exact-str keys in dicts with str keys it cannot fail; a failing __eq__ leaves the exception pending.
Object* dict_get_str(Dict* dict, Str* key);
Fallible<void> dict_set(Dict* dict, Object* key, Object* value);
Fallible<void> dict_set(Dict* dict, const char* key, Object* value);
Fallible<void> dict_set_known_hash(Dict* dict, Object* key, Hash hash, Object* value);
Fallible<bool> dict_delete(Dict* dict, Object* key);  // false: was not there (no exception)
Fallible<bool> dict_contains(Dict* dict, Object* key);
Fallible<Ref<>> dict_set_default(Dict* dict, Object* key, Object* value);
Lookup<> dict_pop(Dict* dict, Object* key);
Lookup<> dict_pop_known_hash(Dict* dict, Object* key, Hash hash);
Fallible<void> dict_update(Dict* dict, Object* mapping_or_pairs);
// Merge with a duplicate policy: Replace, Keep, or KeyError on a duplicate (DICT_MERGE words the error from it).
enum class OnDuplicate { Replace, Keep, Raise };
Fallible<void> dict_merge(Dict* dict, Object* mapping, OnDuplicate policy);
Fallible<Ref<Dict>> dict_copy(Dict* dict);
void dict_clear(Dict* dict);
// Walks entries in order: position from 0; borrowed key and value (either out-pointer may be null); false at the end.
bool dict_next(Dict* dict, ssize_t* position, Object** key, Object** value);
bool dict_next(Dict* dict, ssize_t* position, Object** key, Object** value, Hash* hash);
Fallible<Ref<List>> dict_keys_list(Dict* dict);
Fallible<Ref<List>> dict_values_list(Dict* dict);
Fallible<Ref<List>> dict_items_list(Dict* dict);

// For inline caches (vm/). Index of an exact str key in the entries, -1 absent; never raises.
ssize_t dict_keys_index(DictKeys* keys, Str* key);
uint32_t dict_keys_version(DictKeys* keys);  // assigns one when there is none; 0: versions have run out

// Instances. A class with kManagedDict keeps, in front of the collector's head: [-4] DictValues*, [-3] Dict*.
inline DictValues*& managed_values(Object* object) { return reinterpret_cast<DictValues**>(object)[-4]; }
inline Dict*& managed_dict(Object* object) { return reinterpret_cast<Dict**>(object)[-3]; }
// Gives a new instance its values array (shared keys of the class), or leaves it without when they are full.
Fallible<void> init_managed_dict(Object* object);
// Frees values or dict of a dying instance / visits / clears them.
void free_managed_dict(Object* object);
int visit_managed_dict(Object* object, Visit visit, void* arg);
void clear_managed_dict(Object* object);
// Attribute store and look-up in the inline values (object has values). Store returns false when it had to be turned into a
// real dict first: the caller then stores into instance_dict(). value null deletes.
Fallible<bool> values_store(Object* object, Str* name, Object* value);
Object* values_get(Object* object, Str* name);  // borrowed
// Says that entry `entry`, which was empty, has a value from now on: for stores that the loop does itself.
inline void values_append_order(DictValues* values, ssize_t entry) {
    auto* bytes = reinterpret_cast<uint8_t*>(values);
    bytes[-3 - int(bytes[-2])] = uint8_t(entry);
    ++bytes[-2];
}
// The instance's __dict__, made from the values when it is asked for. Absent (null) when the type has no dict.
Lookup<Dict> instance_dict(Object* object);
// Where an instance keeps its dict pointer (types with dict_offset), or null; does not look at managed ones.
Object** instance_dict_slot(Object* object);
DictKeys* new_shared_keys();  // ht_cached_keys of a new class
void release_keys(DictKeys* keys);

}  // namespace py
