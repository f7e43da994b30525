// The methods and the sequence slots of array.array.
#include <cstring>

#include "interp/modules/array.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"

namespace py::arrays {

void reverse_bytes(char* data, ssize_t count, int size) {
    for (ssize_t i = 0; i < count; ++i, data += size)
        for (int a = 0, b = size - 1; a < b; ++a, --b)
            std::swap(data[a], data[b]);
}

namespace {

Fallible<Ref<>> load(Array* array, ssize_t i) {
    return array->code->load(array->item(i));
}

// array.append(v, /)
Fallible<Ref<>> append(Object* self, Object* value) {
    TRY(array_append(as_array(self), value));
    return share(none());
}
// array.buffer_info()
Fallible<Ref<>> buffer_info(Object* self) {
    Ref<Int> address = TRY(int_from_unsigned(uint64_t(uintptr_t(as_array(self)->data))))
    , size = TRY(int_from(as_array(self)->size));
    return tuple_pack(address.get(), size.get());
}
// array.byteswap()
Fallible<Ref<>> byteswap(Object* self) {
    reverse_bytes(as_array(self)->data, as_array(self)->size, as_array(self)->code->size);
    return share(none());
}
// array.__copy__()
Fallible<Ref<>> copy(Object* self) {
    Array* array = as_array(self);
    Ref<Array> result = TRY(array_make(&array_type, array->size, array->code));
    if (array->size) std::memcpy(result->data, array->data, size_t(array->size) * size_t(array->code->size));
    return result;
}
// array.__deepcopy__(unused, /)
Fallible<Ref<>> deepcopy(Object* self, Object*) {
    return copy(self);
}

// The first index in [start, stop) with an item equal to the value; -1: none.
Fallible<ssize_t> find(Array* array, Object* value, ssize_t start, ssize_t stop) {
    for (ssize_t i = start; i < stop && i < array->size; ++i) {
        Ref<> item = TRY(load(array, i));
        if (TRY(rich_compare_bool(item.get(), value, kEqual))) return i;
    }
    return ssize_t(-1);
}
// array.count(v, /)
Fallible<Ref<>> count(Object* self, Object* value) {
    ssize_t found = 0;
    for (ssize_t i = 0; i < as_array(self)->size; ++i) {
        Ref<> item = TRY(load(as_array(self), i));
        found += TRY(rich_compare_bool(item.get(), value, kEqual));
    }
    return int_from(found);
}
// array.index(v, start=0, stop=sys.maxsize, /)
Fallible<Ref<>> index_of(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("index", nargs, 1, 3));
    Array* array = as_array(self);
    ssize_t start = 0, stop = PTRDIFF_MAX;
    if (nargs > 1) TRY(slice_bound(args[1], &start));
    if (nargs > 2) TRY(slice_bound(args[2], &stop));
    if (start < 0 && (start += array->size) < 0) start = 0;
    if (stop < 0) stop += array->size;
    ssize_t found = TRY(find(array, args[0], start, stop));
    if (found < 0) return raise(exc::ValueError, "array.index(x): x not in array");
    return int_from(found);
}
// array.remove(v, /)
Fallible<Ref<>> remove(Object* self, Object* value) {
    ssize_t found = TRY(find(as_array(self), value, 0, PTRDIFF_MAX));
    if (found < 0) return raise(exc::ValueError, "array.remove(x): x not in array");
    TRY(array_delete(as_array(self), found, found + 1));
    return share(none());
}
// array.pop(i=-1, /)
Fallible<Ref<>> pop(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("pop", nargs, 0, 1));
    Array* array = as_array(self);
    ssize_t i = -1;
    if (nargs) i = TRY(as_ssize(args[0]));
    if (array->size == 0) return raise(exc::IndexError, "pop from empty array");
    if (i < 0) i += array->size;
    if (size_t(i) >= size_t(array->size)) return raise(exc::IndexError, "pop index out of range");
    Ref<> item = TRY(load(array, i));
    TRY(array_delete(array, i, i + 1));
    return item;
}
// array.extend(bb, /)
Fallible<Ref<>> extend(Object* self, Object* iterable) {
    TRY(array_extend(as_array(self), iterable));
    return share(none());
}
// array.insert(i, v, /)
Fallible<Ref<>> insert(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("insert", nargs, 2, 2));
    TRY(array_insert(as_array(self), TRY(as_ssize(args[0])), args[1]));
    return share(none());
}
// array.reverse()
Fallible<Ref<>> reverse(Object* self) {
    Array* array = as_array(self);
    // Turning round the bytes of the whole, then of each item, turns round the items.
    int size = array->code->size;
    for (ssize_t a = 0, b = array->size * size - 1; a < b; ++a, --b)
        std::swap(array->data[a], array->data[b]);
    reverse_bytes(array->data, array->size, size);
    return share(none());
}
// array.frombytes(buffer, /)
Fallible<Ref<>> frombytes(Object* self, Object* buffer) {
    TRY(array_frombytes(as_array(self), buffer));
    return share(none());
}
// array.tobytes()
Fallible<Ref<>> tobytes(Object* self) {
    return bytes_from({as_array(self)->data, size_t(as_array(self)->size) * size_t(as_array(self)->code->size)});
}
// array.fromlist(list, /): all items or none.
Fallible<Ref<>> fromlist(Object* self, Object* list) {
    if (!is_list(list)) return raise(exc::TypeError, "arg must be list");
    Array* array = as_array(self);
    ssize_t size = array->size, added = as_list(list)->size;
    TRY(array_resize(array, size + added));
    for (ssize_t i = 0; i < added; ++i) {
        Ref<> value = share(as_list(list)->items[i]);
        auto stored = array_store(array, array->size - added + i, value.get());
        if (stored.ok() && as_list(list)->size != added)
            stored = raise(exc::RuntimeError, "list changed size during iteration");
        if (stored.ok()) continue;
        SavedError saved;
        if (!array_resize(array, size).ok()) clear_error();
        return raised;
    }
    return share(none());
}
// array.tolist()
Fallible<Ref<>> tolist(Object* self) {
    Ref<List> list = TRY(list_new(as_array(self)->size));
    for (ssize_t i = 0; i < list->size; ++i)
        list->items[i] = TRY(load(as_array(self), i))
    .release();
    return list;
}
// array.fromunicode(ustr, /)
Fallible<Ref<>> fromunicode(Object* self, Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "fromunicode() argument must be str, not %N", text);
    TRY(array_fromunicode(as_array(self), text));
    return share(none());
}
// array.tounicode()
Fallible<Ref<>> tounicode(Object* self) {
    Array* array = as_array(self);
    if (array->code->code != 'u')
        return raise(exc::ValueError, "tounicode() may only be called on unicode type arrays");
    auto points = reinterpret_cast<uint32_t*>(array->data);
    for (ssize_t i = 0; i < array->size; ++i)
        if (points[i] > 0x10ffff)
            return raise(exc::ValueError, "character U+%x is not in range [U+0000; U+10ffff]", points[i]);
    return str_from_code_points(points, array->size);
}
// array.fromfile(f, n, /)
Fallible<Ref<>> fromfile(Object* self, Object* const* args) {
    Array* array = as_array(self);
    ssize_t wanted = TRY(as_ssize(args[1]))
    , bytes_wanted;
    if (wanted < 0) return raise(exc::ValueError, "negative count");
    if (__builtin_mul_overflow(wanted, array->code->size, &bytes_wanted)) return raise_memory_error();
    Ref<Int> size = TRY(int_from(bytes_wanted));
    Ref<> content = TRY(call_method(args[0], "read"_name, size.get()));
    if (!is_bytes(content.get())) return raise(exc::TypeError, "read() didn't return bytes");
    TRY(array_frombytes(array, content.get()));
    if (as_bytes(content.get())->size != bytes_wanted) return raise(exc::EOFError, "read() didn't return enough bytes");
    return share(none());
}
// array.tofile(f, /): in blocks of 64 KiB.
Fallible<Ref<>> tofile(Object* self, Object* file) {
    constexpr ssize_t kBlock = 64 * 1024;
    Array* array = as_array(self);
    ssize_t total = array->size * array->code->size;
    for (ssize_t at = 0; at < total; at += kBlock) {
        ssize_t size = total - at < kBlock ? total - at : kBlock;
        Ref<Bytes> block = TRY(bytes_from({array->data + at, size_t(size)}));
        TRY(call_method(file, "write"_name, block.get()));
    }
    return share(none());
}
// array.__sizeof__()
Fallible<Ref<>> size_of(Object* self) {
    return int_from(self->type->basic_size + as_array(self)->allocated * as_array(self)->code->size);
}
// array.__reduce_ex__(value, /)
Fallible<Ref<>> reduce_ex(Object* self, Object* protocol_object) {
    Array* array = as_array(self);
    if (!is_int(protocol_object)) return raise(exc::TypeError, "__reduce_ex__ argument should be an integer");
    int64_t protocol = TRY(as_int64(protocol_object));
    Ref<> dict = TRY(lookup_attr(self, "__dict__"_name));
    if (!dict) dict = share(none());
    auto type = static_cast<Object*>(self->type);
    Ref<Str> code = TRY(str_from_char(uint32_t(array->code->code)));
    if (protocol < 3) {
        Ref<> list = TRY(tolist(self));
        return reduce_with_state(self, dict.get(), code.get(), list.get());
    }
    Ref<Str> module_name = TRY(str_from_ascii("array"));
    Ref<> import_function = TRY(builtin_attr("__import__"));
    Ref<> module = TRY(call(import_function.get(), module_name.get()));
    Ref<> reconstructor = TRY(get_attr(module.get(), "_array_reconstructor"_name));
    Ref<Int> format = TRY(int_from(array->code->machine_format));
    Ref<> content = TRY(tobytes(self));
    Ref<Tuple> arguments = TRY(tuple_pack(type, code.get(), format.get(), content.get()));
    return tuple_pack(reconstructor.get(), arguments.get(), dict.get());
}

