// Code generation, part 7: comprehensions and generator expressions, each a function of its outermost iterable.
#include "interp/compiler/codegen.h"

namespace py::compiler {

Fallible<void> Codegen::visit_comprehension(ast::Expr* node, const char* name, const ComprehensionParts& parts) {
    bool at_top_level = top_level_await();
    UnitKind outer_kind = unit_->kind;
    bool is_generator = parts.kind == ComprehensionKind::Generator;
    ast::Comprehension* outermost = parts.generators[0];
    enter_unit(arena_.intern(name), UnitKind::Comprehension, node, node->lineno);
    at(node);
    bool is_async = unit_->scope->coroutine;
    if (is_async && !is_generator && outer_kind != UnitKind::AsyncFunction && outer_kind != UnitKind::Comprehension &&
        !at_top_level)
        return error("asynchronous comprehension outside of an asynchronous function");
    switch (parts.kind) {
        case ComprehensionKind::List: op(BUILD_LIST, 0); break;
        case ComprehensionKind::Set: op(BUILD_SET, 0); break;
        case ComprehensionKind::Dict: op(BUILD_MAP, 0); break;
        default: break;
    }
    TRY(visit_generator(parts, 0, 0));
    if (!is_generator) op(RETURN_VALUE);
    Compiled compiled = TRY(leave_unit(true));
    if (at_top_level && is_async) unit_->scope->coroutine = true;
    TRY(make_closure(compiled, 0));
    TRY(visit(outermost->iter));
    op(outermost->is_async ? GET_AITER : GET_ITER);
    call(0);
    return is_async && !is_generator ? await_top(0) : Fallible<void>();
}

Fallible<void> Codegen::visit_generator(const ComprehensionParts& parts, uint32_t index, int depth) {
    return parts.generators[index]->is_async ? visit_async_generator(parts, index, depth)
                                             : visit_sync_generator(parts, index, depth);
}

// What the innermost loop does with each element; the result lies `depth` iterators below.
Fallible<void> Codegen::visit_element(const ComprehensionParts& parts, int depth) {
    TRY(visit(parts.element));
    switch (parts.kind) {
        case ComprehensionKind::Generator:
            yield_value();
            op(POP_TOP);
            break;
        case ComprehensionKind::List: op(LIST_APPEND, depth + 1); break;
        case ComprehensionKind::Set: op(SET_ADD, depth + 1); break;
        case ComprehensionKind::Dict:
            TRY(visit(parts.value));
            op(MAP_ADD, depth + 1);
            break;
        case ComprehensionKind::None: break;
    }
    return {};
}

Fallible<void> Codegen::visit_sync_generator(const ComprehensionParts& parts, uint32_t index, int depth) {
    ast::Comprehension* generator = parts.generators[index];
    Block* start = new_block();
    Block* if_cleanup = new_block();
    Block* anchor = new_block();
    if (index == 0) {
        unit_->argcount = 1;
        op(LOAD_FAST, 0);
    } else {
        // `for y in [f(x)]` is the idiom for a temporary variable: it assigns without a loop.
        ast::Seq<ast::Expr*> elements;
        if (auto* list = ast::as_if<ast::List>(generator->iter)) elements = list->elts;
        if (auto* tuple = ast::as_if<ast::Tuple>(generator->iter)) elements = tuple->elts;
        if (elements.size() == 1 && !ast::is<ast::Starred>(elements[0])) {
            TRY(visit(elements[0]));
            start = nullptr;
        } else {
            TRY(visit(generator->iter));
            op(GET_ITER);
        }
    }
    if (start) {
        depth++;
        use_next(start);
        jump(FOR_ITER, anchor);
    }
    TRY(visit(generator->target));
    for (ast::Expr* condition : generator->ifs)
        TRY(jump_if(condition, if_cleanup, false));
    TRY(index + 1 < parts.generators.size() ? visit_generator(parts, index + 1, depth) : visit_element(parts, depth));
    use_next(if_cleanup);
    if (start) {
        jump(JUMP, start);
        use_next(anchor);
    }
    return {};
}

Fallible<void> Codegen::visit_async_generator(const ComprehensionParts& parts, uint32_t index, int depth) {
    ast::Comprehension* generator = parts.generators[index];
    Block* start = new_block();
    Block* except = new_block();
    Block* if_cleanup = new_block();
    if (index == 0) {
        unit_->argcount = 1;
        op(LOAD_FAST, 0);
    } else {
        TRY(visit(generator->iter));
        op(GET_AITER);
    }
    use_next(start);
    TRY(push_frame({FrameKind::AsyncComprehension, start}));
    jump(SETUP_FINALLY, except);
    op(GET_ANEXT);
    TRY(load_constant(none()));
    yield_from(true);
    op(POP_BLOCK);
    TRY(visit(generator->target));
    for (ast::Expr* condition : generator->ifs)
        TRY(jump_if(condition, if_cleanup, false));
    depth++;
    TRY(index + 1 < parts.generators.size() ? visit_generator(parts, index + 1, depth) : visit_element(parts, depth));
    use_next(if_cleanup);
    jump(JUMP, start);
    pop_frame();
    use_next(except);
    op(END_ASYNC_FOR);
    return {};
}

}  // namespace py::compiler
