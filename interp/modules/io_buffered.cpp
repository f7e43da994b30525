// What BufferedReader, BufferedWriter and BufferedRandom share: the lock, calls of the raw stream, positions, closing.
#include "interp/modules/io_buffered.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <cstring>

#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/runtime/traceback_dump.h"

namespace py::io {

Fallible<void> check_initialized(const Buffered* self) {
    if (self->ok) [[likely]]
        return {};
    return raise(exc::ValueError, self->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
}
Fallible<bool> is_closed(Buffered* self) {
    if (!self->buffer) return true;
    if (self->plain_raw) return file_is_closed(self->raw);
    TRY(check_initialized(self));
    return ask(self->raw, "closed"_name);
}
Fallible<void> check_usable(Buffered* self, const char* message) {
    TRY(check_initialized(self));
    if (TRY(is_closed(self)) && self->ahead() == 0) return raise(exc::ValueError, "%s", message);
    return {};
}

[[noreturn]] static void give_up_waiting(Buffered* self) {
    Fallible<Ref<Str>> text = repr(self);
    clear_error();
    Ref<Str> shown = text.ok() ? text.take() : str_empty();
    Fallible<std::string_view> utf8 = str_utf8(shown.get());
    std::string_view name = utf8.ok() ? utf8.take() : std::string_view();
    char* message = nullptr;
    if (asprintf(&message, "could not acquire lock for %.*s at interpreter shutdown, possibly due to daemon threads", int(name.size()), name.data()) < 0)
        message = nullptr;
    fatal_error("_enter_buffered_busy", message ? message : "could not acquire lock");
}

// The owner while the lock is on its way from the thread that left to one that waits: it is handed over, not thrown open, or
// a thread that writes again and again would always be the first to have it.
static constexpr unsigned long kHandedOver = ~0ul;

// Waits without the GIL until the lock is handed over. False: the interpreter is ending, and the owner, a daemon thread
// perhaps, may never run again.
static bool wait_for_turn(Buffered* stream) {
    bool at_exit = runtime().finalizing;
    GilReleased released;
    timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 1;
    int status;
    do status = at_exit ? sem_timedwait(stream->turnstile, &deadline) : sem_wait(stream->turnstile);
    while (status < 0 && errno == EINTR);
    return status == 0;
}

Fallible<void> BufferedLock::enter() {
    unsigned long me = pthread_self();
    Buffered* s = stream_;
    if (s->owner == me) return raise(exc::RuntimeError, "reentrant call inside %R", s);
    if (s->owner) {
        if (!s->turnstile) {
            s->turnstile = static_cast<sem_t*>(std::malloc(sizeof(sem_t)));
            if (!s->turnstile) return raise_memory_error();
            sem_init(s->turnstile, 0, 0);
        }
        ++s->waiting;
        bool mine = wait_for_turn(s) || sem_trywait(s->turnstile) == 0;
        --s->waiting;
        if (!mine) give_up_waiting(s);
    }
    s->owner = me;
    inside_ = true;
    return {};
}
void BufferedLock::leave() {
    if (!inside_) return;
    inside_ = false;
    stream_->owner = stream_->waiting ? kHandedOver : 0;
    if (stream_->waiting) sem_post(stream_->turnstile);
}

// NOTE: errno is what the raw stream's write left: EAGAIN of a system call, or 0 where Python code said None.
Raised raise_would_block(ssize_t written) {
    Ref<Int> number = TRY(int_from(errno)), count = TRY(int_from(written));
    Ref<Str> text = TRY(str_from_ascii("write could not complete without blocking"));
    Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(number.get()), static_cast<Object*>(text.get()), static_cast<Object*>(count.get())));
    return raise_object(exc::BlockingIOError, arguments.get());
}

