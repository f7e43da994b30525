// See print_exception.h.
#include "interp/runtime/print_exception.h"

#include <cstdio>
#include <cstring>

#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/state.h"
#include "interp/runtime/standard_streams.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

Fallible<void> write(Object* stream, Str* text) {
    if (!stream) {
        std::string_view utf8 = TRY(str_utf8(text));
        std::fwrite(utf8.data(), 1, utf8.size(), stderr);
        return {};
    }
    TRY(call_method(stream, "write"_name, static_cast<Object*>(text)));
    return {};
}

Fallible<void> print_plain(Object* stream, Object* exception, Object* traceback) {
    if (traceback && traceback != none()) {
        TRY(write(stream, TRY(str_from_ascii("Traceback (most recent call last):\n")).get()));
        for (auto* each = static_cast<Traceback*>(traceback); each; each = each->next) {
            Code* code = each->frame->frame->code;
            int line = each->line == -1 ? code_line_at(code, each->last_instruction) : each->line;
            TRY(write(stream, TRY(format_str("  File \"%U\", line %d, in %U\n", code->filename, line, code->name)).get()));
        }
    }
    Ref<Str> text = TRY(str(exception));
    Ref<Str> qualname = TRY(type_qualname(exception->type));
    Ref<Str> line = text->length ? TRY(format_str("%U: %U\n", qualname.get(), text.get())) : TRY(format_str("%U\n", qualname.get()));
    return write(stream, line.get());
}

}  // namespace

void print_exception_to(Object* stream, Object* exception, Object* traceback, bool) {
    SavedError saved;
    if (!print_plain(stream, exception, traceback).ok()) clear_error();
}

void display_exception(Object* exception, Object* traceback) {
    Object* stream = sys_get("stderr");
    if (stream == none()) return;
    Ref<> kept = stream ? share(stream) : Ref<>();
    if (is_exception(exception) && traceback == none() && as_exception(exception)->traceback) traceback = as_exception(exception)->traceback;
    print_exception_to(stream, exception, traceback);
    if (stream && !call_method(stream, "flush"_name).ok()) clear_error();
}

void print_pending_exception() {
    PendingError error = fetch_error();
    if (!error) return;
    normalize_error(error);
    if (error.traceback && is_exception(error.value.get())) exception_set_traceback(as_exception(error.value.get()), error.traceback.get());
    Object* traceback = error.traceback ? error.traceback.get() : none();
    (void)sys_set("last_type", error.type.get()).ok();
    (void)sys_set("last_value", error.value.get()).ok();
    (void)sys_set("last_traceback", traceback).ok();
    Object* hook = sys_get("excepthook");
    if (!hook) {
        std::fprintf(stderr, "sys.excepthook is missing\n");
        display_exception(error.value.get(), traceback);
        return;
    }
    Ref<> kept = share(hook);
    if (call(hook, error.type.get(), error.value.get(), traceback).ok()) return;
    if (error_matches(exc::SystemExit)) return;
    Ref<BaseException> second = fetch_exception();
    std::fflush(stdout);
    std::fprintf(stderr, "Error in sys.excepthook:\n");
    display_exception(second.get(), second->traceback ? second->traceback : none());
    std::fprintf(stderr, "\nOriginal exception was:\n");
    display_exception(error.value.get(), traceback);
}

int handle_system_exit(Object* exception) {
    flush_standard_streams();
    Object* code = static_cast<SystemExitException*>(as_exception(exception))->code;
    if (!code || code == none()) return 0;
    if (is_int(code)) {
        int overflow;
        int64_t value = as_int64_clamped(as_int(code), &overflow);
        return overflow ? 255 : int(value & 0xff);
    }
    Object* stream = sys_get("stderr");
    Fallible<Ref<Str>> text = str(code);
    if (text.ok()) {
        Ref<Str> shown = text.take();
        if (!write(stream == none() ? nullptr : stream, shown.get()).ok()) clear_error();
        if (!write(stream == none() ? nullptr : stream, "\n"_name).ok()) clear_error();
    }
    clear_error();
    flush_standard_streams();
    return 1;
}

}  // namespace py
