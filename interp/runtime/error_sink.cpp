// See error_sink.h.
#include "interp/runtime/error_sink.h"

#include <algorithm>
#include <cstdio>

#include "interp/objects/bytes.h"
#include "interp/objects/call.h"

namespace py {

Fallible<void> ErrorSink::text(Str* text) {
    if (!stream_) {
        Ref<Bytes> bytes = TRY(str_encode(text, "utf-8", "backslashreplace"));
        std::fwrite(bytes->data, 1, size_t(bytes->size), stderr);
        return {};
    }
    TRY(call_method(stream_, "write"_name, static_cast<Object*>(text)));
    return {};
}

Fallible<void> ErrorSink::ascii(std::string_view characters) {
    Ref<Str> made = TRY(str_from_ascii(characters));
    return text(made.get());
}

Fallible<void> ErrorSink::repeat(char ch, ssize_t count) {
    for (ssize_t i = 0; i < count; ++i)
        TRY(ascii({&ch, 1}));
    return {};
}

Fallible<void> ErrorSink::indent() {
    constexpr std::string_view kBlanks = "          ";
    for (ssize_t rest = 2 * group_depth; rest > 0; rest -= ssize_t(kBlanks.size()))
        TRY(ascii(kBlanks.substr(0, size_t(std::min(rest, ssize_t(kBlanks.size()))))));
    return {};
}

Fallible<void> ErrorSink::margin_with(std::string_view sign) {
    TRY(indent());
    return sign.empty() && !writes_margins ? Fallible<void>() : ascii(sign);
}

}  // namespace py
