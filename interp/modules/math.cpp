// The math module: functions of floats over the C library, with Python's error rules.
#include <algorithm>
#include <cmath>
#include <limits>

#include "interp/modules/math_module.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

Raised raise_domain_error() { return raise(exc::ValueError, "math domain error"); }
Raised raise_range_error() { return raise(exc::OverflowError, "math range error"); }

namespace {

// What an infinite result of a finite argument means: a pole of the function, or a result out of range. OwnPole: the
// integers up to zero are poles, anything else is out of range (gamma functions).
enum class Infinite { Pole, Overflow, OwnPole };

Fallible<Ref<>> checked_result(double x, double result, Infinite infinite) {
    if (std::isnan(result) && !std::isnan(x)) return raise_domain_error();
    if (std::isinf(result) && std::isfinite(x)) {
        bool pole = infinite == Infinite::Pole || (infinite == Infinite::OwnPole && x <= 0.0 && x == std::floor(x));
        return pole ? raise_domain_error() : raise_range_error();
    }
    return float_from(result);
}

template <auto F, Infinite infinite>
Fallible<Ref<>> function_of_double(Object*, Object* argument) {
    double x = TRY(as_double(argument));
    return checked_result(x, F(x), infinite);
}

template <auto F>
Fallible<Ref<>> function_of_two(Object*, Object* const* bound) {
    double x = TRY(as_double(bound[0]));
    double y = TRY(as_double(bound[1]));
    double result = F(x, y);
    if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) return raise_domain_error();
    if (std::isinf(result) && std::isfinite(x) && std::isfinite(y)) return raise_range_error();
    return float_from(result);
}

double arc_tangent(double y, double x) { return std::atan2(y, x); }
double copy_sign(double x, double y) { return std::copysign(x, y); }
double ieee_remainder(double x, double y) { return std::remainder(x, y); }

// Logarithms.

using RealFunction = double (*)(double);

Fallible<double> logarithm(Object* argument, RealFunction function) {
    if (!is_int(argument)) {
        double x = TRY(as_double(argument));
        if (x <= 0.0 || (std::isinf(x) && x < 0)) return raise_domain_error();
        return function(x);
    }
    Int* value = as_int(argument);
    if (value->size <= 0) return raise_domain_error();
    auto converted = int_as_double(value);
    if (converted.ok()) return function(converted.take());
    if (!clear_error_if(exc::OverflowError)) return raised;
    // Too large for a double: log(x · 2**e) = log(x) + log(2) · e.
    ssize_t exponent;
    double fraction = int_frexp(value, &exponent);
    return function(fraction) + function(2.0) * double(exponent);
}

double natural_log(double x) { return std::log(x); }
double binary_log(double x) { return std::log2(x); }
double decimal_log(double x) { return std::log10(x); }

// math.log(x[, base])
Fallible<Ref<>> math_log(Object*, Object* const* args, ssize_t nargs) {
    if (nargs < 1 || nargs > 2) return raise(exc::TypeError, "math.log requires 1 to 2 arguments");
    Ref<> numerator = TRY(float_from(TRY(logarithm(args[0], natural_log))));
    if (nargs == 1) return numerator;
    Ref<> denominator = TRY(float_from(TRY(logarithm(args[1], natural_log))));
    return binary_op(BinaryOp::TrueDivide, numerator.get(), denominator.get());
}
// math.log2(x, /)
Fallible<Ref<>> math_log2(Object*, Object* x) { return float_from(TRY(logarithm(x, binary_log))); }
// math.log10(x, /)
Fallible<Ref<>> math_log10(Object*, Object* x) { return float_from(TRY(logarithm(x, decimal_log))); }

// Rounding.

Fallible<Ref<>> rounded_by_method(Object* x, Str* method, RealFunction function) {
    if (is_float_exact(x)) return int_from_double(function(float_value(x)));
    Ref<> bound = TRY(lookup_special(x, method));
    if (bound) return call(bound.get());
    return int_from_double(function(TRY(as_double(x))));
}
double floor_of(double x) { return std::floor(x); }
double ceiling_of(double x) { return std::ceil(x); }

// math.floor(x, /)
Fallible<Ref<>> math_floor(Object*, Object* x) { return rounded_by_method(x, "__floor__"_name, floor_of); }
// math.ceil(x, /)
Fallible<Ref<>> math_ceil(Object*, Object* x) { return rounded_by_method(x, "__ceil__"_name, ceiling_of); }

// math.trunc(x, /)
Fallible<Ref<>> math_trunc(Object*, Object* x) {
    if (is_float_exact(x)) return int_from_double(float_value(x));
    Ref<> method = TRY(lookup_special(x, "__trunc__"_name));
    if (!method) return raise(exc::TypeError, "type %.100s doesn't define __trunc__ method", x->type->name);
    return call(method.get());
}

// Taking doubles apart.

