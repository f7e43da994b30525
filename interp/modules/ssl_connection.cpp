// _ssl._SSLSocket: making connections, and what they tell about themselves. Reading and writing is in ssl_connection_io.cpp.
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cstring>

#include "interp/modules/socket.h"
#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/member_slots.h"

namespace py::ssl {

namespace {

// The server's name as it goes over the wire and is looked for in certificates: host name or address.
Fallible<void> set_server_hostname(Connection* self, std::string_view name) {
    if (name.empty() || name[0] == '.')
        return raise(exc::ValueError, "server_hostname cannot be an empty string or start with a leading dot.");
    ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.data());
    if (!address) ERR_clear_error();
    self->server_hostname = TRY(bytes_decode(name, "ascii", nullptr)).release();
    // Addresses are not sent (RFC 6066 §3).
    bool done = address || SSL_set_tlsext_host_name(self->connection, name.data());
    if (done && self->context->check_hostname) {
        X509_VERIFY_PARAM* parameters = SSL_get0_param(self->connection);
        done = address ? X509_VERIFY_PARAM_set1_ip(parameters, ASN1_STRING_get0_data(address), size_t(ASN1_STRING_length(address)))
                       : X509_VERIFY_PARAM_set1_host(parameters, name.data(), name.size());
    }
    ASN1_OCTET_STRING_free(address);
    if (!done) return raise_queued();
    return {};
}
Fallible<Ref<Bytes>> hostname_bytes(Object* name) {
    if (is_bytes(name)) return share(as_bytes(name));
    if (!is_str(name)) return raise(exc::TypeError, "argument must be str, not %T", name);
    Ref<Bytes> encoded = TRY(str_encode(as_str(name), "ascii", nullptr));
    if (std::strlen(encoded->data) != size_t(encoded->size))
        return raise(exc::TypeError, "argument must be encoded string without null bytes, not %T", name);
    return encoded;
}
Fallible<void> attach(Connection* self, const ConnectionArguments& arguments) {
    if (!arguments.socket) {
        BIO *incoming = as_memory_bio(arguments.incoming)->bio, *outgoing = as_memory_bio(arguments.outgoing)->bio;
        BIO_up_ref(incoming);
        BIO_up_ref(outgoing);
        SSL_set_bio(self->connection, incoming, outgoing);
        return {};
    }
    self->socket = TRY(weakref_new(arguments.socket, nullptr)).release();
    SSL_set_fd(self->connection, as_socket(arguments.socket)->descriptor);
    return {};
}
// Client certificates after the handshake (TLS 1.3): servers verify with another flag, clients say that they can.
void set_post_handshake_auth(Connection* self) {
    if (!self->context->post_handshake_auth) return;
    if (!self->server_side) return SSL_set_post_handshake_auth(self->connection, 1);
    int mode = SSL_get_verify_mode(self->connection);
    if (mode & SSL_VERIFY_PEER)
        SSL_set_verify(self->connection, mode | SSL_VERIFY_POST_HANDSHAKE, SSL_get_verify_callback(self->connection));
}

void connection_dealloc(Object* object) {
    Connection* self = as_connection(object);
    gc_untrack(self);
    if (self->connection) SSL_set_app_data(self->connection, nullptr);
    SSL_free(self->connection);
    clear_slot(self->socket);
    clear_slot(self->context);
    clear_slot(self->owner);
    clear_slot(self->server_hostname);
    clear_slot(self->callback_error);
    object_memory_free(self);
}

// The certificate of the other side, freed with the scope.
class PeerCertificate {
  public:
    explicit PeerCertificate(SSL* connection) : certificate_(SSL_get1_peer_certificate(connection)) {}
    ~PeerCertificate() { X509_free(certificate_); }
    PeerCertificate(const PeerCertificate&) = delete;
    PeerCertificate& operator=(const PeerCertificate&) = delete;
    X509* get() const { return certificate_; }

