// Type parameters and their substitution, shared by generic aliases and unions (PEP 585, 604, 646).
#pragma once

#include "interp/objects/containers.h"

namespace py {

struct GenericAlias : Object {
    Object* origin;
    Tuple* args;
    Tuple* parameters;  // null until asked for
    Object* weaklist;
    bool starred;  // *tuple[int]
    VectorcallSlot vectorcall;
};
static_assert(sizeof(GenericAlias) == 64);
extern Type generic_alias_type asm("Py_GenericAliasType");
extern Type union_type asm("_PyUnion_Type");
inline bool is_generic_alias(const Object* object) { return is_instance_of(object, generic_alias_type); }

// The type variables in args, each once, in order.
Fallible<Ref<Tuple>> type_parameters(Tuple* args);
// args with `parameters` replaced by what `item` (one or a tuple) gives for them. Runs Python.
Fallible<Ref<Tuple>> substitute_parameters(Object* self, Tuple* args, Tuple* parameters, Object* item);
// The text of one argument in a repr: classes by qualified name, "..." for Ellipsis.
Fallible<Ref<Str>> type_argument_repr(Object* argument);

}  // namespace py
