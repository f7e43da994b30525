// _io.FileIO: a raw stream over a file descriptor. System calls run without the GIL and are tried again after signals.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "interp/modules/io.h"
#include "interp/modules/posix.h"
#include "interp/runtime/audit.h"

namespace py::io {

namespace {

constexpr ssize_t kMaxTransfer = 0x7ffff000;  // what Linux moves in one call

struct FileIo : IoBase {
    int fd;  // -1: closed
    bool created : 1, readable : 1, writable : 1, appending : 1, closefd : 1;
    signed char seekable;  // -1: not known yet
    char finalizing;
    unsigned block_size;
};
FileIo* as_file(Object* object) { return static_cast<FileIo*>(object); }

Raised closed_error() { return raise(exc::ValueError, "I/O operation on closed file"); }
Raised mode_error(const char* action) {
    char text[64];
    std::snprintf(text, sizeof text, "File not open for %s", action);
    return raise_unsupported(text);
}

Fallible<void> close_descriptor(FileIo* self) {
    if (self->fd < 0) return {};
    int fd = self->fd;
    self->fd = -1;
    // A close() that was interrupted has closed the descriptor all the same: no second try.
    if (without_gil([&] { return ::close(fd); }) < 0) return raise_os_error(errno);
    return {};
}

Object* file_new(Type* type, Object*, Object*) {
    auto self = static_cast<FileIo*>(type->alloc(type, 0));
    if (!self) return nullptr;
    self->fd = -1;
    self->seekable = -1;
    self->closefd = true;
    return self;
}

constexpr const char* kBadMode = "Must have exactly one of create/read/write/append mode and at most one plus";

// The open() flags of a mode such as "r+"; sets the stream's own.
Fallible<int> parse_mode(FileIo* self, std::string_view mode) {
    int flags = 0;
    bool has_kind = false, has_plus = false;
    for (char c : mode) {
        if (c == 'b') continue;
        if (c == '+') {
            if (has_plus) return raise(exc::ValueError, "%s", kBadMode);
            has_plus = true;
            continue;
        }
        if (!std::strchr("xrwa", c)) return raise(exc::ValueError, "invalid mode: %.200s", mode.data());
        if (has_kind) return raise(exc::ValueError, "%s", kBadMode);
        has_kind = true;
        self->readable = c == 'r';
        self->writable = c != 'r';
        self->created = c == 'x';
        self->appending = c == 'a';
        flags |= c == 'x' ? O_EXCL | O_CREAT : c == 'w' ? O_CREAT | O_TRUNC : c == 'a' ? O_APPEND | O_CREAT : 0;
    }
    if (!has_kind) return raise(exc::ValueError, "%s", kBadMode);
    if (has_plus) self->readable = self->writable = true;
    return flags | O_CLOEXEC | (self->readable && self->writable ? O_RDWR : self->readable ? O_RDONLY : O_WRONLY);
}

Fallible<int> open_path(Object* name, Bytes* path, int flags) {
    for (;;) {
        int fd = without_gil([&] { return ::open(path->data, flags, 0666); });
        if (fd >= 0) return fd;
        if (errno != EINTR) return raise_os_error(errno, name);
        TRY(check_signals());
    }
}
Fallible<int> open_with(Object* opener, Object* name, int flags) {
    Ref<Int> flags_object = TRY(int_from(flags));
    Ref<> result = TRY(call(opener, name, static_cast<Object*>(flags_object.get())));
    if (!is_int(result.get())) return raise(exc::TypeError, "expected integer from opener");
    int fd = TRY(as_c_int(result.get()));
    if (fd < 0) return raise(exc::ValueError, "opener returned %d", fd);
    int inheritable = ::fcntl(fd, F_GETFD);
    if (inheritable < 0 || ::fcntl(fd, F_SETFD, inheritable | FD_CLOEXEC) < 0) return raise_os_error(errno);
    return fd;
}

Fallible<int64_t> seek_descriptor(FileIo* self, int64_t position, int whence, bool pipes_are_fine) {
    int fd = self->fd;
    int64_t result = without_gil([&] { return ::lseek(fd, position, whence); });
    if (self->seekable < 0) self->seekable = result >= 0;
    if (result >= 0) return result;
    if (pipes_are_fine && errno == ESPIPE) return 0;
    return raise_os_error(errno);
}

// Refuses directories, notes the block size, and makes the name known; the descriptor is open.
Fallible<void> look_at_descriptor(FileIo* self, Object* name) {
    struct stat info;
    int fd = self->fd;
    if (without_gil([&] { return ::fstat(fd, &info); }) == 0) {
        if (S_ISDIR(info.st_mode)) return raise_os_error(EISDIR, name);
        if (info.st_blksize > 1) self->block_size = unsigned(info.st_blksize);
    } else if (errno == EBADF) {
        return raise_os_error(errno);
    }
    TRY(set_attr(self, "name"_name, name));
    if (self->appending) TRY(seek_descriptor(self, 0, SEEK_END, true));
    return {};
}

// FileIO.__init__(file, mode='r', closefd=True, opener=None)
Fallible<void> file_init(Object* object, Object* const* a) {
    FileIo* self = as_file(object);
    Object* name = a[0];
    std::string_view mode = "r";
    if (a[1]) {
        if (!is_str(a[1])) return raise(exc::TypeError, "FileIO() argument 'mode' must be str, not %N", a[1]);
        mode = TRY(str_c_string(as_str(a[1])));
    }
    bool closefd = a[2] ? TRY(is_true(a[2])) : true;
    Object* opener = a[3] ? a[3] : none();
    if (self->fd >= 0) {
        if (self->closefd)
            TRY(close_descriptor(self));
        else
            self->fd = -1;
    }
    int given = -1;
    if (is_index(name)) {
        Fallible<int> number = as_c_int(name);
        if (!number.ok())
            clear_error();
        else if ((given = number.take()) < 0)
            return raise(exc::ValueError, "negative file descriptor");
    }
    Ref<Bytes> path;
    if (given < 0) path = TRY(path_to_bytes(name));
    self->created = self->readable = self->writable = self->appending = false;
    self->seekable = -1;
    self->block_size = kDefaultBufferSize;
    int flags = TRY(parse_mode(self, mode));
    TRY(audit("open", "Osi", name, mode.data(), flags));
    if (given >= 0) {
        self->fd = given;
        self->closefd = closefd;
    } else {
        self->closefd = true;
        if (!closefd) return raise(exc::ValueError, "Cannot use closefd=False with file name");
        self->fd = is_none(opener) ? TRY(open_path(name, path.get(), flags)) : TRY(open_with(opener, name, flags));
    }
    if (look_at_descriptor(self, name).ok()) return {};
    // A descriptor that was given stays the caller's; one opened here is not left behind.
    if (given >= 0) {
        self->fd = -1;
    } else {
        SavedError saved;
        if (!close_descriptor(self).ok()) clear_error();
    }
    return raised;
}

void file_dealloc(Object* self) {
    if (begin_dealloc(self)) end_dealloc(self);
}

const char* mode_text(const FileIo* self) {
    if (self->created) return self->readable ? "xb+" : "xb";
    if (self->appending) return self->readable ? "ab+" : "ab";
    if (self->readable) return self->writable ? "rb+" : "rb";
    return "wb";
}

Fallible<Ref<>> file_repr(Object* object) {
    FileIo* self = as_file(object);
    if (self->fd < 0) return str_from_ascii("<_io.FileIO [closed]>");
    const char* closefd = self->closefd ? "True" : "False";
    Ref<> name = TRY(lookup_attr(object, "name"_name));
    if (!name) return format_str("<_io.FileIO fd=%d mode='%s' closefd=%s>", self->fd, mode_text(self), closefd);
    ReprGuard guard(object);
    TRY(guard.check());
    return format_str("<_io.FileIO name=%R mode='%s' closefd=%s>", name.get(), mode_text(self), closefd);
}

// FileIO._dealloc_warn(source)
Fallible<Ref<>> file_dealloc_warn(Object* object, Object* source) {
    if (as_file(object)->fd >= 0 && as_file(object)->closefd) warn_unclosed("unclosed file %R", source, object);
    return share(none());
}
// FileIO.close()
Fallible<Ref<>> file_close(Object* object) {
    FileIo* self = as_file(object);
    Fallible<Ref<>> base = iobase_close(object);
    if (!self->closefd) {
        self->fd = -1;
        return base;
    }
    FirstError closing;
    if (self->finalizing) TRY(file_dealloc_warn(object, object));
    (void)close_descriptor(self).ok();
    TRY(closing.finish());
    return base;
}


Fallible<void> check_open(Object* object) {
    if (as_file(object)->fd < 0) return closed_error();
    return {};
}
// FileIO.seekable()
Fallible<Ref<>> file_seekable(Object* object) {
    TRY(check_open(object));
    if (as_file(object)->seekable < 0 && !seek_descriptor(as_file(object), 0, SEEK_CUR, false).ok()) clear_error();
    return bool_from(as_file(object)->seekable > 0);
}
// FileIO.readable()
Fallible<Ref<>> file_readable(Object* object) {
    TRY(check_open(object));
    return bool_from(as_file(object)->readable);
}
// FileIO.writable()
Fallible<Ref<>> file_writable(Object* object) {
    TRY(check_open(object));
    return bool_from(as_file(object)->writable);
}
// FileIO.fileno()
Fallible<Ref<>> file_fileno(Object* object) {
    TRY(check_open(object));
    return int_from(as_file(object)->fd);
}
// FileIO.isatty()
Fallible<Ref<>> file_isatty(Object* object) {
    TRY(check_open(object));
    int fd = as_file(object)->fd;
    return bool_from(without_gil([&] { return ::isatty(fd); }) != 0);
}

// Bytes read, 0 at the end, -2 where it would block.
Fallible<ssize_t> read_some(int fd, char* data, ssize_t size) {
    size_t count = size_t(size > kMaxTransfer ? kMaxTransfer : size);
    long got = TRY(retrying([&] { return ::read(fd, data, count); }));
    if (got >= 0) return got;
    if (errno == EAGAIN) return -2;
    return raise_os_error(errno);
}

Fallible<void> check_can_read(Object* object) {
    TRY(check_open(object));
    if (!as_file(object)->readable) return mode_error("reading");
    return {};
}
// FileIO.readinto(buffer, /)
Fallible<Ref<>> file_readinto(Object* object, Object* target) {
    BufferView view;
    TRY(open_target(view, target, "readinto"));
    TRY(check_can_read(object));
    ssize_t got = TRY(read_some(as_file(object)->fd, view.writable_data(), view.size()));
    if (got == -2) return share(none());
    return int_from(got);
}

// Room for the rest of the file and one byte more, so that a file that has not grown needs one read() and one for its end.
ssize_t expected_rest(int fd) {
    struct stat info;
    int64_t position;
    bool known = without_gil([&] {
        position = ::lseek(fd, 0, SEEK_CUR);
        return ::fstat(fd, &info);
    }) == 0;
    if (known && position >= 0 && info.st_size >= position && info.st_size - position < PTRDIFF_MAX / 2)
        return info.st_size - position + 1;
    return kDefaultBufferSize;
}
// FileIO.readall()
Fallible<Ref<>> file_readall(Object* object) {
    TRY(check_open(object));
    int fd = as_file(object)->fd;
    ssize_t capacity = expected_rest(fd), size = 0;
    Ref<Bytes> all = TRY(bytes_new(capacity < 64 ? 64 : capacity));
    for (;;) {
        if (size == all->size) {
            ssize_t grown = size > 65536 ? size + (size >> 3) + 256 * 1024 : size * 2 + kDefaultBufferSize;
            if (grown < size) return raise(exc::OverflowError, "unbounded read returned more bytes than a Python bytes object can hold");
            all = TRY(bytes_resize(std::move(all), grown));
        }
        ssize_t got = TRY(read_some(fd, all->data + size, all->size - size));
        if (got == -2 && size == 0) return share(none());
        if (got <= 0) break;
        size += got;
    }
    return bytes_resize(std::move(all), size);
}
// FileIO.read(size=-1, /)
Fallible<Ref<>> file_read(Object* object, Object* const* a) {
    ssize_t size = TRY(optional_size(a[0]));
    TRY(check_can_read(object));
    if (size < 0) return file_readall(object);
    if (size > kMaxTransfer) size = kMaxTransfer;
    // NOTE: one-byte and empty results are shared objects, so the memory to read into is never that small.
    Ref<Bytes> data = TRY(bytes_new(size < 2 ? 2 : size));
    ssize_t got = TRY(read_some(as_file(object)->fd, data->data, size));
    if (got == -2) return share(none());
    return bytes_resize(std::move(data), got);
}

Fallible<ssize_t> write_some(int fd, const char* data, ssize_t size) {
    size_t count = size_t(size > kMaxTransfer ? kMaxTransfer : size);
    long written = TRY(retrying([&] { return ::write(fd, data, count); }));
    if (written >= 0) return written;
    if (errno == EAGAIN) return -2;
    return raise_os_error(errno);
}
// FileIO.write(b, /)
Fallible<Ref<>> file_write(Object* object, Object* source) {
    BufferView view;
    TRY(view.open(source));
    TRY(check_open(object));
    if (!as_file(object)->writable) return mode_error("writing");
    ssize_t written = TRY(write_some(as_file(object)->fd, view.data(), view.size()));
    if (written == -2) return share(none());
    return int_from(written);
}

// FileIO.seek(pos, whence=0, /)
Fallible<Ref<>> file_seek(Object* object, Object* const* a) {
    int whence = a[1] ? TRY(as_c_int(a[1])) : SEEK_SET;
    TRY(check_open(object));
    int64_t position = TRY(as_int64(a[0]));
    return int_from(TRY(seek_descriptor(as_file(object), position, whence, false)));
}
// FileIO.tell()
Fallible<Ref<>> file_tell(Object* object) {
    TRY(check_open(object));
    return int_from(TRY(seek_descriptor(as_file(object), 0, SEEK_CUR, false)));
}
// FileIO.truncate(size=None, /)
Fallible<Ref<>> file_truncate(Object* object, Object* const* a) {
    FileIo* self = as_file(object);
    TRY(check_open(object));
    if (!self->writable) return mode_error("writing");
    Ref<> size = !a[0] || is_none(a[0]) ? Ref<>(TRY(int_from(TRY(seek_descriptor(self, 0, SEEK_CUR, false))))) : share(a[0]);
    int64_t bytes = TRY(as_int64(size.get()));
    int fd = self->fd;
    if (TRY(retrying([&] { return long(::ftruncate(fd, bytes)); })) < 0) return raise_os_error(errno);
    return size;
}

Fallible<Ref<>> file_get_closed(Object* object) { return bool_from(as_file(object)->fd < 0); }
Fallible<Ref<>> file_get_closefd(Object* object) { return bool_from(as_file(object)->closefd); }
Fallible<Ref<>> file_get_mode(Object* object) { return str_from_ascii(mode_text(as_file(object))); }

MethodDef file_methods[] = {
    METHOD("read", file_read, "($self, size=-1, /)", "Read up to `size` bytes by one system call; until the end without a size."),
    METHOD_NOARGS("readall", file_readall, "($self, /)", "Read until the end; what there is, where it would block."),
    METHOD_O("readinto", file_readinto, "($self, buffer, /)", "Read into the buffer by one system call."),
    METHOD_O("write", file_write, "($self, b, /)", "Write by one system call; the number of bytes, None where it would block."),
    METHOD("seek", file_seek, "($self, pos, whence=0, /)", "Move the position; return the new one."),
    METHOD_NOARGS("tell", file_tell, "($self, /)", "The position in the file."),
    METHOD("truncate", file_truncate, "($self, size=None, /)", "Cut the file to the size given, or at the position."),
    METHOD_NOARGS("close", file_close, "($self, /)", "Close the descriptor, unless closefd was false."),
    METHOD_NOARGS("seekable", file_seekable, "($self, /)", "Can the position be changed?"),
    METHOD_NOARGS("readable", file_readable, "($self, /)", "Was the file opened for reading?"),
    METHOD_NOARGS("writable", file_writable, "($self, /)", "Was the file opened for writing?"),
    METHOD_NOARGS("fileno", file_fileno, "($self, /)", "The file descriptor."),
    METHOD_NOARGS("isatty", file_isatty, "($self, /)", "Is the descriptor a terminal?"),
    METHOD_O_UNSIGNED("_dealloc_warn", file_dealloc_warn, nullptr),
    END_ROW,
};
MemberDef file_members[] = {
    {"_blksize", kUInt, offsetof(FileIo, block_size), 0, nullptr},
    {"_finalizing", kBool, offsetof(FileIo, finalizing), 0, nullptr},
    END_ROW,
};
GetSetDef file_getset[] = {
    GETTER("closed", file_get_closed, "True if the file is closed"),
    GETTER("closefd", file_get_closefd, "True if the file descriptor will be closed by close()."),
    GETTER("mode", file_get_mode, "String giving the file mode"),
    END_ROW,
};

}  // namespace

bool file_is_closed(Object* file) { return as_file(file)->fd < 0; }
Fallible<ssize_t> file_read_into(Object* file, char* data, ssize_t size) {
    TRY(check_can_read(file));
    return read_some(as_file(file)->fd, data, size);
}
Fallible<ssize_t> file_write_from(Object* file, const char* data, ssize_t size) {
    TRY(check_open(file));
    if (!as_file(file)->writable) return mode_error("writing");
    return write_some(as_file(file)->fd, data, size);
}

constinit Type fileio_type = static_type({
    .name = "_io.FileIO",
    .basic_size = sizeof(FileIo),
    .base = &rawiobase_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nOpen a file without any buffer in between.\n\n"
           "mode is 'r', 'w', 'x' or 'a', with '+' for both directions. file is a name or an open descriptor, which\n"
           "closefd=False leaves open. opener(file, flags) returns the descriptor in open()'s place.",
    .dealloc = file_dealloc,
    .traverse = traverse_stream,
    .clear = clear_stream,
    .repr = slot1<file_repr>,
    .getattro = generic_getattro_slot,
    .methods = file_methods,
    .members = file_members,
    .getset = file_getset,
    .init = Bound<file_init, "FileIO", "(file, mode='r', closefd=True, opener=None)">::init,
    .new_ = file_new,
});

}  // namespace py::io
