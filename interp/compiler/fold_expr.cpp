// The tree optimiser, part 2: expressions, and the limits within which operators on constants are computed.
#include "interp/compiler/fold.h"
#include "interp/compiler/syntax_error.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py::compiler {

using ast::NodeKind;

namespace {

// What folding may produce at most.
constexpr size_t kMaxIntBits = 128;
constexpr ssize_t kMaxCollectionSize = 256;
constexpr ssize_t kMaxStringSize = 4096;
constexpr ssize_t kMaxTotalItems = 1024;

// `limit` minus the items in nested tuples and frozensets; negative when there are more.
ssize_t items_left(Object* object, ssize_t limit) {
    if (is_tuple(object)) {
        limit -= as_tuple(object)->size;
        for (ssize_t i = 0; limit >= 0 && i < as_tuple(object)->size; i++)
            limit = items_left(as_tuple(object)->items[i], limit);
    } else if (is_frozenset(object)) {
        limit -= as_set(object)->used;
        ssize_t position = 0;
        Object* key;
        while (limit >= 0 && set_next(as_set(object), &position, &key, nullptr))
            limit = items_left(key, limit);
    }
    return limit;
}

ssize_t sized_constant(Object* object) {
    if (is_tuple(object)) return as_tuple(object)->size;
    if (is_frozenset(object)) return as_set(object)->used;
    if (is_str(object)) return as_str(object)->length;
    if (is_bytes(object)) return as_bytes(object)->size;
    return -1;
}

bool both_nonzero_ints(Object* a, Object* b) {
    return is_int(a) && is_int(b) && as_int(a)->size != 0 && as_int(b)->size != 0;
}

bool may_repeat(Int* count, Object* object, ssize_t size) {
    if (size == 0) return true;
    int overflow = 0;
    int64_t times = as_int64_clamped(count, &overflow);
    if (overflow != 0 || times < 0) return false;
    if (is_str(object) || is_bytes(object)) return times <= kMaxStringSize / size;
    if (times > kMaxCollectionSize / size) return false;
    return times == 0 || items_left(object, kMaxTotalItems / times) != 0;
}

bool may_multiply(Object* a, Object* b) {
    if (both_nonzero_ints(a, b)) return int_bit_length(as_int(a)) + int_bit_length(as_int(b)) <= kMaxIntBits;
    if (is_int(a) && sized_constant(b) >= 0) return may_repeat(as_int(a), b, sized_constant(b));
    if (is_int(b) && sized_constant(a) >= 0) return may_repeat(as_int(b), a, sized_constant(a));
    return true;
}

bool may_raise_to_power(Object* a, Object* b) {
    if (!both_nonzero_ints(a, b) || as_int(b)->size < 0) return true;
    int overflow = 0;
    int64_t exponent = as_int64_clamped(as_int(b), &overflow);
    return overflow == 0 && int_bit_length(as_int(a)) <= kMaxIntBits / size_t(exponent);
}

bool may_shift_left(Object* a, Object* b) {
    if (!both_nonzero_ints(a, b)) return true;
    int overflow = 0;
    int64_t bits = as_int64_clamped(as_int(b), &overflow);
    if (overflow != 0 || bits < 0 || size_t(bits) > kMaxIntBits) return false;
    return int_bit_length(as_int(a)) <= kMaxIntBits - size_t(bits);
}

struct BinaryRule {
    BinaryOp op;
    bool (*may)(Object*, Object*);  // null: always
};
BinaryRule binary_rule(ast::Operator op) {
    switch (op) {
        case ast::Operator::Add: return {BinaryOp::Add, nullptr};
        case ast::Operator::Sub: return {BinaryOp::Subtract, nullptr};
        case ast::Operator::Mult: return {BinaryOp::Multiply, may_multiply};
        case ast::Operator::MatMult: break;
        case ast::Operator::Div: return {BinaryOp::TrueDivide, nullptr};
        case ast::Operator::Mod:
            return {BinaryOp::Remainder, [](Object* a, Object*) { return !is_str(a) && !is_bytes(a); }};
        case ast::Operator::Pow: return {BinaryOp::Power, may_raise_to_power};
        case ast::Operator::LShift: return {BinaryOp::LShift, may_shift_left};
        case ast::Operator::RShift: return {BinaryOp::RShift, nullptr};
        case ast::Operator::BitOr: return {BinaryOp::Or, nullptr};
        case ast::Operator::BitXor: return {BinaryOp::Xor, nullptr};
        case ast::Operator::BitAnd: return {BinaryOp::And, nullptr};
        case ast::Operator::FloorDiv: return {BinaryOp::FloorDivide, nullptr};
    }
    return {BinaryOp::MatrixMultiply, [](Object*, Object*) { return false; }};
}

bool has_starred(ast::Seq<ast::Expr*> elements) {
    for (ast::Expr* element : elements)
        if (ast::is<ast::Starred>(element)) return true;
    return false;
}

bool all_constant(ast::Seq<ast::Expr*> elements) {
    for (ast::Expr* element : elements)
        if (!ast::is<ast::Constant>(element)) return false;
    return true;
}

Fallible<Ref<>> apply_unary(ast::UnaryOperator op, Object* operand) {
    switch (op) {
        case ast::UnaryOperator::Invert: return invert(operand);
        case ast::UnaryOperator::Not: return bool_from(!TRY(is_true(operand)));
        case ast::UnaryOperator::UAdd: return positive(operand);
        case ast::UnaryOperator::USub: return negative(operand);
    }
    __builtin_unreachable();
}

}  // namespace

