// Raising SyntaxErrors with CPython's positions, and what follows a failure of both passes.
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "interp/parser/grammar.h"
#include "interp/parser/unicode.h"

namespace py::parser {
namespace {

struct Message {
    char text[400];
    size_t length;
    std::string_view view() const { return {text, length < sizeof text ? length : sizeof text - 1}; }
};

Message format_message(const char* format, va_list args) {
    Message message;
    message.length = static_cast<size_t>(std::vsnprintf(message.text, sizeof message.text, format, args));
    return message;
}

}  // namespace

int to_code_points(std::string_view line, int column) {
    if (column <= 0) return column;
    size_t bytes = static_cast<size_t>(column);
    if (bytes > line.size()) return count_code_points(line) + 1;
    return count_code_points(line.substr(0, bytes));
}

// The line the error names; what the lexer has buffered when it still stands there.
void Parser::fill_text(int lineno) {
    problem_.has_text = true;
    if (!options_.interactive && lexer_.lineno() <= lineno && !lexer_.buffered().empty()) {
        problem_.text = replace_malformed(lexer_.buffered(), arena_);
        return;
    }
    std::string_view text = lexer_.text();
    for (int line = rule_ == StartRule::FString ? place_.lineno : 1; line < lineno; line++) {
        size_t newline = text.find('\n');
        if (newline == text.npos) break;
        text.remove_prefix(newline + 1);
    }
    problem_.text = replace_malformed(text.substr(0, text.find('\n')), arena_);
}

// Columns are bytes counted from 1.
std::nullptr_t Parser::raise_known(ProblemKind kind, int lineno, int column, int end_lineno, int end_column,
                                   std::string_view message) {
    if (failed_) return nullptr;
    failed_ = true;
    limit_ = 0;
    problem_ = {};
    problem_.kind = kind;
    problem_.lineno = lineno;
    problem_.end_lineno = end_lineno;
    problem_.found_by_grammar = rule_ == StartRule::File;
    fill_text(lineno);
    if (rule_ == StartRule::FString) {
        Buffer<char> text;
        text.append("f-string: ", 10);
        text.append(message.data(), message.size());
        problem_.message = arena_.copy({text.data(), text.size()});
        column -= place_.col_offset;
        end_column -= place_.col_offset;
    } else {
        problem_.message = arena_.copy(message);
    }
    problem_.column = byte_columns_ ? -1 : column;
    problem_.end_column = end_column;
    problem_.offset = byte_columns_ ? column : to_code_points(problem_.text, column);
    problem_.end_offset = byte_columns_ ? end_column : to_code_points(problem_.text, end_column);
    return nullptr;
}

std::nullptr_t Parser::raise_last_token(ProblemKind kind, std::string_view message) {
    if (tokens_.empty()) return raise_known(kind, 0, 0, 0, -1, message);
    const Token& t = tokens_.back();
    // A program file's last line is no longer in the buffer at its end.
    bool no_line = lexer_.at_buffer_start() || (!options_.file.empty() && t.kind != Kind::Error && lexer_.at_end_of_source());
    int column = t.col_offset == -1 ? (no_line ? 0 : lexer_.column()) : t.col_offset + 1;
    int end_column = t.end_col_offset == -1 ? -1 : t.end_col_offset + 1;
    return raise_known(kind, t.lineno, column, t.end_lineno, end_column, message);
}

std::nullptr_t Parser::raise(const char* format, ...) {
    va_list args;
    va_start(args, format);
    Message message = format_message(format, args);
    va_end(args);
    return raise_last_token(ProblemKind::SyntaxError, message.view());
}

std::nullptr_t Parser::raise_indentation(const char* format, ...) {
    va_list args;
    va_start(args, format);
    Message message = format_message(format, args);
    va_end(args);
    return raise_last_token(ProblemKind::IndentationError, message.view());
}

std::nullptr_t Parser::raise_at(const Range& range, const char* format, ...) {
    va_list args;
    va_start(args, format);
    Message message = format_message(format, args);
    va_end(args);
    return raise_known(ProblemKind::SyntaxError, range.lineno, range.col_offset + 1, range.end_lineno,
                       range.end_col_offset + 1, message.view());
}

std::nullptr_t Parser::raise_from(const Range& range, const char* format, ...) {
    va_list args;
    va_start(args, format);
    Message message = format_message(format, args);
    va_end(args);
    return raise_known(ProblemKind::SyntaxError, range.lineno, range.col_offset + 1, lexer_.lineno(), lexer_.column(),
                       message.view());
}

Range Parser::span_of(const Range& first, const Range& last) {
    return {first.lineno, first.col_offset, last.end_lineno, last.end_col_offset};
}

Range Parser::span_of(const Located* first, const Located* last) {
    return span_of(range_of(first), range_of(last));
}

// The lexer has given Kind::Error, which is the last token now.
void Parser::tokenizer_error() {
    if (failed_) return;
    int column = 0;
    ProblemKind kind = ProblemKind::SyntaxError;
    const char* message = "unknown parsing error";
    switch (lexer_.done()) {
        case Done::Error:
            problem_ = lexer_.problem();
            failed_ = true;
            limit_ = 0;
            return;
        case Done::Eof:
            if (lexer_.level() > 0)
                unclosed_bracket();
            else
                raise("unexpected EOF while parsing");
            return;
        case Done::Dedent: raise_indentation("unindent does not match any outer indentation level"); return;
        case Done::TabSpace:
            kind = ProblemKind::TabError;
            message = "inconsistent use of tabs and spaces in indentation";
            break;
        case Done::TooDeep:
            kind = ProblemKind::IndentationError;
            message = "too many levels of indentation";
            break;
        case Done::LineCont:
            column = lexer_.buffer_column() - 1;
            message = "unexpected character after line continuation character";
            break;
        case Done::Undecodable: raise_not_utf8(lexer_.pending_text()); return;
        case Done::Ok: break;
    }
    raise_known(kind, lexer_.lineno(), (column >= 0 ? column : 0) + 1, lexer_.lineno(), 0, message);
}

// Bytes that the UTF-8 decoder refuses, with its message.
std::nullptr_t Parser::raise_not_utf8(std::string_view bytes) {
    Utf8Error error = find_utf8_error(bytes);
    if (error.first == error.last)
        return raise("(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                     static_cast<unsigned char>(bytes[error.first]), error.first, error.reason);
    return raise("(unicode error) 'utf-8' codec can't decode bytes in position %zu-%zu: %s", error.first, error.last,
                 error.reason);
}

void Parser::unclosed_bracket() {
    const Lexer::Bracket& bracket = lexer_.innermost_bracket();
    char message[40];
    int length = std::snprintf(message, sizeof message, "'%c' was never closed", bracket.character);
    raise_known(ProblemKind::SyntaxError, bracket.lineno, bracket.column + 1, bracket.lineno, 0,
                {message, static_cast<size_t>(length)});
}

// Neither pass has raised anything; `last` is how far the first one had read.
void Parser::set_generic_error(const Token& last) {
    if (tokens_.empty()) {
        raise("error at start before reading any input");
    } else if (last.kind == Kind::Indent) {
        raise_indentation("unexpected indent");
    } else if (last.kind == Kind::Dedent) {
        raise_indentation("unexpected unindent");
    } else {
        raise_at(range_of(last), "invalid syntax");
        check_rest_of_source();
    }
}

// An error of the lexer further on, or an open bracket before the error, says more than the parser's error.
void Parser::check_rest_of_source() {
    if (options_.interactive) return;
    SyntaxProblem found = problem_;
    int error_line = tokens_.empty() ? 0 : tokens_.back().lineno;
    Token next;
    Kind kind;
    do {
        kind = lexer_.next(next);
    } while (kind != Kind::Error && kind != Kind::EndMarker);
    take_warnings();
    if (kind != Kind::Error) return;
    if (lexer_.done() == Done::Error) {
        problem_ = lexer_.problem();
    } else if (lexer_.done() == Done::Undecodable) {
        problem_.kind = ProblemKind::UndecodableName;
        problem_.text = lexer_.pending_text();
    } else if (lexer_.level() > 0 && error_line > lexer_.innermost_bracket().lineno) {
        failed_ = false;
        unclosed_bracket();
    } else {
        problem_ = found;
    }
}

// True; or raises when the feature is newer than the version asked for.
bool Parser::version(int minor, const char* what) {
    if (options_.feature_version >= minor) return true;
    if (!failed_) raise("%s only supported in Python 3.%d and greater", what, minor);
    return false;
}

// The first part of `expression` that cannot be a target; null when all can.
Expr* Parser::invalid_target(Expr* expression, TargetUse use) {
    if (expression == nullptr) return nullptr;
    auto first_of = [use](Seq<Expr*> elements) -> Expr* {
        for (Expr* element : elements)
            if (Expr* found = invalid_target(element, use)) return found;
        return nullptr;
    };
    switch (expression->node_kind) {
        case NodeKind::List: return first_of(as<List>(expression)->elts);
        case NodeKind::Tuple: return first_of(as<Tuple>(expression)->elts);
        case NodeKind::Starred:
            return use == TargetUse::Delete ? expression : invalid_target(as<Starred>(expression)->value, use);
        case NodeKind::Compare: {
            if (use != TargetUse::For) return expression;
            auto* compare = as<Compare>(expression);
            return compare->ops[0] == CompareOperator::In ? invalid_target(compare->left, use) : nullptr;
        }
        case NodeKind::Name:
        case NodeKind::Subscript:
        case NodeKind::Attribute: return nullptr;
        default: return expression;
    }
}

std::nullptr_t Parser::raise_invalid_target(Expr* expression, TargetUse use) {
    Expr* found = invalid_target(expression, use);
    if (found == nullptr) return nullptr;
    return raise_at(range_of(found), use == TargetUse::Delete ? "cannot delete %s" : "cannot assign to %s",
                    expression_name(found));
}

// What error texts call an expression.
const char* Parser::expression_name(const Expr* expression) {
    switch (expression->node_kind) {
        case NodeKind::Attribute: return "attribute";
        case NodeKind::Subscript: return "subscript";
        case NodeKind::Starred: return "starred";
        case NodeKind::Name: return "name";
        case NodeKind::List: return "list";
        case NodeKind::Tuple: return "tuple";
        case NodeKind::Lambda: return "lambda";
        case NodeKind::Call: return "function call";
        case NodeKind::BoolOp:
        case NodeKind::BinOp:
        case NodeKind::UnaryOp: return "expression";
        case NodeKind::GeneratorExp: return "generator expression";
        case NodeKind::Yield:
        case NodeKind::YieldFrom: return "yield expression";
        case NodeKind::Await: return "await expression";
        case NodeKind::ListComp: return "list comprehension";
        case NodeKind::SetComp: return "set comprehension";
        case NodeKind::DictComp: return "dict comprehension";
        case NodeKind::Dict: return "dict literal";
        case NodeKind::Set: return "set display";
        case NodeKind::JoinedStr:
        case NodeKind::FormattedValue: return "f-string expression";
        case NodeKind::Compare: return "comparison";
        case NodeKind::IfExp: return "conditional expression";
        case NodeKind::NamedExpr: return "named expression";
        default: break;
    }
    switch (as<Constant>(expression)->value.kind) {
        case ConstantKind::None: return "None";
        case ConstantKind::True: return "True";
        case ConstantKind::False: return "False";
        case ConstantKind::Ellipsis: return "ellipsis";
        default: return "literal";
    }
}

}  // namespace py::parser
