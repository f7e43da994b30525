// See native_modules.h.
#include "interp/import/native_modules.h"

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/str.h"

namespace py {

#define MODULE(name, variable) extern const NativeModule variable;
#include "interp/modules/modules.def"
#undef MODULE

namespace {

struct Row {
    const char* name;
    const NativeModule* definition;
};
const Row rows[] = {
#define MODULE(name, variable) {name, &variable},
#include "interp/modules/modules.def"
#undef MODULE
};

}  // namespace

const NativeModule* find_native_module(std::string_view name) {
    for (const Row& row : rows)
        if (name == row.name) return row.definition;
    return nullptr;
}

Fallible<Ref<>> native_module_import(const NativeModule& definition) { return TRY(native_module_new(definition)); }

Fallible<Ref<>> native_module_names() {
    Ref<List> names = TRY(list_new(0));
    for (const Row& row : rows) TRY(list_append(names.get(), interned(row.name)));
    TRY(list_append(names.get(), "sys"_name));
    TRY(list_append(names.get(), "builtins"_name));
    TRY(list_sort(names.get(), nullptr, false));
    return TRY(list_as_tuple(names.get()));
}

}  // namespace py
