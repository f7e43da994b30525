// _hashlib: hash objects over OpenSSL's digests. HMAC is in hashlib_hmac.cpp, key derivation in hashlib_kdf.cpp.
#include "interp/modules/openssl.h"
#include "interp/modules/operator.h"
#include "interp/objects/bytes.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/function.h"

namespace py::openssl {

namespace {

struct Hash : Object {
    EVP_MD_CTX* context;
    ObjectLock lock;
};
Hash* as_hash(Object* object) {
    return static_cast<Hash*>(object);
}
extern Type hash_type, xof_type;
Object* unsupported_error = nullptr;  // UnsupportedDigestmodError
Dict* constructors = nullptr;         // openssl_md5 → "md5"

Fallible<Ref<Hash>> hash_allocate(Type* type) {
    Ref<Hash> self = TRY(instance_new<Hash>(type));
    self->lock.make();
    self->context = EVP_MD_CTX_new();
    if (!self->context) return raise_memory_error();
    return self;
}
void hash_dealloc(Object* self) {
    EVP_MD_CTX_free(as_hash(self)->context);
    as_hash(self)->lock.destroy();
    object_memory_free(self);
}
Fallible<void> hash_feed(Hash* self, BufferView& view) {
    bool done = feed(self->lock, view.data(), view.size(),
                     [self](const char* data, size_t size) { return EVP_DigestUpdate(self->context, data, size) == 1; });
    if (!done) return raise_last(exc::ValueError, nullptr);
    return {};
}
Fallible<Ref<>> hash_from(const char* name, Object* data, Object* used_for_security) {
    bool security = !used_for_security || TRY(is_true(used_for_security));
    BufferView view;
    if (data) {
        TRY(check_hash_data(data));
        TRY(view.open(data));
    }
    DigestMethod method = TRY(digest_method(name, security ? Security::Wanted : Security::NotNeeded));
    bool extendable = EVP_MD_get_flags(method.get()) & EVP_MD_FLAG_XOF;
    Ref<Hash> self = TRY(hash_allocate(extendable ? &xof_type : &hash_type));
    if (!EVP_DigestInit_ex(self->context, method.get(), nullptr)) return raise_last(exc::ValueError, nullptr);
    if (data) TRY(hash_feed(self.get(), view));
    return self;
}

// HASH.update(obj, /)
Fallible<Ref<>> hash_update(Object* self, Object* data) {
    TRY(check_hash_data(data));
    BufferView view;
    TRY(view.open(data));
    TRY(hash_feed(as_hash(self), view));
    return share(none());
}
// HASH.copy()
Fallible<Ref<>> hash_copy(Object* self) {
    Ref<Hash> copy = TRY(hash_allocate(self->type));
    Locked locked(as_hash(self)->lock);
    if (!EVP_MD_CTX_copy(copy->context, as_hash(self)->context)) return raise_last(exc::ValueError, nullptr);
    return copy;
}
// The digest of the data so far; `length` bytes of it for extendable output, else -1.
Fallible<Ref<Bytes>> finish(Object* self, ssize_t length) {
    Ref<> copied = TRY(hash_copy(self));
    EVP_MD_CTX* context = as_hash(copied.get())->context;
    if (length >= 0) {
        Ref<Bytes> out = TRY(bytes_new(length));
        if (length && !EVP_DigestFinalXOF(context, reinterpret_cast<unsigned char*>(out->data), size_t(length)))
            return raise_last(exc::ValueError, nullptr);
        return out;
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!EVP_DigestFinal(context, digest, &size)) return raise_last(exc::ValueError, nullptr);
    return bytes_from({reinterpret_cast<char*>(digest), size});
}
// HASH.digest()
Fallible<Ref<>> hash_digest(Object* self) {
    return finish(self, -1);
}
// HASH.hexdigest()
Fallible<Ref<>> hash_hexdigest(Object* self) {
    return hex_text(TRY(finish(self, -1))->view(), nullptr, 1);
}
Fallible<ssize_t> output_length(Object* argument) {
    ssize_t length = TRY(as_ssize(argument));
    if (length < 0) return raise(exc::SystemError, "Negative size passed to PyBytes_FromStringAndSize");
    return length;
}
// HASHXOF.digest(length)
Fallible<Ref<>> xof_digest(Object* self, Object* const* a) {
    return finish(self, TRY(output_length(a[0])));
}
// HASHXOF.hexdigest(length)
Fallible<Ref<>> xof_hexdigest(Object* self, Object* const* a) {
    return hex_text(TRY(finish(self, TRY(output_length(a[0]))))->view(), nullptr, 1);
}
const EVP_MD* method_of(Object* self) {
    return EVP_MD_CTX_get0_md(as_hash(self)->context);
}
Fallible<Ref<>> hash_get_name(Object* self) {
    return str_from_ascii(digest_name(method_of(self)));
}
Fallible<Ref<>> hash_get_digest_size(Object* self) {
    return int_from(EVP_MD_get_size(method_of(self)));
}
Fallible<Ref<>> hash_get_block_size(Object* self) {
    return int_from(EVP_MD_get_block_size(method_of(self)));
}
Fallible<Ref<>> xof_get_digest_size(Object*) {
    return int_from(0);
}
Fallible<Ref<>> hash_repr(Object* self) {
    return format_str("<%s %s object @ %p>", digest_name(method_of(self)), self->type->name, self);
}

MethodDef hash_methods[] = {
    METHOD_O("update", hash_update, "($self, obj, /)", "Feeds more data."),
    METHOD_NOARGS("digest", hash_digest, "($self, /)", "The digest of the data so far."),
    METHOD_NOARGS("hexdigest", hash_hexdigest, "($self, /)", "The digest of the data so far as hexadecimal text."),
    METHOD_NOARGS("copy", hash_copy, "($self, /)", "A hash object with the same data so far."),
    END_ROW,
};
MethodDef xof_methods[] = {
    METHOD("digest", xof_digest, "($self, /, length)", "So many bytes of the digest of the data so far."),
    METHOD("hexdigest", xof_hexdigest, "($self, /, length)", "So many bytes of the digest as hexadecimal text."),
    END_ROW,
};
GetSetDef hash_getset[] = {
    GETTER("digest_size", hash_get_digest_size, nullptr),
    GETTER("block_size", hash_get_block_size, nullptr),
    GETTER("name", hash_get_name, "name of the algorithm"),
    END_ROW,
};
GetSetDef xof_getset[] = {GETTER("digest_size", xof_get_digest_size, nullptr), END_ROW};

constinit Type hash_type = static_type({
    .name = "_hashlib.HASH",
    .basic_size = sizeof(Hash),
    .flags = type_flag::kBase | type_flag::kDisallowInstantiation,
    .doc = "HASH(name, string=b\'\')\n--\n\nA hash of the data fed so far, by one of OpenSSL's algorithms.",
    .dealloc = hash_dealloc,
    .repr = slot1<hash_repr>,
    .methods = hash_methods,
    .getset = hash_getset,
});
constinit Type xof_type = static_type({
    .name = "_hashlib.HASHXOF",
    .basic_size = sizeof(Hash),
    .base = &hash_type,
    .flags = type_flag::kBase | type_flag::kDisallowInstantiation,
    .doc = "HASHXOF(name, string=b\'\')\n--\n\nA hash with a digest of any length.",
    .dealloc = hash_dealloc,
    .methods = xof_methods,
    .getset = xof_getset,
});

Fallible<std::string_view> name_of(Object* name) {
    if (!is_str(name)) return raise(exc::TypeError, "name must be a string");
    return str_utf8(as_str(name));
}
// _hashlib.new(name, string=b'', *, usedforsecurity=True)
Fallible<Ref<>> hashlib_new(Object*, Object* const* a) {
    std::string_view name = TRY(name_of(a[0]));
    return hash_from(name.data(), a[1], a[2]);
}
// _hashlib.openssl_md5(string=b'', *, usedforsecurity=True) and so on
template <FixedString Name>
Fallible<Ref<>> hashlib_named(Object*, Object* const* a) {
    return hash_from(Name.text, a[0], a[1]);
}
// _hashlib.compare_digest(a, b, /)
Fallible<Ref<>> hashlib_compare_digest(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("compare_digest", nargs, 2, 2));
    return bool_from(TRY(operators::same_digest(args[0], args[1])));
}
// _hashlib.get_fips_mode()
Fallible<Ref<>> hashlib_get_fips_mode(Object*) {
    return int_from(EVP_default_properties_is_fips_enabled(nullptr));
}

#define ALGORITHMS(row) \
    row("md5") row("sha1") row("sha224") row("sha256") row("sha384") row("sha512") row("sha3_224") row("sha3_256") \
    row("sha3_384") row("sha3_512") row("shake_128") row("shake_256")
#define CONSTRUCTOR_ROW(name) \
    METHOD("openssl_" name, hashlib_named<name>, "($module, /, string=b\'\', *, usedforsecurity=True)", "A " name " hash object."),
MethodDef hashlib_functions[] = {
    METHOD("new", hashlib_new, "($module, /, name, string=b\'\', *, usedforsecurity=True)", "A hash object of the algorithm named."),
    ALGORITHMS(CONSTRUCTOR_ROW)
    METHOD("pbkdf2_hmac", pbkdf2_hmac, "($module, /, hash_name, password, salt, iterations,\n            dklen=None)",
           "A key from a password by PBKDF2 with HMAC."),
    METHOD("scrypt", scrypt, "($module, /, password, *, salt=None, n=None, r=None, p=None,\n       maxmem=0, dklen=64)",
           "A key from a password by scrypt."),
    METHOD("hmac_new", hmac_new, "($module, /, key, msg=b\'\', digestmod=None)", "An HMAC object."),
    METHOD("hmac_digest", hmac_digest, "($module, /, key, msg, digest)", "The HMAC of a whole message."),
    METHOD_FAST("compare_digest", hashlib_compare_digest, "($module, a, b, /)",
                "Same as a == b, in a time that does not tell where they differ."),
    METHOD_NOARGS("get_fips_mode", hashlib_get_fips_mode, "($module, /)", "Does OpenSSL keep to FIPS? 0 or 1."),
    END_ROW,
};

Fallible<void> add_digest_names(Module* module) {
    struct Names {
        Ref<List> list;
        bool failed = false;
    } names;
    names.list = TRY(list_new(0));
    each_digest(
        [](const char* name, void* context) {
            auto* to = static_cast<Names*>(context);
            auto text = str_from_utf8(name);
            if (!text.ok() || !list_append_steal(to->list.get(), text.take()).ok()) to->failed = true;
        },
        &names);
    if (names.failed) return raised;
    Ref<> set = TRY(frozenset_new(names.list.get()));
    return module_add(module, "openssl_md_meth_names", std::move(set));
}
Fallible<void> add_constructors(Module* module) {
    Ref<Dict> table = TRY(dict_new());
#define CONSTRUCTOR_NAME(name) name,
    for (const char* name : {ALGORITHMS(CONSTRUCTOR_NAME)}) {
        Ref<Str> attribute = TRY(format_str("openssl_%s", name)), text = TRY(str_from_ascii(name));
        Ref<> function = TRY(dict_get(module->dict, attribute.get()));
        TRY(dict_set(table.get(), function.get(), text.get()));
    }
    TRY(module_add(module, "_constructors", TRY(mappingproxy_new(table.get()))));
    replace_slot(constructors, table.release());
    return {};
}
Fallible<void> execute(Module* module) {
    TRY(module_add_type(module, &hash_type));
    TRY(module_add_type(module, &xof_type));
    TRY(module_add_type(module, &hmac_type));
    TRY(add_digest_names(module));
    TRY(add_constructors(module));
    if (!unsupported_error)
        unsupported_error =
            TRY(exception_type_new("_hashlib.UnsupportedDigestmodError", static_cast<Object*>(exc::ValueError), nullptr)).release();
    return module_add(module, "UnsupportedDigestmodError", share(unsupported_error));
}

}  // namespace

Fallible<DigestMethod> digest_of_mode(Object* digestmod) {
    Ref<> name = share(digestmod);
    if (!is_str(digestmod)) {
        Lookup<> found = dict_get(constructors, digestmod);
        if (!found.ok()) return raised;
        name = found.take();
    }
    if (!name) return raise(static_cast<Type*>(unsupported_error), "Unsupported digestmod %R", digestmod);
    return digest_method(TRY(str_utf8(as_str(name.get()))).data(), Security::Wanted);
}

}  // namespace py::openssl

namespace py {

extern const NativeModule hashlib_module;
const NativeModule hashlib_module = {"_hashlib", "Hashes, HMAC and key derivation of OpenSSL.", openssl::hashlib_functions,
                                     openssl::execute};

}  // namespace py
