// async_generator objects and the awaitables of asend, athrow and aclose (PEP 525).
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/generator.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/thread.h"
#include "interp/vm/generators.h"

namespace py {

namespace {

enum class AwaitState { Init, Iterating, Closed };

// What `yield x` hands out of an async generator, so that it can be told from an await's intermediate value.
struct WrappedValue : Object {
    Object* value;
};
struct AsyncSend : Object {  // async_generator_asend
    Generator* generator;
    Object* value;  // null: __anext__
    AwaitState state;
};
struct AsyncThrow : Object {  // async_generator_athrow; arguments null: aclose()
    Generator* generator;
    Tuple* arguments;
    AwaitState state;
};

Generator* as_generator(Object* object) { return static_cast<Generator*>(object); }
AsyncSend* as_send(Object* object) { return static_cast<AsyncSend*>(object); }
AsyncThrow* as_throw(Object* object) { return static_cast<AsyncThrow*>(object); }

// The outcome of one step: a wrapped value ends the awaitable with StopIteration(value), anything else is passed on.
Object* unwrap(Generator* generator, Object* result) {
    if (!result) {
        if (!error_occurred()) (void)raise_bare(exc::StopAsyncIteration);
        if (error_matches(exc::StopAsyncIteration) || error_matches(exc::GeneratorExit)) generator->closed = 1;
        generator->running_async = 0;
        return nullptr;
    }
    if (is_exact(result, async_generator_wrapped_value_type)) {
        generator->running_async = 0;
        Ref<> value = share(static_cast<WrappedValue*>(result)->value);
        decref(result);
        return raise_stop_iteration(value.get());
    }
    return result;
}

Object* new_async_send(Generator* generator, Object* value) {
    Ref<AsyncSend> awaitable = make_gc<AsyncSend>(async_generator_asend_type);
    if (!awaitable) return nullptr;
    awaitable->generator = new_reference(generator);
    awaitable->value = value;
    xincref(value);
    awaitable->state = AwaitState::Init;
    gc_track(awaitable.get());
    return awaitable.release();
}

Object* new_async_throw(Generator* generator, Tuple* arguments) {
    Ref<AsyncThrow> awaitable = make_gc<AsyncThrow>(async_generator_athrow_type);
    if (!awaitable) return nullptr;
    awaitable->generator = new_reference(generator);
    awaitable->arguments = arguments;
    xincref(arguments);
    awaitable->state = AwaitState::Init;
    gc_track(awaitable.get());
    return awaitable.release();
}

}  // namespace

Object* async_generator_wrap(Object* value) {
    Ref<WrappedValue> wrapped = make_gc<WrappedValue>(async_generator_wrapped_value_type);
    if (!wrapped) return nullptr;
    wrapped->value = new_reference(value);
    gc_track(wrapped.get());
    return wrapped.release();
}

int async_generator_init_hooks(Generator* generator) {
    if (generator->hooks_inited) return 0;
    generator->hooks_inited = 1;
    Thread* thread = Thread::current();
    if (Object* finalizer = thread->async_generator_finalizer) replace_slot(generator->origin_or_finalizer, new_reference(finalizer));
    if (Object* first = thread->async_generator_firstiter) {
        Ref<> kept = share(first);
        TRY(call(kept.get(), static_cast<Object*>(generator)));
    }
    return 0;
}

namespace {

Object* async_generator_repr(Object* self) {
    return format_str("<async_generator object %U at %p>", as_generator(self)->qualname, self).release();
}
Object* async_generator_anext(Object* self) {
    if (async_generator_init_hooks(as_generator(self)) < 0) return nullptr;
    return new_async_send(as_generator(self), nullptr);
}
// async_generator.asend(value)
Fallible<Ref<>> async_generator_asend(Object* self, Object* value) {
    if (async_generator_init_hooks(as_generator(self)) < 0) return raised;
    return Fallible<Ref<>>::from_slot(new_async_send(as_generator(self), value));
}
// async_generator.athrow(value)
Fallible<Ref<>> async_generator_athrow(Object* self, Object* const* args, ssize_t nargs) {
    if (async_generator_init_hooks(as_generator(self)) < 0) return raised;
    Ref<Tuple> arguments = TRY(tuple_from_array(args, nargs));
    return Fallible<Ref<>>::from_slot(new_async_throw(as_generator(self), arguments.get()));
}
// async_generator.aclose()
Fallible<Ref<>> async_generator_aclose(Object* self) {
    if (async_generator_init_hooks(as_generator(self)) < 0) return raised;
    return Fallible<Ref<>>::from_slot(new_async_throw(as_generator(self), nullptr));
}
Fallible<Ref<>> async_generator_get_running(Object* self) { return bool_from(as_generator(self)->running_async); }

AsyncMethods async_generator_async = {
    .aiter = self_iter, .anext = async_generator_anext, .send = generator_am_send};
MethodDef async_generator_methods[] = {
    METHOD_O("asend", async_generator_asend, "(v)", "Awaitable that sends a value in."),
    METHOD_FAST("athrow", async_generator_athrow, "(value)\nathrow(type[,value[,tb]])", "Awaitable that raises inside."),
    METHOD_NOARGS("aclose", async_generator_aclose, "()", "Awaitable that raises GeneratorExit inside."),
    METHOD_NOARGS("__sizeof__", generator_sizeof, "($self, /)", "Size in memory, in bytes."),
    CLASS_GETITEM_ROW,
    END_ROW,
};
GetSetDef async_generator_getset[] = {
    GETTER_SETTER("__name__", generator_get_name, generator_set_name, "name of the async generator"),
    GETTER_SETTER("__qualname__", generator_get_qualname, generator_set_qualname, "qualified name of the async generator"),
    GETTER("ag_await", generator_get_yield_from, "object being awaited on, or None"),
    GETTER("ag_frame", generator_get_frame, nullptr),
    GETTER("ag_code", generator_get_code, nullptr),
    GETTER("ag_suspended", generator_get_suspended, nullptr),
    GETTER("ag_running", async_generator_get_running, nullptr),
    END_ROW,
};

Object* asend_step(Object* self, Object* value) {
    AsyncSend* awaitable = as_send(self);
    Generator* generator = awaitable->generator;
    if (awaitable->state == AwaitState::Closed)
        return raise(exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    if (awaitable->state == AwaitState::Init) {
        if (generator->running_async)
            return raise(exc::RuntimeError, "anext(): asynchronous generator is already running");
        if (!value || value == none()) value = awaitable->value;
        awaitable->state = AwaitState::Iterating;
    }
    generator->running_async = 1;
    Object* result = unwrap(generator, generator_resume(generator, value ? value : none(), false));
    if (!result) awaitable->state = AwaitState::Closed;
    return result;
}
Object* asend_iternext(Object* self) { return asend_step(self, nullptr); }
// async_generator_asend.send(value)
Fallible<Ref<>> asend_send(Object* self, Object* value) { return Fallible<Ref<>>::from_slot(asend_step(self, value)); }
// async_generator_asend.throw(value)
Fallible<Ref<>> asend_throw(Object* self, Object* const* args, ssize_t nargs) {
    AsyncSend* awaitable = as_send(self);
    if (awaitable->state == AwaitState::Closed)
        return raise(exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    Object* result = unwrap(awaitable->generator, generator_throw_args(awaitable->generator, args, nargs).release());
    if (!result) awaitable->state = AwaitState::Closed;
    return Fallible<Ref<>>::from_slot(result);
}
// async_generator_asend.close()
Fallible<Ref<>> asend_close(Object* self) {
    as_send(self)->state = AwaitState::Closed;
    return share(none());
}
AsyncMethods awaitable_async = {.await = [](Object* self) { return new_reference(self); }};
MethodDef asend_methods[] = {
    METHOD_O("send", asend_send, "(arg)", "Resume the generator with a value."),
    METHOD_FAST("throw", asend_throw, "(value)\nthrow(type[,value[,tb]])", "Raise inside the generator."),
    METHOD_NOARGS("close", asend_close, "()", "Give the awaitable up."),
    END_ROW,
};

Object* athrow_finish_error(AsyncThrow* awaitable) {
    awaitable->generator->running_async = 0;
    awaitable->state = AwaitState::Closed;
    if (!awaitable->arguments && (error_matches(exc::StopAsyncIteration) || error_matches(exc::GeneratorExit))) {
        // aclose(): that the generator ended is what was wanted.
        clear_error();
        return raise_bare(exc::StopIteration);
    }
    return nullptr;
}
Object* athrow_yielded_in_close(AsyncThrow* awaitable, Object* result) {
    awaitable->generator->running_async = 0;
    awaitable->state = AwaitState::Closed;
    decref(result);
    return raise(exc::RuntimeError, "async generator ignored GeneratorExit");
}

Object* athrow_start(AsyncThrow* awaitable, Object* value) {
    Generator* generator = awaitable->generator;
    if (generator->running_async) {
        awaitable->state = AwaitState::Closed;
        return raise(exc::RuntimeError, awaitable->arguments ? "athrow(): asynchronous generator is already running"
                                                             : "aclose(): asynchronous generator is already running");
    }
    if (generator->closed) {
        awaitable->state = AwaitState::Closed;
        return raise_bare(exc::StopAsyncIteration);
    }
    if (value && value != none()) return raise(exc::RuntimeError, "can't send non-None value to a just-started coroutine");
    awaitable->state = AwaitState::Iterating;
    generator->running_async = 1;
    if (!awaitable->arguments) {
        generator->closed = 1;
        Object* result = generator_throw(generator, exc::GeneratorExit, nullptr, nullptr).release();
        if (result && is_exact(result, async_generator_wrapped_value_type)) return athrow_yielded_in_close(awaitable, result);
        return result ? result : athrow_finish_error(awaitable);
    }
    Tuple* arguments = awaitable->arguments;
    Object* result = unwrap(generator, generator_throw_args(generator, arguments->items, arguments->size).release());
    return result ? result : athrow_finish_error(awaitable);
}

Object* athrow_step(Object* self, Object* value) {
    AsyncThrow* awaitable = as_throw(self);
    Generator* generator = awaitable->generator;
    if (awaitable->state == AwaitState::Closed || generator->frame_state >= kFrameCompleted) {
        if (awaitable->state == AwaitState::Closed)
            return raise(exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()");
        awaitable->state = AwaitState::Closed;
        return raise_bare(exc::StopIteration);
    }
    if (awaitable->state == AwaitState::Init) return athrow_start(awaitable, value);
    Object* result = generator_resume(generator, value ? value : none(), false);
    if (awaitable->arguments) {
        result = unwrap(generator, result);
        if (!result) awaitable->state = AwaitState::Closed;
        return result;
    }
    if (!result) return athrow_finish_error(awaitable);
    if (is_exact(result, async_generator_wrapped_value_type)) return athrow_yielded_in_close(awaitable, result);
    return result;
}
Object* athrow_iternext(Object* self) { return athrow_step(self, nullptr); }
// async_generator_athrow.send(value)
Fallible<Ref<>> athrow_send(Object* self, Object* value) { return Fallible<Ref<>>::from_slot(athrow_step(self, value)); }
// async_generator_athrow.throw(value)
Fallible<Ref<>> athrow_throw(Object* self, Object* const* args, ssize_t nargs) {
    AsyncThrow* awaitable = as_throw(self);
    if (awaitable->state == AwaitState::Closed)
        return raise(exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    Object* result = generator_throw_args(awaitable->generator, args, nargs).release();
    if (awaitable->arguments) return Fallible<Ref<>>::from_slot(unwrap(awaitable->generator, result));
    if (result && is_exact(result, async_generator_wrapped_value_type))
        return Fallible<Ref<>>::from_slot(athrow_yielded_in_close(awaitable, result));
    if (!result) return Fallible<Ref<>>::from_slot(athrow_finish_error(awaitable));
    return Fallible<Ref<>>::from_slot(result);
}
// async_generator_athrow.close()
Fallible<Ref<>> athrow_close(Object* self) {
    as_throw(self)->state = AwaitState::Closed;
    return share(none());
}
MethodDef athrow_methods[] = {
    METHOD_O("send", athrow_send, "(arg)", "Resume the generator with a value."),
    METHOD_FAST("throw", athrow_throw, "(value)\nthrow(type[,value[,tb]])", "Raise inside the generator."),
    METHOD_NOARGS("close", athrow_close, "()", "Give the awaitable up."),
    END_ROW,
};

}  // namespace

constinit Type async_generator_type = static_type({
    .name = "async_generator",
    .basic_size = offsetof(Generator, frame) + 72,
    .item_size = sizeof(Object*),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = generator_dealloc,
    .traverse = generator_traverse,
    .finalize = generator_finalize,
    .repr = async_generator_repr,
    .getattro = generic_getattro_slot,
    .async = &async_generator_async,
    .methods = async_generator_methods,
    .getset = async_generator_getset,
    .weaklist_offset = offsetof(Generator, weaklist),
});
constinit Type async_generator_asend_type = static_type({
    .name = "async_generator_asend",
    .basic_size = sizeof(AsyncSend),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&AsyncSend::generator, &AsyncSend::value>,
    .traverse = traverse_members<&AsyncSend::generator, &AsyncSend::value>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = asend_iternext,
    .async = &awaitable_async,
    .methods = asend_methods,
});
constinit Type async_generator_athrow_type = static_type({
    .name = "async_generator_athrow",
    .basic_size = sizeof(AsyncThrow),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&AsyncThrow::generator, &AsyncThrow::arguments>,
    .traverse = traverse_members<&AsyncThrow::generator, &AsyncThrow::arguments>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = athrow_iternext,
    .async = &awaitable_async,
    .methods = athrow_methods,
});
constinit Type async_generator_wrapped_value_type = static_type({
    .name = "async_generator_wrapped_value",
    .basic_size = sizeof(WrappedValue),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&WrappedValue::value>,
    .traverse = traverse_members<&WrappedValue::value>,
    .getattro = generic_getattro_slot,
});

}  // namespace py
