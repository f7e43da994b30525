// _ssl._SSLContext: making contexts, ciphers, protocols, and the type. See ssl_context_settings.cpp and ssl_context_load.cpp.
#define OPENSSL_SUPPRESS_DEPRECATED  // TLSv1_method and its like: PROTOCOL_TLSv1 asks for them
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <climits>
#include <cstdlib>
#include <cstring>

#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/member_slots.h"

namespace py::ssl {

namespace {

struct ProtocolRow {
    int protocol;
    const char* deprecated;  // its name, when it is
    const SSL_METHOD* (*method)();
};
constexpr ProtocolRow kProtocols[] = {
    {kProtocolTls, "PROTOCOL_TLS", TLS_method},
    {kProtocolTls1, "PROTOCOL_TLSv1", TLSv1_method},
    {kProtocolTls1_1, "PROTOCOL_TLSv1_1", TLSv1_1_method},
    {kProtocolTls1_2, "PROTOCOL_TLSv1_2", TLSv1_2_method},
    {kProtocolClient, nullptr, TLS_client_method},
    {kProtocolServer, nullptr, TLS_server_method},
};

Fallible<void> set_defaults(Context* self) {
    SSL_CTX* context = self->context;
    uint64_t options = SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS;
    options |= SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_SINGLE_DH_USE | SSL_OP_SINGLE_ECDH_USE |
               SSL_OP_IGNORE_UNEXPECTED_EOF;
    SSL_CTX_set_options(context, options);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    constexpr unsigned char kSessionContext[] = "Python";
    SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext);
    X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_hostflags(parameters, self->host_flags);
    SSL_CTX_set_post_handshake_auth(context, 0);
    return set_verify_mode(self, self->check_hostname ? kVerifyRequired : kVerifyNone);
}
// _SSLContext(protocol, /)
Fallible<Ref<>> context_new(Type* type, Object* const* a) {
    int protocol = TRY(as_c_int(a[0]));
    const ProtocolRow* row = nullptr;
    for (const ProtocolRow& each : kProtocols)
        if (each.protocol == protocol) row = &each;
    if (!row) return raise(exc::ValueError, "invalid or unsupported protocol version %d", protocol);
    if (row->deprecated) TRY(warn(exc::DeprecationWarning, 2, "ssl.%s is deprecated", row->deprecated));
    Ref<Context> self = TRY(instance_new<Context>(type));
    {
        Released released;
        self->context = SSL_CTX_new(row->method());
    }
    if (!self->context) return raise_queued();
    self->protocol = protocol;
    self->host_flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    self->check_hostname = protocol == kProtocolClient;
    TRY(set_defaults(self.get()));
    ERR_clear_error();
    return self;
}
int context_clear(Object* object) {
    clear_slot(as_context(object)->sni_callback);
    clear_slot(as_context(object)->message_callback);
    return 0;
}
void context_dealloc(Object* object) {
    Context* self = as_context(object);
    gc_untrack(self);
    if (self->context) {
        // Connections that changed to another context, and sessions, keep OpenSSL's part: it must not call this object any more.
        SSL_CTX_set_keylog_callback(self->context, nullptr);
        SSL_CTX_set_tlsext_servername_callback(self->context, nullptr);
        SSL_CTX_set_alpn_select_cb(self->context, nullptr, nullptr);
    }
    context_clear(self);
    clear_slot(self->keylog_filename);
    if (self->keylog) BIO_free_all(self->keylog);
    SSL_CTX_free(self->context);
    std::free(self->protocols);
    object_memory_free(self);
}

// SSLContext._wrap_socket(sock, server_side, server_hostname=None, *, owner=None, session=None)
Fallible<Ref<>> context_wrap_socket(Object* self, Object* const* a) {
    ConnectionArguments arguments;
    arguments.socket = a[0];
    arguments.server_side = TRY(is_true(a[1]));
    arguments.server_hostname = a[2];
    arguments.owner = a[3];
    arguments.session = a[4];
    return connection_new(as_context(self), arguments);
}
// SSLContext._wrap_bio(incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)
Fallible<Ref<>> context_wrap_bio(Object* self, Object* const* a) {
    for (int i = 0; i < 2; ++i)
        if (!is_instance_of(a[i], memory_bio_type))
            return raise(exc::TypeError, "_wrap_bio() argument '%s' must be _ssl.MemoryBIO, not %N", i ? "outgoing" : "incoming", a[i]);
    ConnectionArguments arguments;
    arguments.incoming = a[0];
    arguments.outgoing = a[1];
    arguments.server_side = TRY(is_true(a[2]));
    arguments.server_hostname = a[3];
    arguments.owner = a[4];
    arguments.session = a[5];
    return connection_new(as_context(self), arguments);
}

// SSLContext.set_ciphers(cipherlist, /)
Fallible<Ref<>> context_set_ciphers(Object* self, Object* list) {
    if (!is_str(list)) return raise(exc::TypeError, "set_ciphers() argument must be str, not %N", list);
    std::string_view text = TRY(str_utf8(as_str(list)));
    if (!SSL_CTX_set_cipher_list(as_context(self)->context, text.data())) return raise_message("No cipher can be selected.");
    return share(none());
}
Fallible<void> add_text(Dict* dict, const char* key, const char* text) {
    Ref<> value = TRY(text_or_none(text));
    return dict_set(dict, key, value.get());
}
Fallible<void> add_number(Dict* dict, const char* key, int64_t number) {
    Ref<Int> value = TRY(int_from(number));
    return dict_set(dict, key, value.get());
}
const char* long_name(int nid) {
    return nid == NID_undef ? nullptr : OBJ_nid2ln(nid);
}
Fallible<Ref<>> describe_cipher(const SSL_CIPHER* cipher) {
    Ref<Dict> dict = TRY(dict_new());
    int algorithm_bits = 0;
    int strength = SSL_CIPHER_get_bits(cipher, &algorithm_bits);
    char description[512];
    SSL_CIPHER_description(cipher, description, sizeof description);
    description[std::strcspn(description, "\n")] = 0;
    TRY(add_number(dict.get(), "id", SSL_CIPHER_get_id(cipher)));
    TRY(add_text(dict.get(), "name", SSL_CIPHER_get_name(cipher)));
    TRY(add_text(dict.get(), "protocol", SSL_CIPHER_get_version(cipher)));
    TRY(add_text(dict.get(), "description", description));
    TRY(add_number(dict.get(), "strength_bits", strength));
    TRY(add_number(dict.get(), "alg_bits", algorithm_bits));
    TRY(dict_set(dict.get(), "aead", bool_object(SSL_CIPHER_is_aead(cipher))));
    TRY(add_text(dict.get(), "symmetric", long_name(SSL_CIPHER_get_cipher_nid(cipher))));
    TRY(add_text(dict.get(), "digest", long_name(SSL_CIPHER_get_digest_nid(cipher))));
    TRY(add_text(dict.get(), "kea", long_name(SSL_CIPHER_get_kx_nid(cipher))));
    TRY(add_text(dict.get(), "auth", long_name(SSL_CIPHER_get_auth_nid(cipher))));
    return dict;
}
Fallible<Ref<List>> describe_ciphers(STACK_OF(SSL_CIPHER) * ciphers) {
    Ref<List> list = TRY(list_new(0));
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i)
        TRY(list_append_steal(list.get(), TRY(describe_cipher(sk_SSL_CIPHER_value(ciphers, i)))));
    return list;
}
// SSLContext.get_ciphers()
Fallible<Ref<>> context_get_ciphers(Object* self) {
    SSL* connection = SSL_new(as_context(self)->context);
    if (!connection) return raise_queued();
    auto list = describe_ciphers(SSL_get_ciphers(connection));
    SSL_free(connection);
    return list;
}

