// int: sign × digit count in `size`, 30-bit digits (C ABI). Arithmetic from C++.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

using Digit = uint32_t;
inline constexpr int kDigitBits = 30;
inline constexpr Digit kDigitMask = (Digit(1) << kDigitBits) - 1;

struct Int : VarObject {
    Digit digits[1];
    bool is_compact() const { return size_t(size + 1) < 3; }  // at most one digit
    ssize_t compact_value() const { return size * ssize_t(digits[0]); }  // is_compact(); digit 0 of zero is 0
};
static_assert(offsetof(Int, digits) == 24);
// The value of an int of at most two digits: sums and differences of such fit a word. False for longer ones.
inline bool two_digit_value(const Int* number, int64_t* value) {
    size_t digits = size_t(number->size < 0 ? -number->size : number->size);
    if (digits > 2) return false;
    int64_t magnitude = number->digits[0];
    if (digits == 2) magnitude |= int64_t(number->digits[1]) << kDigitBits;
    *value = number->size < 0 ? -magnitude : magnitude;
    return true;
}
extern Type int_type asm("PyLong_Type");
extern Type bool_type asm("PyBool_Type");
extern Int true_object asm("_Py_TrueStruct");
extern Int false_object asm("_Py_FalseStruct");
inline bool is_int(const Object* object) { return object->type->has(type_flag::kIntSubclass); }
inline bool is_int_exact(const Object* object) { return object->type == &int_type; }
inline bool is_bool(const Object* object) { return object->type == &bool_type; }
inline Int* as_int(Object* object) { return static_cast<Int*>(object); }
inline Object* py_true() { return &true_object; }
inline Object* py_false() { return &false_object; }

// -5…256 are shared immortal objects.
inline constexpr int kSmallIntMin = -5, kSmallIntMax = 256;
struct SmallInts {
    Int values[kSmallIntMax - kSmallIntMin + 1];
};
extern SmallInts small_ints;
inline bool is_small_value(int64_t value) { return uint64_t(value - kSmallIntMin) <= uint64_t(kSmallIntMax - kSmallIntMin); }
inline Ref<Int> small_int(int64_t value) { return share(&small_ints.values[value - kSmallIntMin]); }

Fallible<Ref<Int>> int_from(int64_t value);
Fallible<Ref<Int>> int_from_unsigned(uint64_t value);
Fallible<Ref<>> int_from_double(double value);  // truncates; OverflowError / ValueError for inf and nan
inline Fallible<Ref<>> bool_from(bool value) { return share(value ? py_true() : py_false()); }
// Text in base 2…36, or 0 for the literal's prefix; underscores as in literals; ValueError names the text.
Fallible<Ref<Int>> int_from_text(std::string_view ascii, int base);
// int(text, base) of a str (any Unicode decimal digits, blanks around) or of the content of a bytes-like `source`.
Fallible<Ref<Int>> int_from_str(Str* text, int base);
Fallible<Ref<Int>> int_from_bytes_text(std::string_view content, Object* source, int base);
Fallible<Ref<Int>> int_copy(const Int* value);  // an exact int of the same value
Fallible<Ref<Int>> int_from_bytes(const uint8_t* bytes, size_t count, bool little_endian, bool is_signed);
// OverflowError when it does not fit.
Fallible<void> int_to_bytes(Int* value, uint8_t* out, size_t count, bool little_endian, bool is_signed);
// The object itself: TypeError "an integer is required" for others, even those with __index__.
Fallible<Int*> require_int(Object* object);
// C values: object must be an int or have __index__ (else TypeError); OverflowError with CPython's texts.
Fallible<int64_t> as_int64(Object* object);
Fallible<uint64_t> as_uint64(Object* object);
Fallible<int> as_c_int(Object* object);
Fallible<int> as_parsed_int(Object* object);  // with the texts of PyArg_Parse's "i"
Fallible<ssize_t> as_ssize(Object* object);           // exact ints and subclasses: OverflowError "Python int too large to convert to C ssize_t"
int64_t as_int64_clamped(Int* value, int* overflow);  // overflow: -1, 0, 1; never raises
uint64_t as_uint64_masked(Int* value);                // modulo 2**64
Fallible<double> int_as_double(Int* value);           // correctly rounded; OverflowError
double int_frexp(Int* value, ssize_t* exponent);      // value = result * 2**exponent, 0.5 <= |result| < 1
size_t int_bit_length(const Int* value);
inline constexpr ssize_t kMaxIntDigits = (PTRDIFF_MAX - ssize_t(offsetof(Int, digits))) / ssize_t(sizeof(Digit));
inline int int_sign(const Int* value) { return value->size < 0 ? -1 : value->size > 0; }
Fallible<Ref<Int>> int_add(Int* a, Int* b);
Fallible<Ref<Int>> int_subtract(Int* a, Int* b);
Fallible<Ref<Int>> int_multiply(Int* a, Int* b);
Fallible<Ref<Int>> int_floor_divide(Int* a, Int* b);  // ZeroDivisionError
Fallible<Ref<Int>> int_remainder(Int* a, Int* b);
Fallible<Ref<Int>> int_shift_left(Int* a, ssize_t bits);
Fallible<Ref<Int>> int_shift_right(Int* a, ssize_t bits);
Fallible<Ref<Int>> int_gcd(Int* a, Int* b);
int int_compare(const Int* a, const Int* b);
bool int_equals_small(const Int* a, int64_t value);
Fallible<Ref<Str>> int_to_str(Int* value, int base);  // base 2, 8, 10, 16 (no prefix); ValueError over the digit limit
Hash int_hash(const Int* value);

}  // namespace py
