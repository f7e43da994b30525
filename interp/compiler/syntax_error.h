// Raising SyntaxErrors and SyntaxWarnings with their places.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/parser/ast.h"
#include "interp/parser/parser.h"

namespace py::compiler {

// As the symbol table and `from __future__` report: args is (message,), place in the attributes. Offsets become
// 1-based.
[[gnu::cold]] Raised raise_at(Str* filename, const ast::Range& range, Ref<Str> message);
// As the code generator reports: args is (message, (filename, lineno, offset, text, end_lineno, end_offset)).
[[gnu::cold]] Raised raise_in_compiler(Str* filename, const ast::Range& range, Ref<Str> message);
// As the parser reports. The encoding is that of the source, for its line as it is on disk.
[[gnu::cold]] Raised raise_syntax_error(const parser::SyntaxProblem& problem, Str* filename, std::string_view encoding);
// Issues a warning at a line; a filter that makes an error of it raises SyntaxError there. Runs Python.
Fallible<void> warn_at(Type* category, Str* filename, const ast::Range& range, Ref<Str> message);
// Issues the parser's warnings, all or those behind the first *issued, which counts on.
Fallible<void> issue_warnings(const parser::ParseResult& result, Str* filename, size_t* issued = nullptr);

}  // namespace py::compiler
