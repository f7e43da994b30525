// Code generation, part 5: expressions and conditional jumps.
#include "interp/compiler/codegen.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"

namespace py::compiler {

using ast::ExprContext;
using ast::NodeKind;

namespace {

// More values than this are not piled up on the stack: containers are then built piecewise.
constexpr int kStackGuideline = 30;

int unary_opcode(ast::UnaryOperator operation) {
    switch (operation) {
        case ast::UnaryOperator::Invert: return UNARY_INVERT;
        case ast::UnaryOperator::Not: return UNARY_NOT;
        case ast::UnaryOperator::UAdd: return UNARY_POSITIVE;
        case ast::UnaryOperator::USub: return UNARY_NEGATIVE;
    }
    __builtin_unreachable();
}

// Operands of `is` whose identity is defined.
bool has_identity(const ast::Expr* node) {
    auto* constant = ast::as_if<ast::Constant>(node);
    if (constant == nullptr) return true;
    auto* value = static_cast<Object*>(constant->value.object);
    return value == none() || value == ellipsis() || value == bool_object(true) || value == bool_object(false);
}

bool all_constant(ast::Seq<ast::Expr*> nodes, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; i++)
        if (nodes[i] == nullptr || !ast::is<ast::Constant>(nodes[i])) return false;
    return true;
}

}  // namespace

int binary_opcode_argument(ast::Operator operation) {
    BinaryOp result = BinaryOp::Add;
    switch (operation) {
        case ast::Operator::Add: break;
        case ast::Operator::Sub: result = BinaryOp::Subtract; break;
        case ast::Operator::Mult: result = BinaryOp::Multiply; break;
        case ast::Operator::MatMult: result = BinaryOp::MatrixMultiply; break;
        case ast::Operator::Div: result = BinaryOp::TrueDivide; break;
        case ast::Operator::Mod: result = BinaryOp::Remainder; break;
        case ast::Operator::Pow: result = BinaryOp::Power; break;
        case ast::Operator::LShift: result = BinaryOp::LShift; break;
        case ast::Operator::RShift: result = BinaryOp::RShift; break;
        case ast::Operator::BitOr: result = BinaryOp::Or; break;
        case ast::Operator::BitXor: result = BinaryOp::Xor; break;
        case ast::Operator::BitAnd: result = BinaryOp::And; break;
        case ast::Operator::FloorDiv: result = BinaryOp::FloorDivide; break;
    }
    return int(result);
}

void Codegen::compare_op(ast::CompareOperator operation) {
    using ast::CompareOperator;
    switch (operation) {
        case CompareOperator::Eq: op(COMPARE_OP, kEqual); break;
        case CompareOperator::NotEq: op(COMPARE_OP, kNotEqual); break;
        case CompareOperator::Lt: op(COMPARE_OP, kLess); break;
        case CompareOperator::LtE: op(COMPARE_OP, kLessEqual); break;
        case CompareOperator::Gt: op(COMPARE_OP, kGreater); break;
        case CompareOperator::GtE: op(COMPARE_OP, kGreaterEqual); break;
        case CompareOperator::Is: op(IS_OP, 0); break;
        case CompareOperator::IsNot: op(IS_OP, 1); break;
        case CompareOperator::In: op(CONTAINS_OP, 0); break;
        case CompareOperator::NotIn: op(CONTAINS_OP, 1); break;
    }
}

Fallible<void> Codegen::visit_all(ast::Seq<ast::Expr*> nodes) {
    for (ast::Expr* node : nodes)
        TRY(visit(node));
    return {};
}

Fallible<void> Codegen::visit(ast::Expr* node) {
    TRY(check_stack(" during compilation"));
    Location saved = unit_->location;
    at(node);
    TRY(visit_inner(node));
    unit_->location = saved;
    return {};
}

Fallible<void> Codegen::check_identity_with_literal(ast::Compare* node) {
    bool left = has_identity(node->left);
    for (uint32_t i = 0; i < node->ops.size(); i++) {
        bool right = has_identity(node->comparators[i]);
        if (!left || !right) {
            if (node->ops[i] == ast::CompareOperator::Is) return warning("\"is\" with a literal. Did you mean \"==\"?");
            if (node->ops[i] == ast::CompareOperator::IsNot)
                return warning("\"is not\" with a literal. Did you mean \"!=\"?");
        }
        left = right;
    }
    return {};
}

