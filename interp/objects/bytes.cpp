// bytes: the type, its construction, slots and method table. Methods shared with bytearray stand in bytes_<theme>.cpp.
#include "interp/objects/bytes.h"

#include <algorithm>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

Fallible<Ref<Bytes>> bytes_from_buffer(Object* object) {
    Buffer buffer{};
    TRY(buffer_get(object, &buffer, kBufferFullReadOnly));
    Fallible<Ref<Bytes>> result = buffer_to_bytes(buffer, 'C');
    buffer_release(&buffer);
    return result;
}
Fallible<Ref<Bytes>> bytes_from_iterator(Object* iterable, Object* iterator) {
    ssize_t hint = TRY(length_hint(iterable, 64));
    BytesBuilder out;
    TRY(out.reserve(std::min<ssize_t>(hint, 1 << 20)));
    while (Ref<> item = TRY(next(iterator))) {
        Ref<Int> number = TRY(index(item.get()));
        int overflow;
        int64_t byte = as_int64_clamped(number.get(), &overflow);
        if (overflow || byte < 0 || byte > 255) return raise(exc::ValueError, "bytes must be in range(0, 256)");
        TRY(out.append_byte(uint8_t(byte)));
    }
    return out.finish();
}

}  // namespace

Fallible<Ref<Bytes>> bytes_from_object(Object* object) {
    if (is_bytes_exact(object)) return share(as_bytes(object));
    if (has_buffer(object)) return bytes_from_buffer(object);
    if (is_str(object)) return raise(exc::TypeError, "cannot convert '%.200s' object to bytes", object->type->name);
    Fallible<Ref<>> iterator = iter(object);
    if (!iterator.ok()) {
        if (!error_matches(exc::TypeError)) return raised;
        clear_error();
        return raise(exc::TypeError, "cannot convert '%.200s' object to bytes", object->type->name);
    }
    return bytes_from_iterator(object, iterator.take().get());
}

namespace {

Fallible<Ref<Bytes>> encoded(Object* text, Object* encoding, Object* errors) {
    CodecNames names = TRY(codec_names("bytes", encoding, errors));
    if (!is_str(text))
        return raise(exc::TypeError,
                     encoding ? "encoding without a string argument" : "errors without a string argument");
    if (!encoding) return raise(exc::TypeError, "string argument without an encoding");
    return str_encode(as_str(text), names.encoding, names.errors);
}
Fallible<Ref<Bytes>> bytes_from_arguments(Object* source, Object* encoding, Object* errors) {
    if (!source) {
        TRY(codec_names("bytes", encoding, errors));
        if (encoding || errors)
            return raise(exc::TypeError,
                         encoding ? "encoding without a string argument" : "errors without a string argument");
        return bytes_empty();
    }
    if (encoding || errors) return encoded(source, encoding, errors);
    Ref<> method = TRY(lookup_special(source, "__bytes__"_name));
    if (method) {
        Ref<> result = TRY(call(method.get()));
        if (!is_bytes(result.get()))
            return raise(exc::TypeError, "__bytes__ returned non-bytes (type %.200s)", result->type->name);
        return std::move(result).cast<Bytes>();
    }
    if (is_str(source)) return raise(exc::TypeError, "string argument without an encoding");
    if (is_index(source)) {
        Fallible<ssize_t> size = index_as_ssize(source, exc::OverflowError);
        if (size.ok()) {
            ssize_t count = size.take();
            if (count < 0) return raise(exc::ValueError, "negative count");
            Ref<Bytes> result = TRY(bytes_new(count));
            if (count) std::memset(result->data, 0, size_t(count));
            return result;
        }
        if (!clear_error_if(exc::TypeError)) return raised;
    }
    return bytes_from_object(source);
}
// bytes.__new__(source=b'', encoding='utf-8', errors='strict')
Fallible<Ref<>> bytes_construct(Type* type, Object* const* bound) {
    Ref<Bytes> value = TRY(bytes_from_arguments(bound[0], bound[1], bound[2]));
    if (type == &bytes_type) return value;
    Ref<Bytes> copy = steal(static_cast<Bytes*>(type->alloc(type, value->size)));
    if (!copy) return raised;
    copy->hash_value = value->hash_value;
    std::memcpy(copy->data, value->data, size_t(value->size) + 1);
    return copy;
}
using BytesNew = Bound<bytes_construct, "bytes", "(source=b'', encoding='utf-8', errors='strict')">;

void bytes_dealloc(Object* self) {
    if (self->type == &bytes_type)
        object_free(self);
    else
        self->type->free(self);
}
Hash bytes_hash(Object* self) {
    Bytes* bytes = as_bytes(self);
    if (bytes->hash_value == -1) bytes->hash_value = hash_bytes(bytes->data, bytes->size);
    return bytes->hash_value;
}
Fallible<Ref<Str>> bytes_repr_slot(Object* self) {
    return bytes_repr(as_bytes(self)->view(), true);
}
Fallible<Ref<Str>> bytes_str(Object* self) {
    if (runtime().config.bytes_warning) TRY(warn(exc::BytesWarning, 1, "str() on a bytes instance"));
    return bytes_repr(as_bytes(self)->view(), true);
}
ssize_t bytes_length(Object* self) {
    return as_bytes(self)->size;
}

}  // namespace

