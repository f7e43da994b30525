// _hashlib.HMAC: message authentication with any digest that OpenSSL has.
#define OPENSSL_SUPPRESS_DEPRECATED  // HMAC_CTX: its errors are the ones CPython shows
#include <openssl/hmac.h>

#include <climits>

#include "interp/modules/openssl.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"

namespace py::openssl {

namespace {

struct Hmac : Object {
    HMAC_CTX* context;
    ObjectLock lock;
};
Hmac* as_hmac(Object* object) {
    return static_cast<Hmac*>(object);
}

Fallible<Ref<Hmac>> hmac_allocate() {
    Ref<Hmac> self = TRY(instance_new<Hmac>(&hmac_type));
    self->lock.make();
    self->context = HMAC_CTX_new();
    if (!self->context) return raise_memory_error();
    return self;
}
void hmac_dealloc(Object* self) {
    HMAC_CTX_free(as_hmac(self)->context);
    as_hmac(self)->lock.destroy();
    object_memory_free(self);
}
Fallible<void> hmac_feed(Hmac* self, Object* data) {
    TRY(check_hash_data(data));
    BufferView view;
    TRY(view.open(data));
    bool done = feed(self->lock, view.data(), view.size(), [self](const char* bytes, size_t size) {
        return HMAC_Update(self->context, reinterpret_cast<const unsigned char*>(bytes), size) == 1;
    });
    if (!done) return raise_last(exc::ValueError, nullptr);
    return {};
}

// HMAC.update(msg)
Fallible<Ref<>> hmac_update(Object* self, Object* const* a) {
    TRY(hmac_feed(as_hmac(self), a[0]));
    return share(none());
}
// HMAC.copy()
Fallible<Ref<>> hmac_copy(Object* self) {
    Ref<Hmac> copy = TRY(hmac_allocate());
    Locked locked(as_hmac(self)->lock);
    if (!HMAC_CTX_copy(copy->context, as_hmac(self)->context)) return raise_last(exc::ValueError, nullptr);
    return copy;
}
Fallible<Ref<Bytes>> finish(Object* self) {
    Ref<> copy = TRY(hmac_copy(self));
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = sizeof digest;
    if (!HMAC_Final(as_hmac(copy.get())->context, digest, &size)) return raise_last(exc::ValueError, nullptr);
    return bytes_from({reinterpret_cast<char*>(digest), size});
}
// HMAC.digest()
Fallible<Ref<>> hmac_object_digest(Object* self) {
    return finish(self);
}
// HMAC.hexdigest()
Fallible<Ref<>> hmac_hexdigest(Object* self) {
    return hex_text(TRY(finish(self))->view(), nullptr, 1);
}
const EVP_MD* method_of(Object* self) {
    return HMAC_CTX_get_md(as_hmac(self)->context);
}
Fallible<Ref<>> hmac_get_digest_size(Object* self) {
    return int_from(EVP_MD_get_size(method_of(self)));
}
Fallible<Ref<>> hmac_get_block_size(Object* self) {
    return int_from(EVP_MD_get_block_size(method_of(self)));
}
Fallible<Ref<>> hmac_get_name(Object* self) {
    return format_str("hmac-%s", digest_name(method_of(self)));
}
Fallible<Ref<>> hmac_repr(Object* self) {
    return format_str("<%s HMAC object @ %p>", digest_name(method_of(self)), self);
}

MethodDef hmac_methods[] = {
    METHOD("update", hmac_update, "($self, /, msg)", "Feeds more of the message."),
    METHOD_NOARGS("digest", hmac_object_digest, "($self, /)", "The authentication code of the message so far."),
    METHOD_NOARGS("hexdigest", hmac_hexdigest, "($self, /)", "The authentication code as hexadecimal text."),
    METHOD_NOARGS("copy", hmac_copy, "($self, /)", "An HMAC object with the same message so far."),
    END_ROW,
};
GetSetDef hmac_getset[] = {
    GETTER("digest_size", hmac_get_digest_size, nullptr),
    GETTER("block_size", hmac_get_block_size, nullptr),
    GETTER("name", hmac_get_name, nullptr),
    END_ROW,
};

}  // namespace

constinit Type hmac_type = static_type({
    .name = "_hashlib.HMAC",
    .basic_size = sizeof(Hmac),
    .flags = type_flag::kDisallowInstantiation,
    .doc = "An authentication code of the message fed so far.",
    .dealloc = hmac_dealloc,
    .repr = slot1<hmac_repr>,
    .methods = hmac_methods,
    .getset = hmac_getset,
});

// _hashlib.hmac_new(key, msg=b'', digestmod=None)
Fallible<Ref<>> hmac_new(Object*, Object* const* a) {
    BufferView key;
    TRY(key.open(a[0]));
    if (key.size() > INT_MAX) return raise(exc::OverflowError, "key is too long.");
    if (!a[2]) return raise(exc::TypeError, "Missing required parameter 'digestmod'.");
    DigestMethod method = TRY(digest_of_mode(a[2]));
    Ref<Hmac> self = TRY(hmac_allocate());
    if (!HMAC_Init_ex(self->context, key.data(), int(key.size()), method.get(), nullptr)) return raise_last(exc::ValueError, nullptr);
    if (a[1] && !is_none(a[1])) TRY(hmac_feed(self.get(), a[1]));
    return self;
}

// _hashlib.hmac_digest(key, msg, digest)
Fallible<Ref<>> hmac_digest(Object*, Object* const* a) {
    BufferView key, message;
    TRY(key.open(a[0]));
    TRY(message.open(a[1]));
    DigestMethod method = TRY(digest_of_mode(a[2]));
    if (key.size() > INT_MAX) return raise(exc::OverflowError, "key is too long.");
    if (message.size() > INT_MAX) return raise(exc::OverflowError, "msg is too long.");
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    unsigned char* done;
    {
        GilReleased released;
        done = HMAC(method.get(), key.data(), int(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
                    size_t(message.size()), digest, &size);
    }
    if (!done) return raise_last(exc::ValueError, nullptr);
    return bytes_from({reinterpret_cast<char*>(digest), size});
}

}  // namespace py::openssl
