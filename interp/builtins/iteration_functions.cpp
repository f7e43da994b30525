// Builtin functions about iterables.
#include "interp/builtins/functions.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

static Fallible<Ref<>> until_truth(Object* iterable, bool wanted) {
    Ref<> iterator = TRY(iter(iterable));
    for (;;) {
        Ref<> item = TRY(next(iterator.get()));
        if (!item) return bool_from(!wanted);
        if (TRY(is_true(item.get())) == wanted) return bool_from(wanted);
    }
}
// all(iterable, /)
Fallible<Ref<>> builtin_all(Object*, Object* iterable) { return until_truth(iterable, false); }
// any(iterable, /)
Fallible<Ref<>> builtin_any(Object*, Object* iterable) { return until_truth(iterable, true); }

// iter(iterable) -> iterator, iter(callable, sentinel) -> iterator
Fallible<Ref<>> builtin_iter(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("iter", nargs, 1, 2));
    if (nargs == 1) return iter(args[0]);
    if (!is_callable(args[0])) return raise(exc::TypeError, "iter(v, w): v must be callable");
    return callable_iterator_new(args[0], args[1]);
}

// next(iterator[, default])
Fallible<Ref<>> builtin_next(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("next", nargs, 1, 2));
    Object* iterator = args[0];
    if (!is_iterator(iterator)) return raise(exc::TypeError, "'%T' object is not an iterator", iterator);
    Object* item = iterator->type->iternext(iterator);
    if (item) return steal(item);
    if (nargs == 2) {
        if (error_occurred() && !clear_error_if(exc::StopIteration)) return raised;
        return share(args[1]);
    }
    if (error_occurred()) return raised;
    return raise_bare(exc::StopIteration);
}

// aiter(async_iterable, /)
Fallible<Ref<>> builtin_aiter(Object*, Object* object) {
    AsyncMethods* methods = object->type->as_async;
    if (!methods || !methods->aiter) return raise(exc::TypeError, "'%T' object is not an async iterable", object);
    Ref<> iterator = steal(methods->aiter(object));
    if (!iterator) return raised;
    if (!iterator->type->as_async || !iterator->type->as_async->anext)
        return raise(exc::TypeError, "aiter() returned not an async iterator of type '%T'", iterator.get());
    return iterator;
}

// anext(async_iterator[, default])
Fallible<Ref<>> builtin_anext(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("anext", nargs, 1, 2));
    AsyncMethods* methods = args[0]->type->as_async;
    if (!methods || !methods->anext) return raise(exc::TypeError, "'%T' object is not an async iterator", args[0]);
    Ref<> awaitable = steal(methods->anext(args[0]));
    if (!awaitable) return raised;
    if (nargs == 1) return awaitable;
    return anext_awaitable_new(awaitable.get(), args[1]);
}

// len(obj, /)
Fallible<Ref<>> builtin_len(Object*, Object* object) { return TRY(int_from(TRY(length(object)))); }

namespace {

struct ExtremumOptions {
    Object* key = nullptr;
    Object* default_value = nullptr;
};

Fallible<ExtremumOptions> extremum_options(const char* name, Object* const* values, Object* kwnames) {
    ExtremumOptions options;
    ssize_t count = kwnames ? as_tuple(kwnames)->size : 0;
    for (ssize_t i = 0; i < count; ++i) {
        Str* keyword = as_str(as_tuple(kwnames)->items[i]);
        if (str_equals(keyword, "key"))
            options.key = values[i] == none() ? nullptr : values[i];
        else if (str_equals(keyword, "default"))
            options.default_value = values[i];
        else
            return raise(exc::TypeError, "'%U' is an invalid keyword argument for %s()", keyword, name);
    }
    return options;
}

Object* extremum(const char* name, CompareOp better, Object* const* args, ssize_t nargs, Object* kwnames) {
    if (!nargs) return raise(exc::TypeError, "%s expected at least 1 argument, got 0", name);
    ExtremumOptions options = TRY(extremum_options(name, args + nargs, kwnames));
    if (nargs > 1 && options.default_value)
        return raise(exc::TypeError, "Cannot specify a default for %s() with multiple positional arguments", name);
    Ref<> iterator;
    if (nargs == 1) iterator = TRY(iter(args[0]));
    Ref<> best, best_key;
    for (ssize_t i = 0;; ++i) {
        Ref<> item;
        if (iterator) {
            item = TRY(next(iterator.get()));
            if (!item) break;
        } else {
            if (i == nargs) break;
            item = share(args[i]);
        }
        Ref<> key = options.key ? TRY(call(options.key, item.get())) : item;
        if (best && !TRY(rich_compare_bool(key.get(), best_key.get(), better))) continue;
        best = std::move(item);
        best_key = std::move(key);
    }
    if (best) return best.release();
    if (options.default_value) return new_reference(options.default_value);
    return raise(exc::ValueError, "%s() arg is an empty sequence", name);
}

}  // namespace

// max(iterable, *[, default=obj, key=func]) -> value
Object* builtin_max(Object*, Object* const* args, ssize_t nargs, Object* kwnames) {
    return extremum("max", kGreater, args, nargs, kwnames);
}
// min(iterable, *[, default=obj, key=func]) -> value
Object* builtin_min(Object*, Object* const* args, ssize_t nargs, Object* kwnames) {
    return extremum("min", kLess, args, nargs, kwnames);
}

// sorted(iterable, /, *, key=None, reverse=False)
Object* builtin_sorted(Object*, Object* const* args, ssize_t nargs, Object* kwnames) {
    TRY(check_positional("sorted", nargs, 1, 1));
    Ref<List> list = TRY(list_of(args[0]));
    Ref<> sort = TRY(get_attr(list.get(), "sort"_name));
    TRY(vectorcall(sort.get(), args + 1, 0, kwnames));
    return list.release();
}

}  // namespace py
