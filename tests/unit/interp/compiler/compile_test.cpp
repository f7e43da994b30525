#include "interp/compiler/compile.h"

#include <gtest/gtest.h>

#include <string>

#include "interp/compiler/opcode.h"
#include "interp/modules/marshal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/str.h"
#include "interp/runtime/start.h"
#include "interp/runtime/state.h"

namespace {

using namespace py;

class Compile : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (!runtime().builtins) start_core();
    }
    static Fallible<Ref<Code>> compile(std::string_view source, CompileMode mode = CompileMode::Exec) {
        Ref<Str> name = MUST(str_from_ascii("<test>"));
        return compile_source(source, name.get(), {.mode = mode, .optimize = 0, .source_is_text = true});
    }
    static std::string error_of(std::string_view source) {
        auto code = compile(source);
        if (code.ok()) return "no error";
        Ref<BaseException> error = fetch_exception();
        Ref<Str> text = MUST(str(as_tuple(error->args)->items[0]));
        return std::string(error->type->name) + ": " + std::string(MUST(str_utf8(text.get())));
    }
    static std::string constants_of(std::string_view source) {
        Ref<Code> code = MUST(compile(source, CompileMode::Eval));
        Ref<Str> text = MUST(repr(code->consts));
        return std::string(MUST(str_utf8(text.get())));
    }
};

TEST_F(Compile, EmitsTheDocumentedBytes) {
    Ref<Code> code = MUST(compile("x = 1\n"));
    const unsigned char expected[] = {RESUME, 0, LOAD_CONST, 0, STORE_NAME, 0, LOAD_CONST, 1, RETURN_VALUE, 0};
    Ref<Bytes> bytes = MUST(code_original(code.get()));
    EXPECT_EQ(bytes->view(), std::string_view(reinterpret_cast<const char*>(expected), sizeof expected));
    EXPECT_EQ(code->stack_size, 1);
    EXPECT_EQ(code_line_at(code.get(), 2), 1);
}

TEST_F(Compile, FoldsWithinLimits) {
    EXPECT_EQ(constants_of("2 ** 10 + 1"), "(1025,)");
    EXPECT_EQ(constants_of("(1, 2) + (3,)"), "((1, 2, 3),)");
    EXPECT_EQ(constants_of("x in [1, 2]"), "((1, 2),)");
    EXPECT_EQ(constants_of("'a' * 4097"), "('a', 4097)");
    EXPECT_EQ(constants_of("1 / 0"), "(1, 0)");
}

TEST_F(Compile, KeepsConstantsOfDifferentTypesApart) {
    EXPECT_EQ(constants_of("f(1, 1.0, True, 0.0, -0.0)"), "(1, 1.0, True, 0.0, -0.0)");
    EXPECT_EQ(constants_of("f((1, 2), (1, 2))"), "((1, 2),)");
}

TEST_F(Compile, WordsErrorsAsCPython) {
    EXPECT_EQ(error_of("return 1\n"), "SyntaxError: 'return' outside function");
    EXPECT_EQ(error_of("def f(a, a): pass\n"), "SyntaxError: duplicate argument 'a' in function definition");
    EXPECT_EQ(error_of("def f():\n  x = 1\n  global x\n"),
              "SyntaxError: name 'x' is assigned to before global declaration");
    EXPECT_EQ(error_of("nonlocal x\n"), "SyntaxError: nonlocal declaration not allowed at module level");
    EXPECT_EQ(error_of("from __future__ import nothing\n"), "SyntaxError: future feature nothing is not defined");
    EXPECT_EQ(error_of("[x := 1 for x in y]\n"),
              "SyntaxError: assignment expression cannot rebind comprehension iteration variable 'x'");
}

TEST_F(Compile, FindsHandlersInTheExceptionTable) {
    Ref<Code> code = MUST(compile("try:\n  f()\nexcept E:\n  g()\n"));
    ExceptionHandler handler;
    EXPECT_FALSE(code_find_handler(code.get(), 0, &handler));
    ASSERT_TRUE(code_find_handler(code.get(), 4, &handler));
    EXPECT_EQ(code->units[handler.target / 2].opcode, PUSH_EXC_INFO);
    EXPECT_EQ(handler.depth, 0);
}

TEST_F(Compile, SurvivesMarshal) {
    Ref<Code> code = MUST(compile("def f(a, *, b=2):\n  return [a for c in b if c in {1, 2, 3}]\n"));
    Ref<Bytes> bytes = MUST(marshal_write(code.get()));
    Ref<> read = MUST(marshal_read(bytes->view()));
    EXPECT_TRUE(MUST(equals(read.get(), code.get())));
}

TEST_F(Compile, MarshalRefusesWhatIsCutShort) {
    Ref<Code> code = MUST(compile("x = (1, 'two', 3.0)\n"));
    Ref<Bytes> bytes = MUST(marshal_write(code.get()));
    for (size_t size = 0; size < bytes->view().size(); size++) {
        EXPECT_FALSE(marshal_read(bytes->view().substr(0, size)).ok()) << size;
        clear_error();
    }
}

}  // namespace
