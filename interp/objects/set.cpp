// set and frozenset: the hash table (CPython's probe sequence and growth, since iteration order is visible), life
// cycle, iterator and type objects. Set algebra and methods are in set_operations.cpp.
#include "interp/objects/abstract.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/set_table.h"

#include "interp/objects/module.h"

namespace py {

constinit Object set_dummy = {kImmortalRefcount, &object_type};

namespace {

constexpr size_t kMinTable = 8;
constexpr size_t kLinearProbes = 9;

// Walks the probe path; visit(entry) returns true to stop.
template <class Visitor>
SetEntry* probe_entries(SetEntry* table, size_t mask, Hash key_hash_value, Visitor stop) {
    size_t perturb = size_t(key_hash_value), i = perturb & mask;
    for (;;) {
        SetEntry* entry = table + i;
        size_t more = i + kLinearProbes <= mask ? kLinearProbes : 0;
        for (;; ++entry) {
            if (stop(entry)) return entry;
            if (more-- == 0) break;
        }
        perturb >>= kProbeShift;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

// The entry with the key, or the unused one that ends its path; null when a comparison raised. *deleted: the last
// deleted entry on the path (null: none).
SetEntry* find(Set* set, Object* key, Hash key_hash_value, SetEntry** deleted) {
    enum { kDone, kRaised, kRestart } outcome;
    for (;;) {
        outcome = kDone;
        *deleted = nullptr;
        SetEntry* table = set->table;
        SetEntry* found = probe_entries(table, size_t(set->mask), key_hash_value, [&](SetEntry* entry) {
            if (!entry->key) return true;
            if (entry->hash != key_hash_value) {
                if (entry->hash == -1) *deleted = entry;
                return false;
            }
            Object* stored = entry->key;
            if (stored == key) return true;
            int quick = quick_equal(stored, key);
            if (quick >= 0) return quick != 0;
            Ref<> held = share(stored);
            auto equal = rich_compare_bool(stored, key, kEqual);
            if (!equal.ok()) {
                outcome = kRaised;
                return true;
            }
            if (set->table != table || entry->key != stored) {
                outcome = kRestart;
                return true;
            }
            return equal.take();
        });
        if (outcome == kDone) return found;
        if (outcome == kRaised) return nullptr;
    }
}

void insert_clean(SetEntry* table, size_t mask, Object* key, Hash key_hash_value) {
    SetEntry* entry = probe_entries(table, mask, key_hash_value, [](SetEntry* e) { return !e->key; });
    entry->key = key;
    entry->hash = key_hash_value;
}

}  // namespace

Fallible<void> set_resize(Set* set, size_t at_least) {
    size_t size = kMinTable;
    while (size <= at_least) {
        size <<= 1;
        if (size > (size_t(1) << 58)) return raise_memory_error();
    }
    SetEntry* old = set->table;
    size_t old_mask = size_t(set->mask);
    SetEntry kept[kMinTable];
    SetEntry* table;
    bool old_is_heap = old != set->small_table;
    if (size == kMinTable) {
        table = set->small_table;
        if (table == old) {
            if (set->fill == set->used) return {};
            std::memcpy(kept, old, sizeof kept);
            old = kept;
        }
    } else {
        table = static_cast<SetEntry*>(allocate(size * sizeof(SetEntry)));
        if (!table) return raise_memory_error();
    }
    std::memset(table, 0, size * sizeof(SetEntry));
    set->mask = ssize_t(size - 1);
    set->table = table;
    for (size_t i = 0; i <= old_mask; ++i)
        if (entry_is_live(old[i])) insert_clean(table, size - 1, old[i].key, old[i].hash);
    set->fill = set->used;
    if (old_is_heap) deallocate(old);
    return {};
}

Fallible<void> set_add_hashed(Set* set, Object* key, Hash key_hash_value) {
    Ref<> held = share(key);
    SetEntry* deleted;
    SetEntry* entry = find(set, key, key_hash_value, &deleted);
    if (!entry) return raised;
    if (entry->key) return {};
    ++set->used;
    if (deleted) entry = deleted;
    entry->key = held.release();
    entry->hash = key_hash_value;
    if (deleted) return {};
    ++set->fill;
    if (size_t(set->fill) * 5 < size_t(set->mask) * 3) return {};
    return set_resize(set, set_growth(set));
}

Fallible<bool> set_contains_hashed(Set* set, Object* key, Hash key_hash_value) {
    SetEntry* deleted;
    SetEntry* entry = find(set, key, key_hash_value, &deleted);
    if (!entry) return raised;
    return entry->key != nullptr;
}

Fallible<bool> set_discard_hashed(Set* set, Object* key, Hash key_hash_value) {
    SetEntry* deleted;
    SetEntry* entry = find(set, key, key_hash_value, &deleted);
    if (!entry) return raised;
    if (!entry->key) return false;
    Ref<> dying = steal(entry->key);
    entry->key = &set_dummy;
    entry->hash = -1;
    --set->used;
    return true;
}

Fallible<void> set_add(Set* set, Object* key) {
    return set_add_hashed(set, key, TRY(key_hash(key)));
}
Fallible<bool> set_contains(Set* set, Object* key) {
    return set_contains_hashed(set, key, TRY(key_hash(key)));
}
Fallible<bool> set_discard(Set* set, Object* key) {
    return set_discard_hashed(set, key, TRY(key_hash(key)));
}

bool set_next(Set* set, ssize_t* position, Object** key, Hash* key_hash_value) {
    ssize_t i = *position;
    while (i <= set->mask && !entry_is_live(set->table[i]))
        ++i;
    if (i > set->mask) {
        *position = i;
        return false;
    }
    *position = i + 1;
    *key = set->table[i].key;
    if (key_hash_value) *key_hash_value = set->table[i].hash;
    return true;
}

void set_clear(Set* set) {
    if (set->fill == 0 && set->table == set->small_table) return;
    SetEntry kept[kMinTable];
    SetEntry* old = set->table;
    ssize_t old_mask = set->mask, used = set->used;
    bool old_is_heap = old != set->small_table;
    if (!old_is_heap) {
        std::memcpy(kept, old, sizeof kept);
        old = kept;
    }
    std::memset(set->small_table, 0, sizeof set->small_table);
    set->table = set->small_table;
    set->mask = kMinTable - 1;
    set->fill = set->used = 0;
    set->hash_value = -1;
    for (ssize_t i = 0; i <= old_mask && used > 0; ++i)
        if (entry_is_live(old[i])) {
            --used;
            decref(old[i].key);
        }
    if (old_is_heap) deallocate(old);
}

Fallible<Ref<>> set_pop(Set* set) {
    if (set->used == 0) {
        Ref<Str> message = TRY(str_from_ascii("pop from an empty set"));
        return raise_object(exc::KeyError, message.get());
    }
    SetEntry *entry = set->table + (set->finger & set->mask), *limit = set->table + set->mask;
    while (!entry_is_live(*entry))
        if (++entry > limit) entry = set->table;
    Ref<> key = steal(entry->key);
    entry->key = &set_dummy;
    entry->hash = -1;
    --set->used;
    set->finger = entry - set->table + 1;
    return key;
}

Fallible<void> set_merge(Set* set, Set* other) {
    if (other == set || other->used == 0) return {};
    if (size_t(set->fill + other->used) * 5 >= size_t(set->mask) * 3)
        TRY(set_resize(set, size_t(set->used + other->used) * 2));
    // FAST: into an empty set no comparison is needed; equal tables are copied as they are.
    if (set->fill == 0 && set->mask == other->mask && other->fill == other->used) {
        for (ssize_t i = 0; i <= other->mask; ++i) {
            set->table[i] = other->table[i];
            xincref(set->table[i].key);
        }
        set->fill = other->fill;
        set->used = other->used;
        return {};
    }
    if (set->fill == 0) {
        set->fill = set->used = other->used;
        for (ssize_t i = 0; i <= other->mask; ++i)
            if (entry_is_live(other->table[i]))
                insert_clean(set->table, size_t(set->mask), new_reference(other->table[i].key), other->table[i].hash);
        return {};
    }
    for (ssize_t i = 0; i <= other->mask; ++i)
        if (entry_is_live(other->table[i])) TRY(set_add_hashed(set, other->table[i].key, other->table[i].hash));
    return {};
}

namespace {

Fallible<void> update_from_dict(Set* set, Dict* dict) {
    if (size_t(set->fill + dict->used) * 5 >= size_t(set->mask) * 3)
        TRY(set_resize(set, size_t(set->used + dict->used) * 2));
    ssize_t position = 0;
    Object* key;
    Hash key_hash_value;
    while (dict_next(dict, &position, &key, nullptr, &key_hash_value))
        TRY(set_add_hashed(set, key, key_hash_value));
    return {};
}

}  // namespace

Fallible<void> set_update(Set* set, Object* iterable) {
    if (is_any_set(iterable)) return set_merge(set, as_set(iterable));
    if (is_dict_exact(iterable)) return update_from_dict(set, as_dict(iterable));
    Ref<> iterator = TRY(iter(iterable));
    while (Ref<> key = TRY(next(iterator.get())))
        TRY(set_add(set, key.get()));
    return {};
}

void set_swap(Set* a, Set* b) {
    bool a_small = a->table == a->small_table, b_small = b->table == b->small_table;
    std::swap(a->fill, b->fill);
    std::swap(a->used, b->used);
    std::swap(a->mask, b->mask);
    std::swap(a->table, b->table);
    if (a_small) b->table = b->small_table;
    if (b_small) a->table = a->small_table;
    if (a_small || b_small)
        for (size_t i = 0; i < kMinTable; ++i)
            std::swap(a->small_table[i], b->small_table[i]);
    if (is_subtype(a->type, &frozenset_type) && is_subtype(b->type, &frozenset_type))
        std::swap(a->hash_value, b->hash_value);
    else
        a->hash_value = b->hash_value = -1;
}

namespace {

void set_initialise(Set* set) {
    set->fill = set->used = 0;
    set->mask = kMinTable - 1;
    set->table = set->small_table;
    set->hash_value = -1;
    set->finger = 0;
    set->weaklist = nullptr;
    std::memset(set->small_table, 0, sizeof set->small_table);
}

}  // namespace

Fallible<Ref<Set>> set_new_of_type(Type* type, Object* iterable) {
    Set* made;
    if (type == &set_type || type == &frozenset_type) {
        made = static_cast<Set*>(gc_object_new(type, sizeof(Set)));
        if (!made) return raised;
        set_initialise(made);
        gc_track(made);
    } else {
        made = static_cast<Set*>(type->alloc(type, 0));
        if (!made) return raised;
        set_initialise(made);
    }
    Ref<Set> set = steal(made);
    if (iterable) TRY(set_update(made, iterable));
    return set;
}

Fallible<Ref<Set>> set_new_like(Set* set, Object* iterable) {
    return set_new_of_type(is_set(set) ? &set_type : &frozenset_type, iterable);
}

Fallible<Ref<Set>> set_new(Object* iterable) {
    return set_new_of_type(&set_type, iterable);
}
Fallible<Ref<Set>> frozenset_new(Object* iterable) {
    return set_new_of_type(&frozenset_type, iterable);
}

namespace {

void set_dealloc(Object* object) {
    Set* set = as_set(object);
    gc_untrack(set);
    DeallocGuard guard(set);
    if (!guard.entered()) return;
    if (set->weaklist) clear_weakrefs(set);
    ssize_t used = set->used;
    for (SetEntry* entry = set->table; used > 0; ++entry)
        if (entry_is_live(*entry)) {
            --used;
            decref(entry->key);
        }
    if (set->table != set->small_table) deallocate(set->table);
    object_memory_free(set);
}

int set_traverse(Object* object, Visit visit, void* arg) {
    ssize_t position = 0;
    Object* key;
    while (set_next(as_set(object), &position, &key, nullptr))
        VISIT(key);
    return 0;
}

int set_clear_slot(Object* object) {
    set_clear(as_set(object));
    return 0;
}

ssize_t set_length(Object* object) {
    return as_set(object)->used;
}

// A set looked for in a set: compared as the frozenset of its elements.
int set_contains_slot(Object* object, Object* key) {
    auto found = set_contains(as_set(object), key);
    if (found.ok()) return found.take();
    if (!is_set(key) || !clear_error_if(exc::TypeError)) return -1;
    Ref<Set> frozen = TRY(frozenset_new(key));
    return TRY(set_contains(as_set(object), frozen.get()));
}

Fallible<Ref<>> set_repr(Object* object) {
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return format_str("%s(...)", type_short_name(object->type));
    if (as_set(object)->used == 0) return format_str("%s()", type_short_name(object->type));
    Ref<List> keys = TRY(list_of(object));
    Ref<Str> text = TRY(repr(keys.get()));
    Ref<Str> inner = TRY(str_substring(text.get(), 1, text->length - 1));
    if (object->type == &set_type) return format_str("{%U}", inner.get());
    return format_str("%s({%U})", type_short_name(object->type), inner.get());
}

size_t shuffle_bits(size_t h) {
    return ((h ^ 89869747u) ^ (h << 16)) * 3644798167u;
}

// Order-independent; entries that hold nothing are taken out of the mix again.
Hash frozenset_hash(Object* object) {
    Set* set = as_set(object);
    if (set->hash_value != -1) return set->hash_value;
    size_t mixed = 0;
    for (ssize_t i = 0; i <= set->mask; ++i)
        mixed ^= shuffle_bits(size_t(set->table[i].hash));
    if ((set->mask + 1 - set->fill) & 1) mixed ^= shuffle_bits(0);
    if ((set->fill - set->used) & 1) mixed ^= shuffle_bits(size_t(-1));
    mixed ^= (size_t(set->used) + 1) * 1927868237u;
    mixed ^= (mixed >> 11) ^ (mixed >> 25);
    mixed = mixed * 69069u + 907133923u;
    if (mixed == size_t(-1)) mixed = 590923713u;
    return set->hash_value = Hash(mixed);
}

// set(iterable=(), /)
int set_tp_init(Object* self, Object* args, Object* kwargs) {
    TRY(check_no_keywords("set", kwargs));
    TRY(check_positional("set", as_tuple(args)->size, 0, 1));
    Set* set = as_set(self);
    if (set->fill) set_clear(set);
    set->hash_value = -1;
    if (as_tuple(args)->size) TRY(set_update(set, as_tuple(args)->items[0]));
    return 0;
}
Object* set_tp_new(Type* type, Object*, Object*) {
    return set_new_of_type(type, nullptr).release();
}

Object* set_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("set", kwnames));
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_positional("set", nargs, 0, 1));
    return set_new_of_type(static_cast<Type*>(type), nargs ? args[0] : nullptr).release();
}

// frozenset(iterable=(), /)
Object* frozenset_make(Type* type, Object* iterable) {
    if (type == &frozenset_type && iterable && is_exact(iterable, frozenset_type)) return new_reference(iterable);
    return set_new_of_type(type, iterable).release();
}
Object* frozenset_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &frozenset_type || type->init == frozenset_type.init) TRY(check_no_keywords("frozenset", kwargs));
    TRY(check_positional("frozenset", as_tuple(args)->size, 0, 1));
    return frozenset_make(type, as_tuple(args)->size ? as_tuple(args)->items[0] : nullptr);
}
Object* frozenset_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("frozenset", kwnames));
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_positional("frozenset", nargs, 0, 1));
    return frozenset_make(static_cast<Type*>(type), nargs ? args[0] : nullptr);
}

