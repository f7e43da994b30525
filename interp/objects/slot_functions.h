// The functions that stand in the slots of classes whose special methods are written in Python, and the wrappers that make
// slots callable; both are named by slots.def.
#pragma once

#include "interp/objects/type_internal.h"

namespace py {

Object* slot_tp_repr(Object*);
Object* slot_tp_str(Object*);
Hash slot_tp_hash(Object*);
Object* slot_tp_richcompare(Object*, Object*, int);
Object* slot_tp_iter(Object*);
Object* slot_tp_iternext(Object*);
Object* slot_tp_descr_get(Object*, Object*, Object*);
int slot_tp_descr_set(Object*, Object*, Object*);
Object* slot_am_await(Object*);
Object* slot_am_aiter(Object*);
Object* slot_am_anext(Object*);

#define BINARY_SLOTS(X)                                                                                            \
    X(add) X(subtract) X(multiply) X(remainder) X(divmod) X(lshift) X(rshift) X(bit_and) X(bit_xor) X(bit_or)      \
    X(floor_divide) X(true_divide) X(matrix_multiply) X(inplace_add) X(inplace_subtract) X(inplace_multiply)       \
    X(inplace_remainder) X(inplace_lshift) X(inplace_rshift) X(inplace_and) X(inplace_xor) X(inplace_or)           \
    X(inplace_floor_divide) X(inplace_true_divide) X(inplace_matrix_multiply)
#define DECLARE_BINARY_SLOT(name) Object* slot_nb_##name(Object*, Object*);
BINARY_SLOTS(DECLARE_BINARY_SLOT)
#undef DECLARE_BINARY_SLOT
Object* slot_nb_power(Object*, Object*, Object*);
Object* slot_nb_inplace_power(Object*, Object*, Object*);
#define UNARY_SLOTS(X) X(negative) X(positive) X(absolute) X(invert) X(integer) X(floating) X(index)
#define DECLARE_UNARY_SLOT(name) Object* slot_nb_##name(Object*);
UNARY_SLOTS(DECLARE_UNARY_SLOT)
#undef DECLARE_UNARY_SLOT
int slot_nb_boolean(Object*);

ssize_t slot_length(Object*);
Object* slot_mp_subscript(Object*, Object*);
int slot_mp_store_subscript(Object*, Object*, Object*);
Object* slot_sq_item(Object*, ssize_t);
int slot_sq_store_item(Object*, ssize_t, Object*);
int slot_sq_contains(Object*, Object*);

#define SLOT_WRAPPER(name) Object* name(Object* self, Tuple* args, void* wrapped, Object* kwargs);
SLOT_WRAPPER(wrap_unary)
SLOT_WRAPPER(wrap_binary)
SLOT_WRAPPER(wrap_binary_reflected)
SLOT_WRAPPER(wrap_ternary)
SLOT_WRAPPER(wrap_ternary_reflected)
SLOT_WRAPPER(wrap_inplace_power)
SLOT_WRAPPER(wrap_bool)
SLOT_WRAPPER(wrap_length)
SLOT_WRAPPER(wrap_hash)
SLOT_WRAPPER(wrap_index_argument)
SLOT_WRAPPER(wrap_item)
SLOT_WRAPPER(wrap_store_item)
SLOT_WRAPPER(wrap_delete_index)
SLOT_WRAPPER(wrap_store)
SLOT_WRAPPER(wrap_delete_item)
SLOT_WRAPPER(wrap_contains)
SLOT_WRAPPER(wrap_call)
SLOT_WRAPPER(wrap_del)
SLOT_WRAPPER(wrap_next)
SLOT_WRAPPER(wrap_setattr)
SLOT_WRAPPER(wrap_delattr)
SLOT_WRAPPER(wrap_descr_get)
SLOT_WRAPPER(wrap_descr_set)
SLOT_WRAPPER(wrap_descr_delete)
SLOT_WRAPPER(wrap_init)
#undef SLOT_WRAPPER
Object* wrap_richcompare(Object* self, Tuple* args, void* wrapped, int op);
template <int op>
Object* wrap_compare(Object* self, Tuple* args, void* wrapped, Object*) {
    return wrap_richcompare(self, args, wrapped, op);
}

}  // namespace py