Raised cannot_concat(Object* a, Object* b) {
    clear_error();
    return raise(exc::TypeError, "can't concat %.100s to %.100s", b->type->name, a->type->name);
}

namespace {

Fallible<Ref<>> bytes_concat(Object* a, Object* b) {
    BufferView left, right;
    if (!has_buffer(a) || !has_buffer(b) || !left.open(a).ok() || !right.open(b).ok()) return cannot_concat(a, b);
    if (is_bytes_exact(a) && is_bytes_exact(b)) {
        if (as_bytes(a)->size == 0) return share(b);
        if (as_bytes(b)->size == 0) return share(a);
    }
    if (left.size() > PTRDIFF_MAX - right.size()) return raise_memory_error();
    if (left.size() + right.size() == 0) return bytes_empty();
    Ref<Bytes> result = TRY(bytes_new(left.size() + right.size()));
    if (left.size()) std::memcpy(result->data, left.data(), size_t(left.size()));
    if (right.size()) std::memcpy(result->data + left.size(), right.data(), size_t(right.size()));
    return result;
}
Object* bytes_repeat(Object* self, ssize_t count) {
    Bytes* bytes = as_bytes(self);
    if (count < 0) count = 0;
    if (count && bytes->size > PTRDIFF_MAX / count) return raise(exc::OverflowError, "repeated bytes are too long");
    if (bytes->size * count == bytes->size && is_bytes_exact(self)) return new_reference(self);
    // NOTE: repeated no times the result is empty and still an object of its own, as CPython's is.
    ssize_t size = bytes->size * count;
    if (size > PTRDIFF_MAX - ssize_t(offsetof(Bytes, data) + 1)) return raise_memory_error();
    Ref<Bytes> result = TRY(bytes_new(size ? size : 1));
    if (!size) {
        result->size = 0;
        result->data[0] = 0;
        return result.release();
    }
    repeat_block(result->data, bytes->data, size_t(bytes->size), size_t(count));
    return result.release();
}
Object* bytes_item(Object* self, ssize_t index) {
    if (index < 0 || index >= as_bytes(self)->size) return raise(exc::IndexError, "index out of range");
    return int_from(uint8_t(as_bytes(self)->data[index])).release();
}
Fallible<Ref<>> bytes_subscript(Object* self, Object* key) {
    Bytes* bytes = as_bytes(self);
    if (is_index(key)) {
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        if (index < 0) index += bytes->size;
        return Fallible<Ref<>>::from_slot(bytes_item(self, index));
    }
    if (key->type != &slice_type)
        return raise(exc::TypeError, "byte indices must be integers or slices, not %.200s", key->type->name);
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count = slice_adjust(bytes->size, &start, &stop, step);
    if (count <= 0) return bytes_empty();
    if (step == 1) {
        if (start == 0 && count == bytes->size && is_bytes_exact(self)) return share(self);
        return bytes_from({bytes->data + start, size_t(count)});
    }
    if (count == 1) return bytes_single(uint8_t(bytes->data[start]));
    Ref<Bytes> result = TRY(bytes_new(count));
    for (ssize_t i = 0; i < count; ++i, start += step)
        result->data[i] = bytes->data[start];
    return result;
}
Object* bytes_richcompare(Object* a, Object* b, int op) {
    if (is_bytes(a) && is_bytes(b)) {
        if (op == kEqual || op == kNotEqual)
            return compare_result((as_bytes(a)->view() == as_bytes(b)->view()) == (op == kEqual));
        return compare_outcome(as_bytes(a)->view().compare(as_bytes(b)->view()), op);
    }
    if (runtime().config.bytes_warning && (op == kEqual || op == kNotEqual)) {
        if (is_str(a) || is_str(b)) TRY(warn(exc::BytesWarning, 1, "Comparison between bytes and string"));
        if (is_int(a) || is_int(b)) TRY(warn(exc::BytesWarning, 1, "Comparison between bytes and int"));
    }
    return new_reference(not_implemented());
}
int bytes_get_buffer(Object* self, Buffer* buffer, int flags) {
    return buffer_fill(buffer, self, as_bytes(self)->data, as_bytes(self)->size, true, flags);
}
Fallible<Ref<>> bytes_remainder(Object* a, Object* b) {
    if (!is_bytes(a)) return share(not_implemented());
    return bytes_percent_format(as_bytes(a)->view(), b);
}
// bytes.__getnewargs__()
Fallible<Ref<>> bytes_getnewargs(Object* self) {
    Ref<Bytes> copy = TRY(bytes_from(as_bytes(self)->view()));
    return TRY(tuple_pack(copy.get()));
}
// bytes.__bytes__()
Fallible<Ref<>> bytes_dunder_bytes(Object* self) {
    if (is_bytes_exact(self)) return share(self);
    return bytes_from(as_bytes(self)->view());
}

NumberMethods bytes_number = {.remainder = slot2<bytes_remainder>};
SequenceMethods bytes_sequence = {
    .length = bytes_length,
    .concat = slot2<bytes_concat>,
    .repeat = bytes_repeat,
    .item = bytes_item,
    .contains = bytes_contains,
};
MappingMethods bytes_mapping = {.length = bytes_length, .subscript = slot2<bytes_subscript>};
BufferMethods bytes_buffer = {.get = bytes_get_buffer};

MethodDef bytes_method_table[] = {
    METHOD_NOARGS_UNSIGNED("__getnewargs__", bytes_getnewargs, ""),
    METHOD_NOARGS("__bytes__", bytes_dunder_bytes, "($self, /)", "These bytes as an exact bytes object."),
#include "interp/objects/bytes_method_rows.inc"
    END_ROW,
};

}  // namespace

constinit Type bytes_type = static_type({
    .name = "bytes",
    .basic_size = offsetof(Bytes, data) + 1,
    .item_size = 1,
    .flags = type_flag::kBase | type_flag::kBytesSubclass | type_flag::kMatchSelf,
    .doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> "
           "bytes\n"
           "bytes(int) -> bytes of that many zeros\nbytes() -> empty bytes\n\nAn immutable array of bytes.",
    .dealloc = bytes_dealloc,
    .repr = slot1<bytes_repr_slot>,
    .str = slot1<bytes_str>,
    .hash = bytes_hash,
    .richcompare = bytes_richcompare,
    .getattro = generic_getattro_slot,
    .iter = slot1<bytes_iter>,
    .number = &bytes_number,
    .sequence = &bytes_sequence,
    .mapping = &bytes_mapping,
    .buffer = &bytes_buffer,
    .methods = bytes_method_table,
    .new_ = BytesNew::new_,
});

}  // namespace py
