// Symbol tables, part 2: the walk over expressions, arguments and annotations.
#include "interp/compiler/symtable.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/str.h"

namespace py::compiler {

using ast::NodeKind;

Fallible<void> SymbolTable::visit_all(ast::Seq<ast::Expr*> nodes) {
    for (ast::Expr* node : nodes)
        if (node != nullptr) TRY(visit(node));
    return {};
}

Fallible<void> SymbolTable::visit_keywords(ast::Seq<ast::Keyword*> keywords) {
    for (ast::Keyword* keyword : keywords)
        TRY(visit(keyword->value));
    return {};
}

Fallible<void> SymbolTable::refuse_in_annotation(const char* what, ast::Expr* node) {
    if (current_->type != BlockType::Annotation) return {};
    return error(ast::range_of(node), "'%s' can not be used within an annotation", what);
}

Fallible<void> SymbolTable::refuse_in_comprehension(ast::Expr* node) {
    const char* where = nullptr;
    switch (current_->comprehension) {
        case ComprehensionKind::None: return {};
        case ComprehensionKind::List: where = "inside list comprehension"; break;
        case ComprehensionKind::Set: where = "inside set comprehension"; break;
        case ComprehensionKind::Dict: where = "inside dict comprehension"; break;
        case ComprehensionKind::Generator: where = "inside generator expression"; break;
    }
    return error(ast::range_of(node), "'yield' %s", where);
}

// PEP 572: the target of a walrus in a comprehension lives in the block around all comprehensions.
Fallible<void> SymbolTable::extend_named_scope(ast::Name* target) {
    ast::Range range = ast::range_of(target);
    for (Scope* scope = current_; scope != nullptr; scope = scope->parent) {
        if (scope->comprehension != ComprehensionKind::None) {
            int flags = scope->flags_of(mangle(private_class_, target->id));
            if ((flags & kDefComprehensionIterator) && (flags & kDefLocal))
                return error(range, "assignment expression cannot rebind comprehension iteration variable '%U'",
                             TRY(pool_.str_of(target->id)));
            continue;
        }
        if (scope->type == BlockType::Function) {
            int flags = scope->flags_of(mangle(private_class_, target->id));
            TRY(define(target->id, flags & kDefGlobal ? kDefGlobal : kDefNonlocal, target));
            remember_directive(target->id, range);
            return define_in(scope, target->id, kDefLocal, range);
        }
        if (scope->type == BlockType::Module) {
            TRY(define(target->id, kDefGlobal, target));
            remember_directive(target->id, range);
            return define_in(scope, target->id, kDefGlobal, range);
        }
        if (scope->type == BlockType::Class)
            return error(range, "assignment expression within a comprehension cannot be used in a class body");
    }
    return {};
}

Fallible<void> SymbolTable::visit_named(ast::NamedExpr* node) {
    if (current_->in_iterable_expression > 0)
        return error(ast::range_of(node),
                     "assignment expression cannot be used in a comprehension iterable expression");
    if (current_->comprehension != ComprehensionKind::None) {
        if (!ast::is<ast::Name>(node->target)) return raise(exc::TypeError, "NamedExpr target must be a Name");
        TRY(extend_named_scope(ast::as<ast::Name>(node->target)));
    }
    TRY(visit(node->value));
    return visit(node->target);
}

Fallible<void> SymbolTable::visit_name(ast::Name* node) {
    TRY(define(node->id, node->ctx == ast::ExprContext::Load ? kUse : kDefLocal, node));
    // A function that mentions `super` can reach `__class__`.
    if (node->ctx == ast::ExprContext::Load && current_->type == BlockType::Function && node->id->view() == "super")
        TRY(define(arena_.intern("__class__"), kUse, node));
    return {};
}

Fallible<void> SymbolTable::visit_lambda(ast::Lambda* node) {
    TRY(visit_argument_defaults(node->args));
    enter(arena_.intern("lambda"), BlockType::Function, node, ast::range_of(node));
    TRY(visit_arguments(node->args));
    TRY(visit(node->body));
    leave();
    return {};
}

Fallible<void> SymbolTable::visit_generator(ast::Comprehension* generator) {
    current_->in_iteration_target = true;
    TRY(visit(generator->target));
    current_->in_iteration_target = false;
    current_->in_iterable_expression++;
    TRY(visit(generator->iter));
    current_->in_iterable_expression--;
    TRY(visit_all(generator->ifs));
    if (generator->is_async) current_->coroutine = true;
    return {};
}

Fallible<void> SymbolTable::visit_comprehension(ast::Expr* node, Identifier name,
                                                ast::Seq<ast::Comprehension*> generators, ast::Expr* elt,
                                                ast::Expr* value, ComprehensionKind kind) {
    ast::Comprehension* outermost = generators[0];
    // The outermost iterable is evaluated in the enclosing block.
    current_->in_iterable_expression++;
    TRY(visit(outermost->iter));
    current_->in_iterable_expression--;
    enter(name, BlockType::Function, node, ast::range_of(node));
    Scope* scope = current_;
    scope->coroutine = outermost->is_async;
    scope->comprehension = kind;
    TRY(define(arena_.intern(".0"), kDefParam, node));
    scope->in_iteration_target = true;
    TRY(visit(outermost->target));
    scope->in_iteration_target = false;
    TRY(visit_all(outermost->ifs));
    for (uint32_t i = 1; i < generators.size(); i++)
        TRY(visit_generator(generators[i]));
    if (value != nullptr) TRY(visit(value));
    TRY(visit(elt));
    scope->generator = kind == ComprehensionKind::Generator;
    bool is_async = scope->coroutine && !scope->generator;
    leave();
    if (is_async) current_->coroutine = true;
    return {};
}

Fallible<void> SymbolTable::visit_argument_defaults(ast::Arguments* args) {
    TRY(visit_all(args->defaults));
    return visit_all(args->kw_defaults);
}

Fallible<void> SymbolTable::visit_arguments(ast::Arguments* args) {
    for (ast::Arg* arg : args->posonlyargs)
        TRY(define(arg->arg, kDefParam, arg));
    for (ast::Arg* arg : args->args)
        TRY(define(arg->arg, kDefParam, arg));
    for (ast::Arg* arg : args->kwonlyargs)
        TRY(define(arg->arg, kDefParam, arg));
    if (args->vararg) {
        TRY(define(args->vararg->arg, kDefParam, args->vararg));
        current_->has_varargs = true;
    }
    if (args->kwarg) {
        TRY(define(args->kwarg->arg, kDefParam, args->kwarg));
        current_->has_varkeywords = true;
    }
    return {};
}

Fallible<void> SymbolTable::visit_annotation(ast::Expr* annotation) {
    if (!future_annotations_) return visit(annotation);
    enter(arena_.intern("_annotation"), BlockType::Annotation, annotation, ast::range_of(annotation));
    TRY(visit(annotation));
    leave();
    return {};
}

Fallible<void> SymbolTable::visit_argument_annotations(ast::Arguments* args) {
    auto visit_arg = [this](ast::Arg* arg) -> Fallible<void> {
        return arg != nullptr && arg->annotation ? visit_annotation(arg->annotation) : Fallible<void>();
    };
    for (ast::Arg* arg : args->posonlyargs)
        TRY(visit_arg(arg));
    for (ast::Arg* arg : args->args)
        TRY(visit_arg(arg));
    TRY(visit_arg(args->vararg));
    TRY(visit_arg(args->kwarg));
    for (ast::Arg* arg : args->kwonlyargs)
        TRY(visit_arg(arg));
    return {};
}

Fallible<void> SymbolTable::visit_inner(ast::Expr* node) {
    switch (node->node_kind) {
        case NodeKind::NamedExpr:
            TRY(refuse_in_annotation("named expression", node));
            return visit_named(ast::as<ast::NamedExpr>(node));
        case NodeKind::BoolOp: return visit_all(ast::as<ast::BoolOp>(node)->values);
        case NodeKind::BinOp:
            TRY(visit(ast::as<ast::BinOp>(node)->left));
            return visit(ast::as<ast::BinOp>(node)->right);
        case NodeKind::UnaryOp: return visit(ast::as<ast::UnaryOp>(node)->operand);
        case NodeKind::Lambda: return visit_lambda(ast::as<ast::Lambda>(node));
        case NodeKind::IfExp:
            TRY(visit(ast::as<ast::IfExp>(node)->test));
            TRY(visit(ast::as<ast::IfExp>(node)->body));
            return visit(ast::as<ast::IfExp>(node)->orelse);
        case NodeKind::Dict:
            TRY(visit_all(ast::as<ast::Dict>(node)->keys));
            return visit_all(ast::as<ast::Dict>(node)->values);
        case NodeKind::Set: return visit_all(ast::as<ast::Set>(node)->elts);
        case NodeKind::ListComp: {
            auto* comp = ast::as<ast::ListComp>(node);
            return visit_comprehension(node, arena_.intern("listcomp"), comp->generators, comp->elt, nullptr,
                                       ComprehensionKind::List);
        }
        case NodeKind::SetComp: {
            auto* comp = ast::as<ast::SetComp>(node);
            return visit_comprehension(node, arena_.intern("setcomp"), comp->generators, comp->elt, nullptr,
                                       ComprehensionKind::Set);
        }
        case NodeKind::DictComp: {
            auto* comp = ast::as<ast::DictComp>(node);
            return visit_comprehension(node, arena_.intern("dictcomp"), comp->generators, comp->key, comp->value,
                                       ComprehensionKind::Dict);
        }
        case NodeKind::GeneratorExp: {
            auto* comp = ast::as<ast::GeneratorExp>(node);
            return visit_comprehension(node, arena_.intern("genexpr"), comp->generators, comp->elt, nullptr,
                                       ComprehensionKind::Generator);
        }
        case NodeKind::Yield:
            TRY(refuse_in_annotation("yield expression", node));
            TRY(visit_optional(ast::as<ast::Yield>(node)->value));
            current_->generator = true;
            return refuse_in_comprehension(node);
        case NodeKind::YieldFrom:
            TRY(refuse_in_annotation("yield expression", node));
            TRY(visit(ast::as<ast::YieldFrom>(node)->value));
            current_->generator = true;
            return refuse_in_comprehension(node);
        case NodeKind::Await:
            TRY(refuse_in_annotation("await expression", node));
            TRY(visit(ast::as<ast::Await>(node)->value));
            current_->coroutine = true;
            return {};
        case NodeKind::Compare:
            TRY(visit(ast::as<ast::Compare>(node)->left));
            return visit_all(ast::as<ast::Compare>(node)->comparators);
        case NodeKind::Call:
            TRY(visit(ast::as<ast::Call>(node)->func));
            TRY(visit_all(ast::as<ast::Call>(node)->args));
            return visit_keywords(ast::as<ast::Call>(node)->keywords);
        case NodeKind::FormattedValue:
            TRY(visit(ast::as<ast::FormattedValue>(node)->value));
            return visit_optional(ast::as<ast::FormattedValue>(node)->format_spec);
        case NodeKind::JoinedStr: return visit_all(ast::as<ast::JoinedStr>(node)->values);
        case NodeKind::Attribute: return visit(ast::as<ast::Attribute>(node)->value);
        case NodeKind::Subscript:
            TRY(visit(ast::as<ast::Subscript>(node)->value));
            return visit(ast::as<ast::Subscript>(node)->slice);
        case NodeKind::Starred: return visit(ast::as<ast::Starred>(node)->value);
        case NodeKind::Slice:
            TRY(visit_optional(ast::as<ast::Slice>(node)->lower));
            TRY(visit_optional(ast::as<ast::Slice>(node)->upper));
            return visit_optional(ast::as<ast::Slice>(node)->step);
        case NodeKind::Name: return visit_name(ast::as<ast::Name>(node));
        case NodeKind::List: return visit_all(ast::as<ast::List>(node)->elts);
        case NodeKind::Tuple: return visit_all(ast::as<ast::Tuple>(node)->elts);
        default: return {};  // Constant
    }
}

Fallible<void> SymbolTable::visit(ast::Expr* node) {
    TRY(depth_.enter());
    TRY(visit_inner(node));
    depth_.leave();
    return {};
}

}  // namespace py::compiler
