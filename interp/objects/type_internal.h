// What the files of the type system share and nobody else needs.
#pragma once

#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/type.h"

namespace py {

inline HeapType* as_heap_type(Type* type) { return static_cast<HeapType*>(type); }
inline Type* as_type(Object* object) { return static_cast<Type*>(static_cast<VarObject*>(object)); }

// slots (slot_table.cpp, slot_functions.cpp, slot_wrapper.cpp).

// Calls `wrapped`, a slot function, for `self` with Python arguments; kwargs may be null.
using SlotWrapper = Object* (*)(Object* self, Tuple* args, void* wrapped, Object* kwargs);
// A row of slots.def: the special method `name`, the slot it stands for, the function that fills the slot of classes which
// define the method in Python, and the wrapper that makes the slot callable from Python.
struct SlotRow {
    const char* name;
    int offset;  // in HeapType
    void* function;
    SlotWrapper wrapper;
    bool takes_keywords;
    const char* doc;
    Str* name_object;
    bool shares_name;  // another row is for the same special method
};
struct WrapperDescriptor : Descriptor {
    const SlotRow* row;
    void* wrapped;
};
static_assert(sizeof(WrapperDescriptor) == 56);

// The rows in order, ending with a null name.
SlotRow* slot_rows();
// Address of a slot in the type (its method tables for those in tables), or null when the type lacks the table.
void** slot_address(Type* type, int offset);
Fallible<Ref<>> wrapper_descriptor_new(Type* owner, const SlotRow* row, void* wrapped);
Fallible<Ref<>> method_wrapper_new(WrapperDescriptor* descriptor, Object* self);
// Adds wrapper descriptors for the slots that the static type fills and its dict does not name.
Fallible<void> add_slot_wrappers(Type* type);
// Sets every slot of a new class from what its MRO defines.
void fixup_slots(Type* type);
// Sets the slots behind `name` in the class and those of its subclasses that do not define it themselves.
Fallible<void> update_slot(Type* type, Str* name);
void update_all_slots(Type* type);
bool is_slot_name(Str* name);
// Slot functions that other files compare against.
Object* slot_tp_new(Type* type, Object* args, Object* kwargs);
Object* slot_tp_getattr_hook(Object* self, Object* name);
Object* slot_tp_getattro(Object* self, Object* name);
int slot_tp_init(Object* self, Object* args, Object* kwargs);
Object* slot_tp_call(Object* self, Object* args, Object* kwargs);
int slot_tp_setattro(Object* self, Object* name, Object* value);
void slot_tp_finalize(Object* self);
Object* next_not_implemented(Object* self);
// type.__new__-like static builtins: T.__new__.
Object* new_wrapper_function(Object* self, Object* args, Object* kwargs);
Fallible<void> add_new_wrapper(Type* type);

// special method calls (special_method.cpp).

// The method as found on the type: unbound functions keep `self` out. Null absent.
Lookup<> lookup_special_method(Object* self, Str* name, bool* unbound);
// args[0] is self. AttributeError with the name when absent / NotImplemented when absent.
Fallible<Ref<>> call_special(Str* name, Object* const* args, ssize_t nargs);
Fallible<Ref<>> call_special_or_not_implemented(Str* name, Object* const* args, ssize_t nargs);

// instances of heap types (subtype.cpp).

void subtype_dealloc(Object* self);
int subtype_traverse(Object* self, Visit visit, void* arg);
int subtype_clear(Object* self);
// The instance's `__dict__` / `__weakref__` rows for a new class; which: 1 dict, 2 weakref, 3 both.
GetSetDef* subtype_getset(int which);
// Replaces the instance's __dict__ (value null: takes it away).
Fallible<void> set_instance_dict(Object* self, Object* value);
// An instance with its dict prepared, as object.__new__ makes it, without any check.
Fallible<Ref<>> object_allocate(Type* type);
// trashcan of deallocs (object_memory.cpp)
bool trash_enter(Object* object);
void trash_leave();

// readiness and inheritance (type_ready.cpp, type_inherit.cpp).

void inherit_special(Type* type, Type* base);
void inherit_slots(Type* type, Type* base);
Fallible<void> add_subclass(Type* base, Type* type);
Fallible<void> add_all_subclasses(Type* type, Tuple* bases);
void remove_subclass(Type* base, Type* type);
void remove_all_subclasses(Type* type, Tuple* bases);
// Borrowed referents that are alive.
Fallible<Ref<List>> type_subclass_list(Type* type);

// layout and MRO (type_layout.cpp, type_mro.cpp).

Type* solid_base(Type* type);
// The base whose layout the instances of a class with these bases have. TypeError.
Fallible<Type*> best_base(Tuple* bases);
bool compatible_for_assignment(Type* old_type, Type* new_type, const char* attribute);
// Computes and sets type->mro, by a metaclass's mro() where it overrides it. *previous: the old one, owned, may be null.
Fallible<void> compute_mro(Type* type, Ref<Tuple>* previous);
Fallible<Ref<Tuple>> c3_mro(Type* type);
Fallible<Ref<Str>> type_qualname_or_name(Type* type);  // __name__, or the C name where that is no str

// attributes of type objects (type_attribute.cpp, type_getset.cpp).

Fallible<Ref<>> type_get_attribute(Type* type, Str* name);
Lookup<> type_lookup_attribute(Type* type, Str* name);  // absent instead of AttributeError
Object* type_getattro(Object* type, Object* name);
int type_setattro(Object* type, Object* name, Object* value);
// Adds the names of a class and its bases, later ones first, as dir() wants them.
Fallible<void> merge_class_dict(Dict* names, Object* klass);
extern GetSetDef type_getset[];
Fallible<void> set_bases(Type* type, Tuple* bases);

// making classes (type_new.cpp) and calling them (type_call.cpp).

Object* type_new(Type* metatype, Object* args, Object* kwargs);
int type_init(Object* self, Object* args, Object* kwargs);
Object* type_call_slot(Object* type, Object* args, Object* kwargs);
Object* type_vectorcall(Object* metatype, Object* const* args, size_t nargsf, Object* kwnames);
Object* heap_type_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames);
extern MethodDef type_methods[];

// object (object_type.cpp, object_reduce.cpp, object_class.cpp).

Object* object_new_slot(Type* type, Object* args, Object* kwargs);
int object_init_slot(Object* self, Object* args, Object* kwargs);
Fallible<Ref<>> object_reduce(Object* self);
Fallible<Ref<>> object_reduce_ex(Object* self, Object* protocol);
Fallible<Ref<>> object_getstate(Object* self);
Fallible<Ref<>> object_get_class(Object* self);
Fallible<void> object_set_class(Object* self, Object* value);
Fallible<Ref<>> object_dir(Object* self);
Fallible<Ref<Tuple>> type_slot_names(Type* type);

}  // namespace py
