// _ssl: what OpenSSL calls back: protocol and server name selection, messages, secrets to log.
#include <openssl/err.h>

#include <cerrno>
#include <cstdio>

#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"

namespace py::ssl {

namespace {

Connection* connection_of(const SSL* connection) {
    return static_cast<Connection*>(SSL_get_app_data(connection));
}
// Keeps the pending exception until the operation that called back is over; the first one counts.
void keep_error(Connection* connection) {
    Ref<BaseException> error = fetch_exception();
    if (!connection->callback_error) connection->callback_error = error.release();
}
// What callbacks know a connection as: its owner, else the connection itself.
Ref<> public_object(Connection* connection) {
    if (connection->owner) return weakref_get(connection->owner);
    if (connection->socket) return weakref_get(connection->socket);
    return share(static_cast<Object*>(connection));
}

// The SSLError.alert number that the Python callback returned, or SSL_TLSEXT_ERR_OK.
Fallible<int> ask_for_server_name(Context* context, Connection* connection, const char* name, int* alert) {
    Ref<> object = public_object(connection), text = share(none());
    *alert = SSL_AD_INTERNAL_ERROR;
    if (!object) return SSL_TLSEXT_ERR_ALERT_FATAL;
    if (name) text = TRY(bytes_decode(name, "ascii", nullptr));
    auto answered = call(context->sni_callback, object.get(), text.get(), static_cast<Object*>(context));
    *alert = SSL_AD_HANDSHAKE_FAILURE;
    if (!answered.ok()) return raised;
    Ref<> answer = answered.take();
    if (is_none(answer.get())) return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_INTERNAL_ERROR;
    *alert = TRY(as_c_int(answer.get()));
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}
int server_name_callback(SSL* connection, int* alert, void* argument) {
    auto context = static_cast<Context*>(argument);
    Callback held;
    Ref<> alive = share(static_cast<Object*>(context));  // the callback may set another one
    if (!context->sni_callback) return SSL_TLSEXT_ERR_OK;
    auto result = ask_for_server_name(context, connection_of(connection), SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name), alert);
    if (result.ok()) return result.take();
    write_unraisable(context->sni_callback);
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// The first byte that tells what a message of the content type is; headers carry their own version.
int message_type(int content_type, const unsigned char* data, size_t size, int* version) {
    switch (content_type) {
        case SSL3_RT_CHANGE_CIPHER_SPEC: return SSL3_MT_CHANGE_CIPHER_SPEC;
        case SSL3_RT_ALERT: return size > 1 ? data[1] : -1;
        case SSL3_RT_HANDSHAKE:
        case SSL3_RT_INNER_CONTENT_TYPE: return size > 0 ? data[0] : -1;
        case SSL3_RT_HEADER:
            if (size > 2) *version = data[1] << 8 | data[2];
            return size > 0 ? data[0] : -1;
        default: return -1;
    }
}
Fallible<void> report_message(Connection* connection, int write, int version, int content_type, std::string_view data) {
    Ref<> object = connection->owner ? weakref_get(connection->owner) : share(static_cast<Object*>(connection));
    if (!object) object = share(none());
    int kind = message_type(content_type, reinterpret_cast<const unsigned char*>(data.data()), data.size(), &version);
    Ref<Str> direction = TRY(str_from_ascii(write ? "write" : "read"));
    Ref<Int> version_object = TRY(int_from(version)), content = TRY(int_from(content_type)), kind_object = TRY(int_from(kind));
    Ref<Bytes> bytes = TRY(bytes_from(data));
    TRY(call(connection->context->message_callback, object.get(), static_cast<Object*>(direction.get()),
             static_cast<Object*>(version_object.get()), static_cast<Object*>(content.get()), static_cast<Object*>(kind_object.get()),
             static_cast<Object*>(bytes.get())));
    return {};
}

Fallible<void> check_callable(Object* value) {
    if (!is_callable(value)) return raise(exc::TypeError, "not a callable object");
    return {};
}

}  // namespace

int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* client, unsigned client_size,
                    void* argument) {
    auto context = static_cast<Context*>(argument);
    auto own = context->protocols ? context->protocols : reinterpret_cast<const unsigned char*>("");
    int status = SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, own, context->protocols_size, client, client_size);
    return status == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void message_callback(int write, int version, int content_type, const void* data, size_t size, SSL* connection, void*) {
    Callback held;
    Connection* self = connection_of(connection);
    if (!self || !self->context->message_callback) return;
    if (!report_message(self, write, version, content_type, {static_cast<const char*>(data), size}).ok()) keep_error(self);
}

