// Error rules of statements and patterns.
#include "interp/parser/grammar.h"

namespace py::parser {

// invalid_assignment: invalid_ann_assign_target ':' expression
//   | star_named_expression ',' star_named_expression* ':' expression | expression ':' expression
//   | (star_targets '=')* star_expressions '=' | (star_targets '=')* yield_expr '='
//   | star_expressions augassign (yield_expr | star_expressions)
bool Parser::invalid_assignment() {
    uint32_t start = mark_;
    Expr* target = nullptr;
    if (invalid_ann_assign_target(target) && accept(Kind::Colon) && expression() != nullptr)
        return raise_at(range_of(target), "only single target (not %s) can be annotated", expression_name(target)),
               true;
    if (failed_) return true;
    mark_ = start;
    Expr* first = star_named_expression();
    if (first != nullptr && accept(Kind::Comma)) {
        for (;;) {
            uint32_t before = mark_;
            Buffer<Expr*> rest;
            if (!star_named_expressions(rest)) {
                mark_ = before;
                break;
            }
        }
        if (!failed_ && accept(Kind::Colon) && expression() != nullptr)
            return raise_at(range_of(first), "only single target (not tuple) can be annotated"), true;
    }
    if (failed_) return true;
    mark_ = start;
    Expr* annotated = expression();
    if (annotated != nullptr && accept(Kind::Colon) && expression() != nullptr)
        return raise_at(range_of(annotated), "illegal target for annotation"), true;
    if (failed_) return true;
    mark_ = start;
    while (star_targets_assigned()) {
    }
    if (failed_) return true;
    uint32_t value = mark_;
    Expr* expressions_found = star_expressions();
    if (expressions_found != nullptr && at(Kind::Equal)) raise_invalid_target(expressions_found, TargetUse::Assign);
    if (failed_) return true;
    mark_ = value;
    Expr* yielded = yield_expr();
    if (yielded != nullptr && at(Kind::Equal))
        return raise_at(range_of(yielded), "assignment to yield expression not possible"), true;
    if (failed_) return true;
    mark_ = start;
    Expr* augmented = star_expressions();
    Operator op;
    if (augmented == nullptr || !augassign(op)) return failed_;
    if ((at(Kind::Yield) ? yield_expr() : star_expressions()) != nullptr)
        raise_at(range_of(augmented), "'%s' is an illegal expression for augmented assignment",
                 expression_name(augmented));
    return failed_;
}

// invalid_ann_assign_target: list | tuple | '(' invalid_ann_assign_target ')'
bool Parser::invalid_ann_assign_target(Expr*& out) {
    uint32_t start = mark_;
    if (at(Kind::LeftBracket))
        out = list();
    else if (at(Kind::LeftParen))
        out = tuple();
    else
        return false;
    if (out != nullptr || failed_) return !failed_;
    mark_ = start;
    Level level(*this);
    if (level.too_deep()) return false;
    return accept(Kind::LeftParen) && invalid_ann_assign_target(out) && accept(Kind::RightParen);
}

// invalid_del_stmt: 'del' star_expressions
bool Parser::invalid_del_stmt() {
    mark_++;
    Expr* targets = star_expressions();
    if (targets != nullptr) raise_invalid_target(targets, TargetUse::Delete);
    return failed_;
}

// invalid_block: NEWLINE !INDENT
bool Parser::invalid_block() {
    if (accept(Kind::Newline) && !at(Kind::Indent)) raise_indentation("expected an indented block");
    return failed_;
}

// ':' NEWLINE !INDENT behind the header of a compound statement
bool Parser::expected_block(uint32_t keyword, const char* what) {
    if (accept(Kind::Colon) && accept(Kind::Newline) && !at(Kind::Indent) && !failed_)
        raise_indentation("expected an indented block after %s on line %d", what, tokens_[keyword].lineno);
    return failed_;
}

// invalid_if_stmt, invalid_elif_stmt, invalid_while_stmt: KEYWORD named_expression NEWLINE
//   | KEYWORD named_expression ':' NEWLINE !INDENT
// invalid_else_stmt, invalid_finally_stmt: KEYWORD ':' NEWLINE !INDENT
bool Parser::invalid_header(Kind keyword) {
    uint32_t start = mark_;
    if (!accept(keyword)) return failed_;
    if (keyword != Kind::Else && keyword != Kind::Finally) {
        if (named_expression() == nullptr) return failed_;
        if (at(Kind::Newline)) return mark_++, raise("expected ':'"), true;
    }
    switch (keyword) {
        case Kind::If: return expected_block(start, "'if' statement");
        case Kind::Elif: return expected_block(start, "'elif' statement");
        case Kind::While: return expected_block(start, "'while' statement");
        case Kind::Else: return expected_block(start, "'else' statement");
        default: return expected_block(start, "'finally' statement");
    }
}

// invalid_for_stmt: [ASYNC] 'for' star_targets 'in' star_expressions (NEWLINE | ':' NEWLINE !INDENT)
bool Parser::invalid_for_stmt() {
    accept(Kind::Async);
    uint32_t keyword = mark_;
    if (!accept(Kind::For) || star_targets() == nullptr || !accept(Kind::In) || star_expressions() == nullptr)
        return failed_;
    if (at(Kind::Newline)) return raise("expected ':'"), true;
    return expected_block(keyword, "'for' statement");
}

// ','.(expression ['as' star_target])+    in parentheses: ','.(expressions ['as' star_target])+ [','] ')'
bool Parser::with_header_items(bool parenthesised) {
    if (parenthesised && !accept(Kind::LeftParen)) return false;
    bool any = false;
    for (;;) {
        uint32_t before = mark_;
        if (any && !accept(Kind::Comma)) break;
        Expr* context = parenthesised ? expressions() : expression();
        if (failed_) return false;
        if (context == nullptr) {
            mark_ = before;
            break;
        }
        any = true;
        uint32_t end = mark_;
        if (accept(Kind::As) && star_target() == nullptr) mark_ = end;
        if (failed_) return false;
    }
    if (!any || !parenthesised) return any;
    accept(Kind::Comma);
    return accept(Kind::RightParen);
}

// invalid_with_stmt: [ASYNC] 'with' items NEWLINE | [ASYNC] 'with' '(' items ')' NEWLINE
bool Parser::invalid_with_stmt() {
    accept(Kind::Async);
    if (!accept(Kind::With)) return failed_;
    uint32_t behind = mark_;
    for (bool parenthesised : {false, true}) {
        mark_ = behind;
        if (with_header_items(parenthesised) && accept(Kind::Newline)) return raise("expected ':'"), true;
        if (failed_) return true;
    }
    return false;
}

// invalid_with_stmt_indent: [ASYNC] 'with' items ':' NEWLINE !INDENT | [ASYNC] 'with' '(' items ')' ':' NEWLINE !INDENT
bool Parser::invalid_with_stmt_indent() {
    accept(Kind::Async);
    uint32_t keyword = mark_;
    if (!accept(Kind::With)) return failed_;
    uint32_t behind = mark_;
    for (bool parenthesised : {false, true}) {
        mark_ = behind;
        if (with_header_items(parenthesised) && expected_block(keyword, "'with' statement")) return true;
        if (failed_) return true;
    }
    return false;
}

// invalid_with_item: expression 'as' expression &(',' | ')' | ':')
bool Parser::invalid_with_item() {
    if (expression() == nullptr || !accept(Kind::As)) return failed_;
    Expr* target = expression();
    if (target != nullptr && (at(Kind::Comma) || at(Kind::RightParen) || at(Kind::Colon)))
        raise_invalid_target(target, TargetUse::Assign);
    return failed_;
}

// invalid_try_stmt: 'try' ':' NEWLINE !INDENT | 'try' ':' block !('except' | 'finally')
//   | 'try' ':' block mixed_except
bool Parser::invalid_try_stmt() {
    uint32_t start = mark_;
    if (!accept(Kind::Try) || expected_block(start, "'try' statement")) return failed_;
    mark_ = start + 1;
    Seq<Stmt*> body;
    if (!accept(Kind::Colon)) return failed_;
    uint32_t blocks = mark_;
    if (block(body)) {
        if (!at(Kind::Except) && !at(Kind::Finally)) return raise("expected 'except' or 'finally' block"), true;
    } else if (failed_) {
        return true;
    } else {
        mark_ = blocks;
    }
    bool star = at(Kind::Except) && kind_after() == Kind::Star;
    int count = 0;
    while (at(Kind::Except)) {
        uint32_t before = mark_;
        bool is_star = kind_after() == Kind::Star;
        if (is_star != star && count > 0) return mixed_except(is_star);
        ExceptHandler* handler = except_block(is_star);
        if (failed_) return true;
        if (handler == nullptr) {
            mark_ = before;
            return false;
        }
        count++;
    }
    return failed_;
}

// except_block+ 'except' '*' expression ['as' NAME] ':' | except_star_block+ 'except' [expression ['as' NAME]] ':'
// At the last 'except'.
bool Parser::mixed_except(bool star) {
    Range place = range_of(token());
    mark_++;
    if (star) {
        place = span_of(place, range_of(token()));
        mark_++;
    }
    if (star || !at(Kind::Colon)) {
        if (expression() == nullptr) return failed_;
        uint32_t end = mark_;
        if (accept(Kind::As) && !accept(Kind::Name)) mark_ = end;
    }
    if (at(Kind::Colon)) raise_at(place, "cannot have both 'except' and 'except*' on the same 'try'");
    return failed_;
}

// invalid_except_stmt: 'except' ['*'] expression ',' expressions ['as' NAME] ':'
//   | 'except' ['*'] expression ['as' NAME] NEWLINE | 'except' NEWLINE | 'except' '*' (NEWLINE | ':')
bool Parser::invalid_except_stmt() {
    mark_++;
    bool star = accept(Kind::Star);
    uint32_t behind = mark_;
    Expr* type = expression();
    if (failed_) return true;
    if (type != nullptr) {
        uint32_t end = mark_;
        if (accept(Kind::Comma) && expressions() != nullptr) {
            if (accept(Kind::As)) accept(Kind::Name);
            if (at(Kind::Colon)) {
                mark_++;
                return raise_from(range_of(type), "multiple exception types must be parenthesized"), true;
            }
        }
        if (failed_) return true;
        mark_ = end;
        if (accept(Kind::As) && !accept(Kind::Name)) mark_ = end;
        if (accept(Kind::Newline)) return raise("expected ':'"), true;
    }
    mark_ = behind;
    if (!star && at(Kind::Newline)) raise("expected ':'");
    if (star && (at(Kind::Newline) || at(Kind::Colon))) raise("expected one or more exception types");
    return failed_;
}

// invalid_except_stmt_indent: 'except' expression ['as' NAME] ':' NEWLINE !INDENT | 'except' ':' NEWLINE !INDENT
// invalid_except_star_stmt_indent: 'except' '*' expression ['as' NAME] ':' NEWLINE !INDENT
bool Parser::invalid_except_stmt_indent() {
    uint32_t start = mark_;
    if (!accept(Kind::Except)) return failed_;
    bool star = accept(Kind::Star);
    const char* what = star ? "'except*' statement" : "'except' statement";
    if (!star && at(Kind::Colon)) return expected_block(start, what);
    if (expression() == nullptr) return failed_;
    uint32_t end = mark_;
    if (accept(Kind::As) && !accept(Kind::Name)) mark_ = end;
    return expected_block(start, what);
}

// invalid_def_raw: [ASYNC] 'def' NAME '(' [params] ')' ['->' expression] ':' NEWLINE !INDENT
bool Parser::invalid_def_raw() {
    accept(Kind::Async);
    uint32_t keyword = mark_;
    if (!accept(Kind::Def) || !accept(Kind::Name) || !accept(Kind::LeftParen)) return failed_;
    if (parameters(ParameterStyle::Function) == nullptr || !accept(Kind::RightParen)) return failed_;
    uint32_t before = mark_;
    if (accept(Kind::Arrow) && expression() == nullptr) mark_ = before;
    if (failed_) return true;
    return expected_block(keyword, "function definition");
}

// invalid_class_def_raw: 'class' NAME ['(' [arguments] ')'] NEWLINE | 'class' NAME ['(' [arguments] ')'] ':' NEWLINE
// !INDENT
bool Parser::invalid_class_def_raw() {
    uint32_t start = mark_;
    if (!accept(Kind::Class) || !accept(Kind::Name)) return failed_;
    uint32_t before = mark_;
    if (accept(Kind::LeftParen)) {
        if (!at(Kind::RightParen)) arguments();
        if (failed_) return true;
        if (!accept(Kind::RightParen)) mark_ = before;
    }
    if (accept(Kind::Newline)) return raise("expected ':'"), true;
    return expected_block(start, "class definition");
}

// invalid_match_stmt: "match" subject_expr NEWLINE | "match" subject_expr ':' NEWLINE !INDENT
bool Parser::invalid_match_stmt() {
    uint32_t start = mark_++;
    if (subject_expr() == nullptr) return failed_;
    if (at(Kind::Newline)) {
        mark_++;
        return raise("expected ':'"), true;
    }
    return expected_block(start, "'match' statement");
}

// invalid_case_block: "case" patterns [guard] NEWLINE | "case" patterns [guard] ':' NEWLINE !INDENT
bool Parser::invalid_case_block() {
    uint32_t start = mark_++;
    if (patterns() == nullptr) return failed_;
    guard();
    if (failed_) return true;
    if (accept(Kind::Newline)) return raise("expected ':'"), true;
    return expected_block(start, "'case' statement");
}

// invalid_as_pattern: or_pattern 'as' "_" | or_pattern 'as' !NAME expression
bool Parser::invalid_as_pattern() {
    if (or_pattern() == nullptr || !accept(Kind::As)) return failed_;
    if (at_soft("_")) return raise_at(range_of(token()), "cannot use '_' as a target"), true;
    if (at(Kind::Name)) return failed_;
    Expr* target = expression();
    if (target != nullptr) raise_at(range_of(target), "invalid pattern target");
    return failed_;
}

// invalid_class_pattern: name_or_attr '(' [positional_patterns ','] keyword_patterns ',' positional_patterns
bool Parser::invalid_class_pattern() {
    if (name_or_attr() == nullptr || !accept(Kind::LeftParen)) return failed_;
    bool keywords = false;
    for (;;) {
        bool keyword = at(Kind::Name) && kind_after() == Kind::Equal;
        if (!keyword && keywords) break;
        if (keyword) mark_ += 2;
        keywords = keywords || keyword;
        if (pattern() == nullptr || !accept(Kind::Comma)) return failed_;
    }
    Pattern* first = pattern();
    if (first == nullptr) return failed_;
    Pattern* last = first;
    while (at(Kind::Comma)) {
        mark_++;
        if (at(Kind::Name) && kind_after() == Kind::Equal) break;
        Pattern* next = pattern();
        if (next == nullptr) break;
        last = next;
    }
    if (failed_) return true;
    raise_at(span_of(first, last), "positional patterns follow keyword patterns");
    return true;
}

}  // namespace py::parser
