// PyBytes_*, PyByteArray_*, and the buffer protocol (PyObject_GetBuffer, PyBuffer_*, PyMemoryView_*).
#include "interp/objects/bytes.h"

#include <cstdarg>
#include <cstring>

#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/memoryview.h"
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
// Copies the items one after the other, the last index (order 'F': the first) changing fastest.
static void copy_in_order(char* out, Buffer from, char order) {
    if (buffer_is_contiguous(from, order) || from.length == 0 || from.item_size == 0) {
        std::memcpy(out, from.data, size_t(from.length));
        return;
    }
    ssize_t index[kMaxBufferDimensions] = {}, strides[kMaxBufferDimensions];
    if (!from.strides) {  // not asked for: C's order
        PyBuffer_FillContiguousStrides(from.dimensions, from.shape, strides, int(from.item_size), 'C');
        from.strides = strides;
    }
    for (ssize_t done = 0; done < from.length; done += from.item_size) {
        std::memcpy(out + done, PyBuffer_GetPointer(&from, index), size_t(from.item_size));
        for (int i = 0; i < from.dimensions; ++i) {
            int axis = order == 'F' ? i : from.dimensions - 1 - i;
            if (++index[axis] < from.shape[axis]) break;
            index[axis] = 0;
        }
    }
}
API int PyBuffer_ToContiguous(void* out, const Buffer* from, ssize_t length, char order) {
    if (length != from->length) return raise(exc::ValueError, "PyBuffer_ToContiguous: len != view->len");
    // 'A' keeps Fortran's order where the buffer has it.
    copy_in_order(static_cast<char*>(out), *from, order == 'A' ? (buffer_is_contiguous(*from, 'F') ? 'F' : 'C') : order);
    return 0;
}
API Object* PyMemoryView_GetContiguous(Object* object, int kind, char order) {
    constexpr int kWrite = 0x200;
    Ref<> view = TRY(memoryview_from(object));
    Buffer buffer{};
    TRY(buffer_get(view.get(), &buffer, kBufferFullReadOnly));
    bool contiguous = buffer_is_contiguous(buffer, order);
    if (kind == kWrite && (buffer.read_only || !contiguous)) {
        const char* why = buffer.read_only ? "underlying buffer is not writable" : "writable contiguous buffer requested for a non-contiguous object.";
        buffer_release(&buffer);
        return raise(exc::BufferError, "%s", why);
    }
    if (contiguous) {
        buffer_release(&buffer);
        return view.release();
    }
    auto copy = bytes_new(buffer.length);
    if (!copy.ok()) {
        buffer_release(&buffer);
        return nullptr;
    }
    Ref<Bytes> content = copy.take();
    PyBuffer_ToContiguous(content->data, &buffer, buffer.length, order);
    Buffer shaped = buffer;
    ssize_t strides[kMaxBufferDimensions];
    shaped.data = content->data;
    shaped.owner = nullptr;
    shaped.read_only = 1;
    shaped.suboffsets = nullptr;
    shaped.strides = strides;
    PyBuffer_FillContiguousStrides(buffer.dimensions, buffer.shape, strides, int(buffer.item_size), order == 'F' ? 'F' : 'C');
    if (buffer.format) shaped.format = const_cast<char*>(interned(buffer.format)->ascii_view().data());  // outlives the exporter
    Ref<> flat = TRY(memoryview_from(content.get()));
    auto made = view_on(as_view(flat.get())->managed, &shaped);
    buffer_release(&buffer);
    return made.ok() ? made.take().release() : nullptr;
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
