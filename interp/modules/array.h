// array.array: storage and the table of type codes.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py::arrays {

// Machine formats of pickled arrays (PEP 3118's letters, byte order and width fixed).
enum MachineFormat : int {
    kUnknownFormat = -1,
    kUInt8,
    kInt8,
    kUInt16Le,
    kUInt16Be,
    kInt16Le,
    kInt16Be,
    kUInt32Le,
    kUInt32Be,
    kInt32Le,
    kInt32Be,
    kUInt64Le,
    kUInt64Be,
    kInt64Le,
    kInt64Be,
    kFloatLe,
    kFloatBe,
    kDoubleLe,
    kDoubleBe,
    kUtf16Le,
    kUtf16Be,
    kUtf32Le,
    kUtf32Be,
};
struct TypeCode {
    char code;
    int size;
    const char* format;  // of the buffer protocol
    bool is_int, is_signed;
    MachineFormat machine_format;
    Fallible<Ref<>> (*load)(const char* item);
    Fallible<void> (*store)(char* item, Object* value);
};
const TypeCode* type_code(uint32_t code);  // null: no such code

struct Array : VarObject {
    char* data;
    ssize_t allocated;
    const TypeCode* code;
    Object* weaklist;
    ssize_t exports;  // buffers given out: no resize while > 0
    char* item(ssize_t i) const { return data + i * code->size; }
};
extern Type array_type, array_iterator_type;
inline Array* as_array(Object* object) {
    return static_cast<Array*>(object);
}
inline bool is_array(Object* object) {
    return is_instance_of(object, array_type);
}

Fallible<Ref<Array>> array_make(Type* type, ssize_t size, const TypeCode* code);  // items uninitialised
Fallible<void> array_resize(Array* array, ssize_t size);
// Runs Python (__index__, __float__), which may change the array: IndexError where the place is gone then.
Fallible<void> array_store(Array* array, ssize_t i, Object* value);
Fallible<void> array_append(Array* array, Object* value);
Fallible<void> array_insert(Array* array, ssize_t i, Object* value);  // i as list.insert takes it
Fallible<void> array_extend(Array* array, Object* iterable);
Fallible<void> array_frombytes(Array* array, Object* buffer);
Fallible<void> array_fromunicode(Array* array, Object* text);
Fallible<void> array_delete(Array* array, ssize_t start, ssize_t end);
Fallible<Ref<>> array_reconstruct(Object* module, Object* const* args, ssize_t nargs);
void reverse_bytes(char* data, ssize_t count, int size);
extern MethodDef array_methods[];
extern SequenceMethods array_sequence;
extern MappingMethods array_mapping;

}  // namespace py::arrays
