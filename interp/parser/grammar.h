// Parser: recursive descent over the 3.11 grammar; the production stands above each method in the .cpp files.
// First pass: valid programs, no look at error rules. When it fails, a second pass over the same tokens tries the error
// rules (methods invalid_…) in the grammar's order to find the best message, with memoised results.
// Every rule returns null when it does not match (the caller resets `mark_`) or when an error has been raised
// (`failed_`).
#pragma once

#include <initializer_list>

#include "interp/parser/lexer.h"

namespace py::parser {

using namespace ast;  // the grammar speaks of nothing else

enum class StartRule : uint8_t { File, Interactive, Eval, FunctionType, FString };

// Rules whose results the second pass remembers by position.
enum class Rule : uint8_t {
    SimpleStatement,
    Block,
    StarExpression,
    Expression,
    Disjunction,
    BitwiseOr,
    Factor,
    Primary,
    Arguments,
    Strings,
    NamedInvalid,
    StarTarget,
    ClosedPattern,
};

// Where a string token lies whose `{…}` is being parsed; the nested parser shifts its positions there.
struct FStringPlace {
    int lineno = 1;
    int col_offset = 0;
    int recursion = 0;
};

enum class TargetUse : uint8_t { Assign, Delete, For };

// `def` and `lambda` have the same parameters but for annotations, type comments and the closing token.
enum class ParameterStyle : uint8_t { Function, Lambda };
struct Parameter {
    Arg* arg = nullptr;
    Expr* default_value = nullptr;
};

struct ParameterLists;

class Parser {
  public:
    Parser(Lexer& lexer, Arena& arena, const ParseOptions& options, StartRule rule, FStringPlace place = {});

    Node* run();  // Mod, or for FString the Expr; null: problem()
    const SyntaxProblem& problem() const { return problem_; }
    // Columns of errors stay byte counts (a source of bytes without a declared encoding).
    void keep_byte_columns() { byte_columns_ = true; }
    Buffer<Warning>& warnings() { return warnings_; }

  private:
    friend class FStringParser;
    friend class StringConcatenation;

    // parser.cpp: tokens, memo, entry rules
    const Token& token() { return mark_ < limit_ ? tokens_[mark_] : fill(); }
    const Token& fill();
    Kind kind() { return token().kind; }
    bool at(Kind wanted) { return kind() == wanted; }
    bool accept(Kind wanted) {
        if (kind() != wanted) return false;
        mark_++;
        return true;
    }
    Kind kind_after() { return peek(1); }
    Kind peek(uint32_t ahead);
    bool at_soft(const char* keyword);
    bool force(Kind wanted);
    bool append_token();
    void take_warnings();
    const Token& previous() const { return tokens_[mark_ - 1]; }
    Range since(uint32_t start) const;
    Node* start_rule();
    Node* second_pass();
    Mod* file();
    Mod* interactive();
    Mod* eval();
    Mod* function_type();
    Expr* fstring();
    bool function_type_arguments(Buffer<Expr*>& arguments);
    struct MemoEntry {
        Rule rule;
        Node* node;
        uint32_t end;
        MemoEntry* next;
    };
    MemoEntry* find_memo(Rule rule, uint32_t start);
    void remember(Rule rule, uint32_t start, Node* node);
    template <class T, class F>
    T* memo(Rule rule, F parse) {
        if (!remembering_) return parse();
        if (failed_) return nullptr;
        uint32_t start = mark_;
        if (MemoEntry* entry = find_memo(rule, start)) {
            mark_ = entry->end;
            return static_cast<T*>(entry->node);
        }
        T* node = parse();
        if (node == nullptr) mark_ = start;
        remember(rule, start, node);
        return node;
    }
    // Depth of recursion; fails with MemoryError when the stack or the level limit is reached.
    class Level {
      public:
        explicit Level(Parser& parser) : parser_(parser) { parser.depth_++; }
        ~Level() { parser_.depth_--; }
        bool too_deep() { return parser_.depth_ >= kMaxDepth ? parser_.stack_exhausted() : parser_.check_stack(); }

