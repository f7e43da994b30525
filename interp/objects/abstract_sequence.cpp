// The sequence and mapping protocols: length, items, concatenation, containment, and lists of anything iterable.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

Fallible<ssize_t> length(Object* object) {
    Type* type = object->type;
    ssize_t size;
    if (type->as_sequence && type->as_sequence->length)
        size = type->as_sequence->length(object);
    else if (type->as_mapping && type->as_mapping->length)
        size = type->as_mapping->length(object);
    else
        return raise(exc::TypeError, "object of type '%.200s' has no len()", type->name);
    if (size < 0) return raised;
    return size;
}

Fallible<ssize_t> length_hint(Object* object, ssize_t default_value) {
    Type* type = object->type;
    if ((type->as_sequence && type->as_sequence->length) || (type->as_mapping && type->as_mapping->length)) {
        auto size = length(object);
        if (size.ok()) return size.take();
        if (!clear_error_if(exc::TypeError)) return raised;
    }
    Ref<> method = TRY(lookup_special(object, "__length_hint__"_name));
    if (!method) return default_value;
    auto answer = call(method.get());
    if (!answer.ok()) {
        if (clear_error_if(exc::TypeError)) return default_value;
        return raised;
    }
    Ref<> hint = answer.take();
    if (hint.get() == not_implemented()) return default_value;
    if (!is_int(hint.get()))
        return raise(exc::TypeError, "__length_hint__ must be an integer, not %.100s", hint->type->name);
    ssize_t value = TRY(as_ssize(hint.get()));
    if (value < 0) return raise(exc::ValueError, "__length_hint__() should return >= 0");
    return value;
}

// Items.

namespace {

// An index that may count from the end, for slots that take none below 0.
Fallible<ssize_t> wrapped_index(Object* object, ssize_t index) {
    if (index < 0 && object->type->as_sequence->length) {
        ssize_t size = object->type->as_sequence->length(object);
        if (size < 0) return raised;
        index += size;
    }
    return index;
}

Fallible<Ref<>> class_get_item(Object* class_object, Object* key) {
    // type itself has no __class_getitem__: type[int] is a generic alias all the same.
    if (class_object == &type_type) return generic_alias_new(class_object, key);
    Ref<> method = TRY(lookup_attr(class_object, "__class_getitem__"_name));
    if (method && !is_none(method.get())) return call(method.get(), key);
    return raise(exc::TypeError, "type '%.200s' is not subscriptable", static_cast<Type*>(class_object)->name);
}

}  // namespace

Fallible<Ref<>> get_item(Object* object, Object* key) {
    Type* type = object->type;
    if (type->as_mapping && type->as_mapping->subscript)
        return Fallible<Ref<>>::from_slot(type->as_mapping->subscript(object, key));
    if (type->as_sequence && type->as_sequence->item) {
        if (is_index(key)) return sequence_item(object, TRY(index_as_ssize(key, exc::IndexError)));
        return raise(exc::TypeError, "sequence index must be integer, not '%.200s'", key->type->name);
    }
    if (type->has(type_flag::kTypeSubclass)) return class_get_item(object, key);
    return raise(exc::TypeError, "'%.200s' object is not subscriptable", type->name);
}

Fallible<void> set_item(Object* object, Object* key, Object* value) {
    Type* type = object->type;
    if (type->as_mapping && type->as_mapping->store_subscript)
        return Fallible<void>::from_slot(type->as_mapping->store_subscript(object, key, value));
    if (type->as_sequence) {
        if (is_index(key)) return sequence_set_item(object, TRY(index_as_ssize(key, exc::IndexError)), value);
        if (type->as_sequence->store_item)
            return raise(exc::TypeError, "sequence index must be integer, not '%.200s'", key->type->name);
    }
    return raise(exc::TypeError, "'%.200s' object does not support item assignment", type->name);
}

Fallible<void> delete_item(Object* object, Object* key) {
    Type* type = object->type;
    if (type->as_mapping && type->as_mapping->store_subscript)
        return Fallible<void>::from_slot(type->as_mapping->store_subscript(object, key, nullptr));
    if (type->as_sequence) {
        if (is_index(key)) {
            ssize_t position = TRY(index_as_ssize(key, exc::IndexError));
            if (!type->as_sequence->store_item)
                return raise(exc::TypeError, "'%.200s' object doesn't support item deletion", type->name);
            position = TRY(wrapped_index(object, position));
            return Fallible<void>::from_slot(type->as_sequence->store_item(object, position, nullptr));
        }
        if (type->as_sequence->store_item)
            return raise(exc::TypeError, "sequence index must be integer, not '%.200s'", key->type->name);
    }
    return raise(exc::TypeError, "'%.200s' object does not support item deletion", type->name);
}

Fallible<Ref<>> sequence_item(Object* object, ssize_t index) {
    Type* type = object->type;
    if (type->as_sequence && type->as_sequence->item) {
        index = TRY(wrapped_index(object, index));
        return Fallible<Ref<>>::from_slot(type->as_sequence->item(object, index));
    }
    if (type->as_mapping && type->as_mapping->subscript)
        return raise(exc::TypeError, "%.200s is not a sequence", type->name);
    return raise(exc::TypeError, "'%.200s' object does not support indexing", type->name);
}

Fallible<void> sequence_set_item(Object* object, ssize_t index, Object* value) {
    Type* type = object->type;
    if (type->as_sequence && type->as_sequence->store_item) {
        index = TRY(wrapped_index(object, index));
        return Fallible<void>::from_slot(type->as_sequence->store_item(object, index, value));
    }
    if (type->as_mapping && type->as_mapping->store_subscript)
        return raise(exc::TypeError, "%.200s is not a sequence", type->name);
    return raise(exc::TypeError, "'%.200s' object does not support item assignment", type->name);
}

