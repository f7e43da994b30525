// The iterators behind iter(): over the sequence protocol, over a callable until a sentinel; and anext()'s awaitable.
#include <limits>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/generator.h"
#include "interp/objects/int.h"
#include "interp/objects/iterator_state.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

// builtins.iter as it is now, for __reduce__.
Fallible<Ref<>> iter_builtin() {
    Object* function = runtime().builtins ? dict_get_str(runtime().builtins, "iter"_name) : nullptr;
    if (function) return share(function);
    if (error_occurred()) return raised;
    return raise(exc::AttributeError, "iter");
}

// (iter, ((),)): what an exhausted iterator pickles as.
Fallible<Ref<>> reduce_exhausted(Object* function) {
    Ref<Tuple> empty = tuple_empty();
    Ref<Tuple> arguments = TRY(tuple_pack(empty.get()));
    return TRY(tuple_pack(function, arguments.get()));
}

// Over sequences.

struct SequenceIterator : Object {
    ssize_t index;
    Object* sequence;  // null: exhausted
};
SequenceIterator* as_sequence_iterator(Object* object) { return static_cast<SequenceIterator*>(object); }

void sequence_iterator_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_sequence_iterator(self)->sequence);
    gc_object_free(self);
}

Object* sequence_iterator_next(Object* self) {
    SequenceIterator* iterator = as_sequence_iterator(self);
    if (!iterator->sequence) return nullptr;
    if (iterator->index == std::numeric_limits<ssize_t>::max())
        return raise(exc::OverflowError, "iter index too large");
    Ref<> sequence = share(iterator->sequence);
    auto item = sequence_item(sequence.get(), iterator->index);
    if (item.ok()) {
        ++iterator->index;
        return item.release();
    }
    if (clear_error_if(exc::IndexError) || clear_error_if(exc::StopIteration)) clear_slot(iterator->sequence);
    return nullptr;
}

// iterator.__length_hint__()
Fallible<Ref<>> sequence_iterator_length_hint(Object* self) {
    SequenceIterator* iterator = as_sequence_iterator(self);
    if (!iterator->sequence) return TRY(int_from(0));
    Type* type = iterator->sequence->type;
    bool has_length = (type->as_sequence && type->as_sequence->length) || (type->as_mapping && type->as_mapping->length);
    if (!has_length) return share(not_implemented());
    ssize_t left = TRY(length(iterator->sequence)) - iterator->index;
    return TRY(int_from(left > 0 ? left : 0));
}

// iterator.__reduce__()
Fallible<Ref<>> sequence_iterator_reduce(Object* self) {
    Ref<> function = TRY(iter_builtin());
    SequenceIterator* iterator = as_sequence_iterator(self);
    if (!iterator->sequence) return reduce_exhausted(function.get());
    Ref<Tuple> arguments = TRY(tuple_pack(iterator->sequence));
    Ref<Int> index = TRY(int_from(iterator->index));
    return TRY(tuple_pack(function.get(), arguments.get(), index.get()));
}

// iterator.__setstate__(state, /)
Fallible<Ref<>> sequence_iterator_setstate(Object* self, Object* state) {
    ssize_t index = TRY(saved_position(state));
    if (as_sequence_iterator(self)->sequence) as_sequence_iterator(self)->index = index < 0 ? 0 : index;
    return share(none());
}

MethodDef sequence_iterator_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<sequence_iterator_length_hint>, kNoArgs,
     "How many items are left, estimated."},
    {"__reduce__", (CFunction)wrap_no_args<sequence_iterator_reduce>, kNoArgs, "State for pickling."},
    {"__setstate__", (CFunction)wrap_o<sequence_iterator_setstate>, kO, "Set state information for unpickling."},
    END_ROW,
};

// Over calls.

struct CallableIterator : Object {
    Object *callable, *sentinel;  // null: exhausted
};
CallableIterator* as_callable_iterator(Object* object) { return static_cast<CallableIterator*>(object); }

int callable_iterator_clear(Object* self) {
    clear_slot(as_callable_iterator(self)->callable);
    clear_slot(as_callable_iterator(self)->sentinel);
    return 0;
}

void callable_iterator_dealloc(Object* self) {
    gc_untrack(self);
    (void)callable_iterator_clear(self);
    gc_object_free(self);
}

Object* callable_iterator_next(Object* self) {
    CallableIterator* iterator = as_callable_iterator(self);
    if (!iterator->callable) return nullptr;
    Ref<> callable = share(iterator->callable);
    auto result = call(callable.get());
    if (!result.ok()) {
        if (clear_error_if(exc::StopIteration)) (void)callable_iterator_clear(self);
        return nullptr;
    }
    Ref<> item = result.take();
    // The call may have exhausted this very iterator.
    if (!iterator->sentinel) return nullptr;
    Ref<> sentinel = share(iterator->sentinel);
    if (!TRY(equals(sentinel.get(), item.get()))) return item.release();
    (void)callable_iterator_clear(self);
    return nullptr;
}

// callable_iterator.__reduce__()
Fallible<Ref<>> callable_iterator_reduce(Object* self) {
    Ref<> function = TRY(iter_builtin());
    CallableIterator* iterator = as_callable_iterator(self);
    if (!iterator->callable) return reduce_exhausted(function.get());
    Ref<Tuple> arguments = TRY(tuple_pack(iterator->callable, iterator->sentinel));
    return TRY(tuple_pack(function.get(), arguments.get()));
}

MethodDef callable_iterator_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<callable_iterator_reduce>, kNoArgs, "State for pickling."},
    END_ROW,
};

