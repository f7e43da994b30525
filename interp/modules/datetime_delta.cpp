// _datetime.timedelta.
#include <cmath>

#include "interp/modules/datetime.h"
#include "interp/objects/float.h"

namespace py::datetime {

namespace {

using Wide = __int128;  // microseconds of any timedelta, and products with what fits 62 bits
constexpr Wide kMicrosecondsPerDay = Wide(86400) * 1000000;

Wide microseconds_of(const Delta* delta) {
    return delta->days * kMicrosecondsPerDay + Wide(delta->seconds) * 1000000 + delta->microseconds;
}
Raised raise_too_large() {
    return raise(exc::OverflowError, "Python int too large to convert to C int");
}
Fallible<Ref<>> delta_make(Type* type, int64_t days, int seconds, int microseconds) {
    if (days < INT32_MIN || days > INT32_MAX) return raise_too_large();
    if (days < -kMaxDeltaDays || days > kMaxDeltaDays)
        return raise(exc::OverflowError, "days=%d; must have magnitude <= %d", int(days), kMaxDeltaDays);
    Ref<Delta> self = TRY(instance_new<Delta>(type));
    self->hash_value = -1;
    self->days = int(days);
    self->seconds = seconds;
    self->microseconds = microseconds;
    return self;
}
Fallible<Ref<>> delta_from_microseconds(Type* type, Wide total) {
    Wide days = total / kMicrosecondsPerDay;
    Wide rest = total % kMicrosecondsPerDay;
    if (rest < 0) {
        rest += kMicrosecondsPerDay;
        --days;
    }
    if (days < INT32_MIN || days > INT32_MAX) return raise_too_large();
    auto within = int64_t(rest);
    return delta_make(type, int64_t(days), int(within / 1000000), int(within % 1000000));
}
Fallible<Ref<Int>> int_from_wide(Wide value) {
    return int_from_bytes(reinterpret_cast<const uint8_t*>(&value), sizeof value, true, true);
}
Fallible<Wide> wide_from_int(Int* value) {
    if (int_bit_length(value) > 120) return raise_too_large();
    Wide result;
    TRY(int_to_bytes(value, reinterpret_cast<uint8_t*>(&result), sizeof result, true, true));
    return result;
}

// total + value × factor; far beyond all time deltas it stays there, so that later arguments are still looked at.
Wide plus(Wide total, Int* value, int64_t factor) {
    constexpr Wide kFar = Wide(1) << 120;
    if (total >= kFar || total <= -kFar) return total;
    if (int_bit_length(value) > 80) return int_sign(value) < 0 ? -kFar : kFar;
    Wide count;
    MUST(int_to_bytes(value, reinterpret_cast<uint8_t*>(&count), sizeof count, true, true));
    return total + count * factor;
}

// One argument of the constructor, `factor` microseconds each. Parts of a microsecond are collected in *leftover.
Fallible<void> accumulate(const char* name, Object* value, int64_t factor, Wide* total, double* leftover) {
    if (!value) return {};
    if (is_int(value)) {
        *total = plus(*total, as_int(value), factor);
        return {};
    }
    if (!is_float(value)) return raise(exc::TypeError, "unsupported type for timedelta %s component: %s", name, value->type->name);
    double whole, fraction = std::modf(float_value(value), &whole);
    Ref<> integer = TRY(int_from_double(whole));
    *total = plus(*total, as_int(integer.get()), factor);
    if (fraction == 0.0) return {};
    fraction = std::modf(fraction * double(factor), &whole);
    *total += Wide(whole);
    *leftover += fraction;
    return {};
}
// timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)
Fallible<Ref<>> delta_construct(Type* type, Object* const* a) {
    constexpr int64_t kSecond = 1000000;
    Wide total = 0;
    double leftover = 0;
    TRY(accumulate("microseconds", a[2], 1, &total, &leftover));
    TRY(accumulate("milliseconds", a[3], 1000, &total, &leftover));
    TRY(accumulate("seconds", a[1], kSecond, &total, &leftover));
    TRY(accumulate("minutes", a[4], 60 * kSecond, &total, &leftover));
    TRY(accumulate("hours", a[5], 3600 * kSecond, &total, &leftover));
    TRY(accumulate("days", a[0], 86400 * kSecond, &total, &leftover));
    TRY(accumulate("weeks", a[6], 7 * 86400 * kSecond, &total, &leftover));
    if (leftover != 0.0) {
        double whole = std::round(leftover);
        if (std::fabs(whole - leftover) == 0.5) {
            // Halfway: the sum is to become even, not the fraction.
            int odd = int(total & 1);
            whole = 2.0 * std::round((leftover + odd) * 0.5) - odd;
        }
        total += Wide(whole);
    }
    return delta_from_microseconds(type, total);
}

Fallible<Ref<>> sum(Object* a, Object* b, int sign) {
    Delta *left = as_delta(a), *right = as_delta(b);
    return delta_new(int64_t(left->days) + sign * int64_t(right->days), int64_t(left->seconds) + sign * right->seconds,
                     int64_t(left->microseconds) + sign * right->microseconds);
}
// Quotient rounded to the nearest, halves to even. For any ints.
Fallible<Ref<Int>> divide_nearest(Int* a, Int* b) {
    Ref<Int> quotient = TRY(int_floor_divide(a, b)), remainder = TRY(int_remainder(a, b));
    // The remainder has the divisor's sign: compare twice its magnitude with the divisor's.
    Ref<Int> twice = TRY(int_shift_left(remainder.get(), 1));
    int order = int_compare(twice.get(), b);
    if (int_sign(b) < 0) order = -order;
    bool odd = as_uint64_masked(quotient.get()) & 1;
    if (order < 0 || (order == 0 && !odd)) return quotient;
    Ref<Int> one = TRY(int_from(1));
    return int_add(quotient.get(), one.get());
}
Fallible<Ref<>> delta_from_int(Int* microseconds) {
    return delta_from_microseconds(&delta_type, TRY(wide_from_int(microseconds)));
}
// delta × a / b for the ratio that a float is; `invert` divides by it.
Fallible<Ref<>> scale_by_float(Delta* delta, Object* number, bool invert) {
    Ref<Int> total = TRY(int_from_wide(microseconds_of(delta)));
    Ref<> ratio = TRY(call_method(number, "as_integer_ratio"_name));
    if (is_tuple(ratio.get()) && as_tuple(ratio.get())->size != 2)
        return raise(exc::ValueError, "as_integer_ratio() must return a 2-tuple");
    if (!is_tuple(ratio.get()) || !is_int(as_tuple(ratio.get())->items[0]) || !is_int(as_tuple(ratio.get())->items[1]))
        return raise(exc::TypeError, "unexpected return type from as_integer_ratio(): expected tuple, got '%T'", ratio.get());
    Int* above = as_int(as_tuple(ratio.get())->items[invert]);
    Int* below = as_int(as_tuple(ratio.get())->items[!invert]);
    Ref<Int> product = TRY(int_multiply(total.get(), above));
    Ref<Int> result = TRY(divide_nearest(product.get(), below));
    return delta_from_int(result.get());
}
Fallible<Ref<>> scale_by_int(Delta* delta, Object* number) {
    if (int_bit_length(as_int(number)) > 40) {
        Ref<Int> total = TRY(int_from_wide(microseconds_of(delta)));
        Ref<Int> product = TRY(int_multiply(total.get(), as_int(number)));
        return delta_from_int(product.get());
    }
    return delta_from_microseconds(&delta_type, microseconds_of(delta) * TRY(as_int64(number)));
}

Object* not_here() {
    return new_reference(not_implemented());
}
Object* delta_add_slot(Object* a, Object* b) {
    return is_delta(a) && is_delta(b) ? sum(a, b, 1).release() : not_here();
}
Object* delta_subtract_slot(Object* a, Object* b) {
    return is_delta(a) && is_delta(b) ? sum(a, b, -1).release() : not_here();
}
Object* delta_multiply(Object* a, Object* b) {
    if (!is_delta(a)) std::swap(a, b);
    if (is_int(b)) return scale_by_int(as_delta(a), b).release();
    if (is_float(b)) return scale_by_float(as_delta(a), b, false).release();
    return not_here();
}
Fallible<Ref<>> delta_over_delta(Object* a, Object* b, BinaryOp op) {
    Ref<Int> left = TRY(int_from_wide(microseconds_of(as_delta(a)))), right = TRY(int_from_wide(microseconds_of(as_delta(b))));
    return binary_op(op, left.get(), right.get());
}
Fallible<Ref<>> delta_over_int(Object* a, Object* b, bool floor) {
    Ref<Int> left = TRY(int_from_wide(microseconds_of(as_delta(a))));
    Ref<Int> result = floor ? TRY(int_floor_divide(left.get(), as_int(b))) : TRY(divide_nearest(left.get(), as_int(b)));
    return delta_from_int(result.get());
}
Object* delta_true_divide(Object* a, Object* b) {
    if (!is_delta(a)) return not_here();
    if (is_delta(b)) return delta_over_delta(a, b, BinaryOp::TrueDivide).release();
    if (is_float(b)) return scale_by_float(as_delta(a), b, true).release();
    if (is_int(b)) return delta_over_int(a, b, false).release();
    return not_here();
}
Object* delta_floor_divide(Object* a, Object* b) {
    if (!is_delta(a)) return not_here();
    if (is_delta(b)) return delta_over_delta(a, b, BinaryOp::FloorDivide).release();
    if (is_int(b)) return delta_over_int(a, b, true).release();
    return not_here();
}
Object* delta_remainder(Object* a, Object* b) {
    if (!is_delta(a) || !is_delta(b)) return not_here();
    Ref<> rest = TRY(delta_over_delta(a, b, BinaryOp::Remainder));
    return delta_from_int(as_int(rest.get())).release();
}
Fallible<Ref<>> delta_divmod_of(Object* a, Object* b) {
    Ref<> quotient = TRY(delta_over_delta(a, b, BinaryOp::FloorDivide)), rest = TRY(delta_over_delta(a, b, BinaryOp::Remainder));
    Ref<> remainder = TRY(delta_from_int(as_int(rest.get())));
    return tuple_pack(quotient.get(), remainder.get());
}
Object* delta_divmod(Object* a, Object* b) {
    return is_delta(a) && is_delta(b) ? delta_divmod_of(a, b).release() : not_here();
}
Fallible<Ref<>> delta_negative(Object* self) {
    return delta_new(-int64_t(as_delta(self)->days), -int64_t(as_delta(self)->seconds), -int64_t(as_delta(self)->microseconds));
}
Fallible<Ref<>> delta_positive(Object* self) {
    return delta_new(as_delta(self)->days, as_delta(self)->seconds, as_delta(self)->microseconds);
}
Fallible<Ref<>> delta_absolute(Object* self) {
    return as_delta(self)->days < 0 ? delta_negative(self) : delta_positive(self);
}
int delta_bool(Object* self) {
    return as_delta(self)->days || as_delta(self)->seconds || as_delta(self)->microseconds;
}
Object* delta_richcompare(Object* a, Object* b, int op) {
    if (!is_delta(b)) return not_here();
    return compare_outcome(compare_deltas(as_delta(a), as_delta(b)), op);
}
Fallible<Ref<Tuple>> delta_state(Object* self) {
    Ref<Int> days = TRY(int_from(as_delta(self)->days)), seconds = TRY(int_from(as_delta(self)->seconds)),
             microseconds = TRY(int_from(as_delta(self)->microseconds));
    return tuple_pack(days.get(), seconds.get(), microseconds.get());
}
Hash delta_hash(Object* self) {
    if (as_delta(self)->hash_value == -1) {
        auto state = delta_state(self);
        if (!state.ok()) return -1;
        auto value = hash(state.take().get());
        if (!value.ok()) return -1;
        as_delta(self)->hash_value = value.take();
    }
    return as_delta(self)->hash_value;
}
Fallible<Ref<>> delta_repr(Object* object) {
    Delta* self = as_delta(object);
    char text[96];
    int used = 0;
    const struct {
        const char* name;
        int value;
    } parts[] = {{"days", self->days}, {"seconds", self->seconds}, {"microseconds", self->microseconds}};
    for (auto& part : parts)
        if (part.value) used += std::snprintf(text + used, sizeof text - size_t(used), "%s%s=%d", used ? ", " : "", part.name, part.value);
    if (!used) std::snprintf(text, sizeof text, "0");
    return format_str("%s(%s)", object->type->name, text);
}
Fallible<Ref<>> delta_str(Object* object) {
    Delta* self = as_delta(object);
    char text[64];
    int used = 0;
    if (self->days) used = std::snprintf(text, sizeof text, "%d day%s, ", self->days, self->days == 1 || self->days == -1 ? "" : "s");
    used += std::snprintf(text + used, sizeof text - size_t(used), "%d:%02d:%02d", self->seconds / 3600, self->seconds / 60 % 60, self->seconds % 60);
    if (self->microseconds) std::snprintf(text + used, sizeof text - size_t(used), ".%06d", self->microseconds);
    return str_from_ascii(text);
}
// timedelta.total_seconds()
Fallible<Ref<>> delta_total_seconds(Object* self) {
    Wide total = microseconds_of(as_delta(self));
    // FAST: below 2**53 the quotient of doubles is the correctly rounded one.
    if (total > -(Wide(1) << 53) && total < (Wide(1) << 53)) return float_from(double(int64_t(total)) / 1e6);
    Ref<Int> above = TRY(int_from_wide(total)), below = TRY(int_from(1000000));
    return binary_op(BinaryOp::TrueDivide, above.get(), below.get());
}
// timedelta.__reduce__()
Fallible<Ref<>> delta_reduce(Object* self) {
    Ref<Tuple> state = TRY(delta_state(self));
    return tuple_pack(static_cast<Object*>(self->type), state.get());
}
void delta_dealloc(Object* self) {
    object_memory_free(self);
}

MethodDef delta_methods[] = {
    METHOD_NOARGS_UNSIGNED("total_seconds", delta_total_seconds, "Total seconds in the duration."),
    METHOD_NOARGS_UNSIGNED("__reduce__", delta_reduce, "__reduce__() -> (cls, state)"),
    END_ROW,
};
MemberDef delta_members[] = {
    {"days", kInt, offsetof(Delta, days), kReadOnly, "Number of days."},
    {"seconds", kInt, offsetof(Delta, seconds), kReadOnly, "Number of seconds (>= 0 and less than 1 day)."},
    {"microseconds", kInt, offsetof(Delta, microseconds), kReadOnly, "Number of microseconds (>= 0 and less than 1 second)."},
    END_ROW,
};
NumberMethods delta_number = {
    .add = delta_add_slot,
    .subtract = delta_subtract_slot,
    .multiply = delta_multiply,
    .remainder = delta_remainder,
    .divmod = delta_divmod,
    .negative = slot1<delta_negative>,
    .positive = slot1<delta_positive>,
    .absolute = slot1<delta_absolute>,
    .boolean = delta_bool,
    .floor_divide = delta_floor_divide,
    .true_divide = delta_true_divide,
};

}  // namespace

constinit Type delta_type = static_type({
    .name = "datetime.timedelta",
    .basic_size = sizeof(Delta),
    .flags = type_flag::kBase,
    .doc = "A duration: timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0).",
    .dealloc = delta_dealloc,
    .repr = slot1<delta_repr>,
    .str = slot1<delta_str>,
    .hash = delta_hash,
    .richcompare = delta_richcompare,
    .number = &delta_number,
    .methods = delta_methods,
    .members = delta_members,
    .new_ = Bound<delta_construct, "__new__",
                  "(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)">::new_,
});

Fallible<Ref<>> delta_new(int64_t days, int64_t seconds, int64_t microseconds) {
    Wide total = Wide(days) * kMicrosecondsPerDay + Wide(seconds) * 1000000 + microseconds;
    return delta_from_microseconds(&delta_type, total);
}
int compare_deltas(Delta* a, Delta* b) {
    if (a->days != b->days) return a->days < b->days ? -1 : 1;
    if (a->seconds != b->seconds) return a->seconds < b->seconds ? -1 : 1;
    return a->microseconds == b->microseconds ? 0 : a->microseconds < b->microseconds ? -1 : 1;
}
Fallible<Ref<>> delta_add(Object* a, Object* b) {
    return sum(a, b, 1);
}
Fallible<Ref<>> delta_subtract(Object* a, Object* b) {
    return sum(a, b, -1);
}

}  // namespace py::datetime
