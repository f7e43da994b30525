// module objects, and native modules made from their definitions.
#include "interp/objects/module.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {
namespace {

inline Module* as_module(Object* object) { return static_cast<Module*>(object); }

Fallible<void> init_dict(Dict* dict, Object* name, Object* doc) {
    TRY(dict_set(dict, "__name__"_name, name));
    TRY(dict_set(dict, "__doc__"_name, doc));
    for (Str* key : {"__package__"_name, "__loader__"_name, "__spec__"_name}) TRY(dict_set(dict, key, none()));
    return {};
}

// module(name, doc=None)
Fallible<void> module_init(Object* self, Object* const* bound) {
    Module* module = as_module(self);
    if (!is_str(bound[0])) return raise(exc::TypeError, "module() argument 'name' must be str, not %N", bound[0]);
    if (!module->dict) module->dict = TRY(dict_new()).release();
    if (is_str_exact(bound[0])) replace_slot(module->name, new_reference(as_str(bound[0])));
    return init_dict(module->dict, bound[0], bound[1] ? bound[1] : none());
}
Object* module_construct(Type* type, Object*, Object*) {
    Ref<> self = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    as_module(self.get())->dict = TRY(dict_new()).release();
    return self.release();
}

void module_dealloc(Object* object) {
    gc_untrack(object);
    Module* module = as_module(object);
    if (runtime().config.verbose && module->name && is_str(module->name)) {
        SavedError saved;
        Fallible<std::string_view> name = str_utf8(as_str(module->name));
        if (name.ok()) std::fprintf(stderr, "# destroy %s\n", name.take().data());
    }
    if (module->weaklist) clear_weakrefs(object);
    if (module->definition) module_definition_free(module);
    xdecref(module->dict);
    xdecref(module->name);
    deallocate(module->state);
    object_memory_free(object);
}
int module_traverse(Object* object, Visit visit, void* arg) {
    Module* module = as_module(object);
    if (module->definition)
        if (int result = module_definition_traverse(module, visit, arg)) return result;
    VISIT(module->dict);
    return 0;
}
int module_clear(Object* object) {
    Module* module = as_module(object);
    if (module->definition) module_definition_clear(module);
    clear_slot(module->dict);
    return 0;
}

// The import system words it, from spec and loader.
Fallible<Ref<>> module_repr(Object* object) {
    if (Object* importlib = runtime().importlib) return call_method(importlib, "_module_repr"_name, object);
    Ref<> name = TRY(dict_get(as_module(object)->dict, "__name__"_name));
    return format_str("<module %R>", name ? name.get() : none());
}

Fallible<bool> is_initializing(Dict* dict) {
    Ref<> spec = TRY(dict_get(dict, "__spec__"_name));
    if (!spec || is_none(spec.get())) return false;
    Ref<> value = TRY(lookup_attr(spec.get(), "_initializing"_name));
    return value ? is_true(value.get()) : Fallible<bool>(false);
}
// Whether `name` is a submodule that is being imported and not yet bound in its package.
Fallible<bool> is_uninitialized_submodule(Dict* dict, Object* name) {
    Ref<> spec = TRY(dict_get(dict, "__spec__"_name));
    if (!spec || is_none(spec.get())) return false;
    Ref<> submodules = TRY(lookup_attr(spec.get(), "_uninitialized_submodules"_name));
    return submodules ? contains(submodules.get(), name) : Fallible<bool>(false);
}
// A question about the module's state that fails counts as no.
bool holds(Fallible<bool> answer) {
    if (answer.ok()) return answer.take();
    clear_error();
    return false;
}
[[gnu::cold]] Fallible<Ref<>> missing_attribute(Dict* dict, Object* name) {
    Ref<> module_name = TRY(dict_get(dict, "__name__"_name));
    if (!module_name || !is_str(module_name.get())) return raise(exc::AttributeError, "module has no attribute '%U'", name);
    if (holds(is_initializing(dict)))
        return raise(exc::AttributeError,
                     "partially initialized module '%U' has no attribute '%U' (most likely due to a circular import)",
                     module_name.get(), name);
    if (holds(is_uninitialized_submodule(dict, name)))
        return raise(exc::AttributeError, "cannot access submodule '%U' of module '%U' (most likely due to a circular import)",
                     name, module_name.get());
    return raise(exc::AttributeError, "module '%U' has no attribute '%U'", module_name.get(), name);
}
// PEP 562: a module's own __getattr__ is asked last.
Object* module_getattro(Object* object, Object* name) {
    if (!is_str(name)) return generic_getattro_slot(object, name);
    Ref<> found = TRY(generic_lookup_attr(object, as_str(name)));
    if (found) return found.release();
    Dict* dict = as_module(object)->dict;
    if (!dict) return raise(exc::AttributeError, "module has no attribute '%U'", name);
    Ref<> hook = TRY(dict_get(dict, "__getattr__"_name));
    if (hook) return call(hook.get(), name).release();
    return missing_attribute(dict, name).release();
}

Fallible<Ref<>> dict_of(Object* self) {
    Ref<> dict = TRY(get_attr(self, "__dict__"_name));
    if (!is_dict(dict.get())) return raise(exc::TypeError, "<module>.__dict__ is not a dictionary");
    return dict;
}
// module.__dir__()
Fallible<Ref<>> module_dir(Object* self) {
    Ref<> dict = TRY(dict_of(self));
    Ref<> hook = TRY(dict_get(as_dict(dict.get()), "__dir__"_name));
    if (hook) return call(hook.get());
    return dict_keys_list(as_dict(dict.get()));
}
Fallible<Ref<>> get_annotations(Object* self) {
    Ref<> dict = TRY(dict_of(self));
    Ref<> annotations = TRY(dict_get(as_dict(dict.get()), "__annotations__"_name));
    if (annotations) return annotations;
    Ref<Dict> made = TRY(dict_new());
    TRY(dict_set(as_dict(dict.get()), "__annotations__"_name, made.get()));
    return made;
}
Fallible<void> set_annotations(Object* self, Object* value) {
    Ref<> dict = TRY(dict_of(self));
    if (value) return dict_set(as_dict(dict.get()), "__annotations__"_name, value);
    if (!TRY(dict_delete(as_dict(dict.get()), "__annotations__"_name))) return raise(exc::AttributeError, "__annotations__");
    return {};
}

MethodDef module_methods[] = {
    {"__dir__", reinterpret_cast<CFunction>(wrap_no_args<module_dir>), kNoArgs, "The names in the module."},
    END_ROW,
};
MemberDef module_members[] = {{"__dict__", kObjectOrNone, offsetof(Module, dict), kReadOnly, nullptr}, END_ROW};
GetSetDef module_getset[] = {GETTER_SETTER("__annotations__", get_annotations, set_annotations, nullptr), END_ROW};

}  // namespace

