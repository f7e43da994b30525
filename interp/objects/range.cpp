// range with ints of any size, and its two iterators: machine words where start, stop and step fit, else ints.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

struct LongRangeIterator : Object {
    Int *index, *start, *step, *length;
};

namespace {

Range* as_range(Object* object) {
    return static_cast<Range*>(object);
}

// Number of items: 0, or (last - first) // |step| + 1.
Fallible<Ref<Int>> range_length(Int* start, Int* stop, Int* step) {
    bool up = int_sign(step) > 0;
    Int *low = up ? start : stop, *high = up ? stop : start;
    if (int_compare(low, high) >= 0) return int_from(0);
    Ref<Int> one = TRY(int_from(1));
    Ref<Int> span = TRY(int_subtract(high, low));
    span = TRY(int_subtract(span.get(), one.get()));
    Ref<Int> stride = share(step);
    if (!up) {
        Ref<Int> zero = TRY(int_from(0));
        stride = TRY(int_subtract(zero.get(), step));
    }
    span = TRY(int_floor_divide(span.get(), stride.get()));
    return int_add(span.get(), one.get());
}

Fallible<Ref<>> range_make(Ref<Int> start, Ref<Int> stop, Ref<Int> step) {
    Ref<Int> length = TRY(range_length(start.get(), stop.get(), step.get()));
    Ref<Range> range = make<Range>(range_type);
    if (!range) return raised;
    range->start = start.release();
    range->stop = stop.release();
    range->step = step.release();
    range->length = length.release();
    return range;
}

Fallible<Ref<>> range_from(Object* const* args, ssize_t nargs) {
    TRY(check_positional("range", nargs, 1, 3));
    if (nargs == 1) return range_make(TRY(int_from(0)), TRY(index(args[0])), TRY(int_from(1)));
    Ref<Int> start = TRY(index(args[0]))
    , stop = TRY(index(args[1]))
    , step;
    if (nargs == 3) {
        step = TRY(index(args[2]));
        if (int_sign(step.get()) == 0) return raise(exc::ValueError, "range() arg 3 must not be zero");
    } else {
        step = TRY(int_from(1));
    }
    return range_make(std::move(start), std::move(stop), std::move(step));
}

// range(stop), range(start, stop[, step])
Object* range_tp_new(Type*, Object* args, Object* kwargs) {
    TRY(check_no_keywords("range", kwargs));
    return range_from(as_tuple(args)->items, as_tuple(args)->size).release();
}
Object* range_vectorcall(Object*, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("range", kwnames));
    return range_from(args, ssize_t(nargsf & (SIZE_MAX >> 1))).release();
}

void range_dealloc(Object* object) {
    Range* range = as_range(object);
    decref(range->start);
    decref(range->stop);
    decref(range->step);
    decref(range->length);
    object_free(range);
}

Fallible<Ref<>> range_repr(Object* object) {
    Range* range = as_range(object);
    if (int_equals_small(as_int(range->step), 1)) return format_str("range(%R, %R)", range->start, range->stop);
    return format_str("range(%R, %R, %R)", range->start, range->stop, range->step);
}

ssize_t range_len(Object* object) {
    return TRY(as_ssize(as_range(object)->length));
}

int range_bool(Object* object) {
    return int_sign(as_int(as_range(object)->length)) != 0;
}

// start + i * step, no check.
Fallible<Ref<Int>> item_at(Range* range, Int* i) {
    if (int_equals_small(as_int(range->step), 1)) return int_add(as_int(range->start), i);
    Ref<Int> product = TRY(int_multiply(i, as_int(range->step)));
    return int_add(as_int(range->start), product.get());
}

Fallible<Ref<Int>> checked_item(Range* range, Int* i) {
    Ref<Int> position = share(i);
    if (int_sign(i) < 0) position = TRY(int_add(i, as_int(range->length)));
    if (int_sign(position.get()) < 0 || int_compare(position.get(), as_int(range->length)) >= 0)
        return raise(exc::IndexError, "range object index out of range");
    return item_at(range, position.get());
}

Object* range_item(Object* object, ssize_t i) {
    Ref<Int> position = TRY(int_from(i));
    // The slot's caller has added the length to a negative index already.
    if (i < 0) return raise(exc::IndexError, "range object index out of range");
    return checked_item(as_range(object), position.get()).release();
}

