// _codecs: the registry and the built-in codecs as functions; `codecs` and the `encodings` package are built on it.
#include "interp/objects/codec.h"

#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str_kind.h"

namespace py {

namespace {

template <FixedString Name>
struct FixedName {
    static constexpr FixedString kCopy = Name;
    static constexpr const char* text = kCopy.text;
};

// Arguments of one call: the data, then errors (str or None), and flags.
Raised bad_argument(const char* name, ssize_t position, const char* wanted, Object* given) {
    return raise(exc::TypeError, "%s() argument %zd must be %s, not %N", name, position, wanted,
                 given);
}
Fallible<const char*> errors_argument(const char* name, Object* const* args, ssize_t nargs) {
    if (nargs < 2 || is_none(args[1])) return static_cast<const char*>(nullptr);
    if (!is_str(args[1])) return bad_argument(name, 2, "str or None", args[1]);
    return TRY(str_c_string(as_str(args[1]))).data();
}
Fallible<const char*> keyword_argument(const char* name, const char* keyword, Object* text) {
    if (!is_str(text))
        return raise(exc::TypeError, "%s() argument '%s' must be str, not %N", name, keyword, text);
    return TRY(str_c_string(as_str(text))).data();
}
Fallible<const char*> name_argument(const char* name, ssize_t position, Object* text) {
    if (!is_str(text))
        return position ? bad_argument(name, position, "str", text)
                        : raise(exc::TypeError, "%s() argument must be str, not %N", name, text);
    return TRY(str_c_string(as_str(text))).data();
}
// Bytes of a buffer; where `Text` is allowed, a str counts as its UTF-8.
class CodecInput {
  public:
    Fallible<void> open(Object* object, bool text_allowed) {
        if (text_allowed && is_str(object)) {
            view_ = TRY(str_utf8(as_str(object)));
            return {};
        }
        TRY(buffer_.open(object));
        view_ = buffer_.view();
        return {};
    }
    std::string_view view() const { return view_; }

