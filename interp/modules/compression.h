// What _bz2 and _lzma share: output that grows, and input that a decompressor keeps for its next call.
#pragma once

#include <cstring>

#include "interp/modules/object_lock.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"

namespace py {

// Output bytes, given to a library piece by piece; doubles as it fills, up to a limit (negative: none).
class GrowingBytes {
  public:
    explicit GrowingBytes(ssize_t limit = -1) : limit_(limit < 0 ? PTRDIFF_MAX - 64 : limit) {}
    // Says where the next output goes and how much fits there at once. `left` of the room given before was not used. False when
    // the limit is reached and nothing of the room is left.
    Fallible<bool> room(size_t left, size_t most, char** next, size_t* available);
    // All output; `left` as in room().
    Fallible<Ref<Bytes>> finish(size_t left);

  private:
    static constexpr ssize_t kFirst = 16 * 1024;
    Ref<Bytes> bytes_;
    ssize_t given_ = 0;  // bytes up to the end of the room given last
    ssize_t limit_;
};

// Input that was not consumed by the last decompress() of an object, a malloc'ed block.
struct KeptInput {
    char* block;
    size_t capacity, start, size;

    // Joins `data` to what is kept; *whole is both, in memory of its own or in `data`.
    Fallible<void> join(std::string_view data, std::string_view* whole);
    // Keeps what a call left of `whole`.
    Fallible<void> keep(std::string_view rest);
    void drop();
};

}  // namespace py
