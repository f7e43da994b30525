// format(str, spec): the format-spec mini-language for text (library reference, "Format Specification Mini-Language").
#include "interp/objects/errors.h"
#include "interp/objects/format_spec.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

Fallible<void> check_text_spec(const FormatSpec& spec, Object* value) {
    if (spec.type != 's') return raise_unknown_format_code(spec.type, value);
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

Fallible<Ref<Str>> align_text(Str* value, ssize_t length, const FormatSpec& spec) {
    if (spec.width <= length && length && length == value->length) return share(value);  // of a subclass too
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

Fallible<Ref<Str>> format_text(Str* value, Str* spec_text) {
    FormatSpec spec = TRY(parse_format_spec(spec_text, value, 's', '<'));
    TRY(check_text_spec(spec, value));
    ssize_t length = value->length;
    if (spec.precision >= 0 && length > spec.precision) length = spec.precision;
    return align_text(value, length, spec);
}

}  // namespace py
