// itertools: accumulate, chain, compress, dropwhile, takewhile, filterfalse.
#include "interp/modules/itertools.h"
#include "interp/objects/module.h"

namespace py::itertools {

namespace {

struct Accumulate : Object {
    Object *total, *iterator, *function, *initial;  // null: none yet / addition / not given
};
Accumulate* as_accumulate(Object* object) {
    return static_cast<Accumulate*>(object);
}

// itertools.accumulate(iterable, func=None, *, initial=None)
Fallible<Ref<>> accumulate_new(Type* type, Object* const* bound) {
    Ref<> iterator = TRY(iter(bound[0]));
    Ref<Accumulate> self = TRY(instance_new<Accumulate>(type));
    self->iterator = iterator.release();
    if (bound[1] && !is_none(bound[1])) self->function = new_reference(bound[1]);
    self->initial = new_reference(bound[2] ? bound[2] : none());
    return self;
}
Object* accumulate_next(Object* object) {
    Accumulate* self = as_accumulate(object);
    if (!is_none(self->initial)) {
        Object* first = std::exchange(self->initial, new_reference(none()));
        replace_slot(self->total, new_reference(first));
        return first;
    }
    Object* item = step(self->iterator);
    if (!item) return nullptr;
    Ref<> value = steal(item);
    if (!self->total) {
        self->total = new_reference(item);
        return value.release();
    }
    Ref<> total;
    if (self->function)
        total = TRY(call(self->function, self->total, item));
    else
        total = TRY(add(self->total, item));
    replace_slot(self->total, new_reference(total.get()));
    return total.release();
}
// itertools.accumulate.__reduce__(): a None as state would be lost, so such totals travel in front of the items.
Fallible<Ref<>> accumulate_reduce(Object* object) {
    Accumulate* self = as_accumulate(object);
    Object* function = self->function ? self->function : none();
    auto chained = [&](Object* first) -> Fallible<Ref<>> {
        Ref<Tuple> head = TRY(tuple_pack(first));
        return call(&chain_type, head.get(), self->iterator);
    };
    if (!is_none(self->initial)) {
        Ref<> iterator = TRY(chained(self->initial));
        return reduce_with_state(object, none(), iterator.get(), function);
    }
    if (self->total && is_none(self->total)) {
        Ref<> iterator = TRY(chained(self->total));
        Ref<> rest = TRY(call(static_cast<Object*>(object->type), iterator.get(), function));
        Ref<Int> one = TRY(int_from(1));
        Ref<Tuple> arguments = TRY(tuple_pack(rest.get(), one.get(), none()));
        return tuple_pack(static_cast<Object*>(&islice_type), arguments.get());
    }
    return reduce_with_state(object, self->total ? self->total : none(), self->iterator, function);
}
// itertools.accumulate.__setstate__(state, /)
Fallible<Ref<>> accumulate_setstate(Object* object, Object* state) {
    replace_slot(as_accumulate(object)->total, new_reference(state));
    return share(none());
}
MethodDef accumulate_methods[] = {reduce_row(wrap_no_args<accumulate_reduce>),
                                  setstate_row(wrap_o<accumulate_setstate>), END_ROW};

struct Chain : Object {
    Object *source, *active;  // the iterator over the iterables; the one being read
};
Chain* as_chain(Object* object) {
    return static_cast<Chain*>(object);
}

Fallible<Ref<>> chain_over(Type* type, Object* iterables) {
    Ref<> source = TRY(iter(iterables));
    Ref<Chain> self = TRY(instance_new<Chain>(type));
    self->source = source.release();
    return self;
}
// itertools.chain(*iterables)
Object* chain_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &chain_type || type->init == chain_type.init) TRY(check_no_keywords("chain", kwargs));
    return chain_over(type, args).release();
}
// itertools.chain.from_iterable(iterable, /)
Fallible<Ref<>> chain_from_iterable(Object* type, Object* iterable) {
    return chain_over(static_cast<Type*>(type), iterable);
}

