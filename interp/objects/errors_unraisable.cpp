// Exceptions nobody can catch (from __del__, weakref callbacks, …): sys.unraisablehook and its default.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/exception_text.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

enum HookField { kHookType, kHookValue, kHookTraceback, kHookMessage, kHookObject, kHookFieldCount };

StructSequenceField hook_fields[] = {
    {"exc_type", "Exception type."},
    {"exc_value", "Exception value, can be None."},
    {"exc_traceback", "Exception traceback, can be None."},
    {"err_msg", "Error message, can be None."},
    {"object", "Object that caused the exception, can be None."},
    {},
};

// "Exception ignored in: <function …>" or "message: <object>".
Fallible<void> write_head(ErrorSink& sink, Object* message, Object* object) {
    if (is_none(message) && is_none(object)) return {};
    if (is_none(message)) {
        TRY(sink.ascii("Exception ignored in: "));
    } else {
        Ref<Str> text = TRY(str(message));
        TRY(sink.text(text.get()));
        TRY(sink.ascii(is_none(object) ? ":\n" : ": "));
    }
    if (is_none(object)) return {};
    auto shown = repr(object);
    if (shown.ok()) {
        TRY(sink.text(shown.take().get()));
    } else {
        clear_error();
        TRY(sink.ascii("<object repr() failed>"));
    }
    return sink.ascii("\n");
}

Fallible<void> report(PendingError& error, Object* message, Object* object) {
    Type* type = TRY(unraisable_hook_args_type());
    Ref<Tuple> arguments = TRY(struct_sequence_new(type));
    auto or_none = [](Ref<>& field) { return share(field ? field.get() : none()); };
    struct_sequence_set(arguments.get(), kHookType, or_none(error.type));
    struct_sequence_set(arguments.get(), kHookValue, or_none(error.value));
    struct_sequence_set(arguments.get(), kHookTraceback, or_none(error.traceback));
    struct_sequence_set(arguments.get(), kHookMessage, share(message ? message : none()));
    struct_sequence_set(arguments.get(), kHookObject, share(object ? object : none()));
    Ref<> hook = share(sys_get("unraisablehook"));
    if (!hook || is_none(hook.get())) return default_unraisable_hook(arguments.get());
    const char* what = "Exception ignored in audit hook";
    if (audit("sys.unraisablehook", "OO", hook.get(), static_cast<Object*>(arguments.get())).ok()) {
        what = "Exception ignored in sys.unraisablehook";
        auto done = call(hook.get(), static_cast<Object*>(arguments.get()));
        if (done.ok()) {
            (void)done.take();
            return {};
        }
    } else {
        hook = share(none());
    }
    // A hook failed itself: its own error is what is left to show.
    PendingError failure = fetch_error();
    normalize_error(failure);
    Ref<Str> text = TRY(str_from_ascii(what));
    struct_sequence_set(arguments.get(), kHookType, or_none(failure.type));
    struct_sequence_set(arguments.get(), kHookValue, or_none(failure.value));
    struct_sequence_set(arguments.get(), kHookTraceback, or_none(failure.traceback));
    struct_sequence_set(arguments.get(), kHookMessage, std::move(text));
    struct_sequence_set(arguments.get(), kHookObject, std::move(hook));
    return default_unraisable_hook(arguments.get());
}

void write_unraisable_with(Object* message, Object* where) {
    if (!error_occurred()) return;
    // An error raised outside any frame gets the place that is running.
    if (InterpreterFrame* frame = first_complete_frame(current_frame()); frame && !Thread::current()->error_traceback) {
        if (Frame* object = frame_object_of(frame)) (void)traceback_here(object).ok();
    }
    PendingError error = fetch_error();
    normalize_error(error);
    if (error.traceback && is_exception(error.value.get()))
        exception_set_traceback(as_exception(error.value.get()), error.traceback.get());
    Ref<> object = share(where);
    // Nobody is left to tell when even the report fails.
    if (!report(error, message, object.get()).ok()) clear_error();
}

}  // namespace

Fallible<Type*> unraisable_hook_args_type() {
    static Type* type = nullptr;
    if (!type) {
        Ref<Type> made = TRY(struct_sequence_type_new(
            {"UnraisableHookArgs", "What sys.unraisablehook is called with.", hook_fields, kHookFieldCount}));
        type = made.release();
    }
    return type;
}

// sys.unraisablehook(unraisable, /)
Fallible<void> default_unraisable_hook(Object* arguments) {
    Type* type = TRY(unraisable_hook_args_type());
    if (arguments->type != type)
        return raise(exc::TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
    Object** fields = as_tuple(arguments)->items;
    Ref<> file = share(sys_get("stderr"));
    if (!file || is_none(file.get())) return {};
    ErrorSink sink(file.get());
    TRY(write_head(sink, fields[kHookMessage], fields[kHookObject]));
    // A failure to show the traceback does not hide the exception's own line.
    if (!is_none(fields[kHookTraceback]) && !print_traceback_to(file.get(), fields[kHookTraceback]).ok()) clear_error();
    if (is_none(fields[kHookType])) return {};
    if (is_exception_class(fields[kHookType])) {
        TRY(write_type_name(sink, static_cast<Type*>(fields[kHookType]), ""));
    } else {
        Ref<Str> name = TRY(str(fields[kHookType]));
        TRY(sink.text(name.get()));
    }
    if (!is_none(fields[kHookValue])) {
        TRY(sink.ascii(": "));
        TRY(write_text_of(sink, fields[kHookValue]));
    }
    TRY(sink.ascii("\n"));
    auto flushed = call_method(file.get(), "flush"_name);
    if (!flushed.ok()) clear_error();
    return {};
}

void write_unraisable(Object* where) { write_unraisable_with(nullptr, where); }

void write_unraisable_message(const char* message, Object* where) {
    PendingError error = fetch_error();
    Ref<Str> text;
    if (message) {
        auto made = format_str("Exception ignored %s", message);
        if (made.ok())
            text = made.take();
        else
            clear_error();
    }
    restore_error(std::move(error));
    write_unraisable_with(text.get(), where);
}

}  // namespace py
