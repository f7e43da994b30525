// See error_sink.h.
#include "interp/runtime/error_sink.h"

#include <cstdio>

#include "interp/objects/bytes.h"
#include "interp/objects/call.h"

namespace py {

Fallible<void> ErrorSink::text(Str* text) {
    if (!text->length) return {};
    if (!stream_) {
        Ref<Bytes> bytes = TRY(str_encode(text, "utf-8", "backslashreplace"));
        std::fwrite(bytes->data, 1, size_t(bytes->size), stderr);
        return {};
    }
    TRY(call_method(stream_, "write"_name, static_cast<Object*>(text)));
    return {};
}

Fallible<void> ErrorSink::ascii(std::string_view characters) {
    if (characters.empty()) return {};
    Ref<Str> made = TRY(str_from_ascii(characters));
    return text(made.get());
}

Fallible<void> ErrorSink::repeat(char ch, ssize_t count) {
    if (count <= 0) return {};
    StrBuilder builder;
    for (ssize_t i = 0; i < count; ++i)
        TRY(builder.append_char(uint8_t(ch)));
    Ref<Str> made = TRY(builder.finish());
    return text(made.get());
}

Fallible<void> ErrorSink::margin_with(std::string_view sign) {
    TRY(indent());
    return ascii(sign);
}

}  // namespace py
