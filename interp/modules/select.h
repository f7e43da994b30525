// What the files of the select module share.
#pragma once

#include "interp/objects/method_def.h"

namespace py {

extern Type epoll_type;
// (descriptor, events)
Fallible<Ref<>> descriptor_event(int descriptor, int64_t events);

}  // namespace py
