// Reading from BufferedReader and BufferedRandom.
#include <cstring>

#include "interp/modules/io_buffered.h"
#include "interp/objects/codec.h"

namespace py::io {

namespace {

// Takes `count` bytes of what was read ahead.
std::string_view take_ahead(Buffered* self, ssize_t count) {
    std::string_view piece(self->buffer + self->position, size_t(count));
    self->position += count;
    return piece;
}

// The rest of the stream by raw.readall(), put behind what was read ahead.
Fallible<Ref<>> read_by_readall(Object* readall, std::string_view ahead_of_it, Ref<Bytes> ahead) {
    Ref<> rest = TRY(call(readall));
    if (!is_none(rest.get()) && !is_bytes(rest.get())) return raise(exc::TypeError, "readall() should return bytes");
    if (ahead_of_it.empty()) return rest;
    if (is_none(rest.get())) return ahead;
    BytesBuilder all;
    TRY(all.append(ahead_of_it));
    TRY(all.append(as_bytes(rest.get())->view()));
    return all.finish();
}

Fallible<Ref<>> read_until_end(Buffered* self) {
    Ref<Bytes> ahead = TRY(bytes_from(take_ahead(self, self->ahead())));
    if (self->writable) TRY(flush_and_rewind(self));
    self->drop_read_data();
    Ref<> readall = TRY(lookup_attr(self->raw, "readall"_name));
    if (readall) return read_by_readall(readall.get(), ahead->view(), ahead);
    BytesBuilder all;
    TRY(all.append(ahead->view()));
    for (;;) {
        Ref<> piece = TRY(call_method(self->raw, "read"_name));
        if (!is_none(piece.get()) && !is_bytes(piece.get())) return raise(exc::TypeError, "read() should return bytes");
        if (is_none(piece.get()) || as_bytes(piece.get())->size == 0) {
            if (all.size() == 0) return piece;
            return all.finish();
        }
        TRY(all.append(as_bytes(piece.get())->view()));
        if (self->absolute != -1) self->absolute += as_bytes(piece.get())->size;
    }
}

// Reads `size` bytes to `out`; fewer at the end or where it would block. kWouldBlock when nothing at all could be read.
Fallible<ssize_t> read_exactly(Buffered* self, char* out, ssize_t size) {
    ssize_t done = self->ahead();
    if (done > size) done = size;
    std::memcpy(out, take_ahead(self, done).data(), size_t(done));
    if (done == size) return done;
    if (self->writable) TRY(flush_and_rewind(self));
    self->drop_read_data();
    // Whole buffers' worth goes straight to its place.
    while (size - done >= self->size) {
        ssize_t count = TRY(raw_read_into(self, out + done, (size - done) / self->size * self->size));
        if (count <= 0) return count < 0 && done == 0 ? kWouldBlock : done;
        done += count;
    }
    self->position = self->raw_position = self->read_end = 0;
    while (done < size && self->read_end < self->size) {
        ssize_t count = TRY(fill_buffer(self));
        if (count <= 0) return count < 0 && done == 0 ? kWouldBlock : done;
        if (count > size - done) count = size - done;
        std::memcpy(out + done, take_ahead(self, count).data(), size_t(count));
        done += count;
    }
    return done;
}

}  // namespace

// BufferedReader.read(size=-1, /)
Fallible<Ref<>> buffered_read(Object* object, Object* const* a) {
    Buffered* self = as_buffered(object);
    ssize_t size = TRY(optional_size(a[0]));
    TRY(check_initialized(self));
    if (size < -1) return raise(exc::ValueError, "read length must be non-negative or -1");
    TRY(check_usable(self, "read of closed file"));
    if (size >= 0 && size <= self->ahead()) return bytes_from(take_ahead(self, size));
    BufferedLock lock(self);
    TRY(lock.enter());
    if (size < 0) return read_until_end(self);
    // NOTE: one-byte and empty results are shared objects, so the memory to read into is never that small.
    Ref<Bytes> result = TRY(bytes_new(size < 2 ? 2 : size));
    ssize_t count = TRY(read_exactly(self, result->data, size));
    if (count == kWouldBlock) return share(none());
    return bytes_resize(std::move(result), count);
}

// BufferedReader.read1(size=-1, /)
Fallible<Ref<>> buffered_read1(Object* object, Object* const* a) {
    Buffered* self = as_buffered(object);
    ssize_t size = a[0] ? TRY(as_ssize(a[0])) : -1;
    TRY(check_initialized(self));
    if (size < 0) size = self->size;
    TRY(check_usable(self, "read of closed file"));
    if (size == 0) return bytes_from({});
    if (ssize_t ahead = self->ahead(); ahead > 0) return bytes_from(take_ahead(self, ahead < size ? ahead : size));
    Ref<Bytes> result = TRY(bytes_new(size < 2 ? 2 : size));
    BufferedLock lock(self);
    TRY(lock.enter());
    if (self->writable) TRY(flush_and_rewind(self));
    self->drop_read_data();
    ssize_t count = TRY(raw_read_into(self, result->data, size));
    lock.leave();
    return bytes_resize(std::move(result), count == kWouldBlock ? 0 : count);
}

// Fills the target; `once`: with at most one read of the raw stream, and none through the buffer when something was read ahead.
static Fallible<Ref<>> read_into(Buffered* self, Object* target, bool once) {
    BufferView view;
    TRY(open_target(view, target, once ? "readinto1" : "readinto"));
    TRY(check_usable(self, "readinto of closed file"));
    ssize_t ahead = self->ahead(), done = ahead < view.size() ? ahead : view.size();
    if (done > 0) std::memcpy(view.writable_data(), take_ahead(self, done).data(), size_t(done));
    if (ahead > 0 && done == view.size()) return int_from(done);
    BufferedLock lock(self);
    TRY(lock.enter());
    if (self->writable) TRY(flush_and_rewind(self));
    self->drop_read_data();
    self->position = 0;
    for (bool again = true; again && done < view.size(); again = !once) {
        ssize_t rest = view.size() - done, count;
        if (rest > self->size) {
            count = TRY(raw_read_into(self, view.writable_data() + done, rest));
        } else if (once && done > 0) {
            break;
        } else {
            count = TRY(fill_buffer(self));
            if (count > rest) count = rest;
            if (count > 0) std::memcpy(view.writable_data() + done, take_ahead(self, count).data(), size_t(count));
        }
        if (count == kWouldBlock && done == 0) return share(none());
        if (count <= 0) break;
        done += count;
    }
    return int_from(done);
}
// BufferedReader.readinto(buffer, /)
Fallible<Ref<>> buffered_readinto(Object* self, Object* target) {
    TRY(check_initialized(as_buffered(self)));
    return read_into(as_buffered(self), target, false);
}
// BufferedReader.readinto1(buffer, /)
Fallible<Ref<>> buffered_readinto1(Object* self, Object* target) {
    TRY(check_initialized(as_buffered(self)));
    return read_into(as_buffered(self), target, true);
}

// BufferedReader.peek(size=0, /)
Fallible<Ref<>> buffered_peek(Object* object, Object* const* a) {
    Buffered* self = as_buffered(object);
    if (a[0]) TRY(as_ssize(a[0]));
    TRY(check_usable(self, "peek of closed file"));
    BufferedLock lock(self);
    TRY(lock.enter());
    if (self->writable) TRY(flush_and_rewind(self));
    // What is there already is all that is shown, however much was asked for.
    if (ssize_t ahead = self->ahead(); ahead > 0) return bytes_from({self->buffer + self->position, size_t(ahead)});
    self->drop_read_data();
    ssize_t count = TRY(fill_buffer(self));
    self->position = 0;
    return bytes_from({self->buffer, size_t(count > 0 ? count : 0)});
}

// Where in the data ahead the line ends, at most `limit` bytes on; false: the line goes on behind the data.
static bool find_bytes_line(Buffered* self, ssize_t limit, ssize_t* count) {
    ssize_t ahead = self->ahead();
    bool cut = limit >= 0 && limit <= ahead;
    if (cut) ahead = limit;
    auto start = self->buffer + self->position;
    auto found = ahead > 0 ? static_cast<const char*>(std::memchr(start, '\n', size_t(ahead))) : nullptr;
    *count = found ? found - start + 1 : ahead;
    return found || cut;
}
static Fallible<Ref<>> read_line(Buffered* self, ssize_t limit) {
    TRY(check_usable(self, "readline of closed file"));
    ssize_t count;
    if (find_bytes_line(self, limit, &count)) return bytes_from(take_ahead(self, count));
    BufferedLock lock(self);
    TRY(lock.enter());
    BytesBuilder line;
    TRY(line.append(take_ahead(self, count)));
    if (self->writable) TRY(flush_and_rewind(self));
    for (bool ended = false; !ended;) {
        self->drop_read_data();
        self->position = 0;
        if (TRY(fill_buffer(self)) <= 0) break;
        ended = find_bytes_line(self, limit < 0 ? -1 : limit - line.size(), &count);
        TRY(line.append(take_ahead(self, count)));
    }
    return line.finish();
}
// BufferedReader.readline(size=-1, /)
Fallible<Ref<>> buffered_readline(Object* object, Object* const* a) {
    ssize_t limit = TRY(optional_size(a[0]));
    TRY(check_initialized(as_buffered(object)));
    return read_line(as_buffered(object), limit);
}
Object* buffered_next(Object* object) {
    TRY(check_initialized(as_buffered(object)));
    Ref<> line;
    if (object->type == &buffered_reader_type || object->type == &buffered_random_type) {
        line = TRY(read_line(as_buffered(object), -1));
    } else {
        line = TRY(call_method(object, "readline"_name));
        if (!is_bytes(line.get()))
            return raise(exc::OSError, "readline() should have returned a bytes object, not '%.200s'", line->type->name);
    }
    return as_bytes(line.get())->size ? line.release() : nullptr;
}

}  // namespace py::io
