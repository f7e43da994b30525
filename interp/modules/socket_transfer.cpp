// _socket.socket: sending and receiving plain data. Messages with ancillary data are in socket_message.cpp.
#include <algorithm>

#include "interp/modules/posix.h"
#include "interp/modules/socket.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

Fallible<int> flags_argument(Object* const* args, ssize_t nargs, ssize_t index) { return nargs > index ? as_c_int(args[index]) : Fallible<int>(0); }

// The size argument of a receiving function.
Fallible<ssize_t> receive_size(Object* object, const char* function) {
    ssize_t size = TRY(size_argument(object));
    if (size < 0) return raise(exc::ValueError, "negative buffersize in %s", function);
    return size;
}

// Receives into a new bytes object through receive(data, size).
template <class F>
Fallible<Ref<Bytes>> receive_bytes(ssize_t size, F&& receive) {
    if (size <= 1) {
        // Bytes that short may be shared with others.
        char byte = 0;
        ssize_t count = TRY(receive(&byte, size));
        return bytes_from({&byte, size_t(std::min<ssize_t>(count, size))});
    }
    Ref<Bytes> result = TRY(bytes_new(size));
    ssize_t count = TRY(receive(result->data, size));
    if (count >= size) return result;  // MSG_TRUNC tells of more than was stored
    return bytes_resize(std::move(result), count);
}

// The buffer argument of a receiving function.
Fallible<void> open_target(BufferView& buffer, Object* object, const char* function) {
    if (buffer.open_writable(object).ok()) return {};
    clear_error();
    return raise(exc::TypeError, "%s() argument 1 must be read-write bytes-like object, not %N", function, object);
}

// recv() or, when an address is given, recvfrom() until the socket's deadline.
Fallible<ssize_t> receive_into(Socket* self, char* data, ssize_t size, int flags, SocketAddress* from) {
    return socket_operation(self, Waiting::Read, socket_deadline(self), [&]() -> ssize_t {
        if (!from) return ::recv(self->descriptor, data, size_t(size), flags);
        from->length = sizeof from->storage;
        return ::recvfrom(self->descriptor, data, size_t(size), flags, &from->base, &from->length);
    });
}

Fallible<Ref<>> with_address(Ref<> data, Socket* self, const SocketAddress& from) {
    Ref<> address = TRY(address_object(&from.base, from.length, self->protocol));
    return TRY(tuple_pack(data.get(), address.get()));
}

// socket.recv(buffersize, flags=0, /)
Fallible<Ref<>> socket_recv(Object* object, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("recv", nargs, 1, 2));
    ssize_t size = TRY(size_argument(args[0]));
    int flags = TRY(flags_argument(args, nargs, 1));
    if (size < 0) return raise(exc::ValueError, "negative buffersize in recv");
    return TRY(receive_bytes(size, [&](char* data, ssize_t room) { return receive_into(as_socket(object), data, room, flags, nullptr); }));
}
// socket.recvfrom(buffersize, flags=0, /)
Fallible<Ref<>> socket_recvfrom(Object* object, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("recvfrom", nargs, 1, 2));
    ssize_t size = TRY(receive_size(args[0], "recvfrom"));
    int flags = TRY(flags_argument(args, nargs, 1));
    SocketAddress from;
    Ref<Bytes> data = TRY(receive_bytes(size, [&](char* to, ssize_t room) { return receive_into(as_socket(object), to, room, flags, &from); }));
    return with_address(std::move(data), as_socket(object), from);
}
// socket.recv_into(buffer, nbytes=0, flags=0)
Fallible<Ref<>> socket_recv_into(Object* object, Object* const* a) {
    BufferView buffer;
    TRY(open_target(buffer, a[0], "recv_into"));
    ssize_t size = a[1] ? TRY(receive_size(a[1], "recv_into")) : 0;
    int flags = a[2] ? TRY(as_c_int(a[2])) : 0;
    if (size == 0) size = buffer.size();
    if (buffer.size() < size) return raise(exc::ValueError, "buffer too small for requested bytes");
    return TRY(int_from(TRY(receive_into(as_socket(object), buffer.writable_data(), size, flags, nullptr))));
}
// socket.recvfrom_into(buffer, nbytes=0, flags=0)
Fallible<Ref<>> socket_recvfrom_into(Object* object, Object* const* a) {
    BufferView buffer;
    TRY(open_target(buffer, a[0], "recvfrom_into"));
    ssize_t size = a[1] ? TRY(receive_size(a[1], "recvfrom_into")) : 0;
    int flags = a[2] ? TRY(as_c_int(a[2])) : 0;
    if (size == 0)
        size = buffer.size();
    else if (size > buffer.size())
        return raise(exc::ValueError, "nbytes is greater than the length of the buffer");
    SocketAddress from;
    ssize_t count = TRY(receive_into(as_socket(object), buffer.writable_data(), size, flags, &from));
    return with_address(TRY(int_from(count)), as_socket(object), from);
}

