// Error rules of expressions, displays, comprehensions and calls. Each stands behind the rule it belongs to and is
// tried in the second pass only; it returns true when it has raised.
#include "interp/parser/grammar.h"

namespace py::parser {

// Names that were statements in Python 2.
static bool is_legacy_statement(const Expr* expression) {
    if (!is<Name>(expression)) return false;
    std::string_view id = as<Name>(expression)->id->view();
    return id == "print" || id == "exec";
}

// CPython compares as many letters as the name has, so that any beginning of a soft keyword counts as one here.
static bool begins_soft_keyword(std::string_view name) {
    for (std::string_view keyword : {"_", "case", "match"})
        if (keyword.substr(0, name.size()) == name) return true;
    return false;
}

// expression, with error rules off
Expr* Parser::expression_without_invalid() {
    bool saved = invalid_rules_;
    invalid_rules_ = false;
    uint32_t start = mark_;
    Expr* node = at(Kind::Lambda) ? lambdef() : disjunction();
    uint32_t end = mark_;
    if (node != nullptr && !is<Lambda>(node) && accept(Kind::If)) {
        Expr* test = disjunction();
        Expr* orelse = test != nullptr && accept(Kind::Else) ? expression() : nullptr;
        if (orelse == nullptr) {
            mark_ = end;
        } else {
            auto* choice = make_node<IfExp>(arena_, since(start));
            choice->test = test;
            choice->body = node;
            choice->orelse = orelse;
            node = choice;
        }
    }
    invalid_rules_ = saved;
    return failed_ ? nullptr : node;
}

// invalid_expression: !(NAME STRING | SOFT_KEYWORD) disjunction expression_without_invalid
//                   | disjunction 'if' disjunction !('else' | ':')
bool Parser::invalid_expression() {
    uint32_t start = mark_;
    bool soft = at(Kind::Name) && begins_soft_keyword(token().text());
    bool prefixed_string = at(Kind::Name) && kind_after() == Kind::String;
    if (!soft && !prefixed_string) {
        Expr* left = disjunction();
        Expr* right = left != nullptr ? expression_without_invalid() : nullptr;
        if (failed_) return true;
        if (right != nullptr && !is_legacy_statement(left) && previous().level != 0)
            return raise_at(span_of(left, right), "invalid syntax. Perhaps you forgot a comma?"), true;
    }
    mark_ = start;
    Expr* body = disjunction();
    if (body == nullptr || !accept(Kind::If)) return failed_;
    Expr* test = disjunction();
    if (test == nullptr || at(Kind::Else) || at(Kind::Colon)) return failed_;
    raise_at(span_of(body, test), "expected 'else' after 'if' expression");
    return true;
}

// invalid_legacy_expression: NAME !'(' star_expressions
bool Parser::invalid_legacy_expression() {
    if (!at(Kind::Name) || kind_after() == Kind::LeftParen) return failed_;
    uint32_t start = mark_;
    Name* name = make_name(token());
    mark_++;
    Expr* rest = star_expressions();
    if (rest == nullptr || !is_legacy_statement(name)) return failed_;
    uint32_t end = mark_;
    if (tokens_[start + 1].kind == Kind::LeftBracket && accept(Kind::Equal)) {
        // `exec [a] = 1`: an assignment, which comes first; what is wrong stands behind it.
        if (star_expressions() != nullptr || failed_) return failed_;
    }
    mark_ = end;
    raise_at(span_of(name, rest), "Missing parentheses in call to '%s'. Did you mean %s(...)?", name->id->data,
             name->id->data);
    return true;
}

// invalid_named_expression: expression ':=' expression
//   | NAME '=' bitwise_or !('=' | ':=')
//   | !(list | tuple | genexp | 'True' | 'None' | 'False') bitwise_or '=' bitwise_or !('=' | ':=')
bool Parser::invalid_named_expression() {
    uint32_t start = mark_;
    if (MemoEntry* entry = find_memo(Rule::NamedInvalid, start)) return (void)entry, failed_;
    Expr* target = expression();
    if (target != nullptr && accept(Kind::ColonEqual) && expression() != nullptr)
        return raise_at(range_of(target), "cannot use assignment expressions with %s", expression_name(target)), true;
    if (failed_) return true;
    mark_ = start;
    if (at(Kind::Name) && kind_after() == Kind::Equal) {
        Range name = range_of(token());
        mark_ += 2;
        Expr* value = bitwise_or();
        if (failed_) return true;
        if (value != nullptr && !at(Kind::Equal) && !at(Kind::ColonEqual))
            return raise_at(span_of(name, range_of(value)),
                            "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"),
                   true;
    }
    mark_ = start;
    bool display = at(Kind::True) || at(Kind::None) || at(Kind::False);
    if (at(Kind::LeftBracket)) display = list() != nullptr;
    if (at(Kind::LeftParen)) {
        display = tuple() != nullptr;
        if (failed_) return true;
        mark_ = start;
        display = display || genexp() != nullptr;
    }
    if (failed_) return true;
    mark_ = start;
    if (!display) {
        Expr* left = bitwise_or();
        if (left != nullptr && accept(Kind::Equal)) {
            Expr* right = bitwise_or();
            if (right != nullptr && !at(Kind::Equal) && !at(Kind::ColonEqual))
                return raise_at(range_of(left), "cannot assign to %s here. Maybe you meant '==' instead of '='?",
                                expression_name(left)),
                       true;
        }
    }
    if (failed_) return true;
    mark_ = start;
    remember(Rule::NamedInvalid, start, nullptr);
    return false;
}

// invalid_group: '(' starred_expression ')' | '(' '**' expression ')'
bool Parser::invalid_group() {
    uint32_t start = mark_;
    if (!accept(Kind::LeftParen)) return failed_;
    Expr* starred = starred_expression();
    if (failed_) return true;
    if (starred != nullptr && accept(Kind::RightParen))
        return raise_at(range_of(starred), "cannot use starred expression here"), true;
    mark_ = start + 1;
    if (accept(Kind::DoubleStar) && expression() != nullptr && accept(Kind::RightParen))
        raise_at(range_of(tokens_[start + 1]), "cannot use double starred expression here");
    return failed_;
}

// invalid_comprehension: ('[' | '(' | '{') starred_expression for_if_clauses
//   | ('[' | '{') star_named_expression ',' star_named_expressions for_if_clauses
//   | ('[' | '{') star_named_expression ',' for_if_clauses
bool Parser::invalid_comprehension() {
    uint32_t start = mark_;
    bool round = at(Kind::LeftParen);
    mark_++;
    Seq<Comprehension*> generators;
    Expr* starred = starred_expression();
    if (starred != nullptr && for_if_clauses(generators))
        return raise_at(range_of(starred), "iterable unpacking cannot be used in comprehension"), true;
    if (failed_ || round) return failed_;
    mark_ = start + 1;
    Expr* first = star_named_expression();
    if (first == nullptr || !accept(Kind::Comma)) return failed_;
    Range comma = range_of(previous());
    uint32_t behind = mark_;
    Buffer<Expr*> rest;
    bool more = star_named_expressions(rest);
    if (more && for_if_clauses(generators))
        return raise_at(span_of(first, rest.back()), "did you forget parentheses around the comprehension target?"),
               true;
    if (failed_) return true;
    mark_ = behind;
    if (for_if_clauses(generators))
        raise_at(span_of(range_of(first), comma), "did you forget parentheses around the comprehension target?");
    return failed_;
}

// invalid_dict_comprehension: '{' '**' bitwise_or for_if_clauses '}'
bool Parser::invalid_dict_comprehension() {
    uint32_t start = mark_++;
    Seq<Comprehension*> generators;
    if (accept(Kind::DoubleStar) && bitwise_or() != nullptr && for_if_clauses(generators) && accept(Kind::RightBrace))
        raise_at(range_of(tokens_[start + 1]), "dict unpacking cannot be used in dict comprehension");
    return failed_;
}

// invalid_double_starred_kvpairs: ','.double_starred_kvpair+ ',' invalid_kvpair
//   | expression ':' '*' bitwise_or | expression ':' &('}' | ',')
bool Parser::invalid_double_starred_kvpairs() {
    uint32_t start = mark_;
    bool any = false;
    for (;;) {
        uint32_t before = mark_;
        Expr *key = nullptr, *value = nullptr;
        if (any && !accept(Kind::Comma)) break;
        if (!double_starred_kvpair(key, value)) {
            if (failed_) return true;
            mark_ = before;
            break;
        }
        any = true;
    }
    if (any && accept(Kind::Comma) && invalid_kvpair(false)) return true;
    if (failed_) return true;
    mark_ = start;
    return invalid_kvpair(true);
}

// invalid_kvpair: expression !(':') | expression ':' '*' bitwise_or | expression ':' &('}' | ',')
// `first`: without the first alternative
bool Parser::invalid_kvpair(bool first) {
    Expr* key = expression();
    if (key == nullptr) return failed_;
    if (!at(Kind::Colon)) {
        if (!first && !failed_)
            raise_known(ProblemKind::SyntaxError, key->lineno, key->end_col_offset, key->end_lineno, 0,
                        "':' expected after dictionary key");
        return failed_;
    }
    Range colon = range_of(token());
    mark_++;
    if (at(Kind::Star)) {
        Range star = range_of(token());
        mark_++;
        if (bitwise_or() != nullptr) raise_from(star, "cannot use a starred expression in a dictionary value");
        return failed_;
    }
    if (at(Kind::RightBrace) || at(Kind::Comma)) raise_at(colon, "expression expected after dictionary key and ':'");
    return failed_;
}

// invalid_arguments: args ',' '*'
//   | expression for_if_clauses ',' [args | expression for_if_clauses] | NAME '=' expression for_if_clauses
//   | args for_if_clauses | args ',' expression for_if_clauses | args ',' args
bool Parser::invalid_arguments() {
    uint32_t start = mark_;
    Seq<Comprehension*> generators;
    Call* all = args();
    if (failed_) return true;
    uint32_t behind = mark_;
    if (all != nullptr && accept(Kind::Comma) && at(Kind::Star))
        return raise_at(range_of(all), "iterable argument unpacking follows keyword argument unpacking"), true;
    mark_ = start;
    Expr* element = expression();
    if (element != nullptr && for_if_clauses(generators) && accept(Kind::Comma)) {
        uint32_t before = mark_;
        if (args() == nullptr) {
            if (failed_) return true;
            mark_ = before;
        }
        return raise_at(span_of(element, last_of(generators.back())), "Generator expression must be parenthesized"),
               true;
    }
    if (failed_ || keyword_with_comprehension(start)) return true;
    mark_ = behind;
    if (all == nullptr) return failed_;
    if (for_if_clauses(generators)) {
        // The last argument alone is the generator when others stand before it.
        if (all->args.size() + all->keywords.size() <= 1 || all->args.empty()) return failed_;
        return raise_at(span_of(all->args.back(), last_of(generators.back())),
                        "Generator expression must be parenthesized"),
               true;
    }
    if (failed_) return true;
    mark_ = behind;
    if (!accept(Kind::Comma)) return failed_;
    uint32_t second = mark_;
    element = expression();
    if (element != nullptr && for_if_clauses(generators))
        return raise_at(span_of(element, generators.back()->target), "Generator expression must be parenthesized"),
               true;
    if (failed_) return true;
    mark_ = second;
    if (args() == nullptr) return failed_;
    bool unpacking = false;
    for (Keyword* keyword : all->keywords)
        unpacking = unpacking || keyword->arg == nullptr;
    raise(unpacking ? "positional argument follows keyword argument unpacking"
                    : "positional argument follows keyword argument");
    return true;
}

// NAME '=' expression for_if_clauses
bool Parser::keyword_with_comprehension(uint32_t start) {
    mark_ = start;
    Seq<Comprehension*> generators;
    if (!at(Kind::Name) || kind_after() != Kind::Equal) return failed_;
    mark_ += 2;
    if (expression() != nullptr && for_if_clauses(generators))
        raise_at(span_of(range_of(tokens_[start]), range_of(tokens_[start + 1])),
                 "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    return failed_;
}

// The last expression of a comprehension clause.
const Expr* Parser::last_of(const Comprehension* clause) {
    return clause->ifs.empty() ? clause->iter : clause->ifs.back();
}

// invalid_kwarg: ('True' | 'False' | 'None') '=' | NAME '=' expression for_if_clauses | !(NAME '=') expression '='
bool Parser::invalid_kwarg() {
    uint32_t start = mark_;
    if (at(Kind::True) || at(Kind::False) || at(Kind::None)) {
        const char* name = spelling(kind());
        if (kind_after() == Kind::Equal)
            return raise_at(span_of(range_of(tokens_[start]), range_of(tokens_[start + 1])), "cannot assign to %s",
                            name),
                   true;
    }
    if (at(Kind::Name) && kind_after() == Kind::Equal) return keyword_with_comprehension(start);
    mark_ = start;
    Expr* left = expression();
    if (left != nullptr && at(Kind::Equal))
        raise_at(span_of(range_of(left), range_of(token())),
                 "expression cannot contain assignment, perhaps you meant \"==\"?");
    return failed_;
}

// invalid_for_target: [ASYNC] 'for' star_expressions
bool Parser::invalid_for_target() {
    accept(Kind::Async);
    if (!accept(Kind::For)) return failed_;
    Expr* target = star_expressions();
    if (target != nullptr) raise_invalid_target(target, TargetUse::For);
    return failed_;
}

}  // namespace py::parser
