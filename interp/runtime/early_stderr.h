// The stream that stands for sys.stderr until io can be imported: straight to the descriptor.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

Fallible<Ref<>> early_stderr_new();

}  // namespace py
