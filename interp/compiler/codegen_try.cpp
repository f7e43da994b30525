// Code generation, part 3: try, except, except*, finally; with and async with.
#include "interp/compiler/codegen.h"

namespace py::compiler {

using ast::ExprContext;

Fallible<void> Codegen::visit_try(const TryParts& parts) {
    if (!parts.finalbody.empty()) return visit_try_finally(parts);
    return parts.is_star ? visit_try_star(parts) : visit_try_except(parts);
}

Fallible<void> Codegen::visit_try_finally(const TryParts& parts) {
    Block* body = new_block();
    Block* end = new_block();
    Block* exit = new_block();
    Block* cleanup = new_block();
    jump(SETUP_FINALLY, end);
    use_next(body);
    FrameBlock frame{FrameKind::FinallyTry, body, end};
    frame.final_body = parts.finalbody;
    TRY(push_frame(frame));
    if (parts.handlers.empty()) {
        TRY(visit_body(parts.body));
    } else {
        TRY(parts.is_star ? visit_try_star(parts) : visit_try_except(parts));
    }
    op_without_line(POP_BLOCK);
    pop_frame();
    TRY(visit_body(parts.finalbody));
    jump_without_line(JUMP, exit);
    use_next(end);
    TRY(push_frame({FrameKind::FinallyEnd, end}));
    at_no_line();
    jump(SETUP_CLEANUP, cleanup);
    op(PUSH_EXC_INFO);
    TRY(visit_body(parts.finalbody));
    op(RERAISE, 0);
    pop_frame();
    use_next(cleanup);
    reraise_after_pop();
    use_next(exit);
    return {};
}

// `except … as name` unbinds the name when the handler is left.
Fallible<void> Codegen::forget_handler_name(Identifier name) {
    TRY(load_constant(none()));
    TRY(name_op(name, ExprContext::Store));
    return name_op(name, ExprContext::Del);
}

Fallible<void> Codegen::visit_named_handler_body(ast::ExceptHandler* handler, Block* end) {
    Block* cleanup_end = new_block();
    Block* cleanup_body = new_block();
    TRY(name_op(handler->name, ExprContext::Store));
    jump(SETUP_CLEANUP, cleanup_end);
    use_next(cleanup_body);
    FrameBlock frame{FrameKind::HandlerCleanup, cleanup_body};
    frame.name = handler->name;
    TRY(push_frame(frame));
    TRY(visit_body(handler->body));
    pop_frame();
    at_no_line();
    op(POP_BLOCK);
    op(POP_BLOCK);
    op(POP_EXCEPT);
    TRY(forget_handler_name(handler->name));
    jump(JUMP, end);
    use_next(cleanup_end);
    at_no_line();
    TRY(forget_handler_name(handler->name));
    op(RERAISE, 1);
    return {};
}

Fallible<void> Codegen::visit_handler(ast::ExceptHandler* handler, Block* end) {
    Block* next = new_block();
    if (handler->type) {
        TRY(visit(handler->type));
        op(CHECK_EXC_MATCH);
        jump(POP_JUMP_IF_FALSE, next);
    }
    if (handler->name) {
        TRY(visit_named_handler_body(handler, end));
    } else {
        Block* cleanup_body = new_block();
        op(POP_TOP);
        use_next(cleanup_body);
        TRY(push_frame({FrameKind::HandlerCleanup, cleanup_body}));
        TRY(visit_body(handler->body));
        pop_frame();
        at_no_line();
        op(POP_BLOCK);
        op(POP_EXCEPT);
        jump(JUMP, end);
    }
    use_next(next);
    return {};
}

Fallible<void> Codegen::visit_try_except(const TryParts& parts) {
    Block* body = new_block();
    Block* except = new_block();
    Block* end = new_block();
    Block* cleanup = new_block();
    jump(SETUP_FINALLY, except);
    use_next(body);
    TRY(push_frame({FrameKind::TryExcept, body}));
    TRY(visit_body(parts.body));
    pop_frame();
    op_without_line(POP_BLOCK);
    TRY(visit_body(parts.orelse));
    jump_without_line(JUMP, end);
    use_next(except);
    at_no_line();
    jump(SETUP_CLEANUP, cleanup);
    op(PUSH_EXC_INFO);
    TRY(push_frame({FrameKind::ExceptionHandler}));
    for (uint32_t i = 0; i < parts.handlers.size(); i++) {
        at(parts.handlers[i]);
        if (!parts.handlers[i]->type && i + 1 < parts.handlers.size()) return error("default 'except:' must be last");
        TRY(visit_handler(parts.handlers[i], end));
    }
    at_no_line();
    pop_frame();
    op(RERAISE, 0);
    use_next(cleanup);
    reraise_after_pop();
    use_next(end);
    return {};
}

Fallible<void> Codegen::visit_star_handler(ast::ExceptHandler* handler, bool is_first, bool is_last,
                                           Block* reraise_star) {
    Block* next = new_block();
    Block* handle_match = new_block();
    if (is_first) {
        // [group] → [group, list of what the handlers raise, copy of the group to split]
        op(COPY, 1);
        op(BUILD_LIST, 0);
        op(SWAP, 2);
    }
    if (handler->type) {
        TRY(visit(handler->type));
        op(CHECK_EG_MATCH);
        op(COPY, 1);
        jump(POP_JUMP_IF_NOT_NONE, handle_match);
        op(POP_TOP);
        jump(JUMP, next);
    }
    use_next(handle_match);
    Block* cleanup_end = new_block();
    Block* cleanup_body = new_block();
    if (handler->name) {
        TRY(name_op(handler->name, ExprContext::Store));
    } else {
        op(POP_TOP);
    }
    jump(SETUP_CLEANUP, cleanup_end);
    use_next(cleanup_body);
    FrameBlock frame{FrameKind::HandlerCleanup, cleanup_body};
    frame.name = handler->name;
    TRY(push_frame(frame));
    TRY(visit_body(handler->body));
    pop_frame();
    at_no_line();
    op(POP_BLOCK);
    if (handler->name) TRY(forget_handler_name(handler->name));
    jump(JUMP, next);
    use_next(cleanup_end);
    if (handler->name) TRY(forget_handler_name(handler->name));
    op(LIST_APPEND, 3);
    op(POP_TOP);
    jump(JUMP, next);
    use_next(next);
    if (is_last) {
        op(LIST_APPEND, 1);
        jump(JUMP, reraise_star);
    }
    return {};
}

Fallible<void> Codegen::visit_try_star(const TryParts& parts) {
    Block* body = new_block();
    Block* except = new_block();
    Block* orelse = new_block();
    Block* end = new_block();
    Block* cleanup = new_block();
    Block* reraise_star = new_block();
    jump(SETUP_FINALLY, except);
    use_next(body);
    TRY(push_frame({FrameKind::TryExcept, body}));
    TRY(visit_body(parts.body));
    pop_frame();
    op_without_line(POP_BLOCK);
    jump_without_line(JUMP, orelse);
    use_next(except);
    at_no_line();
    jump(SETUP_CLEANUP, cleanup);
    op(PUSH_EXC_INFO);
    TRY(push_frame({FrameKind::ExceptionGroupHandler}));
    for (uint32_t i = 0; i < parts.handlers.size(); i++) {
        at(parts.handlers[i]);
        TRY(visit_star_handler(parts.handlers[i], i == 0, i + 1 == parts.handlers.size(), reraise_star));
    }
    at_no_line();
    pop_frame();
    Block* reraise = new_block();
    use_next(reraise_star);
    op(PREP_RERAISE_STAR);
    op(COPY, 1);
    jump(POP_JUMP_IF_NOT_NONE, reraise);
    op(POP_TOP);
    op(POP_BLOCK);
    op(POP_EXCEPT);
    jump(JUMP, end);
    use_next(reraise);
    op(POP_BLOCK);
    op(SWAP, 2);
    op(POP_EXCEPT);
    op(RERAISE, 0);
    use_next(cleanup);
    reraise_after_pop();
    use_next(orelse);
    TRY(visit_body(parts.orelse));
    use_next(end);
    return {};
}

void Codegen::finish_with_exception(Block* cleanup) {
    Block* suppress = new_block();
    jump(POP_JUMP_IF_TRUE, suppress);
    op(RERAISE, 2);
    use_next(cleanup);
    at_no_line();
    reraise_after_pop();
    use_next(suppress);
    op(POP_TOP);
    op(POP_BLOCK);
    op(POP_EXCEPT);
    op(POP_TOP);
    op(POP_TOP);
}

Fallible<void> Codegen::visit_with(ast::With* node, uint32_t item) {
    ast::WithItem* manager = node->items[item];
    Block* block = new_block();
    Block* final = new_block();
    Block* exit = new_block();
    Block* cleanup = new_block();
    TRY(visit(manager->context_expr));
    op(BEFORE_WITH);
    jump(SETUP_WITH, final);
    use_next(block);
    FrameBlock frame{FrameKind::With, block, final};
    frame.statement = node;
    TRY(push_frame(frame));
    if (manager->optional_vars) {
        TRY(visit(manager->optional_vars));
    } else {
        op(POP_TOP);
    }
    TRY(item + 1 == node->items.size() ? visit_body(node->body) : visit_with(node, item + 1));
    at_no_line();
    op(POP_BLOCK);
    pop_frame();
    at(node);
    TRY(exit_with_nones());
    op(POP_TOP);
    jump(JUMP, exit);
    use_next(final);
    jump(SETUP_CLEANUP, cleanup);
    op(PUSH_EXC_INFO);
    op(WITH_EXCEPT_START);
    finish_with_exception(cleanup);
    use_next(exit);
    return {};
}

Fallible<void> Codegen::visit_async_with(ast::AsyncWith* node, uint32_t item) {
    if (top_level_await()) {
        unit_->scope->coroutine = true;
    } else if (unit_->kind != UnitKind::AsyncFunction) {
        return error("'async with' outside async function");
    }
    ast::WithItem* manager = node->items[item];
    Block* block = new_block();
    Block* final = new_block();
    Block* exit = new_block();
    Block* cleanup = new_block();
    TRY(visit(manager->context_expr));
    op(BEFORE_ASYNC_WITH);
    TRY(await_top(1));
    jump(SETUP_WITH, final);
    use_next(block);
    FrameBlock frame{FrameKind::AsyncWith, block, final};
    frame.statement = node;
    TRY(push_frame(frame));
    if (manager->optional_vars) {
        TRY(visit(manager->optional_vars));
    } else {
        op(POP_TOP);
    }
    TRY(item + 1 == node->items.size() ? visit_body(node->body) : visit_async_with(node, item + 1));
    op(POP_BLOCK);
    pop_frame();
    at(node);
    TRY(exit_with_nones());
    TRY(await_top(2));
    op(POP_TOP);
    jump(JUMP, exit);
    use_next(final);
    jump(SETUP_CLEANUP, cleanup);
    op(PUSH_EXC_INFO);
    op(WITH_EXCEPT_START);
    TRY(await_top(2));
    finish_with_exception(cleanup);
    use_next(exit);
    return {};
}

}  // namespace py::compiler
