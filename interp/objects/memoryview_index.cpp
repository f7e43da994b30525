// Indexing, slicing, assignment and casts of memoryview.
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/codec.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/memoryview.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

Fallible<char*> address_in(const Buffer& buffer, char* data, int dimension, ssize_t index) {
    ssize_t count = buffer.shape[dimension];
    if (index < 0) index += count;
    if (index < 0 || index >= count)
        return raise(exc::IndexError, "index out of bounds on dimension %d", dimension + 1);
    return follow(buffer, data, dimension, index);
}
bool all_of(Object* key, bool (*test)(Object*)) {
    if (!is_tuple(key)) return false;
    for (ssize_t i = 0; i < as_tuple(key)->size; ++i)
        if (!test(as_tuple(key)->items[i])) return false;
    return true;
}
bool is_slice(Object* object) {
    return object->type == &slice_type;
}
bool is_multi_index(Object* key) {
    return all_of(key, is_index);
}
bool is_multi_slice(Object* key) {
    return is_tuple(key) && as_tuple(key)->size > 0 && all_of(key, is_slice);
}

Fallible<char*> address_of_tuple(MemoryView* view, Tuple* indices) {
    if (indices->size < view->view.dimensions) return raise(exc::NotImplementedError, "sub-views are not implemented");
    if (indices->size > view->view.dimensions)
        return raise(exc::TypeError, "cannot index %zd-dimension view with %zd-element tuple",
                     ssize_t(view->view.dimensions), indices->size);
    char* data = static_cast<char*>(view->view.data);
    for (int i = 0; i < view->view.dimensions; ++i) {
        ssize_t index = TRY(index_as_ssize(indices->items[i], exc::IndexError));
        TRY(view_check_released(view));  // __index__ may have released it
        data = TRY(address_in(view->view, data, i, index));
    }
    return data;
}
Fallible<Ref<>> item_at(MemoryView* view, ssize_t index) {
    TRY(view_check_released(view));
    char format = TRY(view_format(view));
    if (view->view.dimensions == 0) return raise(exc::TypeError, "invalid indexing of 0-dim memory");
    if (view->view.dimensions != 1)
        return raise(exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
    char* data = TRY(address_in(view->view, static_cast<char*>(view->view.data), 0, index));
    return unpack_item(data, format);
}
// The first dimension of `buffer` cut to the slice.
Fallible<void> slice_first(Buffer& buffer, Slice* slice) {
    ssize_t start, stop, step;
    TRY(slice_unpack(slice, &start, &stop, &step));
    ssize_t count = slice_adjust(buffer.shape[0], &start, &stop, step);
    buffer.data = static_cast<char*>(buffer.data) + buffer.strides[0] * start;
    buffer.shape[0] = count;
    buffer.strides[0] *= step;
    buffer.length = buffer.item_size;
    for (int i = 0; i < buffer.dimensions; ++i)
        buffer.length *= buffer.shape[i];
    return {};
}
Fallible<Ref<>> subscript(MemoryView* view, Object* key) {
    TRY(view_check_released(view));
    if (view->view.dimensions == 0) {
        if (is_tuple(key) && as_tuple(key)->size == 0)
            return unpack_item(static_cast<char*>(view->view.data), TRY(view_format(view)));
        if (key == ellipsis()) return share<Object>(view);
        return raise(exc::TypeError, "invalid indexing of 0-dim memory");
    }
    if (is_index(key)) return item_at(view, TRY(index_as_ssize(key, exc::IndexError)));
    if (is_slice(key)) {
        Ref<MemoryView> part = TRY(view_on(view->managed, &view->view));
        TRY(slice_first(part->view, static_cast<Slice*>(key)));
        part->view.read_only = view->view.read_only;
        view_update_flags(part.get());
        return part;
    }
    if (is_multi_index(key)) {
        char format = TRY(view_format(view));
        char* data = TRY(address_of_tuple(view, as_tuple(key)));
        return unpack_item(data, format);
    }
    if (is_multi_slice(key)) return raise(exc::NotImplementedError, "multi-dimensional slicing is not implemented");
    return raise(exc::TypeError, "memoryview: invalid slice key");
}

bool same_structure(const Buffer& a, const Buffer& b) {
    const char* first = a.format ? a.format : "B";
    const char* second = b.format ? b.format : "B";
    if (*first == '@') ++first;
    if (*second == '@') ++second;
    if (std::strcmp(first, second) != 0 || a.item_size != b.item_size || a.dimensions != b.dimensions) return false;
    for (int i = 0; i < a.dimensions; ++i) {
        if (a.shape[i] != b.shape[i]) return false;
        if (a.shape[i] == 0) break;
    }
    return true;
}
// view[slice] = value for one dimension. The source is copied first, for the two may overlap.
Fallible<void> store_slice(MemoryView* view, Slice* slice, Object* value) {
    Buffer source{};
    TRY(buffer_get(value, &source, kBufferFullReadOnly));
    struct Release {
        Buffer& buffer;
        ~Release() { buffer_release(&buffer); }
    } release{source};
    ssize_t shape = view->view.shape[0], stride = view->view.strides[0];
    Buffer target = view->view;
    target.shape = &shape;
    target.strides = &stride;
    TRY(slice_first(target, slice));
    TRY(view_check_released(view));
    if (!same_structure(target, source))
        return raise(exc::ValueError, "memoryview assignment: lvalue and rvalue have different structures");
    Ref<Bytes> content = TRY(buffer_to_bytes(source, 'C'));
    size_t item = size_t(target.item_size);
    for (ssize_t i = 0; i < shape; ++i)
        std::memcpy(follow(target, static_cast<char*>(target.data), 0, i), content->data + size_t(i) * item, item);
    return {};
}
// Packs into a copy first: a conversion may run Python code that releases the view.
Fallible<void> store_item(MemoryView* view, char* data, char format, Object* value) {
    char packed[8];
    TRY(pack_item(packed, format, value));
    TRY(view_check_released(view));
    std::memcpy(data, packed, size_t(view->view.item_size));
    return {};
}
Fallible<void> store_subscript(MemoryView* view, Object* key, Object* value) {
    TRY(view_check_released(view));
    char format = TRY(view_format(view));
    if (view->view.read_only) return raise(exc::TypeError, "cannot modify read-only memory");
    if (!value) return raise(exc::TypeError, "cannot delete memory");
    char* data = static_cast<char*>(view->view.data);
    if (view->view.dimensions == 0) {
        bool whole = key == ellipsis() || (is_tuple(key) && as_tuple(key)->size == 0);
        if (!whole) return raise(exc::TypeError, "invalid indexing of 0-dim memory");
        return store_item(view, data, format, value);
    }
    if (is_index(key)) {
        if (view->view.dimensions > 1) return raise(exc::NotImplementedError, "sub-views are not implemented");
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        return store_item(view, TRY(address_in(view->view, data, 0, index)), format, value);
    }
    if (is_slice(key) && view->view.dimensions == 1) return store_slice(view, static_cast<Slice*>(key), value);
    if (is_multi_index(key)) return store_item(view, TRY(address_of_tuple(view, as_tuple(key))), format, value);
    if (is_slice(key) || is_multi_slice(key))
        return raise(exc::NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
    return raise(exc::TypeError, "memoryview: invalid slice key");
}

// cast.
bool is_byte_format(char format) {
    return format == 'B' || format == 'b' || format == 'c';
}

Fallible<void> cast_to_bytes_of(MemoryView* view, Str* format_text) {
    Ref<Bytes> ascii = TRY(ascii_encode(format_text, nullptr));
    std::string_view format = ascii->view();
    char source = native_format(view->view.format);  // 0: another exporter's notation, which bytes can show
    char target = native_format(format.data());
    if (!target)
        return raise(
            exc::ValueError,
            "memoryview: destination format must be a native single character format prefixed with an optional '@'");
    if (!is_byte_format(source) && !is_byte_format(target))
        return raise(exc::TypeError, "memoryview: cannot cast between two non-byte formats");
    ssize_t item = native_size(target);
    if (view->view.length % item) return raise(exc::TypeError, "memoryview: length is not a multiple of itemsize");
    // One text per format character, with and without '@', that lives as long as the program.
    static char texts[128][4];
    char* text = texts[uint8_t(target)];
    text[0] = '@', text[1] = target;
    view->view.format = format[0] == '@' ? text : text + 1;
    view->view.item_size = item;
    view->view.dimensions = 1;
    view->view.shape[0] = view->view.length / item;
    view->view.strides[0] = item;
    view->view.suboffsets = nullptr;
    return {};
}
Fallible<void> cast_to_shape(MemoryView* view, Object* shape, int dimensions) {
    ssize_t product = view->view.item_size;
    view->view.dimensions = dimensions;
    view->view.shape = view->array;
    view->view.strides = view->array + dimensions;
    for (int i = 0; i < dimensions; ++i) {
        Object* item = fast_sequence_items(shape)[i];
        if (!is_int(item)) return raise(exc::TypeError, "memoryview.cast(): elements of shape must be integers");
        ssize_t length = TRY(as_ssize(item));
        if (length <= 0) return raise(exc::ValueError, "memoryview.cast(): elements of shape must be integers > 0");
        if (product > PTRDIFF_MAX / length)
            return raise(exc::ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
        product *= length;
        view->view.shape[i] = length;
    }
    if (product != view->view.length)
        return raise(exc::TypeError, "memoryview: product(shape) * itemsize != buffer size");
    ssize_t stride = view->view.item_size;
    for (int i = dimensions - 1; i >= 0; --i)
        view->view.strides[i] = stride, stride *= view->view.shape[i];
    return {};
}

}  // namespace

Object* view_item(Object* self, ssize_t index) {
    return item_at(as_view(self), index).release();
}
Object* view_subscript(Object* self, Object* key) {
    return subscript(as_view(self), key).release();
}
int view_store_subscript(Object* self, Object* key, Object* value) {
    return store_subscript(as_view(self), key, value).release();
}

// memoryview.cast(format, [shape])
Fallible<Ref<>> view_cast(Object* self, Object* const* bound) {
    MemoryView* view = as_view(self);
    if (!is_str(bound[0]))
        return raise(exc::TypeError, "cast() argument 'format' must be str, not %N", bound[0]);
    TRY(view_check_released(view));
    Object* shape = bound[1];
    ssize_t dimensions = 1;
    if (!(view->flags & kViewC)) return raise(exc::TypeError, "memoryview: casts are restricted to C-contiguous views");
    if (shape || view->view.dimensions != 1)
        for (int i = 0; i < view->view.dimensions; ++i)
            if (view->view.shape[i] == 0)
                return raise(exc::TypeError, "memoryview: cannot cast view with zeros in shape or strides");
    if (shape) {
        if (!is_list(shape) && !is_tuple(shape)) return raise(exc::TypeError, "shape must be a list or a tuple");
        dimensions = fast_sequence_size(shape);
        if (dimensions > kMaxBufferDimensions)
            return raise(exc::ValueError, "memoryview: number of dimensions must not exceed %d", kMaxBufferDimensions);
        if (view->view.dimensions != 1 && dimensions != 1)
            return raise(exc::TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    }
    Ref<MemoryView> result = TRY(view_incomplete(view->managed, &view->view, int(dimensions == 0 ? 1 : dimensions)));
    TRY(cast_to_bytes_of(result.get(), as_str(bound[0])));
    if (shape) {
        TRY(cast_to_shape(result.get(), shape, int(dimensions)));
        result->size = 3 * dimensions;
    }
    view_update_flags(result.get());
    gc_track(result.get());
    return result;
}

}  // namespace py
