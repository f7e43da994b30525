// The modules that exist before any importer does: importlib's own, served from the standard library image.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"

namespace py {

struct FrozenModule {
    const char* name;           // as imported
    const char* original_name;  // where its source comes from
    const char* path;           // in the image
};
extern const FrozenModule frozen_modules[];  // ends with a null row
const FrozenModule* find_frozen(std::string_view name);
Fallible<Ref<Code>> frozen_code(const FrozenModule& module);
Fallible<Ref<>> frozen_code_bytes(const FrozenModule& module);  // marshalled
// Runs the module's code in a new module put into sys.modules.
Fallible<Ref<>> import_frozen_module(const FrozenModule& module);

}  // namespace py
