// itertools: islice, pairwise, starmap, zip_longest.
#include "interp/modules/itertools.h"
#include "interp/objects/dict.h"

namespace py::itertools {

namespace {

struct ISlice : Object {
    Object* iterator;                   // null: exhausted
    ssize_t next, stop, stride, count;  // stop -1: none
};
ISlice* as_islice(Object* object) {
    return static_cast<ISlice*>(object);
}

// A number, `absent` for None, -1 for what is none or too big.
ssize_t islice_bound(Object* bound, ssize_t absent) {
    if (is_none(bound)) return absent;
    auto value = index_as_ssize(bound, exc::OverflowError);
    if (value.ok()) return value.take();
    clear_error();
    return -1;
}
constexpr const char* kStopMessage = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
constexpr const char* kIndexMessage = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
constexpr const char* kStepMessage = "Step for islice() must be a positive integer or None.";

// itertools.islice(iterable, stop), itertools.islice(iterable, start, stop[, step])
Object* islice_tp_new(Type* type, Object* args, Object* kwargs) {
    Object* const* given = TRY(positional(type, islice_type, "islice", args, kwargs, 2, 4));
    ssize_t nargs = as_tuple(args)->size, start = 0, stop, stride = 1;
    Object* end = given[nargs == 2 ? 1 : 2];
    if (nargs > 2) start = islice_bound(given[1], 0);
    stop = islice_bound(end, -1);
    if (stop == -1 && !is_none(end)) return raise(exc::ValueError, kStopMessage);
    if (start < 0 || stop < -1) return raise(exc::ValueError, kIndexMessage);
    if (nargs == 4) stride = islice_bound(given[3], 1);
    if (stride < 1) return raise(exc::ValueError, kStepMessage);
    Ref<> iterator = TRY(iter(given[0]));
    Ref<ISlice> self = TRY(instance_new<ISlice>(type));
    self->iterator = iterator.release();
    self->next = start;
    self->stop = stop;
    self->stride = stride;
    return self.release();
}
Object* islice_end(ISlice* self) {
    clear_slot(self->iterator);
    return nullptr;
}
Object* islice_next(Object* object) {
    ISlice* self = as_islice(object);
    if (!self->iterator) return nullptr;
    while (self->count < self->next) {
        Object* skipped = step(self->iterator);
        if (!skipped) return islice_end(self);
        decref(skipped);
        ++self->count;
    }
    if (self->stop != -1 && self->count >= self->stop) return islice_end(self);
    Object* item = step(self->iterator);
    if (!item) return islice_end(self);
    ++self->count;
    ssize_t following;
    if (__builtin_add_overflow(self->next, self->stride, &following)) following = PTRDIFF_MAX;
    self->next = self->stop != -1 && following > self->stop ? self->stop : following;
    return item;
}
// itertools.islice.__reduce__()
Fallible<Ref<>> islice_reduce(Object* object) {
    ISlice* self = as_islice(object);
    if (!self->iterator) {
        Ref<List> empty = TRY(list_new(0));
        Ref<> iterator = TRY(iter(empty.get()));
        Ref<Int> zero = TRY(int_from(0));
        return reduce_with_state(object, zero.get(), iterator.get(), zero.get());
    }
    Ref<> stop = self->stop == -1 ? share(none()) : Ref<>(TRY(int_from(self->stop)));
    Ref<Int> first = TRY(int_from(self->next))
    , stride = TRY(int_from(self->stride))
    , count = TRY(int_from(self->count));
    return reduce_with_state(object, count.get(), self->iterator, first.get(), stop.get(), stride.get());
}
// itertools.islice.__setstate__(state, /)
Fallible<Ref<>> islice_setstate(Object* object, Object* state) {
    as_islice(object)->count = TRY(as_ssize(state));
    return share(none());
}
MethodDef islice_methods[] = {reduce_row(wrap_no_args<islice_reduce>), setstate_row(wrap_o<islice_setstate>), END_ROW};

struct Pairwise : Object {
    Object *iterator, *old;
};
Pairwise* as_pairwise(Object* object) {
    return static_cast<Pairwise*>(object);
}

// itertools.pairwise(iterable, /)
Object* pairwise_tp_new(Type* type, Object* args, Object* kwargs) {
    Object* const* given = TRY(positional(type, pairwise_type, "pairwise", args, kwargs, 1, 1));
    Ref<> iterator = TRY(iter(given[0]));
    Ref<Pairwise> self = TRY(instance_new<Pairwise>(type));
    self->iterator = iterator.release();
    return self.release();
}
Object* pairwise_next(Object* object) {
    Pairwise* self = as_pairwise(object);
    if (!self->iterator) return nullptr;
    if (!self->old) {
        Object* first = step(self->iterator);
        if (first) replace_slot(self->old, first);
        if (!first || !self->iterator) {  // the step may have re-entered and ended this iterator
            clear_slot(self->iterator);
            clear_slot(self->old);
            return nullptr;
        }
    }
    Ref<> held = share(self->old);
    Object* item = step(self->iterator);
    if (!item) {
        clear_slot(self->iterator);
        clear_slot(self->old);
        return nullptr;
    }
    auto pair = tuple_pack(held.get(), item);
    replace_slot(self->old, item);
    return pair.release();
}

struct StarMap : Object {
    Object *function, *iterator;
};
StarMap* as_starmap(Object* object) {
    return static_cast<StarMap*>(object);
}

// itertools.starmap(function, iterable, /)
Object* starmap_tp_new(Type* type, Object* args, Object* kwargs) {
    Object* const* given = TRY(positional(type, starmap_type, "starmap", args, kwargs, 2, 2));
    Ref<> iterator = TRY(iter(given[1]));
    Ref<StarMap> self = TRY(instance_new<StarMap>(type));
    self->function = new_reference(given[0]);
    self->iterator = iterator.release();
    return self.release();
}
Object* starmap_next(Object* object) {
    StarMap* self = as_starmap(object);
    Object* item = step(self->iterator);
    if (!item) return nullptr;
    Ref<> held = steal(item);
    Ref<Tuple> arguments = TRY(tuple_of(item));
    return call_tuple(self->function, arguments.get(), nullptr).release();
}
// itertools.starmap.__reduce__()
Fallible<Ref<>> starmap_reduce(Object* object) {
    return reduce_to_call(object, as_starmap(object)->function, as_starmap(object)->iterator);
}
MethodDef starmap_methods[] = {reduce_row(wrap_no_args<starmap_reduce>), END_ROW};

struct ZipLongest : Object {
    Tuple* iterators;  // a null item: exhausted
    Tuple* result;     // handed out again while nobody else holds it
    Object* fill;
    ssize_t active;
};
ZipLongest* as_zip_longest(Object* object) {
    return static_cast<ZipLongest*>(object);
}

// itertools.zip_longest(*iterables, fillvalue=None)
Object* zip_longest_tp_new(Type* type, Object* args, Object* kwargs) {
    Object* fill = none();
    if (kwargs && as_dict(kwargs)->used > 0) {
        fill = as_dict(kwargs)->used == 1 ? dict_get_str(as_dict(kwargs), "fillvalue"_name) : nullptr;
        if (!fill) return raise(exc::TypeError, "zip_longest() got an unexpected keyword argument");
    }
    ssize_t count = as_tuple(args)->size;
    Ref<Tuple> iterators = TRY(tuple_new(count))
    , result = TRY(tuple_new(count));
    for (ssize_t i = 0; i < count; ++i) {
        iterators->items[i] = TRY(iter(as_tuple(args)->items[i]))
        .release();
        result->items[i] = new_reference(none());
    }
    Ref<ZipLongest> self = TRY(instance_new<ZipLongest>(type));
    self->iterators = iterators.release();
    self->result = result.release();
    self->fill = new_reference(fill);
    self->active = count;
    return self.release();
}
// Item i of the next tuple (owned); null when raised or, with nothing pending, when every iterator has ended.
Object* zip_longest_item(ZipLongest* self, ssize_t i) {
    Object* iterator = self->iterators->items[i];
    if (!iterator) return new_reference(self->fill);
    if (Object* item = step(iterator)) return item;
    --self->active;
    if (self->active == 0 || !ended()) {
        self->active = 0;
        return nullptr;
    }
    Object* item = new_reference(self->fill);
    clear_slot(self->iterators->items[i]);
    return item;
}
Object* zip_longest_next(Object* object) {
    ZipLongest* self = as_zip_longest(object);
    ssize_t count = self->iterators->size;
    if (count == 0 || self->active == 0) return nullptr;
    bool reused = self->result->refcount == 1;
    Ref<Tuple> result = reused ? share(self->result) : TRY(tuple_new(count));
    for (ssize_t i = 0; i < count; ++i) {
        Object* item = zip_longest_item(self, i);
        if (!item) return nullptr;
        xdecref(std::exchange(result->items[i], item));
    }
    if (!gc_is_tracked(result.get())) gc_track(result.get());
    return result.release();
}
// itertools.zip_longest.__reduce__()
Fallible<Ref<>> zip_longest_reduce(Object* object) {
    ZipLongest* self = as_zip_longest(object);
    Ref<Tuple> iterators = TRY(tuple_new(self->iterators->size));
    for (ssize_t i = 0; i < iterators->size; ++i) {
        Object* iterator = self->iterators->items[i];
        iterators->items[i] = iterator ? new_reference(iterator) : tuple_empty().release();
    }
    return tuple_pack(static_cast<Object*>(object->type), iterators.get(), self->fill);
}
// itertools.zip_longest.__setstate__(state, /)
Fallible<Ref<>> zip_longest_setstate(Object* object, Object* state) {
    replace_slot(as_zip_longest(object)->fill, new_reference(state));
    return share(none());
}
MethodDef zip_longest_methods[] = {reduce_row(wrap_no_args<zip_longest_reduce>),
                                   setstate_row(wrap_o<zip_longest_setstate>), END_ROW};

}  // namespace

constinit Type islice_type = static_type({
    .name = "itertools.islice",
    .basic_size = sizeof(ISlice),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\n"
           "The items that a slice of the iterable's list would have.",
    .dealloc = dealloc_members<&ISlice::iterator>,
    .traverse = traverse_members<&ISlice::iterator>,
    .iter = self_iter,
    .iternext = islice_next,
    .methods = islice_methods,
    .new_ = islice_tp_new,
});
constinit Type pairwise_type = static_type({
    .name = "itertools.pairwise",
    .basic_size = sizeof(Pairwise),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "pairwise(iterable, /)\n--\n\nYields each item with the one before it.",
    .dealloc = dealloc_members<&Pairwise::iterator, &Pairwise::old>,
    .traverse = traverse_members<&Pairwise::iterator, &Pairwise::old>,
    .iter = self_iter,
    .iternext = pairwise_next,
    .new_ = pairwise_tp_new,
});
constinit Type starmap_type = static_type({
    .name = "itertools.starmap",
    .basic_size = sizeof(StarMap),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "starmap(function, iterable, /)\n--\n\nYields function(*item) for each item.",
    .dealloc = dealloc_members<&StarMap::function, &StarMap::iterator>,
    .traverse = traverse_members<&StarMap::function, &StarMap::iterator>,
    .iter = self_iter,
    .iternext = starmap_next,
    .methods = starmap_methods,
    .new_ = starmap_tp_new,
});
constinit Type zip_longest_type = static_type({
    .name = "itertools.zip_longest",
    .basic_size = sizeof(ZipLongest),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "zip_longest(*iterables, fillvalue=None)\n\nLike zip, but ends with the longest iterable; missing items are "
           "the fill value.",
    .dealloc = dealloc_members<&ZipLongest::iterators, &ZipLongest::result, &ZipLongest::fill>,
    .traverse = traverse_members<&ZipLongest::iterators, &ZipLongest::result, &ZipLongest::fill>,
    .iter = self_iter,
    .iternext = zip_longest_next,
    .methods = zip_longest_methods,
    .new_ = zip_longest_tp_new,
});

}  // namespace py::itertools
