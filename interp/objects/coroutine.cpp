// coroutine objects and the wrapper that await makes of them (PEP 492).
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/generator.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/vm/generators.h"

namespace py {

namespace {

struct CoroutineWrapper : Object {
    Generator* coroutine;
};

Generator* as_generator(Object* object) { return static_cast<Generator*>(object); }
Generator* wrapped(Object* object) { return static_cast<CoroutineWrapper*>(object)->coroutine; }

}  // namespace

static bool is_generator_based_coroutine(Object* object) {
    return is_generator_exact(object) && (as_generator(object)->code->flags & kCoIterableCoroutine);
}

Fallible<Ref<>> get_awaitable_iterator(Object* object) {
    if (is_coroutine_exact(object) || is_generator_based_coroutine(object)) return share(object);
    AsyncMethods* methods = object->type->as_async;
    if (!methods || !methods->await) return raise(exc::TypeError, "object %T can't be used in 'await' expression", object);
    Ref<> result = steal(methods->await(object));
    if (!result) return raised;
    if (is_coroutine_exact(result.get()) || is_generator_based_coroutine(result.get()))
        return raise(exc::TypeError, "__await__() returned a coroutine");
    if (!is_iterator(result.get())) return raise(exc::TypeError, "__await__() returned non-iterator of type '%T'", result.get());
    return result;
}

namespace {

Object* coroutine_repr(Object* self) {
    return format_str("<coroutine object %U at %p>", as_generator(self)->qualname, self).release();
}
Object* coroutine_await(Object* self) {
    Ref<CoroutineWrapper> wrapper = make_gc<CoroutineWrapper>(coroutine_wrapper_type);
    if (!wrapper) return nullptr;
    wrapper->coroutine = new_reference(as_generator(self));
    gc_track(wrapper.get());
    return wrapper.release();
}
// coroutine.send(arg)
Fallible<Ref<>> coroutine_send(Object* self, Object* value) { return generator_send_method(as_generator(self), value); }
// coroutine.close()
Fallible<Ref<>> coroutine_close(Object* self) { return generator_close(as_generator(self)); }
Fallible<Ref<>> coroutine_get_origin(Object* self) {
    Object* origin = as_generator(self)->origin_or_finalizer;
    return share(origin ? origin : none());
}

AsyncMethods coroutine_async = {.await = coroutine_await, .send = generator_am_send};
MethodDef coroutine_methods[] = {
    METHOD_O("send", coroutine_send, "(arg)", "Passes a value into coroutine code, which its await expression gives; what is yielded next."),
    METHOD_FAST("throw", generator_throw_args, "(value)\nthrow(type[,value[,traceback]])",
                "Raises an exception in coroutine code; what is yielded next."),
    METHOD_NOARGS("close", coroutine_close, "()", "Raises GeneratorExit inside coroutine code."),
    METHOD_NOARGS("__sizeof__", generator_sizeof, "($self, /)", "Size in memory, in bytes."),
    END_ROW,
};
GetSetDef coroutine_getset[] = {
    GETTER_SETTER("__name__", generator_get_name, generator_set_name, "name of the coroutine"),
    GETTER_SETTER("__qualname__", generator_get_qualname, generator_set_qualname, "qualified name of the coroutine"),
    GETTER("cr_await", generator_get_yield_from, "object being awaited on, or None"),
    GETTER("cr_running", generator_get_running, nullptr),
    GETTER("cr_frame", generator_get_frame, nullptr),
    GETTER("cr_code", generator_get_code, nullptr),
    GETTER("cr_suspended", generator_get_suspended, nullptr),
    GETTER("cr_origin", coroutine_get_origin, nullptr),
    END_ROW,
};

// coroutine_wrapper: iterates the coroutine on behalf of await.
Object* wrapper_iternext(Object* self) { return generator_iternext(wrapped(self)); }
// coroutine_wrapper.send(arg)
Fallible<Ref<>> wrapper_send(Object* self, Object* value) { return generator_send_method(wrapped(self), value); }
// coroutine_wrapper.throw(value)
Fallible<Ref<>> wrapper_throw(Object* self, Object* const* args, ssize_t nargs) {
    return generator_throw_args(wrapped(self), args, nargs);
}
// coroutine_wrapper.close()
Fallible<Ref<>> wrapper_close(Object* self) { return generator_close(wrapped(self)); }
void wrapper_dealloc(Object* self) {
    gc_untrack(self);
    decref(wrapped(self));
    gc_object_free(self);
}
int wrapper_traverse(Object* self, Visit visit, void* arg) {
    VISIT(wrapped(self));
    return 0;
}
MethodDef wrapper_methods[] = {
    METHOD_O("send", wrapper_send, "(arg)", "Resume with a value that the await expression gives."),
    METHOD_FAST("throw", wrapper_throw, "(value)\nthrow(type[,value[,traceback]])", "Raise an exception inside the coroutine."),
    METHOD_NOARGS("close", wrapper_close, "()", "Raise GeneratorExit inside the coroutine."),
    END_ROW,
};

}  // namespace

constinit Type coroutine_type = static_type({
    .name = "coroutine",
    .basic_size = offsetof(Generator, frame) + 72,
    .item_size = sizeof(Object*),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = generator_dealloc,
    .traverse = generator_traverse,
    .finalize = generator_finalize,
    .repr = coroutine_repr,
    .getattro = generic_getattro_slot,
    .async = &coroutine_async,
    .methods = coroutine_methods,
    .getset = coroutine_getset,
    .weaklist_offset = offsetof(Generator, weaklist),
});

constinit Type coroutine_wrapper_type = static_type({
    .name = "coroutine_wrapper",
    .basic_size = sizeof(CoroutineWrapper),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .doc = "A wrapper object implementing __await__ for coroutines.",
    .dealloc = wrapper_dealloc,
    .traverse = wrapper_traverse,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = wrapper_iternext,
    .methods = wrapper_methods,
});

}  // namespace py
