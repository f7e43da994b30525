// PyList_*, PyTuple_*, PyDict_*, PySet_*, PySlice_*.
#include "interp/objects/containers.h"

#include <cstdarg>

#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/str.h"

namespace py {

static bool bad_call(bool good) {
    if (!good) (void)raise(exc::SystemError, "bad argument to internal function");
    return !good;
}

API Object* PyList_New(ssize_t size) {
    return bad_call(size >= 0) ? nullptr : list_new(size).release();
}
API ssize_t PyList_Size(Object* list) {
    return bad_call(is_list(list)) ? -1 : as_list(list)->size;
}
API Object* PyList_GetItem(Object* list, ssize_t index) {
    if (bad_call(is_list(list))) return nullptr;
    if (size_t(index) >= size_t(as_list(list)->size)) return raise(exc::IndexError, "list index out of range");
    return as_list(list)->items[index];
}
API int PyList_SetItem(Object* list, ssize_t index, Object* value) {
    Ref<> owned = steal(value);
    if (bad_call(is_list(list))) return -1;
    if (size_t(index) >= size_t(as_list(list)->size))
        return raise(exc::IndexError, "list assignment index out of range");
    replace_slot(as_list(list)->items[index], owned.release());
    return 0;
}
API int PyList_Append(Object* list, Object* item) {
    return bad_call(is_list(list) && item) ? -1 : list_append(as_list(list), item).release();
}
API int PyList_Insert(Object* list, ssize_t index, Object* item) {
    return bad_call(is_list(list) && item) ? -1 : list_insert(as_list(list), index, item).release();
}
API Object* PyList_GetSlice(Object* list, ssize_t start, ssize_t end) {
    return bad_call(is_list(list)) ? nullptr : list_get_slice(as_list(list), start, end).release();
}
API int PyList_SetSlice(Object* list, ssize_t start, ssize_t end, Object* items) {
    return bad_call(is_list(list)) ? -1 : list_set_slice(as_list(list), start, end, items).release();
}
API int PyList_Sort(Object* list) {
    return bad_call(is_list(list)) ? -1 : list_sort(as_list(list), nullptr, false).release();
}
API int PyList_Reverse(Object* list) {
    return bad_call(is_list(list)) ? -1 : list_reverse(as_list(list)).release();
}
API Object* PyList_AsTuple(Object* list) {
    return bad_call(is_list(list)) ? nullptr : list_as_tuple(as_list(list)).release();
}
API Object* _PyList_Extend(Object* list, Object* items) {
    TRY(list_extend(as_list(list), items));
    return new_reference(none());
}

API Object* PyTuple_New(ssize_t size) {
    return bad_call(size >= 0) ? nullptr : tuple_new(size).release();
}
API ssize_t PyTuple_Size(Object* tuple) {
    return bad_call(is_tuple(tuple)) ? -1 : as_tuple(tuple)->size;
}
API Object* PyTuple_GetItem(Object* tuple, ssize_t index) {
    if (bad_call(is_tuple(tuple))) return nullptr;
    if (size_t(index) >= size_t(as_tuple(tuple)->size)) return raise(exc::IndexError, "tuple index out of range");
    return as_tuple(tuple)->items[index];
}
API int PyTuple_SetItem(Object* tuple, ssize_t index, Object* value) {
    Ref<> owned = steal(value);
    if (bad_call(is_tuple(tuple) && tuple->refcount == 1)) return -1;
    if (size_t(index) >= size_t(as_tuple(tuple)->size))
        return raise(exc::IndexError, "tuple assignment index out of range");
    replace_slot(as_tuple(tuple)->items[index], owned.release());
    return 0;
}
API Object* PyTuple_GetSlice(Object* tuple, ssize_t start, ssize_t end) {
    if (bad_call(is_tuple(tuple))) return nullptr;
    ssize_t size = as_tuple(tuple)->size;
    start = std::min(std::max<ssize_t>(start, 0), size);
    end = std::min(std::max(end, start), size);
    return tuple_slice(as_tuple(tuple), start, end).release();
}
API Object* PyTuple_Pack(ssize_t count, ...) {
    Ref<Tuple> tuple = TRY(tuple_new(count));
    va_list list;
    va_start(list, count);
    for (ssize_t i = 0; i < count; ++i)
        tuple->items[i] = new_reference(va_arg(list, Object*));
    va_end(list);
    return tuple.release();
}
API int _PyTuple_Resize(Object** slot, ssize_t size) {
    Ref<> old = steal(*slot);
    *slot = nullptr;
    if (bad_call(old && is_tuple_exact(old.get()) && (old->refcount == 1 || as_tuple(old.get())->size == 0))) return -1;
    Ref<Tuple> resized = TRY(tuple_new(size));
    for (ssize_t i = 0; i < std::min(size, as_tuple(old.get())->size); ++i)
        resized->items[i] = std::exchange(as_tuple(old.get())->items[i], nullptr);
    *slot = resized.release();
    return 0;
}

API Object* PyDict_New() {
    return dict_new().release();
}
API Object* _PyDict_NewPresized(ssize_t expected) {
    return dict_new_presized(expected).release();
}
API ssize_t PyDict_Size(Object* dict) {
    return bad_call(is_dict(dict)) ? -1 : as_dict(dict)->used;
}
// The value, borrowed from the dict; null with or without an exception.
static Object* lookup(Object* dict, Object* key) {
    if (bad_call(is_dict(dict))) return nullptr;
    Lookup<> found = dict_get(as_dict(dict), key);
    return borrowed(found.take());
}
API Object* PyDict_GetItemWithError(Object* dict, Object* key) {
    return lookup(dict, key);
}
API Object* PyDict_GetItem(Object* dict, Object* key) {
    if (!is_dict(dict)) return nullptr;
    SavedError pending;
    return lookup(dict, key);
}
API Object* PyDict_GetItemString(Object* dict, const char* key) {
    if (!is_dict(dict)) return nullptr;
    SavedError pending;
    Ref<Str> text = TRY(str_from_utf8(key));
    return lookup(dict, text.get());
}
API Object* _PyDict_GetItemStringWithError(Object* dict, const char* key) {
    Ref<Str> text = TRY(str_from_utf8(key));
    return lookup(dict, text.get());
}
API Object* _PyDict_GetItem_KnownHash(Object* dict, Object* key, Hash hash) {
    if (bad_call(is_dict(dict))) return nullptr;
    Lookup<> found = dict_get_known_hash(as_dict(dict), key, hash);
    return borrowed(found.take());
}
API int PyDict_SetItem(Object* dict, Object* key, Object* value) {
    return bad_call(is_dict(dict)) ? -1 : dict_set(as_dict(dict), key, value).release();
}
API int _PyDict_SetItem_KnownHash(Object* dict, Object* key, Object* value, Hash hash) {
    return bad_call(is_dict(dict)) ? -1 : dict_set_known_hash(as_dict(dict), key, hash, value).release();
}
API int PyDict_SetItemString(Object* dict, const char* key, Object* value) {
    Ref<Str> text = TRY(str_from_utf8(key));
    return PyDict_SetItem(dict, intern(std::move(text)).get(), value);
}
API int PyDict_DelItem(Object* dict, Object* key) {
    if (bad_call(is_dict(dict))) return -1;
    bool deleted = TRY(dict_delete(as_dict(dict), key));
    return deleted ? 0 : int(raise_key_error(key));
}
API int PyDict_DelItemString(Object* dict, const char* key) {
    Ref<Str> text = TRY(str_from_utf8(key));
    return PyDict_DelItem(dict, text.get());
}
API int PyDict_Contains(Object* dict, Object* key) {
    return as_status(dict_contains(as_dict(dict), key));
}
API Object* PyDict_SetDefault(Object* dict, Object* key, Object* value) {
    if (bad_call(is_dict(dict))) return nullptr;
    return borrowed(TRY(dict_set_default(as_dict(dict), key, value)));
}
API Object* _PyDict_Pop(Object* dict, Object* key, Object* default_value) {
    if (bad_call(is_dict(dict))) return nullptr;
    Ref<> value = TRY(dict_pop(as_dict(dict), key));
    if (value) return value.release();
    return default_value ? new_reference(default_value) : static_cast<Object*>(raise_key_error(key));
}
API int PyDict_Next(Object* dict, ssize_t* position, Object** key, Object** value) {
    Object *a, *b;
    if (!is_dict(dict) || !dict_next(as_dict(dict), position, &a, &b)) return 0;
    if (key) *key = a;
    if (value) *value = b;
    return 1;
}
API int _PyDict_Next(Object* dict, ssize_t* position, Object** key, Object** value, Hash* hash) {
    Object *a, *b;
    if (!is_dict(dict) || !dict_next(as_dict(dict), position, &a, &b, hash)) return 0;
    if (key) *key = a;
    if (value) *value = b;
    return 1;
}
API void PyDict_Clear(Object* dict) {
    if (is_dict(dict)) dict_clear(as_dict(dict));
}
API Object* PyDict_Copy(Object* dict) {
    return bad_call(is_dict(dict)) ? nullptr : dict_copy(as_dict(dict)).release();
}
API int PyDict_Merge(Object* dict, Object* other, int replace) {
    if (bad_call(is_dict(dict))) return -1;
    return dict_merge(as_dict(dict), other, replace ? OnDuplicate::Replace : OnDuplicate::Keep).release();
}
API int PyDict_Update(Object* dict, Object* other) {
    return PyDict_Merge(dict, other, 1);
}
API Object* PyDict_Keys(Object* dict) {
    return bad_call(is_dict(dict)) ? nullptr : dict_keys_list(as_dict(dict)).release();
}
API Object* PyDict_Values(Object* dict) {
    return bad_call(is_dict(dict)) ? nullptr : dict_values_list(as_dict(dict)).release();
}
API Object* PyDict_Items(Object* dict) {
    return bad_call(is_dict(dict)) ? nullptr : dict_items_list(as_dict(dict)).release();
}
API Object* PyDictProxy_New(Object* mapping) {
    return mappingproxy_new(mapping).release();
}

API Object* PySet_New(Object* items) {
    return set_new(items).release();
}
API Object* PyFrozenSet_New(Object* items) {
    return frozenset_new(items).release();
}
API ssize_t PySet_Size(Object* set) {
    return bad_call(is_any_set(set)) ? -1 : as_set(set)->used;
}
API int PySet_Contains(Object* set, Object* key) {
    return bad_call(is_any_set(set)) ? -1 : as_status(set_contains(as_set(set), key));
}
API int PySet_Add(Object* set, Object* key) {
    bool good = is_set(set) || (is_frozenset(set) && set->refcount == 1);
    return bad_call(good) ? -1 : set_add(as_set(set), key).release();
}
API int PySet_Discard(Object* set, Object* key) {
    return bad_call(is_set(set)) ? -1 : as_status(set_discard(as_set(set), key));
}
API Object* PySet_Pop(Object* set) {
    return bad_call(is_set(set)) ? nullptr : set_pop(as_set(set)).release();
}
API int PySet_Clear(Object* set) {
    if (bad_call(is_set(set))) return -1;
    set_clear(as_set(set));
    return 0;
}
API int _PySet_Update(Object* set, Object* items) {
    return set_update(as_set(set), items).release();
}
API int _PySet_NextEntry(Object* set, ssize_t* position, Object** key, Hash* hash) {
    return set_next(as_set(set), position, key, hash);
}

API Object* PySlice_New(Object* start, Object* stop, Object* step) {
    return slice_new(start, stop, step).release();
}
API int PySlice_Unpack(Object* slice, ssize_t* start, ssize_t* stop, ssize_t* step) {
    return slice_unpack(static_cast<Slice*>(slice), start, stop, step).release();
}
API ssize_t PySlice_AdjustIndices(ssize_t length, ssize_t* start, ssize_t* stop, ssize_t step) {
    return slice_adjust(length, start, stop, step);
}
API int PySlice_GetIndicesEx(Object* slice, ssize_t length, ssize_t* start, ssize_t* stop, ssize_t* step,
                             ssize_t* count) {
    TRY(slice_unpack(static_cast<Slice*>(slice), start, stop, step));
    *count = slice_adjust(length, start, stop, *step);
    return 0;
}
API int PySlice_GetIndices(Object* slice, ssize_t length, ssize_t* start, ssize_t* stop, ssize_t* step) {
    ssize_t count;
    return PySlice_GetIndicesEx(slice, length, start, stop, step, &count);
}
API int _PyEval_SliceIndex(Object* value, ssize_t* index) {
    if (is_none(value)) return 1;
    return slice_index(value, index).ok();
}

}  // namespace py
