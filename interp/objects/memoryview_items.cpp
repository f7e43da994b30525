// Elements of a memoryview: native formats to and from objects, lists, comparison.
#include <cstring>

#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/memoryview.h"
#include "interp/objects/str.h"

namespace py {

char native_format(const char* format) {
    if (!format) return 'B';
    if (*format == '@') ++format;
    return format[0] && !format[1] && native_size(format[0]) > 0 ? format[0] : 0;
}
ssize_t native_size(char format) {
    switch (format) {
        case 'c':
        case 'b':
        case 'B':
        case '?': return 1;
        case 'h':
        case 'H': return 2;
        case 'i':
        case 'I':
        case 'f': return 4;
        case 'l':
        case 'L':
        case 'q':
        case 'Q':
        case 'n':
        case 'N':
        case 'd':
        case 'P': return 8;
        default: return -1;
    }
}
Fallible<char> view_format(const MemoryView* view) {
    const char* format = view->view.format ? view->view.format : "B";
    const char* code = *format == '@' ? format + 1 : format;
    if (!code[0] || code[1]) return raise(exc::NotImplementedError, "memoryview: unsupported format %s", format);
    return *code;
}

char* follow(const Buffer& buffer, char* data, int dimension, ssize_t index) {
    data += buffer.strides[dimension] * index;
    if (buffer.suboffsets && buffer.suboffsets[dimension] >= 0) {
        char* pointer;
        std::memcpy(&pointer, data, sizeof pointer);
        data = pointer + buffer.suboffsets[dimension];
    }
    return data;
}

namespace {

template <class T>
T load(const char* data) {
    T value;
    std::memcpy(&value, data, sizeof value);
    return value;
}
template <class T>
void store(char* data, T value) {
    std::memcpy(data, &value, sizeof value);
}
bool is_integer_format(char f) {
    return std::strchr("bBhHiIlLqQnNP", f) != nullptr;
}

Raised invalid_type(char format) {
    return raise(exc::TypeError, "memoryview: invalid type for format '%c'", int(format));
}
Raised invalid_value(char format) {
    return raise(exc::ValueError, "memoryview: invalid value for format '%c'", int(format));
}
// Words a failed conversion for the format; other errors pass.
Raised conversion_error(char format) {
    if (error_matches(exc::TypeError)) {
        clear_error();
        return invalid_type(format);
    }
    if (error_matches(exc::OverflowError) || error_matches(exc::ValueError)) {
        clear_error();
        return invalid_value(format);
    }
    return raised;
}

Fallible<void> pack_integer(char* data, char format, Object* value) {
    Fallible<Ref<Int>> converted = index(value);
    if (!converted.ok()) return conversion_error(format);
    Ref<Int> number = converted.take();
    int size = int(native_size(format));
    bool is_signed = std::strchr("bhilqn", format) != nullptr;
    if (format == 'P') is_signed = number->size < 0;  // pointers take either
    uint8_t bytes[8];
    Fallible<void> stored = int_to_bytes(number.get(), bytes, size_t(size), true, is_signed);
    if (!stored.ok()) {
        if (clear_error_if(exc::OverflowError)) return invalid_value(format);
        return raised;
    }
    std::memcpy(data, bytes, size_t(size));
    return {};
}
Fallible<void> pack_float(char* data, char format, Object* value) {
    Fallible<double> converted = as_double(value);
    if (!converted.ok()) return conversion_error(format);
    double number = converted.take();
    if (format == 'd')
        store(data, number);
    else
        store(data, float(number));
    return {};
}

}  // namespace

Fallible<Ref<>> unpack_item(const char* data, char format) {
    switch (format) {
        case 'B': return int_from(load<uint8_t>(data));
        case 'b': return int_from(load<int8_t>(data));
        case 'h': return int_from(load<int16_t>(data));
        case 'H': return int_from(load<uint16_t>(data));
        case 'i': return int_from(load<int32_t>(data));
        case 'I': return int_from(load<uint32_t>(data));
        case 'l':
        case 'q':
        case 'n': return int_from(load<int64_t>(data));
        case 'L':
        case 'Q':
        case 'N':
        case 'P': return int_from_unsigned(load<uint64_t>(data));
        case 'f': return float_from(load<float>(data));
        case 'd': return float_from(load<double>(data));
        case '?': return bool_from(*data != 0);
        case 'c': return bytes_from({data, 1});
        default: return raise(exc::NotImplementedError, "memoryview: format %c not supported", int(format));
    }
}
Fallible<void> pack_item(char* data, char format, Object* value) {
    if (is_integer_format(format)) return pack_integer(data, format, value);
    if (format == 'f' || format == 'd') return pack_float(data, format, value);
    if (format == '?') {
        *data = TRY(is_true(value));
        return {};
    }
    if (format != 'c') return raise(exc::NotImplementedError, "memoryview: format %c not supported", int(format));
    if (!is_bytes(value)) return invalid_type(format);
    if (as_bytes(value)->size != 1) return invalid_value(format);
    *data = as_bytes(value)->data[0];
    return {};
}

namespace {

Fallible<Ref<>> list_of_dimension(const Buffer& buffer, char* data, int dimension, char format) {
    if (dimension == buffer.dimensions) return unpack_item(data, format);
    ssize_t count = buffer.shape[dimension];
    Ref<List> list = TRY(list_new(0));
    for (ssize_t i = 0; i < count; ++i)
        TRY(list_append_steal(
            list.get(), TRY(list_of_dimension(buffer, follow(buffer, data, dimension, i), dimension + 1, format))));
    return list;
}

// How the elements of one side of a comparison become objects: a native format, or struct.Struct(format).unpack_from.
struct Unpacker {
    char native = 0;
    Ref<> unpack;
    const Buffer* buffer = nullptr;

