// __import__ over importlib (language reference §5): sys.modules first, then importlib's _find_and_load.
#include "interp/import/import.h"

#include <cstdio>
#include <ctime>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/traceback_trim.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"

namespace py {

namespace {

// sys.modules[name], absent when it is not there. sys.modules may have been replaced by any mapping.
Lookup<> loaded_module(Object* name) {
    Object* modules = dict_get_str(runtime().sys_dict, "modules"_name);
    if (!modules) return raise(exc::RuntimeError, "unable to get sys.modules");
    if (is_dict_exact(modules)) return dict_get(as_dict(modules), name);
    Ref<> kept = share(modules);
    Fallible<Ref<>> found = get_item(modules, name);
    if (found.ok()) return found.take();
    if (clear_error_if(exc::KeyError)) return nullptr;
    return raised;
}

// Another thread may still be running the module's code: waits for it through importlib's module lock.
Fallible<void> ensure_initialized(Object* module, Object* name) {
    Ref<> spec = TRY(lookup_attr(module, "__spec__"_name));
    if (!spec || spec.get() == none()) return {};
    Ref<> initializing = TRY(lookup_attr(spec.get(), "_initializing"_name));
    if (!initializing || !TRY(is_true(initializing.get()))) return {};
    TRY(call_method(runtime().importlib, "_lock_unlock_module"_name, name));
    return {};
}

int64_t monotonic_microseconds() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t(now.tv_sec) * 1000000 + now.tv_nsec / 1000;
}

// -X importtime: a line for each import when it ends, indented by how deep it stands in others.
class ImportTimer {
  public:
    ImportTimer() : outer_children_(children_), start_(monotonic_microseconds()) {
        if (!header_shown_) std::fputs("import time: self [us] | cumulative | imported package\n", stderr);
        header_shown_ = true;
        children_ = 0;
        ++depth_;
    }
    void show(Object* name) {
        int64_t all = monotonic_microseconds() - start_;
        --depth_;
        Fallible<std::string_view> text = str_utf8(as_str(name));
        if (!text.ok()) return clear_error();
        std::fprintf(stderr, "import time: %9lld | %10lld | %*s%s\n", (long long)(all - children_), (long long)all, depth_ * 2, "",
                     text.take().data());
        children_ = outer_children_ + all;
    }

