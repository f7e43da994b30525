// _socket, split by idea: what the parts share.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>

#include "interp/modules/deadline.h"
#include "interp/modules/posix.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/method_def.h"
#include "interp/objects/str.h"

namespace py {

// A socket object; layout of the C API capsule's users.
struct Socket : Object {
    int descriptor;  // -1: closed
    int family, type, protocol;
    void* reserved;
    int64_t timeout;  // nanoseconds; negative: blocking, 0: non-blocking
};
static_assert(sizeof(Socket) == 48);
extern Type socket_type;
Fallible<void> socket_type_ready();
inline Socket* as_socket(Object* object) { return static_cast<Socket*>(object); }

// An address of any family.
struct SocketAddress {
    union {
        sockaddr base;
        sockaddr_in in;
        sockaddr_in6 in6;
        sockaddr_un un;
        sockaddr_storage storage;
    };
    socklen_t length = 0;
    SocketAddress() : storage{} {}
};

// socket_address.cpp
// A Python address for the socket's family; `function` is named in errors. Looks names up: releases the GIL.
Fallible<SocketAddress> address_from_object(Socket* socket, Object* object, const char* function);
// The Python form: (host, port) and so on; None for an empty one.
Fallible<Ref<>> address_object(const sockaddr* address, socklen_t length, int protocol);
Fallible<Ref<>> ipv4_text(const sockaddr_in& address);
Fallible<Ref<>> ipv6_text(const sockaddr_in6& address);

// A size or count: int or __index__.
Fallible<ssize_t> size_argument(Object* object);

// socket_names.cpp
extern Object *gai_error, *host_error;
// A host name argument as the bytes that go to the resolver: str (IDNA), bytes or bytearray. `function` is named in errors.
Fallible<Ref<Bytes>> host_bytes(Object* object, const char* function = nullptr);
// Resolves a host name or numeric address to an address of the family (AF_UNSPEC: any); the port is left 0.
Fallible<SocketAddress> resolve_host(const char* name, int family);
Raised raise_gai_error(int error);

// socket.cpp
extern int64_t default_socket_timeout;  // of new sockets, as Socket::timeout
Fallible<int64_t> socket_timeout_argument(Object* object);
Fallible<Ref<>> socket_timeout_object(int64_t nanoseconds);
Fallible<Ref<>> socket_from_descriptor(int descriptor, int family, int type, int protocol);
enum class Waiting { Read, Write };
// 1: ready, 0: the deadline passed, -1: errno. Releases the GIL.
int wait_for_socket(const Socket* socket, Waiting waiting, const Deadline& deadline);
Raised raise_timed_out();
// A new deadline for one operation on the socket.
inline Deadline socket_deadline(const Socket* socket) { return socket->timeout > 0 ? Deadline(socket->timeout) : Deadline(); }

// Runs one system call on a socket (negative result: errno is set) with the GIL released, waiting first where the socket has a
// timeout, again after signals. OSError, or TimeoutError once the deadline has passed.
template <class F>
Fallible<ssize_t> socket_operation(Socket* socket, Waiting waiting, const Deadline& deadline, F&& operation) {
    for (;;) {
        if (socket->timeout > 0) {
            int ready = wait_for_socket(socket, waiting, deadline);
            if (ready < 0 && errno != EINTR) return raise_os_error(errno);
            if (ready == 0) return raise_timed_out();
            if (ready < 0) {
                TRY(check_signals());
                continue;
            }
        }
        ssize_t result = without_gil(operation);
        if (result >= 0) return result;
        if (errno == EINTR)
            TRY(check_signals());
        else if (socket->timeout <= 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
            return raise_os_error(errno);
    }
}

// The families' tables; each ends with an empty row.
extern MethodDef socket_transfer_methods[];
extern MethodDef socket_message_methods[];
extern MethodDef socket_name_functions[];

}  // namespace py