Fallible<void> Codegen::visit_compare(ast::Compare* node) {
    TRY(check_identity_with_literal(node));
    TRY(visit(node->left));
    uint32_t last = node->ops.size() - 1;
    if (last == 0) {
        TRY(visit(node->comparators[0]));
        compare_op(node->ops[0]);
        return {};
    }
    Block* cleanup = new_block();
    for (uint32_t i = 0; i < last; i++) {
        TRY(visit(node->comparators[i]));
        op(SWAP, 2);
        op(COPY, 2);
        compare_op(node->ops[i]);
        jump(JUMP_IF_FALSE_OR_POP, cleanup);
    }
    TRY(visit(node->comparators[last]));
    compare_op(node->ops[last]);
    Block* end = new_block();
    jump_without_line(JUMP, end);
    use_next(cleanup);
    op(SWAP, 2);
    op(POP_TOP);
    use_next(end);
    return {};
}

Fallible<void> Codegen::jump_if_compare(ast::Compare* node, Block* target, bool condition) {
    TRY(check_identity_with_literal(node));
    uint32_t last = node->ops.size() - 1;
    Block* cleanup = new_block();
    TRY(visit(node->left));
    for (uint32_t i = 0; i < last; i++) {
        TRY(visit(node->comparators[i]));
        op(SWAP, 2);
        op(COPY, 2);
        compare_op(node->ops[i]);
        jump(POP_JUMP_IF_FALSE, cleanup);
    }
    TRY(visit(node->comparators[last]));
    compare_op(node->ops[last]);
    jump(condition ? POP_JUMP_IF_TRUE : POP_JUMP_IF_FALSE, target);
    Block* end = new_block();
    jump_without_line(JUMP, end);
    use_next(cleanup);
    op(POP_TOP);
    if (!condition) jump_without_line(JUMP, target);
    use_next(end);
    return {};
}

// Jumps to `target` when the truth of `node` is `condition`.
Fallible<void> Codegen::jump_if(ast::Expr* node, Block* target, bool condition) {
    if (auto* unary = ast::as_if<ast::UnaryOp>(node); unary && unary->op == ast::UnaryOperator::Not)
        return jump_if(unary->operand, target, !condition);
    if (auto* boolean = ast::as_if<ast::BoolOp>(node)) {
        bool is_or = boolean->op == ast::BoolOperator::Or;
        Block* early = is_or == condition ? target : new_block();
        uint32_t last = boolean->values.size() - 1;
        for (uint32_t i = 0; i < last; i++)
            TRY(jump_if(boolean->values[i], early, is_or));
        TRY(jump_if(boolean->values[last], target, condition));
        if (early != target) use_next(early);
        return {};
    }
    if (auto* conditional = ast::as_if<ast::IfExp>(node)) {
        Block* end = new_block();
        Block* otherwise = new_block();
        TRY(jump_if(conditional->test, otherwise, false));
        TRY(jump_if(conditional->body, target, condition));
        jump_without_line(JUMP, end);
        use_next(otherwise);
        TRY(jump_if(conditional->orelse, target, condition));
        use_next(end);
        return {};
    }
    if (auto* compare = ast::as_if<ast::Compare>(node)) {
        at(compare);
        if (compare->ops.size() > 1) return jump_if_compare(compare, target, condition);
    }
    TRY(visit(node));
    jump(condition ? POP_JUMP_IF_TRUE : POP_JUMP_IF_FALSE, target);
    return {};
}

Fallible<void> Codegen::visit_bool(ast::BoolOp* node) {
    int opcode = node->op == ast::BoolOperator::And ? JUMP_IF_FALSE_OR_POP : JUMP_IF_TRUE_OR_POP;
    Block* end = new_block();
    uint32_t last = node->values.size() - 1;
    for (uint32_t i = 0; i < last; i++) {
        TRY(visit(node->values[i]));
        jump(opcode, end);
        use_next(new_block());
    }
    TRY(visit(node->values[last]));
    use_next(end);
    return {};
}

Fallible<void> Codegen::visit_conditional(ast::IfExp* node) {
    Block* end = new_block();
    Block* otherwise = new_block();
    TRY(jump_if(node->test, otherwise, false));
    TRY(visit(node->body));
    jump_without_line(JUMP, end);
    use_next(otherwise);
    TRY(visit(node->orelse));
    use_next(end);
    return {};
}

