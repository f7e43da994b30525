// String literals: prefixes, escapes and implicit concatenation ("String and Bytes literals" in the language
// reference).
#include "interp/parser/parser_string.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "interp/parser/char_class.h"
#include "interp/parser/unicode.h"

namespace py::parser {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

// The character a one-letter escape stands for; -1: none.
int simple_escape(char c) {
    switch (c) {
        case '\\':
        case '\'':
        case '"': return c;
        case 'a': return 7;
        case 'b': return 8;
        case 'f': return 12;
        case 'n': return 10;
        case 'r': return 13;
        case 't': return 9;
        case 'v': return 11;
        default: return -1;
    }
}

// FAST: whole words of ASCII are skipped before the decoder looks.
bool is_utf8(std::string_view text) {
    size_t i = 0;
    uint64_t word;
    for (; i + 8 <= text.size(); i += 8) {
        std::memcpy(&word, text.data() + i, 8);
        if (word & 0x8080808080808080u) break;
    }
    while (i > 0 && i < text.size() && (text[i] & 0xC0) == 0x80)
        i--;
    return valid_utf8_prefix(text.substr(i)) == text.size() - i;
}

}  // namespace

// strings: STRING+
Expr* Parser::strings() {
    return memo<Expr>(Rule::Strings, [this]() -> Expr* {
        uint32_t start = mark_;
        while (accept(Kind::String)) {
        }
        if (failed_) return nullptr;
        StringConcatenation parts(*this, start, mark_);
        return parts.parse();
    });
}

StringConcatenation::StringConcatenation(Parser& parser, uint32_t first, uint32_t end)
    : parser_(parser),
      first_(first),
      end_(end),
      range_(Parser::span_of(range_of(parser.tokens_[first]), range_of(parser.tokens_[end - 1]))) {
    if (*parser.tokens_[first].start == 'u') kind_ = parser.arena_.intern("u");
}

static bool has_non_ascii(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
}

Expr* StringConcatenation::parse() {
    bool bytes = false;
    bool format = false;
    for (uint32_t i = first_; i < end_; i++) {
        StringToken piece = split(parser_.tokens_[i], i);
        if (piece.format && !parser_.version(6, "Format strings are")) return nullptr;
        if (piece.bytes && has_non_ascii(piece.body)) return parser_.raise("bytes can only contain ASCII literal characters");
        if (i > first_ && piece.bytes != bytes) return parser_.raise("cannot mix bytes and nonbytes literals");
        bytes = piece.bytes;
        if (piece.format) {
            format = true;
            FStringParser fstring(parser_, *this, piece);
            if (!fstring.parse_top()) return nullptr;
        } else if (bytes) {
            if (!decode_bytes(piece)) return nullptr;
        } else if (!decode_text(piece, piece.body)) {
            return nullptr;
        }
    }
    if (!format) return literal(bytes ? ConstantKind::Bytes : ConstantKind::Str);
    flush();
    auto* node = make_node<JoinedStr>(parser_.arena_, range_);
    node->values = values_.to_seq(parser_.arena_);
    return node;
}

// Prefix letters and quotes off.
StringToken StringConcatenation::split(const Token& token, uint32_t index) {
    StringToken piece;
    piece.index = index;
    const char* p = token.start;
    for (; *p != '\'' && *p != '"'; p++) {
        switch (*p | 0x20) {
            case 'b': piece.bytes = true; break;
            case 'r': piece.raw = true; break;
            case 'f': piece.format = true; break;
            default: break;
        }
    }
    size_t quotes = token.end - p >= 6 && p[1] == *p && p[2] == *p ? 3 : 1;
    piece.body = {p + quotes, static_cast<size_t>(token.end - p) - 2 * quotes};
    return piece;
}

Constant* StringConcatenation::literal(ConstantKind kind) {
    Constant* node = parser_.make_constant(range_, kind);
    node->value.text = parser_.arena_.copy({text_.data(), text_.size()});
    if (kind == ConstantKind::Str) node->kind = kind_;
    text_.clear();
    return node;
}

void StringConcatenation::flush() {
    if (!text_.empty()) values_.push(literal(ConstantKind::Str));
}

void StringConcatenation::append_code_point(uint32_t code) {
    char utf8[4];
    text_.append(utf8, static_cast<uint32_t>(encode_utf8(code, utf8)));
}

