// Call arguments ("Calls" in the language reference).
#include "interp/parser/grammar.h"

namespace py::parser {

struct Parser::CallParts {
    Buffer<Expr*> args;
    Buffer<Keyword*> keywords;
};

// At '(' behind a primary: genexp | '(' [arguments] ')'
Expr* Parser::call(Expr* function, uint32_t start) {
    Level level(*this);
    if (level.too_deep()) return nullptr;
    uint32_t open = mark_;
    Expr* generator = nullptr;
    Call* arguments_found = nullptr;
    if (diagnose()) {
        generator = genexp();
        if (failed_) return nullptr;
    }
    if (generator == nullptr) {
        mark_ = open + 1;
        if (diagnose()) {
            arguments_found = at(Kind::RightParen) ? nullptr : arguments();
            if (failed_) return nullptr;
            if (arguments_found == nullptr) mark_ = open + 1;
        } else if (!at(Kind::RightParen)) {
            bool plain = !at(Kind::Star) && !at(Kind::DoubleStar) && !(at(Kind::Name) && kind_after() == Kind::Equal);
            Expr* first = plain ? plain_argument() : nullptr;
            if (failed_ || (plain && first == nullptr)) return nullptr;
            Seq<Comprehension*> generators;
            if (plain && (at(Kind::For) || at(Kind::Async))) {
                if (!for_if_clauses(generators) || !accept(Kind::RightParen)) return nullptr;
                generator = comprehension_in_call(open, first, generators);
            } else {
                arguments_found = args(first);
                if (arguments_found == nullptr) return nullptr;
                accept(Kind::Comma);
            }
        }
        if (generator == nullptr && !accept(Kind::RightParen)) return nullptr;
    }
    auto* node = make_node<Call>(arena_, since(start));
    node->func = function;
    if (generator != nullptr) {
        node->args = arena_.copy_seq(&generator, 1);
    } else if (arguments_found != nullptr) {
        node->args = arguments_found->args;
        node->keywords = arguments_found->keywords;
    }
    return node;
}

Expr* Parser::comprehension_in_call(uint32_t open, Expr* element, Seq<Comprehension*> generators) {
    auto* node = make_node<GeneratorExp>(arena_, since(open));
    node->elt = element;
    node->generators = generators;
    return node;
}

// arguments: args [','] &')' | invalid_arguments
Call* Parser::arguments() {
    return memo<Call>(Rule::Arguments, [this]() -> Call* {
        uint32_t start = mark_;
        Call* found = args();
        if (failed_) return nullptr;
        if (found != nullptr) {
            accept(Kind::Comma);
            if (at(Kind::RightParen)) return found;
        }
        mark_ = start;
        raises(&Parser::invalid_arguments);
        return nullptr;
    });
}

// args: ','.(starred_expression | (assignment_expression | expression !':=') !'=')+ [',' kwargs] | kwargs
// `first`: a positional argument that has been parsed already. The Call has no `func`.
Call* Parser::args(Expr* first) {
    uint32_t start = mark_;
    Range begin = first != nullptr ? range_of(first) : range_of(token());
    CallParts parts;
    uint32_t end = start;
    if (first != nullptr && at(Kind::Equal)) return nullptr;
    for (;;) {
        uint32_t before = mark_;
        Expr* argument = first;
        if (first == nullptr) {
            if (at(Kind::Star)) {
                argument = starred_expression();
                if (argument == nullptr) remembering_ = true;  // kwargs are about to read it again
            } else if (diagnose() || !(at(Kind::Name) && kind_after() == Kind::Equal)) {
                argument = plain_argument();
                if (argument != nullptr && at(Kind::Equal)) argument = nullptr;
            }
            if (failed_) return nullptr;
        }
        first = nullptr;
        if (argument == nullptr) {
            mark_ = parts.args.empty() ? before : end;
            break;
        }
        parts.args.push(argument);
        end = mark_;
        if (!accept(Kind::Comma)) break;
    }
    if (parts.args.empty()) {
        if (!kwargs(parts)) return nullptr;
    } else if (accept(Kind::Comma)) {
        if (!kwargs(parts)) mark_ = end;
        if (failed_) return nullptr;
    }
    auto* node = make_node<Call>(arena_, {});
    Range finish = since(start);
    node->lineno = begin.lineno;
    node->col_offset = begin.col_offset;
    node->end_lineno = finish.end_lineno;
    node->end_col_offset = finish.end_col_offset;
    node->args = parts.args.to_seq(arena_);
    node->keywords = parts.keywords.to_seq(arena_);
    return node;
}

// kwargs: ','.kwarg_or_starred+ ',' ','.kwarg_or_double_starred+ | ','.kwarg_or_starred+ | ','.kwarg_or_double_starred+
bool Parser::kwargs(CallParts& parts) {
    uint32_t end = mark_;
    bool any = false;
    for (bool (Parser::*item)(CallParts&) : {&Parser::kwarg_or_starred, &Parser::kwarg_or_double_starred}) {
        while (true) {
            uint32_t before = mark_;
            if (any && !accept(Kind::Comma)) return true;
            if (!(this->*item)(parts)) {
                if (failed_) return false;
                mark_ = before;
                break;
            }
            any = true;
            end = mark_;
        }
    }
    mark_ = end;
    return any;
}

// NAME '=' expression
bool Parser::named_keyword(CallParts& parts) {
    if (!at(Kind::Name) || kind_after() != Kind::Equal) return false;
    uint32_t start = mark_;
    Identifier name = identifier(token());
    mark_ += 2;
    Expr* value = expression();
    if (value == nullptr) {
        remembering_ = true;  // it is about to be read again
        return false;
    }
    auto* node = make_node<Keyword>(arena_, since(start));
    node->arg = name;
    node->value = value;
    parts.keywords.push(node);
    return true;
}

// kwarg_or_starred: invalid_kwarg | NAME '=' expression | starred_expression
bool Parser::kwarg_or_starred(CallParts& parts) {
    if (raises(&Parser::invalid_kwarg)) return false;
    uint32_t start = mark_;
    if (named_keyword(parts)) return true;
    if (failed_) return false;
    mark_ = start;
    Expr* starred = starred_expression();
    if (starred == nullptr) return false;
    parts.args.push(starred);
    return true;
}

// kwarg_or_double_starred: invalid_kwarg | NAME '=' expression | '**' expression
bool Parser::kwarg_or_double_starred(CallParts& parts) {
    if (raises(&Parser::invalid_kwarg)) return false;
    uint32_t start = mark_;
    if (named_keyword(parts)) return true;
    if (failed_) return false;
    mark_ = start;
    if (!accept(Kind::DoubleStar)) return false;
    Expr* value = expression();
    if (value == nullptr) return false;
    auto* node = make_node<Keyword>(arena_, since(start));
    node->value = value;
    parts.keywords.push(node);
    return true;
}

}  // namespace py::parser
