// Error rules of parameters, shared by `def` and `lambda`.
#include "interp/parser/grammar.h"

namespace py::parser {

// slash_no_default | slash_with_default: parameters with '/' behind them
bool Parser::slash_parameters(ParameterStyle style, bool& with_default) {
    Parameter next;
    with_default = false;
    bool any = false;
    for (;;) {
        uint32_t before = mark_;
        if (!param_maybe_default(style, next) || (with_default && next.default_value == nullptr)) {
            mark_ = before;
            break;
        }
        with_default = with_default || next.default_value != nullptr;
        any = true;
    }
    return !failed_ && any && accept(Kind::Slash) && (accept(Kind::Comma) || at(closing(style)));
}

// param_maybe_default*, how many
int Parser::skip_parameters(ParameterStyle style) {
    int count = 0;
    Parameter next;
    for (;; count++) {
        uint32_t before = mark_;
        if (param_maybe_default(style, next)) continue;
        if (!failed_) mark_ = before;
        return count;
    }
}

// param_no_default*
void Parser::skip_plain_parameters(ParameterStyle style) {
    Parameter next;
    for (;;) {
        uint32_t before = mark_;
        if (param_no_default(style, next)) continue;
        if (!failed_) mark_ = before;
        return;
    }
}

// invalid_parameters: param_no_default* invalid_parameters_helper param_no_default
//   | param_no_default* '(' param_no_default+ [','] ')' | '/' ','
//   | (slash_no_default | slash_with_default) param_maybe_default* '/'
//   | [slash_no_default | slash_with_default] param_maybe_default* '*' (',' | param_no_default) param_maybe_default*
//   '/' | param_maybe_default+ '/' '*'
// invalid_parameters_helper: slash_with_default | param_with_default+
bool Parser::invalid_parameters(ParameterStyle style) {
    uint32_t start = mark_;
    Parameter next;
    skip_plain_parameters(style);
    if (failed_) return true;
    uint32_t plain_end = mark_;
    bool with_default = false;
    bool helper = slash_parameters(style, with_default) && with_default;
    if (failed_) return true;
    if (!helper) {
        mark_ = plain_end;
        uint32_t before = mark_;
        while (param_with_default(style, next)) {
            helper = true;
            before = mark_;
        }
        if (failed_) return true;
        mark_ = before;
    }
    if (helper && param_no_default(style, next))
        return raise_at(range_of(next.arg), "non-default argument follows default argument"), true;
    if (failed_) return true;
    mark_ = plain_end;
    if (at(Kind::LeftParen)) {
        Range open = range_of(token());
        mark_++;
        bool names = false;
        if (style == ParameterStyle::Lambda) {
            while (at(Kind::Name)) {
                names = true;
                mark_++;
                if (!accept(Kind::Comma)) break;
            }
        } else {
            uint32_t before = mark_;
            while (param_no_default(style, next)) {
                names = true;
                before = mark_;
            }
            if (failed_) return true;
            mark_ = before;
            accept(Kind::Comma);
        }
        if (names && at(Kind::RightParen))
            return raise_at(span_of(open, range_of(token())),
                            style == ParameterStyle::Function ? "Function parameters cannot be parenthesized"
                                                              : "Lambda expression parameters cannot be parenthesized"),
                   true;
    }
    mark_ = start;
    if (at(Kind::Slash) && kind_after() == Kind::Comma)
        return raise_at(range_of(token()), "at least one argument must precede /"), true;
    return invalid_slash(style, start);
}

// The alternatives of invalid_parameters about '/' and '*'.
bool Parser::invalid_slash(ParameterStyle style, uint32_t start) {
    bool with_default;
    mark_ = start;
    bool slash = slash_parameters(style, with_default);
    if (failed_) return true;
    uint32_t behind = slash ? mark_ : start;
    mark_ = behind;
    skip_parameters(style);
    if (failed_) return true;
    if (slash && at(Kind::Slash)) return raise_at(range_of(token()), "/ may appear only once"), true;
    if (accept(Kind::Star)) {
        Parameter next;
        bool after_star = accept(Kind::Comma) || param_no_default(style, next);
        if (failed_) return true;
        if (after_star) {
            skip_parameters(style);
            if (failed_) return true;
            if (at(Kind::Slash)) return raise_at(range_of(token()), "/ must be ahead of *"), true;
        }
    }
    mark_ = start;
    if (skip_parameters(style) > 0 && accept(Kind::Slash) && at(Kind::Star))
        raise_at(range_of(token()), "expected comma between / and *");
    return failed_;
}

// invalid_star_etc: '*' (')' | ',' (')' | '**')) | '*' ',' TYPE_COMMENT | '*' param '='
//   | '*' (param_no_default | ',') param_maybe_default* '*' (param_no_default | ',')
bool Parser::invalid_star_etc(ParameterStyle style) {
    if (!at(Kind::Star)) return failed_;
    Range star = range_of(token());
    uint32_t start = mark_++;
    Kind close = closing(style);
    if (at(close) || (at(Kind::Comma) && (kind_after() == close || kind_after() == Kind::DoubleStar))) {
        if (style == ParameterStyle::Lambda) return raise("named arguments must follow bare *"), true;
        return raise_at(star, "named arguments must follow bare *"), true;
    }
    if (at(Kind::Comma) && kind_after() == Kind::TypeComment) return raise("bare * has associated type comment"), true;
    Arg* arg;
    if (param(style, arg) && at(Kind::Equal))
        return raise_at(range_of(token()), "var-positional argument cannot have default value"), true;
    if (failed_) return true;
    mark_ = start + 1;
    Parameter next;
    if (!param_no_default(style, next)) {
        if (failed_) return true;
        mark_ = start + 1;
        if (!accept(Kind::Comma)) return failed_;
    }
    skip_parameters(style);
    if (failed_ || !at(Kind::Star)) return failed_;
    Range second = range_of(token());
    mark_++;
    if (param_no_default(style, next) || at(Kind::Comma)) raise_at(second, "* argument may appear only once");
    return failed_;
}

// invalid_kwds: '**' param '=' | '**' param ',' param | '**' param ',' ('*' | '**' | '/')
bool Parser::invalid_kwds(ParameterStyle style) {
    Arg* arg;
    if (!accept(Kind::DoubleStar) || !param(style, arg)) return failed_;
    if (at(Kind::Equal)) return raise_at(range_of(token()), "var-keyword argument cannot have default value"), true;
    if (!accept(Kind::Comma)) return failed_;
    if (at(Kind::Star) || at(Kind::DoubleStar) || at(Kind::Slash))
        return raise_at(range_of(token()), "arguments cannot follow var-keyword argument"), true;
    if (param(style, arg)) raise_at(range_of(arg), "arguments cannot follow var-keyword argument");
    return failed_;
}

}  // namespace py::parser
