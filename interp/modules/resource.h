// Resource usage, for resource and for posix.wait3() and wait4().
#pragma once

#include <sys/resource.h>

#include "interp/objects/fallible.h"

namespace py {

// A resource.struct_rusage.
Fallible<Ref<>> resource_usage_object(const rusage& usage);

}  // namespace py
