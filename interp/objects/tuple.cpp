// tuple and its iterator. Sizes 1 to 20 come from free lists; the empty tuple is one object.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict_table.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/iterator_state.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/types.h"

namespace py {

namespace {

constexpr ssize_t kFreeTupleSizes = 20;
constexpr int kFreeTuplesMax = 2000;
Tuple* free_tuples[kFreeTupleSizes + 1];  // chained through items[0]
int free_tuples_count[kFreeTupleSizes + 1];

constexpr size_t tuple_bytes(ssize_t size) {
    return sizeof(VarObject) + size_t(size) * sizeof(Object*);
}

struct EmptyTuple {
    GcHead head;
    Tuple tuple;
};
constinit EmptyTuple the_empty_tuple = {{0, 0}, {{{kImmortalRefcount, &tuple_type}, 0}, {nullptr}}};

// Not tracked, items uninitialised; size > 0.
Tuple* tuple_allocate(ssize_t size) {
    if (size <= kFreeTupleSizes && free_tuples[size]) {
        Tuple* tuple = free_tuples[size];
        free_tuples[size] = reinterpret_cast<Tuple*>(tuple->items[0]);
        --free_tuples_count[size];
        start_refcount(tuple);
        return tuple;
    }
    if (size_t(size) > (size_t(PTRDIFF_MAX) - sizeof(Tuple)) / sizeof(Object*)) return raise_memory_error();
    auto tuple = static_cast<Tuple*>(gc_object_new(&tuple_type, tuple_bytes(size)));
    if (tuple) tuple->size = size;
    return tuple;
}

}  // namespace

int tuple_free_list_count(ssize_t size) { return free_tuples_count[size]; }
void tuple_clear_free_lists() {
    for (int size = 1; size <= kFreeTupleSizes; ++size) {
        while (Tuple* tuple = free_tuples[size]) {
            free_tuples[size] = reinterpret_cast<Tuple*>(tuple->items[0]);
            gc_object_free(tuple);
        }
        free_tuples_count[size] = 0;
    }
}

Ref<Tuple> tuple_empty() {
    return share(&the_empty_tuple.tuple);
}

Fallible<Ref<Tuple>> tuple_new(ssize_t size) {
    if (size == 0) return tuple_empty();
    Tuple* tuple = tuple_allocate(size);
    if (!tuple) return raised;
    std::memset(tuple->items, 0, size_t(size) * sizeof(Object*));
    gc_track(tuple);
    return steal(tuple);
}

Fallible<Ref<Tuple>> tuple_from_array(Object* const* items, ssize_t count) {
    if (count == 0) return tuple_empty();
    Tuple* tuple = tuple_allocate(count);
    if (!tuple) return raised;
    for (ssize_t i = 0; i < count; ++i)
        tuple->items[i] = new_reference(items[i]);
    gc_track(tuple);
    return steal(tuple);
}

Fallible<Ref<Tuple>> tuple_steal_array(Object** items, ssize_t count) {
    if (count == 0) return tuple_empty();
    Tuple* tuple = tuple_allocate(count);
    if (!tuple) {
        for (ssize_t i = 0; i < count; ++i)
            decref(items[i]);
        return raised;
    }
    std::memcpy(tuple->items, items, size_t(count) * sizeof(Object*));
    gc_track(tuple);
    return steal(tuple);
}

Fallible<Ref<Tuple>> tuple_slice(Tuple* tuple, ssize_t start, ssize_t end) {
    if (start < 0) start = 0;
    if (end > tuple->size) end = tuple->size;
    if (end < start) end = start;
    if (start == 0 && end == tuple->size && is_tuple_exact(tuple)) return share(tuple);
    return tuple_from_array(tuple->items + start, end - start);
}

void tuple_maybe_untrack(Tuple* tuple) {
    if (!is_tuple_exact(tuple) || !gc_is_tracked(tuple)) return;
    for (ssize_t i = 0; i < tuple->size; ++i)
        if (!tuple->items[i] || may_be_tracked(tuple->items[i])) return;
    gc_untrack(tuple);
}

Fallible<Ref<Tuple>> list_as_tuple(List* list) {
    return tuple_from_array(list->items, list->size);
}

Object* self_iter(Object* iterator) {
    return new_reference(iterator);
}

namespace {

void tuple_dealloc(Object* object) {
    Tuple* tuple = as_tuple(object);
    if (tuple == &the_empty_tuple.tuple) {
        tuple->refcount = kImmortalRefcount;
        return;
    }
    gc_untrack(tuple);
    DeallocGuard guard(tuple);
    if (!guard.entered()) return;
    ssize_t size = tuple->size;
    for (ssize_t i = size; --i >= 0;)
        xdecref(tuple->items[i]);
    if (is_tuple_exact(tuple) && size <= kFreeTupleSizes && size > 0 && free_tuples_count[size] < kFreeTuplesMax) {
        tuple->items[0] = reinterpret_cast<Object*>(free_tuples[size]);
        free_tuples[size] = tuple;
        ++free_tuples_count[size];
        return;
    }
    object_memory_free(tuple);
}

int tuple_traverse(Object* object, Visit visit, void* arg) {
    Tuple* tuple = as_tuple(object);
    for (ssize_t i = tuple->size; --i >= 0;)
        VISIT(tuple->items[i]);
    return 0;
}

ssize_t tuple_length(Object* object) {
    return as_tuple(object)->size;
}

Object* tuple_item(Object* object, ssize_t index) {
    Tuple* tuple = as_tuple(object);
    if (size_t(index) >= size_t(tuple->size)) return raise(exc::IndexError, "tuple index out of range");
    return new_reference(tuple->items[index]);
}

int tuple_contains(Object* object, Object* item) {
    Tuple* tuple = as_tuple(object);
    for (ssize_t i = 0; i < tuple->size; ++i)
        if (TRY(container_equal(tuple->items[i], item))) return 1;
    return 0;
}

Object* tuple_concat(Object* a, Object* b) {
    if (as_tuple(a)->size == 0 && is_tuple_exact(b)) return new_reference(b);
    if (!is_tuple(b))
        return raise(exc::TypeError, "can only concatenate tuple (not \"%.200s\") to tuple", b->type->name);
    Tuple *left = as_tuple(a), *right = as_tuple(b);
    if (right->size == 0 && is_tuple_exact(left)) return new_reference(left);
    if (left->size > PTRDIFF_MAX - right->size) return raise_memory_error();
    ssize_t size = left->size + right->size;
    if (size == 0) return tuple_empty().release();
    Tuple* result = tuple_allocate(size);
    if (!result) return nullptr;
    for (ssize_t i = 0; i < left->size; ++i)
        result->items[i] = new_reference(left->items[i]);
    for (ssize_t i = 0; i < right->size; ++i)
        result->items[left->size + i] = new_reference(right->items[i]);
    gc_track(result);
    return result;
}

Object* tuple_repeat(Object* object, ssize_t count) {
    Tuple* tuple = as_tuple(object);
    if ((tuple->size == 0 || count == 1) && is_tuple_exact(tuple)) return new_reference(tuple);
    if (tuple->size == 0 || count <= 0) return tuple_empty().release();
    if (tuple->size > PTRDIFF_MAX / count) return raise_memory_error();
    ssize_t size = tuple->size * count;
    Tuple* result = tuple_allocate(size);
    if (!result) return nullptr;
    for (ssize_t i = 0; i < tuple->size; ++i)
        incref_times(tuple->items[i], count);
    for (ssize_t i = 0; i < size; i += tuple->size)
        std::memcpy(result->items + i, tuple->items, size_t(tuple->size) * sizeof(Object*));
    gc_track(result);
    return result;
}

Object* tuple_subscript(Object* object, Object* key) {
    Tuple* tuple = as_tuple(object);
    if (is_index(key)) {
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        if (index < 0) index += tuple->size;
        return tuple_item(tuple, index);
    }
    if (key->type != &slice_type)
        return raise(exc::TypeError, "tuple indices must be integers or slices, not %.200s", key->type->name);
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count = slice_adjust(tuple->size, &start, &stop, step);
    if (count <= 0) return tuple_empty().release();
    if (start == 0 && step == 1 && count == tuple->size && is_tuple_exact(tuple)) return new_reference(tuple);
    Tuple* result = tuple_allocate(count);
    if (!result) return nullptr;
    for (ssize_t i = 0; i < count; ++i, start += step)
        result->items[i] = new_reference(tuple->items[start]);
    gc_track(result);
    return result;
}

// The xxHash-derived mixing that CPython uses since 3.8.
Hash tuple_hash(Object* object) {
    constexpr size_t kPrime1 = 11400714785074694791u, kPrime2 = 14029467366897019727u, kPrime5 = 2870177450012600261u;
    Tuple* tuple = as_tuple(object);
    TRY(check_stack(""));
    size_t accumulator = kPrime5;
    for (ssize_t i = 0; i < tuple->size; ++i) {
        size_t lane = size_t(TRY(key_hash(tuple->items[i])));
        accumulator += lane * kPrime2;
        accumulator = (accumulator << 31) | (accumulator >> 33);
        accumulator *= kPrime1;
    }
    accumulator += size_t(tuple->size) ^ (kPrime5 ^ 3527539u);
    return accumulator == size_t(-1) ? 1546275796 : Hash(accumulator);
}

Object* tuple_richcompare(Object* a, Object* b, int op) {
    if (!is_tuple(a) || !is_tuple(b)) return new_reference(not_implemented());
    Tuple *left = as_tuple(a), *right = as_tuple(b);
    ssize_t i = 0, common = left->size < right->size ? left->size : right->size;
    while (i < common && TRY(container_equal(left->items[i], right->items[i])))
        ++i;
    if (i >= common) return compare_outcome(left->size < right->size ? -1 : left->size > right->size, op);
    if (op == kEqual) return compare_result(false);
    if (op == kNotEqual) return compare_result(true);
    return rich_compare(left->items[i], right->items[i], CompareOp(op)).release();
}

Fallible<Ref<>> tuple_repr(Object* object) {
    Tuple* tuple = as_tuple(object);
    if (tuple->size == 0) return str_from_ascii("()");
    ReprGuard guard(object);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return str_from_ascii("(...)");
    StrBuilder text;
    TRY(text.append_ascii("("));
    for (ssize_t i = 0; i < tuple->size; ++i) {
        if (i > 0) TRY(text.append_ascii(", "));
        TRY(text.append(TRY(repr(tuple->items[i])).get()));
    }
    TRY(text.append_ascii(tuple->size == 1 ? ",)" : ")"));
    return text.finish();
}

// tuple(iterable=(), /)
Fallible<Ref<>> tuple_make(Object* iterable) {
    return tuple_of(iterable);
}

Fallible<Ref<>> tuple_subtype_new(Type* type, Object* iterable) {
    Ref<Tuple> source = iterable ? TRY(tuple_of(iterable)) : tuple_empty();
    Ref<> result = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, source->size)));
    Tuple* tuple = as_tuple(result.get());
    for (ssize_t i = 0; i < source->size; ++i)
        tuple->items[i] = new_reference(source->items[i]);
    return result;
}

