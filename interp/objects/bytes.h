// bytes, bytearray, memoryview and the buffer protocol.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

struct Bytes : VarObject {
    Hash hash_value;  // -1: not computed
    char data[1];     // size bytes and a zero
    std::string_view view() const { return {data, size_t(size)}; }
};
static_assert(offsetof(Bytes, data) == 32);
struct ByteArray : VarObject {
    ssize_t allocated;
    char* bytes;      // the block
    char* start;      // where the content begins in it
    ssize_t exports;  // buffers given out: no resize while > 0
    std::string_view view() const { return {start, size_t(size)}; }
};
static_assert(sizeof(ByteArray) == 56 && offsetof(ByteArray, start) == 40);
extern Type bytes_type asm("PyBytes_Type");
extern Type bytearray_type asm("PyByteArray_Type");
extern Type memoryview_type asm("PyMemoryView_Type");
inline bool is_bytes(const Object* object) {
    return object->type->has(type_flag::kBytesSubclass);
}
inline bool is_bytes_exact(const Object* object) {
    return object->type == &bytes_type;
}
inline bool is_bytearray(const Object* object) {
    return is_instance_of(object, bytearray_type);
}
inline Bytes* as_bytes(Object* object) {
    return static_cast<Bytes*>(object);
}

Fallible<Ref<Bytes>> bytes_from(std::string_view content);
Fallible<Ref<Bytes>> bytes_new(
    ssize_t size);  // uninitialised, terminated; size 0 and 1-byte results may be shared: do not write then
// Shrinks or grows a sole reference.
Fallible<Ref<Bytes>> bytes_resize(Ref<Bytes> bytes, ssize_t size);
Fallible<Ref<Bytes>> bytes_join(Bytes* separator, Object* iterable);
Fallible<Ref<Str>> bytes_repr(std::string_view content, bool smart_quotes);
Fallible<Ref<Bytes>> bytes_decode_escape(std::string_view text, const char* errors, const char** first_invalid_escape);
Fallible<Ref<ByteArray>> bytearray_from(std::string_view content);
Fallible<void> bytearray_resize(ByteArray* array, ssize_t size);

// Py_buffer (80 bytes).
struct Buffer {
    void* data;
    Object* owner;   // owned by the buffer
    ssize_t length;  // bytes
    ssize_t item_size;
    int read_only;
    int dimensions;
    char* format;
    ssize_t* shape;
    ssize_t* strides;
    ssize_t* suboffsets;
    void* internal;
};
static_assert(sizeof(Buffer) == 80);
enum BufferFlag : int {
    kBufferSimple = 0,
    kBufferWritable = 1,
    kBufferFormat = 4,
    kBufferNd = 8,
    kBufferStrides = 0x18,
    kBufferCContiguous = 0x38,
    kBufferFContiguous = 0x58,
    kBufferAnyContiguous = 0x98,
    kBufferIndirect = 0x118,
    kBufferFullReadOnly = 0x11c,
    kBufferFull = 0x11d,
};
inline bool has_buffer(Object* object) {
    return object->type->as_buffer && object->type->as_buffer->get;
}
// TypeError "a bytes-like object is required, not 'str'" / BufferError from the exporter.
Fallible<void> buffer_get(Object* object, Buffer* buffer, int flags);
void buffer_release(Buffer* buffer);  // harmless on a zeroed one
// Fills a one-dimensional buffer of unsigned bytes: for simple exporters' get slots.
int buffer_fill(Buffer* buffer, Object* owner, void* data, ssize_t length, bool read_only, int flags);
bool buffer_is_contiguous(const Buffer& buffer, char order);
// Holds a simple contiguous buffer for a scope.
class BufferView {
  public:
    BufferView() = default;
    ~BufferView() { buffer_release(&buffer_); }
    BufferView(const BufferView&) = delete;
    BufferView& operator=(const BufferView&) = delete;
    Fallible<void> open(Object* object) { return buffer_get(object, &buffer_, kBufferSimple); }
    Fallible<void> open_writable(Object* object) { return buffer_get(object, &buffer_, kBufferWritable); }
    const char* data() const { return static_cast<const char*>(buffer_.data); }
    char* writable_data() { return static_cast<char*>(buffer_.data); }
    ssize_t size() const { return buffer_.length; }
    std::string_view view() const { return {data(), size_t(size())}; }

  private:
    Buffer buffer_{};
};
Fallible<Ref<>> memoryview_from(Object* exporter);
Fallible<Ref<>> memoryview_from_buffer(const Buffer& buffer);                     // no owner
Fallible<Ref<>> memoryview_from_memory(char* data, ssize_t size, bool writable);  // caller keeps it alive

}  // namespace py
