// What bytes and bytearray share: the methods work on a view of the receiver's bytes and make a result of its kind.
#pragma once

#include "interp/objects/bytes.h"
#include "interp/objects/codec.h"
#include "interp/objects/method_def.h"

namespace py {

Ref<Bytes> bytes_empty();
Ref<Bytes> bytes_single(uint8_t byte);

// The receiver's bytes; a bytearray cannot be resized while one is alive.
class BytesSelf {
  public:
    explicit BytesSelf(Object* self) : self_(self) {
        if (is_bytes(self)) {
            view = as_bytes(self)->view();
        } else {
            ++static_cast<ByteArray*>(self)->exports;
            view = static_cast<ByteArray*>(self)->view();
        }
    }
    ~BytesSelf() {
        if (!is_bytes(self_)) --static_cast<ByteArray*>(self_)->exports;
    }
    BytesSelf(const BytesSelf&) = delete;
    BytesSelf& operator=(const BytesSelf&) = delete;
    const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(view.data()); }
    ssize_t size() const { return ssize_t(view.size()); }

    std::string_view view;

  private:
    Object* self_;
};
// a + b where one of them gives no bytes: TypeError, instead of what its exporter raised.
[[gnu::cold]] Raised cannot_concat(Object* a, Object* b);
// A new object of the receiver's kind (bytes or bytearray, never a subclass).
Fallible<Ref<>> make_like(Object* self, std::string_view content);
// The receiver's content unchanged: an exact bytes object itself, else a copy.
Fallible<Ref<>> unchanged(Object* self);
inline bool is_bytes_blank(uint8_t c) {
    return c == ' ' || (c >= 9 && c <= 13);
}

// A byte given as an int (any __index__): ValueError "byte must be in range(0, 256)".
Fallible<uint8_t> byte_of(Object* value);
// bytes(x) of a buffer or an iterable of ints.
Fallible<Ref<Bytes>> bytes_from_object(Object* object);
// format % arguments; the result is bytes.
Fallible<Ref<Bytes>> bytes_percent_format(std::string_view format, Object* arguments);
Fallible<Ref<Str>> hex_text(std::string_view bytes, Object* separator_or_null, ssize_t group);
bool bytes_is_like(Object* object);  // bytes or bytearray

Fallible<Ref<Bytes>> buffer_to_bytes(const Buffer& buffer, char order);  // logical order 'C' or 'F'
void repeat_block(char* out, const char* block, size_t size, size_t count);
Fallible<Ref<>> bytes_iter(Object* self);
Fallible<Ref<>> bytearray_iter(Object* self);

#define BYTES_NOARGS(name) Fallible<Ref<>> name(Object* self);
#define BYTES_O(name) Fallible<Ref<>> name(Object* self, Object* argument);
#define BYTES_FAST(name) Fallible<Ref<>> name(Object* self, Object* const* args, ssize_t nargs);
#define BYTES_BOUND(name) Fallible<Ref<>> name(Object* self, Object* const* bound);
#include "interp/objects/bytes_methods.def"
#undef BYTES_NOARGS
#undef BYTES_O
#undef BYTES_FAST
#undef BYTES_BOUND
int bytes_contains(Object* self, Object* part);

}  // namespace py
