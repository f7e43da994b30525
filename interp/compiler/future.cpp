// Future statements: which features, and up to which line they may stand (language reference, "Future statements").
#include "interp/compiler/future.h"

#include "interp/compiler/fold.h"
#include "interp/compiler/syntax_error.h"
#include "interp/objects/code.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

namespace py::compiler {
namespace {

struct Feature {
    const char* name;
    int flag;  // 0: has been mandatory for long
};
constexpr Feature kFeatures[] = {
    {"nested_scopes", 0},    {"generators", 0},
    {"division", 0},         {"absolute_import", 0},
    {"with_statement", 0},   {"print_function", 0},
    {"unicode_literals", 0}, {"barry_as_FLUFL", kCoFutureBarryAsBdfl},
    {"generator_stop", 0},   {"annotations", kCoFutureAnnotations},
};

Fallible<int> feature_flags(const ast::ImportFrom* node, Str* filename) {
    int flags = 0;
    for (ast::Alias* alias : node->names) {
        std::string_view name = alias->name->view();
        const Feature* found = nullptr;
        for (const Feature& feature : kFeatures)
            if (name == feature.name) found = &feature;
        if (found) {
            flags |= found->flag;
            continue;
        }
        Ref<Str> message = name == "braces" ? TRY(str_from_ascii("not a chance"))
                                            : TRY(format_str("future feature %.100s is not defined", alias->name->data));
                                            return raise_at(filename,
                                                            {node->lineno, node->col_offset, node->lineno, -2},
                                                            std::move(message));
    }
    return flags;
}

}  // namespace

Fallible<Future> find_future(const ast::Mod* tree, Str* filename) {
    Future future;
    ast::Seq<ast::Stmt*> body;
    if (auto* module = ast::as_if<ast::Module>(tree)) body = module->body;
    if (auto* interactive = ast::as_if<ast::Interactive>(tree)) body = interactive->body;
    uint32_t first = docstring_of(body) != nullptr ? 1 : 0;
    bool done = false;
    int previous_line = 0;
    for (uint32_t i = first; i < body.size(); i++) {
        const ast::Stmt* statement = body[i];
        if (done && statement->lineno > previous_line) return future;
        previous_line = statement->lineno;
        auto* import = ast::as_if<ast::ImportFrom>(statement);
        if (import != nullptr && import->module != nullptr && import->module->view() == "__future__") {
            if (done)
                return raise_at(filename, {statement->lineno, statement->col_offset - 1, statement->lineno, -2},
                                TRY(str_from_ascii("from __future__ imports must occur at the beginning of the file")));
            future.features |= TRY(feature_flags(import, filename));
            future.last_line = statement->lineno;
        } else {
            done = true;
        }
    }
    return future;
}

}  // namespace py::compiler