Fallible<void> buffered_start(Buffered* self, Object* raw, Object* size, bool readable, bool writable) {
    replace_slot(self->raw, new_reference(raw));
    self->readable = readable;
    self->writable = writable;
    self->size = size ? TRY(as_ssize(size)) : kDefaultBufferSize;
    if (self->size <= 0) return raise(exc::ValueError, "buffer size must be strictly positive");
    std::free(std::exchange(self->buffer, static_cast<char*>(std::malloc(size_t(self->size)))));
    if (!self->buffer) return raise_memory_error();
    self->position = self->raw_position = 0;
    self->drop_read_data();
    self->drop_write_data();
    self->absolute = -1;
    if (!raw_tell(self).ok()) clear_error();
    self->plain_raw = raw->type == &fileio_type && (self->type == &buffered_reader_type || self->type == &buffered_writer_type ||
                                                     self->type == &buffered_random_type);
    self->ok = true;
    return {};
}

namespace {

// The number of bytes that a raw method says it moved.
Fallible<ssize_t> moved_bytes(Object* result, ssize_t size, const char* method) {
    if (is_none(result)) return kWouldBlock;
    Fallible<ssize_t> count = index_as_ssize(result, exc::ValueError);
    if (!count.ok()) {
        if (method[0] == 'r') return raise_from_pending(exc::OSError, "raw readinto() failed");
        return raised;
    }
    ssize_t moved = count.take();
    if (moved < 0 || moved > size)
        return raise(exc::OSError, "raw %s() returned invalid length %zd (should have been between 0 and %zd)", method, moved, size);
    return moved;
}
// The method with a view of the memory. Keeps the errno that it left.
Fallible<Ref<>> call_with_memory(Object* raw, Str* method, char* data, ssize_t size, bool writable) {
    Ref<> view = TRY(memoryview_from_memory(data, size, writable));
    Fallible<Ref<>> result = call_retrying(raw, method, view.get());
    int error = errno;
    view.reset();
    errno = error;
    return result;
}

}  // namespace

Fallible<ssize_t> raw_read_into(Buffered* self, char* data, ssize_t size) {
    ssize_t count;
    if (is_plain(self->raw, fileio_type, "readinto"_name)) {
        // FAST: FileIO.readinto() would do just this.
        count = TRY(file_read_into(self->raw, data, size));
    } else {
        Ref<> result = TRY(call_with_memory(self->raw, "readinto"_name, data, size, true));
        count = TRY(moved_bytes(result.get(), size, "readinto"));
    }
    if (count > 0 && self->absolute != -1) self->absolute += count;
    return count;
}
Fallible<ssize_t> raw_write_from(Buffered* self, const char* data, ssize_t size) {
    ssize_t count;
    if (is_plain(self->raw, fileio_type, "write"_name)) {
        // FAST: FileIO.write() would do just this.
        count = TRY(file_write_from(self->raw, data, size));
    } else {
        errno = 0;
        Ref<> result = TRY(call_with_memory(self->raw, "write"_name, const_cast<char*>(data), size, false));
        count = TRY(moved_bytes(result.get(), size, "write"));
    }
    if (count > 0 && self->absolute != -1) self->absolute += count;
    return count;
}

static Fallible<int64_t> stream_position(Buffered* self, Object* result) {
    int64_t position = TRY(as_int64(result));
    if (position < 0) return raise(exc::OSError, "Raw stream returned invalid position %lld", (long long)position);
    return self->absolute = position;
}
Fallible<int64_t> raw_tell(Buffered* self) {
    Ref<> result = TRY(call_method(self->raw, "tell"_name));
    return stream_position(self, result.get());
}
Fallible<int64_t> raw_seek(Buffered* self, int64_t target, int whence) {
    Ref<Int> target_object = TRY(int_from(target)), whence_object = TRY(int_from(whence));
    Ref<> result = TRY(call_method(self->raw, "seek"_name, target_object.get(), whence_object.get()));
    return stream_position(self, result.get());
}

Fallible<ssize_t> fill_buffer(Buffered* self) {
    ssize_t start = self->has_read_data() ? self->read_end : 0;
    ssize_t count = TRY(raw_read_into(self, self->buffer + start, self->size - start));
    if (count > 0) self->read_end = self->raw_position = start + count;
    return count;
}

