// Lines, indentation, names, strings, operators and brackets; numbers are in lexer_number.cpp.
#include "interp/parser/lexer.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "interp/parser/char_class.h"
#include "interp/parser/unicode.h"

namespace py::parser {
namespace {

constexpr const char* kSpellings[] = {
#define TOKEN(name, text) text,
#include "interp/parser/tokens.def"
};

struct KeywordRow {
    const char* text;
    uint8_t length;
    Kind kind;
};
constexpr KeywordRow kKeywords[] = {
#define KEYWORD(name, text) {text, sizeof(text) - 1, Kind::name},
#include "interp/parser/tokens.def"
};

// Keywords by first letter and length; the table is tiny, so chains are short.
struct KeywordIndex {
    int8_t first[128];
    int8_t next[sizeof(kKeywords) / sizeof(*kKeywords)];
};
constexpr KeywordIndex build_keyword_index() {
    KeywordIndex index{};
    for (auto& slot : index.first)
        slot = -1;
    for (size_t i = 0; i < sizeof(kKeywords) / sizeof(*kKeywords); i++) {
        auto letter = static_cast<unsigned char>(kKeywords[i].text[0]);
        index.next[i] = index.first[letter];
        index.first[letter] = static_cast<int8_t>(i);
    }
    return index;
}
constexpr KeywordIndex kKeywordIndex = build_keyword_index();

Kind keyword_or_name(const char* text, size_t length) {
    for (int i = kKeywordIndex.first[static_cast<unsigned char>(*text)]; i >= 0; i = kKeywordIndex.next[i])
        if (kKeywords[i].length == length && std::memcmp(kKeywords[i].text, text, length) == 0)
            return kKeywords[i].kind;
    return Kind::Name;
}

// Tokens whose end CPython finds by looking at the next character, and so meets the end of the text one token early;
// is_end_of_source and the search for later errors depend on it.
bool looks_ahead(Kind kind) {
    switch (kind) {
        case Kind::String:
        case Kind::Newline:
        case Kind::Ellipsis:
        case Kind::LeftShiftEqual:
        case Kind::RightShiftEqual:
        case Kind::DoubleStarEqual:
        case Kind::DoubleSlashEqual:
        case Kind::Indent:
        case Kind::Dedent:
        case Kind::Error: return false;
        default: return true;
    }
}

}  // namespace

const char* spelling(Kind kind) {
    return kSpellings[static_cast<size_t>(kind)];
}

Lexer::Lexer(std::string_view text, Arena& arena, const LexerOptions& options)
    : text_(text),
      arena_(arena),
      options_(options),
      cur_(text.data()),
      end_(text.data() + text.size()),
      line_start_(cur_),
      buffer_(cur_),
      lineno_(options.first_line - 1) {
    indents_[0] = 0;
    alternative_indents_[0] = 0;
}

Kind Lexer::fail(Done done) {
    done_ = done;
    return Kind::Error;
}

Kind Lexer::error(const char* format, ...) {
    char message[300];
    va_list args;
    va_start(args, format);
    int length = std::vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t shown = static_cast<size_t>(length) < sizeof message ? static_cast<size_t>(length) : sizeof message - 1;
    return error_range(-1, -1, {message, shown});
}

// Offsets are byte counts from the line's start; -1: where the lexer stands, in code points.
Kind Lexer::error_range(int offset, int end_offset, std::string_view message) {
    problem_.kind = ProblemKind::SyntaxError;
    problem_.message = arena_.copy(message);
    problem_.lineno = problem_.end_lineno = lineno_;
    problem_.offset = offset == -1 ? count_code_points({line_start_, static_cast<size_t>(cur_ - line_start_)}) : offset;
    problem_.end_offset = end_offset == -1 ? problem_.offset : end_offset;
    size_t length = std::strcspn(line_start_, "\n");
    problem_.text = replace_malformed({line_start_, length}, arena_);
    problem_.has_text = true;
    return fail(Done::Error);
}

void Lexer::to_line_end() {
    const char* newline = static_cast<const char*>(std::memchr(cur_, '\n', static_cast<size_t>(end_ - cur_)));
    if (cur_ > line_start_ && cur_[-1] == '\n') return;
    cur_ = newline != nullptr ? newline + 1 : end_;
}

// The line number grows when the first character of a line is looked at, so it never passes the last line.
void Lexer::begin_line() {
    if (cur_ == end_) return;
    if (start_ == nullptr) buffer_ = cur_;
    line_start_ = cur_;
    lineno_++;
}

// "" or '': a third quote is looked for.
bool Lexer::is_empty_string(Kind kind) const {
    if (kind != Kind::String) return false;
    const char* p = start_;
    while (*p != '"' && *p != '\'')
        p++;
    return token_end_ - p == 2;
}

std::string_view Lexer::buffered() const {
    if (string_cut_off_) return {buffer_, static_cast<size_t>(end_ - buffer_)};
    const char* p = cur_;
    while (p < end_ && (p == buffer_ || p[-1] != '\n'))
        p++;
    return {buffer_, static_cast<size_t>(p - buffer_)};
}

bool Lexer::only_blank_follows() const {
    for (const char* p = cur_;; p++) {
        while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\f')
            p++;
        if (*p == 0) return true;
        if (*p != '#') return false;
        while (*p != 0 && *p != '\n')
            p++;
        if (*p == 0) return true;
    }
}

void Lexer::imply_dedents() {
    pending_ = -indent_;
    indent_ = 0;
}

Kind Lexer::next(Token& token) {
    token_start_ = token_end_ = nullptr;
    non_ascii_ = false;
    Kind kind = scan();
    if (cur_ == end_ && done_ == Done::Ok && (looks_ahead(kind) || is_empty_string(kind))) done_ = Done::Eof;
    bool is_string = kind == Kind::String;
    const char* line_start = is_string ? string_line_start_ : line_start_;
    token.kind = kind;
    token.non_ascii = non_ascii_;
    token.level = static_cast<uint16_t>(level_);
    token.lineno = is_string ? string_lineno_ : lineno_;
    token.col_offset =
        token_start_ != nullptr && token_start_ >= line_start ? static_cast<int>(token_start_ - line_start) : -1;
    token.end_lineno = lineno_;
    token.end_col_offset =
        token_end_ != nullptr && token_end_ >= line_start_ ? static_cast<int>(token_end_ - line_start_) : -1;
    token.start = token_start_;
    token.end = token_end_;
    return kind;
}

// Measures a line's indentation and queues Indents or Dedents. `blank`: nothing but white space or a comment stands on
// it.
bool Lexer::read_indentation(bool& blank) {
    int column = 0;
    int alternative = 0;  // with tabs one column wide; both measures must agree
    int continued_column = 0;
    for (;;) {
        char c = *cur_;
        if (c == ' ') {
            column++;
            alternative++;
        } else if (c == '\t') {
            column = (column / 8 + 1) * 8;
            alternative++;
        } else if (c == '\f') {
            column = alternative = 0;
        } else if (c == '\\') {
            continued_column = continued_column != 0 ? continued_column : column;
            cur_++;
            if (!continuation()) return false;
            continue;
        } else {
            break;
        }
        cur_++;
    }
    char c = *cur_;
    if (c == '#' || c == '\n') {
        if (!(column == 0 && c == '\n' && options_.interactive)) blank = true;
    }
    if (cur_ == end_) done_ = Done::Eof;
    if (blank || level_ > 0) return true;
    if (continued_column != 0) column = alternative = continued_column;
    if (column == indents_[indent_]) {
        if (alternative != alternative_indents_[indent_]) return fail(Done::TabSpace), false;
        return true;
    }
    if (column > indents_[indent_]) {
        if (indent_ + 1 >= kMaxIndent) {
            to_line_end();
            return fail(Done::TooDeep), false;
        }
        if (alternative <= alternative_indents_[indent_]) return fail(Done::TabSpace), false;
        pending_++;
        indents_[++indent_] = column;
        alternative_indents_[indent_] = alternative;
        return true;
    }
    while (indent_ > 0 && column < indents_[indent_]) {
        pending_--;
        indent_--;
    }
    if (column != indents_[indent_]) {
        to_line_end();
        return fail(Done::Dedent), false;
    }
    if (alternative != alternative_indents_[indent_]) return fail(Done::TabSpace), false;
    return true;
}

// After a backslash: a newline and at least one more character must follow.
bool Lexer::continuation() {
    if (*cur_ != '\n') {
        if (cur_ != end_) cur_++;
        fail(Done::LineCont);
        return false;
    }
    cur_++;
    begin_line();
    if (cur_ == end_) {
        fail(Done::Eof);
        return false;
    }
    return true;
}

// NOTE: over 60 lines, for it is one loop with its re-entry points.
Kind Lexer::scan() {
    if (done_ != Done::Ok && done_ != Done::Eof) return Kind::Error;
    bool blank;
next_line:
    start_ = nullptr;
    blank = false;
    if (at_line_start_) {
        at_line_start_ = false;
        begin_line();
        if (!read_indentation(blank)) {
            if (done_ == Done::TabSpace) to_line_end();
            return Kind::Error;
        }
    }
    if (pending_ < 0) {
        pending_++;
        return Kind::Dedent;
    }
    if (pending_ > 0) {
        pending_--;
        return Kind::Indent;
    }
    // A type comment at a function's start sets no indentation; the newline behind it does not end the function.
    if (in_async_def_ && !blank && *cur_ != '\n' && level_ == 0 && async_def_newline_ && async_def_indent_ >= indent_)
        in_async_def_ = async_def_newline_ = false;
again:
    start_ = nullptr;
    while (*cur_ == ' ' || *cur_ == '\t' || *cur_ == '\f')
        cur_++;
    start_ = cur_;
    if (*cur_ == '#') {
        Kind comment = scan_comment(blank);
        if (comment != Kind::EndMarker) return comment;
    }
    unsigned char c = static_cast<unsigned char>(*cur_);
    if (is_name_start(c)) return scan_name();
    if (c == '\n') {
        cur_++;
        at_line_start_ = true;
        if (blank || level_ > 0) goto next_line;
        token_start_ = start_;
        token_end_ = cur_ - 1;
        if (in_async_def_) async_def_newline_ = true;
        return Kind::Newline;
    }
    if (c == 0 && cur_ == end_) {
        done_ = Done::Eof;
        return level_ > 0 && !ends_anywhere_ ? Kind::Error : Kind::EndMarker;
    }
    if (is_digit(c) || (c == '.' && is_digit(static_cast<unsigned char>(cur_[1])))) {
        cur_++;
        return scan_number(c);
    }
    if (c == '\'' || c == '"') return scan_string(static_cast<char>(c));
    if (c == '\\') {
        cur_++;
        if (!continuation()) return Kind::Error;
        goto again;
    }
    cur_++;
    return scan_operator(c);
}

// At '#'. EndMarker: an ordinary comment has been skipped.
Kind Lexer::scan_comment(bool blank) {
    const char* newline = static_cast<const char*>(std::memchr(cur_, '\n', static_cast<size_t>(end_ - cur_)));
    const char* comment = cur_;
    cur_ = newline != nullptr ? newline : end_;
    if (!options_.type_comments) return Kind::EndMarker;
    const char* p = comment;
    const char* prefix = "# type: ";
    const char* limit = newline != nullptr ? newline + 1 : end_;
    for (; *prefix != 0 && p < limit; prefix++) {
        if (*prefix == ' ') {
            while (*p == ' ' || *p == '\t')
                p++;
        } else if (*prefix == *p) {
            p++;
        } else {
            break;
        }
    }
    if (*prefix != 0) return Kind::EndMarker;
    const char* ignore_end = p + 6;
    bool is_ignore =
        cur_ >= ignore_end && std::memcmp(p, "ignore", 6) == 0 &&
        !(cur_ > ignore_end && (static_cast<signed char>(*ignore_end) < 0 || is_alphanumeric(*ignore_end)));
    token_start_ = is_ignore ? ignore_end : p;
    token_end_ = cur_;
    if (!is_ignore) return Kind::TypeComment;
    if (blank) {
        if (cur_ != end_) cur_++;
        at_line_start_ = true;
    }
    return Kind::TypeIgnore;
}

// A name, a keyword, or a string with a prefix.
Kind Lexer::scan_name() {
    const char* p = cur_;
    bool bytes = false, raw = false, unicode = false, format = false;
    for (;; p++) {
        char c = *p;
        if (!(bytes || unicode || format) && (c == 'b' || c == 'B'))
            bytes = true;
        else if (!(bytes || unicode || raw || format) && (c == 'u' || c == 'U'))
            unicode = true;
        else if (!(raw || unicode) && (c == 'r' || c == 'R'))
            raw = true;
        else if (!(format || bytes || unicode) && (c == 'f' || c == 'F'))
            format = true;
        else
            break;
    }
    if (*p == '"' || *p == '\'') {
        cur_ = p;
        return scan_string(*p);
    }
    unsigned char seen = 0;
    while (is_name_part(static_cast<unsigned char>(*p)))
        seen |= static_cast<unsigned char>(*p++);
    cur_ = p;
    if (seen >= 128) {
        non_ascii_ = true;
        if (!verify_identifier()) return Kind::Error;
    }
    token_start_ = start_;
    token_end_ = cur_;
    size_t length = static_cast<size_t>(cur_ - start_);
    if (length > 8 || length < 2 || non_ascii_) return Kind::Name;
    Kind kind = keyword_or_name(start_, length);
    if (options_.async_names && (kind == Kind::Async || kind == Kind::Await)) return async_or_name(kind);
    return kind;
}

// Before 3.7 async and await are keywords inside `async def` only.
Kind Lexer::async_or_name(Kind kind) {
    if (in_async_def_) return kind;
    if (kind == Kind::Await) return Kind::Name;
    const char* p = cur_;
    while (*p == ' ' || *p == '\t' || *p == '\f')
        p++;
    if (std::strncmp(p, "def", 3) != 0 || is_name_part(static_cast<unsigned char>(p[3]))) return Kind::Name;
    in_async_def_ = true;
    async_def_newline_ = false;
    async_def_indent_ = indent_;
    return Kind::Async;
}

bool Lexer::verify_identifier() {
    const char* p = start_;
    size_t length = static_cast<size_t>(cur_ - start_);
    if (valid_utf8_prefix({start_, length}) != length) {
        fail(Done::Undecodable);
        return false;
    }
    bool first = true;
    while (p < cur_) {
        const char* character = p;
        uint32_t code = decode_utf8(p, cur_);
        bool valid = first ? code == '_' || is_identifier_start(code) : is_identifier_part(code);
        first = false;
        if (valid) continue;
        if (p < cur_) cur_ = p;
        if (is_printable(code))
            error("invalid character '%.*s' (U+%04X)", static_cast<int>(p - character), character, code);
        else
            error("invalid non-printable character U+%04X", code);
        return false;
    }
    return true;
}

// At the opening quote; start_ stands before the prefix.
Kind Lexer::scan_string(char quote) {
    string_lineno_ = lineno_;
    string_line_start_ = line_start_;
    bool triple = cur_[1] == quote && cur_[2] == quote;
    cur_ += triple ? 3 : 1;
    int closing = 0;
    int wanted = triple ? 3 : 1;
    while (closing != wanted) {
        char c = *cur_;
        if (c == 0 && cur_ != end_) return error("invalid non-printable character U+%04X", 0);
        if ((c == '\n' && !triple) || c == 0) {
            cur_ = start_ + 1;
            line_start_ = string_line_start_;
            int detected = lineno_;
            lineno_ = string_lineno_;
            string_cut_off_ = c != '\n';
            return error(triple ? "unterminated triple-quoted string literal (detected at line %d)"
                                : "unterminated string literal (detected at line %d)",
                         detected);
        }
        cur_++;
        if (c == quote) {
            closing++;
            continue;
        }
        closing = 0;
        if (c == '\\' && cur_ != end_) c = *cur_++;
        if (c == '\n') begin_line();
    }
    token_start_ = start_;
    token_end_ = cur_;
    return Kind::String;
}

Kind Lexer::open_bracket(char c) {
    if (level_ >= kMaxLevel) return error("too many nested parentheses");
    brackets_[level_++] = {c, lineno_, static_cast<int>(start_ - line_start_)};
    return c == '(' ? Kind::LeftParen : c == '[' ? Kind::LeftBracket : Kind::LeftBrace;
}

Kind Lexer::close_bracket(char c) {
    if (level_ == 0) return error("unmatched '%c'", c);
    const Bracket& open = brackets_[--level_];
    char expected = open.character == '(' ? ')' : open.character == '[' ? ']' : '}';
    if (c != expected) {
        if (open.lineno != lineno_)
            return error("closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", c,
                         open.character, open.lineno);
        return error("closing parenthesis '%c' does not match opening parenthesis '%c'", c, open.character);
    }
    return c == ')' ? Kind::RightParen : c == ']' ? Kind::RightBracket : Kind::RightBrace;
}

// `c` has been consumed. The longest operator wins.
Kind Lexer::scan_operator(int c) {
    auto one = [this](Kind kind) {
        token_start_ = start_;
        token_end_ = cur_;
        return kind;
    };
    auto longer = [this, &one](size_t more, Kind kind) {
        cur_ += more;
        return one(kind);
    };
    char d = *cur_;
    char e = d != 0 ? cur_[1] : 0;
    switch (c) {
        case '(':
        case '[':
        case '{': return one(open_bracket(static_cast<char>(c)));
        case ')':
        case ']':
        case '}': return one(close_bracket(static_cast<char>(c)));
        case ':': return d == '=' ? longer(1, Kind::ColonEqual) : one(Kind::Colon);
        case ',': return one(Kind::Comma);
        case ';': return one(Kind::Semicolon);
        case '.':
            if (d == '.' && cur_ + 1 == end_) done_ = Done::Eof;
            return d == '.' && e == '.' ? longer(2, Kind::Ellipsis) : one(Kind::Dot);
        case '=': return d == '=' ? longer(1, Kind::EqualEqual) : one(Kind::Equal);
        case '+': return d == '=' ? longer(1, Kind::PlusEqual) : one(Kind::Plus);
        case '-':
            if (d == '>') return longer(1, Kind::Arrow);
            return d == '=' ? longer(1, Kind::MinusEqual) : one(Kind::Minus);
        case '*':
            if (d == '*') return e == '=' ? longer(2, Kind::DoubleStarEqual) : longer(1, Kind::DoubleStar);
            return d == '=' ? longer(1, Kind::StarEqual) : one(Kind::Star);
        case '/':
            if (d == '/') return e == '=' ? longer(2, Kind::DoubleSlashEqual) : longer(1, Kind::DoubleSlash);
            return d == '=' ? longer(1, Kind::SlashEqual) : one(Kind::Slash);
        case '<':
            if (d == '<') return e == '=' ? longer(2, Kind::LeftShiftEqual) : longer(1, Kind::LeftShift);
            if (d == '>') return longer(1, Kind::NotEqual);
            return d == '=' ? longer(1, Kind::LessEqual) : one(Kind::Less);
        case '>':
            if (d == '>') return e == '=' ? longer(2, Kind::RightShiftEqual) : longer(1, Kind::RightShift);
            return d == '=' ? longer(1, Kind::GreaterEqual) : one(Kind::Greater);
        case '@': return d == '=' ? longer(1, Kind::AtEqual) : one(Kind::At);
        case '%': return d == '=' ? longer(1, Kind::PercentEqual) : one(Kind::Percent);
        case '&': return d == '=' ? longer(1, Kind::AmpersandEqual) : one(Kind::Ampersand);
        case '|': return d == '=' ? longer(1, Kind::BarEqual) : one(Kind::Bar);
        case '^': return d == '=' ? longer(1, Kind::CaretEqual) : one(Kind::Caret);
        case '~': return one(Kind::Tilde);
        case '!': return d == '=' ? longer(1, Kind::NotEqual) : one(Kind::Other);
        default: break;
    }
    if (c < ' ' || c == 127) return error("invalid non-printable character U+%04X", c);
    return one(Kind::Other);
}

}  // namespace py::parser
