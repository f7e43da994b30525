// The methods and the sequence slots of collections.deque.
#include "interp/modules/collections.h"
#include "interp/objects/module.h"

namespace py::collections {

Fallible<Ref<>> deque_reversed(Object* deque);

// deque.copy(), deque.__copy__()
Fallible<Ref<>> deque_copy(Object* object) {
    Deque* deque = as_deque(object);
    auto type = static_cast<Object*>(object->type);
    Ref<> copy;
    if (deque->max_length < 0) {
        copy = TRY(call(type, object));
    } else {
        Ref<Int> limit = TRY(int_from(deque->max_length));
        copy = TRY(call(type, object, limit.get()));
    }
    if (!is_instance_of(copy.get(), deque_type))
        return raise(exc::TypeError, "%.200s() must return a deque, not %.200s", object->type->name, copy->type->name);
    return copy;
}

namespace {

// deque.append(item)
Fallible<Ref<>> append(Object* self, Object* item) {
    TRY(deque_append(as_deque(self), share(item)));
    return share(none());
}
// deque.appendleft(item)
Fallible<Ref<>> append_left(Object* self, Object* item) {
    TRY(deque_append_left(as_deque(self), share(item)));
    return share(none());
}
// deque.pop()
Fallible<Ref<>> pop(Object* self) {
    return deque_pop(as_deque(self));
}
// deque.popleft()
Fallible<Ref<>> pop_left(Object* self) {
    return deque_pop_left(as_deque(self));
}
// deque.extend(iterable)
Fallible<Ref<>> extend(Object* self, Object* iterable) {
    TRY(deque_extend(as_deque(self), iterable));
    return share(none());
}
// deque.extendleft(iterable)
Fallible<Ref<>> extend_left(Object* self, Object* iterable) {
    if (iterable == self) {
        Ref<List> items = TRY(list_of(iterable));
        return extend_left(self, items.get());
    }
    Ref<> iterator = TRY(iter(iterable));
    Deque* deque = as_deque(self);
    if (deque->size == 0) deque->left_index = kBlockLength - 1, deque->right_index = kBlockLength - 2;
    while (Ref<> item = TRY(next(iterator.get())))
        if (as_deque(self)->max_length != 0) TRY(deque_append_left(as_deque(self), std::move(item)));
    return share(none());
}
// deque.clear()
Fallible<Ref<>> clear(Object* self) {
    deque_clear(as_deque(self));
    return share(none());
}
// deque.rotate(steps=1)
Fallible<Ref<>> rotate(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("deque.rotate", nargs, 0, 1));
    ssize_t steps = 1;
    if (nargs) steps = TRY(as_ssize(args[0]));
    TRY(deque_rotate(as_deque(self), steps));
    return share(none());
}
// deque.reverse()
Fallible<Ref<>> reverse(Object* self) {
    Deque* deque = as_deque(self);
    for (ssize_t i = 0, j = deque->size - 1; i < j; ++i, --j)
        std::swap(*deque_slot(deque, i), *deque_slot(deque, j));
    return share(none());
}

// Calls visit(index, item) for each item while the comparison may change the deque; visit returns true to stop.
template <class Visitor>
Fallible<void> each(Deque* deque, ssize_t start, ssize_t stop, Object* value, Visitor equal_found) {
    if (start >= stop) return {};
    DequeWalk walk(deque);
    ssize_t i = 0;
    size_t state = deque->state;
    for (; i < start; ++i)
        walk.advance();
    for (; i < stop; ++i, walk.advance()) {
        Ref<> item = share(walk.item());
        bool equal = TRY(rich_compare_bool(item.get(), value, kEqual));
        if (equal && equal_found(i)) return {};
        if (deque->state != state) return raise(exc::RuntimeError, "deque mutated during iteration");
    }
    return {};
}

// deque.count(value)
Fallible<Ref<>> count(Object* self, Object* value) {
    ssize_t found = 0;
    TRY(each(as_deque(self), 0, as_deque(self)->size, value, [&](ssize_t) { return ++found, false; }));
    return int_from(found);
}
// deque.index(value, start=0, stop=len)
Fallible<Ref<>> index_of(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("index", nargs, 1, 3));
    Deque* deque = as_deque(self);
    ssize_t start = 0, stop = deque->size, found = -1;
    if (nargs > 1) TRY(slice_bound(args[1], &start));
    if (nargs > 2) TRY(slice_bound(args[2], &stop));
    if (start < 0 && (start += deque->size) < 0) start = 0;
    if (stop < 0 && (stop += deque->size) < 0) stop = 0;
    if (stop > deque->size) stop = deque->size;
    if (start > stop) start = stop;
    TRY(each(deque, start, stop, args[0], [&](ssize_t i) { return found = i, true; }));
    if (found < 0) return raise(exc::ValueError, "%R is not in deque", args[0]);
    return int_from(found);
}

