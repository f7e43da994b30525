// Expressions from the loosest (`star_expressions`) to primaries ("Expressions" in the language reference).
#include <climits>

#include "interp/parser/grammar.h"
#include "interp/parser/unicode.h"

namespace py::parser {
namespace {

struct BinaryRow {
    uint8_t precedence;  // 0: not a binary operator
    Operator op;
};
struct BinaryTable {
    BinaryRow rows[128];
};
constexpr BinaryTable build_binary_table() {
    BinaryTable table{};
    auto set = [&table](Kind kind, uint8_t precedence, Operator op) {
        table.rows[static_cast<size_t>(kind)] = {precedence, op};
    };
    set(Kind::Bar, 1, Operator::BitOr);
    set(Kind::Caret, 2, Operator::BitXor);
    set(Kind::Ampersand, 3, Operator::BitAnd);
    set(Kind::LeftShift, 4, Operator::LShift);
    set(Kind::RightShift, 4, Operator::RShift);
    set(Kind::Plus, 5, Operator::Add);
    set(Kind::Minus, 5, Operator::Sub);
    set(Kind::Star, 6, Operator::Mult);
    set(Kind::Slash, 6, Operator::Div);
    set(Kind::DoubleSlash, 6, Operator::FloorDiv);
    set(Kind::Percent, 6, Operator::Mod);
    set(Kind::At, 6, Operator::MatMult);
    return table;
}
constexpr BinaryTable kBinary = build_binary_table();

}  // namespace

Identifier Parser::identifier(const Token& t) {
    if (!t.non_ascii) return arena_.intern(t.text());
    return arena_.intern(normalize_nfkc(t.text(), arena_));
}

Name* Parser::make_name(const Token& t, ExprContext context) {
    auto* name = make_node<Name>(arena_, range_of(t));
    name->id = identifier(t);
    name->ctx = context;
    return name;
}

Identifier Parser::accept_name() {
    const Token& t = token();
    if (t.kind != Kind::Name) return nullptr;
    mark_++;
    return identifier(t);
}

Constant* Parser::make_constant(const Range& range, ConstantKind kind) {
    auto* constant = make_node<Constant>(arena_, range);
    constant->value.kind = kind;
    return constant;
}

Expr* Parser::make_tuple(uint32_t start, Buffer<Expr*>& elements) {
    auto* node = make_node<Tuple>(arena_, since(start));
    node->elts = elements.to_seq(arena_);
    return node;
}

// ','.element+ [',']: the element itself where no comma follows it.
Expr* Parser::element_or_tuple(Expr* (Parser::*element)()) {
    uint32_t start = mark_;
    Expr* first = (this->*element)();
    if (first == nullptr || !at(Kind::Comma)) return first;
    Buffer<Expr*> elements;
    elements.push(first);
    while (accept(Kind::Comma)) {
        uint32_t before = mark_;
        Expr* next = (this->*element)();
        if (failed_) return nullptr;
        if (next == nullptr) {
            mark_ = before;
            break;
        }
        elements.push(next);
    }
    return make_tuple(start, elements);
}

// star_expressions: ','.star_expression+ [',']
Expr* Parser::star_expressions() {
    return element_or_tuple(&Parser::star_expression);
}

// star_expression: '*' bitwise_or | expression
Expr* Parser::star_expression() {
    return memo<Expr>(Rule::StarExpression, [this]() -> Expr* {
        if (at(Kind::Star)) return starred_expression_of_bitwise_or();
        return expression();
    });
}

// '*' bitwise_or
Expr* Parser::starred_expression_of_bitwise_or() {
    uint32_t start = mark_;
    mark_++;
    Expr* value = bitwise_or();
    if (value == nullptr) return nullptr;
    auto* node = make_node<Starred>(arena_, since(start));
    node->value = value;
    return node;
}

// star_named_expression: '*' bitwise_or | named_expression
Expr* Parser::star_named_expression() {
    if (at(Kind::Star)) return starred_expression_of_bitwise_or();
    return named_expression();
}

// star_named_expressions: ','.star_named_expression+ [',']
bool Parser::star_named_expressions(Buffer<Expr*>& out) {
    for (;;) {
        uint32_t before = mark_;
        Expr* element = star_named_expression();
        if (failed_) return false;
        if (element == nullptr) {
            mark_ = before;
            return !out.empty();
        }
        out.push(element);
        if (!accept(Kind::Comma)) return true;
    }
}

// starred_expression: '*' expression
Expr* Parser::starred_expression() {
    uint32_t start = mark_;
    if (!accept(Kind::Star)) return nullptr;
    Expr* value = expression();
    if (value == nullptr) return nullptr;
    auto* node = make_node<Starred>(arena_, since(start));
    node->value = value;
    return node;
}

// assignment_expression: NAME ':=' ~ expression
Expr* Parser::assignment_expression() {
    if (!at(Kind::Name) || kind_after() != Kind::ColonEqual) return nullptr;
    uint32_t start = mark_;
    Name* target = make_name(token(), ExprContext::Store);
    mark_ += 2;
    Expr* value = expression();
    if (value == nullptr || !version(8, "Assignment expressions are")) return nullptr;
    auto* node = make_node<NamedExpr>(arena_, since(start));
    node->target = target;
    node->value = value;
    return node;
}

// named_expression: assignment_expression | invalid_named_expression | expression !':='
Expr* Parser::named_expression() {
    uint32_t start = mark_;
    if (Expr* node = assignment_expression()) return node;
    if (failed_) return nullptr;
    mark_ = start;
    if (raises(&Parser::invalid_named_expression)) return nullptr;
    Expr* node = expression();
    return node == nullptr || at(Kind::ColonEqual) ? nullptr : node;
}

// assignment_expression | expression !':='
Expr* Parser::plain_argument() {
    uint32_t start = mark_;
    if (Expr* node = assignment_expression()) return node;
    if (failed_) return nullptr;
    mark_ = start;
    Expr* node = expression();
    return node == nullptr || at(Kind::ColonEqual) ? nullptr : node;
}

// expressions: ','.expression+ [',']
Expr* Parser::expressions() {
    return element_or_tuple(&Parser::expression);
}

// expression: invalid_expression | invalid_legacy_expression
//           | disjunction 'if' disjunction 'else' expression | disjunction | lambdef
Expr* Parser::expression() {
    Level level(*this);
    if (level.too_deep()) return nullptr;
    return memo<Expr>(Rule::Expression, [this]() -> Expr* {
        if (raises(&Parser::invalid_expression) || raises(&Parser::invalid_legacy_expression)) return nullptr;
        if (at(Kind::Lambda)) return lambdef();
        uint32_t start = mark_;
        Expr* body = disjunction();
        if (body == nullptr || !at(Kind::If)) return body;
        uint32_t end = mark_;
        mark_++;
        Expr* test = disjunction();
        Expr* orelse = test != nullptr && accept(Kind::Else) ? expression() : nullptr;
        if (failed_) return nullptr;
        if (orelse == nullptr) {
            mark_ = end;
            return body;
        }
        auto* node = make_node<IfExp>(arena_, since(start));
        node->test = test;
        node->body = body;
        node->orelse = orelse;
        return node;
    });
}

// disjunction: conjunction ('or' conjunction)*
Expr* Parser::disjunction() {
    return memo<Expr>(Rule::Disjunction, [this]() -> Expr* {
        uint32_t start = mark_;
        Expr* first = conjunction();
        if (first == nullptr || !at(Kind::Or)) return first;
        return bool_op(start, first, Kind::Or, BoolOperator::Or, &Parser::conjunction);
    });
}

// conjunction: inversion ('and' inversion)*
Expr* Parser::conjunction() {
    uint32_t start = mark_;
    Expr* first = inversion();
    if (first == nullptr || !at(Kind::And)) return first;
    return bool_op(start, first, Kind::And, BoolOperator::And, &Parser::inversion);
}

// The rest of `first op operand op operand …`; one node holds all operands.
Expr* Parser::bool_op(uint32_t start, Expr* first, Kind keyword, BoolOperator op, Expr* (Parser::*operand)()) {
    Buffer<Expr*> values;
    values.push(first);
    while (at(keyword)) {
        uint32_t before = mark_;
        mark_++;
        Expr* value = (this->*operand)();
        if (failed_) return nullptr;
        if (value == nullptr) {
            mark_ = before;
            break;
        }
        values.push(value);
    }
    if (values.size() == 1) return first;
    auto* node = make_node<BoolOp>(arena_, since(start));
    node->op = op;
    node->values = values.to_seq(arena_);
    return node;
}

// inversion: 'not' inversion | comparison
Expr* Parser::inversion() {
    if (!at(Kind::Not)) return comparison();
    Level level(*this);
    if (level.too_deep()) return nullptr;
    uint32_t start = mark_;
    mark_++;
    Expr* operand = inversion();
    if (operand == nullptr) return nullptr;
    auto* node = make_node<UnaryOp>(arena_, since(start));
    node->op = UnaryOperator::Not;
    node->operand = operand;
    return node;
}

// '==' | '!=' | '<=' | '<' | '>=' | '>' | 'not' 'in' | 'in' | 'is' 'not' | 'is'; consumes it
bool Parser::comparison_operator(CompareOperator& op) {
    switch (kind()) {
        case Kind::EqualEqual: op = CompareOperator::Eq; break;
        case Kind::NotEqual: {
            bool diamond = token().text() == "<>";
            if (options_.barry_as_bdfl && !diamond) return raise("with Barry as BDFL, use '<>' instead of '!='"), false;
            if (options_.barry_as_bdfl != diamond) return false;
            op = CompareOperator::NotEq;
            break;
        }
        case Kind::LessEqual: op = CompareOperator::LtE; break;
        case Kind::Less: op = CompareOperator::Lt; break;
        case Kind::GreaterEqual: op = CompareOperator::GtE; break;
        case Kind::Greater: op = CompareOperator::Gt; break;
        case Kind::In: op = CompareOperator::In; break;
        case Kind::Not:
            if (kind_after() != Kind::In) return false;
            op = CompareOperator::NotIn;
            mark_++;
            break;
        case Kind::Is:
            op = CompareOperator::Is;
            if (kind_after() == Kind::Not) {
                op = CompareOperator::IsNot;
                mark_++;
            }
            break;
        default: return false;
    }
    mark_++;
    return true;
}

// comparison: bitwise_or (comparison_operator bitwise_or)*
Expr* Parser::comparison() {
    uint32_t start = mark_;
    Expr* left = bitwise_or();
    if (left == nullptr) return nullptr;
    uint32_t before = mark_;
    CompareOperator op;
    if (!comparison_operator(op)) return failed_ ? nullptr : left;
    Buffer<CompareOperator> ops;
    Buffer<Expr*> comparators;
    do {
        Expr* right = bitwise_or();
        if (failed_) return nullptr;
        if (right == nullptr) break;
        ops.push(op);
        comparators.push(right);
        before = mark_;
    } while (comparison_operator(op));
    if (failed_) return nullptr;
    mark_ = before;
    if (ops.empty()) return left;
    auto* node = make_node<Compare>(arena_, since(start));
    node->left = left;
    node->ops = ops.to_seq(arena_);
    node->comparators = comparators.to_seq(arena_);
    return node;
}

// bitwise_or, bitwise_xor, bitwise_and, shift_expr, sum, term: left-associative operators over factor
Expr* Parser::bitwise_or() {
    return memo<Expr>(Rule::BitwiseOr, [this] { return binary(1); });
}

// Operators that bind at least as tightly as `minimum`.
Expr* Parser::binary(int minimum) {
    uint32_t start = mark_;
    Expr* left = factor();
    if (left == nullptr) return nullptr;
    // An operator that binds more tightly than the last one was refused by the right operand for what stands behind it, which
    // would be read in vain once more at each level.
    int maximum = INT_MAX;
    for (;;) {
        const BinaryRow& row = kBinary.rows[static_cast<size_t>(kind())];
        if (row.precedence == 0 || row.precedence < minimum || row.precedence > maximum) return left;
        maximum = row.precedence;
        uint32_t before = mark_;
        mark_++;
        Expr* right = binary(row.precedence + 1);
        if (right == nullptr) {
            if (failed_) return nullptr;
            mark_ = before;
            return left;
        }
        if (row.op == Operator::MatMult && !version(5, "The '@' operator is")) return nullptr;
        auto* node = make_node<BinOp>(arena_, since(start));
        node->left = left;
        node->op = row.op;
        node->right = right;
        left = node;
    }
}

// factor: '+' factor | '-' factor | '~' factor | power
Expr* Parser::factor() {
    return memo<Expr>(Rule::Factor, [this]() -> Expr* {
        UnaryOperator op;
        switch (kind()) {
            case Kind::Plus: op = UnaryOperator::UAdd; break;
            case Kind::Minus: op = UnaryOperator::USub; break;
            case Kind::Tilde: op = UnaryOperator::Invert; break;
            default: return power();
        }
        Level level(*this);
        if (level.too_deep()) return nullptr;
        uint32_t start = mark_;
        mark_++;
        Expr* operand = factor();
        if (operand == nullptr) return nullptr;
        auto* node = make_node<UnaryOp>(arena_, since(start));
        node->op = op;
        node->operand = operand;
        return node;
    });
}

// power: await_primary '**' factor | await_primary
Expr* Parser::power() {
    uint32_t start = mark_;
    Expr* base = await_primary();
    if (base == nullptr || !at(Kind::DoubleStar)) return base;
    Level level(*this);
    if (level.too_deep()) return nullptr;
    uint32_t before = mark_;
    mark_++;
    Expr* exponent = factor();
    if (failed_) return nullptr;
    if (exponent == nullptr) {
        mark_ = before;
        return base;
    }
    auto* node = make_node<BinOp>(arena_, since(start));
    node->left = base;
    node->op = Operator::Pow;
    node->right = exponent;
    return node;
}

// await_primary: AWAIT primary | primary
Expr* Parser::await_primary() {
    if (!at(Kind::Await)) return primary();
    uint32_t start = mark_;
    mark_++;
    Expr* value = primary();
    if (value == nullptr || !version(5, "Await expressions are")) return nullptr;
    auto* node = make_node<Await>(arena_, since(start));
    node->value = value;
    return node;
}

// primary: primary '.' NAME | primary genexp | primary '(' [arguments] ')' | primary '[' slices ']' | atom
Expr* Parser::primary() {
    return memo<Expr>(Rule::Primary, [this]() -> Expr* {
        uint32_t start = mark_;
        Expr* value = atom();
        while (value != nullptr) {
            uint32_t before = mark_;
            Expr* next = nullptr;
            // The alternative `primary genexp` ends in an error rule that takes any bracket.
            if ((at(Kind::LeftBracket) || at(Kind::LeftBrace)) && raises(&Parser::invalid_comprehension))
                return nullptr;
            if (at(Kind::Dot)) {
                mark_++;
                if (Identifier attr = accept_name()) {
                    auto* node = make_node<Attribute>(arena_, since(start));
                    node->value = value;
                    node->attr = attr;
                    next = node;
                }
            } else if (at(Kind::LeftParen)) {
                next = call(value, start);
            } else if (at(Kind::LeftBracket)) {
                mark_++;
                Expr* index = slices();
                if (index != nullptr && accept(Kind::RightBracket)) {
                    auto* node = make_node<Subscript>(arena_, since(start));
                    node->value = value;
                    node->slice = index;
                    next = node;
                }
            } else {
                return value;
            }
            if (failed_) return nullptr;
            if (next == nullptr) {
                mark_ = before;
                return value;
            }
            value = next;
        }
        return nullptr;
    });
}

// slices: slice !',' | ','.(slice | starred_expression)+ [',']
Expr* Parser::slices() {
    uint32_t start = mark_;
    Buffer<Expr*> elements;
    for (;;) {
        uint32_t before = mark_;
        Expr* element = at(Kind::Star) ? starred_expression() : slice();
        if (failed_) return nullptr;
        if (element == nullptr) {
            mark_ = before;
            if (elements.empty()) return nullptr;
            break;
        }
        if (elements.empty() && !at(Kind::Comma) && !is<Starred>(element)) return element;
        elements.push(element);
        if (!accept(Kind::Comma)) break;
    }
    return make_tuple(start, elements);
}

// slice: [expression] ':' [expression] [':' [expression]] | named_expression
Expr* Parser::slice() {
    uint32_t start = mark_;
    Expr* lower = nullptr;
    if (!at(Kind::Colon)) {
        lower = expression();
        if (failed_) return nullptr;
        if (lower == nullptr) {
            mark_ = start;
            remembering_ = true;  // it is about to be read again
        }
    }
    if (!at(Kind::Colon)) {
        if (lower != nullptr && !at(Kind::ColonEqual) && !diagnose()) return lower;
        mark_ = start;
        return named_expression();
    }
    mark_++;
    auto optional = [this]() -> Expr* {
        uint32_t before = mark_;
        if (at(Kind::Colon) || at(Kind::RightBracket) || at(Kind::Comma)) return nullptr;
        Expr* node = expression();
        if (node == nullptr) mark_ = before;
        return node;
    };
    Expr* upper = optional();
    if (failed_) return nullptr;
    Expr* step = accept(Kind::Colon) ? optional() : nullptr;
    if (failed_) return nullptr;
    auto* node = make_node<Slice>(arena_, since(start));
    node->lower = lower;
    node->upper = upper;
    node->step = step;
    return node;
}

// yield_expr: 'yield' 'from' expression | 'yield' [star_expressions]
Expr* Parser::yield_expr() {
    uint32_t start = mark_;
    if (!accept(Kind::Yield)) return nullptr;
    uint32_t after = mark_;
    if (accept(Kind::From)) {
        if (Expr* value = expression()) {
            auto* node = make_node<YieldFrom>(arena_, since(start));
            node->value = value;
            return node;
        }
        if (failed_) return nullptr;
        mark_ = after;
    }
    Expr* value = star_expressions();
    if (failed_) return nullptr;
    if (value == nullptr) mark_ = after;
    auto* node = make_node<Yield>(arena_, since(start));
    node->value = value;
    return node;
}

// lambdef: 'lambda' [lambda_params] ':' expression
Expr* Parser::lambdef() {
    uint32_t start = mark_;
    if (!accept(Kind::Lambda)) return nullptr;
    Arguments* args = parameters(ParameterStyle::Lambda);
    if (args == nullptr || !accept(Kind::Colon)) return nullptr;
    Expr* body = expression();
    if (body == nullptr) return nullptr;
    auto* node = make_node<Lambda>(arena_, since(start));
    node->args = args;
    node->body = body;
    return node;
}

}  // namespace py::parser
