// PyNumber_* and the numeric helpers beside them.
#include "interp/builtins/functions.h"
#include "interp/capi/export.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

#define BINARY(name, op)                                \
    API Object* PyNumber_##name(Object* a, Object* b) { \
        return binary_op(BinaryOp::op, a, b).release(); \
    }
BINARY(Add, Add)
BINARY(Subtract, Subtract)
BINARY(Multiply, Multiply)
BINARY(MatrixMultiply, MatrixMultiply)
BINARY(FloorDivide, FloorDivide)
BINARY(TrueDivide, TrueDivide)
BINARY(Remainder, Remainder)
BINARY(Lshift, LShift)
BINARY(Rshift, RShift)
BINARY(And, And)
BINARY(Or, Or)
BINARY(Xor, Xor)
BINARY(InPlaceAdd, InplaceAdd)
BINARY(InPlaceSubtract, InplaceSubtract)
BINARY(InPlaceMultiply, InplaceMultiply)
BINARY(InPlaceMatrixMultiply, InplaceMatrixMultiply)
BINARY(InPlaceFloorDivide, InplaceFloorDivide)
BINARY(InPlaceTrueDivide, InplaceTrueDivide)
BINARY(InPlaceRemainder, InplaceRemainder)
BINARY(InPlaceLshift, InplaceLShift)
BINARY(InPlaceRshift, InplaceRShift)
BINARY(InPlaceAnd, InplaceAnd)
BINARY(InPlaceOr, InplaceOr)
BINARY(InPlaceXor, InplaceXor)
#undef BINARY

API Object* PyNumber_Power(Object* base, Object* exponent, Object* modulus) {
    return power(base, exponent, modulus).release();
}
API Object* PyNumber_InPlacePower(Object* base, Object* exponent, Object* modulus) {
    if (is_none(modulus)) return binary_op(BinaryOp::InplacePower, base, exponent).release();
    return power(base, exponent, modulus).release();
}
API Object* PyNumber_Divmod(Object* a, Object* b) {
    return divmod(a, b).release();
}
API Object* PyNumber_Negative(Object* object) {
    return negative(object).release();
}
API Object* PyNumber_Positive(Object* object) {
    return positive(object).release();
}
API Object* PyNumber_Invert(Object* object) {
    return invert(object).release();
}
API Object* PyNumber_Absolute(Object* object) {
    return absolute(object).release();
}
API Object* PyNumber_Index(Object* object) {
    return index(object).release();
}
API Object* PyNumber_Long(Object* object) {
    return number_int(object).release();
}
API Object* PyNumber_Float(Object* object) {
    return number_float(object).release();
}
API Object* PyNumber_ToBase(Object* object, int base) {
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return raise(exc::SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16");
    return prefixed_text(object, base, base == 2 ? "0b" : base == 8 ? "0o" : base == 16 ? "0x" : "").release();
}
API ssize_t PyNumber_AsSsize_t(Object* object, Object* overflow_error) {
    return or_minus_one(index_as_ssize(object, static_cast<Type*>(overflow_error)));
}
API int PyNumber_Check(Object* object) {
    return object && is_number(object);
}
API int PyIndex_Check(Object* object) {
    return is_index(object);
}

API Object* PyFloat_FromDouble(double value) {
    return float_from(value).release();
}
API Object* PyFloat_FromString(Object* text) {
    return float_from_object_text(text).release();
}
API double PyFloat_AsDouble(Object* object) {
    if (!object) {
        (void)raise(exc::TypeError, "bad argument type for built-in operation");
        return -1;
    }
    return or_minus_one(as_double(object));
}
API double PyFloat_GetMax() {
    return __DBL_MAX__;
}
API double PyFloat_GetMin() {
    return __DBL_MIN__;
}
API Hash _Py_HashDouble(Object* owner, double value) {
    return double_hash(value, owner);
}

struct ComplexValue {  // Py_complex
    double real, imaginary;
};
API Object* PyComplex_FromDoubles(double real, double imaginary) {
    return complex_from(real, imaginary).release();
}
API Object* PyComplex_FromCComplex(ComplexValue value) {
    return complex_from(value.real, value.imaginary).release();
}
static Ref<> as_complex(Object* object) {
    if (is_complex(object)) return share(object);
    Lookup<> method = lookup_special(object, "__complex__"_name);
    if (!method.ok()) return nullptr;
    if (Ref<> found = method.take()) {
        Ref<> result = steal(call(found.get()).release());
        if (result && !is_complex(result.get())) {
            (void)raise(exc::TypeError, "%T.__complex__() returned non-complex (type %T)", object, result.get());
            return nullptr;
        }
        return result;
    }
    Fallible<double> value = as_double(object);
    return value.ok() ? steal(complex_from(value.take(), 0).release()) : nullptr;
}
API ComplexValue PyComplex_AsCComplex(Object* object) {
    Ref<> value = as_complex(object);
    if (!value) return {-1, 0};
    auto* complex = static_cast<Complex*>(value.get());
    return {complex->real, complex->imaginary};
}
API double PyComplex_RealAsDouble(Object* object) {
    return PyComplex_AsCComplex(object).real;
}
API double PyComplex_ImagAsDouble(Object* object) {
    return is_complex(object) ? static_cast<Complex*>(object)->imaginary : 0;
}

}  // namespace py