      private:
        Parser& parser_;
    };
    static constexpr int kMaxDepth = 5990;
    bool check_stack() {
        return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < options_.stack_limit ? stack_exhausted()
                                                                                              : false;
    }
    bool stack_exhausted();

    // parser_error.cpp
    [[gnu::cold]] std::nullptr_t raise(const char* format, ...);              // at the last token read
    [[gnu::cold]] std::nullptr_t raise_indentation(const char* format, ...);  // at the last token read
    [[gnu::cold]] std::nullptr_t raise_at(const Range& range, const char* format, ...);
    [[gnu::cold]] std::nullptr_t raise_from(const Range& range, const char* format, ...);  // to where the lexer stands
    [[gnu::cold]] std::nullptr_t raise_known(ProblemKind kind, int lineno, int column, int end_lineno, int end_column,
                                             std::string_view message);
    [[gnu::cold]] std::nullptr_t raise_last_token(ProblemKind kind, std::string_view message);
    std::nullptr_t raise_invalid_target(Expr* expression, TargetUse use);
    void tokenizer_error();
    void unclosed_bracket();
    void set_generic_error(const Token& last);
    void check_rest_of_source();
    void fill_text(int lineno);
    std::nullptr_t raise_not_utf8(std::string_view bytes);
    bool version(int minor, const char* what);
    static Expr* invalid_target(Expr* expression, TargetUse use);
    static const char* expression_name(const Expr* expression);
    static Range span_of(const Located* first, const Located* last);
    static Range span_of(const Range& first, const Range& last);

    // parser_expr.cpp
    Expr* star_expressions();
    Expr* star_expression();
    Expr* star_named_expression();
    bool star_named_expressions(Buffer<Expr*>& out);
    Expr* assignment_expression();
    Expr* named_expression();
    Expr* plain_argument();
    Expr* expressions();
    Expr* expression();
    Expr* expression_without_invalid();
    Expr* disjunction();
    Expr* conjunction();
    Expr* inversion();
    Expr* comparison();
    bool comparison_operator(CompareOperator& op);
    Expr* bitwise_or();
    Expr* binary(int minimum);
    Expr* factor();
    Expr* power();
    Expr* await_primary();
    Expr* primary();
    Expr* slices();
    Expr* slice();
    Expr* starred_expression();
    Expr* starred_expression_of_bitwise_or();
    Expr* bool_op(uint32_t start, Expr* first, Kind keyword, BoolOperator op, Expr* (Parser::*operand)());
    Expr* yield_expr();
    Expr* lambdef();
    Expr* make_tuple(uint32_t start, Buffer<Expr*>& elements);
    Expr* element_or_tuple(Expr* (Parser::*element)());
    Name* make_name(const Token& token, ExprContext context = ExprContext::Load);
    Identifier identifier(const Token& token);
    Identifier accept_name();
    Constant* make_constant(const Range& range, ConstantKind kind);

    // parser_atom.cpp
    Expr* atom();
    Expr* number();
    Expr* strings();
    Expr* parenthesised();
    Expr* bracketed();
    Expr* braced();
    Expr* quick_braced();
    void broken_dict(uint32_t start);
    Expr* tuple();
    Expr* group();
    Expr* genexp();
    Expr* list();
    Expr* listcomp();
    Expr* dict();
    Expr* set();
    Expr* dictcomp();
    Expr* setcomp();
    bool kvpair(Expr*& key, Expr*& value);
    bool double_starred_kvpair(Expr*& key, Expr*& value);
    bool for_if_clauses(Seq<Comprehension*>& out);
    Comprehension* for_if_clause();
    template <class T>
    Expr* comprehension(uint32_t start, Expr* element, Seq<Comprehension*> generators);
    Expr* make_dict(uint32_t start, Buffer<Expr*>& keys, Buffer<Expr*>& values);

