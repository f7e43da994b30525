// _datetime.datetime: now, timestamps, local time and other zones; and the module with its C API capsule.
#include <cerrno>
#include <cmath>
#include <ctime>

#include "interp/modules/datetime.h"
#include "interp/modules/time_conversion.h"
#include "interp/objects/float.h"

namespace py::datetime {

namespace {

constexpr int64_t kEpoch = int64_t(719163) * 86400;  // of POSIX, in seconds since the day before 1 January of year 1
constexpr int64_t kLongestFold = 24 * 3600;          // what the zones of the world know is 23 hours

int64_t seconds_of(Ymd d, Hms t) {
    return int64_t(ordinal_of(d)) * 86400 + (t.hour * 60 + t.minute) * 60 + t.second;
}
// The fields of a POSIX time in local time or UTC.
using Converter = tm* (*)(const time_t*, tm*);
Fallible<tm> converted(Converter convert, time_t time) {
    tm fields;
    errno = 0;
    if (!convert(&time, &fields)) return raise_os_error(errno ? errno : EINVAL);
    return fields;
}
Ymd ymd_of_tm(const tm& fields) {
    return {fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday};
}
Hms hms_of_tm(const tm& fields, int microsecond) {
    return {fields.tm_hour, fields.tm_min, fields.tm_sec > 59 ? 59 : fields.tm_sec, microsecond};  // no leap seconds here
}
// Local time, in seconds as seconds_of counts, of a moment in such seconds of UTC.
Fallible<int64_t> local_seconds(int64_t moment) {
    if (moment < 86400 || moment >= int64_t(kMaxOrdinal + 1) * 86400) return raise(exc::ValueError, "year is out of range");
    tm fields = TRY(converted(localtime_r, time_t(moment - kEpoch)));
    Ymd date = ymd_of_tm(fields);
    TRY(check_date(date));
    return seconds_of(date, hms_of_tm(fields, 0));
}
// The moment, in seconds as above of UTC, of a local time. In a gap or a fold, `fold` chooses.
Fallible<int64_t> moment_of_local(Ymd date, Hms time, int fold) {
    int64_t t = seconds_of(date, time);
    int64_t a = TRY(local_seconds(t)) - t;
    int64_t u1 = t - a;
    int64_t t1 = TRY(local_seconds(u1)), b;
    if (t1 == t) {
        // One solution; another one a day away, before it or behind it, would have another offset.
        int64_t probe = fold ? u1 + kLongestFold : u1 - kLongestFold;
        b = TRY(local_seconds(probe)) - probe;
        if (a == b) return u1;
    } else {
        b = t1 - u1;
    }
    int64_t u2 = t - b;
    int64_t t2 = TRY(local_seconds(u2));
    if (t2 == t) return u2;
    if (t1 == t) return u1;
    return fold ? (u1 < u2 ? u1 : u2) : (u1 > u2 ? u1 : u2);
}

struct Moment {
    time_t seconds;
    int microsecond;
};
// A timestamp, rounded half to even.
Fallible<Moment> moment_argument(Object* value) {
    if (!is_float(value)) return Moment{TRY(time_t_from_object(value, Rounding::HalfEven)), 0};
    double whole, fraction = std::modf(float_value(value), &whole);
    if (std::isnan(fraction)) return raise(exc::ValueError, "Invalid value NaN (not a number)");
    double microseconds = std::nearbyint(fraction * 1e6);  // the default rounding mode is half to even
    if (microseconds >= 1e6) {
        microseconds -= 1e6;
        whole += 1.0;
    } else if (microseconds < 0) {
        microseconds += 1e6;
        whole -= 1.0;
    }
    if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0))
        return raise(exc::OverflowError, "timestamp out of range for platform time_t");
    return Moment{time_t(whole), int(microseconds)};
}
Moment clock_now() {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return {now.tv_sec, int(now.tv_nsec / 1000)};
}
Fallible<Ref<>> from_moment(Object* type, Converter convert, Moment moment, Object* tzinfo) {
    tm fields = TRY(converted(convert, moment.seconds));
    Ymd date = ymd_of_tm(fields);
    Hms time = hms_of_tm(fields, moment.microsecond);
    TRY(check_date(date));
    int fold = 0;
    if (is_none(tzinfo) && convert == localtime_r) {
        // Was the clock put back within the last day? Then this reading of it may be the second one.
        int64_t now = seconds_of(date, time), moment_seconds = kEpoch + moment.seconds;
        if (moment_seconds - kLongestFold >= 86400) {
            int64_t change = now - TRY(local_seconds(moment_seconds - kLongestFold)) - kLongestFold;
            if (change < 0) fold = TRY(local_seconds(moment_seconds + change)) == now;
        }
    }
    return datetime_from_class(type, date, time, tzinfo, fold);
}
Fallible<Ref<>> from_moment_in(Object* type, Moment moment, Object* tzinfo) {
    TRY(check_tzinfo(tzinfo));
    Ref<> made = TRY(from_moment(type, is_none(tzinfo) ? localtime_r : gmtime_r, moment, tzinfo));
    if (is_none(tzinfo)) return made;
    return call_method(tzinfo, "fromutc"_name, made.get());
}
// The system's zone at a moment.
Fallible<Ref<>> local_timezone(time_t moment) {
    tm fields = TRY(converted(localtime_r, moment));
    Ref<> offset = TRY(delta_new(0, fields.tm_gmtoff, 0));
    Ref<Str> name = TRY(str_from_fs(fields.tm_zone));
    return timezone_new(offset.get(), name.get());
}

}  // namespace