Object* tuple_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &tuple_type || type->init == tuple_type.init) TRY(check_no_keywords("tuple", kwargs));
    TRY(check_positional("tuple", as_tuple(args)->size, 0, 1));
    Object* iterable = as_tuple(args)->size ? as_tuple(args)->items[0] : nullptr;
    if (type != &tuple_type) return tuple_subtype_new(type, iterable).release();
    if (!iterable) return tuple_empty().release();
    return tuple_make(iterable).release();
}

Object* tuple_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("tuple", kwnames));
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_positional("tuple", nargs, 0, 1));
    Object* iterable = nargs ? args[0] : nullptr;
    if (type != &tuple_type) return tuple_subtype_new(static_cast<Type*>(type), iterable).release();
    if (!iterable) return tuple_empty().release();
    return tuple_make(iterable).release();
}

// tuple.__getnewargs__()
Fallible<Ref<>> tuple_getnewargs(Object* self) {
    Ref<Tuple> copy = TRY(tuple_slice(as_tuple(self), 0, as_tuple(self)->size));
    return tuple_pack(copy.get());
}

// tuple.index(value, start=0, stop=sys.maxsize, /)
Fallible<Ref<>> tuple_index(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("index", nargs, 1, 3));
    Tuple* tuple = as_tuple(self);
    ssize_t start = 0, stop = PTRDIFF_MAX;
    if (nargs > 1) TRY(slice_bound(args[1], &start));
    if (nargs > 2) TRY(slice_bound(args[2], &stop));
    if (start < 0 && (start += tuple->size) < 0) start = 0;
    if (stop < 0) stop += tuple->size;
    if (stop > tuple->size) stop = tuple->size;
    for (ssize_t i = start; i < stop; ++i)
        if (TRY(container_equal(tuple->items[i], args[0]))) return int_from(i);
    return raise(exc::ValueError, "tuple.index(x): x not in tuple");
}