Fallible<void> Codegen::visit_dict_part(ast::Dict* node, uint32_t begin, uint32_t end) {
    int count = int(end - begin);
    bool big = count * 2 > kStackGuideline;
    if (count > 1 && !big && all_constant(node->keys, begin, end)) {
        for (uint32_t i = begin; i < end; i++)
            TRY(visit(node->values[i]));
        Ref<Tuple> keys = TRY(tuple_new(count));
        for (uint32_t i = begin; i < end; i++)
            keys->items[i - begin] = new_reference(TRY(pool_.object_of(ast::as<ast::Constant>(node->keys[i])->value)));
        TRY(load_constant(std::move(keys)));
        op(BUILD_CONST_KEY_MAP, count);
        return {};
    }
    if (big) op(BUILD_MAP, 0);
    for (uint32_t i = begin; i < end; i++) {
        TRY(visit(node->keys[i]));
        TRY(visit(node->values[i]));
        if (big) op(MAP_ADD, 1);
    }
    if (!big) op(BUILD_MAP, count);
    return {};
}

Fallible<void> Codegen::visit_dict(ast::Dict* node) {
    bool have_dict = false;
    uint32_t pending = 0;
    uint32_t count = node->values.size();
    auto flush = [&](uint32_t end) -> Fallible<void> {
        TRY(visit_dict_part(node, end - pending, end));
        if (have_dict) op(DICT_UPDATE, 1);
        have_dict = true;
        pending = 0;
        return {};
    };
    for (uint32_t i = 0; i < count; i++) {
        if (node->keys[i] == nullptr) {
            if (pending) TRY(flush(i));
            if (!have_dict) op(BUILD_MAP, 0);
            have_dict = true;
            TRY(visit(node->values[i]));
            op(DICT_UPDATE, 1);
        } else if (int(pending) * 2 > kStackGuideline) {
            pending++;
            TRY(flush(i + 1));
        } else {
            pending++;
        }
    }
    if (pending) TRY(flush(count));
    if (!have_dict) op(BUILD_MAP, 0);
    return {};
}

// A list, tuple or set display, or call arguments: `pushed` values are on the stack already.
Fallible<void> Codegen::visit_display(ast::Seq<ast::Expr*> elements, int pushed, const DisplayOpcodes& opcodes) {
    int count = int(elements.size());
    if (count > 2 && all_constant(elements, 0, elements.size())) {
        Ref<Tuple> items = TRY(tuple_new(count));
        for (int i = 0; i < count; i++)
            items->items[i] = new_reference(TRY(pool_.object_of(ast::as<ast::Constant>(elements[size_t(i)])->value)));
        if (opcodes.to_tuple && pushed == 0) return load_constant(std::move(items));
        Ref<> constant = std::move(items);
        if (opcodes.add == SET_ADD) constant = TRY(frozenset_new(constant.get()));
        op(opcodes.build, pushed);
        TRY(load_constant(std::move(constant)));
        op(opcodes.extend, 1);
        if (opcodes.to_tuple) op(LIST_TO_TUPLE);
        return {};
    }
    bool big = count + pushed > kStackGuideline;
    bool has_star = false;
    for (ast::Expr* element : elements)
        has_star = has_star || ast::is<ast::Starred>(element);
    if (!has_star && !big) {
        TRY(visit_all(elements));
        op(opcodes.to_tuple ? int(BUILD_TUPLE) : opcodes.build, count + pushed);
        return {};
    }
    bool built = big;
    if (big) op(opcodes.build, pushed);
    for (int i = 0; i < count; i++) {
        if (auto* starred = ast::as_if<ast::Starred>(elements[size_t(i)])) {
            if (!built) op(opcodes.build, i + pushed);
            built = true;
            TRY(visit(starred->value));
            op(opcodes.extend, 1);
        } else {
            TRY(visit(elements[size_t(i)]));
            if (built) op(opcodes.add, 1);
        }
    }
    if (opcodes.to_tuple) op(LIST_TO_TUPLE);
    return {};
}

Fallible<void> Codegen::unpack_into(ast::Seq<ast::Expr*> targets) {
    uint32_t count = targets.size();
    bool seen_star = false;
    for (uint32_t i = 0; i < count; i++) {
        if (!ast::is<ast::Starred>(targets[i])) continue;
        if (seen_star) return error("multiple starred expressions in assignment");
        if (i >= 1u << 8 || count - i - 1 >= uint32_t(INT32_MAX >> 8))
            return error("too many expressions in star-unpacking assignment");
        op(UNPACK_EX, int(i + ((count - i - 1) << 8)));
        seen_star = true;
    }
    if (!seen_star) op(UNPACK_SEQUENCE, int(count));
    for (ast::Expr* target : targets) {
        auto* starred = ast::as_if<ast::Starred>(target);
        TRY(visit(starred ? starred->value : target));
    }
    return {};
}

