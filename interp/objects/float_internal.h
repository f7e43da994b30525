// What the files of float and complex share.
#pragma once

#include <string_view>

#include "interp/objects/float.h"
#include "interp/objects/method_def.h"

namespace py {

// value rounded half to even at the decimal place (negative: left of the point). |places| < 330. OverflowError.
Fallible<double> round_to_places(double value, ssize_t places);
// Copies text without the underscores that stand between digits; its size, or -1 for one that stands elsewhere.
ssize_t drop_underscores(std::string_view text, char* out);
// float.hex() and float.fromhex().
Fallible<Ref<>> float_hex(Object* self);
Fallible<Ref<>> float_fromhex(Object* type, Object* string);
// a % b and a // b with the signs of Python's rules; b is not 0.
double float_remainder(double a, double b);
double float_floor_quotient(double a, double b, double* remainder);

extern MethodDef float_methods[];
extern GetSetDef float_getset[];
extern NumberMethods float_number_methods;
Object* float_richcompare(Object* a, Object* b, int op);

}  // namespace py
