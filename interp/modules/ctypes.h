// _ctypes: what its files share. A C type's layout and conversions stand in an Info, which its class owns; an instance
// (CData) is memory of its own or a view into another instance's.
#pragma once

#include <ffi.h>

#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"
#include "interp/objects/type.h"

namespace py::ctypes {

// A value at an address as an object. `bits` is 0, or (width << 16 | first bit) of a bit field.
using Getter = Fallible<Ref<>> (*)(const char* at, ssize_t bits);
// Stores a value; the result is what has to stay alive as long as the memory does, mostly None.
using Setter = Fallible<Ref<>> (*)(char* at, Object* value, ssize_t bits);

// One of the letters of _SimpleCData._type_.
struct SimpleCode {
    char letter;
    char native_format;  // in the struct module's standard sizes: 'q' for 'l'
    Getter get;
    Setter set;
    ffi_type* ffi;
};
const SimpleCode* simple_code(uint32_t letter);          // null: no such letter
const SimpleCode* swapped_code(const SimpleCode* code);  // in the other byte order; null where there is none
// Arrays of characters have a value as a whole: bytes or str up to the first NUL. `size` in bytes.
Fallible<Ref<>> char_array_get(const char* at, ssize_t size);
Fallible<Ref<>> char_array_set(char* at, Object* value, ssize_t size);
Fallible<Ref<>> wide_array_get(const char* at, ssize_t size);
Fallible<Ref<>> wide_array_set(char* at, Object* value, ssize_t size);
Fallible<Ref<Str>> str_from_wide(const wchar_t* text, ssize_t length);  // length -1: up to NUL
// A NUL-terminated copy that a capsule owns; *out points into it.
Fallible<Ref<>> wide_copy(Str* text, wchar_t** out);

enum class Kind { Simple, Pointer, Array, Structure, Union, Function };

struct Info {
    Kind kind{};
    ssize_t size = 0, align = 1;
    ssize_t length = 0;        // items of an array, fields of a structure
    bool is_final = false;     // instances exist, or something was built from it
    bool is_abstract = false;  // a pointer to nothing known yet
    bool has_union = false, has_bit_field = false, has_pointer = false;
    const SimpleCode* code = nullptr;
    bool is_swapped = false;  // of a simple type: in the other byte order
    Getter get = nullptr;
    Setter set = nullptr;
    bool is_text = false, is_wide_text = false;  // an array of c_char or c_wchar
    ffi_type* ffi = nullptr;
    ffi_type own_ffi{};             // ffi of a structure or array
    ffi_type** elements = nullptr;  // owned, ends with null
    int dimensions = 0;
    ssize_t* shape = nullptr;  // owned
    char* format = nullptr;    // of the buffer protocol, owned
    Object* proto = nullptr;   // the item type; a simple type's letter
    Object *argument_types = nullptr, *converters = nullptr, *result_type = nullptr, *checker = nullptr;
    int flags = 0;  // of a function type: FUNCFLAG_*

    ~Info();
};

// A class with an Info: every class whose metaclass is one of ours.
struct CType : HeapType {
    Info* info;  // null: an abstract class
};

struct CData : Object {
    char* data;
    int owns_data;  // data was allocated (or is `value`)
    CData* base;    // whose memory this is a part of
    ssize_t size, length, index;
    Object* objects;  // what has to stay alive: None or nothing, an object, or a dict by place
    union {
        char bytes[16];
        void* pointer;
        long double widest;
    } value;
    Object* weaklist;
};

struct FunctionData : CData {
    struct Thunk* thunk;  // of a callback
    Object *callable, *converters, *argument_types, *result_type, *checker, *error_check, *parameter_flags;
};

// An argument on its way to a call: byref(), from_param() and the like.
struct CArgument : Object {
    ffi_type* type;
    char tag;
    union {
        char c;
        short h;
        int i;
        long l;
        long long q;
        long double g;
        double d;
        float f;
        void* p;
    } value;
    Object* object;  // kept alive
    ssize_t size;
};

extern Type data_type, simple_type, pointer_type, array_type, structure_type, union_type, function_type, argument_type,
    field_type;
extern Type simple_metatype, pointer_metatype, array_metatype, structure_metatype, union_metatype, function_metatype;
extern Object* argument_error;  // ctypes.ArgumentError
extern Object* pointer_cache;   // type -> POINTER(type)

inline CData* as_data(Object* object) {
    return static_cast<CData*>(object);
}
inline bool is_data(Object* object) {
    return is_instance_of(object, data_type);
}
bool is_c_class(Object* object);   // a class of one of our metaclasses
Info* info_of_type(Object* type);  // null for abstract classes and whatever is no C type
inline Info* info_of(CData* data) {
    return info_of_type(data->type);
}
bool has_metatype(Object* type, Type& metatype);
// True for instances that are to stay such: of subclasses of c_int and the like.
bool is_simple_subclass(Object* type);

// A class, made by its metaclass's tp_new: type.__new__ and an Info of the kind (null: abstract).
Fallible<Ref<CType>> class_new(Type* metatype, Object* args, Object* kwargs);
Fallible<Info*> info_new(CType* type, Kind kind);
Lookup<> own_attribute(Type* type, const char* name);        // of the class's own dict
Lookup<> class_attribute(Object* object, const char* name);  // of any object
Fallible<void> set_format(Info* info, const char* text);
// The metaclasses' tp_new, by what they make.
Object* structure_class_new(Type* metatype, Object* args, Object* kwargs);
Object* union_class_new(Type* metatype, Object* args, Object* kwargs);
Object* function_class_new(Type* metatype, Object* args, Object* kwargs);
Fallible<void> lay_out(CType* type, Object* fields);  // what setting _fields_ does
Fallible<Ref<>> array_class(Object* item, ssize_t length);
Fallible<Ref<>> pointer_class(Object* target);

// Instances.
Fallible<Ref<CData>> data_new(Type* type);                                    // zeroed memory of its own
Fallible<Ref<>> data_at(Object* type, CData* base, ssize_t index, char* at);  // in base's memory, or anybody's
Fallible<Ref<>> get_value(Object* type, Getter get, CData* base, ssize_t index, ssize_t bits, char* at);
// Stores value in target's memory and keeps alive what it refers to.
Fallible<void> set_value(CData* target, Object* type, Setter set, Object* value, ssize_t index, ssize_t bits, char* at);
Fallible<void> keep(CData* target, ssize_t index, Ref<> object);
Fallible<Ref<>> kept_objects(CData* data);
Fallible<Ref<CArgument>> argument_new(char tag, ffi_type* type);
Fallible<Ref<CArgument>> argument_of(CData* data);          // as a parameter of a call
Fallible<Ref<>> as_parameter(Object* type, Object* value);  // type.from_param(value)

// Calls.
Fallible<Ref<Tuple>> converters_of(Object* argument_types);
struct Call {
    void* address;
    int flags;
    Object* converters;   // a tuple, or null
    Object* result_type;  // a type, a callable, None, or null for int
    Object* checker;
};
Fallible<Ref<>> call_function(const Call& call, Tuple* arguments);
Fallible<Thunk*> thunk_new(Object* callable, Object* converters, Object* result_type, int flags);
void* thunk_address(Thunk* thunk);
void thunk_free(Thunk* thunk);
int thunk_traverse(Thunk* thunk, Visit visit, void* arg);
enum FunctionFlag : int { kCdecl = 1, kPythonApi = 4, kUseErrno = 8, kUseLastError = 16 };
// ctypes's own copy of errno, swapped around calls.
int& saved_errno();

}  // namespace py::ctypes
