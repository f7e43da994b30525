// What others need of contexts.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// contextvars.copy_context()
Fallible<Ref<>> copy_current_context();

}  // namespace py
