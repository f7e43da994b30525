// _datetime: the calendar, and the checks of fields.
#include "interp/modules/datetime.h"

namespace py::datetime {

namespace {

constexpr int kDaysBefore[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
constexpr int kDaysIn[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
int days_before_year(int year) {
    int y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}
// The ordinal of the Monday that the first ISO week of the year begins with: the week of its first Thursday.
int first_iso_monday(int year) {
    int first_day = days_before_year(year) + 1;
    int weekday = (first_day + 6) % 7;
    int monday = first_day - weekday;
    return weekday > 3 ? monday + 7 : monday;
}

}  // namespace

int days_in_month(int year, int month) {
    return month == 2 && is_leap(year) ? 29 : kDaysIn[month];
}
int days_before_month(int year, int month) {
    return kDaysBefore[month] + (month > 2 && is_leap(year));
}
int ordinal_of(Ymd date) {
    return days_before_year(date.year) + days_before_month(date.year, date.month) + date.day;
}
Ymd date_of(int ordinal) {
    constexpr int kDays400 = 146097, kDays100 = 36524, kDays4 = 1461;
    int n = ordinal - 1;
    int year = n / kDays400 * 400 + 1;
    n %= kDays400;
    int centuries = n / kDays100;
    n %= kDays100;
    int fours = n / kDays4;
    n %= kDays4;
    int years = n / 365;
    n %= 365;
    year += centuries * 100 + fours * 4 + years;
    // The last day of a leap year at the end of a cycle of 4 or 400.
    if (years == 4 || centuries == 4) return {year - 1, 12, 31};
    int month = (n + 50) >> 5;
    if (days_before_month(year, month) > n) --month;
    return {year, month, n - days_before_month(year, month) + 1};
}
IsoWeek iso_week_of(Ymd date) {
    int year = date.year, today = ordinal_of(date);
    int monday = first_iso_monday(year);
    if (today < monday) monday = first_iso_monday(--year);
    int week = (today - monday) / 7, day = (today - monday) % 7;
    if (week >= 52 && today >= first_iso_monday(year + 1)) {
        ++year;
        week = 0;
    }
    return {year, week + 1, day + 1};
}
Fallible<Ymd> date_of_iso_week(int year, int week, int weekday) {
    if (year < kMinYear || year > kMaxYear) return raise(exc::ValueError, "Year is out of range: %d", year);
    bool week_exists = week >= 1 && week <= 52;
    if (week == 53) {
        // Years that begin on a Thursday, or on a Wednesday when they are leap years, have 53 weeks.
        int first_weekday = weekday_of({year, 1, 1});
        week_exists = first_weekday == 3 || (first_weekday == 2 && is_leap(year));
    }
    if (!week_exists) return raise(exc::ValueError, "Invalid week: %d", week);
    if (weekday < 1 || weekday > 7) return raise(exc::ValueError, "Invalid day: %d (range is [1, 7])", weekday);
    int ordinal = first_iso_monday(year) + (week - 1) * 7 + weekday - 1;
    if (ordinal < 1) return Ymd{0, 12, 31 + ordinal};  // refused by check_date
    return date_of(ordinal);
}
Fallible<void> check_date(Ymd date) {
    if (date.year < kMinYear || date.year > kMaxYear) return raise(exc::ValueError, "year %i is out of range", date.year);
    if (date.month < 1 || date.month > 12) return raise(exc::ValueError, "month must be in 1..12");
    if (date.day < 1 || date.day > days_in_month(date.year, date.month)) return raise(exc::ValueError, "day is out of range for month");
    return {};
}
Fallible<void> check_time(Hms time, int fold) {
    if (time.hour < 0 || time.hour > 23) return raise(exc::ValueError, "hour must be in 0..23");
    if (time.minute < 0 || time.minute > 59) return raise(exc::ValueError, "minute must be in 0..59");
    if (time.second < 0 || time.second > 59) return raise(exc::ValueError, "second must be in 0..59");
    if (time.microsecond < 0 || time.microsecond > 999999) return raise(exc::ValueError, "microsecond must be in 0..999999");
    if (fold != 0 && fold != 1) return raise(exc::ValueError, "fold must be either 0 or 1");
    return {};
}
Fallible<Ymd> date_from_days(int64_t ordinal) {
    if (ordinal < 1 || ordinal > kMaxOrdinal) return raise(exc::OverflowError, "date value out of range");
    return date_of(int(ordinal));
}

Fallible<void> check_given_date(Tuple* args, Object* keywords) {
    Ref<> given[3];
    Str* const names[] = {"year"_name, "month"_name, "day"_name};
    for (ssize_t i = 0; i < 3; ++i)
        if (i < args->size)
            given[i] = share(args->items[i]);
        else if (keywords)
            given[i] = TRY(dict_get(as_dict(keywords), names[i]));
    if (given[0] && given[1] && given[2]) return {};
    for (ssize_t i = 0; i < 3 && given[i]; ++i) TRY(as_parsed_int(given[i].get()));
    return {};
}
Fallible<void> check_tzinfo(Object* value) {
    if (is_none(value) || is_tzinfo(value)) return {};
    return raise(exc::TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%s'", value->type->name);
}
Lookup<Bytes> state_argument(Object* value, ssize_t size, int month_place, unsigned char hour_fold_limit) {
    Ref<Bytes> bytes;
    if (is_bytes(value)) {
        bytes = share(as_bytes(value));
    } else if (is_str(value) && as_str(value)->length == size) {
        // Pickles of Python 2 hold the state as text.
        uint32_t first = as_str(value)->at(month_place >= 0 ? month_place : 0);
        bool plausible = month_place >= 0 ? (first & 0x7f) >= 1 && (first & 0x7f) <= 12 : (first & 0x7f) < hour_fold_limit;
        if (!plausible) return nullptr;
        auto encoded = str_encode(as_str(value), "latin-1", nullptr);
        if (!encoded.ok()) {
            if (!clear_error_if(exc::UnicodeEncodeError)) return raised;
            return raise(exc::ValueError,
                         "Failed to encode latin1 string when unpickling a %s object. pickle.load(data, encoding='latin1') is assumed.",
                         size == 4 ? "date" : size == 6 ? "time" : "datetime");
        }
        bytes = encoded.take();
    }
    if (!bytes || bytes->size != size) return nullptr;
    auto at = [&](int place) { return static_cast<unsigned char>(bytes->data[place]); };
    bool plausible = month_place >= 0 ? (at(month_place) & (size == 4 ? 0xff : 0x7f)) >= 1 && (at(month_place) & (size == 4 ? 0xff : 0x7f)) <= 12
                                      : (at(0) & 0x7f) < hour_fold_limit;
    if (!plausible) return nullptr;
    return bytes;
}

}  // namespace py::datetime
