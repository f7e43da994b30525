// posix: open file descriptors.
#include <fcntl.h>
#include <limits.h>
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utmp.h>

#include <vector>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

constexpr ssize_t kMaxTransfer = SSIZE_MAX & ~4095;

// posix.close(fd)
Fallible<Ref<>> posix_close(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    return posix_none_or_error(without_gil([&] { return ::close(fd); }));
}
// posix.closerange(fd_low, fd_high, /)
Fallible<Ref<>> posix_closerange(Object*, Object* const* a) {
    int low = TRY(as_c_int(a[0]));
    int high = TRY(as_c_int(a[1]));
    if (low < 0) low = 0;
    if (high > low) without_gil([&] { return int(syscall(SYS_close_range, unsigned(low), unsigned(high - 1), 0)); });
    return share(none());
}
// posix.dup(fd, /)
Fallible<Ref<>> posix_dup(Object*, Object* argument) {
    int fd = TRY(as_c_int(argument));
    int copy = without_gil([&] { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); });
    if (copy < 0) return raise_os_error(errno);
    return TRY(int_from(copy));
}
// posix.dup2(fd, fd2, inheritable=True)
Fallible<Ref<>> posix_dup2(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    int target = TRY(as_c_int(a[1]));
    bool inheritable = TRY(flag_argument(a[2], true));
    if (fd < 0 || target < 0) return raise_os_error(EBADF);
    int status = without_gil([&] { return inheritable ? ::dup2(fd, target) : fd == target ? fd : ::dup3(fd, target, O_CLOEXEC); });
    if (status < 0) return raise_os_error(errno);
    return TRY(int_from(status));
}
// posix.read(fd, length, /)
Fallible<Ref<>> posix_read(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    ssize_t length = TRY(as_ssize(a[1]));
    if (length < 0) return raise_os_error(EINVAL);
    if (length > kMaxTransfer) length = kMaxTransfer;
    Ref<Bytes> buffer = TRY(bytes_new(length));
    long got = TRY(retrying([&] { return ::read(fd, buffer->data, size_t(length)); }));
    if (got < 0) return raise_os_error(errno);
    return TRY(bytes_resize(std::move(buffer), got));
}
// posix.pread(fd, length, offset, /)
Fallible<Ref<>> posix_pread(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    ssize_t length = TRY(as_ssize(a[1]));
    int64_t offset = TRY(as_int64(a[2]));
    if (length < 0) return raise_os_error(EINVAL);
    Ref<Bytes> buffer = TRY(bytes_new(length));
    long got = TRY(retrying([&] { return ::pread(fd, buffer->data, size_t(length), offset); }));
    if (got < 0) return raise_os_error(errno);
    return TRY(bytes_resize(std::move(buffer), got));
}
// posix.write(fd, data, /)
Fallible<Ref<>> posix_write(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    BufferView data;
    TRY(data.open(a[1]));
    size_t size = size_t(data.size() > kMaxTransfer ? kMaxTransfer : data.size());
    long written = TRY(retrying([&] { return ::write(fd, data.data(), size); }));
    if (written < 0) return raise_os_error(errno);
    return TRY(int_from(written));
}
// posix.pwrite(fd, buffer, offset, /)
Fallible<Ref<>> posix_pwrite(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    BufferView data;
    TRY(data.open(a[1]));
    int64_t offset = TRY(as_int64(a[2]));
    long written = TRY(retrying([&] { return ::pwrite(fd, data.data(), size_t(data.size()), offset); }));
    if (written < 0) return raise_os_error(errno);
    return TRY(int_from(written));
}

