// format() of int, float and complex: digits laid out with sign, prefix, separators and padding.
#include <algorithm>
#include <climits>
#include <clocale>
#include <cmath>
#include <cstdlib>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/format_spec.h"
#include "interp/objects/int.h"

namespace py {

namespace {

// What stands between and behind the digits.
struct Punctuation {
    Ref<Str> point, separator;
    const char* groups;  // group sizes from the right; the last one repeats; CHAR_MAX: no further grouping
};

Fallible<Punctuation> punctuation_of(Separators separators) {
    Punctuation result;
    if (separators == Separators::Locale) {
        lconv* conventions = std::localeconv();
        result.point = TRY(str_from_fs(conventions->decimal_point));
        result.separator = TRY(str_from_fs(conventions->thousands_sep));
        result.groups = conventions->grouping;
        return result;
    }
    result.point = TRY(str_from_ascii("."));
    const char* mark = separators == Separators::None ? "" : separators == Separators::Comma ? "," : "_";
    result.separator = TRY(str_from_ascii(mark));
    result.groups = separators == Separators::None ? "" : separators == Separators::UnderscoreFour ? "\4" : "\3";
    return result;
}

// Sizes of the digit groups from the right; 0 at the end of grouping.
class GroupSizes {
  public:
    explicit GroupSizes(const char* sizes) : next_(sizes) {}
    ssize_t take() {
        char size = *next_;
        if (size == 0) return previous_;
        if (size == CHAR_MAX) return 0;
        ++next_;
        previous_ = size;
        return size;
    }

  private:
    const char* next_;
    ssize_t previous_ = 0;
};

// Digits with separators, zeros in front up to min_width characters; made from the right.
class GroupedDigits {
  public:
    ~GroupedDigits() { std::free(buffer_); }
    Fallible<void> make(std::string_view digits, ssize_t min_width, const Punctuation& punctuation) {
        ssize_t left = ssize_t(digits.size());
        separator_ = punctuation.separator.get();
        ssize_t capacity = std::max(left, min_width) + 1;
        if (__builtin_mul_overflow(capacity, 1 + separator_->length, &capacity_) || capacity_ > PTRDIFF_MAX / 4)
            return raise_memory_error();
        buffer_ = static_cast<uint32_t*>(std::malloc(size_t(capacity_) * 4));
        if (!buffer_) return raise_memory_error();
        start_ = capacity_;
        GroupSizes sizes(punctuation.groups);
        bool first = true;
        for (ssize_t size; (size = sizes.take()) > 0; first = false) {
            if (!first) put_separator();
            size = std::min(size, std::max<ssize_t>({left, min_width, 1}));
            put_group(digits, &left, size);
            min_width -= size;
            if (left <= 0 && min_width <= 0) return {};
            min_width -= separator_->length;
        }
        if (!first) put_separator();
        put_group(digits, &left, std::max<ssize_t>({left, min_width, 1}));
        return {};
    }
    ssize_t size() const { return capacity_ - start_; }
    Fallible<void> append_to(StrBuilder& builder) const {
        for (ssize_t i = start_; i < capacity_; ++i) TRY(builder.append_char(buffer_[i]));
        return {};
    }

