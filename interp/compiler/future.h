// `from __future__ import …` at the head of a module.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/parser/ast.h"

namespace py::compiler {

struct Future {
    int features = 0;    // CodeFlag bits
    int last_line = -1;  // of the last statement at which future imports may stand
};
// SyntaxError for unknown features and `braces`.
Fallible<Future> find_future(const ast::Mod* tree, Str* filename);

}  // namespace py::compiler
