// The object protocols: what any object can be asked to do, dispatched through its type's slots. All may run Python code
// unless said otherwise; arguments are borrowed, results owned.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

// Attributes.
Fallible<Ref<>> get_attr(Object* object, Str* name);
Fallible<Ref<>> get_attr(Object* object, const char* name);
Lookup<> lookup_attr(Object* object, Str* name);  // absent instead of AttributeError
Fallible<void> set_attr(Object* object, Str* name, Object* value);
Fallible<void> delete_attr(Object* object, Str* name);
Fallible<bool> has_attr(Object* object, Str* name);
[[gnu::cold]] Raised name_not_str(Object* name);  // TypeError of an attribute's name that is no str
// object.__getattribute__ / __setattr__ (value null: delete). The _dict forms use the dict given instead of the instance's.
Fallible<Ref<>> generic_get_attr(Object* object, Str* name);
Lookup<> generic_lookup_attr(Object* object, Str* name);
Fallible<void> generic_set_attr(Object* object, Str* name, Object* value);
Object* generic_getattro_slot(Object* object, Object* name);              // for TypeSpec::getattro
int generic_setattro_slot(Object* object, Object* name, Object* value);  // for TypeSpec::setattro
// A special method looked up on the type, bound to object; absent instead of AttributeError. Bypasses __getattribute__.
Lookup<> lookup_special(Object* object, Str* name);

// Truth, identity, comparison, hash, text.
Fallible<bool> is_true(Object* object);
Fallible<Ref<>> rich_compare(Object* a, Object* b, CompareOp op);
Fallible<bool> rich_compare_bool(Object* a, Object* b, CompareOp op);  // identity implies equality
inline Fallible<bool> equals(Object* a, Object* b) { return rich_compare_bool(a, b, kEqual); }
Fallible<Hash> hash(Object* object);
[[gnu::cold]] Object* not_hashable(Object*);     // raises TypeError
Hash hash_not_implemented(Object* object);       // tp_hash of unhashable types: TypeError "unhashable type: 'list'"
Hash hash_pointer(const void* pointer);
Hash hash_bytes(const void* data, ssize_t size);  // siphash13 with the process's secret; 0 for empty
Fallible<Ref<Str>> repr(Object* object);
Fallible<Ref<Str>> str(Object* object);
Fallible<Ref<Str>> ascii(Object* object);
Fallible<Ref<Bytes>> bytes_of(Object* object);  // __bytes__, buffer or iterable of byte values
Fallible<Ref<Str>> format(Object* object, Str* spec_or_null);
Fallible<Ref<>> dir(Object* object_or_null);
Fallible<bool> is_instance(Object* object, Object* class_or_tuple);
Fallible<bool> is_subclass(Object* derived, Object* class_or_tuple);
// What type.__instancecheck__ and type.__subclasscheck__ do: no hooks of the class are asked.
Fallible<bool> real_is_instance(Object* object, Object* class_object);
Fallible<bool> real_is_subclass(Object* derived, Object* class_object);
bool is_callable(Object* object);

// An optional argument where None means the same as nothing: null for both.
inline Object* unless_none(Object* argument_or_null) { return argument_or_null == none() ? nullptr : argument_or_null; }

// Numbers. Binary operators follow the reflected-operand rules; TypeError "unsupported operand type(s) for +: …".
enum class BinaryOp : int {  // numbered as BINARY_OP's oparg
    Add, And, FloorDivide, LShift, MatrixMultiply, Multiply, Remainder, Or, Power, RShift, Subtract, TrueDivide, Xor,
    InplaceAdd, InplaceAnd, InplaceFloorDivide, InplaceLShift, InplaceMatrixMultiply, InplaceMultiply, InplaceRemainder,
    InplaceOr, InplacePower, InplaceRShift, InplaceSubtract, InplaceTrueDivide, InplaceXor,
};
Fallible<Ref<>> binary_op(BinaryOp op, Object* a, Object* b);
inline Fallible<Ref<>> add(Object* a, Object* b) { return binary_op(BinaryOp::Add, a, b); }
Fallible<Ref<>> power(Object* base, Object* exponent, Object* modulus);  // modulus None for two-argument pow
Fallible<Ref<>> divmod(Object* a, Object* b);
Fallible<Ref<>> negative(Object* object);
Fallible<Ref<>> positive(Object* object);
Fallible<Ref<>> invert(Object* object);
Fallible<Ref<>> absolute(Object* object);
Fallible<Ref<Int>> index(Object* object);               // __index__, exact int
Fallible<ssize_t> index_as_ssize(Object* object, Type* overflow_error);  // overflow_error null: clamps
bool is_number(Object* object);  // has __index__, __int__ or __float__, or is complex
// A size argument: any index, or None (or left out) for the default. TypeError "argument should be integer or None, not 'str'".
Fallible<ssize_t> optional_size(Object* value_or_null, ssize_t default_value = -1);
inline bool is_index(Object* object) { return object->type->as_number && object->type->as_number->index; }
Fallible<Ref<>> number_int(Object* object);    // int(object)
Fallible<Ref<>> number_float(Object* object);  // float(object)

// Sequences and mappings.
Fallible<ssize_t> length(Object* object);
Fallible<ssize_t> length_hint(Object* object, ssize_t default_value);
Fallible<Ref<>> get_item(Object* object, Object* key);
Fallible<void> set_item(Object* object, Object* key, Object* value);
Fallible<void> delete_item(Object* object, Object* key);
Fallible<Ref<>> sequence_item(Object* object, ssize_t index);
Fallible<void> sequence_set_item(Object* object, ssize_t index, Object* value);
Fallible<Ref<>> sequence_concat(Object* a, Object* b);
Fallible<Ref<>> sequence_repeat(Object* object, ssize_t count);
Fallible<bool> contains(Object* container, Object* item);
Fallible<ssize_t> sequence_count(Object* object, Object* item);
Fallible<ssize_t> sequence_index(Object* object, Object* item);
bool is_sequence(Object* object);
bool is_mapping(Object* object);
Fallible<Ref<List>> list_of(Object* iterable);    // a new list
Fallible<Ref<Tuple>> tuple_of(Object* iterable);  // the object itself when an exact tuple
// A list or tuple with the items (the object itself when it is one); TypeError with `message` when not iterable.
Fallible<Ref<>> fast_sequence(Object* iterable, const char* message);
Object** fast_sequence_items(Object* list_or_tuple);
ssize_t fast_sequence_size(Object* list_or_tuple);
Fallible<Ref<>> mapping_keys(Object* mapping);  // lists
Fallible<Ref<>> mapping_values(Object* mapping);
Fallible<Ref<>> mapping_items(Object* mapping);

// Iteration. next: absent when exhausted, and no StopIteration is left or built where the slot gives none.
Fallible<Ref<>> iter(Object* object);
Lookup<> next(Object* iterator);
Object* next_not_implemented(Object* object);  // what stands in iternext of a class without __next__; TypeError
inline bool is_iterator(Object* object) {
    return object->type->iternext && object->type->iternext != next_not_implemented;
}

// bool from identity results, for comparison slots.
Object* bool_object(bool value);  // borrowed immortal True/False
Object* compare_result(bool value);  // new reference to True/False
// Turns a three-way outcome into op's result (new reference).
Object* compare_outcome(int three_way, int op);

}  // namespace py
