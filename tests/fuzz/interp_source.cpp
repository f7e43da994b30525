// Source text: the parser alone, and the way to code objects. Any bytes, in every mode, end in a result or a problem.
#include "interp/compiler/compile.h"
#include "interp/modules/marshal.h"
#include "interp/objects/bytes.h"
#include "interp/objects/str.h"
#include "interp/parser/dump.h"
#include "interp/parser/parser.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/python_runtime.h"

namespace py::fuzz {

Fallible<void> fuzz_parser(std::string_view data) {
    ::fuzz::Input input(data);
    uint8_t choices = input.byte();
    parser::ParseOptions options;
    options.mode = static_cast<parser::Mode>(choices & 3);
    options.source_is_text = choices & 4;
    options.type_comments = choices & 8;
    options.allow_incomplete_input = choices & 16;
    options.dont_imply_dedent = choices & 32;
    options.feature_version = choices & 64 ? 6 : 11;
    options.interactive = choices & 128;
    ast::Arena arena;
    parser::ParseResult result = parser::parse(input.rest(), arena, options);
    CHECK(result.ok() || result.problem.kind != parser::ProblemKind::None);
    if (result.ok()) {
        ast::Buffer<char> text;
        ast::ast_dump(result.tree, text);
    }
    return {};
}

Fallible<void> fuzz_compile(std::string_view data) {
    ::fuzz::Input input(data);
    uint8_t choices = input.byte(), more = input.byte();
    CompileOptions options;
    options.mode = static_cast<CompileMode>(choices % 3);
    options.optimize = (choices >> 2) % 3;
    options.source_is_text = choices & 16;
    options.is_prompt = choices & 32;
    options.is_program_file = choices & 64;
    options.flags = choices & 128 ? kTypeComments : 0;
    if (more & 1) options.flags |= kAllowTopLevelAwait;
    if (more & 2) options.flags |= kCoFutureAnnotations;
    if (more & 4) options.flags |= kAllowIncompleteInput | kDontImplyDedent;
    if (more & 8) options.flags |= kCoFutureBarryAsBdfl;
    if (more & 16) options.feature_version = 5;
    if (more & 32) {
        options.mode = CompileMode::Exec;
        (void)TRY(parse_to_ast_object(input.rest(), "fuzz"_name, options));
        return {};
    }
    Ref<Code> code = TRY(compile_source(input.rest(), "fuzz"_name, options));
    Ref<Bytes> written = TRY(marshal_write(code.get()));
    Ref<> again = MUST(marshal_read(written->view()));
    Ref<Bytes> rewritten = MUST(marshal_write(again.get()));
    return {};
}

}  // namespace py::fuzz