Object* chain_next(Object* object) {
    Chain* self = as_chain(object);
    while (self->source) {
        if (!self->active) {
            Object* iterable = step(self->source);
            if (!iterable) {
                clear_slot(self->source);
                return nullptr;
            }
            auto iterator = iter(iterable);
            decref(iterable);
            if (!iterator.ok()) {
                clear_slot(self->source);
                return nullptr;
            }
            self->active = iterator.release();
        }
        if (Object* item = step(self->active)) return item;
        if (!ended()) return nullptr;
        clear_slot(self->active);
    }
    return nullptr;
}
// itertools.chain.__reduce__()
Fallible<Ref<>> chain_reduce(Object* object) {
    Chain* self = as_chain(object);
    auto type = static_cast<Object*>(object->type);
    Ref<Tuple> empty = tuple_empty();
    if (!self->source) return tuple_pack(type, empty.get());
    Ref<Tuple> state = self->active ? TRY(tuple_pack(self->source, self->active)) : TRY(tuple_pack(self->source));
    return tuple_pack(type, empty.get(), state.get());
}
// itertools.chain.__setstate__(state, /)
Fallible<Ref<>> chain_setstate(Object* object, Object* state_object) {
    Tuple* state = TRY(state_tuple(state_object));
    if (state->size < 1) return raise(exc::TypeError, "function takes at least 1 argument (0 given)");
    if (state->size > 2) return raise(exc::TypeError, "function takes at most 2 arguments (%zd given)", state->size);
    Object *source = state->items[0], *active = state->size > 1 ? state->items[1] : nullptr;
    if (!is_iterator(source) || (active && !is_iterator(active)))
        return raise(exc::TypeError, "Arguments must be iterators.");
    replace_slot(as_chain(object)->source, new_reference(source));
    xincref(active);
    replace_slot(as_chain(object)->active, active);
    return share(none());
}
MethodDef chain_methods[] = {
    {"from_iterable", (CFunction)wrap_o<chain_from_iterable>, kO | kClass,
     METHOD_DOC("from_iterable", "($type, iterable, /)", "chain over the iterables that one iterable yields.")},
    reduce_row(wrap_no_args<chain_reduce>),
    setstate_row(wrap_o<chain_setstate>),
    CLASS_GETITEM_ROW,
    END_ROW,
};

struct Compress : Object {
    Object *data, *selectors;
};
Compress* as_compress(Object* object) {
    return static_cast<Compress*>(object);
}

// itertools.compress(data, selectors)
Fallible<Ref<>> compress_new(Type* type, Object* const* bound) {
    Ref<> data = TRY(iter(bound[0]))
    , selectors = TRY(iter(bound[1]));
    Ref<Compress> self = TRY(instance_new<Compress>(type));
    self->data = data.release();
    self->selectors = selectors.release();
    return self;
}
Object* compress_next(Object* object) {
    Compress* self = as_compress(object);
    for (;;) {
        Object* item = step(self->data);
        if (!item) return nullptr;
        Ref<> held = steal(item);
        Object* selected = step(self->selectors);
        if (!selected) return nullptr;
        Ref<> selector = steal(selected);
        if (TRY(is_true(selected))) return held.release();
    }
}
// itertools.compress.__reduce__()
Fallible<Ref<>> compress_reduce(Object* object) {
    return reduce_to_call(object, as_compress(object)->data, as_compress(object)->selectors);
}
MethodDef compress_methods[] = {reduce_row(wrap_no_args<compress_reduce>), END_ROW};

// dropwhile, takewhile and filterfalse: a function and an iterator.
struct Filter : Object {
    Object *function, *iterator;
    long switched;  // dropwhile: started; takewhile: stopped
};
Filter* as_filter(Object* object) {
    return static_cast<Filter*>(object);
}

Object* filter_make(Type* type, Type& own, const char* name, Object* args, Object* kwargs) {
    Object* const* given = TRY(positional(type, own, name, args, kwargs, 2, 2));
    Ref<> iterator = TRY(iter(given[1]));
    Ref<Filter> self = TRY(instance_new<Filter>(type));
    self->function = new_reference(given[0]);
    self->iterator = iterator.release();
    return self.release();
}
// itertools.dropwhile(predicate, iterable, /)
Object* dropwhile_tp_new(Type* type, Object* args, Object* kwargs) {
    return filter_make(type, dropwhile_type, "dropwhile", args, kwargs);
}
// itertools.takewhile(predicate, iterable, /)
Object* takewhile_tp_new(Type* type, Object* args, Object* kwargs) {
    return filter_make(type, takewhile_type, "takewhile", args, kwargs);
}
// itertools.filterfalse(function, iterable, /)
Object* filterfalse_tp_new(Type* type, Object* args, Object* kwargs) {
    return filter_make(type, filterfalse_type, "filterfalse", args, kwargs);
}
Fallible<bool> verdict_of(Filter* self, Object* item) {
    Ref<> verdict = TRY(call(self->function, item));
    return is_true(verdict.get());
}
Object* dropwhile_next(Object* object) {
    Filter* self = as_filter(object);
    for (;;) {
        Object* item = step(self->iterator);
        if (!item || self->switched) return item;
        Ref<> held = steal(item);
        if (TRY(verdict_of(self, item))) continue;
        self->switched = 1;
        return held.release();
    }
}
Object* takewhile_next(Object* object) {
    Filter* self = as_filter(object);
    if (self->switched) return nullptr;
    Object* item = step(self->iterator);
    if (!item) return nullptr;
    Ref<> held = steal(item);
    if (TRY(verdict_of(self, item))) return held.release();
    self->switched = 1;
    return nullptr;
}
Object* filterfalse_next(Object* object) {
    Filter* self = as_filter(object);
    bool truth = is_none(self->function) || self->function == static_cast<Object*>(&bool_type);
    for (;;) {
        Object* item = step(self->iterator);
        if (!item) return nullptr;
        Ref<> held = steal(item);
        if (!TRY(truth ? is_true(item) : verdict_of(self, item))) return held.release();
    }
}
// itertools.dropwhile.__reduce__(), itertools.takewhile.__reduce__()
Fallible<Ref<>> switch_reduce(Object* object) {
    Filter* self = as_filter(object);
    Ref<Int> switched = TRY(int_from(self->switched));
    return reduce_with_state(object, switched.get(), self->function, self->iterator);
}
// itertools.dropwhile.__setstate__(state, /), itertools.takewhile.__setstate__(state, /)
Fallible<Ref<>> switch_setstate(Object* object, Object* state) {
    as_filter(object)->switched = TRY(is_true(state));
    return share(none());
}
// itertools.filterfalse.__reduce__()
Fallible<Ref<>> filterfalse_reduce(Object* object) {
    return reduce_to_call(object, as_filter(object)->function, as_filter(object)->iterator);
}
MethodDef switch_methods[] = {reduce_row(wrap_no_args<switch_reduce>), setstate_row(wrap_o<switch_setstate>), END_ROW};
MethodDef filterfalse_methods[] = {reduce_row(wrap_no_args<filterfalse_reduce>), END_ROW};

