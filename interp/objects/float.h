// float and complex: values, conversion to and from text.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

struct Float : Object {
    double value;
};
static_assert(sizeof(Float) == 24);
struct Complex : Object {
    double real, imaginary;
};
static_assert(sizeof(Complex) == 32);
extern Type float_type asm("PyFloat_Type");
extern Type complex_type asm("PyComplex_Type");
inline bool is_float(const Object* object) { return is_instance_of(object, float_type); }
inline bool is_float_exact(const Object* object) { return object->type == &float_type; }
inline bool is_complex(const Object* object) { return is_instance_of(object, complex_type); }
inline double float_value(Object* object) { return static_cast<Float*>(object)->value; }

int float_free_list_count();
void float_clear_free_list();
Fallible<Ref<>> float_from(double value);  // from the free list; exact type Float
Fallible<Ref<>> complex_from(double real, double imaginary);
// What the number's __float__ gives: a float, or with a DeprecationWarning an instance of a subclass of it.
Fallible<Ref<>> float_from_slot(Object* number);
// float or __float__ or __index__, else TypeError "must be real number, not str".
Fallible<double> as_double(Object* object);
Fallible<Ref<>> float_from_text(Str* text);  // float(str); ValueError "could not convert string to float: …"
// float(object) of what is no number: str or bytes-like, else TypeError.
Fallible<Ref<>> float_from_object_text(Object* object);
Hash double_hash(double value, Object* nan_owner);  // nan hashes by identity
// Correctly rounded text→double of a whole ASCII text (digits, sign, exponent, inf, nan; no underscores or blanks); false: malformed.
bool parse_double(std::string_view ascii, double* value);
// Formats as repr ('r'), or 'e' 'f' 'g' 'E' 'F' 'G' with precision. flags as below. Into a malloc-free buffer builder:
enum DoubleFlag : int { kDoubleSign = 1, kDoubleAddDotZero = 2, kDoubleAlternate = 4 };
// Writes to `out` (capacity ≥ double_text_capacity(code, precision)); the length.
size_t double_text_capacity(char code, int precision);
size_t format_double(double value, char code, int precision, int flags, char* out);
// format(value, spec) of int, float, complex, str: the format-spec mini language.
Fallible<Ref<Str>> format_int(Object* value, Str* spec);
Fallible<Ref<Str>> format_float(Object* value, Str* spec);
Fallible<Ref<Str>> format_complex(Object* value, Str* spec);
Fallible<Ref<Str>> format_text(Str* value, Str* spec);

}  // namespace py
