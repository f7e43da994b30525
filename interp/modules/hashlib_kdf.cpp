// _hashlib: keys from passwords.
#include <climits>

#include "interp/modules/openssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/int.h"

namespace py::openssl {

namespace {

Fallible<long> as_long(Object* value) {
    int overflow = 0;
    Ref<Int> number = TRY(index(value));
    int64_t result = as_int64_clamped(number.get(), &overflow);
    if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C long");
    return long(result);
}
// An argument of scrypt that must be an int ≥ 0; null when it was left out.
Fallible<uint64_t> unsigned_argument(const char* name, Object* value) {
    if (value && !is_none(value) && !is_int(value))
        return raise(exc::TypeError, "scrypt() argument '%s' must be int, not %N", name, value);
    if (!value || is_none(value) || int_sign(as_int(value)) < 0 || int_bit_length(as_int(value)) > 64)
        return raise(exc::TypeError, "%s is required and must be an unsigned int", name);
    return as_uint64(value);
}

}  // namespace

// _hashlib.pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None)
Fallible<Ref<>> pbkdf2_hmac(Object*, Object* const* a) {
    if (!is_str(a[0])) return raise(exc::TypeError, "pbkdf2_hmac() argument 'hash_name' must be str, not %N", a[0]);
    std::string_view name = TRY(str_utf8(as_str(a[0])));
    BufferView password, salt;
    TRY(password.open(a[1]));
    TRY(salt.open(a[2]));
    long iterations = TRY(as_long(a[3]));
    DigestMethod method = TRY(digest_method(name.data(), Security::Wanted));
    if (password.size() > INT_MAX) return raise(exc::OverflowError, "password is too long.");
    if (salt.size() > INT_MAX) return raise(exc::OverflowError, "salt is too long.");
    if (iterations < 1) return raise(exc::ValueError, "iteration value must be greater than 0.");
    if (iterations > INT_MAX) return raise(exc::OverflowError, "iteration value is too great.");
    long length = a[4] && !is_none(a[4]) ? TRY(as_long(a[4])) : EVP_MD_get_size(method.get());
    if (length < 1) return raise(exc::ValueError, "key length must be greater than 0.");
    if (length > INT_MAX) return raise(exc::OverflowError, "key length is too great.");
    Ref<Bytes> key = TRY(bytes_new(length + 1));  // never a shared one-byte object
    int done;
    {
        GilReleased released;
        done = PKCS5_PBKDF2_HMAC(password.data(), int(password.size()), reinterpret_cast<const unsigned char*>(salt.data()),
                                 int(salt.size()), int(iterations), method.get(), int(length), reinterpret_cast<unsigned char*>(key->data));
    }
    if (!done) return raise_last(exc::ValueError, nullptr);
    return bytes_resize(std::move(key), length);
}

// _hashlib.scrypt(password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64)
Fallible<Ref<>> scrypt(Object*, Object* const* a) {
    BufferView password, salt;
    TRY(password.open(a[0]));
    if (a[1] && !is_none(a[1])) TRY(salt.open(a[1]));
    for (int i = 2; i < 5; ++i)
        if (a[i] && !is_none(a[i]) && !is_int(a[i])) TRY(unsigned_argument(i == 2 ? "n" : i == 3 ? "r" : "p", a[i]));
    long max_memory = a[5] ? TRY(as_long(a[5])) : 0;
    long length = a[6] ? TRY(as_long(a[6])) : 64;
    if (password.size() > INT_MAX) return raise(exc::OverflowError, "password is too long.");
    if (!a[1] || is_none(a[1])) return raise(exc::TypeError, "salt is required");
    if (salt.size() > INT_MAX) return raise(exc::OverflowError, "salt is too long.");
    uint64_t n = TRY(unsigned_argument("n", a[2]));
    if (n < 2 || (n & (n - 1))) return raise(exc::ValueError, "n must be a power of 2.");
    uint64_t r = TRY(unsigned_argument("r", a[3])), p = TRY(unsigned_argument("p", a[4]));
    if (max_memory < 0 || max_memory > INT_MAX) return raise(exc::ValueError, "maxmem must be positive and smaller than %d", INT_MAX);
    if (length < 1 || length > INT_MAX) return raise(exc::ValueError, "dklen must be greater than 0 and smaller than %d", INT_MAX);
    // Without a place for the key OpenSSL only checks the parameters.
    if (!EVP_PBE_scrypt(nullptr, 0, nullptr, 0, n, r, p, uint64_t(max_memory), nullptr, 0))
        return raise_last(exc::ValueError, "Invalid parameter combination for n, r, p, maxmem.");
    Ref<Bytes> key = TRY(bytes_new(length + 1));
    int done;
    {
        GilReleased released;
        done = EVP_PBE_scrypt(password.data(), size_t(password.size()), reinterpret_cast<const unsigned char*>(salt.data()),
                              size_t(salt.size()), n, r, p, uint64_t(max_memory), reinterpret_cast<unsigned char*>(key->data),
                              size_t(length));
    }
    if (!done) return raise_last(exc::ValueError, nullptr);
    return bytes_resize(std::move(key), length);
}

}  // namespace py::openssl
