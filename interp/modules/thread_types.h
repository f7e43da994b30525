// The types of _thread.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

extern Type lock_type;
extern Type rlock_type;
extern Type local_type;
Fallible<Ref<>> lock_new();
void lock_release_if_locked(Object* lock);
void locks_after_fork();

}  // namespace py
