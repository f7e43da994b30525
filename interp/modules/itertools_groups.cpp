// itertools: groupby and tee.
#include "interp/modules/itertools.h"

namespace py::itertools {

namespace {

struct GroupBy : Object {
    Object *iterator, *key_function, *target_key, *current_key, *current_value;
    const Object* current_group;  // not owned: only compared
};
GroupBy* as_groupby(Object* object) {
    return static_cast<GroupBy*>(object);
}
struct Group : Object {
    Object *parent, *target_key;
};
Group* as_group(Object* object) {
    return static_cast<Group*>(object);
}

// itertools.groupby(iterable, key=None)
Fallible<Ref<>> groupby_new(Type* type, Object* const* bound) {
    Ref<> iterator = TRY(iter(bound[0]));
    Ref<GroupBy> self = TRY(instance_new<GroupBy>(type));
    self->iterator = iterator.release();
    self->key_function = new_reference(bound[1] ? bound[1] : none());
    return self;
}

// Reads one item with its key; false at the end.
Fallible<bool> read_item(GroupBy* self) {
    Object* item = step(self->iterator);
    if (!item) {
        if (!ended()) return raised;
        return false;
    }
    Ref<> value = steal(item);
    Ref<> key = is_none(self->key_function) ? share(item) : TRY(call(self->key_function, item));
    replace_slot(self->current_value, value.release());
    replace_slot(self->current_key, key.release());
    return true;
}

Fallible<Ref<>> group_make(Object* parent, Object* target_key) {
    auto group = static_cast<Group*>(gc_object_new(&grouper_type, sizeof(Group)));
    if (!group) return raised;
    group->parent = new_reference(parent);
    group->target_key = new_reference(target_key);
    as_groupby(parent)->current_group = group;
    gc_track(group);
    return steal(group);
}

Object* groupby_next(Object* object) {
    GroupBy* self = as_groupby(object);
    self->current_group = nullptr;
    // Skips what is left of the group that was given out last.
    for (;;) {
        if (self->current_key) {
            if (!self->target_key) break;
            Ref<> target = share(self->target_key), current = share(self->current_key);
            if (!TRY(rich_compare_bool(target.get(), current.get(), kEqual))) break;
        }
        if (!TRY(read_item(self))) return nullptr;
    }
    replace_slot(self->target_key, new_reference(self->current_key));
    Ref<> group = TRY(group_make(self, self->target_key));
    return tuple_pack(self->current_key, group.get()).release();
}
// itertools.groupby.__reduce__()
Fallible<Ref<>> groupby_reduce(Object* object) {
    GroupBy* self = as_groupby(object);
    if (!self->target_key || !self->current_key || !self->current_value)
        return reduce_to_call(object, self->iterator, self->key_function);
    Ref<Tuple> state = TRY(tuple_pack(self->current_value, self->target_key, self->current_key));
    return reduce_with_state(object, state.get(), self->iterator, self->key_function);
}
// itertools.groupby.__setstate__(state, /)
Fallible<Ref<>> groupby_setstate(Object* object, Object* state_object) {
    Tuple* state = TRY(state_tuple(state_object, 3));
    GroupBy* self = as_groupby(object);
    replace_slot(self->current_value, new_reference(state->items[0]));
    replace_slot(self->target_key, new_reference(state->items[1]));
    replace_slot(self->current_key, new_reference(state->items[2]));
    return share(none());
}
MethodDef groupby_methods[] = {reduce_row(wrap_no_args<groupby_reduce>), setstate_row(wrap_o<groupby_setstate>),
                               END_ROW};

// itertools._grouper(parent, tgtkey, /)
Object* grouper_tp_new(Type* type, Object* args, Object* kwargs) {
    Object* const* given = TRY(positional(type, grouper_type, "_grouper", args, kwargs, 2, 2));
    if (!is_instance_of(given[0], groupby_type))
        return raise(exc::TypeError, "_grouper() argument 1 must be itertools.groupby, not %N",
                     given[0]);
    return group_make(given[0], given[1]).release();
}
Object* group_next(Object* object) {
    Group* self = as_group(object);
    GroupBy* parent = as_groupby(self->parent);
    if (parent->current_group != self) return nullptr;
    if (!parent->current_value && !TRY(read_item(parent))) return nullptr;
    if (!TRY(rich_compare_bool(self->target_key, parent->current_key, kEqual))) return nullptr;
    Object* value = std::exchange(parent->current_value, nullptr);
    clear_slot(parent->current_key);
    return value;
}
// itertools._grouper.__reduce__()
Fallible<Ref<>> group_reduce(Object* object) {
    Group* self = as_group(object);
    if (as_groupby(self->parent)->current_group == self) return reduce_to_call(object, self->parent, self->target_key);
    Ref<> builtin = TRY(builtin_attr("iter"));
    Ref<Tuple> empty = tuple_empty();
    Ref<Tuple> arguments = TRY(tuple_pack(empty.get()));
    return tuple_pack(builtin.get(), arguments.get());
}
MethodDef group_methods[] = {reduce_row(wrap_no_args<group_reduce>), END_ROW};

// Items that were read from the iterable, in a linked list of blocks; a block dies when every tee has gone past it.
constexpr int kBlockItems = 57;
struct TeeData : Object {
    Object* iterator;
    int count;
    bool running;
    Object* next_block;
    Object* values[kBlockItems];
};
TeeData* as_tee_data(Object* object) {
    return static_cast<TeeData*>(object);
}

Fallible<Ref<TeeData>> tee_data_make(Object* iterator) {
    auto data = static_cast<TeeData*>(gc_object_new(&tee_data_type, sizeof(TeeData)));
    if (!data) return raised;
    data->iterator = new_reference(iterator);
    data->count = 0;
    data->running = false;
    data->next_block = nullptr;
    gc_track(data);
    return steal(data);
}
// Item i of the block, read now if it is the first that is missing. Owned; null at the end.
Object* tee_data_item(TeeData* data, int i) {
    if (i < data->count) return new_reference(data->values[i]);
    if (data->running) return raise(exc::RuntimeError, "cannot re-enter the tee iterator");
    data->running = true;
    Object* value = step(data->iterator);
    data->running = false;
    if (!value) {
        (void)ended();
        return nullptr;
    }
    data->values[data->count++] = value;
    return new_reference(value);
}
Fallible<Ref<>> tee_data_next(TeeData* data) {
    if (!data->next_block) data->next_block = TRY(tee_data_make(data->iterator))
    .release();
    return share(data->next_block);
}
// Frees a chain of blocks one by one instead of recursively.
void release_blocks(Object* block) {
    while (block && block->type == &tee_data_type && block->refcount == 1) {
        Object* following = std::exchange(as_tee_data(block)->next_block, nullptr);
        decref(block);
        block = following;
    }
    xdecref(block);
}
int tee_data_clear(Object* object) {
    TeeData* data = as_tee_data(object);
    clear_slot(data->iterator);
    int count = std::exchange(data->count, 0);
    for (int i = 0; i < count; ++i)
        clear_slot(data->values[i]);
    release_blocks(std::exchange(data->next_block, nullptr));
    return 0;
}
void tee_data_dealloc(Object* object) {
    gc_untrack(object);
    tee_data_clear(object);
    gc_object_free(object);
}
int tee_data_traverse(Object* object, Visit visit, void* arg) {
    TeeData* data = as_tee_data(object);
    VISIT(data->iterator);
    for (int i = 0; i < data->count; ++i)
        VISIT(data->values[i]);
    VISIT(data->next_block);
    return 0;
}
// itertools._tee_dataobject(iterator, values, next, /)
Object* tee_data_tp_new(Type* type, Object* args, Object* kwargs) {
    Object* const* given = TRY(positional(type, tee_data_type, "teedataobject", args, kwargs, 3, 3));
    if (!is_list(given[1]))
        return raise(exc::TypeError, "teedataobject() argument 2 must be list, not %N", given[1]);
    Ref<TeeData> data = TRY(tee_data_make(given[0]));
    List* values = as_list(given[1]);
    bool has_next = !is_none(given[2]);
    if (values->size > kBlockItems || (has_next && (values->size != kBlockItems || given[2]->type != &tee_data_type)))
        return raise(exc::ValueError, "Invalid arguments");
    for (ssize_t i = 0; i < values->size; ++i)
        data->values[data->count++] = new_reference(values->items[i]);
    if (has_next) data->next_block = new_reference(given[2]);
    return data.release();
}
// itertools._tee_dataobject.__reduce__()
Fallible<Ref<>> tee_data_reduce(Object* object) {
    TeeData* data = as_tee_data(object);
    Ref<List> values = TRY(list_from_array(data->values, data->count));
    return reduce_to_call(object, data->iterator, values.get(), data->next_block ? data->next_block : none());
}
MethodDef tee_data_methods[] = {reduce_row(wrap_no_args<tee_data_reduce>), END_ROW};

struct Tee : Object {
    Object* data;
    int index;
    Object* weaklist;
};
Tee* as_tee(Object* object) {
    return static_cast<Tee*>(object);
}

Fallible<Ref<>> tee_make(Object* data, int index) {
    auto tee_iterator = static_cast<Tee*>(gc_object_new(&tee_type, sizeof(Tee)));
    if (!tee_iterator) return raised;
    tee_iterator->data = new_reference(data);
    tee_iterator->index = index;
    tee_iterator->weaklist = nullptr;
    gc_track(tee_iterator);
    return steal(tee_iterator);
}
// itertools._tee.__copy__()
Fallible<Ref<>> tee_copy(Object* object) {
    return tee_make(as_tee(object)->data, as_tee(object)->index);
}

Fallible<Ref<>> tee_over(Object* iterable) {
    Ref<> iterator = TRY(iter(iterable));
    if (is_instance_of(iterator.get(), tee_type)) return tee_copy(iterator.get());
    Ref<TeeData> data = TRY(tee_data_make(iterator.get()));
    return tee_make(data.get(), 0);
}
// itertools._tee(iterable, /)
Object* tee_tp_new(Type* type, Object* args, Object* kwargs) {
    return tee_over(TRY(positional(type, tee_type, "_tee", args, kwargs, 1, 1))[0]).release();
}
void tee_dealloc(Object* object) {
    gc_untrack(object);
    if (as_tee(object)->weaklist) clear_weakrefs(object);
    xdecref(as_tee(object)->data);
    gc_object_free(object);
}
Object* tee_next(Object* object) {
    Tee* self = as_tee(object);
    if (self->index >= kBlockItems) {
        Ref<> following = TRY(tee_data_next(as_tee_data(self->data)));
        replace_slot(self->data, following.release());
        self->index = 0;
    }
    Object* value = tee_data_item(as_tee_data(self->data), self->index);
    if (value) ++self->index;
    return value;
}
// itertools._tee.__reduce__()
Fallible<Ref<>> tee_reduce(Object* object) {
    Ref<Int> index = TRY(int_from(as_tee(object)->index));
    Ref<Tuple> state = TRY(tuple_pack(as_tee(object)->data, index.get()));
    Ref<Tuple> empty = tuple_empty();
    return reduce_with_state(object, state.get(), empty.get());
}
// itertools._tee.__setstate__(state, /)
Fallible<Ref<>> tee_setstate(Object* object, Object* state_object) {
    Tuple* state = TRY(state_tuple(state_object, 2));
    if (state->items[0]->type != &tee_data_type)
        return raise(exc::TypeError, "function argument 1 must be itertools._tee_dataobject, not %.50s",
                     state->items[0]->type->name);
    int index = TRY(as_c_int(state->items[1]));
    if (index < 0 || index > kBlockItems) return raise(exc::ValueError, "Index out of range");
    replace_slot(as_tee(object)->data, new_reference(state->items[0]));
    as_tee(object)->index = index;
    return share(none());
}
MethodDef tee_methods[] = {
    {"__copy__", (CFunction)wrap_no_args<tee_copy>, kNoArgs, "Returns an independent iterator."},
    reduce_row(wrap_no_args<tee_reduce>),
    setstate_row(wrap_o<tee_setstate>),
    END_ROW,
};

}  // namespace

// itertools.tee(iterable, n=2, /)
Fallible<Ref<>> tee(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("tee", nargs, 1, 2));
    ssize_t count = 2;
    if (nargs > 1) count = TRY(as_ssize(args[1]));
    if (count < 0) return raise(exc::ValueError, "n must be >= 0");
    Ref<Tuple> result = TRY(tuple_new(count));
    if (count == 0) return result;
    Ref<> iterator = TRY(iter(args[0]));
    Ref<> copy_method = TRY(lookup_attr(iterator.get(), "__copy__"_name));
    if (!copy_method) {
        iterator = TRY(tee_over(iterator.get()));
        copy_method = TRY(get_attr(iterator.get(), "__copy__"_name));
    }
    result->items[0] = iterator.release();
    for (ssize_t i = 1; i < count; ++i)
        result->items[i] = TRY(call(copy_method.get()))
    .release();
    return result;
}

