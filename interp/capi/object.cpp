// PyObject_*: attributes, items, comparison, text, truth.
#include "interp/objects/abstract.h"

#include <cerrno>

#include "interp/capi/export.h"
#include "interp/modules/posix.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"

namespace py {

API void _Py_Dealloc(Object* object) {
    dealloc(object);
}

API Object* PyObject_GetAttr(Object* object, Object* name) {
    if (!is_str(name)) return name_not_str(name);
    return get_attr(object, as_str(name)).release();
}
API Object* PyObject_GetAttrString(Object* object, const char* name) {
    return get_attr(object, name).release();
}
API int PyObject_SetAttr(Object* object, Object* name, Object* value) {
    if (!is_str(name)) return name_not_str(name);
    return value ? set_attr(object, as_str(name), value).release() : delete_attr(object, as_str(name)).release();
}
API int PyObject_SetAttrString(Object* object, const char* name, Object* value) {
    Ref<Str> text = TRY(str_from_utf8(name));
    return PyObject_SetAttr(object, text.get(), value);
}
API int PyObject_DelAttrString(Object* object, const char* name) {
    return PyObject_SetAttrString(object, name, nullptr);
}
API int PyObject_HasAttr(Object* object, Object* name) {
    Ref<> found = steal(PyObject_GetAttr(object, name));
    if (!found) clear_error();
    return bool(found);
}
API int PyObject_HasAttrString(Object* object, const char* name) {
    Ref<> found = steal(PyObject_GetAttrString(object, name));
    if (!found) clear_error();
    return bool(found);
}
API int _PyObject_LookupAttr(Object* object, Object* name, Object** result) {
    *result = nullptr;
    if (!is_str(name)) return name_not_str(name);
    Ref<> found = TRY(lookup_attr(object, as_str(name)));
    *result = found.release();
    return *result != nullptr;
}
API Object* PyObject_GenericGetAttr(Object* object, Object* name) {
    return generic_getattro_slot(object, name);
}
API int PyObject_GenericSetAttr(Object* object, Object* name, Object* value) {
    return generic_setattro_slot(object, name, value);
}
API Object* PyObject_GenericGetDict(Object* object, void*) {
    return generic_get_dict(object).release();
}
API int PyObject_GenericSetDict(Object* object, Object* value, void*) {
    return generic_set_dict(object, value).release();
}
// Look-up with `dict` in place of the instance's own; null for that one. `suppress`: absent is no error.
API Object* _PyObject_GenericGetAttrWithDict(Object* object, Object* name, Object* dict, int suppress) {
    if (dict) {
        Object* on_type = type_lookup(object->type, as_str(name));
        bool data = on_type && on_type->type->descr_get && on_type->type->descr_set;
        if (!data)
            if (Ref<> found = TRY(dict_get(as_dict(dict), name))) return found.release();
    }
    if (!suppress) return generic_getattro_slot(object, name);
    return TRY(generic_lookup_attr(object, as_str(name)))
    .release();
}
API Object** _PyObject_GetDictPtr(Object* object) {
    return instance_dict_slot(object);
}

API Object* PyObject_GetItem(Object* object, Object* key) {
    return get_item(object, key).release();
}
API int PyObject_SetItem(Object* object, Object* key, Object* value) {
    return set_item(object, key, value).release();
}
API int PyObject_DelItem(Object* object, Object* key) {
    return delete_item(object, key).release();
}
API int PyObject_DelItemString(Object* object, const char* key) {
    Ref<Str> text = TRY(str_from_utf8(key));
    return delete_item(object, text.get()).release();
}
API ssize_t PyObject_Size(Object* object) {
    return or_minus_one(length(object));
}
API ssize_t PyObject_Length(Object* object) {
    return or_minus_one(length(object));
}
API ssize_t PyObject_LengthHint(Object* object, ssize_t default_value) {
    return or_minus_one(length_hint(object, default_value));
}

API Object* PyObject_Str(Object* object) {
    return object ? str(object).release() : str_from_ascii("<NULL>").release();
}
API Object* PyObject_Repr(Object* object) {
    return object ? repr(object).release() : str_from_ascii("<NULL>").release();
}
API Object* PyObject_ASCII(Object* object) {
    return object ? ascii(object).release() : str_from_ascii("<NULL>").release();
}
API Object* PyObject_Bytes(Object* object) {
    return object ? bytes_of(object).release() : bytes_from("<NULL>").release();
}
API Object* PyObject_Format(Object* object, Object* spec) {
    if (spec && !is_str(spec)) return raise(exc::SystemError, "Format specifier must be a string, not %T", spec);
    return format(object, static_cast<Str*>(spec)).release();
}
API Object* PyObject_Dir(Object* object) {
    return dir(object).release();
}
API int PyObject_Print(Object* object, FILE* file, int flags) {
    Ref<Str> text;
    if (!object)
        text = TRY(str_from_ascii("<nil>"));
    else
        text = flags & 1 ? TRY(str(object)) : TRY(repr(object));
    Ref<Bytes> bytes = TRY(str_encode(text.get(), "utf-8", "backslashreplace"));
    if (fwrite(bytes->data, 1, size_t(bytes->size), file) != size_t(bytes->size)) return raise_os_error(errno);
    return 0;
}

API int PyObject_IsTrue(Object* object) {
    return as_status(is_true(object));
}
API int PyObject_Not(Object* object) {
    int truth = as_status(is_true(object));
    return truth < 0 ? truth : !truth;
}
API Object* PyObject_RichCompare(Object* a, Object* b, int op) {
    return rich_compare(a, b, CompareOp(op)).release();
}
API int PyObject_RichCompareBool(Object* a, Object* b, int op) {
    return as_status(rich_compare_bool(a, b, CompareOp(op)));
}
API Hash PyObject_Hash(Object* object) {
    return or_minus_one(hash(object));
}
API Hash PyObject_HashNotImplemented(Object* object) {
    return hash_not_implemented(object);
}
API Hash _Py_HashPointer(const void* pointer) {
    return hash_pointer(pointer);
}
API Hash _Py_HashBytes(const void* data, ssize_t size) {
    return hash_bytes(data, size);
}

API Object* PyObject_Type(Object* object) {
    return object ? new_reference<Object>(object->type) : raise_bad_internal_call("PyObject_Type");
}
API int PyObject_IsInstance(Object* object, Object* class_or_tuple) {
    return as_status(is_instance(object, class_or_tuple));
}
API int PyObject_IsSubclass(Object* derived, Object* class_or_tuple) {
    return as_status(is_subclass(derived, class_or_tuple));
}
API Object* PyObject_SelfIter(Object* object) {
    return new_reference(object);
}
API Object* PyObject_GetIter(Object* object) {
    return iter(object).release();
}
API Object* _PyObject_NextNotImplemented(Object* object) {
    return next_not_implemented(object);
}
API int PyObject_AsFileDescriptor(Object* object) {
    return or_minus_one(descriptor_argument(object));
}
API Object* PyOS_FSPath(Object* path) {
    return path_fspath(path).release();
}
API void PyObject_ClearWeakRefs(Object* object) {
    clear_weakrefs(object);
}
API int PyObject_CallFinalizerFromDealloc(Object* object) {
    return finalize_before_dealloc(object) ? 0 : -1;
}
API int PyCallable_Check(Object* object) {
    return object && is_callable(object);
}
API int Py_IsNone(Object* object) {
    return is_none(object);
}
API int Py_IsTrue(Object* object) {
    return object == py_true();
}
API int Py_IsFalse(Object* object) {
    return object == py_false();
}
API int Py_Is(Object* a, Object* b) {
    return a == b;
}
API void Py_IncRef(Object* object) {
    xincref(object);
}
API void Py_DecRef(Object* object) {
    xdecref(object);
}
API void _Py_IncRef(Object* object) {
    incref(object);
}
API void _Py_DecRef(Object* object) {
    decref(object);
}
API Object* Py_NewRef(Object* object) {
    return new_reference(object);
}
API Object* Py_XNewRef(Object* object) {
    xincref(object);
    return object;
}
API int Py_EnterRecursiveCall(const char* where) {
    return enter_recursive_call(where).release();
}
API void Py_LeaveRecursiveCall() {
    leave_recursive_call();
}
API int Py_ReprEnter(Object* object) {
    return repr_enter(object);
}
API void Py_ReprLeave(Object* object) {
    repr_leave(object);
}

}  // namespace py
