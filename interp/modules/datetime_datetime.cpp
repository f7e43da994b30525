// _datetime.datetime: fields, arithmetic, comparison, text. Clocks and conversions between zones are in datetime_clock.cpp.
#include <algorithm>
#include <cstring>

#include "interp/modules/datetime.h"
#include "interp/objects/parsed_methods.h"

namespace py::datetime {

namespace {

void store(DateTime* self, Ymd d, Hms t) {
    const int bytes[] = {d.year >> 8, d.year,   d.month,  d.day,   t.hour, t.minute, t.second, t.microsecond >> 16, t.microsecond >> 8,
                         t.microsecond};
    for (int i = 0; i < 10; ++i) self->data[i] = static_cast<unsigned char>(bytes[i]);
}
// datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)
Fallible<Ref<>> datetime_construct(Type* type, Object* const* a) {
    Ymd date{TRY(as_parsed_int(a[0])), TRY(as_parsed_int(a[1])), TRY(as_parsed_int(a[2]))};
    Hms time{TRY(argument_or(a[3], 0)), TRY(argument_or(a[4], 0)), TRY(argument_or(a[5], 0)), TRY(argument_or(a[6], 0))};
    return datetime_new(type, date, time, a[7] ? a[7] : none(), TRY(argument_or(a[8], 0)));
}
Fallible<Ref<>> datetime_from_state(Type* type, Bytes* state, Object* tzinfo) {
    if (tzinfo && !is_none(tzinfo) && !is_tzinfo(tzinfo)) return raise(exc::TypeError, "bad tzinfo state arg");
    Ref<DateTime> self = TRY(instance_new<DateTime>(type));
    std::copy_n(state->data, 10, self->data);
    self->hash_value = -1;
    self->fold = self->data[2] >> 7;
    self->data[2] &= 0x7f;
    if (tzinfo && !is_none(tzinfo)) {
        self->has_tzinfo = 1;
        self->tzinfo = new_reference(tzinfo);
    }
    return self;
}
Object* datetime_make(Type* type, Object* args_tuple, Object* keywords) {
    Tuple* args = as_tuple(args_tuple);
    if (args->size >= 1 && args->size <= 2 && (!keywords || !as_dict(keywords)->used)) {
        Ref<Bytes> state = TRY(state_argument(args->items[0], 10, 2, 0));
        if (state) return datetime_from_state(type, state.get(), args->size > 1 ? args->items[1] : nullptr).release();
    }
    TRY(check_given_date(args, keywords));
    return Bound<datetime_construct, "",
                 "(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)">::new_(type, args_tuple, keywords);
}
void datetime_dealloc(Object* self) {
    if (as_datetime(self)->has_tzinfo) decref(as_datetime(self)->tzinfo);
    object_memory_free(self);
}

// datetime.strptime(date_string, format)
Fallible<Ref<>> datetime_strptime(Object* type, Object* const* args, ssize_t count) {
    TRY(check_parsed_count("strptime", count, 2, 2));
    for (int i = 0; i < 2; ++i)
        if (!is_str(args[i])) return raise(exc::TypeError, "strptime() argument %d must be str, not %N", i + 1, args[i]);
    Ref<> module = TRY(call(TRY(builtin_attr("__import__")).get(), static_cast<Object*>("_strptime"_name)));
    return call_method(module.get(), "_strptime_datetime"_name, type, args[0], args[1]);
}
// datetime.combine(date, time, tzinfo=…)
Fallible<Ref<>> datetime_combine(Object* type, Object* const* a) {
    if (!is_date(a[0])) return raise(exc::TypeError, "combine() argument 1 must be datetime.date, not %N", a[0]);
    if (!is_time(a[1])) return raise(exc::TypeError, "combine() argument 2 must be datetime.time, not %N", a[1]);
    return datetime_from_class(type, ymd_of(a[0]), hms_of(a[1]), a[2] ? a[2] : tzinfo_of(a[1]), fold_of(a[1]));
}
// The text with an ASCII letter as separator: any character may stand between date and time.
Lookup<Bytes> plain_iso_text(Str* text) {
    if (text->length < 7) return nullptr;
    Ref<Bytes> plain = TRY(bytes_new(text->length));
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        if (c >= 0x80 && i != 7 && i != 8 && i != 10) return nullptr;
        plain->data[i] = c < 0x80 ? char(c) : 'T';
    }
    return plain;
}
// datetime.fromisoformat(date_string)
Fallible<Ref<>> datetime_fromisoformat(Object* type, Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "fromisoformat: argument must be str");
    Ref<Bytes> plain = TRY(plain_iso_text(as_str(text)));
    if (!plain) return raise_invalid_iso(text);
    std::string_view view = plain->view();
    size_t end = iso_date_length(view);
    if (end > view.size()) return raise_invalid_iso(text);
    Ymd date{};
    IsoTime time;
    if (!parse_iso_date(view.substr(0, end), &date)) return raise_invalid_iso(text);
    if (view.size() > end && !parse_iso_time(view.substr(end + 1), &time)) return raise_invalid_iso(text);
    Ref<> tzinfo = TRY(tzinfo_of(time));
    TRY(check_date(date));
    return datetime_from_class(type, date, time.time, tzinfo.get(), 0);
}