Fallible<void> delete_at(Deque* deque, ssize_t i) {
    TRY(deque_rotate(deque, -i));
    Ref<> dying = TRY(deque_pop_left(deque));
    return deque_rotate(deque, i);
}

// deque.remove(value)
Fallible<Ref<>> remove(Object* self, Object* value) {
    Deque* deque = as_deque(self);
    ssize_t size = deque->size;
    for (ssize_t i = 0; i < size; ++i) {
        Ref<> item = share(*deque_slot(deque, i));
        bool equal = TRY(rich_compare_bool(item.get(), value, kEqual));
        if (deque->size != size) return raise(exc::IndexError, "deque mutated during remove().");
        if (!equal) continue;
        TRY(delete_at(deque, i));
        return share(none());
    }
    return raise(exc::ValueError, "%R is not in deque", value);
}
// deque.insert(index, item)
Fallible<Ref<>> insert(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("insert", nargs, 2, 2));
    Deque* deque = as_deque(self);
    ssize_t index = TRY(as_ssize(args[0]))
    , size = deque->size;
    if (deque->max_length == size) return raise(exc::IndexError, "deque already at its maximum size");
    if (index >= size) {
        TRY(deque_append(deque, share(args[1])));
    } else if (index <= -size || index == 0) {
        TRY(deque_append_left(deque, share(args[1])));
    } else {
        TRY(deque_rotate(deque, -index));
        if (index < 0)
            TRY(deque_append(deque, share(args[1])));
        else
            TRY(deque_append_left(deque, share(args[1])));
        TRY(deque_rotate(deque, index));
    }
    return share(none());
}
// deque.__reduce__()
Fallible<Ref<>> reduce(Object* self) {
    Ref<> state = TRY(call_method(self, "__getstate__"_name));
    Ref<> iterator = TRY(iter(self));
    Ref<Tuple> arguments = tuple_empty();
    if (as_deque(self)->max_length >= 0) {
        Ref<Int> limit = TRY(int_from(as_deque(self)->max_length));
        arguments = TRY(tuple_pack(arguments.get(), limit.get()));
    }
    return tuple_pack(static_cast<Object*>(self->type), arguments.get(), state.get(), iterator.get());
}
// deque.__sizeof__()
Fallible<Ref<>> size_of(Object* self) {
    Deque* deque = as_deque(self);
    ssize_t blocks = (deque->left_index + deque->size + kBlockLength - 1) / kBlockLength;
    return int_from(self->type->basic_size + blocks * ssize_t(sizeof(DequeBlock)));
}

ssize_t deque_length(Object* object) {
    return as_deque(object)->size;
}

Object* deque_item(Object* object, ssize_t i) {
    Deque* deque = as_deque(object);
    if (size_t(i) >= size_t(deque->size)) return raise(exc::IndexError, "deque index out of range");
    return new_reference(*deque_slot(deque, i));
}
int deque_store_item(Object* object, ssize_t i, Object* value) {
    Deque* deque = as_deque(object);
    if (size_t(i) >= size_t(deque->size)) return raise(exc::IndexError, "deque index out of range");
    if (!value) return delete_at(deque, i).release();
    replace_slot(*deque_slot(deque, i), new_reference(value));
    return 0;
}
int deque_contains(Object* object, Object* value) {
    bool found = false;
    TRY(each(as_deque(object), 0, as_deque(object)->size, value, [&](ssize_t) { return found = true; }));
    return found;
}
Object* deque_concat(Object* a, Object* b) {
    if (!is_instance_of(b, deque_type))
        return raise(exc::TypeError, "can only concatenate deque (not \"%.200s\") to deque", b->type->name);
    Ref<> result = TRY(deque_copy(a));
    TRY(deque_extend(as_deque(result.get()), b));
    return result.release();
}
Object* deque_inplace_concat(Object* self, Object* other) {
    TRY(deque_extend(as_deque(self), other));
    return new_reference(self);
}
Object* deque_inplace_repeat(Object* self, ssize_t count) {
    Deque* deque = as_deque(self);
    if (deque->size == 0 || count == 1) return new_reference(self);
    if (count <= 0) {
        deque_clear(deque);
        return new_reference(self);
    }
    Ref<List> items = TRY(list_of(self));
    ssize_t total;
    if (__builtin_mul_overflow(items->size, count, &total)) return raise_memory_error();
    // A bounded deque keeps the last items only: no more repeats than fill it.
    if (deque->max_length >= 0 && total > deque->max_length + items->size)
        count = (deque->max_length + items->size - 1) / items->size + 1;
    for (; count > 1; --count)
        for (ssize_t i = 0; i < items->size; ++i)
            TRY(deque_append(deque, share(items->items[i])));
    return new_reference(self);
}
Object* deque_repeat(Object* self, ssize_t count) {
    Ref<> result = TRY(deque_copy(self));
    Ref<> repeated = TRY(Fallible<Ref<>>::from_slot(deque_inplace_repeat(result.get(), count)));
    return repeated.release();
}

}  // namespace