// tuple.count(value, /)
Fallible<Ref<>> tuple_count(Object* self, Object* value) {
    Tuple* tuple = as_tuple(self);
    ssize_t count = 0;
    for (ssize_t i = 0; i < tuple->size; ++i)
        count += TRY(container_equal(tuple->items[i], value));
    return int_from(count);
}

struct TupleIterator : Object {
    ssize_t index;
    Tuple* tuple;  // null: exhausted
};

Object* tuple_iter(Object* object) {
    auto iterator = static_cast<TupleIterator*>(gc_object_new(&tuple_iterator_type, sizeof(TupleIterator)));
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->tuple = new_reference(as_tuple(object));
    gc_track(iterator);
    return iterator;
}
void tuple_iterator_dealloc(Object* object) {
    gc_untrack(object);
    xdecref(static_cast<TupleIterator*>(object)->tuple);
    gc_object_free(object);
}
Object* tuple_iterator_next(Object* object) {
    auto iterator = static_cast<TupleIterator*>(object);
    Tuple* tuple = iterator->tuple;
    if (!tuple) return nullptr;
    if (iterator->index < tuple->size) return new_reference(tuple->items[iterator->index++]);
    clear_slot(iterator->tuple);
    return nullptr;
}
// tuple_iterator.__length_hint__()
Fallible<Ref<>> tuple_iterator_length_hint(Object* object) {
    auto iterator = static_cast<TupleIterator*>(object);
    return int_from(iterator->tuple ? iterator->tuple->size - iterator->index : 0);
}
// tuple_iterator.__reduce__()
Fallible<Ref<>> tuple_iterator_reduce(Object* object) {
    auto iterator = static_cast<TupleIterator*>(object);
    Ref<> builtin = TRY(builtin_attr("iter"));
    if (!iterator->tuple) {
        Ref<Tuple> arguments = TRY(tuple_pack(tuple_empty().get()));
        return tuple_pack(builtin.get(), arguments.get());
    }
    Ref<Tuple> arguments = TRY(tuple_pack(iterator->tuple));
    Ref<> index = TRY(int_from(iterator->index));
    return tuple_pack(builtin.get(), arguments.get(), index.get());
}
// tuple_iterator.__setstate__(state, /)
Fallible<Ref<>> tuple_iterator_setstate(Object* object, Object* state) {
    auto iterator = static_cast<TupleIterator*>(object);
    ssize_t index = TRY(saved_position(state));
    if (iterator->tuple) {
        if (index < 0) index = 0;
        iterator->index = index > iterator->tuple->size ? iterator->tuple->size : index;
    }
    return share(none());
}

