// What the modules over OpenSSL share: digests by Python's names, exceptions from OpenSSL's error queue.
#pragma once

#include <openssl/evp.h>

#include "interp/modules/object_lock.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

namespace py::openssl {

// Raises `type` with "[library] reason" of the last error in OpenSSL's queue, which is emptied; with `otherwise` (null: "no
// reason supplied") when it is empty.
[[gnu::cold]] Raised raise_last(Type* type, const char* otherwise);

// A digest that is freed with its scope.
class DigestMethod {
  public:
    DigestMethod() = default;
    explicit DigestMethod(EVP_MD* method) : method_(method) {}
    DigestMethod(DigestMethod&& other) noexcept : method_(std::exchange(other.method_, nullptr)) {}
    DigestMethod& operator=(DigestMethod&& other) noexcept {
        std::swap(method_, other.method_);
        return *this;
    }
    ~DigestMethod() { EVP_MD_free(method_); }
    const EVP_MD* get() const { return method_; }

  private:
    EVP_MD* method_ = nullptr;
};
enum class Security { Wanted, NotNeeded };
// "sha3_256", or any name OpenSSL knows. ValueError for others.
Fallible<DigestMethod> digest_method(const char* name, Security security);
// The name Python has for a digest; OpenSSL's where it has none of its own.
const char* digest_name(const EVP_MD* method);
// Calls visit(name, context) for every digest there is. False when visit said so.
void each_digest(void (*visit)(const char* name, void* context), void* context);

// Data from this size on is hashed with the GIL released.
inline constexpr ssize_t kLargeData = 2048;

// Refuses str and what has no buffer, as hash objects word it.
Fallible<void> check_hash_data(Object* data);
// update(data, size) under the lock; for large data with the GIL released. False: OpenSSL failed.
template <class Update>
bool feed(ObjectLock& lock, const char* data, ssize_t size, Update update) {
    Locked locked(lock);
    if (size < kLargeData) return update(data, size_t(size));
    GilReleased released;
    return update(data, size_t(size));
}

// _hashlib.HMAC.
extern Type hmac_type;
// The digest that hmac's `digestmod` names: a str, or one of the module's constructors (see hashlib.cpp).
Fallible<DigestMethod> digest_of_mode(Object* digestmod);
// _hashlib.hmac_new and _hashlib.hmac_digest.
Fallible<Ref<>> hmac_new(Object* module, Object* const* bound);
Fallible<Ref<>> hmac_digest(Object* module, Object* const* bound);
// _hashlib.pbkdf2_hmac and _hashlib.scrypt.
Fallible<Ref<>> pbkdf2_hmac(Object* module, Object* const* bound);
Fallible<Ref<>> scrypt(Object* module, Object* const* bound);

}  // namespace py::openssl
