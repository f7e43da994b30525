// Latin-1 and ASCII.
#include <cstring>

#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/str_kind.h"

namespace py {

Fallible<Ref<Str>> ascii_decode(std::string_view bytes, const char* errors) {
    if (is_ascii(bytes.data(), ssize_t(bytes.size()))) return str_from_ascii(bytes);
    Decoding run("ascii", bytes, errors);
    StrBuilder out;
    ssize_t position = 0;
    while (position < run.size()) {
        ssize_t end = position;
        while (end < run.size() && run.at(end) < 0x80)
            ++end;
        TRY(out.append_ascii(run.input.substr(size_t(position), size_t(end - position))));
        position = end;
        if (position < run.size())
            TRY(run.malformed(position, position + 1, "ordinal not in range(128)", out, &position));
    }
    return out.finish();
}

namespace {

struct NarrowCodec {
    const char* name;
    uint32_t limit;
    const char* reason;
};
constexpr NarrowCodec kLatin1 = {"latin-1", 256, "ordinal not in range(256)"};
constexpr NarrowCodec kAscii = {"ascii", 128, "ordinal not in range(128)"};

Fallible<Ref<Bytes>> encode_narrow(Str* text, const char* errors, const NarrowCodec& codec) {
    Encoding run(codec.name, text, errors);
    BytesBuilder out;
    TRY(out.reserve(text->length));
    for (ssize_t i = 0; i < text->length;) {
        uint32_t ch = text->at(i);
        if (ch < codec.limit) {
            TRY(out.append_byte(uint8_t(ch)));
            ++i;
            continue;
        }
        if (run.mode() == ErrorMode::SurrogateEscape && ch >= 0xdc80 && ch <= 0xdcff) {
            TRY(out.append_byte(uint8_t(ch - 0xdc00)));
            ++i;
            continue;
        }
        ssize_t end = i + 1;
        while (end < text->length && text->at(end) >= codec.limit)
            ++end;
        Replacement r = TRY(run.unencodable(i, end, codec.reason));
        if (r.bytes) {
            TRY(out.append(r.bytes->view()));
        } else {
            for (ssize_t k = 0; k < r.text->length; ++k) {
                if (r.text->at(k) >= codec.limit) return run.fail(i, end, codec.reason);
                TRY(out.append_byte(uint8_t(r.text->at(k))));
            }
        }
        i = r.position;
    }
    return out.finish();
}

}  // namespace

Fallible<Ref<Bytes>> latin1_encode(Str* text, const char* errors) {
    if (text->kind == 1) return bytes_from({static_cast<const char*>(text->data()), size_t(text->length)});
    return encode_narrow(text, errors, kLatin1);
}
Fallible<Ref<Bytes>> ascii_encode(Str* text, const char* errors) {
    if (text->ascii) return bytes_from(text->ascii_view());
    return encode_narrow(text, errors, kAscii);
}

}  // namespace py
