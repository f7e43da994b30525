// One source parsed for a test; the tree lives as long as this object.
#pragma once

#include <string>
#include <string_view>

#include "interp/parser/dump.h"
#include "interp/parser/parser.h"

struct Parsed {
    py::ast::Arena arena;
    py::parser::ParseResult result;

    explicit Parsed(std::string_view source, py::parser::ParseOptions options = {}) {
        result = py::parser::parse(source, arena, options);
    }
    std::string dump() const {
        py::ast::Buffer<char> text;
        if (result.ok()) py::ast::ast_dump(result.tree, text);
        return {text.data(), text.size()};
    }
    std::string message() const { return std::string(result.problem.message); }
    // `line:offset-end_line:end_offset`
    std::string place() const {
        const auto& p = result.problem;
        return std::to_string(p.lineno) + ":" + std::to_string(p.offset) + "-" + std::to_string(p.end_lineno) + ":" +
               std::to_string(p.end_offset);
    }
};