ssize_t array_length(Object* object) {
    return as_array(object)->size;
}

Object* array_item(Object* object, ssize_t i) {
    Array* array = as_array(object);
    if (size_t(i) >= size_t(array->size)) return raise(exc::IndexError, "array index out of range");
    return load(array, i).release();
}
int array_store_item(Object* object, ssize_t i, Object* value) {
    Array* array = as_array(object);
    if (size_t(i) >= size_t(array->size)) return raise(exc::IndexError, "array assignment index out of range");
    if (!value) return array_delete(array, i, i + 1).release();
    return array_store(array, i, value).release();
}
int array_contains(Object* object, Object* value) {
    return TRY(find(as_array(object), value, 0, PTRDIFF_MAX))
    >= 0;
}

Object* array_concat(Object* a, Object* b) {
    if (!is_array(b)) return raise(exc::TypeError, "can only append array (not \"%.200s\") to array", b->type->name);
    Array *left = as_array(a), *right = as_array(b);
    if (left->code != right->code) return raise(exc::TypeError, "bad argument type for built-in operation");
    if (left->size > PTRDIFF_MAX - right->size) return raise_memory_error();
    Ref<Array> result = TRY(array_make(&array_type, left->size + right->size, left->code));
    size_t item_size = size_t(left->code->size);
    if (left->size) std::memcpy(result->data, left->data, size_t(left->size) * item_size);
    if (right->size) std::memcpy(result->item(left->size), right->data, size_t(right->size) * item_size);
    return result.release();
}
Object* array_inplace_concat(Object* self, Object* other) {
    if (!is_array(other))
        return raise(exc::TypeError, "can only extend array with array (not \"%.200s\")", other->type->name);
    TRY(array_extend(as_array(self), other));
    return new_reference(self);
}
// The first `size` bytes again and again until `total` are filled.
void repeat_bytes(char* data, size_t size, size_t total) {
    for (size_t filled = size; filled < total;) {
        size_t more = filled < total - filled ? filled : total - filled;
        std::memcpy(data + filled, data, more);
        filled += more;
    }
}
Object* array_repeat(Object* object, ssize_t times) {
    Array* array = as_array(object);
    if (times < 0) times = 0;
    ssize_t size;
    if (__builtin_mul_overflow(array->size, times, &size)) return raise_memory_error();
    Ref<Array> result = TRY(array_make(&array_type, size, array->code));
    if (size == 0) return result.release();
    size_t bytes = size_t(array->size) * size_t(array->code->size);
    std::memcpy(result->data, array->data, bytes);
    repeat_bytes(result->data, bytes, bytes * size_t(times));
    return result.release();
}
Object* array_inplace_repeat(Object* object, ssize_t times) {
    Array* array = as_array(object);
    if (array->size == 0) return new_reference(object);
    if (times < 0) times = 0;
    ssize_t size;
    if (__builtin_mul_overflow(array->size, times, &size)) return raise_memory_error();
    size_t bytes = size_t(array->size) * size_t(array->code->size);
    TRY(array_resize(array, size));
    if (size) repeat_bytes(array->data, bytes, bytes * size_t(times));
    return new_reference(object);
}