bool StringConcatenation::decode_bytes(const StringToken& piece) {
    const char* p = piece.body.data();
    const char* end = p + piece.body.size();
    if (piece.raw) {
        text_.append(p, static_cast<uint32_t>(end - p));
        return true;
    }
    const char* begin = p;
    const char* bad = nullptr;  // the first invalid escape, behind its backslash
    while (p < end) {
        if (*p != '\\') {
            text_.push(*p++);
            continue;
        }
        const char* escape = p++;
        char c = *p++;
        if (c == '\n') continue;
        if (int value = simple_escape(c); value >= 0) {
            text_.push(static_cast<char>(value));
        } else if (is_octal(c)) {
            const char* digits = p - 1;
            uint32_t byte = octal(p, end, c);
            if (byte > 0xFF && bad == nullptr) bad = digits;
            text_.push(static_cast<char>(byte));
        } else if (c == 'x') {
            if (end - p < 2 || hex_value(p[0]) < 0 || hex_value(p[1]) < 0)
                return parser_.raise("(value error) invalid \\x escape at position %d",
                                     static_cast<int>(escape - begin)),
                       false;
            text_.push(static_cast<char>(hex_value(p[0]) * 16 + hex_value(p[1])));
            p += 2;
        } else {
            text_.push('\\');
            text_.push(c);
            if (bad == nullptr) bad = p - 1;
        }
    }
    if (bad != nullptr) warn_escape(piece, bad);
    return true;
}

// Up to three octal digits, the first being `c`.
uint32_t StringConcatenation::octal(const char*& p, const char* end, char c) {
    auto value = static_cast<uint32_t>(c - '0');
    for (int i = 0; i < 2 && p < end && is_octal(*p); i++)
        value = value * 8 + static_cast<uint32_t>(*p++ - '0');
    return value;
}

// Appends the text of `body`, a part of the piece.
bool StringConcatenation::decode_text(const StringToken& piece, std::string_view body) {
    bool escapes = !piece.raw && std::memchr(body.data(), '\\', body.size()) != nullptr;
    // Where escapes are looked for, the decoder reads what is not ASCII run by run, before it reads the escapes.
    bool by_runs = escapes || (piece.format && !piece.raw);
    if (by_runs ? !check_runs(body) : !check_utf8(body)) return false;
    if (!escapes) {
        text_.append(body.data(), static_cast<uint32_t>(body.size()));
        return true;
    }
    EscapeReader reader{body.data(), body.data() + body.size(), 0};
    const char* bad = nullptr;
    while (reader.p < reader.end) {
        if (*reader.p != '\\') {
            const char* next =
                static_cast<const char*>(std::memchr(reader.p, '\\', static_cast<size_t>(reader.end - reader.p)));
            if (next == nullptr) next = reader.end;
            reader.position += escaped_width(reader.p, next);
            text_.append(reader.p, static_cast<uint32_t>(next - reader.p));
            reader.p = next;
            continue;
        }
        if (!escape(piece, reader, bad)) return false;
    }
    if (bad != nullptr) warn_escape(piece, bad);
    return true;
}

// What is not ASCII counts as the \UXXXXXXXX that stands for it in positions of errors.
int StringConcatenation::escaped_width(const char* from, const char* to) {
    int width = 0;
    for (; from < to; from++) {
        auto c = static_cast<unsigned char>(*from);
        width += c < 0x80 ? 1 : c >= 0xC0 ? 10 : 0;
    }
    return width;
}

bool StringConcatenation::check_runs(std::string_view text) {
    if (is_utf8(text)) return true;
    for (size_t i = 0; i < text.size();) {
        size_t end = i;
        while (end < text.size() && (text[end] & 0x80) != 0) end++;
        std::string_view run = text.substr(i, end - i);
        if (!check_utf8(run)) return false;
        i = end + 1;
    }
    return true;
}

bool StringConcatenation::check_utf8(std::string_view text) {
    if (is_utf8(text)) return true;
    parser_.raise_not_utf8(text);
    return false;
}

