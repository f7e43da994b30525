// The types of _operator, and what hmac.compare_digest is made of.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py::operators {

extern Type itemgetter_type, attrgetter_type, methodcaller_type;

// Are two ASCII strings or two bytes-like objects equal? Takes a time that does not tell where they differ.
Fallible<bool> same_digest(Object* a, Object* b);

}  // namespace py::operators
