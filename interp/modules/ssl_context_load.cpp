// _ssl._SSLContext: keys, certificates and parameters from files and memory.
#define OPENSSL_SUPPRESS_DEPRECATED  // DH parameters as PEM files hold them
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/runtime/audit.h"

namespace py::ssl {

namespace {

// What a key's password comes from: a text, or a callable that gives one.
struct Password {
    Ref<> callable;
    Ref<Bytes> text;
    Ref<BaseException> error;  // raised while OpenSSL asked
};
Fallible<Ref<Bytes>> password_text(Object* value, const char* otherwise) {
    if (is_str(value)) return str_as_utf8_bytes(as_str(value));
    if (is_bytes(value)) return bytes_from(as_bytes(value)->view());
    if (is_bytearray(value)) return bytes_from(static_cast<ByteArray*>(value)->view());
    return raise(exc::TypeError, "%s", otherwise);
}
Fallible<int> give_password(Password* password, char* buffer, int size) {
    if (password->callable) {
        Ref<> answer = TRY(call(password->callable.get()));
        password->text = TRY(password_text(answer.get(), "password callback must return a string"));
    }
    ssize_t length = password->text->size;
    if (length > size) return raise(exc::ValueError, "password cannot be longer than %d bytes", size);
    std::memcpy(buffer, password->text->data, size_t(length));
    return int(length);
}
int password_callback(char* buffer, int size, int, void* argument) {
    auto password = static_cast<Password*>(argument);
    Callback held;
    auto given = give_password(password, buffer, size);
    if (given.ok()) return given.take();
    password->error = fetch_exception();
    return -1;
}
// A Password at work as the context's way to ask; what was there before comes back with the scope's end.
class PasswordScope {
  public:
    PasswordScope(SSL_CTX* context, Password* password)
        : context_(context), callback_(SSL_CTX_get_default_passwd_cb(context)), data_(SSL_CTX_get_default_passwd_cb_userdata(context)) {
        if (!password->callable && !password->text) return;
        SSL_CTX_set_default_passwd_cb(context, password_callback);
        SSL_CTX_set_default_passwd_cb_userdata(context, password);
    }
    ~PasswordScope() {
        SSL_CTX_set_default_passwd_cb(context_, callback_);
        SSL_CTX_set_default_passwd_cb_userdata(context_, data_);
    }
    PasswordScope(const PasswordScope&) = delete;
    PasswordScope& operator=(const PasswordScope&) = delete;