Fallible<ssize_t> send_part(Socket* self, std::string_view data, int flags, const Deadline& deadline) {
    return socket_operation(self, Waiting::Write, deadline, [&] { return ::send(self->descriptor, data.data(), data.size(), flags); });
}
// socket.send(data, flags=0, /)
Fallible<Ref<>> socket_send(Object* object, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("send", nargs, 1, 2));
    BufferView data;
    TRY(data.open(args[0]));
    int flags = TRY(flags_argument(args, nargs, 1));
    Socket* self = as_socket(object);
    return TRY(int_from(TRY(send_part(self, data.view(), flags, socket_deadline(self)))));
}
// socket.sendall(data, flags=0, /)
Fallible<Ref<>> socket_sendall(Object* object, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("sendall", nargs, 1, 2));
    BufferView data;
    TRY(data.open(args[0]));
    int flags = TRY(flags_argument(args, nargs, 1));
    Socket* self = as_socket(object);
    Deadline deadline = socket_deadline(self);  // one for all parts
    std::string_view left = data.view();
    do {
        if (deadline.is_set() && left.size() < size_t(data.size()) && deadline.nanoseconds_left() <= 0) return raise_timed_out();
        left.remove_prefix(size_t(TRY(send_part(self, left, flags, deadline))));
        TRY(check_signals());
    } while (!left.empty());
    return share(none());
}
// socket.sendto(data, [flags,] address, /)
Fallible<Ref<>> socket_sendto(Object* object, Object* const* args, ssize_t nargs) {
    if (nargs < 2 || nargs > 3) return raise(exc::TypeError, "sendto() takes 2 or 3 arguments (%zd given)", nargs);
    BufferView data;
    TRY(data.open(args[0]));
    int flags = nargs == 3 ? TRY(as_c_int(args[1])) : 0;
    Socket* self = as_socket(object);
    Object* address = args[nargs - 1];
    SocketAddress target = TRY(address_from_object(self, address, "sendto"));
    TRY(audit("socket.sendto", "OO", object, address));
    ssize_t sent = TRY(socket_operation(self, Waiting::Write, socket_deadline(self), [&] {
        return ::sendto(self->descriptor, data.data(), size_t(data.size()), flags, &target.base, target.length);
    }));
    return TRY(int_from(sent));
}

}  // namespace

MethodDef socket_transfer_methods[] = {
    METHOD_FAST_UNSIGNED("recv", socket_recv, "recv(buffersize[, flags])\n\nReceive up to buffersize bytes; b'' at the end of the stream."),
    METHOD("recv_into", socket_recv_into, "($self, /, buffer, nbytes=0, flags=0)", "Receive into a buffer; the count of bytes."),
    METHOD_FAST_UNSIGNED("recvfrom", socket_recvfrom, "recvfrom(buffersize[, flags])\n\nReceive data; (data, sender's address)."),
    METHOD("recvfrom_into", socket_recvfrom_into, "($self, /, buffer, nbytes=0, flags=0)", "Receive into a buffer; (count, sender's address)."),
    METHOD_FAST_UNSIGNED("send", socket_send, "send(data[, flags])\n\nSend data; the count of bytes sent, which may be less."),
    METHOD_FAST_UNSIGNED("sendall", socket_sendall, "sendall(data[, flags])\n\nSend all of the data."),
    METHOD_FAST_UNSIGNED("sendto", socket_sendto, "sendto(data[, flags], address)\n\nSend data to an address."),
    END_ROW,
};

}  // namespace py
