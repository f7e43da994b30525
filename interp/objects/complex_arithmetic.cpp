// complex: operators and comparison.
#include <cerrno>
#include <cmath>

#include "interp/objects/abstract.h"
#include "interp/objects/complex_internal.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"

namespace py {

namespace {

ComplexValue value_of(Object* object) {
    auto* complex = static_cast<Complex*>(object);
    return {complex->real, complex->imaginary};
}

enum class Operand { Good, Foreign, Failed };

Operand take_operand(Object* object, ComplexValue* value) {
    if (is_complex(object)) {
        *value = value_of(object);
    } else if (is_float(object)) {
        *value = {float_value(object), 0.0};
    } else if (is_int(object)) {
        auto converted = int_as_double(as_int(object));
        if (!converted.ok()) return Operand::Failed;
        *value = {converted.take(), 0.0};
    } else {
        return Operand::Foreign;
    }
    return Operand::Good;
}

// A binary slot from Fallible<ComplexValue> F(ComplexValue, ComplexValue).
template <auto F>
Object* binary_slot(Object* a, Object* b) {
    ComplexValue x, y;
    Operand first = take_operand(a, &x);
    if (first == Operand::Failed) return nullptr;
    if (first == Operand::Foreign) return new_reference(not_implemented());
    Operand second = take_operand(b, &y);
    if (second == Operand::Failed) return nullptr;
    if (second == Operand::Foreign) return new_reference(not_implemented());
    ComplexValue result = TRY(F(x, y));
    return complex_from(result.real, result.imaginary).release();
}

ComplexValue product(ComplexValue a, ComplexValue b) {
    return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
}

Fallible<ComplexValue> add_values(ComplexValue a, ComplexValue b) {
    return ComplexValue{a.real + b.real, a.imaginary + b.imaginary};
}
Fallible<ComplexValue> subtract_values(ComplexValue a, ComplexValue b) {
    return ComplexValue{a.real - b.real, a.imaginary - b.imaginary};
}
Fallible<ComplexValue> multiply_values(ComplexValue a, ComplexValue b) { return product(a, b); }
Fallible<ComplexValue> divide_values(ComplexValue a, ComplexValue b) {
    bool zero_division = false;
    ComplexValue result = complex_quotient(a, b, &zero_division);
    if (zero_division) return raise(exc::ZeroDivisionError, "complex division by zero");
    return result;
}

ComplexValue natural_power(ComplexValue base, long exponent) {
    ComplexValue result{1.0, 0.0};
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1) result = product(result, base);
        if (exponent > 1) base = product(base, base);
    }
    return result;
}

// Polar form: |a|^c / e^(d·arg a), at the angle c·arg a + d·log |a|, for the exponent c + dj.
ComplexValue general_power(ComplexValue a, ComplexValue b) {
    double magnitude = std::hypot(a.real, a.imaginary);
    double length = std::pow(magnitude, b.real);
    double angle = std::atan2(a.imaginary, a.real);
    double phase = angle * b.real;
    if (b.imaginary != 0.0) {
        length /= std::exp(angle * b.imaginary);
        phase += b.imaginary * std::log(magnitude);
    }
    return {length * std::cos(phase), length * std::sin(phase)};
}

Fallible<ComplexValue> power_values(ComplexValue a, ComplexValue b) {
    auto zero_power = [] { return raise(exc::ZeroDivisionError, "0.0 to a negative or complex power"); };
    constexpr double kMaxIntegerExponent = 100.0;
    ComplexValue result;
    if (b.imaginary == 0.0 && b.real == std::floor(b.real) && std::fabs(b.real) <= kMaxIntegerExponent) {
        auto exponent = long(b.real);
        result = natural_power(a, std::labs(exponent));
        if (exponent < 0) {
            bool zero_division = false;
            result = complex_quotient({1.0, 0.0}, result, &zero_division);
            if (zero_division) return zero_power();
        }
    } else if (a.real == 0.0 && a.imaginary == 0.0) {
        if (b.imaginary != 0.0 || b.real < 0.0) return zero_power();
        result = {0.0, 0.0};
    } else {
        // The C library tells by EDOM that there was no angle to take the sine of.
        errno = 0;
        result = general_power(a, b);
        bool infinite = std::isinf(result.real) || std::isinf(result.imaginary);
        if (errno == EDOM && !infinite) return zero_power();
    }
    if (std::isinf(result.real) || std::isinf(result.imaginary))
        return raise(exc::OverflowError, "complex exponentiation");
    return result;
}

