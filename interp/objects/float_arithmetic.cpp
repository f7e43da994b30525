// float: operators and comparison. Mixed with int operands; anything else is NotImplemented.
#include <cerrno>
#include <cmath>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float_internal.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

namespace {

enum class Operand { Good, Foreign, Failed };

Operand take_operand(Object* object, double* value) {
    if (is_float_exact(object) || is_float(object)) {
        *value = float_value(object);
        return Operand::Good;
    }
    if (!is_int(object)) return Operand::Foreign;
    auto converted = int_as_double(as_int(object));
    if (!converted.ok()) return Operand::Failed;
    *value = converted.take();
    return Operand::Good;
}

// A binary slot from Fallible<Ref<>> F(double, double).
template <auto F>
Object* binary_slot(Object* a, Object* b) {
    double x, y;
    Operand first = take_operand(a, &x);
    if (first == Operand::Failed) return nullptr;
    if (first == Operand::Foreign) return new_reference(not_implemented());
    Operand second = take_operand(b, &y);
    if (second == Operand::Failed) return nullptr;
    if (second == Operand::Foreign) return new_reference(not_implemented());
    return F(x, y).release();
}

Fallible<Ref<>> add_values(double a, double b) { return float_from(a + b); }
Fallible<Ref<>> subtract_values(double a, double b) { return float_from(a - b); }
Fallible<Ref<>> multiply_values(double a, double b) { return float_from(a * b); }
Fallible<Ref<>> divide_values(double a, double b) {
    if (b == 0.0) return raise(exc::ZeroDivisionError, "float division by zero");
    return float_from(a / b);
}
Fallible<Ref<>> remainder_values(double a, double b) {
    if (b == 0.0) return raise(exc::ZeroDivisionError, "float modulo");
    return float_from(float_remainder(a, b));
}
Fallible<Ref<>> floor_divide_values(double a, double b) {
    if (b == 0.0) return raise(exc::ZeroDivisionError, "float floor division by zero");
    double rest;
    return float_from(float_floor_quotient(a, b, &rest));
}
Fallible<Ref<>> divmod_values(double a, double b) {
    if (b == 0.0) return raise(exc::ZeroDivisionError, "float divmod()");
    double rest;
    Ref<> quotient = TRY(float_from(float_floor_quotient(a, b, &rest)));
    Ref<> remainder = TRY(float_from(rest));
    return TRY(tuple_pack(quotient.get(), remainder.get()));
}

bool is_odd_integer(double value) { return std::fmod(std::fabs(value), 2.0) == 1.0; }

// The cases of IEEE 754-2008 §9.2.1 that a C library may get wrong or signal; true: *result is the answer.
bool special_power(double base, double exponent, double* result) {
    if (exponent == 0 || base == 1.0) {
        *result = 1.0;
    } else if (std::isnan(base)) {
        *result = base;
    } else if (std::isnan(exponent)) {
        *result = exponent;
    } else if (std::isinf(exponent)) {
        double magnitude = std::fabs(base);
        if (magnitude == 1.0)
            *result = 1.0;
        else
            *result = (exponent > 0) == (magnitude > 1.0) ? std::fabs(exponent) : 0.0;
    } else if (std::isinf(base)) {
        bool odd = is_odd_integer(exponent);
        if (exponent > 0)
            *result = odd ? base : std::fabs(base);
        else
            *result = odd ? std::copysign(0.0, base) : 0.0;
    } else {
        return false;
    }
    return true;
}

Fallible<Ref<>> power_values(double base, double exponent) {
    double result;
    if (special_power(base, exponent, &result)) return float_from(result);
    if (base == 0.0) {
        if (exponent < 0.0) return raise(exc::ZeroDivisionError, "0.0 cannot be raised to a negative power");
        return float_from(is_odd_integer(exponent) ? base : 0.0);
    }
    bool negate = false;
    if (base < 0.0) {
        if (exponent != std::floor(exponent)) {
            // A root of a negative number is complex.
            Ref<> x = TRY(complex_from(base, 0.0));
            Ref<> y = TRY(complex_from(exponent, 0.0));
            return power(x.get(), y.get(), none());
        }
        base = -base;
        negate = is_odd_integer(exponent);
    }
    if (base == 1.0) return float_from(negate ? -1.0 : 1.0);
    result = std::pow(base, exponent);
    if (std::isinf(result)) {
        Ref<Int> number = TRY(int_from(ERANGE));
        Ref<Str> text = TRY(str_from_ascii("Numerical result out of range"));
        Ref<Tuple> arguments = TRY(tuple_pack(number.get(), text.get()));
        return raise_object(exc::OverflowError, arguments.get());
    }
    return float_from(negate ? -result : result);
}

Object* power_slot(Object* a, Object* b, Object* modulus) {
    if (!is_none(modulus))
        return raise(exc::TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    return binary_slot<power_values>(a, b);
}

Fallible<Ref<>> negative_slot(Object* self) { return float_from(-float_value(self)); }
Fallible<Ref<>> absolute_slot(Object* self) { return float_from(std::fabs(float_value(self))); }
Fallible<Ref<>> exact_slot(Object* self) {
    if (is_float_exact(self)) return share(self);
    return float_from(float_value(self));
}
Fallible<Ref<>> integer_slot(Object* self) { return int_from_double(float_value(self)); }
int boolean_slot(Object* self) { return float_value(self) != 0.0; }

// Order of a finite float and an int, exactly.
Fallible<int> compare_with_int(double value, Int* other) {
    int sign = value > 0 ? 1 : value < 0 ? -1 : 0;
    if (sign != int_sign(other)) return sign < int_sign(other) ? -1 : 1;
    if (sign == 0) return 0;
    size_t bits = int_bit_length(other);
    if (bits <= 48) {
        double converted = TRY(int_as_double(other));
        return value < converted ? -1 : value > converted;
    }
    int exponent;
    (void)std::frexp(std::fabs(value), &exponent);
    if (exponent < 0 || size_t(exponent) < bits) return -sign;
    if (size_t(exponent) > bits) return sign;
    // As many bits on both sides: compare whole parts, the fraction decides between equals.
    double whole = std::trunc(value);
    Ref<> integer = TRY(int_from_double(whole));
    int order = int_compare(as_int(integer.get()), other);
    if (order == 0 && value != whole) order = value < whole ? -1 : 1;
    return order;
}

}  // namespace

double float_remainder(double a, double b) {
    double rest = std::fmod(a, b);
    if (rest == 0) return std::copysign(0.0, b);
    if ((b < 0) != (rest < 0)) rest += b;
    return rest;
}

double float_floor_quotient(double a, double b, double* remainder) {
    double rest = std::fmod(a, b);
    double quotient = (a - rest) / b;
    if (rest != 0) {
        if ((b < 0) != (rest < 0)) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = std::copysign(0.0, b);
    }
    *remainder = rest;
    if (quotient == 0) return std::copysign(0.0, a / b);
    // (a - rest) / b is within rounding of an integer.
    double floored = std::floor(quotient);
    return quotient - floored > 0.5 ? floored + 1.0 : floored;
}

Object* float_richcompare(Object* a, Object* b, int op) {
    double x = float_value(a), y;
    if (is_float(b)) {
        y = float_value(b);
    } else if (!is_int(b)) {
        return new_reference(not_implemented());
    } else if (!std::isfinite(x)) {
        y = 0.0;  // infinities and NaNs compare to any int as to zero
    } else {
        return compare_outcome(TRY(compare_with_int(x, as_int(b))), op);
    }
    switch (op) {
        case kLess: return compare_result(x < y);
        case kLessEqual: return compare_result(x <= y);
        case kEqual: return compare_result(x == y);
        case kNotEqual: return compare_result(x != y);
        case kGreater: return compare_result(x > y);
        default: return compare_result(x >= y);
    }
}

constinit NumberMethods float_number_methods = {
    .add = binary_slot<add_values>,
    .subtract = binary_slot<subtract_values>,
    .multiply = binary_slot<multiply_values>,
    .remainder = binary_slot<remainder_values>,
    .divmod = binary_slot<divmod_values>,
    .power = power_slot,
    .negative = slot1<negative_slot>,
    .positive = slot1<exact_slot>,
    .absolute = slot1<absolute_slot>,
    .boolean = boolean_slot,
    .integer = slot1<integer_slot>,
    .floating = slot1<exact_slot>,
    .floor_divide = binary_slot<floor_divide_values>,
    .true_divide = binary_slot<divide_values>,
};

}  // namespace py
