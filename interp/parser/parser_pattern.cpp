// The match statement and its patterns (PEP 634; "The match statement" in the language reference).
#include <cstring>

#include "interp/parser/grammar.h"

namespace py::parser {

// Whether the token behind the soft keyword `match` can begin a subject; most uses of the name are no statements.
bool Parser::match_may_start() {
    switch (kind_after()) {
        case Kind::Name:
        case Kind::Number:
        case Kind::String:
        case Kind::LeftParen:
        case Kind::LeftBracket:
        case Kind::LeftBrace:
        case Kind::Minus:
        case Kind::Plus:
        case Kind::Tilde:
        case Kind::Star:
        case Kind::Not:
        case Kind::Lambda:
        case Kind::Await:
        case Kind::None:
        case Kind::True:
        case Kind::False:
        case Kind::Ellipsis: return true;
        default: return false;
    }
}

// match_stmt: "match" subject_expr ':' NEWLINE INDENT case_block+ DEDENT | invalid_match_stmt
Stmt* Parser::match_stmt() {
    if (!match_may_start()) return nullptr;
    uint32_t start = mark_++;
    Expr* subject = subject_expr();
    if (failed_) return nullptr;
    if (subject != nullptr && accept(Kind::Colon) && accept(Kind::Newline) && accept(Kind::Indent)) {
        Buffer<MatchCase*> cases;
        for (;;) {
            uint32_t before = mark_;
            MatchCase* next = case_block();
            if (failed_) return nullptr;
            if (next == nullptr) {
                mark_ = before;
                break;
            }
            cases.push(next);
        }
        if (!cases.empty() && accept(Kind::Dedent)) {
            if (!version(10, "Pattern matching is")) return nullptr;
            auto* node = make_node<Match>(arena_, since(start));
            node->subject = subject;
            node->cases = cases.to_seq(arena_);
            return node;
        }
        if (failed_) return nullptr;
    }
    mark_ = start;
    raises(&Parser::invalid_match_stmt);
    return nullptr;
}

// subject_expr: star_named_expression ',' [star_named_expressions] | named_expression
Expr* Parser::subject_expr() {
    uint32_t start = mark_;
    Expr* first = star_named_expression();
    if (first == nullptr) return nullptr;
    if (!accept(Kind::Comma)) return is<Starred>(first) ? nullptr : first;
    Buffer<Expr*> elements;
    elements.push(first);
    star_named_expressions(elements);
    return failed_ ? nullptr : make_tuple(start, elements);
}

// case_block: invalid_case_block | "case" patterns [guard] ':' block
MatchCase* Parser::case_block() {
    if (!at_soft("case") || raises(&Parser::invalid_case_block)) return nullptr;
    mark_++;
    Pattern* found = patterns();
    if (found == nullptr) return nullptr;
    Expr* condition = guard();
    Seq<Stmt*> body;
    if (failed_ || !accept(Kind::Colon) || !block(body)) return nullptr;
    auto* node = make_node<MatchCase>(arena_);
    node->pattern = found;
    node->guard = condition;
    node->body = body;
    return node;
}

// guard: 'if' named_expression
Expr* Parser::guard() {
    uint32_t before = mark_;
    if (!accept(Kind::If)) return nullptr;
    Expr* condition = named_expression();
    if (condition == nullptr) mark_ = before;
    return condition;
}

Pattern* Parser::make_sequence(uint32_t start, Buffer<Pattern*>& elements) {
    auto* node = make_node<MatchSequence>(arena_, since(start));
    node->patterns = elements.to_seq(arena_);
    return node;
}

// patterns: open_sequence_pattern | pattern
// open_sequence_pattern: maybe_star_pattern ',' [maybe_sequence_pattern]
Pattern* Parser::patterns() {
    uint32_t start = mark_;
    Pattern* first = maybe_star_pattern();
    if (first == nullptr) return nullptr;
    if (!accept(Kind::Comma)) return is<MatchStar>(first) ? nullptr : first;
    Buffer<Pattern*> elements;
    elements.push(first);
    if (!maybe_sequence(elements, Kind::Colon)) return nullptr;
    return make_sequence(start, elements);
}

// pattern: as_pattern | or_pattern
// as_pattern: or_pattern 'as' pattern_capture_target | invalid_as_pattern
Pattern* Parser::pattern() {
    Level level(*this);
    if (level.too_deep()) return nullptr;
    uint32_t start = mark_;
    Pattern* inner = or_pattern();
    if (inner == nullptr || !at(Kind::As)) return inner;
    uint32_t before = mark_++;
    if (Identifier name = capture_target()) {
        auto* node = make_node<MatchAs>(arena_, since(start));
        node->pattern = inner;
        node->name = name;
        return node;
    }
    mark_ = start;
    if (failed_ || raises(&Parser::invalid_as_pattern)) return nullptr;
    mark_ = before;
    return inner;
}

// or_pattern: '|'.closed_pattern+
Pattern* Parser::or_pattern() {
    uint32_t start = mark_;
    Pattern* first = closed_pattern();
    if (first == nullptr || !at(Kind::Bar)) return first;
    Buffer<Pattern*> alternatives;
    alternatives.push(first);
    while (at(Kind::Bar)) {
        uint32_t before = mark_++;
        Pattern* next = closed_pattern();
        if (failed_) return nullptr;
        if (next == nullptr) {
            mark_ = before;
            break;
        }
        alternatives.push(next);
    }
    if (alternatives.size() == 1) return first;
    auto* node = make_node<MatchOr>(arena_, since(start));
    node->patterns = alternatives.to_seq(arena_);
    return node;
}

// closed_pattern: literal_pattern | capture_pattern | wildcard_pattern | value_pattern | group_pattern
//               | sequence_pattern | mapping_pattern | class_pattern
Pattern* Parser::closed_pattern() {
    return memo<Pattern>(Rule::ClosedPattern, [this] { return closed_pattern_here(); });
}

Pattern* Parser::closed_pattern_here() {
    uint32_t start = mark_;
    auto singleton = [&](ConstantKind value) {
        mark_++;
        auto* node = make_node<MatchSingleton>(arena_, since(start));
        node->value.kind = value;
        return node;
    };
    switch (kind()) {
        case Kind::None: return singleton(ConstantKind::None);
        case Kind::True: return singleton(ConstantKind::True);
        case Kind::False: return singleton(ConstantKind::False);
        case Kind::Name: return name_pattern();
        case Kind::LeftParen:
        case Kind::LeftBracket: return group_or_sequence();
        case Kind::LeftBrace: return mapping_pattern();
        default: break;
    }
    Expr* literal = at(Kind::String) ? strings() : literal_number();
    if (literal == nullptr) return nullptr;
    auto* node = make_node<MatchValue>(arena_, since(start));
    node->value = literal;
    return node;
}

// signed_number: NUMBER | '-' NUMBER
Expr* Parser::signed_number() {
    uint32_t start = mark_;
    bool negative = accept(Kind::Minus);
    if (!at(Kind::Number)) return nullptr;
    Expr* value = number();
    if (value == nullptr || !negative) return value;
    auto* node = make_node<UnaryOp>(arena_, since(start));
    node->op = UnaryOperator::USub;
    node->operand = value;
    return node;
}

// signed_number !('+' | '-') | complex_number
// complex_number: signed_real_number ('+' | '-') imaginary_number
Expr* Parser::literal_number() {
    uint32_t start = mark_;
    Expr* left = signed_number();
    if (left == nullptr || (!at(Kind::Plus) && !at(Kind::Minus))) return left;
    Operator op = at(Kind::Plus) ? Operator::Add : Operator::Sub;
    const Expr* real = is<UnaryOp>(left) ? as<UnaryOp>(left)->operand : left;
    if (as<Constant>(real)->value.kind == ConstantKind::Imaginary)
        return raise_at(range_of(real), "real number required in complex literal");
    mark_++;
    if (!at(Kind::Number)) return nullptr;
    Expr* right = number();
    if (right == nullptr) return nullptr;
    if (as<Constant>(right)->value.kind != ConstantKind::Imaginary)
        return raise_at(range_of(right), "imaginary number required in complex literal");
    auto* node = make_node<BinOp>(arena_, since(start));
    node->left = left;
    node->op = op;
    node->right = right;
    return node;
}

// pattern_capture_target: !"_" NAME !('.' | '(' | '=')
Identifier Parser::capture_target() {
    if (!at(Kind::Name) || at_soft("_")) return nullptr;
    Kind next = kind_after();
    if (next == Kind::Dot || next == Kind::LeftParen || next == Kind::Equal) return nullptr;
    return accept_name();
}

// capture_pattern | wildcard_pattern | value_pattern | class_pattern, at a NAME
// value_pattern: attr !('.' | '(' | '=')
Pattern* Parser::name_pattern() {
    uint32_t start = mark_;
    if (Identifier name = capture_target()) {
        auto* node = make_node<MatchAs>(arena_, since(start));
        node->name = name;
        return node;
    }
    Kind next = kind_after();
    if (at_soft("_") && next != Kind::Dot && next != Kind::LeftParen) {
        mark_++;
        return make_node<MatchAs>(arena_, since(start));
    }
    Expr* value = name_or_attr();
    if (value == nullptr) return nullptr;
    if (at(Kind::LeftParen)) return class_pattern(value, start);
    if (is<Name>(value) || at(Kind::Dot) || at(Kind::Equal)) return nullptr;
    auto* node = make_node<MatchValue>(arena_, since(start));
    node->value = value;
    return node;
}

// name_or_attr: NAME ('.' NAME)*
Expr* Parser::name_or_attr() {
    uint32_t start = mark_;
    if (!at(Kind::Name)) return nullptr;
    Expr* value = make_name(token());
    mark_++;
    while (at(Kind::Dot)) {
        uint32_t before = mark_++;
        Identifier attr = accept_name();
        if (attr == nullptr) {
            mark_ = before;
            break;
        }
        auto* node = make_node<Attribute>(arena_, since(start));
        node->value = value;
        node->attr = attr;
        value = node;
    }
    return value;
}

// class_pattern: name_or_attr '(' [(positional_patterns [',' keyword_patterns] | keyword_patterns) [',']] ')'
//              | invalid_class_pattern
Pattern* Parser::class_pattern(Expr* cls, uint32_t start) {
    mark_++;
    Buffer<Pattern*> positional, values;
    Buffer<Identifier> names;
    while (!at(Kind::RightParen)) {
        if (at(Kind::Name) && kind_after() == Kind::Equal) {
            names.push(accept_name());
            mark_++;
            Pattern* value = pattern();
            if (value == nullptr) break;
            values.push(value);
        } else {
            if (!names.empty()) break;
            Pattern* value = pattern();
            if (value == nullptr) break;
            positional.push(value);
        }
        if (!accept(Kind::Comma)) break;
    }
    if (!failed_ && names.size() == values.size() && accept(Kind::RightParen)) {
        auto* node = make_node<MatchClass>(arena_, since(start));
        node->cls = cls;
        node->patterns = positional.to_seq(arena_);
        node->kwd_attrs = names.to_seq(arena_);
        node->kwd_patterns = values.to_seq(arena_);
        return node;
    }
    if (failed_) return nullptr;
    mark_ = start;
    raises(&Parser::invalid_class_pattern);
    return nullptr;
}

// group_pattern: '(' pattern ')'
// sequence_pattern: '[' [maybe_sequence_pattern] ']' | '(' [open_sequence_pattern] ')'
Pattern* Parser::group_or_sequence() {
    uint32_t start = mark_;
    bool round = at(Kind::LeftParen);
    Kind closing_kind = round ? Kind::RightParen : Kind::RightBracket;
    mark_++;
    Buffer<Pattern*> elements;
    if (!maybe_sequence(elements, closing_kind)) return nullptr;
    bool trailing_comma = previous().kind == Kind::Comma;
    if (!accept(closing_kind)) return nullptr;
    if (round && elements.size() == 1 && !trailing_comma) return is<MatchStar>(elements[0]) ? nullptr : elements[0];
    return make_sequence(start, elements);
}

// maybe_sequence_pattern: ','.maybe_star_pattern+ [',']
bool Parser::maybe_sequence(Buffer<Pattern*>& out, Kind closing_kind) {
    while (!at(closing_kind)) {
        uint32_t before = mark_;
        Pattern* element = maybe_star_pattern();
        if (failed_) return false;
        if (element == nullptr) {
            mark_ = before;
            return true;
        }
        out.push(element);
        if (!accept(Kind::Comma)) return true;
    }
    return true;
}

// maybe_star_pattern: star_pattern | pattern
Pattern* Parser::maybe_star_pattern() {
    return at(Kind::Star) ? star_pattern() : pattern();
}

// star_pattern: '*' pattern_capture_target | '*' wildcard_pattern
Pattern* Parser::star_pattern() {
    uint32_t start = mark_++;
    Identifier name = capture_target();
    if (name == nullptr) {
        if (!at_soft("_")) return nullptr;
        mark_++;
    }
    auto* node = make_node<MatchStar>(arena_, since(start));
    node->name = name;
    return node;
}

// literal_expr | attr
Expr* Parser::mapping_key() {
    switch (kind()) {
        case Kind::None:
        case Kind::True:
        case Kind::False: return atom();
        case Kind::String: return strings();
        case Kind::Name: {
            Expr* key = name_or_attr();
            return key != nullptr && is<Attribute>(key) ? key : nullptr;
        }
        default: return literal_number();
    }
}

// mapping_pattern: '{' [','.((literal_expr | attr) ':' pattern)+ [',']] ['**' pattern_capture_target [',']] '}'
Pattern* Parser::mapping_pattern() {
    uint32_t start = mark_++;
    Buffer<Expr*> keys;
    Buffer<Pattern*> values;
    Identifier rest = nullptr;
    while (!at(Kind::RightBrace)) {
        if (accept(Kind::DoubleStar)) {
            rest = capture_target();
            if (rest == nullptr) return nullptr;
            accept(Kind::Comma);
            break;
        }
        Expr* key = mapping_key();
        if (key == nullptr || !accept(Kind::Colon)) return nullptr;
        Pattern* value = pattern();
        if (value == nullptr) return nullptr;
        keys.push(key);
        values.push(value);
        if (!accept(Kind::Comma)) break;
    }
    if (!accept(Kind::RightBrace)) return nullptr;
    auto* node = make_node<MatchMapping>(arena_, since(start));
    node->keys = keys.to_seq(arena_);
    node->patterns = values.to_seq(arena_);
    node->rest = rest;
    return node;
}

}  // namespace py::parser
