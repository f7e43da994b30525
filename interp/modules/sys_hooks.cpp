// sys.displayhook, excepthook, unraisablehook and breakpointhook.
#include <cstdlib>
#include <cstring>

#include "interp/import/import.h"
#include "interp/modules/sys.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/str.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/state.h"

namespace py {

// Writes text that the stream's encoding cannot express with backslash escapes.
static Fallible<void> write_with_escapes(Object* stream, Str* text) {
    if (call_method(stream, "write"_name, static_cast<Object*>(text)).ok()) return {};
    if (!clear_error_if(exc::UnicodeEncodeError)) return raised;
    Ref<> encoding = TRY(get_attr(stream, "encoding"_name));
    if (!is_str(encoding.get())) return raise(exc::TypeError, "stream encoding is not a string");
    std::string_view name = TRY(str_utf8(as_str(encoding.get())));
    Ref<Bytes> encoded = TRY(str_encode(text, name.data(), "backslashreplace"));
    Ref<> buffer = TRY(lookup_attr(stream, "buffer"_name));
    if (buffer) {
        TRY(call_method(buffer.get(), "write"_name, static_cast<Object*>(encoded.get())));
        return {};
    }
    Ref<Str> decoded = TRY(bytes_decode(encoded->view(), name.data(), "strict"));
    TRY(call_method(stream, "write"_name, static_cast<Object*>(decoded.get())));
    return {};
}

// sys.displayhook(object, /)
Fallible<Ref<>> sys_displayhook(Object*, Object* value) {
    Ref<> builtins = TRY(dict_get(runtime().modules, "builtins"_name));
    if (!builtins) return raise(exc::RuntimeError, "lost builtins module");
    if (value == none()) return share(none());
    TRY(set_attr(builtins.get(), "_"_name, none()));
    Object* out = sys_get("stdout");
    if (!out || out == none()) return raise(exc::RuntimeError, "lost sys.stdout");
    Ref<> kept = share(out);
    Ref<Str> text = TRY(repr(value));
    TRY(write_with_escapes(out, text.get()));
    TRY(call_method(out, "write"_name, static_cast<Object*>("\n"_name)));
    TRY(set_attr(builtins.get(), "_"_name, value));
    return share(none());
}

// sys.excepthook(exctype, value, traceback, /)
Fallible<Ref<>> sys_excepthook(Object*, Object* const* a) {
    display_exception(a[1], a[2]);
    return share(none());
}

// sys.unraisablehook(unraisable, /)
Fallible<Ref<>> sys_unraisablehook(Object*, Object* unraisable) {
    TRY(default_unraisable_hook(unraisable));
    return share(none());
}

// sys.breakpointhook(*args, **kws)
Object* sys_breakpointhook(Object*, Object* const* args, ssize_t nargs, Object* kwnames) {
    const char* wanted = runtime().config.ignore_environment ? nullptr : std::getenv("PYTHONBREAKPOINT");
    if (!wanted || !*wanted) wanted = "pdb.set_trace";
    if (!std::strcmp(wanted, "0")) return new_reference(none());
    auto unimportable = [&]() -> Object* {
        TRY(warn(exc::RuntimeWarning, 0, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", wanted));
        return new_reference(none());
    };
    const char* dot = std::strrchr(wanted, '.');
    if (dot == wanted) return unimportable();
    Ref<Str> module_name = dot ? TRY(str_from_fs({wanted, size_t(dot - wanted)})) : TRY(str_from_ascii("builtins"));
    Fallible<Ref<>> module = import_module(module_name.get());
    Fallible<Ref<>> hook = module.ok() ? get_attr(module.take().get(), dot ? dot + 1 : wanted) : Fallible<Ref<>>(raised);
    if (!hook.ok()) {
        if (!error_matches(exc::ImportError) && !error_matches(exc::AttributeError)) return nullptr;
        clear_error();
        return unimportable();
    }
    Ref<> function = hook.take();
    return vectorcall(function.get(), args, size_t(nargs), kwnames).release();
}

}  // namespace py