MethodDef tuple_iterator_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<tuple_iterator_length_hint>, kNoArgs, "How many items are left."},
    {"__reduce__", (CFunction)wrap_no_args<tuple_iterator_reduce>, kNoArgs, "For pickle."},
    {"__setstate__", (CFunction)wrap_o<tuple_iterator_setstate>, kO, "For pickle."},
    END_ROW,
};

MethodDef tuple_methods[] = {
    METHOD_NOARGS("__getnewargs__", tuple_getnewargs, "($self, /)", "For pickle."),
    METHOD_FAST("index", tuple_index, "($self, value, start=0, stop=sys.maxsize, /)",
                "The first index of the value; ValueError where it is absent."),
    METHOD_O("count", tuple_count, "($self, value, /)", "How often the value occurs."),
    CLASS_GETITEM_ROW,
    END_ROW,
};
SequenceMethods tuple_sequence = {.length = tuple_length,
                                  .concat = tuple_concat,
                                  .repeat = tuple_repeat,
                                  .item = tuple_item,
                                  .contains = tuple_contains};
MappingMethods tuple_mapping = {.length = tuple_length, .subscript = tuple_subscript};

}  // namespace

constinit Type tuple_type = static_type({
    .name = "tuple",
    .basic_size = sizeof(VarObject),
    .item_size = sizeof(Object*),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kTupleSubclass | type_flag::kMatchSelf |
             type_flag::kSequence,
    .doc = "tuple(iterable=(), /)\n--\n\nAn immutable sequence of the iterable's items.",
    .dealloc = tuple_dealloc,
    .traverse = tuple_traverse,
    .repr = slot1<tuple_repr>,
    .hash = tuple_hash,
    .richcompare = tuple_richcompare,
    .vectorcall = tuple_vectorcall,
    .getattro = generic_getattro_slot,
    .iter = tuple_iter,
    .sequence = &tuple_sequence,
    .mapping = &tuple_mapping,
    .methods = tuple_methods,
    .new_ = tuple_tp_new,
});

constinit Type tuple_iterator_type = static_type({
    .name = "tuple_iterator",
    .basic_size = sizeof(TupleIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = tuple_iterator_dealloc,
    .traverse = traverse_members<&TupleIterator::tuple>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = tuple_iterator_next,
    .methods = tuple_iterator_methods,
});

}  // namespace py