Fallible<Ref<>> datetime_from_class(Object* type, Ymd date, Hms time, Object* tzinfo, int fold) {
    if (type == &datetime_type) return datetime_new(&datetime_type, date, time, tzinfo, fold);
    const int fields[] = {date.year, date.month, date.day, time.hour, time.minute, time.second, time.microsecond};
    Ref<> parts[7];
    for (int i = 0; i < 7; ++i) parts[i] = TRY(int_from(fields[i]));
    Ref<> made = TRY(call(type, parts[0].get(), parts[1].get(), parts[2].get(), parts[3].get(), parts[4].get(), parts[5].get(),
                          parts[6].get(), tzinfo));
    if (fold && is_datetime(made.get())) as_datetime(made.get())->fold = static_cast<unsigned char>(fold);
    return made;
}
// datetime.now(tz=None)
Fallible<Ref<>> datetime_now(Object* type, Object* const* a) {
    return from_moment_in(type, clock_now(), a[0] ? a[0] : none());
}
// datetime.utcnow()
Fallible<Ref<>> datetime_utcnow(Object* type) {
    return from_moment(type, gmtime_r, clock_now(), none());
}
// datetime.fromtimestamp(timestamp, tz=None)
Fallible<Ref<>> datetime_fromtimestamp(Object* type, Object* const* a) {
    Object* tzinfo = a[1] ? a[1] : none();
    TRY(check_tzinfo(tzinfo));
    return from_moment_in(type, TRY(moment_argument(a[0])), tzinfo);
}
// datetime.utcfromtimestamp(timestamp)
Fallible<Ref<>> datetime_utcfromtimestamp(Object* type, Object* timestamp) {
    return from_moment(type, gmtime_r, TRY(moment_argument(timestamp)), none());
}
// datetime.timestamp()
Fallible<Ref<>> datetime_timestamp(Object* self) {
    if (as_datetime(self)->has_tzinfo && !is_none(tzinfo_of(self))) {
        Ref<> epoch = TRY(datetime_new(&datetime_type, {1970, 1, 1}, {}, utc(), 0));
        Ref<> since = TRY(datetime_difference(self, epoch.get()));
        return call_method(since.get(), "total_seconds"_name);
    }
    int64_t moment = TRY(moment_of_local(ymd_of(self), hms_of(self), fold_of(self)));
    return float_from(double(moment - kEpoch) + hms_of(self).microsecond / 1e6);
}
// datetime.astimezone(tz=None)
Fallible<Ref<>> datetime_astimezone(Object* self, Object* const* a) {
    Ref<> target = share(a[0] ? a[0] : none());
    TRY(check_tzinfo(target.get()));
    Ref<> own = share(tzinfo_of(self)), offset = share(none());
    if (!is_none(own.get())) {
        if (own.get() == target.get()) return share(self);
        offset = TRY(call_offset_method(own.get(), "utcoffset"_name, self));
    }
    if (is_none(offset.get())) {
        // A naive time is local time.
        own = TRY(local_timezone(time_t(TRY(moment_of_local(ymd_of(self), hms_of(self), fold_of(self))) - kEpoch)));
        if (own.get() == target.get()) return share(self);
        offset = TRY(call_offset_method(own.get(), "utcoffset"_name, self));
    }
    Ref<> in_utc = TRY(datetime_plus(self, as_delta(offset.get()), -1));
    if (is_none(target.get())) target = TRY(local_timezone(time_t(seconds_of(ymd_of(in_utc.get()), hms_of(in_utc.get())) - kEpoch)));
    Ref<> moved = TRY(datetime_new(in_utc->type, ymd_of(in_utc.get()), hms_of(in_utc.get()), target.get(), fold_of(in_utc.get())));
    return call_method(target.get(), "fromutc"_name, moved.get());
}

