// _datetime.time, and what times and datetimes share: tzinfo and fold, comparison through offsets.
#include <algorithm>
#include <cstring>

#include "interp/modules/datetime.h"
#include "interp/objects/parsed_methods.h"

namespace py::datetime {

namespace {

void store_time(unsigned char* data, Hms t) {
    data[0] = static_cast<unsigned char>(t.hour);
    data[1] = static_cast<unsigned char>(t.minute);
    data[2] = static_cast<unsigned char>(t.second);
    data[3] = static_cast<unsigned char>(t.microsecond >> 16);
    data[4] = static_cast<unsigned char>(t.microsecond >> 8);
    data[5] = static_cast<unsigned char>(t.microsecond);
}
// time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)
Fallible<Ref<>> time_construct(Type* type, Object* const* a) {
    Hms time{TRY(argument_or(a[0], 0)), TRY(argument_or(a[1], 0)), TRY(argument_or(a[2], 0)), TRY(argument_or(a[3], 0))};
    int fold = TRY(argument_or(a[5], 0));
    return time_new(type, time, a[4] ? a[4] : none(), fold);
}
// A time from the state in a pickle; the first bit is the fold.
Fallible<Ref<>> time_from_state(Type* type, Bytes* state, Object* tzinfo) {
    if (tzinfo && !is_none(tzinfo) && !is_tzinfo(tzinfo)) return raise(exc::TypeError, "bad tzinfo state arg");
    auto data = reinterpret_cast<unsigned char*>(state->data);
    Hms time = hms_of_bytes(data);
    time.hour &= 0x7f;
    Ref<Time> self = TRY(instance_new<Time>(type));
    self->hash_value = -1;
    store_time(self->data, time);
    self->fold = data[0] >> 7;
    if (tzinfo && !is_none(tzinfo)) {
        self->has_tzinfo = 1;
        self->tzinfo = new_reference(tzinfo);
    }
    return self;
}
Object* time_make(Type* type, Object* args_tuple, Object* keywords) {
    Tuple* args = as_tuple(args_tuple);
    if (args->size >= 1 && args->size <= 2 && (!keywords || !as_dict(keywords)->used)) {
        Ref<Bytes> state = TRY(state_argument(args->items[0], 6, -1, 24));
        if (state) return time_from_state(type, state.get(), args->size > 1 ? args->items[1] : nullptr).release();
    }
    return Bound<time_construct, "", "(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)">::new_(type, args_tuple, keywords);
}
void time_dealloc(Object* self) {
    if (as_time(self)->has_tzinfo) decref(as_time(self)->tzinfo);
    object_memory_free(self);
}
// time.isoformat(timespec='auto')
Fallible<Ref<>> time_isoformat(Object* self, Object* const* a) {
    if (a[0] && !is_str(a[0])) return raise(exc::TypeError, "isoformat() argument 1 must be str, not %N", a[0]);
    char text[32];
    write_time(text, hms_of(self), TRY(time_spec(a[0])));
    Ref<Str> offset = TRY(utcoffset_text(tzinfo_of(self), ":", none()));
    return format_str("%s%U", text, offset.get());
}
Fallible<Ref<>> time_str(Object* self) {
    return call_method(self, "isoformat"_name);
}
Fallible<Ref<>> time_repr(Object* self) {
    Hms t = hms_of(self);
    StrBuilder out;
    Ref<Str> head = t.microsecond ? TRY(format_str("%s(%d, %d, %d, %d", self->type->name, t.hour, t.minute, t.second, t.microsecond))
                    : t.second    ? TRY(format_str("%s(%d, %d, %d", self->type->name, t.hour, t.minute, t.second))
                                  : TRY(format_str("%s(%d, %d", self->type->name, t.hour, t.minute));
    TRY(out.append(head.get()));
    if (as_time(self)->has_tzinfo) TRY(out.append(TRY(format_str(", tzinfo=%R", as_time(self)->tzinfo)).get()));
    if (as_time(self)->fold) TRY(out.append_ascii(", fold=1"));
    TRY(out.append_char(')'));
    return out.finish();
}
// time.utcoffset()
Fallible<Ref<>> time_utcoffset(Object* self) {
    return call_offset_method(tzinfo_of(self), "utcoffset"_name, none());
}
// time.dst()
Fallible<Ref<>> time_dst(Object* self) {
    return call_offset_method(tzinfo_of(self), "dst"_name, none());
}
// time.tzname()
Fallible<Ref<>> time_tzname(Object* self) {
    return call_tzname(tzinfo_of(self), none());
}
// time.replace(hour=…, minute=…, second=…, microsecond=…, tzinfo=…, *, fold=…)
Fallible<Ref<>> time_replace(Object* self, Object* const* a) {
    Hms t = hms_of(self);
    int* const fields[] = {&t.hour, &t.minute, &t.second, &t.microsecond};
    for (int i = 0; i < 4; ++i)
        if (a[i]) *fields[i] = TRY(as_parsed_int(a[i]));
    Object* tzinfo = a[4] ? a[4] : tzinfo_of(self);
    int fold = TRY(argument_or(a[5], fold_of(self)));
    return time_new(self->type, t, tzinfo, fold);
}
// time.fromisoformat(string)
Fallible<Ref<>> time_fromisoformat(Object* type, Object* text) {
    if (!is_str(text)) return raise(exc::TypeError, "fromisoformat: argument must be str");
    IsoTime found;
    std::string_view view = as_str(text)->ascii ? as_str(text)->ascii_view() : std::string_view();
    if (!view.empty() && view[0] == 'T') view.remove_prefix(1);
    if (view.empty() || !parse_iso_time(view, &found)) return raise_invalid_iso(text);
    Ref<> tzinfo = TRY(tzinfo_of(found));
    if (type == &time_type) return time_new(&time_type, found.time, tzinfo.get(), 0);
    const int fields[] = {found.time.hour, found.time.minute, found.time.second, found.time.microsecond};
    Ref<> parts[4];
    for (int i = 0; i < 4; ++i) parts[i] = TRY(int_from(fields[i]));
    return call(type, parts[0].get(), parts[1].get(), parts[2].get(), parts[3].get(), tzinfo.get());
}
Fallible<Ref<>> time_state(Object* self, int protocol) {
    unsigned char data[6];
    std::copy_n(as_time(self)->data, 6, data);
    if (protocol > 3 && as_time(self)->fold) data[0] |= 0x80;
    Ref<Bytes> state = TRY(bytes_from({reinterpret_cast<char*>(data), 6}));
    if (as_time(self)->has_tzinfo) return reduce_to_call(self, static_cast<Object*>(state.get()), as_time(self)->tzinfo);
    return reduce_to_call(self, state.get());
}
// time.__reduce_ex__(protocol)
Fallible<Ref<>> time_reduce_ex(Object* self, Object* protocol) {
    return time_state(self, TRY(as_parsed_int(protocol)));
}
// time.__reduce__()
Fallible<Ref<>> time_reduce(Object* self) {
    return time_state(self, 2);
}
int time_seconds(Hms t) {
    return (t.hour * 60 + t.minute) * 60 + t.second;
}
Fallible<Ref<>> compare_times(Object* a, Object* b, int op) {
    auto same = [&] { return std::memcmp(as_time(a)->data, as_time(b)->data, 6); };
    if (tzinfo_of(a) == tzinfo_of(b)) return steal(compare_outcome(same(), op));
    Ref<> offset_a = TRY(time_utcoffset(a)), offset_b = TRY(time_utcoffset(b));
    bool aware_a = !is_none(offset_a.get()), aware_b = !is_none(offset_b.get());
    if (aware_a != aware_b) {
        if (op == kEqual || op == kNotEqual) return steal(compare_result(op == kNotEqual));
        return raise(exc::TypeError, "can't compare offset-naive and offset-aware times");
    }
    if (!aware_a || compare_deltas(as_delta(offset_a.get()), as_delta(offset_b.get())) == 0) return steal(compare_outcome(same(), op));
    Hms x = hms_of(a), y = hms_of(b);
    Delta *da = as_delta(offset_a.get()), *db = as_delta(offset_b.get());
    int64_t left = (int64_t(time_seconds(x)) - da->days * 86400 - da->seconds) * 1000000 + x.microsecond - da->microseconds;
    int64_t right = (int64_t(time_seconds(y)) - db->days * 86400 - db->seconds) * 1000000 + y.microsecond - db->microseconds;
    return steal(compare_outcome(left == right ? 0 : left < right ? -1 : 1, op));
}
Object* time_richcompare(Object* a, Object* b, int op) {
    if (!is_time(b)) return new_reference(not_implemented());
    return compare_times(a, b, op).release();
}
Fallible<Hash> computed_hash(Object* self) {
    Ref<> offset;
    if (fold_of(self)) {
        // The hash does not depend on the fold: the offset is asked for without it.
        Ref<> plain = TRY(time_new(&time_type, hms_of(self), tzinfo_of(self), 0));
        offset = TRY(time_utcoffset(plain.get()));
    } else {
        offset = TRY(time_utcoffset(self));
    }
    if (is_none(offset.get())) return hash_bytes(as_time(self)->data, 6);
    Hms t = hms_of(self);
    Ref<> moment = TRY(delta_new(0, time_seconds(t), t.microsecond));
    Ref<> in_utc = TRY(delta_subtract(moment.get(), offset.get()));
    return hash(in_utc.get());
}
Hash time_hash(Object* self) {
    if (as_time(self)->hash_value == -1) {
        auto value = computed_hash(self);
        if (!value.ok()) return -1;
        as_time(self)->hash_value = value.take();
    }
    return as_time(self)->hash_value;
}
template <auto Member>
Fallible<Ref<>> time_get(Object* self) {
    return int_from(hms_of(self).*Member);
}
Fallible<Ref<>> time_get_tzinfo(Object* self) {
    return share(tzinfo_of(self));
}
Fallible<Ref<>> time_get_fold(Object* self) {
    return int_from(fold_of(self));
}

MethodDef time_methods[] = {
    METHOD_COUNTED("isoformat", time_isoformat, "($self, /, timespec=\'auto\')", "The time in ISO 8601 format."),
    METHOD_COUNTED("strftime", stamp_strftime, "($self, /, format)", "format -> strftime() style string."),
    METHOD_PARSED_ONE("__format__", stamp_format, "Formats self with strftime."),
    METHOD_NOARGS_UNSIGNED("utcoffset", time_utcoffset, "Return self.tzinfo.utcoffset(self)."),
    METHOD_NOARGS_UNSIGNED("tzname", time_tzname, "Return self.tzinfo.tzname(self)."),
    METHOD_NOARGS_UNSIGNED("dst", time_dst, "Return self.tzinfo.dst(self)."),
    METHOD("replace", time_replace, "($self, /, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)",
           "Return time with new specified fields."),
    {"fromisoformat", (CFunction)wrap_o<time_fromisoformat>, kO | kClass, "string -> time from a string in ISO 8601 format"},
    METHOD_PARSED_ONE("__reduce_ex__", time_reduce_ex, "__reduce_ex__(proto) -> (cls, state)"),
    METHOD_NOARGS_UNSIGNED("__reduce__", time_reduce, "__reduce__() -> (cls, state)"),
    END_ROW,
};
GetSetDef time_getset[] = {
    GETTER("hour", time_get<&Hms::hour>, nullptr),
    GETTER("minute", time_get<&Hms::minute>, nullptr),
    GETTER("second", time_get<&Hms::second>, nullptr),
    GETTER("microsecond", time_get<&Hms::microsecond>, nullptr),
    GETTER("tzinfo", time_get_tzinfo, nullptr),
    GETTER("fold", time_get_fold, nullptr),
    END_ROW,
};

}  // namespace

constinit Type time_type = static_type({
    .name = "datetime.time",
    .basic_size = sizeof(Time),
    .flags = type_flag::kBase,
    .doc = "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional.",
    .dealloc = time_dealloc,
    .repr = slot1<time_repr>,
    .str = slot1<time_str>,
    .hash = time_hash,
    .richcompare = time_richcompare,
    .methods = time_methods,
    .getset = time_getset,
    .new_ = time_make,
});

Fallible<Ref<>> time_new(Type* type, Hms time, Object* tzinfo, int fold) {
    TRY(check_time(time, fold));
    TRY(check_tzinfo(tzinfo));
    Ref<Time> self = TRY(instance_new<Time>(type));
    self->hash_value = -1;
    store_time(self->data, time);
    self->fold = static_cast<unsigned char>(fold);
    if (!is_none(tzinfo)) {
        self->has_tzinfo = 1;
        self->tzinfo = new_reference(tzinfo);
    }
    return self;
}
Object* tzinfo_of(Object* object) {
    if (!static_cast<Stamp*>(object)->has_tzinfo) return none();
    return is_time(object) ? as_time(object)->tzinfo : is_datetime(object) ? as_datetime(object)->tzinfo : none();
}
int fold_of(Object* object) {
    return is_time(object) ? as_time(object)->fold : as_datetime(object)->fold;
}

}  // namespace py::datetime