Object* power_slot(Object* a, Object* b, Object* modulus) {
    ComplexValue x, y;
    Operand first = take_operand(a, &x), second = take_operand(b, &y);
    if (first == Operand::Failed || second == Operand::Failed) return nullptr;
    if (first == Operand::Foreign || second == Operand::Foreign) return new_reference(not_implemented());
    if (!is_none(modulus)) return raise(exc::ValueError, "complex modulo");
    return binary_slot<power_values>(a, b);
}

Fallible<Ref<>> negative_slot(Object* self) {
    return complex_from(-value_of(self).real, -value_of(self).imaginary);
}
Fallible<Ref<>> positive_slot(Object* self) {
    if (is_exact(self, complex_type)) return share(self);
    return complex_from(value_of(self).real, value_of(self).imaginary);
}
Fallible<Ref<>> absolute_slot(Object* self) {
    ComplexValue value = value_of(self);
    double result = std::hypot(value.real, value.imaginary);
    if (std::isinf(result) && std::isfinite(value.real) && std::isfinite(value.imaginary))
        return raise(exc::OverflowError, "absolute value too large");
    return float_from(result);
}
int boolean_slot(Object* self) { return value_of(self).real != 0.0 || value_of(self).imaginary != 0.0; }

}  // namespace

ComplexValue complex_quotient(ComplexValue a, ComplexValue b, bool* zero_division) {
    // Smith's method: scaled by the larger part of b, so that nothing overflows on the way.
    if (std::isnan(b.real) || std::isnan(b.imaginary)) return {NAN, NAN};
    if (std::fabs(b.real) >= std::fabs(b.imaginary)) {
        if (b.real == 0.0) {
            *zero_division = true;
            return {0.0, 0.0};
        }
        double ratio = b.imaginary / b.real;
        double divisor = b.real + b.imaginary * ratio;
        return {(a.real + a.imaginary * ratio) / divisor, (a.imaginary - a.real * ratio) / divisor};
    }
    double ratio = b.real / b.imaginary;
    double divisor = b.real * ratio + b.imaginary;
    return {(a.real * ratio + a.imaginary) / divisor, (a.imaginary * ratio - a.real) / divisor};
}

Fallible<ComplexValue> as_complex_value(Object* object) {
    if (is_complex(object)) return value_of(object);
    Ref<> converted = TRY(try_complex_method(object));
    if (converted) return value_of(converted.get());
    return ComplexValue{TRY(as_double(object)), 0.0};
}

Object* complex_richcompare(Object* a, Object* b, int op) {
    if (op != kEqual && op != kNotEqual) return new_reference(not_implemented());
    ComplexValue value = value_of(a);
    bool equal;
    if (is_int(b)) {
        // Exact even where the int has no exact double.
        equal = false;
        if (value.imaginary == 0.0) {
            Ref<> real = TRY(float_from(value.real));
            equal = TRY(equals(real.get(), b));
        }
    } else if (is_float(b)) {
        equal = value.real == float_value(b) && value.imaginary == 0.0;
    } else if (is_complex(b)) {
        equal = value.real == value_of(b).real && value.imaginary == value_of(b).imaginary;
    } else {
        return new_reference(not_implemented());
    }
    return compare_result(equal == (op == kEqual));
}

constinit NumberMethods complex_number_methods = {
    .add = binary_slot<add_values>,
    .subtract = binary_slot<subtract_values>,
    .multiply = binary_slot<multiply_values>,
    .power = power_slot,
    .negative = slot1<negative_slot>,
    .positive = slot1<positive_slot>,
    .absolute = slot1<absolute_slot>,
    .boolean = boolean_slot,
    .true_divide = binary_slot<divide_values>,
};

}  // namespace py
