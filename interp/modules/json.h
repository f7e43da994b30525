// What the files of _json share.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py::json {

extern Type scanner_type, encoder_type;
Fallible<Ref<>> scanstring(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> encode_basestring(Object* module, Object* text);
Fallible<Ref<>> encode_basestring_ascii(Object* module, Object* text);

}  // namespace py::json