Object* array_subscript(Object* object, Object* key) {
    Array* array = as_array(object);
    if (is_index(key)) {
        ssize_t i = TRY(index_as_ssize(key, exc::IndexError));
        return array_item(object, i < 0 ? i + array->size : i);
    }
    if (key->type != &slice_type) return raise(exc::TypeError, "array indices must be integers");
    ssize_t start, stop, step;
    TRY(slice_unpack(static_cast<Slice*>(key), &start, &stop, &step));
    ssize_t count_ = slice_adjust(array->size, &start, &stop, step);
    Ref<Array> result = TRY(array_make(&array_type, count_, array->code));
    size_t size = size_t(array->code->size);
    if (step == 1 && count_ > 0) {
        std::memcpy(result->data, array->item(start), size_t(count_) * size);
        return result.release();
    }
    for (ssize_t i = 0; i < count_; ++i, start += step)
        std::memcpy(result->item(i), array->item(start), size);
    return result.release();
}

// array[start:stop] = other (null: delete), with step 1.
Fallible<void> replace_slice(Array* array, ssize_t start, ssize_t removed, Array* other) {
    ssize_t inserted = other ? other->size : 0, size = array->size, growth = inserted - removed;
    size_t item_size = size_t(array->code->size);
    if (growth && array->exports > 0)
        return raise(exc::BufferError, "cannot resize an array that is exporting buffers");
    if (growth < 0) {
        std::memmove(array->item(start + inserted), array->item(start + removed),
                     size_t(size - start - removed) * item_size);
        TRY(array_resize(array, size + growth));
    } else if (growth > 0) {
        TRY(array_resize(array, size + growth));
        std::memmove(array->item(start + inserted), array->item(start + removed),
                     size_t(size - start - removed) * item_size);
    }
    if (inserted) std::memcpy(array->item(start), other->data, size_t(inserted) * item_size);
    return {};
}
Fallible<void> delete_stepped(Array* array, ssize_t start, ssize_t step, ssize_t count_) {
    if (count_ == 0) return {};
    if (array->exports > 0) return raise(exc::BufferError, "cannot resize an array that is exporting buffers");
    if (step < 0) {
        start += step * (count_ - 1);
        step = -step;
    }
    size_t item_size = size_t(array->code->size);
    ssize_t to = start, from = start;
    for (ssize_t i = 0; i < count_; ++i) {
        ++from;
        ssize_t kept = i + 1 < count_ ? step - 1 : array->size - from;
        std::memmove(array->item(to), array->item(from), size_t(kept) * item_size);
        to += kept;
        from += kept;
    }
    return array_resize(array, array->size - count_);
}
Fallible<void> store_slice(Array* array, Slice* slice, Object* value) {
    ssize_t start, stop, step;
    TRY(slice_unpack(slice, &start, &stop, &step));
    ssize_t count_ = slice_adjust(array->size, &start, &stop, step);
    Array* other = nullptr;
    Ref<> held;
    if (value) {
        if (!is_array(value))
            return raise(exc::TypeError, "can only assign array (not \"%.200s\") to array slice", value->type->name);
        held = value == array ? TRY(copy(value)) : share(value);
        other = as_array(held.get());
        if (other->code != array->code) return raise(exc::TypeError, "bad argument type for built-in operation");
    }
    if (step == 1) return replace_slice(array, start, count_, other);
    if (!other || other->size == 0) return delete_stepped(array, start, step, count_);
    if (other->size != count_)
        return raise(exc::ValueError, "attempt to assign array of size %zd to extended slice of size %zd", other->size,
                     count_);
    for (ssize_t i = 0; i < count_; ++i, start += step)
        std::memcpy(array->item(start), other->item(i), size_t(array->code->size));
    return {};
}
int array_store_subscript(Object* object, Object* key, Object* value) {
    Array* array = as_array(object);
    if (is_index(key)) {
        ssize_t i = TRY(index_as_ssize(key, exc::IndexError));
        return array_store_item(object, i < 0 ? i + array->size : i, value);
    }
    if (key->type != &slice_type) return raise(exc::TypeError, "array indices must be integers");
    return store_slice(array, static_cast<Slice*>(key), value).release();
}

