// Parses the format-spec mini language (library reference, string §Format Specification Mini-Language).
#include "interp/objects/format_spec.h"

#include "interp/objects/errors.h"
#include "interp/objects/unicode_properties.h"

namespace py {

namespace {

bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

class SpecReader {
  public:
    explicit SpecReader(Str* text) : text_(text) {}
    ssize_t left() const { return text_->length - position_; }
    uint32_t peek(ssize_t ahead = 0) const { return ahead < left() ? text_->at(position_ + ahead) : 0; }
    uint32_t take() { return text_->at(position_++); }
    bool take_if(uint32_t c) {
        if (!left() || peek() != c) return false;
        ++position_;
        return true;
    }
    // A decimal number; -1 when there is none.
    Fallible<ssize_t> number() {
        ssize_t value = -1;
        for (; left(); ++position_) {
            uint32_t c = peek();
            int digit = c < 0x80 ? (c >= '0' && c <= '9' ? int(c - '0') : -1) : unicode_decimal(c);
            if (digit < 0) break;
            if (value < 0) value = 0;
            if (__builtin_mul_overflow(value, ssize_t(10), &value) || __builtin_add_overflow(value, digit, &value))
                return raise(exc::ValueError, "Too many decimal digits in format string");
        }
        return value;
    }

  private:
    Str* text_;
    ssize_t position_ = 0;
};

Fallible<void> read_separators(SpecReader& reader, FormatSpec* spec) {
    auto both = [] { return raise(exc::ValueError, "Cannot specify both ',' and '_'."); };
    if (reader.take_if(',')) spec->separators = Separators::Comma;
    if (reader.take_if('_')) {
        if (spec->separators != Separators::None) return both();
        spec->separators = Separators::Underscore;
    }
    if (reader.left() && reader.peek() == ',' && spec->separators == Separators::Underscore) return both();
    return {};
}

// Which types go with separators; sets groups of four for binary ones.
Fallible<void> check_separators(FormatSpec* spec) {
    if (spec->separators == Separators::None) return {};
    switch (spec->type) {
        case 'd': case 'e': case 'f': case 'g': case 'E': case 'G': case '%': case 'F': case 0: return {};
        case 'b': case 'o': case 'x': case 'X':
            if (spec->separators == Separators::Underscore) {
                spec->separators = Separators::UnderscoreFour;
                return {};
            }
            break;
        default: break;
    }
    char mark = spec->separators == Separators::Comma ? ',' : '_';
    if (spec->type > 32 && spec->type < 128)
        return raise(exc::ValueError, "Cannot specify '%c' with '%c'.", mark, char(spec->type));
    return raise(exc::ValueError, "Cannot specify '%c' with '\\x%x'.", mark, unsigned(spec->type));
}

}  // namespace

Raised raise_unknown_format_code(uint32_t code, Object* object) {
    if (code > 32 && code < 128)
        return raise(exc::ValueError, "Unknown format code '%c' for object of type '%.200s'", char(code),
                     object->type->name);
    return raise(exc::ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", unsigned(code),
                 object->type->name);
}

Fallible<Str*> format_spec_argument(Object* spec) {
    if (!is_str(spec)) return raise(exc::TypeError, "__format__() argument must be str, not %N", spec);
    return as_str(spec);
}

Fallible<FormatSpec> parse_format_spec(Str* text, Object* object, uint32_t default_type, uint32_t default_align) {
    FormatSpec spec;
    spec.align = default_align;
    spec.type = default_type;
    SpecReader reader(text);
    if (is_align(reader.peek(1)) && reader.left() >= 2) {
        spec.fill = reader.take();
        spec.align = reader.take();
        spec.fill_given = spec.align_given = true;
    } else if (is_align(reader.peek())) {
        spec.align = reader.take();
        spec.align_given = true;
    }
    if (uint32_t sign = reader.peek(); reader.left() && (sign == ' ' || sign == '+' || sign == '-'))
        spec.sign = char(reader.take());
    spec.no_negative_zero = reader.take_if('z');
    spec.alternate = reader.take_if('#');
    if (!spec.fill_given && reader.left() && reader.peek() == '0') {
        spec.fill = '0';
        if (!spec.align_given && default_align == '>') spec.align = '=';
        (void)reader.take();
    }
    spec.width = TRY(reader.number());
    TRY(read_separators(reader, &spec));
    if (reader.take_if('.')) {
        spec.precision = TRY(reader.number());
        if (spec.precision < 0) return raise(exc::ValueError, "Format specifier missing precision");
    }
    if (reader.left() > 1)
        return raise(exc::ValueError, "Invalid format specifier '%U' for object of type '%.200s'", text,
                     object->type->name);
    if (reader.left()) spec.type = reader.take();
    TRY(check_separators(&spec));
    return spec;
}

}  // namespace py
