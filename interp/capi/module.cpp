// PyModule_*, PyModuleDef_*, PyState_*: modules that extensions define.
#include "interp/objects/module.h"

#include <cstring>

#include "interp/capi/export.h"
#include "interp/capi/module_loading.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module_definition.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

const char* package_context = nullptr;

namespace {

enum ModuleSlotKind : int { kCreateSlot = 1, kExecSlot = 2 };

// The definition becomes an object that importlib can hold, with a number of its own.
void ready_definition(ModuleDef* definition) {
    static ssize_t last_index = 0;
    if (definition->index) return;
    definition->refcount = kImmortalRefcount;
    definition->type = &module_definition_type;
    definition->index = ++last_index;
}
Fallible<void> add_functions(Module* module, MethodDef* methods) {
    for (MethodDef* method = methods; method && method->name; ++method) {
        if (method->flags & (kClass | kStatic))
            return raise(exc::ValueError, "module functions cannot set METH_CLASS or METH_STATIC");
        Ref<> function = TRY(builtin_function_new(method, module, module->name));
        TRY(module_add(module, method->name, std::move(function)));
    }
    return {};
}
Fallible<void> allocate_state(Module* module, ModuleDef* definition) {
    if (definition->size <= 0 || module->state) return {};
    module->state = allocate(size_t(definition->size));
    if (!module->state) return raise_memory_error();
    memset(module->state, 0, size_t(definition->size));
    return {};
}
Fallible<Ref<Module>> create_single_phase(ModuleDef* definition) {
    ready_definition(definition);
    if (definition->slots)
        return raise(exc::SystemError, "module %s: PyModule_Create is incompatible with m_slots", definition->name);
    const char* name = definition->name;
    // An extension within a package names itself shortly.
    if (package_context) {
        const char* dot = strrchr(package_context, '.');
        if (dot && !strcmp(dot + 1, name)) name = std::exchange(package_context, nullptr);
    }
    Ref<Str> text = TRY(str_from_utf8(name));
    Ref<Module> module = TRY(module_new(text.get()));
    TRY(allocate_state(module.get(), definition));
    TRY(add_functions(module.get(), definition->methods));
    if (definition->doc) TRY(module_add_str(module.get(), "__doc__", definition->doc));
    module->definition = definition;
    return module;
}
Fallible<Ref<>> made_by_slot(ModuleDef* definition, Object* spec, Str* name) {
    using Create = Object* (*)(Object*, ModuleDef*);
    Create create = nullptr;
    for (ModuleSlot* slot = definition->slots; slot && slot->slot; ++slot) {
        if (slot->slot < 0 || slot->slot > kExecSlot)
            return raise(exc::SystemError, "module %U uses unknown slot ID %i", name, slot->slot);
        if (slot->slot != kCreateSlot) continue;
        if (create) return raise(exc::SystemError, "module %U has multiple create slots", name);
        create = reinterpret_cast<Create>(slot->value);
    }
    if (!create) return module_new(name);
    Fallible<Ref<>> module = Fallible<Ref<>>::from_slot(create(spec, definition));
    if (!module.ok() && !error_occurred())
        return raise(exc::SystemError, "creation of module %U failed without setting an exception", name);
    if (module.ok() && error_occurred())
        return raise_from_pending(exc::SystemError, "creation of module %U raised unreported exception", name);
    return module;
}
Fallible<void> execute_slots(Module* module, ModuleDef* definition) {
    using Execute = int (*)(Object*);
    TRY(allocate_state(module, definition));
    for (ModuleSlot* slot = definition->slots; slot && slot->slot; ++slot) {
        if (slot->slot != kExecSlot) continue;
        int status = reinterpret_cast<Execute>(slot->value)(module);
        if (status != 0) {
            if (!error_occurred())
                return raise(exc::SystemError, "execution of module %U failed without setting an exception",
                             module->name);
            return raised;
        }
        if (error_occurred())
            return raise_from_pending(exc::SystemError, "execution of module %U raised unreported exception",
                                      module->name);
    }
    return {};
}
// Modules by their definition's number, for PyState_FindModule.
List*& modules_by_index() {
    static List* modules = MUST(list_new(0))
    .release();
    return modules;
}

}  // namespace

Fallible<Ref<>> module_from_definition(ModuleDef* definition, Object* spec) {
    ready_definition(definition);
    Ref<> name = TRY(get_attr(spec, "name"_name));
    if (!is_str(name.get())) return raise(exc::TypeError, "name must be a string");
    if (definition->size < 0)
        return raise(exc::SystemError, "module %U: m_size may not be negative for multi-phase initialization",
                     name.get());
    Ref<> made = TRY(made_by_slot(definition, spec, as_str(name.get())));
    if (is_module(made.get())) {
        auto* module = static_cast<Module*>(made.get());
        module->definition = definition;
        TRY(add_functions(module, definition->methods));
        if (definition->doc) TRY(module_add_str(module, "__doc__", definition->doc));
    } else if (definition->methods) {
        return raise(exc::SystemError, "module %U is not a module object, but requests module state", name.get());
    }
    return made;
}
Fallible<void> module_execute_definition(Object* object) {
    if (!is_module(object)) return {};
    auto* module = static_cast<Module*>(object);
    if (!module->definition || module->state) return {};
    return execute_slots(module, module->definition);
}
bool is_module_definition(Object* object) {
    return object->type == &module_definition_type;
}

