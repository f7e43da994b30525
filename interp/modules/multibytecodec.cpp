// _multibytecodec and the modules that hand out its codecs: _codecs_cn, _codecs_hk, _codecs_iso2022, _codecs_jp,
// _codecs_kr, _codecs_tw.
#include "interp/modules/multibytecodec.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/codec.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"

namespace py::cjk {
namespace {

MultibyteCodec* as_codec(Object* object) { return static_cast<MultibyteCodec*>(object); }

// A handler's text, encoded with the same state; what cannot be encoded either is the first error again.
Fallible<void> encode_replacement_text(const MultibyteCodec* codec, State& state, Str* text, Encoding& run, ssize_t position,
                                       BytesBuilder& out) {
    for (ssize_t at = 0; at < text->length;) {
        Encoded encoded;
        int count = codec->codec->encode(*codec->codec, codec->charset, state, {text, at, true}, encoded);
        if (count < 0) return run.fail(position, position + 1, "illegal multibyte sequence");
        TRY(out.append({reinterpret_cast<char*>(encoded.bytes), size_t(encoded.count)}));
        at += count;
    }
    return {};
}

// A handler's position that is no index is out of bounds. What the handler itself raised has a traceback.
void overflow_is_out_of_bounds() {
    PendingError error = fetch_error();
    if (!error.traceback && error.type.get() == exc::OverflowError)
        (void)raise(exc::IndexError, "position -1 from error handler out of bounds");
    else
        restore_error(std::move(error));
}

Fallible<ssize_t> replace_character(const MultibyteCodec* codec, State& state, Encoding& run, ssize_t position, BytesBuilder& out) {
    Fallible<Replacement> given = run.unencodable(position, position + 1, "illegal multibyte sequence");
    if (!given.ok()) {
        overflow_is_out_of_bounds();
        return raised;
    }
    Replacement replacement = given.take();
    if (replacement.bytes) TRY(out.append(replacement.bytes->view()));
    if (replacement.text) TRY(encode_replacement_text(codec, state, replacement.text.get(), run, position, out));
    return replacement.position;
}

// errors as C text; null stays null.
Fallible<const char*> errors_name(Object* argument, const char* function) {
    if (!argument || is_none(argument)) return static_cast<const char*>(nullptr);
    if (!is_str(argument)) return raise(exc::TypeError, "%s() argument 'errors' must be str or None, not %N", function, argument);
    return TRY(str_utf8(as_str(argument))).data();
}

// MultibyteCodec.encode(input, errors=None)
Fallible<Ref<>> codec_encode(Object* self, Object* const* bound) {
    const char* errors = TRY(errors_name(bound[1], "encode"));
    Ref<Str> text = TRY(text_to_encode(bound[0]));
    State state = start_state(as_codec(self), false);
    ssize_t consumed;
    Ref<Bytes> bytes = TRY(encode_text(as_codec(self), state, text.get(), errors, true, &consumed));
    Ref<Int> count = TRY(int_from(text->length));
    return TRY(tuple_pack(bytes.get(), count.get()));
}

// MultibyteCodec.decode(input, errors=None)
Fallible<Ref<>> codec_decode(Object* self, Object* const* bound) {
    const char* errors = TRY(errors_name(bound[1], "decode"));
    BufferView input;
    TRY(input.open(bound[0]));
    State state = start_state(as_codec(self), true);
    ssize_t consumed;
    Ref<Str> text = TRY(decode_bytes(as_codec(self), state, input.view(), errors, true, &consumed));
    Ref<Int> count = TRY(int_from(input.size()));
    return TRY(tuple_pack(text.get(), count.get()));
}

MethodDef codec_methods[] = {
    METHOD("encode", codec_encode, "($self, /, input, errors=None)", "The text as bytes, and how many characters it has."),
    METHOD("decode", codec_decode, "($self, /, input, errors=None)", "The bytes as text, and how many they are."),
    END_ROW,
};

// getcodec(name) of the modules below.
Fallible<Ref<>> module_getcodec(Object* self, Object* name) {
    if (!is_str(name)) return raise(exc::TypeError, "encoding name must be a string.");
    Ref<> module = TRY(get_attr(self, "__name__"_name));
    std::string_view module_name = TRY(str_utf8(as_str(module.get()))), codec_name = TRY(str_utf8(as_str(name)));
    const Codec* found = find_codec(module_name.data(), codec_name.data());
    if (!found) return raise(exc::LookupError, "no such codec is supported.");
    TRY(load_charsets(*found));
    Ref<MultibyteCodec> codec = steal(static_cast<MultibyteCodec*>(object_new(&multibyte_codec_type, sizeof(MultibyteCodec))));
    if (!codec) return raised;
    codec->codec = found;
    codec->charset = found->charset ? TRY(charset(found->charset)) : nullptr;
    return codec;
}
MethodDef getcodec_methods[] = {
    METHOD_O_UNSIGNED("getcodec", module_getcodec, "getcodec(name) -> the codec of that encoding"),
    END_ROW,
};
Fallible<void> getcodec_execute(Module*) { return type_ready(&multibyte_codec_type); }

Fallible<void> multibytecodec_execute(Module* module) {
    TRY(type_ready(&multibyte_codec_type));
    TRY(add_incremental_types(module));
    return add_stream_types(module);
}

}  // namespace

constinit Type multibyte_codec_type = static_type({
    .name = "_multibytecodec.MultibyteCodec",
    .basic_size = sizeof(MultibyteCodec),
    .flags = type_flag::kDisallowInstantiation,
    .dealloc = object_memory_free,
    .getattro = generic_getattro_slot,
    .methods = codec_methods,
});

State start_state(const MultibyteCodec* codec, bool decodes) {
    State state;
    if (codec->codec->start) codec->codec->start(state, decodes);
    return state;
}

Fallible<Ref<Bytes>> encode_text(const MultibyteCodec* codec, State& state, Str* text, const char* errors, bool is_last,
                                 ssize_t* consumed) {
    Encoding run(codec->codec->name, text, errors);
    BytesBuilder out;
    ssize_t position = 0;
    while (position < text->length) {
        Encoded encoded;
        int count = codec->codec->encode(*codec->codec, codec->charset, state, {text, position, is_last}, encoded);
        if (count == 0) break;
        TRY(out.append({reinterpret_cast<char*>(encoded.bytes), size_t(encoded.count)}));
        position = count > 0 ? position + count : TRY(replace_character(codec, state, run, position, out));
    }
    if (is_last && codec->codec->reset_encoder) {
        Encoded end;
        codec->codec->reset_encoder(state, end);
        TRY(out.append({reinterpret_cast<char*>(end.bytes), size_t(end.count)}));
    }
    *consumed = position;
    return out.finish();
}

Fallible<Ref<Str>> decode_bytes(const MultibyteCodec* codec, State& state, std::string_view bytes, const char* errors,
                                bool is_last, ssize_t* consumed) {
    Decoding run(codec->codec->name, bytes, errors);
    StrBuilder out;
    ssize_t position = 0;
    while (position < run.size()) {
        Source source{reinterpret_cast<const uint8_t*>(run.input.data()) + position, run.size() - position};
        Decoded decoded;
        int count = codec->codec->decode(*codec->codec, codec->charset, state, source, decoded);
        if (count > 0) {
            if (decoded.characters.first != kNoCharacter) TRY(out.append_char(decoded.characters.first));
            if (decoded.characters.second != kNoCharacter) TRY(out.append_char(decoded.characters.second));
            position += count;
        } else if (count < 0 || is_last) {
            const char* reason = count < 0 ? "illegal multibyte sequence" : "incomplete multibyte sequence";
            if (!run.malformed(position, count < 0 ? position - count : run.size(), reason, out, &position).ok()) {
                overflow_is_out_of_bounds();
                return raised;
            }
        } else {
            break;
        }
    }
    *consumed = position;
    return out.finish();
}

Fallible<Ref<Str>> text_to_encode(Object* input) {
    if (is_str(input)) return share(as_str(input));
    Ref<> text = TRY(str(input));
    if (!is_str(text.get())) return raise(exc::TypeError, "couldn't convert the object to str.");
    return std::move(text).cast<Str>();
}

Fallible<Ref<Bytes>> Encoder::encode(const MultibyteCodec* codec, Object* input, const char* errors, bool is_last) {
    Ref<Str> text = TRY(text_to_encode(input));
    if (pending) text = TRY(format_str("%U%U", pending, text.get()));
    ssize_t consumed;
    Ref<Bytes> bytes = TRY(encode_text(codec, state, text.get(), errors, is_last, &consumed));
    if (text->length - consumed > kMaxPendingCharacters) return raise(exc::UnicodeError, "pending buffer overflow");
    Str* rest = nullptr;
    if (consumed < text->length) rest = TRY(str_substring(text.get(), consumed, text->length)).release();
    replace_slot(pending, rest);
    return bytes;
}

Fallible<Ref<Str>> Decoder::decode(const MultibyteCodec* codec, std::string_view input, const char* errors, bool is_last) {
    BytesBuilder joined;
    std::string_view bytes = input;
    if (pending_count) {
        TRY(joined.append({reinterpret_cast<char*>(pending), size_t(pending_count)}));
        TRY(joined.append(input));
        bytes = joined.view();
    }
    ssize_t consumed;
    Ref<Str> text = TRY(decode_bytes(codec, state, bytes, errors, is_last, &consumed));
    std::string_view rest = bytes.substr(size_t(consumed) < bytes.size() ? size_t(consumed) : bytes.size());
    pending_count = 0;
    if (ssize_t(rest.size()) > kMaxPendingBytes) return raise(exc::UnicodeError, "pending buffer overflow");
    for (size_t i = 0; i < rest.size(); ++i) pending[i] = uint8_t(rest[i]);
    pending_count = ssize_t(rest.size());
    return text;
}

void Decoder::reset(const MultibyteCodec* codec) {
    if (codec->codec->reset_decoder)
        codec->codec->reset_decoder(state);
    else
        state = {};
    pending_count = 0;
}

Fallible<Ref<MultibyteCodec>> codec_of_class(Type* type) {
    Ref<> codec = TRY(get_attr(type, "codec"_name));
    if (codec->type != &multibyte_codec_type) return raise(exc::TypeError, "codec is unexpected type");
    return std::move(codec).cast<MultibyteCodec>();
}

Fallible<Ref<Str>> errors_text(Object* argument) {
    if (!argument) return str_from_ascii("strict");
    return share(as_str(argument));
}

Fallible<void> set_errors(Object*& errors, Object* value) {
    TRY(refuse_deletion(value));
    if (!is_str(value)) return raise(exc::TypeError, "errors must be a string");
    replace_slot(errors, new_reference(value));
    return {};
}

}  // namespace py::cjk

namespace py {

using cjk::getcodec_execute, cjk::getcodec_methods;

extern const NativeModule multibytecodec_module, codecs_cn_module, codecs_hk_module, codecs_iso2022_module, codecs_jp_module,
    codecs_kr_module, codecs_tw_module;
const NativeModule multibytecodec_module = {"_multibytecodec", "Codecs of East Asian encodings.", nullptr, cjk::multibytecodec_execute};
#define CODECS(variable, name) \
    const NativeModule variable = {name, "Codecs of East Asian encodings.", getcodec_methods, getcodec_execute};
CODECS(codecs_cn_module, "_codecs_cn")
CODECS(codecs_hk_module, "_codecs_hk")
CODECS(codecs_iso2022_module, "_codecs_iso2022")
CODECS(codecs_jp_module, "_codecs_jp")
CODECS(codecs_kr_module, "_codecs_kr")
CODECS(codecs_tw_module, "_codecs_tw")
#undef CODECS

}  // namespace py
