// PyErr_*, PyException_*: the pending exception and the one being handled.
#include "interp/objects/errors.h"

#include <cerrno>
#include <cstdarg>
#include <cstring>

#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/runtime/print_exception.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"

namespace py {

static Type* as_exception_type(Object* type) {
    return static_cast<Type*>(static_cast<VarObject*>(type));
}

API void PyErr_Clear() {
    clear_error();
}
API Object* PyErr_Occurred() {
    return current_thread ? current_thread->error_type : nullptr;
}
API void PyErr_SetNone(Object* type) {
    (void)raise_bare(as_exception_type(type));
}
API void PyErr_SetObject(Object* type, Object* value) {
    if (value)
        (void)raise_object(as_exception_type(type), value);
    else
        (void)raise_bare(as_exception_type(type));
}
API void PyErr_SetString(Object* type, const char* text) {
    (void)raise(as_exception_type(type), "%s", text);
}
API Object* PyErr_FormatV(Object* type, const char* format, va_list arguments) {
    clear_error();
    Ref<Str> text = TRY(format_str_v(format, arguments));
    return raise_object(as_exception_type(type), text.get());
}
API Object* PyErr_Format(Object* type, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    PyErr_FormatV(type, format, arguments);
    va_end(arguments);
    return nullptr;
}
API Object* _PyErr_FormatFromCause(Object* type, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Fallible<Ref<Str>> text = [&] {
        SavedError cause;
        return format_str_v(format, arguments);
    }();
    va_end(arguments);
    Ref<Str> message = TRY(std::move(text));
    return raise_from_pending(as_exception_type(type), "%U", message.get());
}
API Object* PyErr_NoMemory() {
    return raise_memory_error();
}
API int PyErr_BadArgument() {
    return raise(exc::TypeError, "bad argument type for built-in operation");
}
API void PyErr_BadInternalCall() {
    (void)raise(exc::SystemError, "bad argument to internal function");
}
API void _PyErr_BadInternalCall(const char* file, int line) {
    (void)raise(exc::SystemError, "%s:%d: bad argument to internal function", file, line);
}
API int PyErr_ExceptionMatches(Object* type_or_tuple) {
    return error_matches(type_or_tuple);
}
API int PyErr_GivenExceptionMatches(Object* given, Object* type_or_tuple) {
    return given && type_or_tuple && given_exception_matches(given, type_or_tuple);
}
API void PyErr_Fetch(Object** type, Object** value, Object** traceback) {
    PendingError error = fetch_error();
    *type = error.type.release();
    *value = error.value.release();
    *traceback = error.traceback.release();
}
API void PyErr_Restore(Object* type, Object* value, Object* traceback) {
    restore_error({steal(type), steal(value), steal(traceback)});
}
API void PyErr_NormalizeException(Object** type, Object** value, Object** traceback) {
    if (!*type) return;
    PendingError error{steal(*type), steal(*value), steal(*traceback)};
    normalize_error(error);
    *type = error.type.release();
    *value = error.value.release();
    *traceback = error.traceback.release();
}

// The exception that is being handled, or null.
static Object*& handled_slot(ExceptionStackItem* item) {
    return item->value;
}
static Object* handled_exception() {
    for (ExceptionStackItem* item = current_thread->exception_info; item; item = item->previous)
        if (handled_slot(item) && !is_none(handled_slot(item))) return handled_slot(item);
    return nullptr;
}
API Object* PyErr_GetHandledException() {
    Object* exception = handled_exception();
    xincref(exception);
    return exception;
}
API void PyErr_SetHandledException(Object* exception) {
    xincref(exception);
    replace_slot(handled_slot(current_thread->exception_info), exception);
}
API void PyErr_GetExcInfo(Object** type, Object** value, Object** traceback) {
    Object* exception = handled_exception();
    *type = new_reference(exception ? static_cast<Object*>(exception->type) : none());
    *value = new_reference(exception ? exception : none());
    Object* trace = exception ? as_exception(exception)->traceback : nullptr;
    *traceback = new_reference(trace ? trace : none());
}
API void PyErr_SetExcInfo(Object* type, Object* value, Object* traceback) {
    PyErr_SetHandledException(value && is_none(value) ? nullptr : value);
    xdecref(type);
    xdecref(value);
    xdecref(traceback);
}

API void PyErr_WriteUnraisable(Object* where) {
    write_unraisable(where);
}
API void _PyErr_WriteUnraisableMsg(const char* message, Object* where) {
    write_unraisable_message(message, where);
}
API void PyErr_PrintEx(int set_last) {
    if (set_last && current_thread->error_type) {
        PendingError error = fetch_error();
        normalize_error(error);
        Object* traceback = error.traceback ? error.traceback.get() : none();
        if (!sys_set("last_type", error.type.get()).ok() || !sys_set("last_value", error.value.get()).ok() ||
            !sys_set("last_traceback", traceback).ok())
            clear_error();
        restore_error(std::move(error));
    }
    print_pending_exception();
}
API void PyErr_Print() {
    PyErr_PrintEx(1);
}
API void PyErr_Display(Object*, Object* value, Object* traceback) {
    display_exception(value, traceback);
}

API int PyErr_WarnEx(Object* category, const char* text, ssize_t stack_level) {
    return warn(category ? as_exception_type(category) : exc::RuntimeWarning, stack_level, "%s", text).release();
}
API int PyErr_WarnFormat(Object* category, ssize_t stack_level, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Fallible<Ref<Str>> made = format_str_v(format, arguments);
    va_end(arguments);
    Ref<Str> text = TRY(std::move(made));
    return warn(category ? as_exception_type(category) : exc::RuntimeWarning, stack_level, "%U", text.get()).release();
}
API int PyErr_WarnExplicit(Object* category, const char* text, const char* filename, int line, const char* module,
                           Object* registry) {
    Ref<Str> message = TRY(str_from_utf8(text))
    , file = TRY(str_from_fs(filename))
    , name;
    if (module) name = TRY(str_from_utf8(module));
    return warn_explicit(category ? as_exception_type(category) : exc::RuntimeWarning, message.get(), file.get(), line,
                         name.get(), registry)
        .release();
}
// type(error, text[, filename])
static Fallible<Ref<>> call_with_errno(Object* type, int error, Object* filename) {
    Ref<Int> number = TRY(int_from(error));
    Ref<Str> text = TRY(str_from_fs(strerror(error)));
    return filename ? call(type, number.get(), text.get(), filename) : call(type, number.get(), text.get());
}
API Object* PyErr_SetFromErrno(Object* type) {
    int error = errno;
    if (error == EINTR && !check_signals().ok()) return raised;
    if (type == exc::OSError) return raise_os_error(error);
    Ref<> exception = TRY(call_with_errno(type, error, nullptr));
    return raise_object(as_exception_type(type), exception.get());
}
API Object* PyErr_SetFromErrnoWithFilenameObject(Object* type, Object* filename) {
    int error = errno;
    if (error == EINTR && !check_signals().ok()) return raised;
    if (type == exc::OSError) return raise_os_error(error, filename);
    Ref<> exception = TRY(call_with_errno(type, error, filename));
    return raise_object(as_exception_type(type), exception.get());
}
API Object* PyErr_SetFromErrnoWithFilename(Object* type, const char* filename) {
    Ref<Str> name;
    if (filename) {
        int error = errno;
        name = TRY(str_from_fs(filename));
        errno = error;
    }
    return PyErr_SetFromErrnoWithFilenameObject(type, name.get());
}
API Object* PyErr_SetImportError(Object* message, Object* name, Object* path) {
    return raise_import_error(as_str(message), name ? name : none(), path ? path : none());
}
API int PyErr_CheckSignals() {
    return check_signals().release();
}

API Object* PyErr_NewExceptionWithDoc(const char* name, const char* doc, Object* base, Object* attributes) {
    std::string_view full = name;
    size_t dot = full.rfind('.');
    if (dot == full.npos) return raise(exc::SystemError, "PyErr_NewException: name must be module.class");
    Ref<Dict> names = attributes ? TRY(dict_copy(as_dict(attributes))) : TRY(dict_new());
    if (!dict_get_str(names.get(), "__module__"_name)) {
        Ref<Str> module = TRY(str_from_utf8(full.substr(0, dot)));
        TRY(dict_set(names.get(), "__module__"_name, module.get()));
    }
    if (doc) {
        Ref<Str> text = TRY(str_from_utf8(doc));
        TRY(dict_set(names.get(), "__doc__"_name, text.get()));
    }
    if (!base) base = exc::Exception;
    Ref<Tuple> bases = is_tuple(base) ? share(as_tuple(base)) : TRY(tuple_pack(base));
    Ref<Str> short_name = TRY(str_from_utf8(full.substr(dot + 1)));
    return call<Object>(&type_type, short_name.get(), bases.get(), names.get()).release();
}
API Object* PyErr_NewException(const char* name, Object* base, Object* attributes) {
    return PyErr_NewExceptionWithDoc(name, nullptr, base, attributes);
}

API Object* PyException_GetTraceback(Object* exception) {
    xincref(as_exception(exception)->traceback);
    return as_exception(exception)->traceback;
}
API int PyException_SetTraceback(Object* exception, Object* traceback) {
    if (!traceback || (!is_none(traceback) && traceback->type != &traceback_type))
        return raise(exc::TypeError, "__traceback__ must be a traceback or None");
    exception_set_traceback(as_exception(exception), is_none(traceback) ? nullptr : traceback);
    return 0;
}
API Object* PyException_GetCause(Object* exception) {
    xincref(as_exception(exception)->cause);
    return as_exception(exception)->cause;
}
API void PyException_SetCause(Object* exception, Object* cause) {
    exception_set_cause(as_exception(exception), steal(as_exception(cause)));
}
API Object* PyException_GetContext(Object* exception) {
    xincref(as_exception(exception)->context);
    return as_exception(exception)->context;
}
API void PyException_SetContext(Object* exception, Object* context) {
    exception_set_context(as_exception(exception), steal(as_exception(context)));
}
API const char* PyExceptionClass_Name(Object* type) {
    return as_exception_type(type)->name;
}
API int PyTraceBack_Here(Frame* frame) {
    return traceback_here(frame).release();
}
API void _PyTraceback_Add(const char* function, const char* filename, int line) {
    traceback_add(function, filename, line);
}
API [[noreturn]] void _Py_FatalErrorFunc(const char* function, const char* message) {
    std::fprintf(stderr, "Fatal Python error: %s: %s\n", function, message);
    std::abort();
}
API [[noreturn]] void Py_FatalError(const char* message) {
    _Py_FatalErrorFunc("Py_FatalError", message);
}

}  // namespace py
