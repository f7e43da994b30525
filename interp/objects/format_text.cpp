// format(str, spec): the format-spec mini-language for text (library reference, "Format Specification Mini-Language").
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

struct TextSpec {
    uint32_t fill = ' ', align = '<', sign = 0, grouping = 0, type = 's';
    bool alternate = false, no_negative_zero = false;
    ssize_t width = -1, precision = -1;
};
bool is_align(uint32_t c) {
    return c == '<' || c == '>' || c == '^' || c == '=';
}

struct SpecReader {
    Str* spec;
    ssize_t at = 0;
    bool done() const { return at >= spec->length; }
    uint32_t peek(ssize_t offset = 0) const { return at + offset < spec->length ? spec->at(at + offset) : 0; }
    bool take(uint32_t c) {
        if (done() || peek() != c) return false;
        ++at;
        return true;
    }
    Fallible<ssize_t> number() {
        ssize_t value = -1;
        while (peek() >= '0' && peek() <= '9') {
            ssize_t digit = ssize_t(spec->at(at++) - '0');
            if (value > (PTRDIFF_MAX - digit) / 10)
                return raise(exc::ValueError, "Too many decimal digits in format string");
            value = (value < 0 ? 0 : value) * 10 + digit;
        }
        return value;
    }
};

Raised raise_unknown_code(uint32_t code, const char* type_name) {
    if (code > 32 && code < 128)
        return raise(exc::ValueError, "Unknown format code '%c' for object of type '%.200s'", int(code), type_name);
    return raise(exc::ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", unsigned(code), type_name);
}

Fallible<TextSpec> parse_text_spec(Str* spec, const char* type_name) {
    TextSpec result;
    SpecReader in{spec};
    bool fill_given = false;
    if (spec->length >= 2 && is_align(in.peek(1))) {
        result.fill = in.peek();
        result.align = in.peek(1);
        fill_given = true;
        in.at = 2;
    } else if (is_align(in.peek())) {
        result.align = in.peek();
        in.at = 1;
    }
    if (in.peek() == '+' || in.peek() == '-' || in.peek() == ' ') result.sign = in.peek(), ++in.at;
    result.no_negative_zero = in.take('z');
    result.alternate = in.take('#');
    if (!fill_given && in.peek() == '0') {
        result.fill = '0';
        ++in.at;
    }
    result.width = TRY(in.number());
    if (in.take(',')) result.grouping = ',';
    if (in.peek() == '_') {
        if (result.grouping) return raise(exc::ValueError, "Cannot specify both ',' and '_'.");
        result.grouping = '_';
        ++in.at;
    }
    if (in.peek() == ',' && result.grouping == '_') return raise(exc::ValueError, "Cannot specify both ',' and '_'.");
    if (in.take('.')) {
        result.precision = TRY(in.number());
        if (result.precision < 0) return raise(exc::ValueError, "Format specifier missing precision");
    }
    if (spec->length - in.at > 1)
        return raise(exc::ValueError, "Invalid format specifier '%U' for object of type '%.200s'", spec, type_name);
    if (!in.done()) result.type = in.peek();
    bool numeric = result.type != 's' && std::memchr("defgEGFobxX%", int(result.type), 12) && result.type < 128;
    if (result.grouping && !numeric) {
        const char* form = result.type > 32 && result.type < 128 ? "Cannot specify '%c' with '%c'."
                                                                 : "Cannot specify '%c' with '\\x%x'.";
        return raise(exc::ValueError, form, int(result.grouping), int(result.type));
    }
    return result;
}
Fallible<void> check_text_spec(const TextSpec& spec, const char* type_name) {
    if (spec.type != 's') return raise_unknown_code(spec.type, type_name);
    if (spec.sign)
        return raise(exc::ValueError, spec.sign == ' ' ? "Space not allowed in string format specifier"
                                                       : "Sign not allowed in string format specifier");
    if (spec.no_negative_zero)
        return raise(exc::ValueError, "Negative zero coercion (z) not allowed in string format specifier");
    if (spec.alternate) return raise(exc::ValueError, "Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=') return raise(exc::ValueError, "'=' alignment not allowed in string format specifier");
    return {};
}

}  // namespace

Fallible<Ref<Str>> format_text(Str* value, Str* spec_text) {
    const char* type_name = value->type->name;
    TextSpec spec = TRY(parse_text_spec(spec_text, type_name));
    TRY(check_text_spec(spec, type_name));
    ssize_t length = value->length;
    if (spec.precision >= 0 && length > spec.precision) length = spec.precision;
    if (spec.width <= length) return str_substring(value, 0, length);
    ssize_t missing = spec.width - length;
    ssize_t left = spec.align == '>' ? missing : spec.align == '^' ? missing / 2 : 0;
    StrBuilder out;
    TRY(out.reserve(spec.width, spec.fill));
    for (ssize_t i = 0; i < left; ++i)
        TRY(out.append_char(spec.fill));
    TRY(out.append_range(value, 0, length));
    for (ssize_t i = left; i < missing; ++i)
        TRY(out.append_char(spec.fill));
    return out.finish();
}

}  // namespace py