// How the items of each machine format are built: width, and whether the bytes run the other way here.
struct FormatTraits {
    int size;
    bool is_int, is_signed, big_endian;
};
constexpr FormatTraits kFormats[] = {
    {1, true, false, false},  {1, true, true, false},  {2, true, false, false},  {2, true, false, true},
    {2, true, true, false},   {2, true, true, true},   {4, true, false, false},  {4, true, false, true},
    {4, true, true, false},   {4, true, true, true},   {8, true, false, false},  {8, true, false, true},
    {8, true, true, false},   {8, true, true, true},   {4, false, true, false},  {4, false, true, true},
    {8, false, true, false},  {8, false, true, true},  {4, false, false, false}, {4, false, false, true},
    {8, false, false, false}, {8, false, false, true},  // texts: pairs of units, as CPython counts them
};

// Items in a foreign format become a list that the type's constructor takes.
Fallible<Ref<>> foreign_items(int format, std::string_view content) {
    const FormatTraits& traits = kFormats[format];
    if (content.size() % size_t(traits.size))
        return raise(exc::ValueError, "string length not a multiple of item size");
    if (format >= kUtf16Le) {
        const char* encodings[] = {"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"};
        return bytes_decode(content, encodings[format - kUtf16Le], nullptr);
    }
    Ref<List> list = TRY(list_new(0));
    for (size_t at = 0; at < content.size(); at += size_t(traits.size)) {
        char item[8];
        std::memcpy(item, content.data() + at, size_t(traits.size));
        Ref<> value;
        if (traits.is_int) {
            value = TRY(int_from_bytes(reinterpret_cast<uint8_t*>(item), size_t(traits.size), !traits.big_endian,
                                       traits.is_signed));
        } else {
            if (traits.big_endian) reverse_bytes(item, 1, traits.size);
            float narrow;
            double wide;
            std::memcpy(&narrow, item, sizeof narrow);
            std::memcpy(&wide, item, sizeof wide);
            value = TRY(float_from(traits.size == 4 ? double(narrow) : wide));
        }
        TRY(list_append(list.get(), value.get()));
    }
    return list;
}

}  // namespace

