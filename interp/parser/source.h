// Source text as given → what the lexer reads: UTF-8, '\n' newlines, NUL-terminated (PEP 263, PEP 278).
#pragma once

#include "interp/parser/parser.h"

namespace py::parser {

struct Source {
    std::string_view text{};      // in the arena
    std::string_view encoding{};  // empty: bytes without a declaration
    SyntaxProblem problem;
};
Source read_source(std::string_view source, Arena& arena, const ParseOptions& options);

}  // namespace py::parser
