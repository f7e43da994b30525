// float: the type, its free list, construction, hash and methods. Arithmetic: float_arithmetic.cpp.
#include "interp/objects/float.h"

#include <bit>
#include <cmath>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float_internal.h"
#include "interp/objects/format_spec.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

constexpr int kMaxFreeFloats = 100;
// Dead floats, linked through their type field.
struct FreeFloats {
    Float* first = nullptr;
    int count = 0;
};
constinit FreeFloats free_floats;

void float_dealloc(Object* self) {
    if (self->type != &float_type) {
        self->type->free(self);
        return;
    }
    if (free_floats.count >= kMaxFreeFloats) {
        object_free(self);
        return;
    }
    self->type = reinterpret_cast<Type*>(free_floats.first);
    free_floats.first = static_cast<Float*>(self);
    ++free_floats.count;
}

}  // namespace

int float_free_list_count() { return free_floats.count; }

Fallible<Ref<>> float_from(double value) {
    Float* result = free_floats.first;
    if (result) [[likely]] {
        free_floats.first = reinterpret_cast<Float*>(result->type);
        --free_floats.count;
        result->type = &float_type;
        start_refcount(result);
    } else {
        result = static_cast<Float*>(object_new(&float_type, sizeof(Float)));
        if (!result) return raised;
    }
    result->value = value;
    return steal(static_cast<Object*>(result));
}

void float_clear_free_list() {
    while (Float* dead = free_floats.first) {
        free_floats.first = reinterpret_cast<Float*>(dead->type);
        dead->type = &float_type;
        object_free(dead);
    }
    free_floats.count = 0;
}

Fallible<Ref<>> float_from_slot(Object* object) {
    Ref<> result = TRY(Fallible<Ref<>>::from_slot(object->type->as_number->floating(object)));
    if (is_float_exact(result.get())) return result;
    if (!is_float(result.get()))
        return raise(exc::TypeError, "%.50s.__float__ returned non-float (type %.50s)", object->type->name,
                     result->type->name);
    TRY(warn(exc::DeprecationWarning, 1,
             "%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of a strict "
             "subclass of float is deprecated, and may not be supported in a future version of Python.",
             object->type->name, result->type->name));
    return result;
}

Fallible<double> as_double(Object* object) {
    if (is_float(object)) return float_value(object);
    NumberMethods* methods = object->type->as_number;
    if (methods && methods->floating) return float_value(TRY(float_from_slot(object)).get());
    if (is_index(object)) {
        Ref<Int> value = TRY(index(object));
        return int_as_double(value.get());
    }
    return raise(exc::TypeError, "must be real number, not %.50s", object->type->name);
}

Hash double_hash(double value, Object* nan_owner) {
    constexpr Hash kInfinityHash = 314159;
    constexpr int kBits = 61;
    constexpr uint64_t kModulus = (uint64_t(1) << kBits) - 1;
    if (std::isinf(value)) return value > 0 ? kInfinityHash : -kInfinityHash;
    if (std::isnan(value)) return hash_pointer(nan_owner);
    int exponent;
    double fraction = std::frexp(std::fabs(value), &exponent);
    // The mantissa as an integer, then × 2**exponent: a rotation of 61 bits.
    auto mantissa = uint64_t(std::ldexp(fraction, 53));
    exponent -= 53;
    uint64_t x = mantissa % kModulus;
    int turn = exponent >= 0 ? exponent % kBits : (kBits - 1 - (-1 - exponent) % kBits);
    x = ((x << turn) & kModulus) | x >> (kBits - turn);
    Hash result = value < 0 ? -Hash(x) : Hash(x);
    return result == -1 ? -2 : result;
}

// Methods.

