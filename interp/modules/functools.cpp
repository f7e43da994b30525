// _functools: reduce, cmp_to_key and partial. lru_cache is in functools_lru_cache.cpp.
#include "interp/modules/functools.h"
#include "interp/objects/stack_check.h"

namespace py::functools {

namespace {

// functools.reduce(function, iterable[, initial], /)
Fallible<Ref<>> reduce(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("reduce", nargs, 2, 3));
    Ref<> total = nargs > 2 ? share(args[2]) : Ref<>();
    auto made = iter(args[1]);
    if (!made.ok()) {
        if (error_matches(exc::TypeError)) return raise(exc::TypeError, "reduce() arg 2 must support iteration");
        return raised;
    }
    Ref<> iterator = made.take();
    while (Ref<> item = TRY(next(iterator.get())))
        total = total ? TRY(call(args[0], total.get(), item.get())) : std::move(item);
    if (!total) return raise(exc::TypeError, "reduce() of empty iterable with no initial value");
    return total;
}

struct Key : Object {
    Object *compare, *object;  // object null: the factory that cmp_to_key returns
};
Key* as_key(Object* object) {
    return static_cast<Key*>(object);
}

Fallible<Ref<>> key_make(Object* compare, Object* object) {
    auto key = static_cast<Key*>(gc_object_new(&key_type, sizeof(Key)));
    if (!key) return raised;
    key->compare = new_reference(compare);
    xincref(object);
    key->object = object;
    gc_track(key);
    return steal(key);
}
// functools.cmp_to_key(mycmp)
Fallible<Ref<>> cmp_to_key(Object*, Object* const* bound) {
    return key_make(bound[0], nullptr);
}
// functools.KeyWrapper.__call__(obj)
Fallible<Ref<>> key_call(Object* self, Object* const* bound) {
    return key_make(as_key(self)->compare, bound[0]);
}

Object* key_richcompare(Object* a, Object* b, int op) {
    if (b->type != &key_type) return raise(exc::TypeError, "other argument must be K instance");
    if (!as_key(a)->object || !as_key(b)->object) return raise(exc::AttributeError, "object");
    Ref<> order = TRY(call(as_key(a)->compare, as_key(a)->object, as_key(b)->object));
    Ref<Int> zero = TRY(int_from(0));
    return rich_compare(order.get(), zero.get(), CompareOp(op)).release();
}
MemberDef key_members[] = {{"obj", kObjectOrNone, offsetof(Key, object), 0, "Value wrapped by a key function."},
                           END_ROW};

struct Partial : Object {
    Object* function;
    Tuple* arguments;
    Dict* keywords;
    Dict* dict;
    Object* weaklist;
    VectorcallSlot vectorcall;
};
Partial* as_partial(Object* object) {
    return static_cast<Partial*>(object);
}

Fallible<Ref<Tuple>> joined(Tuple* a, Object* const* more, ssize_t count) {
    Ref<Tuple> result = TRY(tuple_new(a->size + count));
    for (ssize_t i = 0; i < a->size; ++i)
        result->items[i] = new_reference(a->items[i]);
    for (ssize_t i = 0; i < count; ++i)
        result->items[a->size + i] = new_reference(more[i]);
    return result;
}

Object* partial_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Partial* self = as_partial(callable);
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_stack(kWhileCalling));
    if (self->keywords->used > 0) {
        Ref<Tuple> arguments = TRY(joined(self->arguments, args, nargs));
        Ref<Dict> keywords = TRY(dict_copy(self->keywords));
        for (ssize_t i = 0; kwnames && i < as_tuple(kwnames)->size; ++i)
            TRY(dict_set(keywords.get(), as_tuple(kwnames)->items[i], args[nargs + i]));
        return call_tuple(self->function, arguments.get(), keywords.get()).release();
    }
    ssize_t bound = self->arguments->size, keywords = kwnames ? as_tuple(kwnames)->size : 0,
            total = bound + nargs + keywords;
    constexpr ssize_t kInline = 10;
    Object* few[kInline + 1];
    Object** stack = few;
    if (total > kInline) {
        stack = static_cast<Object**>(allocate(size_t(total + 1) * sizeof(Object*)));
        if (!stack) return raise_memory_error();
    }
    for (ssize_t i = 0; i < bound; ++i)
        stack[1 + i] = self->arguments->items[i];
    for (ssize_t i = 0; i < nargs + keywords; ++i)
        stack[1 + bound + i] = args[i];
    // The callee may replace what the partial holds (__setstate__).
    Ref<> function = share(self->function);
    Ref<Tuple> arguments = share(self->arguments);
    auto result = vectorcall(function.get(), stack + 1, size_t(bound + nargs) | kArgumentsOffset, kwnames);
    if (stack != few) deallocate(stack);
    return result.release();
}

