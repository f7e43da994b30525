// map, filter and zip.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

namespace {

// iter() of each; the tuple of iterators.
Fallible<Ref<Tuple>> iterators_of(Object* const* iterables, ssize_t count) {
    Ref<Tuple> iterators = TRY(tuple_new(count));
    for (ssize_t i = 0; i < count; ++i)
        iterators->items[i] = TRY(iter(iterables[i]))
    .release();
    return iterators;
}
Object* step(Object* iterator) {
    TRY(check_stack(""));
    return iterator->type->iternext(iterator);
}

struct Map : Object {
    Tuple* iterators;
    Object* function;
};
Map* as_map(Object* object) {
    return static_cast<Map*>(object);
}

Fallible<Ref<>> map_make(Type* type, Object* const* args, ssize_t nargs) {
    if (nargs < 2) return raise(exc::TypeError, "map() must have at least two arguments.");
    Ref<Tuple> iterators = TRY(iterators_of(args + 1, nargs - 1));
    Ref<> object = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    as_map(object.get())->iterators = iterators.release();
    as_map(object.get())->function = new_reference(args[0]);
    return object;
}
// map(function, iterable, *iterables)
Object* map_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &map_type || type->init == map_type.init) TRY(check_no_keywords("map", kwargs));
    return map_make(type, as_tuple(args)->items, as_tuple(args)->size).release();
}
Object* map_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("map", kwnames));
    return map_make(static_cast<Type*>(type), args, vectorcall_nargs(nargsf)).release();
}
Object* map_next(Object* object) {
    Map* self = as_map(object);
    constexpr ssize_t kInline = 8;
    Object* few[kInline + 1];
    ssize_t count = self->iterators->size, filled = 0;
    Object** stack = few;
    if (count > kInline) {
        stack = static_cast<Object**>(allocate(size_t(count + 1) * sizeof(Object*)));
        if (!stack) return raise_memory_error();
    }
    Object* result = nullptr;
    while (filled < count && (stack[filled + 1] = step(self->iterators->items[filled])))
        ++filled;
    if (filled == count)
        result = vectorcall(self->function, stack + 1, size_t(count) | kArgumentsOffset, nullptr).release();
    for (ssize_t i = 1; i <= filled; ++i)
        decref(stack[i]);
    if (stack != few) deallocate(stack);
    return result;
}
// map.__reduce__()
Fallible<Ref<>> map_reduce(Object* object) {
    Map* self = as_map(object);
    Ref<Tuple> arguments = TRY(tuple_new(self->iterators->size + 1));
    arguments->items[0] = new_reference(self->function);
    for (ssize_t i = 0; i < self->iterators->size; ++i)
        arguments->items[i + 1] = new_reference(self->iterators->items[i]);
    return tuple_pack(static_cast<Object*>(self->type), arguments.get());
}

struct Filter : Object {
    Object* function;
    Object* iterator;
};
Filter* as_filter(Object* object) {
    return static_cast<Filter*>(object);
}

Fallible<Ref<>> filter_make(Type* type, Object* const* args, ssize_t nargs) {
    TRY(check_positional("filter", nargs, 2, 2));
    Ref<> iterator = TRY(iter(args[1]));
    Ref<> object = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    as_filter(object.get())->function = new_reference(args[0]);
    as_filter(object.get())->iterator = iterator.release();
    return object;
}
// filter(function, iterable, /)
Object* filter_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &filter_type || type->init == filter_type.init) TRY(check_no_keywords("filter", kwargs));
    return filter_make(type, as_tuple(args)->items, as_tuple(args)->size).release();
}
Object* filter_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("filter", kwnames));
    return filter_make(static_cast<Type*>(type), args, vectorcall_nargs(nargsf)).release();
}
void filter_dealloc(Object* object) {
    gc_untrack(object);
    DeallocGuard guard(object);
    if (!guard.entered()) return;
    xdecref(as_filter(object)->function);
    xdecref(as_filter(object)->iterator);
    object_memory_free(object);
}
Object* filter_next(Object* object) {
    Filter* self = as_filter(object);
    bool truth = is_none(self->function) || self->function == static_cast<Object*>(&bool_type);
    for (;;) {
        Object* next_item = step(self->iterator);
        if (!next_item) return nullptr;
        Ref<> item = steal(next_item);
        bool wanted;
        if (truth) {
            wanted = TRY(is_true(item.get()));
        } else {
            Ref<> verdict = TRY(call(self->function, item.get()));
            wanted = TRY(is_true(verdict.get()));
        }
        if (wanted) return item.release();
    }
}
// filter.__reduce__()
Fallible<Ref<>> filter_reduce(Object* object) {
    Ref<Tuple> arguments = TRY(tuple_pack(as_filter(object)->function, as_filter(object)->iterator));
    return tuple_pack(static_cast<Object*>(object->type), arguments.get());
}

struct Zip : Object {
    Tuple* iterators;
    ssize_t count;  // of the iterators
    Tuple* result;  // handed out again while nobody else holds it
    bool strict;
};
Zip* as_zip(Object* object) {
    return static_cast<Zip*>(object);
}

