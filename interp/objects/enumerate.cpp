// enumerate and reversed.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/iterator_state.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

namespace {

struct Enumerate : Object {
    ssize_t index;  // PTRDIFF_MAX: long_index counts
    Object* iterator;
    Object* result;      // a pair that is handed out again while nobody else holds it
    Object* long_index;  // null until needed
    Object* one;         // 1, kept for long_index
};
Enumerate* as_enumerate(Object* object) {
    return static_cast<Enumerate*>(object);
}

Fallible<Ref<>> enumerate_make(Type* type, Object* iterable, Object* start) {
    Ref<> object = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    Enumerate* self = as_enumerate(object.get());
    if (start) {
        Ref<Int> first = TRY(index(start));
        int overflow;
        self->index = as_int64_clamped(first.get(), &overflow);
        if (overflow) {
            self->index = PTRDIFF_MAX;
            self->long_index = first.release();
        }
    }
    self->iterator = TRY(iter(iterable))
    .release();
    self->result = TRY(tuple_pack(none(), none()))
    .release();
    self->one = TRY(int_from(1))
    .release();
    return object;
}

// enumerate(iterable, start=0)
Fallible<Ref<>> enumerate_new(Type* type, Object* const* bound) {
    return enumerate_make(type, bound[0], bound[1]);
}

// FAST: the usual calls; wording as CPython's own.
Object* enumerate_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf), keywords = kwnames ? as_tuple(kwnames)->size : 0;
    auto type = static_cast<Type*>(callable);
    if (nargs == 0 && keywords == 0) return raise(exc::TypeError, "enumerate() missing required argument 'iterable'");
    if (nargs + keywords > 2)
        return raise(exc::TypeError, "enumerate() takes at most %d arguments (%zd given)", 2, nargs + keywords);
    Object* bound[2] = {nargs > 0 ? args[0] : nullptr, nargs > 1 ? args[1] : nullptr};
    for (ssize_t i = 0; i < keywords; ++i) {
        Str* name = as_str(as_tuple(kwnames)->items[i]);
        int parameter = str_equals(name, "iterable") ? 0 : str_equals(name, "start") ? 1 : -1;
        // With one positional and one keyword only `start` can follow; without any, `iterable` must be among them.
        if (parameter < 0 || bound[parameter])
            return raise(exc::TypeError, "'%.200U' is an invalid keyword argument for enumerate()", name);
        bound[parameter] = args[nargs + i];
    }
    if (!bound[0])
        return raise(exc::TypeError, "'%.200U' is an invalid keyword argument for enumerate()",
                     as_str(as_tuple(kwnames)->items[0]));
    return enumerate_make(type, bound[0], bound[1]).release();
}

Fallible<Ref<Int>> enumerate_count(Enumerate* self) {
    if (self->index != PTRDIFF_MAX) return int_from(self->index++);
    if (!self->long_index) self->long_index = TRY(int_from(PTRDIFF_MAX))
    .release();
    Ref<Int> current = steal(as_int(self->long_index));
    self->long_index = nullptr;
    auto following = int_add(current.get(), as_int(self->one));
    if (!following.ok()) {
        self->long_index = current.release();
        return raised;
    }
    self->long_index = following.release();
    return current;
}

Object* enumerate_next(Object* object) {
    Enumerate* self = as_enumerate(object);
    TRY(check_stack(""));
    Object* next_item = self->iterator->type->iternext(self->iterator);
    if (!next_item) return nullptr;
    Ref<> item = steal(next_item);
    Ref<Int> count = TRY(enumerate_count(self));
    Tuple* pair = as_tuple(self->result);
    if (pair->refcount != 1) return tuple_pack(count.get(), item.get()).release();
    // FAST: the pair is reused.
    incref(pair);
    Object* old_count = std::exchange(pair->items[0], count.release());
    Object* old_item = std::exchange(pair->items[1], item.release());
    decref(old_count);
    decref(old_item);
    if (!gc_is_tracked(pair)) gc_track(pair);
    return pair;
}

// enumerate.__reduce__()
Fallible<Ref<>> enumerate_reduce(Object* object) {
    Enumerate* self = as_enumerate(object);
    Ref<> count = self->long_index ? share(self->long_index) : Ref<>(TRY(int_from(self->index)));
    Ref<Tuple> arguments = TRY(tuple_pack(self->iterator, count.get()));
    return tuple_pack(static_cast<Object*>(self->type), arguments.get());
}

MethodDef enumerate_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<enumerate_reduce>, kNoArgs, "For pickle."},
    CLASS_GETITEM_ROW,
    END_ROW,
};

