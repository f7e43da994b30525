// PyImport_*: importing from native code.
#include "interp/import/import.h"

#include "interp/capi/export.h"
#include "interp/objects/call.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/state.h"

namespace py {

API Object* PyImport_ImportModule(const char* name) {
    return import_module(name).release();
}
API Object* PyImport_ImportModuleNoBlock(const char* name) {
    return import_module(name).release();
}
API Object* PyImport_Import(Object* name) {
    return import_module(as_str(name)).release();
}
API Object* PyImport_ImportModuleLevelObject(Object* name, Object* globals, Object* locals, Object* from_list,
                                             int level) {
    return import_module_level(as_str(name), globals, locals, from_list, level).release();
}
API Object* PyImport_ImportModuleLevel(const char* name, Object* globals, Object* locals, Object* from_list,
                                       int level) {
    Ref<Str> text = TRY(str_from_utf8(name));
    return import_module_level(text.get(), globals, locals, from_list, level).release();
}
API Object* PyImport_GetModuleDict() {
    return runtime().modules;
}
API Object* PyImport_GetModule(Object* name) {
    Lookup<> module = dict_get(runtime().modules, name);
    return module.take().release();
}
API Object* PyImport_AddModuleObject(Object* name) {
    Ref<> found = TRY(dict_get(runtime().modules, name));
    if (found && is_module(found.get())) return found.get();
    Ref<Module> made = TRY(module_new(as_str(name)));
    TRY(dict_set(runtime().modules, name, made.get()));
    return made.get();
}
API Object* PyImport_AddModule(const char* name) {
    Ref<Str> text = TRY(str_from_utf8(name));
    return PyImport_AddModuleObject(text.get());
}
API Object* PyImport_ReloadModule(Object* module) {
    Ref<> reload = TRY(import_attribute("importlib", "reload"));
    return call(reload.get(), module).release();
}

}  // namespace py
