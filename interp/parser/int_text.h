// Digits of an integer literal → decimal text, for dumps (the interpreter makes its own ints).
#pragma once

#include "interp/parser/arena.h"

namespace py::ast {

// Appends the value of `digits` (radix 2, 8, 10 or 16) in decimal. Quadratic in the length.
void decimal_text(std::string_view digits, int base, Buffer<char>& out);

}  // namespace py::ast
