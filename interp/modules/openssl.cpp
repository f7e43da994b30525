// OpenSSL's digests under Python's names, and its error queue as exceptions.
#include "interp/modules/openssl.h"

#include <openssl/err.h>
#include <openssl/objects.h>

#include <cstring>

#include "interp/objects/bytes.h"

namespace py::openssl {

namespace {

struct DigestName {
    const char* python;
    const char* alias;
    const char* openssl;
    int nid;
};
constexpr DigestName kDigestNames[] = {
    {"md5", "MD5", "MD5", NID_md5},
    {"sha1", "SHA1", "SHA1", NID_sha1},
    {"sha224", "SHA224", "SHA2-224", NID_sha224},
    {"sha256", "SHA256", "SHA2-256", NID_sha256},
    {"sha384", "SHA384", "SHA2-384", NID_sha384},
    {"sha512", "SHA512", "SHA2-512", NID_sha512},
    {"sha512_224", "SHA512_224", "SHA2-512/224", NID_sha512_224},
    {"sha512_256", "SHA512_256", "SHA2-512/256", NID_sha512_256},
    {"sha3_224", nullptr, "SHA3-224", NID_sha3_224},
    {"sha3_256", nullptr, "SHA3-256", NID_sha3_256},
    {"sha3_384", nullptr, "SHA3-384", NID_sha3_384},
    {"sha3_512", nullptr, "SHA3-512", NID_sha3_512},
    {"shake_128", nullptr, "SHAKE128", NID_shake128},
    {"shake_256", nullptr, "SHAKE256", NID_shake256},
    {"blake2s", "blake2s256", "BLAKE2s256", NID_blake2s256},
    {"blake2b", "blake2b512", "BLAKE2b512", NID_blake2b512},
};

const char* openssl_name(const char* name) {
    for (const DigestName& each : kDigestNames)
        if (std::strcmp(each.python, name) == 0 || (each.alias && std::strcmp(each.alias, name) == 0)) return each.openssl;
    return name;
}

}  // namespace

Raised raise_last(Type* type, const char* otherwise) {
    unsigned long code = ERR_peek_last_error();
    const char* library = ERR_lib_error_string(code);
    const char* reason = ERR_reason_error_string(code);
    ERR_clear_error();
    if (!code || !reason) return raise(type, "%s", otherwise ? otherwise : "no reason supplied");
    if (library) return raise(type, "[%s] %s", library, reason);
    return raise(type, "%s", reason);
}

Fallible<DigestMethod> digest_method(const char* name, Security security) {
    DigestMethod method(EVP_MD_fetch(nullptr, openssl_name(name), security == Security::Wanted ? nullptr : "-fips"));
    if (!method.get()) {
        if (ERR_peek_last_error()) return raise_last(exc::ValueError, nullptr);
        return raise(exc::ValueError, "unsupported hash type %s", name);
    }
    return method;
}

const char* digest_name(const EVP_MD* method) {
    int nid = EVP_MD_get_type(method);
    for (const DigestName& each : kDigestNames)
        if (each.nid == nid) return each.python;
    const char* name = OBJ_nid2ln(nid);
    if (!name) name = OBJ_nid2sn(nid);
    return name ? name : EVP_MD_get0_name(method);
}

void each_digest(void (*visit)(const char*, void*), void* context) {
    struct Visitor {
        void (*visit)(const char*, void*);
        void* context;
    } visitor{visit, context};
    EVP_MD_do_all_provided(
        nullptr,
        [](EVP_MD* method, void* argument) {
            auto* to = static_cast<Visitor*>(argument);
            if (EVP_MD_get_type(method) != NID_undef) to->visit(digest_name(method), to->context);
        },
        &visitor);
}

Fallible<void> check_hash_data(Object* data) {
    if (is_str(data)) return raise(exc::TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(data)) return raise(exc::TypeError, "object supporting the buffer API required");
    return {};
}

}  // namespace py::openssl