namespace {

// PyDateTime_CAPI: what the C API's macros find behind the capsule.
struct CApi {
    Type *date, *datetime, *time, *delta, *tzinfo;
    Object* utc;
    Object* (*make_date)(int, int, int, Type*);
    Object* (*make_datetime)(int, int, int, int, int, int, int, Object*, Type*);
    Object* (*make_time)(int, int, int, int, Object*, Type*);
    Object* (*make_delta)(int, int, int, int, Type*);
    Object* (*make_timezone)(Object*, Object*);
    Object* (*datetime_from_timestamp)(Object*, Object*, Object*);
    Object* (*date_from_timestamp)(Object*, Object*);
    Object* (*make_datetime_and_fold)(int, int, int, int, int, int, int, Object*, int, Type*);
    Object* (*make_time_and_fold)(int, int, int, int, Object*, int, Type*);
};
Object* api_timezone(Object* offset, Object* name) {
    Object* const arguments[] = {nullptr, offset, name};
    return vectorcall(&timezone_type, arguments + 1, size_t(name ? 2 : 1) | kArgumentsOffset, nullptr).release();
}
CApi c_api = {
    .date = &date_type,
    .datetime = &datetime_type,
    .time = &time_type,
    .delta = &delta_type,
    .tzinfo = &tzinfo_type,
    .utc = nullptr,
    .make_date = [](int year, int month, int day, Type* type) { return date_new(type, {year, month, day}).release(); },
    .make_datetime =
        [](int year, int month, int day, int hour, int minute, int second, int microsecond, Object* tzinfo, Type* type) {
            return datetime_new(type, {year, month, day}, {hour, minute, second, microsecond}, tzinfo, 0).release();
        },
    .make_time = [](int hour, int minute, int second, int microsecond, Object* tzinfo,
                    Type* type) { return time_new(type, {hour, minute, second, microsecond}, tzinfo, 0).release(); },
    .make_delta = [](int days, int seconds, int microseconds, int, Type*) { return delta_new(days, seconds, microseconds).release(); },
    .make_timezone = api_timezone,
    .datetime_from_timestamp =
        [](Object* type, Object* args, Object* keywords) -> Object* {
            Ref<> method = TRY(get_attr(type, "fromtimestamp"_name));
            return call_tuple(method.get(), args, keywords).release();
        },
    .date_from_timestamp =
        [](Object* type, Object* args) -> Object* {
            Ref<> method = TRY(get_attr(type, "fromtimestamp"_name));
            return call_tuple(method.get(), args, nullptr).release();
        },
    .make_datetime_and_fold =
        [](int year, int month, int day, int hour, int minute, int second, int microsecond, Object* tzinfo, int fold, Type* type) {
            return datetime_new(type, {year, month, day}, {hour, minute, second, microsecond}, tzinfo, fold).release();
        },
    .make_time_and_fold = [](int hour, int minute, int second, int microsecond, Object* tzinfo, int fold,
                             Type* type) { return time_new(type, {hour, minute, second, microsecond}, tzinfo, fold).release(); },
};

Fallible<void> set_limit(Type& type, const char* name, Fallible<Ref<>> value) {
    Ref<> object = TRY(std::move(value));
    return dict_set(type.dict, name, object.get());
}
Fallible<void> add_limits() {
    constexpr Ymd kFirst{kMinYear, 1, 1}, kLast{kMaxYear, 12, 31};
    constexpr Hms kMidnight{}, kBeforeMidnight{23, 59, 59, 999999};
    TRY(set_limit(delta_type, "resolution", delta_new(0, 0, 1)));
    TRY(set_limit(delta_type, "min", delta_new(-kMaxDeltaDays, 0, 0)));
    TRY(set_limit(delta_type, "max", delta_new(kMaxDeltaDays, 86399, 999999)));
    TRY(set_limit(date_type, "min", date_new(&date_type, kFirst)));
    TRY(set_limit(date_type, "max", date_new(&date_type, kLast)));
    TRY(set_limit(date_type, "resolution", delta_new(1, 0, 0)));
    TRY(set_limit(time_type, "min", time_new(&time_type, kMidnight, none(), 0)));
    TRY(set_limit(time_type, "max", time_new(&time_type, kBeforeMidnight, none(), 0)));
    TRY(set_limit(time_type, "resolution", delta_new(0, 0, 1)));
    TRY(set_limit(datetime_type, "min", datetime_new(&datetime_type, kFirst, kMidnight, none(), 0)));
    TRY(set_limit(datetime_type, "max", datetime_new(&datetime_type, kLast, kBeforeMidnight, none(), 0)));
    TRY(set_limit(datetime_type, "resolution", delta_new(0, 0, 1)));
    Ref<> east = TRY(delta_new(0, 86340, 0)), west = TRY(delta_new(0, -86340, 0));
    TRY(set_limit(timezone_type, "utc", share(utc())));
    TRY(set_limit(timezone_type, "min", timezone_new(west.get(), nullptr)));
    TRY(set_limit(timezone_type, "max", timezone_new(east.get(), nullptr)));
    for (Type* type : {&delta_type, &date_type, &time_type, &datetime_type, &timezone_type}) type_modified(type);
    return {};
}
Fallible<void> execute(Module* module) {
    TRY(type_ready(&iso_calendar_type));
    for (Type* type : {&date_type, &datetime_type, &time_type, &delta_type, &tzinfo_type, &timezone_type})
        TRY(module_add_type(module, type));
    TRY(add_limits());
    TRY(module_add(module, "UTC", share(utc())));
    TRY(module_add_int(module, "MINYEAR", kMinYear));
    TRY(module_add_int(module, "MAXYEAR", kMaxYear));
    c_api.utc = utc();
    return module_add(module, "datetime_CAPI", TRY(capsule_new(&c_api, "datetime.datetime_CAPI", nullptr)));
}

}  // namespace

}  // namespace py::datetime

namespace py {

extern const NativeModule datetime_module;
const NativeModule datetime_module = {"_datetime", "Fast implementation of the datetime type.", nullptr, datetime::execute};

}  // namespace py
