// int: the type, its small shared values, construction from C values and from Python arguments.
#include "interp/objects/int.h"

#include <cmath>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int_digits.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"

namespace py {

namespace {

constexpr Int shared_int(int value) {
    Int result{};
    result.refcount = kImmortalRefcount;
    result.type = &int_type;
    result.size = value < 0 ? -1 : value > 0;
    result.digits[0] = Digit(value < 0 ? -value : value);
    return result;
}

constexpr SmallInts all_small_ints() {
    SmallInts all{};
    for (int value = kSmallIntMin; value <= kSmallIntMax; ++value) all.values[value - kSmallIntMin] = shared_int(value);
    return all;
}

}  // namespace

constinit SmallInts small_ints = all_small_ints();

Fallible<Ref<Int>> int_alloc(ssize_t count) {
    if (count > kMaxIntDigits) return raise(exc::OverflowError, "too many digits in integer");
    Object* made = object_new(&int_type, offsetof(Int, digits) + sizeof(Digit) * size_t(count ? count : 1));
    if (!made) return raised;
    static_cast<Int*>(made)->size = count;
    static_cast<Int*>(made)->digits[0] = 0;
    return steal(static_cast<Int*>(made));
}

Ref<Int> int_trim(Ref<Int> fresh) {
    ssize_t count = digit_count(fresh.get());
    while (count && fresh->digits[count - 1] == 0) --count;
    fresh->size = fresh->size < 0 ? -count : count;
    if (count <= 1) {
        int64_t value = count ? fresh->size * int64_t(fresh->digits[0]) : 0;
        if (is_small_value(value)) return small_int(value);
    }
    return fresh;
}

Ref<Int> int_trim_signed(Ref<Int> fresh, bool negative) {
    if (negative) fresh->size = -fresh->size;
    return int_trim(std::move(fresh));
}

Fallible<Ref<Int>> int_from_unsigned(uint64_t value) {
    if (value <= uint64_t(kSmallIntMax)) return small_int(int64_t(value));
    int count = value <= kDigitMask ? 1 : value >> (2 * kDigitBits) ? 3 : 2;
    Ref<Int> result = TRY(int_alloc(count));
    for (int i = 0; i < count; ++i, value >>= kDigitBits) result->digits[i] = Digit(value & kDigitMask);
    return result;
}

Fallible<Ref<Int>> int_from(int64_t value) {
    if (is_small_value(value)) return small_int(value);
    uint64_t magnitude = value < 0 ? -uint64_t(value) : uint64_t(value);
    int count = magnitude <= kDigitMask ? 1 : magnitude >> (2 * kDigitBits) ? 3 : 2;
    Object* made = object_new(&int_type, count == 1 ? sizeof(Int) : offsetof(Int, digits) + size_t(count) * sizeof(Digit));
    if (!made) return raised;
    auto* result = static_cast<Int*>(made);
    result->size = value < 0 ? -count : count;
    result->digits[0] = Digit(magnitude & kDigitMask);
    if (count > 1) result->digits[1] = Digit(magnitude >> kDigitBits) & kDigitMask;
    if (count > 2) result->digits[2] = Digit(magnitude >> (2 * kDigitBits));
    return steal(result);
}

Fallible<Ref<>> int_from_double(double value) {
    if (std::isinf(value)) return raise(exc::OverflowError, "cannot convert float infinity to integer");
    if (std::isnan(value)) return raise(exc::ValueError, "cannot convert float NaN to integer");
    if (value > -0x1p62 && value < 0x1p62) return TRY(int_from(int64_t(value)));
    int exponent;
    double fraction = std::frexp(std::fabs(value), &exponent);
    ssize_t count = (exponent - 1) / kDigitBits + 1;
    Ref<Int> result = TRY(int_alloc(count));
    fraction = std::ldexp(fraction, (exponent - 1) % kDigitBits + 1);
    for (ssize_t i = count; i-- > 0;) {
        auto digit = Digit(fraction);
        result->digits[i] = digit;
        fraction = std::ldexp(fraction - digit, kDigitBits);
    }
    return int_trim_signed(std::move(result), value < 0);
}

Fallible<Ref<Int>> int_copy(const Int* value) {
    ssize_t count = digit_count(value);
    if (value->is_compact()) return int_from(value->compact_value());
    Ref<Int> result = TRY(int_alloc(count));
    for (ssize_t i = 0; i < count; ++i) result->digits[i] = value->digits[i];
    result->size = value->size;
    return result;
}

Hash int_hash(const Int* value) {
    if (value->is_compact()) {
        ssize_t small = value->compact_value();
        return small == -1 ? -2 : small;
    }
    // Modulo 2^61 - 1: multiplying by 2^30 rotates 61 bits.
    constexpr uint64_t kModulus = (uint64_t(1) << 61) - 1;
    uint64_t x = 0;
    for (ssize_t i = digit_count(value); i-- > 0;) {
        x = ((x << kDigitBits) & kModulus) | (x >> (61 - kDigitBits));
        x += value->digits[i];
        if (x >= kModulus) x -= kModulus;
    }
    Hash result = value->size < 0 ? -Hash(x) : Hash(x);
    return result == -1 ? -2 : result;
}

// Construction from Python.

namespace {

// int(x) and int(x, base); both may be null.
Fallible<Ref<>> int_from_arguments(Object* x, Object* base) {
    if (!x) {
        if (base) return raise(exc::TypeError, "int() missing string argument");
        return small_int(0);
    }
    if (!base) return number_int(x);
    ssize_t number = TRY(index_as_ssize(base, nullptr));
    if ((number != 0 && number < 2) || number > 36)
        return raise(exc::ValueError, "int() base must be >= 2 and <= 36, or 0");
    if (is_str(x)) return TRY(int_from_str(as_str(x), int(number)));
    if (is_bytes(x)) return TRY(int_from_bytes_text(as_bytes(x)->view(), x, int(number)));
    if (is_bytearray(x)) return TRY(int_from_bytes_text(static_cast<ByteArray*>(x)->view(), x, int(number)));
    return raise(exc::TypeError, "int() can't convert non-string with explicit base");
}

Fallible<Ref<>> int_subclass_instance(Type* type, Ref<> made) {
    Int* value = as_int(made.get());
    ssize_t count = digit_count(value);
    Ref<Int> result = TRY(Fallible<Ref<Int>>::from_slot(static_cast<Int*>(type->alloc(type, count ? count : 1))));
    result->size = value->size;
    for (ssize_t i = 0; i < count; ++i) result->digits[i] = value->digits[i];
    return result;
}

// int([x]) / int(x, base=10)
Fallible<Ref<>> int_new(Type* type, Object* const* bound) {
    Ref<> value = TRY(int_from_arguments(bound[0], bound[1]));
    if (type == &int_type) return value;
    return int_subclass_instance(type, std::move(value));
}

Object* int_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    if (kwnames) return make_call(type, args, nargs, kwnames).release();
    if (nargs > 2) return raise(exc::TypeError, "int() takes at most 2 arguments (%zd given)", nargs);
    if (nargs == 1 && !is_int_exact(args[0]) && !is_str_exact(args[0])) {
        RecursionGuard guard(kWhileCalling);  // __int__ may be Python's: such a call counts
        return guard.ok() ? int_from_arguments(args[0], nullptr).release() : nullptr;
    }
    return int_from_arguments(nargs > 0 ? args[0] : nullptr, nargs > 1 ? args[1] : nullptr).release();
}

void int_dealloc(Object* object) {
    if (object->type == &int_type)
        object_free(object);
    else
        object->type->free(object);
}

Object* int_richcompare(Object* a, Object* b, int op) {
    if (!is_int(a) || !is_int(b)) return new_reference(not_implemented());
    return compare_outcome(int_compare(as_int(a), as_int(b)), op);
}

Hash int_hash_slot(Object* object) { return int_hash(as_int(object)); }

Fallible<Ref<>> int_repr(Object* object) { return TRY(int_to_str(as_int(object), 10)); }

}  // namespace

constinit Type int_type = static_type({
    .name = "int",
    .basic_size = offsetof(Int, digits),
    .item_size = sizeof(Digit),
    .flags = type_flag::kBase | type_flag::kIntSubclass | type_flag::kMatchSelf,
    .doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\nA number or text as an integer, 0 without arguments; a\n"
           "float is cut off towards zero. With a base (2 to 36, or 0 for the prefix of an integer literal) x is text:\n"
           "str, bytes or bytearray, with an optional sign and blanks around it.\n>>> int('0x2a', base=0)\n42",
    .dealloc = int_dealloc,
    .repr = slot1<int_repr>,
    .hash = int_hash_slot,
    .richcompare = int_richcompare,
    .vectorcall = int_vectorcall,
    .getattro = generic_getattro_slot,
    .number = &int_number_methods,
    .methods = int_methods,
    .getset = int_getset,
    .new_ = Bound<int_new, "int", "(x=0, /, base=10)">::new_,
});

}  // namespace py
