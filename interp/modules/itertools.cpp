// itertools: the module, and the infinite iterators count, cycle and repeat.
#include "interp/modules/itertools.h"

#include "interp/objects/dict.h"
#include "interp/objects/float.h"

namespace py::itertools {

namespace {

struct Count : Object {
    ssize_t value;  // PTRDIFF_MAX: `number` counts
    Object *number, *stride;
};
Count* as_count(Object* object) {
    return static_cast<Count*>(object);
}

// itertools.count(start=0, step=1)
Fallible<Ref<>> count_new(Type* type, Object* const* bound) {
    if ((bound[0] && !is_number(bound[0])) || (bound[1] && !is_number(bound[1])))
        return raise(exc::TypeError, "a number is required");
    Ref<> start = bound[0] ? share(bound[0]) : Ref<>(TRY(int_from(0)));
    Ref<> stride = bound[1] ? share(bound[1]) : Ref<>(TRY(int_from(1)));
    ssize_t value = PTRDIFF_MAX;
    if (is_int(start.get()) && is_int(stride.get()) && int_equals_small(as_int(stride.get()), 1)) {
        int overflow;
        int64_t word = as_int64_clamped(as_int(start.get()), &overflow);
        if (!overflow) value = word;
    }
    Ref<Count> self = TRY(instance_new<Count>(type));
    self->value = value;
    self->number = value == PTRDIFF_MAX ? start.release() : nullptr;
    self->stride = stride.release();
    return self;
}
Fallible<Ref<>> count_step_slow(Count* self) {
    if (!self->number) self->number = TRY(int_from(PTRDIFF_MAX))
    .release();
    Ref<> following = TRY(add(self->number, self->stride));
    return steal(std::exchange(self->number, following.release()));
}
Object* count_next(Object* object) {
    Count* self = as_count(object);
    if (self->value != PTRDIFF_MAX) return int_from(self->value++).release();
    return count_step_slow(self).release();
}
Fallible<Ref<>> count_value(Count* self) {
    if (self->value != PTRDIFF_MAX || !self->number) return int_from(self->value);
    return share(self->number);
}
bool counts_by_one(Count* self) {
    return is_int_exact(self->stride) && int_equals_small(as_int(self->stride), 1);
}

Fallible<Ref<>> count_repr(Object* object) {
    Count* self = as_count(object);
    Ref<> value = TRY(count_value(self));
    const char* name = type_short_name(object->type);
    if (self->value != PTRDIFF_MAX || counts_by_one(self)) return format_str("%s(%R)", name, value.get());
    return format_str("%s(%R, %R)", name, value.get(), self->stride);
}
// itertools.count.__reduce__()
Fallible<Ref<>> count_reduce(Object* object) {
    Count* self = as_count(object);
    Ref<> value = TRY(count_value(self));
    if (self->value == PTRDIFF_MAX) return reduce_to_call(object, value.get(), self->stride);
    return reduce_to_call(object, value.get());
}
MethodDef count_methods[] = {reduce_row(wrap_no_args<count_reduce>), END_ROW};

struct Cycle : Object {
    Object* iterator;  // null: the first pass is over
    List* saved;
    ssize_t index;
    bool all_saved;  // the items of `iterator` are in `saved` already (a pickled cycle)
};
Cycle* as_cycle(Object* object) {
    return static_cast<Cycle*>(object);
}

// itertools.cycle(iterable, /)
Object* cycle_tp_new(Type* type, Object* args, Object* kwargs) {
    Object* const* given = TRY(positional(type, cycle_type, "cycle", args, kwargs, 1, 1));
    Ref<> iterator = TRY(iter(given[0]));
    Ref<List> saved = TRY(list_new(0));
    Ref<Cycle> self = TRY(instance_new<Cycle>(type));
    self->iterator = iterator.release();
    self->saved = saved.release();
    return self.release();
}
Object* cycle_next(Object* object) {
    Cycle* self = as_cycle(object);
    if (self->iterator) {
        if (Object* item = step(self->iterator)) {
            if (!self->all_saved && !list_append(self->saved, item).ok()) {
                decref(item);
                return nullptr;
            }
            return item;
        }
        if (!ended()) return nullptr;
        clear_slot(self->iterator);
    }
    if (self->saved->size == 0) return nullptr;
    Object* item = new_reference(self->saved->items[self->index]);
    if (++self->index >= self->saved->size) self->index = 0;
    return item;
}
// itertools.cycle.__reduce__()
Fallible<Ref<>> cycle_reduce(Object* object) {
    Cycle* self = as_cycle(object);
    Ref<> iterator = share(self->iterator);
    if (!iterator) {
        iterator = TRY(iter(self->saved));
        if (self->index != 0) {
            Ref<Int> index = TRY(int_from(self->index));
            TRY(call_method(iterator.get(), "__setstate__"_name, index.get()));
        }
    }
    Ref<Tuple> state = TRY(tuple_pack(self->saved, self->iterator ? py_false() : py_true()));
    return reduce_with_state(object, state.get(), iterator.get());
}
// itertools.cycle.__setstate__(state, /)
Fallible<Ref<>> cycle_setstate(Object* object, Object* state_object) {
    Tuple* state = TRY(state_tuple(state_object, 2));
    if (!is_list(state->items[0]))
        return raise(exc::TypeError, "argument 1 must be list, not %.50s", state->items[0]->type->name);
    bool all_saved = TRY(as_c_int(state->items[1]))
    != 0;
    Cycle* self = as_cycle(object);
    replace_slot(self->saved, new_reference(as_list(state->items[0])));
    self->all_saved = all_saved;
    self->index = 0;
    return share(none());
}
MethodDef cycle_methods[] = {reduce_row(wrap_no_args<cycle_reduce>), setstate_row(wrap_o<cycle_setstate>), END_ROW};

struct Repeat : Object {
    Object* element;
    ssize_t left;  // -1: for ever
};
Repeat* as_repeat(Object* object) {
    return static_cast<Repeat*>(object);
}

// itertools.repeat(object [,times])
Fallible<Ref<>> repeat_new(Type* type, Object* const* bound) {
    ssize_t times = -1;
    if (bound[1]) times = TRY(as_ssize(bound[1]));
    if (bound[1] && times < 0) times = 0;
    Ref<Repeat> self = TRY(instance_new<Repeat>(type));
    self->element = new_reference(bound[0]);
    self->left = times;
    return self;
}
Object* repeat_next(Object* object) {
    Repeat* self = as_repeat(object);
    if (self->left == 0) return nullptr;
    if (self->left > 0) --self->left;
    return new_reference(self->element);
}
Fallible<Ref<>> repeat_repr(Object* object) {
    Repeat* self = as_repeat(object);
    const char* name = type_short_name(object->type);
    if (self->left == -1) return format_str("%s(%R)", name, self->element);
    return format_str("%s(%R, %zd)", name, self->element, self->left);
}
// itertools.repeat.__length_hint__()
Fallible<Ref<>> repeat_length_hint(Object* object) {
    if (as_repeat(object)->left == -1) return raise(exc::TypeError, "len() of unsized object");
    return int_from(as_repeat(object)->left);
}
// itertools.repeat.__reduce__()
Fallible<Ref<>> repeat_reduce(Object* object) {
    Repeat* self = as_repeat(object);
    if (self->left == -1) return reduce_to_call(object, self->element);
    Ref<Int> left = TRY(int_from(self->left));
    return reduce_to_call(object, self->element, left.get());
}
MethodDef repeat_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<repeat_length_hint>, kNoArgs, "How many items are left."},
    reduce_row(wrap_no_args<repeat_reduce>),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    for (Type* type : {&accumulate_type,  &combinations_type, &combinations_with_replacement_type,
                       &cycle_type,       &dropwhile_type,    &takewhile_type,
                       &islice_type,      &starmap_type,      &chain_type,
                       &compress_type,    &filterfalse_type,  &count_type,
                       &zip_longest_type, &pairwise_type,     &permutations_type,
                       &product_type,     &repeat_type,       &groupby_type,
                       &grouper_type,     &tee_type,          &tee_data_type})
        TRY(module_add_type(module, type));
    return {};
}