// datetime.date()
Fallible<Ref<>> datetime_date(Object* self) {
    return date_new(&date_type, ymd_of(self));
}
// datetime.time()
Fallible<Ref<>> datetime_time(Object* self) {
    return time_new(&time_type, hms_of(self), none(), fold_of(self));
}
// datetime.timetz()
Fallible<Ref<>> datetime_timetz(Object* self) {
    return time_new(&time_type, hms_of(self), tzinfo_of(self), fold_of(self));
}
// datetime.utcoffset()
Fallible<Ref<>> datetime_utcoffset(Object* self) {
    return call_offset_method(tzinfo_of(self), "utcoffset"_name, self);
}
// datetime.dst()
Fallible<Ref<>> datetime_dst(Object* self) {
    return call_offset_method(tzinfo_of(self), "dst"_name, self);
}
// datetime.tzname()
Fallible<Ref<>> datetime_tzname(Object* self) {
    return call_tzname(tzinfo_of(self), self);
}
// datetime.timetuple()
Fallible<Ref<>> datetime_timetuple(Object* self) {
    Ref<> dst = TRY(datetime_dst(self));
    int flag = is_none(dst.get()) ? -1 : TRY(is_true(dst.get()));
    return time_tuple(ymd_of(self), hms_of(self), flag);
}
// datetime.utctimetuple()
Fallible<Ref<>> datetime_utctimetuple(Object* self) {
    Ref<> offset = TRY(datetime_utcoffset(self)), in_utc = share(self);
    if (!is_none(offset.get())) {
        Ref<> plain = TRY(datetime_new(&datetime_type, ymd_of(self), hms_of(self), none(), 0));
        in_utc = TRY(datetime_plus(plain.get(), as_delta(offset.get()), -1));
    }
    return time_tuple(ymd_of(in_utc.get()), hms_of(in_utc.get()), 0);
}
// datetime.isoformat(sep='T', timespec='auto')
Fallible<Ref<>> datetime_isoformat(Object* self, Object* const* a) {
    uint32_t separator = 'T';
    if (a[0]) {
        if (!is_str(a[0]) || as_str(a[0])->length != 1)
            return raise(exc::TypeError, "isoformat() argument 1 must be a unicode character, not %N", a[0]);
        separator = as_str(a[0])->at(0);
    }
    if (a[1] && !is_str(a[1])) return raise(exc::TypeError, "isoformat() argument 2 must be str, not %N", a[1]);
    char text[32];
    Ymd date = ymd_of(self);
    write_time(text, hms_of(self), TRY(time_spec(a[1])));
    Ref<Str> offset = TRY(utcoffset_text(tzinfo_of(self), ":", self)), middle = TRY(str_from_char(separator));
    return format_str("%04d-%02d-%02d%U%s%U", date.year, date.month, date.day, middle.get(), text, offset.get());
}
Fallible<Ref<>> datetime_str(Object* self) {
    return call_method(self, "isoformat"_name, TRY(str_from_char(' ')).get());
}
Fallible<Ref<>> datetime_repr(Object* self) {
    Ymd d = ymd_of(self);
    Hms t = hms_of(self);
    char text[96];
    int used = std::snprintf(text, sizeof text, "(%d, %d, %d, %d, %d", d.year, d.month, d.day, t.hour, t.minute);
    if (t.second || t.microsecond) used += std::snprintf(text + used, sizeof text - size_t(used), ", %d", t.second);
    if (t.microsecond) std::snprintf(text + used, sizeof text - size_t(used), ", %d", t.microsecond);
    StrBuilder out;
    TRY(out.append(TRY(format_str("%s%s", self->type->name, text)).get()));
    if (as_datetime(self)->has_tzinfo) TRY(out.append(TRY(format_str(", tzinfo=%R", as_datetime(self)->tzinfo)).get()));
    if (fold_of(self)) TRY(out.append_ascii(", fold=1"));
    TRY(out.append_char(')'));
    return out.finish();
}
// datetime.replace(year=…, …, tzinfo=…, *, fold=…)
Fallible<Ref<>> datetime_replace(Object* self, Object* const* a) {
    Ymd d = ymd_of(self);
    Hms t = hms_of(self);
    int* const fields[] = {&d.year, &d.month, &d.day, &t.hour, &t.minute, &t.second, &t.microsecond};
    for (int i = 0; i < 7; ++i)
        if (a[i]) *fields[i] = TRY(as_parsed_int(a[i]));
    return datetime_new(self->type, d, t, a[7] ? a[7] : tzinfo_of(self), TRY(argument_or(a[8], fold_of(self))));
}
Fallible<Ref<>> datetime_state(Object* self, int protocol) {
    unsigned char data[10];
    std::copy_n(as_datetime(self)->data, 10, data);
    if (protocol > 3 && fold_of(self)) data[2] |= 0x80;
    Ref<Bytes> state = TRY(bytes_from({reinterpret_cast<char*>(data), 10}));
    if (as_datetime(self)->has_tzinfo) return reduce_to_call(self, static_cast<Object*>(state.get()), as_datetime(self)->tzinfo);
    return reduce_to_call(self, state.get());
}
// datetime.__reduce_ex__(protocol)
Fallible<Ref<>> datetime_reduce_ex(Object* self, Object* protocol) {
    return datetime_state(self, TRY(as_parsed_int(protocol)));
}
// datetime.__reduce__()
Fallible<Ref<>> datetime_reduce(Object* self) {
    return datetime_state(self, 2);
}

