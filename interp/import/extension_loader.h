// Compiled extension modules (PEP 489): shared objects that export PyInit_<name>.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// _imp.create_dynamic: loads spec.origin and makes the module. ImportError with name and path when it cannot be loaded
// or has no PyInit_ function. Runs the extension's code.
Fallible<Ref<>> create_extension_module(Object* spec);
// _imp.exec_dynamic: runs the module's exec slots.
Fallible<void> execute_extension_module(Object* module);

}  // namespace py
