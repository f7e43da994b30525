// The built-in error handlers (codecs documentation, "Error Handlers"; PEP 293, PEP 383), as functions on a malformed
// range and as callables on an exception instance.
#include "interp/objects/codec_error_handlers.h"

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/str_kind.h"
#include "interp/objects/unicode_names.h"

namespace py {

namespace {

constexpr char kHex[] = "0123456789abcdef";

// The byte shape of a surrogate in the UTF families.
struct UtfFamily {
    int width = 0;  // bytes of a lone surrogate; 0: not a UTF
    bool utf8 = false, big = false;
};
UtfFamily utf_family(const char* encoding) {
    char name[16];
    size_t n = 0;
    for (const char* p = encoding; *p; ++p) {
        if (n == sizeof name - 1) return {};
        char c = *p;
        if (c == '_') c = '-';
        if (c >= 'A' && c <= 'Z') c = char(c + 32);
        name[n++] = c;
    }
    std::string_view text{name, n};
    if (!text.starts_with("utf")) return {};
    text.remove_prefix(3);
    if (text.starts_with("-")) text.remove_prefix(1);
    if (text == "8") return {3, true, false};
    int width = text.starts_with("16") ? 2 : text.starts_with("32") ? 4 : 0;
    if (!width) return {};
    text.remove_prefix(2);
    if (text.starts_with("-")) text.remove_prefix(1);
    if (text.empty() || text == "le") return {width, false, false};
    return text == "be" ? UtfFamily{width, false, true} : UtfFamily{};
}

bool is_surrogate(uint32_t ch) {
    return ch >= 0xd800 && ch <= 0xdfff;
}

Fallible<void> append_escape(StrBuilder& out, uint32_t ch) {
    char text[10];
    int digits = ch > 0xffff ? 8 : ch > 0xff ? 4 : 2;
    text[0] = '\\';
    text[1] = digits == 8 ? 'U' : digits == 4 ? 'u' : 'x';
    for (int i = 0; i < digits; ++i)
        text[2 + i] = kHex[(ch >> (4 * (digits - 1 - i))) & 15];
    return out.append_ascii({text, size_t(2 + digits)});
}
Fallible<void> append_name(StrBuilder& out, uint32_t ch) {
    char text[kMaxNameLength + 4] = {'\\', 'N', '{'};
    int length = unicode_name(ch, text + 3);
    if (!length) return append_escape(out, ch);
    text[3 + length] = '}';
    return out.append_ascii({text, size_t(4 + length)});
}
Fallible<void> append_char_reference(StrBuilder& out, uint32_t ch) {
    char text[16];
    int length = std::snprintf(text, sizeof text, "&#%u;", unsigned(ch));
    return out.append_ascii({text, size_t(length)});
}

Fallible<bool> surrogate_pass_decode(const char* encoding, std::string_view input, ssize_t start, StrBuilder& out,
                                     ssize_t* position) {
    UtfFamily family = utf_family(encoding);
    if (!family.width || ssize_t(input.size()) - start < family.width) return false;
    auto* p = reinterpret_cast<const uint8_t*>(input.data()) + start;
    uint32_t ch = 0;
    if (family.utf8) {
        if ((p[0] & 0xf0) == 0xe0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80)
            ch = uint32_t((p[0] & 15) << 12 | (p[1] & 63) << 6 | (p[2] & 63));
    } else {
        for (int i = 0; i < family.width; ++i)
            ch |= uint32_t(p[i]) << (8 * (family.big ? family.width - 1 - i : i));
    }
    if (!is_surrogate(ch)) return false;
    TRY(out.append_char(ch));
    *position = start + family.width;
    return true;
}
Fallible<bool> surrogate_pass_encode(const char* encoding, Str* text, ssize_t start, ssize_t end, Replacement& result) {
    UtfFamily family = utf_family(encoding);
    if (!family.width) return false;
    BytesBuilder bytes;
    for (ssize_t i = start; i < end; ++i) {
        uint32_t ch = text->at(i);
        if (!is_surrogate(ch)) return false;
        TRY(bytes.reserve(4));
        if (family.utf8) {
            bytes.append_reserved(uint8_t(0xe0 | ch >> 12));
            bytes.append_reserved(uint8_t(0x80 | (ch >> 6 & 63)));
            bytes.append_reserved(uint8_t(0x80 | (ch & 63)));
        } else {
            for (int k = 0; k < family.width; ++k)
                bytes.append_reserved(uint8_t(ch >> (8 * (family.big ? family.width - 1 - k : k))));
        }
    }
    result.bytes = TRY(bytes.finish());
    return true;
}

}  // namespace

Fallible<bool> decode_replacement(ErrorMode mode, const char* encoding, std::string_view input, ssize_t start,
                                  ssize_t end, StrBuilder& out, ssize_t* position) {
    *position = end;
    switch (mode) {
        case ErrorMode::Ignore: return true;
        case ErrorMode::Replace: TRY(out.append_char(0xfffd)); return true;
        case ErrorMode::BackslashReplace:
            for (ssize_t i = start; i < end; ++i)
                TRY(append_escape(out, uint8_t(input[size_t(i)])));
            return true;
        case ErrorMode::SurrogateEscape: {
            ssize_t i = start;
            // At most four bytes, and only non-ASCII ones, become surrogates (PEP 383).
            for (; i < end && i < start + 4; ++i) {
                uint8_t byte = uint8_t(input[size_t(i)]);
                if (byte < 0x80) break;
                TRY(out.append_char(0xdc00u + byte));
            }
            *position = i;
            return i > start;
        }
        case ErrorMode::SurrogatePass: return surrogate_pass_decode(encoding, input, start, out, position);
        default: return false;
    }
}

Fallible<bool> encode_replacement(ErrorMode mode, const char* encoding, Str* text, ssize_t start, ssize_t end,
                                  Replacement& result) {
    result.position = end;
    StrBuilder out;
    switch (mode) {
        case ErrorMode::Ignore: result.text = str_empty(); return true;
        case ErrorMode::Replace: result.text = TRY(str_filled('?', end - start)); return true;
        case ErrorMode::BackslashReplace:
            for (ssize_t i = start; i < end; ++i)
                TRY(append_escape(out, text->at(i)));
            break;
        case ErrorMode::XmlCharRefReplace:
            for (ssize_t i = start; i < end; ++i)
                TRY(append_char_reference(out, text->at(i)));
            break;
        case ErrorMode::NameReplace:
            for (ssize_t i = start; i < end; ++i)
                TRY(append_name(out, text->at(i)));
            break;
        case ErrorMode::SurrogateEscape: {
            BytesBuilder bytes;
            for (ssize_t i = start; i < end; ++i) {
                uint32_t ch = text->at(i);
                if (ch < 0xdc80 || ch > 0xdcff) return false;
                TRY(bytes.append_byte(uint8_t(ch - 0xdc00)));
            }
            result.bytes = TRY(bytes.finish());
            return true;
        }
        case ErrorMode::SurrogatePass: return surrogate_pass_encode(encoding, text, start, end, result);
        default: return false;
    }
    result.text = TRY(out.finish());
    return true;
}

namespace {

Fallible<Ref<>> handler_result(Ref<> replacement, ssize_t position) {
    Ref<> where = TRY(int_from(position));
    return TRY(tuple_pack(replacement.get(), where.get()));
}
ssize_t clamp_index(ssize_t value, ssize_t length) {
    return value < 0 ? 0 : value > length ? length : value;
}

Fallible<Ref<>> handle_decode_error(ErrorMode mode, UnicodeErrorException* error) {
    if (!error->object || !is_bytes(error->object)) return raise(exc::TypeError, "object attribute must be bytes");
    std::string_view input = as_bytes(error->object)->view();
    ssize_t start = clamp_index(error->start, ssize_t(input.size()) - 1),
            end = clamp_index(error->end, ssize_t(input.size()));
    if (start < 0) start = 0;
    if (end < 1) end = error->end < 1 && !input.empty() ? 1 : end;
    StrBuilder out;
    ssize_t position;
    std::string_view encoding = error->encoding && is_str(error->encoding) ? TRY(str_utf8(as_str(error->encoding))) : "";
    if (!TRY(decode_replacement(mode, encoding.data(), input, start, end, out, &position)))
        return raise_instance(error);
    return handler_result(TRY(out.finish()), position);
}
Fallible<Ref<>> handle_encode_error(ErrorMode mode, UnicodeErrorException* error) {
    if (!error->object || !is_str(error->object)) return raise(exc::TypeError, "object attribute must be unicode");
    Str* text = as_str(error->object);
    ssize_t start = clamp_index(error->start, text->length), end = clamp_index(error->end, text->length);
    if (start == text->length && start > 0) start = text->length - 1;
    if (end < 1 && text->length) end = 1;
    Replacement result;
    std::string_view encoding = error->encoding && is_str(error->encoding) ? TRY(str_utf8(as_str(error->encoding))) : "";
    if (end < start) end = start;
    if (!TRY(encode_replacement(mode, encoding.data(), text, start, end, result))) return raise_instance(error);
    Ref<> replacement = result.bytes ? Ref<>(std::move(result.bytes)) : Ref<>(std::move(result.text));
    return handler_result(std::move(replacement), result.position);
}
Fallible<Ref<>> handle_translate_error(ErrorMode mode, UnicodeErrorException* error) {
    if (mode != ErrorMode::Ignore && mode != ErrorMode::Replace && mode != ErrorMode::BackslashReplace)
        return raise(exc::TypeError, "don't know how to handle %.200s in error callback",
                     static_cast<Object*>(error)->type->name);
    Str* text = as_str(error->object);
    ssize_t start = clamp_index(error->start, text->length), end = clamp_index(error->end, text->length);
    if (mode == ErrorMode::Replace) return handler_result(TRY(str_filled(0xfffd, end - start)), end);
    Replacement result;
    TRY(encode_replacement(mode, "", text, start, std::max(start, end), result));
    return handler_result(std::move(result.text), result.position);
}

}  // namespace

Fallible<Ref<>> handle_error_builtin(ErrorMode mode, Object* exception) {
    if (mode == ErrorMode::Strict) {
        if (is_exception(exception)) return raise_instance(exception);
        return raise(exc::TypeError, "codec must pass exception instance");
    }
    auto* error = static_cast<UnicodeErrorException*>(exception);
    bool encode_only = mode == ErrorMode::XmlCharRefReplace || mode == ErrorMode::NameReplace;
    bool encodes = is_instance_of(exception, *exc::UnicodeEncodeError);
    bool decodes = is_instance_of(exception, *exc::UnicodeDecodeError);
    if (encodes) return handle_encode_error(mode, error);
    if (decodes && !encode_only) return handle_decode_error(mode, error);
    if (is_instance_of(exception, *exc::UnicodeTranslateError)) return handle_translate_error(mode, error);
    return raise(exc::TypeError, "don't know how to handle %.200s in error callback", exception->type->name);
}

}  // namespace py
