// The tables inside a dict: allocation, index slots, probing and look-up with any key. Sizes and the probe sequence are
// those of CPython 3.11, since sys.getsizeof and the cost of colliding keys show them.
#include "interp/objects/dict_table.h"

namespace py {

namespace {

// One empty table serves every empty dict: refcount, {log2_size 0, log2_index_bytes 3, kind str, version 1}, usable,
// used, eight empty index bytes.
alignas(8) uint64_t empty_table[] = {uint64_t(kImmortalRefcount),
                                     3u << 8 | uint64_t(kStrKeys) << 16 | uint64_t(1) << 32, 0, 0, ~uint64_t(0)};

// Small str tables are kept for reuse.
constexpr int kFreeKeysMax = 80;
DictKeys* free_keys[kFreeKeysMax];
int free_keys_count = 0;

uint64_t dict_version_counter = 0;
uint32_t keys_version_counter = 2;

int log2_index_bytes_of(int log2_size) {
    if (log2_size < 8) return log2_size;
    if (log2_size < 16) return log2_size + 1;
    if (log2_size < 32) return log2_size + 2;
    return log2_size + 3;
}

template <class Index>
void build_width(DictKeys* keys) {
    auto indices = reinterpret_cast<Index*>(keys->indices);
    size_t mask = keys_size(keys) - 1;
    for (ssize_t entry = 0; entry < keys->used; ++entry) {
        size_t hash = size_t(entry_hash(keys, entry)), slot = hash & mask;
        for (size_t perturb = hash; indices[slot] != Index(kEmpty);) {
            perturb >>= kProbeShift;
            slot = (slot * 5 + perturb + 1) & mask;
        }
        indices[slot] = Index(entry);
    }
}

ssize_t index_at(const DictKeys* keys, size_t slot) {
    if (keys->log2_size < 8) return reinterpret_cast<const int8_t*>(keys->indices)[slot];
    if (keys->log2_size < 16) return reinterpret_cast<const int16_t*>(keys->indices)[slot];
    if (keys->log2_size < 32) return reinterpret_cast<const int32_t*>(keys->indices)[slot];
    return reinterpret_cast<const int64_t*>(keys->indices)[slot];
}

}  // namespace

DictKeys* empty_keys() {
    return reinterpret_cast<DictKeys*>(empty_table);
}

uint64_t next_dict_version() {
    return ++dict_version_counter;
}

int log2_size_for_slots(size_t slots) {
    // NOTE: 1…7 slots and powers of two above 8 come out twice as large as needed; sys.getsizeof shows it.
    constexpr size_t kMinSize = size_t(1) << kMinLog2Size;
    return 64 - __builtin_clzl(((slots | kMinSize) - 1) | (kMinSize - 1));
}

size_t keys_bytes(const DictKeys* keys) {
    size_t entry = keys_are_str(keys) ? sizeof(DictStrEntry) : sizeof(DictEntry);
    return sizeof(DictKeys) + (size_t(1) << keys->log2_index_bytes) + size_t(usable_of(keys_size(keys))) * entry;
}

DictKeys* keys_new(int log2_size, bool str_keys) {
    int log2_index_bytes = log2_index_bytes_of(log2_size);
    size_t entry = str_keys ? sizeof(DictStrEntry) : sizeof(DictEntry);
    ssize_t usable = usable_of(size_t(1) << log2_size);
    DictKeys* keys;
    if (log2_size == kMinLog2Size && str_keys && free_keys_count > 0) {
        keys = free_keys[--free_keys_count];
    } else {
        if (log2_size > 56) return raise_memory_error();
        keys = static_cast<DictKeys*>(
            allocate(sizeof(DictKeys) + (size_t(1) << log2_index_bytes) + size_t(usable) * entry));
        if (!keys) return raise_memory_error();
    }
    keys->refcount = 1;
    keys->log2_size = uint8_t(log2_size);
    keys->log2_index_bytes = uint8_t(log2_index_bytes);
    keys->kind = str_keys ? kStrKeys : kGeneralKeys;
    keys->version = 0;
    keys->usable = usable;
    keys->used = 0;
    std::memset(keys->indices, 0xff, size_t(1) << log2_index_bytes);
    std::memset(keys->indices + (size_t(1) << log2_index_bytes), 0, size_t(usable) * entry);
    return keys;
}

void release_keys(DictKeys* keys) {
    if (!keys || --keys->refcount > 0) return;
    for (ssize_t i = 0; i < keys->used; ++i) {
        xdecref(entry_key(keys, i));
        xdecref(entry_value(keys, i));
    }
    if (keys->log2_size == kMinLog2Size && keys->kind == kStrKeys && free_keys_count < kFreeKeysMax)
        free_keys[free_keys_count++] = keys;
    else
        deallocate(keys);
}

void keys_clear_free_list() {
    while (free_keys_count > 0) deallocate(free_keys[--free_keys_count]);
}

void keys_build_indices(DictKeys* keys) {
    if (keys->log2_size < 8) return build_width<int8_t>(keys);
    if (keys->log2_size < 16) return build_width<int16_t>(keys);
    if (keys->log2_size < 32) return build_width<int32_t>(keys);
    build_width<int64_t>(keys);
}

void keys_set_index(DictKeys* keys, size_t slot, ssize_t entry) {
    if (keys->log2_size < 8)
        reinterpret_cast<int8_t*>(keys->indices)[slot] = int8_t(entry);
    else if (keys->log2_size < 16)
        reinterpret_cast<int16_t*>(keys->indices)[slot] = int16_t(entry);
    else if (keys->log2_size < 32)
        reinterpret_cast<int32_t*>(keys->indices)[slot] = int32_t(entry);
    else
        reinterpret_cast<int64_t*>(keys->indices)[slot] = entry;
}

size_t keys_find_free_slot(DictKeys* keys, Hash hash) {
    size_t mask = keys_size(keys) - 1, perturb = size_t(hash), slot = perturb & mask;
    while (index_at(keys, slot) >= 0) {
        perturb >>= kProbeShift;
        slot = (slot * 5 + perturb + 1) & mask;
    }
    return slot;
}

size_t keys_slot_of_entry(DictKeys* keys, Hash hash, ssize_t entry) {
    size_t mask = keys_size(keys) - 1, perturb = size_t(hash), slot = perturb & mask;
    while (index_at(keys, slot) != entry) {
        perturb >>= kProbeShift;
        slot = (slot * 5 + perturb + 1) & mask;
    }
    return slot;
}

DictKeys* keys_clone(Dict* dict) {
    DictKeys* source = dict->keys;
    size_t bytes = keys_bytes(source);
    auto keys = static_cast<DictKeys*>(allocate(bytes));
    if (!keys) return raise_memory_error();
    std::memcpy(keys, source, bytes);
    keys->refcount = 1;
    keys->version = 0;
    for (ssize_t i = 0; i < keys->used; ++i) {
        xincref(entry_key(keys, i));
        xincref(entry_value(keys, i));
    }
    return keys;
}

namespace {

constexpr ssize_t kRestart = -4;

// Compares a stored key with the wanted one where that may run Python. 1 equal, 0 not; kRestart when the table changed
// meanwhile.
template <class StillThere>
ssize_t compare_keys(Object* stored, Object* key, StillThere still_there) {
    Ref<> held = share(stored);
    auto outcome = rich_compare_bool(stored, key, kEqual);
    if (!outcome.ok()) return kFailed;
    if (!still_there()) return kRestart;
    return outcome.take();
}

ssize_t lookup_general(Dict* dict, Object* key, Hash hash) {
    DictKeys* keys = dict->keys;
    DictEntry* entries = keys->general_entries();
    return probe(keys, hash, [=](ssize_t entry) -> ssize_t {
        Object* stored = entries[entry].key;
        if (stored == key) return 1;
        if (entries[entry].hash != hash) return 0;
        int quick = quick_equal(stored, key);
        if (quick >= 0) return quick;
        return compare_keys(stored, key, [=] { return dict->keys == keys && entries[entry].key == stored; });
    });
}

ssize_t lookup_other_in_str(Dict* dict, Object* key, Hash hash) {
    DictKeys* keys = dict->keys;
    DictStrEntry* entries = keys->str_entries();
    return probe(keys, hash, [=](ssize_t entry) -> ssize_t {
        Object* stored = entries[entry].key;
        if (as_str(stored)->hash_value != hash) return 0;
        return compare_keys(stored, key, [=] { return dict->keys == keys && entries[entry].key == stored; });
    });
}

}  // namespace

ssize_t dict_lookup_any(Dict* dict, Object* key, Hash hash, Object** value) {
    ssize_t entry;
    do {
        DictKeys* keys = dict->keys;
        if (keys->kind == kGeneralKeys)
            entry = lookup_general(dict, key, hash);
        else if (is_str_exact(key))
            entry = lookup_str(keys, as_str(key), hash);
        else
            entry = lookup_other_in_str(dict, key, hash);
    } while (entry == kRestart);
    if (entry < 0)
        *value = nullptr;
    else if (dict->values)
        *value = dict->values->values[entry];
    else
        *value = entry_value(dict->keys, entry);
    return entry;
}

ssize_t dict_keys_index(DictKeys* keys, Str* key) {
    Hash key_hash_value = key->hash_value != -1 ? key->hash_value : str_hash(key);
    if (keys_are_str(keys)) return lookup_str(keys, key, key_hash_value);
    DictEntry* entries = keys->general_entries();
    return probe(keys, key_hash_value, [=](ssize_t entry) -> ssize_t {
        Object* stored = entries[entry].key;
        return stored == key ||
               (entries[entry].hash == key_hash_value && is_str_exact(stored) && same_text(as_str(stored), key));
    });
}

uint32_t dict_keys_version(DictKeys* keys) {
    if (keys->version) return keys->version;
    if (keys_version_counter == 0) return 0;
    return keys->version = keys_version_counter++;
}

}  // namespace py
