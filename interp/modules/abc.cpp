// _abc: abstract base classes (PEP 3119): registries and the caches of subclass checks, as sets of weak references.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/type.h"

namespace py {
namespace {

struct AbcData : Object {
    Set *registry, *cache, *negative_cache;  // of weak references; null while empty
    uint64_t negative_version;               // the token the negative cache belongs to
};
// Grows with every registration anywhere: negative answers from before are void then.
uint64_t invalidation_counter = 0;
constexpr unsigned long kCollectionFlags = type_flag::kSequence | type_flag::kMapping;

constinit Type data_type = static_type({
    .name = "_abc._abc_data",
    .basic_size = sizeof(AbcData),
    .flags = type_flag::kHaveGc,
    .doc = "Internal state held by ABC machinery.",
    .dealloc = dealloc_members<&AbcData::registry, &AbcData::cache, &AbcData::negative_cache>,
    .traverse = traverse_members<&AbcData::registry, &AbcData::cache, &AbcData::negative_cache>,
    .clear = clear_members<&AbcData::registry, &AbcData::cache, &AbcData::negative_cache>,
});

Fallible<Ref<AbcData>> data_of(Object* self) {
    Ref<> data = TRY(get_attr(self, "_abc_impl"_name));
    if (data->type != &data_type) return raise(exc::TypeError, "_abc_impl is set to a wrong type");
    return std::move(data).cast<AbcData>();
}

// Takes a dead reference out of its set; self is a weak reference to the set.
Fallible<Ref<>> discard_dead(Object* set_reference, Object* reference) {
    Ref<> set = weakref_get(set_reference);
    if (set) TRY(set_discard(as_set(set.get()), reference));
    return share(none());
}
MethodDef discard_definition = {"_destroy", (CFunction)wrap_o<discard_dead>, kO, nullptr};

Fallible<void> add_weak(Set** set, Object* object) {
    if (!*set) *set = TRY(set_new(nullptr)).release();
    Ref<> set_reference = TRY(weakref_new(*set, nullptr));
    Ref<> callback = TRY(builtin_function_new(&discard_definition, set_reference.get(), nullptr));
    Ref<> reference = TRY(weakref_new(object, callback.get()));
    return set_add(*set, reference.get());
}
Fallible<bool> in_weak_set(Set* set, Object* object) {
    if (!set || set->used == 0) return false;
    auto made = weakref_new(object, nullptr);
    if (!made.ok()) {
        if (clear_error_if(exc::TypeError)) return false;
        return raised;
    }
    Ref<> reference = made.take();
    Ref<Set> held = share(set);
    return set_contains(set, reference.get());
}

Fallible<void> add_own_abstracts(Object* self, Set* abstracts) {
    Ref<> dict = TRY(get_attr(self, "__dict__"_name));
    Ref<> items = TRY(mapping_items(dict.get()));
    for (ssize_t i = 0; i < as_list(items.get())->size; ++i) {
        Ref<> item = share(as_list(items.get())->items[i]);
        if (!is_tuple(item.get()) || as_tuple(item.get())->size != 2) return raise(exc::TypeError, "iteration over non-pairs");
        if (TRY(object_is_abstract(as_tuple(item.get())->items[1]))) TRY(set_add(abstracts, as_tuple(item.get())->items[0]));
    }
    return {};
}
Fallible<void> add_inherited_abstracts(Object* self, Object* base, Set* abstracts) {
    Ref<> names = TRY(lookup_attr(base, "__abstractmethods__"_name));
    if (!names) return {};
    Ref<> iterator = TRY(iter(names.get()));
    while (Ref<> name = TRY(next(iterator.get()))) {
        if (!is_str(name.get())) return name_not_str(name.get());
        Ref<> value = TRY(lookup_attr(self, as_str(name.get())));
        if (value && TRY(object_is_abstract(value.get()))) TRY(set_add(abstracts, name.get()));
    }
    return {};
}
Fallible<void> compute_abstract_methods(Object* self) {
    Ref<Set> abstracts = TRY(set_new(nullptr));
    TRY(add_own_abstracts(self, abstracts.get()));
    Ref<> bases = TRY(get_attr(self, "__bases__"_name));
    if (!is_tuple(bases.get())) return raise(exc::TypeError, "__bases__ is not tuple");
    for (ssize_t i = 0; i < as_tuple(bases.get())->size; ++i)
        TRY(add_inherited_abstracts(self, as_tuple(bases.get())->items[i], abstracts.get()));
    Ref<Set> frozen = TRY(frozenset_new(abstracts.get()));
    return set_attr(self, "__abstractmethods__"_name, frozen.get());
}

// PEP 634: collections.abc.Sequence and Mapping mark what pattern matching takes for either.
Fallible<void> take_pattern_flags(Type* type) {
    Ref<> flags = TRY(dict_get(type->dict, "__abc_tpflags__"_name));
    if (!flags) return {};
    if (is_int(flags.get())) {
        auto value = (unsigned long)as_uint64_masked(as_int(flags.get())) & kCollectionFlags;
        if (value == kCollectionFlags)
            return raise(exc::TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
        type->flags |= value;
    }
    TRY(dict_delete(type->dict, "__abc_tpflags__"_name));
    return {};
}
Fallible<void> set_pattern_flag(Type* type, unsigned long flag) {
    if (type->has(type_flag::kImmutable) || (type->flags & kCollectionFlags) == flag) return {};
    type->flags = (type->flags & ~kCollectionFlags) | flag;
    Ref<> subclasses = TRY(call_method(type, "__subclasses__"_name));
    if (!is_list(subclasses.get())) return {};
    for (ssize_t i = 0; i < as_list(subclasses.get())->size; ++i)
        if (is_type(as_list(subclasses.get())->items[i]))
            TRY(set_pattern_flag(static_cast<Type*>(as_list(subclasses.get())->items[i]), flag));
    return {};
}

// _abc._abc_init($module, self, /)
Fallible<Ref<>> abc_init(Object*, Object* self) {
    TRY(compute_abstract_methods(self));
    Ref<AbcData> data = TRY(Fallible<Ref<AbcData>>(make_gc<AbcData>(data_type)));
    data->registry = data->cache = data->negative_cache = nullptr;
    data->negative_version = invalidation_counter;
    gc_track(data.get());
    TRY(set_attr(self, "_abc_impl"_name, data.get()));
    if (is_type(self)) TRY(take_pattern_flags(static_cast<Type*>(self)));
    return share(none());
}

// _abc._abc_register($module, self, subclass, /)
Fallible<Ref<>> abc_register(Object*, Object* const* bound) {
    Object *self = bound[0], *subclass = bound[1];
    if (!is_type(subclass)) return raise(exc::TypeError, "Can only register classes");
    if (TRY(is_subclass(subclass, self))) return share(subclass);
    if (TRY(is_subclass(self, subclass))) return raise(exc::RuntimeError, "Refusing to create an inheritance cycle");
    Ref<AbcData> data = TRY(data_of(self));
    TRY(add_weak(&data->registry, subclass));
    ++invalidation_counter;
    unsigned long flag = is_type(self) ? static_cast<Type*>(self)->flags & kCollectionFlags : 0;
    if (flag) TRY(set_pattern_flag(static_cast<Type*>(subclass), flag));
    return share(subclass);
}

// _abc._abc_instancecheck($module, self, instance, /)
Fallible<Ref<>> abc_instancecheck(Object*, Object* const* bound) {
    Object *self = bound[0], *instance = bound[1];
    Ref<AbcData> data = TRY(data_of(self));
    Ref<> subclass = TRY(get_attr(instance, "__class__"_name));
    if (TRY(in_weak_set(data->cache, subclass.get()))) return bool_from(true);
    Ref<> subtype = share(static_cast<Object*>(instance->type));
    if (subtype.get() == subclass.get()) {
        if (data->negative_version == invalidation_counter && TRY(in_weak_set(data->negative_cache, subclass.get())))
            return bool_from(false);
        return call_method(self, "__subclasscheck__"_name, subclass.get());
    }
    // An object may claim another class; either counts.
    Ref<> result = TRY(call_method(self, "__subclasscheck__"_name, subclass.get()));
    if (TRY(is_true(result.get()))) return result;
    return call_method(self, "__subclasscheck__"_name, subtype.get());
}

enum class Verdict { No, Yes, Unknown };
Fallible<Verdict> ask_caches(AbcData* data, Object* subclass) {
    if (TRY(in_weak_set(data->cache, subclass))) return Verdict::Yes;
    if (data->negative_version < invalidation_counter) {
        if (data->negative_cache) clear_slot(data->negative_cache);
        data->negative_version = invalidation_counter;
    } else if (TRY(in_weak_set(data->negative_cache, subclass))) {
        return Verdict::No;
    }
    return Verdict::Unknown;
}
Fallible<Verdict> ask_hook(Object* self, Object* subclass) {
    Ref<> answer = TRY(call_method(self, "__subclasshook__"_name, subclass));
    if (answer.get() == py_true()) return Verdict::Yes;
    if (answer.get() == py_false()) return Verdict::No;
    if (answer.get() == not_implemented()) return Verdict::Unknown;
    return raise(exc::AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
}
Fallible<bool> ask_registry(AbcData* data, Object* subclass) {
    if (!data->registry) return false;
    if (TRY(in_weak_set(data->registry, subclass))) return true;
    // A copy: the checks below run Python, which may register more.
    Ref<List> registered = TRY(list_of(data->registry));
    for (ssize_t i = 0; i < registered->size; ++i) {
        Ref<> each = weakref_get(registered->items[i]);
        if (each && TRY(is_subclass(subclass, each.get()))) return true;
    }
    return false;
}
Fallible<bool> ask_subclasses(Object* self, Object* subclass) {
    Ref<> subclasses = TRY(call_method(self, "__subclasses__"_name));
    if (!is_list(subclasses.get())) return raise(exc::TypeError, "__subclasses__() must return a list");
    for (ssize_t i = 0; i < as_list(subclasses.get())->size; ++i) {
        Ref<> each = share(as_list(subclasses.get())->items[i]);
        if (TRY(is_subclass(subclass, each.get()))) return true;
    }
    return false;
}
Fallible<bool> decide(AbcData* data, Object* self, Object* subclass) {
    Verdict hook = TRY(ask_hook(self, subclass));
    if (hook != Verdict::Unknown) return hook == Verdict::Yes;
    if (is_type(self) && is_subtype(static_cast<Type*>(subclass), static_cast<Type*>(self))) return true;
    if (TRY(ask_registry(data, subclass))) return true;
    return ask_subclasses(self, subclass);
}
// _abc._abc_subclasscheck($module, self, subclass, /)
Fallible<Ref<>> abc_subclasscheck(Object*, Object* const* bound) {
    Object *self = bound[0], *subclass = bound[1];
    if (!is_type(subclass)) return raise(exc::TypeError, "issubclass() arg 1 must be a class");
    Ref<AbcData> data = TRY(data_of(self));
    Verdict known = TRY(ask_caches(data.get(), subclass));
    if (known != Verdict::Unknown) return bool_from(known == Verdict::Yes);
    bool result = TRY(decide(data.get(), self, subclass));
    TRY(add_weak(result ? &data->cache : &data->negative_cache, subclass));
    return bool_from(result);
}

Fallible<Ref<>> copy_of(Set* set) { return set_new(set); }
// _abc._get_dump($module, self, /)
Fallible<Ref<>> get_dump(Object*, Object* self) {
    Ref<AbcData> data = TRY(data_of(self));
    Ref<> registry = TRY(copy_of(data->registry)), cache = TRY(copy_of(data->cache)), negative = TRY(copy_of(data->negative_cache));
    Ref<Int> version = TRY(int_from_unsigned(data->negative_version));
    return tuple_pack(registry.get(), cache.get(), negative.get(), static_cast<Object*>(version.get()));
}
// _abc._reset_registry($module, self, /)
Fallible<Ref<>> reset_registry(Object*, Object* self) {
    Ref<AbcData> data = TRY(data_of(self));
    clear_slot(data->registry);
    return share(none());
}
// _abc._reset_caches($module, self, /)
Fallible<Ref<>> reset_caches(Object*, Object* self) {
    Ref<AbcData> data = TRY(data_of(self));
    clear_slot(data->cache);
    clear_slot(data->negative_cache);
    return share(none());
}
// _abc.get_cache_token($module, /)
Fallible<Ref<>> get_cache_token(Object*) { return int_from_unsigned(invalidation_counter); }

MethodDef abc_methods[] = {
    METHOD_NOARGS("get_cache_token", get_cache_token, "($module, /)",
                  "The token of the current state of all registries: it changes with every call of register()."),
    METHOD_O("_abc_init", abc_init, "($module, self, /)", "Internal ABC helper for class set-up."),
    METHOD_O("_reset_registry", reset_registry, "($module, self, /)", "Internal ABC helper: forget what was registered."),
    METHOD_O("_reset_caches", reset_caches, "($module, self, /)", "Internal ABC helper: forget both caches."),
    METHOD_O("_get_dump", get_dump, "($module, self, /)", "Internal ABC helper for cache and registry debugging."),
    METHOD("_abc_register", abc_register, "($module, self, subclass, /)", "Internal ABC helper for registration."),
    METHOD("_abc_instancecheck", abc_instancecheck, "($module, self, instance, /)", "Internal ABC helper for instance checks."),
    METHOD("_abc_subclasscheck", abc_subclasscheck, "($module, self, subclass, /)", "Internal ABC helper for subclass checks."),
    END_ROW,
};

Fallible<void> abc_execute(Module*) { return type_ready(&data_type); }

}  // namespace

extern const NativeModule abc_module;
const NativeModule abc_module = {"_abc", "The native half of abc.ABCMeta.", abc_methods, abc_execute};

}  // namespace py
