// The tree optimiser, part 1: the walk over statements, patterns and arguments.
#include "interp/compiler/fold.h"

#include "interp/objects/str.h"

namespace py::compiler {

using ast::NodeKind;

const ast::Constant* docstring_of(ast::Seq<ast::Stmt*> body) {
    if (body.empty()) return nullptr;
    auto* statement = ast::as_if<ast::ExprStmt>(body[0]);
    if (statement == nullptr) return nullptr;
    auto* constant = ast::as_if<ast::Constant>(statement->value);
    if (constant == nullptr) return nullptr;
    if (constant->value.kind == ast::ConstantKind::Str) return constant;
    bool is_text = constant->value.kind == ast::ConstantKind::Object &&
                   static_cast<Object*>(constant->value.object)->type == &str_type;
    return is_text ? constant : nullptr;
}

Fallible<void> Folder::fold(ast::Mod* tree) {
    if (auto* module = ast::as_if<ast::Module>(tree)) return body(module->body, true);
    if (auto* interactive = ast::as_if<ast::Interactive>(tree)) return body(interactive->body, false);
    if (auto* single = ast::as_if<ast::Expression>(tree)) return expression(single->body);
    return {};
}

Fallible<void> Folder::body(ast::Seq<ast::Stmt*> statements, bool may_have_docstring) {
    bool had_docstring = docstring_of(statements) != nullptr;
    for (ast::Stmt* node : statements)
        TRY(statement(node));
    if (!may_have_docstring || had_docstring || docstring_of(statements) == nullptr) return {};
    // An expression that folding turned into a str is no docstring: it becomes an f-string of one part.
    auto* first = ast::as<ast::ExprStmt>(statements[0]);
    auto* joined = ast::make_node<ast::JoinedStr>(arena_, ast::range_of(first->value));
    joined->values = arena_.seq<ast::Expr*>({first->value});
    first->value = joined;
    return {};
}

Fallible<void> Folder::all(ast::Seq<ast::Expr*> nodes) {
    for (ast::Expr*& node : nodes)
        if (node != nullptr) TRY(expression(node));
    return {};
}

Fallible<void> Folder::keywords(ast::Seq<ast::Keyword*> nodes) {
    for (ast::Keyword* keyword : nodes)
        TRY(expression(keyword->value));
    return {};
}

Fallible<void> Folder::argument(ast::Arg* arg) {
    if (arg == nullptr || future_annotations_) return {};
    return optional(arg->annotation);
}

Fallible<void> Folder::arguments(ast::Arguments* args) {
    for (ast::Arg* arg : args->posonlyargs)
        TRY(argument(arg));
    for (ast::Arg* arg : args->args)
        TRY(argument(arg));
    TRY(argument(args->vararg));
    for (ast::Arg* arg : args->kwonlyargs)
        TRY(argument(arg));
    TRY(all(args->kw_defaults));
    TRY(argument(args->kwarg));
    return all(args->defaults);
}

Fallible<void> Folder::function(ast::Arguments* args, ast::Seq<ast::Stmt*> statements, ast::Seq<ast::Expr*> decorators,
                                ast::Expr*& returns) {
    TRY(arguments(args));
    TRY(body(statements, true));
    TRY(all(decorators));
    return future_annotations_ ? Fallible<void>() : optional(returns);
}

Fallible<void> Folder::loop(ast::Expr*& target, ast::Expr*& iter, ast::Seq<ast::Stmt*> statements,
                            ast::Seq<ast::Stmt*> orelse) {
    TRY(expression(target));
    TRY(expression(iter));
    TRY(body(statements, false));
    return body(orelse, false);
}

Fallible<void> Folder::handlers(ast::Seq<ast::ExceptHandler*> nodes) {
    for (ast::ExceptHandler* handler : nodes) {
        TRY(optional(handler->type));
        TRY(body(handler->body, false));
    }
    return {};
}

Fallible<void> Folder::with_items(ast::Seq<ast::WithItem*> items) {
    for (ast::WithItem* item : items) {
        TRY(expression(item->context_expr));
        TRY(optional(item->optional_vars));
    }
    return {};
}

Fallible<void> Folder::patterns(ast::Seq<ast::Pattern*> nodes) {
    for (ast::Pattern* node : nodes)
        TRY(pattern(node));
    return {};
}

Fallible<void> Folder::pattern(ast::Pattern* node) {
    TRY(depth_.enter());
    switch (node->node_kind) {
        case NodeKind::MatchValue: TRY(expression(ast::as<ast::MatchValue>(node)->value)); break;
        case NodeKind::MatchSingleton: TRY(pool_.object_of(ast::as<ast::MatchSingleton>(node)->value)); break;
        case NodeKind::MatchSequence: TRY(patterns(ast::as<ast::MatchSequence>(node)->patterns)); break;
        case NodeKind::MatchMapping:
            TRY(all(ast::as<ast::MatchMapping>(node)->keys));
            TRY(patterns(ast::as<ast::MatchMapping>(node)->patterns));
            break;
        case NodeKind::MatchClass:
            TRY(expression(ast::as<ast::MatchClass>(node)->cls));
            TRY(patterns(ast::as<ast::MatchClass>(node)->patterns));
            TRY(patterns(ast::as<ast::MatchClass>(node)->kwd_patterns));
            break;
        case NodeKind::MatchAs:
            if (ast::as<ast::MatchAs>(node)->pattern) TRY(pattern(ast::as<ast::MatchAs>(node)->pattern));
            break;
        case NodeKind::MatchOr: TRY(patterns(ast::as<ast::MatchOr>(node)->patterns)); break;
        default: break;  // MatchStar
    }
    depth_.leave();
    return {};
}

Fallible<void> Folder::statement(ast::Stmt* node) {
    TRY(depth_.enter());
    TRY(statement_inner(node));
    depth_.leave();
    return {};
}

// NOTE: one case a statement kind, over 60 lines.
Fallible<void> Folder::statement_inner(ast::Stmt* node) {
    switch (node->node_kind) {
        case NodeKind::FunctionDef: {
            auto* def = ast::as<ast::FunctionDef>(node);
            return function(def->args, def->body, def->decorator_list, def->returns);
        }
        case NodeKind::AsyncFunctionDef: {
            auto* def = ast::as<ast::AsyncFunctionDef>(node);
            return function(def->args, def->body, def->decorator_list, def->returns);
        }
        case NodeKind::ClassDef: {
            auto* def = ast::as<ast::ClassDef>(node);
            TRY(all(def->bases));
            TRY(keywords(def->keywords));
            TRY(body(def->body, true));
            return all(def->decorator_list);
        }
        case NodeKind::Return: return optional(ast::as<ast::Return>(node)->value);
        case NodeKind::Delete: return all(ast::as<ast::Delete>(node)->targets);
        case NodeKind::Assign:
            TRY(all(ast::as<ast::Assign>(node)->targets));
            return expression(ast::as<ast::Assign>(node)->value);
        case NodeKind::AugAssign:
            TRY(expression(ast::as<ast::AugAssign>(node)->target));
            return expression(ast::as<ast::AugAssign>(node)->value);
        case NodeKind::AnnAssign: {
            auto* assign = ast::as<ast::AnnAssign>(node);
            TRY(expression(assign->target));
            if (!future_annotations_) TRY(expression(assign->annotation));
            return optional(assign->value);
        }
        case NodeKind::For: {
            auto* node_for = ast::as<ast::For>(node);
            TRY(loop(node_for->target, node_for->iter, node_for->body, node_for->orelse));
            return iterable(node_for->iter);
        }
        case NodeKind::AsyncFor: {
            auto* node_for = ast::as<ast::AsyncFor>(node);
            return loop(node_for->target, node_for->iter, node_for->body, node_for->orelse);
        }
        case NodeKind::While:
            TRY(expression(ast::as<ast::While>(node)->test));
            TRY(body(ast::as<ast::While>(node)->body, false));
            return body(ast::as<ast::While>(node)->orelse, false);
        case NodeKind::If:
            TRY(expression(ast::as<ast::If>(node)->test));
            TRY(body(ast::as<ast::If>(node)->body, false));
            return body(ast::as<ast::If>(node)->orelse, false);
        case NodeKind::With:
            TRY(with_items(ast::as<ast::With>(node)->items));
            return body(ast::as<ast::With>(node)->body, false);
        case NodeKind::AsyncWith:
            TRY(with_items(ast::as<ast::AsyncWith>(node)->items));
            return body(ast::as<ast::AsyncWith>(node)->body, false);
        case NodeKind::Raise:
            TRY(optional(ast::as<ast::Raise>(node)->exc));
            return optional(ast::as<ast::Raise>(node)->cause);
        case NodeKind::Try: {
            auto* block = ast::as<ast::Try>(node);
            TRY(body(block->body, false));
            TRY(handlers(block->handlers));
            TRY(body(block->orelse, false));
            return body(block->finalbody, false);
        }
        case NodeKind::TryStar: {
            auto* block = ast::as<ast::TryStar>(node);
            TRY(body(block->body, false));
            TRY(handlers(block->handlers));
            TRY(body(block->orelse, false));
            return body(block->finalbody, false);
        }
        case NodeKind::Assert:
            TRY(expression(ast::as<ast::Assert>(node)->test));
            return optional(ast::as<ast::Assert>(node)->msg);
        case NodeKind::ExprStmt: return expression(ast::as<ast::ExprStmt>(node)->value);
        case NodeKind::Match:
            TRY(expression(ast::as<ast::Match>(node)->subject));
            for (ast::MatchCase* item : ast::as<ast::Match>(node)->cases) {
                TRY(pattern(item->pattern));
                TRY(optional(item->guard));
                TRY(body(item->body, false));
            }
            return {};
        default: return {};
    }
}

}  // namespace py::compiler
