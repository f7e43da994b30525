// Encoders and decoders of the built-in codecs, their error handlers, and the codec registry (PEP 293, `codecs`).
// `errors` null means strict. All may run Python through a registered error handler or codec.
#pragma once

#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/str.h"

namespace py {

enum class ErrorMode {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    NameReplace,
    SurrogateEscape,
    SurrogatePass,
    Other
};
ErrorMode error_mode(const char* errors);

// The text arguments of encode(), decode() and the constructors: encoding and errors as C strings, null where not given.
struct CodecNames {
    const char* encoding = nullptr;
    const char* errors = nullptr;
};
Fallible<CodecNames> codec_names(const char* function, Object* encoding, Object* errors);

[[gnu::cold]] Raised raise_decode_error(const char* encoding, std::string_view input, ssize_t start, ssize_t end,
                                        const char* reason);
[[gnu::cold]] Raised raise_encode_error(const char* encoding, Str* text, ssize_t start, ssize_t end,
                                        const char* reason);

// One decoding run: the input, which an error handler may replace, and where handlers are looked up once.
class Decoding {
  public:
    Decoding(const char* encoding, std::string_view bytes, const char* errors)
        : input(bytes), encoding_(encoding), errors_(errors), mode_(error_mode(errors)) {}
    // Treats input[start, end) as malformed: appends the handler's text, and sets *position to where decoding goes on.
    Fallible<void> malformed(ssize_t start, ssize_t end, const char* reason, StrBuilder& out, ssize_t* position);
    uint8_t at(ssize_t i) const { return uint8_t(input[size_t(i)]); }
    ssize_t size() const { return ssize_t(input.size()); }

    std::string_view input;

  private:
    Fallible<void> call_handler(ssize_t start, ssize_t end, const char* reason, StrBuilder& out, ssize_t* position);
    const char* encoding_;
    const char* errors_;
    ErrorMode mode_;
    Ref<> handler_, replaced_;
};

// What an encoder's error handler gave: text to be encoded in turn, or bytes as they are; and where encoding goes on.
struct Replacement {
    Ref<Str> text;
    Ref<Bytes> bytes;
    ssize_t position = 0;
};
class Encoding {
  public:
    Encoding(const char* encoding, Str* given, const char* errors)
        : text(given), encoding_(encoding), errors_(errors), mode_(error_mode(errors)) {}
    // text[start, end) cannot be encoded.
    Fallible<Replacement> unencodable(ssize_t start, ssize_t end, const char* reason);
    // The error itself: for replacements that cannot be encoded either.
    Raised fail(ssize_t start, ssize_t end, const char* reason) {
        return raise_encode_error(encoding_, text, start, end, reason);
    }
    ErrorMode mode() const { return mode_; }

    Str* text;

  private:
    Fallible<Replacement> call_handler(ssize_t start, ssize_t end, const char* reason);
    const char* encoding_;
    const char* errors_;
    ErrorMode mode_;
    Ref<> handler_;
};

// Growing bytes.
class BytesBuilder {
  public:
    BytesBuilder() = default;
    ~BytesBuilder();
    BytesBuilder(const BytesBuilder&) = delete;
    BytesBuilder& operator=(const BytesBuilder&) = delete;
    Fallible<void> reserve(ssize_t extra);
    Fallible<void> append(std::string_view bytes);
    Fallible<void> append_byte(uint8_t byte);
    void append_reserved(uint8_t byte) { data_[size_++] = char(byte); }  // after reserve()
    ssize_t size() const { return size_; }
    char* data() { return data_; }
    void truncate(ssize_t size) { size_ = size; }
    std::string_view view() const { return {data_, size_t(size_)}; }
    Fallible<Ref<Bytes>> finish();

  private:
    static constexpr ssize_t kInlineSize = 256;
    char* data_ = inline_;
    ssize_t size_ = 0, capacity_ = kInlineSize;
    char inline_[kInlineSize];  // used before the first allocation
};

// Decoders. `consumed` null: the input is complete; else an incomplete sequence at the end is left over and *consumed
// says how many bytes were decoded.
Fallible<Ref<Str>> utf8_decode(std::string_view bytes, const char* errors, ssize_t* consumed);
// byte_order: -1 little, 1 big, 0 from the byte order mark (native without one); set to what was found.
Fallible<Ref<Str>> utf16_decode(std::string_view bytes, const char* errors, int* byte_order, ssize_t* consumed);
Fallible<Ref<Str>> utf32_decode(std::string_view bytes, const char* errors, int* byte_order, ssize_t* consumed);
Fallible<Ref<Str>> utf7_decode(std::string_view bytes, const char* errors, ssize_t* consumed);
Fallible<Ref<Str>> ascii_decode(std::string_view bytes, const char* errors);
Fallible<Ref<Str>> charmap_decode(std::string_view bytes, Object* mapping_or_null, const char* errors);
// The first unknown escape, behind its backslash: one character (NUL too), or three octal digits. The caller warns.
struct InvalidEscape {
    bool found = false;
    char text[4] = {};
};
Fallible<Ref<Str>> unicode_escape_decode(std::string_view bytes, const char* errors, ssize_t* consumed,
                                         InvalidEscape* first_invalid);
Fallible<Ref<Str>> raw_unicode_escape_decode(std::string_view bytes, const char* errors, ssize_t* consumed);

Fallible<Ref<Bytes>> utf8_encode(Str* text, const char* errors);
Fallible<Ref<Bytes>> utf16_encode(Str* text, const char* errors, int byte_order);  // 0: native with a byte order mark
Fallible<Ref<Bytes>> utf32_encode(Str* text, const char* errors, int byte_order);
Fallible<Ref<Bytes>> utf7_encode(Str* text, bool base64_set_o, bool base64_whitespace, const char* errors);
Fallible<Ref<Bytes>> latin1_encode(Str* text, const char* errors);
Fallible<Ref<Bytes>> ascii_encode(Str* text, const char* errors);
Fallible<Ref<Bytes>> charmap_encode(Str* text, Object* mapping_or_null, const char* errors);
Fallible<Ref<>> charmap_build(Str* decoding_table);  // an EncodingMap or a dict
Fallible<Ref<Bytes>> unicode_escape_encode(Str* text);
Fallible<Ref<Bytes>> raw_unicode_escape_encode(Str* text);

// The registry.
Fallible<void> codec_register(Object* search_function);
Fallible<void> codec_unregister(Object* search_function);
Fallible<Ref<>> codec_lookup(const char* encoding);  // the CodecInfo tuple
// The same for text encodings only (CodecInfo._is_text_encoding): LookupError "… use <alternative> to handle arbitrary
// codecs".
Fallible<Ref<>> lookup_text_codec(const char* encoding, const char* alternative);
Fallible<Ref<>> codec_encode(Object* object, const char* encoding, const char* errors);  // any type to any type
Fallible<Ref<>> codec_decode(Object* object, const char* encoding, const char* errors);
Fallible<void> codec_register_error(const char* name, Object* handler);
Fallible<Ref<>> codec_lookup_error(const char* name_or_null);
// Re-raises the pending plain exception as "<operation> with '<encoding>' codec failed (…)".
void codec_chain_failure(const char* operation, const char* encoding);
// The built-in handlers as callables of one exception: used by the registry.
Fallible<Ref<>> handle_error_builtin(ErrorMode mode, Object* exception);

}  // namespace py
