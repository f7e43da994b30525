// _ssl._SSLContext: the attributes that say how its connections behave. Callbacks are in ssl_callbacks.cpp.
#include <openssl/x509v3.h>

#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"

namespace py::ssl {

namespace {

// TLSVersion's ends.
enum Version : int { kMinimumSupported = -2, kMaximumSupported = -1 };

SSL_CTX* openssl_context(Object* self) {
    return as_context(self)->context;
}

Fallible<Ref<>> get_check_hostname(Object* self) {
    return bool_from(as_context(self)->check_hostname);
}
Fallible<void> set_check_hostname(Object* object, Object* value) {
    TRY(refuse_deletion(value));
    Context* self = as_context(object);
    bool check = TRY(is_true(value));
    if (check && SSL_CTX_get_verify_mode(self->context) == SSL_VERIFY_NONE) TRY(set_verify_mode(self, kVerifyRequired));
    self->check_hostname = check;
    return {};
}
Fallible<Ref<>> get_host_flags(Object* self) {
    return int_from(int64_t(as_context(self)->host_flags));
}
Fallible<void> set_host_flags(Object* object, Object* value) {
    TRY(refuse_deletion(value));
    Context* self = as_context(object);
    Ref<Int> number = TRY(index(value));
    self->host_flags = unsigned(as_uint64_masked(number.get()));
    X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(self->context), self->host_flags);
    return {};
}

// A bound of the protocol versions. Which end of the range stands for 0, "no bound", tells the two apart.
Fallible<int> version_argument(Object* object, Object* value) {
    TRY(refuse_deletion(value));
    int version = TRY(as_c_int(value));
    int protocol = as_context(object)->protocol;
    if (protocol != kProtocolTls && protocol != kProtocolClient && protocol != kProtocolServer)
        return raise(exc::ValueError, "The context's protocol doesn't support modification of highest and lowest version.");
    const char* old = version == SSL3_VERSION     ? "SSLv3"
                      : version == TLS1_VERSION   ? "TLSv1"
                      : version == TLS1_1_VERSION ? "TLSv1_1"
                                                  : nullptr;
    if (old) TRY(warn(exc::DeprecationWarning, 2, "ssl.TLSVersion.%s is deprecated", old));
    return version;
}
Fallible<Ref<>> get_minimum_version(Object* self) {
    long version = SSL_CTX_get_min_proto_version(openssl_context(self));
    return int_from(version ? version : long(kMinimumSupported));
}
Fallible<void> set_minimum_version(Object* self, Object* value) {
    int version = TRY(version_argument(self, value));
    int bound = version == kMinimumSupported ? 0 : version == kMaximumSupported ? TLS1_3_VERSION : version;
    if ((version == 0 || !SSL_CTX_set_min_proto_version(openssl_context(self), bound)))
        return raise(exc::ValueError, "Unsupported TLS/SSL version 0x%x", version);
    return {};
}
Fallible<Ref<>> get_maximum_version(Object* self) {
    long version = SSL_CTX_get_max_proto_version(openssl_context(self));
    return int_from(version ? version : long(kMaximumSupported));
}
Fallible<void> set_maximum_version(Object* self, Object* value) {
    int version = TRY(version_argument(self, value));
    int bound = version == kMaximumSupported ? 0 : version == kMinimumSupported ? TLS1_VERSION : version;
    if (version == 0 || !SSL_CTX_set_max_proto_version(openssl_context(self), bound))
        return raise(exc::ValueError, "Unsupported TLS/SSL version 0x%x", version);
    return {};
}

Fallible<Ref<>> get_num_tickets(Object* self) {
    return int_from(int64_t(SSL_CTX_get_num_tickets(openssl_context(self))));
}
Fallible<void> set_num_tickets(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    int64_t count = TRY(as_int64(value));
    if (count < 0) return raise(exc::ValueError, "value must be non-negative");
    if (as_context(self)->protocol != kProtocolServer) return raise(exc::ValueError, "SSLContext is not a server context.");
    if (!SSL_CTX_set_num_tickets(openssl_context(self), size_t(count))) return raise(exc::ValueError, "failed to set num tickets.");
    return {};
}

Fallible<Ref<>> get_options(Object* self) {
    return int_from(int64_t(SSL_CTX_get_options(openssl_context(self))));
}
Fallible<void> set_options(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    uint64_t wanted = uint64_t(TRY(as_int64(value)));
    uint64_t now = SSL_CTX_get_options(openssl_context(self));
    uint64_t clear = now & ~wanted, set = ~now & wanted;
    constexpr uint64_t kNoVersion =
        SSL_OP_NO_SSLv2 | SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3;
    if (set & kNoVersion) TRY(warn(exc::DeprecationWarning, 2, "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated"));
    if (clear) SSL_CTX_clear_options(openssl_context(self), clear);
    if (set) SSL_CTX_set_options(openssl_context(self), set);
    return {};
}

Fallible<Ref<>> get_post_handshake_auth(Object* self) {
    return bool_from(as_context(self)->post_handshake_auth);
}
Fallible<void> set_post_handshake_auth(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    // The option for connections is set when they are made: OpenSSL's for contexts would count for servers as well.
    as_context(self)->post_handshake_auth = TRY(is_true(value));
    return {};
}
Fallible<Ref<>> get_protocol(Object* self) {
    return int_from(as_context(self)->protocol);
}
Fallible<Ref<>> get_verify_flags(Object* self) {
    return int_from_unsigned(X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(openssl_context(self))));
}
Fallible<void> set_verify_flags(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    if (!is_int(value)) return raise(exc::TypeError, "argument must be int, not %T", value);
    auto wanted = static_cast<unsigned long>(as_uint64_masked(as_int(value)));
    X509_VERIFY_PARAM* parameters = SSL_CTX_get0_param(openssl_context(self));
    unsigned long now = X509_VERIFY_PARAM_get_flags(parameters);
    unsigned long clear = now & ~wanted, set = ~now & wanted;
    if (clear && !X509_VERIFY_PARAM_clear_flags(parameters, clear)) return raise_queued();
    if (set && !X509_VERIFY_PARAM_set_flags(parameters, set)) return raise_queued();
    return {};
}
Fallible<Ref<>> get_verify_mode(Object* self) {
    switch (SSL_CTX_get_verify_mode(openssl_context(self)) & (SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT)) {
        case SSL_VERIFY_NONE: return int_from(kVerifyNone);
        case SSL_VERIFY_PEER: return int_from(kVerifyOptional);
        default: return int_from(kVerifyRequired);
    }
}
Fallible<void> set_verify_mode_attribute(Object* self, Object* value) {
    TRY(refuse_deletion(value));
    int mode = TRY(as_c_int(value));
    if (mode == kVerifyNone && as_context(self)->check_hostname)
        return raise(exc::ValueError, "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
    return set_verify_mode(as_context(self), mode);
}
Fallible<Ref<>> get_security_level(Object* self) {
    return int_from(SSL_CTX_get_security_level(openssl_context(self)));
}

}  // namespace

