// What the files of int share: allocation, trimming, and the way between 30-bit digits and 64-bit limbs.
#pragma once

#include "interp/objects/int.h"
#include "interp/objects/limbs.h"

namespace py {

inline ssize_t digit_count(const Int* value) { return value->size < 0 ? -value->size : value->size; }
// Digits uninitialised, size = count (positive). OverflowError "too many digits in integer".
Fallible<Ref<Int>> int_alloc(ssize_t count);
// Drops leading zero digits of a fresh int, keeping its sign; small values become the shared ones.
Ref<Int> int_trim(Ref<Int> fresh);
// The same with a sign for a fresh non-negative int.
Ref<Int> int_trim_signed(Ref<Int> fresh, bool negative);

inline size_t limbs_for_digits(ssize_t digits) { return (size_t(digits) * kDigitBits + 63) / 64; }
// Packs digits into limbs_for_digits(count) limbs; the trimmed length.
size_t pack_limbs(const Digit* digits, ssize_t count, limbs::Limb* out);
// A fresh int from n limbs.
Fallible<Ref<Int>> int_from_limbs(const limbs::Limb* vector, size_t n, bool negative);

// |a| + |b| and |a| - |b| (any order: the sign comes out right), both with the digit loops.
Fallible<Ref<Int>> add_magnitudes(const Int* a, const Int* b);
Fallible<Ref<Int>> subtract_magnitudes(const Int* a, const Int* b);
int compare_magnitudes(const Int* a, const Int* b);
// Quotient and remainder rounded towards zero; either out-pointer may be null. b is not 0.
Fallible<void> divide_truncated(Int* a, Int* b, Ref<Int>* quotient, Ref<Int>* remainder);
// Floor quotient and remainder with b's sign; either out-pointer may be null. ZeroDivisionError.
Fallible<void> divide_floor(Int* a, Int* b, Ref<Int>* quotient, Ref<Int>* remainder);
Fallible<Ref<Int>> int_negate(Int* value);
Fallible<Ref<>> int_true_divide(Int* a, Int* b);
// pow(base, exponent, modulus): modulus null for the two-argument form, whose exponent is not negative.
Fallible<Ref<Int>> int_power(Int* base, Int* exponent, Int* modulus_or_null);

// The slots and tables that int_type is made of.
extern MethodDef int_methods[];
extern GetSetDef int_getset[];
extern NumberMethods int_number_methods;

}  // namespace py