extern "C" void keylog_callback(const SSL* connection, const char* line) {
    Callback held;
    Connection* self = connection_of(connection);
    if (!self || !self->context->keylog) return;
    if (BIO_printf(self->context->keylog, "%s\n", line) < 0) {
        (void)raise_os_error(errno, self->context->keylog_filename);
        keep_error(self);
    }
    BIO_flush(self->context->keylog);
}

Fallible<Ref<>> context_get_sni_callback(Object* self) {
    Object* callback = as_context(self)->sni_callback;
    return share(callback ? callback : none());
}
Fallible<void> context_set_sni_callback(Object* object, Object* value) {
    Context* self = as_context(object);
    TRY(refuse_deletion(value));
    if (self->protocol == kProtocolClient) return raise(exc::ValueError, "sni_callback cannot be set on TLS_CLIENT context");
    clear_slot(self->sni_callback);
    if (is_none(value)) {
        SSL_CTX_set_tlsext_servername_callback(self->context, nullptr);
        return {};
    }
    if (!is_callable(value)) SSL_CTX_set_tlsext_servername_callback(self->context, nullptr);
    TRY(check_callable(value));
    self->sni_callback = new_reference(value);
    SSL_CTX_set_tlsext_servername_callback(self->context, server_name_callback);
    SSL_CTX_set_tlsext_servername_arg(self->context, self);
    return {};
}

Fallible<Ref<>> context_get_msg_callback(Object* self) {
    Object* callback = as_context(self)->message_callback;
    return share(callback ? callback : none());
}
Fallible<void> context_set_msg_callback(Object* object, Object* value) {
    Context* self = as_context(object);
    TRY(refuse_deletion(value));
    clear_slot(self->message_callback);
    SSL_CTX_set_msg_callback(self->context, nullptr);
    if (is_none(value)) return {};
    TRY(check_callable(value));
    self->message_callback = new_reference(value);
    SSL_CTX_set_msg_callback(self->context, message_callback);
    return {};
}

Fallible<Ref<>> context_get_keylog_filename(Object* self) {
    Str* name = as_context(self)->keylog_filename;
    return share(name ? static_cast<Object*>(name) : none());
}
Fallible<void> context_set_keylog_filename(Object* object, Object* value) {
    Context* self = as_context(object);
    TRY(refuse_deletion(value));
    SSL_CTX_set_keylog_callback(self->context, nullptr);
    clear_slot(self->keylog_filename);
    if (BIO* old = std::exchange(self->keylog, nullptr)) {
        Released released;
        BIO_free_all(old);
    }
    if (is_none(value)) return {};
    Ref<Bytes> path = TRY(path_to_bytes(value));
    std::FILE* file = std::fopen(path->data, "abe");
    if (!file) return raise_os_error(errno, value);
    self->keylog = BIO_new_fp(file, BIO_CLOSE | BIO_FP_TEXT);
    if (!self->keylog) return raise_queued("Can't malloc memory for keylog file");
    self->keylog_filename = TRY(str_from_fs(path->view())).release();
    // A new file says what it is.
    std::fseek(file, 0, SEEK_END);
    if (std::ftell(file) == 0) BIO_puts(self->keylog, "# TLS secrets log file, generated by OpenSSL / Python\n");
    BIO_flush(self->keylog);
    SSL_CTX_set_keylog_callback(self->context, keylog_callback);
    return {};
}

}  // namespace py::ssl