  private:
    SSL_CTX* context_;
    pem_password_cb* callback_;
    void* data_;
};

Fallible<Ref<Bytes>> file_argument(Object* value, const char* name) {
    auto path = path_to_bytes(value);
    if (!path.ok() && clear_error_if(exc::TypeError)) return raise(exc::TypeError, "%s should be a valid filesystem path", name);
    return path;
}
Raised raise_for_key(Password& password, int system_error, int line = __builtin_LINE()) {
    if (password.error) {
        ERR_clear_error();
        return raise_instance(password.error.get());
    }
    return raise_file_or_queued(system_error, line);
}
// Runs call with the GIL released and errno cleared: false with errno in *system_error when it failed.
template <class Call>
bool load(Call call, int* system_error) {
    Released released;
    errno = 0;
    bool done = call() == 1;
    *system_error = errno;
    return done;
}

// Certificates of `data`, PEM or DER, go to the store. Ends at the first error; which kind ends the data well depends on the format.
Fallible<void> add_certificates(Context* self, std::string_view data, Encoding encoding) {
    if (data.empty()) return raise(exc::ValueError, "Empty certificate data");
    if (data.size() > INT_MAX) return raise(exc::OverflowError, "Certificate data is too long.");
    BIO* bio = BIO_new_mem_buf(data.data(), int(data.size()));
    if (!bio) return raise_queued("Can't allocate buffer");
    X509_STORE* store = SSL_CTX_get_cert_store(self->context);
    int loaded = 0;
    bool refused = false;
    while (X509* certificate = encoding == kEncodingDer ? d2i_X509_bio(bio, nullptr)
                                                        : PEM_read_bio_X509(bio, nullptr, SSL_CTX_get_default_passwd_cb(self->context),
                                                                            SSL_CTX_get_default_passwd_cb_userdata(self->context))) {
        bool added = X509_STORE_add_cert(store, certificate);
        X509_free(certificate);
        unsigned long code = ERR_peek_last_error();
        bool known = ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_CERT_ALREADY_IN_HASH_TABLE;
        if (!added && !known) {
            refused = true;
            break;
        }
        if (!added) ERR_clear_error();
        ++loaded;
    }
    BIO_free(bio);
    unsigned long code = ERR_peek_last_error();
    if (loaded == 0 && !refused)
        return raise_plain(encoding == kEncodingPem ? "no start line: cadata does not contain a certificate"
                                                    : "not enough data: cadata does not contain a certificate");
    bool end = encoding == kEncodingPem ? ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
                                        : ERR_GET_LIB(code) == ERR_LIB_ASN1 && ERR_GET_REASON(code) == ASN1_R_HEADER_TOO_LONG;
    if (!refused && (end || code == 0)) {
        ERR_clear_error();
        return {};
    }
    return raise_queued();
}
Fallible<void> add_certificate_data(Context* self, Object* data) {
    if (is_str(data) && as_str(data)->ascii) return add_certificates(self, as_str(data)->ascii_view(), kEncodingPem);
    if (is_str(data) || !has_buffer(data))
        return raise(exc::TypeError, "cadata should be an ASCII string or a bytes-like object");
    BufferView view;
    TRY(view.open(data));
    return add_certificates(self, view.view(), kEncodingDer);
}

}  // namespace

// SSLContext.load_cert_chain(certfile, keyfile=None, password=None)
Fallible<Ref<>> context_load_cert_chain(Object* object, Object* const* a) {
    Context* self = as_context(object);
    Object* key_argument = unless_none(a[1]);
    Ref<Bytes> certificate = TRY(file_argument(a[0], "certfile")), key;
    if (key_argument) key = TRY(file_argument(key_argument, "keyfile"));
    Password password;
    if (a[2] && !is_none(a[2])) {
        if (is_callable(a[2]))
            password.callable = share(a[2]);
        else
            password.text = TRY(password_text(a[2], "password should be a string or callable"));
    }
    PasswordScope scope(self->context, &password);
    int error = 0;
    if (!load([&] { return SSL_CTX_use_certificate_chain_file(self->context, certificate->data); }, &error))
        return raise_for_key(password, error);
    const char* key_path = key ? key->data : certificate->data;
    if (!load([&] { return SSL_CTX_use_PrivateKey_file(self->context, key_path, SSL_FILETYPE_PEM); }, &error))
        return raise_for_key(password, error);
    if (!load([&] { return SSL_CTX_check_private_key(self->context); }, &error)) return raise_queued();
    return share(none());
}

// SSLContext.load_verify_locations(cafile=None, capath=None, cadata=None)
Fallible<Ref<>> context_load_verify_locations(Object* object, Object* const* a) {
    Context* self = as_context(object);
    Object* given[3];
    for (int i = 0; i < 3; ++i) given[i] = a[i] && !is_none(a[i]) ? a[i] : nullptr;
    if (!given[0] && !given[1] && !given[2]) return raise(exc::TypeError, "cafile, capath and cadata cannot be all omitted");
    Ref<Bytes> file, directory;
    if (given[0]) file = TRY(file_argument(given[0], "cafile"));
    if (given[1]) directory = TRY(file_argument(given[1], "capath"));
    if (given[2]) TRY(add_certificate_data(self, given[2]));
    if (!file && !directory) return share(none());
    int error = 0;
    bool done = load(
        [&] {
            return SSL_CTX_load_verify_locations(self->context, file ? file->data : nullptr, directory ? directory->data : nullptr);
        },
        &error);
    if (!done) return raise_file_or_queued(error);
    return share(none());
}

// SSLContext.load_dh_params(path, /)
Fallible<Ref<>> context_load_dh_params(Object* self, Object* path_object) {
    Ref<Bytes> path = TRY(path_to_bytes(path_object));
    TRY(audit("open", "Osi", path_object, "rb", 0));
    std::FILE* file = std::fopen(path->data, "rbe");
    if (!file) return raise_os_error(errno, path_object);
    DH* parameters;
    int error;
    {
        Released released;
        errno = 0;
        parameters = PEM_read_DHparams(file, nullptr, nullptr, nullptr);
        error = errno;
        std::fclose(file);
    }
    if (!parameters && error) {
        ERR_clear_error();
        return raise_os_error(error, path_object);
    }
    if (!parameters) return raise_queued();
    bool done = SSL_CTX_set_tmp_dh(as_context(self)->context, parameters);
    DH_free(parameters);
    if (!done) return raise_queued();
    return share(none());
}

// SSLContext.set_default_verify_paths()
Fallible<Ref<>> context_set_default_verify_paths(Object* self) {
    if (!SSL_CTX_set_default_verify_paths(as_context(self)->context)) return raise_queued();
    return share(none());
}

// SSLContext.cert_store_stats()
Fallible<Ref<>> context_cert_store_stats(Object* self) {
    STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(as_context(self)->context));
    int certificates = 0, revocations = 0, authorities = 0;
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
        X509_OBJECT* each = sk_X509_OBJECT_value(objects, i);
        if (X509_OBJECT_get_type(each) == X509_LU_CRL) ++revocations;
        if (X509_OBJECT_get_type(each) != X509_LU_X509) continue;
        ++certificates;
        if (X509_check_ca(X509_OBJECT_get0_X509(each))) ++authorities;
    }
    Ref<Dict> stats = TRY(dict_new());
    const struct {
        const char* name;
        int count;
    } rows[] = {{"x509", certificates}, {"crl", revocations}, {"x509_ca", authorities}};
    for (auto& row : rows) {
        Ref<Int> count = TRY(int_from(row.count));
        TRY(dict_set(stats.get(), row.name, count.get()));
    }
    return stats;
}

// SSLContext.get_ca_certs(binary_form=False)
Fallible<Ref<>> context_get_ca_certs(Object* self, Object* const* a) {
    bool binary = a[0] && TRY(is_true(a[0]));
    STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(as_context(self)->context));
    Ref<List> list = TRY(list_new(0));
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
        X509_OBJECT* each = sk_X509_OBJECT_value(objects, i);
        if (X509_OBJECT_get_type(each) != X509_LU_X509) continue;
        X509* certificate = X509_OBJECT_get0_X509(each);
        if (!X509_check_ca(certificate)) continue;
        Ref<> entry = binary ? Ref<>(TRY(certificate_der(certificate))) : TRY(decode_certificate(certificate));
        TRY(list_append_steal(list.get(), std::move(entry)));
    }
    return list;
}

}  // namespace py::ssl
