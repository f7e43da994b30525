// The cmath module: functions of complex numbers (Kahan, "Branch cuts for complex elementary functions", 1987), with the
// special values of C99 Annex G.
#include <cerrno>
#include <cmath>
#include <limits>

#include "interp/modules/cmath_special.h"
#include "interp/modules/math_module.h"
#include "interp/objects/abstract.h"
#include "interp/objects/complex_internal.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {

namespace {

using cmath::Outcome;
using Z = ComplexValue;

constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kMin = std::numeric_limits<double>::min();
constexpr double kLarge = kMax / 4.0;
constexpr double kLog2 = 0.6931471805599453094;
constexpr double kLog10 = 2.302585092994045684;
const double kSqrtLarge = std::sqrt(kLarge);
const double kLogLarge = std::log(kLarge);
const double kSqrtMin = std::sqrt(kMin);
constexpr int kScaleUp = 2 * (53 / 2) + 1;  // odd: so that half of it is whole after adding one
constexpr int kScaleDown = -(kScaleUp + 1) / 2;

bool finite(Z z) { return std::isfinite(z.real) && std::isfinite(z.imaginary); }

// Each function sets *outcome when the result is a domain or range error.

Z square_root(Z z, Outcome*) {
    if (!finite(z)) return cmath::special(cmath::kSqrtValues, z);
    if (z.real == 0.0 && z.imaginary == 0.0) return {0.0, z.imaginary};
    double ax = std::fabs(z.real), ay = std::fabs(z.imaginary), s;
    if (ax < kMin && ay < kMin && (ax > 0.0 || ay > 0.0)) {
        // hypot of subnormals would lose precision.
        ax = std::ldexp(ax, kScaleUp);
        s = std::ldexp(std::sqrt(ax + std::hypot(ax, std::ldexp(ay, kScaleUp))), kScaleDown);
    } else {
        ax /= 8.0;
        s = 2.0 * std::sqrt(ax + std::hypot(ax, ay / 8.0));
    }
    double d = ay / (2.0 * s);
    if (z.real >= 0.0) return {s, std::copysign(d, z.imaginary)};
    return {d, std::copysign(s, z.imaginary)};
}

Z arc_cosine(Z z, Outcome* outcome) {
    if (!finite(z)) return cmath::special(cmath::kAcosValues, z);
    if (std::fabs(z.real) > kLarge || std::fabs(z.imaginary) > kLarge) {
        double real = std::atan2(std::fabs(z.imaginary), z.real);
        double size = std::log(std::hypot(z.real / 2.0, z.imaginary / 2.0)) + kLog2 * 2.0;
        // The branch cut's sign comes from the zero imaginary part.
        double imaginary = z.real < 0.0 ? -std::copysign(size, z.imaginary) : std::copysign(size, -z.imaginary);
        return {real, imaginary};
    }
    Z s1 = square_root({1.0 - z.real, -z.imaginary}, outcome);
    Z s2 = square_root({1.0 + z.real, z.imaginary}, outcome);
    return {2.0 * std::atan2(s1.real, s2.real), std::asinh(s2.real * s1.imaginary - s2.imaginary * s1.real)};
}

Z hyperbolic_arc_cosine(Z z, Outcome* outcome) {
    if (!finite(z)) return cmath::special(cmath::kAcoshValues, z);
    if (std::fabs(z.real) > kLarge || std::fabs(z.imaginary) > kLarge)
        return {std::log(std::hypot(z.real / 2.0, z.imaginary / 2.0)) + kLog2 * 2.0, std::atan2(z.imaginary, z.real)};
    Z s1 = square_root({z.real - 1.0, z.imaginary}, outcome);
    Z s2 = square_root({z.real + 1.0, z.imaginary}, outcome);
    return {std::asinh(s1.real * s2.real + s1.imaginary * s2.imaginary), 2.0 * std::atan2(s1.imaginary, s2.real)};
}

Z hyperbolic_arc_sine(Z z, Outcome* outcome) {
    if (!finite(z)) return cmath::special(cmath::kAsinhValues, z);
    if (std::fabs(z.real) > kLarge || std::fabs(z.imaginary) > kLarge) {
        double size = std::log(std::hypot(z.real / 2.0, z.imaginary / 2.0)) + kLog2 * 2.0;
        double real = z.imaginary < 0.0 ? -std::copysign(size, -z.real) : std::copysign(size, z.real);
        return {real, std::atan2(z.imaginary, std::fabs(z.real))};
    }
    Z s1 = square_root({1.0 + z.imaginary, -z.real}, outcome);
    Z s2 = square_root({1.0 - z.imaginary, z.real}, outcome);
    return {std::asinh(s1.real * s2.imaginary - s2.real * s1.imaginary),
            std::atan2(z.imaginary, s1.real * s2.real - s1.imaginary * s2.imaginary)};
}

// asin(z) = -i asinh(iz)
Z arc_sine(Z z, Outcome* outcome) {
    Z s = hyperbolic_arc_sine({-z.imaginary, z.real}, outcome);
    return {s.imaginary, -s.real};
}

Z hyperbolic_arc_tangent(Z z, Outcome* outcome) {
    if (!finite(z)) return cmath::special(cmath::kAtanhValues, z);
    // Odd: reduced to a non-negative real part.
    if (z.real < 0.0 || (z.real == 0.0 && std::signbit(z.real))) {
        Z r = hyperbolic_arc_tangent({-z.real, -z.imaginary}, outcome);
        return {-r.real, -r.imaginary};
    }
    constexpr double kHalfPi = 1.5707963267948966192;
    double ay = std::fabs(z.imaginary);
    if (z.real > kSqrtLarge || ay > kSqrtLarge) {
        double h = std::hypot(z.real / 2.0, z.imaginary / 2.0);
        return {z.real / 4.0 / h / h, -std::copysign(kHalfPi, -z.imaginary)};
    }
    if (z.real == 1.0 && ay < kSqrtMin) {
        if (ay == 0.0) {
            *outcome = Outcome::Domain;
            return {std::numeric_limits<double>::infinity(), z.imaginary};
        }
        return {-std::log(std::sqrt(ay) / std::sqrt(std::hypot(ay, 2.0))),
                std::copysign(std::atan2(2.0, -ay) / 2.0, z.imaginary)};
    }
    double real = std::log1p(4.0 * z.real / ((1.0 - z.real) * (1.0 - z.real) + ay * ay)) / 4.0;
    double imaginary = -std::atan2(-2.0 * z.imaginary, (1.0 - z.real) * (1.0 + z.real) - ay * ay) / 2.0;
    return {real, imaginary};
}

// atan(z) = -i atanh(iz)
Z arc_tangent(Z z, Outcome* outcome) {
    Z s = hyperbolic_arc_tangent({-z.imaginary, z.real}, outcome);
    return {s.imaginary, -s.real};
}

// Of infinities, with an angle: only the signs of cosine and sine count.
Z infinite_at_angle(double real_size, double imaginary_size, double angle) {
    return {std::copysign(real_size, std::cos(angle)), std::copysign(imaginary_size, std::sin(angle))};
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void note_overflow(Z z, Outcome* outcome) {
    if (std::isinf(z.real) || std::isinf(z.imaginary)) *outcome = Outcome::Range;
}

// An infinite imaginary part has no angle: invalid unless the real part makes up for it.
void note_no_angle(Z z, bool excused, Outcome* outcome) {
    if (std::isinf(z.imaginary) && !excused) *outcome = Outcome::Domain;
}

Z exponential(Z z, Outcome* outcome) {
    if (!finite(z)) {
        Z r;
        if (std::isinf(z.real) && std::isfinite(z.imaginary) && z.imaginary != 0.0)
            r = z.real > 0 ? infinite_at_angle(kInfinity, kInfinity, z.imaginary)
                           : infinite_at_angle(0.0, 0.0, z.imaginary);
        else
            r = cmath::special(cmath::kExpValues, z);
        note_no_angle(z, std::isnan(z.real) || (std::isinf(z.real) && z.real < 0), outcome);
        return r;
    }
    Z r;
    if (z.real > kLogLarge) {
        double l = std::exp(z.real - 1.0);
        r = {l * std::cos(z.imaginary) * M_E, l * std::sin(z.imaginary) * M_E};
    } else {
        double l = std::exp(z.real);
        r = {l * std::cos(z.imaginary), l * std::sin(z.imaginary)};
    }
    note_overflow(r, outcome);
    return r;
}

Z hyperbolic_cosine(Z z, Outcome* outcome) {
    if (!finite(z)) {
        Z r;
        if (std::isinf(z.real) && std::isfinite(z.imaginary) && z.imaginary != 0.0) {
            r = infinite_at_angle(kInfinity, kInfinity, z.imaginary);
            if (z.real < 0) r.imaginary = -r.imaginary;
        } else {
            r = cmath::special(cmath::kCoshValues, z);
        }
        note_no_angle(z, std::isnan(z.real), outcome);
        return r;
    }
    Z r;
    if (std::fabs(z.real) > kLogLarge) {
        double reduced = z.real - std::copysign(1.0, z.real);
        r = {std::cos(z.imaginary) * std::cosh(reduced) * M_E, std::sin(z.imaginary) * std::sinh(reduced) * M_E};
    } else {
        r = {std::cos(z.imaginary) * std::cosh(z.real), std::sin(z.imaginary) * std::sinh(z.real)};
    }
    note_overflow(r, outcome);
    return r;
}

Z hyperbolic_sine(Z z, Outcome* outcome) {
    if (!finite(z)) {
        Z r;
        if (std::isinf(z.real) && std::isfinite(z.imaginary) && z.imaginary != 0.0) {
            r = infinite_at_angle(kInfinity, kInfinity, z.imaginary);
            if (z.real < 0) r.real = -r.real;
        } else {
            r = cmath::special(cmath::kSinhValues, z);
        }
        note_no_angle(z, std::isnan(z.real), outcome);
        return r;
    }
    Z r;
    if (std::fabs(z.real) > kLogLarge) {
        double reduced = z.real - std::copysign(1.0, z.real);
        r = {std::cos(z.imaginary) * std::sinh(reduced) * M_E, std::sin(z.imaginary) * std::cosh(reduced) * M_E};
    } else {
        r = {std::cos(z.imaginary) * std::sinh(z.real), std::sin(z.imaginary) * std::cosh(z.real)};
    }
    note_overflow(r, outcome);
    return r;
}

Z hyperbolic_tangent(Z z, Outcome* outcome) {
    if (!finite(z)) {
        Z r;
        if (std::isinf(z.real) && std::isfinite(z.imaginary) && z.imaginary != 0.0)
            r = {z.real > 0 ? 1.0 : -1.0,
                 std::copysign(0.0, 2.0 * std::sin(z.imaginary) * std::cos(z.imaginary))};
        else
            r = cmath::special(cmath::kTanhValues, z);
        if (std::isinf(z.imaginary) && std::isfinite(z.real)) *outcome = Outcome::Domain;
        return r;
    }
    if (std::fabs(z.real) > kLogLarge) {
        double size = 4.0 * std::sin(z.imaginary) * std::cos(z.imaginary) * std::exp(-2.0 * std::fabs(z.real));
        return {std::copysign(1.0, z.real), size};
    }
    double tx = std::tanh(z.real), ty = std::tan(z.imaginary), cx = 1.0 / std::cosh(z.real);
    double txty = tx * ty, denominator = 1.0 + txty * txty;
    return {tx * (1.0 + ty * ty) / denominator, (ty / denominator) * cx * cx};
}

// cos(z) = cosh(iz), sin(z) = -i sinh(iz), tan(z) = -i tanh(iz)
Z cosine(Z z, Outcome* outcome) { return hyperbolic_cosine({-z.imaginary, z.real}, outcome); }
Z sine(Z z, Outcome* outcome) {
    Z s = hyperbolic_sine({-z.imaginary, z.real}, outcome);
    return {s.imaginary, -s.real};
}
Z tangent(Z z, Outcome* outcome) {
    Z s = hyperbolic_tangent({-z.imaginary, z.real}, outcome);
    return {s.imaginary, -s.real};
}

Z logarithm(Z z, Outcome* outcome) {
    if (!finite(z)) return cmath::special(cmath::kLogValues, z);
    double ax = std::fabs(z.real), ay = std::fabs(z.imaginary);
    double angle = std::atan2(z.imaginary, z.real);
    if (ax > kLarge || ay > kLarge) return {std::log(std::hypot(ax / 2.0, ay / 2.0)) + kLog2, angle};
    if (ax < kMin && ay < kMin) {
        if (ax > 0.0 || ay > 0.0)
            return {std::log(std::hypot(std::ldexp(ax, 53), std::ldexp(ay, 53))) - 53 * kLog2, angle};
        *outcome = Outcome::Domain;
        return {-kInfinity, angle};
    }
    double h = std::hypot(ax, ay);
    if (h < 0.71 || h > 1.73) return {std::log(h), angle};
    // Near the unit circle log(h) = log1p(h² - 1) / 2 keeps precision.
    double large = ax > ay ? ax : ay, small = ax > ay ? ay : ax;
    return {std::log1p((large - 1) * (large + 1) + small * small) / 2.0, angle};
}

Z decimal_logarithm(Z z, Outcome* outcome) {
    Z r = logarithm(z, outcome);
    return {r.real / kLog10, r.imaginary / kLog10};
}

Fallible<void> check(Outcome outcome) {
    if (outcome == Outcome::Domain) return raise_domain_error();
    if (outcome == Outcome::Range) return raise_range_error();
    return {};
}

template <Z (*F)(Z, Outcome*)>
Fallible<Ref<>> function_of_complex(Object*, Object* argument) {
    Z z = TRY(as_complex_value(argument));
    Outcome outcome = Outcome::Good;
    Z result = F(z, &outcome);
    TRY(check(outcome));
    return complex_from(result.real, result.imaginary);
}

// cmath.log(z[, base])
Fallible<Ref<>> cmath_log(Object*, Object* const* bound) {
    Z z = TRY(as_complex_value(bound[0]));
    Outcome outcome = Outcome::Good;
    Z result = logarithm(z, &outcome);
    if (bound[1]) {
        Z base = TRY(as_complex_value(bound[1]));
        bool zero_division = false;
        outcome = Outcome::Good;  // only the base's own failure counts
        result = complex_quotient(result, logarithm(base, &outcome), &zero_division);
        if (zero_division) outcome = Outcome::Domain;
    }
    TRY(check(outcome));
    return complex_from(result.real, result.imaginary);
}

// cmath.phase(z, /)
Fallible<Ref<>> cmath_phase(Object*, Object* argument) {
    Z z = TRY(as_complex_value(argument));
    errno = 0;
    double angle = std::atan2(z.imaginary, z.real);
    // Underflow counts as a range error here.
    if (errno == EDOM) return raise_domain_error();
    if (errno == ERANGE) return raise_range_error();
    return float_from(angle);
}

// cmath.polar(z, /)
Fallible<Ref<>> cmath_polar(Object*, Object* argument) {
    Z z = TRY(as_complex_value(argument));
    double size = std::hypot(z.real, z.imaginary);
    if (std::isinf(size) && finite(z)) return raise_range_error();
    Ref<> radius = TRY(float_from(size));
    Ref<> angle = TRY(float_from(std::atan2(z.imaginary, z.real)));
    return TRY(tuple_pack(radius.get(), angle.get()));
}

// cmath.rect(r, phi, /)
Fallible<Ref<>> cmath_rect(Object*, Object* const* bound) {
    double r = TRY(as_double(bound[0]));
    double phi = TRY(as_double(bound[1]));
    if (std::isfinite(r) && std::isfinite(phi)) {
        // A phase of zero keeps its sign where r * sin(phi) would not for negative r.
        if (phi == 0.0) return complex_from(r, r * phi);
        return complex_from(r * std::cos(phi), r * std::sin(phi));
    }
    if (std::isinf(phi) && r != 0.0 && !std::isnan(r)) return raise_domain_error();
    if (std::isinf(r) && std::isfinite(phi) && phi != 0.0) {
        Z z = infinite_at_angle(kInfinity, kInfinity, phi);
        if (r < 0) z = {-z.real, -z.imaginary};
        return complex_from(z.real, z.imaginary);
    }
    Z z = cmath::special(cmath::kRectValues, {r, phi});
    return complex_from(z.real, z.imaginary);
}

// cmath.isfinite(z, /)
Fallible<Ref<>> cmath_isfinite(Object*, Object* z) { return bool_from(finite(TRY(as_complex_value(z)))); }
// cmath.isnan(z, /)
Fallible<Ref<>> cmath_isnan(Object*, Object* argument) {
    Z z = TRY(as_complex_value(argument));
    return bool_from(std::isnan(z.real) || std::isnan(z.imaginary));
}
// cmath.isinf(z, /)
Fallible<Ref<>> cmath_isinf(Object*, Object* argument) {
    Z z = TRY(as_complex_value(argument));
    return bool_from(std::isinf(z.real) || std::isinf(z.imaginary));
}

// cmath.isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)
Fallible<Ref<>> cmath_isclose(Object*, Object* const* bound) {
    Z a = TRY(as_complex_value(bound[0]));
    Z b = TRY(as_complex_value(bound[1]));
    double relative = bound[2] ? TRY(as_double(bound[2])) : 1e-9;
    double absolute_tolerance = bound[3] ? TRY(as_double(bound[3])) : 0.0;
    if (relative < 0.0 || absolute_tolerance < 0.0) return raise(exc::ValueError, "tolerances must be non-negative");
    if (a.real == b.real && a.imaginary == b.imaginary) return bool_from(true);
    auto infinite = [](Z z) { return std::isinf(z.real) || std::isinf(z.imaginary); };
    if (infinite(a) || infinite(b)) return bool_from(false);
    double difference = std::hypot(a.real - b.real, a.imaginary - b.imaginary);
    return bool_from(difference <= relative * std::hypot(b.real, b.imaginary) ||
                     difference <= relative * std::hypot(a.real, a.imaginary) || difference <= absolute_tolerance);
}

#define COMPLEX_FUNCTION(name, function, doc) METHOD_O(name, function_of_complex<function>, "($module, z, /)", doc)

MethodDef cmath_methods[] = {
    COMPLEX_FUNCTION("acos", arc_cosine, "The arc cosine of z."),
    COMPLEX_FUNCTION("acosh", hyperbolic_arc_cosine, "The inverse hyperbolic cosine of z."),
    COMPLEX_FUNCTION("asin", arc_sine, "The arc sine of z."),
    COMPLEX_FUNCTION("asinh", hyperbolic_arc_sine, "The inverse hyperbolic sine of z."),
    COMPLEX_FUNCTION("atan", arc_tangent, "The arc tangent of z."),
    COMPLEX_FUNCTION("atanh", hyperbolic_arc_tangent, "The inverse hyperbolic tangent of z."),
    COMPLEX_FUNCTION("cos", cosine, "The cosine of z."),
    COMPLEX_FUNCTION("cosh", hyperbolic_cosine, "The hyperbolic cosine of z."),
    COMPLEX_FUNCTION("exp", exponential, "e to the power of z."),
    COMPLEX_FUNCTION("log10", decimal_logarithm, "The base-10 logarithm of z."),
    COMPLEX_FUNCTION("sin", sine, "The sine of z."),
    COMPLEX_FUNCTION("sinh", hyperbolic_sine, "The hyperbolic sine of z."),
    COMPLEX_FUNCTION("sqrt", square_root, "The square root of z."),
    COMPLEX_FUNCTION("tan", tangent, "The tangent of z."),
    COMPLEX_FUNCTION("tanh", hyperbolic_tangent, "The hyperbolic tangent of z."),
    METHOD("log", cmath_log, "($module, z, base=<unrepresentable>, /)",
           "The logarithm of z to the base, the natural one by default."),
    METHOD_O("phase", cmath_phase, "($module, z, /)", "The argument of z, also known as its phase angle."),
    METHOD_O("polar", cmath_polar, "($module, z, /)", "z in polar coordinates: distance from 0 and phase angle."),
    METHOD("rect", cmath_rect, "($module, r, phi, /)", "The number with these polar coordinates."),
    METHOD_O("isfinite", cmath_isfinite, "($module, z, /)", "True if both parts of z are finite."),
    METHOD_O("isinf", cmath_isinf, "($module, z, /)", "True if a part of z is infinite."),
    METHOD_O("isnan", cmath_isnan, "($module, z, /)", "True if a part of z is a NaN."),
    METHOD("isclose", cmath_isclose, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
           "Whether two complex numbers are close to each other.\n\n  rel_tol\n    the largest difference, relative to the "
           "larger magnitude\n  abs_tol\n    the largest difference, absolutely"),
    END_ROW,
};

Fallible<void> cmath_execute(Module* module) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    TRY(module_add(module, "pi", float_from(M_PI)));
    TRY(module_add(module, "e", float_from(M_E)));
    TRY(module_add(module, "tau", float_from(2 * M_PI)));
    TRY(module_add(module, "inf", float_from(kInfinity)));
    TRY(module_add(module, "infj", complex_from(0.0, kInfinity)));
    TRY(module_add(module, "nan", float_from(kNan)));
    return module_add(module, "nanj", complex_from(0.0, kNan));
}

}  // namespace

extern const NativeModule cmath_module;
const NativeModule cmath_module = {"cmath", "Mathematical functions of complex numbers.", cmath_methods, cmath_execute};

}  // namespace py
