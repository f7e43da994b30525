// _asyncio.Task: a coroutine that an event loop drives, one step each time what it waits for is done.
#include "interp/modules/asyncio.h"
#include "interp/modules/contextvars.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/generator.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py::asyncio {

namespace {

Fallible<Ref<>> step(Task* self, Object* exception);

// What the loop calls: one step of the task, with an exception thrown into it or not.
struct TaskStep : Object {
    Task* task;
    Object* exception;  // or null
};
TaskStep* as_step(Object* object) {
    return static_cast<TaskStep*>(object);
}

Object* step_call(Object* self, Object* args, Object* kwargs) {
    if (kwargs && as_dict(kwargs)->used) return raise(exc::TypeError, "function takes no keyword arguments");
    if (as_tuple(args)->size) return raise(exc::TypeError, "function takes no positional arguments");
    Ref<Task> task = share(as_step(self)->task);
    Ref<> exception = share(as_step(self)->exception);
    return step(task.get(), exception.get()).release();
}
int step_clear(Object* self) {
    clear_slot(as_step(self)->task);
    clear_slot(as_step(self)->exception);
    return 0;
}
void step_dealloc(Object* self) {
    gc_untrack(self);
    step_clear(self);
    object_memory_free(self);
}
Fallible<Ref<>> step_self(Object* self) {
    return share<Object>(as_step(self)->task ? as_step(self)->task : none());
}
GetSetDef step_getset[] = {GETTER("__self__", step_self, nullptr), END_ROW};

Fallible<void> schedule_step(Task* self, Object* exception) {
    Ref<TaskStep> made = make_gc<TaskStep>(task_step_type);
    if (!made) return raised;
    made->task = new_reference(self);
    xincref(exception);
    made->exception = exception;
    gc_track(made.get());
    return call_soon(self->loop, made.get(), nullptr, self->context);
}
// The task goes on with a RuntimeError.
Fallible<Ref<>> schedule_error(Task* self, Ref<Str> message) {
    Ref<> error = TRY(call(static_cast<Object*>(exc::RuntimeError), static_cast<Object*>(message.get())));
    TRY(schedule_step(self, error.get()));
    return share(none());
}

// Task.task_wakeup(future): what is called when the future waited for is done.
Fallible<Ref<>> task_wakeup(Object* object, Object* future) {
    Task* self = as_task(object);
    Ref<> kept = share(object);
    auto result = is_native(future) ? take_result(as_future(future)) : call_method(future, "result"_name);
    if (result.ok()) return step(self, nullptr);
    Ref<BaseException> exception = fetch_exception();
    return step(self, exception.get());
}
MethodDef wakeup_definition = {"task_wakeup", (CFunction)wrap_o<task_wakeup>, kO, nullptr};

// self.waiter.cancel(msg=message): did that do anything?
Fallible<bool> cancel_waiter(Task* self, Object* message) {
    Ref<> waiter = share(self->waiter);
    Ref<> cancelled = TRY(call_with_keyword<"msg">(waiter.get(), "cancel"_name, nullptr, message));
    return is_true(cancelled.get());
}

Fallible<void> wait_for(Task* self, Ref<> future) {
    Ref<> wakeup = TRY(builtin_function_new(&wakeup_definition, self, nullptr));
    if (is_native(future.get())) {
        TRY(add_callback(as_future(future.get()), wakeup.get(), self->context));
    } else {
        TRY(call_with_keyword<"context">(future.get(), "add_done_callback"_name, wakeup.get(), self->context));
    }
    replace_slot(self->waiter, future.release());
    if (!self->must_cancel) return {};
    bool cancelled = TRY(cancel_waiter(self, self->cancel_message ? self->cancel_message : none()));
    if (cancelled) self->must_cancel = false;
    return {};
}

// The coroutine has yielded `future`, which is one or looks like one.
Fallible<Ref<>> handle_future(Task* self, Ref<> future, bool blocking) {
    if (future.get() == self)
        return schedule_error(self, TRY(format_str("Task cannot await on itself: %R", static_cast<Object*>(self))));
    Ref<> loop;
    if (is_native(future.get())) {
        loop = share(as_future(future.get())->loop);
    } else {
        Ref<> get_loop = TRY(lookup_attr(future.get(), "get_loop"_name));
        loop = get_loop ? TRY(call(get_loop.get())) : TRY(get_attr(future.get(), "_loop"_name));
    }
    if (loop.get() != self->loop)
        return schedule_error(self, TRY(format_str("Task %R got Future %R attached to a different loop",
                                                   static_cast<Object*>(self), future.get())));
    if (!blocking)
        return schedule_error(self, TRY(format_str("yield was used instead of yield from in task %R with %R",
                                                   static_cast<Object*>(self), future.get())));
    if (is_native(future.get()))
        as_future(future.get())->blocking = false;
    else
        TRY(set_attr(future.get(), "_asyncio_future_blocking"_name, py_false()));
    TRY(wait_for(self, std::move(future)));
    return share(none());
}

Fallible<Ref<>> handle_yielded(Task* self, Ref<> value) {
    if (is_native(value.get())) {
        bool blocking = as_future(value.get())->blocking;
        return handle_future(self, std::move(value), blocking);
    }
    if (is_none(value.get())) {
        TRY(schedule_step(self, nullptr));
        return share(none());
    }
    Ref<> blocking = TRY(lookup_attr(value.get(), "_asyncio_future_blocking"_name));
    if (blocking && !is_none(blocking.get())) {
        bool is_blocking = TRY(is_true(blocking.get()));
        return handle_future(self, std::move(value), is_blocking);
    }
    if (is_generator_exact(value.get()))
        return schedule_error(self,
                              TRY(format_str("yield was used instead of yield from for generator in task %R with %R",
                                             static_cast<Object*>(self), value.get())));
    return schedule_error(self, TRY(format_str("Task got bad yield: %R", value.get())));
}

// The coroutine has ended with the pending exception.
Fallible<Ref<>> handle_error(Task* self) {
    Object* cancelled = TRY((library<"asyncio.exceptions", "CancelledError">()));
    Ref<BaseException> exception = fetch_exception();
    if (given_exception_matches(exception.get(), cancelled)) {
        replace_slot(self->cancelled_exception, static_cast<Object*>(exception.release()));
        (void)TRY(cancel(self, nullptr));
        return share(none());
    }
    TRY(set_exception(self, exception.get()));
    if (given_exception_matches(exception.get(), exc::KeyboardInterrupt) ||
        given_exception_matches(exception.get(), exc::SystemExit)) {
        restore_exception(std::move(exception));
        return raised;
    }
    return share(none());
}

SendResult resume(Object* coroutine, Object* exception, Object** result) {
    if (!exception) {
        if (is_generator_exact(coroutine) || is_coroutine_exact(coroutine))
            return generator_send(static_cast<Generator*>(coroutine), none(), result);
        AsyncMethods* async = coroutine->type->as_async;
        if (async && async->send) return SendResult(async->send(coroutine, none(), result));
        if (is_iterator(coroutine))
            *result = coroutine->type->iternext(coroutine);
        else
            *result = call_method(coroutine, "send"_name, none()).release();
        if (!*result && !error_occurred()) {
            *result = new_reference(none());
            return kSendReturn;
        }
    } else {
        *result = call_method(coroutine, "throw"_name, exception).release();
    }
    if (*result) return kSendNext;
    if (!error_matches(exc::StopIteration)) return kSendError;
    auto value = take_stop_iteration_value();
    if (!value.ok()) return kSendError;
    *result = value.take().release();
    return *result ? kSendReturn : kSendError;
}

Fallible<Ref<>> run_step(Task* self, Object* given) {
    if (self->state != State::Pending) {
        Object* type = TRY((library<"asyncio.exceptions", "InvalidStateError">()));
        return raise(static_cast<Type*>(type), "__step(): already done: %R %R", static_cast<Object*>(self),
                     given ? given : static_cast<Object*>(str_empty().get()));
    }
    Ref<> exception = share(given);
    if (self->must_cancel) {
        Object* cancelled = TRY((library<"asyncio.exceptions", "CancelledError">()));
        if (!exception || !given_exception_matches(exception.get(), cancelled))
            exception = TRY(make_cancelled_error(self));
        self->must_cancel = false;
    }
    clear_slot(self->waiter);
    if (!self->coroutine) return raise(exc::RuntimeError, "uninitialized Task object");
    Ref<> coroutine = share(self->coroutine);
    Object* result = nullptr;
    SendResult status = resume(coroutine.get(), exception.get(), &result);
    if (status == kSendError) return handle_error(self);
    Ref<> value = steal(result);
    if (status == kSendNext) return handle_yielded(self, std::move(value));
    if (self->must_cancel) {  // cancelled just before it ended
        self->must_cancel = false;
        (void)TRY(cancel(self, self->cancel_message));
    } else {
        TRY(set_result(self, value.get()));
    }
    return share(none());
}

Fallible<Ref<>> step(Task* self, Object* exception) {
    TRY(enter_task(self->loop, self));
    Ref<> loop = share(self->loop);
    auto result = run_step(self, exception);
    if (result.ok()) {
        TRY(leave_task(loop.get(), self));
        return result;
    }
    PendingError error = fetch_error();
    TRY(leave_task(loop.get(), self));
    restore_error(std::move(error));
    return raised;
}

Fallible<void> check_coroutine(Object* coroutine) {
    if (is_coroutine_exact(coroutine)) return {};
    Ref<> is_one = TRY(call(TRY((library<"asyncio.coroutines", "iscoroutine">())), coroutine));
    if (TRY(is_true(is_one.get()))) return {};
    return raise(exc::TypeError, "a coroutine was expected, got %R", coroutine);
}

// Task(coro, *, loop=None, name=None, context=None)
Fallible<void> task_init(Object* object, Object* const* a) {
    static uint64_t counter = 0;
    Task* self = as_task(object);
    TRY(future_setup(self, a[1]));
    if (auto checked = check_coroutine(a[0]); !checked.ok()) {
        self->log_destroy_pending = false;
        return raised;
    }
    Ref<> context = a[3] && !is_none(a[3]) ? share(a[3]) : TRY(copy_current_context());
    replace_slot(self->context, context.release());
    clear_slot(self->waiter);
    self->must_cancel = false;
    self->log_destroy_pending = true;
    self->cancel_requests = 0;
    replace_slot(self->coroutine, new_reference(a[0]));
    Ref<> name;
    if (!a[2] || is_none(a[2]))
        name = TRY(format_str("Task-%llu", static_cast<unsigned long long>(++counter)));
    else
        name = is_str_exact(a[2]) ? share(a[2]) : Ref<>(TRY(str(a[2])));
    replace_slot(self->name, name.release());
    TRY(schedule_step(self, nullptr));
    return register_task(self);
}

int task_clear(Object* object) {
    Task* self = as_task(object);
    future_clear(object);
    clear_slot(self->coroutine);
    clear_slot(self->name);
    clear_slot(self->context);
    clear_slot(self->waiter);
    return 0;
}
int task_traverse(Object* object, Visit visit, void* arg) {
    Task* self = as_task(object);
    VISIT(self->coroutine);
    VISIT(self->name);
    VISIT(self->context);
    VISIT(self->waiter);
    return future_traverse(object, visit, arg);
}
void task_finalize(Object* object) {
    Task* self = as_task(object);
    if (self->loop && self->state == State::Pending && self->log_destroy_pending) {
        SavedError saved;
        auto message = str_from_ascii("Task was destroyed but it is pending!");
        if (message.ok())
            report(self, "task", message.take(), nullptr);
        else
            clear_error();
    }
    future_finalize(object);
}
void task_dealloc(Object* object) {
    if (is_exact(object, task_type) && !finalize_before_dealloc(object)) return;
    gc_untrack(object);
    if (as_future(object)->weaklist) clear_weakrefs(object);
    task_clear(object);
    object_memory_free(object);
}

// Task.cancel(msg=None)
Fallible<Ref<>> task_cancel(Object* object, Object* const* a) {
    Task* self = as_task(object);
    TRY(require_init(self));
    self->log_traceback = false;
    if (self->state != State::Pending) return bool_from(false);
    ++self->cancel_requests;
    Object* message = a[0] ? a[0] : none();
    if (self->waiter) {
        bool cancelled = TRY(cancel_waiter(self, message));
        if (cancelled) return bool_from(true);
    }
    self->must_cancel = true;
    replace_slot(self->cancel_message, new_reference(message));
    return bool_from(true);
}
// Task.cancelling()
Fallible<Ref<>> task_cancelling(Object* self) {
    return TRY(int_from(as_task(self)->cancel_requests));
}
// Task.uncancel()
Fallible<Ref<>> task_uncancel(Object* self) {
    if (as_task(self)->cancel_requests > 0) --as_task(self)->cancel_requests;
    return task_cancelling(self);
}
// Task.set_result(result, /)
Fallible<Ref<>> task_set_result(Object*, Object*) {
    return raise(exc::RuntimeError, "Task does not support set_result operation");
}
// Task.set_exception(exception, /)
Fallible<Ref<>> task_set_exception(Object*, Object*) {
    return raise(exc::RuntimeError, "Task does not support set_exception operation");
}
// Task.get_stack(*, limit=None)
Fallible<Ref<>> task_get_stack(Object* self, Object* const* a) {
    return call(TRY((library<"asyncio.base_tasks", "_task_get_stack">())), self, a[0] ? a[0] : none());
}
// Task.print_stack(*, limit=None, file=None)
Fallible<Ref<>> task_print_stack(Object* self, Object* const* a) {
    return call(TRY((library<"asyncio.base_tasks", "_task_print_stack">())), self, a[0] ? a[0] : none(),
                a[1] ? a[1] : none());
}
// Task.get_name()
Fallible<Ref<>> task_get_name(Object* self) {
    return share(as_task(self)->name ? as_task(self)->name : none());
}
// Task.set_name(value, /)
Fallible<Ref<>> task_set_name(Object* self, Object* value) {
    Ref<> name = is_str_exact(value) ? share(value) : Ref<>(TRY(str(value)));
    replace_slot(as_task(self)->name, name.release());
    return share(none());
}
// Task.get_coro()
Fallible<Ref<>> task_get_coro(Object* self) {
    return share(as_task(self)->coroutine ? as_task(self)->coroutine : none());
}

Fallible<Ref<>> get_log_destroy_pending(Object* self) {
    return bool_from(as_task(self)->log_destroy_pending);
}
Fallible<void> set_log_destroy_pending(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    as_task(self)->log_destroy_pending = TRY(is_true(value));
    return {};
}
Fallible<Ref<>> get_must_cancel(Object* self) {
    return bool_from(as_task(self)->must_cancel);
}
Fallible<Ref<>> get_waiter(Object* self) {
    return share(as_task(self)->waiter ? as_task(self)->waiter : none());
}

Fallible<Ref<>> task_repr(Object* self) {
    return call(TRY((library<"asyncio.base_tasks", "_task_repr">())), self);
}

MethodDef task_methods[] = {
    METHOD_O("set_result", task_set_result, "($self, result, /)", "A task's result is its coroutine's: RuntimeError."),
    METHOD_O("set_exception", task_set_exception, "($self, exception, /)",
             "A task's exception is its coroutine's: RuntimeError."),
    METHOD("cancel", task_cancel, "($self, /, msg=None)",
           "Have CancelledError raised in the coroutine; False when it is done."),
    METHOD_NOARGS("cancelling", task_cancelling, "($self, /)", "How many requests to cancel there are."),
    METHOD_NOARGS("uncancel", task_uncancel, "($self, /)", "Take one request to cancel back; how many are left."),
    METHOD("get_stack", task_get_stack, "($self, /, *, limit=None)", "The coroutine's frames, at most `limit`."),
    METHOD("print_stack", task_print_stack, "($self, /, *, limit=None, file=None)",
           "Print the coroutine's stack or traceback."),
    METHOD_NOARGS("get_name", task_get_name, "($self, /)", ""),
    METHOD_O("set_name", task_set_name, "($self, value, /)", ""),
    METHOD_NOARGS("get_coro", task_get_coro, "($self, /)", ""),
    END_ROW,
};
GetSetDef task_getset[] = {
    GETTER_SETTER("_log_destroy_pending", get_log_destroy_pending, set_log_destroy_pending, nullptr),
    GETTER("_must_cancel", get_must_cancel, nullptr),
    GETTER("_coro", task_get_coro, nullptr),
    GETTER("_fut_waiter", get_waiter, nullptr),
    END_ROW,
};
AsyncMethods task_async = {.await = future_iter};

}  // namespace

constinit Type task_type = static_type({
    .name = "_asyncio.Task",
    .basic_size = sizeof(Task),
    .base = &future_type,
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "Task(coro, *, loop=None, name=None, context=None)\n--\n\nA coroutine wrapped in a Future.",
    .dealloc = task_dealloc,
    .traverse = task_traverse,
    .clear = task_clear,
    .finalize = task_finalize,
    .repr = slot1<task_repr>,
    .iter = future_iter,
    .async = &task_async,
    .methods = task_methods,
    .getset = task_getset,
    .dict_offset = offsetof(Future, dict),
    .weaklist_offset = offsetof(Future, weaklist),
    .init = Bound<task_init, "Task", "(coro, *, loop=None, name=None, context=None)">::init,
    .new_ = generic_new,
});
constinit Type task_step_type = static_type({
    .name = "TaskStepMethWrapper",
    .basic_size = sizeof(TaskStep),
    .flags = type_flag::kHaveGc,
    .dealloc = step_dealloc,
    .traverse = traverse_members<&TaskStep::task, &TaskStep::exception>,
    .clear = step_clear,
    .call = step_call,
    .getattro = generic_getattro_slot,
    .getset = step_getset,
});

}  // namespace py::asyncio
