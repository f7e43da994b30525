// libFuzzer target: any bytes, in every mode, end in a tree or a problem. The first byte picks the options.
#include <cstddef>
#include <cstdint>

#include "interp/parser/dump.h"
#include "interp/parser/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    py::parser::ParseOptions options;
    options.mode = static_cast<py::parser::Mode>(data[0] & 3);
    options.source_is_text = data[0] & 4;
    options.type_comments = data[0] & 8;
    options.allow_incomplete_input = data[0] & 16;
    options.dont_imply_dedent = data[0] & 32;
    options.feature_version = data[0] & 64 ? 6 : 11;
    py::ast::Arena arena;
    auto result = py::parser::parse({reinterpret_cast<const char*>(data) + 1, size - 1}, arena, options);
    if (!result.ok() && result.problem.kind == py::parser::ProblemKind::None) __builtin_trap();
    if (result.ok() && size < 4096) {
        py::ast::Buffer<char> text;
        py::ast::ast_dump(result.tree, text);
    }
    return 0;
}
