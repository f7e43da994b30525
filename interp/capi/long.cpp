// PyLong_*, PyBool_*: integers to and from C's.
#include <climits>
#include <cstdlib>

#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

API Object* PyLong_FromLong(long value) {
    return int_from(value).release();
}
API Object* PyLong_FromLongLong(long long value) {
    return int_from(value).release();
}
API Object* PyLong_FromSsize_t(ssize_t value) {
    return int_from(value).release();
}
API Object* PyLong_FromSize_t(size_t value) {
    return int_from_unsigned(value).release();
}
API Object* PyLong_FromUnsignedLong(unsigned long value) {
    return int_from_unsigned(value).release();
}
API Object* PyLong_FromUnsignedLongLong(unsigned long long value) {
    return int_from_unsigned(value).release();
}
API Object* PyLong_FromDouble(double value) {
    return int_from_double(value).release();
}
API Object* PyLong_FromVoidPtr(void* pointer) {
    return int_from_unsigned(reinterpret_cast<uintptr_t>(pointer)).release();
}
API Object* PyLong_FromUnicodeObject(Object* text, int base) {
    return int_from_str(as_str(text), base).release();
}
API Object* PyLong_FromString(const char* text, char** end, int base) {
    std::string_view view = text;
    Fallible<Ref<Int>> value = int_from_text(view, base);
    if (value.ok() && end) *end = const_cast<char*>(text) + view.size();
    if (!value.ok() && !error_occurred())
        return raise(exc::ValueError, "invalid literal for int() with base %d: '%s'", base, text);
    return value.release();
}
API Object* _PyLong_FromByteArray(const unsigned char* bytes, size_t count, int little_endian, int is_signed) {
    return int_from_bytes(bytes, count, little_endian, is_signed).release();
}
API int _PyLong_AsByteArray(Int* value, unsigned char* bytes, size_t count, int little_endian, int is_signed) {
    return int_to_bytes(value, bytes, count, little_endian, is_signed).release();
}
API Object* _PyLong_Copy(Int* value) {
    return int_copy(value).release();
}
API int _PyLong_Sign(Object* value) {
    return int_sign(as_int(value));
}
API size_t _PyLong_NumBits(Object* value) {
    return int_bit_length(as_int(value));
}

// The int itself, or what __index__ gives. Null raised.
static Fallible<Ref<Int>> integer(Object* object) {
    if (!object) return raise_bad_internal_call("PyLong_As");
    if (is_int(object)) return share(as_int(object));
    return index(object);
}
API long long PyLong_AsLongLongAndOverflow(Object* object, int* overflow) {
    *overflow = 0;
    Fallible<Ref<Int>> value = integer(object);
    if (!value.ok()) return -1;
    int64_t result = as_int64_clamped(value.take().get(), overflow);
    return *overflow ? -1 : result;
}
API long PyLong_AsLongAndOverflow(Object* object, int* overflow) {
    return PyLong_AsLongLongAndOverflow(object, overflow);
}
static long long checked(Object* object, const char* c_type) {
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow) (void)raise(exc::OverflowError, "Python int too large to convert to C %s", c_type);
    return value;
}
API long PyLong_AsLong(Object* object) {
    return checked(object, "long");
}
API long long PyLong_AsLongLong(Object* object) {
    return checked(object, "long long");
}
API int _PyLong_AsInt(Object* object) {
    int overflow;
    long value = PyLong_AsLongAndOverflow(object, &overflow);
    if (overflow || value > INT_MAX || value < INT_MIN)
        return raise(exc::OverflowError, "Python int too large to convert to C int");
    return int(value);
}
API ssize_t PyLong_AsSsize_t(Object* object) {
    TRY(require_int(object));
    return or_minus_one(as_ssize(object));
}
static unsigned long long checked_unsigned(Object* object, const char* c_type) {
    auto failed = static_cast<unsigned long long>(-1);
    if (!object || !is_int(object)) {
        (void)raise(exc::TypeError, "an integer is required");
        return failed;
    }
    Int* value = as_int(object);
    if (int_sign(value) < 0) {
        (void)raise(exc::OverflowError, "can't convert negative value to %s", c_type);
        return failed;
    }
    if (int_bit_length(value) > 64) {
        (void)raise(exc::OverflowError, "Python int too large to convert to C %s", c_type);
        return failed;
    }
    return as_uint64_masked(value);
}
API unsigned long PyLong_AsUnsignedLong(Object* object) {
    return checked_unsigned(object, "unsigned long");
}
API unsigned long long PyLong_AsUnsignedLongLong(Object* object) {
    return checked_unsigned(object, "unsigned long long");
}
API size_t PyLong_AsSize_t(Object* object) {
    return checked_unsigned(object, "size_t");
}
API unsigned long long PyLong_AsUnsignedLongLongMask(Object* object) {
    Fallible<Ref<Int>> value = integer(object);
    return value.ok() ? as_uint64_masked(value.take().get()) : static_cast<unsigned long long>(-1);
}
API unsigned long PyLong_AsUnsignedLongMask(Object* object) {
    return PyLong_AsUnsignedLongLongMask(object);
}
API double PyLong_AsDouble(Object* object) {
    if (!object || !is_int(object)) {
        (void)raise(exc::TypeError, "an integer is required");
        return -1;
    }
    return or_minus_one(int_as_double(as_int(object)));
}
API void* PyLong_AsVoidPtr(Object* object) {
    uint64_t value =
        int_sign(as_int(object)) < 0 ? uint64_t(PyLong_AsLongLong(object)) : PyLong_AsUnsignedLongLong(object);
    if (value == uint64_t(-1) && error_occurred()) return nullptr;
    return reinterpret_cast<void*>(value);
}
API Object* PyBool_FromLong(long value) {
    return new_reference(value ? py_true() : py_false());
}

API long PyOS_strtol(const char* text, char** end, int base) {
    return strtol(text, end, base);
}
API unsigned long PyOS_strtoul(const char* text, char** end, int base) {
    return strtoul(text, end, base);
}

}  // namespace py