  private:
    X509* certificate_;
};

SSL* openssl(Object* self) {
    return as_connection(self)->connection;
}
// _SSLSocket.getpeercert(der=False, /)
Fallible<Ref<>> connection_getpeercert(Object* self, Object* const* a) {
    bool der = a[0] && TRY(is_true(a[0]));
    if (!SSL_is_init_finished(openssl(self))) return raise(exc::ValueError, "handshake not done yet");
    PeerCertificate peer(openssl(self));
    if (!peer.get()) return share(none());
    if (der) return certificate_der(peer.get());
    // What was not verified is not shown.
    if (!(SSL_CTX_get_verify_mode(SSL_get_SSL_CTX(openssl(self))) & SSL_VERIFY_PEER)) return dict_new();
    return decode_certificate(peer.get());
}
// _SSLSocket.get_channel_binding(cb_type='tls-unique')
Fallible<Ref<>> connection_get_channel_binding(Object* self, Object* const* a) {
    if (a[0]) {
        if (!is_str(a[0])) return raise(exc::TypeError, "get_channel_binding() argument 'cb_type' must be str, not %N", a[0]);
        if (!str_equals(as_str(a[0]), "tls-unique"))
            return raise(exc::ValueError, "'%S' channel binding type not implemented", a[0]);
    }
    // RFC 5929 §3: the first Finished message of the latest handshake.
    char message[128];
    bool ours = bool(SSL_session_reused(openssl(self))) != !as_connection(self)->server_side;
    size_t size = ours ? SSL_get_finished(openssl(self), message, sizeof message)
                       : SSL_get_peer_finished(openssl(self), message, sizeof message);
    if (size == 0) return share(none());
    return bytes_from({message, size});
}
Fallible<Ref<>> cipher_tuple(const SSL_CIPHER* cipher) {
    Ref<> name = TRY(text_or_none(SSL_CIPHER_get_name(cipher))), version = TRY(text_or_none(SSL_CIPHER_get_version(cipher)));
    Ref<Int> bits = TRY(int_from(SSL_CIPHER_get_bits(cipher, nullptr)));
    return tuple_pack(name.get(), version.get(), static_cast<Object*>(bits.get()));
}
// _SSLSocket.cipher()
Fallible<Ref<>> connection_cipher(Object* self) {
    const SSL_CIPHER* cipher = SSL_get_current_cipher(openssl(self));
    return cipher ? cipher_tuple(cipher) : Fallible<Ref<>>(share(none()));
}
// _SSLSocket.shared_ciphers()
Fallible<Ref<>> connection_shared_ciphers(Object* self) {
    STACK_OF(SSL_CIPHER)* ciphers = SSL_get_ciphers(openssl(self));
    if (!ciphers) return share(none());
    Ref<List> list = TRY(list_new(0));
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i)
        TRY(list_append_steal(list.get(), TRY(cipher_tuple(sk_SSL_CIPHER_value(ciphers, i)))));
    return list;
}
// _SSLSocket.version()
Fallible<Ref<>> connection_version(Object* self) {
    if (!SSL_is_init_finished(openssl(self))) return share(none());
    const char* version = SSL_get_version(openssl(self));
    return text_or_none(std::strcmp(version, "unknown") == 0 ? nullptr : version);
}
// _SSLSocket.selected_alpn_protocol()
Fallible<Ref<>> connection_selected_alpn_protocol(Object* self) {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(openssl(self), &name, &size);
    if (!name) return share(none());
    return str_from_utf8({reinterpret_cast<const char*>(name), size});
}
// _SSLSocket.compression()
Fallible<Ref<>> connection_compression(Object* self) {
    const COMP_METHOD* method = SSL_get_current_compression(openssl(self));
    return text_or_none(method ? SSL_COMP_get_name(method) : nullptr);
}
// _SSLSocket.verify_client_post_handshake()
Fallible<Ref<>> connection_verify_client_post_handshake(Object* self) {
    if (!SSL_verify_client_post_handshake(openssl(self))) return raise_queued();
    return share(none());
}
// _SSLSocket.get_unverified_chain()
Fallible<Ref<>> connection_get_unverified_chain(Object* self) {
    STACK_OF(X509)* chain = SSL_get_peer_cert_chain(openssl(self));
    if (!chain) return share(none());
    // A server's view of the chain leaves the client's own certificate out.
    PeerCertificate peer(openssl(self));
    return certificate_list(chain, as_connection(self)->server_side ? peer.get() : nullptr);
}
// _SSLSocket.get_verified_chain()
Fallible<Ref<>> connection_get_verified_chain(Object* self) {
    STACK_OF(X509)* chain = SSL_get0_verified_chain(openssl(self));
    if (!chain) return share(none());
    return certificate_list(chain, nullptr);
}

Fallible<Ref<>> connection_get_context(Object* self) {
    return share(static_cast<Object*>(as_connection(self)->context));
}
Fallible<void> connection_set_context(Object* object, Object* value) {
    Connection* self = as_connection(object);
    if (!value || !is_instance_of(value, context_type)) return raise(exc::TypeError, "The value must be a SSLContext");
    replace_slot(self->context, new_reference(as_context(value)));
    SSL_set_SSL_CTX(self->connection, self->context->context);
    SSL_set_msg_callback(self->connection, self->context->message_callback ? message_callback : nullptr);
    return {};
}
Fallible<Ref<>> connection_get_server_side(Object* self) {
    return bool_from(as_connection(self)->server_side);
}
Fallible<Ref<>> connection_get_server_hostname(Object* self) {
    Str* name = as_connection(self)->server_hostname;
    return share(name ? static_cast<Object*>(name) : none());
}
Fallible<Ref<>> connection_get_owner(Object* self) {
    Ref<> owner = as_connection(self)->owner ? weakref_get(as_connection(self)->owner) : Ref<>();
    return owner ? std::move(owner) : share(none());
}
Fallible<void> connection_set_owner(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    replace_slot(as_connection(self)->owner, TRY(weakref_new(value, nullptr)).release());
    return {};
}
Fallible<Ref<>> connection_get_session(Object* self) {
    return session_of(as_connection(self));
}
Fallible<void> connection_set_session(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    return set_session(as_connection(self), value);
}
Fallible<Ref<>> connection_get_session_reused(Object* self) {
    return bool_from(SSL_session_reused(openssl(self)));
}