    Fallible<bool> open(const Buffer& given) {
        buffer = &given;
        native = native_format(given.format);
        if (native) return true;
        Ref<> module = TRY(import_module("struct"));
        Ref<Str> format = TRY(str_from_utf8(given.format ? given.format : "B"));
        Ref<> type = TRY(get_attr(module.get(), "Struct"_name));
        Fallible<Ref<>> made = call(type.get(), format.get());
        if (!made.ok()) {
            // A format that struct does not know compares unequal.
            Ref<> error_type = TRY(get_attr(module.get(), "error"_name));
            if (!error_matches(error_type.get())) return raised;
            clear_error();
            return false;
        }
        Ref<> object = made.take();
        unpack = TRY(get_attr(object.get(), "unpack_from"_name));
        return true;
    }
    Fallible<Ref<>> item(const char* data) {
        if (native) return unpack_item(data, native);
        Ref<Bytes> bytes = TRY(bytes_from({data, size_t(buffer->item_size)}));
        Ref<> tuple = TRY(call(unpack.get(), bytes.get()));
        if (as_tuple(tuple.get())->size == 1) return share(as_tuple(tuple.get())->items[0]);
        return tuple;
    }
};
Fallible<bool> equal_dimension(Unpacker& a, Unpacker& b, char* p, char* q, int dimension) {
    if (dimension == a.buffer->dimensions) {
        if (a.native && a.native == b.native && !std::strchr("fd?", a.native))
            return std::memcmp(p, q, size_t(a.buffer->item_size)) == 0;
        Ref<> left = TRY(a.item(p))
        , right = TRY(b.item(q));
        Ref<> result = TRY(rich_compare(left.get(), right.get(), kEqual));
        return is_true(result.get());
    }
    for (ssize_t i = 0; i < a.buffer->shape[dimension]; ++i)
        if (!TRY(equal_dimension(a, b, follow(*a.buffer, p, dimension, i), follow(*b.buffer, q, dimension, i),
                                 dimension + 1)))
            return false;
    return true;
}
Fallible<bool> views_equal(MemoryView* view, const Buffer& other) {
    if (view->view.dimensions != other.dimensions) return false;
    for (int i = 0; i < other.dimensions; ++i)
        if (view->view.shape[i] != other.shape[i]) return false;
    Unpacker a, b;
    if (!TRY(a.open(view->view)) || !TRY(b.open(other))) return false;
    return equal_dimension(a, b, static_cast<char*>(view->view.data), static_cast<char*>(other.data), 0);
}

}  // namespace

Fallible<Ref<>> view_to_list(MemoryView* view) {
    char format = TRY(view_format(view));
    return list_of_dimension(view->view, static_cast<char*>(view->view.data), 0, format);
}
Object* view_richcompare(Object* a, Object* b, int op) {
    if (op != kEqual && op != kNotEqual) return new_reference(not_implemented());
    MemoryView* view = as_view(a);
    if (!view_check_released(view).ok()) {
        // Released views are equal to themselves only.
        clear_error();
        return compare_result((a == b) == (op == kEqual));
    }
    if (is_memoryview(b)) {
        if (!view_check_released(as_view(b)).ok()) {
            clear_error();
            return compare_result((a == b) == (op == kEqual));
        }
        bool equal = TRY(views_equal(view, as_view(b)->view));
        return compare_result(equal == (op == kEqual));
    }
    if (!has_buffer(b)) return new_reference(not_implemented());
    Buffer other{};
    if (!buffer_get(b, &other, kBufferFullReadOnly).ok()) {
        clear_error();
        return new_reference(not_implemented());
    }
    Fallible<bool> outcome = views_equal(view, other);
    buffer_release(&other);
    bool equal = TRY(std::move(outcome));
    return compare_result(equal == (op == kEqual));
}

}  // namespace py
