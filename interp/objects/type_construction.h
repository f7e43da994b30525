// The state of a class under construction, shared by type_new.cpp and type_slots.cpp.
#pragma once

#include "interp/objects/type_internal.h"

namespace py {

struct ClassBuild {
    Str* name;
    Dict* namespace_;
    Ref<Tuple> bases;
    Type* base;         // the one whose layout counts
    Ref<Dict> dict;     // the class's own copy of the namespace
    Ref<Tuple> slots;   // mangled and sorted names; null without __slots__
    bool add_dict, add_weakref;
};
// Reads __slots__: what fields, dict and weakref slot the class adds. TypeError, ValueError.
Fallible<void> plan_slots(ClassBuild& build);
// Gives the slots their offsets behind the base's fields, and sets basic_size. dict_offset / weaklist_offset -1 mean "add one".
Fallible<void> layout_slots(HeapType* type);

}  // namespace py
