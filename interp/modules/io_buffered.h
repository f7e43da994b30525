// Buffered binary streams: one struct for BufferedReader, -Writer and -Random. A window of the raw stream is held in
// `buffer`; `position` is where the user stands in it, `raw_position` where the raw stream does (-1: not known).
#pragma once

#include <semaphore.h>

#include "interp/modules/io.h"

namespace py::io {

inline constexpr ssize_t kWouldBlock = -2;  // result of raw reads and writes on non-blocking streams

struct Buffered : IoBase {
    Object* raw;
    char* buffer;  // null: closed
    int64_t absolute;  // the raw stream's position, -1: not known
    ssize_t position, raw_position;
    ssize_t read_end;               // behind the valid data, -1: none
    ssize_t write_start, write_end;  // what waits to be written; write_end -1: nothing
    ssize_t size;
    unsigned long owner;  // thread inside, 0: none. Guarded by the GIL
    sem_t* turnstile;     // for threads that wait to get in
    int waiting;
    bool ok, detached, readable, writable, plain_raw;
    char finalizing;
    void* reserved[2];  // up to the size that sys.getsizeof shows in 3.11

    bool has_read_data() const { return readable && read_end != -1; }
    bool has_write_data() const { return writable && write_end != -1; }
    ssize_t ahead() const { return has_read_data() ? read_end - position : 0; }
    // How far the raw stream stands in front of the user.
    ssize_t raw_offset() const { return (has_read_data() || has_write_data()) && raw_position >= 0 ? raw_position - position : 0; }
    void move_to(ssize_t where) {
        position = where;
        if (has_read_data() && read_end < position) read_end = position;
    }
    void drop_read_data() { read_end = -1; }
    void drop_write_data() {
        write_start = 0;
        write_end = -1;
    }
};
inline Buffered* as_buffered(Object* object) { return static_cast<Buffered*>(object); }

// ValueError unless __init__ has run and detach() has not.
Fallible<void> check_initialized(const Buffered* self);
Fallible<bool> is_closed(Buffered* self);
// ValueError with the message when closed and nothing read ahead is left.
Fallible<void> check_usable(Buffered* self, const char* message);

// Only one thread works inside a buffered stream. RuntimeError "reentrant call inside <…>" for the thread that is inside.
class BufferedLock {
  public:
    explicit BufferedLock(Buffered* stream) : stream_(stream) {}
    ~BufferedLock() { leave(); }
    BufferedLock(const BufferedLock&) = delete;
    BufferedLock& operator=(const BufferedLock&) = delete;
    Fallible<void> enter();
    void leave();

  private:
    Buffered* stream_;
    bool inside_ = false;
};

// Common to all three types' __init__: takes the raw stream, makes the buffer.
Fallible<void> buffered_start(Buffered* self, Object* raw, Object* size_or_null, bool readable, bool writable);

// The raw stream. With the lock held; results as bytes moved, 0 at the end, kWouldBlock.
Fallible<ssize_t> raw_read_into(Buffered* self, char* data, ssize_t size);
Fallible<ssize_t> raw_write_from(Buffered* self, const char* data, ssize_t size);
Fallible<int64_t> raw_tell(Buffered* self);
Fallible<int64_t> raw_seek(Buffered* self, int64_t target, int whence);
// Reads more behind the valid data.
Fallible<ssize_t> fill_buffer(Buffered* self);
Fallible<void> write_out(Buffered* self);         // the write data goes to the raw stream
Fallible<void> flush_and_rewind(Buffered* self);  // and the raw stream to where the user stands
[[gnu::cold]] Raised raise_would_block(ssize_t written);

extern MethodDef buffered_reader_methods[], buffered_writer_methods[], buffered_random_methods[];
extern GetSetDef buffered_getset[];
extern MemberDef buffered_members[];

// Methods that several of the types have.
Fallible<Ref<>> buffered_close(Object* self);
Fallible<Ref<>> buffered_detach(Object* self);
Fallible<Ref<>> buffered_raw_flush(Object* self);
Fallible<Ref<>> buffered_flush(Object* self);
Fallible<Ref<>> buffered_seekable(Object* self);
Fallible<Ref<>> buffered_readable(Object* self);
Fallible<Ref<>> buffered_writable(Object* self);
Fallible<Ref<>> buffered_fileno(Object* self);
Fallible<Ref<>> buffered_isatty(Object* self);
Fallible<Ref<>> buffered_dealloc_warn(Object* self, Object* source);
Fallible<Ref<>> buffered_seek(Object* self, Object* const* a);
Fallible<Ref<>> buffered_tell(Object* self);
Fallible<Ref<>> buffered_truncate(Object* self, Object* const* a);
Fallible<Ref<>> buffered_sizeof(Object* self);
Fallible<Ref<>> buffered_read(Object* self, Object* const* a);
Fallible<Ref<>> buffered_read1(Object* self, Object* const* a);
Fallible<Ref<>> buffered_readinto(Object* self, Object* target);
Fallible<Ref<>> buffered_readinto1(Object* self, Object* target);
Fallible<Ref<>> buffered_readline(Object* self, Object* const* a);
Fallible<Ref<>> buffered_peek(Object* self, Object* const* a);
Fallible<Ref<>> buffered_write(Object* self, Object* source);
Object* buffered_next(Object* self);

}  // namespace py::io