Fallible<void> write_out(Buffered* self) {
    if (self->has_write_data() && self->write_start != self->write_end) {
        ssize_t rewind = self->raw_offset() + (self->position - self->write_start);
        if (rewind) {
            TRY(raw_seek(self, -rewind, 1));
            self->raw_position -= rewind;
        }
        while (self->write_start < self->write_end) {
            ssize_t count = TRY(raw_write_from(self, self->buffer + self->write_start, self->write_end - self->write_start));
            if (count == kWouldBlock) return raise_would_block(0);
            self->write_start += count;
            self->raw_position = self->write_start;
            // The write may have been cut short by a signal.
            TRY(check_signals());
        }
    }
    self->drop_write_data();
    return {};
}
Fallible<void> flush_and_rewind(Buffered* self) {
    TRY(write_out(self));
    if (!self->readable) return {};
    Fallible<int64_t> rewound = raw_seek(self, -self->raw_offset(), 1);
    self->drop_read_data();
    if (!rewound.ok()) return raised;
    return {};
}

// BufferedReader.flush()
Fallible<Ref<>> buffered_raw_flush(Object* object) {
    TRY(check_initialized(as_buffered(object)));
    return call_method(as_buffered(object)->raw, "flush"_name);
}
// BufferedWriter.flush(), BufferedRandom.flush()
Fallible<Ref<>> buffered_flush(Object* object) {
    Buffered* self = as_buffered(object);
    TRY(check_usable(self, "flush of closed file"));
    BufferedLock lock(self);
    TRY(lock.enter());
    TRY(flush_and_rewind(self));
    return share(none());
}

// Buffered….seekable()
Fallible<Ref<>> buffered_seekable(Object* self) {
    TRY(check_initialized(as_buffered(self)));
    return call_method(as_buffered(self)->raw, "seekable"_name);
}
// Buffered….readable()
Fallible<Ref<>> buffered_readable(Object* self) {
    TRY(check_initialized(as_buffered(self)));
    return call_method(as_buffered(self)->raw, "readable"_name);
}
// Buffered….writable()
Fallible<Ref<>> buffered_writable(Object* self) {
    TRY(check_initialized(as_buffered(self)));
    return call_method(as_buffered(self)->raw, "writable"_name);
}
// Buffered….fileno()
Fallible<Ref<>> buffered_fileno(Object* self) {
    TRY(check_initialized(as_buffered(self)));
    return call_method(as_buffered(self)->raw, "fileno"_name);
}
// Buffered….isatty()
Fallible<Ref<>> buffered_isatty(Object* self) {
    TRY(check_initialized(as_buffered(self)));
    return call_method(as_buffered(self)->raw, "isatty"_name);
}
// Buffered…._dealloc_warn(source)
Fallible<Ref<>> buffered_dealloc_warn(Object* object, Object* source) {
    Buffered* self = as_buffered(object);
    if (self->ok && self->raw && !call_method(self->raw, "_dealloc_warn"_name, source).ok()) clear_error();
    return share(none());
}

// Buffered….close()
Fallible<Ref<>> buffered_close(Object* object) {
    Buffered* self = as_buffered(object);
    TRY(check_initialized(self));
    BufferedLock lock(self);
    TRY(lock.enter());
    if (TRY(is_closed(self))) return share(none());
    if (self->finalizing && self->raw) TRY(buffered_dealloc_warn(object, object));
    // flush() takes the lock itself.
    lock.leave();
    (void)call_method(object, "flush"_name).ok();
    FirstError flushing;
    TRY(lock.enter());
    Fallible<Ref<>> result = call_method(self->raw, "close"_name);
    std::free(std::exchange(self->buffer, nullptr));
    self->read_end = 0;
    self->position = 0;
    TRY(flushing.finish());
    return result;
}
// Buffered….detach()
Fallible<Ref<>> buffered_detach(Object* object) {
    Buffered* self = as_buffered(object);
    TRY(check_initialized(self));
    TRY(call_method(object, "flush"_name));
    self->detached = true;
    self->ok = false;
    return Fallible<Ref<>>::from_slot(std::exchange(self->raw, nullptr));
}