// The buffers of a scatter/gather call, held for its length.
struct Vectors {
    std::vector<Buffer> buffers;
    std::vector<iovec> vectors;
    ~Vectors() {
        for (Buffer& each : buffers) buffer_release(&each);
    }
    Fallible<void> open(Object* sequence, int flags) {
        if (!is_sequence(sequence)) return raise(exc::TypeError, "argument 2 must be a sequence");
        Ref<> items = TRY(fast_sequence(sequence, "argument 2 must be a sequence"));
        for (ssize_t i = 0; i < fast_sequence_size(items.get()); ++i) {
            Buffer buffer{};
            TRY(buffer_get(fast_sequence_items(items.get())[i], &buffer, flags));
            buffers.push_back(buffer);
            vectors.push_back({buffer.data, size_t(buffer.length)});
        }
        return {};
    }
};
template <class F>
Fallible<Ref<>> transfer(Object* sequence, int flags, F&& call) {
    Vectors vectors;
    TRY(vectors.open(sequence, flags));
    long count = TRY(retrying([&] { return call(vectors.vectors.data(), int(vectors.vectors.size())); }));
    if (count < 0) return raise_os_error(errno);
    return TRY(int_from(count));
}
// posix.readv(fd, buffers, /)
Fallible<Ref<>> posix_readv(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    return transfer(a[1], kBufferWritable, [&](iovec* v, int n) { return ::readv(fd, v, n); });
}
// posix.writev(fd, buffers, /)
Fallible<Ref<>> posix_writev(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    return transfer(a[1], kBufferSimple, [&](iovec* v, int n) { return ::writev(fd, v, n); });
}
// posix.preadv(fd, buffers, offset, flags=0, /)
Fallible<Ref<>> posix_preadv(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    int64_t offset = TRY(as_int64(a[2]));
    int flags = a[3] ? TRY(as_c_int(a[3])) : 0;
    return transfer(a[1], kBufferWritable, [&](iovec* v, int n) { return ::preadv2(fd, v, n, offset, flags); });
}
// posix.pwritev(fd, buffers, offset, flags=0, /)
Fallible<Ref<>> posix_pwritev(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    int64_t offset = TRY(as_int64(a[2]));
    int flags = a[3] ? TRY(as_c_int(a[3])) : 0;
    return transfer(a[1], kBufferSimple, [&](iovec* v, int n) { return ::pwritev2(fd, v, n, offset, flags); });
}

