// _datetime.tzinfo and timezone, and asking time zones for their offsets.
#include "interp/modules/datetime.h"

namespace py::datetime {

namespace {

TimeZone* as_timezone(Object* object) {
    return static_cast<TimeZone*>(object);
}
bool less_than_a_day(const Delta* offset) {
    return !(offset->days < -1 || offset->days > 0 || (offset->days == -1 && offset->seconds == 0 && offset->microseconds < 1));
}

Raised raise_not_implemented(const char* method) {
    return raise(exc::NotImplementedError, "a tzinfo subclass must implement %s()", method);
}
// tzinfo.tzname(dt)
Fallible<Ref<>> tzinfo_tzname(Object*, Object*) {
    return raise_not_implemented("tzname");
}
// tzinfo.utcoffset(dt)
Fallible<Ref<>> tzinfo_utcoffset(Object*, Object*) {
    return raise_not_implemented("utcoffset");
}
// tzinfo.dst(dt)
Fallible<Ref<>> tzinfo_dst(Object*, Object*) {
    return raise_not_implemented("dst");
}
Fallible<void> check_fromutc(Object* self, Object* datetime) {
    if (!is_datetime(datetime)) return raise(exc::TypeError, "fromutc: argument must be a datetime");
    if (tzinfo_of(datetime) != self) return raise(exc::ValueError, "fromutc: dt.tzinfo is not self");
    return {};
}
// tzinfo.fromutc(dt)
Fallible<Ref<>> tzinfo_fromutc(Object* self, Object* datetime) {
    TRY(check_fromutc(self, datetime));
    Ref<> offset = TRY(call_offset_method(self, "utcoffset"_name, datetime));
    if (is_none(offset.get())) return raise(exc::ValueError, "fromutc: non-None utcoffset() result required");
    Ref<> dst = TRY(call_offset_method(self, "dst"_name, datetime));
    if (is_none(dst.get())) return raise(exc::ValueError, "fromutc: non-None dst() result required");
    Ref<> standard = TRY(delta_subtract(offset.get(), dst.get()));
    Ref<> result = TRY(datetime_plus(datetime, as_delta(standard.get()), 1));
    dst = TRY(call_offset_method(self, "dst"_name, result.get()));
    if (is_none(dst.get())) return raise(exc::ValueError, "fromutc: tz.dst() gave inconsistent results; cannot convert");
    return datetime_plus(result.get(), as_delta(dst.get()), 1);
}
// tzinfo.__reduce__()
Fallible<Ref<>> tzinfo_reduce(Object* self) {
    Ref<> arguments_method = TRY(lookup_attr(self, "__getinitargs__"_name));
    Ref<> arguments = arguments_method ? TRY(call(arguments_method.get())) : Ref<>(tuple_empty());
    Ref<> state = TRY(call_method(self, "__getstate__"_name));
    return tuple_pack(static_cast<Object*>(self->type), arguments.get(), state.get());
}
void plain_dealloc(Object* self) {
    object_memory_free(self);
}
MethodDef tzinfo_methods[] = {
    METHOD_O_UNSIGNED("tzname", tzinfo_tzname, "datetime -> string name of time zone."),
    METHOD_O_UNSIGNED("utcoffset", tzinfo_utcoffset, "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC"),
    METHOD_O_UNSIGNED("dst", tzinfo_dst, "datetime -> DST offset as timedelta positive east of UTC."),
    METHOD_O_UNSIGNED("fromutc", tzinfo_fromutc, "datetime in UTC -> datetime in local time."),
    METHOD_NOARGS_UNSIGNED("__reduce__", tzinfo_reduce, "-> (cls, state)"),
    END_ROW,
};

// timezone(offset, name=None)
Fallible<Ref<>> timezone_construct(Type*, Object* const* a) {
    if (!is_delta(a[0])) return raise(exc::TypeError, "timezone() argument 1 must be datetime.timedelta, not %N", a[0]);
    if (a[1] && !is_str(a[1])) return raise(exc::TypeError, "timezone() argument 2 must be str, not %N", a[1]);
    if (!less_than_a_day(as_delta(a[0])))
        return raise(exc::ValueError,
                     "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R.", a[0]);
    if (!a[1] && !as_delta(a[0])->days && !as_delta(a[0])->seconds && !as_delta(a[0])->microseconds) return share(utc());
    return timezone_new(a[0], a[1]);
}
void timezone_dealloc(Object* self) {
    clear_slot(as_timezone(self)->offset);
    clear_slot(as_timezone(self)->name);
    object_memory_free(self);
}
Fallible<void> check_argument(const char* function, Object* datetime) {
    if (is_none(datetime) || is_datetime(datetime)) return {};
    return raise(exc::TypeError, "%s(dt) argument must be a datetime instance or None, not %T", function, datetime);
}
// timezone.utcoffset(dt)
Fallible<Ref<>> timezone_utcoffset(Object* self, Object* datetime) {
    TRY(check_argument("utcoffset", datetime));
    return share(as_timezone(self)->offset);
}
// timezone.dst(dt)
Fallible<Ref<>> timezone_dst(Object*, Object* datetime) {
    TRY(check_argument("dst", datetime));
    return share(none());
}
Fallible<Ref<>> timezone_str(Object* self) {
    if (as_timezone(self)->name) return share(as_timezone(self)->name);
    Delta* offset = as_delta(as_timezone(self)->offset);
    if (self == utc() || (!offset->days && !offset->seconds && !offset->microseconds)) return str_from_ascii("UTC");
    Ref<Str> text = TRY(offset_text(offset, ":"));
    return format_str("UTC%U", text.get());
}
// timezone.tzname(dt)
Fallible<Ref<>> timezone_tzname(Object* self, Object* datetime) {
    TRY(check_argument("tzname", datetime));
    return timezone_str(self);
}
// timezone.fromutc(dt)
Fallible<Ref<>> timezone_fromutc(Object* self, Object* datetime) {
    TRY(check_fromutc(self, datetime));
    return datetime_plus(datetime, as_delta(as_timezone(self)->offset), 1);
}
// timezone.__getinitargs__()
Fallible<Ref<>> timezone_getinitargs(Object* self) {
    if (!as_timezone(self)->name) return tuple_pack(as_timezone(self)->offset);
    return tuple_pack(as_timezone(self)->offset, as_timezone(self)->name);
}
Fallible<Ref<>> timezone_repr(Object* self) {
    if (self == utc()) return str_from_ascii("datetime.timezone.utc");
    if (as_timezone(self)->name) return format_str("%s(%R, %R)", self->type->name, as_timezone(self)->offset, as_timezone(self)->name);
    return format_str("%s(%R)", self->type->name, as_timezone(self)->offset);
}
Hash timezone_hash(Object* self) {
    return delta_type.hash(as_timezone(self)->offset);
}
Object* timezone_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || b->type != &timezone_type) return new_reference(not_implemented());
    return delta_type.richcompare(as_timezone(a)->offset, as_timezone(b)->offset, op);
}
MethodDef timezone_methods[] = {
    METHOD_O_UNSIGNED("tzname", timezone_tzname, "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'."),
    METHOD_O_UNSIGNED("utcoffset", timezone_utcoffset, "Return fixed offset."),
    METHOD_O_UNSIGNED("dst", timezone_dst, "Return None."),
    METHOD_O_UNSIGNED("fromutc", timezone_fromutc, "datetime in UTC -> datetime in local time."),
    METHOD_NOARGS_UNSIGNED("__getinitargs__", timezone_getinitargs, "pickle support"),
    END_ROW,
};

}  // namespace