// array._array_reconstructor(arraytype, typecode, mformat_code, items, /)
Fallible<Ref<>> array_reconstruct(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("_array_reconstructor", nargs, 4, 4));
    if (!is_instance_of(args[0], type_type))
        return raise(exc::TypeError, "first argument must be a type object, not %.200s", args[0]->type->name);
    auto type = static_cast<Type*>(static_cast<VarObject*>(args[0]));
    if (!is_subtype(type, &array_type))
        return raise(exc::TypeError, "%.200s is not a subtype of %.200s", type->name, array_type.name);
    if (!is_str(args[1]) || as_str(args[1])->length != 1)
        return raise(exc::TypeError, "_array_reconstructor() argument 2 must be a unicode character, not %N",
                     args[1]);
    const TypeCode* code = type_code(as_str(args[1])->at(0));
    if (!code) return raise(exc::ValueError, "second argument must be a valid type code");
    int format = TRY(as_c_int(args[2]));
    if (format < kUInt8 || format > kUtf32Be)
        return raise(exc::ValueError, "third argument must be a valid machine format code.");
    if (!is_bytes(args[3]))
        return raise(exc::TypeError, "fourth argument should be bytes, not %.200s", args[3]->type->name);
    std::string_view content = as_bytes(args[3])->view();
    Ref<> items;
    if (format == code->machine_format) {
        items = share(args[3]);
    } else {
        items = TRY(foreign_items(format, content));
        // The last item type of the same width and kind (`long long`, not `long`) holds what a foreign byte order or a
        // differing `long` has held.
        const FormatTraits& traits = kFormats[format];
        if (traits.is_int)
            for (const char* c = "bBhHiIlLqQ"; *c; ++c) {
                const TypeCode* other = type_code(uint32_t(*c));
                if (other->size == traits.size && other->is_signed == traits.is_signed) code = other;
            }
    }
    Ref<Str> letter = TRY(str_from_char(uint32_t(code->code)));
    Ref<Tuple> arguments = TRY(tuple_pack(letter.get(), items.get()));
    return Fallible<Ref<>>::from_slot(array_type.new_(type, arguments.get(), nullptr));
}

