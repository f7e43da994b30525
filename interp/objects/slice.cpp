// slice objects and the arithmetic of slice bounds.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"

namespace py {

namespace {

Slice* as_slice(Object* object) {
    return static_cast<Slice*>(object);
}
Slice* free_slice = nullptr;  // one is kept: subscripts make and drop one at a time

}  // namespace

Fallible<Ref<Slice>> slice_new(Object* start, Object* stop, Object* step) {
    Slice* slice = std::exchange(free_slice, nullptr);
    if (slice) {
        start_refcount(slice);
    } else {
        slice = static_cast<Slice*>(gc_object_new(&slice_type, sizeof(Slice)));
        if (!slice) return raised;
    }
    slice->start = new_reference(start ? start : none());
    slice->stop = new_reference(stop ? stop : none());
    slice->step = new_reference(step ? step : none());
    gc_track(slice);
    return steal(slice);
}

Fallible<void> slice_index(Object* bound, ssize_t* value) {
    if (is_none(bound)) return {};
    if (!is_index(bound))
        return raise(exc::TypeError, "slice indices must be integers or None or have an __index__ method");
    *value = TRY(index_as_ssize(bound, nullptr));
    return {};
}

Fallible<void> slice_bound(Object* bound, ssize_t* value) {
    if (!is_index(bound)) return raise(exc::TypeError, "slice indices must be integers or have an __index__ method");
    *value = TRY(index_as_ssize(bound, nullptr));
    return {};
}

Fallible<void> slice_unpack(Slice* slice, ssize_t* start, ssize_t* stop, ssize_t* step) {
    *step = 1;
    TRY(slice_index(slice->step, step));
    if (*step == 0) return raise(exc::ValueError, "slice step cannot be zero");
    if (*step < -PTRDIFF_MAX) *step = -PTRDIFF_MAX;  // so that -step is defined
    *start = *step < 0 ? PTRDIFF_MAX : 0;
    TRY(slice_index(slice->start, start));
    *stop = *step < 0 ? PTRDIFF_MIN : PTRDIFF_MAX;
    return slice_index(slice->stop, stop);
}

ssize_t slice_adjust(ssize_t length, ssize_t* start, ssize_t* stop, ssize_t step) {
    ssize_t low = step < 0 ? -1 : 0, high = step < 0 ? length - 1 : length;
    auto clamp = [=](ssize_t* bound) {
        if (*bound < 0) {
            *bound += length;
            if (*bound < 0) *bound = low;
        } else if (*bound >= length) {
            *bound = high;
        }
    };
    clamp(start);
    clamp(stop);
    if (step < 0) return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

namespace {

// One bound of slice.indices: None gives the default, negative ones count from the end, then low ≤ bound ≤ high.
Fallible<Ref<Int>> evaluate_bound(Object* bound, Int* fallback, Int* length, Int* low, Int* high) {
    if (is_none(bound)) return share(fallback);
    if (!is_index(bound))
        return raise(exc::TypeError, "slice indices must be integers or None or have an __index__ method");
    Ref<Int> value = TRY(index(bound));
    if (int_sign(value.get()) < 0) {
        value = TRY(int_add(value.get(), length));
        return int_compare(value.get(), low) < 0 ? share(low) : std::move(value);
    }
    return int_compare(value.get(), high) > 0 ? share(high) : std::move(value);
}

}  // namespace

Fallible<void> slice_indices(Slice* slice, Int* length, Ref<Int>* start, Ref<Int>* stop, Ref<Int>* step) {
    if (is_none(slice->step)) {
        *step = TRY(int_from(1));
    } else {
        if (!is_index(slice->step))
            return raise(exc::TypeError, "slice indices must be integers or None or have an __index__ method");
        *step = TRY(index(slice->step));
        if (int_sign(step->get()) == 0) return raise(exc::ValueError, "slice step cannot be zero");
    }
    bool backwards = int_sign(step->get()) < 0;
    Ref<Int> low = TRY(int_from(backwards ? -1 : 0));
    Ref<Int> high = share(length);
    if (backwards) high = TRY(int_add(length, low.get()));
    Int *first = backwards ? high.get() : low.get(), *last = backwards ? low.get() : high.get();
    *start = TRY(evaluate_bound(slice->start, first, length, low.get(), high.get()));
    *stop = TRY(evaluate_bound(slice->stop, last, length, low.get(), high.get()));
    return {};
}

namespace {

void slice_dealloc(Object* object) {
    Slice* slice = as_slice(object);
    gc_untrack(slice);
    decref(slice->step);
    decref(slice->stop);
    decref(slice->start);
    if (!free_slice)
        free_slice = slice;
    else
        gc_object_free(slice);
}

Fallible<Ref<>> slice_repr(Object* object) {
    Slice* slice = as_slice(object);
    return format_str("slice(%R, %R, %R)", slice->start, slice->stop, slice->step);
}

Object* slice_richcompare(Object* a, Object* b, int op) {
    if (b->type != &slice_type) return new_reference(not_implemented());
    if (a == b) return compare_result(op == kEqual || op == kLessEqual || op == kGreaterEqual);
    Ref<Tuple> left = TRY(tuple_pack(as_slice(a)->start, as_slice(a)->stop, as_slice(a)->step));
    Ref<Tuple> right = TRY(tuple_pack(as_slice(b)->start, as_slice(b)->stop, as_slice(b)->step));
    return rich_compare(left.get(), right.get(), CompareOp(op)).release();
}

// slice(stop), slice(start, stop[, step])
Object* slice_tp_new(Type*, Object* args, Object* kwargs) {
    TRY(check_no_keywords("slice", kwargs));
    Tuple* tuple = as_tuple(args);
    TRY(check_positional("slice", tuple->size, 1, 3));
    if (tuple->size == 1) return slice_new(nullptr, tuple->items[0], nullptr).release();
    return slice_new(tuple->items[0], tuple->items[1], tuple->size > 2 ? tuple->items[2] : nullptr).release();
}

// slice.indices(length, /)
Fallible<Ref<>> slice_indices_method(Object* self, Object* argument) {
    Ref<Int> length = TRY(index(argument));
    if (int_sign(length.get()) < 0) return raise(exc::ValueError, "length should not be negative");
    Ref<Int> start, stop, step;
    TRY(slice_indices(as_slice(self), length.get(), &start, &stop, &step));
    return tuple_pack(start.get(), stop.get(), step.get());
}
// slice.__reduce__()
Fallible<Ref<>> slice_reduce(Object* self) {
    Slice* slice = as_slice(self);
    Ref<Tuple> arguments = TRY(tuple_pack(slice->start, slice->stop, slice->step));
    return tuple_pack(static_cast<Object*>(self->type), arguments.get());
}

MethodDef slice_methods[] = {
    {"indices", (CFunction)wrap_o<slice_indices_method>, kO,
     "The (start, stop, stride) that the slice means for a sequence of this length."},
    {"__reduce__", (CFunction)wrap_no_args<slice_reduce>, kNoArgs, "For pickle."},
    END_ROW,
};
MemberDef slice_members[] = {
    {"start", kObjectOrNone, offsetof(Slice, start), kReadOnly, nullptr},
    {"stop", kObjectOrNone, offsetof(Slice, stop), kReadOnly, nullptr},
    {"step", kObjectOrNone, offsetof(Slice, step), kReadOnly, nullptr},
    END_ROW,
};

}  // namespace

constinit Type slice_type = static_type({
    .name = "slice",
    .basic_size = sizeof(Slice),
    .flags = type_flag::kHaveGc,
    .doc = "slice(stop)\nslice(start, stop[, step])\n\nWhat x[start:stop:step] gives to x.__getitem__.",
    .dealloc = slice_dealloc,
    .traverse = traverse_members<&Slice::start, &Slice::stop, &Slice::step>,
    .repr = slot1<slice_repr>,
    .hash = hash_not_implemented,
    .richcompare = slice_richcompare,
    .getattro = generic_getattro_slot,
    .methods = slice_methods,
    .members = slice_members,
    .new_ = slice_tp_new,
});

}  // namespace py
