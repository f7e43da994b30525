// _datetime: fields to text: strftime with the directives that the C library does not know, ISO times, ctime.
#include "interp/modules/datetime.h"
#include "interp/modules/time.h"

namespace py::datetime {

namespace {

// What strftime's own directives stand for: of the object, given to its time zone where it has one.
struct OwnDirectives {
    Object* object;
    Object* tzinfo_argument;
    Ref<Str> z, Z, f;  // filled when first met
};
Fallible<Ref<Str>> zone_name(OwnDirectives& own) {
    Ref<> name = TRY(call_tzname(tzinfo_of(own.object), own.tzinfo_argument));
    if (is_none(name.get())) return str_empty();
    // The C library is to take a percent sign for one.
    Ref<Str> percent = TRY(str_from_ascii("%")), two = TRY(str_from_ascii("%%"));
    Ref<> doubled = TRY(call_method(name.get(), "replace"_name, percent.get(), two.get()));
    if (!is_str(doubled.get())) return raise(exc::TypeError, "tzname.replace() did not return a string");
    TRY(str_utf8(as_str(doubled.get())));
    return std::move(doubled).cast<Str>();
}
Lookup<Str> own_directive(OwnDirectives& own, uint32_t c) {
    switch (c) {
        case 'z':
            if (!own.z) own.z = TRY(utcoffset_text(tzinfo_of(own.object), "", own.tzinfo_argument));
            return own.z;
        case 'Z':
            if (!own.Z) own.Z = TRY(zone_name(own));
            return own.Z;
        case 'f':
            if (!own.f) own.f = TRY(format_str("%06d", is_date(own.object) && !is_datetime(own.object) ? 0 : hms_of(own.object).microsecond));
            return own.f;
        default: return nullptr;
    }
}
Fallible<Ref<Str>> expand(OwnDirectives& own, Str* format) {
    StrBuilder out;
    for (ssize_t i = 0; i < format->length; ++i) {
        uint32_t c = format->at(i);
        if (c != '%' || i + 1 == format->length) {
            TRY(out.append_char(c));
            continue;
        }
        uint32_t directive = format->at(++i);
        Ref<Str> text = TRY(own_directive(own, directive));
        if (text) {
            TRY(out.append(text.get()));
        } else {
            TRY(out.append_char('%'));
            TRY(out.append_char(directive));
        }
    }
    return out.finish();
}

}  // namespace

Fallible<Ref<>> wrapped_strftime(Object* object, Str* format, Object* timetuple, Object* tzinfo_argument) {
    OwnDirectives own{object, tzinfo_argument, {}, {}, {}};
    TRY(str_utf8(format));  // no lone surrogates, as in CPython
    Ref<Str> expanded = TRY(expand(own, format));
    ssize_t end = str_find_char(expanded.get(), 0, 0, expanded->length, 1);
    if (end >= 0) expanded = TRY(str_substring(expanded.get(), 0, end));
    Object* const arguments[] = {expanded.get(), timetuple};
    return time_strftime(nullptr, arguments, 2);
}
// date.strftime(format), time.strftime(format), datetime.strftime(format)
Fallible<Ref<>> stamp_strftime(Object* self, Object* const* a) {
    if (!is_str(a[0])) return raise(exc::TypeError, "strftime() argument 1 must be str, not %N", a[0]);
    if (is_time(self)) {
        // A time alone takes the first day of 1900.
        Ref<> tuple = TRY(time_tuple({1900, 1, 1}, hms_of(self), -1));
        return wrapped_strftime(self, as_str(a[0]), tuple.get(), none());
    }
    Ref<> tuple = TRY(call_method(self, "timetuple"_name));
    return wrapped_strftime(self, as_str(a[0]), tuple.get(), self);
}
// date.__format__(spec), time.__format__(spec), datetime.__format__(spec)
Fallible<Ref<>> stamp_format(Object* self, Object* spec) {
    if (!is_str(spec)) return raise(exc::TypeError, "__format__() argument 1 must be str, not %N", spec);
    if (as_str(spec)->length == 0) return str(self);
    return call_method(self, "strftime"_name, spec);
}
Fallible<Ref<>> time_tuple(Ymd date, Hms time, int dst_flag) {
    if (!struct_time_type) TRY(call(TRY(builtin_attr("__import__")).get(), static_cast<Object*>("time"_name)));
    const int fields[] = {date.year,   date.month,  date.day,          time.hour,
                          time.minute, time.second, weekday_of(date), days_before_month(date.year, date.month) + date.day,
                          dst_flag};
    Ref<Tuple> values = TRY(tuple_new(std::size(fields)));
    for (size_t i = 0; i < std::size(fields); ++i) values->items[i] = TRY(int_from(fields[i])).release();
    return call(static_cast<Object*>(struct_time_type), static_cast<Object*>(values.get()));
}
// date.ctime() and datetime.ctime()
Fallible<Ref<>> stamp_ctime(Object* self) {
    static const char* const kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char* const kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    Ymd date = ymd_of(self);
    Hms time = is_datetime(self) ? hms_of(self) : Hms{};
    char text[64];
    std::snprintf(text, sizeof text, "%s %s %2d %02d:%02d:%02d %04d", kDays[weekday_of(date)], kMonths[date.month - 1], date.day, time.hour,
                  time.minute, time.second, date.year);
    return str_from_ascii(text);
}

Fallible<TimeSpec> time_spec(Object* name) {
    constexpr struct {
        const char* name;
        TimeSpec spec;
    } kSpecs[] = {{"auto", TimeSpec::Auto},       {"hours", TimeSpec::Hours},
                  {"minutes", TimeSpec::Minutes}, {"seconds", TimeSpec::Seconds},
                  {"milliseconds", TimeSpec::Milliseconds}, {"microseconds", TimeSpec::Microseconds}};
    if (!name) return TimeSpec::Auto;
    for (auto& each : kSpecs)
        if (str_equals(as_str(name), each.name)) return each.spec;
    return raise(exc::ValueError, "Unknown timespec value");
}
int write_time(char* out, Hms t, TimeSpec spec) {
    if (spec == TimeSpec::Auto) spec = t.microsecond ? TimeSpec::Microseconds : TimeSpec::Seconds;
    switch (spec) {
        case TimeSpec::Hours: return std::sprintf(out, "%02d", t.hour);
        case TimeSpec::Minutes: return std::sprintf(out, "%02d:%02d", t.hour, t.minute);
        case TimeSpec::Milliseconds: return std::sprintf(out, "%02d:%02d:%02d.%03d", t.hour, t.minute, t.second, t.microsecond / 1000);
        case TimeSpec::Microseconds: return std::sprintf(out, "%02d:%02d:%02d.%06d", t.hour, t.minute, t.second, t.microsecond);
        default: return std::sprintf(out, "%02d:%02d:%02d", t.hour, t.minute, t.second);
    }
}

}  // namespace py::datetime
