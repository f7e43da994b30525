// Code generation, part 4: functions, classes, lambdas, their defaults, annotations and closures.
#include "interp/compiler/codegen.h"
#include "interp/compiler/fold.h"
#include "interp/compiler/unparse.h"
#include "interp/objects/containers.h"
#include "interp/objects/str.h"

namespace py::compiler {

using ast::ExprContext;

namespace {
// MAKE_FUNCTION's operand.
enum FunctionFlag : int { kHasDefaults = 1, kHasKeywordDefaults = 2, kHasAnnotations = 4, kHasClosure = 8 };
}  // namespace

Fallible<void> Codegen::check_argument_names(ast::Arguments* args) {
    auto check = [this](ast::Arg* arg) -> Fallible<void> {
        return arg ? refuse_debug(arg->arg, ExprContext::Store) : Fallible<void>();
    };
    for (ast::Arg* arg : args->posonlyargs)
        TRY(check(arg));
    for (ast::Arg* arg : args->args)
        TRY(check(arg));
    TRY(check(args->vararg));
    for (ast::Arg* arg : args->kwonlyargs)
        TRY(check(arg));
    return check(args->kwarg);
}

Fallible<void> Codegen::apply_decorators(ast::Seq<ast::Expr*> decorators) {
    Location saved = unit_->location;
    for (uint32_t i = decorators.size(); i-- > 0;) {
        at(decorators[i]);
        call(0);
    }
    unit_->location = saved;
    return {};
}

Fallible<bool> Codegen::visit_keyword_defaults(ast::Arguments* args) {
    ast::Buffer<Identifier> names;
    for (uint32_t i = 0; i < args->kwonlyargs.size(); i++) {
        if (args->kw_defaults[i] == nullptr) continue;
        names.push(mangle(args->kwonlyargs[i]->arg));
        TRY(visit(args->kw_defaults[i]));
    }
    if (names.empty()) return false;
    TRY(load_constant(TRY(names_tuple(names.to_seq(arena_)))));
    op(BUILD_CONST_KEY_MAP, int(names.size()));
    return true;
}

Fallible<int> Codegen::visit_defaults(ast::Arguments* args) {
    int flags = 0;
    if (!args->defaults.empty()) {
        flags |= kHasDefaults;
        TRY(visit_all(args->defaults));
        op(BUILD_TUPLE, int(args->defaults.size()));
    }
    if (!args->kwonlyargs.empty() && TRY(visit_keyword_defaults(args))) flags |= kHasKeywordDefaults;
    return flags;
}

Fallible<void> Codegen::load_annotation_text(ast::Expr* annotation) {
    return load_constant(TRY(unparse_expression(annotation, pool_)));
}

Fallible<void> Codegen::visit_argument_annotation(Identifier name, ast::Expr* annotation, int* count) {
    if (annotation == nullptr) return {};
    TRY(load_name_constant(mangle(name)));
    if (options_.future.features & kCoFutureAnnotations) {
        TRY(load_annotation_text(annotation));
    } else if (auto* starred = ast::as_if<ast::Starred>(annotation)) {
        TRY(visit(starred->value));
        op(UNPACK_SEQUENCE, 1);
    } else {
        TRY(visit(annotation));
    }
    *count += 2;
    return {};
}

Fallible<bool> Codegen::visit_annotations(ast::Arguments* args, ast::Expr* returns) {
    int count = 0;
    auto visit_arg = [&](ast::Arg* arg) -> Fallible<void> {
        return arg ? visit_argument_annotation(arg->arg, arg->annotation, &count) : Fallible<void>();
    };
    for (ast::Arg* arg : args->args)
        TRY(visit_arg(arg));
    for (ast::Arg* arg : args->posonlyargs)
        TRY(visit_arg(arg));
    TRY(visit_arg(args->vararg));
    for (ast::Arg* arg : args->kwonlyargs)
        TRY(visit_arg(arg));
    TRY(visit_arg(args->kwarg));
    TRY(visit_argument_annotation(arena_.intern("return"), returns, &count));
    if (count == 0) return false;
    op(BUILD_TUPLE, count);
    return true;
}

void Codegen::set_argument_counts(ast::Arguments* args) {
    unit_->argcount = int(args->posonlyargs.size() + args->args.size());
    unit_->positional_only = int(args->posonlyargs.size());
    unit_->keyword_only = int(args->kwonlyargs.size());
}

Fallible<void> Codegen::make_closure(const Compiled& compiled, int flags) {
    if (!compiled.free_names.empty()) {
        for (Identifier name : compiled.free_names) {
            // A name of the class body may be free in it and bound by it at once: the closure takes the free one.
            bool is_class_cell = unit_->kind == UnitKind::Class && name->view() == "__class__";
            bool is_cell = is_class_cell || unit_->scope->scope_of(name) == kCellScope;
            op(LOAD_CLOSURE, *(is_cell ? unit_->cellvars : unit_->freevars).find(name));
        }
        flags |= kHasClosure;
        op(BUILD_TUPLE, int(compiled.free_names.size()));
    }
    TRY(load_constant(compiled.code));
    op(MAKE_FUNCTION, flags);
    return {};
}

Fallible<void> Codegen::visit_function(ast::Stmt* node, Identifier name, ast::Arguments* args,
                                       ast::Seq<ast::Stmt*> body, ast::Seq<ast::Expr*> decorators, ast::Expr* returns,
                                       bool is_async) {
    TRY(check_argument_names(args));
    TRY(visit_all(decorators));
    int first_line = decorators.empty() ? node->lineno : decorators[0]->lineno;
    int flags = TRY(visit_defaults(args));
    if (TRY(visit_annotations(args, returns))) flags |= kHasAnnotations;
    enter_unit(name, is_async ? UnitKind::AsyncFunction : UnitKind::Function, node, first_line);
    const ast::Constant* docstring = options_.optimize < 2 ? docstring_of(body) : nullptr;
    Object* first = docstring ? TRY(pool_.object_of(const_cast<ast::Constant*>(docstring)->value)) : none();
    TRY(add_constant(first));
    set_argument_counts(args);
    for (uint32_t i = docstring ? 1 : 0; i < body.size(); i++)
        TRY(visit(body[i]));
    Compiled compiled = TRY(leave_unit(true));
    TRY(make_closure(compiled, flags));
    TRY(apply_decorators(decorators));
    return name_op(name, ExprContext::Store);
}

Fallible<void> Codegen::visit_class(ast::ClassDef* node) {
    TRY(visit_all(node->decorator_list));
    int first_line = node->decorator_list.empty() ? node->lineno : node->decorator_list[0]->lineno;
    enter_unit(node->name, UnitKind::Class, node, first_line);
    unit_->private_class = node->name;
    TRY(name_op(arena_.intern("__name__"), ExprContext::Load));
    TRY(name_op(arena_.intern("__module__"), ExprContext::Store));
    TRY(load_constant(TRY(qualname_object())));
    TRY(name_op(arena_.intern("__qualname__"), ExprContext::Store));
    TRY(visit_block_body(node->body));
    at_no_line();
    if (unit_->scope->needs_class_cell) {
        op(LOAD_CLOSURE, *unit_->cellvars.find(arena_.intern("__class__")));
        op(COPY, 1);
        TRY(name_op(arena_.intern("__classcell__"), ExprContext::Store));
    } else {
        TRY(load_constant(none()));
    }
    op(RETURN_VALUE);
    Compiled compiled = TRY(leave_unit(true));
    op(PUSH_NULL);
    op(LOAD_BUILD_CLASS);
    TRY(make_closure(compiled, 0));
    TRY(load_name_constant(node->name));
    TRY(visit_call_arguments(2, node->bases, node->keywords));
    TRY(apply_decorators(node->decorator_list));
    return name_op(node->name, ExprContext::Store);
}

Fallible<void> Codegen::visit_lambda(ast::Lambda* node) {
    TRY(check_argument_names(node->args));
    int flags = TRY(visit_defaults(node->args));
    enter_unit(arena_.intern("<lambda>"), UnitKind::Lambda, node, node->lineno);
    TRY(add_constant(none()));
    set_argument_counts(node->args);
    TRY(visit(node->body));
    bool is_generator = unit_->scope->generator;
    if (!is_generator) op(RETURN_VALUE);
    Compiled compiled = TRY(leave_unit(!is_generator));
    return make_closure(compiled, flags);
}

}  // namespace py::compiler
