// Time: the seam that tests replace, and the three textual forms that protocols use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

// Where time comes from. The system clock unless a test gives another.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual int64_t unix_seconds() = 0;
    virtual int64_t monotonic_ms() = 0;
    virtual void sleep_ms(int64_t duration) = 0;
};
Clock& system_clock();

// Whether a change from now on gives the file that was changed at `mtime_ns` another time: file systems take it from a clock
// that ticks every few milliseconds, or keep whole seconds.
bool next_change_shows(int64_t mtime_ns);

// "2026-11-21T03:04:05Z"
std::string format_rfc3339(int64_t unix_seconds);
// RFC 3339 with optional fraction and offset; a date alone means its midnight, UTC.
std::optional<int64_t> parse_rfc3339(std::string_view text);
// "Sat, 21 Nov 2026 03:04:05 GMT" (RFC 9110 §5.6.7, the preferred form only)
std::string format_http_date(int64_t unix_seconds);
std::optional<int64_t> parse_http_date(std::string_view text);

}  // namespace base
