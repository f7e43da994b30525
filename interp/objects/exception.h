// Exception instances (C ABI layouts) and tracebacks.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

struct BaseException : Object {
    Dict* dict;
    Object* args;  // a tuple
    Object* notes;  // unused word of the layout: __notes__ lives in the dict
    Object* traceback;
    BaseException* context;
    BaseException* cause;
    char suppress_context;
};
static_assert(sizeof(BaseException) == 72);
struct ExceptionGroup : BaseException { Object *message, *exceptions; };
struct SystemExitException : BaseException { Object* code; };
struct StopIterationException : BaseException { Object* value; };
struct ImportErrorException : BaseException { Object *message, *name, *path; };
struct AttributeErrorException : BaseException { Object *object, *name; };
struct NameErrorException : BaseException { Object* name; };
struct SyntaxErrorException : BaseException {
    Object *message, *filename, *lineno, *offset, *end_lineno, *end_offset, *text, *print_file_and_line;
};
struct UnicodeErrorException : BaseException {
    Object *encoding, *object;
    ssize_t start, end;
    Object* reason;
};
struct OsErrorException : BaseException {
    Object *error_number, *strerror, *filename, *filename2;
    ssize_t written;
};
inline bool is_exception_class(const Object* object);
inline bool is_exception(const Object* object) { return object->type->has(type_flag::kExceptionSubclass); }
inline bool is_exception_class(const Object* object) {
    return object->type->has(type_flag::kTypeSubclass) &&
           static_cast<const Type*>(static_cast<const VarObject*>(object))->has(type_flag::kExceptionSubclass);
}
inline BaseException* as_exception(Object* object) { return static_cast<BaseException*>(object); }
void ready_exception_types();
// Adds every exception type to the builtins dict.
Fallible<void> add_exceptions(Dict* builtins);
void exception_set_context(BaseException* exception, Ref<BaseException> context);
void exception_set_cause(BaseException* exception, Ref<BaseException> cause);
void exception_set_traceback(BaseException* exception, Object* traceback_or_null);
// Sets MemoryErrors aside for when there is no memory to make one.
Fallible<void> reserve_memory_errors();

struct Traceback : Object {
    Traceback* next;
    Frame* frame;
    int last_instruction;  // byte offset
    int line;              // kLineOfOffset: computed when asked for
};
inline constexpr int kLineOfOffset = INT32_MIN;
extern Type traceback_type asm("PyTraceBack_Type");
// Puts frame's current place in front of the pending exception's traceback.
Fallible<void> traceback_here(Frame* frame);
// Adds an entry for native code.
void traceback_add(const char* function, const char* filename, int line);

}  // namespace py