// Buffered….tell()
Fallible<Ref<>> buffered_tell(Object* object) {
    Buffered* self = as_buffered(object);
    TRY(check_initialized(self));
    int64_t position = TRY(raw_tell(self));
    return int_from(position - self->raw_offset());
}

namespace {

// Moves inside the data read ahead, if target lies there: no system call. The new position, or -1.
Fallible<int64_t> seek_in_buffer(Buffered* self, int64_t target, int whence) {
    if (whence == 2 || !self->readable) return -1;
    // The raw position is asked for only where it is not known already.
    int64_t raw = self->absolute != -1 ? self->absolute : TRY(raw_tell(self));
    int64_t here = raw - self->raw_offset();
    int64_t offset = whence == 0 ? target - here : target;
    if (self->ahead() <= 0 || offset < -self->position || offset > self->ahead()) return -1;
    self->position += offset;
    return raw - self->raw_offset();
}

}  // namespace

// Buffered….seek(target, whence=0, /)
Fallible<Ref<>> buffered_seek(Object* object, Object* const* a) {
    Buffered* self = as_buffered(object);
    int whence = a[1] ? TRY(as_c_int(a[1])) : 0;
    TRY(check_initialized(self));
    // SEEK_DATA and SEEK_HOLE are left to the raw stream.
    if (whence < 0 || whence > 4) return raise(exc::ValueError, "whence value %d unsupported", whence);
    TRY(check_usable(self, "seek of closed file"));
    TRY(check_seekable(self->raw));
    int64_t target = TRY(as_int64(a[0]));
    TRY(check_initialized(self));
    if (whence <= 1) {
        int64_t inside = TRY(seek_in_buffer(self, target, whence));
        if (inside >= 0) return int_from(inside);
    }
    BufferedLock lock(self);
    TRY(lock.enter());
    if (self->writable) TRY(write_out(self));
    if (whence == 1) target -= self->raw_offset();
    int64_t position = TRY(raw_seek(self, target, whence));
    self->raw_position = -1;
    if (self->readable) self->drop_read_data();
    return int_from(position);
}

// Buffered….truncate(pos=None, /)
Fallible<Ref<>> buffered_truncate(Object* object, Object* const* a) {
    Buffered* self = as_buffered(object);
    TRY(check_usable(self, "truncate of closed file"));
    if (!self->writable) return raise_unsupported("truncate");
    BufferedLock lock(self);
    TRY(lock.enter());
    TRY(flush_and_rewind(self));
    Ref<> result = TRY(call_method(self->raw, "truncate"_name, a[0] ? a[0] : none()));
    // The raw position may have moved.
    if (!raw_tell(self).ok()) clear_error();
    return result;
}
// Buffered….__sizeof__()
Fallible<Ref<>> buffered_sizeof(Object* object) {
    return int_from(object->type->basic_size + (as_buffered(object)->buffer ? as_buffered(object)->size : 0));
}

bool is_plain_buffered(Object* object) {
    return object->type == &buffered_reader_type || object->type == &buffered_writer_type || object->type == &buffered_random_type;
}
Object* buffered_raw(Object* object) { return as_buffered(object)->raw; }

namespace {

Fallible<Ref<>> get_closed(Object* object) {
    TRY(check_initialized(as_buffered(object)));
    return get_attr(as_buffered(object)->raw, "closed"_name);
}
Fallible<Ref<>> get_name(Object* object) {
    TRY(check_initialized(as_buffered(object)));
    return get_attr(as_buffered(object)->raw, "name"_name);
}
Fallible<Ref<>> get_mode(Object* object) {
    TRY(check_initialized(as_buffered(object)));
    return get_attr(as_buffered(object)->raw, "mode"_name);
}

}  // namespace

GetSetDef buffered_getset[] = {
    GETTER("closed", get_closed, nullptr),
    GETTER("name", get_name, nullptr),
    GETTER("mode", get_mode, nullptr),
    END_ROW,
};
MemberDef buffered_members[] = {
    {"raw", kObjectOrNone, offsetof(Buffered, raw), kReadOnly, nullptr},
    {"_finalizing", kBool, offsetof(Buffered, finalizing), 0, nullptr},
    END_ROW,
};

}  // namespace py::io
