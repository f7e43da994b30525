// File names and arguments: the file system encoding, which is UTF-8 in UTF-8 mode and the locale's otherwise. Bytes that do
// not decode become lone surrogates and come back as they were (PEP 383).
#include <cstring>
#include <cwchar>

#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_kind.h"
#include "interp/runtime/state.h"

namespace py {

namespace {

bool is_utf8(const char* encoding) { return !std::strcmp(encoding, "utf-8"); }
// glibc's own names as well, before the codecs can be asked.
bool is_ascii_charset(const char* encoding) { return !std::strcmp(encoding, "ascii") || !std::strcmp(encoding, "ANSI_X3.4-1968"); }

// One character of the locale's encoding: bytes used, 0 when the first byte stands for none.
size_t decode_one(std::string_view bytes, uint32_t* ch) {
    if (uint8_t(bytes[0]) < 0x80) {
        *ch = uint8_t(bytes[0]);
        return 1;
    }
    if (is_ascii_charset(runtime().config.fs_encoding)) return 0;
    wchar_t wide;
    std::mbstate_t state{};
    size_t used = std::mbrtowc(&wide, bytes.data(), bytes.size(), &state);
    if (used == 0 || used > bytes.size()) return 0;
    *ch = uint32_t(wide);
    return used;
}

}  // namespace

Fallible<Ref<Str>> str_from_fs(std::string_view bytes) {
    if (is_utf8(runtime().config.fs_encoding)) return utf8_decode(bytes, "surrogateescape", nullptr);
    StrBuilder text;
    while (!bytes.empty()) {
        uint32_t ch;
        size_t used = decode_one(bytes, &ch);
        if (!used) {
            ch = 0xdc00 + uint8_t(bytes[0]);
            used = 1;
        }
        TRY(text.append_char(ch));
        bytes.remove_prefix(used);
    }
    return text.finish();
}

Fallible<Ref<Bytes>> fs_encode(Str* text) {
    const char* encoding = runtime().config.fs_encoding;
    if (is_utf8(encoding)) return utf8_encode(text, "surrogateescape");
    if (text->ascii) return bytes_from(text->ascii_view());
    return str_encode(text, encoding, "surrogateescape");
}

}  // namespace py
