// format_str: printf-like making of strings for messages and reprs (the directives of PyUnicode_FromFormat and ours).
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

struct Directive {
    bool zero = false, left = false;
    ssize_t width = 0, precision = -1;
    int longs = 0;  // l: 1, ll or z or j or t: 2
    char conversion = 0;
};

ssize_t parse_number(const char*& p) {
    ssize_t value = 0;
    while (*p >= '0' && *p <= '9' && value < 1000000)
        value = value * 10 + (*p++ - '0');
    return value;
}
Directive parse_directive(const char*& p, va_list& arguments) {
    Directive d;
    for (;; ++p) {
        if (*p == '0')
            d.zero = true;
        else if (*p == '-')
            d.left = true;
        else
            break;
    }
    if (*p == '*') {
        d.width = va_arg(arguments, int);
        ++p;
    } else {
        d.width = parse_number(p);
    }
    if (*p == '.') {
        ++p;
        if (*p == '*') {
            d.precision = va_arg(arguments, int);
            ++p;
        } else {
            d.precision = parse_number(p);
        }
    }
    while (*p == 'l')
        ++d.longs, ++p;
    while (*p == 'z' || *p == 'j' || *p == 't')
        d.longs = 2, ++p;
    d.conversion = *p ? *p++ : 0;
    return d;
}

Fallible<void> pad(StrBuilder& out, char fill, ssize_t count) {
    for (; count > 0; --count)
        TRY(out.append_char(uint8_t(fill)));
    return {};
}
Fallible<void> append_integer(StrBuilder& out, const Directive& d, va_list& arguments) {
    char text[32];
    bool is_signed = d.conversion == 'd' || d.conversion == 'i';
    int length;
    if (is_signed) {
        long long value = d.longs >= 2   ? va_arg(arguments, long long)
                          : d.longs == 1 ? va_arg(arguments, long)
                                         : va_arg(arguments, int);
        length = std::snprintf(text, sizeof text, "%lld", value);
    } else {
        unsigned long long value = d.longs >= 2   ? va_arg(arguments, unsigned long long)
                                   : d.longs == 1 ? va_arg(arguments, unsigned long)
                                                  : va_arg(arguments, unsigned);
        const char* shape = d.conversion == 'x'   ? "%llx"
                            : d.conversion == 'X' ? "%llX"
                            : d.conversion == 'o' ? "%llo"
                                                  : "%llu";
        length = std::snprintf(text, sizeof text, shape, value);
    }
    std::string_view digits{text, size_t(length)};
    bool negative = digits[0] == '-';
    if (negative) digits.remove_prefix(1);
    ssize_t zeros = d.precision > ssize_t(digits.size()) ? d.precision - ssize_t(digits.size()) : 0;
    ssize_t blanks = d.width - ssize_t(digits.size()) - zeros - negative;
    if (d.zero && d.precision < 0 && blanks > 0) zeros = blanks, blanks = 0;
    if (!d.left) TRY(pad(out, ' ', blanks));
    if (negative) TRY(out.append_char('-'));
    TRY(pad(out, '0', zeros));
    TRY(out.append_ascii(digits));
    if (d.left) TRY(pad(out, ' ', blanks));
    return {};
}
Fallible<void> append_text(StrBuilder& out, const Directive& d, Str* text) {
    ssize_t length = text->length;
    if (d.precision >= 0 && length > d.precision) length = d.precision;
    if (!d.left) TRY(pad(out, ' ', d.width - length));
    TRY(out.append_range(text, 0, length));
    if (d.left) TRY(pad(out, ' ', d.width - length));
    return {};
}
// A C string; malformed UTF-8 becomes U+FFFD, for messages must not fail. Precision counts bytes, and may cut a character.
Fallible<void> append_c_string(StrBuilder& out, Directive d, const char* text) {
    if (!text) text = "(null)";
    size_t size = d.precision >= 0 ? strnlen(text, size_t(d.precision)) : std::strlen(text);
    if (is_ascii(text, ssize_t(size))) {
        if (!d.left) TRY(pad(out, ' ', d.width - ssize_t(size)));
        TRY(out.append_ascii({text, size}));
        return d.left ? pad(out, ' ', d.width - ssize_t(size)) : Fallible<void>();
    }
    Ref<Str> decoded = TRY(utf8_decode({text, size}, "replace", nullptr));
    d.precision = -1;
    return append_text(out, d, decoded.get());
}
Fallible<void> append_object(StrBuilder& out, const Directive& d, va_list& arguments) {
    Object* object = va_arg(arguments, Object*);
    switch (d.conversion) {
        case 'R': return append_text(out, d, TRY(repr(object)).get());
        case 'S': return append_text(out, d, TRY(str(object)).get());
        case 'A': return append_text(out, d, TRY(ascii(object)).get());
        case 'U': return append_text(out, d, as_str(object));
        case 'T': return append_c_string(out, d, object->type->name);
        case 'N': return append_c_string(out, d, is_none(object) ? "None" : object->type->name);
        default: {
            const char* text = va_arg(arguments, const char*);
            return object ? append_text(out, d, as_str(object)) : append_c_string(out, d, text);
        }
    }
}
Fallible<void> append_directive(StrBuilder& out, const Directive& d, va_list& arguments) {
    switch (d.conversion) {
        case 'd':
        case 'i':
        case 'u':
        case 'x':
        case 'X':
        case 'o': return append_integer(out, d, arguments);
        case 'c': {
            int ch = va_arg(arguments, int);
            if (ch < 0 || ch > 0x10ffff) return raise(exc::OverflowError, "character argument not in range(0x110000)");
            return out.append_char(uint32_t(ch));
        }
        case 'p': {
            char text[32];
            std::snprintf(text, sizeof text, "%p", va_arg(arguments, void*));
            return out.append_ascii(text);
        }
        case 's': return append_c_string(out, d, va_arg(arguments, const char*));
        case 'R':
        case 'S':
        case 'A':
        case 'U':
        case 'V':
        case 'N':
        case 'T': return append_object(out, d, arguments);
        case '%': return out.append_char('%');
        default: return raise(exc::SystemError, "invalid format string");
    }
}

}  // namespace

Fallible<Ref<Str>> format_str_v(const char* format, va_list given) {
    va_list arguments;
    va_copy(arguments, given);
    struct Closer {
        va_list& list;
        ~Closer() { va_end(list); }
    } closer{arguments};
    StrBuilder out;
    const char* p = format;
    while (*p) {
        if (*p == '%') {
            ++p;
            Directive d = parse_directive(p, arguments);
            TRY(append_directive(out, d, arguments));
            continue;
        }
        const char* end = strchrnul(p, '%');
        std::string_view literal{p, size_t(end - p)};
        if (is_ascii(p, end - p)) {
            TRY(out.append_ascii(literal));
        } else {
            Ref<Str> decoded = TRY(str_from_utf8(literal));
            TRY(out.append(decoded.get()));
        }
        p = end;
    }
    return out.finish();
}
Fallible<Ref<Str>> format_str(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Fallible<Ref<Str>> result = format_str_v(format, arguments);
    va_end(arguments);
    return result;
}

}  // namespace py
