// _ssl.MemoryBIO, the pipe between a connection and whoever carries its bytes, and _ssl.SSLSession.
#include <openssl/err.h>

#include <climits>
#include <cstring>

#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/member_slots.h"

namespace py::ssl {

namespace {

// MemoryBIO()
Fallible<Ref<>> bio_new(Type* type, Object* const*) {
    BIO* bio = BIO_new(BIO_s_mem());
    if (!bio) return raise_message("failed to allocate BIO");
    // An empty one means that more may come, until write_eof() was called.
    BIO_set_retry_read(bio);
    BIO_set_mem_eof_return(bio, -1);
    auto made = instance_new<MemoryBio>(type);
    if (!made.ok()) {
        BIO_free(bio);
        return raised;
    }
    Ref<MemoryBio> self = made.take();
    self->bio = bio;
    return self;
}
void bio_dealloc(Object* self) {
    BIO_free(as_memory_bio(self)->bio);
    object_memory_free(self);
}
// MemoryBIO.read(size=-1, /)
Fallible<Ref<>> bio_read(Object* self, Object* const* a) {
    int wanted = a[0] ? TRY(as_c_int(a[0])) : -1;
    BIO* bio = as_memory_bio(self)->bio;
    size_t pending = BIO_ctrl_pending(bio);
    int available = pending < INT_MAX ? int(pending) : INT_MAX;
    if (wanted < 0 || wanted > available) wanted = available;
    if (wanted == 0) return bytes_from({});
    Ref<Bytes> data = TRY(bytes_new(wanted + 1));  // never a shared object
    int got = BIO_read(bio, data->data, wanted);
    if (got < 0) return raise_queued();
    return bytes_resize(std::move(data), got);
}
// MemoryBIO.write(b, /)
Fallible<Ref<>> bio_write(Object* self, Object* data) {
    BufferView view;
    TRY(view.open(data));
    if (view.size() > INT_MAX) return raise(exc::OverflowError, "string longer than %d bytes", INT_MAX);
    if (as_memory_bio(self)->eof_written) return raise_message("cannot write() after write_eof()");
    int written = BIO_write(as_memory_bio(self)->bio, view.data(), int(view.size()));
    if (written < 0) return raise_queued();
    return int_from(written);
}
// MemoryBIO.write_eof()
Fallible<Ref<>> bio_write_eof(Object* self) {
    as_memory_bio(self)->eof_written = true;
    BIO_clear_retry_flags(as_memory_bio(self)->bio);
    BIO_set_mem_eof_return(as_memory_bio(self)->bio, 0);
    return share(none());
}
Fallible<Ref<>> bio_get_pending(Object* self) {
    return int_from(int64_t(BIO_ctrl_pending(as_memory_bio(self)->bio)));
}
Fallible<Ref<>> bio_get_eof(Object* self) {
    return bool_from(BIO_ctrl_pending(as_memory_bio(self)->bio) == 0 && as_memory_bio(self)->eof_written);
}
MethodDef bio_methods[] = {
    METHOD("read", bio_read, "($self, size=-1, /)", "Takes bytes out, all of them without a size."),
    METHOD_O("write", bio_write, "($self, b, /)", "Puts bytes in; their number."),
    METHOD_NOARGS("write_eof", bio_write_eof, "($self, /)", "Says that no more bytes will come."),
    END_ROW,
};
GetSetDef bio_getset[] = {
    GETTER("pending", bio_get_pending, "The number of bytes pending in the memory BIO."),
    GETTER("eof", bio_get_eof, "Whether the memory BIO is at EOF."),
    END_ROW,
};

Session* as_session(Object* object) {
    return static_cast<Session*>(object);
}
void session_dealloc(Object* self) {
    gc_untrack(self);
    SSL_SESSION_free(as_session(self)->session);
    clear_slot(as_session(self)->context);
    object_memory_free(self);
}
std::string_view session_id(Object* self) {
    unsigned size = 0;
    const unsigned char* id = SSL_SESSION_get_id(as_session(self)->session, &size);
    return {reinterpret_cast<const char*>(id), size};
}
Object* session_richcompare(Object* a, Object* b, int op) {
    if (b->type != &session_type || (op != kEqual && op != kNotEqual)) return new_reference(not_implemented());
    bool equal = a == b || session_id(a) == session_id(b);
    return compare_result(equal == (op == kEqual));
}
Fallible<Ref<>> session_get_id(Object* self) {
    return bytes_from(session_id(self));
}
Fallible<Ref<>> session_get_time(Object* self) {
    return int_from(SSL_SESSION_get_time(as_session(self)->session));
}
Fallible<Ref<>> session_get_timeout(Object* self) {
    return int_from(SSL_SESSION_get_timeout(as_session(self)->session));
}
Fallible<Ref<>> session_get_ticket_lifetime_hint(Object* self) {
    return int_from(int64_t(SSL_SESSION_get_ticket_lifetime_hint(as_session(self)->session)));
}
Fallible<Ref<>> session_get_has_ticket(Object* self) {
    return bool_from(SSL_SESSION_has_ticket(as_session(self)->session));
}
GetSetDef session_getset[] = {
    GETTER("has_ticket", session_get_has_ticket, "Does the session contain a ticket?"),
    GETTER("id", session_get_id, "Session id"),
    GETTER("ticket_lifetime_hint", session_get_ticket_lifetime_hint, "Ticket life time hint."),
    GETTER("time", session_get_time, "Session creation time (seconds since epoch)."),
    GETTER("timeout", session_get_timeout, "Session timeout (delta in seconds)."),
    END_ROW,
};

// A session of its own: a connection goes on changing the one it has.
Fallible<SSL_SESSION*> session_copy(SSL_SESSION* session) {
    int size = i2d_SSL_SESSION(session, nullptr);
    if (size == 0) return raise(exc::ValueError, "i2d() failed.");
    SSL_SESSION* copy = SSL_SESSION_dup(session);
    if (!copy) return raise(exc::ValueError, "d2i() failed.");
    return copy;
}

}  // namespace

Fallible<Ref<>> session_of(Connection* connection) {
    SSL_SESSION* session = SSL_get0_session(connection->connection);
    if (!session) return share(none());
    SSL_SESSION* copy = TRY(session_copy(session));
    auto made = instance_new<Session>(&session_type);
    if (!made.ok()) {
        SSL_SESSION_free(copy);
        return raised;
    }
    Ref<Session> self = made.take();
    self->session = copy;
    self->context = new_reference(connection->context);
    return self;
}
Fallible<void> set_session(Connection* connection, Object* value) {
    if (value->type != &session_type) return raise(exc::TypeError, "Value is not a SSLSession.");
    if (as_session(value)->context->context != connection->context->context)
        return raise(exc::ValueError, "Session refers to a different SSLContext.");
    if (connection->server_side) return raise(exc::ValueError, "Cannot set session for server-side SSLSocket.");
    if (SSL_is_init_finished(connection->connection)) return raise(exc::ValueError, "Cannot set session after handshake.");
    SSL_SESSION* copy = TRY(session_copy(as_session(value)->session));
    bool done = SSL_set_session(connection->connection, copy);
    SSL_SESSION_free(copy);
    if (!done) return raise_queued();
    return {};
}

constinit Type memory_bio_type = static_type({
    .name = "_ssl.MemoryBIO",
    .basic_size = sizeof(MemoryBio),
    .dealloc = bio_dealloc,
    .methods = bio_methods,
    .getset = bio_getset,
    .new_ = Bound<bio_new, "MemoryBIO", "()">::new_,
});
constinit Type session_type = static_type({
    .name = "_ssl.SSLSession",
    .basic_size = sizeof(Session),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = session_dealloc,
    .traverse = traverse_members<&Session::context>,
    .clear = clear_members<&Session::context>,
    .hash = hash_not_implemented,
    .richcompare = session_richcompare,
    .getset = session_getset,
});

}  // namespace py::ssl
