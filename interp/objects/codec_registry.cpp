// The codec registry: search functions, a cache of what they found, and named error handlers; shortcuts for the codecs
// that are built in.
#include <cctype>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/codec.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/str_kind.h"
#include "interp/runtime/state.h"

namespace py {

Fallible<CodecNames> codec_names(const char* function, Object* encoding, Object* errors) {
    CodecNames names;
    static constexpr const char* kNames[] = {"encoding", "errors"};
    Object* given[] = {encoding, errors};
    for (int i = 0; i < 2; ++i) {
        if (!given[i]) continue;
        if (!is_str(given[i]))
            return raise(exc::TypeError, "%s() argument '%s' must be str, not %N", function, kNames[i],
                         given[i]);
        (i == 0 ? names.encoding : names.errors) = TRY(str_c_string(as_str(given[i]))).data();
    }
    return names;
}

namespace {

// Handlers as callables of one exception: codecs.strict_errors and so on.
template <ErrorMode Mode>
Fallible<Ref<>> handler(Object*, Object* exception) {
    return handle_error_builtin(Mode, exception);
}
MethodDef handler_methods[] = {
    METHOD_O_UNSIGNED("strict_errors", handler<ErrorMode::Strict>, "Raises the error."),
    METHOD_O_UNSIGNED("ignore_errors", handler<ErrorMode::Ignore>, "Leaves malformed data out."),
    METHOD_O_UNSIGNED("replace_errors", handler<ErrorMode::Replace>,
                      "Puts a replacement mark in place of malformed data."),
    METHOD_O_UNSIGNED("xmlcharrefreplace_errors", handler<ErrorMode::XmlCharRefReplace>,
                      "Puts XML character references."),
    METHOD_O_UNSIGNED("backslashreplace_errors", handler<ErrorMode::BackslashReplace>, "Puts backslash escapes."),
    METHOD_O_UNSIGNED("namereplace_errors", handler<ErrorMode::NameReplace>, "Puts \\N{...} escapes."),
    METHOD_O_UNSIGNED("surrogatepass", handler<ErrorMode::SurrogatePass>,
                      "Lets lone surrogates pass through the UTF codecs."),
    METHOD_O_UNSIGNED("surrogateescape", handler<ErrorMode::SurrogateEscape>,
                      "Keeps undecodable bytes as lone surrogates (PEP 383)."),
    END_ROW,
};
constexpr const char* kHandlerNames[] = {
    "strict",           "ignore",      "replace",       "xmlcharrefreplace",
    "backslashreplace", "namereplace", "surrogatepass", "surrogateescape",
};

// Sets up the registry on first use and imports `encodings`, which registers the standard search function.
Fallible<void> ensure_registry() {
    Runtime& state = runtime();
    if (state.codec_search_path) return {};
    Ref<List> path = TRY(list_new(0));
    Ref<Dict> cache = TRY(dict_new())
    , handlers = TRY(dict_new());
    for (int i = 0; handler_methods[i].name; ++i) {
        Ref<> function = TRY(builtin_function_new(&handler_methods[i], nullptr, nullptr));
        TRY(dict_set(handlers.get(), kHandlerNames[i], function.get()));
    }
    state.codec_search_path = path.release();
    state.codec_search_cache = cache.release();
    state.codec_error_registry = handlers.release();
    return {};
}
Fallible<void> ensure_encodings() {
    TRY(ensure_registry());
    static bool imported = false;
    if (imported) return {};
    imported = true;
    Object* import = runtime().import_func;
    if (!import) return {};
    Fallible<Ref<>> module = call(import, "encodings"_name);
    if (!module.ok()) {
        imported = false;
        return raised;
    }
    return {};
}

// Lower case letters, digits and dots; anything between them is one underscore. What the cache and the search functions
// get. put(c) returns false when there is no room.
template <class Put>
bool normalize_name(const char* encoding, Put put) {
    bool gap = false, begun = false;
    for (const char* p = encoding; *p; ++p) {
        auto c = uint8_t(*p);
        bool kept = c < 128 && (std::isalnum(c) || c == '.');
        if (!kept) {
            gap = true;
            continue;
        }
        if (gap && begun && !put('_')) return false;
        if (!put(char(std::tolower(c)))) return false;
        gap = false;
        begun = true;
    }
    return true;
}
Fallible<Ref<Str>> normalized_name(const char* encoding) {
    BytesBuilder out;
    TRY(out.reserve(2 * ssize_t(std::strlen(encoding)) + 1));
    normalize_name(encoding, [&](char c) {
        out.append_reserved(uint8_t(c));
        return true;
    });
    return str_from_ascii(out.view());
}

}  // namespace

Fallible<void> codec_register(Object* search_function) {
    TRY(ensure_registry());
    if (!is_callable(search_function)) return raise(exc::TypeError, "argument must be callable");
    return list_append(as_list(runtime().codec_search_path), search_function);
}
Fallible<void> codec_unregister(Object* search_function) {
    if (!runtime().codec_search_path) return {};
    List* path = as_list(runtime().codec_search_path);
    for (ssize_t i = 0; i < path->size; ++i) {
        if (path->items[i] != search_function) continue;
        dict_clear(as_dict(runtime().codec_search_cache));
        return list_set_slice(path, i, i + 1, nullptr);
    }
    return {};
}
Fallible<Ref<>> codec_lookup(const char* encoding) {
    TRY(ensure_encodings());
    Ref<Str> name = intern(TRY(normalized_name(encoding)));
    Dict* cache = as_dict(runtime().codec_search_cache);
    if (Ref<> cached = TRY(dict_get(cache, name.get()))) return cached;
    List* path = as_list(runtime().codec_search_path);
    if (path->size == 0) return raise(exc::LookupError, "no codec search functions registered: can't find encoding");
    for (ssize_t i = 0; i < path->size; ++i) {
        Ref<> function = share(path->items[i]);
        Ref<> found = TRY(call(function.get(), name.get()));
        if (is_none(found.get())) continue;
        if (!is_tuple(found.get()) || as_tuple(found.get())->size != 4)
            return raise(exc::TypeError, "codec search functions must return 4-tuples");
        TRY(dict_set(cache, name.get(), found.get()));
        return found;
    }
    return raise(exc::LookupError, "unknown encoding: %s", encoding);
}
Fallible<void> codec_register_error(const char* name, Object* handler_object) {
    TRY(ensure_registry());
    if (!is_callable(handler_object)) return raise(exc::TypeError, "handler must be callable");
    return dict_set(as_dict(runtime().codec_error_registry), name, handler_object);
}
Fallible<Ref<>> codec_lookup_error(const char* name) {
    TRY(ensure_registry());
    if (!name) name = "strict";
    Ref<Str> key = TRY(str_from_utf8(name));
    Ref<> found = TRY(dict_get(as_dict(runtime().codec_error_registry), key.get()));
    if (!found) return raise(exc::LookupError, "unknown error handler name '%.400s'", name);
    return found;
}

namespace {

enum CodecItem { kEncoder = 0, kDecoder = 1 };

// The encoder or decoder called; errors say which codec failed.
Fallible<Ref<>> run_codec(Object* codec_info, CodecItem item, Object* object, const char* encoding,
                          const char* errors) {
    Ref<> function = share(as_tuple(codec_info)->items[item]);
    Fallible<Ref<>> outcome = raised;
    if (errors) {
        Ref<Str> errors_text = TRY(str_from_utf8(errors));
        outcome = call(function.get(), object, errors_text.get());
    } else {
        outcome = call(function.get(), object);
    }
    if (!outcome.ok()) {
        codec_chain_failure(item == kEncoder ? "encoding" : "decoding", encoding);
        return raised;
    }
    Ref<> result = outcome.take();
    if (!is_tuple(result.get()) || as_tuple(result.get())->size != 2)
        return raise(exc::TypeError, item == kEncoder ? "encoder must return a tuple (object, integer)"
                                                      : "decoder must return a tuple (object,integer)");
    return share(as_tuple(result.get())->items[0]);
}
}  // namespace

Fallible<Ref<>> lookup_text_codec(const char* encoding, const char* alternative) {
    Ref<> codec = TRY(codec_lookup(encoding));
    if (is_tuple_exact(codec.get())) return codec;
    Ref<> flag = TRY(lookup_attr(codec.get(), "_is_text_encoding"_name));
    if (flag && !TRY(is_true(flag.get())))
        return raise(exc::LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs", encoding,
                     alternative);
    return codec;
}

Fallible<Ref<>> codec_encode(Object* object, const char* encoding, const char* errors) {
    Ref<> codec = TRY(codec_lookup(encoding));
    return run_codec(codec.get(), kEncoder, object, encoding, errors);
}
Fallible<Ref<>> codec_decode(Object* object, const char* encoding, const char* errors) {
    Ref<> codec = TRY(codec_lookup(encoding));
    return run_codec(codec.get(), kDecoder, object, encoding, errors);
}

namespace {

enum class BuiltinCodec { None, Utf8, Latin1, Ascii, Utf16, Utf32 };

// The spellings that never go through the registry.
BuiltinCodec builtin_codec(const char* encoding) {
    struct Row {
        const char* name;
        BuiltinCodec codec;
    };
    static constexpr Row kRows[] = {
        {"utf_8", BuiltinCodec::Utf8},    {"utf8", BuiltinCodec::Utf8},         {"latin_1", BuiltinCodec::Latin1},
        {"latin1", BuiltinCodec::Latin1}, {"iso_8859_1", BuiltinCodec::Latin1}, {"iso8859_1", BuiltinCodec::Latin1},
        {"ascii", BuiltinCodec::Ascii},   {"us_ascii", BuiltinCodec::Ascii},    {"utf_16", BuiltinCodec::Utf16},
        {"utf16", BuiltinCodec::Utf16},   {"utf_32", BuiltinCodec::Utf32},      {"utf32", BuiltinCodec::Utf32},
    };
    char name[12];
    size_t n = 0;
    bool fits = normalize_name(encoding, [&](char c) {
        if (n == sizeof name - 1) return false;
        name[n++] = c;
        return true;
    });
    if (!fits) return BuiltinCodec::None;
    name[n] = 0;
    for (const Row& row : kRows)
        if (std::strcmp(name, row.name) == 0) return row.codec;
    return BuiltinCodec::None;
}
// In development mode the names are checked even where nothing has to be looked up.
Fallible<void> check_names(const char* encoding, const char* errors) {
    if (!runtime().config.dev_mode || !runtime().initialized || runtime().finalizing) return {};
    if (encoding) TRY(codec_lookup(encoding));
    if (errors) TRY(codec_lookup_error(errors));
    return {};
}

}  // namespace

Fallible<Ref<Bytes>> str_encode(Str* text, const char* encoding, const char* errors) {
    TRY(check_names(encoding, errors));
    switch (encoding ? builtin_codec(encoding) : BuiltinCodec::Utf8) {
        case BuiltinCodec::Utf8: return utf8_encode(text, errors);
        case BuiltinCodec::Latin1: return latin1_encode(text, errors);
        case BuiltinCodec::Ascii: return ascii_encode(text, errors);
        case BuiltinCodec::Utf16: return utf16_encode(text, errors, 0);
        case BuiltinCodec::Utf32: return utf32_encode(text, errors, 0);
        case BuiltinCodec::None: break;
    }
    Ref<> codec = TRY(lookup_text_codec(encoding, "codecs.encode()"));
    Ref<> result = TRY(run_codec(codec.get(), kEncoder, text, encoding, errors));
    if (is_bytes(result.get())) return std::move(result).cast<Bytes>();
    if (is_bytearray(result.get())) {
        TRY(warn(exc::RuntimeWarning, 1,
                 "encoder %s returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types",
                 encoding));
        return bytes_from(static_cast<ByteArray*>(result.get())->view());
    }
    return raise(
        exc::TypeError,
        "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        encoding, result->type->name);
}
Fallible<Ref<Str>> bytes_decode(std::string_view bytes, const char* encoding, const char* errors) {
    TRY(check_names(encoding, errors));
    if (bytes.empty()) return str_empty();
    int order = 0;
    switch (encoding ? builtin_codec(encoding) : BuiltinCodec::Utf8) {
        case BuiltinCodec::Utf8: return utf8_decode(bytes, errors, nullptr);
        case BuiltinCodec::Latin1: return str_from_latin1(bytes);
        case BuiltinCodec::Ascii: return ascii_decode(bytes, errors);
        case BuiltinCodec::Utf16: return utf16_decode(bytes, errors, &order, nullptr);
        case BuiltinCodec::Utf32: return utf32_decode(bytes, errors, &order, nullptr);
        case BuiltinCodec::None: break;
    }
    Ref<> codec = TRY(lookup_text_codec(encoding, "codecs.decode()"));
    // The codec sees a read-only view of the caller's bytes, as in CPython.
    Ref<> view = TRY(memoryview_from_memory(const_cast<char*>(bytes.data()), ssize_t(bytes.size()), false));
    Ref<> result = TRY(run_codec(codec.get(), kDecoder, view.get(), encoding, errors));
    if (is_str(result.get())) return std::move(result).cast<Str>();
    return raise(
        exc::TypeError,
        "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        encoding, result->type->name);
}

}  // namespace py
