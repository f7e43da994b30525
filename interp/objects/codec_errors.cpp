// Codec errors: raising them, and running a coding's error handler, built in or registered (PEP 293).
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/codec_error_handlers.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"

namespace py {

ErrorMode error_mode(const char* errors) {
    struct Row {
        const char* name;
        ErrorMode mode;
    };
    static constexpr Row kRows[] = {
        {"strict", ErrorMode::Strict},
        {"surrogateescape", ErrorMode::SurrogateEscape},
        {"replace", ErrorMode::Replace},
        {"ignore", ErrorMode::Ignore},
        {"backslashreplace", ErrorMode::BackslashReplace},
        {"surrogatepass", ErrorMode::SurrogatePass},
        {"xmlcharrefreplace", ErrorMode::XmlCharRefReplace},
        {"namereplace", ErrorMode::NameReplace},
    };
    if (!errors) return ErrorMode::Strict;
    for (const Row& row : kRows)
        if (std::strcmp(errors, row.name) == 0) return row.mode;
    return ErrorMode::Other;
}

namespace {

Fallible<Ref<>> make_unicode_error(Type* type, const char* encoding, Ref<> object, ssize_t start, ssize_t end,
                                   const char* reason) {
    Ref<Str> encoding_text = TRY(str_from_utf8(encoding))
    , reason_text = TRY(str_from_utf8(reason));
    Ref<> start_int = TRY(int_from(start))
    , end_int = TRY(int_from(end));
    return call(type, encoding_text.get(), object.get(), start_int.get(), end_int.get(), reason_text.get());
}
// The (replacement, position) pair a handler returned, position brought into [0, size].
Fallible<ssize_t> handler_position(Object* pair, ssize_t size) {
    ssize_t position = TRY(index_as_ssize(as_tuple(pair)->items[1], exc::OverflowError));
    if (position < 0) position += size;
    if (position < 0 || position > size)
        return raise(exc::IndexError, "position %zd from error handler out of bounds", position);
    return position;
}
bool is_handler_pair(Object* result) {
    return is_tuple(result) && as_tuple(result)->size == 2 && is_int(as_tuple(result)->items[1]);
}

}  // namespace

Raised raise_decode_error(const char* encoding, std::string_view input, ssize_t start, ssize_t end,
                          const char* reason) {
    Ref<> object = TRY(bytes_from(input));
    Ref<> error = TRY(make_unicode_error(exc::UnicodeDecodeError, encoding, std::move(object), start, end, reason));
    return raise_instance(error.get());
}
Raised raise_encode_error(const char* encoding, Str* text, ssize_t start, ssize_t end, const char* reason) {
    Ref<> error = TRY(make_unicode_error(exc::UnicodeEncodeError, encoding, share<Object>(text), start, end, reason));
    return raise_instance(error.get());
}

Fallible<void> Decoding::malformed(ssize_t start, ssize_t end, const char* reason, StrBuilder& out, ssize_t* position) {
    if (mode_ == ErrorMode::Other) return call_handler(start, end, reason, out, position);
    if (!TRY(decode_replacement(mode_, encoding_, input, start, end, out, position))) {
        if (mode_ == ErrorMode::XmlCharRefReplace || mode_ == ErrorMode::NameReplace)
            return raise(exc::TypeError, "don't know how to handle UnicodeDecodeError in error callback");
        return raise_decode_error(encoding_, input, start, end, reason);
    }
    return {};
}
Fallible<void> Decoding::call_handler(ssize_t start, ssize_t end, const char* reason, StrBuilder& out,
                                      ssize_t* position) {
    if (!handler_) handler_ = TRY(codec_lookup_error(errors_));
    Ref<> object = TRY(bytes_from(input));
    Ref<> error = TRY(make_unicode_error(exc::UnicodeDecodeError, encoding_, std::move(object), start, end, reason));
    Ref<> result = TRY(call(handler_.get(), error.get()));
    if (!is_handler_pair(result.get()) || !is_str(as_tuple(result.get())->items[0]))
        return raise(exc::TypeError, "decoding error handler must return (str, int) tuple");
    // The handler may have put another input into the exception.
    Object* new_object = static_cast<UnicodeErrorException*>(error.get())->object;
    if (!new_object || !is_bytes(new_object)) return raise(exc::TypeError, "object attribute must be bytes");
    replaced_ = share(new_object);
    input = as_bytes(new_object)->view();
    *position = TRY(handler_position(result.get(), size()));
    return out.append(as_str(as_tuple(result.get())->items[0]));
}

Fallible<Replacement> Encoding::unencodable(ssize_t start, ssize_t end, const char* reason) {
    if (mode_ == ErrorMode::Other) return call_handler(start, end, reason);
    Replacement result;
    if (!TRY(encode_replacement(mode_, encoding_, text, start, end, result))) return fail(start, end, reason);
    return result;
}
Fallible<Replacement> Encoding::call_handler(ssize_t start, ssize_t end, const char* reason) {
    if (!handler_) handler_ = TRY(codec_lookup_error(errors_));
    Ref<> error = TRY(make_unicode_error(exc::UnicodeEncodeError, encoding_, share<Object>(text), start, end, reason));
    Ref<> pair = TRY(call(handler_.get(), error.get()));
    bool valid = is_handler_pair(pair.get());
    Object* item = valid ? as_tuple(pair.get())->items[0] : nullptr;
    if (!item || !(is_str(item) || is_bytes(item)))
        return raise(exc::TypeError, "encoding error handler must return (str/bytes, int) tuple");
    Replacement result;
    result.position = TRY(handler_position(pair.get(), text->length));
    if (is_str(item))
        result.text = share(as_str(item));
    else
        result.bytes = share(as_bytes(item));
    return result;
}

BytesBuilder::~BytesBuilder() {
    if (data_ != inline_) std::free(data_);
}
Fallible<void> BytesBuilder::reserve(ssize_t extra) {
    if (extra <= capacity_ - size_) return {};
    if (extra > PTRDIFF_MAX / 4 - size_) return raise_memory_error();
    ssize_t capacity = size_ + extra;
    if (capacity < capacity_ * 2) capacity = capacity_ * 2;
    bool was_inline = data_ == inline_;
    char* grown = static_cast<char*>(std::realloc(was_inline ? nullptr : data_, size_t(capacity)));
    if (!grown) return raise_memory_error();
    if (was_inline) std::memcpy(grown, inline_, size_t(size_));
    data_ = grown;
    capacity_ = capacity;
    return {};
}
Fallible<void> BytesBuilder::append(std::string_view bytes) {
    if (bytes.empty()) return {};
    TRY(reserve(ssize_t(bytes.size())));
    std::memcpy(data_ + size_, bytes.data(), bytes.size());
    size_ += ssize_t(bytes.size());
    return {};
}
Fallible<void> BytesBuilder::append_byte(uint8_t byte) {
    TRY(reserve(1));
    append_reserved(byte);
    return {};
}
Fallible<Ref<Bytes>> BytesBuilder::finish() {
    return bytes_from(view());
}

}  // namespace py