Object* deque_richcompare(Object* a, Object* b, int op) {
    if (!is_instance_of(a, deque_type) || !is_instance_of(b, deque_type)) return new_reference(not_implemented());
    ssize_t size_a = as_deque(a)->size, size_b = as_deque(b)->size;
    // FAST: deques of different length are not equal; a deque is equal to itself.
    if (size_a != size_b && (op == kEqual || op == kNotEqual)) return compare_result(op == kNotEqual);
    if (a == b && (op == kEqual || op == kNotEqual)) return compare_result(op == kEqual);
    Ref<> left = TRY(iter(a))
    , right = TRY(iter(b));
    for (;;) {
        Ref<> x = TRY(next(left.get()))
        , y = TRY(next(right.get()));
        if (!x || !y) return compare_outcome(x ? 1 : y ? -1 : 0, op);
        if (TRY(rich_compare_bool(x.get(), y.get(), kEqual))) continue;
        if (op == kEqual) return compare_result(false);
        if (op == kNotEqual) return compare_result(true);
        return rich_compare(x.get(), y.get(), CompareOp(op)).release();
    }
}

MethodDef deque_methods[] = {
    {"append", (CFunction)wrap_o<append>, kO, "Add an element to the right side of the deque."},
    {"appendleft", (CFunction)wrap_o<append_left>, kO, "Add an element to the left side of the deque."},
    {"clear", (CFunction)wrap_no_args<clear>, kNoArgs, "Remove all elements from the deque."},
    {"__copy__", (CFunction)wrap_no_args<deque_copy>, kNoArgs, "Return a shallow copy of a deque."},
    {"copy", (CFunction)wrap_no_args<deque_copy>, kNoArgs, "Return a shallow copy of a deque."},
    {"count", (CFunction)wrap_o<count>, kO, "D.count(value) -- how often the value occurs"},
    {"extend", (CFunction)wrap_o<extend>, kO, "Adds the iterable's items at the right."},
    {"extendleft", (CFunction)wrap_o<extend_left>, kO, "Adds the iterable's items at the left, one after the other."},
    {"index", (CFunction)(void*)wrap_fast<index_of>, kFastcall,
     "D.index(value, [start, [stop]]) -- first index of the value; ValueError where it is absent."},
    {"insert", (CFunction)(void*)wrap_fast<insert>, kFastcall, "D.insert(index, object) -- insert object before index"},
    {"pop", (CFunction)wrap_no_args<pop>, kNoArgs, "Remove and return the rightmost element."},
    {"popleft", (CFunction)wrap_no_args<pop_left>, kNoArgs, "Remove and return the leftmost element."},
    {"__reduce__", (CFunction)wrap_no_args<reduce>, kNoArgs, "Return state information for pickling."},
    {"remove", (CFunction)wrap_o<remove>, kO, "D.remove(value) -- remove first occurrence of value."},
    {"__reversed__", (CFunction)wrap_no_args<deque_reversed>, kNoArgs, "Iterates over the deque backwards."},
    {"reverse", (CFunction)wrap_no_args<reverse>, kNoArgs, "Turns the deque round, in place."},
    {"rotate", (CFunction)(void*)wrap_fast<rotate>, kFastcall, "Moves all items n steps to the right (default n=1)."},
    {"__sizeof__", (CFunction)wrap_no_args<size_of>, kNoArgs, "D.__sizeof__() -- size of D in memory, in bytes"},
    CLASS_GETITEM_ROW,
    END_ROW,
};
SequenceMethods deque_sequence = {.length = deque_length,
                                  .concat = deque_concat,
                                  .repeat = deque_repeat,
                                  .item = deque_item,
                                  .store_item = deque_store_item,
                                  .contains = deque_contains,
                                  .inplace_concat = deque_inplace_concat,
                                  .inplace_repeat = deque_inplace_repeat};

}  // namespace py::collections