  private:
    static inline bool header_shown_ = false;
    static inline int depth_ = 0;
    static inline int64_t children_ = 0;  // time spent in imports within the running one
    int64_t outer_children_, start_;
};

Fallible<void> audit_import(Object* name) {
    auto of_sys = [](const char* key) {
        Object* value = sys_get(key);
        return value ? value : none();
    };
    return audit("import", "OOOOO", name, none(), of_sys("path"), of_sys("meta_path"), of_sys("path_hooks"));
}

Fallible<Ref<>> load(Object* name) {
    TRY(audit_import(name));
    Fallible<Ref<>> result = call_method(runtime().importlib, "_find_and_load"_name, name, runtime().import_func);
    if (!result.ok()) remove_importlib_frames();
    return result;
}

Fallible<Ref<>> find_and_load(Object* name) {
    if (!runtime().config.import_time) return load(name);
    ImportTimer timer;
    Fallible<Ref<>> result = load(name);
    if (result.ok()) {
        timer.show(name);
        return result;
    }
    SavedError saved;
    timer.show(name);
    return raised;
}

// The package that relative imports in a module with these globals start from (PEP 366).
Fallible<Ref<Str>> calculate_package(Object* globals) {
    Dict* dict = as_dict(globals);
    Ref<> package = TRY(dict_get(dict, "__package__"_name));
    Ref<> spec = TRY(dict_get(dict, "__spec__"_name));
    if (package && package.get() != none()) {
        if (!is_str(package.get())) return raise(exc::TypeError, "package must be a string");
        if (spec && spec.get() != none()) {
            Ref<> parent = TRY(get_attr(spec.get(), "parent"_name));
            if (!TRY(equals(package.get(), parent.get())))
                TRY(warn(exc::ImportWarning, 1, "__package__ != __spec__.parent"));
        }
        return std::move(package).cast<Str>();
    }
    if (spec && spec.get() != none()) {
        Ref<> parent = TRY(get_attr(spec.get(), "parent"_name));
        if (!is_str(parent.get())) return raise(exc::TypeError, "__spec__.parent must be a string");
        return std::move(parent).cast<Str>();
    }
    TRY(warn(exc::ImportWarning, 1,
             "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__"));
    Ref<> name = TRY(dict_get(dict, "__name__"_name));
    if (!name) return raise(exc::KeyError, "'__name__' not in globals");
    if (!is_str(name.get())) return raise(exc::TypeError, "__name__ must be a string");
    Ref<Str> full = std::move(name).cast<Str>();
    if (TRY(dict_contains(dict, "__path__"_name))) return full;
    ssize_t dot = str_find_char(full.get(), '.', 0, full->length, -1);
    if (dot < 0) return raise(exc::ImportError, "attempted relative import with no known parent package");
    return str_substring(full.get(), 0, dot);
}

Fallible<Ref<Str>> resolve_name(Str* name, Object* globals, int level) {
    if (!globals) return raise(exc::KeyError, "'__name__' not in globals");
    if (!is_dict(globals)) return raise(exc::TypeError, "globals must be a dict");
    Ref<Str> package = TRY(calculate_package(globals));
    if (!package->length) return raise(exc::ImportError, "attempted relative import with no known parent package");
    ssize_t end = package->length;
    for (int up = 1; up < level; ++up) {
        end = str_find_char(package.get(), '.', 0, end, -1);
        if (end < 0) return raise(exc::ImportError, "attempted relative import beyond top-level package");
    }
    Ref<Str> base = TRY(str_substring(package.get(), 0, end));
    if (!name->length) return base;
    return format_str("%U.%U", base.get(), name);
}

// `import a.b.c` binds a; `from . import x` and friends bind what the name says.
Fallible<Ref<>> top_level_of(Str* name, Str* absolute_name, Ref<> module, int level) {
    if (!name->length && level > 0) return module;
    ssize_t dot = str_find_char(name, '.', 0, name->length, 1);
    if (dot < 0) return module;
    if (level == 0) {
        Ref<Str> front = TRY(str_substring(name, 0, dot));
        return import_module_level(front.get(), nullptr, nullptr, nullptr, 0);
    }
    ssize_t cut = absolute_name->length - (name->length - dot);
    Ref<Str> wanted = TRY(str_substring(absolute_name, 0, cut));
    Ref<> found = TRY(loaded_module(wanted.get()));
    if (!found) return raise(exc::KeyError, "%R not in sys.modules as expected", static_cast<Object*>(wanted.get()));
    return found;
}

}  // namespace

Fallible<Ref<>> import_module_level(Str* name, Object* globals, Object*, Object* from_list, int level) {
    if (level < 0) return raise(exc::ValueError, "level must be >= 0");
    Ref<Str> absolute_name;
    if (level > 0) {
        absolute_name = TRY(resolve_name(name, globals == none() ? nullptr : globals, level));
    } else {
        if (!name->length) return raise(exc::ValueError, "Empty module name");
        absolute_name = share(name);
    }
    Ref<> module = TRY(loaded_module(absolute_name.get()));
    if (module && module.get() != none())
        TRY(ensure_initialized(module.get(), absolute_name.get()));
    else
        module = TRY(find_and_load(absolute_name.get()));
    bool has_from = false;
    if (from_list && from_list != none()) has_from = TRY(is_true(from_list));
    if (!has_from) return top_level_of(name, absolute_name.get(), std::move(module), level);
    Ref<> path = TRY(lookup_attr(module.get(), "__path__"_name));
    if (!path) return module;
    Fallible<Ref<>> result =
        call_method(runtime().importlib, "_handle_fromlist"_name, module.get(), from_list, runtime().import_func);
    if (!result.ok()) remove_importlib_frames();
    return result;
}

Fallible<Ref<>> import_module(Str* name) {
    Ref<> top = TRY(import_module_level(name, nullptr, nullptr, nullptr, 0));
    if (str_find_char(name, '.', 0, name->length, 1) < 0) return top;
    Ref<> module = TRY(loaded_module(name));
    if (!module) return raise(exc::KeyError, "%R not in sys.modules as expected", static_cast<Object*>(name));
    return module;
}

Fallible<Ref<>> import_module(const char* name) {
    Ref<Str> text = TRY(str_from_ascii(name));
    return import_module(text.get());
}

Fallible<Ref<>> import_attribute(const char* module, const char* attribute) {
    Ref<> imported = TRY(import_module(module));
    return get_attr(imported.get(), attribute);
}

}  // namespace py