ast::Expr* Folder::new_constant(Object* kept, const ast::Range& range) {
    auto* node = ast::make_node<ast::Constant>(arena_, range);
    node->value.kind = ast::ConstantKind::Object;
    node->value.object = kept;
    return node;
}

Fallible<void> Folder::replace(ast::Expr*& node, Fallible<Ref<>> value) {
    if (!value.ok()) {
        if (error_matches(exc::KeyboardInterrupt)) return raised;
        clear_error();
        return {};
    }
    node = new_constant(pool_.keep(value.take()), ast::range_of(node));
    return {};
}

Fallible<Object*> literal_object(ast::ConstantValue& value, const ast::Located* node, ObjectPool& pool, Str* filename) {
    auto object = pool.object_of(value);
    if (object.ok()) return object;
    if (value.kind != ast::ConstantKind::Int || !error_matches(exc::ValueError)) return raised;
    PendingError pending = fetch_error();
    normalize_error(pending);
    Ref<Str> message =
        TRY(format_str("%S - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.",
                       pending.value.get()));
    ast::Range range = ast::range_of(node);
    range.col_offset = range.end_col_offset = -1;
    return raise_in_compiler(filename, range, std::move(message));
}

Fallible<void> Folder::constant(ast::Constant* node) {
    TRY(literal_object(node->value, node, pool_, filename_));
    return {};
}

Fallible<Ref<Tuple>> Folder::constant_items(ast::Seq<ast::Expr*> elements) {
    Ref<Tuple> items = TRY(tuple_new(elements.size()));
    for (uint32_t i = 0; i < elements.size(); i++)
        items->items[i] = new_reference(value_of(elements[i]));
    return items;
}

Fallible<void> Folder::unary(ast::Expr*& node) {
    auto* operation = ast::as<ast::UnaryOp>(node);
    if (ast::is<ast::Constant>(operation->operand))
        return replace(node, apply_unary(operation->op, value_of(operation->operand)));
    // `not a is b` is `a is not b`; comparisons that may return anything stay as they are.
    auto* compared = ast::as_if<ast::Compare>(operation->operand);
    if (operation->op != ast::UnaryOperator::Not || compared == nullptr || compared->ops.size() != 1) return {};
    using ast::CompareOperator;
    CompareOperator& op = compared->ops[0];
    switch (op) {
        case CompareOperator::Is: op = CompareOperator::IsNot; break;
        case CompareOperator::IsNot: op = CompareOperator::Is; break;
        case CompareOperator::In: op = CompareOperator::NotIn; break;
        case CompareOperator::NotIn: op = CompareOperator::In; break;
        default: return {};
    }
    node = compared;
    return {};
}

