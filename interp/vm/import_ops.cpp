// IMPORT_NAME, IMPORT_FROM and IMPORT_STAR (language reference §7.11).
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/import/import.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"
#include "interp/vm/eval_slow.h"

namespace py {

Fallible<Ref<>> import_name(InterpreterFrame* frame, Str* name, Object* from_list, Object* level) {
    Object* function = nullptr;
    if (is_dict(frame->builtins)) function = dict_get_str(as_dict(frame->builtins), "__import__"_name);
    if (!function) {
        if (error_occurred()) return raised;
        return raise(exc::ImportError, "__import__ not found");
    }
    Object* locals = frame->locals ? frame->locals : none();
    if (function == runtime().import_func) {
        int level_value = TRY(as_c_int(level));
        return import_module_level(name, frame->globals, locals, from_list, level_value);
    }
    Ref<> kept = share(function);
    return call(function, static_cast<Object*>(name), frame->globals, locals, from_list, level);
}

// The text of "cannot import name", with where the module was found and whether it is still being initialised.
static Raised raise_cannot_import(Object* module, Str* name, Object* package_name, Object* path) {
    Ref<> spec = TRY(lookup_attr(module, "__spec__"_name));
    bool initializing = false;
    if (spec) {
        Ref<> value = TRY(lookup_attr(spec.get(), "_initializing"_name));
        if (value) initializing = TRY(is_true(value.get()));
    }
    Object* shown = package_name ? package_name : none();
    Ref<Str> shown_path = path && is_str(path) ? share(as_str(path)) : TRY(str_from_ascii("unknown location"));
    Ref<Str> message;
    if (!package_name)
        message = TRY(format_str("cannot import name %R from '<unknown module name>' (%U)", static_cast<Object*>(name), shown_path.get()));
    else if (initializing && path && is_str(path))
        message = TRY(format_str("cannot import name %R from partially initialized module %R (most likely due to a circular import) (%U)",
                                 static_cast<Object*>(name), shown, shown_path.get()));
    else
        message = TRY(format_str("cannot import name %R from %R (%U)", static_cast<Object*>(name), shown, shown_path.get()));
    return raise_import_error(message.get(), package_name, path);
}

Object* import_from(Object* module, Str* name) {
    Ref<> value = TRY(lookup_attr(module, name));
    if (value) return value.release();
    // A submodule in the middle of a circular import is in sys.modules but not yet an attribute of its package.
    Ref<> package_name = TRY(lookup_attr(module, "__name__"_name));
    if (package_name && is_str(package_name.get())) {
        Ref<Str> full_name = TRY(format_str("%U.%U", package_name.get(), name));
        Ref<> submodule = TRY(dict_get(runtime().modules, full_name.get()));
        if (submodule) return submodule.release();
    } else {
        package_name.reset();
    }
    Ref<> path;
    if (is_module(module)) {
        path = TRY(lookup_attr(module, "__file__"_name));
    }
    return raise_cannot_import(module, name, package_name.get(), path.get());
}

static Fallible<void> import_one(Object* locals, Object* module, Object* name, bool from_all) {
    if (!is_str(name)) {
        Ref<> module_name = TRY(get_attr(module, "__name__"_name));
        if (!is_str(module_name.get())) return raise(exc::TypeError, "module __name__ must be a string, not %T", module_name.get());
        return raise(exc::TypeError, "%s in %U.%s must be str, not %T", from_all ? "Item" : "Key", module_name.get(),
                     from_all ? "__all__" : "__dict__", name);
    }
    if (!from_all && as_str(name)->length && as_str(name)->at(0) == '_') return {};
    Ref<> value = TRY(get_attr(module, as_str(name)));
    if (is_dict_exact(locals)) return dict_set(as_dict(locals), name, value.get());
    return set_item(locals, name, value.get());
}

int import_all_from(InterpreterFrame* frame, Object* module) {
    Ref<> locals = TRY(frame_locals(frame));
    Ref<> names = TRY(lookup_attr(module, "__all__"_name));
    bool from_all = bool(names);
    if (!names) {
        Ref<> dict = TRY(lookup_attr(module, "__dict__"_name));
        if (!dict) return raise(exc::ImportError, "from-import-* object has no __dict__ and no __all__");
        names = TRY(mapping_keys(dict.get()));
    }
    for (ssize_t i = 0;; ++i) {
        Fallible<Ref<>> item = sequence_item(names.get(), i);
        if (!item.ok()) {
            if (!clear_error_if(exc::IndexError)) return -1;
            break;
        }
        Ref<> name = item.take();
        TRY(import_one(locals.get(), module, name.get(), from_all));
    }
    frame_locals_to_fast(frame, false);
    return 0;
}

}  // namespace py
