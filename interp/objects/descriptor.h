// What all descriptor types of native definitions share.
#pragma once

#include "interp/objects/function.h"

namespace py {

void descriptor_dealloc(Object* object);
int descriptor_traverse(Object* object, Visit visit, void* arg);
Fallible<Ref<>> descriptor_qualname(Object* object);
Fallible<Ref<>> descriptor_reduce(Object* object);
extern MemberDef descriptor_members[];

}  // namespace py