Object* datetime_add(Object* a, Object* b) {
    if (is_datetime(a) && is_delta(b)) return datetime_plus(a, as_delta(b), 1).release();
    if (is_delta(a) && is_datetime(b)) return datetime_plus(b, as_delta(a), 1).release();
    return new_reference(not_implemented());
}
Object* datetime_subtract(Object* a, Object* b) {
    if (!is_datetime(a)) return new_reference(not_implemented());
    if (is_datetime(b)) return datetime_difference(a, b).release();
    if (is_delta(b)) return datetime_plus(a, as_delta(b), -1).release();
    return new_reference(not_implemented());
}
// Does the time's offset depend on its fold? Such a time equals none of another zone (PEP 495).
Fallible<bool> is_ambiguous(Object* self, Object* offset) {
    Ref<> flipped = TRY(datetime_new(&datetime_type, ymd_of(self), hms_of(self), tzinfo_of(self), !fold_of(self)));
    Ref<> other = TRY(datetime_utcoffset(flipped.get()));
    if (is_none(offset) || is_none(other.get())) return offset != other.get();
    return compare_deltas(as_delta(offset), as_delta(other.get())) != 0;
}
Fallible<Ref<>> compare_datetimes(Object* a, Object* b, int op) {
    int order = std::memcmp(as_datetime(a)->data, as_datetime(b)->data, 10);
    if (tzinfo_of(a) == tzinfo_of(b)) return steal(compare_outcome(order, op));
    Ref<> offset_a = TRY(datetime_utcoffset(a)), offset_b = TRY(datetime_utcoffset(b));
    bool aware_a = !is_none(offset_a.get()), aware_b = !is_none(offset_b.get());
    if (aware_a != aware_b) {
        if (op == kEqual || op == kNotEqual) return steal(compare_result(op == kNotEqual));
        return raise(exc::TypeError, "can't compare offset-naive and offset-aware datetimes");
    }
    if (aware_a && compare_deltas(as_delta(offset_a.get()), as_delta(offset_b.get())) != 0) {
        Ref<> difference = TRY(datetime_difference(a, b));
        Delta* delta = as_delta(difference.get());
        order = delta->days < 0 ? -1 : delta->days || delta->seconds || delta->microseconds;
    }
    if ((op == kEqual || op == kNotEqual) && order == 0 &&
        (TRY(is_ambiguous(a, offset_a.get())) || TRY(is_ambiguous(b, offset_b.get()))))
        order = 1;
    return steal(compare_outcome(order, op));
}
Object* datetime_richcompare(Object* a, Object* b, int op) {
    if (is_datetime(b)) return compare_datetimes(a, b, op).release();
    if (!is_date(b)) return new_reference(not_implemented());
    // A date is no moment: never equal, never before or after.
    if (op == kEqual || op == kNotEqual) return compare_result(op == kNotEqual);
    return raise(exc::TypeError, "can't compare %s to %s", a->type->name, b->type->name);
}
Fallible<Hash> computed_hash(Object* self) {
    Ref<> plain = share(self);
    if (fold_of(self)) plain = TRY(datetime_new(&datetime_type, ymd_of(self), hms_of(self), tzinfo_of(self), 0));
    Ref<> offset = TRY(datetime_utcoffset(plain.get()));
    if (is_none(offset.get())) return hash_bytes(as_datetime(self)->data, 10);
    Hms t = hms_of(self);
    Ref<> moment = TRY(delta_new(ordinal_of(ymd_of(self)), (t.hour * 60 + t.minute) * 60 + t.second, t.microsecond));
    Ref<> in_utc = TRY(delta_subtract(moment.get(), offset.get()));
    return hash(in_utc.get());
}
Hash datetime_hash(Object* self) {
    if (as_datetime(self)->hash_value == -1) {
        auto value = computed_hash(self);
        if (!value.ok()) return -1;
        as_datetime(self)->hash_value = value.take();
    }
    return as_datetime(self)->hash_value;
}
template <auto Member>
Fallible<Ref<>> datetime_get(Object* self) {
    return int_from(hms_of(self).*Member);
}
Fallible<Ref<>> datetime_get_tzinfo(Object* self) {
    return share(tzinfo_of(self));
}
Fallible<Ref<>> datetime_get_fold(Object* self) {
    return int_from(fold_of(self));
}