// Concatenation and repetition.

Fallible<Ref<>> sequence_concat(Object* a, Object* b) {
    SequenceMethods* methods = a->type->as_sequence;
    if (methods && methods->concat) return Fallible<Ref<>>::from_slot(methods->concat(a, b));
    // Classes with __add__ have no concat slot: between two sequences, + means it.
    if (is_sequence(a) && is_sequence(b) && a->type->as_number && a->type->as_number->add) return add(a, b);
    return raise(exc::TypeError, "'%.200s' object can't be concatenated", a->type->name);
}

Fallible<Ref<>> sequence_repeat(Object* object, ssize_t count) {
    SequenceMethods* methods = object->type->as_sequence;
    if (methods && methods->repeat) return Fallible<Ref<>>::from_slot(methods->repeat(object, count));
    if (is_sequence(object) && object->type->as_number && object->type->as_number->multiply) {
        Ref<Int> times = TRY(int_from(count));
        return binary_op(BinaryOp::Multiply, object, times.get());
    }
    return raise(exc::TypeError, "'%.200s' object can't be repeated", object->type->name);
}

// Searching.

namespace {

Fallible<Ref<>> iter_to_search(Object* object) {
    auto iterator = iter(object);
    if (!iterator.ok() && clear_error_if(exc::TypeError))
        return raise(exc::TypeError, "argument of type '%.200s' is not iterable", object->type->name);
    return iterator;
}

}  // namespace

Fallible<bool> contains(Object* container, Object* item) {
    SequenceMethods* methods = container->type->as_sequence;
    if (methods && methods->contains) {
        int found = methods->contains(container, item);
        if (found < 0) return raised;
        return found > 0;
    }
    Ref<> iterator = TRY(iter_to_search(container));
    while (Ref<> candidate = TRY(next(iterator.get())))
        if (TRY(equals(candidate.get(), item))) return true;
    return false;
}

Fallible<ssize_t> sequence_count(Object* object, Object* item) {
    Ref<> iterator = TRY(iter_to_search(object));
    ssize_t count = 0;
    while (Ref<> candidate = TRY(next(iterator.get()))) {
        if (!TRY(equals(candidate.get(), item))) continue;
        if (__builtin_add_overflow(count, 1, &count))
            return raise(exc::OverflowError, "count exceeds C integer size");
    }
    return count;
}

Fallible<ssize_t> sequence_index(Object* object, Object* item) {
    Ref<> iterator = TRY(iter_to_search(object));
    for (ssize_t position = 0;; ++position) {
        Ref<> candidate = TRY(next(iterator.get()));
        if (!candidate) return raise(exc::ValueError, "sequence.index(x): x not in sequence");
        if (TRY(equals(candidate.get(), item))) return position;
    }
}

bool is_sequence(Object* object) {
    return !is_dict(object) && object->type->as_sequence && object->type->as_sequence->item;
}

bool is_mapping(Object* object) { return object->type->as_mapping && object->type->as_mapping->subscript; }

// Lists and tuples of anything iterable.

Fallible<Ref<List>> list_of(Object* iterable) {
    Ref<List> list = TRY(list_new(0));
    TRY(list_extend(list.get(), iterable));
    return list;
}

Fallible<Ref<Tuple>> tuple_of(Object* iterable) {
    if (is_tuple_exact(iterable)) return share(as_tuple(iterable));
    if (is_list_exact(iterable)) return list_as_tuple(as_list(iterable));
    Ref<List> list = TRY(list_of(iterable));
    return list_as_tuple(list.get());
}

Fallible<Ref<>> fast_sequence(Object* iterable, const char* message) {
    if (is_list_exact(iterable) || is_tuple_exact(iterable)) return share(iterable);
    auto iterator = iter(iterable);
    if (!iterator.ok()) {
        if (clear_error_if(exc::TypeError)) return raise(exc::TypeError, "%s", message);
        return raised;
    }
    return TRY(list_of(iterator.take().get()));
}

Object** fast_sequence_items(Object* list_or_tuple) {
    return is_list(list_or_tuple) ? as_list(list_or_tuple)->items : as_tuple(list_or_tuple)->items;
}

ssize_t fast_sequence_size(Object* list_or_tuple) { return static_cast<VarObject*>(list_or_tuple)->size; }

// Mappings.

namespace {

Fallible<Ref<>> list_of_method(Object* mapping, Str* method, const char* method_text) {
    Ref<> view = TRY(call_method(mapping, method));
    auto iterator = iter(view.get());
    if (!iterator.ok()) {
        if (clear_error_if(exc::TypeError))
            return raise(exc::TypeError, "%.200s.%s() returned a non-iterable (type %.200s)", mapping->type->name,
                         method_text, view->type->name);
        return raised;
    }
    return TRY(list_of(iterator.take().get()));
}

}  // namespace

Fallible<Ref<>> mapping_keys(Object* mapping) {
    if (is_dict_exact(mapping)) return dict_keys_list(as_dict(mapping));
    return list_of_method(mapping, "keys"_name, "keys");
}

Fallible<Ref<>> mapping_values(Object* mapping) {
    if (is_dict_exact(mapping)) return dict_values_list(as_dict(mapping));
    return list_of_method(mapping, "values"_name, "values");
}

Fallible<Ref<>> mapping_items(Object* mapping) {
    if (is_dict_exact(mapping)) return dict_items_list(as_dict(mapping));
    return list_of_method(mapping, "items"_name, "items");
}

}  // namespace py