constinit Type tzinfo_type = static_type({
    .name = "datetime.tzinfo",
    .basic_size = sizeof(Object),
    .flags = type_flag::kBase,
    .doc = "Abstract base class for time zone info objects.",
    .dealloc = plain_dealloc,
    .methods = tzinfo_methods,
    .new_ = generic_new,
});
constinit Type timezone_type = static_type({
    .name = "datetime.timezone",
    .basic_size = sizeof(TimeZone),
    .base = &tzinfo_type,
    .doc = "Fixed offset from UTC implementation of tzinfo.",
    .dealloc = timezone_dealloc,
    .repr = slot1<timezone_repr>,
    .str = slot1<timezone_str>,
    .hash = timezone_hash,
    .richcompare = timezone_richcompare,
    .methods = timezone_methods,
    .new_ = Bound<timezone_construct, "timezone", "(offset, name=None)">::new_,
});

Fallible<Ref<>> timezone_new(Object* offset, Object* name) {
    Ref<TimeZone> self = TRY(instance_new<TimeZone>(&timezone_type));
    self->offset = new_reference(offset);
    xincref(name);
    self->name = name;
    return self;
}
Object* utc() {
    static Object* const zone = [] {
        Ref<> zero = MUST(delta_new(0, 0, 0));
        return MUST(timezone_new(zero.get(), nullptr)).release();
    }();
    return zone;
}

Fallible<Ref<>> call_offset_method(Object* tzinfo, Str* method, Object* argument) {
    if (is_none(tzinfo)) return share(none());
    Ref<> offset = TRY(call_method(tzinfo, method, argument));
    if (is_none(offset.get())) return offset;
    if (!is_delta(offset.get()))
        return raise(exc::TypeError, "tzinfo.%U() must return None or timedelta, not '%T'", method, offset.get());
    if (!less_than_a_day(as_delta(offset.get())))
        return raise(exc::ValueError, "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).");
    return offset;
}
Fallible<Ref<>> call_tzname(Object* tzinfo, Object* argument) {
    if (is_none(tzinfo)) return share(none());
    Ref<> name = TRY(call_method(tzinfo, "tzname"_name, argument));
    if (!is_none(name.get()) && !is_str(name.get()))
        return raise(exc::TypeError, "tzinfo.tzname() must return None or a string, not '%T'", name.get());
    return name;
}
Fallible<Ref<Str>> offset_text(Object* object, const char* separator) {
    if (is_none(object)) return str_empty();
    Delta* offset = as_delta(object);
    bool negative = offset->days < 0;
    int seconds = offset->seconds, microseconds = offset->microseconds;
    if (negative) {
        // Of a negative offset the parts say how far it is from the day before.
        seconds = 86400 - seconds - (microseconds ? 1 : 0);
        microseconds = microseconds ? 1000000 - microseconds : 0;
    }
    char text[40];
    int used = std::snprintf(text, sizeof text, "%c%02d%s%02d", negative ? '-' : '+', seconds / 3600, separator, seconds / 60 % 60);
    if (seconds % 60 || microseconds) used += std::snprintf(text + used, sizeof text - size_t(used), "%s%02d", separator, seconds % 60);
    if (microseconds) std::snprintf(text + used, sizeof text - size_t(used), ".%06d", microseconds);
    return str_from_ascii(text);
}
Fallible<Ref<Str>> utcoffset_text(Object* tzinfo, const char* separator, Object* argument) {
    Ref<> offset = TRY(call_offset_method(tzinfo, "utcoffset"_name, argument));
    return offset_text(offset.get(), separator);
}

}  // namespace py::datetime