#define CLASS_O(name, function, doc) {name, (CFunction)wrap_o<function>, kO | kClass, doc}
MethodDef datetime_methods[] = {
    METHOD_CLASS("now", datetime_now, "($type, /, tz=None)", "The current time, local without a time zone."),
    {"utcnow", (CFunction)wrap_no_args<datetime_utcnow>, kNoArgs | kClass, "Return a new datetime representing UTC day and time."},
    METHOD_CLASS("fromtimestamp", datetime_fromtimestamp, "($type, /, timestamp, tz=None)", "The time of a POSIX timestamp."),
    {"utcfromtimestamp", (CFunction)(void*)parsed_one<datetime_utcfromtimestamp, "utcfromtimestamp">, kFastcall | kClass | kBareName, "Construct a naive UTC datetime from a POSIX timestamp."},
    {"strptime", (CFunction)(void*)wrap_fast<datetime_strptime>, kFastcall | kClass | kBareName,
     "string, format -> new datetime parsed from a string (like time.strptime())."},
    METHOD_CLASS("combine", datetime_combine, "($type, /, date, time, tzinfo=None)", "date, time -> datetime with same date and time fields"),
    CLASS_O("fromisoformat", datetime_fromisoformat, "string -> datetime from a string in most ISO 8601 formats"),
    METHOD_NOARGS_UNSIGNED("date", datetime_date, "Return date object with same year, month and day."),
    METHOD_NOARGS_UNSIGNED("time", datetime_time, "Return time object with same time but with tzinfo=None."),
    METHOD_NOARGS_UNSIGNED("timetz", datetime_timetz, "Return time object with same time and tzinfo."),
    METHOD_NOARGS_UNSIGNED("ctime", stamp_ctime, "Return ctime() style string."),
    METHOD_NOARGS_UNSIGNED("timetuple", datetime_timetuple, "Return time tuple, compatible with time.localtime()."),
    METHOD_NOARGS_UNSIGNED("timestamp", datetime_timestamp, "Return POSIX timestamp as float."),
    METHOD_NOARGS_UNSIGNED("utctimetuple", datetime_utctimetuple, "Return UTC time tuple, compatible with time.localtime()."),
    METHOD_COUNTED("isoformat", datetime_isoformat, "($self, /, sep=\'T\', timespec=\'auto\')", "The date and time in ISO 8601 format."),
    METHOD_NOARGS_UNSIGNED("utcoffset", datetime_utcoffset, "Return self.tzinfo.utcoffset(self)."),
    METHOD_NOARGS_UNSIGNED("tzname", datetime_tzname, "Return self.tzinfo.tzname(self)."),
    METHOD_NOARGS_UNSIGNED("dst", datetime_dst, "Return self.tzinfo.dst(self)."),
    METHOD("replace", datetime_replace,
           "($self, /, year=0, month=0, day=0, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
           "Return datetime with new specified fields."),
    METHOD_COUNTED("astimezone", datetime_astimezone, "($self, /, tz=None)", "tz -> convert to local time in new timezone tz\n"),
    METHOD_PARSED_ONE("__reduce_ex__", datetime_reduce_ex, "__reduce_ex__(proto) -> (cls, state)"),
    METHOD_NOARGS_UNSIGNED("__reduce__", datetime_reduce, "__reduce__() -> (cls, state)"),
    END_ROW,
};
GetSetDef datetime_getset[] = {
    GETTER("hour", datetime_get<&Hms::hour>, nullptr),
    GETTER("minute", datetime_get<&Hms::minute>, nullptr),
    GETTER("second", datetime_get<&Hms::second>, nullptr),
    GETTER("microsecond", datetime_get<&Hms::microsecond>, nullptr),
    GETTER("tzinfo", datetime_get_tzinfo, nullptr),
    GETTER("fold", datetime_get_fold, nullptr),
    END_ROW,
};
NumberMethods datetime_number = {.add = datetime_add, .subtract = datetime_subtract};

}  // namespace

