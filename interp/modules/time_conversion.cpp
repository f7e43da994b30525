// Python numbers to times.
#include "interp/modules/time_conversion.h"

#include <cmath>
#include <limits>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"

namespace py {

namespace {

constexpr int64_t kSecond = 1'000'000'000;

double rounded(double value, Rounding rounding) {
    switch (rounding) {
        case Rounding::Floor: return std::floor(value);
        case Rounding::Ceiling: return std::ceil(value);
        case Rounding::HalfEven: return std::nearbyint(value);
        default: return value >= 0 ? std::ceil(value) : std::floor(value);
    }
}

bool fits_int64(double value) { return value >= -0x1p63 && value < 0x1p63; }

Fallible<double> number_of(Object* seconds) {
    double value = float_value(seconds);
    if (std::isnan(value)) return raise(exc::ValueError, "Invalid value NaN (not a number)");
    return value;
}

Raised raise_out_of_range() { return raise(exc::OverflowError, "timestamp out of range for platform time_t"); }

Fallible<int64_t> whole_seconds(Object* seconds) {
    auto value = as_int64(seconds);
    if (!value.ok() && clear_error_if(exc::OverflowError)) return raise_out_of_range();
    return value;
}

}  // namespace

Fallible<int64_t> nanoseconds_from_object(Object* seconds, Rounding rounding) {
    auto overflow = [] { return raise(exc::OverflowError, "timestamp too large to convert to C _PyTime_t"); };
    if (is_float(seconds)) {
        double value = rounded(TRY(number_of(seconds)) * double(kSecond), rounding);
        if (!fits_int64(value)) return overflow();
        return int64_t(value);
    }
    auto whole = as_int64(seconds);
    if (!whole.ok()) {
        if (clear_error_if(exc::OverflowError)) return overflow();
        return raised;
    }
    int64_t result;
    if (__builtin_mul_overflow(whole.take(), kSecond, &result)) return overflow();
    return result;
}

Fallible<time_t> time_t_from_object(Object* seconds, Rounding rounding) {
    if (!is_float(seconds)) return whole_seconds(seconds);
    double value = rounded(TRY(number_of(seconds)), rounding);
    if (!fits_int64(value)) return raise_out_of_range();
    return time_t(value);
}

Fallible<timespec> timespec_from_object(Object* seconds, Rounding rounding) {
    if (!is_float(seconds)) return timespec{TRY(whole_seconds(seconds)), 0};
    double value = TRY(number_of(seconds)), whole;
    double fraction = std::modf(value, &whole);
    fraction = rounded(fraction * double(kSecond), rounding);
    if (fraction >= double(kSecond)) {
        fraction -= double(kSecond);
        whole += 1.0;
    } else if (fraction < 0) {
        fraction += double(kSecond);
        whole -= 1.0;
    }
    if (!fits_int64(whole)) return raise_out_of_range();
    return timespec{time_t(whole), long(fraction)};
}

double seconds_from_nanoseconds(int64_t nanoseconds) {
    // Whole seconds are exact for longer than their nanoseconds.
    if (nanoseconds % kSecond == 0) return double(nanoseconds / kSecond);
    return double(nanoseconds) / 1e9;
}

int64_t monotonic_nanoseconds() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t(now.tv_sec) * kSecond + now.tv_nsec;
}

}  // namespace py
