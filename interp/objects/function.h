// Callables and descriptors with the C ABI's layouts: functions, methods, builtins, descriptors, property and kin, modules.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/method_def.h"
#include "interp/objects/type.h"

namespace py {

struct Function : Object {
    Object* globals;
    Object* builtins;
    Str* name;
    Str* qualname;
    Code* code;
    Tuple* defaults;      // or null
    Dict* keyword_defaults;  // or null
    Tuple* closure;       // of cells, or null
    Object* doc;
    Dict* dict;
    Object* weaklist;
    Object* module;
    Object* annotations;  // null, dict, or the tuple MAKE_FUNCTION was given
    VectorcallSlot vectorcall;
    uint32_t version;  // 0: none; for inline caches, reset when code, defaults or vectorcall change
};
static_assert(sizeof(Function) == 136 && offsetof(Function, code) == 48 && offsetof(Function, vectorcall) == 120);
struct Method : Object {
    Object* function;
    Object* self;
    Object* weaklist;
    VectorcallSlot vectorcall;
};
static_assert(sizeof(Method) == 48);
struct BuiltinFunction : Object {
    MethodDef* definition;
    Object* self;    // bound object, module, or null
    Object* module;  // its name
    Object* weaklist;
    VectorcallSlot vectorcall;
};
static_assert(sizeof(BuiltinFunction) == 56);
struct Descriptor : Object {  // head of method, member, getset and wrapper descriptors
    Type* owner;
    Str* name;
    Str* qualname;
};
struct MethodDescriptor : Descriptor {
    MethodDef* definition;
    VectorcallSlot vectorcall;
};
struct MemberDescriptor : Descriptor {
    MemberDef* definition;
};
struct GetSetDescriptor : Descriptor {
    GetSetDef* definition;
};

extern Type function_type asm("PyFunction_Type");
extern Type method_type asm("PyMethod_Type");
extern Type builtin_function_type asm("PyCFunction_Type");
extern Type method_descriptor_type asm("PyMethodDescr_Type");
extern Type member_descriptor_type asm("PyMemberDescr_Type");
extern Type property_type asm("PyProperty_Type");
extern Type staticmethod_type asm("PyStaticMethod_Type");
extern Type classmethod_type asm("PyClassMethod_Type");
inline bool is_function(const Object* object) { return object->type == &function_type; }
inline bool is_method(const Object* object) { return object->type == &method_type; }

// qualname null: the code's. Module name is taken from globals["__name__"].
Fallible<Ref<Function>> function_new(Code* code, Object* globals, Str* qualname_or_null);
uint32_t function_version(Function* function);  // assigns one when needed; 0: run out
Fallible<Ref<Dict>> function_annotations(Function* function);  // made on demand
// Getter and setter of `__dict__` for static types with dict_offset.
Fallible<Ref<>> generic_get_dict(Object* object);
Fallible<void> generic_set_dict(Object* object, Object* value);
Fallible<bool> object_is_abstract(Object* object);  // __isabstractmethod__; runs Python
Fallible<Ref<>> method_new(Object* function, Object* self);
Fallible<Ref<>> instancemethod_new(Object* function);
// definition must live as long as the function. module: its name (or null).
Fallible<Ref<>> builtin_function_new(MethodDef* definition, Object* self, Object* module_name);
Fallible<Ref<>> method_descriptor_new(Type* owner, MethodDef* definition);
Fallible<Ref<>> classmethod_descriptor_new(Type* owner, MethodDef* definition);
Fallible<Ref<>> member_descriptor_new(Type* owner, MemberDef* definition);
Fallible<Ref<>> getset_descriptor_new(Type* owner, GetSetDef* definition);
Fallible<Ref<>> staticmethod_new(Object* callable);
Fallible<Ref<>> classmethod_new(Object* callable);
Fallible<Ref<>> mappingproxy_new(Object* mapping);
Fallible<Ref<>> member_get(const char* object, const MemberDef* definition);
Fallible<void> member_set(char* object, const MemberDef* definition, Object* value_or_null);
// Type of the function's docstring parts: signature text "(…)" behind the name, and the text behind "--\n\n"; null where absent.
Fallible<Ref<>> doc_text(const char* name, const char* internal_doc);
Fallible<Ref<>> doc_signature(const char* name, const char* internal_doc);

}  // namespace py
