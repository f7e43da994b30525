// PySequence_*, PyMapping_*, PyIter_*, and the iterators of sequences.
#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/generator.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

API int PySequence_Check(Object* object) {
    return is_sequence(object);
}
API ssize_t PySequence_Size(Object* object) {
    if (SequenceMethods* slots = object->type->as_sequence; slots && slots->length) return slots->length(object);
    return raise(exc::TypeError, is_mapping(object) ? "%T is not a sequence" : "object of type '%T' has no len()",
                 object);
}
API ssize_t PySequence_Length(Object* object) {
    return PySequence_Size(object);
}
API Object* PySequence_GetItem(Object* object, ssize_t index) {
    return sequence_item(object, index).release();
}
API int PySequence_SetItem(Object* object, ssize_t index, Object* value) {
    if (value) return sequence_set_item(object, index, value).release();
    Ref<Int> key = TRY(int_from(index));
    return delete_item(object, key.get()).release();
}
API int PySequence_DelItem(Object* object, ssize_t index) {
    return PySequence_SetItem(object, index, nullptr);
}
static Fallible<Ref<Slice>> slice_of(ssize_t start, ssize_t end) {
    Ref<Int> low = TRY(int_from(start))
    , high = TRY(int_from(end));
    return slice_new(low.get(), high.get(), nullptr);
}
API Object* PySequence_GetSlice(Object* object, ssize_t start, ssize_t end) {
    Ref<Slice> slice = TRY(slice_of(start, end));
    return get_item(object, slice.get()).release();
}
API int PySequence_SetSlice(Object* object, ssize_t start, ssize_t end, Object* value) {
    Ref<Slice> slice = TRY(slice_of(start, end));
    return value ? set_item(object, slice.get(), value).release() : delete_item(object, slice.get()).release();
}
API int PySequence_DelSlice(Object* object, ssize_t start, ssize_t end) {
    return PySequence_SetSlice(object, start, end, nullptr);
}
API Object* PySequence_Concat(Object* a, Object* b) {
    return sequence_concat(a, b).release();
}
API Object* PySequence_Repeat(Object* object, ssize_t count) {
    return sequence_repeat(object, count).release();
}
API Object* PySequence_InPlaceConcat(Object* a, Object* b) {
    SequenceMethods* slots = a->type->as_sequence;
    if (slots && slots->inplace_concat) return slots->inplace_concat(a, b);
    return sequence_concat(a, b).release();
}
API Object* PySequence_InPlaceRepeat(Object* object, ssize_t count) {
    SequenceMethods* slots = object->type->as_sequence;
    if (slots && slots->inplace_repeat) return slots->inplace_repeat(object, count);
    return sequence_repeat(object, count).release();
}
API int PySequence_Contains(Object* object, Object* item) {
    return as_status(contains(object, item));
}
API int PySequence_In(Object* object, Object* item) {
    return as_status(contains(object, item));
}
API ssize_t PySequence_Count(Object* object, Object* item) {
    return or_minus_one(sequence_count(object, item));
}
API ssize_t PySequence_Index(Object* object, Object* item) {
    return or_minus_one(sequence_index(object, item));
}
API Object* PySequence_List(Object* object) {
    return list_of(object).release();
}
API Object* PySequence_Tuple(Object* object) {
    return tuple_of(object).release();
}
API Object* PySequence_Fast(Object* object, const char* message) {
    return fast_sequence(object, message).release();
}

API int PyMapping_Check(Object* object) {
    return object && is_mapping(object);
}
API ssize_t PyMapping_Size(Object* object) {
    return or_minus_one(length(object));
}
API ssize_t PyMapping_Length(Object* object) {
    return or_minus_one(length(object));
}
API Object* PyMapping_GetItemString(Object* object, const char* key) {
    Ref<Str> text = TRY(str_from_utf8(key));
    return get_item(object, text.get()).release();
}
API int PyMapping_SetItemString(Object* object, const char* key, Object* value) {
    Ref<Str> text = TRY(str_from_utf8(key));
    return set_item(object, text.get(), value).release();
}
API int PyMapping_HasKey(Object* object, Object* key) {
    Fallible<Ref<>> found = get_item(object, key);
    if (!found.ok()) clear_error();
    return found.ok();
}
API int PyMapping_HasKeyString(Object* object, const char* key) {
    Ref<> found = steal(PyMapping_GetItemString(object, key));
    if (!found) clear_error();
    return bool(found);
}
API Object* PyMapping_Keys(Object* object) {
    return mapping_keys(object).release();
}
API Object* PyMapping_Values(Object* object) {
    return mapping_values(object).release();
}
API Object* PyMapping_Items(Object* object) {
    return mapping_items(object).release();
}

API int PyIter_Check(Object* object) {
    return is_iterator(object);
}
API Object* PyIter_Next(Object* iterator) {
    Lookup<> item = next(iterator);
    return item.take().release();  // null without an exception: exhausted
}
API int PyIter_Send(Object* iterator, Object* value, Object** result) {
    if (AsyncMethods* slots = iterator->type->as_async; slots && slots->send)
        return slots->send(iterator, value, result);
    *result = is_none(value) && is_iterator(iterator) ? iterator->type->iternext(iterator)
                                                      : call_method(iterator, "send"_name, value).release();
    if (*result) return 1;  // PYGEN_NEXT
    Lookup<> returned = take_stop_iteration_value();
    if (!returned.ok()) return -1;
    *result = returned.take().release();
    return 0;  // PYGEN_RETURN
}
API int PyAIter_Check(Object* object) {
    AsyncMethods* slots = object->type->as_async;
    return slots && slots->anext && slots->anext != UnarySlot(next_not_implemented);
}
API Object* PySeqIter_New(Object* sequence) {
    return sequence_iterator_new(sequence).release();
}
API Object* PyCallIter_New(Object* callable, Object* sentinel) {
    return callable_iterator_new(callable, sentinel).release();
}

}  // namespace py