// zip(*iterables, strict=False)
Object* zip_tp_new(Type* type, Object* args, Object* kwargs) {
    bool strict = false;
    if (kwargs) {
        ssize_t position = 0;
        Object *name, *value;
        while (dict_next(as_dict(kwargs), &position, &name, &value)) {
            if (!is_str(name) || !str_equals(as_str(name), "strict"))
                return raise(exc::TypeError, "'%U' is an invalid keyword argument for zip()", name);
            strict = TRY(is_true(value));
        }
    }
    Ref<Tuple> iterators = TRY(iterators_of(as_tuple(args)->items, as_tuple(args)->size));
    Ref<Tuple> result = TRY(tuple_new(iterators->size));
    for (ssize_t i = 0; i < result->size; ++i)
        result->items[i] = new_reference(none());
    Object* object = type->alloc(type, 0);
    if (!object) return nullptr;
    as_zip(object)->count = iterators->size;
    as_zip(object)->iterators = iterators.release();
    as_zip(object)->result = result.release();
    as_zip(object)->strict = strict;
    return object;
}

// Iterator i is exhausted in a strict zip: a ValueError unless all of them are.
Raised zip_ended(Zip* self, ssize_t i) {
    if (error_occurred() && !clear_error_if(exc::StopIteration)) return raised;
    if (i > 0)
        return raise(exc::ValueError, "zip() argument %d is shorter than argument%s%d", int(i + 1),
                     i == 1 ? " " : "s 1-", int(i));
    for (i = 1; i < self->count; ++i) {
        if (Object* item = step(self->iterators->items[i])) {
            decref(item);
            return raise(exc::ValueError, "zip() argument %d is longer than argument%s%d", int(i + 1),
                         i == 1 ? " " : "s 1-", int(i));
        }
        if (error_occurred() && !clear_error_if(exc::StopIteration)) return raised;
    }
    return raised;  // all ended together: nothing is pending
}

Object* zip_next(Object* object) {
    Zip* self = as_zip(object);
    ssize_t count = self->count;
    if (count == 0) return nullptr;
    Ref<Tuple> result;
    bool reused = self->result->refcount == 1;
    if (reused)
        result = share(self->result);
    else
        result = TRY(tuple_new(count));
    for (ssize_t i = 0; i < count; ++i) {
        Object* item = step(self->iterators->items[i]);
        if (!item) {
            result.reset();
            return self->strict ? static_cast<Object*>(zip_ended(self, i)) : nullptr;
        }
        xdecref(std::exchange(result->items[i], item));
    }
    if (reused && !gc_is_tracked(result.get())) gc_track(result.get());
    return result.release();
}
// zip.__reduce__()
Fallible<Ref<>> zip_reduce(Object* object) {
    auto type = static_cast<Object*>(object->type);
    if (as_zip(object)->strict) return tuple_pack(type, as_zip(object)->iterators, py_true());
    return tuple_pack(type, as_zip(object)->iterators);
}
// zip.__setstate__(state, /)
Fallible<Ref<>> zip_setstate(Object* object, Object* state) {
    as_zip(object)->strict = TRY(is_true(state));
    return share(none());
}

MethodDef map_methods[] = {{"__reduce__", (CFunction)wrap_no_args<map_reduce>, kNoArgs, "For pickle."}, END_ROW};
MethodDef filter_methods[] = {{"__reduce__", (CFunction)wrap_no_args<filter_reduce>, kNoArgs, "For pickle."}, END_ROW};
MethodDef zip_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<zip_reduce>, kNoArgs, "For pickle."},
    {"__setstate__", (CFunction)wrap_o<zip_setstate>, kO, "For pickle."},
    END_ROW,
};

}  // namespace

constinit Type map_type = static_type({
    .name = "map",
    .basic_size = sizeof(Map),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "map(func, *iterables) --> map object\n\nYields func(items…) with one item of each iterable, until the "
           "shortest ends.",
    .dealloc = dealloc_members<&Map::iterators, &Map::function>,
    .traverse = traverse_members<&Map::iterators, &Map::function>,
    .vectorcall = map_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = map_next,
    .methods = map_methods,
    .new_ = map_tp_new,
});
constinit Type filter_type = static_type({
    .name = "filter",
    .basic_size = sizeof(Filter),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "filter(function or None, iterable) --> filter object\n\n"
           "Yields the items for which function(item) is true; with None, the items that are true.",
    .dealloc = filter_dealloc,
    .traverse = traverse_members<&Filter::iterator, &Filter::function>,
    .vectorcall = filter_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = filter_next,
    .methods = filter_methods,
    .new_ = filter_tp_new,
});
constinit Type zip_type = static_type({
    .name = "zip",
    .basic_size = sizeof(Zip),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "zip(*iterables, strict=False) --> Yield tuples until an input is exhausted.\n\n"
           "With strict, inputs of different length are a ValueError.\n\n   >>> list(zip('ab', range(5)))\n"
           "   [('a', 0), ('b', 1)]",
    .dealloc = dealloc_members<&Zip::iterators, &Zip::result>,
    .traverse = traverse_members<&Zip::iterators, &Zip::result>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = zip_next,
    .methods = zip_methods,
    .new_ = zip_tp_new,
});

}  // namespace py
