// Code generation, part 2: bodies, assignments, loops, jumps, imports.
#include "interp/compiler/codegen.h"
#include "interp/compiler/fold.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"

namespace py::compiler {

using ast::ExprContext;
using ast::NodeKind;

namespace {

bool handlers_have_annotations(ast::Seq<ast::ExceptHandler*> handlers) {
    for (ast::ExceptHandler* handler : handlers)
        if (has_annotations(handler->body)) return true;
    return false;
}

template <class T>
bool try_has_annotations(const ast::Stmt* node) {
    auto* block = ast::as<T>(node);
    return has_annotations(block->body) || handlers_have_annotations(block->handlers) ||
           has_annotations(block->finalbody) || has_annotations(block->orelse);
}

template <class T>
bool branches_have_annotations(const ast::Stmt* node) {
    return has_annotations(ast::as<T>(node)->body) || has_annotations(ast::as<T>(node)->orelse);
}

bool statement_has_annotations(const ast::Stmt* node) {
    switch (node->node_kind) {
        case NodeKind::AnnAssign: return true;
        case NodeKind::For: return branches_have_annotations<ast::For>(node);
        case NodeKind::AsyncFor: return branches_have_annotations<ast::AsyncFor>(node);
        case NodeKind::While: return branches_have_annotations<ast::While>(node);
        case NodeKind::If: return branches_have_annotations<ast::If>(node);
        case NodeKind::With: return has_annotations(ast::as<ast::With>(node)->body);
        case NodeKind::AsyncWith: return has_annotations(ast::as<ast::AsyncWith>(node)->body);
        case NodeKind::Try: return try_has_annotations<ast::Try>(node);
        case NodeKind::TryStar: return try_has_annotations<ast::TryStar>(node);
        case NodeKind::Match:
            for (ast::MatchCase* item : ast::as<ast::Match>(node)->cases)
                if (has_annotations(item->body)) return true;
            return false;
        default: return false;
    }
}

}  // namespace

bool has_annotations(ast::Seq<ast::Stmt*> body) {
    for (const ast::Stmt* node : body)
        if (statement_has_annotations(node)) return true;
    return false;
}

Fallible<void> Codegen::visit_body(ast::Seq<ast::Stmt*> body) {
    for (ast::Stmt* node : body)
        TRY(visit(node));
    return {};
}

// Body of a module or class.
Fallible<void> Codegen::visit_block_body(ast::Seq<ast::Stmt*> body) {
    if (unit_->kind == UnitKind::Module && !body.empty()) at(body[0]);
    if (has_annotations(body)) op(SETUP_ANNOTATIONS);
    uint32_t first = 0;
    if (options_.optimize < 2 && docstring_of(body) != nullptr) {
        first = 1;
        TRY(visit(ast::as<ast::ExprStmt>(body[0])->value));
        at_no_line();
        TRY(name_op(arena_.intern("__doc__"), ExprContext::Store));
    }
    for (uint32_t i = first; i < body.size(); i++)
        TRY(visit(body[i]));
    return {};
}

Fallible<void> Codegen::visit_expression_statement(ast::Expr* value) {
    if (interactive_ && nesting_ <= 1) {
        TRY(visit(value));
        op(PRINT_EXPR);
        return {};
    }
    if (ast::is<ast::Constant>(value)) {
        op(NOP);
        return {};
    }
    TRY(visit(value));
    at_no_line();
    op(POP_TOP);
    return {};
}

Fallible<void> Codegen::visit_return(ast::Return* node) {
    ast::Expr* value = node->value;
    bool keeps_top = value != nullptr && !ast::is<ast::Constant>(value);
    if (unit_->scope->type != BlockType::Function) return error("'return' outside function");
    if (value != nullptr && unit_->scope->coroutine && unit_->scope->generator)
        return error("'return' with value in async generator");
    if (keeps_top) {
        TRY(visit(value));
    } else if (value != nullptr) {
        at(value);
        op(NOP);
    }
    if (value == nullptr || value->lineno != node->lineno) {
        at(node);
        op(NOP);
    }
    TRY(unwind_all(keeps_top, nullptr));
    if (value == nullptr) {
        TRY(load_constant(none()));
    } else if (!keeps_top) {
        TRY(load_constant(TRY(pool_.object_of(ast::as<ast::Constant>(value)->value))));
    }
    op(RETURN_VALUE);
    return {};
}

Fallible<void> Codegen::visit_break() {
    FrameBlock loop{FrameKind::PopValue};
    Location statement = unit_->location;
    op(NOP);
    TRY(unwind_all(false, &loop));
    if (loop.kind == FrameKind::PopValue) {
        unit_->location = statement;
        return error("'break' outside loop");
    }
    TRY(unwind(loop, false));
    jump(JUMP, loop.exit);
    return {};
}

Fallible<void> Codegen::visit_continue() {
    FrameBlock loop{FrameKind::PopValue};
    Location statement = unit_->location;
    op(NOP);
    TRY(unwind_all(false, &loop));
    if (loop.kind == FrameKind::PopValue) {
        unit_->location = statement;
        return error("'continue' not properly in loop");
    }
    jump(JUMP, loop.start);
    return {};
}

Fallible<void> Codegen::visit_assign(ast::Assign* node) {
    TRY(visit(node->value));
    for (uint32_t i = 0; i < node->targets.size(); i++) {
        if (i + 1 < node->targets.size()) op(COPY, 1);
        TRY(visit(node->targets[i]));
    }
    return {};
}

// Only a tree that was made by hand has such a target.
static Raised raise_target(const ast::Expr* target, const char* what) {
    int number = int(target->node_kind) - int(NodeKind::BoolOp) + 1;
    return raise(exc::SystemError, "invalid node type (%d) for %s assignment", number, what);
}

Fallible<void> Codegen::visit_augmented(ast::AugAssign* node) {
    ast::Expr* target = node->target;
    if (!ast::is<ast::Name>(target) && !ast::is<ast::Attribute>(target) && !ast::is<ast::Subscript>(target))
        return raise_target(target, "augmented");
    auto* attribute = ast::as_if<ast::Attribute>(target);
    auto* subscript = ast::as_if<ast::Subscript>(target);
    Location statement = unit_->location;
    at(target);
    if (attribute) {
        TRY(visit(attribute->value));
        op(COPY, 1);
        at_attribute_name(attribute);
        op_name(LOAD_ATTR, attribute->attr);
    } else if (subscript) {
        TRY(visit(subscript->value));
        TRY(visit(subscript->slice));
        op(COPY, 2);
        op(COPY, 2);
        op(BINARY_SUBSCR);
    } else {
        TRY(name_op(ast::as<ast::Name>(target)->id, ExprContext::Load));
    }
    unit_->location = statement;
    TRY(visit(node->value));
    op(BINARY_OP, binary_opcode_argument(node->op) + kInplace);
    at(target);
    if (attribute) {
        at_attribute_name(attribute);
        op(SWAP, 2);
        op_name(STORE_ATTR, attribute->attr);
    } else if (subscript) {
        op(SWAP, 3);
        op(SWAP, 2);
        op(STORE_SUBSCR);
    } else {
        TRY(name_op(ast::as<ast::Name>(target)->id, ExprContext::Store));
    }
    return {};
}

Fallible<void> Codegen::evaluate_and_drop(ast::Expr* node) {
    TRY(visit(node));
    op(POP_TOP);
    return {};
}

Fallible<void> Codegen::evaluate_subscript_parts(ast::Expr* node) {
    if (auto* slice = ast::as_if<ast::Slice>(node)) {
        if (slice->lower) TRY(evaluate_and_drop(slice->lower));
        if (slice->upper) TRY(evaluate_and_drop(slice->upper));
        if (slice->step) TRY(evaluate_and_drop(slice->step));
        return {};
    }
    if (auto* tuple = ast::as_if<ast::Tuple>(node)) {
        for (ast::Expr* element : tuple->elts)
            TRY(evaluate_subscript_parts(element));
        return {};
    }
    return evaluate_and_drop(node);
}

Fallible<void> Codegen::visit_annotated(ast::AnnAssign* node) {
    bool is_stored_scope = unit_->kind == UnitKind::Module || unit_->kind == UnitKind::Class;
    bool as_text = options_.future.features & kCoFutureAnnotations;
    if (node->value) {
        TRY(visit(node->value));
        TRY(visit(node->target));
    }
    if (auto* name = ast::as_if<ast::Name>(node->target)) {
        TRY(refuse_debug(name->id, ExprContext::Store));
        if (node->simple && is_stored_scope) {
            TRY(as_text ? load_annotation_text(node->annotation) : visit(node->annotation));
            op_name(LOAD_NAME, arena_.intern("__annotations__"));
            TRY(load_name_constant(mangle(name->id)));
            op(STORE_SUBSCR);
        }
    } else if (auto* attribute = ast::as_if<ast::Attribute>(node->target)) {
        TRY(refuse_debug(attribute->attr, ExprContext::Store));
        if (!node->value) TRY(evaluate_and_drop(attribute->value));
    } else if (auto* subscript = ast::as_if<ast::Subscript>(node->target)) {
        if (!node->value) {
            TRY(evaluate_and_drop(subscript->value));
            TRY(evaluate_subscript_parts(subscript->slice));
        }
    } else {
        return raise_target(node->target, "annotated");
    }
    if (!node->simple && !as_text && is_stored_scope) TRY(evaluate_and_drop(node->annotation));
    return {};
}

Fallible<void> Codegen::visit_for(ast::For* node) {
    Block* start = new_block();
    Block* body = new_block();
    Block* cleanup = new_block();
    Block* end = new_block();
    TRY(push_frame({FrameKind::ForLoop, start, end}));
    TRY(visit(node->iter));
    op(GET_ITER);
    use_next(start);
    jump(FOR_ITER, cleanup);
    use_next(body);
    TRY(visit(node->target));
    TRY(visit_body(node->body));
    at_no_line();
    jump(JUMP, start);
    use_next(cleanup);
    pop_frame();
    TRY(visit_body(node->orelse));
    use_next(end);
    return {};
}

Fallible<void> Codegen::visit_async_for(ast::AsyncFor* node) {
    if (top_level_await()) {
        unit_->scope->coroutine = true;
    } else if (unit_->kind != UnitKind::AsyncFunction) {
        return error("'async for' outside async function");
    }
    Block* start = new_block();
    Block* except = new_block();
    Block* end = new_block();
    TRY(visit(node->iter));
    op(GET_AITER);
    use_next(start);
    TRY(push_frame({FrameKind::ForLoop, start, end}));
    jump(SETUP_FINALLY, except);
    op(GET_ANEXT);
    TRY(load_constant(none()));
    yield_from(true);
    op(POP_BLOCK);
    TRY(visit(node->target));
    TRY(visit_body(node->body));
    at_no_line();
    jump(JUMP, start);
    pop_frame();
    use_next(except);
    at(node->iter);
    op(END_ASYNC_FOR);
    TRY(visit_body(node->orelse));
    use_next(end);
    return {};
}

Fallible<void> Codegen::visit_while(ast::While* node) {
    Block* loop = new_block();
    Block* body = new_block();
    Block* anchor = new_block();
    Block* end = new_block();
    use_next(loop);
    TRY(push_frame({FrameKind::WhileLoop, loop, end}));
    TRY(jump_if(node->test, anchor, false));
    use_next(body);
    TRY(visit_body(node->body));
    at(node);
    TRY(jump_if(node->test, body, true));
    pop_frame();
    use_next(anchor);
    TRY(visit_body(node->orelse));
    use_next(end);
    return {};
}

Fallible<void> Codegen::visit_if(ast::If* node) {
    Block* end = new_block();
    Block* next = node->orelse.empty() ? end : new_block();
    TRY(jump_if(node->test, next, false));
    TRY(visit_body(node->body));
    if (!node->orelse.empty()) {
        jump_without_line(JUMP, end);
        use_next(next);
        TRY(visit_body(node->orelse));
    }
    use_next(end);
    return {};
}

Fallible<void> Codegen::visit_raise(ast::Raise* node) {
    int count = 0;
    if (node->exc) {
        TRY(visit(node->exc));
        count++;
        if (node->cause) {
            TRY(visit(node->cause));
            count++;
        }
    }
    op(RAISE_VARARGS, count);
    return {};
}

Fallible<void> Codegen::visit_assert(ast::Assert* node) {
    bool full_tuple = false;
    if (auto* tuple = ast::as_if<ast::Tuple>(node->test)) {
        full_tuple = !tuple->elts.empty();
    } else if (auto* constant = ast::as_if<ast::Constant>(node->test)) {
        Object* value = TRY(pool_.object_of(constant->value));
        full_tuple = is_tuple(value) && as_tuple(value)->size > 0;
    }
    if (full_tuple) TRY(warning("assertion is always true, perhaps remove parentheses?"));
    if (options_.optimize > 0) return {};
    Block* end = new_block();
    TRY(jump_if(node->test, end, true));
    op(LOAD_ASSERTION_ERROR);
    if (node->msg) {
        TRY(visit(node->msg));
        call(0);
    }
    op(RAISE_VARARGS, 1);
    use_next(end);
    return {};
}

Fallible<void> Codegen::bind_import_as(Identifier name, Identifier as_name) {
    std::string_view text = name->view();
    size_t dot = text.find('.');
    if (dot == std::string_view::npos) return name_op(as_name, ExprContext::Store);
    while (dot != std::string_view::npos) {
        size_t start = dot + 1;
        dot = text.find('.', start);
        Identifier part = arena_.intern(text.substr(start, dot == std::string_view::npos ? dot : dot - start));
        op(IMPORT_FROM, index_in(unit_->names, part));
        if (dot == std::string_view::npos) break;
        op(SWAP, 2);
        op(POP_TOP);
    }
    TRY(name_op(as_name, ExprContext::Store));
    op(POP_TOP);
    return {};
}

Fallible<void> Codegen::visit_import(ast::Import* node) {
    for (ast::Alias* alias : node->names) {
        TRY(load_int(0));
        TRY(load_constant(none()));
        op_name(IMPORT_NAME, alias->name);
        if (alias->asname) {
            TRY(bind_import_as(alias->name, alias->asname));
        } else {
            std::string_view text = alias->name->view();
            TRY(name_op(arena_.intern(text.substr(0, text.find('.'))), ExprContext::Store));
        }
    }
    return {};
}

Fallible<void> Codegen::visit_import_from(ast::ImportFrom* node) {
    TRY(load_int(node->level));
    ast::Seq<Identifier> names = arena_.make_seq<Identifier>(node->names.size());
    for (uint32_t i = 0; i < names.size(); i++)
        names[i] = node->names[i]->name;
    if (node->lineno > options_.future.last_line && node->module && node->module->view() == "__future__")
        return error("from __future__ imports must occur at the beginning of the file");
    TRY(load_constant(TRY(names_tuple(names))));
    op_name(IMPORT_NAME, node->module ? node->module : arena_.intern(""));
    for (uint32_t i = 0; i < node->names.size(); i++) {
        ast::Alias* alias = node->names[i];
        if (i == 0 && alias->name->view().starts_with('*')) {
            op(IMPORT_STAR);
            return {};
        }
        op_name(IMPORT_FROM, alias->name);
        TRY(name_op(alias->asname ? alias->asname : alias->name, ExprContext::Store));
    }
    op(POP_TOP);
    return {};
}

// NOTE: one case a statement kind, over 60 lines.
Fallible<void> Codegen::visit(ast::Stmt* node) {
    TRY(check_stack(" during compilation"));
    at(node);
    switch (node->node_kind) {
        case NodeKind::FunctionDef: {
            auto* def = ast::as<ast::FunctionDef>(node);
            return visit_function(node, def->name, def->args, def->body, def->decorator_list, def->returns, false);
        }
        case NodeKind::AsyncFunctionDef: {
            auto* def = ast::as<ast::AsyncFunctionDef>(node);
            return visit_function(node, def->name, def->args, def->body, def->decorator_list, def->returns, true);
        }
        case NodeKind::ClassDef: return visit_class(ast::as<ast::ClassDef>(node));
        case NodeKind::Return: return visit_return(ast::as<ast::Return>(node));
        case NodeKind::Delete: return visit_all(ast::as<ast::Delete>(node)->targets);
        case NodeKind::Assign: return visit_assign(ast::as<ast::Assign>(node));
        case NodeKind::AugAssign: return visit_augmented(ast::as<ast::AugAssign>(node));
        case NodeKind::AnnAssign: return visit_annotated(ast::as<ast::AnnAssign>(node));
        case NodeKind::For: return visit_for(ast::as<ast::For>(node));
        case NodeKind::AsyncFor: return visit_async_for(ast::as<ast::AsyncFor>(node));
        case NodeKind::While: return visit_while(ast::as<ast::While>(node));
        case NodeKind::If: return visit_if(ast::as<ast::If>(node));
        case NodeKind::With: return visit_with(ast::as<ast::With>(node), 0);
        case NodeKind::AsyncWith: return visit_async_with(ast::as<ast::AsyncWith>(node), 0);
        case NodeKind::Match: return visit_match(ast::as<ast::Match>(node));
        case NodeKind::Raise: return visit_raise(ast::as<ast::Raise>(node));
        case NodeKind::Try: {
            auto* block = ast::as<ast::Try>(node);
            return visit_try({block->body, block->handlers, block->orelse, block->finalbody, false});
        }
        case NodeKind::TryStar: {
            auto* block = ast::as<ast::TryStar>(node);
            return visit_try({block->body, block->handlers, block->orelse, block->finalbody, true});
        }
        case NodeKind::Assert: return visit_assert(ast::as<ast::Assert>(node));
        case NodeKind::Import: return visit_import(ast::as<ast::Import>(node));
        case NodeKind::ImportFrom: return visit_import_from(ast::as<ast::ImportFrom>(node));
        case NodeKind::ExprStmt: return visit_expression_statement(ast::as<ast::ExprStmt>(node)->value);
        case NodeKind::Pass: op(NOP); return {};
        case NodeKind::Break: return visit_break();
        case NodeKind::Continue: return visit_continue();
        default: return {};  // global, nonlocal
    }
}

}  // namespace py::compiler