// functools.partial(func, /, *args, **keywords)
Object* partial_tp_new(Type* type, Object* args, Object* kwargs) {
    Tuple* given = as_tuple(args);
    if (given->size < 1) return raise(exc::TypeError, "type 'partial' takes at least one argument");
    Object* function = given->items[0];
    Partial* inner = nullptr;
    // A partial of a plain partial is flattened.
    if (is_instance_of(function, partial_type) && function->type->call == partial_type.call &&
        !as_partial(function)->dict) {
        inner = as_partial(function);
        function = inner->function;
    }
    if (!is_callable(function)) return raise(exc::TypeError, "the first argument must be callable");
    Ref<Tuple> none_bound = tuple_empty();
    Ref<Tuple> arguments = TRY(joined(inner ? inner->arguments : none_bound.get(), given->items + 1, given->size - 1));
    Ref<Dict> keywords = TRY(inner ? dict_copy(inner->keywords) : dict_new());
    if (kwargs) TRY(dict_merge(keywords.get(), kwargs, OnDuplicate::Replace));
    Ref<Partial> self = TRY(instance_new<Partial>(type));
    self->function = new_reference(function);
    self->arguments = arguments.release();
    self->keywords = keywords.release();
    self->vectorcall = partial_vectorcall;
    return self.release();
}
void partial_dealloc(Object* object) {
    gc_untrack(object);
    if (as_partial(object)->weaklist) clear_weakrefs(object);
    xdecref(as_partial(object)->function);
    xdecref(as_partial(object)->arguments);
    xdecref(as_partial(object)->keywords);
    xdecref(as_partial(object)->dict);
    object_memory_free(object);
}
Fallible<Ref<Str>> partial_text(Partial* self) {
    StrBuilder text;
    Ref<> function = share(self->function);
    Ref<Tuple> arguments = share(self->arguments);
    Ref<Dict> keywords = share(self->keywords);
    TRY(text.append(TRY(format_str("%s(%R", self->type->name, function.get())).get()));
    for (ssize_t i = 0; i < arguments->size; ++i)
        TRY(text.append(TRY(format_str(", %R", arguments->items[i])).get()));
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(keywords.get(), &position, &key, &value)) {
        Ref<> held_key = share(key), held_value = share(value);
        TRY(text.append(TRY(format_str(", %S=%R", key, value)).get()));
    }
    TRY(text.append_ascii(")"));
    return text.finish();
}
Fallible<Ref<>> partial_repr(Object* object) {
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return str_from_ascii("...");
    return partial_text(as_partial(object));
}
// functools.partial.__reduce__()
Fallible<Ref<>> partial_reduce(Object* object) {
    Partial* self = as_partial(object);
    Object* dict = self->dict ? static_cast<Object*>(self->dict) : none();
    Ref<Tuple> state = TRY(tuple_pack(self->function, self->arguments, self->keywords, dict));
    return reduce_with_state(object, state.get(), self->function);
}
// functools.partial.__setstate__(state, /)
Fallible<Ref<>> partial_setstate(Object* object, Object* state) {
    Partial* self = as_partial(object);
    Object** items = is_tuple(state) && as_tuple(state)->size == 4 ? as_tuple(state)->items : nullptr;
    if (!items || !is_callable(items[0]) || !is_tuple(items[1]) || (!is_none(items[2]) && !is_dict(items[2])))
        return raise(exc::TypeError, "invalid partial state");
    Ref<> held = share(state);
    // Subclasses of tuple and dict are turned into the plain types that calls rely on.
    Ref<Tuple> arguments =
        is_tuple_exact(items[1]) ? share(as_tuple(items[1])) : TRY(list_as_tuple(TRY(list_of(items[1])).get()));
    Ref<Dict> keywords;
    if (is_none(items[2]))
        keywords = TRY(dict_new());
    else
        keywords = is_dict_exact(items[2]) ? share(as_dict(items[2])) : TRY(dict_copy(as_dict(items[2])));
    Ref<> dict = is_none(items[3]) ? Ref<>() : share(items[3]);
    replace_slot(self->function, new_reference(items[0]));
    replace_slot(self->arguments, arguments.release());
    replace_slot(self->keywords, keywords.release());
    replace_slot(self->dict, as_dict(dict.release()));
    return share(none());
}

