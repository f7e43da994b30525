// _ssl, split by idea: contexts, connections, certificates, memory BIOs, sessions, and errors.
#pragma once

#include <openssl/ssl.h>

#include "interp/runtime/thread.h"
#include "interp/objects/bytes.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {
struct Socket;
}

namespace py::ssl {

// _ssl._SSLContext
struct Context : Object {
    SSL_CTX* context;
    unsigned char* protocols;  // ALPN, as sent
    unsigned protocols_size;
    int protocol;  // PROTOCOL_…
    unsigned host_flags;
    bool check_hostname, post_handshake_auth;
    Object *sni_callback, *message_callback;
    Str* keylog_filename;
    BIO* keylog;
};
// _ssl._SSLSocket
struct Connection : Object {
    SSL* connection;
    Object* socket;  // weak reference, or null with memory BIOs
    Context* context;
    bool server_side, shutdown_seen_zero;
    Object* owner;  // weak reference or null
    Str* server_hostname;
    Object* callback_error;  // an exception that a callback raised during the running operation
};
// _ssl.MemoryBIO
struct MemoryBio : Object {
    BIO* bio;
    bool eof_written;
};
// _ssl.SSLSession
struct Session : Object {
    SSL_SESSION* session;
    Context* context;
};
// _ssl.Certificate
struct Certificate : Object {
    X509* certificate;
    Hash hash_value;  // -1: not computed
};
inline Context* as_context(Object* object) { return static_cast<Context*>(object); }
inline Connection* as_connection(Object* object) { return static_cast<Connection*>(object); }
inline MemoryBio* as_memory_bio(Object* object) { return static_cast<MemoryBio*>(object); }
extern Type context_type, connection_type, memory_bio_type, session_type, certificate_type;

enum Protocol : int { kProtocolTls = 2, kProtocolTls1, kProtocolTls1_1, kProtocolTls1_2, kProtocolClient = 16, kProtocolServer };
enum Verify : int { kVerifyNone, kVerifyOptional, kVerifyRequired };
enum Encoding : int { kEncodingPem = 1, kEncodingDer = 2 };

// Errors (ssl_errors.cpp).
enum ErrorNumber : int {
    kErrorNone, kErrorSsl, kErrorWantRead, kErrorWantWrite, kErrorWantX509Lookup, kErrorSyscall, kErrorZeroReturn, kErrorWantConnect,
    kErrorEof, kErrorInvalid = 10,
};
extern Object *error_type, *certificate_error_type, *zero_return_error_type, *want_read_error_type, *want_write_error_type,
    *syscall_error_type, *eof_error_type;
Fallible<void> add_errors(Module* module);
// SSLError from the last error in the queue, which is emptied; `message` null: the library's words.
[[gnu::cold]] Raised raise_queued(const char* message = nullptr, int line = __builtin_LINE());
// SSLError(number, message) without library and reason.
[[gnu::cold]] Raised raise_plain(const char* message, int line = __builtin_LINE());
// SSLError(message): one argument only.
[[gnu::cold]] Raised raise_message(const char* message);
// What SSL_get_error and errno said right after an operation, before anything else could change them.
struct Outcome {
    int result = 0, ssl = 0, system = 0;
};
// The exception for a failed operation on a connection; a callback's own exception goes before it.
[[gnu::cold]] Raised raise_for(Connection* connection, const Outcome& outcome, int line = __builtin_LINE());
// OSError(errno) where a file was the trouble, else the queue's error.
[[gnu::cold]] Raised raise_file_or_queued(int system_error, int line = __builtin_LINE());

using Released = GilReleased;
using Callback = GilEnsured;

// Certificates (ssl_certificate.cpp).
Fallible<Ref<>> decode_certificate(X509* certificate);  // the dict of getpeercert()
Fallible<Ref<Bytes>> certificate_der(X509* certificate);
Fallible<Ref<>> certificate_new(X509* certificate);  // shares the certificate
Fallible<Ref<>> certificate_list(STACK_OF(X509) * stack, X509* first_or_null);

// Contexts: files (ssl_context_load.cpp), settings (ssl_context_settings.cpp), callbacks (ssl_callbacks.cpp). Rows of the tables.
extern GetSetDef context_getset[];
Fallible<Ref<>> context_load_cert_chain(Object* self, Object* const* bound);
Fallible<Ref<>> context_load_verify_locations(Object* self, Object* const* bound);
Fallible<Ref<>> context_load_dh_params(Object* self, Object* path);
Fallible<Ref<>> context_get_ca_certs(Object* self, Object* const* bound);
Fallible<Ref<>> context_cert_store_stats(Object* self);
Fallible<Ref<>> context_set_default_verify_paths(Object* self);
Fallible<Ref<>> context_get_sni_callback(Object* self);
Fallible<void> context_set_sni_callback(Object* self, Object* value);
Fallible<Ref<>> context_get_msg_callback(Object* self);
Fallible<void> context_set_msg_callback(Object* self, Object* value);
Fallible<Ref<>> context_get_keylog_filename(Object* self);
Fallible<void> context_set_keylog_filename(Object* self, Object* value);
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* client, unsigned client_size,
                    void* context);
void message_callback(int write, int version, int content_type, const void* data, size_t size, SSL* connection, void*);
extern "C" void keylog_callback(const SSL* connection, const char* line);
Fallible<void> set_verify_mode(Context* context, int mode);

// Connections (ssl_connection.cpp, ssl_connection_io.cpp).
struct ConnectionArguments {
    Object *socket = nullptr, *incoming = nullptr, *outgoing = nullptr;
    bool server_side = false;
    Object *server_hostname = nullptr, *owner = nullptr, *session = nullptr;
};
Fallible<Ref<>> connection_new(Context* context, const ConnectionArguments& arguments);
Fallible<Ref<>> connection_do_handshake(Object* self);
Fallible<Ref<>> connection_read(Object* self, Object* const* args, ssize_t count);
Fallible<Ref<>> connection_write(Object* self, Object* data);
Fallible<Ref<>> connection_shutdown(Object* self);
Fallible<Ref<>> connection_pending(Object* self);
Fallible<Ref<>> session_of(Connection* connection);
Fallible<void> set_session(Connection* connection, Object* session);

// A text of the library (UTF-8, or bytes of Latin-1 where it is not), None for null.
Fallible<Ref<>> text_or_none(const char* text);

}  // namespace py::ssl