  private:
    void put_separator() {
        for (ssize_t i = separator_->length; i-- > 0;) buffer_[--start_] = separator_->at(i);
    }
    void put_group(std::string_view digits, ssize_t* left, ssize_t size) {
        for (ssize_t i = 0; i < size; ++i)
            buffer_[--start_] = *left > 0 ? uint32_t(uint8_t(digits[size_t(--*left)])) : '0';
    }
    Str* separator_ = nullptr;
    uint32_t* buffer_ = nullptr;
    ssize_t capacity_ = 0, start_ = 0;
};

// A number's text taken apart.
struct NumberParts {
    bool negative = false;
    std::string_view prefix;     // 0x
    std::string_view digits;     // what may be grouped
    bool has_point = false;
    std::string_view remainder;  // behind the point, or what is no digit at all
};

// text: what format_double wrote.
NumberParts take_apart(std::string_view text) {
    NumberParts parts;
    if (!text.empty() && text[0] == '-') {
        parts.negative = true;
        text.remove_prefix(1);
    }
    size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    parts.digits = text.substr(0, digits);
    text.remove_prefix(digits);
    if (!text.empty() && text[0] == '.') {
        parts.has_point = true;
        text.remove_prefix(1);
    }
    parts.remainder = text;
    return parts;
}

char sign_text(bool negative, char sign) {
    if (negative) return '-';
    return sign == '+' || sign == ' ' ? sign : 0;
}

Fallible<void> append_fill(StrBuilder& builder, uint32_t fill, ssize_t count) {
    for (ssize_t i = 0; i < count; ++i) TRY(builder.append_char(fill));
    return {};
}

struct Padding {
    ssize_t left = 0, inside = 0, right = 0;
};
Padding distribute(ssize_t amount, uint32_t align) {
    if (amount <= 0) return {};
    switch (align) {
        case '<': return {0, 0, amount};
        case '^': return {amount / 2, 0, amount - amount / 2};
        case '=': return {0, amount, 0};
        default: return {amount, 0, 0};
    }
}

Fallible<void> append_number(StrBuilder& builder, const NumberParts& parts, const FormatSpec& spec,
                             const Punctuation& punctuation, std::string_view suffix = {}) {
    char sign = sign_text(parts.negative, spec.sign);
    ssize_t others = (sign != 0) + ssize_t(parts.prefix.size() + parts.remainder.size() + suffix.size()) +
                     (parts.has_point ? punctuation.point->length : 0);
    ssize_t min_width = spec.fill == '0' && spec.align == '=' ? spec.width - others : 0;
    GroupedDigits grouped;
    if (!parts.digits.empty()) TRY(grouped.make(parts.digits, min_width, punctuation));
    Padding padding = distribute(spec.width - others - grouped.size(), spec.align);
    TRY(append_fill(builder, spec.fill, padding.left));
    if (sign) TRY(builder.append_char(uint32_t(sign)));
    TRY(builder.append_ascii(parts.prefix));
    TRY(append_fill(builder, spec.fill, padding.inside));
    TRY(grouped.append_to(builder));
    if (parts.has_point) TRY(builder.append(punctuation.point.get()));
    TRY(builder.append_ascii(parts.remainder));
    TRY(builder.append_ascii(suffix));
    return append_fill(builder, spec.fill, padding.right);
}

// int.

Fallible<Ref<Str>> format_character(Object* value, const FormatSpec& spec) {
    if (spec.sign) return raise(exc::ValueError, "Sign not allowed with integer format specifier 'c'");
    if (spec.alternate) return raise(exc::ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
    int64_t code = TRY(as_int64(value));
    if (code < 0 || code > 0x10ffff) return raise(exc::OverflowError, "%%c arg not in range(0x110000)");
    Padding padding = distribute(spec.width - 1, spec.align);
    StrBuilder builder;
    TRY(append_fill(builder, spec.fill, padding.left + padding.inside));
    TRY(builder.append_char(uint32_t(code)));
    TRY(append_fill(builder, spec.fill, padding.right));
    return builder.finish();
}

int base_of(uint32_t type) {
    switch (type) {
        case 'b': return 2;
        case 'o': return 8;
        case 'x': case 'X': return 16;
        default: return 10;
    }
}

Fallible<Ref<Str>> format_integer(Object* value, FormatSpec& spec) {
    if (spec.precision >= 0) return raise(exc::ValueError, "Precision not allowed in integer format specifier");
    if (spec.no_negative_zero)
        return raise(exc::ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
    if (spec.type == 'c') return format_character(value, spec);
    int base = base_of(spec.type);
    Ref<Str> text = TRY(int_to_str(as_int(value), base));
    bool plain = spec.align != '=' && !spec.sign && !spec.alternate && spec.separators == Separators::None;
    if (plain && (spec.type == 'd' || spec.type == 'b' || spec.type == 'o' || spec.type == 'x'))
        return align_text(text.get(), text->length, spec);
    NumberParts parts = take_apart(text->ascii_view());
    if (base == 16) parts.digits = text->ascii_view().substr(parts.negative), parts.remainder = {};
    if (spec.type == 'X')
        // The text is fresh: nobody else sees the change.
        for (ssize_t i = 0; i < text->length; ++i) {
            char& c = static_cast<char*>(text->data())[i];
            if (c >= 'a') c = char(c - 32);
        }
    if (spec.alternate && base != 10)
        parts.prefix = base == 2 ? "0b" : base == 8 ? "0o" : spec.type == 'X' ? "0X" : "0x";
    if (spec.type == 'n') spec.separators = Separators::Locale;
    Punctuation punctuation = TRY(punctuation_of(spec.separators));
    StrBuilder builder;
    TRY(append_number(builder, parts, spec, punctuation));
    return builder.finish();
}

// float and complex.

// A double's text in memory of its own.
class DoubleText {
  public:
    ~DoubleText() { std::free(text_); }
    Fallible<void> make(double value, char code, int precision, int flags) {
        text_ = static_cast<char*>(std::malloc(double_text_capacity(code, precision)));
        if (!text_) return raise_memory_error();
        size_ = format_double(value, code, precision, flags, text_);
        return {};
    }
    // -0.00 without its sign.
    void drop_zero_sign() {
        if (size_ == 0 || text_[0] != '-') return;
        for (size_t i = 1; i < size_ && text_[i] != 'e' && text_[i] != 'E'; ++i)
            if (text_[i] != '0' && text_[i] != '.') return;
        start_ = 1;
    }
    std::string_view view() const { return {text_ + start_, size_ - start_}; }

  private:
    char* text_ = nullptr;
    size_t size_ = 0, start_ = 0;
};

// How the spec's type and precision are asked of format_double.
struct DoubleStyle {
    char code;
    int precision;
    int flags;
};
Fallible<DoubleStyle> style_of(const FormatSpec& spec, int default_flags) {
    if (spec.precision > INT_MAX) return raise(exc::ValueError, "precision too big");
    DoubleStyle style{char(spec.type), int(spec.precision), spec.alternate ? kDoubleAlternate : 0};
    if (spec.type == 0) {
        style.code = spec.precision < 0 ? 'r' : 'g';
        style.flags |= default_flags;
        if (spec.precision < 0) style.precision = 0;
    } else if (spec.precision < 0) {
        style.precision = 6;
    }
    if (spec.type == 'n') style.code = 'g';
    if (spec.type == '%') style.code = 'f';
    return style;
}

Fallible<Ref<Str>> format_real(double value, FormatSpec& spec) {
    DoubleStyle style = TRY(style_of(spec, kDoubleAddDotZero));
    if (spec.type == '%') value *= 100;
    DoubleText text;
    TRY(text.make(value, style.code, style.precision, style.flags));
    if (spec.no_negative_zero) text.drop_zero_sign();
    if (spec.type == 'n') spec.separators = Separators::Locale;
    Punctuation punctuation = TRY(punctuation_of(spec.separators));
    StrBuilder builder;
    TRY(append_number(builder, take_apart(text.view()), spec, punctuation, spec.type == '%' ? "%" : ""));
    return builder.finish();
}

bool is_float_code(uint32_t code) {
    switch (code) {
        case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': return true;
        default: return false;
    }
}

Fallible<Ref<Str>> format_complex_parts(Complex* value, FormatSpec& spec) {
    if (spec.fill == '0') return raise(exc::ValueError, "Zero padding is not allowed in complex format specifier");
    if (spec.align == '=') return raise(exc::ValueError, "'=' alignment flag is not allowed in complex format specifier");
    DoubleStyle style = TRY(style_of(spec, 0));
    bool as_repr = spec.type == 0;
    bool skip_real = as_repr && value->real == 0 && !std::signbit(value->real);
    DoubleText real, imaginary;
    TRY(real.make(value->real, style.code, style.precision, style.flags));
    TRY(imaginary.make(value->imaginary, style.code, style.precision, style.flags));
    if (spec.no_negative_zero) {
        real.drop_zero_sign();
        imaginary.drop_zero_sign();
    }
    if (spec.type == 'n') spec.separators = Separators::Locale;
    Punctuation punctuation = TRY(punctuation_of(spec.separators));
    FormatSpec part = spec;
    part.width = -1;
    StrBuilder inner;
    if (as_repr && !skip_real) TRY(inner.append_char('('));
    if (!skip_real) {
        TRY(append_number(inner, take_apart(real.view()), part, punctuation));
        part.sign = '+';
    }
    TRY(append_number(inner, take_apart(imaginary.view()), part, punctuation));
    TRY(inner.append_char('j'));
    if (as_repr && !skip_real) TRY(inner.append_char(')'));
    Ref<Str> text = TRY(inner.finish());
    Padding padding = distribute(spec.width - text->length, spec.align);
    if (spec.width <= text->length) return text;
    StrBuilder builder;
    TRY(append_fill(builder, spec.fill, padding.left));
    TRY(builder.append(text.get()));
    TRY(append_fill(builder, spec.fill, padding.right));
    return builder.finish();
}

}  // namespace

Fallible<Ref<Str>> format_int(Object* value, Str* spec_text) {
    if (spec_text->length == 0) return is_int_exact(value) ? int_to_str(as_int(value), 10) : str(value);
    FormatSpec spec = TRY(parse_format_spec(spec_text, value, 'd', '>'));
    switch (spec.type) {
        case 'b': case 'c': case 'd': case 'o': case 'x': case 'X': case 'n': return format_integer(value, spec);
        default: break;
    }
    if (!is_float_code(spec.type) && spec.type != '%') return raise_unknown_format_code(spec.type, value);
    return format_real(TRY(int_as_double(as_int(value))), spec);
}

Fallible<Ref<Str>> format_float(Object* value, Str* spec_text) {
    if (spec_text->length == 0) return str(value);
    FormatSpec spec = TRY(parse_format_spec(spec_text, value, 0, '>'));
    if (!is_float_code(spec.type) && spec.type != 0 && spec.type != 'n' && spec.type != '%')
        return raise_unknown_format_code(spec.type, value);
    return format_real(float_value(value), spec);
}

Fallible<Ref<Str>> format_complex(Object* value, Str* spec_text) {
    if (spec_text->length == 0) return str(value);
    FormatSpec spec = TRY(parse_format_spec(spec_text, value, 0, '>'));
    if (!is_float_code(spec.type) && spec.type != 0 && spec.type != 'n')
        return raise_unknown_format_code(spec.type, value);
    return format_complex_parts(static_cast<Complex*>(value), spec);
}

}  // namespace py
