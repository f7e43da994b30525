// See print_exception.h.
#include "interp/runtime/print_exception.h"

#include <cstdio>
#include <cstdlib>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/exception_text.h"
#include "interp/runtime/standard_streams.h"
#include "interp/runtime/start.h"
#include "interp/runtime/state.h"
#include "interp/runtime/traceback_text.h"

namespace py {

namespace {

// What is left to say when an exception cannot be written to sys.stderr.
void dump(Object* exception) {
    std::fflush(stdout);
    std::fprintf(stderr, "object address  : %p\nobject refcount : %zd\nobject type     : %p\nobject type name: %s\n",
                 static_cast<void*>(exception), exception->refcount, static_cast<void*>(exception->type),
                 exception->type->name);
    std::fputs("object repr     : ", stderr);
    auto shown = repr(exception);
    Ref<Str> text = shown.ok() ? shown.take() : Ref<Str>();
    ErrorSink sink(nullptr);
    if (!text || !sink.text(text.get()).ok()) clear_error();
    std::fputs("\nlost sys.stderr\n", stderr);
    std::fflush(stderr);
}

void attach_traceback(Object* exception, Object* traceback) {
    if (!is_exception(exception) || as_exception(exception)->traceback || !traceback) return;
    if (is_exact(traceback, traceback_type)) exception_set_traceback(as_exception(exception), traceback);
}

// To sys.stderr, or C's stderr where that is lost or fails.
void write_to_stderr(std::string_view text) {
    Object* stream = sys_get("stderr");
    Ref<> kept = share(stream && stream != none() ? stream : nullptr);
    if (kept && ErrorSink(kept.get()).ascii(text).ok()) return;
    clear_error();
    if (!ErrorSink(nullptr).ascii(text).ok()) clear_error();
}

}  // namespace

void print_exception_to(Object* stream, Object* exception, Object* traceback) {
    SavedError saved;
    attach_traceback(exception, traceback);
    ErrorSink sink(stream);
    if (!write_exception(sink, exception).ok()) {
        clear_error();
        dump(exception);
        clear_error();
    }
    if (stream && !call_method(stream, "flush"_name).ok()) clear_error();
}

Fallible<void> print_traceback_to(Object* stream, Object* traceback) {
    ErrorSink sink(stream);
    return write_traceback(sink, traceback, kTracebackHeader, "");
}

void display_exception(Object* exception, Object* traceback) {
    Object* stream = sys_get("stderr");
    if (!stream) {
        SavedError saved;
        attach_traceback(exception, traceback);
        dump(exception);
        clear_error();
        return;
    }
    if (stream == none()) return;
    Ref<> kept = share(stream);
    print_exception_to(stream, exception, traceback);
}

void print_pending_exception() {
    PendingError error = fetch_error();
    if (!error) return;
    normalize_error(error);
    if (error.traceback && is_exception(error.value.get()))
        exception_set_traceback(as_exception(error.value.get()), error.traceback.get());
    Object* traceback = error.traceback ? error.traceback.get() : none();
    (void)sys_set("last_type", error.type.get()).ok();
    (void)sys_set("last_value", error.value.get()).ok();
    (void)sys_set("last_traceback", traceback).ok();
    Object* hook = sys_get("excepthook");
    if (!audit("sys.excepthook", "OOOO", hook ? hook : none(), error.type.get(), error.value.get(), traceback).ok()) {
        if (error_matches(exc::RuntimeError)) {
            clear_error();
            return;
        }
        write_unraisable_message("in audit hook", nullptr);
    }
    if (!hook) {
        write_to_stderr("sys.excepthook is missing\n");
        display_exception(error.value.get(), traceback);
        return;
    }
    Ref<> kept = share(hook);
    if (call(hook, error.type.get(), error.value.get(), traceback).ok()) return;
    if (error_matches(exc::SystemExit)) {
        if (!runtime().config.inspect) std::exit(end_interpreter(handle_system_exit(fetch_exception().get())));
    }
    PendingError second = fetch_error();
    normalize_error(second);
    std::fflush(stdout);
    write_to_stderr("Error in sys.excepthook:\n");
    display_exception(second.value.get(), second.traceback ? second.traceback.get() : none());
    write_to_stderr("\nOriginal exception was:\n");
    display_exception(error.value.get(), traceback);
}

int handle_system_exit(Object* exception) {
    Fallible<Ref<>> attribute = get_attr(exception, "code"_name);
    Ref<> found = attribute.ok() ? attribute.take() : share(exception);
    clear_error();
    Object* code = found.get();
    if (code == none()) return 0;
    if (is_int(code)) {
        int overflow;
        int64_t value = as_int64_clamped(as_int(code), &overflow);
        return overflow ? 255 : int(value & 0xff);
    }
    Object* stream = sys_get("stderr");
    Ref<> kept = share(stream && stream != none() ? stream : nullptr);
    auto text = str(code);
    if (text.ok() && !ErrorSink(kept.get()).text(text.take().get()).ok()) clear_error();
    clear_error();
    write_to_stderr("\n");
    return 1;
}

}  // namespace py
