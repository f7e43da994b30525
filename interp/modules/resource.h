// What resource and os.wait3, os.wait4 share.
#pragma once

#include <sys/resource.h>

#include "interp/objects/fallible.h"

namespace py {

// A resource.struct_rusage; `type` is that class.
Fallible<Ref<>> usage_result(Type* type, const rusage& usage);

}  // namespace py
