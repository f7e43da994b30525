// errno: the system's error numbers by name.
#include <cerrno>

#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

struct ErrorRow {
    const char* name;
    int number;
};
constexpr ErrorRow kErrors[] = {
#define ERRNO(name, text) {#name, name},
#include "interp/modules/errno_codes.def"
#undef ERRNO
};

Fallible<void> errno_execute(Module* module) {
    Ref<Dict> names = TRY(dict_new());
    for (const ErrorRow& row : kErrors) {
        TRY(module_add_int(module, row.name, row.number));
        Ref<Int> number = TRY(int_from(row.number));
        Ref<Str> name = TRY(str_from_ascii(row.name));
        TRY(dict_set_default(names.get(), number.get(), name.get()));
    }
    return module_add(module, "errorcode", Ref<>(std::move(names)));
}

}  // namespace

extern const NativeModule errno_module;
const NativeModule errno_module = {
    "errno",
    "The system's error numbers by their names in <errno.h>.\n\nerrorcode maps numbers to names; os.strerror() gives the "
    "texts.",
    nullptr, errno_execute};

}  // namespace py
