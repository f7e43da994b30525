// fcntl: control of open files.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include <cstring>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

constexpr size_t kBufferSize = 1024;

// An argument that is a str (as UTF-8) or a bytes-like object.
class TextOrBuffer {
  public:
    Fallible<std::string_view> open(Object* object) {
        if (is_str(object)) return str_utf8(as_str(object));
        TRY(view_.open(object));
        return view_.view();
    }

  private:
    BufferView view_;
};

// fcntl.fcntl(fd, cmd, arg=0, /)
Fallible<Ref<>> fcntl_fcntl(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    int command = TRY(as_c_int(a[1]));
    TRY(audit("fcntl.fcntl", "iiO", fd, command, a[2]));
    if (a[2] && (is_str(a[2]) || has_buffer(a[2]))) {
        TextOrBuffer given;
        std::string_view data = TRY(given.open(a[2]));
        if (data.size() > kBufferSize) return raise(exc::ValueError, "fcntl string arg too long");
        char buffer[kBufferSize] = {};
        std::memcpy(buffer, data.data(), data.size());
        long status = TRY(retrying([&] { return ::fcntl(fd, command, buffer); }));
        if (status < 0) return raise_os_error(errno);
        return TRY(bytes_from({buffer, data.size()}));
    }
    int argument = a[2] ? int(TRY(as_int64(a[2]))) : 0;
    long status = TRY(retrying([&] { return ::fcntl(fd, command, argument); }));
    if (status < 0) return raise_os_error(errno);
    return TRY(int_from(status));
}
// fcntl.ioctl(fd, request, arg=0, mutate_flag=True, /)
Fallible<Ref<>> fcntl_ioctl(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    unsigned long request = as_uint64_masked(TRY(index(a[1])).get());
    bool mutate = a[3] ? TRY(is_true(a[3])) : true;
    TRY(audit("fcntl.ioctl", "inO", fd, ssize_t(request), a[2]));
    if (!a[2] || is_int(a[2])) {
        long argument = a[2] ? long(TRY(as_int64(a[2]))) : 0;
        int status = without_gil([&] { return ::ioctl(fd, request, argument); });
        if (status < 0) return raise_os_error(errno);
        return TRY(int_from(status));
    }
    Buffer writable{};
    bool in_place = mutate && !is_bytes(a[2]) && !is_str(a[2]) && buffer_get(a[2], &writable, kBufferWritable).ok();
    if (!in_place) clear_error();
    char buffer[kBufferSize] = {};
    size_t size;
    if (in_place) {
        size = size_t(writable.length);
        if (size <= kBufferSize) std::memcpy(buffer, writable.data, size);
    } else {
        TextOrBuffer given;
        std::string_view data = TRY(given.open(a[2]));
        size = data.size();
        if (size > kBufferSize) return raise(exc::ValueError, "ioctl string arg too long");
        std::memcpy(buffer, data.data(), size);
    }
    char* data = in_place && size > kBufferSize ? static_cast<char*>(writable.data) : buffer;
    int status = without_gil([&] { return ::ioctl(fd, request, data); });
    int error = errno;
    if (in_place) {
        if (data == buffer) std::memcpy(writable.data, buffer, size);
        buffer_release(&writable);
        if (status < 0) return raise_os_error(error);
        return TRY(int_from(status));
    }
    if (status < 0) return raise_os_error(error);
    return TRY(bytes_from({buffer, size}));
}
// fcntl.flock(fd, operation, /)
Fallible<Ref<>> fcntl_flock(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    int operation = TRY(as_c_int(a[1]));
    TRY(audit("fcntl.flock", "ii", fd, operation));
    return posix_none_or_error(TRY(retrying([&] { return ::flock(fd, operation); })));
}
// fcntl.lockf(fd, cmd, len=0, start=0, whence=0, /)
Fallible<Ref<>> fcntl_lockf(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    int operation = TRY(as_c_int(a[1]));
    TRY(audit("fcntl.lockf", "iiOOi", fd, operation, a[2] ? a[2] : none(), a[3] ? a[3] : none(), a[4] ? TRY(as_c_int(a[4])) : 0));
    struct flock lock {};
    if (operation == LOCK_UN)
        lock.l_type = F_UNLCK;
    else if (operation & LOCK_SH)
        lock.l_type = F_RDLCK;
    else if (operation & LOCK_EX)
        lock.l_type = F_WRLCK;
    else
        return raise(exc::ValueError, "unrecognized lockf argument");
    if (a[2]) lock.l_len = TRY(as_int64(a[2]));
    if (a[3]) lock.l_start = TRY(as_int64(a[3]));
    if (a[4]) lock.l_whence = short(TRY(as_c_int(a[4])));
    return posix_none_or_error(TRY(retrying([&] { return ::fcntl(fd, operation & LOCK_NB ? F_SETLK : F_SETLKW, &lock); })));
}

