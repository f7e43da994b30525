// Frozen modules (import/frozen_modules.def): their code comes from the standard library image, before and beside any importer.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"

namespace py {

struct FrozenModule {
    const char* name;           // as imported
    const char* original_name;  // where its source comes from; null: from no module
    const char* path;           // in the image
    bool is_package;
    bool is_essential;  // frozen under -X frozen_modules=off too
};
// Every frozen module in use, in CPython's order; ends with a null row.
const FrozenModule* frozen_modules();
// Null: none of this name, or not in use.
const FrozenModule* find_frozen(std::string_view name);
// What tests set: above 0 all are in use, below 0 the essential ones, 0 as -X frozen_modules says.
void override_frozen_modules(int wish);
// The importer of embedded images, a module of our own that importlib does not list.
extern const FrozenModule embedded_importer;
Fallible<Ref<Code>> frozen_code(const FrozenModule& module);
Fallible<Ref<>> frozen_code_bytes(const FrozenModule& module);  // marshalled
// Runs the module's code in a new module put into sys.modules.
Fallible<Ref<>> import_frozen_module(const FrozenModule& module);

}  // namespace py