    // parser_call.cpp
    Expr* call(Expr* function, uint32_t start);
    Expr* comprehension_in_call(uint32_t open, Expr* element, Seq<Comprehension*> generators);
    Call* arguments();
    Call* args(Expr* first = nullptr);
    struct CallParts;
    bool kwargs(CallParts& parts);
    bool kwarg_or_starred(CallParts& parts);
    bool kwarg_or_double_starred(CallParts& parts);
    bool named_keyword(CallParts& parts);

    // parser_target.cpp
    Expr* star_targets();
    Expr* star_target();
    Expr* del_targets();
    bool star_targets_assigned();
    static bool is_target(const Expr* expression, bool allow_star);
    static bool is_del_target(const Expr* expression);
    static bool is_single_target(const Expr* expression);
    static void set_context(Expr* expression, ExprContext context);

    // parser_params.cpp
    Arguments* parameters(ParameterStyle style);
    bool param(ParameterStyle style, Arg*& arg);
    bool param_end(ParameterStyle style, Arg* arg);
    bool param_no_default(ParameterStyle style, Parameter& out);
    bool param_with_default(ParameterStyle style, Parameter& out);
    bool param_maybe_default(ParameterStyle style, Parameter& out);
    Expr* default_value();
    bool star_etc(ParameterStyle style, ParameterLists& lists);
    bool kwds(ParameterStyle style, ParameterLists& lists);
    static Kind closing(ParameterStyle style) {
        return style == ParameterStyle::Function ? Kind::RightParen : Kind::Colon;
    }

    // parser_simple.cpp
    bool statements(Buffer<Stmt*>& out);
    bool statement(Buffer<Stmt*>& out);
    bool simple_stmts(Buffer<Stmt*>& out);
    Stmt* simple_stmt();
    Stmt* expression_statement();
    Stmt* assignment_rest(uint32_t start, Expr* first);
    Stmt* annotated_assignment(uint32_t start, Expr* target, bool simple);
    Stmt* augmented_assignment(uint32_t start, Expr* target, Operator op);
    bool augassign(Operator& op);
    Stmt* return_stmt();
    Stmt* raise_stmt();
    Stmt* del_stmt();
    Stmt* assert_stmt();
    template <class T>
    Stmt* name_list_stmt();
    Alias* alias(uint32_t start, Identifier name);
    Stmt* import_name();
    Stmt* import_from();
    Identifier dotted_name();
    bool import_from_names(Buffer<Alias*>& out);
    bool import_from_as_names(Buffer<Alias*>& out);
    String accept_type_comment();

    // parser_compound.cpp
    Stmt* compound_stmt();
    bool block(Seq<Stmt*>& out);
    Stmt* if_stmt(Kind keyword);
    bool else_block(Seq<Stmt*>& out);
    Stmt* while_stmt();
    Stmt* for_stmt();
    Stmt* with_stmt();
    bool with_items(Buffer<WithItem*>& items);
    WithItem* with_item();
    Stmt* try_stmt();
    ExceptHandler* except_block(bool star);
    bool finally_block(Seq<Stmt*>& out);
    Stmt* decorated();
    Stmt* function_def(Seq<Expr*> decorators);
    Stmt* class_def(Seq<Expr*> decorators);
    String func_type_comment();

    // parser_pattern.cpp
    Stmt* match_stmt();
    bool match_may_start();
    Expr* subject_expr();
    MatchCase* case_block();
    Expr* guard();
    Pattern* patterns();
    Pattern* pattern();
    Pattern* as_pattern();
    Pattern* or_pattern();
    Pattern* closed_pattern();
    Pattern* closed_pattern_here();
    Pattern* name_pattern();
    Pattern* value_or_class_pattern();
    Pattern* class_pattern(Expr* cls, uint32_t start);
    Expr* name_or_attr();
    Expr* literal_number();
    Expr* signed_number();
    Pattern* group_or_sequence();
    Pattern* mapping_pattern();
    Expr* mapping_key();
    Pattern* star_pattern();
    Pattern* maybe_star_pattern();
    bool maybe_sequence(Buffer<Pattern*>& out, Kind closing_kind);
    Pattern* make_sequence(uint32_t start, Buffer<Pattern*>& patterns);
    Identifier capture_target();

