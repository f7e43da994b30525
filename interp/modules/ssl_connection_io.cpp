// _ssl._SSLSocket: handshake, read, write and shutdown, over sockets with timeouts and over memory BIOs.
#include <openssl/err.h>

#include <cerrno>
#include <climits>

#include "interp/modules/socket.h"
#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"

namespace py::ssl {

namespace {

// What a connection works over during one operation.
struct Transport {
    Ref<> object;              // keeps the socket alive; null with memory BIOs
    Socket* socket = nullptr;  // null with memory BIOs
    Deadline deadline;
};
Fallible<Transport> transport_of(Connection* self) {
    Transport transport;
    if (!self->socket) return transport;
    transport.object = weakref_get(self->socket);
    if (!transport.object || as_socket(transport.object.get())->descriptor < 0) return raise_plain("Underlying socket connection gone");
    transport.socket = as_socket(transport.object.get());
    transport.deadline = socket_deadline(transport.socket);
    bool nonblocking = transport.socket->timeout >= 0;
    BIO_set_nbio(SSL_get_rbio(self->connection), nonblocking);
    BIO_set_nbio(SSL_get_wbio(self->connection), nonblocking);
    return transport;
}
// Runs an operation with the GIL released: its result, and what went wrong if something did.
template <class Operation>
Outcome attempt(Connection* self, Operation operation) {
    Released released;
    Outcome outcome;
    ERR_clear_error();
    errno = 0;
    outcome.result = operation(self->connection);
    outcome.system = errno;
    outcome.ssl = SSL_get_error(self->connection, outcome.result);
    return outcome;
}
// Waits as a WANT_READ or WANT_WRITE asks. False: there is nothing to wait for, the outcome stands.
Fallible<bool> wait_as_wanted(const Transport& transport, const Outcome& outcome, const char* read_timeout, const char* write_timeout) {
    bool read = outcome.ssl == SSL_ERROR_WANT_READ, write = outcome.ssl == SSL_ERROR_WANT_WRITE;
    if (!transport.socket || transport.socket->timeout == 0 || (!read && !write)) return false;
    if (transport.socket->descriptor < 0) return raise_plain("Underlying socket has been closed.");
    if (transport.socket->timeout < 0) return true;  // a blocking socket waits in the next attempt
    int ready = wait_for_socket(transport.socket, read ? Waiting::Read : Waiting::Write, transport.deadline);
    if (ready == 0) return raise(exc::TimeoutError, "%s", read ? read_timeout : write_timeout);
    if (ready < 0 && errno != EINTR) return raise_os_error(errno);
    return true;
}
// Attempts until the operation is done or fails for good.
template <class Operation>
Fallible<Outcome> perform(Connection* self, const Transport& transport, const char* timeout_message, Operation operation) {
    for (;;) {
        Outcome outcome = attempt(self, operation);
        TRY(check_signals());
        if (outcome.ssl == SSL_ERROR_NONE) return outcome;
        if (!TRY(wait_as_wanted(transport, outcome, timeout_message, timeout_message))) return outcome;
    }
}
// A callback may have raised although the operation went well.
Fallible<void> check_callback_error(Connection* self) {
    if (!self->callback_error) return {};
    Ref<> error = steal(std::exchange(self->callback_error, nullptr));
    return raise_instance(error.get());
}
constexpr const char* kReadTimeout = "The read operation timed out";
constexpr const char* kWriteTimeout = "The write operation timed out";

// Reads at most `size` bytes to memory; 0 at the end of the stream.
Fallible<size_t> read_some(Connection* self, char* to, size_t size) {
    Transport transport = TRY(transport_of(self));
    size_t count = 0;
    Outcome outcome = TRY(perform(self, transport, kReadTimeout,
                                  [&](SSL* connection) { return SSL_read_ex(connection, to, size, &count); }));
    if (outcome.ssl == SSL_ERROR_ZERO_RETURN && SSL_get_shutdown(self->connection) == SSL_RECEIVED_SHUTDOWN) {
        TRY(check_callback_error(self));
        return size_t(0);
    }
    if (outcome.ssl != SSL_ERROR_NONE) return raise_for(self, outcome);
    TRY(check_callback_error(self));
    return count;
}

}  // namespace

// _SSLSocket.do_handshake()
Fallible<Ref<>> connection_do_handshake(Object* object) {
    Connection* self = as_connection(object);
    Transport transport = TRY(transport_of(self));
    Outcome outcome = TRY(perform(self, transport, "_ssl.c:975: The handshake operation timed out",
                                  [](SSL* connection) { return SSL_do_handshake(connection); }));
    if (outcome.ssl != SSL_ERROR_NONE) return raise_for(self, outcome);
    TRY(check_callback_error(self));
    return share(none());
}

// _SSLSocket.read(size, [buffer])
Fallible<Ref<>> connection_read(Object* object, Object* const* args, ssize_t count) {
    Connection* self = as_connection(object);
    if (count < 1 || count > 2) return raise(exc::TypeError, "_ssl._SSLSocket.read requires 1 to 2 arguments");
    ssize_t size = TRY(as_c_int(args[0]));
    if (count == 2) {
        BufferView view;
        auto opened = view.open_writable(args[1]);
        if (!opened.ok()) {
            if (!clear_error_if(exc::TypeError) && !clear_error_if(exc::BufferError)) return raised;
            return raise(exc::TypeError, "read() argument 2 must be read-write bytes-like object, not %N", args[1]);
        }
        if (size <= 0 || size > view.size()) size = view.size();
        if (size == 0) return int_from(0);
        return int_from(int64_t(TRY(read_some(self, view.writable_data(), size_t(size)))));
    }
    if (size < 0) return raise(exc::ValueError, "size should not be negative");
    if (size == 0) return bytes_from({});
    Ref<Bytes> data = TRY(bytes_new(size + 1));  // never a shared object
    size_t got = TRY(read_some(self, data->data, size_t(size)));
    return bytes_resize(std::move(data), ssize_t(got));
}

// _SSLSocket.write(b, /)
Fallible<Ref<>> connection_write(Object* object, Object* data) {
    Connection* self = as_connection(object);
    BufferView view;
    TRY(view.open(data));
    Transport transport = TRY(transport_of(self));
    if (transport.socket && transport.socket->timeout > 0) {
        int ready = wait_for_socket(transport.socket, Waiting::Write, transport.deadline);
        if (ready == 0) return raise(exc::TimeoutError, "%s", kWriteTimeout);
        if (ready < 0 && errno != EINTR) return raise_os_error(errno);
    }
    size_t written = 0;
    Outcome outcome = TRY(perform(self, transport, kWriteTimeout, [&](SSL* connection) {
        return SSL_write_ex(connection, view.data(), size_t(view.size()), &written);
    }));
    if (outcome.ssl != SSL_ERROR_NONE) return raise_for(self, outcome);
    TRY(check_callback_error(self));
    return int_from(int64_t(written));
}

// _SSLSocket.shutdown()
Fallible<Ref<>> connection_shutdown(Object* object) {
    Connection* self = as_connection(object);
    Transport transport = TRY(transport_of(self));
    int zeros = 0;
    Outcome outcome;
    for (;;) {
        // Once our notice is sent, what the peer sent behind its own must stay in the socket.
        if (self->shutdown_seen_zero) SSL_set_read_ahead(self->connection, 0);
        outcome = attempt(self, [](SSL* connection) { return SSL_shutdown(connection); });
        if (outcome.result > 0) break;
        if (outcome.result == 0) {
            if (++zeros > 1) break;
            self->shutdown_seen_zero = true;
            continue;
        }
        TRY(check_signals());
        if (!TRY(wait_as_wanted(transport, outcome, kReadTimeout, kWriteTimeout))) break;
    }
    if (outcome.result < 0) return raise_for(self, outcome);
    TRY(check_callback_error(self));
    return transport.object ? std::move(transport.object) : share(none());
}

// _SSLSocket.pending()
Fallible<Ref<>> connection_pending(Object* self) {
    return int_from(SSL_pending(as_connection(self)->connection));
}

}  // namespace py::ssl
