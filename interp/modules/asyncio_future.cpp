// _asyncio.Future: a result that is not there yet (asyncio.Future's documentation), and the iterator that awaiting it
// gives.
#include "interp/modules/asyncio.h"

#include "interp/modules/contextvars.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/generator.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py::asyncio {

Fallible<void> require_init(Future* self) {
    if (self->loop) return {};
    return raise(exc::RuntimeError, "Future object is not initialized.");
}

static Raised raise_invalid_state(const char* message) {
    Object* type = TRY((library<"asyncio.exceptions", "InvalidStateError">()));
    return raise(static_cast<Type*>(type), "%s", message);
}

Fallible<void> call_soon(Object* loop, Object* function, Object* argument, Object* context) {
    static Tuple* const names = MUST(tuple_pack(static_cast<Object*>("context"_name)))
    .release();
    Object* stack[] = {nullptr, loop, function, argument, context};
    size_t positional = argument ? 3 : 2;
    stack[1 + positional] = context;
    TRY(vectorcall_method("call_soon"_name, stack + 1, positional | kArgumentsOffset, context ? names : nullptr));
    return {};
}

// Every callback is called soon, with the future.
static Fallible<void> schedule_callbacks(Future* self) {
    Ref<List> callbacks = steal(std::exchange(self->callbacks, nullptr));
    for (ssize_t i = 0; callbacks && i < callbacks->size; ++i) {
        Object** pair = as_tuple(callbacks->items[i])->items;
        TRY(call_soon(self->loop, pair[0], self, pair[1]));
    }
    return {};
}

int future_clear(Object* object) {
    Future* self = as_future(object);
    clear_slot(self->loop);
    clear_slot(self->callbacks);
    clear_slot(self->exception);
    clear_slot(self->exception_traceback);
    clear_slot(self->result);
    clear_slot(self->source_traceback);
    clear_slot(self->cancel_message);
    clear_slot(self->cancelled_exception);
    clear_slot(self->dict);
    return 0;
}
int future_traverse(Object* object, Visit visit, void* arg) {
    Future* self = as_future(object);
    VISIT(self->loop);
    VISIT(self->callbacks);
    VISIT(self->exception);
    VISIT(self->exception_traceback);
    VISIT(self->result);
    VISIT(self->source_traceback);
    VISIT(self->cancel_message);
    VISIT(self->cancelled_exception);
    VISIT(self->dict);
    return 0;
}

Fallible<void> future_setup(Future* self, Object* loop) {
    Dict* dict = std::exchange(self->dict, nullptr);
    future_clear(self);
    self->dict = dict;
    self->state = State::Pending;
    self->log_traceback = self->blocking = false;
    self->loop = loop && !is_none(loop) ? new_reference(loop) : TRY(current_loop())
    .release();
    Ref<> debug = TRY(call_method(self->loop, "get_debug"_name));
    if (TRY(is_true(debug.get()))) {
        Object* extract = TRY((library<"traceback", "extract_stack">()));
        self->source_traceback = TRY(call(extract))
        .release();
    }
    return {};
}

Fallible<void> set_result(Future* self, Object* result) {
    TRY(require_init(self));
    if (self->state != State::Pending) return raise_invalid_state("invalid state");
    self->result = new_reference(result);
    self->state = State::Finished;
    return schedule_callbacks(self);
}

Fallible<void> set_exception(Future* self, Object* given) {
    TRY(require_init(self));
    if (self->state != State::Pending) return raise_invalid_state("invalid state");
    Ref<> exception = is_exception_class(given) ? TRY(call(given)) : share(given);
    if (!is_exception(exception.get())) return raise(exc::TypeError, "invalid exception object");
    if (is_exact(exception.get(), *exc::StopIteration))
        return raise(exc::TypeError,
                     "StopIteration interacts badly with generators and cannot be raised into a Future");
    Object* traceback = as_exception(exception.get())->traceback;
    xincref(traceback);
    self->exception_traceback = traceback;
    self->exception = exception.release();
    self->state = State::Finished;
    TRY(schedule_callbacks(self));
    self->log_traceback = true;
    return {};
}