    // parser_invalid_expr.cpp, parser_invalid_params.cpp, parser_invalid_stmt.cpp: the error rules.
    // Each leaves mark_ as it was; afterwards `failed_` tells whether an error was raised.
    bool invalid_expression();
    bool invalid_legacy_expression();
    bool invalid_named_expression();
    bool invalid_group();
    bool invalid_comprehension();
    bool invalid_dict_comprehension();
    bool invalid_double_starred_kvpairs();
    bool invalid_kvpair(bool first);
    bool keyword_with_comprehension(uint32_t start);
    static const Expr* last_of(const Comprehension* clause);
    bool invalid_arguments();
    bool invalid_kwarg();
    bool invalid_for_target();
    bool invalid_parameters(ParameterStyle style);
    bool invalid_slash(ParameterStyle style, uint32_t start);
    bool slash_parameters(ParameterStyle style, bool& with_default);
    int skip_parameters(ParameterStyle style);
    void skip_plain_parameters(ParameterStyle style);
    bool invalid_star_etc(ParameterStyle style);
    bool invalid_kwds(ParameterStyle style);
    bool invalid_assignment();
    bool invalid_ann_assign_target(Expr*& out);
    bool invalid_del_stmt();
    bool invalid_block();
    bool invalid_with_item();
    bool invalid_with_stmt();
    bool invalid_with_stmt_indent();
    bool invalid_header(Kind keyword);
    bool invalid_for_stmt();
    bool invalid_try_stmt();
    bool mixed_except(bool star);
    bool invalid_except_stmt();
    bool invalid_except_stmt_indent();
    bool invalid_def_raw();
    bool invalid_class_def_raw();
    bool invalid_match_stmt();
    bool invalid_case_block();
    bool invalid_as_pattern();
    bool invalid_class_pattern();
    bool expected_block(uint32_t keyword, const char* what);
    bool with_header_items(bool parenthesised);

    bool diagnose() const { return diagnosing_ && invalid_rules_; }
    // Runs an error rule from the current position and comes back; true: an error was raised, the caller returns null.
    template <class F>
    bool raises(F rule) {
        if (!diagnose() || failed_) return failed_;
        uint32_t start = mark_;
        (this->*rule)();
        mark_ = start;
        return failed_;
    }
    template <class F, class A>
    bool raises(F rule, A argument) {
        if (!diagnose() || failed_) return failed_;
        uint32_t start = mark_;
        (this->*rule)(argument);
        mark_ = start;
        return failed_;
    }

    Lexer& lexer_;
    Arena& arena_;
    const ParseOptions& options_;
    StartRule rule_;
    FStringPlace place_;
    // Where the f-string's last field began: the token, the field, the newline before it (or the token), newlines so far.
    struct {
        const char *token = nullptr, *end = nullptr, *line = nullptr;
        int lines = 0;
    } fields_seen_;
    Buffer<Token> tokens_;
    uint32_t mark_ = 0;
    uint32_t limit_ = 0;  // tokens read; 0 once an error is raised, so that nothing matches any more
    bool failed_ = false;
    bool diagnosing_ = false;
    bool remembering_ = false;  // memo in use: in the second pass, and once something failed that is read twice
    bool invalid_rules_ = true;
    bool started_ = false;  // interactive: a token other than the end has been seen
    bool byte_columns_ = false;
    int depth_ = 0;
    SyntaxProblem problem_;
    Buffer<Warning> warnings_;
    Buffer<TypeIgnore*> type_ignores_;
    MemoEntry** memo_ = nullptr;
    uint32_t memo_size_ = 0;
};

}  // namespace py::parser
