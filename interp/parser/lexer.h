// Lexer: Python 3.11 source (UTF-8, newlines already '\n', no null bytes) → tokens, one at a time ("Lexical analysis"
// in the language reference). Positions and failures are those of CPython's tokenizer, which error texts depend on.
#pragma once

#include "interp/parser/parser.h"

namespace py::parser {

enum class Kind : uint8_t {
#define TOKEN(name, text) name,
#include "interp/parser/tokens.def"
};
// The spelling of an operator or keyword.
const char* spelling(Kind kind);

struct Token {
    Kind kind;
    uint8_t non_ascii;  // Name: has bytes beyond ASCII
    uint16_t level;     // open brackets after this token
    int lineno;
    int col_offset;  // -1: the token has no text (Indent, Dedent, EndMarker)
    int end_lineno;
    int end_col_offset;
    const char* start;  // into the lexer's text
    const char* end;

    std::string_view text() const { return {start, static_cast<size_t>(end - start)}; }
};
inline ast::Range range_of(const Token& t) {
    return {t.lineno, t.col_offset, t.end_lineno, t.end_col_offset};
}

// Why the lexer has stopped, or Ok.
enum class Done : uint8_t {
    Ok,
    Eof,
    Error,        // `problem` says what
    Dedent,       // unindent does not match any outer indentation level
    TabSpace,     // inconsistent use of tabs and spaces
    TooDeep,      // too many levels of indentation
    LineCont,     // character after a line continuation
    Undecodable,  // a name that is not UTF-8
};

struct LexerOptions {
    bool type_comments = false;
    bool async_names = false;  // feature_version < 7: async and await are names outside `async def`
    bool interactive = false;
    int first_line = 1;  // line number of the text's first line
};

class Lexer {
  public:
    static constexpr int kMaxIndent = 100;
    static constexpr int kMaxLevel = 200;

    // `text` must be NUL-terminated and outlive the tokens.
    Lexer(std::string_view text, Arena& arena, const LexerOptions& options);

    // The next token; Kind::Error with `done()` set when there is none. After EndMarker it goes on giving EndMarker.
    Kind next(Token& token);

    // Ends every open block with Dedents before the end of the input (a statement typed at a prompt is complete).
    void imply_dedents();

    // From here on the text's end is no error inside brackets.
    void end_anywhere() { ends_anywhere_ = true; }

    Done done() const { return done_; }
    // The text ended where more of it could have gone on: at its end, or inside a string.
    bool at_end_of_source() const { return done_ == Done::Eof || string_cut_off_; }
    const SyntaxProblem& problem() const { return problem_; }
    int level() const { return level_; }
    int indent() const { return indent_; }
    struct Bracket {
        char character;
        int lineno;
        int column;
    };
    const Bracket& innermost_bracket() const { return brackets_[level_ - 1]; }
    int lineno() const { return lineno_; }
    // The bytes of the token that `done()` is about.
    std::string_view pending_text() const { return {start_, static_cast<size_t>(cur_ - start_)}; }
    // Bytes from the start of the line, and from the start of the logical line, to where the lexer stands.
    int column() const { return static_cast<int>(cur_ - line_start_); }
    int buffer_column() const { return static_cast<int>(cur_ - buffer_); }
    // From the start of the logical line to the end of the line the lexer stands on.
    std::string_view buffered() const;
    bool at_buffer_start() const { return cur_ == buffer_; }
    // Only white space and comments are left.
    bool only_blank_follows() const;
    std::string_view text() const { return text_; }
    ast::Buffer<Warning>& warnings() { return warnings_; }

  private:
    Kind scan();
    void begin_line();
    bool read_indentation(bool& blank);
    bool continuation();
    Kind scan_comment(bool blank);
    Kind scan_name();
    Kind scan_string(char quote);
    Kind scan_number(int c);
    Kind scan_zero();
    Kind scan_fraction();
    Kind scan_exponent();
    Kind scan_imaginary();
    Kind scan_radix(const char* name, int radix);
    bool decimal_tail();
    bool end_of_number(const char* name);
    Kind scan_operator(int c);
    Kind open_bracket(char c);
    Kind close_bracket(char c);
    Kind async_or_name(Kind kind);
    bool verify_identifier();
    Kind fail(Done done);
    [[gnu::cold, gnu::noinline]] Kind error(const char* format, ...);
    [[gnu::cold, gnu::noinline]] Kind error_range(int offset, int end_offset, std::string_view message);
    void to_line_end();
    bool is_empty_string(Kind kind) const;

    std::string_view text_;
    Arena& arena_;
    LexerOptions options_;
    const char* cur_;
    const char* end_;
    const char* line_start_;
    const char* buffer_;  // start of the line that began while no token was open
    const char* start_ = nullptr;
    const char* token_start_ = nullptr;  // null: the token has no text
    const char* token_end_ = nullptr;
    const char* string_line_start_ = nullptr;
    int string_lineno_ = 0;
    int lineno_ = 0;
    int level_ = 0;
    int indent_ = 0;
    int pending_ = 0;  // > 0 Indents, < 0 Dedents still to give
    bool at_line_start_ = true;
    bool ends_anywhere_ = false;
    bool string_cut_off_ = false;
    bool non_ascii_ = false;
    bool in_async_def_ = false;
    bool async_def_newline_ = false;
    int async_def_indent_ = 0;
    Done done_ = Done::Ok;
    SyntaxProblem problem_;
    ast::Buffer<Warning> warnings_;
    int indents_[kMaxIndent];
    int alternative_indents_[kMaxIndent];
    Bracket brackets_[kMaxLevel];
};

}  // namespace py::parser
