// Growing output and kept input of _bz2 and _lzma.
#include "interp/modules/compression.h"

#include <cstdlib>

namespace py {

Fallible<bool> GrowingBytes::room(size_t left, size_t most, char** next, size_t* available) {
    ssize_t used = given_ - ssize_t(left);
    if (used == given_) {
        if (bytes_ && bytes_->size >= limit_) return false;
        ssize_t size = !bytes_ ? kFirst : bytes_->size > limit_ / 2 ? limit_ : bytes_->size * 2;
        if (size > limit_) size = limit_;
        bytes_ = bytes_ ? TRY(bytes_resize(std::move(bytes_), size)) : TRY(bytes_new(size < 2 ? 2 : size));
    }
    ssize_t end = bytes_->size < limit_ ? bytes_->size : limit_;
    size_t free = size_t(end - used);
    *available = free < most ? free : most;
    *next = bytes_->data + used;
    given_ = used + ssize_t(*available);
    return *available > 0;
}
Fallible<Ref<Bytes>> GrowingBytes::finish(size_t left) {
    if (!bytes_) return bytes_from({});
    return bytes_resize(std::move(bytes_), given_ - ssize_t(left));
}

Fallible<void> KeptInput::join(std::string_view data, std::string_view* whole) {
    if (size == 0) {
        *whole = data;
        return {};
    }
    if (start + size + data.size() > capacity) {
        std::memmove(block, block + start, size);
        start = 0;
        if (size + data.size() > capacity) {
            auto grown = static_cast<char*>(std::realloc(block, size + data.size()));
            if (!grown) return raise_memory_error();
            block = grown;
            capacity = size + data.size();
        }
    }
    if (!data.empty()) std::memcpy(block + start + size, data.data(), data.size());
    size += data.size();
    *whole = {block + start, size};
    return {};
}
Fallible<void> KeptInput::keep(std::string_view rest) {
    bool inside = block && rest.data() >= block && rest.data() <= block + capacity;
    if (inside) {
        start = size_t(rest.data() - block);
    } else if (!rest.empty()) {
        if (rest.size() > capacity) {
            auto grown = static_cast<char*>(std::realloc(block, rest.size()));
            if (!grown) return raise_memory_error();
            block = grown;
            capacity = rest.size();
        }
        std::memcpy(block, rest.data(), rest.size());
        start = 0;
    }
    size = rest.size();
    return {};
}
void KeptInput::drop() {
    std::free(block);
    *this = {};
}

}  // namespace py
