// Codecs of East Asian encodings: how one character is encoded or decoded, with what has to be remembered between them.
#pragma once

#include "interp/modules/cjk_charset.h"
#include "interp/objects/str.h"

namespace py::cjk {

struct State {
    uint8_t c[8] = {};
};

struct Source {  // of a decoder
    const uint8_t* bytes;
    ssize_t left;
};
struct Text {  // of an encoder
    Str* text;
    ssize_t position;
    bool is_last;  // nothing follows the text
    uint32_t at(ssize_t i) const { return text->at(position + i); }
    ssize_t left() const { return text->length - position; }
};
struct Decoded {
    Characters characters;  // none: a control sequence was read
};
struct Encoded {
    uint8_t bytes[12];
    int count = 0;
    void put(uint32_t byte) { bytes[count++] = uint8_t(byte); }
};

struct Designation;
struct Codec {
    const char* name;
    const char* charset;  // null: none of its own
    // Bytes read; 0: the sequence is cut off; negative: so many bytes are malformed.
    int (*decode)(const Codec& codec, const Charset* charset, State& state, Source source, Decoded& out);
    // Characters read; 0: the next one has to be known; -1: there is no code.
    int (*encode)(const Codec& codec, const Charset* charset, State& state, Text text, Encoded& out);
    void (*start)(State& state, bool decodes) = nullptr;          // null: zeros
    void (*reset_decoder)(State& state) = nullptr;                // null: zeros
    void (*reset_encoder)(State& state, Encoded& out) = nullptr;  // goes back to ASCII; null: nothing to do
    const Designation* designations = nullptr;                    // ISO 2022
    unsigned flags = 0;
};

// The codec of a module (`_codecs_cn`) by its name, null: there is none.
const Codec* find_codec(const char* module, const char* name);
// All tables that the codec reads.
Fallible<void> load_charsets(const Codec& codec);
extern const Codec iso2022_codecs[7];

// The characters of a two-byte code and the code of a character, as the double-byte encodings use them.
int encode_from_table(const Charset& charset, const Text& text, uint32_t* code);

}  // namespace py::cjk
