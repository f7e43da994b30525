// PyBytes_*, PyByteArray_*, and the buffer protocol (PyObject_GetBuffer, PyBuffer_*, PyMemoryView_*).
#include "interp/objects/bytes.h"

#include <cstdarg>
#include <cstring>

#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

namespace py {

API Object* PyBytes_FromStringAndSize(const char* data, ssize_t size) {
    if (size < 0) return raise(exc::SystemError, "Negative size passed to PyBytes_FromStringAndSize");
    return data ? bytes_from({data, size_t(size)}).release() : bytes_new(size).release();
}
API Object* PyBytes_FromString(const char* text) {
    return bytes_from(text).release();
}
API Object* PyBytes_FromObject(Object* object) {
    return bytes_of(object).release();
}
API Object* PyBytes_FromFormatV(const char* format, va_list arguments) {
    Ref<Str> text = TRY(format_str_v(format, arguments));
    return str_encode(text.get(), "utf-8", "surrogateescape").release();
}
API Object* PyBytes_FromFormat(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Object* result = PyBytes_FromFormatV(format, arguments);
    va_end(arguments);
    return result;
}
API char* PyBytes_AsString(Object* object) {
    if (!is_bytes(object)) return raise(exc::TypeError, "expected bytes, %T found", object);
    return as_bytes(object)->data;
}
API ssize_t PyBytes_Size(Object* object) {
    if (!is_bytes(object)) return raise(exc::TypeError, "expected bytes, %T found", object);
    return as_bytes(object)->size;
}
API int PyBytes_AsStringAndSize(Object* object, char** data, ssize_t* size) {
    if (!is_bytes(object)) return raise(exc::TypeError, "expected bytes, %T found", object);
    *data = as_bytes(object)->data;
    if (size)
        *size = as_bytes(object)->size;
    else if (strlen(*data) != size_t(as_bytes(object)->size))
        return raise(exc::ValueError, "embedded null byte");
    return 0;
}
API int _PyBytes_Resize(Object** slot, ssize_t size) {
    *slot = bytes_resize(steal(as_bytes(*slot)), size).release();
    return *slot ? 0 : -1;
}
API void PyBytes_Concat(Object** slot, Object* right) {
    if (!*slot) return;
    if (!right) return clear_slot(*slot);
    replace_slot(*slot, binary_op(BinaryOp::Add, *slot, right).release());
}
API void PyBytes_ConcatAndDel(Object** slot, Object* right) {
    PyBytes_Concat(slot, right);
    xdecref(right);
}
API Object* _PyBytes_Join(Object* separator, Object* items) {
    return bytes_join(as_bytes(separator), items).release();
}
API Object* PyBytes_Repr(Object* object, int smart_quotes) {
    return bytes_repr(as_bytes(object)->view(), smart_quotes).release();
}

// What an empty bytearray points at: compared with, never written to.
extern "C" {
[[gnu::visibility("default"), gnu::used]] char _PyByteArray_empty_string[1] = {0};
}
API Object* PyByteArray_FromStringAndSize(const char* data, ssize_t size) {
    if (size < 0) return raise(exc::SystemError, "Negative size passed to PyByteArray_FromStringAndSize");
    if (data) return bytearray_from({data, size_t(size)}).release();
    Ref<ByteArray> array = TRY(bytearray_from({}));
    TRY(bytearray_resize(array.get(), size));
    return array.release();
}
API Object* PyByteArray_FromObject(Object* object) {
    Ref<Bytes> content = TRY(bytes_of(object));
    return bytearray_from(content->view()).release();
}
API char* PyByteArray_AsString(Object* object) {
    auto* array = static_cast<ByteArray*>(static_cast<VarObject*>(object));
    return array->size ? array->start : _PyByteArray_empty_string;
}
API ssize_t PyByteArray_Size(Object* object) {
    return static_cast<VarObject*>(object)->size;
}
API int PyByteArray_Resize(Object* object, ssize_t size) {
    return bytearray_resize(static_cast<ByteArray*>(static_cast<VarObject*>(object)), size).release();
}

API int PyObject_CheckBuffer(Object* object) {
    return has_buffer(object);
}
API int PyObject_GetBuffer(Object* object, Buffer* buffer, int flags) {
    return buffer_get(object, buffer, flags).release();
}
API void PyBuffer_Release(Buffer* buffer) {
    buffer_release(buffer);
}
API int PyBuffer_FillInfo(Buffer* buffer, Object* owner, void* data, ssize_t length, int read_only, int flags) {
    return buffer_fill(buffer, owner, data, length, read_only, flags);
}
API int PyBuffer_IsContiguous(const Buffer* buffer, char order) {
    return buffer_is_contiguous(*buffer, order);
}
API void* PyBuffer_GetPointer(const Buffer* buffer, const ssize_t* indices) {
    char* at = static_cast<char*>(buffer->data);
    for (int i = 0; i < buffer->dimensions; ++i) {
        at += buffer->strides[i] * indices[i];
        if (buffer->suboffsets && buffer->suboffsets[i] >= 0)
            at = *reinterpret_cast<char**>(at) + buffer->suboffsets[i];
    }
    return at;
}
API void PyBuffer_FillContiguousStrides(int dimensions, ssize_t* shape, ssize_t* strides, int item_size, char order) {
    ssize_t step = item_size;
    for (int i = 0; i < dimensions; ++i) {
        int axis = order == 'F' ? i : dimensions - 1 - i;
        strides[axis] = step;
        step *= shape[axis];
    }
}
API Object* PyMemoryView_FromObject(Object* object) {
    return memoryview_from(object).release();
}
API Object* PyMemoryView_FromBuffer(const Buffer* buffer) {
    if (!buffer->data) return raise(exc::ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
    return memoryview_from_buffer(*buffer).release();
}
API Object* PyMemoryView_FromMemory(char* data, ssize_t size, int flags) {
    return memoryview_from_memory(data, size, flags == 0x200).release();  // PyBUF_WRITE
}

}  // namespace py