// math.frexp(x, /)
Fallible<Ref<>> math_frexp(Object*, Object* argument) {
    double x = TRY(as_double(argument));
    int exponent = 0;
    double fraction = std::isfinite(x) ? std::frexp(x, &exponent) : x;
    Ref<> first = TRY(float_from(fraction));
    Ref<Int> second = TRY(int_from(exponent));
    return TRY(tuple_pack(first.get(), second.get()));
}

// math.ldexp(x, i, /)
Fallible<Ref<>> math_ldexp(Object*, Object* const* bound) {
    double x = TRY(as_double(bound[0]));
    if (!is_int(bound[1])) return raise(exc::TypeError, "Expected an int as second argument to ldexp.");
    int overflow;
    int64_t exponent = as_int64_clamped(as_int(bound[1]), &overflow);
    if (x == 0.0 || !std::isfinite(x)) return float_from(x);
    constexpr int64_t kBeyond = 5000;
    double result = std::ldexp(x, int(std::min(std::max(exponent, -kBeyond), kBeyond)));
    if (std::isinf(result)) return raise_range_error();
    return float_from(result);
}

// math.modf(x, /)
Fallible<Ref<>> math_modf(Object*, Object* argument) {
    double x = TRY(as_double(argument));
    double whole = x, fraction = std::isinf(x) ? std::copysign(0.0, x) : x;
    if (std::isfinite(x)) fraction = std::modf(x, &whole);
    Ref<> first = TRY(float_from(fraction));
    Ref<> second = TRY(float_from(whole));
    return TRY(tuple_pack(first.get(), second.get()));
}

// math.nextafter(x, y, /)
Fallible<Ref<>> math_nextafter(Object*, Object* const* bound) {
    double x = TRY(as_double(bound[0]));
    double y = TRY(as_double(bound[1]));
    return float_from(std::nextafter(x, y));
}

// math.ulp(x, /)
Fallible<Ref<>> math_ulp(Object*, Object* argument) {
    double x = std::fabs(TRY(as_double(argument)));
    if (!std::isfinite(x)) return float_from(x);
    double above = std::nextafter(x, std::numeric_limits<double>::infinity());
    // The largest double has nothing above it.
    return float_from(std::isinf(above) ? x - std::nextafter(x, 0.0) : above - x);
}

// Powers and remainders.

// math.fmod(x, y, /)
Fallible<Ref<>> math_fmod(Object*, Object* const* bound) {
    double x = TRY(as_double(bound[0]));
    double y = TRY(as_double(bound[1]));
    if (std::isinf(y) && std::isfinite(x)) return float_from(x);
    double result = std::fmod(x, y);
    if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) return raise_domain_error();
    return float_from(result);
}

// math.pow(x, y, /)
Fallible<Ref<>> math_pow(Object*, Object* const* bound) {
    double x = TRY(as_double(bound[0]));
    double y = TRY(as_double(bound[1]));
    // IEEE 754's special cases are the C library's; only finite arguments can go wrong.
    double result = std::pow(x, y);
    if (std::isfinite(x) && std::isfinite(y)) {
        if (std::isnan(result)) return raise_domain_error();
        if (std::isinf(result)) return x == 0.0 ? raise_domain_error() : raise_range_error();
    }
    return float_from(result);
}

// Angles and predicates.

constexpr double kPi = 3.141592653589793238462643383279502884197;

// math.degrees(x, /)
Fallible<Ref<>> math_degrees(Object*, Object* x) { return float_from(TRY(as_double(x)) * (180.0 / kPi)); }
// math.radians(x, /)
Fallible<Ref<>> math_radians(Object*, Object* x) { return float_from(TRY(as_double(x)) * (kPi / 180.0)); }
// math.isfinite(x, /)
Fallible<Ref<>> math_isfinite(Object*, Object* x) { return bool_from(std::isfinite(TRY(as_double(x)))); }
// math.isinf(x, /)
Fallible<Ref<>> math_isinf(Object*, Object* x) { return bool_from(std::isinf(TRY(as_double(x)))); }
// math.isnan(x, /)
Fallible<Ref<>> math_isnan(Object*, Object* x) { return bool_from(std::isnan(TRY(as_double(x)))); }

// math.isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)
Fallible<Ref<>> math_isclose(Object*, Object* const* bound) {
    double a = TRY(as_double(bound[0]));
    double b = TRY(as_double(bound[1]));
    double relative = bound[2] ? TRY(as_double(bound[2])) : 1e-9;
    double absolute_tolerance = bound[3] ? TRY(as_double(bound[3])) : 0.0;
    if (relative < 0.0 || absolute_tolerance < 0.0) return raise(exc::ValueError, "tolerances must be non-negative");
    if (a == b) return bool_from(true);
    if (std::isinf(a) || std::isinf(b)) return bool_from(false);
    double difference = std::fabs(b - a);
    return bool_from(difference <= std::fabs(relative * b) || difference <= std::fabs(relative * a) ||
                     difference <= absolute_tolerance);
}