MethodDef fcntl_functions[] = {
    METHOD("fcntl", fcntl_fcntl, "($module, fd, cmd, arg=0, /)", "Perform an operation on a descriptor."),
    METHOD("flock", fcntl_flock, "($module, fd, operation, /)", "Lock a file."),
    METHOD("ioctl", fcntl_ioctl, "($module, fd, request, arg=0, mutate_flag=True, /)", "Control a device."),
    METHOD("lockf", fcntl_lockf, "($module, fd, cmd, len=0, start=0, whence=0, /)", "Lock a part of a file."),
    END_ROW,
};

#define CONSTANT(name) {#name, name}
const struct {
    const char* name;
    int64_t value;
} fcntl_constants[] = {
    CONSTANT(LOCK_SH), CONSTANT(LOCK_EX), CONSTANT(LOCK_NB), CONSTANT(LOCK_UN), CONSTANT(LOCK_MAND), CONSTANT(LOCK_READ), CONSTANT(LOCK_WRITE),
    CONSTANT(LOCK_RW), CONSTANT(F_DUPFD), CONSTANT(F_DUPFD_CLOEXEC), CONSTANT(F_GETFD), CONSTANT(F_SETFD), CONSTANT(F_GETFL), CONSTANT(F_SETFL),
    CONSTANT(F_GETLK), CONSTANT(F_SETLK), CONSTANT(F_SETLKW), CONSTANT(F_OFD_GETLK), CONSTANT(F_OFD_SETLK), CONSTANT(F_OFD_SETLKW),
    CONSTANT(F_GETOWN), CONSTANT(F_SETOWN), CONSTANT(F_GETSIG), CONSTANT(F_SETSIG), CONSTANT(F_RDLCK), CONSTANT(F_WRLCK), CONSTANT(F_UNLCK),
    CONSTANT(F_EXLCK), CONSTANT(F_SHLCK), {"F_GETLK64", F_GETLK64}, {"F_SETLK64", F_SETLK64}, {"F_SETLKW64", F_SETLKW64}, CONSTANT(FASYNC),
    CONSTANT(FD_CLOEXEC), CONSTANT(F_SETLEASE), CONSTANT(F_GETLEASE), CONSTANT(F_NOTIFY), CONSTANT(F_SETPIPE_SZ), CONSTANT(F_GETPIPE_SZ),
    CONSTANT(F_ADD_SEALS), CONSTANT(F_GET_SEALS), CONSTANT(F_SEAL_SEAL), CONSTANT(F_SEAL_SHRINK), CONSTANT(F_SEAL_GROW), CONSTANT(F_SEAL_WRITE),
    CONSTANT(DN_ACCESS), CONSTANT(DN_MODIFY), CONSTANT(DN_CREATE), CONSTANT(DN_DELETE), CONSTANT(DN_RENAME), CONSTANT(DN_ATTRIB), CONSTANT(DN_MULTISHOT),
};
#undef CONSTANT

Fallible<void> fcntl_execute(Module* module) {
    for (auto& each : fcntl_constants) TRY(module_add_int(module, each.name, each.value));
    return {};
}

}  // namespace

extern const NativeModule fcntl_module;
const NativeModule fcntl_module = {"fcntl", "Control of files and devices by descriptor.", fcntl_functions, fcntl_execute};

}  // namespace py
