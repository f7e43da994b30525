// Parameters of `def` and `lambda` ("Function definitions" in the language reference).
#include "interp/parser/grammar.h"

namespace py::parser {

struct ParameterLists {
    Buffer<Arg*> posonly, plain, kwonly;
    Buffer<Expr*> defaults, kw_defaults;
    Arg* vararg = nullptr;
    Arg* kwarg = nullptr;
};

// param: NAME [':' expression]    lambda_param: NAME
bool Parser::param(ParameterStyle style, Arg*& arg) {
    uint32_t start = mark_;
    Identifier name = accept_name();
    if (name == nullptr) return false;
    Expr* annotation = nullptr;
    if (style == ParameterStyle::Function && at(Kind::Colon)) {
        mark_++;
        annotation = expression();
        if (failed_) return false;
        if (annotation == nullptr) mark_ = start + 1;
    }
    arg = make_node<Arg>(arena_, since(start));
    arg->arg = name;
    arg->annotation = annotation;
    return true;
}

// ',' [TYPE_COMMENT] | [TYPE_COMMENT] &')'    lambda: ',' | &':'
bool Parser::param_end(ParameterStyle style, Arg* arg) {
    bool comma = accept(Kind::Comma);
    if (style == ParameterStyle::Function)
        if (String comment = accept_type_comment()) arg->type_comment = comment;
    return comma || at(closing(style));
}

// param_no_default: param param_end
bool Parser::param_no_default(ParameterStyle style, Parameter& out) {
    out = {};
    return param(style, out.arg) && param_end(style, out.arg);
}

// param_with_default: param default param_end
bool Parser::param_with_default(ParameterStyle style, Parameter& out) {
    out = {};
    if (!param(style, out.arg)) return false;
    out.default_value = default_value();
    return out.default_value != nullptr && param_end(style, out.arg);
}

// param_maybe_default: param [default] param_end
bool Parser::param_maybe_default(ParameterStyle style, Parameter& out) {
    out = {};
    if (!param(style, out.arg)) return false;
    uint32_t before = mark_;
    out.default_value = default_value();
    if (failed_) return false;
    if (out.default_value == nullptr) mark_ = before;
    return param_end(style, out.arg);
}

// default: '=' expression | invalid_default
// invalid_default: '=' &(')' | ',')
Expr* Parser::default_value() {
    uint32_t start = mark_;
    if (!accept(Kind::Equal)) return nullptr;
    Expr* value = expression();
    if (value != nullptr || failed_) return failed_ ? nullptr : value;
    mark_ = start + 1;
    if (diagnose() && (at(Kind::RightParen) || at(Kind::Comma)))
        raise_at(range_of(tokens_[start]), "expected default value expression");
    return nullptr;
}

// parameters: param_no_default* param_with_default* with '/' once behind a parameter, then [star_etc]
// Stops where the grammar does; the caller's next token then fails.
Arguments* Parser::parameters(ParameterStyle style) {
    uint32_t start = mark_;
    if (!at(closing(style)) && raises(&Parser::invalid_parameters, style)) return nullptr;
    mark_ = start;
    ParameterLists lists;
    while (!at(closing(style))) {
        uint32_t before = mark_;
        if (at(Kind::Slash)) {
            if (!lists.posonly.empty() || lists.plain.empty()) break;
            mark_++;
            if (!accept(Kind::Comma) && !at(closing(style))) {
                mark_ = before;
                break;
            }
            lists.posonly.append(lists.plain.data(), lists.plain.size());
            lists.plain.clear();
            continue;
        }
        Parameter next;
        if (!(lists.defaults.empty() ? param_maybe_default(style, next) : param_with_default(style, next))) {
            if (failed_) return nullptr;
            mark_ = before;
            break;
        }
        lists.plain.push(next.arg);
        if (next.default_value != nullptr) lists.defaults.push(next.default_value);
    }
    uint32_t before = mark_;
    if (!star_etc(style, lists)) {
        if (failed_) return nullptr;
        mark_ = before;
        lists.vararg = lists.kwarg = nullptr;
    }
    if (!lists.posonly.empty() && !version(8, "Positional-only parameters are")) return nullptr;
    auto* node = make_node<Arguments>(arena_);
    node->posonlyargs = lists.posonly.to_seq(arena_);
    node->args = lists.plain.to_seq(arena_);
    node->defaults = lists.defaults.to_seq(arena_);
    node->vararg = lists.vararg;
    node->kwonlyargs = lists.kwonly.to_seq(arena_);
    node->kw_defaults = lists.kw_defaults.to_seq(arena_);
    node->kwarg = lists.kwarg;
    return node;
}

// star_etc: invalid_star_etc | '*' param_no_default param_maybe_default* [kwds]
//         | '*' NAME ':' star_expression param_end param_maybe_default* [kwds] | '*' ',' param_maybe_default+ [kwds] |
//         kwds
bool Parser::star_etc(ParameterStyle style, ParameterLists& lists) {
    if (at(closing(style))) return true;
    if (raises(&Parser::invalid_star_etc, style)) return false;
    if (!accept(Kind::Star)) return kwds(style, lists);
    bool bare = accept(Kind::Comma);
    if (!bare) {
        uint32_t start = mark_;
        Parameter star;
        if (!param_no_default(style, star)) {
            if (failed_ || style == ParameterStyle::Lambda) return false;
            mark_ = start;
            Identifier name = accept_name();
            if (name == nullptr || !accept(Kind::Colon)) return false;
            Expr* annotation = star_expression();
            if (annotation == nullptr) return false;
            star.arg = make_node<Arg>(arena_, since(start));
            star.arg->arg = name;
            star.arg->annotation = annotation;
            if (!param_end(style, star.arg)) return false;
        }
        lists.vararg = star.arg;
    }
    while (!at(closing(style))) {
        uint32_t before = mark_;
        Parameter next;
        if (!param_maybe_default(style, next)) {
            if (failed_) return false;
            mark_ = before;
            break;
        }
        lists.kwonly.push(next.arg);
        lists.kw_defaults.push(next.default_value);
    }
    if (bare && lists.kwonly.empty()) return false;
    uint32_t before = mark_;
    if (!at(closing(style)) && !kwds(style, lists)) mark_ = before;
    return !failed_;
}

// kwds: invalid_kwds | '**' param_no_default
bool Parser::kwds(ParameterStyle style, ParameterLists& lists) {
    if (raises(&Parser::invalid_kwds, style)) return false;
    if (!accept(Kind::DoubleStar)) return false;
    Parameter next;
    if (!param_no_default(style, next)) return false;
    lists.kwarg = next.arg;
    return true;
}

}  // namespace py::parser
