// bytes % arguments (PEP 461).
#include "interp/objects/bytes_methods.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/percent_format.h"

namespace py {

namespace {

Fallible<void> fill(BytesBuilder& out, char ch, ssize_t count) {
    if (count <= 0) return {};
    TRY(out.reserve(count));
    for (; count > 0; --count)
        out.append_reserved(uint8_t(ch));
    return {};
}
Fallible<void> append_number(BytesBuilder& out, Str* text, const PercentSpec& spec) {
    NumberLayout layout = layout_number(text, spec);
    std::string_view digits = text->ascii_view();
    if (!spec.zero && !spec.left) TRY(fill(out, ' ', layout.missing));
    if (layout.sign) TRY(out.append_byte(uint8_t(layout.sign)));
    if (layout.prefix) TRY(out.append(digits.substr(size_t(layout.start - 2), 2)));
    if (spec.zero && !spec.left) TRY(fill(out, '0', layout.missing));
    TRY(out.append(digits.substr(size_t(layout.start))));
    if (spec.left) TRY(fill(out, ' ', layout.missing));
    return {};
}
Fallible<void> append_content(BytesBuilder& out, std::string_view content, const PercentSpec& spec) {
    if (spec.precision >= 0 && ssize_t(content.size()) > spec.precision)
        content = content.substr(0, size_t(spec.precision));
    if (!spec.left) TRY(fill(out, ' ', spec.width - ssize_t(content.size())));
    TRY(out.append(content));
    if (spec.left) TRY(fill(out, ' ', spec.width - ssize_t(content.size())));
    return {};
}
// %b and %s: a buffer, or what __bytes__ gives.
Fallible<void> append_bytes(BytesBuilder& out, Object* value, const PercentSpec& spec) {
    if (bytes_is_like(value)) {
        BytesSelf bytes(value);
        return append_content(out, bytes.view, spec);
    }
    Ref<> method = TRY(lookup_special(value, "__bytes__"_name));
    if (method) {
        Ref<> result = TRY(call(method.get()));
        if (!is_bytes(result.get()))
            return raise(exc::TypeError, "__bytes__ returned non-bytes (type %.200s)", result->type->name);
        return append_content(out, as_bytes(result.get())->view(), spec);
    }
    if (!has_buffer(value))
        return raise(exc::TypeError,
                     "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100s'",
                     value->type->name);
    BufferView view;
    TRY(view.open(value));
    return append_content(out, view.view(), spec);
}
Raised raise_no_byte() {
    return raise(exc::TypeError, "%%c requires an integer in range(256) or a single byte");
}
Fallible<uint8_t> byte_for(Object* value) {
    if (bytes_is_like(value)) {
        BytesSelf bytes(value);
        if (bytes.size() == 1) return bytes.data()[0];
    } else if (is_index(value)) {
        Fallible<Ref<Int>> number = index(value);
        if (!number.ok()) return clear_error_if(exc::TypeError) ? raise_no_byte() : raised;
        int overflow;
        int64_t byte = as_int64_clamped(number.take().get(), &overflow);
        if (overflow || byte < 0 || byte > 255) return raise(exc::OverflowError, "%%c arg not in range(256)");
        return uint8_t(byte);
    }
    return raise_no_byte();
}
Fallible<void> append_value(BytesBuilder& out, PercentSpec& spec, ssize_t position, Object* value) {
    if (spec.conversion == 'i') spec.conversion = 'd';
    uint32_t c = spec.conversion;
    if (is_integer_conversion(c)) return append_number(out, TRY(percent_integer(value, spec)).get(), spec);
    if (is_float_conversion(c)) return append_number(out, TRY(percent_float(value, spec, true)).get(), spec);
    switch (c) {
        case 'r':
        case 'a': {
            Ref<Str> text = TRY(ascii(value));
            return append_content(out, text->ascii_view(), spec);
        }
        case 's':
        case 'b': return append_bytes(out, value, spec);
        case 'c': {
            char byte = char(TRY(byte_for(value)));
            spec.precision = -1;
            return append_content(out, {&byte, 1}, spec);
        }
        default:
            if (c >= 0x80 && !spec.behind_digits) return raise_bare(exc::ValueError);  // CPython cannot show it either
            return raise(exc::ValueError, "unsupported format character '%c' (0x%x) at index %zd", int(c), unsigned(c),
                         position - 1);
    }
}

}  // namespace

Fallible<Ref<Bytes>> bytes_percent_format(std::string_view format, Object* operand) {
    PercentArguments arguments(operand, bytes_is_like(operand) || is_str(operand));
    BytesBuilder out;
    ssize_t position = 0, size = ssize_t(format.size());
    auto at = [&](ssize_t i) { return uint32_t(uint8_t(format[size_t(i)])); };
    auto make_key = [&](ssize_t start, ssize_t end) -> Fallible<Ref<>> {
        return bytes_from(format.substr(size_t(start), size_t(end - start)));
    };
    while (position < size) {
        size_t next = format.find('%', size_t(position));
        if (next == format.npos) next = size_t(size);
        TRY(out.append(format.substr(size_t(position), next - size_t(position))));
        if (next == size_t(size)) break;
        position = ssize_t(next) + 1;
        if (position < size && format[size_t(position)] == '%') {
            TRY(out.append_byte('%'));
            ++position;
            continue;
        }
        PercentSpec spec = TRY(parse_percent(at, size, &position, arguments, make_key, "prec"));
        Object* value = spec.key_value ? spec.key_value.get() : TRY(arguments.next());
        TRY(append_value(out, spec, position, value));
    }
    if (!arguments.all_used()) return raise(exc::TypeError, "not all arguments converted during bytes formatting");
    return out.finish();
}

}  // namespace py
