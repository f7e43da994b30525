// Timeouts of waiting system calls that are started again after signals.
#pragma once

#include <climits>
#include <cstdint>

#include "interp/modules/time_conversion.h"

namespace py {

// A moment on the monotonic clock, or never.
class Deadline {
  public:
    Deadline() = default;  // never
    explicit Deadline(int64_t nanoseconds_from_now) : set_(true) {
        if (__builtin_add_overflow(monotonic_nanoseconds(), nanoseconds_from_now, &end_)) end_ = INT64_MAX;
    }
    bool is_set() const { return set_; }
    // Negative once it has passed.
    int64_t nanoseconds_left() const { return end_ - monotonic_nanoseconds(); }
    // For poll(): rounded up, 0 when it has passed, -1 for never.
    int milliseconds_left() const {
        if (!set_) return -1;
        int64_t left = nanoseconds_left();
        if (left <= 0) return 0;
        int64_t milliseconds = (left - 1) / 1'000'000 + 1;
        return milliseconds > INT_MAX ? INT_MAX : int(milliseconds);
    }

  private:
    int64_t end_ = 0;
    bool set_ = false;
};

}  // namespace py
