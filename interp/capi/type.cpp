// PyType_*: readying extensions' static types, making heap types from specs, asking types.
#include <cstring>

#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/module_definition.h"
#include "interp/objects/str.h"
#include "interp/objects/type_internal.h"

namespace py {

namespace {

struct TypeSlot {  // PyType_Slot
    int slot;
    void* value;
};
struct Spec {  // PyType_Spec
    const char* name;
    int basic_size, item_size;
    unsigned flags;
    TypeSlot* slots;
};
constexpr int kLastSlot = 81;
const int slot_offsets[kLastSlot + 1] = {
    0,
#define SLOT(number, name, field) offsetof(HeapType, field),
#include "interp/capi/type_slots.def"
#undef SLOT
};
void*& slot_field(Type* type, int slot) {
    return *reinterpret_cast<void**>(reinterpret_cast<char*>(type) + slot_offsets[slot]);
}
enum SpecialSlot : int { kBaseSlot = 48, kBasesSlot = 49, kDocSlot = 56 };

Fallible<Ref<Tuple>> bases_of(const Spec& spec, Object* bases) {
    Object* base = nullptr;
    for (TypeSlot* slot = spec.slots; !bases && slot->slot; ++slot) {
        if (slot->slot == kBaseSlot) base = static_cast<Object*>(slot->value);
        if (slot->slot == kBasesSlot) bases = static_cast<Object*>(slot->value);
    }
    if (!bases) return tuple_pack(base ? base : static_cast<Object*>(&object_type));
    if (is_tuple(bases)) return share(as_tuple(bases));
    return tuple_pack(bases);
}
// Members with these names say where instances keep their dict, weak references and vectorcall function.
void take_offset(Type* type, const MemberDef& member) {
    if (!strcmp(member.name, "__weaklistoffset__")) type->weaklist_offset = member.offset;
    if (!strcmp(member.name, "__dictoffset__")) type->dict_offset = member.offset;
    if (!strcmp(member.name, "__vectorcalloffset__")) type->vectorcall_offset = member.offset;
}
Fallible<void> set_names(HeapType* type, const char* name) {
    const char* dot = strrchr(name, '.');
    type->ht_name = TRY(str_from_utf8(dot ? dot + 1 : name))
    .release();
    type->ht_qualname = new_reference(type->ht_name);
    type->ht_tpname = static_cast<char*>(allocate(strlen(name) + 1));
    if (!type->ht_tpname) return raise_memory_error();
    type->name = strcpy(type->ht_tpname, name);
    type->dict = TRY(dict_new())
    .release();
    if (!dot) return warn(exc::DeprecationWarning, 1, "builtin type %.200s has no __module__ attribute", name);
    Ref<Str> module = intern(TRY(str_from_utf8({name, size_t(dot - name)})));
    return dict_set(type->dict, "__module__"_name, module.get());
}
Fallible<void> set_slots(HeapType* type, const Spec& spec) {
    for (TypeSlot* slot = spec.slots; slot->slot; ++slot) {
        if (slot->slot < 0 || slot->slot > kLastSlot) return raise(exc::RuntimeError, "invalid slot offset");
        if (slot->slot == kBaseSlot || slot->slot == kBasesSlot) continue;
        slot_field(type, slot->slot) = slot->value;
        if (slot->slot == kDocSlot && slot->value) {
            auto* text = static_cast<const char*>(slot->value);
            char* copy = static_cast<char*>(allocate(strlen(text) + 1));
            if (!copy) return raise_memory_error();
            type->doc = strcpy(copy, text);
        }
    }
    for (MemberDef* member = type->members; member && member->name; ++member)
        take_offset(type, *member);
    return {};
}
void set_tables(HeapType* type) {
    type->as_async = &type->async_methods;
    type->as_number = &type->number_methods;
    type->as_sequence = &type->sequence_methods;
    type->as_mapping = &type->mapping_methods;
    type->as_buffer = &type->buffer_methods;
}
Fallible<Ref<>> type_from_spec(Object* module, const Spec& spec, Object* bases_given) {
    Ref<Tuple> bases = TRY(bases_of(spec, bases_given));
    Type* base = TRY(best_base(bases.get()));
    if (!base->has(type_flag::kBase))
        return raise(exc::TypeError, "type '%.100s' is not an acceptable base type", base->name);
    Ref<HeapType> type = steal(static_cast<HeapType*>(generic_alloc(&type_type, 0)));
    if (!type) return raised;
    set_tables(type.get());
    type->flags = spec.flags | type_flag::kHeap;
    type->basic_size = spec.basic_size > 0 ? spec.basic_size : base->basic_size;
    type->item_size = spec.item_size;
    type->base = new_reference(base);
    type->bases = bases.release();
    TRY(set_names(type.get(), spec.name));
    TRY(set_slots(type.get(), spec));
    if (module) type->ht_module = new_reference(module);
    if (!type->dealloc) type->dealloc = subtype_dealloc;
    TRY(type_ready(type.get()));
    if (type->dict_offset && !type->has(type_flag::kManagedDict) && !base->dict_offset && !type->ht_cached_keys)
        type->ht_cached_keys = new_shared_keys();
    return type;
}

}  // namespace

API int PyType_Ready(Type* type) {
    return type_ready(type).release();
}
API Object* PyType_FromSpec(Spec* spec) {
    return type_from_spec(nullptr, *spec, nullptr).release();
}
API Object* PyType_FromSpecWithBases(Spec* spec, Object* bases) {
    return type_from_spec(nullptr, *spec, bases).release();
}
API Object* PyType_FromModuleAndSpec(Object* module, Spec* spec, Object* bases) {
    return type_from_spec(module, *spec, bases).release();
}
API void* PyType_GetSlot(Type* type, int slot) {
    if (slot < 1 || slot > kLastSlot) return raise(exc::SystemError, "bad argument to internal function");
    // A static type's tables of slots stand elsewhere: only the fields of the type itself are at their offsets.
    if (size_t(slot_offsets[slot]) < sizeof(Type) || type->has(type_flag::kHeap)) return slot_field(type, slot);
    struct Table {
        size_t start, size;
        void* base;
    } tables[] = {{offsetof(HeapType, async_methods), sizeof(AsyncMethods), type->as_async},
                  {offsetof(HeapType, number_methods), sizeof(NumberMethods), type->as_number},
                  {offsetof(HeapType, mapping_methods), sizeof(MappingMethods), type->as_mapping},
                  {offsetof(HeapType, sequence_methods), sizeof(SequenceMethods), type->as_sequence},
                  {offsetof(HeapType, buffer_methods), sizeof(BufferMethods), type->as_buffer}};
    for (const Table& table : tables)
        if (size_t at = size_t(slot_offsets[slot]) - table.start; at < table.size)
            return table.base ? *reinterpret_cast<void**>(static_cast<char*>(table.base) + at) : nullptr;
    return nullptr;
}
API unsigned long PyType_GetFlags(Type* type) {
    return type->flags;
}
API int PyType_IsSubtype(Type* type, Type* base) {
    return is_subtype(type, base);
}
API void PyType_Modified(Type* type) {
    type_modified(type);
}
API unsigned PyType_ClearCache() {
    return 0;
}
API Object* PyType_GenericAlloc(Type* type, ssize_t items) {
    return generic_alloc(type, items);
}
API Object* PyType_GenericNew(Type* type, Object*, Object*) {
    return type->alloc(type, 0);
}
API Object* _PyType_Lookup(Type* type, Object* name) {
    return type_lookup(type, as_str(name));
}
API Object* PyType_GetName(Type* type) {
    return str_from_utf8(type_name_tail(type)).release();
}
API Object* PyType_GetQualName(Type* type) {
    return type_qualname(type).release();
}
API const char* _PyType_Name(Type* type) {
    return type_name_tail(type);
}
API Object* PyType_GetModule(Type* type) {
    if (!type->has(type_flag::kHeap))
        return raise(exc::TypeError, "PyType_GetModule: Type '%s' is not a heap type", type->name);
    Object* module = as_heap_type(type)->ht_module;
    if (!module) return raise(exc::TypeError, "PyType_GetModule: Type '%s' has no associated module", type->name);
    return module;
}
API void* PyType_GetModuleState(Type* type) {
    Object* module = PyType_GetModule(type);
    return module ? static_cast<Module*>(module)->state : nullptr;
}
API Object* PyType_GetModuleByDef(Type* type, ModuleDef* definition) {
    for (ssize_t i = 0; type->mro && i < type->mro->size; ++i) {
        Type* each = as_type(type->mro->items[i]);
        if (!each->has(type_flag::kHeap)) continue;
        Object* module = as_heap_type(each)->ht_module;
        if (module && is_module(module) && static_cast<Module*>(module)->definition == definition) return module;
    }
    return raise(exc::TypeError, "PyType_GetModuleByDef: No superclass of '%s' has the given module", type->name);
}
API int PyObject_TypeCheck(Object* object, Type* type) {
    return is_instance_of(object, *type);
}

}  // namespace py
