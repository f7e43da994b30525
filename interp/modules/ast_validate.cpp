// What a tree made by hand must fulfil before it is compiled: the invariants the parser gives (`ast` documentation).
#include "interp/modules/ast_nodes.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

using ast::ExprContext;
using ast::NodeKind;

namespace {

class Validator {
  public:
    Fallible<void> tree(const ast::Mod* tree);

  private:
    Fallible<void> place(const ast::Located* node);
    Fallible<void> not_empty(size_t count, const char* what, const char* owner);
    Fallible<void> body(ast::Seq<ast::Stmt*> statements, const char* owner);
    Fallible<void> statements(ast::Seq<ast::Stmt*> statements);
    Fallible<void> statement(const ast::Stmt* node);
    Fallible<void> named_target(const ast::Expr* target);
    Fallible<void> statement_inner(const ast::Stmt* node);
    Fallible<void> function(const ast::Arguments* args, ast::Seq<ast::Stmt*> statements,
                            ast::Seq<ast::Expr*> decorators, const ast::Expr* returns, const char* owner);
    Fallible<void> try_statement(ast::Seq<ast::Stmt*> statements, ast::Seq<ast::ExceptHandler*> handlers,
                                 ast::Seq<ast::Stmt*> orelse, ast::Seq<ast::Stmt*> finalbody, const char* owner);
    Fallible<void> loop(const ast::Expr* target, const ast::Expr* iter, ast::Seq<ast::Stmt*> statements,
                        ast::Seq<ast::Stmt*> orelse, const char* owner);
    Fallible<void> with(ast::Seq<ast::WithItem*> items, ast::Seq<ast::Stmt*> statements, const char* owner);
    Fallible<void> arguments(const ast::Arguments* args);
    Fallible<void> argument(const ast::Arg* arg);
    Fallible<void> keywords(ast::Seq<ast::Keyword*> keywords);
    Fallible<void> generators(ast::Seq<ast::Comprehension*> generators);
    Fallible<void> all(ast::Seq<ast::Expr*> nodes, ExprContext context, bool null_allowed);
    Fallible<void> load(const ast::Expr* node) { return expression(node, ExprContext::Load); }
    Fallible<void> optional(const ast::Expr* node) { return node ? load(node) : Fallible<void>(); }
    Fallible<void> expression(const ast::Expr* node, ExprContext context);
    Fallible<void> check_context(const ast::Expr* node, ExprContext context);
    Fallible<void> expression_inner(const ast::Expr* node, ExprContext context);
    Fallible<void> constant(Object* value);
    Fallible<void> name(ast::Identifier name);
    Fallible<void> capture(ast::Identifier name);
    Fallible<void> pattern(const ast::Pattern* node, bool star_allowed);
    Fallible<void> patterns(ast::Seq<ast::Pattern*> nodes, bool star_allowed);
    Fallible<void> pattern_value(const ast::Expr* node);
    Fallible<void> pattern_class(const ast::MatchClass* node);
    Fallible<void> cases(ast::Seq<ast::MatchCase*> cases);