// At a backslash. `bad` becomes the first character that is no escape.
bool StringConcatenation::escape(const StringToken& piece, EscapeReader& reader, const char*& bad) {
    const char* start = reader.p++;
    char c = reader.p < reader.end ? *reader.p : '\0';
    if (reader.p == reader.end || static_cast<signed char>(c) < 0) {
        text_.push('\\');
        reader.position += 6;
        return true;
    }
    reader.p++;
    if (c == '\n') {
        reader.position += 2;
        return true;
    }
    if (int value = simple_escape(c); value >= 0) {
        text_.push(static_cast<char>(value));
    } else if (is_octal(c)) {
        const char* digits = reader.p - 1;
        uint32_t code = octal(reader.p, reader.end, c);
        if (code > 0xFF && bad == nullptr) bad = digits;
        append_code_point(code);
    } else if (c == 'x') {
        return hex_escape(reader, start, 2, "truncated \\xXX escape");
    } else if (c == 'u') {
        return hex_escape(reader, start, 4, "truncated \\uXXXX escape");
    } else if (c == 'U') {
        return hex_escape(reader, start, 8, "truncated \\UXXXXXXXX escape");
    } else if (c == 'N') {
        return name_escape(reader, start);
    } else {
        text_.push('\\');
        text_.push(c);
        if (bad == nullptr) bad = reader.p - 1;
    }
    reader.position += static_cast<int>(reader.p - start);
    return true;
}

bool StringConcatenation::hex_escape(EscapeReader& reader, const char* start, int digits, const char* message) {
    uint32_t code = 0;
    int i = 0;
    for (; i < digits && reader.p < reader.end && hex_value(*reader.p) >= 0; i++)
        code = code * 16 + static_cast<uint32_t>(hex_value(*reader.p++));
    int last = reader.position + static_cast<int>(reader.p - start) - 1;
    if (i < digits) return unicode_error(reader.position, last, message);
    if (code > 0x10FFFF) return unicode_error(reader.position, last, "illegal Unicode character");
    append_code_point(code);
    reader.position = last + 1;
    return true;
}

// \N{name}
bool StringConcatenation::name_escape(EscapeReader& reader, const char* start) {
    const char* close = nullptr;
    if (reader.p < reader.end && *reader.p == '{')
        close = static_cast<const char*>(std::memchr(reader.p, '}', static_cast<size_t>(reader.end - reader.p)));
    if (close == nullptr || close == reader.p + 1) {
        const char* stop = reader.p;
        if (reader.p < reader.end && *reader.p == '{') stop = close != nullptr ? close : reader.end;
        return unicode_error(reader.position, reader.position + escaped_width(start, stop) - 1,
                             "malformed \\N character escape");
    }
    std::string_view name{reader.p + 1, static_cast<size_t>(close - reader.p - 1)};
    int last = reader.position + escaped_width(start, close);
    uint32_t code = 0;
    const ParseOptions& options = parser_.options_;
    if (options.lookup_name == nullptr) {
        parser_.raise("(unicode error) \\N escapes not supported (can't load unicodedata module)");
        return false;
    }
    if (!options.lookup_name(options.lookup_context, name, &code))
        return unicode_error(reader.position, last, "unknown Unicode character name");
    append_code_point(code);
    reader.p = close + 1;
    reader.position = last + 1;
    return true;
}

bool StringConcatenation::unicode_error(int first, int last, const char* message) {
    if (first == last)
        parser_.raise("(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position %d: %s", first,
                      message);
    else
        parser_.raise("(unicode error) 'unicodeescape' codec can't decode bytes in position %d-%d: %s", first, last,
                      message);
    return false;
}

void StringConcatenation::warn_escape(const StringToken& piece, const char* escape) {
    char message[60];
    bool is_number = is_octal(*escape);
    int length = std::snprintf(message, sizeof message, "invalid %sescape sequence '\\%.*s'", is_number ? "octal " : "",
                               is_number ? 3 : 1, escape);
    const Token& t = parser_.tokens_[piece.index];
    Warning warning{
        WarningKind::Deprecation, parser_.arena_.copy({message, static_cast<size_t>(length)}), t.lineno, {}};
    SyntaxProblem saved = parser_.problem_;
    uint32_t limit = parser_.limit_;
    parser_.raise_at(range_of(t), "%s", message);
    warning.as_error = parser_.problem_;
    parser_.problem_ = saved;
    parser_.failed_ = false;
    parser_.limit_ = limit;
    parser_.warnings_.push(warning);
}

}  // namespace py::parser