Fallible<Ref<>> make_cancelled_error(Future* self) {
    if (self->cancelled_exception) return steal(std::exchange(self->cancelled_exception, nullptr));
    Object* type = TRY((library<"asyncio.exceptions", "CancelledError">()));
    if (!self->cancel_message || is_none(self->cancel_message)) return call(type);
    return call(type, self->cancel_message);
}
static Raised raise_cancelled(Future* self) {
    Ref<> error = TRY(make_cancelled_error(self));
    return raise_object(error->type, error.get());
}

Fallible<Ref<>> take_result(Future* self) {
    if (self->state == State::Cancelled) return raise_cancelled(self);
    if (self->state == State::Pending) return raise_invalid_state("Result is not set.");
    self->log_traceback = false;
    if (!self->exception) return share(self->result);
    Ref<> exception = share(self->exception);
    Ref<> traceback = steal(std::exchange(self->exception_traceback, nullptr));
    exception_set_traceback(as_exception(exception.get()), traceback.get());
    return raise_object(exception->type, exception.get());
}

Fallible<bool> cancel(Future* self, Object* message) {
    self->log_traceback = false;
    if (self->state != State::Pending) return false;
    self->state = State::Cancelled;
    replace_slot(self->cancel_message, message ? new_reference(message) : nullptr);
    TRY(schedule_callbacks(self));
    return true;
}

Fallible<void> add_callback(Future* self, Object* function, Object* given) {
    Ref<> context = given && !is_none(given) ? share(given) : TRY(copy_current_context());
    if (self->state != State::Pending) return call_soon(self->loop, function, self, context.get());
    Ref<Tuple> pair = TRY(tuple_pack(function, context.get()));
    if (!self->callbacks) self->callbacks = TRY(list_new(0))
    .release();
    return list_append(self->callbacks, pair.get());
}

static Fallible<void> tell_handler(Future* self, const char* key, Str* message, Object* exception) {
    Ref<Dict> context = TRY(dict_new());
    TRY(dict_set(context.get(), "message", message));
    if (exception) TRY(dict_set(context.get(), "exception", exception));
    TRY(dict_set(context.get(), key, self));
    if (self->source_traceback) TRY(dict_set(context.get(), "source_traceback", self->source_traceback));
    TRY(call_method(self->loop, "call_exception_handler"_name, static_cast<Object*>(context.get())));
    return {};
}
void report(Future* self, const char* key, Ref<Str> message, Object* exception) {
    if (!tell_handler(self, key, message.get(), exception).ok()) write_unraisable(self->loop);
}

void future_finalize(Object* object) {
    Future* self = as_future(object);
    if (!self->log_traceback || !self->exception) return;
    self->log_traceback = false;
    SavedError saved;
    auto message = format_str("%s exception was never retrieved", type_short_name(object->type));
    if (message.ok())
        report(self, "future", message.take(), self->exception);
    else
        clear_error();
}

