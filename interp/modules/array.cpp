// array: the module, array.array's type codes, storage, life cycle, comparison, buffer and iterator.
#include "interp/modules/array.h"

#include <cstring>

#include "interp/objects/dict.h"
#include "interp/runtime/audit.h"

namespace py::arrays {

namespace {

template <class T>
T get(const char* item) {
    T value;
    std::memcpy(&value, item, sizeof value);
    return value;
}
template <class T>
void put(char* item, T value) {
    std::memcpy(item, &value, sizeof value);
}

template <class T>
Fallible<Ref<>> load_signed(const char* item) {
    return int_from(get<T>(item));
}
template <class T>
Fallible<Ref<>> load_unsigned(const char* item) {
    return int_from_unsigned(get<T>(item));
}
template <class T>
Fallible<Ref<>> load_float(const char* item) {
    return float_from(double(get<T>(item)));
}
Fallible<Ref<>> load_char(const char* item) {
    uint32_t c = get<uint32_t>(item);
    if (c > 0x10ffff) return raise(exc::ValueError, "chr() arg not in range(0x110000)");
    return str_from_code_points(&c, 1);
}

// The errors name a C type: CPython parses some codes as a wider one first, whose bounds come before the code's own.
struct SmallKind {
    const char* name;
    int64_t low, high;
};
constexpr SmallKind kSignedChar = {"signed char", INT8_MIN, INT8_MAX};
constexpr SmallKind kUnsignedByte = {"unsigned byte integer", 0, UINT8_MAX};
constexpr SmallKind kSignedShort = {"signed short integer", INT16_MIN, INT16_MAX};
constexpr SmallKind kUnsignedShort = {"unsigned short", 0, UINT16_MAX};
constexpr SmallKind kSignedInt = {"signed integer", INT32_MIN, INT32_MAX};

Fallible<void> check_bounds(int64_t word, const SmallKind& kind) {
    if (word < kind.low) return raise(exc::OverflowError, "%s is less than minimum", kind.name);
    if (word > kind.high) return raise(exc::OverflowError, "%s is greater than maximum", kind.name);
    return {};
}
template <class T, const SmallKind& parsed, const SmallKind& kind = parsed>
Fallible<void> store_small(char* item, Object* value) {
    Ref<Int> number = TRY(index(value));
    int overflow;
    int64_t word = as_int64_clamped(number.get(), &overflow);
    if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C long");
    TRY(check_bounds(word, parsed));
    TRY(check_bounds(word, kind));
    put(item, T(word));
    return {};
}
template <class T, FixedString Name>
Fallible<void> store_unsigned(char* item, Object* value) {
    Ref<Int> number = TRY(index(value));
    if (int_sign(number.get()) < 0) return raise(exc::OverflowError, "can't convert negative value to unsigned int");
    if (int_bit_length(number.get()) > 64)
        return raise(exc::OverflowError, "Python int too large to convert to C unsigned long");
    if (int_bit_length(number.get()) > 8 * sizeof(T))
        return raise(exc::OverflowError, "%s is greater than maximum", Name.text);
    put(item, T(as_uint64_masked(number.get())));
    return {};
}
Fallible<void> store_long(char* item, Object* value) {
    Ref<Int> number = TRY(index(value));
    put(item, TRY(as_int64(number.get())));
    return {};
}
Fallible<void> store_int64(char* item, Object* value) {
    Ref<Int> number = TRY(index(value));
    int overflow;
    int64_t word = as_int64_clamped(number.get(), &overflow);
    if (overflow) return raise(exc::OverflowError, "int too big to convert");
    put(item, word);
    return {};
}
Fallible<void> store_uint64(char* item, Object* value) {
    Ref<Int> number = TRY(index(value));
    if (int_sign(number.get()) < 0) return raise(exc::OverflowError, "can't convert negative int to unsigned");
    if (int_bit_length(number.get()) > 64) return raise(exc::OverflowError, "int too big to convert");
    put(item, as_uint64_masked(number.get()));
    return {};
}
template <class T>
Fallible<void> store_float(char* item, Object* value) {
    put(item, T(TRY(as_double(value))));
    return {};
}
Fallible<void> store_char(char* item, Object* value) {
    if (!is_str(value) || as_str(value)->length != 1)
        return raise(exc::TypeError, "array item must be unicode character");
    put(item, as_str(value)->at(0));
    return {};
}

constexpr TypeCode kTypeCodes[] = {
    {'b', 1, "b", true, true, kInt8, load_signed<int8_t>, store_small<int8_t, kSignedShort, kSignedChar>},
    {'B', 1, "B", true, false, kUInt8, load_unsigned<uint8_t>, store_small<uint8_t, kUnsignedByte>},
    {'u', 4, "w", false, false, kUtf32Le, load_char, store_char},
    {'h', 2, "h", true, true, kInt16Le, load_signed<int16_t>, store_small<int16_t, kSignedShort>},
    {'H', 2, "H", true, false, kUInt16Le, load_unsigned<uint16_t>, store_small<uint16_t, kSignedInt, kUnsignedShort>},
    {'i', 4, "i", true, true, kInt32Le, load_signed<int32_t>, store_small<int32_t, kSignedInt>},
    {'I', 4, "I", true, false, kUInt32Le, load_unsigned<uint32_t>, store_unsigned<uint32_t, "unsigned int">},
    {'l', 8, "l", true, true, kInt64Le, load_signed<int64_t>, store_long},
    {'L', 8, "L", true, false, kUInt64Le, load_unsigned<uint64_t>, store_unsigned<uint64_t, "unsigned long">},
    {'q', 8, "q", true, true, kInt64Le, load_signed<int64_t>, store_int64},
    {'Q', 8, "Q", true, false, kUInt64Le, load_unsigned<uint64_t>, store_uint64},
    {'f', 4, "f", false, true, kFloatLe, load_float<float>, store_float<float>},
    {'d', 8, "d", false, true, kDoubleLe, load_float<double>, store_float<double>},
};

}  // namespace

const TypeCode* type_code(uint32_t code) {
    for (const TypeCode& row : kTypeCodes)
        if (uint32_t(row.code) == code) return &row;
    return nullptr;
}

Fallible<Ref<Array>> array_make(Type* type, ssize_t size, const TypeCode* code) {
    if (size > PTRDIFF_MAX / code->size) return raise_memory_error();
    Ref<Array> array = TRY(instance_new<Array>(type));
    array->code = code;
    array->size = size;
    array->allocated = size;
    if (size > 0) {
        array->data = static_cast<char*>(allocate(size_t(size) * size_t(code->size)));
        if (!array->data) {
            array->size = array->allocated = 0;
            return raise_memory_error();
        }
    }
    return array;
}

// Growth by a sixteenth and a little, as sys.getsizeof shows.
Fallible<void> array_resize(Array* array, ssize_t size) {
    if (array->exports > 0 && size != array->size)
        return raise(exc::BufferError, "cannot resize an array that is exporting buffers");
    if (array->allocated >= size && array->size < size + 16 && array->data) {
        array->size = size;
        return {};
    }
    if (size == 0) {
        deallocate(array->data);
        array->data = nullptr;
        array->size = array->allocated = 0;
        return {};
    }
    ssize_t capacity = (size >> 4) + (array->size < 8 ? 3 : 7) + size;
    if (capacity > PTRDIFF_MAX / array->code->size) return raise_memory_error();
    auto data = static_cast<char*>(reallocate(array->data, size_t(capacity) * size_t(array->code->size)));
    if (!data) return raise_memory_error();
    array->data = data;
    array->size = size;
    array->allocated = capacity;
    return {};
}

Fallible<void> array_store(Array* array, ssize_t i, Object* value) {
    char item[8];
    TRY(array->code->store(item, value));
    if (size_t(i) >= size_t(array->size)) return raise(exc::IndexError, "array assignment index out of range");
    std::memcpy(array->item(i), item, size_t(array->code->size));
    return {};
}

Fallible<void> array_append(Array* array, Object* value) {
    return array_insert(array, array->size, value);
}

Fallible<void> array_insert(Array* array, ssize_t i, Object* value) {
    // The value is converted first: an item that does not fit leaves the array as it was.
    char item[8];
    TRY(array->code->store(item, value));
    ssize_t size = array->size;
    TRY(array_resize(array, size + 1));
    if (i < 0 && (i += size) < 0) i = 0;
    if (i > size) i = size;
    std::memmove(array->item(i + 1), array->item(i), size_t(size - i) * size_t(array->code->size));
    std::memcpy(array->item(i), item, size_t(array->code->size));
    return {};
}

Fallible<void> array_extend(Array* array, Object* iterable) {
    if (is_array(iterable)) {
        Array* other = as_array(iterable);
        if (other->code != array->code) return raise(exc::TypeError, "can only extend with array of same kind");
        ssize_t size = array->size, added = other->size;
        if (size > PTRDIFF_MAX - added) return raise_memory_error();
        TRY(array_resize(array, size + added));
        if (added) std::memcpy(array->item(size), other->data, size_t(added) * size_t(array->code->size));
        return {};
    }
    Ref<> iterator = TRY(iter(iterable));
    while (Ref<> value = TRY(next(iterator.get())))
        TRY(array_append(array, value.get()));
    return {};
}

Fallible<void> array_delete(Array* array, ssize_t start, ssize_t end) {
    if (start >= end) return {};
    if (array->exports > 0) return raise(exc::BufferError, "cannot resize an array that is exporting buffers");
    std::memmove(array->item(start), array->item(end), size_t(array->size - end) * size_t(array->code->size));
    return array_resize(array, array->size - (end - start));
}

Fallible<void> array_frombytes(Array* array, Object* source) {
    BufferView view;
    TRY(view.open(source));
    if (view.size() % array->code->size) return raise(exc::ValueError, "bytes length not a multiple of item size");
    ssize_t added = view.size() / array->code->size, size = array->size;
    if (added == 0) return {};
    TRY(array_resize(array, size + added));
    std::memcpy(array->item(size), view.data(), size_t(view.size()));
    return {};
}

Fallible<void> array_fromunicode(Array* array, Object* text_object) {
    if (array->code->code != 'u')
        return raise(exc::ValueError, "fromunicode() may only be called on unicode type arrays");
    Str* text = as_str(text_object);
    ssize_t size = array->size;
    if (text->length == 0) return {};
    TRY(array_resize(array, size + text->length));
    for (ssize_t i = 0; i < text->length; ++i)
        put(array->item(size + i), text->at(i));
    return {};
}

namespace {

Fallible<void> fill(Array* array, Object* initial) {
    if (!initial) return {};
    if (is_bytes(initial) || is_bytearray(initial)) return array_frombytes(array, initial);
    if (is_str(initial)) {
        for (ssize_t i = 0; i < array->size; ++i) put(array->item(i), as_str(initial)->at(i));
        return {};
    }
    if (is_array(initial) && as_array(initial)->code == array->code) return array_extend(array, initial);
    if (is_array(initial)) {
        Array* other = as_array(initial);
        TRY(array_resize(array, other->size));
        for (ssize_t i = 0; i < other->size; ++i) {
            Ref<> value = TRY(other->code->load(other->item(i)));
            TRY(array->code->store(array->item(i), value.get()));
        }
        return {};
    }
    if (is_list(initial) || is_tuple(initial)) {
        for (ssize_t i = 0; i < array->size; ++i) {
            if (i >= fast_sequence_size(initial)) return raise(exc::IndexError, "list index out of range");
            Ref<> value = share(fast_sequence_items(initial)[i]);
            TRY(array->code->store(array->item(i), value.get()));
        }
        return {};
    }
    return array_extend(array, initial);
}
// A list's or tuple's items and a text's characters get exactly the room that they need.
ssize_t exact_size(Object* initial) {
    if (!initial) return 0;
    if (is_list(initial) || is_tuple(initial)) return fast_sequence_size(initial);
    return is_str(initial) ? as_str(initial)->length : 0;
}

// array(typecode [, initializer])
Object* array_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &array_type || type->init == array_type.init) TRY(check_no_keywords("array.array", kwargs));
    Tuple* given = as_tuple(args);
    if (given->size < 1) return raise(exc::TypeError, "array() takes at least 1 argument (0 given)");
    if (given->size > 2) return raise(exc::TypeError, "array() takes at most 2 arguments (%zd given)", given->size);
    Object *letter = given->items[0], *initial = given->size > 1 ? given->items[1] : nullptr;
    if (!is_str(letter) || as_str(letter)->length != 1)
        return raise(exc::TypeError, "array() argument 1 must be a unicode character, not %N", letter);
    uint32_t c = as_str(letter)->at(0);
    TRY(audit("array.__new__", "CO", int(c), initial ? initial : none()));
    if (initial && c != 'u') {
        if (is_str(initial))
            return raise(exc::TypeError, "cannot use a str to initialize an array with typecode '%c'", int(c));
        if (is_array(initial) && as_array(initial)->code->code == 'u')
            return raise(exc::TypeError, "cannot use a unicode array to initialize an array with typecode '%c'",
                         int(c));
    }
    // What is neither a known sequence nor bytes is asked for its iterator before the type code is looked at.
    bool is_sequence = initial && (is_list(initial) || is_tuple(initial) || is_bytes(initial) ||
                                   is_bytearray(initial) || is_str(initial) || is_array(initial));
    Ref<> source = !initial || is_sequence ? share(initial) : TRY(iter(initial));
    const TypeCode* code = type_code(c);
    if (!code) return raise(exc::ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
    Ref<Array> array = TRY(array_make(type, exact_size(initial), code));
    if (array->size) std::memset(array->data, 0, size_t(array->size) * size_t(code->size));
    TRY(fill(array.get(), source.get()));
    return array.release();
}

void array_dealloc(Object* object) {
    Array* array = as_array(object);
    gc_untrack(array);
    if (array->weaklist) clear_weakrefs(array);
    deallocate(array->data);
    object_memory_free(array);
}

// Holds no objects; collected all the same, as CPython's class made at run time is.
int array_traverse(Object*, Visit, void*) {
    return 0;
}

Fallible<Ref<>> array_repr(Object* object) {
    Array* array = as_array(object);
    const char* name = type_short_name(object->type);
    if (array->size == 0) return format_str("%s('%c')", name, int(array->code->code));
    Ref<> content = TRY(call_method(object, array->code->code == 'u' ? "tounicode"_name : "tolist"_name));
    return format_str("%s('%c', %R)", name, int(array->code->code), content.get());
}

// FAST: arrays of one int code compare as memory where only equality is asked.
bool comparable_as_bytes(Array* a, Array* b, int op) {
    return a->code == b->code && a->code->is_int && a->size == b->size && (op == kEqual || op == kNotEqual);
}

Object* array_richcompare(Object* x, Object* y, int op) {
    if (!is_array(x) || !is_array(y)) return new_reference(not_implemented());
    Array *a = as_array(x), *b = as_array(y);
    if (a->size != b->size && (op == kEqual || op == kNotEqual)) return compare_result(op == kNotEqual);
    if (comparable_as_bytes(a, b, op)) {
        bool same = a->size == 0 || std::memcmp(a->data, b->data, size_t(a->size) * size_t(a->code->size)) == 0;
        return compare_result(same == (op == kEqual));
    }
    bool characters = a->code == b->code && a->code->code == 'u';  // those compare as the numbers that they are
    for (ssize_t i = 0; i < a->size && i < b->size; ++i) {
        if (characters) {
            auto left = get<int32_t>(a->item(i)), right = get<int32_t>(b->item(i));
            if (left == right) continue;
            return compare_outcome(left < right ? -1 : 1, op);
        }
        Ref<> left = TRY(a->code->load(a->item(i)))
        , right = TRY(b->code->load(b->item(i)));
        if (TRY(rich_compare_bool(left.get(), right.get(), kEqual))) continue;
        if (op == kEqual) return compare_result(false);
        if (op == kNotEqual) return compare_result(true);
        return rich_compare(left.get(), right.get(), CompareOp(op)).release();
    }
    return compare_outcome(a->size < b->size ? -1 : a->size > b->size, op);
}

char no_data[1];

int array_buffer_get(Object* object, Buffer* buffer, int flags) {
    Array* array = as_array(object);
    if (!buffer) return raise(exc::BufferError, "array_buffer_getbuf: view==NULL argument is obsolete");
    buffer->data = array->data ? array->data : no_data;
    buffer->owner = new_reference(object);
    buffer->length = array->size * array->code->size;
    buffer->read_only = 0;
    buffer->dimensions = 1;
    buffer->item_size = array->code->size;
    buffer->suboffsets = nullptr;
    buffer->shape = (flags & kBufferNd) == kBufferNd ? &array->size : nullptr;
    buffer->strides = (flags & kBufferStrides) == kBufferStrides ? &buffer->item_size : nullptr;
    buffer->format = (flags & kBufferFormat) == kBufferFormat ? const_cast<char*>(array->code->format) : nullptr;
    buffer->internal = nullptr;
    ++array->exports;
    return 0;
}
void array_buffer_release(Object* object, Buffer*) {
    --as_array(object)->exports;
}

struct ArrayIterator : Object {
    ssize_t index;
    Array* array;  // null: exhausted
};
Object* array_iter(Object* object) {
    auto iterator = static_cast<ArrayIterator*>(gc_object_new(&array_iterator_type, sizeof(ArrayIterator)));
    if (!iterator) return nullptr;
    iterator->index = 0;
    iterator->array = new_reference(as_array(object));
    gc_track(iterator);
    return iterator;
}
Object* array_iterator_next(Object* object) {
    auto iterator = static_cast<ArrayIterator*>(object);
    Array* array = iterator->array;
    if (!array) return nullptr;
    if (iterator->index < array->size) return array->code->load(array->item(iterator->index++)).release();
    clear_slot(iterator->array);
    return nullptr;
}
// arrayiterator.__reduce__()
Fallible<Ref<>> array_iterator_reduce(Object* object) {
    auto iterator = static_cast<ArrayIterator*>(object);
    Ref<> builtin = TRY(builtin_attr("iter"));
    if (!iterator->array) {
        Ref<Tuple> empty = tuple_empty();
        Ref<Tuple> arguments = TRY(tuple_pack(empty.get()));
        return tuple_pack(builtin.get(), arguments.get());
    }
    Ref<Tuple> arguments = TRY(tuple_pack(iterator->array));
    Ref<Int> index = TRY(int_from(iterator->index));
    return tuple_pack(builtin.get(), arguments.get(), index.get());
}
// arrayiterator.__setstate__(state, /)
Fallible<Ref<>> array_iterator_setstate(Object* object, Object* state) {
    auto iterator = static_cast<ArrayIterator*>(object);
    ssize_t index = TRY(as_ssize(state));
    if (iterator->array)
        iterator->index = index < 0 ? 0 : index > iterator->array->size ? iterator->array->size : index;
    return share(none());
}
MethodDef array_iterator_methods[] = {
    METHOD_NOARGS("__reduce__", array_iterator_reduce, "($self, /)", "Return state information for pickling."),
    METHOD_O("__setstate__", array_iterator_setstate, "($self, state, /)", "Set state information for unpickling."),
    END_ROW,
};

Fallible<Ref<>> array_get_typecode(Object* self) {
    return str_from_char(uint32_t(as_array(self)->code->code));
}
Fallible<Ref<>> array_get_itemsize(Object* self) {
    return int_from(as_array(self)->code->size);
}
GetSetDef array_getset[] = {
    GETTER("typecode", array_get_typecode, "the typecode character used to create the array"),
    GETTER("itemsize", array_get_itemsize, "the size, in bytes, of one array item"),
    END_ROW,
};
BufferMethods array_buffer = {.get = array_buffer_get, .release = array_buffer_release};

MethodDef module_methods[] = {
    METHOD_FAST("_array_reconstructor", array_reconstruct,
                "($module, arraytype, typecode, mformat_code, items,\n                     /)",
                "Internal. Used for pickling support."),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    TRY(type_ready(&array_iterator_type));
    TRY(module_add_type(module, &array_type));
    TRY(module_add(module, "ArrayType", share(static_cast<Object*>(&array_type))));
    TRY(module_add_str(module, "typecodes", "bBuhHiIlLqQfd"));
    // collections.abc: arrays are mutable sequences.
    Ref<> import_function = TRY(builtin_attr("__import__"));
    Ref<Str> name = TRY(str_from_ascii("collections.abc"));
    Ref<Tuple> from_list = TRY(tuple_pack("MutableSequence"_name));
    Ref<> abc = TRY(call(import_function.get(), name.get(), none(), none(), from_list.get()));
    Ref<> mutable_sequence = TRY(get_attr(abc.get(), "MutableSequence"_name));
    TRY(call_method(mutable_sequence.get(), "register"_name, static_cast<Object*>(&array_type)));
    return {};
}

}  // namespace

