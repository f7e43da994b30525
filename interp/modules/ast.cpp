// _ast, and compile()'s way to and from its node objects.
#include "interp/compiler/compile.h"
#include "interp/modules/ast_nodes.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/module.h"
#include "interp/runtime/audit.h"

namespace py {
namespace {

Fallible<void> ast_execute(Module* module) {
    TRY(module_add_int(module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", kAllowTopLevelAwait));
    TRY(module_add_int(module, "PyCF_ONLY_AST", kOnlyAst));
    TRY(module_add_int(module, "PyCF_TYPE_COMMENTS", kTypeComments));
    return TRY(AstClasses::get())
    ->add_to(module->dict);
}

MethodDef ast_module_methods[] = {END_ROW};

ast::NodeKind root_of(CompileMode mode) {
    switch (mode) {
        case CompileMode::Exec: return ast::NodeKind::Module;
        case CompileMode::Eval: return ast::NodeKind::Expression;
        case CompileMode::Single: return ast::NodeKind::Interactive;
        case CompileMode::FunctionType: return ast::NodeKind::FunctionType;
    }
    __builtin_unreachable();
}

}  // namespace

Fallible<bool> is_ast_node(Object* object) {
    if (!AstClasses::exist()) return false;
    return is_instance(object, &ast_type);
}

Fallible<Ref<Code>> compile_ast_object(Object* root, Str* filename, const CompileOptions& options) {
    TRY(audit("compile", "OO", root, none()));
    AstClasses* classes = TRY(AstClasses::get());
    Type* wanted = classes->of(root_of(options.mode));
    if (!TRY(is_instance(root, wanted)))
        return raise(exc::TypeError, "expected %s node, got %.400s", type_short_name(wanted), type_short_name(root->type));
    ast::Arena arena;
    compiler::ObjectPool pool;
    ast::Mod* tree = TRY(ast_from_object(root, ast::FieldType::Mod, arena, pool));
    TRY(ast_validate(tree));
    return compile_tree(tree, arena, filename, options);
}

Fallible<Ref<>> parse_to_ast_object(std::string_view source, Str* filename, const CompileOptions& options) {
    ast::Arena arena;
    ast::Mod* tree = TRY(parse_source(source, filename, options, arena));
    return ast_to_object(tree, filename);
}

extern const NativeModule ast_module;
const NativeModule ast_module = {"_ast", nullptr, ast_module_methods, ast_execute};

}  // namespace py