struct Reversed : Object {
    ssize_t index;
    Object* sequence;  // null: exhausted
};
Reversed* as_reversed(Object* object) {
    return static_cast<Reversed*>(object);
}

Fallible<Ref<>> reversed_make(Type* type, Object* sequence) {
    Ref<> method = TRY(lookup_special(sequence, "__reversed__"_name));
    if (method && is_none(method.get()))
        return raise(exc::TypeError, "'%.200s' object is not reversible", sequence->type->name);
    if (method) return call(method.get());
    if (!is_sequence(sequence)) return raise(exc::TypeError, "'%.200s' object is not reversible", sequence->type->name);
    ssize_t size = TRY(length(sequence));
    Ref<> object = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    as_reversed(object.get())->index = size - 1;
    as_reversed(object.get())->sequence = new_reference(sequence);
    return object;
}

// reversed(sequence, /)
Object* reversed_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &reversed_type || type->init == reversed_type.init) TRY(check_no_keywords("reversed", kwargs));
    TRY(check_positional("reversed", as_tuple(args)->size, 1, 1));
    return reversed_make(type, as_tuple(args)->items[0]).release();
}
Object* reversed_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("reversed", kwnames));
    TRY(check_positional("reversed", vectorcall_nargs(nargsf), 1, 1));
    return reversed_make(static_cast<Type*>(type), args[0]).release();
}

Object* reversed_next(Object* object) {
    Reversed* self = as_reversed(object);
    if (self->index >= 0) {
        auto item = sequence_item(self->sequence, self->index);
        if (item.ok()) {
            --self->index;
            return item.release();
        }
        if (error_matches(exc::IndexError) || error_matches(exc::StopIteration)) clear_error();
    }
    self->index = -1;
    clear_slot(self->sequence);
    return nullptr;
}
// reversed.__length_hint__()
Fallible<Ref<>> reversed_length_hint(Object* object) {
    Reversed* self = as_reversed(object);
    if (!self->sequence) return int_from(0);
    ssize_t position = self->index + 1;
    return int_from(TRY(length(self->sequence)) < position ? 0 : position);
}
// reversed.__reduce__()
Fallible<Ref<>> reversed_reduce(Object* object) {
    Reversed* self = as_reversed(object);
    auto type = static_cast<Object*>(self->type);
    if (!self->sequence) {
        Ref<Tuple> empty = tuple_empty();
        Ref<Tuple> arguments = TRY(tuple_pack(empty.get()));
        return tuple_pack(type, arguments.get());
    }
    Ref<Tuple> arguments = TRY(tuple_pack(self->sequence));
    Ref<Int> position = TRY(int_from(self->index));
    return tuple_pack(type, arguments.get(), position.get());
}
// reversed.__setstate__(state, /)
Fallible<Ref<>> reversed_setstate(Object* object, Object* state) {
    Reversed* self = as_reversed(object);
    ssize_t position = TRY(saved_position(state));
    if (self->sequence) {
        ssize_t size = TRY(length(self->sequence));
        self->index = position < -1 ? -1 : position > size - 1 ? size - 1 : position;
    }
    return share(none());
}

MethodDef reversed_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<reversed_length_hint>, kNoArgs, "How many items are left."},
    {"__reduce__", (CFunction)wrap_no_args<reversed_reduce>, kNoArgs, "For pickle."},
    {"__setstate__", (CFunction)wrap_o<reversed_setstate>, kO, "For pickle."},
    END_ROW,
};

}  // namespace

constinit Type enumerate_type = static_type({
    .name = "enumerate",
    .basic_size = sizeof(Enumerate),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "enumerate(iterable, start=0)\n--\n\nYields (count, item) pairs, the count going up from start.",
    .dealloc = dealloc_members<&Enumerate::iterator, &Enumerate::result, &Enumerate::long_index, &Enumerate::one>,
    .traverse = traverse_members<&Enumerate::iterator, &Enumerate::result, &Enumerate::long_index>,
    .vectorcall = enumerate_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = enumerate_next,
    .methods = enumerate_methods,
    .new_ = Bound<enumerate_new, "enumerate", "(iterable, start=0)">::new_,
});
constinit Type reversed_type = static_type({
    .name = "reversed",
    .basic_size = sizeof(Reversed),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "reversed(sequence, /)\n--\n\nIterates over the items of a sequence backwards.",
    .dealloc = dealloc_members<&Reversed::sequence>,
    .traverse = traverse_members<&Reversed::sequence>,
    .vectorcall = reversed_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = reversed_next,
    .methods = reversed_methods,
    .new_ = reversed_tp_new,
});

}  // namespace py