namespace {

// Future(*, loop=None)
Fallible<void> future_init(Object* self, Object* const* a) {
    return future_setup(as_future(self), a[0]);
}

void future_dealloc(Object* object) {
    if (is_exact(object, future_type) && !finalize_before_dealloc(object)) return;
    gc_untrack(object);
    if (as_future(object)->weaklist) clear_weakrefs(object);
    future_clear(object);
    object_memory_free(object);
}

// Future.result()
Fallible<Ref<>> future_result(Object* object) {
    if (!as_future(object)->loop) return raise_invalid_state("Future object is not initialized.");
    return take_result(as_future(object));
}
// Future.exception()
Fallible<Ref<>> future_exception(Object* object) {
    Future* self = as_future(object);
    if (!self->loop) return raise_invalid_state("Future object is not initialized.");
    if (self->state == State::Cancelled) return raise_cancelled(self);
    if (self->state == State::Pending) return raise_invalid_state("Exception is not set.");
    self->log_traceback = false;
    return share(self->exception ? self->exception : none());
}
// Future.set_result(result, /)
Fallible<Ref<>> future_set_result(Object* self, Object* result) {
    TRY(set_result(as_future(self), result));
    return share(none());
}
// Future.set_exception(exception, /)
Fallible<Ref<>> future_set_exception(Object* self, Object* exception) {
    TRY(set_exception(as_future(self), exception));
    return share(none());
}
// Future.add_done_callback(fn, /, *, context=<unrepresentable>)
Fallible<Ref<>> future_add_done_callback(Object* object, Object* const* a) {
    if (!as_future(object)->loop) return raise(exc::RuntimeError, "uninitialized Future object");
    TRY(add_callback(as_future(object), a[0], a[1]));
    return share(none());
}
// Future.remove_done_callback(fn, /)
Fallible<Ref<>> future_remove_done_callback(Object* object, Object* function) {
    Future* self = as_future(object);
    TRY(require_init(self));
    Ref<List> kept = TRY(list_new(0));
    ssize_t removed = 0;
    // The comparisons may change the list.
    for (ssize_t i = 0; self->callbacks && i < self->callbacks->size; ++i) {
        Ref<> pair = share(self->callbacks->items[i]);
        bool same = TRY(equals(as_tuple(pair.get())->items[0], function));
        if (same)
            ++removed;
        else
            TRY(list_append(kept.get(), pair.get()));
    }
    if (removed) replace_slot(self->callbacks, kept->size ? kept.release() : nullptr);
    return TRY(int_from(removed));
}
// Future.cancel(msg=None)
Fallible<Ref<>> future_cancel(Object* object, Object* const* a) {
    TRY(require_init(as_future(object)));
    return bool_from(TRY(cancel(as_future(object), a[0])));
}
// Future.cancelled()
Fallible<Ref<>> future_cancelled(Object* self) {
    return bool_from(as_future(self)->loop && as_future(self)->state == State::Cancelled);
}
// Future.done()
Fallible<Ref<>> future_done(Object* self) {
    return bool_from(as_future(self)->loop && as_future(self)->state != State::Pending);
}
// Future.get_loop()
Fallible<Ref<>> future_get_loop(Object* self) {
    TRY(require_init(as_future(self)));
    return share(as_future(self)->loop);
}
// Future._make_cancelled_error()
Fallible<Ref<>> future_make_cancelled_error(Object* self) {
    return make_cancelled_error(as_future(self));
}

Fallible<Ref<>> get_state(Object* self) {
    TRY(require_init(as_future(self)));
    static const char* const kNames[] = {"PENDING", "CANCELLED", "FINISHED"};
    return TRY(str_from_ascii(kNames[int(as_future(self)->state)]));
}
Fallible<Ref<>> get_blocking(Object* self) {
    return bool_from(as_future(self)->loop && as_future(self)->blocking);
}
Fallible<void> set_blocking(Object* self, Object* value) {
    TRY(require_init(as_future(self)));
    TRY(refuse_deletion(value));
    as_future(self)->blocking = TRY(is_true(value));
    return {};
}
Fallible<Ref<>> get_loop(Object* self) {
    return share(as_future(self)->loop ? as_future(self)->loop : none());
}
Fallible<Ref<>> get_callbacks(Object* self) {
    TRY(require_init(as_future(self)));
    if (!as_future(self)->callbacks) return share(none());
    return TRY(list_of(as_future(self)->callbacks));
}
template <Object* Future::*field, bool kNeedsInit>
Fallible<Ref<>> get_field(Object* self) {
    if (kNeedsInit) TRY(require_init(as_future(self)));
    Object* value = as_future(self)->*field;
    return share(value ? value : none());
}
Fallible<Ref<>> get_log_traceback(Object* self) {
    TRY(require_init(as_future(self)));
    return bool_from(as_future(self)->log_traceback);
}
Fallible<void> set_log_traceback(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    bool wanted = TRY(is_true(value));
    if (wanted) return raise(exc::ValueError, "_log_traceback can only be set to False");
    as_future(self)->log_traceback = false;
    return {};
}
Fallible<void> set_cancel_message(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    replace_slot(as_future(self)->cancel_message, new_reference(value));
    return {};
}

Fallible<Ref<>> future_repr(Object* self) {
    TRY(require_init(as_future(self)));
    return call(TRY((library<"asyncio.base_futures", "_future_repr">())), self);
}

// What `await future` goes through: it gives the future itself while that is pending, and then ends with its result.
struct FutureIterator : Object {
    Future* future;  // null: at its end
};
FutureIterator* as_iterator(Object* object) {
    return static_cast<FutureIterator*>(object);
}

int iterator_send(Object* object, Object*, Object** result) {
    FutureIterator* self = as_iterator(object);
    *result = nullptr;
    if (!self->future) {
        *result = new_reference(none());
        return kSendReturn;
    }
    Ref<Future> future = share(self->future);
    if (future->state == State::Pending) {
        if (future->blocking) {
            (void)raise(exc::RuntimeError, "await wasn't used with future");
            return kSendError;
        }
        future->blocking = true;
        *result = future.release();
        return kSendNext;
    }
    clear_slot(self->future);
    *result = take_result(future.get()).release();
    return *result ? kSendReturn : kSendError;
}
Object* iterator_next(Object* self) {
    Object* result;
    int status = iterator_send(self, none(), &result);
    if (status != kSendReturn) return result;
    Ref<> value = steal(result);
    // A bare end needs no exception.
    if (!is_none(value.get())) (void)raise_stop_iteration(value.get());
    return nullptr;
}
// FutureIter.send(value, /)
Fallible<Ref<>> iterator_send_method(Object* self, Object*) {
    Object* result;
    int status = iterator_send(self, none(), &result);
    if (status == kSendReturn) return raise_stop_iteration(steal(result).get());
    return Fallible<Ref<>>::from_slot(result);
}
// FutureIter.throw(type[, value[, traceback]])
Fallible<Ref<>> iterator_throw(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("throw", nargs, 1, 3));
    Ref<> type = share(args[0]), value = share(nargs > 1 && !is_none(args[1]) ? args[1] : nullptr);
    Ref<> traceback = share(nargs > 2 && !is_none(args[2]) ? args[2] : nullptr);
    if (traceback && !is_exact(traceback.get(), traceback_type))
        return raise(exc::TypeError, "throw() third argument must be a traceback");
    if (is_exception_class(type.get())) {
        PendingError error{type, value, traceback};
        normalize_error(error);
        type = std::move(error.type);
        value = std::move(error.value);
        if (!traceback) traceback = std::move(error.traceback);
    } else if (is_exception(type.get())) {
        if (value) return raise(exc::TypeError, "instance exception may not have a separate value");
        value = std::move(type);
        type = share<Object>(value->type);
        if (!traceback) traceback = share(as_exception(value.get())->traceback);
    } else {
        return raise(exc::TypeError, "exceptions must be classes deriving BaseException or instances of such a class");
    }
    clear_slot(as_iterator(self)->future);
    restore_error({std::move(type), std::move(value), std::move(traceback)});
    return raised;
}
// FutureIter.close()
Fallible<Ref<>> iterator_close(Object* self) {
    clear_slot(as_iterator(self)->future);
    return share(none());
}

