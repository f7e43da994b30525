// Numeric literals ("Numeric literals" in the language reference) and their specialised errors.
#include <cstdio>
#include <cstring>

#include "interp/parser/char_class.h"
#include "interp/parser/lexer.h"

namespace py::parser {
namespace {

bool digit_at(const char* p) {
    return is_digit(static_cast<unsigned char>(*p));
}

bool word_at(const char* p, const char* word) {
    size_t length = std::strlen(word);
    return std::strncmp(p, word, length) == 0 && !is_name_part(static_cast<unsigned char>(p[length]));
}

// Keywords that valid code may put right behind a number, as in `1if x else y`.
bool keyword_follows(const char* p) {
    switch (*p) {
        case 'a': return word_at(p, "and");
        case 'e': return word_at(p, "else");
        case 'f': return word_at(p, "for");
        case 'i': return p[1] == 'f' || p[1] == 'n' || p[1] == 's';
        case 'n': return word_at(p, "not");
        case 'o': return word_at(p, "or");
        default: return false;
    }
}

}  // namespace

// digit (["_"] digit)*, the first digit being consumed already
bool Lexer::decimal_tail() {
    for (;;) {
        while (digit_at(cur_))
            cur_++;
        if (*cur_ != '_') return true;
        cur_++;
        if (!digit_at(cur_)) {
            error("invalid decimal literal");
            return false;
        }
    }
}

bool Lexer::end_of_number(const char* name) {
    if (keyword_follows(cur_)) {
        char message[60];
        int length = std::snprintf(message, sizeof message, "invalid %s literal", name);
        Warning warning{WarningKind::Syntax, arena_.copy({message, static_cast<size_t>(length)}), lineno_, {}};
        error("%s", message);
        warning.as_error = problem_;
        problem_ = {};
        done_ = Done::Ok;
        warnings_.push(warning);
        return true;
    }
    if (is_name_part(static_cast<unsigned char>(*cur_))) {
        error("invalid %s literal", name);
        return false;
    }
    return true;
}

Kind Lexer::scan_number(int c) {
    if (c == '.') return scan_fraction();
    if (c == '0') return scan_zero();
    if (!decimal_tail()) return Kind::Error;
    if (*cur_ == '.') {
        cur_++;
        return scan_fraction();
    }
    return scan_exponent();
}

// fraction: [digitpart] [exponent], the point being consumed
Kind Lexer::scan_fraction() {
    if (digit_at(cur_) && !decimal_tail()) return Kind::Error;
    return scan_exponent();
}

// [("e" | "E") ["+" | "-"] digitpart] ["j"]
Kind Lexer::scan_exponent() {
    if (*cur_ == 'e' || *cur_ == 'E') {
        const char* e = cur_++;
        if (*cur_ == '+' || *cur_ == '-') {
            cur_++;
            if (!digit_at(cur_)) return error("invalid decimal literal");
        } else if (!digit_at(cur_)) {
            cur_ = e;
            if (!end_of_number("decimal")) return Kind::Error;
            token_start_ = start_;
            token_end_ = cur_;
            return Kind::Number;
        }
        if (!decimal_tail()) return Kind::Error;
    }
    return scan_imaginary();
}

Kind Lexer::scan_imaginary() {
    const char* name = "decimal";
    if (*cur_ == 'j' || *cur_ == 'J') {
        cur_++;
        name = "imaginary";
    }
    if (!end_of_number(name)) return Kind::Error;
    token_start_ = start_;
    token_end_ = cur_;
    return Kind::Number;
}

// ("x" | "o" | "b") (["_"] digit)+, at the letter
Kind Lexer::scan_radix(const char* name, int radix) {
    auto valid = [radix](const char* p) {
        auto c = static_cast<unsigned char>(*p);
        return radix == 16 ? is_hex_digit(c) : c >= '0' && c < '0' + radix;
    };
    cur_++;
    do {
        if (*cur_ == '_') cur_++;
        if (!valid(cur_)) {
            if (digit_at(cur_)) {
                cur_++;
                return error("invalid digit '%c' in %s literal", cur_[-1], name);
            }
            return error("invalid %s literal", name);
        }
        while (valid(cur_))
            cur_++;
    } while (*cur_ == '_');
    if (digit_at(cur_)) {
        cur_++;
        return error("invalid digit '%c' in %s literal", cur_[-1], name);
    }
    if (!end_of_number(name)) return Kind::Error;
    token_start_ = start_;
    token_end_ = cur_;
    return Kind::Number;
}

// A number whose first digit is 0: a radix prefix, zeros, or a float.
Kind Lexer::scan_zero() {
    switch (*cur_) {
        case 'x':
        case 'X': return scan_radix("hexadecimal", 16);
        case 'o':
        case 'O': return scan_radix("octal", 8);
        case 'b':
        case 'B': return scan_radix("binary", 2);
        default: break;
    }
    for (;;) {
        if (*cur_ == '_') {
            cur_++;
            if (!digit_at(cur_)) return error("invalid decimal literal");
        }
        if (*cur_ != '0') break;
        cur_++;
    }
    const char* zeros_end = cur_ + 1;
    bool nonzero = digit_at(cur_);
    if (nonzero && !decimal_tail()) return Kind::Error;
    if (*cur_ == '.') {
        cur_++;
        return scan_fraction();
    }
    if (*cur_ == 'e' || *cur_ == 'E') return scan_exponent();
    if (*cur_ == 'j' || *cur_ == 'J') return scan_imaginary();
    if (nonzero)
        return error_range(static_cast<int>(start_ + 1 - line_start_), static_cast<int>(zeros_end - line_start_),
                           "leading zeros in decimal integer literals are not permitted; "
                           "use an 0o prefix for octal integers");
    return scan_imaginary();
}

}  // namespace py::parser
