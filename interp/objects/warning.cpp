// Issuing warnings from C++: handed to the warnings machinery, whose filters decide.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

// warnings, or _warnings while the former is not imported; null this early in start-up (nothing can be shown yet).
Object* warnings_module() {
    Dict* modules = runtime().modules;
    if (!modules) return nullptr;
    Object* module = dict_get_str(modules, "_warnings"_name);
    return module ? module : dict_get_str(modules, "warnings"_name);
}

}  // namespace

Fallible<void> warn(Type* category, ssize_t stack_level, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    auto text = format_str_v(format, arguments);
    va_end(arguments);
    Ref<Str> message = TRY(std::move(text));
    Ref<> module = share(warnings_module());
    if (!module) return {};
    Ref<Int> level = TRY(int_from(stack_level));
    TRY(call_method(module.get(), "warn"_name, message.get(), category, level.get()));
    return {};
}

Fallible<void> warn_explicit(Type* category, Object* message, Object* filename, int line, Object* module,
                             Object* registry) {
    Ref<> machinery = share(warnings_module());
    if (!machinery) return {};
    Ref<Int> line_number = TRY(int_from(line));
    TRY(call_method(machinery.get(), "warn_explicit"_name, message, category, filename, line_number.get(),
                    module ? module : none(), registry ? registry : none()));
    return {};
}

}  // namespace py