constinit Type datetime_type = static_type({
    .name = "datetime.datetime",
    .basic_size = sizeof(DateTime),
    .base = &date_type,
    .flags = type_flag::kBase,
    .doc = "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are "
           "required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.",
    .dealloc = datetime_dealloc,
    .repr = slot1<datetime_repr>,
    .str = slot1<datetime_str>,
    .hash = datetime_hash,
    .richcompare = datetime_richcompare,
    .number = &datetime_number,
    .methods = datetime_methods,
    .getset = datetime_getset,
    .new_ = datetime_make,
});

Fallible<Ref<>> datetime_new(Type* type, Ymd date, Hms time, Object* tzinfo, int fold) {
    TRY(check_date(date));
    TRY(check_time(time, fold));
    TRY(check_tzinfo(tzinfo));
    Ref<DateTime> self = TRY(instance_new<DateTime>(type));
    self->hash_value = -1;
    store(self.get(), date, time);
    self->fold = static_cast<unsigned char>(fold);
    if (!is_none(tzinfo)) {
        self->has_tzinfo = 1;
        self->tzinfo = new_reference(tzinfo);
    }
    return self;
}
Fallible<Ref<>> datetime_plus(Object* datetime, Delta* delta, int sign) {
    Hms t = hms_of(datetime);
    int64_t microsecond = t.microsecond + int64_t(sign) * delta->microseconds;
    int64_t second = (t.hour * 60 + t.minute) * 60 + t.second + int64_t(sign) * delta->seconds;
    int64_t day = ordinal_of(ymd_of(datetime)) + int64_t(sign) * delta->days;
    auto carry = [](int64_t& small, int64_t& large, int64_t unit) {
        int64_t over = small / unit - (small % unit < 0);
        small -= over * unit;
        large += over;
    };
    carry(microsecond, second, 1000000);
    carry(second, day, 86400);
    Ymd date = TRY(date_from_days(day));
    int s = int(second);
    return datetime_from_class(datetime->type, date, {s / 3600, s / 60 % 60, s % 60, int(microsecond)}, tzinfo_of(datetime), 0);
}
Fallible<Ref<>> datetime_difference(Object* a, Object* b) {
    Ref<> offset_a = share(none()), offset_b = share(none());
    if (tzinfo_of(a) != tzinfo_of(b)) {
        offset_a = TRY(datetime_utcoffset(a));
        offset_b = TRY(datetime_utcoffset(b));
        if (is_none(offset_a.get()) != is_none(offset_b.get()))
            return raise(exc::TypeError, "can't subtract offset-naive and offset-aware datetimes");
    }
    Hms x = hms_of(a), y = hms_of(b);
    int64_t seconds = ((x.hour - y.hour) * 60 + (x.minute - y.minute)) * 60 + (x.second - y.second);
    Ref<> difference = TRY(delta_new(ordinal_of(ymd_of(a)) - ordinal_of(ymd_of(b)), seconds, x.microsecond - y.microsecond));
    if (is_none(offset_a.get())) return difference;
    Ref<> between = TRY(delta_subtract(offset_a.get(), offset_b.get()));
    return delta_subtract(difference.get(), between.get());
}

}  // namespace py::datetime
