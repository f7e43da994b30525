// _socket.socket: making, connecting and closing sockets, and their options.
#include <linux/vm_sockets.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <climits>

#include "interp/modules/posix.h"
#include "interp/modules/socket.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

Fallible<void> set_blocking(Socket* self, bool blocking) {
    int non_blocking = !blocking;
    if (without_gil([&] { return ::ioctl(self->descriptor, FIONBIO, &non_blocking); }) < 0) return raise_os_error(errno);
    return {};
}

Fallible<void> set_descriptor(Socket* self, int descriptor, int family, int type, int protocol) {
    self->descriptor = descriptor;
    self->family = family;
    self->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    self->protocol = protocol;
    if (type & SOCK_NONBLOCK) {
        self->timeout = 0;
        return {};
    }
    self->timeout = default_socket_timeout;
    if (self->timeout >= 0) TRY(set_blocking(self, false));
    return {};
}

Object* socket_new(Type* type, Object*, Object*) {
    Object* object = type->alloc(type, 0);
    if (!object) return nullptr;
    as_socket(object)->descriptor = -1;
    as_socket(object)->timeout = -1;
    return object;
}

Fallible<int> integer_option(int descriptor, int option) {
    int value;
    socklen_t size = sizeof value;
    if (::getsockopt(descriptor, SOL_SOCKET, option, &value, &size) < 0) return raise_os_error(errno);
    return value;
}

// A socket over a descriptor that exists; what is not given is asked of the kernel.
Fallible<void> adopt_descriptor(Socket* self, Object* fileno, int family, int type, int protocol) {
    int descriptor = TRY(as_c_int(fileno));
    if (descriptor < 0) return raise(exc::ValueError, "negative file descriptor");
    SocketAddress address;
    address.length = sizeof address.storage;
    if (::getsockname(descriptor, &address.base, &address.length) < 0) return raise_os_error(errno);
    if (family == -1) family = address.base.sa_family;
    if (type == -1) type = TRY(integer_option(descriptor, SO_TYPE));
    if (protocol == -1) protocol = TRY(integer_option(descriptor, SO_PROTOCOL));
    return set_descriptor(self, descriptor, family, type, protocol);
}

// socket(family=-1, type=-1, proto=-1, fileno=None)
Fallible<void> socket_init(Object* object, Object* const* a) {
    int family = a[0] ? TRY(as_c_int(a[0])) : -1;
    int type = a[1] ? TRY(as_c_int(a[1])) : -1;
    int protocol = a[2] ? TRY(as_c_int(a[2])) : -1;
    Socket* self = as_socket(object);
    TRY(audit("socket.__new__", "Oiii", object, family, type, protocol));
    if (a[3] && !is_none(a[3])) return adopt_descriptor(self, a[3], family, type, protocol);
    if (family == -1) family = AF_INET;
    if (type == -1) type = SOCK_STREAM;
    if (protocol == -1) protocol = 0;
    int descriptor = without_gil([&] { return ::socket(family, type | SOCK_CLOEXEC, protocol); });
    if (descriptor < 0) return raise_os_error(errno);
    Fallible<void> done = set_descriptor(self, descriptor, family, type, protocol);
    if (!done.ok()) {
        self->descriptor = -1;
        ::close(descriptor);
    }
    return done;
}

void socket_finalize(Object* object) {
    Socket* self = as_socket(object);
    if (self->descriptor < 0) return;
    warn_unclosed("unclosed %R", object, object);
    // The warning may have closed it.
    int descriptor = std::exchange(self->descriptor, -1);
    if (descriptor >= 0) without_gil([&] { return ::close(descriptor); });
}
void socket_dealloc(Object* object) {
    if (!finalize_before_dealloc(object)) return;
    object_memory_free(object);
}

Fallible<Ref<>> socket_repr(Object* object) {
    Socket* self = as_socket(object);
    return TRY(format_str("<socket object, fd=%ld, family=%d, type=%d, proto=%d>", long(self->descriptor), self->family, self->type, self->protocol));
}

// socket._accept()
Fallible<Ref<>> socket_accept(Object* object) {
    Socket* self = as_socket(object);
    SocketAddress address;
    address.length = sizeof address.storage;
    ssize_t descriptor = TRY(socket_operation(self, Waiting::Read, socket_deadline(self), [&] {
        address.length = sizeof address.storage;
        return ::accept4(self->descriptor, &address.base, &address.length, SOCK_CLOEXEC);
    }));
    auto converted = address_object(&address.base, address.length, self->protocol);
    if (!converted.ok()) {
        ::close(int(descriptor));
        return raised;
    }
    Ref<> peer = converted.take();
    Ref<Int> number = TRY(int_from(descriptor));
    return TRY(tuple_pack(number.get(), peer.get()));
}

