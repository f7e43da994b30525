// Python numbers to times: nanoseconds, timespec, time_t. For time, and for timeouts everywhere.
#pragma once

#include <ctime>

#include "interp/objects/fallible.h"

namespace py {

// Away: what timeouts use, so that waiting is never shorter than asked for.
enum class Rounding { Floor, Ceiling, HalfEven, Away };

// Seconds (int or float) as nanoseconds. ValueError for NaN, OverflowError when out of range, TypeError.
Fallible<int64_t> nanoseconds_from_object(Object* seconds, Rounding rounding);
// Seconds as time_t. OverflowError "timestamp out of range for platform time_t".
Fallible<time_t> time_t_from_object(Object* seconds, Rounding rounding);
// Seconds as time_t and 0 … 999999999 nanoseconds.
Fallible<timespec> timespec_from_object(Object* seconds, Rounding rounding);
double seconds_from_nanoseconds(int64_t nanoseconds);
inline timespec timespec_from_nanoseconds(int64_t nanoseconds) {
    constexpr int64_t kSecond = 1'000'000'000;
    int64_t seconds = nanoseconds / kSecond, rest = nanoseconds % kSecond;
    if (rest < 0) --seconds, rest += kSecond;
    return {time_t(seconds), long(rest)};
}
int64_t monotonic_nanoseconds();

}  // namespace py
