// _imp: the low-level import machinery that importlib is written over.
#include <ctime>

#include "interp/compiler/compile.h"
#include "interp/import/extension_loader.h"
#include "interp/import/frozen.h"
#include "interp/import/native_modules.h"
#include "interp/modules/marshal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/hash.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/str_kind.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/vm/eval.h"

namespace py {

namespace {

// The import lock: re-entrant, of the thread that holds it. The GIL guards these words.
Thread* lock_owner = nullptr;
int lock_depth = 0;

// _imp.acquire_lock()
Fallible<Ref<>> imp_acquire_lock(Object*) {
    Thread* self = Thread::current();
    while (lock_owner && lock_owner != self) {
        GilReleased released;
        timespec pause{0, 1000000};
        nanosleep(&pause, nullptr);
    }
    lock_owner = self;
    ++lock_depth;
    return share(none());
}
// _imp.release_lock()
Fallible<Ref<>> imp_release_lock(Object*) {
    if (lock_owner != Thread::current()) return raise(exc::RuntimeError, "not holding the import lock");
    if (--lock_depth == 0) lock_owner = nullptr;
    return share(none());
}
// _imp.lock_held()
Fallible<Ref<>> imp_lock_held(Object*) { return bool_from(lock_owner != nullptr); }

// _imp.create_builtin(spec, /)
Fallible<Ref<>> imp_create_builtin(Object*, Object* spec) {
    Ref<> name = TRY(get_attr(spec, "name"_name));
    if (!is_str(name.get())) return raise(exc::TypeError, "expected str");
    const NativeModule* definition = find_native_module(TRY(str_utf8(as_str(name.get()))));
    if (!definition) {
        if (str_equals(as_str(name.get()), "sys")) return share<Object>(runtime().sys_module);
        if (str_equals(as_str(name.get()), "builtins")) return share<Object>(runtime().builtins_module);
        return share(none());
    }
    return native_module_import(*definition);
}
// _imp.exec_builtin(mod, /)
Fallible<Ref<>> imp_exec_builtin(Object*, Object*) { return TRY(int_from(0)); }

// _imp.create_dynamic(spec, file=None, /)
Fallible<Ref<>> imp_create_dynamic(Object*, Object* const* a) { return create_extension_module(a[0]); }
// _imp.exec_dynamic(mod, /)
Fallible<Ref<>> imp_exec_dynamic(Object*, Object* module) {
    TRY(execute_extension_module(module));
    return int_from(0);
}
// _imp.extension_suffixes()
Fallible<Ref<>> imp_extension_suffixes(Object*) {
    Ref<List> list = TRY(list_new(0));
    for (const char* suffix : {".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"}) {
        Ref<Str> text = TRY(str_from_ascii(suffix));
        TRY(list_append(list.get(), text.get()));
    }
    return list;
}

Fallible<std::string_view> name_argument(const char* what, Object* name) {
    if (!is_str(name)) return raise_not_str(what, name);
    Fallible<std::string_view> text = str_utf8(as_str(name));
    if (text.ok() || !clear_error_if(exc::UnicodeEncodeError)) return text;
    return std::string_view();  // lone surrogates, which no module has in its name
}

Raised raise_not_frozen(Object* name) {
    Ref<Str> message = TRY(format_str("No such frozen object named %R", name));
    return raise_import_error(message.get(), name, nullptr);
}

// _imp.is_builtin(name, /)
Fallible<Ref<>> imp_is_builtin(Object*, Object* name) {
    std::string_view text = TRY(name_argument("is_builtin() argument", name));
    if (text == "sys" || text == "builtins") return TRY(int_from(-1));
    return TRY(int_from(find_native_module(text) ? 1 : 0));
}
// _imp.is_frozen(name, /)
Fallible<Ref<>> imp_is_frozen(Object*, Object* name) { return bool_from(find_frozen(TRY(name_argument("is_frozen() argument", name))) != nullptr); }
// _imp.is_frozen_package(name, /)
Fallible<Ref<>> imp_is_frozen_package(Object*, Object* name) {
    std::string_view text = TRY(name_argument("is_frozen_package() argument", name));
    const FrozenModule* module = find_frozen(text);
    if (!module) return raise_not_frozen(name);
    return bool_from(module->is_package);
}
// _imp.find_frozen(name, /, *, withdata=False)
Fallible<Ref<>> imp_find_frozen(Object*, Object* const* a) {
    const FrozenModule* module = find_frozen(TRY(name_argument("find_frozen() argument 1", a[0])));
    if (!module) return share(none());
    bool with_data = a[1] && TRY(is_true(a[1]));
    Ref<> data = share(none());
    if (with_data) data = TRY(frozen_code_bytes(*module));
    Ref<> original = share(none());
    if (module->original_name) original = TRY(str_from_ascii(module->original_name));
    return TRY(tuple_pack(data.get(), module->is_package ? py_true() : py_false(), original.get()));
}
// _imp.get_frozen_object(name, data=None, /)
Fallible<Ref<>> imp_get_frozen_object(Object*, Object* const* a) {
    std::string_view name = TRY(name_argument("get_frozen_object() argument 1", a[0]));
    if (a[1] && a[1] != none()) {
        BufferView view;
        TRY(view.open(a[1]));
        Ref<> code = TRY(marshal_read(view.view()));
        if (!is_code(code.get())) return raise(exc::TypeError, "object %R is not a code object", a[0]);
        return code;
    }
    const FrozenModule* module = find_frozen(name);
    if (!module) return raise_not_frozen(a[0]);
    return TRY(frozen_code(*module));
}
// _imp.init_frozen(name, /)
Fallible<Ref<>> imp_init_frozen(Object*, Object* name) {
    const FrozenModule* module = find_frozen(TRY(name_argument("init_frozen() argument", name)));
    if (!module) return share(none());
    return import_frozen_module(*module);
}
// _imp._frozen_module_names()
Fallible<Ref<>> imp_frozen_module_names(Object*) {
    Ref<List> names = TRY(list_new(0));
    for (const FrozenModule* each = frozen_modules(); each->name; ++each) TRY(list_append(names.get(), interned(each->name)));
    return names;
}
// _imp._override_frozen_modules_for_tests(override, /)
Fallible<Ref<>> imp_override_frozen(Object*, Object* wish) {
    override_frozen_modules(TRY(as_c_int(wish)));
    return share(none());
}

Fallible<void> fix_filename(Code* code, Str* old, Str* filename) {
    if (code->filename != old && !str_equals(code->filename, old)) return {};
    if (code->filename == filename) return {};
    replace_slot(code->filename, new_reference(filename));
    for (ssize_t i = 0; i < code->consts->size; ++i)
        if (is_code(code->consts->items[i])) TRY(fix_filename(static_cast<Code*>(code->consts->items[i]), old, filename));
    return {};
}
// _imp._fix_co_filename(code, path, /)
Fallible<Ref<>> imp_fix_co_filename(Object*, Object* const* a) {
    if (!is_code(a[0])) return raise(exc::TypeError, "_fix_co_filename() argument 1 must be code, not %N", a[0]);
    if (!is_str(a[1])) return raise(exc::TypeError, "_fix_co_filename() argument 2 must be str, not %N", a[1]);
    auto* code = static_cast<Code*>(a[0]);
    Ref<Str> old = share(code->filename);
    TRY(fix_filename(code, old.get(), as_str(a[1])));
    return share(none());
}

// _imp.source_hash(key, source)
Fallible<Ref<>> imp_source_hash(Object*, Object* const* a) {
    int64_t key = TRY(as_int64(a[0]));
    BufferView view;
    TRY(view.open(a[1]));
    uint64_t hash = siphash13(uint64_t(key), 0, view.data(), size_t(view.size()));
    return TRY(bytes_from({reinterpret_cast<const char*>(&hash), sizeof hash}));
}

MethodDef imp_functions[] = {
    METHOD_NOARGS("_frozen_module_names", imp_frozen_module_names, "($module, /)", "Names of the frozen modules."),
    METHOD("_fix_co_filename", imp_fix_co_filename, "($module, code, path, /)", "Change a code object's file name, nested ones too."),
    METHOD_O("_override_frozen_modules_for_tests", imp_override_frozen, "($module, override, /)", "1: all are in use, -1: the essential ones, 0: as -X frozen_modules says."),
    METHOD_NOARGS("acquire_lock", imp_acquire_lock, "($module, /)", "Acquire the import lock."),
    METHOD_O("create_builtin", imp_create_builtin, "($module, spec, /)", "Make a native module."),
    METHOD("create_dynamic", imp_create_dynamic, "($module, spec, file=None, /)", "Load an extension module."),
    METHOD_O("exec_builtin", imp_exec_builtin, "($module, mod, /)", "Run a native module's initialisation."),
    METHOD_O("exec_dynamic", imp_exec_dynamic, "($module, mod, /)", "Run an extension module's initialisation."),
    METHOD_NOARGS("extension_suffixes", imp_extension_suffixes, "($module, /)", "Suffixes of extension modules."),
    METHOD("find_frozen", imp_find_frozen, "($module, name, /, *, withdata=False)", "What is known of a frozen module."),
    METHOD("get_frozen_object", imp_get_frozen_object, "($module, name, data=None, /)", "A frozen module's code."),
    METHOD_O("init_frozen", imp_init_frozen, "($module, name, /)", "Import a frozen module."),
    METHOD_O("is_builtin", imp_is_builtin, "($module, name, /)", "1 for a native module, -1 when it cannot be made again, else 0."),
    METHOD_O("is_frozen", imp_is_frozen, "($module, name, /)", "Whether the module is frozen."),
    METHOD_O("is_frozen_package", imp_is_frozen_package, "($module, name, /)", "Whether the frozen module is a package."),
    METHOD_NOARGS("lock_held", imp_lock_held, "($module, /)", "Whether the import lock is held."),
    METHOD_NOARGS("release_lock", imp_release_lock, "($module, /)", "Release the import lock."),
    METHOD("source_hash", imp_source_hash, "($module, /, key, source)", "Hash of a source file for hash-based caches."),
    END_ROW,
};

Fallible<void> imp_execute(Module* module) {
    return module_add_str(module, "check_hash_based_pycs", runtime().config.check_hash_pycs);
}

}  // namespace

extern const NativeModule imp_module;
const NativeModule imp_module = {"_imp", "What importlib needs of the interpreter.", imp_functions, imp_execute};

}  // namespace py