Fallible<void> Folder::binary(ast::Expr*& node) {
    auto* operation = ast::as<ast::BinOp>(node);
    if (!ast::is<ast::Constant>(operation->left)) return {};
    Object* left = value_of(operation->left);
    if (operation->op == ast::Operator::Mod && ast::is<ast::Tuple>(operation->right) && is_str(left))
        return percent_format(node, as_str(left), ast::as<ast::Tuple>(operation->right)->elts);
    if (!ast::is<ast::Constant>(operation->right)) return {};
    Object* right = value_of(operation->right);
    BinaryRule rule = binary_rule(operation->op);
    if (rule.may != nullptr && !rule.may(left, right)) return {};
    return replace(node, binary_op(rule.op, left, right));
}

Fallible<void> Folder::subscript(ast::Expr*& node) {
    auto* access = ast::as<ast::Subscript>(node);
    if (access->ctx != ast::ExprContext::Load || !ast::is<ast::Constant>(access->value) ||
        !ast::is<ast::Constant>(access->slice))
        return {};
    return replace(node, get_item(value_of(access->value), value_of(access->slice)));
}

Fallible<void> Folder::tuple(ast::Expr*& node) {
    auto* display = ast::as<ast::Tuple>(node);
    if (display->ctx != ast::ExprContext::Load || !all_constant(display->elts)) return {};
    return replace(node, constant_items(display->elts));
}

// A list or set display that is only iterated over or searched: the order is kept, the identity is not visible.
Fallible<void> Folder::iterable(ast::Expr*& node) {
    if (auto* list = ast::as_if<ast::List>(node)) {
        if (has_starred(list->elts)) return {};
        if (all_constant(list->elts)) return replace(node, constant_items(list->elts));
        auto* as_tuple_node = ast::make_node<ast::Tuple>(arena_, ast::range_of(list));
        as_tuple_node->elts = list->elts;
        as_tuple_node->ctx = list->ctx;
        node = as_tuple_node;
    } else if (auto* set = ast::as_if<ast::Set>(node)) {
        if (!all_constant(set->elts)) return {};
        return replace(node, frozenset_new(TRY(constant_items(set->elts)).get()));
    }
    return {};
}

Fallible<void> Folder::compare(ast::Compare* node) {
    ast::CompareOperator last = node->ops.back();
    if (last != ast::CompareOperator::In && last != ast::CompareOperator::NotIn) return {};
    return iterable(node->comparators.back());
}

Fallible<void> Folder::generators(ast::Seq<ast::Comprehension*> nodes) {
    for (ast::Comprehension* generator : nodes) {
        TRY(expression(generator->target));
        TRY(expression(generator->iter));
        TRY(all(generator->ifs));
        TRY(iterable(generator->iter));
    }
    return {};
}

Fallible<void> Folder::expression(ast::Expr*& node) {
    TRY(depth_.enter());
    TRY(expression_inner(node));
    depth_.leave();
    return {};
}

