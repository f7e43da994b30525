// Methods of bytearray that change it, and its pickling; the table with the rows shared with bytes.
#include "interp/objects/bytearray_methods.h"

#include <algorithm>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/search.h"
#include "interp/objects/str.h"

namespace py {

Fallible<void> bytearray_append_byte(ByteArray* array, char byte) {
    ssize_t size = array->size;
    if (size == PTRDIFF_MAX) return raise(exc::OverflowError, "cannot add more objects to bytearray");
    TRY(bytearray_resize(array, size + 1));
    array->start[size] = byte;
    return {};
}
Fallible<Ref<Bytes>> bytes_from_object_for_store(Object* value) {
    if (has_buffer(value)) return bytes_from_object(value);
    Fallible<Ref<>> iterator = iter(value);
    if (!iterator.ok()) {
        if (clear_error_if(exc::TypeError))
            return raise(exc::TypeError, "cannot convert '%.200s' object to bytearray", value->type->name);
        return raised;
    }
    Ref<> items = iterator.take();
    BytesBuilder out;
    while (Ref<> item = TRY(next(items.get())))
        TRY(out.append_byte(TRY(byte_of(item.get()))));
    return out.finish();
}

namespace {

ByteArray* as_bytearray(Object* object) {
    return static_cast<ByteArray*>(object);
}

// bytearray.append(item, /)
Fallible<Ref<>> bytearray_append(Object* self, Object* item) {
    char byte = char(TRY(byte_of(item)));
    TRY(bytearray_append_byte(as_bytearray(self), byte));
    return share(none());
}
// bytearray.clear()
Fallible<Ref<>> bytearray_clear(Object* self) {
    TRY(bytearray_resize(as_bytearray(self), 0));
    return share(none());
}
// bytearray.copy()
Fallible<Ref<>> bytearray_copy(Object* self) {
    return bytearray_from(as_bytearray(self)->view());
}
// bytearray.extend(iterable_of_ints, /)
Fallible<Ref<>> bytearray_extend(Object* self, Object* iterable) {
    ByteArray* array = as_bytearray(self);
    if (has_buffer(iterable)) {
        Ref<Bytes> content = TRY(bytes_from_object(iterable));
        TRY(bytearray_splice(array, array->size, array->size, content->view()));
        return share(none());
    }
    Fallible<Ref<>> iterator = iter(iterable);
    if (!iterator.ok()) {
        if (clear_error_if(exc::TypeError))
            return raise(exc::TypeError, "can't extend bytearray with %.100s", iterable->type->name);
        return raised;
    }
    Ref<> items = iterator.take();
    TRY(length_hint(iterable, 32));  // its errors count, the builder grows by itself
    BytesBuilder out;
    while (Ref<> item = TRY(next(items.get()))) {
        TRY(out.append_byte(TRY(byte_of(item.get()))));
    }
    TRY(bytearray_splice(array, array->size, array->size, out.view()));
    return share(none());
}
// bytearray.insert(index, item, /)
Fallible<Ref<>> bytearray_insert(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("insert", nargs, 2, 2));
    ssize_t at = TRY(as_ssize(args[0]));
    char byte = char(TRY(byte_of(args[1])));
    ByteArray* array = as_bytearray(self);
    if (at < 0) at = std::max<ssize_t>(at + array->size, 0);
    at = std::min(at, array->size);
    TRY(bytearray_splice(array, at, at, {&byte, 1}));
    return share(none());
}
// bytearray.pop(index=-1, /)
Fallible<Ref<>> bytearray_pop(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("pop", nargs, 0, 1));
    ssize_t at = nargs ? TRY(as_ssize(args[0])) : -1;
    ByteArray* array = as_bytearray(self);
    if (array->size == 0) return raise(exc::IndexError, "pop from empty bytearray");
    if (at < 0) at += array->size;
    if (at < 0 || at >= array->size) return raise(exc::IndexError, "pop index out of range");
    TRY(bytearray_check_resizable(array));
    uint8_t byte = uint8_t(array->start[at]);
    std::memmove(array->start + at, array->start + at + 1, size_t(array->size - at - 1));
    TRY(bytearray_resize(array, array->size - 1));
    return int_from(byte);
}
// bytearray.remove(value, /)
Fallible<Ref<>> bytearray_remove(Object* self, Object* value) {
    uint8_t byte = TRY(byte_of(value));
    ByteArray* array = as_bytearray(self);
    ssize_t at = find_unit(reinterpret_cast<uint8_t*>(array->start), array->size, byte);
    if (at < 0) return raise(exc::ValueError, "value not found in bytearray");
    TRY(bytearray_check_resizable(array));
    std::memmove(array->start + at, array->start + at + 1, size_t(array->size - at - 1));
    TRY(bytearray_resize(array, array->size - 1));
    return share(none());
}
// bytearray.reverse()
Fallible<Ref<>> bytearray_reverse(Object* self) {
    ByteArray* array = as_bytearray(self);
    std::reverse(array->start, array->start + array->size);
    return share(none());
}
// bytearray.__alloc__()
Fallible<Ref<>> bytearray_alloc(Object* self) {
    return int_from(as_bytearray(self)->allocated);
}
// bytearray.__sizeof__()
Fallible<Ref<>> bytearray_sizeof(Object* self) {
    return int_from(self->type->basic_size + as_bytearray(self)->allocated);
}

