// Messages and places of SyntaxErrors, one of each family; the whole set is compared with CPython by compare.py.
#include <gtest/gtest.h>

#include "tests/unit/parser/parse_helper.h"

struct ErrorCase {
    const char* source;
    const char* message;
    const char* place;
};

TEST(ParserError, MessageAndPlace) {
    const ErrorCase cases[] = {
        {"f(a b)\n", "invalid syntax. Perhaps you forgot a comma?", "1:3-1:6"},
        {"f() = 1\n", "cannot assign to function call here. Maybe you meant '==' instead of '='?", "1:1-1:4"},
        {"x = (\ny = 2\n", "'(' was never closed", "1:5-1:0"},
        {"print 'x'\n", "Missing parentheses in call to 'print'. Did you mean print(...)?", "1:1-1:10"},
        {"f(a=1, b)\n", "positional argument follows keyword argument", "1:9-1:10"},
        {"def f(a=1, b): pass\n", "non-default argument follows default argument", "1:12-1:13"},
        {"if x\n  pass\n", "expected ':'", "1:5-1:5"},
        {"try:\n  pass\nx\n", "expected 'except' or 'finally' block", "3:1-3:2"},
        {"{1: 2, 3}\n", "':' expected after dictionary key", "1:8-1:0"},
        {"x = f'{a b}'\n", "f-string: invalid syntax. Perhaps you forgot a comma?", "1:2-1:5"},
        {"del f()\n", "cannot delete function call", "1:5-1:8"},
        {"a b\n", "invalid syntax", "1:3-1:4"},
    };
    for (const ErrorCase& c : cases) {
        Parsed parsed(c.source);
        EXPECT_FALSE(parsed.result.ok()) << c.source;
        EXPECT_EQ(parsed.message(), c.message) << c.source;
        EXPECT_EQ(parsed.place(), c.place) << c.source;
    }
}

TEST(ParserError, IndentationIsItsOwnKind) {
    using py::parser::ProblemKind;
    EXPECT_EQ(Parsed("if x:\npass\n").result.problem.kind, ProblemKind::IndentationError);
    EXPECT_EQ(Parsed("if x:\n\ty\n        z\n").result.problem.kind, ProblemKind::TabError);
    EXPECT_EQ(Parsed(std::string_view("x\0y", 3)).result.problem.kind, ProblemKind::ValueError);
}

TEST(ParserError, LongEncodingNameIsWhole) {
    std::string name(500, 'x');
    EXPECT_EQ(Parsed("# coding: " + name + "\n").message(), "unknown encoding: " + name);
}

TEST(ParserError, NestedFailuresTakeLinearTime) {
    for (const char* open : {"(", "[", "{", "f(", "{1:", "f[", "f(a=", "[x for x in ", "a[[", "f(a=[", "f(*["}) {
        std::string source;
        for (int i = 0; i < 150; i++)
            source += open;
        EXPECT_FALSE(Parsed(source + "a b").result.ok()) << open;
        EXPECT_FALSE(Parsed(source + ",").result.ok()) << open;
    }
    std::string patterns = "match x:\n    case ";
    for (int i = 0; i < 150; i++)
        patterns += "A(b(";
    EXPECT_FALSE(Parsed(patterns + "a b").result.ok());
    std::string blocks;
    for (int i = 0; i < 90; i++)
        blocks += std::string(static_cast<size_t>(i), ' ') + "with (a):\n";
    EXPECT_FALSE(Parsed(blocks + std::string(90, ' ') + "a b\n").result.ok());
}