Fallible<Ref<Module>> module_new(Str* name) {
    Ref<> self = TRY(Fallible<Ref<>>::from_slot(module_construct(&module_type, nullptr, nullptr)));
    Module* module = as_module(self.get());
    module->name = new_reference(name);
    TRY(init_dict(module->dict, name, none()));
    return std::move(self).cast<Module>();
}

Fallible<Ref<Module>> native_module_new(const NativeModule& definition) {
    Ref<Str> name = TRY(str_from_utf8(definition.name));
    Ref<Module> module = TRY(module_new(name.get()));
    if (definition.doc) TRY(module_add_str(module.get(), "__doc__", definition.doc));
    if (definition.methods) TRY(module_add_methods(module.get(), definition.methods));
    if (definition.execute) TRY(definition.execute(module.get()));
    return module;
}

Fallible<void> module_add(Module* module, const char* name, Ref<> value) {
    Ref<Str> key = intern(TRY(str_from_utf8(name)));
    return dict_set(module->dict, key.get(), value.get());
}
Fallible<void> module_add(Module* module, const char* name, Fallible<Ref<>> value) {
    return module_add(module, name, TRY(std::move(value)));
}
Fallible<void> module_add_int(Module* module, const char* name, int64_t value) {
    return module_add(module, name, Ref<>(TRY(int_from(value))));
}
Fallible<void> module_add_str(Module* module, const char* name, const char* value) {
    return module_add(module, name, Ref<>(TRY(str_from_utf8(value))));
}
Fallible<void> module_add_type(Module* module, Type* type) {
    TRY(type_ready(type));
    return module_add(module, type_short_name(type), Ref<>(share(type)));
}
Fallible<void> module_add_methods(Module* module, MethodDef* methods) {
    for (MethodDef* method = methods; method->name; ++method)
        TRY(module_add(module, method->name, TRY(builtin_function_new(method, module, module->name))));
    return {};
}

Fallible<Ref<>> exception_type_new(const char* qualified_name, Object* bases, const char* doc) {
    std::string_view full = qualified_name;
    size_t dot = full.rfind('.');
    CHECK(dot != full.npos);
    Ref<Dict> dict = TRY(dict_new());
    TRY(dict_set(dict.get(), "__module__"_name, TRY(str_from_utf8(full.substr(0, dot))).get()));
    if (doc) TRY(dict_set(dict.get(), "__doc__"_name, TRY(str_from_utf8(doc)).get()));
    Ref<Tuple> base_tuple;
    if (!bases) bases = exc::Exception;
    if (is_tuple(bases))
        base_tuple = share(as_tuple(bases));
    else
        base_tuple = TRY(tuple_pack(bases));
    Ref<Str> name = TRY(str_from_utf8(full.substr(dot + 1)));
    return call(&type_type, static_cast<Object*>(name.get()), static_cast<Object*>(base_tuple.get()), static_cast<Object*>(dict.get()));
}

constinit Type module_type = static_type({
    .name = "module",
    .basic_size = sizeof(Module),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "module(name, doc=None)\n--\n\nA new module object; its name must be a string, its documentation may be anything.",
    .dealloc = module_dealloc,
    .traverse = module_traverse,
    .clear = module_clear,
    .repr = slot1<module_repr>,
    .getattro = module_getattro,
    .setattro = generic_setattro_slot,
    .methods = module_methods,
    .members = module_members,
    .getset = module_getset,
    .dict_offset = offsetof(Module, dict),
    .weaklist_offset = offsetof(Module, weaklist),
    .init = Bound<module_init, "module", "(name, doc=None)">::init,
    .new_ = module_construct,
    .free = gc_object_free_slot,
});

}  // namespace py