constinit Type array_type = static_type({
    .name = "array.array",
    .basic_size = sizeof(Array),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kSequence,
    .doc = "array(typecode [, initializer]) -> array\n\nA sequence of numbers of one C type, or of characters:\n"
           "b B (1 byte), h H (2), i I (4), l L q Q (8), signed and unsigned; f (4), d (8); u: a character (4).",
    .dealloc = array_dealloc,
    .traverse = array_traverse,
    .repr = slot1<array_repr>,
    .hash = hash_not_implemented,
    .richcompare = array_richcompare,
    .getattro = generic_getattro_slot,
    .iter = array_iter,
    .sequence = &array_sequence,
    .mapping = &array_mapping,
    .buffer = &array_buffer,
    .methods = array_methods,
    .getset = array_getset,
    .weaklist_offset = offsetof(Array, weaklist),
    .new_ = array_tp_new,
});
constinit Type array_iterator_type = static_type({
    .name = "array.arrayiterator",
    .basic_size = sizeof(ArrayIterator),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = dealloc_members<&ArrayIterator::array>,
    .traverse = traverse_members<&ArrayIterator::array>,
    .iter = self_iter,
    .iternext = array_iterator_next,
    .methods = array_iterator_methods,
});

}  // namespace py::arrays

namespace py {

extern const NativeModule array_module;
const NativeModule array_module = {"array",
                                   "Efficient arrays of basic values: characters, integers, floating point numbers.",
                                   arrays::module_methods, arrays::execute};

}  // namespace py
