// int: methods and computed attributes.
#include <algorithm>
#include <bit>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/format_spec.h"
#include "interp/objects/int_digits.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"

namespace py {

namespace {

Fallible<Ref<Int>> exact(Object* self) {
    if (is_int_exact(self)) return share(as_int(self));
    return int_copy(as_int(self));
}

// int.conjugate() — int.__trunc__(), int.__floor__(), int.__ceil__(), int.real and int.numerator are the same.
Fallible<Ref<>> int_conjugate(Object* self) { return TRY(exact(self)); }
// int.imag
Fallible<Ref<>> int_imag(Object*) { return small_int(0); }
// int.denominator
Fallible<Ref<>> int_denominator(Object*) { return small_int(1); }

// int.bit_length()
Fallible<Ref<>> int_bit_length_method(Object* self) { return TRY(int_from_unsigned(int_bit_length(as_int(self)))); }

// int.bit_count()
Fallible<Ref<>> int_bit_count(Object* self) {
    uint64_t ones = 0;
    for (ssize_t i = 0; i < digit_count(as_int(self)); ++i) ones += uint64_t(std::popcount(as_int(self)->digits[i]));
    return TRY(int_from_unsigned(ones));
}

// int.as_integer_ratio()
Fallible<Ref<>> int_as_integer_ratio(Object* self) {
    Ref<Int> numerator = TRY(exact(self));
    Ref<Int> denominator = small_int(1);
    return TRY(tuple_pack(numerator.get(), denominator.get()));
}

// int.__getnewargs__()
Fallible<Ref<>> int_getnewargs(Object* self) {
    Ref<Int> value = TRY(int_copy(as_int(self)));
    return TRY(tuple_pack(value.get()));
}

// int.__sizeof__()
Fallible<Ref<>> int_sizeof(Object* self) {
    ssize_t digits = std::max<ssize_t>(digit_count(as_int(self)), 1);
    return TRY(int_from(ssize_t(offsetof(Int, digits)) + digits * ssize_t(sizeof(Digit))));
}

// int.__format__(format_spec, /)
Fallible<Ref<>> int_format(Object* self, Object* spec) {
    return TRY(format_int(self, TRY(format_spec_argument(spec))));
}

// int.__round__(ndigits=None, /): to a multiple of 10**-ndigits, halves to even.
Fallible<Ref<>> int_round(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("__round__", nargs, 0, 1));
    if (nargs == 0) return TRY(exact(self));
    Ref<Int> digits = TRY(index(args[0]));
    if (digits->size >= 0) return TRY(exact(self));
    Ref<Int> places = TRY(int_negate(digits.get()));
    Ref<Int> ten = small_int(10);
    Ref<Int> unit = TRY(int_power(ten.get(), places.get(), nullptr));
    Int* value = as_int(self);
    Ref<Int> quotient, rest;
    TRY(divide_floor(value, unit.get(), &quotient, &rest));
    Ref<Int> twice = TRY(int_shift_left(rest.get(), 1));
    int order = int_compare(twice.get(), unit.get());
    bool odd = quotient->size != 0 && (quotient->digits[0] & 1);
    Ref<Int> result = TRY(int_subtract(value, rest.get()));
    if (order > 0 || (order == 0 && odd)) result = TRY(int_add(result.get(), unit.get()));
    return result;
}

Fallible<void> check_byteorder(const char* function, Object* order_or_null) {
    if (!order_or_null || is_str(order_or_null)) return {};
    return raise(exc::TypeError, "%s() argument 'byteorder' must be str, not %N", function, order_or_null);
}
Fallible<bool> is_little_endian(Object* order_or_null) {
    if (!order_or_null) return false;
    if (str_equals(as_str(order_or_null), "little")) return true;
    if (str_equals(as_str(order_or_null), "big")) return false;
    return raise(exc::ValueError, "byteorder must be either 'little' or 'big'");
}

// int.to_bytes(length=1, byteorder='big', *, signed=False)
Fallible<Ref<>> int_to_bytes_method(Object* self, Object* const* bound) {
    ssize_t size = bound[0] ? TRY(as_ssize(bound[0])) : 1;
    TRY(check_byteorder("to_bytes", bound[1]));
    bool is_signed = bound[2] && TRY(is_true(bound[2]));
    bool little = TRY(is_little_endian(bound[1]));
    if (size < 0) return raise(exc::ValueError, "length argument must be non-negative");
    // Short results may be shared objects: made from a copy.
    if (size <= 8) {
        uint8_t content[8];
        TRY(int_to_bytes(as_int(self), content, size_t(size), little, is_signed));
        return TRY(bytes_from({reinterpret_cast<char*>(content), size_t(size)}));
    }
    Ref<Bytes> result = TRY(bytes_new(size));
    TRY(int_to_bytes(as_int(self), reinterpret_cast<uint8_t*>(result->data), size_t(size), little, is_signed));
    return result;
}

// int.from_bytes(bytes, byteorder='big', *, signed=False)
Fallible<Ref<>> int_from_bytes_method(Object* type, Object* const* bound) {
    TRY(check_byteorder("from_bytes", bound[1]));
    bool is_signed = bound[2] && TRY(is_true(bound[2]));
    bool little = TRY(is_little_endian(bound[1]));
    Ref<Bytes> content = TRY(bytes_of(bound[0]));
    auto* bytes = reinterpret_cast<const uint8_t*>(content->data);
    Ref<Int> value = TRY(int_from_bytes(bytes, size_t(content->size), little, is_signed));
    if (type == &int_type) return value;
    return call(type, value.get());
}

}  // namespace