Fallible<void> Codegen::visit_joined(ast::JoinedStr* node) {
    int count = int(node->values.size());
    if (count > kStackGuideline) {
        TRY(load_constant(str_empty()));
        op_name(LOAD_METHOD, arena_.intern("join"));
        op(BUILD_LIST, 0);
        for (ast::Expr* value : node->values) {
            TRY(visit(value));
            op(LIST_APPEND, 1);
        }
        call(1);
        return {};
    }
    TRY(visit_all(node->values));
    if (count != 1) op(BUILD_STRING, count);
    return {};
}

Fallible<void> Codegen::visit_formatted(ast::FormattedValue* node) {
    constexpr int kHasSpec = 4;
    TRY(visit(node->value));
    int operand;
    switch (node->conversion) {
        case -1: operand = 0; break;
        case 's': operand = 1; break;
        case 'r': operand = 2; break;
        case 'a': operand = 3; break;
        default: return raise(exc::SystemError, "Unrecognized conversion character %d", node->conversion);
    }
    if (node->format_spec) {
        TRY(visit(node->format_spec));
        operand |= kHasSpec;
    }
    op(FORMAT_VALUE, operand);
    return {};
}

// In an expression over several lines an attribute access belongs to the line its name is on.
void Codegen::at_attribute_name(ast::Attribute* node) {
    Location& location = unit_->location;
    if (location.lineno == node->end_lineno) return;
    location.lineno = node->end_lineno;
    int length = 0;
    for (char byte : node->attr->view())
        length += (byte & 0xC0) != 0x80;
    if (length <= node->end_col_offset) {
        location.col_offset = node->end_col_offset - length;
    } else {
        location.col_offset = location.end_col_offset = -1;
        location.end_lineno = location.lineno;
    }
}

Fallible<void> Codegen::visit_attribute(ast::Attribute* node) {
    TRY(visit(node->value));
    at_attribute_name(node);
    switch (node->ctx) {
        case ExprContext::Load: op_name(LOAD_ATTR, node->attr); break;
        case ExprContext::Store:
            TRY(refuse_debug(node->attr, ExprContext::Store));
            op_name(STORE_ATTR, node->attr);
            break;
        case ExprContext::Del: op_name(DELETE_ATTR, node->attr); break;
    }
    return {};
}

Fallible<void> Codegen::visit_subscript(ast::Subscript* node) {
    if (node->ctx == ExprContext::Load) {
        TRY(check_subscripted(node->value));
        TRY(check_index(node->value, node->slice));
    }
    TRY(visit(node->value));
    TRY(visit(node->slice));
    op(node->ctx == ExprContext::Load ? BINARY_SUBSCR : node->ctx == ExprContext::Store ? STORE_SUBSCR : DELETE_SUBSCR);
    return {};
}

Fallible<void> Codegen::visit_slice(ast::Slice* node) {
    TRY(node->lower ? visit(node->lower) : load_constant(none()));
    TRY(node->upper ? visit(node->upper) : load_constant(none()));
    if (node->step) TRY(visit(node->step));
    op(BUILD_SLICE, node->step ? 3 : 2);
    return {};
}

void Codegen::yield_value() {
    if (unit_->scope->generator && unit_->scope->coroutine) op(ASYNC_GEN_WRAP);
    op(YIELD_VALUE);
    op(RESUME, 1);
}

Fallible<void> Codegen::visit_yield(ast::Yield* node) {
    if (unit_->scope->type != BlockType::Function) return error("'yield' outside function");
    TRY(node->value ? visit(node->value) : load_constant(none()));
    yield_value();
    return {};
}

Fallible<void> Codegen::visit_yield_from(ast::YieldFrom* node) {
    if (unit_->scope->type != BlockType::Function) return error("'yield' outside function");
    if (unit_->kind == UnitKind::AsyncFunction) return error("'yield from' inside async function");
    TRY(visit(node->value));
    op(GET_YIELD_FROM_ITER);
    TRY(load_constant(none()));
    yield_from(false);
    return {};
}

Fallible<void> Codegen::visit_await(ast::Await* node) {
    if (!top_level_await()) {
        if (unit_->scope->type != BlockType::Function) return error("'await' outside function");
        if (unit_->kind != UnitKind::AsyncFunction && unit_->kind != UnitKind::Comprehension)
            return error("'await' outside async function");
    }
    TRY(visit(node->value));
    return await_top(0);
}