Fallible<void> set_verify_mode(Context* context, int mode) {
    int flags;
    switch (mode) {
        case kVerifyNone: flags = SSL_VERIFY_NONE; break;
        case kVerifyOptional: flags = SSL_VERIFY_PEER; break;
        case kVerifyRequired: flags = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT; break;
        default: return raise(exc::ValueError, "invalid value for verify_mode");
    }
    SSL_CTX_set_verify(context->context, flags, SSL_CTX_get_verify_callback(context->context));
    return {};
}

GetSetDef context_getset[] = {
    GETTER_SETTER("check_hostname", get_check_hostname, set_check_hostname, nullptr),
    GETTER_SETTER("_host_flags", get_host_flags, set_host_flags, nullptr),
    GETTER_SETTER("minimum_version", get_minimum_version, set_minimum_version, nullptr),
    GETTER_SETTER("maximum_version", get_maximum_version, set_maximum_version, nullptr),
    GETTER_SETTER("keylog_filename", context_get_keylog_filename, context_set_keylog_filename, nullptr),
    GETTER_SETTER("_msg_callback", context_get_msg_callback, context_set_msg_callback, nullptr),
    GETTER_SETTER("sni_callback", context_get_sni_callback, context_set_sni_callback,
                  "What is called when a client names the server it wants: sni_callback(connection, name, context)."),
    GETTER_SETTER("num_tickets", get_num_tickets, set_num_tickets, "Control the number of TLSv1.3 session tickets"),
    GETTER_SETTER("options", get_options, set_options, nullptr),
    GETTER_SETTER("post_handshake_auth", get_post_handshake_auth, set_post_handshake_auth, nullptr),
    GETTER("protocol", get_protocol, nullptr),
    GETTER_SETTER("verify_flags", get_verify_flags, set_verify_flags, nullptr),
    GETTER_SETTER("verify_mode", get_verify_mode, set_verify_mode_attribute, nullptr),
    GETTER("security_level", get_security_level, "The current security level"),
    END_ROW,
};

}  // namespace py::ssl
