// Modules from their definitions, for the import system.
#pragma once

#include "interp/objects/module_definition.h"

namespace py {

// The full name of the extension module whose init function is running (single-phase initialisation); null otherwise.
extern const char* package_context;

bool is_module_definition(Object* object);
// PEP 489: the module that `definition` describes, not executed yet. Runs the extension's code.
Fallible<Ref<>> module_from_definition(ModuleDef* definition, Object* spec);
// Runs its exec slots; nothing for modules that are executed already or were made in one phase.
Fallible<void> module_execute_definition(Object* module);
// Makes the module found by PyState_FindModule.
extern "C" int PyState_AddModule(Object* module, ModuleDef* definition);

}  // namespace py
