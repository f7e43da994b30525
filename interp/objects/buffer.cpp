// The buffer protocol (PEP 3118): asking exporters, filling simple buffers, contiguity, copying in logical order.
#include <cstring>

#include "interp/objects/bytes_methods.h"
#include "interp/objects/errors.h"

namespace py {

Fallible<void> buffer_get(Object* object, Buffer* buffer, int flags) {
    if (!has_buffer(object))
        return raise(exc::TypeError, "a bytes-like object is required, not '%.100s'", object->type->name);
    *buffer = {};
    return Fallible<void>::from_slot(object->type->as_buffer->get(object, buffer, flags));
}
void buffer_release(Buffer* buffer) {
    Object* owner = buffer->owner;
    if (!owner) return;
    BufferMethods* methods = owner->type->as_buffer;
    if (methods && methods->release) methods->release(owner, buffer);
    buffer->owner = nullptr;
    decref(owner);
}
int buffer_fill(Buffer* buffer, Object* owner, void* data, ssize_t length, bool read_only, int flags) {
    if ((flags & kBufferWritable) && read_only) return raise(exc::BufferError, "Object is not writable.");
    buffer->owner = owner;
    xincref(owner);
    buffer->data = data;
    buffer->length = length;
    buffer->item_size = 1;
    buffer->read_only = read_only;
    buffer->dimensions = 1;
    static char unsigned_bytes[] = "B";
    buffer->format = flags & kBufferFormat ? unsigned_bytes : nullptr;
    buffer->shape = (flags & kBufferNd) == kBufferNd ? &buffer->length : nullptr;
    buffer->strides = (flags & kBufferStrides) == kBufferStrides ? &buffer->item_size : nullptr;
    buffer->suboffsets = nullptr;
    buffer->internal = nullptr;
    return 0;
}

namespace {

// Strides as C or Fortran order has them; dimensions of length 1 may have any.
bool has_order(const Buffer& buffer, bool fortran) {
    ssize_t expected = buffer.item_size;
    for (int i = 0; i < buffer.dimensions; ++i) {
        int dimension = fortran ? i : buffer.dimensions - 1 - i;
        ssize_t count = buffer.shape[dimension];
        if (count > 1 && buffer.strides[dimension] != expected) return false;
        expected *= count;
    }
    return true;
}

}  // namespace

bool buffer_is_contiguous(const Buffer& buffer, char order) {
    if (buffer.suboffsets) return false;
    if (buffer.length == 0) return true;
    if (!buffer.strides) return order == 'C' || order == 'A' || buffer.dimensions <= 1;
    switch (order) {
        case 'C': return has_order(buffer, false);
        case 'F': return has_order(buffer, true);
        case 'A': return has_order(buffer, false) || has_order(buffer, true);
        default: return false;
    }
}

void repeat_block(char* out, const char* block, size_t size, size_t count) {
    size_t total = size * count;
    if (total == 0) return;
    if (size == 1) {
        std::memset(out, block[0], total);
        return;
    }
    if (out != block) std::memcpy(out, block, size);
    for (size_t done = size; done < total;) {
        size_t step = done < total - done ? done : total - done;
        std::memcpy(out + done, out, step);
        done += step;
    }
}

namespace {

constexpr int kMaxDimensions = 64;

char* item_address(const Buffer& buffer, const ssize_t* index) {
    char* p = static_cast<char*>(buffer.data);
    for (int i = 0; i < buffer.dimensions; ++i) {
        p += index[i] * buffer.strides[i];
        if (buffer.suboffsets && buffer.suboffsets[i] >= 0) p = *reinterpret_cast<char**>(p) + buffer.suboffsets[i];
    }
    return p;
}

}  // namespace

Fallible<Ref<Bytes>> buffer_to_bytes(const Buffer& buffer, char order) {
    if (order == 'A') order = buffer_is_contiguous(buffer, 'F') && !buffer_is_contiguous(buffer, 'C') ? 'F' : 'C';
    if (buffer_is_contiguous(buffer, order) || buffer.dimensions == 0)
        return bytes_from({static_cast<const char*>(buffer.data), size_t(buffer.length)});
    ssize_t strides[kMaxDimensions];
    Buffer strided = buffer;
    if (!strided.strides) {
        ssize_t stride = buffer.item_size;
        for (int i = buffer.dimensions - 1; i >= 0; --i)
            strides[i] = stride, stride *= buffer.shape[i];
        strided.strides = strides;
    }
    ssize_t index[kMaxDimensions] = {};
    BytesBuilder out;
    TRY(out.reserve(buffer.length));
    bool fortran = order == 'F';
    for (ssize_t done = 0; done < buffer.length; done += buffer.item_size) {
        TRY(out.append({item_address(strided, index), size_t(buffer.item_size)}));
        for (int i = 0; i < buffer.dimensions; ++i) {
            int dimension = fortran ? i : buffer.dimensions - 1 - i;
            if (++index[dimension] < buffer.shape[dimension]) break;
            index[dimension] = 0;
        }
    }
    return out.finish();
}

}  // namespace py
