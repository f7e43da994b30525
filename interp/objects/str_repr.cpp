// repr() of strings: quotes, escapes of what is not printable.
#include "interp/objects/str_methods.h"
#include "interp/objects/unicode_properties.h"

namespace py {

namespace {

constexpr char kHex[] = "0123456789abcdef";

bool is_plain(uint32_t ch) {
    if (ch < 0x7f) return ch >= ' ';
    return ch > 0x9f && unicode_is_printable(ch);
}
char short_escape(uint32_t ch) {
    return ch == '\t' ? 't' : ch == '\n' ? 'n' : ch == '\r' ? 'r' : 0;
}

Fallible<void> append_hex(StrBuilder& out, uint32_t ch) {
    char text[10] = {'\\', ch > 0xffff ? 'U' : ch > 0xff ? 'u' : 'x'};
    int digits = ch > 0xffff ? 8 : ch > 0xff ? 4 : 2;
    for (int i = 0; i < digits; ++i)
        text[2 + i] = kHex[(ch >> (4 * (digits - 1 - i))) & 15];
    return out.append_ascii({text, size_t(2 + digits)});
}
Fallible<Ref<Str>> repr_with_escapes(Str* text, char quote) {
    StrBuilder out;
    TRY(out.reserve(text->length + 2, 0x7f));
    TRY(out.append_char(uint8_t(quote)));
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t ch = text->at(i);
        if (ch == uint8_t(quote) || ch == '\\' || short_escape(ch)) {
            TRY(out.append_char('\\'));
            TRY(out.append_char(short_escape(ch) ? uint8_t(short_escape(ch)) : ch));
        } else if (is_plain(ch)) {
            TRY(out.append_char(ch));
        } else {
            TRY(append_hex(out, ch));
        }
    }
    TRY(out.append_char(uint8_t(quote)));
    return out.finish();
}

}  // namespace

Fallible<Ref<Str>> str_repr(Object* self) {
    Str* text = as_str(self);
    bool single = false, two = false, escapes = false;
    with_units(text, [&](auto* units) {
        for (ssize_t i = 0; i < text->length; ++i) {
            uint32_t ch = units[i];
            bool special = ch < ' ' || ch == '\'' || ch == '"' || ch == '\\' || ch >= 0x7f;
            if (!special) [[likely]]
                continue;
            single |= ch == '\'';
            two |= ch == '"';
            escapes |= ch == '\\' || !is_plain(ch);
        }
    });
    char quote = single && !two ? '"' : '\'';
    if (escapes || (single && two)) return repr_with_escapes(text, quote);
    Ref<Str> result = TRY(str_new(text->length + 2, str_max_char(text)));
    write_unit(int(result->kind), result->data(), 0, uint8_t(quote));
    str_copy_chars(result.get(), 1, text, 0, text->length);
    write_unit(int(result->kind), result->data(), text->length + 1, uint8_t(quote));
    return result;
}

}  // namespace py