namespace {

Fallible<Ref<>> exact(Object* self) {
    if (is_float_exact(self)) return share(self);
    return float_from(float_value(self));
}

// float.imag
Fallible<Ref<>> float_imag(Object*) { return float_from(0.0); }

// float.__trunc__() and int(x)
Fallible<Ref<>> float_trunc(Object* self) { return int_from_double(float_value(self)); }
// float.__floor__()
Fallible<Ref<>> float_floor(Object* self) { return int_from_double(std::floor(float_value(self))); }
// float.__ceil__()
Fallible<Ref<>> float_ceil(Object* self) { return int_from_double(std::ceil(float_value(self))); }

// float.is_integer()
Fallible<Ref<>> float_is_integer(Object* self) {
    double value = float_value(self);
    return bool_from(std::isfinite(value) && std::floor(value) == value);
}

// float.__round__(ndigits=None, /)
Fallible<Ref<>> float_round(Object* self, Object* const* bound) {
    double value = float_value(self);
    if (!bound[0] || is_none(bound[0])) return int_from_double(std::nearbyint(value));
    ssize_t places = TRY(index_as_ssize(bound[0], nullptr));
    if (!std::isfinite(value)) return float_from(value);
    // Beyond these places nothing changes, or nothing is left.
    constexpr ssize_t kMostPlaces = 323, kLeastPlaces = -308;
    if (places > kMostPlaces) return float_from(value);
    if (places < kLeastPlaces) return float_from(0.0 * value);
    return float_from(TRY(round_to_places(value, places)));
}

// float.as_integer_ratio()
Fallible<Ref<>> float_as_integer_ratio(Object* self) {
    double value = float_value(self);
    if (std::isinf(value)) return raise(exc::OverflowError, "cannot convert Infinity to integer ratio");
    if (std::isnan(value)) return raise(exc::ValueError, "cannot convert NaN to integer ratio");
    int exponent;
    double fraction = std::frexp(value, &exponent);
    for (int i = 0; i < 300 && fraction != std::floor(fraction); ++i) {
        fraction *= 2.0;
        --exponent;
    }
    Ref<> numerator = TRY(int_from_double(fraction));
    Ref<> denominator = TRY(int_from(1));
    Ref<>& scaled = exponent > 0 ? numerator : denominator;
    scaled = TRY(int_shift_left(as_int(scaled.get()), std::abs(exponent)));
    return TRY(tuple_pack(numerator.get(), denominator.get()));
}

// float.__getnewargs__()
Fallible<Ref<>> float_getnewargs(Object* self) {
    Ref<> value = TRY(float_from(float_value(self)));
    return TRY(tuple_pack(value.get()));
}

// float.__getformat__(typestr, /)
Fallible<Ref<>> float_getformat(Object*, Object* kind_object) {
    if (!is_str(kind_object))
        return raise(exc::TypeError, "__getformat__() argument must be str, not %N", kind_object);
    Str* kind = as_str(kind_object);
    TRY(str_c_string(kind));
    if (!str_equals(kind, "double") && !str_equals(kind, "float"))
        return raise(exc::ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
    return TRY(str_from_ascii(std::endian::native == std::endian::little ? "IEEE, little-endian" : "IEEE, big-endian"));
}

// float.__format__(format_spec, /)
Fallible<Ref<>> float_format(Object* self, Object* spec) {
    return TRY(format_float(self, TRY(format_spec_argument(spec))));
}

// Construction.

Fallible<Ref<>> float_subclass_instance(Type* type, Ref<> made) {
    Ref<> result = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    static_cast<Float*>(result.get())->value = float_value(made.get());
    return result;
}

Fallible<Ref<>> float_of_argument(Object* x_or_null) {
    if (!x_or_null) return float_from(0.0);
    if (is_str_exact(x_or_null)) return float_from_text(as_str(x_or_null));
    return number_float(x_or_null);
}

// float(x=0, /)
Object* float_new(Type* type, Object* args, Object* kwargs) {
    if (type == &float_type || type->init == float_type.init) TRY(check_no_keywords("float", kwargs));
    Tuple* tuple = as_tuple(args);
    TRY(check_positional("float", tuple->size, 0, 1));
    Ref<> value = TRY(float_of_argument(tuple->size ? tuple->items[0] : nullptr));
    if (type == &float_type) return value.release();
    return float_subclass_instance(type, std::move(value)).release();
}

Object* float_vectorcall(Object*, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_no_keywords("float", kwnames));
    TRY(check_positional("float", nargs, 0, 1));
    return float_of_argument(nargs ? args[0] : nullptr).release();
}

Fallible<Ref<>> float_repr(Object* self) {
    char text[48];
    return TRY(str_from_ascii({text, format_double(float_value(self), 'r', 0, kDoubleAddDotZero, text)}));
}

Hash float_hash(Object* self) { return double_hash(float_value(self), self); }

}  // namespace

MethodDef float_methods[] = {
    METHOD_NOARGS("conjugate", exact, "($self, /)", "The number itself: it has no imaginary part."),
    METHOD_NOARGS("__trunc__", float_trunc, "($self, /)", "The integer between 0 and x that is closest to x."),
    METHOD_NOARGS("__floor__", float_floor, "($self, /)", "The greatest integer that is not above x."),
    METHOD_NOARGS("__ceil__", float_ceil, "($self, /)", "The smallest integer that is not below x."),
    METHOD("__round__", float_round, "($self, ndigits=None, /)",
           "The nearest integer, halves to even; with ndigits a float rounded to that decimal place."),
    METHOD_NOARGS("as_integer_ratio", float_as_integer_ratio, "($self, /)",
                  "Two integers whose ratio is exactly the number, in lowest terms, the second one positive.\n\nInfinities "
                  "raise OverflowError, NaNs ValueError.\n\n>>> (10.0).as_integer_ratio()\n(10, 1)\n>>> "
                  "(-.25).as_integer_ratio()\n(-1, 4)\n>>> "
                  "(0.0).as_integer_ratio()\n(0, 1)"),
    {"fromhex", wrap_o<float_fromhex>, kO | kClass,
     METHOD_DOC("fromhex", "($type, string, /)",
                "A float from its hexadecimal notation.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> "
                 "float.fromhex('-0x1p-2')\n-0.25")},
    METHOD_NOARGS("hex", float_hex, "($self, /)",
                  "The number in hexadecimal notation.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> (3.5).hex()\n'0x1.c000000000000p+1'"),
    METHOD_NOARGS("is_integer", float_is_integer, "($self, /)", "True if the number has no fractional part."),
    METHOD_NOARGS("__getnewargs__", float_getnewargs, "($self, /)", ""),
    {"__getformat__", wrap_o<float_getformat>, kO | kClass,
     METHOD_DOC("__getformat__", "($type, typestr, /)",
                "How C doubles ('double') or floats ('float') are stored; meant for the test suite.")},
    METHOD_O("__format__", float_format, "($self, format_spec, /)", "Formats the float according to format_spec."),
    END_ROW,
};

GetSetDef float_getset[] = {
    GETTER("real", exact, "the real part of a complex number"),
    GETTER("imag", float_imag, "the imaginary part of a complex number"),
    END_ROW,
};

constinit Type float_type = static_type({
    .name = "float",
    .basic_size = sizeof(Float),
    .flags = type_flag::kBase | type_flag::kMatchSelf,
    .doc = "float(x=0, /)\n--\n\nA number or text as a floating-point number.",
    .dealloc = float_dealloc,
    .repr = slot1<float_repr>,
    .hash = float_hash,
    .richcompare = float_richcompare,
    .vectorcall = float_vectorcall,
    .getattro = generic_getattro_slot,
    .number = &float_number_methods,
    .methods = float_methods,
    .getset = float_getset,
    .new_ = float_new,
});

}  // namespace py
