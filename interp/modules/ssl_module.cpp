// _ssl: the module: object identifiers, randomness, default paths, constants.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <climits>

#include "interp/modules/ssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"

namespace py::ssl {

namespace {

// (nid, short name, long name, "1.2.3")
Fallible<Ref<>> identifier_tuple(const ASN1_OBJECT* object) {
    int nid = OBJ_obj2nid(object);
    if (nid == NID_undef) return raise(exc::ValueError, "Unknown object");
    char digits[256];
    int length = OBJ_obj2txt(digits, sizeof digits, object, 1);
    Ref<Int> number = TRY(int_from(nid));
    Ref<> short_name = TRY(text_or_none(OBJ_nid2sn(nid))), long_name = TRY(text_or_none(OBJ_nid2ln(nid)));
    Ref<> text = TRY(text_or_none(length > 0 ? digits : nullptr));
    return tuple_pack(static_cast<Object*>(number.get()), short_name.get(), long_name.get(), text.get());
}
// _ssl.txt2obj(txt, name=False)
Fallible<Ref<>> txt2obj(Object*, Object* const* a) {
    if (!is_str(a[0])) return raise(exc::TypeError, "txt2obj() argument 'txt' must be str, not %N", a[0]);
    std::string_view text = TRY(str_c_string(as_str(a[0])));
    bool name = a[1] && TRY(is_true(a[1]));
    ASN1_OBJECT* object = OBJ_txt2obj(text.data(), name ? 0 : 1);
    if (!object) {
        ERR_clear_error();
        return raise(exc::ValueError, "unknown object '%.100s'", text.data());
    }
    auto result = identifier_tuple(object);
    ASN1_OBJECT_free(object);
    return result;
}
// _ssl.nid2obj(nid, /)
Fallible<Ref<>> nid2obj(Object*, Object* argument) {
    int nid = TRY(as_c_int(argument));
    if (nid < NID_undef) return raise(exc::ValueError, "NID must be positive.");
    ASN1_OBJECT* object = OBJ_nid2obj(nid);
    if (!object) {
        ERR_clear_error();
        return raise(exc::ValueError, "unknown NID %d", nid);
    }
    return identifier_tuple(object);
}

// _ssl.RAND_add(string, entropy, /)
Fallible<Ref<>> rand_add(Object*, Object* const* args, ssize_t count) {
    TRY(check_positional("RAND_add", count, 2, 2));
    double entropy = TRY(as_double(args[1]));
    BufferView view;
    std::string_view data;
    if (is_str(args[0])) {
        data = TRY(str_utf8(as_str(args[0])));
    } else {
        TRY(view.open(args[0]));
        data = view.view();
    }
    while (!data.empty()) {
        std::string_view piece = data.substr(0, INT_MAX);
        RAND_add(piece.data(), int(piece.size()), entropy);
        data.remove_prefix(piece.size());
    }
    return share(none());
}
Fallible<Ref<Bytes>> random_bytes(Object* argument) {
    int count = TRY(as_c_int(argument));
    if (count < 0) return raise(exc::ValueError, "num must be positive");
    Ref<Bytes> data = TRY(bytes_new(ssize_t(count) + 2));  // never a shared object
    if (RAND_bytes(reinterpret_cast<unsigned char*>(data->data), count) != 1) return raise_queued();
    return bytes_resize(std::move(data), count);
}
// _ssl.RAND_bytes(n, /)
Fallible<Ref<>> rand_bytes(Object*, Object* count) {
    return random_bytes(count);
}
// _ssl.RAND_pseudo_bytes(n, /)
Fallible<Ref<>> rand_pseudo_bytes(Object*, Object* count) {
    TRY(warn(exc::DeprecationWarning, 1, "ssl.RAND_pseudo_bytes() is deprecated"));
    Ref<Bytes> data = TRY(random_bytes(count));
    return tuple_pack(static_cast<Object*>(data.get()), py_true());
}
// _ssl.RAND_status()
Fallible<Ref<>> rand_status(Object*) {
    return bool_from(RAND_status() == 1);
}
// _ssl.get_default_verify_paths()
Fallible<Ref<>> get_default_verify_paths(Object*) {
    const char* texts[] = {X509_get_default_cert_file_env(), X509_get_default_cert_file(), X509_get_default_cert_dir_env(),
                           X509_get_default_cert_dir()};
    Ref<Tuple> paths = TRY(tuple_new(4));
    for (int i = 0; i < 4; ++i) paths->items[i] = texts[i] ? TRY(str_from_fs(texts[i])).release() : new_reference(none());
    return paths;
}
// _ssl._test_decode_cert(path, /)
Fallible<Ref<>> test_decode_cert(Object*, Object* path_object) {
    Ref<Bytes> path = TRY(path_to_bytes(path_object));
    BIO* file = BIO_new_file(path->data, "rb");
    if (!file) return raise_message("Can't open file");
    X509* certificate = PEM_read_bio_X509(file, nullptr, nullptr, nullptr);
    BIO_free(file);
    if (!certificate) return raise_message("Error decoding PEM-encoded file");
    auto result = decode_certificate(certificate);
    X509_free(certificate);
    return result;
}

MethodDef ssl_functions[] = {
    METHOD_O("_test_decode_cert", test_decode_cert, "($module, path, /)", "The certificate in a PEM file as a dict."),
    METHOD_FAST("RAND_add", rand_add, "($module, string, entropy, /)", "Mixes bytes into the generator's state."),
    METHOD_O("RAND_bytes", rand_bytes, "($module, n, /)", "Random bytes, strong enough for keys."),
    METHOD_O("RAND_pseudo_bytes", rand_pseudo_bytes, "($module, n, /)", "Random bytes, and whether they are strong."),
    METHOD_NOARGS("RAND_status", rand_status, "($module, /)", "Is the generator seeded?"),
    METHOD_NOARGS("get_default_verify_paths", get_default_verify_paths, "($module, /)",
                  "Environment variables and places of the trusted authorities."),
    METHOD("txt2obj", txt2obj, "($module, /, txt, name=False)", "Looks an object identifier up, by name too if wanted."),
    METHOD_O("nid2obj", nid2obj, "($module, nid, /)", "Looks an object identifier up by OpenSSL's number."),
    END_ROW,
};

Fallible<Ref<>> version_tuple() {
    unsigned long version = OpenSSL_version_num();
    const unsigned long parts[] = {version >> 28 & 0xf, version >> 20 & 0xff, version >> 12 & 0xff, version >> 4 & 0xff, version & 0xf};
    Ref<Tuple> tuple = TRY(tuple_new(5));
    for (int i = 0; i < 5; ++i) tuple->items[i] = TRY(int_from(int64_t(parts[i]))).release();
    return tuple;
}
Fallible<void> add_version(Module* module) {
    TRY(module_add(module, "OPENSSL_VERSION_INFO", TRY(version_tuple())));
    TRY(module_add(module, "_OPENSSL_API_VERSION", TRY(version_tuple())));
    TRY(module_add_str(module, "OPENSSL_VERSION", OpenSSL_version(OPENSSL_VERSION)));
    return module_add_str(module, "_DEFAULT_CIPHERS", OSSL_default_cipher_list());
}
Fallible<void> execute(Module* module) {
    if (!error_type) TRY(add_errors(module));
    for (Type* type : {&context_type, &connection_type, &memory_bio_type, &session_type, &certificate_type})
        TRY(module_add_type(module, type));
    constexpr struct {
        const char* name;
        int64_t value;
    } kConstants[] = {
#define CONSTANT(name, value) {name, int64_t(value)},
#include "interp/modules/ssl_constants.def"
#undef CONSTANT
    };
    for (auto& each : kConstants) TRY(module_add_int(module, each.name, each.value));
    for (const char* name : {"HAS_ALPN", "HAS_ECDH", "HAS_SNI", "HAS_TLS_UNIQUE", "HAS_TLSv1", "HAS_TLSv1_1", "HAS_TLSv1_2", "HAS_TLSv1_3"})
        TRY(module_add(module, name, share(py_true())));
    for (const char* name : {"HAS_NPN", "HAS_SSLv2", "HAS_SSLv3"}) TRY(module_add(module, name, share(py_false())));
    return add_version(module);
}

}  // namespace

}  // namespace py::ssl

namespace py {

extern const NativeModule ssl_module;
const NativeModule ssl_module = {"_ssl", "Transport layer security over OpenSSL; module ssl is what programs use.", ssl::ssl_functions,
                                 ssl::execute};

}  // namespace py
