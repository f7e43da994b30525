// The token buffer, memo and stack guard of Parser, the two passes, and the grammar's entry rules.
#include "interp/parser/parser.h"

#include <cstring>

#include "interp/parser/grammar.h"
#include "interp/parser/source.h"

namespace py::parser {
namespace {

constexpr uintptr_t kDefaultStack = 4 << 20;
constexpr Token kNoToken{Kind::Error, 0, 0, 0, -1, 0, -1, "", ""};

}  // namespace

Parser::Parser(Lexer& lexer, Arena& arena, const ParseOptions& options, StartRule rule, FStringPlace place)
    : lexer_(lexer), arena_(arena), options_(options), rule_(rule), place_(place) {
    depth_ = place.recursion;
}

// Reads the next token when the parser has come to the end of those read. After an error: a token no rule accepts.
const Token& Parser::fill() {
    if (failed_ || !append_token()) return kNoToken;
    return tokens_[mark_];
}

void Parser::take_warnings() {
    if (lexer_.warnings().empty()) return;
    warnings_.append(lexer_.warnings().data(), lexer_.warnings().size());
    lexer_.warnings().clear();
}

bool Parser::append_token() {
    Token next;
    lexer_.next(next);
    take_warnings();
    while (next.kind == Kind::TypeIgnore) {
        auto* node = make_node<TypeIgnore>(arena_);
        node->lineno = next.lineno;
        node->tag = arena_.intern(next.text());
        type_ignores_.push(node);
        lexer_.next(next);
    }
    // At a prompt the next line would be read here: the end of the text is not the statement's.
    bool ends = !(options_.interactive && options_.allow_incomplete_input);
    if (rule_ == StartRule::Interactive && next.kind == Kind::EndMarker && started_ && ends) {
        next.kind = Kind::Newline;
        started_ = false;
        if (lexer_.indent() != 0 && !options_.dont_imply_dedent) lexer_.imply_dedents();
    } else {
        started_ = true;
    }
    if (rule_ == StartRule::FString && next.end_lineno == place_.lineno) {
        next.col_offset += place_.col_offset;
        next.end_col_offset += place_.col_offset;
    }
    tokens_.push(next);
    limit_ = tokens_.size();
    if (next.kind != Kind::Error) return true;
    tokenizer_error();
    return false;
}

Kind Parser::peek(uint32_t ahead) {
    while (mark_ + ahead >= limit_)
        if (failed_ || !append_token()) return Kind::Error;
    return tokens_[mark_ + ahead].kind;
}

bool Parser::at_soft(const char* keyword) {
    return at(Kind::Name) && token().text() == keyword;
}

// &&TOKEN: the token, or an error even in the first pass.
bool Parser::force(Kind wanted) {
    if (accept(wanted)) return true;
    if (!failed_) raise_at(range_of(token()), "expected '%s'", spelling(wanted));
    return false;
}

// From the token at `start` to the last one before mark_ that has text.
Range Parser::since(uint32_t start) const {
    const Token& first = tokens_[start];
    uint32_t last = mark_ - 1;
    while (last > 0) {
        Kind kind = tokens_[last].kind;
        if (kind != Kind::EndMarker && kind != Kind::Newline && kind != Kind::Indent && kind != Kind::Dedent) break;
        last--;
    }
    return {first.lineno, first.col_offset, tokens_[last].end_lineno, tokens_[last].end_col_offset};
}

Parser::MemoEntry* Parser::find_memo(Rule rule, uint32_t start) {
    if (start >= memo_size_) return nullptr;
    for (MemoEntry* entry = memo_[start]; entry != nullptr; entry = entry->next)
        if (entry->rule == rule) return entry;
    return nullptr;
}

void Parser::remember(Rule rule, uint32_t start, Node* node) {
    if (start >= memo_size_) {
        uint32_t size = tokens_.size() * 2 + 16;
        auto** grown = static_cast<MemoEntry**>(arena_.allocate(size * sizeof(MemoEntry*)));
        std::memset(grown, 0, size * sizeof(MemoEntry*));
        if (memo_ != nullptr) std::memcpy(grown, memo_, memo_size_ * sizeof(MemoEntry*));
        memo_ = grown;
        memo_size_ = size;
    }
    memo_[start] = arena_.make<MemoEntry>(rule, node, mark_, memo_[start]);
}

bool Parser::stack_exhausted() {
    if (!failed_) {
        problem_ = {};
        problem_.kind = ProblemKind::MemoryError;
        failed_ = true;
        limit_ = 0;
    }
    return true;
}

Node* Parser::run() {
    Node* result = start_rule();
    if (result != nullptr && !failed_) {
        if (rule_ != StartRule::Interactive || lexer_.only_blank_follows()) return result;
        raise("multiple statements found while compiling a single statement");
        return nullptr;
    }
    if (options_.allow_incomplete_input && problem_.kind != ProblemKind::MemoryError && lexer_.at_end_of_source()) {
        failed_ = false;
        raise_last_token(ProblemKind::IncompleteInput, "incomplete input");
        return nullptr;
    }
    if (failed_) {
        if (lexer_.done() == Done::Ok && problem_.kind != ProblemKind::MemoryError) check_rest_of_source();
        return nullptr;
    }
    return second_pass();
}

Node* Parser::second_pass() {
    Token last = tokens_.empty() ? kNoToken : tokens_.back();
    mark_ = 0;
    diagnosing_ = remembering_ = true;
    if (options_.interactive) lexer_.end_anywhere();  // no further lines are asked for to explain an error
    memo_ = nullptr;
    memo_size_ = 0;
    started_ = started_ || rule_ != StartRule::Interactive;
    start_rule();
    if (failed_) {
        if (lexer_.done() == Done::Ok && problem_.kind != ProblemKind::MemoryError) check_rest_of_source();
        return nullptr;
    }
    set_generic_error(last);
    return nullptr;
}

Node* Parser::start_rule() {
    switch (rule_) {
        case StartRule::File: return file();
        case StartRule::Interactive: return interactive();
        case StartRule::Eval: return eval();
        case StartRule::FunctionType: return function_type();
        case StartRule::FString: return fstring();
    }
    return nullptr;
}

// file: [statements] ENDMARKER
Mod* Parser::file() {
    Buffer<Stmt*> body;
    statements(body);
    if (failed_ || !accept(Kind::EndMarker)) return nullptr;
    auto* node = make_node<Module>(arena_);
    node->body = body.to_seq(arena_);
    node->type_ignores = type_ignores_.to_seq(arena_);
    return node;
}

// interactive: statement_newline
// statement_newline: compound_stmt NEWLINE | simple_stmts | NEWLINE
Mod* Parser::interactive() {
    Buffer<Stmt*> body;
    uint32_t start = mark_;
    Stmt* compound = compound_stmt();
    if (failed_) return nullptr;
    if (compound != nullptr && accept(Kind::Newline)) {
        body.push(compound);
    } else {
        mark_ = start;
        if (!simple_stmts(body)) {
            if (failed_) return nullptr;
            mark_ = start;
            if (!accept(Kind::Newline)) return nullptr;
            body.push(make_node<Pass>(arena_, range_of(tokens_[start])));
        }
    }
    auto* node = make_node<Interactive>(arena_);
    node->body = body.to_seq(arena_);
    return node;
}

// eval: expressions NEWLINE* ENDMARKER
Mod* Parser::eval() {
    Expr* body = expressions();
    if (body == nullptr) return nullptr;
    while (accept(Kind::Newline)) {
    }
    if (!accept(Kind::EndMarker)) return nullptr;
    auto* node = make_node<Expression>(arena_);
    node->body = body;
    return node;
}

// func_type: '(' [type_expressions] ')' '->' expression NEWLINE* ENDMARKER
Mod* Parser::function_type() {
    Buffer<Expr*> arguments_found;
    if (!accept(Kind::LeftParen) || !function_type_arguments(arguments_found)) return nullptr;
    if (!accept(Kind::RightParen) || !accept(Kind::Arrow)) return nullptr;
    Expr* returns = expression();
    if (returns == nullptr) return nullptr;
    while (accept(Kind::Newline)) {
    }
    if (!accept(Kind::EndMarker)) return nullptr;
    auto* node = make_node<FunctionType>(arena_);
    node->argtypes = arguments_found.to_seq(arena_);
    node->returns = returns;
    return node;
}

// type_expressions: ','.expression+ [',' '*' expression] [',' '**' expression] | …
bool Parser::function_type_arguments(Buffer<Expr*>& out) {
    Kind last = Kind::Comma;
    while (!at(Kind::RightParen)) {
        Kind star = at(Kind::Star) || at(Kind::DoubleStar) ? kind() : Kind::Comma;
        if (last == Kind::Star && star != Kind::DoubleStar) return false;
        if (star != Kind::Comma) mark_++;
        last = star;
        Expr* type = expression();
        if (type == nullptr) return false;
        out.push(type);
        if (at(Kind::RightParen) || last == Kind::DoubleStar) return true;
        if (!accept(Kind::Comma) || at(Kind::RightParen)) return false;
    }
    return true;
}

// fstring: star_expressions
Expr* Parser::fstring() {
    return star_expressions();
}

static void parse_into(ParseResult& result, std::string_view source, Arena& arena, const ParseOptions& options) {
    Source text = read_source(source, arena, options);
    result.encoding = text.encoding;
    if (text.problem.kind != ProblemKind::None) {
        result.problem = text.problem;
        return;
    }
    LexerOptions lexer_options;
    lexer_options.type_comments = options.type_comments;
    lexer_options.interactive = options.interactive;
    lexer_options.async_names = options.feature_version < 7;
    Lexer lexer(text.text, arena, lexer_options);
    static constexpr StartRule kRules[] = {StartRule::File, StartRule::Interactive, StartRule::Eval,
                                           StartRule::FunctionType};
    ParseOptions limited = options;
    if (limited.stack_limit == 0)
        limited.stack_limit = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - kDefaultStack;
    Parser parser(lexer, arena, limited, kRules[static_cast<size_t>(options.mode)]);
    if (text.encoding.empty()) parser.keep_byte_columns();
    result.tree = static_cast<ast::Mod*>(parser.run());
    if (result.tree == nullptr) result.problem = parser.problem();
    result.warnings = parser.warnings().to_seq(arena);
}

ParseResult parse(std::string_view source, Arena& arena, const ParseOptions& options) {
    ParseResult result;
    try {
        parse_into(result, source, arena, options);
    } catch (const std::bad_alloc&) {
        result = {};
        result.problem.kind = ProblemKind::MemoryError;
    }
    return result;
}

}  // namespace py::parser