constinit Type groupby_type = static_type({
    .name = "itertools.groupby",
    .basic_size = sizeof(GroupBy),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "groupby(iterable, key=None)\n--\n\nYields (key, group) for each run of items with equal key(item).",
    .dealloc = dealloc_members<&GroupBy::iterator, &GroupBy::key_function, &GroupBy::target_key, &GroupBy::current_key,
                               &GroupBy::current_value>,
    .traverse = traverse_members<&GroupBy::iterator, &GroupBy::key_function, &GroupBy::target_key,
                                 &GroupBy::current_key, &GroupBy::current_value>,
    .iter = self_iter,
    .iternext = groupby_next,
    .methods = groupby_methods,
    .new_ = Bound<groupby_new, "groupby", "(iterable, key=None)">::new_,
});
constinit Type grouper_type = static_type({
    .name = "itertools._grouper",
    .basic_size = sizeof(Group),
    .flags = type_flag::kHaveGc,
    .dealloc = dealloc_members<&Group::parent, &Group::target_key>,
    .traverse = traverse_members<&Group::parent, &Group::target_key>,
    .iter = self_iter,
    .iternext = group_next,
    .methods = group_methods,
    .new_ = grouper_tp_new,
});
constinit Type tee_data_type = static_type({
    .name = "itertools._tee_dataobject",
    .basic_size = sizeof(TeeData),
    .flags = type_flag::kHaveGc,
    .doc = "teedataobject(iterable, values, next, /)\n--\n\nA block of items that were read.",
    .dealloc = tee_data_dealloc,
    .traverse = tee_data_traverse,
    .clear = tee_data_clear,
    .methods = tee_data_methods,
    .new_ = tee_data_tp_new,
});
constinit Type tee_type = static_type({
    .name = "itertools._tee",
    .basic_size = sizeof(Tee),
    .flags = type_flag::kHaveGc,
    .doc = "Iterator wrapped to make it copyable.",
    .dealloc = tee_dealloc,
    .traverse = traverse_members<&Tee::data>,
    .clear = clear_members<&Tee::data>,
    .iter = self_iter,
    .iternext = tee_next,
    .methods = tee_methods,
    .weaklist_offset = offsetof(Tee, weaklist),
    .new_ = tee_tp_new,
});

}  // namespace py::itertools
