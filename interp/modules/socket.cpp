// _socket: the module, functions about descriptors and byte order, and the wait that all operations share. The socket type
// is in socket_type.cpp.
#include "interp/modules/socket.h"

#include <fcntl.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <climits>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"

namespace py {

int64_t default_socket_timeout = -1;

int wait_for_socket(const Socket* socket, Waiting waiting, const Deadline& deadline) {
    if (socket->descriptor < 0) return 1;  // the operation itself finds out
    pollfd entry{socket->descriptor, short(waiting == Waiting::Read ? POLLIN : POLLOUT), 0};
    int left = deadline.milliseconds_left();
    return without_gil([&] { return ::poll(&entry, 1, left); });
}

Raised raise_timed_out() { return raise(exc::TimeoutError, "timed out"); }

Fallible<ssize_t> size_argument(Object* object) {
    Ref<Int> number = TRY(index(object));
    return as_ssize(number.get());
}

Fallible<int64_t> socket_timeout_argument(Object* object) {
    if (is_none(object)) return int64_t(-1);
    int64_t nanoseconds = TRY(nanoseconds_from_object(object, Rounding::Away));
    if (nanoseconds < 0) return raise(exc::ValueError, "Timeout value out of range");
    return nanoseconds;
}
Fallible<Ref<>> socket_timeout_object(int64_t nanoseconds) {
    if (nanoseconds < 0) return share(none());
    return float_from(seconds_from_nanoseconds(nanoseconds));
}

Fallible<Ref<>> socket_from_descriptor(int descriptor, int family, int type, int protocol) {
    Ref<Int> numbers[] = {TRY(int_from(family)), TRY(int_from(type)), TRY(int_from(protocol)), TRY(int_from(descriptor))};
    return call(static_cast<Object*>(&socket_type), numbers[0].get(), numbers[1].get(), numbers[2].get(), numbers[3].get());
}

namespace {

// _socket.close(fd, /)
Fallible<Ref<>> socket_close(Object*, Object* object) {
    int descriptor = TRY(as_c_int(object));
    // The peer may have reset the connection; that is no failure to close it.
    if (without_gil([&] { return ::close(descriptor); }) < 0 && errno != ECONNRESET) return raise_os_error(errno);
    return share(none());
}
// _socket.dup(fd, /)
Fallible<Ref<>> socket_dup(Object*, Object* object) {
    int descriptor = TRY(as_c_int(object));
    int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return raise_os_error(errno);
    return TRY(int_from(copy));
}

// _socket.socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0, /)
Fallible<Ref<>> socket_socketpair(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("socketpair", nargs, 0, 3));
    int family = nargs > 0 ? TRY(as_c_int(args[0])) : AF_UNIX;
    int type = nargs > 1 ? TRY(as_c_int(args[1])) : SOCK_STREAM;
    int protocol = nargs > 2 ? TRY(as_c_int(args[2])) : 0;
    int pair[2];
    if (without_gil([&] { return ::socketpair(family, type | SOCK_CLOEXEC, protocol, pair); }) < 0) return raise_os_error(errno);
    auto first = socket_from_descriptor(pair[0], family, type, protocol);
    auto second = first.ok() ? socket_from_descriptor(pair[1], family, type, protocol) : Fallible<Ref<>>(raised);
    if (!second.ok()) ::close(pair[1]);
    if (!first.ok()) ::close(pair[0]);
    Ref<> a = TRY(std::move(first));
    Ref<> b = TRY(std::move(second));
    return TRY(tuple_pack(a.get(), b.get()));
}

// _socket.getdefaulttimeout()
Fallible<Ref<>> socket_getdefaulttimeout(Object*) { return socket_timeout_object(default_socket_timeout); }
// _socket.setdefaulttimeout(timeout, /)
Fallible<Ref<>> socket_setdefaulttimeout(Object*, Object* timeout) {
    default_socket_timeout = TRY(socket_timeout_argument(timeout));
    return share(none());
}

// The 16-bit functions: `name` for the errors.
Fallible<Ref<>> swap_short(Object* object, const char* name) {
    int value = TRY(as_c_int(object));
    if (value < 0)
        return raise(exc::OverflowError, "%s: can't convert negative Python int to C 16-bit unsigned integer", name);
    if (value > 0xffff)
        return raise(exc::OverflowError, "%s: Python int too large to convert to C 16-bit unsigned integer", name);
    return TRY(int_from(htons(uint16_t(value))));
}
Fallible<Ref<>> swap_long(Object* object) {
    if (!is_int(object)) return raise(exc::TypeError, "expected int, %T found", object);
    uint64_t value = TRY(as_uint64(object));
    if (value > 0xffffffff) return raise(exc::OverflowError, "int larger than 32 bits");
    return TRY(int_from(htonl(uint32_t(value))));
}
// _socket.ntohs(x, /)
Fallible<Ref<>> socket_ntohs(Object*, Object* x) { return swap_short(x, "ntohs"); }
// _socket.htons(x, /)
Fallible<Ref<>> socket_htons(Object*, Object* x) { return swap_short(x, "htons"); }
// _socket.ntohl(x, /)
Fallible<Ref<>> socket_ntohl(Object*, Object* x) { return swap_long(x); }
// _socket.htonl(x, /)
Fallible<Ref<>> socket_htonl(Object*, Object* x) { return swap_long(x); }

// _socket.CMSG_LEN(length, /)
Fallible<Ref<>> socket_CMSG_LEN(Object*, Object* object) {
    ssize_t length = TRY(size_argument(object));
    if (length < 0 || length > ssize_t(INT_MAX - CMSG_LEN(0))) return raise(exc::OverflowError, "CMSG_LEN() argument out of range");
    return TRY(int_from(int64_t(CMSG_LEN(size_t(length)))));
}
// _socket.CMSG_SPACE(length, /)
Fallible<Ref<>> socket_CMSG_SPACE(Object*, Object* object) {
    ssize_t length = TRY(size_argument(object));
    if (length < 0 || length > ssize_t(INT_MAX - CMSG_SPACE(1))) return raise(exc::OverflowError, "CMSG_SPACE() argument out of range");
    return TRY(int_from(int64_t(CMSG_SPACE(size_t(length)))));
}

MethodDef socket_functions[] = {
    METHOD_PARSED_ONE("CMSG_LEN", socket_CMSG_LEN, "CMSG_LEN(length)\n\nSize of a control message with so much data, without padding."),
    METHOD_PARSED_ONE("CMSG_SPACE", socket_CMSG_SPACE, "CMSG_SPACE(length)\n\nSize of a control message with so much data, with padding."),
    METHOD_O_UNSIGNED("close", socket_close, "close(fd)\n\nClose a socket's descriptor."),
    METHOD_O_UNSIGNED("dup", socket_dup, "dup(fd)\n\nA copy of a socket's descriptor."),
    METHOD_NOARGS_UNSIGNED("getdefaulttimeout", socket_getdefaulttimeout, "getdefaulttimeout()\n\nTimeout of new sockets in seconds, or None."),
    METHOD_O_UNSIGNED("htonl", socket_htonl, "htonl(x)\n\nA 32-bit number in network byte order."),
    METHOD_PARSED_ONE("htons", socket_htons, "htons(x)\n\nA 16-bit number in network byte order."),
    METHOD_O_UNSIGNED("ntohl", socket_ntohl, "ntohl(x)\n\nA 32-bit number in the host's byte order."),
    METHOD_PARSED_ONE("ntohs", socket_ntohs, "ntohs(x)\n\nA 16-bit number in the host's byte order."),
    METHOD_O_UNSIGNED("setdefaulttimeout", socket_setdefaulttimeout, "setdefaulttimeout(timeout)\n\nSet the timeout of new sockets."),
    METHOD_FAST_UNSIGNED("socketpair", socket_socketpair, "socketpair([family[, type[, proto]]])\n\nTwo sockets connected with each other."),
    END_ROW,
};

const struct {
    const char* name;
    int64_t value;
} socket_constants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
#define VALUE(name, value) {#name, int64_t(value)},
#include "interp/modules/socket_constants.def"
#undef VALUE
#undef CONSTANT
};