    compiler::DepthLimit depth_;
};

const char* context_name(ExprContext context) {
    return ast::name_of(context);
}

Fallible<void> Validator::place(const ast::Located* node) {
    if (node->lineno > node->end_lineno)
        return raise(exc::ValueError, "AST node line range (%d, %d) is not valid", node->lineno, node->end_lineno);
    if ((node->lineno < 0 && node->end_lineno != node->lineno) ||
        (node->col_offset < 0 && node->col_offset != node->end_col_offset))
        return raise(exc::ValueError, "AST node column range (%d, %d) for line range (%d, %d) is not valid",
                     node->col_offset, node->end_col_offset, node->lineno, node->end_lineno);
    if (node->lineno == node->end_lineno && node->col_offset > node->end_col_offset)
        return raise(exc::ValueError, "line %d, column %d-%d is not a valid range", node->lineno, node->col_offset,
                     node->end_col_offset);
    return {};
}

Fallible<void> Validator::not_empty(size_t count, const char* what, const char* owner) {
    return count > 0 ? Fallible<void>() : raise(exc::ValueError, "empty %s on %s", what, owner);
}

Fallible<void> Validator::name(ast::Identifier identifier) {
    for (const char* forbidden : {"None", "True", "False"})
        if (identifier->view() == forbidden)
            return raise(exc::ValueError, "identifier field can't represent '%s' constant", forbidden);
    return {};
}

Fallible<void> Validator::capture(ast::Identifier identifier) {
    if (identifier->view() == "_") return raise(exc::ValueError, "can't capture name '_' in patterns");
    return name(identifier);
}

Fallible<void> Validator::constant(Object* value) {
    if (is_none(value) || value == ellipsis() || is_int_exact(value) || is_float_exact(value) ||
        value->type == &complex_type || is_bool(value) || is_str_exact(value) || is_bytes_exact(value))
        return {};
    if (!is_tuple_exact(value) && value->type != &frozenset_type)
        return raise(exc::TypeError, "got an invalid type in Constant: %s", type_short_name(value->type));
    TRY(depth_.enter());
    if (is_tuple_exact(value)) {
        for (ssize_t i = 0; i < as_tuple(value)->size; i++)
            TRY(constant(as_tuple(value)->items[i]));
    } else {
        ssize_t position = 0;
        Object* key;
        while (set_next(as_set(value), &position, &key, nullptr))
            TRY(constant(key));
    }
    depth_.leave();
    return {};
}

Fallible<void> Validator::all(ast::Seq<ast::Expr*> nodes, ExprContext context, bool null_allowed) {
    for (const ast::Expr* node : nodes) {
        if (node != nullptr)
            TRY(expression(node, context));
        else if (!null_allowed)
            return raise(exc::ValueError, "None disallowed in expression list");
    }
    return {};
}

Fallible<void> Validator::keywords(ast::Seq<ast::Keyword*> nodes) {
    for (const ast::Keyword* keyword : nodes)
        TRY(load(keyword->value));
    return {};
}

Fallible<void> Validator::generators(ast::Seq<ast::Comprehension*> nodes) {
    if (nodes.empty()) return raise(exc::ValueError, "comprehension with no generators");
    for (const ast::Comprehension* generator : nodes) {
        TRY(expression(generator->target, ExprContext::Store));
        TRY(load(generator->iter));
        TRY(all(generator->ifs, ExprContext::Load, false));
    }
    return {};
}

Fallible<void> Validator::argument(const ast::Arg* arg) {
    if (arg == nullptr) return {};
    TRY(place(arg));
    return optional(arg->annotation);
}

Fallible<void> Validator::arguments(const ast::Arguments* args) {
    for (const ast::Arg* arg : args->posonlyargs)
        TRY(argument(arg));
    for (const ast::Arg* arg : args->args)
        TRY(argument(arg));
    TRY(argument(args->vararg));
    for (const ast::Arg* arg : args->kwonlyargs)
        TRY(argument(arg));
    TRY(argument(args->kwarg));
    if (args->defaults.size() > args->posonlyargs.size() + args->args.size())
        return raise(exc::ValueError, "more positional defaults than args on arguments");
    if (args->kw_defaults.size() != args->kwonlyargs.size())
        return raise(exc::ValueError, "length of kwonlyargs is not the same as kw_defaults on arguments");
    TRY(all(args->defaults, ExprContext::Load, false));
    return all(args->kw_defaults, ExprContext::Load, true);
}

// The context a target expression was made with; other expressions can only be loaded.
Fallible<void> Validator::check_context(const ast::Expr* node, ExprContext context) {
    ExprContext actual;
    switch (node->node_kind) {
        case NodeKind::Attribute: actual = ast::as<ast::Attribute>(node)->ctx; break;
        case NodeKind::Subscript: actual = ast::as<ast::Subscript>(node)->ctx; break;
        case NodeKind::Starred: actual = ast::as<ast::Starred>(node)->ctx; break;
        case NodeKind::Name:
            TRY(name(ast::as<ast::Name>(node)->id));
            actual = ast::as<ast::Name>(node)->ctx;
            break;
        case NodeKind::List: actual = ast::as<ast::List>(node)->ctx; break;
        case NodeKind::Tuple: actual = ast::as<ast::Tuple>(node)->ctx; break;
        default:
            if (context == ExprContext::Load) return {};
            return raise(exc::ValueError, "expression which can't be assigned to in %s context", context_name(context));
    }
    if (actual == context) return {};
    return raise(exc::ValueError, "expression must have %s context but has %s instead", context_name(context),
                 context_name(actual));
}

Fallible<void> Validator::expression(const ast::Expr* node, ExprContext context) {
    TRY(place(node));
    TRY(depth_.enter());
    TRY(check_context(node, context));
    TRY(expression_inner(node, context));
    depth_.leave();
    return {};
}

// 3.11 does not look at it. We see to it that the tree is whole; what is assigned to is the compiler's affair.
Fallible<void> Validator::named_target(const ast::Expr* target) {
    switch (target->node_kind) {
        case NodeKind::Name: return {};
        case NodeKind::Attribute:
        case NodeKind::Subscript:
        case NodeKind::Starred:
        case NodeKind::List:
        case NodeKind::Tuple: return expression(target, ExprContext::Store);
        default: return load(target);
    }
}

// NOTE: one case an expression kind, over 60 lines.
Fallible<void> Validator::expression_inner(const ast::Expr* node, ExprContext context) {
    switch (node->node_kind) {
        case NodeKind::BoolOp:
            if (ast::as<ast::BoolOp>(node)->values.size() < 2)
                return raise(exc::ValueError, "BoolOp with less than 2 values");
            return all(ast::as<ast::BoolOp>(node)->values, ExprContext::Load, false);
        case NodeKind::BinOp: TRY(load(ast::as<ast::BinOp>(node)->left)); return load(ast::as<ast::BinOp>(node)->right);
        case NodeKind::UnaryOp: return load(ast::as<ast::UnaryOp>(node)->operand);
        case NodeKind::Lambda:
            TRY(arguments(ast::as<ast::Lambda>(node)->args));
            return load(ast::as<ast::Lambda>(node)->body);
        case NodeKind::IfExp:
            TRY(load(ast::as<ast::IfExp>(node)->test));
            TRY(load(ast::as<ast::IfExp>(node)->body));
            return load(ast::as<ast::IfExp>(node)->orelse);
        case NodeKind::Dict:
            if (ast::as<ast::Dict>(node)->keys.size() != ast::as<ast::Dict>(node)->values.size())
                return raise(exc::ValueError, "Dict doesn't have the same number of keys as values");
            TRY(all(ast::as<ast::Dict>(node)->keys, ExprContext::Load, true));
            return all(ast::as<ast::Dict>(node)->values, ExprContext::Load, false);
        case NodeKind::Set: return all(ast::as<ast::Set>(node)->elts, ExprContext::Load, false);
        case NodeKind::ListComp:
            TRY(generators(ast::as<ast::ListComp>(node)->generators));
            return load(ast::as<ast::ListComp>(node)->elt);
        case NodeKind::SetComp:
            TRY(generators(ast::as<ast::SetComp>(node)->generators));
            return load(ast::as<ast::SetComp>(node)->elt);
        case NodeKind::GeneratorExp:
            TRY(generators(ast::as<ast::GeneratorExp>(node)->generators));
            return load(ast::as<ast::GeneratorExp>(node)->elt);
        case NodeKind::DictComp:
            TRY(generators(ast::as<ast::DictComp>(node)->generators));
            TRY(load(ast::as<ast::DictComp>(node)->key));
            return load(ast::as<ast::DictComp>(node)->value);
        case NodeKind::Yield: return optional(ast::as<ast::Yield>(node)->value);
        case NodeKind::YieldFrom: return load(ast::as<ast::YieldFrom>(node)->value);
        case NodeKind::Await: return load(ast::as<ast::Await>(node)->value);
        case NodeKind::Compare: {
            auto* compare = ast::as<ast::Compare>(node);
            if (compare->comparators.empty()) return raise(exc::ValueError, "Compare with no comparators");
            if (compare->comparators.size() != compare->ops.size())
                return raise(exc::ValueError, "Compare has a different number of comparators and operands");
            TRY(all(compare->comparators, ExprContext::Load, false));
            return load(compare->left);
        }
        case NodeKind::Call:
            TRY(load(ast::as<ast::Call>(node)->func));
            TRY(all(ast::as<ast::Call>(node)->args, ExprContext::Load, false));
            return keywords(ast::as<ast::Call>(node)->keywords);
        case NodeKind::Constant: return constant(static_cast<Object*>(ast::as<ast::Constant>(node)->value.object));
        case NodeKind::JoinedStr: return all(ast::as<ast::JoinedStr>(node)->values, ExprContext::Load, false);
        case NodeKind::FormattedValue:
            TRY(load(ast::as<ast::FormattedValue>(node)->value));
            return optional(ast::as<ast::FormattedValue>(node)->format_spec);
        case NodeKind::Attribute: return load(ast::as<ast::Attribute>(node)->value);
        case NodeKind::Subscript:
            TRY(load(ast::as<ast::Subscript>(node)->slice));
            return load(ast::as<ast::Subscript>(node)->value);
        case NodeKind::Slice:
            TRY(optional(ast::as<ast::Slice>(node)->lower));
            TRY(optional(ast::as<ast::Slice>(node)->upper));
            return optional(ast::as<ast::Slice>(node)->step);
        case NodeKind::Starred: return expression(ast::as<ast::Starred>(node)->value, context);
        case NodeKind::List: return all(ast::as<ast::List>(node)->elts, context, false);
        case NodeKind::Tuple: return all(ast::as<ast::Tuple>(node)->elts, context, false);
        case NodeKind::NamedExpr:
            TRY(load(ast::as<ast::NamedExpr>(node)->value));
            return named_target(ast::as<ast::NamedExpr>(node)->target);
        default: return {};  // Name
    }
}

bool is_singleton(const ast::Expr* node) {
    auto* literal = ast::as_if<ast::Constant>(node);
    auto* value = literal ? static_cast<Object*>(literal->value.object) : nullptr;
    return value && (is_none(value) || is_bool(value));
}

bool is_number(const ast::Expr* node, bool real, bool imaginary) {
    auto* literal = ast::as_if<ast::Constant>(node);
    if (literal == nullptr) return false;
    auto* value = static_cast<Object*>(literal->value.object);
    return (real && (is_int_exact(value) || is_float_exact(value))) || (imaginary && value->type == &complex_type);
}

bool is_negative_number(const ast::Expr* node, bool imaginary) {
    auto* unary = ast::as_if<ast::UnaryOp>(node);
    return unary != nullptr && unary->op == ast::UnaryOperator::USub && is_number(unary->operand, true, imaginary);
}

// A real number plus or minus an imaginary one.
bool is_complex_sum(const ast::Expr* node) {
    auto* sum = ast::as_if<ast::BinOp>(node);
    if (sum == nullptr || (sum->op != ast::Operator::Add && sum->op != ast::Operator::Sub)) return false;
    return (is_number(sum->left, true, false) || is_negative_number(sum->left, false)) && is_number(sum->right, false, true);
}

// A literal, an attribute, a signed number or a complex number written as a sum.
Fallible<void> Validator::pattern_value(const ast::Expr* node) {
    auto* attribute = ast::as_if<ast::Attribute>(node);
    TRY(expression(node, ExprContext::Load));
    if (auto* literal = ast::as_if<ast::Constant>(node)) {
        auto* value = static_cast<Object*>(literal->value.object);
        if (value == ellipsis()) return raise(exc::ValueError, "unexpected constant inside of a literal pattern");
        bool fits = is_int_exact(value) || is_float_exact(value) || is_bytes_exact(value) ||
                    value->type == &complex_type || is_str_exact(value);
        return fits ? Fallible<void>() : raise(exc::ValueError, "unexpected constant inside of a literal pattern");
    }
    if (attribute != nullptr || is_negative_number(node, true) || is_complex_sum(node) || ast::is<ast::JoinedStr>(node)) return {};
    return raise(exc::ValueError, "patterns may only match literals and attribute lookups");
}

Fallible<void> Validator::patterns(ast::Seq<ast::Pattern*> nodes, bool star_allowed) {
    for (const ast::Pattern* node : nodes)
        TRY(pattern(node, star_allowed));
    return {};
}

Fallible<void> Validator::pattern_class(const ast::MatchClass* node) {
    if (node->kwd_attrs.size() != node->kwd_patterns.size())
        return raise(exc::ValueError, "MatchClass doesn't have the same number of keyword attributes as patterns");
    TRY(load(node->cls));
    const ast::Expr* part = node->cls;
    while (auto* attribute = ast::as_if<ast::Attribute>(part))
        part = attribute->value;
    if (!ast::is<ast::Name>(part))
        return raise(exc::ValueError, "MatchClass cls field can only contain Name or Attribute nodes.");
    for (ast::Identifier attribute : node->kwd_attrs)
        TRY(name(attribute));
    TRY(patterns(node->patterns, false));
    return patterns(node->kwd_patterns, false);
}

Fallible<void> Validator::pattern(const ast::Pattern* node, bool star_allowed) {
    TRY(place(node));
    TRY(depth_.enter());
    switch (node->node_kind) {
        case NodeKind::MatchValue: TRY(pattern_value(ast::as<ast::MatchValue>(node)->value)); break;
        case NodeKind::MatchSingleton: {
            auto* value = static_cast<Object*>(ast::as<ast::MatchSingleton>(node)->value.object);
            if (!is_none(value) && value != py_true() && value != py_false())
                return raise(exc::ValueError, "MatchSingleton can only contain True, False and None");
            break;
        }
        case NodeKind::MatchSequence: TRY(patterns(ast::as<ast::MatchSequence>(node)->patterns, true)); break;
        case NodeKind::MatchMapping: {
            auto* mapping = ast::as<ast::MatchMapping>(node);
            if (mapping->keys.size() != mapping->patterns.size())
                return raise(exc::ValueError, "MatchMapping doesn't have the same number of keys as patterns");
            if (mapping->rest) TRY(capture(mapping->rest));
            for (const ast::Expr* key : mapping->keys)
                if (key != nullptr && !is_singleton(key)) TRY(pattern_value(key));
            TRY(patterns(mapping->patterns, false));
            break;
        }
        case NodeKind::MatchClass: TRY(pattern_class(ast::as<ast::MatchClass>(node))); break;
        case NodeKind::MatchStar:
            if (!star_allowed) return raise(exc::ValueError, "can't use MatchStar here");
            if (ast::as<ast::MatchStar>(node)->name) TRY(capture(ast::as<ast::MatchStar>(node)->name));
            break;
        case NodeKind::MatchAs: {
            auto* as_pattern = ast::as<ast::MatchAs>(node);
            if (as_pattern->name) TRY(capture(as_pattern->name));
            if (as_pattern->pattern == nullptr) break;
            if (as_pattern->name == nullptr)
                return raise(exc::ValueError, "MatchAs must specify a target name if a pattern is given");
            TRY(pattern(as_pattern->pattern, false));
            break;
        }
        case NodeKind::MatchOr:
            if (ast::as<ast::MatchOr>(node)->patterns.size() < 2)
                return raise(exc::ValueError, "MatchOr requires at least 2 patterns");
            TRY(patterns(ast::as<ast::MatchOr>(node)->patterns, false));
            break;
        default: break;
    }
    depth_.leave();
    return {};
}

Fallible<void> Validator::body(ast::Seq<ast::Stmt*> nodes, const char* owner) {
    TRY(not_empty(nodes.size(), "body", owner));
    return statements(nodes);
}

Fallible<void> Validator::statements(ast::Seq<ast::Stmt*> nodes) {
    for (const ast::Stmt* node : nodes) {
        if (node == nullptr) return raise(exc::ValueError, "None disallowed in statement list");
        TRY(statement(node));
    }
    return {};
}

Fallible<void> Validator::statement(const ast::Stmt* node) {
    TRY(place(node));
    TRY(depth_.enter());
    TRY(statement_inner(node));
    depth_.leave();
    return {};
}

Fallible<void> Validator::function(const ast::Arguments* args, ast::Seq<ast::Stmt*> nodes,
                                   ast::Seq<ast::Expr*> decorators, const ast::Expr* returns, const char* owner) {
    TRY(body(nodes, owner));
    TRY(arguments(args));
    TRY(all(decorators, ExprContext::Load, false));
    return optional(returns);
}

Fallible<void> Validator::loop(const ast::Expr* target, const ast::Expr* iter, ast::Seq<ast::Stmt*> nodes,
                               ast::Seq<ast::Stmt*> orelse, const char* owner) {
    TRY(expression(target, ExprContext::Store));
    TRY(load(iter));
    TRY(body(nodes, owner));
    return statements(orelse);
}

Fallible<void> Validator::with(ast::Seq<ast::WithItem*> items, ast::Seq<ast::Stmt*> nodes, const char* owner) {
    TRY(not_empty(items.size(), "items", owner));
    for (const ast::WithItem* item : items) {
        TRY(load(item->context_expr));
        if (item->optional_vars) TRY(expression(item->optional_vars, ExprContext::Store));
    }
    return body(nodes, owner);
}

Fallible<void> Validator::try_statement(ast::Seq<ast::Stmt*> nodes, ast::Seq<ast::ExceptHandler*> handlers,
                                        ast::Seq<ast::Stmt*> orelse, ast::Seq<ast::Stmt*> finalbody,
                                        const char* owner) {
    TRY(body(nodes, owner));
    if (handlers.empty() && finalbody.empty())
        return raise(exc::ValueError, "%s has neither except handlers nor finalbody", owner);
    if (handlers.empty() && !orelse.empty())
        return raise(exc::ValueError, "%s has orelse but no except handlers", owner);
    for (const ast::ExceptHandler* handler : handlers) {
        TRY(place(handler));
        TRY(optional(handler->type));
        TRY(body(handler->body, "ExceptHandler"));
    }
    TRY(statements(finalbody));
    return statements(orelse);
}

Fallible<void> Validator::cases(ast::Seq<ast::MatchCase*> nodes) {
    TRY(not_empty(nodes.size(), "cases", "Match"));
    for (const ast::MatchCase* item : nodes) {
        TRY(pattern(item->pattern, false));
        TRY(optional(item->guard));
        TRY(body(item->body, "match_case"));
    }
    return {};
}

// NOTE: one case a statement kind, over 60 lines.
Fallible<void> Validator::statement_inner(const ast::Stmt* node) {
    switch (node->node_kind) {
        case NodeKind::FunctionDef: {
            auto* def = ast::as<ast::FunctionDef>(node);
            return function(def->args, def->body, def->decorator_list, def->returns, "FunctionDef");
        }
        case NodeKind::AsyncFunctionDef: {
            auto* def = ast::as<ast::AsyncFunctionDef>(node);
            return function(def->args, def->body, def->decorator_list, def->returns, "AsyncFunctionDef");
        }
        case NodeKind::ClassDef: {
            auto* def = ast::as<ast::ClassDef>(node);
            TRY(body(def->body, "ClassDef"));
            TRY(all(def->bases, ExprContext::Load, false));
            TRY(keywords(def->keywords));
            return all(def->decorator_list, ExprContext::Load, false);
        }
        case NodeKind::Return: return optional(ast::as<ast::Return>(node)->value);
        case NodeKind::Delete:
            TRY(not_empty(ast::as<ast::Delete>(node)->targets.size(), "targets", "Delete"));
            return all(ast::as<ast::Delete>(node)->targets, ExprContext::Del, false);
        case NodeKind::Assign:
            TRY(not_empty(ast::as<ast::Assign>(node)->targets.size(), "targets", "Assign"));
            TRY(all(ast::as<ast::Assign>(node)->targets, ExprContext::Store, false));
            return load(ast::as<ast::Assign>(node)->value);
        case NodeKind::AugAssign:
            TRY(expression(ast::as<ast::AugAssign>(node)->target, ExprContext::Store));
            return load(ast::as<ast::AugAssign>(node)->value);
        case NodeKind::AnnAssign: {
            auto* assign = ast::as<ast::AnnAssign>(node);
            if (assign->simple && !ast::is<ast::Name>(assign->target))
                return raise(exc::TypeError, "AnnAssign with simple non-Name target");
            TRY(expression(assign->target, ExprContext::Store));
            TRY(optional(assign->value));
            return load(assign->annotation);
        }
        case NodeKind::For: {
            auto* def = ast::as<ast::For>(node);
            return loop(def->target, def->iter, def->body, def->orelse, "For");
        }
        case NodeKind::AsyncFor: {
            auto* def = ast::as<ast::AsyncFor>(node);
            return loop(def->target, def->iter, def->body, def->orelse, "AsyncFor");
        }
        case NodeKind::While:
            TRY(load(ast::as<ast::While>(node)->test));
            TRY(body(ast::as<ast::While>(node)->body, "While"));
            return statements(ast::as<ast::While>(node)->orelse);
        case NodeKind::If:
            TRY(load(ast::as<ast::If>(node)->test));
            TRY(body(ast::as<ast::If>(node)->body, "If"));
            return statements(ast::as<ast::If>(node)->orelse);
        case NodeKind::With: return with(ast::as<ast::With>(node)->items, ast::as<ast::With>(node)->body, "With");
        case NodeKind::AsyncWith:
            return with(ast::as<ast::AsyncWith>(node)->items, ast::as<ast::AsyncWith>(node)->body, "AsyncWith");
        case NodeKind::Match:
            TRY(load(ast::as<ast::Match>(node)->subject));
            return cases(ast::as<ast::Match>(node)->cases);
        case NodeKind::Raise: {
            auto* statement = ast::as<ast::Raise>(node);
            if (statement->exc == nullptr && statement->cause != nullptr)
                return raise(exc::ValueError, "Raise with cause but no exception");
            TRY(optional(statement->exc));
            return optional(statement->cause);
        }
        case NodeKind::Try: {
            auto* block = ast::as<ast::Try>(node);
            return try_statement(block->body, block->handlers, block->orelse, block->finalbody, "Try");
        }
        case NodeKind::TryStar: {
            auto* block = ast::as<ast::TryStar>(node);
            return try_statement(block->body, block->handlers, block->orelse, block->finalbody, "TryStar");
        }
        case NodeKind::Assert:
            TRY(load(ast::as<ast::Assert>(node)->test));
            return optional(ast::as<ast::Assert>(node)->msg);
        case NodeKind::Import: return not_empty(ast::as<ast::Import>(node)->names.size(), "names", "Import");
        case NodeKind::ImportFrom:
            if (ast::as<ast::ImportFrom>(node)->level < 0) return raise(exc::ValueError, "Negative ImportFrom level");
            return not_empty(ast::as<ast::ImportFrom>(node)->names.size(), "names", "ImportFrom");
        case NodeKind::Global: return not_empty(ast::as<ast::Global>(node)->names.size(), "names", "Global");
        case NodeKind::Nonlocal: return not_empty(ast::as<ast::Nonlocal>(node)->names.size(), "names", "Nonlocal");
        case NodeKind::ExprStmt: return load(ast::as<ast::ExprStmt>(node)->value);
        default: return {};
    }
}

Fallible<void> Validator::tree(const ast::Mod* node) {
    if (auto* module = ast::as_if<ast::Module>(node)) return statements(module->body);
    if (auto* interactive = ast::as_if<ast::Interactive>(node)) return statements(interactive->body);
    if (auto* expression = ast::as_if<ast::Expression>(node)) return load(expression->body);
    TRY(all(ast::as<ast::FunctionType>(node)->argtypes, ExprContext::Load, false));
    return load(ast::as<ast::FunctionType>(node)->returns);
}

}  // namespace

Fallible<void> ast_validate(const ast::Mod* tree) {
    return Validator().tree(tree);
}

}  // namespace py
