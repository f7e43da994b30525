// bytearray: the type, its storage and slots. Mutating methods stand in bytearray_methods.cpp, the rest is shared with
// bytes.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytearray_methods.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

ByteArray* as_bytearray(Object* object) {
    return static_cast<ByteArray*>(object);
}

// Room for the content and a zero byte, grown as CPython grows it (visible through __sizeof__ and __alloc__).
Fallible<void> change_block(ByteArray* array, ssize_t size, ssize_t allocated) {
    ssize_t offset = array->start - array->bytes;
    if (offset > 0) {
        char* fresh = static_cast<char*>(std::malloc(size_t(allocated)));
        if (!fresh) return raise_memory_error();
        std::memcpy(fresh, array->start, size_t(std::min(size, array->size)));
        std::free(array->bytes);
        array->bytes = fresh;
    } else {
        char* moved = static_cast<char*>(std::realloc(array->bytes, size_t(allocated)));
        if (!moved) return raise_memory_error();
        array->bytes = moved;
    }
    array->start = array->bytes;
    array->allocated = allocated;
    return {};
}

}  // namespace

Fallible<void> bytearray_check_resizable(ByteArray* array) {
    if (array->exports > 0) return raise(exc::BufferError, "Existing exports of data: object cannot be re-sized");
    return {};
}
Fallible<void> bytearray_resize(ByteArray* array, ssize_t size) {
    if (size == array->size) return {};
    TRY(bytearray_check_resizable(array));
    ssize_t offset = array->start - array->bytes, allocated = array->allocated;
    if (size > PTRDIFF_MAX - offset - 16) return raise_memory_error();
    if (size + offset + 1 <= allocated) {
        if (size >= allocated / 2) {
            array->size = size;
            array->start[size] = 0;
            return {};
        }
        allocated = size + 1;
    } else if (size <= ssize_t(double(allocated) * 1.125)) {
        allocated = size + (size >> 3) + (size < 9 ? 3 : 6);
    } else {
        allocated = size + 1;
    }
    TRY(change_block(array, size, allocated));
    array->size = size;
    array->start[size] = 0;
    return {};
}
Fallible<Ref<ByteArray>> bytearray_from(std::string_view content) {
    Ref<ByteArray> array = make<ByteArray>(bytearray_type);
    if (!array) return raised;
    array->size = 0;
    array->allocated = 0;
    array->bytes = array->start = nullptr;
    array->exports = 0;
    if (content.empty()) return array;
    if (content.size() >= PTRDIFF_MAX) return raise_memory_error();
    TRY(change_block(array.get(), 0, ssize_t(content.size()) + 1));
    std::memcpy(array->start, content.data(), content.size());
    array->start[content.size()] = 0;
    array->size = ssize_t(content.size());
    return array;
}
// Puts `content` in place of [start, end); content must not lie in the array.
Fallible<void> bytearray_splice(ByteArray* array, ssize_t start, ssize_t end, std::string_view content) {
    ssize_t growth = ssize_t(content.size()) - (end - start);
    if (growth < 0) {
        TRY(bytearray_check_resizable(array));
        if (start == 0) {
            array->start -= growth;  // removing at the front moves the start only
        } else {
            std::memmove(array->start + start + content.size(), array->start + end, size_t(array->size - end));
        }
        TRY(bytearray_resize(array, array->size + growth));
    } else if (growth > 0) {
        if (array->size > PTRDIFF_MAX - growth) return raise_memory_error();
        ssize_t tail = array->size - end;
        TRY(bytearray_resize(array, array->size + growth));
        std::memmove(array->start + start + content.size(), array->start + end, size_t(tail));
    }
    if (!content.empty()) std::memcpy(array->start + start, content.data(), content.size());
    if (array->bytes) array->start[array->size] = 0;
    return {};
}