constexpr Type filter_kind(const char* name, const char* doc, UnarySlot next_slot, NewSlot new_slot,
                           MethodDef* methods) {
    return static_type({
        .name = name,
        .basic_size = sizeof(Filter),
        .flags = type_flag::kHaveGc | type_flag::kBase,
        .doc = doc,
        .dealloc = dealloc_members<&Filter::function, &Filter::iterator>,
        .traverse = traverse_members<&Filter::function, &Filter::iterator>,
        .iter = self_iter,
        .iternext = next_slot,
        .methods = methods,
        .new_ = new_slot,
    });
}

}  // namespace

constinit Type accumulate_type = static_type({
    .name = "itertools.accumulate",
    .basic_size = sizeof(Accumulate),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "accumulate(iterable, func=None, *, initial=None)\n--\n\nYields running sums, or running results of "
           "func(total, item).",
    .dealloc = dealloc_members<&Accumulate::total, &Accumulate::iterator, &Accumulate::function, &Accumulate::initial>,
    .traverse =
        traverse_members<&Accumulate::total, &Accumulate::iterator, &Accumulate::function, &Accumulate::initial>,
    .iter = self_iter,
    .iternext = accumulate_next,
    .methods = accumulate_methods,
    .new_ = Bound<accumulate_new, "accumulate", "(iterable, func=None, *, initial=None)">::new_,
});
constinit Type chain_type = static_type({
    .name = "itertools.chain",
    .basic_size = sizeof(Chain),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "chain(*iterables) --> chain object\n\nYields the items of the first iterable, then those of the next.",
    .dealloc = dealloc_members<&Chain::source, &Chain::active>,
    .traverse = traverse_members<&Chain::source, &Chain::active>,
    .iter = self_iter,
    .iternext = chain_next,
    .methods = chain_methods,
    .new_ = chain_tp_new,
});
constinit Type compress_type = static_type({
    .name = "itertools.compress",
    .basic_size = sizeof(Compress),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "compress(data, selectors)\n--\n\nYields the data whose selector is true.",
    .dealloc = dealloc_members<&Compress::data, &Compress::selectors>,
    .traverse = traverse_members<&Compress::data, &Compress::selectors>,
    .iter = self_iter,
    .iternext = compress_next,
    .methods = compress_methods,
    .new_ = Bound<compress_new, "compress", "(data, selectors)">::new_,
});
constinit Type dropwhile_type = filter_kind(
    "itertools.dropwhile",
    "dropwhile(predicate, iterable, /)\n--\n\nYields from the first item on for which the predicate is false.",
    dropwhile_next, dropwhile_tp_new, switch_methods);
constinit Type takewhile_type = filter_kind(
    "itertools.takewhile",
    "takewhile(predicate, iterable, /)\n--\n\nYields up to the first item for which the predicate is false.",
    takewhile_next, takewhile_tp_new, switch_methods);
constinit Type filterfalse_type =
    filter_kind("itertools.filterfalse",
                "filterfalse(function, iterable, /)\n--\n\nYields the items for which function(item) is false.",
                filterfalse_next, filterfalse_tp_new, filterfalse_methods);

}  // namespace py::itertools