// NOTE: one case an expression kind, over 60 lines.
Fallible<void> Folder::expression_inner(ast::Expr*& node) {
    switch (node->node_kind) {
        case NodeKind::Constant: return constant(ast::as<ast::Constant>(node));
        case NodeKind::BoolOp: return all(ast::as<ast::BoolOp>(node)->values);
        case NodeKind::NamedExpr: return expression(ast::as<ast::NamedExpr>(node)->value);
        case NodeKind::BinOp:
            TRY(expression(ast::as<ast::BinOp>(node)->left));
            TRY(expression(ast::as<ast::BinOp>(node)->right));
            return binary(node);
        case NodeKind::UnaryOp: TRY(expression(ast::as<ast::UnaryOp>(node)->operand)); return unary(node);
        case NodeKind::Lambda:
            TRY(arguments(ast::as<ast::Lambda>(node)->args));
            return expression(ast::as<ast::Lambda>(node)->body);
        case NodeKind::IfExp:
            TRY(expression(ast::as<ast::IfExp>(node)->test));
            TRY(expression(ast::as<ast::IfExp>(node)->body));
            return expression(ast::as<ast::IfExp>(node)->orelse);
        case NodeKind::Dict: TRY(all(ast::as<ast::Dict>(node)->keys)); return all(ast::as<ast::Dict>(node)->values);
        case NodeKind::Set: return all(ast::as<ast::Set>(node)->elts);
        case NodeKind::ListComp:
            TRY(expression(ast::as<ast::ListComp>(node)->elt));
            return generators(ast::as<ast::ListComp>(node)->generators);
        case NodeKind::SetComp:
            TRY(expression(ast::as<ast::SetComp>(node)->elt));
            return generators(ast::as<ast::SetComp>(node)->generators);
        case NodeKind::DictComp:
            TRY(expression(ast::as<ast::DictComp>(node)->key));
            TRY(expression(ast::as<ast::DictComp>(node)->value));
            return generators(ast::as<ast::DictComp>(node)->generators);
        case NodeKind::GeneratorExp:
            TRY(expression(ast::as<ast::GeneratorExp>(node)->elt));
            return generators(ast::as<ast::GeneratorExp>(node)->generators);
        case NodeKind::Await: return expression(ast::as<ast::Await>(node)->value);
        case NodeKind::Yield: return optional(ast::as<ast::Yield>(node)->value);
        case NodeKind::YieldFrom: return expression(ast::as<ast::YieldFrom>(node)->value);
        case NodeKind::Compare:
            TRY(expression(ast::as<ast::Compare>(node)->left));
            TRY(all(ast::as<ast::Compare>(node)->comparators));
            return compare(ast::as<ast::Compare>(node));
        case NodeKind::Call:
            TRY(expression(ast::as<ast::Call>(node)->func));
            TRY(all(ast::as<ast::Call>(node)->args));
            return keywords(ast::as<ast::Call>(node)->keywords);
        case NodeKind::FormattedValue:
            TRY(expression(ast::as<ast::FormattedValue>(node)->value));
            return optional(ast::as<ast::FormattedValue>(node)->format_spec);
        case NodeKind::JoinedStr: return all(ast::as<ast::JoinedStr>(node)->values);
        case NodeKind::Attribute: return expression(ast::as<ast::Attribute>(node)->value);
        case NodeKind::Subscript:
            TRY(expression(ast::as<ast::Subscript>(node)->value));
            TRY(expression(ast::as<ast::Subscript>(node)->slice));
            return subscript(node);
        case NodeKind::Starred: return expression(ast::as<ast::Starred>(node)->value);
        case NodeKind::Slice:
            TRY(optional(ast::as<ast::Slice>(node)->lower));
            TRY(optional(ast::as<ast::Slice>(node)->upper));
            return optional(ast::as<ast::Slice>(node)->step);
        case NodeKind::Name: {
            auto* name = ast::as<ast::Name>(node);
            if (name->ctx != ast::ExprContext::Load || name->id->view() != "__debug__") return {};
            return replace(node, bool_from(optimize_ == 0));
        }
        case NodeKind::List: return all(ast::as<ast::List>(node)->elts);
        case NodeKind::Tuple: TRY(all(ast::as<ast::Tuple>(node)->elts)); return tuple(node);
        default: return {};
    }
}

}  // namespace py::compiler
