// _datetime, split by type: layouts (C ABI), the calendar, and what the files use of each other.
#pragma once

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py::datetime {

struct Delta : Object {
    Hash hash_value;   // -1: not computed
    int days;          // -999999999 … 999999999
    int seconds;       // 0 … 86399
    int microseconds;  // 0 … 999999
};
static_assert(sizeof(Delta) == 40);
// What date, time and datetime begin with.
struct Stamp : Object {
    Hash hash_value;
    char has_tzinfo;
};
struct Date : Object {
    Hash hash_value;
    char has_tzinfo;
    unsigned char data[4];  // year (big-endian), month, day
};
static_assert(sizeof(Date) == 32);
struct Time : Object {
    Hash hash_value;
    char has_tzinfo;
    unsigned char data[6];  // hour, minute, second, microsecond (big-endian)
    unsigned char fold;
    Object* tzinfo;  // valid when has_tzinfo
};
static_assert(sizeof(Time) == 40 && offsetof(Time, fold) == 31);
struct DateTime : Object {
    Hash hash_value;
    char has_tzinfo;
    unsigned char data[10];  // those of a date, then those of a time
    unsigned char fold;
    Object* tzinfo;
};
static_assert(sizeof(DateTime) == 48 && offsetof(DateTime, fold) == 35);
struct TimeZone : Object {
    Object *offset, *name;  // name may be null
};

inline Delta* as_delta(Object* object) { return static_cast<Delta*>(object); }
inline Date* as_date(Object* object) { return static_cast<Date*>(object); }
inline Time* as_time(Object* object) { return static_cast<Time*>(object); }
inline DateTime* as_datetime(Object* object) { return static_cast<DateTime*>(object); }
extern Type delta_type, date_type, time_type, datetime_type, tzinfo_type, timezone_type, iso_calendar_type;
inline bool is_delta(Object* object) { return is_instance_of(object, delta_type); }
inline bool is_date(Object* object) { return is_instance_of(object, date_type); }
inline bool is_time(Object* object) { return is_instance_of(object, time_type); }
inline bool is_datetime(Object* object) { return is_instance_of(object, datetime_type); }
inline bool is_tzinfo(Object* object) { return is_instance_of(object, tzinfo_type); }

// The calendar (datetime_calendar.cpp): proleptic Gregorian; ordinal 1 is 1 January of year 1.
inline constexpr int kMinYear = 1, kMaxYear = 9999, kMaxOrdinal = 3652059, kMaxDeltaDays = 999999999;
struct Ymd {
    int year, month, day;
};
struct Hms {
    int hour, minute, second, microsecond;
};
int days_in_month(int year, int month);
int days_before_month(int year, int month);
int ordinal_of(Ymd date);
Ymd date_of(int ordinal);
inline int weekday_of(Ymd date) { return (ordinal_of(date) + 6) % 7; }  // Monday is 0
struct IsoWeek {
    int year, week, weekday;  // Monday is 1
};
IsoWeek iso_week_of(Ymd date);
Fallible<Ymd> date_of_iso_week(int year, int week, int weekday);
Fallible<void> check_date(Ymd date);
Fallible<void> check_time(Hms time, int fold);
// Carries over from the smaller units into the larger ones. OverflowError when the date leaves the range.
Fallible<Ymd> date_from_days(int64_t ordinal);

// Parsing ISO 8601 texts (datetime_iso.cpp); false: not of the form.
struct IsoTime {
    Hms time{};
    bool has_offset = false;
    bool negative = false;
    Hms offset{};
};
bool parse_iso_date(std::string_view text, Ymd* date);
bool parse_iso_time(std::string_view text, IsoTime* time);
size_t iso_date_length(std::string_view text);  // where the date part of a datetime ends
Fallible<Ref<>> tzinfo_of(const IsoTime& time);  // None without offset
Raised raise_invalid_iso(Object* text);

// Constructors.
Fallible<Ref<>> delta_new(int64_t days, int64_t seconds, int64_t microseconds);  // any values: normalised
Fallible<Ref<>> date_new(Type* type, Ymd date);
Fallible<Ref<>> time_new(Type* type, Hms time, Object* tzinfo, int fold);
Fallible<Ref<>> datetime_new(Type* type, Ymd date, Hms time, Object* tzinfo, int fold);
Fallible<Ref<>> timezone_new(Object* offset, Object* name_or_null);
Object* utc();  // the timezone singleton

// Fields.
inline const unsigned char* date_data(const Object* object) { return static_cast<const Date*>(object)->data; }
inline Ymd ymd_of(const Object* date) {
    const unsigned char* d = date_data(date);
    return {d[0] << 8 | d[1], d[2], d[3]};
}
inline Hms hms_of_bytes(const unsigned char* d) { return {d[0], d[1], d[2], d[3] << 16 | d[4] << 8 | d[5]}; }
inline Hms hms_of(const Object* object) {
    return object->type == &time_type || is_subtype(object->type, &time_type) ? hms_of_bytes(static_cast<const Time*>(object)->data)
                                                                              : hms_of_bytes(static_cast<const DateTime*>(object)->data + 4);
}
// Borrowed; None for dates and what is naive.
Object* tzinfo_of(Object* object);
int fold_of(Object* object);

// Arguments (datetime_arguments.cpp).
Fallible<void> check_tzinfo(Object* value);  // None or a tzinfo
inline Fallible<int> argument_or(Object* value_or_null, int otherwise) {
    return value_or_null ? as_parsed_int(value_or_null) : Fallible<int>(otherwise);
}
// Arguments are read in their order: before one of the three of a date is missed, those given must be ints.
Fallible<void> check_given_date(Tuple* args, Object* keywords);
// The bytes of a pickle's state argument; null when the argument is no such thing.
Lookup<Bytes> state_argument(Object* value, ssize_t size, int month_place, unsigned char hour_fold_limit);

// Time zones (datetime_zone.cpp): tzinfo.utcoffset(argument) and dst: None or a timedelta less than a day.
Fallible<Ref<>> call_offset_method(Object* tzinfo, Str* method, Object* argument);
Fallible<Ref<>> call_tzname(Object* tzinfo, Object* argument);
// "+01:00" of an offset with `separator`, "" for None.
Fallible<Ref<Str>> offset_text(Object* offset, const char* separator);
Fallible<Ref<Str>> utcoffset_text(Object* tzinfo, const char* separator, Object* argument);

// Text (datetime_format.cpp).
enum class TimeSpec { Auto, Hours, Minutes, Seconds, Milliseconds, Microseconds };
Fallible<TimeSpec> time_spec(Object* name_or_null);
int write_time(char* out, Hms time, TimeSpec spec);  // the number of characters
Fallible<Ref<>> wrapped_strftime(Object* object, Str* format, Object* timetuple, Object* tzinfo_argument);
Fallible<Ref<>> stamp_format(Object* self, Object* spec);    // __format__
Fallible<Ref<>> stamp_strftime(Object* self, Object* const* bound);
Fallible<Ref<>> time_tuple(Ymd date, Hms time, int dst_flag);  // a struct_time
Fallible<Ref<>> stamp_ctime(Object* self);

// Moments (datetime_clock.cpp).
Fallible<Ref<>> datetime_from_class(Object* type, Ymd date, Hms time, Object* tzinfo, int fold);  // calls a subclass
Fallible<Ref<>> datetime_now(Object* type, Object* const* bound);
Fallible<Ref<>> datetime_utcnow(Object* type);
Fallible<Ref<>> datetime_fromtimestamp(Object* type, Object* const* bound);
Fallible<Ref<>> datetime_utcfromtimestamp(Object* type, Object* timestamp);
Fallible<Ref<>> datetime_timestamp(Object* self);
Fallible<Ref<>> datetime_astimezone(Object* self, Object* const* bound);

// Arithmetic and comparison.
int compare_deltas(Delta* a, Delta* b);
Fallible<Ref<>> delta_add(Object* a, Object* b);       // of two deltas
Fallible<Ref<>> delta_subtract(Object* a, Object* b);
Fallible<Ref<>> datetime_plus(Object* datetime, Delta* delta, int sign);
Fallible<Ref<>> datetime_difference(Object* a, Object* b);  // a timedelta

}  // namespace py::datetime
