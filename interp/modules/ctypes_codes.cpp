// _ctypes: the letters of simple types; how each value is read and stored.
#include <cstring>
#include <cwchar>
#include <type_traits>

#include "interp/modules/ctypes.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"

namespace py::ctypes {

namespace {

template <class T>
T load(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}
template <class T>
void store(char* at, T value) {
    std::memcpy(at, &value, sizeof value);
}
template <class T>
T swap_bytes(T value) {
    char bytes[sizeof(T)], turned[sizeof(T)];
    std::memcpy(bytes, &value, sizeof value);
    for (size_t i = 0; i < sizeof value; ++i)
        turned[i] = bytes[sizeof value - 1 - i];
    return load<T>(turned);
}

// Bit fields: width in the upper half of `bits`, place in the lower.
template <class T>
T take_bits(T value, ssize_t bits) {
    if (!(bits >> 16)) return value;
    int width = int(bits >> 16), place = int(bits & 0xffff);
    value = T(value << (sizeof(T) * 8 - size_t(place + width)));
    return T(value >> (sizeof(T) * 8 - size_t(width)));
}
template <class T>
T put_bits(T before, T value, ssize_t bits) {
    if (!(bits >> 16)) return value;
    using Unsigned = std::make_unsigned_t<T>;
    uint64_t ones = ~uint64_t(0) >> (64 - (bits >> 16));
    auto mask = Unsigned(ones << (bits & 0xffff));
    return T((Unsigned(before) & Unsigned(~mask)) | (Unsigned(Unsigned(value) << (bits & 0xffff)) & mask));
}

template <class T, bool kSwapped>
Fallible<Ref<>> integer_get(const char* at, ssize_t bits) {
    T value = load<T>(at);
    if (kSwapped) value = swap_bytes(value);
    value = take_bits(value, bits);
    if constexpr (std::is_signed_v<T>) return TRY(int_from(value));
    return TRY(int_from_unsigned(uint64_t(value)));
}
template <class T, bool kSwapped>
Fallible<Ref<>> integer_set(char* at, Object* value, ssize_t bits) {
    Ref<Int> number = TRY(index(value));
    T before = load<T>(at);
    if (kSwapped) before = swap_bytes(before);
    T after = put_bits(before, T(as_uint64_masked(number.get())), bits);
    store(at, kSwapped ? swap_bytes(after) : after);
    return share(none());
}

template <class T, bool kSwapped>
Fallible<Ref<>> real_get(const char* at, ssize_t) {
    T value = load<T>(at);
    return TRY(float_from(double(kSwapped ? swap_bytes(value) : value)));
}
template <class T, bool kSwapped>
Fallible<Ref<>> real_set(char* at, Object* value, ssize_t) {
    T number = T(TRY(as_double(value)));
    store(at, kSwapped ? swap_bytes(number) : number);
    return share(none());
}

Fallible<Ref<>> bool_get(const char* at, ssize_t) {
    return bool_from(load<uint8_t>(at) != 0);
}
Fallible<Ref<>> bool_set(char* at, Object* value, ssize_t) {
    store<uint8_t>(at, TRY(is_true(value)));
    return share(none());
}

// VARIANT_BOOL: all bits of a short.
Fallible<Ref<>> variant_bool_get(const char* at, ssize_t) {
    return bool_from(load<short>(at) != 0);
}
Fallible<Ref<>> variant_bool_set(char* at, Object* value, ssize_t) {
    store<short>(at, TRY(is_true(value)) ? -1 : 0);
    return share(none());
}

Fallible<Ref<>> char_get(const char* at, ssize_t) {
    return TRY(bytes_from({at, 1}));
}
Fallible<Ref<>> char_set(char* at, Object* value, ssize_t) {
    if (is_bytes(value) && as_bytes(value)->size == 1) {
        *at = as_bytes(value)->data[0];
        return share(none());
    }
    if (is_bytearray(value)) {
        BufferView view;
        TRY(view.open(value));
        if (view.size() == 1) {
            *at = view.data()[0];
            return share(none());
        }
    }
    if (is_int(value)) {
        int overflow;
        int64_t number = as_int64_clamped(as_int(value), &overflow);
        if (!overflow && number >= 0 && number < 256) {
            *at = char(number);
            return share(none());
        }
    }
    return raise(exc::TypeError, "one character bytes, bytearray or integer expected");
}

Fallible<Ref<>> wide_get(const char* at, ssize_t) {
    wchar_t c = load<wchar_t>(at);
    return TRY(str_from_wide(&c, 1));
}
Fallible<Ref<>> wide_set(char* at, Object* value, ssize_t) {
    if (!is_str(value))
        return raise(exc::TypeError, "unicode string expected instead of %s instance", value->type->name);
    if (as_str(value)->length != 1) return raise(exc::TypeError, "one character unicode string expected");
    store(at, wchar_t(as_str(value)->at(0)));
    return share(none());
}

Fallible<Ref<>> pointer_get(const char* at, ssize_t) {
    auto value = load<uintptr_t>(at);
    if (!value) return share(none());
    return TRY(int_from_unsigned(value));
}
Fallible<Ref<>> pointer_set(char* at, Object* value, ssize_t) {
    if (is_none(value)) {
        store<uintptr_t>(at, 0);
        return share(none());
    }
    if (!is_int(value)) return raise(exc::TypeError, "cannot be converted to pointer");
    store<uintptr_t>(at, as_uint64_masked(as_int(value)));
    return share(none());
}

Fallible<Ref<>> string_get(const char* at, ssize_t) {
    auto text = load<const char*>(at);
    if (!text) return share(none());
    return TRY(bytes_from(text));
}
Fallible<Ref<>> string_set(char* at, Object* value, ssize_t) {
    if (is_bytes(value)) {
        store<const char*>(at, as_bytes(value)->data);
        return share(value);
    }
    if (is_none(value) || is_int(value)) return pointer_set(at, value, 0);
    return raise(exc::TypeError, "bytes or integer address expected instead of %s instance", value->type->name);
}
Fallible<Ref<>> wide_string_get(const char* at, ssize_t) {
    auto text = load<const wchar_t*>(at);
    if (!text) return share(none());
    return TRY(str_from_wide(text, -1));
}
Fallible<Ref<>> wide_string_set(char* at, Object* value, ssize_t) {
    if (is_none(value) || is_int(value)) return pointer_set(at, value, 0);
    if (!is_str(value))
        return raise(exc::TypeError, "unicode string or integer address expected instead of %s instance",
                     value->type->name);
    wchar_t* copy;
    Ref<> kept = TRY(wide_copy(as_str(value), &copy));
    store(at, copy);
    return kept;
}

Fallible<Ref<>> object_get(const char* at, ssize_t) {
    auto object = load<Object*>(at);
    if (!object) return raise(exc::ValueError, "PyObject is NULL");
    return share(object);
}
Fallible<Ref<>> object_set(char* at, Object* value, ssize_t) {
    store(at, value);
    return share(value);
}

#define INTEGER(letter, format, type, ffi) \
    { letter, format, integer_get<type, false>, integer_set<type, false>, &ffi_type_##ffi }
#define SWAPPED_INTEGER(letter, format, type, ffi) \
    { letter, format, integer_get<type, true>, integer_set<type, true>, &ffi_type_##ffi }
const SimpleCode codes[] = {
    {'c', 'c', char_get, char_set, &ffi_type_schar},
    INTEGER('b', 'b', signed char, schar),
    INTEGER('B', 'B', unsigned char, uchar),
    INTEGER('h', 'h', short, sshort),
    INTEGER('H', 'H', unsigned short, ushort),
    INTEGER('i', 'i', int, sint),
    INTEGER('I', 'I', unsigned, uint),
    INTEGER('l', 'q', long, slong),
    INTEGER('L', 'Q', unsigned long, ulong),
    INTEGER('q', 'q', long long, sint64),
    INTEGER('Q', 'Q', unsigned long long, uint64),
    {'f', 'f', real_get<float, false>, real_set<float, false>, &ffi_type_float},
    {'d', 'd', real_get<double, false>, real_set<double, false>, &ffi_type_double},
    {'g', 'g', real_get<long double, false>, real_set<long double, false>, &ffi_type_longdouble},
    {'?', '?', bool_get, bool_set, &ffi_type_uchar},
    {'v', 'v', variant_bool_get, variant_bool_set, &ffi_type_sshort},
    {'u', 'u', wide_get, wide_set, &ffi_type_sint32},
    {'P', 'P', pointer_get, pointer_set, &ffi_type_pointer},
    {'z', 'z', string_get, string_set, &ffi_type_pointer},
    {'Z', 'Z', wide_string_get, wide_string_set, &ffi_type_pointer},
    {'O', 'O', object_get, object_set, &ffi_type_pointer},
};
const SimpleCode swapped_codes[] = {
    SWAPPED_INTEGER('h', 'h', short, sshort),
    SWAPPED_INTEGER('H', 'H', unsigned short, ushort),
    SWAPPED_INTEGER('i', 'i', int, sint),
    SWAPPED_INTEGER('I', 'I', unsigned, uint),
    SWAPPED_INTEGER('l', 'q', long, slong),
    SWAPPED_INTEGER('L', 'Q', unsigned long, ulong),
    SWAPPED_INTEGER('q', 'q', long long, sint64),
    SWAPPED_INTEGER('Q', 'Q', unsigned long long, uint64),
    {'f', 'f', real_get<float, true>, real_set<float, true>, &ffi_type_float},
    {'d', 'd', real_get<double, true>, real_set<double, true>, &ffi_type_double},
};

void free_wide_copy(Object* capsule) {
    auto pointer = capsule_pointer(capsule, "_ctypes pymem");
    if (pointer.ok()) deallocate(pointer.take());
}

}  // namespace

const SimpleCode* simple_code(uint32_t letter) {
    for (const SimpleCode& each : codes)
        if (uint32_t(each.letter) == letter) return &each;
    return nullptr;
}
const SimpleCode* swapped_code(const SimpleCode* code) {
    // A single byte has but one order.
    if (std::strchr("cbB?", code->letter)) return code;
    for (const SimpleCode& each : swapped_codes)
        if (each.letter == code->letter) return &each;
    return nullptr;
}

Fallible<Ref<Str>> str_from_wide(const wchar_t* text, ssize_t length) {
    static_assert(sizeof(wchar_t) == 4);
    if (length < 0) length = ssize_t(std::wcslen(text));
    for (ssize_t i = 0; i < length; ++i)
        if (uint32_t(text[i]) > 0x10ffff)
            return raise(exc::ValueError, "character U+%x is not in range [U+0000; U+10ffff]", unsigned(text[i]));
    return str_from_code_points(reinterpret_cast<const uint32_t*>(text), length);
}
Fallible<Ref<>> wide_copy(Str* text, wchar_t** out) {
    auto copy = static_cast<wchar_t*>(allocate((size_t(text->length) + 1) * sizeof(wchar_t)));
    if (!copy) return raise_memory_error();
    for (ssize_t i = 0; i < text->length; ++i)
        copy[i] = wchar_t(text->at(i));
    copy[text->length] = 0;
    auto capsule = capsule_new(copy, "_ctypes pymem", free_wide_copy);
    if (!capsule.ok()) deallocate(copy);
    *out = copy;
    return capsule;
}

Fallible<Ref<>> char_array_get(const char* at, ssize_t size) {
    return TRY(bytes_from({at, strnlen(at, size_t(size))}));
}
Fallible<Ref<>> char_array_set(char* at, Object* value, ssize_t size) {
    if (!is_bytes(value)) return raise(exc::TypeError, "expected bytes, %s found", value->type->name);
    // Up to the first NUL, as strcpy() would.
    auto given = ssize_t(std::strlen(as_bytes(value)->data));
    if (given > size) return raise(exc::ValueError, "bytes too long (%zd, maximum length %zd)", given, size);
    std::memcpy(at, as_bytes(value)->data, size_t(given < size ? given + 1 : given));
    return share(none());
}
Fallible<Ref<>> wide_array_get(const char* at, ssize_t size) {
    auto text = reinterpret_cast<const wchar_t*>(at);
    return TRY(str_from_wide(text, ssize_t(wcsnlen(text, size_t(size) / sizeof(wchar_t)))));
}
Fallible<Ref<>> wide_array_set(char* at, Object* value, ssize_t size) {
    if (!is_str(value))
        return raise(exc::TypeError, "unicode string expected instead of %s instance", value->type->name);
    Str* text = as_str(value);
    ssize_t room = size / ssize_t(sizeof(wchar_t));
    if (text->length > room)
        return raise(exc::ValueError, "string too long (%zd, maximum length %zd)", text->length, room);
    for (ssize_t i = 0; i < text->length; ++i)
        store(at + i * ssize_t(sizeof(wchar_t)), wchar_t(text->at(i)));
    if (text->length < room) store(at + text->length * ssize_t(sizeof(wchar_t)), wchar_t(0));
    return share(none());
}

}  // namespace py::ctypes
