// The time module: struct_time, breaking times down, time zones, and the table of everything.
#include "interp/modules/time.h"

#include <cerrno>
#include <climits>
#include <cstring>

#include "interp/modules/time_conversion.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

Type* struct_time_type = nullptr;

namespace {

StructSequenceField struct_time_fields[] = {
    {"tm_year", "year, for example, 1993"},
    {"tm_mon", "month of year, range [1, 12]"},
    {"tm_mday", "day of month, range [1, 31]"},
    {"tm_hour", "hours, range [0, 23]"},
    {"tm_min", "minutes, range [0, 59]"},
    {"tm_sec", "seconds, range [0, 61])"},
    {"tm_wday", "day of week, range [0, 6], Monday is 0"},
    {"tm_yday", "day of year, range [1, 366]"},
    {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
    {"tm_zone", "abbreviation of timezone name"},
    {"tm_gmtoff", "offset from UTC in seconds"},
    {},
};
constexpr int kVisibleFields = 9, kZoneField = 9, kOffsetField = 10;

Fallible<Ref<>> struct_time_from(const tm& time) {
    Ref<Tuple> result = TRY(struct_sequence_new(struct_time_type));
    const int64_t fields[] = {time.tm_year + int64_t(1900), time.tm_mon + 1, time.tm_mday,
                              time.tm_hour,                 time.tm_min,     time.tm_sec,
                              (time.tm_wday + 6) % 7,       time.tm_yday + 1, time.tm_isdst};
    for (int i = 0; i < kVisibleFields; ++i) struct_sequence_set(result.get(), i, TRY(int_from(fields[i])));
    struct_sequence_set(result.get(), kZoneField, TRY(str_from_fs(time.tm_zone ? time.tm_zone : "")));
    struct_sequence_set(result.get(), kOffsetField, TRY(int_from(time.tm_gmtoff)));
    return result;
}

using BreakDown = tm* (*)(const time_t*, tm*);

Fallible<tm> broken_down(Object* seconds_or_null, BreakDown function) {
    time_t seconds = !seconds_or_null || is_none(seconds_or_null)
                         ? std::time(nullptr)
                         : TRY(time_t_from_object(seconds_or_null, Rounding::Floor));
    tm result{};
    errno = 0;
    if (!function(&seconds, &result)) return raise_os_error(errno ? errno : EINVAL);
    return result;
}

}  // namespace

Fallible<tm> local_tm(Object* seconds_or_null) { return broken_down(seconds_or_null, localtime_r); }

Fallible<tm> tm_from_tuple(Object* object, const char* function) {
    if (!is_tuple(object)) return raise(exc::TypeError, "Tuple or struct_time argument required");
    Tuple* tuple = as_tuple(object);
    if (tuple->size != kVisibleFields) return raise(exc::TypeError, "%s(): illegal time tuple argument", function);
    int fields[kVisibleFields];
    for (int i = 0; i < kVisibleFields; ++i) fields[i] = TRY(as_parsed_int(tuple->items[i]));
    if (fields[0] < INT_MIN + 1900) return raise(exc::OverflowError, "year out of range");
    tm result{};
    result.tm_year = fields[0] - 1900;
    result.tm_mon = fields[1] - 1;
    result.tm_mday = fields[2];
    result.tm_hour = fields[3];
    result.tm_min = fields[4];
    result.tm_sec = fields[5];
    result.tm_wday = (fields[6] + 1) % 7;
    result.tm_yday = fields[7] - 1;
    result.tm_isdst = fields[8];
    if (object->type == struct_time_type) {
        Object* offset = tuple->items[kOffsetField];
        if (offset && !is_none(offset)) result.tm_gmtoff = TRY(as_int64(offset));
        Object* zone = tuple->items[kZoneField];
        // Borrowed from the string, which the tuple keeps alive.
        if (zone && is_str(zone)) result.tm_zone = TRY(str_utf8(as_str(zone))).data();
    }
    return result;
}

namespace {

// time.gmtime([seconds])
Fallible<Ref<>> time_gmtime(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("gmtime", nargs, 0, 1));
    return struct_time_from(TRY(broken_down(nargs ? args[0] : nullptr, gmtime_r)));
}

// time.localtime([seconds])
Fallible<Ref<>> time_localtime(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("localtime", nargs, 0, 1));
    return struct_time_from(TRY(local_tm(nargs ? args[0] : nullptr)));
}

