// _md5, _sha1, _sha256, _sha512 and _sha3: hash objects over OpenSSL's digests.
#include <openssl/evp.h>

#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

// One algorithm: the names it has, and its type.
struct Algorithm {
    const char* name;          // OpenSSL's
    const char* python_name;   // hash object's .name
    const char* type_name;
    int block_size;
    int digest_size;  // 0: extendable output
    Type type;
};
extern Algorithm algorithms[];

struct Digest : Object {
    EVP_MD_CTX* context;
    const Algorithm* algorithm;
};
Digest* as_digest(Object* object) { return static_cast<Digest*>(object); }
const EVP_MD* method_of(const Algorithm& algorithm) { return EVP_get_digestbyname(algorithm.name); }

Fallible<Ref<Digest>> digest_allocate(Algorithm& algorithm) {
    Ref<Digest> digest = make<Digest>(algorithm.type);
    if (!digest) return raised;
    digest->algorithm = &algorithm;
    digest->context = EVP_MD_CTX_new();
    if (!digest->context) return raise_memory_error();
    return digest;
}
// Large inputs are hashed with the GIL released.
Fallible<void> feed(EVP_MD_CTX* context, Object* data) {
    if (is_str(data)) return raise(exc::TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(data)) return raise(exc::TypeError, "object supporting the buffer API required");
    BufferView view;
    TRY(view.open(data));
    if (view.size() < 2048) {
        EVP_DigestUpdate(context, view.data(), size_t(view.size()));
    } else {
        GilReleased released;
        EVP_DigestUpdate(context, view.data(), size_t(view.size()));
    }
    return {};
}
template <int Index>
Fallible<Ref<>> digest_new(Object*, Object* const* a) {
    Ref<Digest> digest = TRY(digest_allocate(algorithms[Index]));
    if (!EVP_DigestInit_ex(digest->context, method_of(algorithms[Index]), nullptr))
        return raise(exc::ValueError, "unsupported hash type %s", algorithms[Index].python_name);
    if (a[0]) TRY(feed(digest->context, a[0]));
    return digest;
}
// hash.update(obj, /)
Fallible<Ref<>> digest_update(Object* self, Object* data) {
    TRY(feed(as_digest(self)->context, data));
    return share(none());
}
// hash.copy()
Fallible<Ref<>> digest_copy(Object* self) {
    Ref<Digest> copy = TRY(digest_allocate(const_cast<Algorithm&>(*as_digest(self)->algorithm)));
    if (!EVP_MD_CTX_copy_ex(copy->context, as_digest(self)->context)) return raise_memory_error();
    return copy;
}
// The digest so far; `length` for extendable output, else 0.
Fallible<Ref<Bytes>> finish(Object* self, ssize_t length) {
    EVP_MD_CTX* copy = EVP_MD_CTX_new();
    if (!copy || !EVP_MD_CTX_copy_ex(copy, as_digest(self)->context)) {
        EVP_MD_CTX_free(copy);
        return raise_memory_error();
    }
    unsigned char fixed[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    Fallible<Ref<Bytes>> result = raised;
    if (as_digest(self)->algorithm->digest_size) {
        EVP_DigestFinal_ex(copy, fixed, &size);
        result = bytes_from({reinterpret_cast<char*>(fixed), size});
    } else {
        result = bytes_new(length);
        if (result.ok()) {
            Ref<Bytes> out = result.take();
            if (length) EVP_DigestFinalXOF(copy, reinterpret_cast<unsigned char*>(out->data), size_t(length));
            result = std::move(out);
        }
    }
    EVP_MD_CTX_free(copy);
    return result;
}
Fallible<Ref<Str>> hex_of(Bytes* bytes) {
    static const char kDigits[] = "0123456789abcdef";
    Ref<Str> text = TRY(str_new(bytes->size * 2, 127));
    auto* out = static_cast<char*>(text->data());
    for (char c : bytes->view()) {
        *out++ = kDigits[uint8_t(c) >> 4];
        *out++ = kDigits[uint8_t(c) & 15];
    }
    return text;
}
// hash.digest()
Fallible<Ref<>> digest_digest(Object* self) { return TRY(finish(self, 0)); }
// hash.hexdigest()
Fallible<Ref<>> digest_hexdigest(Object* self) { return TRY(hex_of(TRY(finish(self, 0)).get())); }
Fallible<ssize_t> shake_length(Object* argument) {
    ssize_t length = TRY(as_ssize(argument));
    if (length < 0) return raise(exc::ValueError, "value must be positive");
    if (length >= ssize_t(1) << 29) return raise(exc::ValueError, "length is too large");
    return length;
}
// shake.digest(length, /)
Fallible<Ref<>> shake_digest(Object* self, Object* length) { return TRY(finish(self, TRY(shake_length(length)))); }
// shake.hexdigest(length, /)
Fallible<Ref<>> shake_hexdigest(Object* self, Object* length) { return TRY(hex_of(TRY(finish(self, TRY(shake_length(length)))).get())); }
Fallible<Ref<>> digest_get_name(Object* self) { return TRY(str_from_ascii(as_digest(self)->algorithm->python_name)); }
Fallible<Ref<>> digest_get_digest_size(Object* self) { return TRY(int_from(as_digest(self)->algorithm->digest_size)); }
Fallible<Ref<>> digest_get_block_size(Object* self) { return TRY(int_from(as_digest(self)->algorithm->block_size)); }
// What Keccak calls the sponge's parts, and the bits that tell its uses apart.
Fallible<Ref<>> sha3_get_capacity_bits(Object* self) { return TRY(int_from(1600 - as_digest(self)->algorithm->block_size * 8)); }
Fallible<Ref<>> sha3_get_rate_bits(Object* self) { return TRY(int_from(as_digest(self)->algorithm->block_size * 8)); }
Fallible<Ref<>> sha3_get_suffix(Object* self) { return TRY(bytes_from(as_digest(self)->algorithm->digest_size ? "\x06" : "\x1f")); }
void digest_dealloc(Object* self) {
    EVP_MD_CTX_free(as_digest(self)->context);
    object_free(self);
}

MethodDef digest_methods[] = {
    METHOD_NOARGS("copy", digest_copy, "($self, /)", "A copy of the hash object."),
    METHOD_NOARGS("digest", digest_digest, "($self, /)", "The digest of what was fed so far."),
    METHOD_NOARGS("hexdigest", digest_hexdigest, "($self, /)", "The digest as hexadecimal text."),
    METHOD_O("update", digest_update, "($self, obj, /)", "Feed bytes."),
    END_ROW,
};
MethodDef shake_methods[] = {
    METHOD_NOARGS("copy", digest_copy, "($self, /)", "A copy of the hash object."),
    METHOD_O("digest", shake_digest, "($self, length, /)", "The digest of what was fed so far."),
    METHOD_O("hexdigest", shake_hexdigest, "($self, length, /)", "The digest as hexadecimal text."),
    METHOD_O("update", digest_update, "($self, obj, /)", "Feed bytes."),
    END_ROW,
};
GetSetDef digest_getset[] = {
    GETTER("name", digest_get_name, nullptr),
    GETTER("digest_size", digest_get_digest_size, nullptr),
    GETTER("block_size", digest_get_block_size, nullptr),
    END_ROW,
};
GetSetDef sha3_getset[] = {
    GETTER("name", digest_get_name, nullptr),
    GETTER("digest_size", digest_get_digest_size, nullptr),
    GETTER("block_size", digest_get_block_size, nullptr),
    GETTER("_capacity_bits", sha3_get_capacity_bits, nullptr),
    GETTER("_rate_bits", sha3_get_rate_bits, nullptr),
    GETTER("_suffix", sha3_get_suffix, nullptr),
    END_ROW,
};
constexpr Type digest_type(const char* name, MethodDef* methods, GetSetDef* getset) {
    return static_type({
        .name = name,
        .basic_size = sizeof(Digest),
        .flags = type_flag::kDisallowInstantiation,
        .dealloc = digest_dealloc,
        .methods = methods,
        .getset = getset,
    });
}
#define ALGORITHM(openssl, python, type_name, block, size, methods, getset) \
    {openssl, python, type_name, block, size, digest_type(type_name, methods, getset)}
enum Index { kMd5, kSha1, kSha224, kSha256, kSha384, kSha512, kSha3_224, kSha3_256, kSha3_384, kSha3_512, kShake128, kShake256 };
constinit Algorithm algorithms[] = {
    ALGORITHM("MD5", "md5", "_md5.md5", 64, 16, digest_methods, digest_getset),
    ALGORITHM("SHA1", "sha1", "_sha1.sha1", 64, 20, digest_methods, digest_getset),
    ALGORITHM("SHA224", "sha224", "_sha256.sha224", 64, 28, digest_methods, digest_getset),
    ALGORITHM("SHA256", "sha256", "_sha256.sha256", 64, 32, digest_methods, digest_getset),
    ALGORITHM("SHA384", "sha384", "_sha512.sha384", 128, 48, digest_methods, digest_getset),
    ALGORITHM("SHA512", "sha512", "_sha512.sha512", 128, 64, digest_methods, digest_getset),
    ALGORITHM("SHA3-224", "sha3_224", "_sha3.sha3_224", 144, 28, digest_methods, sha3_getset),
    ALGORITHM("SHA3-256", "sha3_256", "_sha3.sha3_256", 136, 32, digest_methods, sha3_getset),
    ALGORITHM("SHA3-384", "sha3_384", "_sha3.sha3_384", 104, 48, digest_methods, sha3_getset),
    ALGORITHM("SHA3-512", "sha3_512", "_sha3.sha3_512", 72, 64, digest_methods, sha3_getset),
    ALGORITHM("SHAKE128", "shake_128", "_sha3.shake_128", 168, 0, shake_methods, sha3_getset),
    ALGORITHM("SHAKE256", "shake_256", "_sha3.shake_256", 136, 0, shake_methods, sha3_getset),
};

template <int First, int Last>
Fallible<void> ready_types(Module*) {
    for (int i = First; i <= Last; ++i) TRY(type_ready(&algorithms[i].type));
    return {};
}
Fallible<void> sha3_execute(Module* module) {
    for (int i = kSha3_224; i <= kShake256; ++i) TRY(module_add_type(module, &algorithms[i].type));
    return module_add_str(module, "implementation", "OpenSSL");
}

#define CONSTRUCTOR(name, index) \
    METHOD(name, digest_new<index>, "($module, /, string=b\'\', *, usedforsecurity=True)", "A new hash object.")
MethodDef md5_functions[] = {CONSTRUCTOR("md5", kMd5), END_ROW};
MethodDef sha1_functions[] = {CONSTRUCTOR("sha1", kSha1), END_ROW};
MethodDef sha256_functions[] = {CONSTRUCTOR("sha224", kSha224), CONSTRUCTOR("sha256", kSha256), END_ROW};
MethodDef sha512_functions[] = {CONSTRUCTOR("sha384", kSha384), CONSTRUCTOR("sha512", kSha512), END_ROW};

// The sha3 types are themselves what is called.
template <int I>
Fallible<Ref<>> sha3_new(Type*, Object* const* a) {
    return digest_new<I>(nullptr, a);
}
template <int I>
void set_constructor() {
    algorithms[I].type.new_ = Bound<sha3_new<I>, "sha3_224", "(data=None, /, *, usedforsecurity=True)">::new_;
    algorithms[I].type.flags &= ~type_flag::kDisallowInstantiation;
}
Fallible<void> sha3_prepare(Module* module) {
    set_constructor<kSha3_224>();
    set_constructor<kSha3_256>();
    set_constructor<kSha3_384>();
    set_constructor<kSha3_512>();
    set_constructor<kShake128>();
    set_constructor<kShake256>();
    return sha3_execute(module);
}

}  // namespace

extern const NativeModule md5_module, sha1_module, sha256_module, sha512_module, sha3_module;
const NativeModule md5_module = {"_md5", nullptr, md5_functions, ready_types<kMd5, kMd5>};
const NativeModule sha1_module = {"_sha1", nullptr, sha1_functions, ready_types<kSha1, kSha1>};
const NativeModule sha256_module = {"_sha256", nullptr, sha256_functions, ready_types<kSha224, kSha256>};
const NativeModule sha512_module = {"_sha512", nullptr, sha512_functions, ready_types<kSha384, kSha512>};
const NativeModule sha3_module = {"_sha3", nullptr, nullptr, sha3_prepare};

}  // namespace py