// NOTE: one case an expression kind, over 60 lines.
Fallible<void> Codegen::visit_inner(ast::Expr* node) {
    switch (node->node_kind) {
        case NodeKind::NamedExpr:
            TRY(visit(ast::as<ast::NamedExpr>(node)->value));
            op(COPY, 1);
            return visit(ast::as<ast::NamedExpr>(node)->target);
        case NodeKind::BoolOp: return visit_bool(ast::as<ast::BoolOp>(node));
        case NodeKind::BinOp:
            TRY(visit(ast::as<ast::BinOp>(node)->left));
            TRY(visit(ast::as<ast::BinOp>(node)->right));
            op(BINARY_OP, binary_opcode_argument(ast::as<ast::BinOp>(node)->op));
            return {};
        case NodeKind::UnaryOp:
            TRY(visit(ast::as<ast::UnaryOp>(node)->operand));
            op(unary_opcode(ast::as<ast::UnaryOp>(node)->op));
            return {};
        case NodeKind::Lambda: return visit_lambda(ast::as<ast::Lambda>(node));
        case NodeKind::IfExp: return visit_conditional(ast::as<ast::IfExp>(node));
        case NodeKind::Dict: return visit_dict(ast::as<ast::Dict>(node));
        case NodeKind::Set:
            return visit_display(ast::as<ast::Set>(node)->elts, 0, {BUILD_SET, SET_ADD, SET_UPDATE, false});
        case NodeKind::GeneratorExp: {
            auto* comp = ast::as<ast::GeneratorExp>(node);
            return visit_comprehension(node, "<genexpr>",
                                       {ComprehensionKind::Generator, comp->generators, comp->elt, nullptr});
        }
        case NodeKind::ListComp: {
            auto* comp = ast::as<ast::ListComp>(node);
            return visit_comprehension(node, "<listcomp>",
                                       {ComprehensionKind::List, comp->generators, comp->elt, nullptr});
        }
        case NodeKind::SetComp: {
            auto* comp = ast::as<ast::SetComp>(node);
            return visit_comprehension(node, "<setcomp>",
                                       {ComprehensionKind::Set, comp->generators, comp->elt, nullptr});
        }
        case NodeKind::DictComp: {
            auto* comp = ast::as<ast::DictComp>(node);
            return visit_comprehension(node, "<dictcomp>",
                                       {ComprehensionKind::Dict, comp->generators, comp->key, comp->value});
        }
        case NodeKind::Yield: return visit_yield(ast::as<ast::Yield>(node));
        case NodeKind::YieldFrom: return visit_yield_from(ast::as<ast::YieldFrom>(node));
        case NodeKind::Await: return visit_await(ast::as<ast::Await>(node));
        case NodeKind::Compare: return visit_compare(ast::as<ast::Compare>(node));
        case NodeKind::Call: return visit_call(ast::as<ast::Call>(node));
        case NodeKind::Constant: return load_constant(TRY(pool_.object_of(ast::as<ast::Constant>(node)->value)));
        case NodeKind::JoinedStr: return visit_joined(ast::as<ast::JoinedStr>(node));
        case NodeKind::FormattedValue: return visit_formatted(ast::as<ast::FormattedValue>(node));
        case NodeKind::Attribute: return visit_attribute(ast::as<ast::Attribute>(node));
        case NodeKind::Subscript: return visit_subscript(ast::as<ast::Subscript>(node));
        case NodeKind::Starred:
            return ast::as<ast::Starred>(node)->ctx == ExprContext::Store
                       ? error("starred assignment target must be in a list or tuple")
                       : error("can't use starred expression here");
        case NodeKind::Slice: return visit_slice(ast::as<ast::Slice>(node));
        case NodeKind::Name: return name_op(ast::as<ast::Name>(node)->id, ast::as<ast::Name>(node)->ctx);
        case NodeKind::List: {
            auto* list = ast::as<ast::List>(node);
            if (list->ctx == ExprContext::Store) return unpack_into(list->elts);
            if (list->ctx == ExprContext::Del) return visit_all(list->elts);
            return visit_display(list->elts, 0, {BUILD_LIST, LIST_APPEND, LIST_EXTEND, false});
        }
        case NodeKind::Tuple: {
            auto* tuple = ast::as<ast::Tuple>(node);
            if (tuple->ctx == ExprContext::Store) return unpack_into(tuple->elts);
            if (tuple->ctx == ExprContext::Del) return visit_all(tuple->elts);
            return visit_display(tuple->elts, 0, {BUILD_LIST, LIST_APPEND, LIST_EXTEND, true});
        }
        default: __builtin_unreachable();
    }
}

}  // namespace py::compiler
