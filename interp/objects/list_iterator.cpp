// list_iterator and list_reverseiterator.
#include "interp/objects/list_iterator.h"
#include "interp/objects/abstract.h"

#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/iterator_state.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {

Fallible<Ref<>> builtin_attr(const char* name) {
    Ref<Str> key = TRY(str_from_utf8(name));
    Object* value = runtime().builtins ? dict_get_str(runtime().builtins, key.get()) : nullptr;
    if (!value) return raise(exc::AttributeError, "%s", name);
    return share(value);
}

namespace {

ListIterator* iterator_new(Type& type, Object* list, ssize_t index) {
    auto iterator = static_cast<ListIterator*>(gc_object_new(&type, sizeof(ListIterator)));
    if (!iterator) return nullptr;
    iterator->index = index;
    iterator->list = new_reference(as_list(list));
    gc_track(iterator);
    return iterator;
}
void iterator_dealloc(Object* object) {
    gc_untrack(object);
    xdecref(static_cast<ListIterator*>(object)->list);
    gc_object_free(object);
}
int iterator_traverse(Object* object, Visit visit, void* arg) {
    VISIT(static_cast<ListIterator*>(object)->list);
    return 0;
}

Object* iterator_next(Object* object) {
    auto iterator = static_cast<ListIterator*>(object);
    List* list = iterator->list;
    if (!list) return nullptr;
    if (iterator->index < list->size) return new_reference(list->items[iterator->index++]);
    clear_slot(iterator->list);
    return nullptr;
}
Object* reverse_iterator_next(Object* object) {
    auto iterator = static_cast<ListIterator*>(object);
    List* list = iterator->list;
    if (!list) return nullptr;
    ssize_t index = iterator->index;
    if (index >= 0 && index < list->size) {
        --iterator->index;
        return new_reference(list->items[index]);
    }
    iterator->index = -1;
    clear_slot(iterator->list);
    return nullptr;
}

// list_iterator.__length_hint__()
Fallible<Ref<>> length_hint_forward(Object* object) {
    auto iterator = static_cast<ListIterator*>(object);
    ssize_t left = iterator->list ? iterator->list->size - iterator->index : 0;
    return int_from(left < 0 ? 0 : left);
}
// list_reverseiterator.__length_hint__()
Fallible<Ref<>> length_hint_backward(Object* object) {
    auto iterator = static_cast<ListIterator*>(object);
    ssize_t left = iterator->index + 1;
    return int_from(!iterator->list || iterator->list->size < left ? 0 : left);
}

Fallible<Ref<>> reduce_with(Object* object, const char* builtin_name) {
    auto iterator = static_cast<ListIterator*>(object);
    if (!iterator->list) {
        // An exhausted iterator pickles as one over an empty list.
        Ref<> builtin = TRY(builtin_attr("iter"));
        Ref<List> empty = TRY(list_new(0));
        Ref<Tuple> arguments = TRY(tuple_pack(empty.get()));
        return tuple_pack(builtin.get(), arguments.get());
    }
    Ref<> builtin = TRY(builtin_attr(builtin_name));
    if (!iterator->list) return reduce_with(object, builtin_name);
    Ref<Tuple> arguments = TRY(tuple_pack(iterator->list));
    Ref<> index = TRY(int_from(iterator->index));
    return tuple_pack(builtin.get(), arguments.get(), index.get());
}
// list_iterator.__reduce__()
Fallible<Ref<>> reduce_forward(Object* object) {
    return reduce_with(object, "iter");
}
// list_reverseiterator.__reduce__()
Fallible<Ref<>> reduce_backward(Object* object) {
    return reduce_with(object, "reversed");
}

// list_iterator.__setstate__(state, /)
Fallible<Ref<>> setstate_forward(Object* object, Object* state) {
    auto iterator = static_cast<ListIterator*>(object);
    ssize_t index = TRY(saved_position(state));
    if (iterator->list) iterator->index = index < 0 ? 0 : index > iterator->list->size ? iterator->list->size : index;
    return share(none());
}
// list_reverseiterator.__setstate__(state, /)
Fallible<Ref<>> setstate_backward(Object* object, Object* state) {
    auto iterator = static_cast<ListIterator*>(object);
    ssize_t index = TRY(saved_position(state));
    if (iterator->list) {
        if (index < -1) index = -1;
        iterator->index = index > iterator->list->size - 1 ? iterator->list->size - 1 : index;
    }
    return share(none());
}

MethodDef forward_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<length_hint_forward>, kNoArgs, "How many items are left."},
    {"__reduce__", (CFunction)wrap_no_args<reduce_forward>, kNoArgs, "For pickle."},
    {"__setstate__", (CFunction)wrap_o<setstate_forward>, kO, "For pickle."},
    END_ROW,
};
MethodDef backward_methods[] = {
    {"__length_hint__", (CFunction)wrap_no_args<length_hint_backward>, kNoArgs, "How many items are left."},
    {"__reduce__", (CFunction)wrap_no_args<reduce_backward>, kNoArgs, "For pickle."},
    {"__setstate__", (CFunction)wrap_o<setstate_backward>, kO, "For pickle."},
    END_ROW,
};

}  // namespace

Object* list_iter(Object* list) {
    return iterator_new(list_iterator_type, list, 0);
}

// list.__reversed__()
Fallible<Ref<>> list_reversed(Object* list) {
    return Fallible<Ref<>>::from_slot(iterator_new(list_reverse_iterator_type, list, as_list(list)->size - 1));
}

constinit Type list_iterator_type = static_type({
    .name = "list_iterator",
    .basic_size = sizeof(ListIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = iterator_dealloc,
    .traverse = iterator_traverse,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = iterator_next,
    .methods = forward_methods,
});
constinit Type list_reverse_iterator_type = static_type({
    .name = "list_reverseiterator",
    .basic_size = sizeof(ListIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = iterator_dealloc,
    .traverse = iterator_traverse,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = reverse_iterator_next,
    .methods = backward_methods,
});

}  // namespace py
