// Adjacent string tokens → one Constant or JoinedStr; f-strings' expressions are parsed by nested parsers.
#pragma once

#include "interp/parser/grammar.h"

namespace py::parser {

// A string token without prefix and quotes.
struct StringToken {
    uint32_t index = 0;  // of the token
    bool bytes = false;
    bool raw = false;
    bool format = false;
    std::string_view body{};
};

class StringConcatenation {
  public:
    // Tokens first … end - 1 of the parser.
    StringConcatenation(Parser& parser, uint32_t first, uint32_t end);
    Expr* parse();

  private:
    friend class FStringParser;
    // Where an escape is read; `position` counts as the unicode-escape codec does (ten for a character beyond ASCII).
    struct EscapeReader {
        const char* p;
        const char* end;
        int position;
    };
    static StringToken split(const Token& token, uint32_t index);
    bool decode_bytes(const StringToken& piece);
    bool decode_text(const StringToken& piece, std::string_view body);
    bool escape(const StringToken& piece, EscapeReader& reader, const char*& bad);
    bool hex_escape(EscapeReader& reader, const char* start, int digits, const char* message);
    bool name_escape(EscapeReader& reader, const char* start);
    bool unicode_error(int first, int last, const char* message);
    void warn_escape(const StringToken& piece, const char* escape);
    bool check_utf8(std::string_view text);
    bool check_runs(std::string_view text);
    static int escaped_width(const char* from, const char* to);
    static uint32_t octal(const char*& p, const char* end, char c);
    void append_code_point(uint32_t code);
    Constant* literal(ConstantKind kind);
    void flush();

    Parser& parser_;
    uint32_t first_;
    uint32_t end_;
    Range range_;
    String kind_ = nullptr;
    Buffer<char> text_;
    Buffer<Expr*> values_;
};

// One f-string token (or a format specification in it): literal text and `{expression!conversion:spec}` fields.
class FStringParser {
  public:
    FStringParser(Parser& parser, StringConcatenation& out, const StringToken& piece)
        : parser_(parser), out_(out), piece_(piece), p_(piece.body.data()), end_(p_ + piece.body.size()) {}
    bool parse_top() { return parse(0); }

  private:
    static constexpr int kMaxBrackets = 200;
    bool parse(int depth);
    bool literal(int depth, bool& again);
    bool field(int depth);
    bool scan_expression(const char*& expression_end);
    bool close_bracket(char c, const char* brackets, int& nesting);
    Expr* compile(std::string_view text);
    FStringPlace place_of(const char* brace) const;
    bool conversion(int& out);
    Expr* format_spec(int depth);
    bool fail(const char* message);

    Parser& parser_;
    StringConcatenation& out_;
    const StringToken& piece_;
    const char* p_;
    const char* end_;
};

}  // namespace py::parser