MethodDef math_methods[] = {
#define MATH_FUNCTION(name, function, infinite, doc)                                                                 \
    METHOD_O(#name, (function_of_double<static_cast<double (*)(double)>(function), Infinite::infinite>), \
             "($module, x, /)", doc),
#include "interp/modules/math_functions.def"
#undef MATH_FUNCTION
    METHOD("atan2", function_of_two<arc_tangent>, "($module, y, x, /)",
           "The arc tangent of y/x, in the quadrant that the signs of both tell."),
    METHOD("copysign", function_of_two<copy_sign>, "($module, x, y, /)", "The magnitude of x with the sign of y."),
    METHOD("remainder", function_of_two<ieee_remainder>, "($module, x, y, /)",
           "x - n*y for the integer n nearest to x/y, the even one of two (IEEE 754)."),
    {"log", (CFunction)(void*)wrap_fast<math_log>, kFastcall | kBareName,
     "log(x, [base=math.e])\nThe logarithm of x to the base, the natural one by default."},
    METHOD_O("log2", math_log2, "($module, x, /)", "The base 2 logarithm of x."),
    METHOD_O("log10", math_log10, "($module, x, /)", "The base 10 logarithm of x."),
    METHOD_O("floor", math_floor, "($module, x, /)", "The largest integer <= x."),
    METHOD_O("ceil", math_ceil, "($module, x, /)", "The smallest integer >= x."),
    METHOD_O("trunc", math_trunc, "($module, x, /)", "x cut off to an integer, by __trunc__."),
    METHOD_O("frexp", math_frexp, "($module, x, /)",
             "(m, e) with x == m * 2.0**e and 0.5 <= abs(m) < 1.0; (0.0, 0) for zero."),
    METHOD("ldexp", math_ldexp, "($module, x, i, /)", "x * (2**i): the inverse of frexp()."),
    METHOD_O("modf", math_modf, "($module, x, /)", "The fractional and the integer part of x, both floats with its sign."),
    METHOD("nextafter", math_nextafter, "($module, x, y, /)", "The next float after x towards y."),
    METHOD_O("ulp", math_ulp, "($module, x, /)", "The value of the least significant bit of x."),
    METHOD("fmod", math_fmod, "($module, x, y, /)", "The remainder of x/y as in C: with the sign of x."),
    METHOD("pow", math_pow, "($module, x, y, /)", "x**y, as floats."),
    METHOD_O("degrees", math_degrees, "($module, x, /)", "The angle x from radians to degrees."),
    METHOD_O("radians", math_radians, "($module, x, /)", "The angle x from degrees to radians."),
    METHOD_O("isfinite", math_isfinite, "($module, x, /)", "True if x is neither an infinity nor a NaN."),
    METHOD_O("isinf", math_isinf, "($module, x, /)", "True if x is an infinity."),
    METHOD_O("isnan", math_isnan, "($module, x, /)", "True if x is a NaN."),
    METHOD("isclose", math_isclose, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
           "Whether two floats are close to each other.\n\n  rel_tol\n    the largest difference, relative to the larger "
           "magnitude\n  abs_tol\n    the largest difference, absolutely\n\nA NaN is close to nothing, an infinity to itself "
           "only."),
    METHOD_FAST("gcd", math_gcd, "($module, *integers)", "Greatest Common Divisor."),
    METHOD_FAST("lcm", math_lcm, "($module, *integers)", "Least Common Multiple."),
    METHOD_O("isqrt", math_isqrt, "($module, n, /)", "The integer part of the square root of n."),
    METHOD_O("factorial", math_factorial, "($module, n, /)", "n!: the product of 1 to n."),
    METHOD("comb", math_comb, "($module, n, k, /)",
           "How many ways there are to choose k of n items, without order and repetition: n! / (k! * (n - k)!), 0 for k > n."),
    METHOD("perm", math_perm, "($module, n, k=None, /)",
           "How many ways there are to choose k of n items in order, without repetition: n! / (n - k)!, 0 for k > n."),
    METHOD_O("fsum", math_fsum, "($module, seq, /)", "The sum of the values, as if computed exactly and rounded once."),
    METHOD("prod", math_prod, "($module, iterable, /, *, start=1)", "The product of the values and start."),
    {"hypot", (CFunction)(void*)wrap_fast<math_hypot>, kFastcall,
     "hypot(*coordinates) -> value\n\nThe Euclidean norm: sqrt(sum(x*x for x in coordinates))."},
    METHOD("dist", math_dist, "($module, p, q, /)", "The Euclidean distance between two points given as sequences."),
    END_ROW,
};

Fallible<void> math_execute(Module* module) {
    TRY(module_add(module, "pi", float_from(kPi)));
    TRY(module_add(module, "e", float_from(2.718281828459045235360287471352662497757)));
    TRY(module_add(module, "tau", float_from(2 * kPi)));
    TRY(module_add(module, "inf", float_from(std::numeric_limits<double>::infinity())));
    return module_add(module, "nan", float_from(std::numeric_limits<double>::quiet_NaN()));
}

}  // namespace

extern const NativeModule math_module;
const NativeModule math_module = {"math", "Mathematical functions of the C standard.", math_methods, math_execute};

}  // namespace py
