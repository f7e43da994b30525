// Compound statements but `match` ("Compound statements" in the language reference).
#include "interp/parser/grammar.h"

namespace py::parser {

// compound_stmt: function_def | if_stmt | class_def | with_stmt | for_stmt | try_stmt | while_stmt | match_stmt
Stmt* Parser::compound_stmt() {
    Kind first = kind();
    if (first == Kind::Async) first = kind_after();
    switch (first) {
        case Kind::Def: return function_def({});
        case Kind::At: return decorated();
        case Kind::If: return if_stmt(Kind::If);
        case Kind::Class: return class_def({});
        case Kind::With: return with_stmt();
        case Kind::For: return for_stmt();
        case Kind::Try: return try_stmt();
        case Kind::While: return while_stmt();
        case Kind::Name: return at_soft("match") ? match_stmt() : nullptr;
        default: return nullptr;
    }
}

// block: NEWLINE INDENT statements DEDENT | simple_stmts | invalid_block
bool Parser::block(Seq<Stmt*>& out) {
    struct BlockNode : Node {
        Seq<Stmt*> body;
    };
    Level level(*this);
    if (level.too_deep()) return false;
    Node* found = memo<Node>(Rule::Block, [this]() -> Node* {
        uint32_t start = mark_;
        Buffer<Stmt*> body;
        bool matched = false;
        if (accept(Kind::Newline)) {
            matched = accept(Kind::Indent) && statements(body) && accept(Kind::Dedent);
            if (!matched && !failed_) {
                mark_ = start;
                raises(&Parser::invalid_block);
            }
        } else {
            matched = simple_stmts(body);
        }
        if (failed_ || !matched) return nullptr;
        auto* node = new (arena_.allocate(sizeof(BlockNode))) BlockNode{};
        node->body = body.to_seq(arena_);
        return node;
    });
    if (found == nullptr) return false;
    out = static_cast<BlockNode*>(found)->body;
    return true;
}

// if_stmt: invalid_if_stmt | 'if' named_expression ':' block (elif_stmt | [else_block])
// elif_stmt: invalid_elif_stmt | 'elif' named_expression ':' block (elif_stmt | [else_block])
Stmt* Parser::if_stmt(Kind keyword) {
    Level level(*this);
    if (level.too_deep() || raises(&Parser::invalid_header, keyword)) return nullptr;
    uint32_t start = mark_;
    if (!accept(keyword)) return nullptr;
    Expr* test = named_expression();
    Seq<Stmt*> body, orelse;
    if (test == nullptr || !accept(Kind::Colon) || !block(body)) return nullptr;
    uint32_t end = mark_;
    if (at(Kind::Elif)) {
        Stmt* next = if_stmt(Kind::Elif);
        if (failed_) return nullptr;
        if (next != nullptr)
            orelse = arena_.copy_seq(&next, 1);
        else
            mark_ = end;
    } else if (at(Kind::Else) && !else_block(orelse)) {
        mark_ = end;
    }
    if (failed_) return nullptr;
    auto* node = make_node<If>(arena_, since(start));
    node->test = test;
    node->body = body;
    node->orelse = orelse;
    return node;
}

// else_block: invalid_else_stmt | 'else' &&':' block
bool Parser::else_block(Seq<Stmt*>& out) {
    if (raises(&Parser::invalid_header, Kind::Else)) return false;
    return accept(Kind::Else) && force(Kind::Colon) && block(out);
}

// while_stmt: invalid_while_stmt | 'while' named_expression ':' block [else_block]
Stmt* Parser::while_stmt() {
    if (raises(&Parser::invalid_header, Kind::While)) return nullptr;
    uint32_t start = mark_;
    if (!accept(Kind::While)) return nullptr;
    Expr* test = named_expression();
    Seq<Stmt*> body, orelse;
    if (test == nullptr || !accept(Kind::Colon) || !block(body)) return nullptr;
    uint32_t end = mark_;
    if (at(Kind::Else) && !else_block(orelse)) mark_ = end;
    if (failed_) return nullptr;
    auto* node = make_node<While>(arena_, since(start));
    node->test = test;
    node->body = body;
    node->orelse = orelse;
    return node;
}

// for_stmt: invalid_for_stmt | [ASYNC] 'for' star_targets 'in' ~ star_expressions ':' [TYPE_COMMENT] block [else_block]
//         | invalid_for_target
Stmt* Parser::for_stmt() {
    if (raises(&Parser::invalid_for_stmt)) return nullptr;
    uint32_t start = mark_;
    bool is_async = accept(Kind::Async);
    if (!accept(Kind::For)) return nullptr;
    Expr* target = star_targets();
    if (failed_) return nullptr;
    if (target == nullptr || !accept(Kind::In)) {
        mark_ = start;
        raises(&Parser::invalid_for_target);
        return nullptr;
    }
    Expr* iter = star_expressions();
    if (iter == nullptr || !accept(Kind::Colon)) return nullptr;
    String comment = accept_type_comment();
    Seq<Stmt*> body, orelse;
    if (!block(body)) return nullptr;
    uint32_t end = mark_;
    if (at(Kind::Else) && !else_block(orelse)) mark_ = end;
    if (failed_) return nullptr;
    if (is_async && !version(5, "Async for loops are")) return nullptr;
    auto fill = [&](auto* node) {
        node->target = target;
        node->iter = iter;
        node->body = body;
        node->orelse = orelse;
        node->type_comment = comment;
        return node;
    };
    if (is_async) return fill(make_node<AsyncFor>(arena_, since(start)));
    return fill(make_node<For>(arena_, since(start)));
}

// with_stmt: invalid_with_stmt_indent | [ASYNC] 'with' '(' ','.with_item+ [','] ')' ':' block
//          | [ASYNC] 'with' ','.with_item+ ':' [TYPE_COMMENT] block | invalid_with_stmt
Stmt* Parser::with_stmt() {
    if (raises(&Parser::invalid_with_stmt_indent)) return nullptr;
    uint32_t start = mark_;
    bool is_async = accept(Kind::Async);
    if (!accept(Kind::With)) return nullptr;
    uint32_t after = mark_;
    Buffer<WithItem*> items;
    Seq<Stmt*> body;
    String comment = nullptr;
    bool matched = false;
    if (accept(Kind::LeftParen)) {
        matched = with_items(items) && (accept(Kind::Comma), accept(Kind::RightParen)) && accept(Kind::Colon);
        if (failed_) return nullptr;
        matched = matched && block(body);
        if (matched && !version(9, "Parenthesized context managers are")) return nullptr;
    }
    if (!matched && !failed_) {
        if (!items.empty() && body.empty()) remembering_ = true;  // its block may be read again
        mark_ = after;
        items.clear();
        matched = with_items(items) && accept(Kind::Colon);
        if (matched) {
            comment = accept_type_comment();
            matched = block(body);
        }
    }
    if (failed_) return nullptr;
    if (!matched) {
        mark_ = start;
        raises(&Parser::invalid_with_stmt);
        return nullptr;
    }
    if (is_async && !version(5, "Async with statements are")) return nullptr;
    auto fill = [&](auto* node) {
        node->items = items.to_seq(arena_);
        node->body = body;
        node->type_comment = comment;
        return node;
    };
    if (is_async) return fill(make_node<AsyncWith>(arena_, since(start)));
    return fill(make_node<With>(arena_, since(start)));
}

// ','.with_item+
bool Parser::with_items(Buffer<WithItem*>& items) {
    for (;;) {
        uint32_t before = mark_;
        if (!items.empty() && !accept(Kind::Comma)) return true;
        WithItem* item = with_item();
        if (failed_) return false;
        if (item == nullptr) {
            mark_ = before;
            return !items.empty();
        }
        items.push(item);
    }
}

// with_item: expression 'as' star_target &(',' | ')' | ':') | invalid_with_item | expression
WithItem* Parser::with_item() {
    uint32_t start = mark_;
    Expr* context = expression();
    if (failed_) return nullptr;
    uint32_t end = mark_;
    Expr* target = nullptr;
    if (context != nullptr && accept(Kind::As)) {
        target = star_target();
        if (failed_) return nullptr;
        if (target != nullptr && !at(Kind::Comma) && !at(Kind::RightParen) && !at(Kind::Colon)) target = nullptr;
    }
    if (target == nullptr) {
        mark_ = start;
        if (raises(&Parser::invalid_with_item)) return nullptr;
        mark_ = end;
    }
    if (context == nullptr) return nullptr;
    auto* node = make_node<WithItem>(arena_);
    node->context_expr = context;
    node->optional_vars = target;
    return node;
}

// try_stmt: invalid_try_stmt | 'try' &&':' block finally_block
//         | 'try' &&':' block except_block+ [else_block] [finally_block]
//         | 'try' &&':' block except_star_block+ [else_block] [finally_block]
Stmt* Parser::try_stmt() {
    if (raises(&Parser::invalid_try_stmt)) return nullptr;
    uint32_t start = mark_;
    if (!accept(Kind::Try) || !force(Kind::Colon)) return nullptr;
    Seq<Stmt*> body, orelse, finalbody;
    if (!block(body)) return nullptr;
    Buffer<ExceptHandler*> handlers;
    bool star = at(Kind::Except) && kind_after() == Kind::Star;
    while (at(Kind::Except)) {
        uint32_t before = mark_;
        ExceptHandler* handler = except_block(star);
        if (failed_) return nullptr;
        if (handler == nullptr) {
            mark_ = before;
            break;
        }
        handlers.push(handler);
    }
    uint32_t end = mark_;
    if (!handlers.empty() && at(Kind::Else) && !else_block(orelse)) mark_ = end;
    if (failed_) return nullptr;
    end = mark_;
    if (!finally_block(finalbody)) {
        if (failed_ || handlers.empty()) return nullptr;
        mark_ = end;
    }
    if (star && !handlers.empty() && !version(11, "Exception groups are")) return nullptr;
    auto fill = [&](auto* node) {
        node->body = body;
        node->handlers = handlers.to_seq(arena_);
        node->orelse = orelse;
        node->finalbody = finalbody;
        return node;
    };
    if (star && !handlers.empty()) return fill(make_node<TryStar>(arena_, since(start)));
    return fill(make_node<Try>(arena_, since(start)));
}

// except_block: invalid_except_stmt_indent | 'except' expression ['as' NAME] ':' block | 'except' ':' block
//             | invalid_except_stmt
// except_star_block: invalid_except_star_stmt_indent | 'except' '*' expression ['as' NAME] ':' block |
// invalid_except_stmt
ExceptHandler* Parser::except_block(bool star) {
    if (raises(&Parser::invalid_except_stmt_indent)) return nullptr;
    uint32_t start = mark_;
    if (!accept(Kind::Except)) return nullptr;
    Expr* type = nullptr;
    Identifier name = nullptr;
    Seq<Stmt*> body;
    bool matched = !star || accept(Kind::Star);
    if (matched && (star || !at(Kind::Colon))) {
        type = expression();
        if (failed_) return nullptr;
        matched = type != nullptr;
        uint32_t before = mark_;
        if (matched && accept(Kind::As)) {
            name = accept_name();
            if (name == nullptr) mark_ = before;
        }
    }
    if (matched && accept(Kind::Colon) && block(body)) {
        auto* node = make_node<ExceptHandler>(arena_, since(start));
        node->type = type;
        node->name = name;
        node->body = body;
        return node;
    }
    if (failed_) return nullptr;
    mark_ = start;
    raises(&Parser::invalid_except_stmt);
    return nullptr;
}

// finally_block: invalid_finally_stmt | 'finally' &&':' block
bool Parser::finally_block(Seq<Stmt*>& out) {
    if (!at(Kind::Finally) || raises(&Parser::invalid_header, Kind::Finally)) return false;
    return accept(Kind::Finally) && force(Kind::Colon) && block(out);
}

// decorators: ('@' named_expression NEWLINE)+, then class_def_raw or function_def_raw
Stmt* Parser::decorated() {
    Buffer<Expr*> found;
    while (at(Kind::At)) {
        mark_++;
        Expr* decorator = named_expression();
        if (decorator == nullptr || !accept(Kind::Newline)) return nullptr;
        found.push(decorator);
    }
    Seq<Expr*> decorators = found.to_seq(arena_);
    return at(Kind::Class) ? class_def(decorators) : function_def(decorators);
}

// function_def_raw: invalid_def_raw
//   | [ASYNC] 'def' NAME &&'(' [params] ')' ['->' expression] &&':' [func_type_comment] block
Stmt* Parser::function_def(Seq<Expr*> decorators) {
    if (raises(&Parser::invalid_def_raw)) return nullptr;
    uint32_t start = mark_;
    bool is_async = accept(Kind::Async);
    if (!accept(Kind::Def)) return nullptr;
    Identifier name = accept_name();
    if (name == nullptr || !force(Kind::LeftParen)) return nullptr;
    Arguments* args = parameters(ParameterStyle::Function);
    if (args == nullptr || !accept(Kind::RightParen)) return nullptr;
    Expr* returns = nullptr;
    uint32_t before = mark_;
    if (accept(Kind::Arrow)) {
        returns = expression();
        if (failed_) return nullptr;
        if (returns == nullptr) mark_ = before;
    }
    if (!force(Kind::Colon)) return nullptr;
    String comment = func_type_comment();
    if (failed_) return nullptr;
    Seq<Stmt*> body;
    if (!block(body)) return nullptr;
    if (is_async && !version(5, "Async functions are")) return nullptr;
    auto fill = [&](auto* node) {
        node->name = name;
        node->args = args;
        node->body = body;
        node->decorator_list = decorators;
        node->returns = returns;
        node->type_comment = comment;
        return node;
    };
    if (is_async) return fill(make_node<AsyncFunctionDef>(arena_, since(start)));
    return fill(make_node<FunctionDef>(arena_, since(start)));
}

// func_type_comment: NEWLINE TYPE_COMMENT &(NEWLINE INDENT) | invalid_double_type_comments | TYPE_COMMENT
// invalid_double_type_comments: TYPE_COMMENT NEWLINE TYPE_COMMENT NEWLINE INDENT
String Parser::func_type_comment() {
    if (!options_.type_comments) return nullptr;
    if (at(Kind::Newline) && kind_after() == Kind::TypeComment && peek(2) == Kind::Newline && peek(3) == Kind::Indent) {
        mark_++;
        return accept_type_comment();
    }
    if (at(Kind::TypeComment) && diagnose() && peek(1) == Kind::Newline && peek(2) == Kind::TypeComment &&
        peek(3) == Kind::Newline && peek(4) == Kind::Indent)
        return raise("Cannot have two type comments on def");
    return accept_type_comment();
}

// class_def_raw: invalid_class_def_raw | 'class' NAME ['(' [arguments] ')'] ':' block
Stmt* Parser::class_def(Seq<Expr*> decorators) {
    if (raises(&Parser::invalid_class_def_raw)) return nullptr;
    uint32_t start = mark_;
    if (!accept(Kind::Class)) return nullptr;
    Identifier name = accept_name();
    if (name == nullptr) return nullptr;
    Call* bases = nullptr;
    if (at(Kind::LeftParen)) {
        uint32_t before = mark_++;
        if (!at(Kind::RightParen)) bases = arguments();
        if (failed_) return nullptr;
        if (!accept(Kind::RightParen)) mark_ = before;
    }
    Seq<Stmt*> body;
    if (!accept(Kind::Colon) || !block(body)) return nullptr;
    auto* node = make_node<ClassDef>(arena_, since(start));
    node->name = name;
    if (bases != nullptr) {
        node->bases = bases->args;
        node->keywords = bases->keywords;
    }
    node->body = body;
    node->decorator_list = decorators;
    return node;
}

}  // namespace py::parser