Fallible<Ref<>> range_slice(Range* range, Slice* slice) {
    Ref<Int> start, stop, step;
    TRY(slice_indices(slice, as_int(range->length), &start, &stop, &step));
    Ref<Int> new_start = TRY(item_at(range, start.get()));
    Ref<Int> new_stop = TRY(item_at(range, stop.get()));
    return range_make(std::move(new_start), std::move(new_stop), TRY(int_multiply(step.get(), as_int(range->step))));
}

Object* range_subscript(Object* object, Object* key) {
    if (is_index(key)) {
        Ref<Int> position = TRY(index(key));
        return checked_item(as_range(object), position.get()).release();
    }
    if (key->type == &slice_type) return range_slice(as_range(object), static_cast<Slice*>(key)).release();
    return raise(exc::TypeError, "range indices must be integers or slices, not %.200s", key->type->name);
}

Fallible<bool> contains_int(Range* range, Int* value) {
    Int *start = as_int(range->start), *stop = as_int(range->stop), *step = as_int(range->step);
    bool up = int_sign(step) > 0;
    if (up ? int_compare(value, start) < 0 || int_compare(value, stop) >= 0
           : int_compare(value, start) > 0 || int_compare(value, stop) <= 0)
        return false;
    Ref<Int> distance = TRY(int_subtract(value, start));
    Ref<Int> remainder = TRY(int_remainder(distance.get(), step));
    return int_sign(remainder.get()) == 0;
}

bool is_plain_int(Object* object) {
    return is_int_exact(object) || is_bool(object);
}

// Walks the items comparing each with the value: for what is not an int. -1: not found.
Fallible<ssize_t> search(Object* range, Object* value, bool count_all) {
    Ref<> iterator = TRY(iter(range));
    ssize_t count = 0;
    for (ssize_t i = 0;; ++i) {
        Ref<> item = TRY(next(iterator.get()));
        if (!item) return count_all ? count : ssize_t(-1);
        if (!TRY(rich_compare_bool(item.get(), value, kEqual))) continue;
        if (!count_all) return i;
        ++count;
    }
}

int range_contains(Object* object, Object* value) {
    if (is_plain_int(value)) return TRY(contains_int(as_range(object), as_int(value)));
    return TRY(search(object, value, false))
    >= 0;
}

// Equal when they have the same items.
Fallible<bool> ranges_equal(Range* a, Range* b) {
    if (a == b) return true;
    if (int_compare(as_int(a->length), as_int(b->length)) != 0) return false;
    if (int_sign(as_int(a->length)) == 0) return true;
    if (int_compare(as_int(a->start), as_int(b->start)) != 0) return false;
    return int_equals_small(as_int(a->length), 1) || int_compare(as_int(a->step), as_int(b->step)) == 0;
}

Object* range_richcompare(Object* a, Object* b, int op) {
    if (b->type != &range_type || (op != kEqual && op != kNotEqual)) return new_reference(not_implemented());
    return compare_result(TRY(ranges_equal(as_range(a), as_range(b))) == (op == kEqual));
}

Hash range_hash(Object* object) {
    Range* range = as_range(object);
    Int* length = as_int(range->length);
    Object* start = int_sign(length) == 0 ? none() : range->start;
    Object* step = int_sign(length) == 0 || int_equals_small(length, 1) ? none() : range->step;
    Ref<Tuple> key = TRY(tuple_pack(range->length, start, step));
    return TRY(hash(key.get()));
}

// range.count(value)
Fallible<Ref<>> range_count(Object* self, Object* value) {
    if (is_plain_int(value)) return int_from(TRY(contains_int(as_range(self), as_int(value))));
    return int_from(TRY(search(self, value, true)));
}

// range.index(value)
Fallible<Ref<>> range_index(Object* self, Object* value) {
    Range* range = as_range(self);
    if (!is_plain_int(value)) {
        ssize_t found = TRY(search(self, value, false));
        if (found < 0) return raise(exc::ValueError, "sequence.index(x): x not in sequence");
        return int_from(found);
    }
    if (!TRY(contains_int(range, as_int(value)))) return raise(exc::ValueError, "%R is not in range", value);
    Ref<Int> distance = TRY(int_subtract(as_int(value), as_int(range->start)));
    return int_floor_divide(distance.get(), as_int(range->step));
}

// range.__reduce__(), which ignores arguments
Fallible<Ref<>> range_reduce(Object* self, Object* const*, ssize_t) {
    Range* range = as_range(self);
    Ref<Tuple> arguments = TRY(tuple_pack(range->start, range->stop, range->step));
    return tuple_pack(static_cast<Object*>(self->type), arguments.get());
}

