// What the files of the select module share.
#pragma once

#include "interp/objects/method_def.h"

namespace py {

extern Type epoll_type;
// An event mask: ValueError when negative, OverflowError "… too large to convert to C <c_type>" above `largest`.
Fallible<uint64_t> mask_argument(Object* value, uint64_t largest, const char* c_type);
// (descriptor, events)
Fallible<Ref<>> descriptor_event(int descriptor, int64_t events);

}  // namespace py
