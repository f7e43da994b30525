// The algebra, comparisons and methods of set and frozenset.
#include "interp/objects/module.h"
#include "interp/objects/set_table.h"

namespace py {

namespace {

Fallible<Ref<Set>> copy_of(Set* set) {
    return set_new_like(set, set);
}

Fallible<Ref<Set>> intersection(Set* set, Object* other) {
    if (set == other) return copy_of(set);
    Ref<Set> result = TRY(set_new_like(set, nullptr));
    if (is_any_set(other)) {
        Set *small = as_set(other), *large = set;
        if (small->used > large->used) std::swap(small, large);
        ssize_t position = 0;
        Object* key;
        Hash key_hash_value;
        while (set_next(small, &position, &key, &key_hash_value)) {
            Ref<> held = share(key);
            if (TRY(set_contains_hashed(large, key, key_hash_value)))
                TRY(set_add_hashed(result.get(), key, key_hash_value));
        }
        return result;
    }
    Ref<> iterator = TRY(iter(other));
    while (Ref<> key = TRY(next(iterator.get()))) {
        Hash key_hash_value = TRY(key_hash(key.get()));
        if (TRY(set_contains_hashed(set, key.get(), key_hash_value)))
            TRY(set_add_hashed(result.get(), key.get(), key_hash_value));
    }
    return result;
}

Fallible<void> discard_all(Set* set, Object* iterable) {
    if (is_any_set(iterable)) {
        // FAST: a far larger other set is cut down to what the two have in common first.
        Ref<Set> other = share(as_set(iterable));
        if ((other->used >> 3) > set->used) other = TRY(intersection(set, iterable));
        ssize_t position = 0;
        Object* key;
        Hash key_hash_value;
        while (set_next(other.get(), &position, &key, &key_hash_value)) {
            Ref<> held = share(key);
            TRY(set_discard_hashed(set, key, key_hash_value));
        }
        return {};
    }
    Ref<> iterator = TRY(iter(iterable));
    while (Ref<> key = TRY(next(iterator.get())))
        TRY(set_discard(set, key.get()));
    return {};
}

}  // namespace

Fallible<void> set_difference_update(Set* set, Object* iterable) {
    if (set == iterable) {
        set_clear(set);
        return {};
    }
    TRY(discard_all(set, iterable));
    // Many deleted entries are swept away.
    if (size_t(set->fill - set->used) <= size_t(set->mask) / 4) return {};
    return set_resize(set, set_growth(set));
}

namespace {

Fallible<Ref<Set>> difference(Set* set, Object* other) {
    ssize_t other_size;
    if (is_any_set(other)) {
        other_size = as_set(other)->used;
    } else if (is_dict_exact(other)) {
        other_size = as_dict(other)->used;
    } else {
        Ref<Set> result = TRY(copy_of(set));
        TRY(set_difference_update(result.get(), other));
        return result;
    }
    if ((set->used >> 2) > other_size) {
        Ref<Set> result = TRY(copy_of(set));
        TRY(set_difference_update(result.get(), other));
        return result;
    }
    Ref<Set> result = TRY(set_new_like(set, nullptr));
    ssize_t position = 0;
    Object* key;
    Hash key_hash_value;
    while (set_next(set, &position, &key, &key_hash_value)) {
        Ref<> held = share(key);
        bool there;
        if (is_any_set(other))
            there = TRY(set_contains_hashed(as_set(other), key, key_hash_value));
        else
            there = bool(TRY(dict_get_known_hash(as_dict(other), key, key_hash_value)));
        if (!there) TRY(set_add_hashed(result.get(), key, key_hash_value));
    }
    return result;
}

Fallible<void> toggle(Set* set, Object* key, Hash key_hash_value) {
    Ref<> held = share(key);
    if (!TRY(set_discard_hashed(set, key, key_hash_value))) TRY(set_add_hashed(set, key, key_hash_value));
    return {};
}

}  // namespace

Fallible<void> set_symmetric_difference_update(Set* set, Object* iterable) {
    if (set == iterable) {
        set_clear(set);
        return {};
    }
    ssize_t position = 0;
    Object* key;
    Hash key_hash_value;
    if (is_dict_exact(iterable)) {
        while (dict_next(as_dict(iterable), &position, &key, nullptr, &key_hash_value))
            TRY(toggle(set, key, key_hash_value));
        return {};
    }
    Ref<Set> other = is_any_set(iterable) ? share(as_set(iterable)) : TRY(set_new_like(set, iterable));
    while (set_next(other.get(), &position, &key, &key_hash_value))
        TRY(toggle(set, key, key_hash_value));
    return {};
}

Fallible<bool> set_is_subset(Set* set, Object* other) {
    if (!is_any_set(other)) {
        Ref<Set> common = TRY(intersection(set, other));
        return common->used == set->used;
    }
    if (set->used > as_set(other)->used) return false;
    ssize_t position = 0;
    Object* key;
    Hash key_hash_value;
    while (set_next(set, &position, &key, &key_hash_value)) {
        Ref<> held = share(key);
        if (!TRY(set_contains_hashed(as_set(other), key, key_hash_value))) return false;
    }
    return true;
}

Object* set_richcompare(Object* a, Object* b, int op) {
    if (!is_any_set(b)) return new_reference(not_implemented());
    Set *left = as_set(a), *right = as_set(b);
    switch (op) {
        case kEqual:
        case kNotEqual: {
            bool equal =
                left->used == right->used &&
                !(left->hash_value != -1 && right->hash_value != -1 && left->hash_value != right->hash_value) &&
                TRY(set_is_subset(left, right));
            return compare_result(equal == (op == kEqual));
        }
        case kLessEqual: return compare_result(TRY(set_is_subset(left, right)));
        case kGreaterEqual: return compare_result(TRY(set_is_subset(right, left)));
        case kLess: return compare_result(left->used < right->used && TRY(set_is_subset(left, right)));
        default: return compare_result(left->used > right->used && TRY(set_is_subset(right, left)));
    }
}

namespace {

bool both_sets(Object* a, Object* b) {
    return is_any_set(a) && is_any_set(b);
}

Object* set_or(Object* a, Object* b) {
    if (!both_sets(a, b)) return new_reference(not_implemented());
    Ref<Set> result = TRY(copy_of(as_set(a)));
    if (a != b) TRY(set_update(result.get(), b));
    return result.release();
}
Object* set_and(Object* a, Object* b) {
    if (!both_sets(a, b)) return new_reference(not_implemented());
    return intersection(as_set(a), b).release();
}
Object* set_sub(Object* a, Object* b) {
    if (!both_sets(a, b)) return new_reference(not_implemented());
    return difference(as_set(a), b).release();
}
Fallible<Ref<Set>> symmetric_difference(Object* a, Object* b) {
    Ref<Set> result = TRY(set_new_like(as_set(a), b));
    TRY(set_symmetric_difference_update(result.get(), a));
    return result;
}
Object* set_xor(Object* a, Object* b) {
    if (!both_sets(a, b)) return new_reference(not_implemented());
    return symmetric_difference(a, b).release();
}
Object* set_inplace_or(Object* a, Object* b) {
    if (!is_any_set(b)) return new_reference(not_implemented());
    TRY(set_update(as_set(a), b));
    return new_reference(a);
}
Fallible<void> intersection_update_one(Set* set, Object* other) {
    Ref<Set> common = TRY(intersection(set, other));
    set_swap(set, common.get());
    return {};
}
Object* set_inplace_and(Object* a, Object* b) {
    if (!is_any_set(b)) return new_reference(not_implemented());
    TRY(intersection_update_one(as_set(a), b));
    return new_reference(a);
}
Object* set_inplace_sub(Object* a, Object* b) {
    if (!is_any_set(b)) return new_reference(not_implemented());
    TRY(set_difference_update(as_set(a), b));
    return new_reference(a);
}
Object* set_inplace_xor(Object* a, Object* b) {
    if (!is_any_set(b)) return new_reference(not_implemented());
    TRY(set_symmetric_difference_update(as_set(a), b));
    return new_reference(a);
}

// set.add(element, /)
Fallible<Ref<>> set_add_method(Object* self, Object* key) {
    TRY(set_add(as_set(self), key));
    return share(none());
}

// Sets that are given as keys stand for the frozenset of their elements.
Fallible<bool> discard_key(Object* self, Object* key) {
    auto found = set_discard(as_set(self), key);
    if (found.ok()) return found.take();
    if (!is_set(key) || !clear_error_if(exc::TypeError)) return raised;
    Ref<Set> frozen = TRY(frozenset_new(key));
    return set_discard(as_set(self), frozen.get());
}
// set.remove(element, /)
Fallible<Ref<>> set_remove(Object* self, Object* key) {
    if (!TRY(discard_key(self, key))) return raise_key_error(key);
    return share(none());
}
// set.discard(element, /)
Fallible<Ref<>> set_discard_method(Object* self, Object* key) {
    TRY(discard_key(self, key));
    return share(none());
}
// set.pop()
Fallible<Ref<>> set_pop_method(Object* self) {
    return set_pop(as_set(self));
}
// set.clear()
Fallible<Ref<>> set_clear_method(Object* self) {
    set_clear(as_set(self));
    return share(none());
}
// set.copy()
Fallible<Ref<>> set_copy_method(Object* self) {
    return copy_of(as_set(self));
}
// frozenset.copy()
Fallible<Ref<>> frozenset_copy_method(Object* self) {
    if (is_exact(self, frozenset_type)) return share(self);
    return copy_of(as_set(self));
}
// set.update(*others)
Fallible<Ref<>> set_update_method(Object* self, Object* const* args, ssize_t nargs) {
    for (ssize_t i = 0; i < nargs; ++i)
        TRY(set_update(as_set(self), args[i]));
    return share(none());
}
// set.union(*others)
Fallible<Ref<>> set_union(Object* self, Object* const* args, ssize_t nargs) {
    Ref<Set> result = TRY(copy_of(as_set(self)));
    for (ssize_t i = 0; i < nargs; ++i)
        if (args[i] != self) TRY(set_update(result.get(), args[i]));
    return result;
}
// set.intersection(*others)
Fallible<Ref<>> set_intersection(Object* self, Object* const* args, ssize_t nargs) {
    Ref<Set> result = nargs ? share(as_set(self)) : TRY(copy_of(as_set(self)));
    for (ssize_t i = 0; i < nargs; ++i)
        result = TRY(intersection(result.get(), args[i]));
    return result;
}
// set.intersection_update(*others)
Fallible<Ref<>> set_intersection_update(Object* self, Object* const* args, ssize_t nargs) {
    Ref<> common = TRY(set_intersection(self, args, nargs));
    set_swap(as_set(self), as_set(common.get()));
    return share(none());
}
// set.difference(*others)
Fallible<Ref<>> set_difference(Object* self, Object* const* args, ssize_t nargs) {
    if (nargs == 0) return copy_of(as_set(self));
    Ref<Set> result = TRY(difference(as_set(self), args[0]));
    for (ssize_t i = 1; i < nargs; ++i)
        TRY(set_difference_update(result.get(), args[i]));
    return result;
}
// set.difference_update(*others)
Fallible<Ref<>> set_difference_update_method(Object* self, Object* const* args, ssize_t nargs) {
    for (ssize_t i = 0; i < nargs; ++i)
        TRY(set_difference_update(as_set(self), args[i]));
    return share(none());
}
// set.symmetric_difference(other, /)
Fallible<Ref<>> set_symmetric_difference(Object* self, Object* other) {
    return symmetric_difference(self, other);
}
// set.symmetric_difference_update(other, /)
Fallible<Ref<>> set_symmetric_difference_update_method(Object* self, Object* other) {
    TRY(set_symmetric_difference_update(as_set(self), other));
    return share(none());
}
// set.issubset(other, /)
Fallible<Ref<>> set_issubset(Object* self, Object* other) {
    return bool_from(TRY(set_is_subset(as_set(self), other)));
}
// set.issuperset(other, /)
Fallible<Ref<>> set_issuperset(Object* self, Object* other) {
    if (is_any_set(other)) return bool_from(TRY(set_is_subset(as_set(other), self)));
    Ref<> iterator = TRY(iter(other));
    while (Ref<> key = TRY(next(iterator.get())))
        if (!TRY(set_contains(as_set(self), key.get()))) return bool_from(false);
    return bool_from(true);
}
// set.isdisjoint(other, /)
Fallible<Ref<>> set_isdisjoint(Object* self, Object* other) {
    Set* set = as_set(self);
    if (self == other) return bool_from(set->used == 0);
    if (is_exact(other, set_type) || is_exact(other, frozenset_type)) {
        Set *small = as_set(other), *large = set;
        if (small->used > large->used) std::swap(small, large);
        ssize_t position = 0;
        Object* key;
        Hash key_hash_value;
        while (set_next(small, &position, &key, &key_hash_value)) {
            Ref<> held = share(key);
            if (TRY(set_contains_hashed(large, key, key_hash_value))) return bool_from(false);
        }
        return bool_from(true);
    }
    Ref<> iterator = TRY(iter(other));
    while (Ref<> key = TRY(next(iterator.get())))
        if (TRY(set_contains(set, key.get()))) return bool_from(false);
    return bool_from(true);
}
// set.__contains__(element, /)
Fallible<Ref<>> set_contains_method(Object* self, Object* key) {
    int found = set_type.as_sequence->contains(self, key);
    if (found < 0) return raised;
    return bool_from(found);
}
// set.__reduce__()
Fallible<Ref<>> set_reduce(Object* self) {
    Ref<List> keys = TRY(list_of(self));
    Ref<Tuple> arguments = TRY(tuple_pack(keys.get()));
    Ref<> state = TRY(call_method(self, "__getstate__"_name));
    return tuple_pack(static_cast<Object*>(self->type), arguments.get(), state.get());
}
// set.__sizeof__()
Fallible<Ref<>> set_sizeof(Object* self) {
    Set* set = as_set(self);
    ssize_t size = self->type->basic_size;
    if (set->table != set->small_table) size += (set->mask + 1) * ssize_t(sizeof(SetEntry));
    return int_from(size);
}

constexpr MethodDef no_args(const char* name, CFunction function, const char* doc) {
    return {name, function, kNoArgs, doc};
}
constexpr MethodDef one(const char* name, CFunction function, const char* doc) {
    return {name, function, kO, doc};
}
template <auto F>
MethodDef any(const char* name, const char* doc) {
    return {name, (CFunction)(void*)wrap_fast<F>, kFastcall | kBareName, doc};
}
}  // namespace

// The rows that set and frozenset have in common.
#define SET_METHODS                                                                                            \
    {"__contains__", (CFunction)wrap_o<set_contains_method>, kO | kCoexist, "x.__contains__(y) <==> y in x."}, \
        one("isdisjoint", wrap_o<set_isdisjoint>, "Do the two have no element in common?"),                    \
        one("issubset", wrap_o<set_issubset>, "Is every element of this set in the other?"),                   \
        one("issuperset", wrap_o<set_issuperset>, "Is every element of the other in this set?"),               \
        one("symmetric_difference", wrap_o<set_symmetric_difference>,                                          \
            "A new set: elements in exactly one of the two."),                                                 \
        any<set_difference>("difference", "A new set: elements that are in none of the others."),              \
        any<set_intersection>("intersection", "A new set: elements that are in all the others too."),          \
        any<set_union>("union", "A new set: elements of this set and of all the others."),                     \
        no_args("__reduce__", wrap_no_args<set_reduce>, "For pickle."),                                        \
        no_args("__sizeof__", wrap_no_args<set_sizeof>, "Bytes in memory, the table included."), CLASS_GETITEM_ROW

MethodDef set_methods[] = {
    SET_METHODS,
    one("add", wrap_o<set_add_method>, "Puts an element in; nothing happens when it is there."),
    no_args("clear", wrap_no_args<set_clear_method>, "Takes out every element."),
    no_args("copy", wrap_no_args<set_copy_method>, "A shallow copy."),
    one("discard", wrap_o<set_discard_method>, "Takes an element out if it is there."),
    one("remove", wrap_o<set_remove>, "Takes an element out; KeyError where it is absent."),
    no_args("pop", wrap_no_args<set_pop_method>, "Takes out and returns some element; KeyError when empty."),
    any<set_update_method>("update", "Adds the elements of all the others."),
    any<set_difference_update_method>("difference_update", "Takes out the elements of all the others."),
    any<set_intersection_update>("intersection_update", "Keeps only what is in all the others too."),
    one("symmetric_difference_update", wrap_o<set_symmetric_difference_update_method>,
        "Keeps only what is in exactly one of the two."),
    END_ROW,
};
MethodDef frozenset_methods[] = {
    SET_METHODS,
    no_args("copy", wrap_no_args<frozenset_copy_method>, "A shallow copy; the same object for exact frozensets."),
    END_ROW,
};
#undef SET_METHODS

NumberMethods set_number = {.subtract = set_sub,
                            .bit_and = set_and,
                            .bit_xor = set_xor,
                            .bit_or = set_or,
                            .inplace_subtract = set_inplace_sub,
                            .inplace_and = set_inplace_and,
                            .inplace_xor = set_inplace_xor,
                            .inplace_or = set_inplace_or};
NumberMethods frozenset_number = {.subtract = set_sub, .bit_and = set_and, .bit_xor = set_xor, .bit_or = set_or};

}  // namespace py
