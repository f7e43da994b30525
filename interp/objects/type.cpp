// type: classes as objects. Their making, calling, attributes and layout have files of their own (type_*.cpp).
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/type_internal.h"
#include "interp/objects/types.h"

namespace py {
namespace {

Fallible<Ref<>> type_repr(Object* self) {
    Type* type = as_type(self);
    Ref<> module = TRY(lookup_attr(type, "__module__"_name));
    Ref<Str> qualname = TRY(type_qualname(type));
    if (module && is_str(module.get()) && !str_equals(as_str(module.get()), "builtins"))
        return format_str("<class '%U.%U'>", module.get(), qualname.get());
    return format_str("<class '%U'>", qualname.get());
}

// Only classes made at run time die.
void type_dealloc(Object* self) {
    Type* type = as_type(self);
    CHECK(type->has(type_flag::kHeap));
    HeapType* heap = as_heap_type(type);
    gc_untrack(self);
    {
        SavedError saved;
        remove_all_subclasses(type, type->bases);
    }
    type_modified(type);
    clear_weakrefs(self);
    clear_slot(type->base);
    clear_slot(type->dict);
    clear_slot(type->bases);
    clear_slot(type->mro);
    clear_slot(type->cache);
    clear_slot(type->subclasses);
    deallocate(const_cast<char*>(type->doc));
    clear_slot(heap->ht_name);
    clear_slot(heap->ht_qualname);
    clear_slot(heap->ht_slots);
    clear_slot(heap->ht_module);
    if (heap->ht_cached_keys) release_keys(heap->ht_cached_keys);
    heap->ht_cached_keys = nullptr;
    deallocate(heap->ht_tpname);
    object_memory_free(self);
}

int type_traverse(Object* self, Visit visit, void* arg) {
    Type* type = as_type(self);
    CHECK(type->has(type_flag::kHeap));
    VISIT(type->dict);
    VISIT(type->cache);
    VISIT(type->mro);
    VISIT(type->bases);
    VISIT(type->base);
    VISIT(as_heap_type(type)->ht_module);
    return 0;
}
// The MRO is the one cycle that always exists (it begins with the class itself); bases and base must stay for instances.
int type_clear(Object* self) {
    Type* type = as_type(self);
    type_modified(type);
    HeapType* heap = as_heap_type(type);
    if (type->dict) dict_clear(type->dict);
    clear_slot(heap->ht_module);
    clear_slot(type->mro);
    return 0;
}
int type_is_gc(Object* self) { return as_type(self)->has(type_flag::kHeap); }

// type.mro($self, /)
Fallible<Ref<>> type_mro_method(Object* self) {
    Ref<Tuple> mro = TRY(c3_mro(as_type(self)));
    return list_of(mro.get());
}
// type.__subclasses__($self, /)
Fallible<Ref<>> type_subclasses(Object* self) { return type_subclass_list(as_type(self)); }
// type.__prepare__(name, bases, /, **kwds)
Object* type_prepare(Object*, Object* const*, ssize_t, Object*) { return dict_new().release(); }
// type.__instancecheck__($self, instance, /)
Fallible<Ref<>> type_instancecheck(Object* self, Object* instance) {
    return Fallible<Ref<>>(share(bool_object(TRY(real_is_instance(instance, self)))));
}
// type.__subclasscheck__($self, subclass, /)
Fallible<Ref<>> type_subclasscheck(Object* self, Object* subclass) {
    return Fallible<Ref<>>(share(bool_object(TRY(real_is_subclass(subclass, self)))));
}

}  // namespace

Fallible<void> merge_class_dict(Dict* names, Object* klass) {
    Ref<> dict = TRY(lookup_attr(klass, "__dict__"_name));
    if (dict) TRY(dict_merge(names, dict.get(), OnDuplicate::Replace));
    Ref<> bases = TRY(lookup_attr(klass, "__bases__"_name));
    if (!bases || !is_tuple(bases.get())) return {};
    RecursionGuard guard(" in __dir__");
    if (!guard.ok()) return raised;
    for (ssize_t i = 0; i < as_tuple(bases.get())->size; ++i) TRY(merge_class_dict(names, as_tuple(bases.get())->items[i]));
    return {};
}
namespace {

// type.__dir__($self, /)
Fallible<Ref<>> type_dir(Object* self) {
    Ref<Dict> names = TRY(dict_new());
    TRY(merge_class_dict(names.get(), self));
    return dict_keys_list(names.get());
}
// type.__sizeof__($self, /)
Fallible<Ref<>> type_sizeof(Object* self) {
    Type* type = as_type(self);
    size_t size = sizeof(Type);
    if (type->has(type_flag::kHeap)) {
        size = sizeof(HeapType);
        if (DictKeys* keys = as_heap_type(type)->ht_cached_keys)
            size += sizeof(DictKeys) + (size_t(1) << keys->log2_index_bytes) + ((size_t(2) << keys->log2_size) / 3) * sizeof(DictStrEntry);
    }
    return int_from(int64_t(size));
}
Object* type_or(Object* a, Object* b) { return union_or(a, b).release(); }
NumberMethods type_number{.bit_or = type_or};

MemberDef type_members[] = {
    {"__basicsize__", kSsize, offsetof(Type, basic_size), kReadOnly, nullptr},
    {"__itemsize__", kSsize, offsetof(Type, item_size), kReadOnly, nullptr},
    {"__flags__", kULong, offsetof(Type, flags), kReadOnly, nullptr},
    {"__weakrefoffset__", kSsize, offsetof(Type, weaklist_offset), kReadOnly, nullptr},
    {"__base__", kObjectOrNone, offsetof(Type, base), kReadOnly, nullptr},
    {"__dictoffset__", kSsize, offsetof(Type, dict_offset), kReadOnly, nullptr},
    {"__mro__", kObjectOrNone, offsetof(Type, mro), kReadOnly, nullptr},
    END_ROW,
};

}  // namespace

MethodDef type_methods[] = {
    METHOD_NOARGS("mro", type_mro_method, "($self, /)", "The type's method resolution order, computed anew."),
    METHOD_NOARGS("__subclasses__", type_subclasses, "($self, /)", "A list of the living immediate subclasses."),
    {"__prepare__", reinterpret_cast<CFunction>(reinterpret_cast<void*>(type_prepare)), kFastcall | kKeywords | kClass,
     "__prepare__() -> dict\nThe namespace of the class statement."},
    METHOD_O("__instancecheck__", type_instancecheck, "($self, instance, /)", "Is the object an instance?"),
    METHOD_O("__subclasscheck__", type_subclasscheck, "($self, subclass, /)", "Is the class a subclass?"),
    METHOD_NOARGS("__dir__", type_dir, "($self, /)", "Specialized __dir__ implementation for types."),
    METHOD_NOARGS("__sizeof__", type_sizeof, "($self, /)", "Bytes of memory the type object takes."),
    END_ROW,
};

constinit Type type_type = static_type({
    .name = "type",
    .basic_size = sizeof(HeapType),
    .item_size = sizeof(MemberDef),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kTypeSubclass | type_flag::kHaveVectorcall,
    .doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .dealloc = type_dealloc,
    .traverse = type_traverse,
    .clear = type_clear,
    .repr = slot1<type_repr>,
    .call = type_call_slot,
    .vectorcall_offset = offsetof(Type, vectorcall),
    .vectorcall = type_vectorcall,
    .getattro = type_getattro,
    .setattro = type_setattro,
    .number = &type_number,
    .methods = type_methods,
    .members = type_members,
    .getset = type_getset,
    .dict_offset = offsetof(Type, dict),
    .weaklist_offset = offsetof(Type, weaklist),
    .init = type_init,
    .new_ = type_new,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
    .is_gc = type_is_gc,
});

}  // namespace py
