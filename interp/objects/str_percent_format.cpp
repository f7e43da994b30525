// str % arguments (library reference, "printf-style String Formatting").
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/percent_format.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

Fallible<void> fill(StrBuilder& out, char ch, ssize_t count) {
    if (count <= 0) return {};
    TRY(out.reserve(count, 0x7f));
    for (; count > 0; --count)
        TRY(out.append_char(uint8_t(ch)));
    return {};
}
Fallible<void> append_number(StrBuilder& out, Str* text, const PercentSpec& spec) {
    NumberLayout layout = layout_number(text, spec);
    bool zero = spec.zero;
    if (!zero && !spec.left) TRY(fill(out, ' ', layout.missing));
    if (layout.sign) TRY(out.append_char(uint8_t(layout.sign)));
    if (layout.prefix) TRY(out.append_range(text, layout.start - 2, layout.start));
    if (zero && !spec.left) TRY(fill(out, '0', layout.missing));
    TRY(out.append_range(text, layout.start, text->length));
    if (spec.left) TRY(fill(out, ' ', layout.missing));
    return {};
}
Fallible<void> append_text(StrBuilder& out, Str* text, const PercentSpec& spec) {
    ssize_t length = text->length;
    if (spec.precision >= 0 && length > spec.precision) length = spec.precision;
    if (!spec.left) TRY(fill(out, ' ', spec.width - length));
    TRY(out.append_range(text, 0, length));
    if (spec.left) TRY(fill(out, ' ', spec.width - length));
    return {};
}
Raised raise_no_character() {
    return raise(exc::TypeError, "%%c requires int or char");
}
Fallible<Ref<Str>> character_of(Object* value) {
    if (is_str(value)) {
        if (as_str(value)->length == 1) return str_exact(as_str(value));
        return raise_no_character();
    }
    if (!is_index(value)) return raise_no_character();
    Fallible<Ref<Int>> number = index(value);
    if (!number.ok()) return clear_error_if(exc::TypeError) ? raise_no_character() : raised;
    int overflow;
    int64_t code = as_int64_clamped(number.take().get(), &overflow);
    if (overflow || code < 0 || code > 0x10ffff) return raise(exc::OverflowError, "%%c arg not in range(0x110000)");
    return str_from_char(uint32_t(code));
}
Fallible<void> append_value(StrBuilder& out, Str* format, PercentSpec& spec, ssize_t position, Object* value) {
    uint32_t c = spec.conversion;
    if (c == 'd' && spec.is_bare() && is_int_exact(value)) return out.append(TRY(int_to_str(as_int(value), 10)).get());
    if (is_integer_conversion(c)) return append_number(out, TRY(percent_integer(value, spec)).get(), spec);
    if (is_float_conversion(c)) return append_number(out, TRY(percent_float(value, spec, false)).get(), spec);
    switch (c) {
        case 's': return append_text(out, TRY(str(value)).get(), spec);
        case 'r': return append_text(out, TRY(repr(value)).get(), spec);
        case 'a': return append_text(out, TRY(ascii(value)).get(), spec);
        case 'c': spec.precision = -1; return append_text(out, TRY(character_of(value)).get(), spec);
        default:
            return raise(exc::ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                         c >= 31 && c < 127 ? int(c) : '?', unsigned(c), position - 1);
    }
}

}  // namespace

Fallible<Ref<Str>> str_percent_format(Str* format, Object* operand) {
    PercentArguments arguments(operand, is_str(operand));
    StrBuilder out;
    ssize_t position = 0, length = format->length;
    auto at = [kind = int(format->kind), data = format->data()](ssize_t i) { return read_unit(kind, data, i); };
    auto make_key = [&](ssize_t start, ssize_t end) -> Fallible<Ref<>> { return str_substring(format, start, end); };
    while (position < length) {
        ssize_t next = position;
        while (next < length && at(next) != '%')
            ++next;
        // The text is its own result, of a subclass too.
        if (position == 0 && next == length && arguments.all_used()) return share(format);
        TRY(out.append_range(format, position, next));
        if (next == length) break;
        position = next + 1;
        if (position < length && at(position) == '%') {
            TRY(out.append_char('%'));
            ++position;
            continue;
        }
        PercentSpec spec = TRY(parse_percent(at, length, &position, arguments, make_key, "precision"));
        Object* value = spec.key_value ? spec.key_value.get() : TRY(arguments.next());
        TRY(append_value(out, format, spec, position, value));
    }
    if (!arguments.all_used()) return raise(exc::TypeError, "not all arguments converted during string formatting");
    return out.finish();
}

}  // namespace py
