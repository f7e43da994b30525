// The table of native modules (modules/modules.def).
#pragma once

#include <string_view>

#include "interp/objects/module.h"

namespace py {

const NativeModule* find_native_module(std::string_view name);  // null: none
// A new module of the definition.
Fallible<Ref<>> native_module_import(const NativeModule& definition);
Fallible<Ref<>> native_module_names();  // sorted tuple, for sys.builtin_module_names

}  // namespace py
