// System clock and date texts.
#include "base/clock.h"

#include <cstdio>
#include <cstring>
#include <ctime>

namespace base {

namespace {
class SystemClock final : public Clock {
  public:
    int64_t unix_seconds() override { return time(nullptr); }
    int64_t monotonic_ms() override {
        timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * 1000 + now.tv_nsec / 1000000;
    }
    void sleep_ms(int64_t duration) override {
        timespec left = {duration / 1000, duration % 1000 * 1000000};
        while (nanosleep(&left, &left)) {
        }
    }
};
}  // namespace

Clock& system_clock() {
    static SystemClock clock;
    return clock;
}

bool next_change_shows(int64_t mtime_ns) {
    constexpr int64_t second = 1'000'000'000;
    timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec * second + now.tv_nsec > mtime_ns + (mtime_ns % second ? 0 : second - 1);
}

std::string format_rfc3339(int64_t unix_seconds) {
    time_t moment = unix_seconds;
    struct tm parts;
    gmtime_r(&moment, &parts);
    char out[32];
    strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return out;
}

// Reads exactly `count` digits at `at`.
static bool digits(std::string_view text, size_t& at, int count, int& out) {
    out = 0;
    for (int i = 0; i < count; i++, at++) {
        if (at >= text.size() || text[at] < '0' || text[at] > '9') return false;
        out = out * 10 + (text[at] - '0');
    }
    return true;
}
static bool skip(std::string_view text, size_t& at, char c) {
    return at < text.size() && text[at] == c && ++at;
}

std::optional<int64_t> parse_rfc3339(std::string_view text) {
    struct tm parts = {};
    size_t at = 0;
    int year, month;
    if (!digits(text, at, 4, year) || !skip(text, at, '-') || !digits(text, at, 2, month) || !skip(text, at, '-') ||
        !digits(text, at, 2, parts.tm_mday) || month < 1 || month > 12 || parts.tm_mday < 1 || parts.tm_mday > 31)
        return {};
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    if (at == text.size()) return timegm(&parts);
    if ((text[at] | 32) != 't' && text[at] != ' ') return {};
    at++;
    if (!digits(text, at, 2, parts.tm_hour) || !skip(text, at, ':') || !digits(text, at, 2, parts.tm_min)) return {};
    if (skip(text, at, ':') && !digits(text, at, 2, parts.tm_sec)) return {};
    if (skip(text, at, '.')) {
        while (at < text.size() && text[at] >= '0' && text[at] <= '9')
            at++;
    }
    if (parts.tm_hour > 24 || parts.tm_min > 59 || parts.tm_sec > 60) return {};
    int64_t offset = 0;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
        int sign = text[at++] == '-' ? -1 : 1, hours, minutes = 0;
        if (!digits(text, at, 2, hours)) return {};
        skip(text, at, ':');
        if (at < text.size() && !digits(text, at, 2, minutes)) return {};
        offset = sign * (hours * 3600 + minutes * 60);
    } else if (at < text.size() && (text[at] | 32) == 'z') {
        at++;
    }
    if (at != text.size()) return {};
    return timegm(&parts) - offset;
}

static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string format_http_date(int64_t unix_seconds) {
    time_t moment = unix_seconds;
    struct tm parts;
    gmtime_r(&moment, &parts);
    char out[64];
    snprintf(out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[parts.tm_wday], parts.tm_mday,
             kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return out;
}

std::optional<int64_t> parse_http_date(std::string_view text) {
    size_t at = text.find(", ");
    if (at == std::string_view::npos) return {};
    at += 2;
    struct tm parts = {};
    int year;
    if (!digits(text, at, 2, parts.tm_mday) || !skip(text, at, ' ') || at + 3 > text.size()) return {};
    parts.tm_mon = -1;
    for (int i = 0; i < 12; i++) {
        if (text.substr(at, 3) == kMonths[i]) parts.tm_mon = i;
    }
    at += 3;
    if (parts.tm_mon < 0 || !skip(text, at, ' ') || !digits(text, at, 4, year) || !skip(text, at, ' ') ||
        !digits(text, at, 2, parts.tm_hour) || !skip(text, at, ':') || !digits(text, at, 2, parts.tm_min) ||
        !skip(text, at, ':') || !digits(text, at, 2, parts.tm_sec) || text.substr(at) != " GMT")
        return {};
    parts.tm_year = year - 1900;
    return timegm(&parts);
}

}  // namespace base