MethodDef iterator_methods[] = {
    METHOD_O("send", iterator_send_method, "($self, value, /)", "As next()."),
    METHOD_FAST_UNSIGNED("throw", iterator_throw, "Raises the exception; the iterator is at its end."),
    METHOD_NOARGS("close", iterator_close, "($self, /)", "Ends the iterator."),
    END_ROW,
};
AsyncMethods iterator_async = {.send = iterator_send};
AsyncMethods future_async = {.await = future_iter};

}  // namespace

Object* future_iter(Object* object) {
    TRY(require_init(as_future(object)));
    Ref<FutureIterator> made = make_gc<FutureIterator>(future_iterator_type);
    if (!made) return nullptr;
    made->future = new_reference(as_future(object));
    gc_track(made.get());
    return made.release();
}

MethodDef future_methods[] = {
    METHOD_NOARGS("result", future_result, "($self, /)",
                  "The result; raises the exception, or InvalidStateError while there is none."),
    METHOD_NOARGS("exception", future_exception, "($self, /)", "The exception, None when there is a result."),
    METHOD_O("set_result", future_set_result, "($self, result, /)", "Mark the future done and set its result."),
    METHOD_O("set_exception", future_set_exception, "($self, exception, /)",
             "Mark the future done and set its exception."),
    METHOD("add_done_callback", future_add_done_callback, "($self, fn, /, *, context=<unrepresentable>)",
           "Have fn(future) called when the future is done, soon if it is."),
    METHOD_O("remove_done_callback", future_remove_done_callback, "($self, fn, /)",
             "Forget a callback; how often it was there."),
    METHOD("cancel", future_cancel, "($self, /, msg=None)", "Cancel the future; False if it was done already."),
    METHOD_NOARGS("cancelled", future_cancelled, "($self, /)", "Whether the future was cancelled."),
    METHOD_NOARGS("done", future_done, "($self, /)", "Whether there is a result or an exception, or it was cancelled."),
    METHOD_NOARGS("get_loop", future_get_loop, "($self, /)", "The event loop of the future."),
    METHOD_NOARGS("_make_cancelled_error", future_make_cancelled_error, "($self, /)", "The CancelledError to raise."),
    CLASS_GETITEM_ROW,
    END_ROW,
};
GetSetDef future_getset[] = {
    GETTER("_state", get_state, nullptr),
    GETTER_SETTER("_asyncio_future_blocking", get_blocking, set_blocking, nullptr),
    GETTER("_loop", get_loop, nullptr),
    GETTER("_callbacks", get_callbacks, nullptr),
    {"_result", wrap_get<get_field<&Future::result, true>>, nullptr, nullptr, nullptr},
    {"_exception", wrap_get<get_field<&Future::exception, true>>, nullptr, nullptr, nullptr},
    GETTER_SETTER("_log_traceback", get_log_traceback, set_log_traceback, nullptr),
    {"_source_traceback", wrap_get<get_field<&Future::source_traceback, false>>, nullptr, nullptr, nullptr},
    {"_cancel_message", wrap_get<get_field<&Future::cancel_message, false>>, wrap_set<set_cancel_message>, nullptr,
     nullptr},
    END_ROW,
};

constinit Type future_type = static_type({
    .name = "_asyncio.Future",
    .basic_size = sizeof(Future),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "Future(*, loop=None)\n--\n\nA result that may not be there yet; awaiting it waits for it.",
    .dealloc = future_dealloc,
    .traverse = future_traverse,
    .clear = future_clear,
    .finalize = future_finalize,
    .repr = slot1<future_repr>,
    .iter = future_iter,
    .async = &future_async,
    .methods = future_methods,
    .getset = future_getset,
    .dict_offset = offsetof(Future, dict),
    .weaklist_offset = offsetof(Future, weaklist),
    .init = Bound<future_init, "Future", "(*, loop=None)">::init,
    .new_ = generic_new,
});
constinit Type future_iterator_type = static_type({
    .name = "_asyncio.FutureIter",
    .basic_size = sizeof(FutureIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = dealloc_members<&FutureIterator::future>,
    .traverse = traverse_members<&FutureIterator::future>,
    .iter = self_iter,
    .iternext = iterator_next,
    .async = &iterator_async,
    .methods = iterator_methods,
});

}  // namespace py::asyncio
