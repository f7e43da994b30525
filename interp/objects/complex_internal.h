// What the files of complex share, and the complex arithmetic cmath builds on.
#pragma once

#include "interp/objects/float.h"
#include "interp/objects/method_def.h"

namespace py {

struct ComplexValue {
    double real, imaginary;
};
// a / b; *zero_division when b is 0.
ComplexValue complex_quotient(ComplexValue a, ComplexValue b, bool* zero_division);
// The value of a number for complex arithmetic: complex, __complex__, float or index; TypeError "must be real number, not …".
Fallible<ComplexValue> as_complex_value(Object* object);
// object.__complex__(), or absent.
Lookup<> try_complex_method(Object* object);

extern NumberMethods complex_number_methods;
Object* complex_richcompare(Object* a, Object* b, int op);

}  // namespace py