// SSLContext._set_alpn_protocols(protos, /)
Fallible<Ref<>> context_set_alpn_protocols(Object* object, Object* protocols) {
    Context* self = as_context(object);
    BufferView view;
    TRY(view.open(protocols));
    if (view.size() > UINT_MAX) return raise(exc::OverflowError, "protocols longer than %u bytes", UINT_MAX);
    auto copy = static_cast<unsigned char*>(std::malloc(size_t(view.size()) + 1));
    if (!copy) return raise_memory_error();
    std::memcpy(copy, view.data(), size_t(view.size()));
    std::free(std::exchange(self->protocols, copy));
    self->protocols_size = unsigned(view.size());
    if (SSL_CTX_set_alpn_protos(self->context, self->protocols, self->protocols_size)) return raise_memory_error();
    SSL_CTX_set_alpn_select_cb(self->context, select_protocol, self);
    return share(none());
}
// SSLContext.set_ecdh_curve(name, /)
Fallible<Ref<>> context_set_ecdh_curve(Object* self, Object* name) {
    Ref<Bytes> text = TRY(path_to_bytes(name));
    int nid = OBJ_sn2nid(text->data);
    if (nid == NID_undef) return raise(exc::ValueError, "unknown elliptic curve name %R", name);
    if (!SSL_CTX_set1_groups(as_context(self)->context, &nid, 1)) return raise_queued();
    return share(none());
}
// SSLContext.session_stats()
Fallible<Ref<>> context_session_stats(Object* self) {
    SSL_CTX* context = as_context(self)->context;
    const struct {
        const char* name;
        long count;
    } rows[] = {
        {"number", SSL_CTX_sess_number(context)},
        {"connect", SSL_CTX_sess_connect(context)},
        {"connect_good", SSL_CTX_sess_connect_good(context)},
        {"connect_renegotiate", SSL_CTX_sess_connect_renegotiate(context)},
        {"accept", SSL_CTX_sess_accept(context)},
        {"accept_good", SSL_CTX_sess_accept_good(context)},
        {"accept_renegotiate", SSL_CTX_sess_accept_renegotiate(context)},
        {"hits", SSL_CTX_sess_hits(context)},
        {"misses", SSL_CTX_sess_misses(context)},
        {"timeouts", SSL_CTX_sess_timeouts(context)},
        {"cache_full", SSL_CTX_sess_cache_full(context)},
    };
    Ref<Dict> stats = TRY(dict_new());
    for (auto& row : rows) TRY(add_number(stats.get(), row.name, row.count));
    return stats;
}