  private:
    BufferView buffer_;
    std::string_view view_;
};

Fallible<Ref<>> pair(Ref<> result, ssize_t count) {
    Ref<> number = TRY(int_from(count));
    return TRY(tuple_pack(result.get(), number.get()));
}

// Decoders with (data, errors=None, final=…).
using StatefulDecoder = Fallible<Ref<Str>> (*)(std::string_view, const char*, ssize_t*);

template <StatefulDecoder Decode, FixedString Name, bool FinalByDefault, bool TextAllowed>
Fallible<Ref<>> decode_stateful(Object*, Object* const* args, ssize_t nargs) {
    static const char* const name = FixedName<Name>::text;
    TRY(check_positional(name, nargs, 1, 3));
    CodecInput input;
    TRY(input.open(args[0], TextAllowed));
    const char* errors = TRY(errors_argument(name, args, nargs));
    bool final = nargs > 2 ? TRY(as_c_int(args[2])) != 0 : FinalByDefault;
    ssize_t consumed = ssize_t(input.view().size());
    Ref<Str> text = TRY(Decode(input.view(), errors, final ? nullptr : &consumed));
    return pair(std::move(text), consumed);
}
template <int Order, Fallible<Ref<Str>> (*Decode)(std::string_view, const char*, int*, ssize_t*)>
Fallible<Ref<Str>> decode_ordered(std::string_view bytes, const char* errors, ssize_t* consumed) {
    int order = Order;
    return Decode(bytes, errors, &order, consumed);
}
// (data, errors=None, byteorder=0, final=False) → (str, consumed, byteorder)
template <Fallible<Ref<Str>> (*Decode)(std::string_view, const char*, int*, ssize_t*), FixedString Name>
Fallible<Ref<>> decode_extended(Object*, Object* const* args, ssize_t nargs) {
    static const char* const name = FixedName<Name>::text;
    TRY(check_positional(name, nargs, 1, 4));
    CodecInput input;
    TRY(input.open(args[0], false));
    const char* errors = TRY(errors_argument(name, args, nargs));
    int order = nargs > 2 ? TRY(as_c_int(args[2])) : 0;
    bool final = nargs > 3 && TRY(as_c_int(args[3])) != 0;
    ssize_t consumed = ssize_t(input.view().size());
    Ref<Str> text = TRY(Decode(input.view(), errors, &order, final ? nullptr : &consumed));
    Ref<> count = TRY(int_from(consumed))
    , found = TRY(int_from(order));
    return TRY(tuple_pack(text.get(), count.get(), found.get()));
}
// Decoders with (data, errors=None).
template <Fallible<Ref<Str>> (*Decode)(std::string_view, const char*), FixedString Name>
Fallible<Ref<>> decode_plain(Object*, Object* const* args, ssize_t nargs) {
    static const char* const name = FixedName<Name>::text;
    TRY(check_positional(name, nargs, 1, 2));
    CodecInput input;
    TRY(input.open(args[0], false));
    const char* errors = TRY(errors_argument(name, args, nargs));
    Ref<Str> text = TRY(Decode(input.view(), errors));
    return pair(std::move(text), ssize_t(input.view().size()));
}
// Encoders with (str, errors=None).
template <Fallible<Ref<Bytes>> (*Encode)(Str*, const char*), FixedString Name>
Fallible<Ref<>> encode_plain(Object*, Object* const* args, ssize_t nargs) {
    static const char* const name = FixedName<Name>::text;
    TRY(check_positional(name, nargs, 1, 2));
    if (!is_str(args[0])) return bad_argument(name, 1, "str", args[0]);
    const char* errors = TRY(errors_argument(name, args, nargs));
    return pair(TRY(Encode(as_str(args[0]), errors)), as_str(args[0])->length);
}
template <Fallible<Ref<Bytes>> (*Encode)(Str*, const char*, int), FixedString Name>
Fallible<Ref<>> encode_with_order(Object*, Object* const* args, ssize_t nargs) {
    static const char* const name = FixedName<Name>::text;
    TRY(check_positional(name, nargs, 1, 3));
    if (!is_str(args[0])) return bad_argument(name, 1, "str", args[0]);
    const char* errors = TRY(errors_argument(name, args, nargs));
    int order = nargs > 2 ? TRY(as_c_int(args[2])) : 0;
    return pair(TRY(Encode(as_str(args[0]), errors, order)), as_str(args[0])->length);
}
template <Fallible<Ref<Bytes>> (*Encode)(Str*, const char*, int), int Order>
Fallible<Ref<Bytes>> encode_ordered(Str* text, const char* errors) {
    return Encode(text, errors, Order);
}

Fallible<Ref<Str>> latin1_decode(std::string_view bytes, const char*) {
    return str_from_latin1(bytes);
}
Fallible<Ref<Bytes>> utf7_encode_plain(Str* text, const char* errors) {
    return utf7_encode(text, false, false, errors);
}
Fallible<Ref<Bytes>> unicode_escape_encode_plain(Str* text, const char*) {
    return unicode_escape_encode(text);
}
Fallible<Ref<Bytes>> raw_unicode_escape_encode_plain(Str* text, const char*) {
    return raw_unicode_escape_encode(text);
}

// DeprecationWarning for the first unknown escape; null: there is none.
Fallible<void> warn_invalid_escape(const char* escape) {
    if (!escape) return {};
    if (*escape >= '4' && *escape <= '7')
        return warn(exc::DeprecationWarning, 1, "invalid octal escape sequence '\\%.3s'", escape);
    return warn(exc::DeprecationWarning, 1, "invalid escape sequence '\\%c'", int(uint8_t(*escape)));
}
Fallible<Ref<Str>> unicode_escape_decode_warning(std::string_view bytes, const char* errors, ssize_t* consumed) {
    InvalidEscape first_invalid;
    Ref<Str> text = TRY(unicode_escape_decode(bytes, errors, consumed, &first_invalid));
    TRY(warn_invalid_escape(first_invalid.found ? first_invalid.text : nullptr));
    return text;
}

// _codecs.escape_decode(data, errors=None, /)
Fallible<Ref<>> escape_decode(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("escape_decode", nargs, 1, 2));
    CodecInput input;
    TRY(input.open(args[0], true));
    const char* errors = TRY(errors_argument("escape_decode", args, nargs));
    const char* first_invalid;
    Ref<Bytes> bytes = TRY(bytes_decode_escape(input.view(), errors, &first_invalid));
    TRY(warn_invalid_escape(first_invalid));
    return pair(std::move(bytes), ssize_t(input.view().size()));
}
// _codecs.escape_encode(data, errors=None, /)
Fallible<Ref<>> escape_encode(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("escape_encode", nargs, 1, 2));
    if (!is_bytes(args[0])) return bad_argument("escape_encode", 1, "bytes", args[0]);
    (void)TRY(errors_argument("escape_encode", args, nargs));
    BytesBuilder out;
    for (char raw : as_bytes(args[0])->view()) {
        static constexpr char kHex[] = "0123456789abcdef";
        uint8_t c = uint8_t(raw);
        char shorthand = c == '\'' || c == '\\' ? raw : c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : 0;
        TRY(out.reserve(4));
        if (!shorthand && c >= ' ' && c < 0x7f) {
            out.append_reserved(c);
            continue;
        }
        out.append_reserved('\\');
        out.append_reserved(uint8_t(shorthand ? shorthand : 'x'));
        if (shorthand) continue;
        out.append_reserved(uint8_t(kHex[c >> 4]));
        out.append_reserved(uint8_t(kHex[c & 15]));
    }
    return pair(TRY(out.finish()), as_bytes(args[0])->size);
}
// _codecs.readbuffer_encode(data, errors=None, /)
Fallible<Ref<>> readbuffer_encode(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("readbuffer_encode", nargs, 1, 2));
    CodecInput input;
    TRY(input.open(args[0], true));
    return pair(TRY(bytes_from(input.view())), ssize_t(input.view().size()));
}
Object* mapping_argument(Object* const* args, ssize_t nargs) {
    return nargs > 2 && !is_none(args[2]) ? args[2] : nullptr;
}
// _codecs.charmap_decode(data, errors=None, mapping=None, /)
Fallible<Ref<>> charmap_decode_function(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("charmap_decode", nargs, 1, 3));
    CodecInput input;
    TRY(input.open(args[0], false));
    const char* errors = TRY(errors_argument("charmap_decode", args, nargs));
    return pair(TRY(charmap_decode(input.view(), mapping_argument(args, nargs), errors)), ssize_t(input.view().size()));
}
// _codecs.charmap_encode(str, errors=None, mapping=None, /)
Fallible<Ref<>> charmap_encode_function(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("charmap_encode", nargs, 1, 3));
    if (!is_str(args[0])) return bad_argument("charmap_encode", 1, "str", args[0]);
    const char* errors = TRY(errors_argument("charmap_encode", args, nargs));
    return pair(TRY(charmap_encode(as_str(args[0]), mapping_argument(args, nargs), errors)), as_str(args[0])->length);
}
// _codecs.charmap_build(map, /)
Fallible<Ref<>> charmap_build_function(Object*, Object* map) {
    if (!is_str(map))
        return raise(exc::TypeError, "charmap_build() argument must be str, not %N", map);
    return charmap_build(as_str(map));
}