// Both ends of the walk, and one step beyond it, fit into a word.
bool fits_words(Object* start_object, Object* step_object, Object* length_object, int64_t* start, int64_t* step,
                int64_t* length) {
    int overflow_start, overflow_step, overflow_length;
    *start = as_int64_clamped(as_int(start_object), &overflow_start);
    *step = as_int64_clamped(as_int(step_object), &overflow_step);
    *length = as_int64_clamped(as_int(length_object), &overflow_length);
    if (overflow_start || overflow_step || overflow_length) return false;
    int64_t product, end;
    return !__builtin_mul_overflow(*length, *step, &product) && !__builtin_add_overflow(*start, product, &end);
}

Fallible<Ref<>> iterator_make(Object* start, Object* step, Object* length) {
    int64_t start_word, step_word, length_word;
    if (fits_words(start, step, length, &start_word, &step_word, &length_word)) {
        Ref<RangeIterator> iterator = make<RangeIterator>(range_iterator_type);
        if (!iterator) return raised;
        iterator->index = 0;
        iterator->start = start_word;
        iterator->step = step_word;
        iterator->length = length_word;
        return iterator;
    }
    Ref<Int> zero = TRY(int_from(0));
    Ref<LongRangeIterator> iterator = make<LongRangeIterator>(long_range_iterator_type);
    if (!iterator) return raised;
    iterator->index = zero.release();
    iterator->start = new_reference(as_int(start));
    iterator->step = new_reference(as_int(step));
    iterator->length = new_reference(as_int(length));
    return iterator;
}

Object* range_iter(Object* object) {
    Range* range = as_range(object);
    return iterator_make(range->start, range->step, range->length).release();
}

// range.__reversed__()
Fallible<Ref<>> range_reversed(Object* self) {
    Range* range = as_range(self);
    Ref<Int> one = TRY(int_from(1))
    , zero = TRY(int_from(0));
    Ref<Int> last = TRY(int_subtract(as_int(range->length), one.get()));
    last = TRY(item_at(range, last.get()));
    Ref<Int> step = TRY(int_subtract(zero.get(), as_int(range->step)));
    return iterator_make(last.get(), step.get(), range->length);
}

Object* range_iterator_next(Object* object) {
    auto iterator = static_cast<RangeIterator*>(object);
    if (iterator->index >= iterator->length) return nullptr;
    return int_from(int64_t(uint64_t(iterator->start) + uint64_t(iterator->index++) * uint64_t(iterator->step)))
        .release();
}
// range_iterator.__length_hint__()
Fallible<Ref<>> range_iterator_length_hint(Object* object) {
    auto iterator = static_cast<RangeIterator*>(object);
    return int_from(iterator->length - iterator->index);
}
Fallible<Ref<>> reduce_to(Ref<> range, Ref<Int> position) {
    Ref<> builtin = TRY(builtin_attr("iter"));
    Ref<Tuple> arguments = TRY(tuple_pack(range.get()));
    return tuple_pack(builtin.get(), arguments.get(), position.get());
}
// range_iterator.__reduce__()
Fallible<Ref<>> range_iterator_reduce(Object* object) {
    auto iterator = static_cast<RangeIterator*>(object);
    Ref<> range = TRY(range_make(TRY(int_from(iterator->start)),
                                 TRY(int_from(iterator->start + iterator->length * iterator->step)),
                                 TRY(int_from(iterator->step))));
    return reduce_to(std::move(range), TRY(int_from(iterator->index)));
}
// range_iterator.__setstate__(state, /)
Fallible<Ref<>> range_iterator_setstate(Object* object, Object* state) {
    auto iterator = static_cast<RangeIterator*>(object);
    int64_t position = TRY(as_int64(state));
    iterator->index = position < 0 ? 0 : position > iterator->length ? iterator->length : position;
    return share(none());
}

LongRangeIterator* as_long_iterator(Object* object) {
    return static_cast<LongRangeIterator*>(object);
}

