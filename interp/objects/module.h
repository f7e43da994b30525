// Module objects, native module definitions, and the small types sys and friends are made of.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/method_def.h"
#include "interp/objects/type.h"

namespace py {

struct ModuleDef;
struct Module : Object {
    Dict* dict;
    ModuleDef* definition;
    void* state;
    Object* weaklist;
    Str* name;
};
// An extension module's own hooks, if it has any (module_definition.cpp).
void module_definition_free(Module* module);
int module_definition_traverse(Module* module, Visit visit, void* arg);
void module_definition_clear(Module* module);
extern Type module_type asm("PyModule_Type");
inline bool is_module(const Object* object) { return is_instance_of(object, module_type); }

// A native module of ours: name, doc, methods, and a function that fills in the rest (types, constants). One per file in
// modules/, listed in modules/modules.def as MODULE(name, variable). `state_size` bytes of zeroed memory hang at module->state.
struct NativeModule {
    const char* name;
    const char* doc;
    MethodDef* methods;
    Fallible<void> (*execute)(Module* module);
};
// A new module with __name__, __doc__, methods, then execute() run.
Fallible<Ref<Module>> native_module_new(const NativeModule& definition);
Fallible<Ref<Module>> module_new(Str* name);
Fallible<void> module_add(Module* module, const char* name, Ref<> value);
Fallible<void> module_add(Module* module, const char* name, Fallible<Ref<>> value);
Fallible<void> module_add_int(Module* module, const char* name, int64_t value);
Fallible<void> module_add_str(Module* module, const char* name, const char* value);
Fallible<void> module_add_type(Module* module, Type* static_type);  // readies it, under its short name
Fallible<void> module_add_methods(Module* module, MethodDef* methods);

// A heap type made from C++ (exceptions such as struct.error): name "module.Name".
Fallible<Ref<>> exception_type_new(const char* qualified_name, Object* base_or_tuple, const char* doc);

// types.SimpleNamespace, capsules.
Fallible<Ref<>> namespace_new(Dict* attributes_or_null);
Fallible<Ref<>> capsule_new(void* pointer, const char* name, void (*destructor)(Object*));
Fallible<void*> capsule_pointer(Object* capsule, const char* name);

// Struct sequences (os.stat_result, time.struct_time, sys.flags): a tuple with named fields. `name` null: unnamed field.
struct StructSequenceField {
    const char* name;
    const char* doc;
};
struct StructSequenceSpec {
    const char* name;  // "time.struct_time"
    const char* doc;
    StructSequenceField* fields;  // ends with an empty row
    int sequence_length;          // how many of them are items of the tuple
};
Fallible<Ref<Type>> struct_sequence_type_new(const StructSequenceSpec& spec);
// The same in a type object of the caller's, of static storage.
Fallible<void> struct_sequence_type_init(Type* type, const StructSequenceSpec& spec);
Fallible<Ref<Tuple>> struct_sequence_new(Type* type);  // items null: fill all of them
void struct_sequence_set(Tuple* sequence, ssize_t index, Ref<> value);

// Generic aliases and unions: list[int], int | str.
Fallible<Ref<>> generic_alias_new(Object* origin, Object* arguments);
// The row of a class that can be subscripted.
Object* class_getitem(Object* type, Object* item);
#define CLASS_GETITEM_ROW {"__class_getitem__", ::py::class_getitem, ::py::kO | ::py::kClass, "See PEP 585"}
Fallible<Ref<>> union_or(Object* a, Object* b);
Tuple* union_args(Object* object);  // a union's members, borrowed; null for anything else

// weakrefs.
struct WeakReference : Object {
    Object* referent;  // none() when dead
    Object* callback;  // or null
    Hash hash;
    WeakReference *previous, *next;
    VectorcallSlot vectorcall;
};
static_assert(sizeof(WeakReference) == 64);
Fallible<Ref<>> weakref_new(Object* object, Object* callback_or_null);
// The referent, or null when dead.
Ref<> weakref_get(Object* weakref);
void clear_weakrefs(Object* dying);  // runs callbacks: first thing in a dealloc slot of types with weaklist_offset
bool is_weakref(const Object* object);  // weakref.ref and subclasses
// Head of the list of an object's weak references, or null when its type has none.
WeakReference** weakref_list(Object* object);
// Makes the reference dead without calling or dropping its callback.
void weakref_detach(WeakReference* reference);
ssize_t weakref_count(Object* object);

// Iterator helpers.
Fallible<Ref<>> sequence_iterator_new(Object* sequence);
Fallible<Ref<>> callable_iterator_new(Object* callable, Object* sentinel);
Fallible<Ref<>> anext_awaitable_new(Object* awaitable, Object* default_value);  // anext(iterator, default)

}  // namespace py