// posix.lseek(fd, position, how, /)
Fallible<Ref<>> posix_lseek(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    int64_t position = TRY(as_int64(a[1]));
    int how = TRY(as_c_int(a[2]));
    off_t result = without_gil([&] { return ::lseek(fd, position, how); });
    if (result < 0) return raise_os_error(errno);
    return TRY(int_from(result));
}
// posix.fsync(fd)
Fallible<Ref<>> posix_fsync(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    return posix_none_or_error(TRY(retrying([&] { return ::fsync(fd); })));
}
// posix.fdatasync(fd)
Fallible<Ref<>> posix_fdatasync(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    return posix_none_or_error(TRY(retrying([&] { return ::fdatasync(fd); })));
}
// posix.ftruncate(fd, length, /)
Fallible<Ref<>> posix_ftruncate(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    int64_t length = TRY(as_int64(a[1]));
    TRY(audit("os.truncate", "in", fd, ssize_t(length)));
    return posix_none_or_error(TRY(retrying([&] { return ::ftruncate(fd, length); })));
}
// posix.posix_fallocate(fd, offset, length, /)
Fallible<Ref<>> posix_posix_fallocate(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    int64_t offset = TRY(as_int64(a[1]));
    int64_t length = TRY(as_int64(a[2]));
    int error = without_gil([&] { return ::posix_fallocate(fd, offset, length); });
    if (error) return raise_os_error(error);
    return share(none());
}
// posix.posix_fadvise(fd, offset, length, advice, /)
Fallible<Ref<>> posix_posix_fadvise(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    int64_t offset = TRY(as_int64(a[1]));
    int64_t length = TRY(as_int64(a[2]));
    int advice = TRY(as_c_int(a[3]));
    int error = without_gil([&] { return ::posix_fadvise(fd, offset, length, advice); });
    if (error) return raise_os_error(error);
    return share(none());
}
// posix.lockf(fd, command, length, /)
Fallible<Ref<>> posix_lockf(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    int command = TRY(as_c_int(a[1]));
    int64_t length = TRY(as_int64(a[2]));
    TRY(audit("os.lockf", "iin", fd, command, ssize_t(length)));
    return posix_none_or_error(TRY(retrying([&] { return ::lockf(fd, command, length); })));
}
Fallible<Ref<>> descriptor_pair(int first, int second) {
    Ref<Int> a = TRY(int_from(first));
    Ref<Int> b = TRY(int_from(second));
    return TRY(tuple_pack(a.get(), b.get()));
}
// posix.pipe()
Fallible<Ref<>> posix_pipe(Object*) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) return raise_os_error(errno);
    return descriptor_pair(fds[0], fds[1]);
}
// posix.pipe2(flags, /)
Fallible<Ref<>> posix_pipe2(Object*, Object* flags) {
    int fds[2];
    if (::pipe2(fds, TRY(as_c_int(flags))) != 0) return raise_os_error(errno);
    return descriptor_pair(fds[0], fds[1]);
}
// posix.openpty()
Fallible<Ref<>> posix_openpty(Object*) {
    int first, second;
    if (::openpty(&first, &second, nullptr, nullptr, nullptr) != 0) return raise_os_error(errno);
    ::fcntl(first, F_SETFD, FD_CLOEXEC);
    ::fcntl(second, F_SETFD, FD_CLOEXEC);
    return descriptor_pair(first, second);
}
// posix.login_tty(fd, /)
Fallible<Ref<>> posix_login_tty(Object*, Object* fd) { return posix_none_or_error(::login_tty(TRY(as_c_int(fd)))); }
// posix.isatty(fd, /)
Fallible<Ref<>> posix_isatty(Object*, Object* fd) { return bool_from(::isatty(TRY(as_c_int(fd)))); }
// posix.ttyname(fd, /)
Fallible<Ref<>> posix_ttyname(Object*, Object* argument) {
    int fd = TRY(as_c_int(argument));
    char name[128];
    int error = ::ttyname_r(fd, name, sizeof name);
    if (error) return raise_os_error(error);
    return TRY(str_from_fs(name));
}
// posix.tcgetpgrp(fd, /)
Fallible<Ref<>> posix_tcgetpgrp(Object*, Object* fd) {
    pid_t group = ::tcgetpgrp(TRY(as_c_int(fd)));
    if (group < 0) return raise_os_error(errno);
    return TRY(int_from(group));
}
// posix.tcsetpgrp(fd, pgid, /)
Fallible<Ref<>> posix_tcsetpgrp(Object*, Object* const* a) {
    return posix_none_or_error(::tcsetpgrp(TRY(as_c_int(a[0])), TRY(as_c_int(a[1]))));
}
// posix.get_inheritable(fd, /)
Fallible<Ref<>> posix_get_inheritable(Object*, Object* fd) {
    int flags = ::fcntl(TRY(as_c_int(fd)), F_GETFD);
    if (flags < 0) return raise_os_error(errno);
    return bool_from(!(flags & FD_CLOEXEC));
}
// posix.set_inheritable(fd, inheritable, /)
Fallible<Ref<>> posix_set_inheritable(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    bool inheritable = TRY(as_c_int(a[1])) != 0;
    int flags = ::fcntl(fd, F_GETFD);
    if (flags < 0) return raise_os_error(errno);
    return posix_none_or_error(::fcntl(fd, F_SETFD, inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC));
}
// posix.get_blocking(fd, /)
Fallible<Ref<>> posix_get_blocking(Object*, Object* fd) {
    int flags = ::fcntl(TRY(as_c_int(fd)), F_GETFL);
    if (flags < 0) return raise_os_error(errno);
    return bool_from(!(flags & O_NONBLOCK));
}
// posix.set_blocking(fd, blocking, /)
Fallible<Ref<>> posix_set_blocking(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    bool blocking = TRY(is_true(a[1]));
    int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0) return raise_os_error(errno);
    return posix_none_or_error(::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}
// posix.device_encoding(fd)
Fallible<Ref<>> posix_device_encoding(Object*, Object* const* a) {
    int fd = TRY(as_c_int(a[0]));
    if (!::isatty(fd)) return share(none());
    return share<Object>("UTF-8"_name);
}

