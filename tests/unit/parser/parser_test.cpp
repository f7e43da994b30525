// Trees, modes and options; equality with CPython over whole files is tests/conformance/parser/compare.py.
#include "interp/parser/parser.h"

#include <gtest/gtest.h>

#include "tests/unit/parser/parse_helper.h"

using namespace py::parser;
using namespace py;

TEST(Parser, DumpsLikeAst) {
    Parsed parsed("x = 1\n");
    EXPECT_EQ(parsed.dump(),
              "Module(body=[Assign(targets=[Name(id='x', ctx=Store(), lineno=1, col_offset=0, end_lineno=1, "
              "end_col_offset=1)], value=Constant(value=1, lineno=1, col_offset=4, end_lineno=1, end_col_offset=5), "
              "lineno=1, col_offset=0, end_lineno=1, end_col_offset=5)], type_ignores=[])");
}

TEST(Parser, ParsesThePowerBeforeTheSign) {
    Parsed parsed("-a ** -b\n");
    auto* statement = ast::as<ast::ExprStmt>(ast::as<ast::Module>(parsed.result.tree)->body[0]);
    auto* negative = ast::as_if<ast::UnaryOp>(statement->value);
    ASSERT_NE(negative, nullptr);
    EXPECT_EQ(ast::as_if<ast::BinOp>(negative->operand)->op, ast::Operator::Pow);
}

TEST(Parser, MatchIsAStatementOnlyWhereItCanBe) {
    EXPECT_TRUE(ast::is<ast::Match>(ast::as<ast::Module>(Parsed("match x:\n case 1: pass\n").result.tree)->body[0]));
    EXPECT_TRUE(Parsed("match(x)\nmatch[x]: int = 1\nmatch = match\n").result.ok());
}

TEST(Parser, FStringPiecesAndFields) {
    Parsed parsed("f'a{b!r:>{w}}' 'c'\n");
    auto* joined =
        ast::as_if<ast::JoinedStr>(ast::as<ast::ExprStmt>(ast::as<ast::Module>(parsed.result.tree)->body[0])->value);
    ASSERT_NE(joined, nullptr);
    ASSERT_EQ(joined->values.size(), 3u);
    auto* field = ast::as_if<ast::FormattedValue>(joined->values[1]);
    EXPECT_EQ(field->conversion, 'r');
    EXPECT_EQ(ast::as<ast::JoinedStr>(field->format_spec)->values.size(), 2u);
}

TEST(Parser, ReadsDeclaredLatin1) {
    Parsed parsed("# coding: latin-1\nx = '\xe9'\n");
    ASSERT_TRUE(parsed.result.ok());
    EXPECT_EQ(parsed.result.encoding, "iso-8859-1");
    EXPECT_NE(parsed.dump().find("'é'"), std::string::npos);
}

TEST(Parser, ModesTakeWhatTheyName) {
    ParseOptions options;
    options.mode = Mode::Eval;
    EXPECT_TRUE(Parsed("a, b", options).result.ok());
    EXPECT_FALSE(Parsed("a = b", options).result.ok());
    options.mode = Mode::Single;
    EXPECT_EQ(Parsed("a\nb\n", options).message(), "multiple statements found while compiling a single statement");
    options.mode = Mode::FunctionType;
    EXPECT_TRUE(Parsed("(int, *str) -> bool", options).result.ok());
}

TEST(Parser, IncompleteInputIsTold) {
    ParseOptions options;
    options.mode = Mode::Single;
    options.allow_incomplete_input = options.dont_imply_dedent = true;
    EXPECT_EQ(Parsed("if x:\n", options).result.problem.kind, ProblemKind::IncompleteInput);
    EXPECT_EQ(Parsed("x = (1,", options).result.problem.kind, ProblemKind::IncompleteInput);
    EXPECT_EQ(Parsed("x = )\n", options).result.problem.kind, ProblemKind::SyntaxError);
}

TEST(Parser, FeatureVersionRefusesYoungerSyntax) {
    ParseOptions options;
    options.feature_version = 7;
    EXPECT_EQ(Parsed("(a := 1)\n", options).message(),
              "Assignment expressions are only supported in Python 3.8 and greater");
}

TEST(Parser, DeepNestingEndsInMemoryError) {
    for (const char* piece : {"-", "not ", "lambda:", "1 if 1 else ", "1**"}) {
        std::string source;
        for (int i = 0; i < 100000; i++)
            source += piece;
        EXPECT_EQ(Parsed(source + "1").result.problem.kind, ProblemKind::MemoryError) << piece;
    }
}