MethodDef int_methods[] = {
    {"conjugate", (CFunction)wrap_no_args<int_conjugate>, kNoArgs, "The number itself: it has no imaginary part."},
    METHOD_NOARGS("bit_length", int_bit_length_method, "($self, /)",
                  "How many bits the absolute value has in binary.\n\n>>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6"),
    METHOD_NOARGS("bit_count", int_bit_count, "($self, /)",
                  "How many ones the absolute value has in binary (the population count).\n\n>>> bin(13)\n'0b1101'\n>>> "
                  "(13).bit_count()\n3"),
    METHOD("to_bytes", int_to_bytes_method, "($self, /, length=1, byteorder='big', *, signed=False)",
           "The integer as `length` bytes; OverflowError when it needs more.\n\n  length\n    Number of bytes.\n  byteorder\n"
           "    'big': the most significant byte first; 'little': last.\n  signed\n    Two's complement, so that negative "
           "numbers are allowed."),
    METHOD_CLASS("from_bytes", int_from_bytes_method, "($type, /, bytes, byteorder='big', *, signed=False)",
                 "The integer that the bytes represent.\n\n  bytes\n    A bytes-like object or an iterable of byte values.\n"
                 "  byteorder\n    'big': the most significant byte first; 'little': last.\n  signed\n    Whether they are "
                 "two's complement."),
    METHOD_NOARGS("as_integer_ratio", int_as_integer_ratio, "($self, /)",
                  "The pair (number, 1): a ratio in lowest terms with a positive denominator.\n\n>>> (10).as_integer_ratio()\n"
                  "(10, 1)\n>>> (-3).as_integer_ratio()\n(-3, 1)\n>>> (0).as_integer_ratio()\n(0, 1)"),
    {"__trunc__", (CFunction)wrap_no_args<int_conjugate>, kNoArgs, "The number itself."},
    {"__floor__", (CFunction)wrap_no_args<int_conjugate>, kNoArgs, "The number itself."},
    {"__ceil__", (CFunction)wrap_no_args<int_conjugate>, kNoArgs, "The number itself."},
    METHOD_FAST("__round__", int_round, "($self, ndigits=<unrepresentable>, /)",
                "The number itself; with negative ndigits rounded to a multiple of 10**-ndigits, halves to even."),
    METHOD_NOARGS("__getnewargs__", int_getnewargs, "($self, /)", ""),
    METHOD_O("__format__", int_format, "($self, format_spec, /)", ""),
    METHOD_NOARGS("__sizeof__", int_sizeof, "($self, /)", "Size in memory, in bytes."),
    END_ROW,
};

GetSetDef int_getset[] = {
    GETTER("real", int_conjugate, "the real part of a complex number"),
    GETTER("imag", int_imag, "the imaginary part of a complex number"),
    GETTER("numerator", int_conjugate, "the numerator of a rational number in lowest terms"),
    GETTER("denominator", int_denominator, "the denominator of a rational number in lowest terms"),
    END_ROW,
};

}  // namespace py
