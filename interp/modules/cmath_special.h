// cmath: the tables of special values.
#pragma once

#include "interp/objects/complex_internal.h"

namespace py::cmath {

enum class Outcome { Good, Domain, Range };
struct SpecialTable {
    ComplexValue rows[7][7];
};
extern const SpecialTable kAcosValues, kAcoshValues, kAsinhValues, kAtanhValues, kCoshValues, kExpValues, kLogValues,
    kSinhValues, kSqrtValues, kTanhValues, kRectValues;
// The function's value where a part of z is infinite or NaN.
ComplexValue special(const SpecialTable& table, ComplexValue z);

}  // namespace py::cmath
