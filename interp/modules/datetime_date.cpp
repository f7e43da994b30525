// _datetime.date, and the named tuple that isocalendar() gives.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "interp/modules/datetime.h"
#include "interp/modules/time_conversion.h"
#include "interp/objects/parsed_methods.h"

namespace py::datetime {

namespace {

// date(year, month, day); date(bytes) from a pickle.
Fallible<Ref<>> date_construct(Type* type, Object* const* a) {
    Ymd date{TRY(as_parsed_int(a[0])), TRY(as_parsed_int(a[1])), TRY(as_parsed_int(a[2]))};
    TRY(check_date(date));
    return date_new(type, date);
}
Object* date_make(Type* type, Object* args, Object* keywords) {
    if (as_tuple(args)->size == 1 && (!keywords || !as_dict(keywords)->used)) {
        Ref<Bytes> state = TRY(state_argument(as_tuple(args)->items[0], 4, 2, 0));
        if (state) {
            Ref<Date> self = TRY(instance_new<Date>(type));
            std::copy_n(state->data, 4, self->data);
            self->hash_value = -1;
            return self.release();
        }
    }
    TRY(check_given_date(as_tuple(args), keywords));
    return Bound<date_construct, "", "(year, month, day)">::new_(type, args, keywords);
}
void date_dealloc(Object* self) {
    object_memory_free(self);
}
Fallible<Ref<>> from_ymd(Object* type, Ymd date) {
    if (type == &date_type) return date_new(&date_type, date);
    Ref<Int> year = TRY(int_from(date.year)), month = TRY(int_from(date.month)), day = TRY(int_from(date.day));
    return call(type, year.get(), month.get(), day.get());
}
// date.fromtimestamp(timestamp, /)
Fallible<Ref<>> date_fromtimestamp(Object* type, Object* timestamp) {
    time_t seconds = TRY(time_t_from_object(timestamp, Rounding::Floor));
    tm local;
    errno = 0;
    if (!localtime_r(&seconds, &local)) return raise_os_error(errno ? errno : EINVAL);
    return from_ymd(type, {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday});
}
// date.today()
Fallible<Ref<>> date_today(Object* type) {
    Ref<> module = TRY(call(TRY(builtin_attr("__import__")).get(), static_cast<Object*>("time"_name)));
    Ref<> now = TRY(call_method(module.get(), "time"_name));
    return call_method(type, "fromtimestamp"_name, now.get());
}
// date.fromordinal(ordinal)
Fallible<Ref<>> date_fromordinal(Object* type, Object* argument) {
    int ordinal = TRY(as_parsed_int(argument));
    if (ordinal < 1) return raise(exc::ValueError, "ordinal must be >= 1");
    return from_ymd(type, date_of(ordinal));
}
// date.fromisoformat(date_string)
Fallible<Ref<>> date_fromisoformat(Object* type, Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "fromisoformat: argument must be str");
    Ymd date{};
    bool form = as_str(text)->ascii && parse_iso_date(as_str(text)->ascii_view(), &date);
    if (!form) return raise_invalid_iso(text);
    TRY(check_date(date));
    return from_ymd(type, date);
}
// date.fromisocalendar(year, week, day)
Fallible<Ref<>> date_fromisocalendar(Object* type, Object* const* a) {
    int parts[3];
    for (int i = 0; i < 3; ++i) {
        auto value = as_parsed_int(a[i]);
        if (!value.ok()) {
            if (!clear_error_if(exc::OverflowError)) return raised;
            return raise(exc::ValueError, "ISO calendar component out of range");
        }
        parts[i] = value.take();
    }
    return from_ymd(type, TRY(date_of_iso_week(parts[0], parts[1], parts[2])));
}
// date.isoformat()
Fallible<Ref<>> date_isoformat(Object* self) {
    Ymd date = ymd_of(self);
    return format_str("%04d-%02d-%02d", date.year, date.month, date.day);
}
Fallible<Ref<>> date_repr(Object* self) {
    Ymd date = ymd_of(self);
    return format_str("%s(%d, %d, %d)", self->type->name, date.year, date.month, date.day);
}
Fallible<Ref<>> date_str(Object* self) {
    return call_method(self, "isoformat"_name);
}
// date.timetuple()
Fallible<Ref<>> date_timetuple(Object* self) {
    return time_tuple(ymd_of(self), {}, -1);
}
// date.isocalendar()
Fallible<Ref<>> date_isocalendar(Object* self) {
    IsoWeek week = iso_week_of(ymd_of(self));
    Ref<Int> parts[] = {TRY(int_from(week.year)), TRY(int_from(week.week)), TRY(int_from(week.weekday))};
    Ref<Tuple> tuple = steal(static_cast<Tuple*>(generic_alloc(&iso_calendar_type, 3)));
    if (!tuple) return raised;
    for (int i = 0; i < 3; ++i) tuple->items[i] = parts[i].release();
    return tuple;
}
// date.isoweekday()
Fallible<Ref<>> date_isoweekday(Object* self) {
    return int_from(weekday_of(ymd_of(self)) + 1);
}
// date.weekday()
Fallible<Ref<>> date_weekday(Object* self) {
    return int_from(weekday_of(ymd_of(self)));
}
// date.toordinal()
Fallible<Ref<>> date_toordinal(Object* self) {
    return int_from(ordinal_of(ymd_of(self)));
}
// date.replace(year=…, month=…, day=…)
Fallible<Ref<>> date_replace(Object* self, Object* const* a) {
    Ymd date = ymd_of(self);
    int* const fields[] = {&date.year, &date.month, &date.day};
    for (int i = 0; i < 3; ++i)
        if (a[i]) *fields[i] = TRY(as_parsed_int(a[i]));
    return date_new(self->type, date);
}
// date.__reduce__()
Fallible<Ref<>> date_reduce(Object* self) {
    Ref<Bytes> state = TRY(bytes_from({reinterpret_cast<const char*>(date_data(self)), 4}));
    return reduce_to_call(self, state.get());
}
Fallible<Ref<>> date_plus(Object* self, Delta* delta, int sign) {
    Ymd date = TRY(date_from_days(int64_t(ordinal_of(ymd_of(self))) + int64_t(sign) * delta->days));
    return from_ymd(self->type, date);
}
Object* date_add(Object* a, Object* b) {
    if (is_datetime(a) || is_datetime(b)) return new_reference(not_implemented());
    if (is_date(a) && is_delta(b)) return date_plus(a, as_delta(b), 1).release();
    if (is_delta(a) && is_date(b)) return date_plus(b, as_delta(a), 1).release();
    return new_reference(not_implemented());
}
Object* date_subtract(Object* a, Object* b) {
    if (is_datetime(a) || is_datetime(b) || !is_date(a)) return new_reference(not_implemented());
    if (is_date(b)) return delta_new(ordinal_of(ymd_of(a)) - ordinal_of(ymd_of(b)), 0, 0).release();
    if (is_delta(b)) return date_plus(a, as_delta(b), -1).release();
    return new_reference(not_implemented());
}
Object* date_richcompare(Object* a, Object* b, int op) {
    if (!is_date(b)) return new_reference(not_implemented());
    return compare_outcome(std::memcmp(date_data(a), date_data(b), 4), op);
}
Hash date_hash(Object* self) {
    Date* date = as_date(self);
    if (date->hash_value == -1) date->hash_value = hash_bytes(date->data, sizeof date->data);
    return date->hash_value;
}
Fallible<Ref<>> date_get_year(Object* self) {
    return int_from(ymd_of(self).year);
}
Fallible<Ref<>> date_get_month(Object* self) {
    return int_from(ymd_of(self).month);
}
Fallible<Ref<>> date_get_day(Object* self) {
    return int_from(ymd_of(self).day);
}

#define CLASS_O(name, function, doc) {name, (CFunction)wrap_o<function>, kO | kClass, doc}
MethodDef date_methods[] = {
    {"fromtimestamp", (CFunction)wrap_o<date_fromtimestamp>, kO | kClass,
     METHOD_DOC("fromtimestamp", "($type, timestamp, /)", "The local date of a POSIX timestamp.")},
    {"fromordinal", (CFunction)(void*)parsed_one<date_fromordinal, "fromordinal">, kFastcall | kClass | kBareName,
     "int -> date corresponding to a proleptic Gregorian ordinal."},
    CLASS_O("fromisoformat", date_fromisoformat, "str -> Construct a date from a string in ISO 8601 format."),
    METHOD_CLASS("fromisocalendar", date_fromisocalendar, "($type, /, year, week, day)", "The date of an ISO year, week and weekday."),
    {"today", (CFunction)wrap_no_args<date_today>, kNoArgs | kClass, "Current date or datetime:  same as self.__class__.fromtimestamp(time.time())."},
    METHOD_NOARGS_UNSIGNED("ctime", stamp_ctime, "Return ctime() style string."),
    METHOD_COUNTED("strftime", stamp_strftime, "($self, /, format)", "format -> strftime() style string."),
    METHOD_PARSED_ONE("__format__", stamp_format, "Formats self with strftime."),
    METHOD_NOARGS_UNSIGNED("timetuple", date_timetuple, "Return time tuple, compatible with time.localtime()."),
    METHOD_NOARGS_UNSIGNED("isocalendar", date_isocalendar, "Return a named tuple containing ISO year, week number, and weekday."),
    METHOD_NOARGS_UNSIGNED("isoformat", date_isoformat, "Return string in ISO 8601 format, YYYY-MM-DD."),
    METHOD_NOARGS_UNSIGNED("isoweekday", date_isoweekday, "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7"),
    METHOD_NOARGS_UNSIGNED("toordinal", date_toordinal, "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1."),
    METHOD_NOARGS_UNSIGNED("weekday", date_weekday, "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6"),
    METHOD("replace", date_replace, "($self, /, year=0, month=0, day=0)", "Return date with new specified fields."),
    METHOD_NOARGS_UNSIGNED("__reduce__", date_reduce, "__reduce__() -> (cls, state)"),
    END_ROW,
};
GetSetDef date_getset[] = {
    GETTER("year", date_get_year, nullptr),
    GETTER("month", date_get_month, nullptr),
    GETTER("day", date_get_day, nullptr),
    END_ROW,
};
NumberMethods date_number = {.add = date_add, .subtract = date_subtract};

// IsoCalendarDate
template <int Index>
Fallible<Ref<>> iso_get(Object* self) {
    return share(as_tuple(self)->items[Index]);
}
Fallible<Ref<>> iso_repr(Object* self) {
    Object** items = as_tuple(self)->items;
    return format_str("%.200s(year=%S, week=%S, weekday=%S)", self->type->name, items[0], items[1], items[2]);
}
// IsoCalendarDate.__reduce__(): a plain tuple
Fallible<Ref<>> iso_reduce(Object* self) {
    Ref<Tuple> plain = TRY(tuple_from_array(as_tuple(self)->items, 3));
    Ref<Tuple> arguments = TRY(tuple_pack(plain.get()));
    return tuple_pack(static_cast<Object*>(&tuple_type), arguments.get());
}
MethodDef iso_methods[] = {METHOD_NOARGS_UNSIGNED("__reduce__", iso_reduce, "__reduce__() -> (tuple, (year, week, weekday))"), END_ROW};
GetSetDef iso_getset[] = {
    GETTER("year", iso_get<0>, nullptr),
    GETTER("week", iso_get<1>, nullptr),
    GETTER("weekday", iso_get<2>, nullptr),
    END_ROW,
};
Fallible<Ref<>> iso_construct(Type* type, Object* const* a) {
    Ref<Tuple> tuple = steal(static_cast<Tuple*>(type->alloc(type, 3)));
    if (!tuple) return raised;
    for (int i = 0; i < 3; ++i) tuple->items[i] = TRY(int_from(TRY(as_parsed_int(a[i])))).release();
    return tuple;
}

}  // namespace

