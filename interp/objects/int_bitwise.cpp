// int: & | ^ ~ on two's complement of unlimited width, and the table of number slots.
#include <algorithm>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int_digits.h"
#include "interp/objects/method_def.h"

namespace py {

namespace {

// Digit by digit two's complement of a number, sign-extended for ever.
class TwosComplement {
  public:
    explicit TwosComplement(const Int* value)
        : value_(value), count_(digit_count(value)), flip_(value->size < 0 ? kDigitMask : 0), carry_(value->size < 0) {}
    Digit next() {
        Digit digit = position_ < count_ ? value_->digits[position_] : 0;
        ++position_;
        Digit result = (digit ^ flip_) + carry_;
        carry_ = result >> kDigitBits;
        return result & kDigitMask;
    }

  private:
    const Int* value_;
    ssize_t count_, position_ = 0;
    Digit flip_, carry_;
};

template <class Operation>
Fallible<Ref<Int>> bitwise(Int* a, Int* b, Operation operation) {
    if (a->is_compact() && b->is_compact()) [[likely]]
        return int_from(operation(int64_t(a->compact_value()), int64_t(b->compact_value())));
    bool negative = operation(a->size < 0 ? -1 : 0, b->size < 0 ? -1 : 0) < 0;
    // One digit more than the longer operand: room for the carry of the final complement.
    ssize_t count = std::max(digit_count(a), digit_count(b)) + 1;
    Ref<Int> result = TRY(int_alloc(count));
    TwosComplement x(a), y(b);
    Digit flip = negative ? kDigitMask : 0, carry = negative;
    for (ssize_t i = 0; i < count; ++i) {
        Digit digit = operation(x.next(), y.next()) & kDigitMask;
        digit = (digit ^ flip) + carry;
        carry = digit >> kDigitBits;
        result->digits[i] = digit & kDigitMask;
    }
    return int_trim_signed(std::move(result), negative);
}

Fallible<Ref<Int>> bit_and(Int* a, Int* b) {
    return bitwise(a, b, [](auto x, auto y) { return x & y; });
}
Fallible<Ref<Int>> bit_or(Int* a, Int* b) {
    return bitwise(a, b, [](auto x, auto y) { return x | y; });
}
Fallible<Ref<Int>> bit_xor(Int* a, Int* b) {
    return bitwise(a, b, [](auto x, auto y) { return x ^ y; });
}

// A binary slot: NotImplemented unless both are ints.
template <auto F>
Object* binary_slot(Object* a, Object* b) {
    if (!is_int(a) || !is_int(b)) return new_reference(not_implemented());
    return F(as_int(a), as_int(b)).release();
}

Fallible<Ref<Int>> shift_left(Int* a, Int* b) {
    if (b->size < 0) return raise(exc::ValueError, "negative shift count");
    if (a->size == 0) return small_int(0);
    int overflow;
    int64_t bits = as_int64_clamped(b, &overflow);
    if (!overflow) return int_shift_left(a, bits);
    if (b->size == 3) {
        // A little beyond a word: a size that only memory refuses.
        auto count = static_cast<unsigned __int128>(b->digits[2]) << 60 | uint64_t(b->digits[1]) << 30 | b->digits[0];
        auto size = count / 30 + (count % 30 != 0) + unsigned(std::abs(a->size));
        if (size <= kMaxIntDigits) return raise_memory_error();
    }
    return raise(exc::OverflowError, "too many digits in integer");
}

Fallible<Ref<Int>> shift_right(Int* a, Int* b) {
    if (b->size < 0) return raise(exc::ValueError, "negative shift count");
    int overflow;
    return int_shift_right(a, as_int64_clamped(b, &overflow));
}

Fallible<Ref<>> divmod_pair(Int* a, Int* b) {
    Ref<Int> quotient, remainder;
    TRY(divide_floor(a, b, &quotient, &remainder));
    return TRY(tuple_pack(quotient.get(), remainder.get()));
}

// pow(a, b) and pow(a, b, c)
Object* power_slot(Object* a, Object* b, Object* modulus) {
    if (!is_int(a) || !is_int(b) || !(is_none(modulus) || is_int(modulus))) return new_reference(not_implemented());
    if (is_none(modulus) && as_int(b)->size < 0) {
        double base = TRY(int_as_double(as_int(a)));
        double exponent = TRY(int_as_double(as_int(b)));
        Ref<> x = TRY(float_from(base));
        Ref<> y = TRY(float_from(exponent));
        return power(x.get(), y.get(), none()).release();
    }
    return int_power(as_int(a), as_int(b), is_none(modulus) ? nullptr : as_int(modulus)).release();
}

Fallible<Ref<>> negative_slot(Object* object) { return TRY(int_negate(as_int(object))); }

// Also int(), trunc and the like: the value as an exact int.
Fallible<Ref<>> exact_slot(Object* object) {
    if (is_int_exact(object)) return share(object);
    return TRY(int_copy(as_int(object)));
}

Fallible<Ref<>> absolute_slot(Object* object) {
    return as_int(object)->size < 0 ? negative_slot(object) : exact_slot(object);
}

// ~x == -(x + 1)
Fallible<Ref<>> invert_slot(Object* object) {
    if (as_int(object)->is_compact()) return TRY(int_from(~as_int(object)->compact_value()));
    Ref<Int> next = TRY(int_add(as_int(object), small_int(1).get()));
    return TRY(int_negate(next.get()));
}

int boolean_slot(Object* object) { return as_int(object)->size != 0; }

Fallible<Ref<>> float_slot(Object* object) { return float_from(TRY(int_as_double(as_int(object)))); }

}  // namespace

constinit NumberMethods int_number_methods = {
    .add = binary_slot<int_add>,
    .subtract = binary_slot<int_subtract>,
    .multiply = binary_slot<int_multiply>,
    .remainder = binary_slot<int_remainder>,
    .divmod = binary_slot<divmod_pair>,
    .power = power_slot,
    .negative = slot1<negative_slot>,
    .positive = slot1<exact_slot>,
    .absolute = slot1<absolute_slot>,
    .boolean = boolean_slot,
    .invert = slot1<invert_slot>,
    .lshift = binary_slot<shift_left>,
    .rshift = binary_slot<shift_right>,
    .bit_and = binary_slot<bit_and>,
    .bit_xor = binary_slot<bit_xor>,
    .bit_or = binary_slot<bit_or>,
    .integer = slot1<exact_slot>,
    .floating = slot1<float_slot>,
    .floor_divide = binary_slot<int_floor_divide>,
    .true_divide = binary_slot<int_true_divide>,
    .index = slot1<exact_slot>,
};

}  // namespace py