MethodDef module_methods[] = {
    METHOD_FAST("tee", tee, "($module, iterable, n=2, /)", "n independent iterators over one iterable."),
    END_ROW,
};

}  // namespace

constinit Type count_type = static_type({
    .name = "itertools.count",
    .basic_size = sizeof(Count),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "count(start=0, step=1)\n--\n\nYields start, start + step, start + 2 * step and so on.",
    .dealloc = dealloc_members<&Count::number, &Count::stride>,
    .traverse = traverse_members<&Count::number, &Count::stride>,
    .repr = slot1<count_repr>,
    .iter = self_iter,
    .iternext = count_next,
    .methods = count_methods,
    .new_ = Bound<count_new, "count", "(start=0, step=1)">::new_,
});
constinit Type cycle_type = static_type({
    .name = "itertools.cycle",
    .basic_size = sizeof(Cycle),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "cycle(iterable, /)\n--\n\nYields the items, and then the saved items again and again.",
    .dealloc = dealloc_members<&Cycle::iterator, &Cycle::saved>,
    .traverse = traverse_members<&Cycle::iterator, &Cycle::saved>,
    .iter = self_iter,
    .iternext = cycle_next,
    .methods = cycle_methods,
    .new_ = cycle_tp_new,
});
constinit Type repeat_type = static_type({
    .name = "itertools.repeat",
    .basic_size = sizeof(Repeat),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "repeat(object [,times]) -> yields the object, times times or for ever",
    .dealloc = dealloc_members<&Repeat::element>,
    .traverse = traverse_members<&Repeat::element>,
    .repr = slot1<repeat_repr>,
    .iter = self_iter,
    .iternext = repeat_next,
    .methods = repeat_methods,
    .new_ = Bound<repeat_new, "repeat", "(object, times=-1)">::new_,
});

}  // namespace py::itertools

namespace py {

extern const NativeModule itertools_module;
const NativeModule itertools_module = {"itertools", "Iterators that are built from other iterators.",
                                       itertools::module_methods, itertools::execute};

}  // namespace py
