// Writing to BufferedWriter and BufferedRandom.
#include <cstring>

#include "interp/modules/io_buffered.h"
#include "interp/runtime/thread.h"

namespace py::io {

namespace {

// Appends to what waits to be written; the caller made sure of the room.
void put_in_buffer(Buffered* self, const char* data, ssize_t size) {
    std::memcpy(self->buffer + self->position, data, size_t(size));
    if (!self->has_write_data() || self->write_start > self->position) self->write_start = self->position;
    self->move_to(self->position + size);
    if (self->write_end < self->position) self->write_end = self->position;
}

// The buffer could not be emptied, for the stream would block: takes as much as there is room for. The size when that is all.
Fallible<ssize_t> keep_what_fits(Buffered* self, const char* data, ssize_t size) {
    if (self->readable) self->drop_read_data();
    std::memmove(self->buffer, self->buffer + self->write_start, size_t(self->write_end - self->write_start));
    self->write_end -= self->write_start;
    self->raw_position -= self->write_start;
    self->position -= self->write_start;
    self->write_start = 0;
    ssize_t room = self->size - self->write_end;
    ssize_t kept = size <= room ? size : room;
    std::memcpy(self->buffer + self->write_end, data, size_t(kept));
    self->write_end += kept;
    self->position += kept;
    if (kept == size) return size;
    return raise_would_block(kept);
}

// Writes more than the buffer holds: most goes to the raw stream, the rest stays in the buffer.
Fallible<ssize_t> write_large(Buffered* self, const char* data, ssize_t size) {
    if (ssize_t offset = self->raw_offset()) {
        TRY(raw_seek(self, -offset, 1));
        self->raw_position -= offset;
    }
    ssize_t done = 0;
    while (size - done > self->size) {
        ssize_t count = TRY(raw_write_from(self, data + done, size - done));
        if (count == kWouldBlock) {
            std::memcpy(self->buffer, data + done, size_t(self->size));
            self->raw_position = 0;
            self->move_to(self->size);
            self->write_start = 0;
            self->write_end = self->size;
            return raise_would_block(done + self->size);
        }
        done += count;
        TRY(check_signals());
    }
    if (self->readable) self->drop_read_data();
    std::memcpy(self->buffer, data + done, size_t(size - done));
    self->write_start = 0;
    self->write_end = size - done;
    self->move_to(size - done);
    self->raw_position = 0;
    return size;
}

Fallible<ssize_t> write_locked(Buffered* self, const char* data, ssize_t size) {
    if (!self->has_read_data() && !self->has_write_data()) self->position = self->raw_position = 0;
    if (size <= self->size - self->position && size < self->size) {
        put_in_buffer(self, data, size);
        return size;
    }
    if (!write_out(self).ok()) {
        if (!error_matches(exc::BlockingIOError)) return raised;
        clear_error();
        return keep_what_fits(self, data, size);
    }
    return write_large(self, data, size);
}

}  // namespace

Fallible<ssize_t> buffered_write_data(Object* object, const char* data, ssize_t size) {
    Buffered* self = as_buffered(object);
    TRY(check_initialized(self));
    BufferedLock lock(self);
    TRY(lock.enter());
    // Under the lock: another thread may have closed the stream while this one waited.
    if (TRY(is_closed(self))) return raise(exc::ValueError, "write to closed file");
    return write_locked(self, data, size);
}

// BufferedWriter.write(buffer, /)
Fallible<Ref<>> buffered_write(Object* object, Object* source) {
    BufferView view;
    TRY(view.open(source));
    return int_from(TRY(buffered_write_data(object, view.data(), view.size())));
}

}  // namespace py::io
