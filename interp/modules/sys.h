// The sys module's parts.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/method_def.h"

namespace py {

// sys with everything that needs no import: functions, constants, version and flags. Start-up adds path, argv, streams.
Fallible<Ref<Module>> sys_module_new();
Fallible<void> sys_add_information(Module* module);  // sys_information.cpp: version_info, flags, hash_info, …
Fallible<void> sys_refresh_flags();
Fallible<Ref<>> sys_displayhook(Object*, Object* value);
Fallible<Ref<>> sys_excepthook(Object*, Object* const* a);
Fallible<Ref<>> sys_unraisablehook(Object*, Object* unraisable);
Object* sys_breakpointhook(Object*, Object* const* args, ssize_t nargs, Object* kwnames);
// The size sys.getsizeof() gives: __sizeof__ and the collector's head.
Fallible<size_t> size_of(Object* object);

}  // namespace py