// anext(iterator, default): awaits, but ends with the default instead of StopAsyncIteration.

struct AnextAwaitable : Object {
    Object *wrapped, *default_value;
};
AnextAwaitable* as_anext_awaitable(Object* object) { return static_cast<AnextAwaitable*>(object); }

void anext_awaitable_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_anext_awaitable(self)->wrapped);
    xdecref(as_anext_awaitable(self)->default_value);
    gc_object_free(self);
}

// What is iterated to await the wrapped object. A coroutine has no __next__ of its own: its __await__ gives the iterator.
Fallible<Ref<>> inner_iterator(AnextAwaitable* self) {
    Ref<> awaitable = TRY(get_awaitable_iterator(self->wrapped));
    if (is_iterator(awaitable.get())) return awaitable;
    AsyncMethods* methods = awaitable->type->as_async;
    if (!methods || !methods->await) return raise(exc::TypeError, "__await__ returned a non-iterable");
    Ref<> iterator = TRY(Fallible<Ref<>>::from_slot(methods->await(awaitable.get())));
    if (!is_iterator(iterator.get())) return raise(exc::TypeError, "__await__ returned a non-iterable");
    return iterator;
}

Object* with_default(AnextAwaitable* self, Object* result) {
    if (!result && clear_error_if(exc::StopAsyncIteration)) (void)raise_stop_iteration(self->default_value);
    return result;
}

Object* anext_awaitable_next(Object* self) {
    Ref<> iterator = TRY(inner_iterator(as_anext_awaitable(self)));
    return with_default(as_anext_awaitable(self), iterator->type->iternext(iterator.get()));
}

Fallible<Ref<>> forward(Object* self, Str* name, Object* const* args, ssize_t nargs) {
    Ref<> iterator = TRY(inner_iterator(as_anext_awaitable(self)));
    Ref<> method = TRY(get_attr(iterator.get(), name));
    auto result = vectorcall(method.get(), args, size_t(nargs), nullptr);
    return Fallible<Ref<>>::from_slot(with_default(as_anext_awaitable(self), result.release()));
}

// anext_awaitable.send(value)
Fallible<Ref<>> anext_awaitable_send(Object* self, Object* const* args, ssize_t nargs) {
    return forward(self, "send"_name, args, nargs);
}
// anext_awaitable.throw(value) / throw(type[, value[, traceback]])
Fallible<Ref<>> anext_awaitable_throw(Object* self, Object* const* args, ssize_t nargs) {
    return forward(self, "throw"_name, args, nargs);
}
// anext_awaitable.close()
Fallible<Ref<>> anext_awaitable_close(Object* self, Object* const* args, ssize_t nargs) {
    return forward(self, "close"_name, args, nargs);
}

MethodDef anext_awaitable_methods[] = {
    {"send", (CFunction)(void*)wrap_fast<anext_awaitable_send>, kFastcall,
     "send(value) -> sends 'value' into the iterator.\nGives the next yielded value or raises StopIteration."},
    {"throw", (CFunction)(void*)wrap_fast<anext_awaitable_throw>, kFastcall,
     "throw(value) -> raises the exception in the iterator.\nGives the next yielded value or raises StopIteration."},
    {"close", (CFunction)(void*)wrap_fast<anext_awaitable_close>, kFastcall, "close() -> raises GeneratorExit inside."},
    END_ROW,
};

AsyncMethods anext_awaitable_async = {.await = self_iter};

}  // namespace

Fallible<Ref<>> sequence_iterator_new(Object* sequence) {
    auto made = make_gc<SequenceIterator>(sequence_iterator_type);
    if (!made) return raised;
    made->index = 0;
    made->sequence = new_reference(sequence);
    gc_track(made.get());
    return made;
}

Fallible<Ref<>> callable_iterator_new(Object* callable, Object* sentinel) {
    auto made = make_gc<CallableIterator>(callable_iterator_type);
    if (!made) return raised;
    made->callable = new_reference(callable);
    made->sentinel = new_reference(sentinel);
    gc_track(made.get());
    return made;
}

Fallible<Ref<>> anext_awaitable_new(Object* awaitable, Object* default_value) {
    auto made = make_gc<AnextAwaitable>(anext_awaitable_type);
    if (!made) return raised;
    made->wrapped = new_reference(awaitable);
    made->default_value = new_reference(default_value);
    gc_track(made.get());
    return made;
}

constinit Type sequence_iterator_type = static_type({
    .name = "iterator",
    .basic_size = sizeof(SequenceIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = sequence_iterator_dealloc,
    .traverse = traverse_members<&SequenceIterator::sequence>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = sequence_iterator_next,
    .methods = sequence_iterator_methods,
});

constinit Type callable_iterator_type = static_type({
    .name = "callable_iterator",
    .basic_size = sizeof(CallableIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = callable_iterator_dealloc,
    .traverse = traverse_members<&CallableIterator::callable, &CallableIterator::sentinel>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = callable_iterator_next,
    .methods = callable_iterator_methods,
});

constinit Type anext_awaitable_type = static_type({
    .name = "anext_awaitable",
    .basic_size = sizeof(AnextAwaitable),
    .flags = type_flag::kHaveGc,
    .dealloc = anext_awaitable_dealloc,
    .traverse = traverse_members<&AnextAwaitable::wrapped, &AnextAwaitable::default_value>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = anext_awaitable_next,
    .async = &anext_awaitable_async,
    .methods = anext_awaitable_methods,
});

}  // namespace py
