// Hexadecimal text of bytes, and bytes from it.
#include "interp/objects/abstract.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str_kind.h"
#include "interp/objects/unicode_properties.h"

namespace py {

namespace {

constexpr char kHex[] = "0123456789abcdef";

int digit_value(uint32_t c) {
    if (c >= '0' && c <= '9') return int(c - '0');
    c |= 32;
    return c >= 'a' && c <= 'f' ? int(c - 'a' + 10) : -1;
}
Fallible<uint8_t> separator_of(Object* separator) {
    ssize_t size = TRY(length(separator));
    if (size != 1) return raise(exc::ValueError, "sep must be length 1.");
    if (is_str(separator)) {
        if (!as_str(separator)->ascii) return raise(exc::ValueError, "sep must be ASCII.");
        return uint8_t(as_str(separator)->at(0));
    }
    if (!is_bytes(separator)) return raise(exc::TypeError, "sep must be str or bytes.");
    uint8_t byte = uint8_t(as_bytes(separator)->data[0]);
    if (byte > 127) return raise(exc::ValueError, "sep must be ASCII.");
    return byte;
}

}  // namespace

Fallible<Ref<Str>> hex_text(std::string_view bytes, Object* separator, ssize_t group) {
    uint8_t mark = 0;
    if (separator) mark = TRY(separator_of(separator));
    ssize_t size = ssize_t(bytes.size());
    ssize_t step = group < 0 ? -group : group;
    if (step == 0 || step >= size) separator = nullptr;
    ssize_t marks = separator ? (size - 1) / step : 0;
    if (size > (PTRDIFF_MAX - marks) / 2) return raise_memory_error();
    if (size == 0) return str_empty();
    Ref<Str> text = TRY(str_new(size * 2 + marks, 0x7f));
    auto* out = static_cast<char*>(text->data());
    // Groups are counted from the right when the count is positive.
    ssize_t first = group > 0 && step ? size % step : 0;
    for (ssize_t i = 0; i < size; ++i) {
        if (separator && i && (i - first) % step == 0) *out++ = char(mark);
        *out++ = kHex[uint8_t(bytes[size_t(i)]) >> 4];
        *out++ = kHex[uint8_t(bytes[size_t(i)]) & 15];
    }
    return text;
}
// bytes.hex([sep[, bytes_per_sep]])
Fallible<Ref<>> bytes_hex(Object* self, Object* const* bound) {
    ssize_t group = bound[1] ? TRY(as_c_int(bound[1])) : 1;
    BytesSelf bytes(self);
    return hex_text(bytes.view, bound[0], group);
}
Raised raise_not_hexadecimal(ssize_t position) {
    return raise(exc::ValueError, "non-hexadecimal number found in fromhex() arg at position %zd", position);
}
// bytes.fromhex(string, /)
Fallible<Ref<>> bytes_fromhex(Object* type, Object* string) {
    if (!is_str(string))
        return raise(exc::TypeError, "fromhex() argument must be str, not %N", string);
    Str* text = as_str(string);
    for (ssize_t i = 0; i < text->length; ++i)  // before any digit is looked at
        if (text->at(i) >= 128) return raise_not_hexadecimal(i);
    BytesBuilder out;
    TRY(out.reserve(text->length / 2 + 1));
    for (ssize_t i = 0; i < text->length;) {
        uint32_t c = text->at(i);
        if (c < 128 && is_bytes_blank(uint8_t(c))) {
            ++i;
            continue;
        }
        int high = digit_value(c);
        int low = high >= 0 && i + 1 < text->length ? digit_value(text->at(i + 1)) : -1;
        if (low < 0) return raise_not_hexadecimal(high < 0 ? i : i + 1);
        out.append_reserved(uint8_t(high << 4 | low));
        i += 2;
    }
    auto* wanted = static_cast<Type*>(type);
    if (wanted == &bytearray_type) return bytearray_from(out.view());
    Ref<Bytes> bytes = TRY(out.finish());
    if (wanted == &bytes_type) return bytes;
    return call(type, bytes.get());
}

}  // namespace py