namespace {

void bytearray_dealloc(Object* self) {
    ByteArray* array = as_bytearray(self);
    if (array->exports > 0) {
        (void)raise(exc::SystemError, "deallocated bytearray object has exported buffers");
        write_unraisable(nullptr);
    }
    std::free(array->bytes);
    if (self->type == &bytearray_type)
        object_free(self);
    else
        self->type->free(self);
}
Fallible<void> extend_from(ByteArray* array, Object* iterable) {
    Ref<> iterator = TRY(iter(iterable));
    while (Ref<> item = TRY(next(iterator.get()))) {
        char byte = char(TRY(byte_of(item.get())));
        TRY(bytearray_append_byte(array, byte));
    }
    return {};
}
// bytearray.__init__(source=b'', encoding='utf-8', errors='strict')
Fallible<void> bytearray_init(Object* self, Object* const* bound) {
    ByteArray* array = as_bytearray(self);
    Object *source = bound[0], *encoding = bound[1], *errors = bound[2];
    CodecNames names = TRY(codec_names("bytearray", encoding, errors));
    TRY(bytearray_resize(array, 0));
    if (!source) {
        if (encoding || errors)
            return raise(exc::TypeError,
                         encoding ? "encoding without a string argument" : "errors without a string argument");
        return {};
    }
    if (is_str(source)) {
        if (!encoding) return raise(exc::TypeError, "string argument without an encoding");
        Ref<Bytes> encoded = TRY(str_encode(as_str(source), names.encoding, names.errors));
        return bytearray_splice(array, 0, array->size, encoded->view());
    }
    if (encoding || errors)
        return raise(exc::TypeError,
                     encoding ? "encoding without a string argument" : "errors without a string argument");
    if (is_index(source)) {
        Fallible<ssize_t> size = index_as_ssize(source, exc::OverflowError);
        if (size.ok()) {
            ssize_t count = size.take();
            if (count < 0) return raise(exc::ValueError, "negative count");
            TRY(bytearray_resize(array, count));
            if (count) std::memset(array->start, 0, size_t(count));
            return {};
        }
        if (!clear_error_if(exc::TypeError)) return raised;
    }
    if (has_buffer(source)) {
        Buffer buffer{};
        TRY(buffer_get(source, &buffer, kBufferFullReadOnly));
        Fallible<Ref<Bytes>> copied = buffer_to_bytes(buffer, 'C');
        buffer_release(&buffer);
        Ref<Bytes> content = TRY(std::move(copied));
        return bytearray_splice(array, 0, array->size, content->view());
    }
    Fallible<Ref<>> iterator = iter(source);
    if (!iterator.ok()) {
        if (clear_error_if(exc::TypeError))
            return raise(exc::TypeError, "cannot convert '%.200s' object to bytearray", source->type->name);
        return raised;
    }
    Ref<> items = iterator.take();
    return extend_from(array, items.get());
}
using BytearrayInit = Bound<bytearray_init, "bytearray", "(source=b'', encoding='utf-8', errors='strict')">;

Fallible<Ref<Str>> bytearray_repr(Object* self) {
    const char* name = type_short_name(self->type);
    Ref<Str> content = TRY(bytearray_content_repr(as_bytearray(self)->view()));
    return format_str("%s(%U)", name, content.get());
}
Fallible<Ref<Str>> bytearray_str(Object* self) {
    if (runtime().config.bytes_warning) TRY(warn(exc::BytesWarning, 1, "str() on a bytearray instance"));
    return bytearray_repr(self);
}
ssize_t bytearray_length(Object* self) {
    return as_bytearray(self)->size;
}

Fallible<Ref<>> bytearray_concat(Object* a, Object* b) {
    BufferView left, right;
    if (!has_buffer(a) || !has_buffer(b) || !left.open(a).ok() || !right.open(b).ok()) return cannot_concat(a, b);
    if (left.size() > PTRDIFF_MAX - right.size()) return raise_memory_error();
    Ref<ByteArray> result = TRY(bytearray_from({}));
    TRY(bytearray_resize(result.get(), left.size() + right.size()));
    if (left.size()) std::memcpy(result->start, left.data(), size_t(left.size()));
    if (right.size()) std::memcpy(result->start + left.size(), right.data(), size_t(right.size()));
    return result;
}
Fallible<Ref<>> bytearray_inplace_concat(Object* self, Object* other) {
    ByteArray* array = as_bytearray(self);
    if (other == self) {
        Ref<Bytes> copy = TRY(bytes_from(array->view()));
        TRY(bytearray_splice(array, array->size, array->size, copy->view()));
        return share(self);
    }
    BufferView view;
    if (!has_buffer(other) || !view.open(other).ok()) return cannot_concat(self, other);
    TRY(bytearray_splice(array, array->size, array->size, view.view()));
    return share(self);
}
Object* bytearray_repeat(Object* self, ssize_t count) {
    ByteArray* array = as_bytearray(self);
    if (count < 0) count = 0;
    if (count && array->size > PTRDIFF_MAX / count) return raise_memory_error();
    Ref<ByteArray> result = TRY(bytearray_from({}));
    TRY(bytearray_resize(result.get(), array->size * count));
    if (result->size) repeat_block(result->start, array->start, size_t(array->size), size_t(count));
    return result.release();
}
Object* bytearray_inplace_repeat(Object* self, ssize_t count) {
    ByteArray* array = as_bytearray(self);
    if (count < 0) count = 0;
    ssize_t size = array->size;
    if (count && size > PTRDIFF_MAX / count) return raise_memory_error();
    TRY(bytearray_resize(array, size * count));
    if (size && count > 1) repeat_block(array->start, array->start, size_t(size), size_t(count));
    return new_reference(self);
}
Object* bytearray_item(Object* self, ssize_t index) {
    ByteArray* array = as_bytearray(self);
    if (index < 0 || index >= array->size) return raise(exc::IndexError, "bytearray index out of range");
    return int_from(uint8_t(array->start[index])).release();
}
Fallible<Ref<>> bytearray_subscript(Object* self, Object* key) {
    ByteArray* array = as_bytearray(self);
    if (is_index(key)) {
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        if (index < 0) index += array->size;
        return Fallible<Ref<>>::from_slot(bytearray_item(self, index));
    }
    if (key->type != &slice_type)
        return raise(exc::TypeError, "bytearray indices must be integers or slices, not %.200s", key->type->name);
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count = slice_adjust(array->size, &start, &stop, step);
    if (count <= 0) return bytearray_from({});
    if (step == 1) return bytearray_from({array->start + start, size_t(count)});
    Ref<ByteArray> result = TRY(bytearray_from({}));
    TRY(bytearray_resize(result.get(), count));
    for (ssize_t i = 0; i < count; ++i, start += step)
        result->start[i] = array->start[start];
    return result;
}
Fallible<void> store_item(ByteArray* array, ssize_t index, Object* value) {
    uint8_t byte = value ? TRY(byte_of(value)) : 0;  // first: __index__ may change the array's size
    if (index < 0) index += array->size;
    if (index < 0 || index >= array->size) return raise(exc::IndexError, "bytearray index out of range");
    if (!value) return bytearray_splice(array, index, index + 1, {});
    array->start[index] = char(byte);
    return {};
}
Fallible<void> delete_strided(ByteArray* array, ssize_t start, ssize_t step, ssize_t count) {
    TRY(bytearray_check_resizable(array));
    if (count == 0) return {};
    if (step < 0) {
        start += step * (count - 1);
        step = -step;
    }
    ssize_t to = start, next_drop = start, dropped = 0;
    for (ssize_t from = start; from < array->size; ++from) {
        if (from == next_drop && dropped < count) {
            ++dropped;
            next_drop += step;
            continue;
        }
        array->start[to++] = array->start[from];
    }
    return bytearray_resize(array, array->size - count);
}
struct SliceBounds {
    ssize_t start, stop, step;
};
Fallible<SliceBounds> bounds_of(Object* slice) {
    SliceBounds bounds;
    TRY(slice_unpack(static_cast<Slice*>(slice), &bounds.start, &bounds.stop, &bounds.step));
    return bounds;
}
Fallible<void> store_slice(ByteArray* array, SliceBounds bounds, std::string_view content, bool deletes) {
    auto [start, stop, step] = bounds;
    ssize_t count = slice_adjust(array->size, &start, &stop, step);
    if (step == 1) return bytearray_splice(array, start, std::max(start, stop), content);
    if (deletes || content.empty()) return delete_strided(array, start, step, count);
    if (ssize_t(content.size()) != count)
        return raise(exc::ValueError, "attempt to assign bytes of size %zd to extended slice of size %zd",
                     ssize_t(content.size()), count);
    for (ssize_t i = 0; i < count; ++i, start += step)
        array->start[start] = content[size_t(i)];
    return {};
}
Fallible<void> bytearray_store(Object* self, Object* key, Object* value) {
    ByteArray* array = as_bytearray(self);
    if (is_index(key)) return store_item(array, TRY(index_as_ssize(key, exc::IndexError)), value);
    if (key->type != &slice_type)
        return raise(exc::TypeError, "bytearray indices must be integers or slices, not %.200s", key->type->name);
    SliceBounds bounds = TRY(bounds_of(key));
    if (!value) return store_slice(array, bounds, {}, true);
    if (value == self || !is_bytearray(value)) {
        // Anything that is no other bytearray goes through a copy; numbers and str are refused as in CPython.
        if (is_number(value) || is_str(value))
            return raise(exc::TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
        Ref<Bytes> copy = value == self ? TRY(bytes_from(array->view())) : TRY(bytes_from_object_for_store(value));
        return store_slice(array, TRY(bounds_of(key)), copy->view(), false);  // asked again, as in CPython
    }
    return store_slice(array, bounds, as_bytearray(value)->view(), false);
}
int bytearray_store_slot(Object* self, Object* key, Object* value) {
    return bytearray_store(self, key, value).release();
}
int bytearray_store_item_slot(Object* self, ssize_t index, Object* value) {
    return store_item(as_bytearray(self), index, value).release();
}

Object* bytearray_richcompare(Object* a, Object* b, int op) {
    if (!has_buffer(a) || !has_buffer(b)) {
        if (runtime().config.bytes_warning && (op == kEqual || op == kNotEqual) && (is_str(a) || is_str(b)))
            TRY(warn(exc::BytesWarning, 1, "Comparison between bytearray and string"));
        return new_reference(not_implemented());
    }
    BufferView left, right;
    if (!left.open(a).ok() || !right.open(b).ok()) {
        clear_error();
        return new_reference(not_implemented());
    }
    if (op == kEqual || op == kNotEqual) return compare_result((left.view() == right.view()) == (op == kEqual));
    return compare_outcome(left.view().compare(right.view()), op);
}
int bytearray_get_buffer(Object* self, Buffer* buffer, int flags) {
    if (!buffer) return raise(exc::BufferError, "bytearray_getbuffer: view==NULL argument is obsolete");
    static char empty[1] = {0};
    ByteArray* array = as_bytearray(self);
    int status = buffer_fill(buffer, self, array->size ? array->start : empty, array->size, false, flags);
    if (status == 0) ++array->exports;
    return status;
}
void bytearray_release_buffer(Object* self, Buffer*) {
    --as_bytearray(self)->exports;
}
Fallible<Ref<>> bytearray_remainder(Object* a, Object* b) {
    if (!is_bytearray(a)) return share(not_implemented());
    Ref<Bytes> formatted;
    {
        BytesSelf bytes(a);
        formatted = TRY(bytes_percent_format(bytes.view, b));
    }
    return bytearray_from(formatted->view());
}

NumberMethods bytearray_number = {.remainder = slot2<bytearray_remainder>};
SequenceMethods bytearray_sequence = {
    .length = bytearray_length,
    .concat = slot2<bytearray_concat>,
    .repeat = bytearray_repeat,
    .item = bytearray_item,
    .store_item = bytearray_store_item_slot,
    .contains = bytes_contains,
    .inplace_concat = slot2<bytearray_inplace_concat>,
    .inplace_repeat = bytearray_inplace_repeat,
};
MappingMethods bytearray_mapping = {
    .length = bytearray_length, .subscript = slot2<bytearray_subscript>, .store_subscript = bytearray_store_slot};
BufferMethods bytearray_buffer = {.get = bytearray_get_buffer, .release = bytearray_release_buffer};

}  // namespace

constinit Type bytearray_type = static_type({
    .name = "bytearray",
    .basic_size = sizeof(ByteArray),
    .flags = type_flag::kBase | type_flag::kMatchSelf,
    .doc = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n"
           "bytearray(bytes_or_buffer) -> mutable copy\nbytearray(int) -> that many zeros\nbytearray() -> empty\n\nA "
           "mutable array of bytes.",
    .dealloc = bytearray_dealloc,
    .repr = slot1<bytearray_repr>,
    .str = slot1<bytearray_str>,
    .richcompare = bytearray_richcompare,
    .getattro = generic_getattro_slot,
    .iter = slot1<bytearray_iter>,
    .number = &bytearray_number,
    .sequence = &bytearray_sequence,
    .mapping = &bytearray_mapping,
    .buffer = &bytearray_buffer,
    .methods = bytearray_method_table,
    .init = BytearrayInit::init,
    .new_ = generic_new,
});

}  // namespace py
