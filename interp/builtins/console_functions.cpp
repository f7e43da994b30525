// print, input, breakpoint: builtin functions that go through sys.
#include <unistd.h>

#include <cstdio>

#include "interp/builtins/functions.h"
#include "interp/modules/io.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/line_input.h"
#include "interp/runtime/state.h"

namespace py {

static Fallible<Str*> optional_text(Object* value, const char* name) {
    if (!value || value == none()) return static_cast<Str*>(nullptr);
    if (!is_str(value)) return raise(exc::TypeError, "%s must be None or a string, not %T", name, value);
    return as_str(value);
}

// What print's keywords ask for; null: the default.
struct PrintOptions {
    Object *separator = nullptr, *end = nullptr, *file = nullptr, *flush = nullptr;
};
static Fallible<Ref<>> print_values(Object* const* values, ssize_t count, const PrintOptions& options) {
    bool flush = options.flush && TRY(is_true(options.flush));
    Object* file = options.file;
    if (!file || file == none()) {
        file = runtime().sys_dict ? dict_get_str(runtime().sys_dict, "stdout"_name) : nullptr;
        if (!file) return raise(exc::RuntimeError, "lost sys.stdout");
        if (file == none()) return share(none());
    }
    Ref<> kept = share(file);
    Str* separator = TRY(optional_text(options.separator, "sep"));
    Str* end = TRY(optional_text(options.end, "end"));
    for (ssize_t i = 0; i < count; ++i) {
        if (i) TRY(io::write_text(file, separator ? separator : " "_name));
        Ref<Str> text = TRY(str(values[i]));
        TRY(io::write_text(file, text.get()));
    }
    TRY(io::write_text(file, end ? end : "\n"_name));
    if (flush) TRY(call_method(file, "flush"_name));
    return share(none());
}
static Fallible<Ref<>> print_bound(Object*, Object* const* a) {
    return print_values(as_tuple(a[4])->items, as_tuple(a[4])->size, {a[0], a[1], a[2], a[3]});
}
// print(*args, sep=' ', end='\n', file=None, flush=False)
Object* builtin_print(Object* module, Object* const* args, ssize_t nargs, Object* kwnames) {
    // FAST: without keywords there is nothing to bind.
    if (!kwnames) return print_values(args, nargs, {}).release();
    return Bound<print_bound, "print", "(*args, sep=' ', end='\n', file=None, flush=False)">::fastcall(module, args, nargs, kwnames);
}

// Flushes quietly: what the stream makes of it is not input()'s business.
static void flush_quietly(Object* stream) {
    if (!call_method(stream, "flush"_name).ok()) clear_error();
}

static Fallible<bool> is_terminal(Object* stream, int descriptor) {
    Fallible<Ref<>> number = call_method(stream, "fileno"_name);
    if (!number.ok()) {
        clear_error();
        return false;
    }
    Fallible<int> value = as_c_int(number.take().get());
    if (!value.ok()) return raised;
    return value.take() == descriptor && isatty(descriptor);
}

static Fallible<Ref<>> read_line_from(Object* stream) {
    Ref<> line = TRY(call_method(stream, "readline"_name));
    if (!is_str(line.get())) return raise(exc::TypeError, "object.readline() returned non-string");
    Str* text = as_str(line.get());
    if (!text->length) return raise(exc::EOFError, "EOF when reading a line");
    if (text->at(text->length - 1) == '\n') return TRY(str_substring(text, 0, text->length - 1));
    return line;
}

// input(prompt='', /)
Fallible<Ref<>> builtin_input(Object*, Object* const* a) {
    Object* in = sys_get("stdin");
    Object* out = sys_get("stdout");
    Object* err = sys_get("stderr");
    if (!in || in == none()) return raise(exc::RuntimeError, "input(): lost sys.stdin");
    if (!out || out == none()) return raise(exc::RuntimeError, "input(): lost sys.stdout");
    if (!err || err == none()) return raise(exc::RuntimeError, "input(): lost sys.stderr");
    Ref<> kept_in = share(in), kept_out = share(out), kept_err = share(err);
    TRY(audit("builtins.input", "O", a[0]));
    flush_quietly(err);
    bool interactive = TRY(is_terminal(in, STDIN_FILENO)) && TRY(is_terminal(out, STDOUT_FILENO));
    if (interactive) {
        flush_quietly(out);
        Ref<Str> prompt = a[0] ? TRY(str(a[0])) : str_empty();
        Ref<> result = TRY(read_console_line(prompt.get()));
        TRY(audit("builtins.input/result", "O", result.get()));
        return result;
    }
    if (a[0]) {
        Ref<Str> prompt = TRY(str(a[0]));
        TRY(io::write_text(out, prompt.get()));
    }
    flush_quietly(out);
    return read_line_from(in);
}

// breakpoint(*args, **kws)
Object* builtin_breakpoint(Object*, Object* const* args, ssize_t nargs, Object* kwnames) {
    Object* hook = sys_get("breakpointhook");
    if (!hook) return raise(exc::RuntimeError, "lost sys.breakpointhook");
    TRY(audit("builtins.breakpoint", "O", hook));
    Ref<> kept = share(hook);
    return vectorcall(kept.get(), args, size_t(nargs), kwnames).release();
}

}  // namespace py