// time.mktime(tuple)
Fallible<Ref<>> time_mktime(Object*, Object* tuple) {
    tm time = TRY(tm_from_tuple(tuple, "mktime"));
    time.tm_wday = -1;  // stays only when mktime fails
    time_t result = std::mktime(&time);
    if (result == time_t(-1) && time.tm_wday == -1)
        return raise(exc::OverflowError, "mktime argument out of range");
    return float_from(double(result));
}

// Time zones.

struct Zone {
    char name[10];
    long west;  // seconds west of UTC
};

Fallible<Zone> zone_at(time_t moment) {
    tm time{};
    if (!localtime_r(&moment, &time)) return raise_os_error(errno);
    Zone zone{};
    std::strncpy(zone.name, time.tm_zone ? time.tm_zone : "   ", sizeof zone.name - 1);
    zone.west = -time.tm_gmtoff;
    constexpr long kLimit = 48 * 3600;
    if (zone.west < -kLimit || zone.west > kLimit) return raise(exc::RuntimeError, "invalid GMT offset");
    return zone;
}

// timezone, altzone, daylight, tzname: from the start and the middle of a year, whichever of them is standard time.
Fallible<void> add_zone(Module* module) {
    constexpr time_t kYear = (365 * 24 + 6) * 3600;
    time_t january = std::time(nullptr) / kYear * kYear;
    Zone first = TRY(zone_at(january));
    Zone second = TRY(zone_at(january + kYear / 2));
    // South of the equator January is summer.
    const Zone& standard = first.west < second.west ? second : first;
    const Zone& summer = first.west < second.west ? first : second;
    TRY(module_add_int(module, "timezone", standard.west));
    TRY(module_add_int(module, "altzone", summer.west));
    TRY(module_add_int(module, "daylight", standard.west != summer.west));
    Ref<Str> standard_name = TRY(str_from_fs(standard.name));
    Ref<Str> summer_name = TRY(str_from_fs(summer.name));
    Ref<Tuple> names = TRY(tuple_pack(standard_name.get(), summer_name.get()));
    return module_add(module, "tzname", Ref<>(std::move(names)));
}

// time.tzset()
Fallible<Ref<>> time_tzset(Object* module) {
    tzset();
    TRY(add_zone(static_cast<Module*>(module)));
    return share(none());
}

// A row whose doc has no signature part.
#define TIME_NOARGS(name, function, doc) {name, (CFunction)wrap_no_args<function>, kNoArgs, doc}
#define TIME_FAST(name, function, doc) {name, (CFunction)(void*)wrap_fast<function>, kFastcall | kBareName, doc}
#define TIME_O(name, function, doc) {name, (CFunction)wrap_o<function>, kO, doc}