// The offset argument of copy_file_range and splice: a pointer, or null for None.
struct OptionalOffset {
    loff_t value = 0;
    loff_t* pointer = nullptr;
    Fallible<void> parse(Object* object) {
        if (!object || object == none()) return {};
        value = TRY(as_int64(object));
        pointer = &value;
        return {};
    }
};
// posix.copy_file_range(src, dst, count, offset_src=None, offset_dst=None)
Fallible<Ref<>> posix_copy_file_range(Object*, Object* const* a) {
    int source = TRY(as_c_int(a[0]));
    int target = TRY(as_c_int(a[1]));
    ssize_t count = TRY(as_ssize(a[2]));
    if (count < 0) return raise(exc::ValueError, "negative value for 'count' not allowed");
    OptionalOffset from, to;
    TRY(from.parse(a[3]));
    TRY(to.parse(a[4]));
    long copied = TRY(retrying([&] { return ::copy_file_range(source, from.pointer, target, to.pointer, size_t(count), 0); }));
    if (copied < 0) return raise_os_error(errno);
    return TRY(int_from(copied));
}
// posix.splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)
Fallible<Ref<>> posix_splice(Object*, Object* const* a) {
    int source = TRY(as_c_int(a[0]));
    int target = TRY(as_c_int(a[1]));
    ssize_t count = TRY(as_ssize(a[2]));
    if (count < 0) return raise(exc::ValueError, "negative value for 'count' not allowed");
    OptionalOffset from, to;
    TRY(from.parse(a[3]));
    TRY(to.parse(a[4]));
    unsigned flags = a[5] ? unsigned(TRY(as_c_int(a[5]))) : 0;
    long moved = TRY(retrying([&] { return ::splice(source, from.pointer, target, to.pointer, size_t(count), flags); }));
    if (moved < 0) return raise_os_error(errno);
    return TRY(int_from(moved));
}
// posix.sendfile(out_fd, in_fd, offset, count)
Fallible<Ref<>> posix_sendfile(Object*, Object* const* a) {
    int out = TRY(as_c_int(a[0]));
    int in = TRY(as_c_int(a[1]));
    OptionalOffset offset;
    TRY(offset.parse(a[2]));
    ssize_t count = TRY(as_ssize(a[3]));
    long sent = TRY(retrying([&] { return ::sendfile(out, in, offset.pointer, size_t(count)); }));
    if (sent < 0) return raise_os_error(errno);
    return TRY(int_from(sent));
}
// posix.memfd_create(name, flags=MFD_CLOEXEC)
Fallible<Ref<>> posix_memfd_create(Object*, Object* const* a) {
    Ref<Bytes> name = TRY(path_to_bytes(a[0]));
    unsigned flags = a[1] ? unsigned(TRY(as_c_int(a[1]))) : MFD_CLOEXEC;
    int fd = ::memfd_create(name->data, flags);
    if (fd < 0) return raise_os_error(errno);
    return TRY(int_from(fd));
}
// posix.eventfd(initval, flags=EFD_CLOEXEC)
Fallible<Ref<>> posix_eventfd(Object*, Object* const* a) {
    TRY(require_int(a[0]));
    uint64_t initial = TRY(as_uint64(a[0]));
    if (initial > UINT_MAX) return raise(exc::OverflowError, "Python int too large for C unsigned int");
    int fd = ::eventfd(unsigned(initial), a[1] ? TRY(as_c_int(a[1])) : EFD_CLOEXEC);
    if (fd < 0) return raise_os_error(errno);
    return TRY(int_from(fd));
}
// posix.eventfd_read(fd)
Fallible<Ref<>> posix_eventfd_read(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    eventfd_t value;
    if (without_gil([&] { return ::eventfd_read(fd, &value); }) != 0) return raise_os_error(errno);
    return TRY(int_from_unsigned(value));
}
// posix.eventfd_write(fd, value)
Fallible<Ref<>> posix_eventfd_write(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    uint64_t value = TRY(as_uint64(a[1]));
    return posix_none_or_error(without_gil([&] { return ::eventfd_write(fd, value); }));
}
StructSequenceField terminal_fields[] = {{"columns", "width of the terminal window in characters"},
                                         {"lines", "height of the terminal window in characters"}, {}};
Type* terminal_size_type() {
    static Type* const type = MUST(struct_sequence_type_new({"os.terminal_size", "A tuple of (columns, lines) for holding terminal window size",
                                                             terminal_fields, 2}))
                                  .release();
    return type;
}
// posix.get_terminal_size([fd])
Fallible<Ref<>> posix_get_terminal_size(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("get_terminal_size", nargs, 0, 1));
    int fd = nargs ? TRY(as_c_int(args[0])) : STDOUT_FILENO;
    winsize size;
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return raise_os_error(errno);
    Ref<Tuple> result = TRY(struct_sequence_new(terminal_size_type()));
    struct_sequence_set(result.get(), 0, TRY(int_from(size.ws_col)));
    struct_sequence_set(result.get(), 1, TRY(int_from(size.ws_row)));
    return result;
}

}  // namespace

Fallible<void> add_terminal_size_type(Module* module) { return module_add(module, "terminal_size", share<Object>(terminal_size_type())); }