struct SetIterator : Object {
    Set* set;      // null: exhausted
    ssize_t used;  // size when it began; -1 after a change of size was seen
    ssize_t position;
    ssize_t remaining;
};

Object* set_iter(Object* object) {
    auto iterator = static_cast<SetIterator*>(gc_object_new(&set_iterator_type, sizeof(SetIterator)));
    if (!iterator) return nullptr;
    Set* set = as_set(object);
    iterator->set = new_reference(set);
    iterator->used = iterator->remaining = set->used;
    iterator->position = 0;
    gc_track(iterator);
    return iterator;
}
void set_iterator_dealloc(Object* object) {
    gc_untrack(object);
    xdecref(static_cast<SetIterator*>(object)->set);
    gc_object_free(object);
}
Object* set_iterator_next(Object* object) {
    auto iterator = static_cast<SetIterator*>(object);
    Set* set = iterator->set;
    if (!set) return nullptr;
    if (iterator->used != set->used) {
        iterator->used = -1;
        return raise(exc::RuntimeError, "Set changed size during iteration");
    }
    Object* key;
    if (set_next(set, &iterator->position, &key, nullptr)) {
        --iterator->remaining;
        return new_reference(key);
    }
    clear_slot(iterator->set);
    return nullptr;
}
// set_iterator.__length_hint__()
Fallible<Ref<>> set_iterator_length_hint(Object* object) {
    auto iterator = static_cast<SetIterator*>(object);
    return int_from(iterator->set && iterator->used == iterator->set->used ? iterator->remaining : 0);
}

