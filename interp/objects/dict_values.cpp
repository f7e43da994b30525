// Split tables: the values arrays of instances, attribute access in them, and the instance dict made of one when asked
// for (PEP 412; inline values of CPython 3.11).
#include "interp/objects/dict_table.h"

namespace py {

DictValues* values_new(ssize_t capacity) {
    size_t prefix = (size_t(capacity) + 2 + sizeof(Object*) - 1) & ~(sizeof(Object*) - 1);
    size_t bytes = prefix + size_t(capacity) * sizeof(Object*);
    auto memory = static_cast<uint8_t*>(allocate(bytes));
    if (!memory) return raise_memory_error();
    auto values = reinterpret_cast<DictValues*>(memory + prefix);
    memory[prefix - 1] = uint8_t(prefix);
    memory[prefix - 2] = 0;
    std::memset(static_cast<void*>(values), 0, size_t(capacity) * sizeof(Object*));
    return values;
}

void values_free(DictValues* values) {
    uint8_t* bytes = values_bytes(values);
    deallocate(bytes - bytes[-1]);
}

void values_remove_order(DictValues* values, ssize_t entry) {
    uint8_t* bytes = values_bytes(values);
    int count = bytes[-2], position = 0;
    while (bytes[-3 - position] != entry)
        ++position;
    for (; position + 1 < count; ++position)
        bytes[-3 - position] = bytes[-4 - position];
    --bytes[-2];
}

namespace {

DictKeys* shared_keys_of(Object* object) {
    return static_cast<HeapType*>(object->type)->ht_cached_keys;
}

// The entry of an exact str in shared keys, added when there is room; kEmpty when full.
ssize_t shared_entry(DictKeys* keys, Str* name) {
    Hash name_hash = str_hash(name);
    ssize_t entry = lookup_str(keys, name, name_hash);
    if (entry >= 0 || keys->usable <= 0) return entry;
    entry = keys->used;
    keys_set_index(keys, keys_find_free_slot(keys, name_hash), entry);
    keys->str_entries()[entry] = {new_reference(name), nullptr};
    keys->version = 0;
    --keys->usable;
    ++keys->used;
    return entry;
}

Fallible<Ref<Dict>> dict_from_values(DictKeys* keys, DictValues* values) {
    ssize_t used = 0;
    bool track = false;
    for (ssize_t i = 0; i < keys->used; ++i) {
        Object* value = values->values[i];
        if (!value) continue;
        ++used;
        track = track || may_be_tracked(value);
    }
    ++keys->refcount;
    auto made = dict_with_tables(keys, values, used);
    if (!made.ok()) {
        --keys->refcount;
        return raised;
    }
    Ref<Dict> dict = made.take();
    if (track) gc_track(dict.get());
    return dict;
}

// Turns the instance's values into its dict.
Fallible<Dict*> materialise(Object* object) {
    Dict* dict = TRY(dict_from_values(shared_keys_of(object), managed_values(object)))
    .release();
    managed_values(object) = nullptr;
    managed_dict(object) = dict;
    return dict;
}

void release_values(DictValues* values, DictKeys* keys) {
    for (ssize_t i = 0; i < keys->used; ++i)
        xdecref(values->values[i]);
    values_free(values);
}

}  // namespace

DictKeys* new_shared_keys() {
    DictKeys* keys = keys_new(kSharedKeysLog2Size, true);
    if (!keys) {
        clear_error();  // a class without shared keys: its instances get plain dicts
        return nullptr;
    }
    keys->usable = kSharedKeysMax;
    keys->kind = kSplitKeys;
    return keys;
}

Fallible<void> init_managed_dict(Object* object) {
    managed_dict(object) = nullptr;
    managed_values(object) = nullptr;
    DictKeys* keys = shared_keys_of(object);
    if (!keys) return {};
    // Each new instance takes away room, so that arrays shrink to what the first instances really used.
    if (keys->usable > 1) --keys->usable;
    DictValues* values = values_new(shared_capacity(keys));
    if (!values) return raised;
    managed_values(object) = values;
    return {};
}

void free_managed_dict(Object* object) {
    if (DictValues* values = std::exchange(managed_values(object), nullptr))
        release_values(values, shared_keys_of(object));
    clear_slot(managed_dict(object));
}

int visit_managed_dict(Object* object, Visit visit, void* arg) {
    if (DictValues* values = managed_values(object)) {
        DictKeys* keys = shared_keys_of(object);
        for (ssize_t i = 0; i < keys->used; ++i)
            VISIT(values->values[i]);
    }
    VISIT(managed_dict(object));
    return 0;
}

void clear_managed_dict(Object* object) {
    if (DictValues* values = managed_values(object)) {
        values_bytes(values)[-2] = 0;
        DictKeys* keys = shared_keys_of(object);
        for (ssize_t i = 0; i < keys->used && managed_values(object) == values; ++i)
            clear_slot(values->values[i]);
    }
    clear_slot(managed_dict(object));
}

Fallible<bool> values_store(Object* object, Str* name, Object* value) {
    DictValues* values = managed_values(object);
    ssize_t entry = is_str_exact(name) ? shared_entry(shared_keys_of(object), name) : kEmpty;
    if (entry < 0) {
        if (!value && is_str_exact(name))
            return raise(exc::AttributeError, "'%.100s' object has no attribute '%U'", object->type->name, name);
        TRY(materialise(object));
        return false;
    }
    Object* old = values->values[entry];
    if (!old && !value)
        return raise(exc::AttributeError, "'%.100s' object has no attribute '%U'", object->type->name, name);
    if (!old)
        values_append_order(values, entry);
    else if (!value)
        values_remove_order(values, entry);
    xincref(value);
    values->values[entry] = value;
    xdecref(old);
    return true;
}

Object* values_get(Object* object, Str* name) {
    ssize_t entry = dict_keys_index(shared_keys_of(object), name);
    return entry < 0 ? nullptr : managed_values(object)->values[entry];
}

Object** instance_dict_slot(Object* object) {
    Type* type = object->type;
    ssize_t offset = type->dict_offset;
    if (offset == 0 || type->has(type_flag::kManagedDict)) return nullptr;
    if (offset < 0) {
        ssize_t items = static_cast<VarObject*>(object)->size;
        size_t size = size_t(type->basic_size) + size_t(items < 0 ? -items : items) * size_t(type->item_size);
        offset += ssize_t((size + sizeof(Object*) - 1) & ~(sizeof(Object*) - 1));
    }
    return reinterpret_cast<Object**>(reinterpret_cast<char*>(object) + offset);
}

// An empty dict for an instance without one; with its class's shared keys where the class has some.
static Fallible<Ref<Dict>> new_instance_dict(Object* object) {
    DictKeys* keys = object->type->has(type_flag::kHeap) ? shared_keys_of(object) : nullptr;
    if (!keys || keys->kind != kSplitKeys) return dict_new();
    DictValues* values = values_new(shared_capacity(keys));
    if (!values) return raised;
    auto made = dict_from_values(keys, values);
    if (!made.ok()) values_free(values);
    return made;
}

Lookup<Dict> instance_dict(Object* object) {
    Type* type = object->type;
    if (type->has(type_flag::kManagedDict)) {
        if (managed_values(object)) return share(TRY(materialise(object)));
        if (!managed_dict(object)) managed_dict(object) = TRY(new_instance_dict(object)).release();
        return share(managed_dict(object));
    }
    Object** slot = instance_dict_slot(object);
    if (!slot) return nullptr;
    if (!*slot) *slot = TRY(new_instance_dict(object)).release();
    return share(as_dict(*slot));
}

}  // namespace py