MethodDef partial_methods[] = {
    {"__reduce__", (CFunction)wrap_no_args<partial_reduce>, kNoArgs, nullptr},
    {"__setstate__", (CFunction)wrap_o<partial_setstate>, kO, nullptr},
    CLASS_GETITEM_ROW,
    END_ROW,
};
MemberDef partial_members[] = {
    {"func", kObjectOrNone, offsetof(Partial, function), kReadOnly, "function object to use in future partial calls"},
    {"args", kObjectOrNone, offsetof(Partial, arguments), kReadOnly, "tuple of arguments to future partial calls"},
    {"keywords", kObjectOrNone, offsetof(Partial, keywords), kReadOnly,
     "dictionary of keyword arguments to future partial calls"},
    END_ROW,
};
GetSetDef partial_getset[] = {GETTER_SETTER("__dict__", generic_get_dict, generic_set_dict, nullptr), END_ROW};

MethodDef module_methods[] = {
    METHOD_FAST_UNSIGNED("reduce", reduce,
                         "reduce(function, iterable[, initial], /) -> value\n\nThe result of function(function(first, "
                         "second), third) and so on."),
    METHOD("cmp_to_key", cmp_to_key, "($module, /, mycmp)", "Convert a cmp= function into a key= function."),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    TRY(type_ready(&key_type));
    TRY(type_ready(&lru_link_type));
    TRY(module_add_type(module, &partial_type));
    return module_add_type(module, &lru_cache_type);
}

}  // namespace

constinit Type key_type = static_type({
    .name = "functools.KeyWrapper",
    .basic_size = sizeof(Key),
    .flags = type_flag::kHaveGc,
    .dealloc = dealloc_members<&Key::compare, &Key::object>,
    .traverse = traverse_members<&Key::compare, &Key::object>,
    .clear = clear_members<&Key::compare, &Key::object>,
    .hash = hash_not_implemented,
    .richcompare = key_richcompare,
    .call = Bound<key_call, "K", "($self, /, obj)">::call,
    .getattro = generic_getattro_slot,
    .members = key_members,
});
constinit Type partial_type = static_type({
    .name = "functools.partial",
    .basic_size = sizeof(Partial),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kHaveVectorcall,
    .doc = "partial(func, *args, **keywords) - new function with some arguments given already",
    .dealloc = partial_dealloc,
    .traverse = traverse_members<&Partial::function, &Partial::arguments, &Partial::keywords, &Partial::dict>,
    .clear = clear_members<&Partial::function, &Partial::arguments, &Partial::keywords, &Partial::dict>,
    .repr = slot1<partial_repr>,
    .call = call_through_vectorcall,
    .vectorcall_offset = offsetof(Partial, vectorcall),
    .getattro = generic_getattro_slot,
    .setattro = generic_setattro_slot,
    .methods = partial_methods,
    .members = partial_members,
    .getset = partial_getset,
    .dict_offset = offsetof(Partial, dict),
    .weaklist_offset = offsetof(Partial, weaklist),
    .new_ = partial_tp_new,
});

}  // namespace py::functools

namespace py {

extern const NativeModule functools_module;
const NativeModule functools_module = {"_functools", "Tools that operate on functions.", functools::module_methods,
                                       functools::execute};

}  // namespace py