// What the capsule "_socket.CAPI" points at (PySocketModule_APIObject).
struct {
    Type* socket_type;
    Object* error;
    Object* timeout_error;
} capsule_contents;

Fallible<void> socket_execute(Module* module) {
    gai_error = TRY(exception_type_new("socket.gaierror", exc::OSError, nullptr)).release();
    host_error = TRY(exception_type_new("socket.herror", exc::OSError, nullptr)).release();
    TRY(dict_set(module->dict, "error", static_cast<Object*>(exc::OSError)));
    TRY(dict_set(module->dict, "timeout", static_cast<Object*>(exc::TimeoutError)));
    TRY(dict_set(module->dict, "gaierror", gai_error));
    TRY(dict_set(module->dict, "herror", host_error));
    TRY(socket_type_ready());
    TRY(module_add_type(module, &socket_type));
    TRY(dict_set(module->dict, "SocketType", static_cast<Object*>(&socket_type)));
    TRY(dict_set(module->dict, "has_ipv6", py_true()));
    TRY(module_add_methods(module, socket_name_functions));
    for (auto& each : socket_constants) TRY(module_add_int(module, each.name, each.value));
    TRY(module_add_str(module, "BDADDR_ANY", "00:00:00:00:00:00"));
    TRY(module_add_str(module, "BDADDR_LOCAL", "00:00:00:FF:FF:FF"));
    capsule_contents = {&socket_type, static_cast<Object*>(exc::OSError), static_cast<Object*>(exc::TimeoutError)};
    return module_add(module, "CAPI", capsule_new(&capsule_contents, "_socket.CAPI", nullptr));
}

}  // namespace

extern const NativeModule socket_module;
const NativeModule socket_module = {"_socket", "Access to the operating system's sockets.", socket_functions, socket_execute};

}  // namespace py