API Object* PyModuleDef_Init(ModuleDef* definition) {
    ready_definition(definition);
    return definition;
}
API Object* PyModule_Create2(ModuleDef* definition, int) {
    return create_single_phase(definition).release();
}
API Object* PyModule_FromDefAndSpec2(ModuleDef* definition, Object* spec, int) {
    return module_from_definition(definition, spec).release();
}
API int PyModule_ExecDef(Object* module, ModuleDef* definition) {
    return execute_slots(static_cast<Module*>(module), definition).release();
}
API Object* PyModule_NewObject(Object* name) {
    return module_new(as_str(name)).release();
}
API Object* PyModule_New(const char* name) {
    Ref<Str> text = TRY(str_from_utf8(name));
    return module_new(text.get()).release();
}
static Module* checked(Object* object) {
    if (object && is_module(object)) return static_cast<Module*>(object);
    return raise(exc::SystemError, "bad argument to internal function");
}
API Object* PyModule_GetDict(Object* module) {
    Module* self = checked(module);
    return self ? self->dict : nullptr;
}
API void* PyModule_GetState(Object* module) {
    Module* self = checked(module);
    return self ? self->state : nullptr;
}
API ModuleDef* PyModule_GetDef(Object* module) {
    Module* self = checked(module);
    return self ? self->definition : nullptr;
}
API Object* PyModule_GetNameObject(Object* module) {
    Module* self = checked(module);
    if (!self) return nullptr;
    Object* name = dict_get_str(self->dict, "__name__"_name);
    if (!name || !is_str(name)) return raise(exc::SystemError, "nameless module");
    return new_reference(name);
}
API const char* PyModule_GetName(Object* module) {
    Ref<> name = steal(PyModule_GetNameObject(module));
    if (!name) return nullptr;
    return TRY(str_utf8(as_str(name.get())))
    .data();
}
API Object* PyModule_GetFilenameObject(Object* module) {
    Module* self = checked(module);
    if (!self) return nullptr;
    Object* file = dict_get_str(self->dict, "__file__"_name);
    if (!file || !is_str(file)) return raise(exc::SystemError, "module filename missing");
    return new_reference(file);
}
API int PyModule_AddObjectRef(Object* module, const char* name, Object* value) {
    Module* self = checked(module);
    if (!self) return -1;
    if (!value) {
        if (!error_occurred())
            return raise(exc::SystemError,
                         "PyModule_AddObjectRef() must be called with an exception raised if value is NULL");
        return -1;
    }
    return module_add(self, name, share(value)).release();
}
API int PyModule_AddObject(Object* module, const char* name, Object* value) {
    int status = PyModule_AddObjectRef(module, name, value);
    if (status == 0) decref(value);
    return status;
}
API int PyModule_AddIntConstant(Object* module, const char* name, long value) {
    Module* self = checked(module);
    return self ? module_add_int(self, name, value).release() : -1;
}
API int PyModule_AddStringConstant(Object* module, const char* name, const char* value) {
    Module* self = checked(module);
    return self ? module_add_str(self, name, value).release() : -1;
}
API int PyModule_AddType(Object* module, Type* type) {
    TRY(type_ready(type));
    return PyModule_AddObjectRef(module, type_name_tail(type), type);
}
API int PyModule_AddFunctions(Object* module, MethodDef* functions) {
    Module* self = checked(module);
    return self ? add_functions(self, functions).release() : -1;
}
API int PyModule_SetDocString(Object* module, const char* doc) {
    Module* self = checked(module);
    return self ? module_add_str(self, "__doc__", doc).release() : -1;
}

API Object* PyState_FindModule(ModuleDef* definition) {
    List* modules = modules_by_index();
    if (definition->slots || definition->index <= 0 || definition->index >= modules->size) return nullptr;
    Object* found = modules->items[definition->index];
    return is_none(found) ? nullptr : found;
}
API int PyState_AddModule(Object* module, ModuleDef* definition) {
    if (definition->slots) return raise(exc::SystemError, "PyState_AddModule called on module with slots");
    List* modules = modules_by_index();
    while (modules->size <= definition->index)
        TRY(list_append(modules, none()));
    replace_slot(modules->items[definition->index], new_reference(module));
    return 0;
}
API int PyState_RemoveModule(ModuleDef* definition) {
    if (!PyState_FindModule(definition)) return raise(exc::SystemError, "Module was not added");
    replace_slot(modules_by_index()->items[definition->index], new_reference(none()));
    return 0;
}

API Object* _PyNamespace_New(Object* attributes) {
    return namespace_new(static_cast<Dict*>(attributes)).release();
}

}  // namespace py