MethodDef array_methods[] = {
    METHOD_O("append", append, "($self, v, /)", "Append new value v to the end of the array."),
    METHOD_NOARGS("buffer_info", buffer_info, "($self, /)", "(address, length) of the memory, the length in items."),
    METHOD_NOARGS("byteswap", byteswap, "($self, /)", "Turns round the bytes of each item."),
    METHOD_NOARGS("__copy__", copy, "($self, /)", "Return a copy of the array."),
    METHOD_O("count", count, "($self, v, /)", "How often v occurs."),
    METHOD_O("__deepcopy__", deepcopy, "($self, unused, /)", "Return a copy of the array."),
    METHOD_UNPACKED_O("extend", extend, "($self, bb, /)", "Adds items at the end."),
    METHOD_UNPACKED("fromfile", fromfile, "($self, f, n, /)",
                "Reads n items from the file object f and adds them at the end."),
    METHOD_O("fromlist", fromlist, "($self, list, /)", "Adds the list's items at the end."),
    METHOD_O("frombytes", frombytes, "($self, buffer, /)", "Adds items from their machine representation."),
    METHOD_O("fromunicode", fromunicode, "($self, ustr, /)",
             "Adds the characters of a string; the array must be of type u."),
    METHOD_FAST("index", index_of, "($self, v, start=0, stop=sys.maxsize, /)",
                "The first index of v; ValueError where it is absent."),
    METHOD_FAST("insert", insert, "($self, i, v, /)", "Puts v in before position i."),
    METHOD_FAST("pop", pop, "($self, i=-1, /)", "Takes out and returns the item at i."),
    METHOD_UNPACKED_O("__reduce_ex__", reduce_ex, "($self, value, /)", "Return state information for pickling."),
    METHOD_O("remove", remove, "($self, v, /)", "Takes out the first item equal to v."),
    METHOD_NOARGS("reverse", reverse, "($self, /)", "Turns the array round, in place."),
    METHOD_UNPACKED_O("tofile", tofile, "($self, f, /)", "Writes the machine representation to the file object f."),
    METHOD_NOARGS("tolist", tolist, "($self, /)", "The items as a list."),
    METHOD_NOARGS("tobytes", tobytes, "($self, /)", "The machine representation as bytes."),
    METHOD_NOARGS("tounicode", tounicode, "($self, /)", "The characters as a string; the array must be of type u."),
    METHOD_NOARGS("__sizeof__", size_of, "($self, /)", "Size of the array in memory, in bytes."),
    CLASS_GETITEM_ROW,
    END_ROW,
};
SequenceMethods array_sequence = {.length = array_length,
                                  .concat = array_concat,
                                  .repeat = array_repeat,
                                  .item = array_item,
                                  .store_item = array_store_item,
                                  .contains = array_contains,
                                  .inplace_concat = array_inplace_concat,
                                  .inplace_repeat = array_inplace_repeat};
MappingMethods array_mapping = {
    .length = array_length, .subscript = array_subscript, .store_subscript = array_store_subscript};

}  // namespace py::arrays
