// Statement lists and simple statements ("Simple statements" in the language reference).
#include "interp/parser/grammar.h"

namespace py::parser {

// statements: statement+
bool Parser::statements(Buffer<Stmt*>& out) {
    for (;;) {
        uint32_t before = mark_;
        if (statement(out)) continue;
        if (failed_) return false;
        mark_ = before;
        return !out.empty();
    }
}

// statement: compound_stmt | simple_stmts
bool Parser::statement(Buffer<Stmt*>& out) {
    uint32_t start = mark_;
    if (Stmt* compound = compound_stmt()) {
        out.push(compound);
        return true;
    }
    if (failed_) return false;
    mark_ = start;
    return simple_stmts(out);
}

// simple_stmts: ';'.simple_stmt+ [';'] NEWLINE
bool Parser::simple_stmts(Buffer<Stmt*>& out) {
    uint32_t count = out.size();
    for (;;) {
        uint32_t before = mark_;
        Stmt* node = simple_stmt();
        if (failed_) return false;
        if (node == nullptr) {
            mark_ = before;
            break;
        }
        out.push(node);
        if (!accept(Kind::Semicolon)) break;
    }
    if (out.size() > count && accept(Kind::Newline)) return true;
    out.truncate(count);
    return false;
}

// simple_stmt: assignment | star_expressions | return_stmt | import_stmt | raise_stmt | 'pass' | del_stmt | yield_stmt
//            | assert_stmt | 'break' | 'continue' | global_stmt | nonlocal_stmt
Stmt* Parser::simple_stmt() {
    return memo<Stmt>(Rule::SimpleStatement, [this]() -> Stmt* {
        switch (kind()) {
            case Kind::Return: return return_stmt();
            case Kind::Import: return import_name();
            case Kind::From: return import_from();
            case Kind::Raise: return raise_stmt();
            case Kind::Pass: return mark_++, make_node<Pass>(arena_, range_of(previous()));
            case Kind::Break: return mark_++, make_node<Break>(arena_, range_of(previous()));
            case Kind::Continue: return mark_++, make_node<Continue>(arena_, range_of(previous()));
            case Kind::Del: return del_stmt();
            case Kind::Assert: return assert_stmt();
            case Kind::Global: return name_list_stmt<Global>();
            case Kind::Nonlocal: return name_list_stmt<Nonlocal>();
            default: return expression_statement();
        }
    });
}

// assignment | star_expressions | yield_expr
// assignment: NAME ':' expression ['=' annotated_rhs] | single_target ':' expression ['=' annotated_rhs]
//           | (star_targets '=')+ (yield_expr | star_expressions) !'=' [TYPE_COMMENT]
//           | single_target augassign ~ (yield_expr | star_expressions) | invalid_assignment
// The target is parsed as an expression and checked once the token behind it is known.
Stmt* Parser::expression_statement() {
    uint32_t start = mark_;
    bool is_yield = at(Kind::Yield);
    Expr* value = is_yield ? yield_expr() : star_expressions();
    if (failed_) return nullptr;
    uint32_t end = mark_;
    bool cut = false;
    if (value != nullptr && !is_yield) {
        Operator op;
        Stmt* node = nullptr;
        if (at(Kind::Newline)) {
            node = nullptr;
        } else if (at(Kind::Equal)) {
            node = assignment_rest(start, value);
        } else if (at(Kind::Colon)) {
            if (is_single_target(value))
                node = annotated_assignment(start, value, is<Name>(value) && tokens_[start].kind == Kind::Name);
        } else if (is_single_target(value) && augassign(op)) {
            node = augmented_assignment(start, value, op);
            cut = true;
        }
        if (failed_) return nullptr;
        if (node != nullptr) return node;
    }
    mark_ = start;
    if (!cut && raises(&Parser::invalid_assignment)) return nullptr;
    mark_ = end;
    if (value == nullptr) return nullptr;
    auto* node = make_node<ExprStmt>(arena_, since(start));
    node->value = value;
    return node;
}

// At '=' behind the first target.
Stmt* Parser::assignment_rest(uint32_t start, Expr* first) {
    Buffer<Expr*> targets;
    Expr* value = first;
    bool is_yield = false;
    while (at(Kind::Equal)) {
        if (is_yield || !is_target(value, true)) return nullptr;
        targets.push(value);
        mark_++;
        is_yield = at(Kind::Yield);
        value = is_yield ? yield_expr() : star_expressions();
        if (value == nullptr) return nullptr;
    }
    for (Expr* target : targets)
        set_context(target, ExprContext::Store);
    String comment = accept_type_comment();
    auto* node = make_node<Assign>(arena_, since(start));
    node->targets = targets.to_seq(arena_);
    node->value = value;
    node->type_comment = comment;
    return node;
}

// At ':' behind the target.
Stmt* Parser::annotated_assignment(uint32_t start, Expr* target, bool simple) {
    mark_++;
    Expr* annotation = expression();
    if (annotation == nullptr) return nullptr;
    uint32_t end = mark_;
    Expr* value = nullptr;
    if (accept(Kind::Equal)) {
        value = at(Kind::Yield) ? yield_expr() : star_expressions();
        if (failed_) return nullptr;
        if (value == nullptr) mark_ = end;
    }
    if (!version(6, simple ? "Variable annotation syntax is" : "Variable annotations syntax is")) return nullptr;
    set_context(target, ExprContext::Store);
    auto* node = make_node<AnnAssign>(arena_, since(start));
    node->target = target;
    node->annotation = annotation;
    node->value = value;
    node->simple = simple;
    return node;
}

// augassign: '+=' | '-=' | '*=' | '@=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**=' | '//='
bool Parser::augassign(Operator& op) {
    switch (kind()) {
        case Kind::PlusEqual: op = Operator::Add; break;
        case Kind::MinusEqual: op = Operator::Sub; break;
        case Kind::StarEqual: op = Operator::Mult; break;
        case Kind::AtEqual:
            op = Operator::MatMult;
            if (!version(5, "The '@' operator is")) return false;
            break;
        case Kind::SlashEqual: op = Operator::Div; break;
        case Kind::PercentEqual: op = Operator::Mod; break;
        case Kind::AmpersandEqual: op = Operator::BitAnd; break;
        case Kind::BarEqual: op = Operator::BitOr; break;
        case Kind::CaretEqual: op = Operator::BitXor; break;
        case Kind::LeftShiftEqual: op = Operator::LShift; break;
        case Kind::RightShiftEqual: op = Operator::RShift; break;
        case Kind::DoubleStarEqual: op = Operator::Pow; break;
        case Kind::DoubleSlashEqual: op = Operator::FloorDiv; break;
        default: return false;
    }
    mark_++;
    return true;
}

Stmt* Parser::augmented_assignment(uint32_t start, Expr* target, Operator op) {
    Expr* value = at(Kind::Yield) ? yield_expr() : star_expressions();
    if (value == nullptr) return nullptr;
    set_context(target, ExprContext::Store);
    auto* node = make_node<AugAssign>(arena_, since(start));
    node->target = target;
    node->op = op;
    node->value = value;
    return node;
}

String Parser::accept_type_comment() {
    if (!at(Kind::TypeComment)) return nullptr;
    String comment = arena_.intern(token().text());
    mark_++;
    return comment;
}

// return_stmt: 'return' [star_expressions]
Stmt* Parser::return_stmt() {
    uint32_t start = mark_++;
    Expr* value = at(Kind::Newline) ? nullptr : star_expressions();
    if (failed_) return nullptr;
    if (value == nullptr) mark_ = start + 1;
    auto* node = make_node<Return>(arena_, since(start));
    node->value = value;
    return node;
}

// raise_stmt: 'raise' expression ['from' expression] | 'raise'
Stmt* Parser::raise_stmt() {
    uint32_t start = mark_++;
    Expr* exception = expression();
    if (failed_) return nullptr;
    Expr* cause = nullptr;
    if (exception == nullptr) {
        mark_ = start + 1;
    } else if (at(Kind::From)) {
        uint32_t before = mark_++;
        cause = expression();
        if (failed_) return nullptr;
        if (cause == nullptr) mark_ = before;
    }
    auto* node = make_node<Raise>(arena_, since(start));
    node->exc = exception;
    node->cause = cause;
    return node;
}

// del_stmt: 'del' del_targets &(';' | NEWLINE) | invalid_del_stmt
Stmt* Parser::del_stmt() {
    uint32_t start = mark_++;
    Expr* targets = del_targets();
    if (failed_) return nullptr;
    if (targets != nullptr && (at(Kind::Semicolon) || at(Kind::Newline))) {
        auto* node = make_node<Delete>(arena_, since(start));
        node->targets = as<Tuple>(targets)->elts;
        return node;
    }
    mark_ = start;
    raises(&Parser::invalid_del_stmt);
    return nullptr;
}

// assert_stmt: 'assert' expression [',' expression]
Stmt* Parser::assert_stmt() {
    uint32_t start = mark_++;
    Expr* test = expression();
    if (test == nullptr) return nullptr;
    uint32_t end = mark_;
    Expr* message = nullptr;
    if (accept(Kind::Comma)) {
        message = expression();
        if (failed_) return nullptr;
        if (message == nullptr) mark_ = end;
    }
    auto* node = make_node<Assert>(arena_, since(start));
    node->test = test;
    node->msg = message;
    return node;
}

// global_stmt: 'global' ','.NAME+    nonlocal_stmt: 'nonlocal' ','.NAME+
template <class T>
Stmt* Parser::name_list_stmt() {
    uint32_t start = mark_++;
    Buffer<Identifier> names;
    for (;;) {
        uint32_t before = mark_;
        if (!names.empty() && !accept(Kind::Comma)) break;
        Identifier name = accept_name();
        if (name == nullptr) {
            if (names.empty()) return nullptr;
            mark_ = before;
            break;
        }
        names.push(name);
    }
    auto* node = make_node<T>(arena_, since(start));
    node->names = names.to_seq(arena_);
    return node;
}

// dotted_name: NAME ('.' NAME)*
Identifier Parser::dotted_name() {
    Identifier first = accept_name();
    if (first == nullptr || !at(Kind::Dot)) return first;
    Buffer<char> text;
    text.append(first->data, first->length);
    while (at(Kind::Dot)) {
        uint32_t before = mark_++;
        Identifier next = accept_name();
        if (next == nullptr) {
            mark_ = before;
            break;
        }
        text.push('.');
        text.append(next->data, next->length);
    }
    return arena_.intern({text.data(), text.size()});
}

// import_name: 'import' ','.(dotted_name ['as' NAME])+
Stmt* Parser::import_name() {
    uint32_t start = mark_++;
    Buffer<Alias*> names;
    for (;;) {
        uint32_t before = mark_;
        if (!names.empty() && !accept(Kind::Comma)) break;
        uint32_t begin = mark_;
        Identifier name = dotted_name();
        if (name == nullptr) {
            if (names.empty()) return nullptr;
            mark_ = before;
            break;
        }
        names.push(alias(begin, name));
    }
    auto* node = make_node<Import>(arena_, since(start));
    node->names = names.to_seq(arena_);
    return node;
}

// ['as' NAME] behind an imported name
Alias* Parser::alias(uint32_t start, Identifier name) {
    uint32_t end = mark_;
    Identifier as_name = nullptr;
    if (accept(Kind::As)) {
        as_name = accept_name();
        if (as_name == nullptr) mark_ = end;
    }
    auto* node = make_node<Alias>(arena_, since(start));
    node->name = name;
    node->asname = as_name;
    return node;
}

// import_from: 'from' ('.' | '...')* dotted_name 'import' import_from_targets
//            | 'from' ('.' | '...')+ 'import' import_from_targets
Stmt* Parser::import_from() {
    uint32_t start = mark_++;
    int dots = 0;
    for (;; mark_++) {
        if (at(Kind::Dot))
            dots += 1;
        else if (at(Kind::Ellipsis))
            dots += 3;
        else
            break;
    }
    Identifier module = at(Kind::Import) ? nullptr : dotted_name();
    if ((module == nullptr && dots == 0) || !accept(Kind::Import)) return nullptr;
    Buffer<Alias*> names;
    if (!import_from_names(names)) return nullptr;
    auto* node = make_node<ImportFrom>(arena_, since(start));
    node->module = module;
    node->names = names.to_seq(arena_);
    node->level = dots;
    return node;
}

// import_from_targets: '(' import_from_as_names [','] ')' | import_from_as_names !',' | '*' |
// invalid_import_from_targets invalid_import_from_targets: import_from_as_names ',' NEWLINE
bool Parser::import_from_names(Buffer<Alias*>& out) {
    if (at(Kind::Star)) {
        auto* node = make_node<Alias>(arena_, range_of(token()));
        node->name = arena_.intern("*");
        out.push(node);
        mark_++;
        return true;
    }
    if (accept(Kind::LeftParen)) {
        if (!import_from_as_names(out)) return false;
        accept(Kind::Comma);
        return accept(Kind::RightParen);
    }
    if (!import_from_as_names(out)) return false;
    if (!at(Kind::Comma)) return true;
    if (diagnose() && kind_after() == Kind::Newline)
        raise("trailing comma not allowed without surrounding parentheses");
    return false;
}

// import_from_as_names: ','.(NAME ['as' NAME])+
bool Parser::import_from_as_names(Buffer<Alias*>& out) {
    for (;;) {
        uint32_t before = mark_;
        if (!out.empty() && !accept(Kind::Comma)) return true;
        uint32_t begin = mark_;
        Identifier name = accept_name();
        if (name == nullptr) {
            mark_ = before;
            return !out.empty();
        }
        out.push(alias(begin, name));
    }
}

}  // namespace py::parser
