// _multibytecodec: East Asian codecs as Python objects: stateless, incremental, and over streams.
#pragma once

#include "interp/modules/cjk_codec.h"
#include "interp/objects/bytes.h"

namespace py::cjk {

struct MultibyteCodec : Object {
    const Codec* codec;
    const Charset* charset;  // null: it has none of its own
};
extern Type multibyte_codec_type;

State start_state(const MultibyteCodec* codec, bool decodes);

// `is_last`: nothing follows; the encoder goes back to its first state. *consumed: what is left waits for more.
Fallible<Ref<Bytes>> encode_text(const MultibyteCodec* codec, State& state, Str* text, const char* errors, bool is_last,
                                 ssize_t* consumed);
// `is_last`: a sequence that is cut off is an error.
Fallible<Ref<Str>> decode_bytes(const MultibyteCodec* codec, State& state, std::string_view bytes, const char* errors,
                                bool is_last, ssize_t* consumed);

// What an incremental codec keeps between calls.
inline constexpr ssize_t kMaxPendingCharacters = 2, kMaxPendingBytes = 8;
struct Encoder {
    State state;
    Str* pending;  // null: nothing
    Fallible<Ref<Bytes>> encode(const MultibyteCodec* codec, Object* input, const char* errors, bool is_last);
};
struct Decoder {
    State state;
    uint8_t pending[kMaxPendingBytes];
    ssize_t pending_count;
    Fallible<Ref<Str>> decode(const MultibyteCodec* codec, std::string_view input, const char* errors, bool is_last);
    void reset(const MultibyteCodec* codec);
};

// The attribute `codec` of the class, which names the encoding.
Fallible<Ref<MultibyteCodec>> codec_of_class(Type* type);
// str() of what is to be encoded; a new reference.
Fallible<Ref<Str>> text_to_encode(Object* input);

// The attribute `errors` of the four stateful types.
Fallible<Ref<Str>> errors_text(Object* argument);
Fallible<void> set_errors(Object*& errors, Object* value);

Fallible<void> add_incremental_types(Module* module);
Fallible<void> add_stream_types(Module* module);

}  // namespace py::cjk