// socket.bind(address, /)
Fallible<Ref<>> socket_bind(Object* object, Object* address) {
    Socket* self = as_socket(object);
    SocketAddress target = TRY(address_from_object(self, address, "bind"));
    TRY(audit("socket.bind", "OO", object, address));
    return posix_none_or_error(without_gil([&] { return ::bind(self->descriptor, &target.base, target.length); }));
}

// Waits until a connection that is under way stands: 0, the errno it failed with, or an exception.
Fallible<int> finish_connecting(Socket* self) {
    Deadline deadline = socket_deadline(self);
    for (;;) {
        int ready = wait_for_socket(self, Waiting::Write, deadline);
        if (ready == 0) return EWOULDBLOCK;
        if (ready > 0) break;
        if (errno != EINTR) return int(errno);
        TRY(check_signals());
    }
    int error;
    socklen_t size = sizeof error;
    if (::getsockopt(self->descriptor, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return int(errno);
    return error == EISCONN ? 0 : error;
}
struct ConnectOutcome {
    int error;
    bool timed_out;
};
Fallible<ConnectOutcome> connect_to(Socket* self, const SocketAddress& target) {
    if (without_gil([&] { return ::connect(self->descriptor, &target.base, target.length); }) == 0) return ConnectOutcome{0, false};
    int error = errno;
    bool under_way = error == EINTR ? self->timeout != 0 : self->timeout > 0 && error == EINPROGRESS;
    if (error == EINTR) TRY(check_signals());
    if (!under_way) return ConnectOutcome{error, false};
    int outcome = TRY(finish_connecting(self));
    return ConnectOutcome{outcome, outcome == EWOULDBLOCK};
}
// socket.connect(address, /)
Fallible<Ref<>> socket_connect(Object* object, Object* address) {
    Socket* self = as_socket(object);
    SocketAddress target = TRY(address_from_object(self, address, "connect"));
    TRY(audit("socket.connect", "OO", object, address));
    ConnectOutcome outcome = TRY(connect_to(self, target));
    if (outcome.timed_out) return raise_timed_out();
    if (outcome.error) return raise_os_error(outcome.error);
    return share(none());
}
// socket.connect_ex(address, /)
Fallible<Ref<>> socket_connect_ex(Object* object, Object* address) {
    Socket* self = as_socket(object);
    SocketAddress target = TRY(address_from_object(self, address, "connect_ex"));
    TRY(audit("socket.connect", "OO", object, address));
    return TRY(int_from(TRY(connect_to(self, target)).error));
}

// socket.close()
Fallible<Ref<>> socket_method_close(Object* object) {
    int descriptor = std::exchange(as_socket(object)->descriptor, -1);
    if (descriptor >= 0 && without_gil([&] { return ::close(descriptor); }) < 0 && errno != ECONNRESET) return raise_os_error(errno);
    return share(none());
}
// socket.detach()
Fallible<Ref<>> socket_detach(Object* object) { return TRY(int_from(std::exchange(as_socket(object)->descriptor, -1))); }
// socket.fileno()
Fallible<Ref<>> socket_fileno(Object* object) { return TRY(int_from(as_socket(object)->descriptor)); }

template <auto Call>
Fallible<Ref<>> own_address(Object* object) {
    Socket* self = as_socket(object);
    SocketAddress address;
    address.length = sizeof address.storage;
    if (without_gil([&] { return Call(self->descriptor, &address.base, &address.length); }) < 0) return raise_os_error(errno);
    return address_object(&address.base, address.length, self->protocol);
}
// socket.getpeername()
Fallible<Ref<>> socket_getpeername(Object* object) { return own_address<[](int fd, sockaddr* a, socklen_t* n) { return ::getpeername(fd, a, n); }>(object); }
// socket.getsockname()
Fallible<Ref<>> socket_getsockname(Object* object) { return own_address<[](int fd, sockaddr* a, socklen_t* n) { return ::getsockname(fd, a, n); }>(object); }

// socket.listen(backlog=min(SOMAXCONN, 128), /)
Fallible<Ref<>> socket_listen(Object* object, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("listen", nargs, 0, 1));
    int backlog = nargs ? TRY(as_c_int(args[0])) : SOMAXCONN < 128 ? SOMAXCONN : 128;
    if (backlog < 0) backlog = 0;
    return posix_none_or_error(without_gil([&] { return ::listen(as_socket(object)->descriptor, backlog); }));
}
// socket.shutdown(how, /)
Fallible<Ref<>> socket_shutdown(Object* object, Object* how) {
    int which = TRY(as_c_int(how));
    return posix_none_or_error(without_gil([&] { return ::shutdown(as_socket(object)->descriptor, which); }));
}

// socket.setblocking(flag, /)
Fallible<Ref<>> socket_setblocking(Object* object, Object* flag) {
    bool blocking = TRY(as_int64(flag)) != 0;
    as_socket(object)->timeout = blocking ? -1 : 0;
    TRY(set_blocking(as_socket(object), blocking));
    return share(none());
}
// socket.getblocking()
Fallible<Ref<>> socket_getblocking(Object* object) { return bool_from(as_socket(object)->timeout != 0); }
// socket.settimeout(timeout, /)
Fallible<Ref<>> socket_settimeout(Object* object, Object* timeout) {
    as_socket(object)->timeout = TRY(socket_timeout_argument(timeout));
    // With a timeout the descriptor does not block: the wait is done by poll().
    TRY(set_blocking(as_socket(object), as_socket(object)->timeout < 0));
    return share(none());
}
// socket.gettimeout()
Fallible<Ref<>> socket_gettimeout(Object* object) { return socket_timeout_object(as_socket(object)->timeout); }

bool is_wide_vsock_option(int option) {
    return option == SO_VM_SOCKETS_BUFFER_SIZE || option == SO_VM_SOCKETS_BUFFER_MAX_SIZE || option == SO_VM_SOCKETS_BUFFER_MIN_SIZE;
}
// socket.setsockopt(level, option, value[, optlen], /)
Fallible<Ref<>> socket_setsockopt(Object* object, Object* const* args, ssize_t nargs) {
    Socket* self = as_socket(object);
    bool sets_size = nargs == 4 && is_index(args[0]) && is_index(args[1]) && is_none(args[2]) && is_index(args[3]);
    if (!sets_size) TRY(check_parsed_count("setsockopt", nargs, 3, 3));
    int level = TRY(as_c_int(args[0])), option = TRY(as_c_int(args[1]));
    auto set = [&](const void* value, size_t size) {
        return posix_none_or_error(::setsockopt(self->descriptor, level, option, value, socklen_t(size)));
    };
    if (nargs == 4) {
        int64_t size = TRY(as_int64(args[3]));
        if (size < 0 || size > UINT_MAX) return raise(exc::OverflowError, "Python int too large to convert to C unsigned int");
        return set(nullptr, size_t(size));
    }
    if (self->family == AF_VSOCK && is_wide_vsock_option(option) && is_int(args[2])) {
        uint64_t wide = as_uint64_masked(as_int(args[2]));
        return set(&wide, sizeof wide);
    }
    if (is_index(args[2])) {
        auto number = as_c_int(args[2]);
        if (number.ok()) {
            int value = number.take();
            return set(&value, sizeof value);
        }
        clear_error();
    }
    BufferView view;
    TRY(view.open(args[2]));
    if (view.size() > INT_MAX) return raise(exc::OverflowError, "socket option is larger than %i bytes", INT_MAX);
    return set(view.data(), size_t(view.size()));
}
// socket.getsockopt(level, option, buffersize=0, /)
Fallible<Ref<>> socket_getsockopt(Object* object, Object* const* args, ssize_t nargs) {
    Socket* self = as_socket(object);
    TRY(check_parsed_count("getsockopt", nargs, 2, 3));
    int level = TRY(as_c_int(args[0])), option = TRY(as_c_int(args[1]));
    int64_t size = nargs > 2 ? TRY(as_c_int(args[2])) : 0;
    if (size == 0 && self->family == AF_VSOCK && is_wide_vsock_option(option)) {
        uint64_t wide = 0;
        socklen_t length = sizeof wide;
        if (::getsockopt(self->descriptor, level, option, &wide, &length) < 0) return raise_os_error(errno);
        return TRY(int_from_unsigned(wide));
    }
    if (size == 0) {
        int number = 0;
        socklen_t length = sizeof number;
        if (::getsockopt(self->descriptor, level, option, &number, &length) < 0) return raise_os_error(errno);
        return TRY(int_from(number));
    }
    if (size < 0 || size > 1024) return raise(exc::OSError, "getsockopt buflen out of range");
    char buffer[1024];
    auto length = socklen_t(size);
    if (::getsockopt(self->descriptor, level, option, buffer, &length) < 0) return raise_os_error(errno);
    return TRY(bytes_from({buffer, length}));
}

MethodDef socket_methods[] = {
    METHOD_NOARGS_UNSIGNED("_accept", socket_accept, "_accept()\n\nWait for a connection; its descriptor and the peer's address."),
    METHOD_O_UNSIGNED("bind", socket_bind, "bind(address)\n\nGive the socket a local address."),
    METHOD_NOARGS_UNSIGNED("close", socket_method_close, "close()\n\nClose the socket."),
    METHOD_O_UNSIGNED("connect", socket_connect, "connect(address)\n\nConnect to an address."),
    METHOD_O_UNSIGNED("connect_ex", socket_connect_ex, "connect_ex(address)\n\nConnect to an address; the errno, 0 for success."),
    METHOD_NOARGS_UNSIGNED("detach", socket_detach, "detach()\n\nClose the object but not the descriptor, which is returned."),
    METHOD_NOARGS_UNSIGNED("fileno", socket_fileno, "fileno()\n\nThe descriptor, -1 when closed."),
    METHOD_NOARGS_UNSIGNED("getblocking", socket_getblocking, "getblocking()\n\nWhether operations may block."),
    METHOD_NOARGS_UNSIGNED("getpeername", socket_getpeername, "getpeername()\n\nThe peer's address."),
    METHOD_NOARGS_UNSIGNED("getsockname", socket_getsockname, "getsockname()\n\nThe socket's own address."),
    METHOD_FAST_UNSIGNED("getsockopt", socket_getsockopt, "getsockopt(level, option[, buffersize])\n\nAn option's value: int, or bytes when a size is given."),
    METHOD_NOARGS_UNSIGNED("gettimeout", socket_gettimeout, "gettimeout()\n\nThe timeout in seconds, or None."),
    METHOD_FAST_UNSIGNED("listen", socket_listen, "listen([backlog])\n\nLet others connect to the socket."),
    METHOD_O_UNSIGNED("setblocking", socket_setblocking, "setblocking(flag)\n\nWhether operations may block."),
    METHOD_FAST_UNSIGNED("setsockopt", socket_setsockopt,
                         "setsockopt(level, option, value)\nsetsockopt(level, option, None, optlen)\n\nSet an option to an int or to bytes."),
    METHOD_O_UNSIGNED("settimeout", socket_settimeout, "settimeout(timeout)\n\nSet the timeout of operations in seconds; None blocks."),
    METHOD_O_UNSIGNED("shutdown", socket_shutdown, "shutdown(how)\n\nEnd one or both directions of the connection."),
    END_ROW,
};
MemberDef socket_members[] = {
    {"family", kInt, offsetof(Socket, family), kReadOnly, "the socket family"},
    {"type", kInt, offsetof(Socket, type), kReadOnly, "the socket type"},
    {"proto", kInt, offsetof(Socket, protocol), kReadOnly, "the socket protocol"},
    END_ROW,
};
GetSetDef socket_getset[] = {GETTER("timeout", socket_gettimeout, "the socket timeout"), END_ROW};

// The own methods and those of the other files, in one table.
constexpr size_t kMaxMethods = 40;
MethodDef all_methods[kMaxMethods] = {};
MethodDef* joined_methods() {
    size_t count = 0;
    for (MethodDef* table : {socket_methods, socket_transfer_methods, socket_message_methods})
        for (MethodDef* row = table; row->name; ++row) {
            CHECK(count + 1 < kMaxMethods);
            all_methods[count++] = *row;
        }
    return all_methods;
}

}  // namespace

Fallible<void> socket_type_ready() {
    if (!socket_type.methods) socket_type.methods = joined_methods();
    return type_ready(&socket_type);
}

constinit Type socket_type = static_type({
    .name = "_socket.socket",
    .basic_size = sizeof(Socket),
    .flags = type_flag::kBase,
    .doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None)\n\nOne end of a network connection.",
    .dealloc = socket_dealloc,
    .finalize = socket_finalize,
    .repr = slot1<socket_repr>,
    .getattro = generic_getattro_slot,
    .members = socket_members,
    .getset = socket_getset,
    .init = Bound<socket_init, "socket", "($self, /, family=-1, type=-1, proto=-1, fileno=None)">::init,
    .new_ = socket_new,
});

}  // namespace py