Fallible<Ref<>> reduce(Object* self, int protocol) {
    Ref<> state = TRY(call_method(self, "__getstate__"_name));
    ByteArray* array = as_bytearray(self);
    Ref<Tuple> arguments;
    if (protocol < 3) {
        // Older protocols have no bytes: latin-1 text carries them.
        Ref<Str> text = TRY(str_from_latin1(array->view()))
        , encoding = TRY(str_from_ascii("latin-1"));
        arguments = array->size ? TRY(tuple_pack(text.get(), encoding.get())) : tuple_empty();
    } else {
        Ref<Bytes> content = TRY(bytes_from(array->view()));
        arguments = array->size ? TRY(tuple_pack(content.get())) : tuple_empty();
    }
    return TRY(tuple_pack(self->type, arguments.get(), state.get()));
}
// bytearray.__reduce__()
Fallible<Ref<>> bytearray_reduce(Object* self) {
    return reduce(self, 2);
}
// bytearray.__reduce_ex__(proto=0, /)
Fallible<Ref<>> bytearray_reduce_ex(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("__reduce_ex__", nargs, 0, 1));
    return reduce(self, nargs ? TRY(as_c_int(args[0])) : 0);
}

}  // namespace

MethodDef bytearray_method_table[] = {
    METHOD_NOARGS_UNSIGNED("__alloc__", bytearray_alloc, "B.__alloc__() -> int: the number of bytes allocated."),
    METHOD_NOARGS("__reduce__", bytearray_reduce, "($self, /)", "State for pickling."),
    METHOD_FAST("__reduce_ex__", bytearray_reduce_ex, "($self, proto=0, /)", "State for pickling."),
    METHOD_NOARGS("__sizeof__", bytearray_sizeof, "($self, /)", "The size in memory, in bytes."),
    METHOD_O("append", bytearray_append, "($self, item, /)", "Adds one byte at the end."),
    METHOD_NOARGS("clear", bytearray_clear, "($self, /)", "Removes all bytes."),
    METHOD_NOARGS("copy", bytearray_copy, "($self, /)", "A copy."),
    METHOD_O("extend", bytearray_extend, "($self, iterable_of_ints, /)", "Adds the bytes of an iterable at the end."),
    METHOD_FAST("insert", bytearray_insert, "($self, index, item, /)", "Inserts one byte before index."),
    METHOD_FAST("pop", bytearray_pop, "($self, index=-1, /)", "Removes the byte at index and returns it."),
    METHOD_O("remove", bytearray_remove, "($self, value, /)", "Removes the first byte of this value."),
    METHOD_NOARGS("reverse", bytearray_reverse, "($self, /)", "Reverses the bytes in place."),
#include "interp/objects/bytes_method_rows.inc"
    END_ROW,
};

}  // namespace py
