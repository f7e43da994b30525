// The native side of the import system: __import__ over importlib, native modules, the embedded standard library.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// import statement semantics: level 0 absolute. globals may be null. Runs Python.
Fallible<Ref<>> import_module_level(Str* name, Object* globals, Object* locals, Object* from_list, int level);
// import a.b.c, the module a.b.c itself.
Fallible<Ref<>> import_module(const char* name);
Fallible<Ref<>> import_module(Str* name);
// getattr(import_module(module), attribute)
Fallible<Ref<>> import_attribute(const char* module, const char* attribute);

}  // namespace py
