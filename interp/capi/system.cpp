// What is left: PySys_*, Py_GetVersion and its like, PyOS_*, running source, struct sequences, context variables,
// flags.
#include <csignal>
#include <cstdarg>
#include <cstring>

#include "interp/capi/export.h"
#include "interp/compiler/compile.h"
#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/float.h"
#include "interp/objects/generator.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/state.h"
#include "interp/runtime/version.h"
#include "interp/vm/eval.h"

namespace py {

API Object* PySys_GetObject(const char* name) {
    return sys_get(name);
}
API int PySys_SetObject(const char* name, Object* value) {
    if (value) return sys_set(name, value).release();
    Ref<Str> text = TRY(str_from_utf8(name));
    TRY(dict_delete(runtime().sys_dict, text.get()));
    return 0;
}
static void write_to_stream(const char* stream, FILE* fallback, const char* format, va_list arguments) {
    SavedError pending;
    char text[1001];
    vsnprintf(text, sizeof text, format, arguments);
    Object* target = sys_get(stream);
    Fallible<Ref<Str>> content = str_from_utf8_surrogatepass(text);
    if (target && content.ok() && call_method(target, "write"_name, content.take().get()).ok()) return;
    clear_error();
    fputs(text, fallback);
}
API void PySys_WriteStdout(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_to_stream("stdout", stdout, format, arguments);
    va_end(arguments);
}
API void PySys_WriteStderr(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_to_stream("stderr", stderr, format, arguments);
    va_end(arguments);
}
API int Py_IsInitialized() {
    return runtime().initialized;
}
API int _Py_IsFinalizing() {
    return runtime().finalizing;
}
API const char* Py_GetVersion() {
    Fallible<std::string_view> text = str_utf8(as_str(sys_get("version")));
    return text.ok() ? text.take().data() : "";
}
API const char* Py_GetPlatform() {
    return "linux";
}

extern "C" {
[[gnu::visibility("default"), gnu::used]] const char* Py_FileSystemDefaultEncoding = "utf-8";
[[gnu::visibility("default"), gnu::used]] unsigned long Py_Version = 0x030b00f0 | ADDER_PYTHON_MICRO << 8;
[[gnu::visibility("default"), gnu::used]] int Py_OptimizeFlag = 0;
[[gnu::visibility("default"), gnu::used]] int Py_VerboseFlag = 0;
}

API int PyOS_vsnprintf(char* out, size_t size, const char* format, va_list arguments) {
    int length = vsnprintf(out, size, format, arguments);
    if (size > 0) out[size - 1] = 0;
    return length;
}
API int PyOS_snprintf(char* out, size_t size, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = PyOS_vsnprintf(out, size, format, arguments);
    va_end(arguments);
    return length;
}
// The number at the start of `text`; *end behind it. With end null the whole text must be one.
API double PyOS_string_to_double(const char* text, char** end, Object* overflow_error) {
    size_t length = strlen(text);
    double value = -1;
    // The longest prefix that is a number.
    size_t used = end ? strspn(text, "+-.0123456789eEinfatyINFATY") : length;
    while (used > 0 && !parse_double({text, used}, &value))
        used = end ? used - 1 : 0;
    if (used == 0) {
        (void)raise(exc::ValueError, "could not convert string to float: '%.200s'", text);
        return -1;
    }
    if (end) *end = const_cast<char*>(text) + used;
    if (overflow_error && __builtin_isinf(value) && !strpbrk(text, "iI")) {
        (void)raise(static_cast<Type*>(overflow_error), "value too large to convert to float: '%.200s'", text);
        return -1;
    }
    return value;
}
API char* PyOS_double_to_string(double value, char code, int precision, int flags, int* kind) {
    char* out = static_cast<char*>(malloc(double_text_capacity(code, precision) + 1));
    if (!out) return raise_memory_error();
    out[format_double(value, code, precision, flags, out)] = 0;
    if (kind) *kind = __builtin_isnan(value) ? 2 : __builtin_isinf(value) ? 1 : 0;
    return out;
}
using SignalHandler = void (*)(int);
API SignalHandler PyOS_setsig(int number, SignalHandler handler) {
    struct sigaction action {
    }, old;
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, &old) ? SIG_ERR : old.sa_handler;
}
API SignalHandler PyOS_getsig(int number) {
    struct sigaction old;
    return sigaction(number, nullptr, &old) ? SIG_ERR : old.sa_handler;
}