MethodDef connection_methods[] = {
    METHOD_NOARGS("do_handshake", connection_do_handshake, "($self, /)", "Performs the handshake."),
    METHOD_O("write", connection_write, "($self, b, /)", "Writes bytes; how many of them."),
    METHOD_FAST_UNSIGNED("read", connection_read, "read(size, [buffer])\nReads at most so many bytes, into the buffer if there is one."),
    METHOD_NOARGS("pending", connection_pending, "($self, /)", "How many bytes can be read without waiting."),
    METHOD("getpeercert", connection_getpeercert, "($self, der=False, /)", "The certificate of the other side."),
    METHOD("get_channel_binding", connection_get_channel_binding, "($self, /, cb_type=\'tls-unique\')", "Data that binds to this channel."),
    METHOD_NOARGS("cipher", connection_cipher, "($self, /)", "The cipher in use."),
    METHOD_NOARGS("shared_ciphers", connection_shared_ciphers, "($self, /)", "The ciphers to choose from."),
    METHOD_NOARGS("version", connection_version, "($self, /)", "The protocol version in use."),
    METHOD_NOARGS("selected_alpn_protocol", connection_selected_alpn_protocol, "($self, /)", "The protocol that ALPN agreed on."),
    METHOD_NOARGS("compression", connection_compression, "($self, /)", "The compression in use."),
    METHOD_NOARGS("shutdown", connection_shutdown, "($self, /)", "Ends the connection; the socket below it."),
    METHOD_NOARGS("verify_client_post_handshake", connection_verify_client_post_handshake, "($self, /)",
                  "Asks the client for a certificate (TLS 1.3)."),
    METHOD_NOARGS("get_unverified_chain", connection_get_unverified_chain, "($self, /)", "The certificates as the other side sent them."),
    METHOD_NOARGS("get_verified_chain", connection_get_verified_chain, "($self, /)", "The certificates as they were verified."),
    END_ROW,
};
GetSetDef connection_getset[] = {
    GETTER_SETTER("context", connection_get_context, connection_set_context, "The context; setting it changes the certificates."),
    GETTER("server_side", connection_get_server_side, "Whether this is a server-side socket."),
    GETTER("server_hostname", connection_get_server_hostname, "The currently set server hostname (for SNI)."),
    GETTER_SETTER("owner", connection_get_owner, connection_set_owner, "The object that callbacks are given."),
    GETTER_SETTER("session", connection_get_session, connection_set_session, "The session."),
    GETTER("session_reused", connection_get_session_reused, "Was the client session reused during handshake?"),
    END_ROW,
};

}  // namespace

Fallible<Ref<>> connection_new(Context* context, const ConnectionArguments& arguments) {
    auto given = [](Object* object) { return object && !is_none(object); };
    if (arguments.socket && !is_instance_of(arguments.socket, socket_type))
        return raise(exc::TypeError, "_wrap_socket() argument 'sock' must be _socket.socket, not %N", arguments.socket);
    if (arguments.server_side && context->protocol == kProtocolClient)
        return raise_plain("Cannot create a server socket with a PROTOCOL_TLS_CLIENT context");
    if (!arguments.server_side && context->protocol == kProtocolServer)
        return raise_plain("Cannot create a client socket with a PROTOCOL_TLS_SERVER context");
    Ref<Bytes> hostname;
    if (given(arguments.server_hostname)) hostname = TRY(hostname_bytes(arguments.server_hostname));
    Ref<Connection> self = TRY(instance_new<Connection>(&connection_type));
    self->context = new_reference(context);
    self->server_side = arguments.server_side;
    ERR_clear_error();
    {
        Released released;
        self->connection = SSL_new(context->context);
    }
    if (!self->connection) return raise_queued();
    SSL_set_app_data(self->connection, self.get());
    TRY(attach(self.get(), arguments));
    SSL_set_mode(self->connection, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    set_post_handshake_auth(self.get());
    if (hostname) TRY(set_server_hostname(self.get(), hostname->view()));
    if (arguments.server_side)
        SSL_set_accept_state(self->connection);
    else
        SSL_set_connect_state(self->connection);
    if (given(arguments.owner)) TRY(connection_set_owner(self.get(), arguments.owner));
    if (given(arguments.session)) TRY(set_session(self.get(), arguments.session));
    return self;
}

constinit Type connection_type = static_type({
    .name = "_ssl._SSLSocket",
    .basic_size = sizeof(Connection),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = connection_dealloc,
    .traverse = traverse_members<&Connection::context, &Connection::callback_error>,
    .clear = clear_members<&Connection::callback_error>,
    .methods = connection_methods,
    .getset = connection_getset,
});

}  // namespace py::ssl
