// cmath: values at infinities and NaNs (C99 Annex G), one table a function. Rows: the real part, columns: the imaginary
// part, each minus infinity, negative, minus zero, plus zero, positive, infinity, NaN.
#include <cmath>
#include <limits>

#include "interp/modules/cmath_special.h"

namespace py::cmath {

namespace {

int class_of(double x) {
    if (std::isnan(x)) return 6;
    if (std::isinf(x)) return x < 0 ? 0 : 5;
    if (x == 0) return std::signbit(x) ? 2 : 3;
    return x < 0 ? 1 : 4;
}

constexpr double I = std::numeric_limits<double>::infinity(), N = std::numeric_limits<double>::quiet_NaN();
constexpr double P = 3.14159265358979323846, H = P / 2, Q = P / 4, T = 3 * P / 4;
constexpr double U = -9.5426319407711027e33;  // finite arguments: not looked up

}  // namespace

ComplexValue special(const SpecialTable& table, ComplexValue z) {
    return table.rows[class_of(z.real)][class_of(z.imaginary)];
}


const SpecialTable kAcosValues = {{
    {{T, I}, {P, I}, {P, I}, {P, -I}, {P, -I}, {T, -I}, {N, I}},
    {{H, I}, {U, U}, {U, U}, {U, U}, {U, U}, {H, -I}, {N, N}},
    {{H, I}, {U, U}, {U, U}, {U, U}, {U, U}, {H, -I}, {H, N}},
    {{H, I}, {U, U}, {U, U}, {U, U}, {U, U}, {H, -I}, {H, N}},
    {{H, I}, {U, U}, {U, U}, {U, U}, {U, U}, {H, -I}, {N, N}},
    {{Q, I}, {0.0, I}, {0.0, I}, {0.0, -I}, {0.0, -I}, {Q, -I}, {N, I}},
    {{N, I}, {N, N}, {N, N}, {N, N}, {N, N}, {N, -I}, {N, N}},
}};

const SpecialTable kAcoshValues = {{
    {{I, -T}, {I, -P}, {I, -P}, {I, P}, {I, P}, {I, T}, {I, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -Q}, {I, -0.0}, {I, -0.0}, {I, 0.0}, {I, 0.0}, {I, Q}, {I, N}},
    {{I, N}, {N, N}, {N, N}, {N, N}, {N, N}, {I, N}, {N, N}},
}};

const SpecialTable kAsinhValues = {{
    {{-I, -Q}, {-I, -0.0}, {-I, -0.0}, {-I, 0.0}, {-I, 0.0}, {-I, Q}, {-I, N}},
    {{-I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {-I, H}, {N, N}},
    {{-I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {-I, H}, {N, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -Q}, {I, -0.0}, {I, -0.0}, {I, 0.0}, {I, 0.0}, {I, Q}, {I, N}},
    {{I, N}, {N, N}, {N, -0.0}, {N, 0.0}, {N, N}, {I, N}, {N, N}},
}};

const SpecialTable kAtanhValues = {{
    {{-0.0, -H}, {-0.0, -H}, {-0.0, -H}, {-0.0, H}, {-0.0, H}, {-0.0, H}, {-0.0, N}},
    {{-0.0, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {-0.0, H}, {N, N}},
    {{-0.0, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {-0.0, H}, {-0.0, N}},
    {{0.0, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {0.0, H}, {0.0, N}},
    {{0.0, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {0.0, H}, {N, N}},
    {{0.0, -H}, {0.0, -H}, {0.0, -H}, {0.0, H}, {0.0, H}, {0.0, H}, {0.0, N}},
    {{0.0, -H}, {N, N}, {N, N}, {N, N}, {N, N}, {0.0, H}, {N, N}},
}};

const SpecialTable kCoshValues = {{
    {{N, N}, {I, I}, {I, 0.0}, {I, -0.0}, {I, -I}, {N, N}, {I, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, 0.0}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, 0.0}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {I, -I}, {I, -0.0}, {I, 0.0}, {I, I}, {N, N}, {I, N}},
    {{N, N}, {N, N}, {N, 0.0}, {N, 0.0}, {N, N}, {N, N}, {N, N}},
}};

const SpecialTable kExpValues = {{
    {{0.0, 0.0}, {0.0, -0.0}, {0.0, -0.0}, {0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {I, -I}, {I, -0.0}, {I, 0.0}, {I, I}, {N, N}, {I, N}},
    {{N, N}, {N, N}, {N, -0.0}, {N, 0.0}, {N, N}, {N, N}, {N, N}},
}};

const SpecialTable kLogValues = {{
    {{I, -T}, {I, -P}, {I, -P}, {I, P}, {I, P}, {I, T}, {I, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -H}, {U, U}, {U, U}, {U, U}, {U, U}, {I, H}, {N, N}},
    {{I, -Q}, {I, -0.0}, {I, -0.0}, {I, 0.0}, {I, 0.0}, {I, Q}, {I, N}},
    {{I, N}, {N, N}, {N, N}, {N, N}, {N, N}, {I, N}, {N, N}},
}};

const SpecialTable kSinhValues = {{
    {{N, N}, {-I, -I}, {-I, -0.0}, {-I, 0.0}, {-I, I}, {N, N}, {I, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {0.0, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {0.0, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {I, -I}, {I, -0.0}, {I, 0.0}, {I, I}, {N, N}, {I, N}},
    {{N, N}, {N, N}, {N, -0.0}, {N, 0.0}, {N, N}, {N, N}, {N, N}},
}};

const SpecialTable kSqrtValues = {{
    {{I, -I}, {0.0, -I}, {0.0, -I}, {0.0, I}, {0.0, I}, {I, I}, {N, I}},
    {{I, -I}, {U, U}, {U, U}, {U, U}, {U, U}, {I, I}, {N, N}},
    {{I, -I}, {U, U}, {U, U}, {U, U}, {U, U}, {I, I}, {N, N}},
    {{I, -I}, {U, U}, {U, U}, {U, U}, {U, U}, {I, I}, {N, N}},
    {{I, -I}, {U, U}, {U, U}, {U, U}, {U, U}, {I, I}, {N, N}},
    {{I, -I}, {I, -0.0}, {I, -0.0}, {I, 0.0}, {I, 0.0}, {I, I}, {I, N}},
    {{I, -I}, {N, N}, {N, N}, {N, N}, {N, N}, {I, I}, {N, N}},
}};

const SpecialTable kTanhValues = {{
    {{-1.0, 0.0}, {-1.0, -0.0}, {-1.0, -0.0}, {-1.0, 0.0}, {-1.0, 0.0}, {-1.0, 0.0}, {-1.0, 0.0}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{1.0, 0.0}, {1.0, -0.0}, {1.0, -0.0}, {1.0, 0.0}, {1.0, 0.0}, {1.0, 0.0}, {1.0, 0.0}},
    {{N, N}, {N, N}, {N, -0.0}, {N, 0.0}, {N, N}, {N, N}, {N, N}},
}};

const SpecialTable kRectValues = {{
    {{N, N}, {-I, I}, {-I, 0.0}, {-I, -0.0}, {-I, -I}, {N, N}, {I, N}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{0.0, 0.0}, {U, U}, {U, U}, {U, U}, {U, U}, {0.0, 0.0}, {0.0, 0.0}},
    {{0.0, 0.0}, {U, U}, {U, U}, {U, U}, {U, U}, {0.0, 0.0}, {0.0, 0.0}},
    {{N, N}, {U, U}, {U, U}, {U, U}, {U, U}, {N, N}, {N, N}},
    {{N, N}, {I, -I}, {I, -0.0}, {I, 0.0}, {I, I}, {N, N}, {I, N}},
    {{N, N}, {N, N}, {N, 0.0}, {N, 0.0}, {N, N}, {N, N}, {N, N}},
}};

}  // namespace py::cmath