constinit Type date_type = static_type({
    .name = "datetime.date",
    .basic_size = sizeof(Date),
    .flags = type_flag::kBase,
    .doc = "date(year, month, day) --> date object",
    .dealloc = date_dealloc,
    .repr = slot1<date_repr>,
    .str = slot1<date_str>,
    .hash = date_hash,
    .richcompare = date_richcompare,
    .number = &date_number,
    .methods = date_methods,
    .getset = date_getset,
    .new_ = date_make,
});
constinit Type iso_calendar_type = static_type({
    .name = "datetime.IsoCalendarDate",
    .basic_size = offsetof(Tuple, items),
    .item_size = sizeof(Object*),
    .base = &tuple_type,
    .doc = "ISO year, week and weekday: a tuple with names.",
    .repr = slot1<iso_repr>,
    .methods = iso_methods,
    .getset = iso_getset,
    .new_ = Bound<iso_construct, "IsoCalendarDate", "(year, week, weekday)">::new_,
});

Fallible<Ref<>> date_new(Type* type, Ymd date) {
    TRY(check_date(date));
    Ref<Date> self = TRY(instance_new<Date>(type));
    self->hash_value = -1;
    self->data[0] = static_cast<unsigned char>(date.year >> 8);
    self->data[1] = static_cast<unsigned char>(date.year);
    self->data[2] = static_cast<unsigned char>(date.month);
    self->data[3] = static_cast<unsigned char>(date.day);
    return self;
}

}  // namespace py::datetime
