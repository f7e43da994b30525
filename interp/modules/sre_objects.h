// What the files of Pattern, Match and the module share.
#pragma once

#include "interp/modules/sre.h"
#include "interp/objects/method_def.h"

namespace py::sre {

// _sre.compile(pattern, flags, code, groups, groupindex, indexgroup)
Fallible<Ref<>> compile_pattern(Object* module, Object* const* bound);

}  // namespace py::sre