MethodDef time_methods[] = {
    TIME_NOARGS("time", time_time, "time() -> floating point number\n\nSeconds since the epoch."),
    TIME_NOARGS("time_ns", time_time_ns, "time_ns() -> int\n\nNanoseconds since the epoch."),
    TIME_NOARGS("monotonic", time_monotonic, "monotonic() -> float\n\nMonotonic clock, cannot go backward."),
    TIME_NOARGS("monotonic_ns", time_monotonic_ns, "monotonic_ns() -> int\n\nMonotonic clock in nanoseconds."),
    TIME_NOARGS("perf_counter", time_monotonic, "perf_counter() -> float\n\nClock for measuring short durations."),
    TIME_NOARGS("perf_counter_ns", time_monotonic_ns, "perf_counter_ns() -> int\n\nperf_counter() in nanoseconds."),
    TIME_NOARGS("process_time", time_process_time,
                "process_time() -> float\n\nProcessor time of the process, system time included."),
    TIME_NOARGS("process_time_ns", time_process_time_ns, "process_time_ns() -> int\n\nprocess_time() in nanoseconds."),
    TIME_NOARGS("thread_time", time_thread_time,
                "thread_time() -> float\n\nProcessor time of the thread, system time included."),
    TIME_NOARGS("thread_time_ns", time_thread_time_ns, "thread_time_ns() -> int\n\nthread_time() in nanoseconds."),
    TIME_FAST("clock_gettime", time_clock_gettime, "clock_gettime(clk_id) -> float\n\nThe clock's time."),
    TIME_FAST("clock_gettime_ns", time_clock_gettime_ns,
              "clock_gettime_ns(clk_id) -> int\n\nThe clock's time in nanoseconds."),
    TIME_FAST("clock_settime", time_clock_settime, "clock_settime(clk_id, time)\n\nSets the clock."),
    TIME_FAST("clock_settime_ns", time_clock_settime_ns, "clock_settime_ns(clk_id, time)\n\nSets the clock."),
    TIME_FAST("clock_getres", time_clock_getres, "clock_getres(clk_id) -> float\n\nThe clock's resolution."),
    TIME_FAST("pthread_getcpuclockid", time_pthread_getcpuclockid,
              "pthread_getcpuclockid(thread_id) -> int\n\nThe clk_id of a thread's processor time."),
    TIME_FAST("get_clock_info", time_get_clock_info,
              "get_clock_info(name: str) -> dict\n\nAbout a clock: implementation, monotonic, adjustable, resolution."),
    TIME_O("sleep", time_sleep,
           "sleep(seconds)\n\nDelays the thread; the argument may be a float for parts of seconds."),
    TIME_FAST("gmtime", time_gmtime,
              "gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,\n                       tm_sec, tm_wday, "
              "tm_yday, tm_isdst)\n\nSeconds since the epoch (now by default) as a time in UTC."),
    TIME_FAST("localtime", time_localtime,
              "localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,\n                          "
              "tm_sec,tm_wday,tm_yday,tm_isdst)\n\nSeconds since the epoch (now by default) as local time."),
    TIME_O("mktime", time_mktime, "mktime(tuple) -> floating point number\n\nA local time as seconds since the epoch."),
    TIME_FAST("asctime", time_asctime,
              "asctime([tuple]) -> string\n\nA time tuple (the local time by default) as 'Sat Jun 06 16:26:11 1998'."),
    TIME_FAST("ctime", time_ctime,
              "ctime(seconds) -> string\n\nSeconds since the epoch (now by default) as a text in local time."),
    TIME_FAST("strftime", time_strftime,
              "strftime(format[, tuple]) -> string\n\nA time tuple (the local time by default) by a format:\n\n%Y  Year "
              "with century as a decimal number.\n%m  Month as a decimal number [01,12].\n%d  Day of the month as a "
              "decimal number [01,31].\n%H  Hour (24-hour clock) as a decimal number [00,23].\n%M  Minute as a decimal "
              "number [00,59].\n%S  Second as a decimal number [00,61].\n%z  Time zone offset from UTC.\n%a  Locale's "
              "abbreviated weekday name.\n%A  Locale's full weekday name.\n%b  Locale's abbreviated month name.\n%B  "
              "Locale's full month name.\n%c  Locale's appropriate date and time representation.\n%I  Hour (12-hour "
              "clock) as a decimal number [01,12].\n%p  Locale's equivalent of either AM or PM.\n\nThe C library may know "
              "more."),
    TIME_FAST("strptime", time_strptime,
              "strptime(string, format) -> struct_time\n\nA text by the format (as in strftime()) to a time tuple."),
    TIME_NOARGS("tzset", time_tzset, "tzset()\n\nReads the environment variable TZ anew: local time follows it."),
    END_ROW,
};

struct ClockName {
    const char* name;
    int clock;
};
constexpr ClockName kClockNames[] = {
    {"CLOCK_REALTIME", CLOCK_REALTIME},           {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
    {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW}, {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
    {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID}, {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
    {"CLOCK_TAI", CLOCK_TAI},
};

Fallible<void> time_execute(Module* module) {
    tzset();
    TRY(add_zone(module));
    for (const ClockName& row : kClockNames) TRY(module_add_int(module, row.name, row.clock));
    TRY(module_add_int(module, "_STRUCT_TM_ITEMS", std::size(struct_time_fields) - 1));
    if (!struct_time_type) {
        Ref<Type> made = TRY(struct_sequence_type_new(
            {"time.struct_time",
             "The time value as gmtime(), localtime() and strptime() give it, and\n asctime(), mktime() and strftime() "
             "take it: a sequence of 9 integers.\n\n Some fields differ from C's struct tm: tm_year is the year itself, "
             "not year - 1900.",
             struct_time_fields, kVisibleFields}));
        struct_time_type = made.release();
    }
    return module_add(module, "struct_time", share(static_cast<Object*>(struct_time_type)));
}

}  // namespace

extern const NativeModule time_module;
const NativeModule time_module = {
    "time",
    "Various functions to manipulate time values.\n\nThere are two forms of a time: seconds since the epoch (1970, UTC) as "
    "a number, possibly with a fraction;\nand a tuple of nine integers that tell local time or UTC: year with century, "
    "month (1-12), day (1-31),\nhours (0-23), minutes (0-59), seconds (0-61), weekday (0-6, Monday is 0), day of the year "
    "(1-366),\nand summer time flag (-1, 0 or 1; -1 makes mktime() guess).",
    time_methods, time_execute};

}  // namespace py