void long_iterator_dealloc(Object* object) {
    auto iterator = as_long_iterator(object);
    decref(iterator->index);
    decref(iterator->start);
    decref(iterator->step);
    decref(iterator->length);
    object_free(iterator);
}
Fallible<Ref<>> long_iterator_step(LongRangeIterator* iterator) {
    Ref<Int> one = TRY(int_from(1));
    Ref<Int> product = TRY(int_multiply(iterator->index, iterator->step));
    Ref<Int> item = TRY(int_add(iterator->start, product.get()));
    replace_slot(iterator->index, TRY(int_add(iterator->index, one.get())).release());
    return item;
}
Object* long_iterator_next(Object* object) {
    auto iterator = as_long_iterator(object);
    if (int_compare(iterator->index, iterator->length) >= 0) return nullptr;
    return long_iterator_step(iterator).release();
}
// longrange_iterator.__length_hint__()
Fallible<Ref<>> long_iterator_length_hint(Object* object) {
    return int_subtract(as_long_iterator(object)->length, as_long_iterator(object)->index);
}
// longrange_iterator.__reduce__()
Fallible<Ref<>> long_iterator_reduce(Object* object) {
    auto iterator = as_long_iterator(object);
    Ref<Int> product = TRY(int_multiply(iterator->length, iterator->step));
    Ref<Int> stop = TRY(int_add(iterator->start, product.get()));
    Ref<> range = TRY(range_make(share(iterator->start), std::move(stop), share(iterator->step)));
    return reduce_to(std::move(range), share(iterator->index));
}
// longrange_iterator.__setstate__(state, /)
Fallible<Ref<>> long_iterator_setstate(Object* object, Object* state) {
    auto iterator = as_long_iterator(object);
    Ref<Int> position = TRY(index(state));
    if (int_sign(position.get()) < 0)
        position = TRY(int_from(0));
    else if (int_compare(position.get(), iterator->length) > 0)
        position = share(iterator->length);
    replace_slot(iterator->index, position.release());
    return share(none());
}

MethodDef range_methods[] = {
    {"__reversed__", (CFunction)wrap_no_args<range_reversed>, kNoArgs, "Iterates over the range backwards."},
    METHOD_FAST_UNSIGNED("__reduce__", range_reduce, "For pickle."),
    {"count", (CFunction)wrap_o<range_count>, kO, "rangeobject.count(value) -> how often the value occurs"},
    {"index", (CFunction)wrap_o<range_index>, kO,
     "rangeobject.index(value) -> its index; ValueError where it is absent"},
    END_ROW,
};
MemberDef range_members[] = {
    {"start", kObject, offsetof(Range, start), kReadOnly, nullptr},
    {"stop", kObject, offsetof(Range, stop), kReadOnly, nullptr},
    {"step", kObject, offsetof(Range, step), kReadOnly, nullptr},
    END_ROW,
};
MethodDef range_iterator_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<range_iterator_length_hint>, kNoArgs, "How many items are left."},
    {"__reduce__", (CFunction)wrap_no_args<range_iterator_reduce>, kNoArgs, "For pickle."},
    {"__setstate__", (CFunction)wrap_o<range_iterator_setstate>, kO, "For pickle."},
    END_ROW,
};
MethodDef long_iterator_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<long_iterator_length_hint>, kNoArgs, "How many items are left."},
    {"__reduce__", (CFunction)wrap_no_args<long_iterator_reduce>, kNoArgs, "For pickle."},
    {"__setstate__", (CFunction)wrap_o<long_iterator_setstate>, kO, "For pickle."},
    END_ROW,
};
NumberMethods range_number = {.boolean = range_bool};
SequenceMethods range_sequence = {.length = range_len, .item = range_item, .contains = range_contains};
MappingMethods range_mapping = {.length = range_len, .subscript = range_subscript};

}  // namespace

constinit Type range_type = static_type({
    .name = "range",
    .basic_size = sizeof(Range),
    .flags = type_flag::kSequence,
    .doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n"
           "The integers from start (0) up to but not including stop, step apart.",
    .dealloc = range_dealloc,
    .repr = slot1<range_repr>,
    .hash = range_hash,
    .richcompare = range_richcompare,
    .vectorcall = range_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = range_iter,
    .number = &range_number,
    .sequence = &range_sequence,
    .mapping = &range_mapping,
    .methods = range_methods,
    .members = range_members,
    .new_ = range_tp_new,
});
constinit Type range_iterator_type = static_type({
    .name = "range_iterator",
    .basic_size = sizeof(RangeIterator),
    .dealloc = object_free,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = range_iterator_next,
    .methods = range_iterator_methods,
});
constinit Type long_range_iterator_type = static_type({
    .name = "longrange_iterator",
    .basic_size = sizeof(LongRangeIterator),
    .dealloc = long_iterator_dealloc,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = long_iterator_next,
    .methods = long_iterator_methods,
});

}  // namespace py