// The registry.
// _codecs.register(search_function, /)
Fallible<Ref<>> register_function(Object*, Object* function) {
    TRY(codec_register(function));
    return share(none());
}
// _codecs.unregister(search_function, /)
Fallible<Ref<>> unregister_function(Object*, Object* function) {
    TRY(codec_unregister(function));
    return share(none());
}
// _codecs.lookup(encoding, /)
Fallible<Ref<>> lookup_function(Object*, Object* encoding) {
    return codec_lookup(TRY(name_argument("lookup", 0, encoding)));
}
// _codecs.encode(obj, encoding='utf-8', errors='strict')
Fallible<Ref<>> encode_function(Object*, Object* const* bound) {
    const char* encoding = bound[1] ? TRY(keyword_argument("encode", "encoding", bound[1])) : "utf-8";
    const char* errors = bound[2]   ? TRY(keyword_argument("encode", "errors", bound[2])) : nullptr;
    return codec_encode(bound[0], encoding, errors);
}
// _codecs.decode(obj, encoding='utf-8', errors='strict')
Fallible<Ref<>> decode_function(Object*, Object* const* bound) {
    const char* encoding = bound[1] ? TRY(keyword_argument("decode", "encoding", bound[1])) : "utf-8";
    const char* errors = bound[2]   ? TRY(keyword_argument("decode", "errors", bound[2])) : nullptr;
    return codec_decode(bound[0], encoding, errors);
}
// _codecs.register_error(errors, handler, /)
Fallible<Ref<>> register_error_function(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("register_error", nargs, 2, 2));
    TRY(codec_register_error(TRY(name_argument("register_error", 1, args[0])), args[1]));
    return share(none());
}
// _codecs.lookup_error(name, /)
Fallible<Ref<>> lookup_error_function(Object*, Object* name) {
    return codec_lookup_error(TRY(name_argument("lookup_error", 0, name)));
}

#define STATEFUL(name, decoder, final_default, text_allowed, signature)                         \
    METHOD_FAST(name, (decode_stateful<decoder, name, final_default, text_allowed>), signature, \
                "(text, bytes consumed)")
#define DECODER(name, decoder) \
    METHOD_FAST(name, (decode_plain<decoder, name>), "($module, data, errors=None, /)", "(text, bytes consumed)")
#define ENCODER(name, encoder) \
    METHOD_FAST(name, (encode_plain<encoder, name>), "($module, str, errors=None, /)", "(bytes, characters consumed)")
#define FINAL_FALSE "($module, data, errors=None, final=False, /)"
#define FINAL_TRUE "($module, data, errors=None, final=True, /)"

