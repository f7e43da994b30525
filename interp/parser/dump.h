// ast_dump(): the text of Python's `ast.dump(tree, include_attributes=True)`.
#pragma once

#include "interp/parser/ast.h"

namespace py::ast {

// Appends to `out`. Object constants print as `<object>`. Recursion depth is that of the tree.
void ast_dump(const Node* node, Buffer<char>& out);

// Appends repr() of a str.
void dump_string(std::string_view text, Buffer<char>& out);

}  // namespace py::ast