MethodDef posix_descriptor_functions[] = {
    METHOD("close", posix_close, "($module, /, fd)", "Close a descriptor."),
    METHOD("closerange", posix_closerange, "($module, fd_low, fd_high, /)", "Close descriptors from low up to below high."),
    METHOD("copy_file_range", posix_copy_file_range, "($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)", "Copy between files."),
    METHOD("device_encoding", posix_device_encoding, "($module, /, fd)", "A terminal's encoding, or None."),
    METHOD_O("dup", posix_dup, "($module, fd, /)", "A copy of the descriptor."),
    METHOD("dup2", posix_dup2, "($module, /, fd, fd2, inheritable=True)", "Copy fd to fd2."),
    METHOD("eventfd", posix_eventfd, "($module, /, initval, flags=EFD_CLOEXEC)", "A new event descriptor."),
    METHOD("eventfd_read", posix_eventfd_read, "($module, /, fd)", "Read an event descriptor."),
    METHOD("eventfd_write", posix_eventfd_write, "($module, /, fd, value)", "Write an event descriptor."),
    METHOD("fdatasync", posix_fdatasync, "($module, /, fd)", "Have the file's data written to disk."),
    METHOD("fsync", posix_fsync, "($module, /, fd)", "Have the file written to disk."),
    METHOD("ftruncate", posix_ftruncate, "($module, fd, length, /)", "Cut or extend an open file."),
    METHOD_O("get_blocking", posix_get_blocking, "($module, fd, /)", "Whether the descriptor blocks."),
    METHOD_O("get_inheritable", posix_get_inheritable, "($module, fd, /)", "Whether child programs inherit it."),
    METHOD_FAST("get_terminal_size", posix_get_terminal_size, "($module, fd=<unrepresentable>, /)", "The terminal window's size."),
    METHOD_O("isatty", posix_isatty, "($module, fd, /)", "Whether it is a terminal."),
    METHOD("lockf", posix_lockf, "($module, fd, command, length, /)", "Lock a part of an open file."),
    METHOD_O("login_tty", posix_login_tty, "($module, fd, /)", "Make the terminal the controlling one."),
    METHOD("lseek", posix_lseek, "($module, fd, position, how, /)", "Set the position; the new one."),
    METHOD("memfd_create", posix_memfd_create, "($module, /, name, flags=MFD_CLOEXEC)", "A file in memory."),
    METHOD_NOARGS("openpty", posix_openpty, "($module, /)", "A new pseudo-terminal's two descriptors."),
    METHOD_NOARGS("pipe", posix_pipe, "($module, /)", "A new pipe's two descriptors."),
    METHOD_O("pipe2", posix_pipe2, "($module, flags, /)", "A new pipe with flags."),
    METHOD("posix_fadvise", posix_posix_fadvise, "($module, fd, offset, length, advice, /)", "Say how the file will be read."),
    METHOD("posix_fallocate", posix_posix_fallocate, "($module, fd, offset, length, /)", "Have disk space reserved."),
    METHOD("pread", posix_pread, "($module, fd, length, offset, /)", "Read at an offset."),
    METHOD("preadv", or_memory_error_of<posix_preadv>, "($module, fd, buffers, offset, flags=0, /)", "Read at an offset into buffers."),
    METHOD("pwrite", posix_pwrite, "($module, fd, buffer, offset, /)", "Write at an offset."),
    METHOD("pwritev", or_memory_error_of<posix_pwritev>, "($module, fd, buffers, offset, flags=0, /)", "Write buffers at an offset."),
    METHOD("read", posix_read, "($module, fd, length, /)", "Read bytes."),
    METHOD("readv", or_memory_error_of<posix_readv>, "($module, fd, buffers, /)", "Read into buffers."),
    METHOD("sendfile", posix_sendfile, "($module, /, out_fd, in_fd, offset, count)", "Copy from a file to a descriptor."),
    METHOD("set_blocking", posix_set_blocking, "($module, fd, blocking, /)", "Set whether it blocks."),
    METHOD("set_inheritable", posix_set_inheritable, "($module, fd, inheritable, /)", "Set whether children inherit it."),
    METHOD("splice", posix_splice, "($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)", "Move data through a pipe."),
    METHOD_O("tcgetpgrp", posix_tcgetpgrp, "($module, fd, /)", "The terminal's foreground process group."),
    METHOD_PARSED_FAST("tcsetpgrp", posix_tcsetpgrp, 2, "($module, fd, pgid, /)", "Set the foreground process group."),
    METHOD_O("ttyname", posix_ttyname, "($module, fd, /)", "The terminal's name."),
    METHOD("write", posix_write, "($module, fd, data, /)", "Write bytes; how many."),
    METHOD("writev", or_memory_error_of<posix_writev>, "($module, fd, buffers, /)", "Write buffers."),
    END_ROW,
};

}  // namespace py
