// pyexpat.errors and pyexpat.model: Expat's numbers by name.
#include "interp/modules/expat.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/runtime/state.h"

namespace py::expat {

namespace {

Fallible<Ref<Module>> submodule(Module* module, const char* name, const char* doc) {
    Ref<Str> full_name = TRY(format_str("pyexpat.%s", name));
    Ref<Module> made = TRY(module_new(full_name.get()));
    TRY(module_add_str(made.get(), "__doc__", doc));
    TRY(dict_set(runtime().modules, full_name.get(), made.get()));
    TRY(module_add(module, name, share(static_cast<Object*>(made.get()))));
    return made;
}
Fallible<void> add_errors(Module* module) {
    Ref<Module> errors = TRY(submodule(module, "errors", "Constants used to describe error conditions."));
    Ref<Dict> codes = TRY(dict_new()), messages = TRY(dict_new());
    constexpr struct {
        const char* name;
        XML_Error code;
    } kErrors[] = {
#define ERROR(name) {#name, name},
#include "interp/modules/expat_errors.def"
#undef ERROR
    };
    for (auto& each : kErrors) {
        Ref<> message = TRY(text(XML_ErrorString(each.code)));
        Ref<Int> number = TRY(int_from(each.code));
        TRY(module_add(errors.get(), each.name, message));
        TRY(dict_set(codes.get(), message.get(), number.get()));
        TRY(dict_set(messages.get(), number.get(), message.get()));
    }
    TRY(module_add(errors.get(), "codes", Ref<>(std::move(codes))));
    return module_add(errors.get(), "messages", Ref<>(std::move(messages)));
}
Fallible<void> add_model(Module* module) {
    Ref<Module> model = TRY(submodule(module, "model", "Constants used to interpret content model information."));
    constexpr struct {
        const char* name;
        int value;
    } kConstants[] = {
        {"XML_CTYPE_EMPTY", XML_CTYPE_EMPTY}, {"XML_CTYPE_ANY", XML_CTYPE_ANY},   {"XML_CTYPE_MIXED", XML_CTYPE_MIXED},
        {"XML_CTYPE_NAME", XML_CTYPE_NAME},   {"XML_CTYPE_CHOICE", XML_CTYPE_CHOICE}, {"XML_CTYPE_SEQ", XML_CTYPE_SEQ},
        {"XML_CQUANT_NONE", XML_CQUANT_NONE}, {"XML_CQUANT_OPT", XML_CQUANT_OPT}, {"XML_CQUANT_REP", XML_CQUANT_REP},
        {"XML_CQUANT_PLUS", XML_CQUANT_PLUS},
    };
    for (auto& each : kConstants) TRY(module_add_int(model.get(), each.name, each.value));
    return {};
}

}  // namespace

Fallible<void> add_error_modules(Module* module) {
    TRY(add_errors(module));
    return add_model(module);
}

}  // namespace py::expat
