// The types of _asyncio: futures and tasks, and what their files share.
#pragma once

#include "interp/import/import.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/exception.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"
#include "interp/objects/type.h"

namespace py::asyncio {

enum class State : char { Pending, Cancelled, Finished };

struct Future : Object {
    Object* loop;     // null: __init__ has not run
    List* callbacks;  // of (function, context); null when there are none
    Object *exception, *exception_traceback, *result;
    Object *source_traceback, *cancel_message, *cancelled_exception;
    Dict* dict;
    Object* weaklist;
    State state;
    bool log_traceback;  // the exception must be fetched, or it is reported when the future dies
    bool blocking;       // it has been yielded by `await` and waits for a task to notice
};
struct Task : Future {
    Object *coroutine, *name, *context;
    Object* waiter;  // the future waited for, or null
    int cancel_requests;
    bool must_cancel;
    bool log_destroy_pending;
};
extern Type future_type, task_type, future_iterator_type, task_step_type;

inline Future* as_future(Object* object) {
    return static_cast<Future*>(object);
}
inline Task* as_task(Object* object) {
    return static_cast<Task*>(object);
}
inline bool is_native(const Object* object) {
    return is_exact(object, future_type) || is_exact(object, task_type);
}

// An attribute of one of asyncio's modules; kept.
template <FixedString Module, FixedString Name>
Fallible<Object*> library() {
    static Object* value = nullptr;
    if (!value) value = TRY(import_attribute(Module.text, Name.text))
    .release();
    return value;
}
// object.method([argument, ]Keyword=value); argument may be null.
template <FixedString Keyword>
Fallible<Ref<>> call_with_keyword(Object* object, Str* method, Object* argument, Object* value) {
    static Tuple* const names = MUST(tuple_pack(static_cast<Object*>(interned_literal<Keyword>())))
    .release();
    Object* stack[] = {nullptr, object, argument ? argument : value, value};
    return vectorcall_method(method, stack + 1, (argument ? 2 : 1) | kArgumentsOffset, names);
}

// asyncio_future.cpp
Fallible<void> require_init(Future* self);
// What __init__ does with the loop, which may be None or null: the running or current one. The new state is empty.
Fallible<void> future_setup(Future* self, Object* loop);
Fallible<void> set_result(Future* self, Object* result);
Fallible<void> set_exception(Future* self, Object* exception);
// The result, or the exception raised.
Fallible<Ref<>> take_result(Future* self);
Fallible<Ref<>> make_cancelled_error(Future* self);
Fallible<bool> cancel(Future* self, Object* message);
// `context` may be null or None: a copy of the current one.
Fallible<void> add_callback(Future* self, Object* function, Object* context);
// loop.call_soon(function[, argument], context=context); argument and context may be null.
Fallible<void> call_soon(Object* loop, Object* function, Object* argument, Object* context);
// loop.call_exception_handler({"message": …, KEY: future, …}) for a future that dies; errors are shown.
void report(Future* self, const char* key, Ref<Str> message, Object* exception);
int future_traverse(Object* object, Visit visit, void* arg);
int future_clear(Object* object);
void future_finalize(Object* object);
extern MethodDef future_methods[];
extern GetSetDef future_getset[];
Object* future_iter(Object* object);

// asyncio_loop.cpp
Fallible<Ref<>> current_loop();  // running, or the policy's
Fallible<void> register_task(Object* task);
Fallible<void> enter_task(Object* loop, Object* task);
Fallible<void> leave_task(Object* loop, Object* task);

}  // namespace py::asyncio
