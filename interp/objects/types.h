// Declarations of every static builtin type, made from types.def.
#pragma once

#include "interp/objects/type.h"

namespace py {
#define TYPE(variable, symbol, where) extern Type variable asm(#symbol);
#include "interp/objects/types.def"
#undef TYPE
}  // namespace py
