// The types of _functools.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py::functools {

extern Type key_type, partial_type, lru_cache_type, lru_link_type;

}  // namespace py::functools