enum StartToken : int { kSingleInput = 256, kFileInput = 257, kEvalInput = 258 };
static const char* mode_of(int start) {
    return start == kSingleInput ? "single" : start == kEvalInput ? "eval" : "exec";
}
API Object* Py_CompileString(const char* source, const char* filename, int start) {
    Ref<> compile = TRY(import_attribute("builtins", "compile"));
    Ref<Str> text = TRY(str_from_utf8(source))
    , name = TRY(str_from_fs(filename))
    , mode = TRY(str_from_ascii(mode_of(start)));
    return call(compile.get(), text.get(), name.get(), mode.get()).release();
}
API Object* PyRun_StringFlags(const char* source, int start, Object* globals, Object* locals, void*) {
    Ref<> code = TRY(Fallible<Ref<>>::from_slot(Py_CompileString(source, "<string>", start)));
    return eval_source(static_cast<Code*>(code.get()), globals, locals).release();
}
API Object* PyRun_String(const char* source, int start, Object* globals, Object* locals) {
    return PyRun_StringFlags(source, start, globals, locals, nullptr);
}
API Object* PyEval_EvalCode(Object* code, Object* globals, Object* locals) {
    return eval_code(static_cast<Code*>(code), globals, locals).release();
}

API Type* PyStructSequence_NewType(const StructSequenceSpec* spec) {
    return struct_sequence_type_new(*spec).release();
}
API int PyStructSequence_InitType2(Type* type, const StructSequenceSpec* spec) {
    return struct_sequence_type_init(type, *spec).release();
}
API void PyStructSequence_InitType(Type* type, const StructSequenceSpec* spec) {
    (void)PyStructSequence_InitType2(type, spec);
}
API Object* PyStructSequence_New(Type* type) {
    return struct_sequence_new(type).release();
}
API void PyStructSequence_SetItem(Object* sequence, ssize_t index, Object* value) {
    struct_sequence_set(static_cast<Tuple*>(static_cast<VarObject*>(sequence)), index, steal(value));
}
API Object* PyStructSequence_GetItem(Object* sequence, ssize_t index) {
    return static_cast<Tuple*>(static_cast<VarObject*>(sequence))->items[index];
}

API Object* PyContextVar_New(const char* name, Object* default_value) {
    Ref<> type = TRY(import_attribute("_contextvars", "ContextVar"));
    Ref<Str> text = TRY(str_from_utf8(name));
    if (!default_value) return call(type.get(), text.get()).release();
    Ref<Dict> keywords = TRY(dict_new());
    TRY(dict_set(keywords.get(), "default", default_value));
    Object* positional[] = {text.get()};
    return call_dict(type.get(), positional, 1, keywords.get()).release();
}
API int PyContextVar_Get(Object* variable, Object* default_value, Object** value) {
    *value = nullptr;
    Fallible<Ref<>> found = call_method(variable, "get"_name);
    if (found.ok()) {
        *value = found.release();
        return 0;
    }
    if (!clear_error_if(exc::LookupError)) return -1;
    xincref(default_value);
    *value = default_value;
    return 0;
}
API Object* PyContextVar_Set(Object* variable, Object* value) {
    return call_method(variable, "set"_name, value).release();
}
API int PyContextVar_Reset(Object* variable, Object* token) {
    TRY(call_method(variable, "reset"_name, token));
    return 0;
}
API int _PyGen_SetStopIterationValue(Object* value) {
    return raise_stop_iteration(value);
}
API int _PyGen_FetchStopIterationValue(Object** value) {
    *value = nullptr;
    Lookup<> taken = take_stop_iteration_value();
    if (!taken.ok()) return -1;
    *value = taken.take().release();
    return 0;
}
API int PyTraceMalloc_Track(unsigned, uintptr_t, size_t) {
    return -2;
}  // blocks of foreign memory are not traced
API int PyTraceMalloc_Untrack(unsigned, uintptr_t) {
    return -2;
}

}  // namespace py