MethodDef methods[] = {
    METHOD("_wrap_socket", context_wrap_socket,
           "($self, /, sock, server_side, server_hostname=None, *,\n             owner=None, session=None)", "A connection over a socket."),
    METHOD("_wrap_bio", context_wrap_bio,
           "($self, /, incoming, outgoing, server_side,\n          server_hostname=None, *, owner=None, session=None)",
           "A connection over memory BIOs."),
    METHOD_O("set_ciphers", context_set_ciphers, "($self, cipherlist, /)", "Sets the ciphers, in OpenSSL's notation."),
    METHOD_O("_set_alpn_protocols", context_set_alpn_protocols, "($self, protos, /)", "Sets the protocols for ALPN, as they are sent."),
    METHOD("load_cert_chain", context_load_cert_chain, "($self, /, certfile, keyfile=None, password=None)",
           "Loads a private key and its certificates."),
    METHOD_O("load_dh_params", context_load_dh_params, "($self, path, /)", "Loads Diffie-Hellman parameters."),
    METHOD("load_verify_locations", context_load_verify_locations, "($self, /, cafile=None, capath=None, cadata=None)",
           "Loads the authorities to trust."),
    METHOD_NOARGS("session_stats", context_session_stats, "($self, /)", "Counts of sessions."),
    METHOD_NOARGS("set_default_verify_paths", context_set_default_verify_paths, "($self, /)", "Trusts the system's authorities."),
    METHOD_O("set_ecdh_curve", context_set_ecdh_curve, "($self, name, /)", "Sets the curve of the key exchange."),
    METHOD_NOARGS("cert_store_stats", context_cert_store_stats, "($self, /)", "Counts of what the certificate store holds."),
    METHOD("get_ca_certs", context_get_ca_certs, "($self, /, binary_form=False)", "The authorities that are loaded."),
    METHOD_NOARGS("get_ciphers", context_get_ciphers, "($self, /)", "Describes the ciphers."),
    END_ROW,
};

}  // namespace

Fallible<Ref<>> text_or_none(const char* text) {
    if (!text) return share(none());
    return str_from_utf8(text);
}

constinit Type context_type = static_type({
    .name = "_ssl._SSLContext",
    .basic_size = sizeof(Context),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .dealloc = context_dealloc,
    .traverse = traverse_members<&Context::sni_callback, &Context::message_callback>,
    .clear = context_clear,
    .methods = methods,
    .getset = context_getset,
    .new_ = Bound<context_new, "_SSLContext", "(protocol, /)">::new_,
});

}  // namespace py::ssl
