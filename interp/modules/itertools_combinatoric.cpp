// itertools: product, permutations, combinations, combinations_with_replacement. Each yields tuples of pool items in
// lexicographic order of the positions; the tuple is reused while nobody else holds it.
#include "interp/modules/itertools.h"

#include <cstring>

namespace py::itertools {

namespace {

struct Combinatoric : Object {  // product: a tuple has as many items as there are pools
    Tuple* pool;                // product: of the pools
    ssize_t* indices;           // positions in the pool
    Tuple* result;              // null: nothing was yielded yet
    long stopped;
};
struct Selection : Combinatoric {  // both combinations
    ssize_t length;                // of the tuples
};
struct Permutations : Selection {
    ssize_t* cycles;
};
Combinatoric* as_combinatoric(Object* object) {
    return static_cast<Combinatoric*>(object);
}
Selection* as_selection(Object* object) {
    return static_cast<Selection*>(object);
}
Permutations* as_permutations(Object* object) {
    return static_cast<Permutations*>(object);
}

void combinatoric_dealloc(Object* object) {
    Combinatoric* self = as_combinatoric(object);
    gc_untrack(self);
    xdecref(self->pool);
    xdecref(self->result);
    deallocate(self->indices);
    object_memory_free(self);
}
void permutations_dealloc(Object* object) {
    deallocate(std::exchange(as_permutations(object)->cycles, nullptr));
    combinatoric_dealloc(object);
}

Fallible<ssize_t*> index_array(ssize_t count) {
    if (count > PTRDIFF_MAX / ssize_t(sizeof(ssize_t))) return raise_memory_error();
    auto array = static_cast<ssize_t*>(allocate(size_t(count ? count : 1) * sizeof(ssize_t)));
    if (!array) return raise_memory_error();
    for (ssize_t i = 0; i < count; ++i)
        array[i] = i;
    return array;
}

template <class T>
Fallible<Ref<T>> combinatoric_make(Type* type, Ref<Tuple> pool, ssize_t index_count) {
    Ref<T> self = TRY(instance_new<T>(type));
    self->pool = pool.release();
    self->indices = TRY(index_array(index_count));
    return self;
}

// The tuple to write the next result to: the last one, or a copy where somebody else holds it.
Fallible<Tuple*> writable_result(Combinatoric* self) {
    if (self->result->refcount > 1) {
        Ref<Tuple> copy = TRY(tuple_from_array(self->result->items, self->result->size));
        replace_slot(self->result, copy.release());
    } else if (self->result->size > 0 && !gc_is_tracked(self->result)) {
        gc_track(self->result);
    }
    return self->result;
}
void put(Tuple* result, ssize_t i, Object* item) {
    decref(std::exchange(result->items[i], new_reference(item)));
}

Object* stop(Combinatoric* self) {
    self->stopped = true;
    return nullptr;
}
Object* yield_first(Selection* self) {
    Ref<Tuple> result = TRY(tuple_new(self->length));
    for (ssize_t i = 0; i < self->length; ++i)
        result->items[i] = new_reference(self->pool->items[self->indices[i]]);
    self->result = result.release();
    return new_reference(self->result);
}

// itertools.combinations(iterable, r)
Fallible<Ref<>> combinations_new(Type* type, Object* const* bound) {
    ssize_t length = TRY(as_ssize(bound[1]));
    Ref<Tuple> pool = TRY(tuple_of(bound[0]));
    ssize_t size = pool->size;
    if (length < 0) return raise(exc::ValueError, "r must be non-negative");
    Ref<Selection> self = TRY(combinatoric_make<Selection>(type, std::move(pool), length));
    self->length = length;
    self->stopped = length > size;
    return self;
}
Object* combinations_next(Object* object) {
    Selection* self = as_selection(object);
    if (self->stopped) return nullptr;
    if (!self->result) return yield_first(self);
    ssize_t length = self->length, size = self->pool->size, *indices = self->indices;
    ssize_t i = length - 1;
    while (i >= 0 && indices[i] == i + size - length)
        --i;
    if (i < 0) return stop(self);
    Tuple* result = TRY(writable_result(self));
    ++indices[i];
    for (ssize_t j = i + 1; j < length; ++j)
        indices[j] = indices[j - 1] + 1;
    for (; i < length; ++i)
        put(result, i, self->pool->items[indices[i]]);
    return new_reference(result);
}

// itertools.combinations_with_replacement(iterable, r)
Fallible<Ref<>> with_replacement_new(Type* type, Object* const* bound) {
    ssize_t length = TRY(as_ssize(bound[1]));
    Ref<Tuple> pool = TRY(tuple_of(bound[0]));
    ssize_t size = pool->size;
    if (length < 0) return raise(exc::ValueError, "r must be non-negative");
    Ref<Selection> self = TRY(combinatoric_make<Selection>(type, std::move(pool), length));
    self->length = length;
    for (ssize_t i = 0; i < length; ++i)
        self->indices[i] = 0;
    self->stopped = size == 0 && length > 0;
    return self;
}
Object* with_replacement_next(Object* object) {
    Selection* self = as_selection(object);
    if (self->stopped) return nullptr;
    if (!self->result) return yield_first(self);
    ssize_t length = self->length, size = self->pool->size, *indices = self->indices;
    ssize_t i = length - 1;
    while (i >= 0 && indices[i] == size - 1)
        --i;
    if (i < 0) return stop(self);
    Tuple* result = TRY(writable_result(self));
    ssize_t following = indices[i] + 1;
    for (; i < length; ++i) {
        indices[i] = following;
        put(result, i, self->pool->items[following]);
    }
    return new_reference(result);
}

// itertools.permutations(iterable, r=None)
Fallible<Ref<>> permutations_new(Type* type, Object* const* bound) {
    Ref<Tuple> pool = TRY(tuple_of(bound[0]));
    ssize_t size = pool->size, length = size;
    if (bound[1] && !is_none(bound[1])) {
        if (!is_int(bound[1])) return raise(exc::TypeError, "Expected int as r");
        length = TRY(as_ssize(bound[1]));
    }
    if (length < 0) return raise(exc::ValueError, "r must be non-negative");
    Ref<Permutations> self = TRY(combinatoric_make<Permutations>(type, std::move(pool), size));
    self->length = length;
    self->cycles = TRY(index_array(length));
    for (ssize_t i = 0; i < length; ++i)
        self->cycles[i] = size - i;
    self->stopped = length > size;
    return self;
}
Object* permutations_next(Object* object) {
    Permutations* self = as_permutations(object);
    if (self->stopped) return nullptr;
    if (!self->result) return yield_first(self);
    ssize_t size = self->pool->size, length = self->length, *indices = self->indices, *cycles = self->cycles;
    if (size == 0) return stop(self);
    Tuple* result = TRY(writable_result(self));
    for (ssize_t i = length - 1; i >= 0; --i) {
        if (--cycles[i] == 0) {
            // This place has seen every item: it goes to the end and starts anew.
            ssize_t first = indices[i];
            std::memmove(indices + i, indices + i + 1, size_t(size - 1 - i) * sizeof(ssize_t));
            indices[size - 1] = first;
            cycles[i] = size - i;
            continue;
        }
        std::swap(indices[i], indices[size - cycles[i]]);
        for (ssize_t k = i; k < length; ++k)
            put(result, k, self->pool->items[indices[k]]);
        return new_reference(result);
    }
    return stop(self);
}

// itertools.product(*iterables, repeat=1)
Fallible<Ref<>> product_make(Type* type, Tuple* iterables, Object* repeat_object) {
    ssize_t repeat = 1;
    if (repeat_object) repeat = TRY(as_ssize(repeat_object));
    if (repeat < 0) return raise(exc::ValueError, "repeat argument cannot be negative");
    ssize_t given = repeat ? iterables->size : 0, count;
    if (__builtin_mul_overflow(given, repeat, &count) || count > PTRDIFF_MAX / ssize_t(sizeof(ssize_t)))
        return raise(exc::OverflowError, "repeat argument too large");
    Ref<Tuple> pools = TRY(tuple_new(count));
    for (ssize_t i = 0; i < given; ++i)
        pools->items[i] = TRY(tuple_of(iterables->items[i]))
    .release();
    for (ssize_t i = given; i < count; ++i)
        pools->items[i] = new_reference(pools->items[i - given]);
    Ref<Combinatoric> self = TRY(combinatoric_make<Combinatoric>(type, std::move(pools), count));
    for (ssize_t i = 0; i < count; ++i)
        self->indices[i] = 0;
    return self;
}
Fallible<Ref<>> product_new(Type* type, Object* const* bound) {
    return product_make(type, as_tuple(bound[1]), bound[0]);
}

Object* product_first(Combinatoric* self) {
    Ref<Tuple> result = TRY(tuple_new(self->pool->size));
    for (ssize_t i = 0; i < self->pool->size; ++i) {
        Tuple* pool = as_tuple(self->pool->items[i]);
        if (pool->size == 0) return stop(self);
        result->items[i] = new_reference(pool->items[0]);
    }
    self->result = result.release();
    return new_reference(self->result);
}
Object* product_next(Object* object) {
    Combinatoric* self = as_combinatoric(object);
    if (self->stopped) return nullptr;
    if (!self->result) return product_first(self);
    Tuple* result = TRY(writable_result(self));
    ssize_t* indices = self->indices;
    for (ssize_t i = self->pool->size - 1; i >= 0; --i) {
        Tuple* pool = as_tuple(self->pool->items[i]);
        if (++indices[i] < pool->size) {
            put(result, i, pool->items[indices[i]]);
            return new_reference(result);
        }
        indices[i] = 0;
        put(result, i, pool->items[0]);
    }
    return stop(self);
}

Fallible<Ref<Tuple>> tuple_of_indices(const ssize_t* indices, ssize_t count) {
    Ref<Tuple> tuple = TRY(tuple_new(count));
    for (ssize_t i = 0; i < count; ++i)
        tuple->items[i] = TRY(int_from(indices[i]))
    .release();
    return tuple;
}
// Reads a pickled array of positions, each brought into 0…limit(i).
template <class Limit>
Fallible<void> read_indices(ssize_t* indices, Tuple* state, Limit limit) {
    for (ssize_t i = 0; i < state->size; ++i) {
        ssize_t value = TRY(as_ssize(state->items[i]))
        , highest = limit(i);
        indices[i] = value < 0 ? 0 : value > highest ? highest : value;
    }
    return {};
}
Fallible<Tuple*> state_of_length(Object* state, ssize_t length) {
    if (!is_tuple(state) || as_tuple(state)->size != length) return raise(exc::ValueError, "invalid arguments");
    return as_tuple(state);
}
Fallible<Ref<>> stopped_or_unstarted(Selection* self, Object* object) {
    Ref<Int> length = TRY(int_from(self->length));
    Ref<Tuple> empty = tuple_empty();
    return reduce_to_call(object, self->result ? empty.get() : self->pool, length.get());
}

// itertools.combinations.__reduce__(), itertools.combinations_with_replacement.__reduce__()
Fallible<Ref<>> combinations_reduce(Object* object) {
    Selection* self = as_selection(object);
    if (!self->result || self->stopped) return stopped_or_unstarted(self, object);
    Ref<Tuple> state = TRY(tuple_of_indices(self->indices, self->length));
    Ref<Int> length = TRY(int_from(self->length));
    return reduce_with_state(object, state.get(), self->pool, length.get());
}
Fallible<void> restore_result(Selection* self) {
    Ref<Tuple> result = TRY(tuple_new(self->length));
    for (ssize_t i = 0; i < self->length; ++i)
        result->items[i] = new_reference(self->pool->items[self->indices[i]]);
    replace_slot(self->result, result.release());
    return {};
}
// itertools.combinations.__setstate__(state, /)
Fallible<Ref<>> combinations_setstate(Object* object, Object* state_object) {
    Selection* self = as_selection(object);
    Tuple* state = TRY(state_of_length(state_object, self->length));
    if (self->length > self->pool->size) return raise(exc::ValueError, "invalid arguments");
    TRY(read_indices(self->indices, state, [=](ssize_t i) { return i + self->pool->size - self->length; }));
    TRY(restore_result(self));
    return share(none());
}
// itertools.combinations_with_replacement.__setstate__(state, /)
Fallible<Ref<>> with_replacement_setstate(Object* object, Object* state_object) {
    Selection* self = as_selection(object);
    Tuple* state = TRY(state_of_length(state_object, self->length));
    if (self->pool->size == 0 && self->length > 0) return raise(exc::ValueError, "invalid arguments");
    TRY(read_indices(self->indices, state, [=](ssize_t) { return self->pool->size - 1; }));
    TRY(restore_result(self));
    return share(none());
}
// itertools.permutations.__reduce__()
Fallible<Ref<>> permutations_reduce(Object* object) {
    Permutations* self = as_permutations(object);
    if (!self->result || self->stopped) return stopped_or_unstarted(self, object);
    Ref<Tuple> indices = TRY(tuple_of_indices(self->indices, self->pool->size));
    Ref<Tuple> cycles = TRY(tuple_of_indices(self->cycles, self->length));
    Ref<Tuple> state = TRY(tuple_pack(indices.get(), cycles.get()));
    Ref<Int> length = TRY(int_from(self->length));
    return reduce_with_state(object, state.get(), self->pool, length.get());
}
// itertools.permutations.__setstate__(state, /)
Fallible<Ref<>> permutations_setstate(Object* object, Object* state_object) {
    Permutations* self = as_permutations(object);
    Tuple* state = TRY(state_tuple(state_object));
    if (state->size != 2) return raise(exc::ValueError, "invalid arguments");
    ssize_t size = self->pool->size;
    Tuple* indices = TRY(state_of_length(state->items[0], size));
    Tuple* cycles = TRY(state_of_length(state->items[1], self->length));
    if (self->length > size) return raise(exc::ValueError, "invalid arguments");
    TRY(read_indices(self->indices, indices, [=](ssize_t) { return size - 1; }));
    TRY(read_indices(self->cycles, cycles, [=](ssize_t i) { return size - i; }));
    for (ssize_t i = 0; i < self->length; ++i)
        if (self->cycles[i] < 1) self->cycles[i] = 1;
    TRY(restore_result(self));
    return share(none());
}
// itertools.product.__reduce__()
Fallible<Ref<>> product_reduce(Object* object) {
    Combinatoric* self = as_combinatoric(object);
    auto type = static_cast<Object*>(object->type);
    if (self->stopped) {
        Ref<Tuple> empty = tuple_empty();
        return reduce_to_call(object, empty.get());
    }
    if (!self->result) return tuple_pack(type, self->pool);
    Ref<Tuple> state = TRY(tuple_of_indices(self->indices, self->pool->size));
    return tuple_pack(type, self->pool, state.get());
}
// itertools.product.__setstate__(state, /)
Fallible<Ref<>> product_setstate(Object* object, Object* state_object) {
    Combinatoric* self = as_combinatoric(object);
    Tuple* state = TRY(state_of_length(state_object, self->pool->size));
    auto pool = [=](ssize_t i) { return as_tuple(self->pool->items[i]); };
    for (ssize_t i = 0; i < self->pool->size; ++i)
        if (pool(i)->size == 0) {
            self->stopped = true;
            return share(none());
        }
    TRY(read_indices(self->indices, state, [=](ssize_t i) { return pool(i)->size - 1; }));
    Ref<Tuple> result = TRY(tuple_new(self->pool->size));
    for (ssize_t i = 0; i < self->pool->size; ++i)
        result->items[i] = new_reference(pool(i)->items[self->indices[i]]);
    replace_slot(self->result, result.release());
    return share(none());
}
// __sizeof__ of each: the arrays count as well.
Fallible<Ref<>> size_with(Object* object, ssize_t words) {
    return int_from(object->type->basic_size + words * ssize_t(sizeof(ssize_t)));
}
Fallible<Ref<>> product_sizeof(Object* object) {
    return size_with(object, as_combinatoric(object)->pool->size);
}
Fallible<Ref<>> selection_sizeof(Object* object) {
    return size_with(object, as_selection(object)->length);
}
Fallible<Ref<>> permutations_sizeof(Object* object) {
    return size_with(object, as_permutations(object)->pool->size + as_permutations(object)->length);
}

template <auto F>
constexpr MethodDef sizeof_row() {
    return {"__sizeof__", wrap_no_args<F>, kNoArgs, "Returns size in memory, in bytes."};
}
MethodDef combinations_methods[] = {reduce_row(wrap_no_args<combinations_reduce>),
                                    setstate_row(wrap_o<combinations_setstate>), sizeof_row<selection_sizeof>(),
                                    END_ROW};
MethodDef with_replacement_methods[] = {reduce_row(wrap_no_args<combinations_reduce>),
                                        setstate_row(wrap_o<with_replacement_setstate>), sizeof_row<selection_sizeof>(),
                                        END_ROW};
MethodDef permutations_methods[] = {reduce_row(wrap_no_args<permutations_reduce>),
                                    setstate_row(wrap_o<permutations_setstate>), sizeof_row<permutations_sizeof>(),
                                    END_ROW};
MethodDef product_methods[] = {reduce_row(wrap_no_args<product_reduce>), setstate_row(wrap_o<product_setstate>),
                               sizeof_row<product_sizeof>(), END_ROW};

template <class T>
constexpr Type combinatoric_type(const char* name, const char* doc, UnarySlot next_slot, NewSlot new_slot,
                                 MethodDef* methods, DeallocSlot dealloc_slot = combinatoric_dealloc) {
    return static_type({
        .name = name,
        .basic_size = sizeof(T),
        .flags = type_flag::kHaveGc | type_flag::kBase,
        .doc = doc,
        .dealloc = dealloc_slot,
        .traverse = traverse_members<&Combinatoric::pool, &Combinatoric::result>,
        .iter = self_iter,
        .iternext = next_slot,
        .methods = methods,
        .new_ = new_slot,
    });
}

}  // namespace

constinit Type combinations_type = combinatoric_type<Selection>(
    "itertools.combinations", "combinations(iterable, r)\n--\n\nYields the tuples of r items at increasing positions.",
    combinations_next, Bound<combinations_new, "combinations", "(iterable, r)">::new_, combinations_methods);
constinit Type combinations_with_replacement_type = combinatoric_type<Selection>(
    "itertools.combinations_with_replacement",
    "combinations_with_replacement(iterable, r)\n--\n\nYields the tuples of r items at positions that never decrease.",
    with_replacement_next, Bound<with_replacement_new, "combinations_with_replacement", "(iterable, r)">::new_,
    with_replacement_methods);
constinit Type permutations_type = combinatoric_type<Permutations>(
    "itertools.permutations",
    "permutations(iterable, r=None)\n--\n\nYields the tuples of r items at distinct positions.", permutations_next,
    Bound<permutations_new, "permutations", "(iterable, r=None)">::new_, permutations_methods, permutations_dealloc);
constinit Type product_type = combinatoric_type<Combinatoric>(
    "itertools.product",
    "product(*iterables, repeat=1) --> product object\n\nYields the tuples with one item of each iterable.",
    product_next, Bound<product_new, "product", "(*iterables, repeat=1)">::new_, product_methods);

}  // namespace py::itertools
