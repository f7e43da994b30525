// What the files of the math module share.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// Lanczos approximations (math_gamma.cpp). At poles: infinity (log_gamma) or NaN and infinity (gamma_function).
double gamma_function(double x);
double log_gamma(double x);
[[gnu::cold]] Raised raise_domain_error();
[[gnu::cold]] Raised raise_range_error();

// math_integer.cpp
Fallible<Ref<>> math_gcd(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> math_lcm(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> math_isqrt(Object* module, Object* n);
Fallible<Ref<>> math_factorial(Object* module, Object* n);
Fallible<Ref<>> math_comb(Object* module, Object* const* bound);
Fallible<Ref<>> math_perm(Object* module, Object* const* bound);
// math_sums.cpp
Fallible<Ref<>> math_fsum(Object* module, Object* iterable);
Fallible<Ref<>> math_prod(Object* module, Object* const* bound);
Fallible<Ref<>> math_hypot(Object* module, Object* const* args, ssize_t nargs);
Fallible<Ref<>> math_dist(Object* module, Object* const* bound);

}  // namespace py