MethodDef set_iterator_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<set_iterator_length_hint>, kNoArgs, "How many elements are left."},
    {"__reduce__", (CFunction)wrap_no_args<set_iterator_reduce>, kNoArgs, "For pickle."},
    END_ROW,
};

SequenceMethods set_sequence = {.length = set_length, .contains = set_contains_slot};

}  // namespace

// set_iterator.__reduce__(): a list iterator over what is left; the iterator itself does not move.
Fallible<Ref<>> set_iterator_reduce(Object* object) {
    auto iterator = static_cast<SetIterator*>(object);
    Ref<Set> set = share(iterator->set);
    ssize_t used = iterator->used, position = iterator->position, remaining = iterator->remaining;
    Fallible<Ref<List>> rest = list_of(object);
    if (set && !iterator->set) iterator->set = set.release();
    iterator->used = used;
    iterator->position = position;
    iterator->remaining = remaining;
    Ref<List> list = TRY(std::move(rest));
    Ref<> builtin = TRY(builtin_attr("iter"));
    Ref<Tuple> arguments = TRY(tuple_pack(list.get()));
    return tuple_pack(builtin.get(), arguments.get());
}

constinit Type set_type = static_type({
    .name = "set",
    .basic_size = sizeof(Set),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kMatchSelf,
    .doc = "An unordered collection of distinct hashable elements; set(iterable) holds those of the iterable.",
    .dealloc = set_dealloc,
    .traverse = set_traverse,
    .clear = set_clear_slot,
    .repr = slot1<set_repr>,
    .hash = hash_not_implemented,
    .richcompare = set_richcompare,
    .vectorcall = set_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = set_iter,
    .number = &set_number,
    .sequence = &set_sequence,
    .methods = set_methods,
    .weaklist_offset = offsetof(Set, weaklist),
    .init = set_tp_init,
    .new_ = set_tp_new,
});
constinit Type frozenset_type = static_type({
    .name = "frozenset",
    .basic_size = sizeof(Set),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kMatchSelf,
    .doc = "An immutable, hashable set; frozenset(iterable) holds the elements of the iterable.",
    .dealloc = set_dealloc,
    .traverse = set_traverse,
    .clear = set_clear_slot,
    .repr = slot1<set_repr>,
    .hash = frozenset_hash,
    .richcompare = set_richcompare,
    .vectorcall = frozenset_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = set_iter,
    .number = &frozenset_number,
    .sequence = &set_sequence,
    .methods = frozenset_methods,
    .weaklist_offset = offsetof(Set, weaklist),
    .new_ = frozenset_tp_new,
});
constinit Type set_iterator_type = static_type({
    .name = "set_iterator",
    .basic_size = sizeof(SetIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = set_iterator_dealloc,
    .traverse = traverse_members<&SetIterator::set>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = set_iterator_next,
    .methods = set_iterator_methods,
});

}  // namespace py
