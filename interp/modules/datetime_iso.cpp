// _datetime: dates and times out of ISO 8601 texts, in the forms that 3.11 reads.
#include <cstring>

#include "interp/modules/datetime.h"

namespace py::datetime {

namespace {

// Takes `count` digits off the text.
bool digits(std::string_view& text, size_t count, int* value) {
    if (text.size() < count) return false;
    int number = 0;
    for (size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    *value = number;
    return true;
}
bool take(std::string_view& text, char c) {
    if (text.empty() || text[0] != c) return false;
    text.remove_prefix(1);
    return true;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
// What follows "," or ".": up to six digits count, more are read over.
bool fraction(std::string_view text, int* microsecond) {
    if (text.empty()) return false;
    int value = 0, scale = 100000;
    for (char c : text) {
        if (!is_digit(c)) return false;
        value += (c - '0') * scale;
        scale /= 10;
    }
    *microsecond = value;
    return true;
}
// HH[[:]MM[[:]SS[.,ffffff]]]
bool clock(std::string_view text, Hms* out) {
    int* const parts[] = {&out->hour, &out->minute, &out->second};
    bool colons = false;
    for (int i = 0; i < 3; ++i) {
        if (!digits(text, 2, parts[i])) return false;
        if (text.empty()) return true;
        if (i == 0) colons = text[0] == ':';
        if (i == 2) break;
        if (colons) {
            if (!take(text, ':')) return false;
        } else if (text[0] == '.' || text[0] == ',') {
            return false;  // fractions are for seconds
        }
    }
    return (take(text, '.') || take(text, ',')) && fraction(text, &out->microsecond);
}
bool week_date(std::string_view text, int year, bool hyphens, Ymd* date) {
    int week, weekday = 1;
    if (!digits(text, 2, &week)) return false;
    if (!text.empty()) {
        if (take(text, '-') != hyphens) return false;
        if (!digits(text, 1, &weekday) || !text.empty()) return false;
    }
    auto found = date_of_iso_week(year, week, weekday);
    if (!found.ok()) {
        clear_error();
        return false;
    }
    *date = found.take();
    return true;
}

}  // namespace

bool parse_iso_date(std::string_view text, Ymd* date) {
    if (!digits(text, 4, &date->year)) return false;
    bool hyphens = take(text, '-');
    if (take(text, 'W')) return week_date(text, date->year, hyphens, date);
    if (!digits(text, 2, &date->month)) return false;
    if (hyphens && !take(text, '-')) return false;
    return digits(text, 2, &date->day) && text.empty();
}
bool parse_iso_time(std::string_view text, IsoTime* out) {
    size_t zone = text.find_first_of("+-Z");
    if (!clock(text.substr(0, zone), &out->time)) return false;
    if (zone == std::string_view::npos) return true;
    out->has_offset = true;
    std::string_view offset = text.substr(zone + 1);
    if (text[zone] == 'Z') return offset.empty();
    out->negative = text[zone] == '-';
    if (offset.size() < 2 || offset.size() == 3) return false;
    return clock(offset, &out->offset);
}
size_t iso_date_length(std::string_view text) {
    if (text.size() == 7) return 7;
    if (text.size() < 8) return text.size();
    if (text[4] == '-') {
        if (text[5] != 'W') return 10;
        // YYYY-Www-D or YYYY-Www and a hyphen as separator: two digits behind it can only be an hour.
        if (text.size() > 8 && text[8] == '-') return text.size() > 10 && is_digit(text[10]) ? 8 : 10;
        return 8;
    }
    if (text[4] != 'W') return 8;
    // YYYYWww or YYYYWwwD before a separator; without one the hours' digits come in pairs.
    size_t end = 7;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end < 9) return end;
    return end % 2 == 0 ? 7 : 8;
}
Fallible<Ref<>> tzinfo_of(const IsoTime& time) {
    if (!time.has_offset) return share(none());
    const Hms& o = time.offset;
    int64_t seconds = (o.hour * 60 + o.minute) * 60 + o.second;
    if (seconds == 0 && o.microsecond == 0) return share(utc());
    int sign = time.negative ? -1 : 1;
    Ref<> offset = TRY(delta_new(0, sign * seconds, sign * o.microsecond));
    return call(&timezone_type, offset.get());  // which refuses a day and more
}
Raised raise_invalid_iso(Object* text) {
    return raise(exc::ValueError, "Invalid isoformat string: %R", text);
}

}  // namespace py::datetime
