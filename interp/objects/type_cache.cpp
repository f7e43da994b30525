// Look-up along the MRO, the cache in front of it, and the version tags that keep the cache true.
#include <utility>

#include "interp/objects/errors.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

constexpr int kCacheBits = 12;
constexpr ssize_t kLongestCachedName = 100;
struct CacheEntry {
    unsigned version;  // of the type; 0: empty
    Str* name;         // owned, so that its address is not another name's
    Object* value;     // borrowed from the type's MRO; null: absent
};
CacheEntry cache[1 << kCacheBits];
unsigned next_version = 1;  // 0 once tags have run out

inline CacheEntry& entry_for(unsigned version, const Str* name) {
    return cache[(version ^ unsigned(reinterpret_cast<uintptr_t>(name) >> 3)) & ((1 << kCacheBits) - 1)];
}

// Along the MRO, past the cache. Borrowed.
Object* find_in_mro(Type* type, Str* name) {
    if (!type->mro) {
        if (type->has(type_flag::kReadying)) return nullptr;
        if (!type_ready(type).ok()) {
            clear_error();
            return nullptr;
        }
    }
    // Comparing keys that are not exact str may run Python and change the MRO.
    Ref<Tuple> mro = share(type->mro);
    for (ssize_t i = 0; i < mro->size; ++i) {
        Dict* dict = as_type(mro->items[i])->dict;
        if (!dict) continue;
        if (Object* found = dict_get_str(dict, name)) return found;
        if (error_occurred()) clear_error();
    }
    return nullptr;
}

}  // namespace

Object* type_lookup(Type* type, Str* name) {
    if (type->version_tag) [[likely]] {
        CacheEntry& entry = entry_for(type->version_tag, name);
        if (entry.version == type->version_tag && entry.name == name) [[likely]]
            return entry.value;
    }
    // A pending exception must survive the look-up.
    Object* found;
    if (error_occurred()) [[unlikely]] {
        SavedError saved;
        found = find_in_mro(type, name);
    } else {
        found = find_in_mro(type, name);
    }
    if (is_str_exact(name) && name->length <= kLongestCachedName && type_assign_version(type)) {
        CacheEntry& entry = entry_for(type->version_tag, name);
        entry.version = type->version_tag;
        entry.value = found;
        replace_slot(entry.name, new_reference(name));
    }
    return found;
}

static void drop_version(Type* type) {
    type->flags &= ~type_flag::kValidVersion;
    type->version_tag = 0;
    if (type->has(type_flag::kHeap)) as_heap_type(type)->cached_getitem = nullptr;
}

void type_modified(Type* type) {
    // A subclass has a valid tag only when all its bases have: nothing below an invalid one needs a visit.
    if (!type->has(type_flag::kValidVersion)) return;
    drop_version(type);
    // Hierarchies of classes may be deeper than the stack: those to visit are chained through `cached_getitem`, empty by now.
    for (Type* pending = nullptr;;) {
        ssize_t position = 0;
        Object* reference;
        while (type->subclasses && dict_next(type->subclasses, &position, nullptr, &reference)) {
            Ref<> found = weakref_get(reference);
            if (!found || !as_type(found.get())->has(type_flag::kValidVersion)) continue;
            Type* subclass = as_type(found.get());
            if (!subclass->has(type_flag::kHeap)) {
                type_modified(subclass);
                continue;
            }
            drop_version(subclass);
            as_heap_type(subclass)->cached_getitem = reinterpret_cast<Function*>(pending);
            pending = subclass;
        }
        if (!pending) return;
        type = pending;
        pending = reinterpret_cast<Type*>(std::exchange(as_heap_type(type)->cached_getitem, nullptr));
    }
}

bool type_assign_version(Type* type) {
    if (type->has(type_flag::kValidVersion)) return true;
    if (!type->has(type_flag::kReady) || next_version == 0 || stack_is_low()) return false;
    Tuple* bases = type->bases;
    for (ssize_t i = 0; bases && i < bases->size; ++i)
        if (!type_assign_version(as_type(bases->items[i]))) return false;
    if (next_version == 0) return false;
    type->version_tag = next_version++;
    type->flags |= type_flag::kValidVersion;
    return true;
}

void type_cache_clear() {
    for (CacheEntry& entry : cache) {
        entry.version = 0;
        entry.value = nullptr;
        clear_slot(entry.name);
    }
}

}  // namespace py
