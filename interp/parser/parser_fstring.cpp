// Fields of f-strings as 3.11 reads them: the extent of an expression is found first, then a nested parser parses it.
#include <cstring>

#include "interp/parser/parser_string.h"

namespace py::parser {

bool FStringParser::fail(const char* message) {
    parser_.raise("%s", message);
    return false;
}

// depth 0: the string itself; 1, 2: format specifications.
bool FStringParser::parse(int depth) {
    for (;;) {
        bool again = false;
        if (!literal(depth, again)) return false;
        if (again) continue;
        if (p_ >= end_ || *p_ == '}') break;
        if (!field(depth)) return false;
    }
    if (depth == 0 && p_ < end_) return fail("f-string: unexpected end of string");
    if (depth != 0 && (p_ >= end_ || *p_ != '}')) return fail("f-string: expecting '}'");
    return true;
}

// Text up to a field or the end. `again`: it ended with a doubled brace, more text follows.
bool FStringParser::literal(int depth, bool& again) {
    const char* start = p_;
    const char* stop = nullptr;
    const char* s = p_;
    while (s < end_) {
        char c = *s++;
        if (!piece_.raw && c == '\\' && s < end_) {
            c = *s++;
            if (c == 'N') {
                if (s < end_ && *s++ == '{') {
                    while (s < end_ && *s++ != '}') {
                    }
                }
                continue;
            }
            if (c == '{') out_.warn_escape(piece_, s - 1);
        }
        if (c != '{' && c != '}') continue;
        if (depth == 0) {
            if (s < end_ && *s == c) {
                stop = s;
                again = true;
                p_ = s + 1;
                break;
            }
            if (c == '}') return fail("f-string: single '}' is not allowed");
        }
        s--;
        break;
    }
    if (!again) p_ = stop = s;
    return stop == start || out_.decode_text(piece_, {start, static_cast<size_t>(stop - start)});
}

// field: '{' expression ['='] ['!' conversion] [':' format_spec] '}'
bool FStringParser::field(int depth) {
    if (depth >= 2) return fail("f-string: expressions nested too deeply");
    const char* start = ++p_;
    const char* expression_end;
    if (!scan_expression(expression_end)) return false;
    Expr* value = compile({start, static_cast<size_t>(expression_end - start)});
    if (value == nullptr) return false;
    bool debug = false;
    if (*p_ == '=') {
        if (parser_.options_.feature_version < 8)
            return fail("f-string: self documenting expressions are only supported in Python 3.8 and greater");
        p_++;
        while (p_ < end_ && (*p_ == ' ' || (*p_ >= '\t' && *p_ <= '\r')))
            p_++;
        if (p_ >= end_) return fail("f-string: expecting '}'");
        out_.text_.append(start, static_cast<uint32_t>(p_ - start));
        debug = true;
    }
    int conversion_found = -1;
    if (*p_ == '!' && !conversion(conversion_found)) return false;
    if (p_ >= end_) return fail("f-string: expecting '}'");
    out_.flush();
    Expr* spec = nullptr;
    if (*p_ == ':') {
        p_++;
        if (p_ >= end_) return fail("f-string: expecting '}'");
        spec = format_spec(depth + 1);
        if (spec == nullptr) return false;
    }
    if (p_ >= end_ || *p_ != '}') return fail("f-string: expecting '}'");
    p_++;
    if (debug && spec == nullptr && conversion_found == -1) conversion_found = 'r';
    auto* node = make_node<FormattedValue>(parser_.arena_, out_.range_);
    node->value = value;
    node->conversion = conversion_found;
    node->format_spec = spec;
    out_.values_.push(node);
    return true;
}

bool FStringParser::conversion(int& out) {
    p_++;
    if (p_ >= end_) return fail("f-string: expecting '}'");
    out = *p_++;
    if (out == 's' || out == 'r' || out == 'a') return true;
    return fail("f-string: invalid conversion character: expected 's', 'r', or 'a'");
}

// A JoinedStr of its own that ends before '}'. Its last text and itself lie where this token does, the parts before
// where the whole concatenation does.
Expr* FStringParser::format_spec(int depth) {
    StringConcatenation spec(parser_, out_.first_, out_.end_);
    FStringParser nested(parser_, spec, piece_);
    nested.p_ = p_;
    nested.end_ = end_;
    if (!nested.parse(depth)) return nullptr;
    p_ = nested.p_;
    spec.range_ = range_of(parser_.tokens_[piece_.index]);
    spec.kind_ = nullptr;
    spec.flush();
    auto* node = make_node<JoinedStr>(parser_.arena_, spec.range_);
    node->values = spec.values_.to_seq(parser_.arena_);
    return node;
}

bool FStringParser::close_bracket(char c, const char* brackets, int& nesting) {
    if (nesting == 0) return parser_.raise("f-string: unmatched '%c'", c), false;
    char open = brackets[--nesting];
    if ((open == '(' && c == ')') || (open == '[' && c == ']') || (open == '{' && c == '}')) return true;
    return parser_.raise("f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c, open), false;
}

// Moves p_ to the character that ends the expression: '}', '!', ':' or '=' outside strings and brackets.
bool FStringParser::scan_expression(const char*& expression_end) {
    char brackets[kMaxBrackets];
    int nesting = 0;
    char quote = 0;
    bool triple = false;
    for (; p_ < end_; p_++) {
        char c = *p_;
        auto thrice = [&] { return p_ + 2 < end_ && p_[1] == c && p_[2] == c; };
        if (c == '\\') return fail("f-string expression part cannot include a backslash");
        if (quote != 0) {
            if (c != quote || (triple && !thrice())) continue;
            if (triple) p_ += 2;
            quote = 0;
            continue;
        }
        if (c == '\'' || c == '"') {
            triple = thrice();
            if (triple) p_ += 2;
            quote = c;
        } else if (c == '(' || c == '[' || c == '{') {
            if (nesting >= kMaxBrackets) return fail("f-string: too many nested parenthesis");
            brackets[nesting++] = c;
        } else if (c == '#') {
            return fail("f-string expression part cannot include '#'");
        } else if (nesting == 0 && (c == '!' || c == ':' || c == '}' || c == '=' || c == '>' || c == '<')) {
            if (p_ + 1 < end_ && p_[1] == '=' && (c == '!' || c == '=' || c == '<' || c == '>')) {
                p_++;
                continue;
            }
            if (c == '>' || c == '<') continue;
            break;
        } else if (c == ']' || c == '}' || c == ')') {
            if (!close_bracket(c, brackets, nesting)) return false;
        }
    }
    expression_end = p_;
    if (quote != 0) return fail("f-string: unterminated string");
    if (nesting != 0) return parser_.raise("f-string: unmatched '%c'", brackets[nesting - 1]), false;
    if (p_ >= end_) return fail("f-string: expecting '}'");
    return true;
}

// Where '(' + expression + ')' begins in the file when `brace` is the field's '{'.
FStringPlace FStringParser::place_of(const char* brace) const {
    const Token& t = parser_.tokens_[piece_.index];
    FStringPlace place;
    // Counted on from the field before.
    auto& seen = parser_.fields_seen_;
    if (seen.token != t.start || seen.end > brace) seen = {t.start, t.start, t.start, 0};
    for (; seen.end < brace; seen.end++) {
        if (*seen.end != '\n') continue;
        seen.line = seen.end;
        seen.lines++;
    }
    int lines = seen.lines;
    int columns = 0;
    const char* q = brace + 1;
    while (*q == ' ' || *q == '\t' || *q == '\f')
        q++;
    if (*q != '\n' && *q != '}') {
        columns = static_cast<int>(brace - seen.line);
        if (*seen.line == '\n') columns--;
    }
    place.lineno = t.lineno + lines;
    place.col_offset = lines != 0 ? columns : t.col_offset + columns;
    place.recursion = parser_.depth_;
    return place;
}

Expr* FStringParser::compile(std::string_view text) {
    if (text.find_first_not_of(" \t\n\f") == text.npos) {
        char next = *(text.data() + text.size());
        if (next == '!' || next == ':' || next == '=')
            return parser_.raise("f-string: expression required before '%c'", next);
        return parser_.raise("f-string: empty expression not allowed");
    }
    Buffer<char> source;
    source.push('(');
    source.append(text.data(), static_cast<uint32_t>(text.size()));
    source.push(')');
    source.push('\n');
    std::string_view copy = parser_.arena_.copy({source.data(), source.size()});
    FStringPlace place = place_of(text.data() - 1);
    LexerOptions lexer_options;
    lexer_options.first_line = place.lineno;
    lexer_options.async_names = parser_.options_.feature_version < 7;
    Lexer lexer(copy, parser_.arena_, lexer_options);
    ParseOptions options = parser_.options_;
    options.allow_incomplete_input = false;
    Parser nested(lexer, parser_.arena_, options, StartRule::FString, place);
    nested.keep_byte_columns();
    auto* node = static_cast<Expr*>(nested.run());
    parser_.warnings_.append(nested.warnings_.data(), nested.warnings_.size());
    if (node == nullptr) {
        parser_.problem_ = nested.problem();
        parser_.failed_ = true;
        parser_.limit_ = 0;
    }
    return node;
}

}  // namespace py::parser
