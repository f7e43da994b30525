// Tokens, indentation and lexical errors.
#include "interp/parser/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace py::parser;

static std::vector<Kind> kinds(std::string_view source) {
    Arena arena;
    Lexer lexer(source, arena, {});
    std::vector<Kind> result;
    Token token;
    do {
        lexer.next(token);
        result.push_back(token.kind);
    } while (token.kind != Kind::EndMarker && token.kind != Kind::Error);
    return result;
}

static std::string error_of(std::string_view source) {
    Arena arena;
    Lexer lexer(source, arena, {});
    Token token;
    while (lexer.next(token) != Kind::EndMarker)
        if (token.kind == Kind::Error) return std::string(lexer.problem().message);
    return {};
}

TEST(Lexer, LongestOperatorWins) {
    EXPECT_EQ(kinds("a **= b // c != d\n"),
              (std::vector{Kind::Name, Kind::DoubleStarEqual, Kind::Name, Kind::DoubleSlash, Kind::Name, Kind::NotEqual,
                           Kind::Name, Kind::Newline, Kind::EndMarker}));
}

TEST(Lexer, IndentsAndDedents) {
    EXPECT_EQ(kinds("if x:\n  y\n\n# comment\nz\n"),
              (std::vector{Kind::If, Kind::Name, Kind::Colon, Kind::Newline, Kind::Indent, Kind::Name, Kind::Newline,
                           Kind::Dedent, Kind::Name, Kind::Newline, Kind::EndMarker}));
    EXPECT_EQ(kinds("(\n  x\n)\n").size(), 5u);
}

TEST(Lexer, NamesItsErrors) {
    EXPECT_EQ(error_of("x = 0777\n"),
              "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers");
    EXPECT_EQ(error_of("x = 1_\n"), "invalid decimal literal");
    EXPECT_EQ(error_of("x = 0o8\n"), "invalid digit '8' in octal literal");
    EXPECT_EQ(error_of("'abc\n"), "unterminated string literal (detected at line 1)");
    EXPECT_EQ(error_of("(]\n"), "closing parenthesis ']' does not match opening parenthesis '('");
    EXPECT_EQ(error_of(std::string(201, '(')), "too many nested parentheses");
    EXPECT_EQ(error_of("x = “\n"), "invalid character '“' (U+201C)");
}

TEST(Lexer, WarnsOfNumbersThatTouchKeywords) {
    Arena arena;
    Lexer lexer("1if x else 2\n", arena, {});
    Token token;
    while (lexer.next(token) != Kind::EndMarker) {
    }
    ASSERT_EQ(lexer.warnings().size(), 1u);
    EXPECT_EQ(lexer.warnings()[0].message, "invalid decimal literal");
}