MethodDef codecs_methods[] = {
    METHOD_O("register", register_function, "($module, search_function, /)",
             "Registers a function that finds codecs by name."),
    METHOD_O("unregister", unregister_function, "($module, search_function, /)",
             "Takes a search function out and clears the cache."),
    METHOD_O("lookup", lookup_function, "($module, encoding, /)", "The CodecInfo of an encoding."),
    METHOD("encode", encode_function, "($module, /, obj, encoding='utf-8', errors='strict')",
           "The object encoded with a registered codec."),
    METHOD("decode", decode_function, "($module, /, obj, encoding='utf-8', errors='strict')",
           "The object decoded with a registered codec."),
    METHOD_FAST("escape_encode", escape_encode, "($module, data, errors=None, /)", "(escaped bytes, length)"),
    METHOD_FAST("escape_decode", escape_decode, "($module, data, errors=None, /)", "(bytes, length)"),
    ENCODER("utf_8_encode", utf8_encode),
    STATEFUL("utf_8_decode", utf8_decode, false, false, FINAL_FALSE),
    ENCODER("utf_7_encode", utf7_encode_plain),
    STATEFUL("utf_7_decode", utf7_decode, false, false, FINAL_FALSE),
    METHOD_FAST("utf_16_encode", (encode_with_order<utf16_encode, "utf_16_encode">),
                "($module, str, errors=None, byteorder=0, /)", "(bytes, characters consumed)"),
    ENCODER("utf_16_le_encode", (encode_ordered<utf16_encode, -1>)),
    ENCODER("utf_16_be_encode", (encode_ordered<utf16_encode, 1>)),
    STATEFUL("utf_16_decode", (decode_ordered<0, utf16_decode>), false, false, FINAL_FALSE),
    STATEFUL("utf_16_le_decode", (decode_ordered<-1, utf16_decode>), false, false, FINAL_FALSE),
    STATEFUL("utf_16_be_decode", (decode_ordered<1, utf16_decode>), false, false, FINAL_FALSE),
    METHOD_FAST("utf_16_ex_decode", (decode_extended<utf16_decode, "utf_16_ex_decode">),
                "($module, data, errors=None, byteorder=0, final=False,\n                 /)",
                "(text, bytes consumed, byte order)"),
    METHOD_FAST("utf_32_encode", (encode_with_order<utf32_encode, "utf_32_encode">),
                "($module, str, errors=None, byteorder=0, /)", "(bytes, characters consumed)"),
    ENCODER("utf_32_le_encode", (encode_ordered<utf32_encode, -1>)),
    ENCODER("utf_32_be_encode", (encode_ordered<utf32_encode, 1>)),
    STATEFUL("utf_32_decode", (decode_ordered<0, utf32_decode>), false, false, FINAL_FALSE),
    STATEFUL("utf_32_le_decode", (decode_ordered<-1, utf32_decode>), false, false, FINAL_FALSE),
    STATEFUL("utf_32_be_decode", (decode_ordered<1, utf32_decode>), false, false, FINAL_FALSE),
    METHOD_FAST("utf_32_ex_decode", (decode_extended<utf32_decode, "utf_32_ex_decode">),
                "($module, data, errors=None, byteorder=0, final=False,\n                 /)",
                "(text, bytes consumed, byte order)"),
    ENCODER("unicode_escape_encode", unicode_escape_encode_plain),
    STATEFUL("unicode_escape_decode", unicode_escape_decode_warning, true, true, FINAL_TRUE),
    ENCODER("raw_unicode_escape_encode", raw_unicode_escape_encode_plain),
    STATEFUL("raw_unicode_escape_decode", raw_unicode_escape_decode, true, true, FINAL_TRUE),
    ENCODER("latin_1_encode", latin1_encode),
    DECODER("latin_1_decode", latin1_decode),
    ENCODER("ascii_encode", ascii_encode),
    DECODER("ascii_decode", ascii_decode),
    METHOD_FAST("charmap_encode", charmap_encode_function, "($module, str, errors=None, mapping=None, /)",
                "(bytes, characters consumed)"),
    METHOD_FAST("charmap_decode", charmap_decode_function, "($module, data, errors=None, mapping=None, /)",
                "(text, bytes consumed)"),
    METHOD_O("charmap_build", charmap_build_function, "($module, map, /)",
             "An encoding map for charmap_encode from a decoding table."),
    METHOD_FAST("readbuffer_encode", readbuffer_encode, "($module, data, errors=None, /)", "(bytes, length)"),
    METHOD_FAST("register_error", register_error_function, "($module, errors, handler, /)",
                "Registers an error handler under a name."),
    METHOD_O("lookup_error", lookup_error_function, "($module, name, /)", "The error handler of this name."),
    END_ROW,
};

}  // namespace

extern const NativeModule codecs_module;
const NativeModule codecs_module = {"_codecs", nullptr, codecs_methods, nullptr};

}  // namespace py
