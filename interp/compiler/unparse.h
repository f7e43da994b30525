// An expression back as source text, in the normal form that `from __future__ import annotations` stores.
#pragma once

#include "interp/compiler/constant.h"
#include "interp/objects/fallible.h"
#include "interp/parser/ast.h"

namespace py::compiler {

Fallible<Ref<>> unparse_expression(ast::Expr* node, ObjectPool& pool);

}  // namespace py::compiler
