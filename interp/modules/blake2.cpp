// _blake2: blake2b and blake2s with key, salt, personalisation and tree parameters (RFC 7693 and the BLAKE2 paper).
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

constexpr uint8_t kSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

struct WideTraits {  // blake2b
    using Word = uint64_t;
    static constexpr int kRounds = 12, kBlock = 128, kMaxDigest = 64, kMaxKey = 64, kSalt = 16, kPerson = 16;
    static constexpr int kRotations[4] = {32, 24, 16, 63};
    static constexpr Word kInitial[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                         0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    static constexpr const char* kName = "blake2b";
    static constexpr uint64_t kMaxNodeOffset = UINT64_MAX;
};
struct NarrowTraits {  // blake2s
    using Word = uint32_t;
    static constexpr int kRounds = 10, kBlock = 64, kMaxDigest = 32, kMaxKey = 32, kSalt = 8, kPerson = 8;
    static constexpr int kRotations[4] = {16, 12, 8, 7};
    static constexpr Word kInitial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    static constexpr const char* kName = "blake2s";
    static constexpr uint64_t kMaxNodeOffset = (uint64_t(1) << 48) - 1;
};

struct Parameters {
    int digest_size, key_length = 0, fanout = 1, depth = 1, node_depth = 0, inner_size = 0;
    uint32_t leaf_size = 0;
    uint64_t node_offset = 0;
    uint8_t key[64] = {}, salt[16] = {}, person[16] = {};
    bool last_node = false;
};

template <class T>
struct State {
    using Word = typename T::Word;
    Word h[8];
    uint64_t counter = 0, counter_high = 0;
    uint8_t buffer[T::kBlock];
    int filled = 0;
    int digest_size = 0;
    bool last_node = false;

    static Word rotate(Word x, int n) { return x >> n | x << (sizeof(Word) * 8 - n); }
    static void mix(Word* v, int a, int b, int c, int d, Word x, Word y) {
        v[a] += v[b] + x;
        v[d] = rotate(v[d] ^ v[a], T::kRotations[0]);
        v[c] += v[d];
        v[b] = rotate(v[b] ^ v[c], T::kRotations[1]);
        v[a] += v[b] + y;
        v[d] = rotate(v[d] ^ v[a], T::kRotations[2]);
        v[c] += v[d];
        v[b] = rotate(v[b] ^ v[c], T::kRotations[3]);
    }
    void compress(const uint8_t* block, bool last) {
        Word m[16], v[16];
        std::memcpy(m, block, sizeof m);
        std::memcpy(v, h, sizeof h);
        std::memcpy(v + 8, T::kInitial, sizeof h);
        v[12] ^= Word(counter);
        v[13] ^= sizeof(Word) == 8 ? Word(counter_high) : Word(counter >> 32);
        if (last) v[14] = ~v[14];
        if (last && last_node) v[15] = ~v[15];
        for (int round = 0; round < T::kRounds; ++round) {
            const uint8_t* s = kSigma[round % 10];
            for (int i = 0; i < 4; ++i) mix(v, i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[2 * i + 1]]);
            for (int i = 0; i < 4; ++i)
                mix(v, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
        }
        for (int i = 0; i < 8; ++i) h[i] ^= v[i] ^ v[i + 8];
    }
    void count(uint64_t bytes) {
        counter += bytes;
        if (counter < bytes) ++counter_high;
    }
    void start(const Parameters& p) {
        uint8_t block[64] = {};
        block[0] = uint8_t(p.digest_size);
        block[1] = uint8_t(p.key_length);
        block[2] = uint8_t(p.fanout);
        block[3] = uint8_t(p.depth);
        std::memcpy(block + 4, &p.leaf_size, 4);
        std::memcpy(block + 8, &p.node_offset, sizeof(Word) == 8 ? 8 : 6);
        int at = sizeof(Word) == 8 ? 16 : 14;
        block[at] = uint8_t(p.node_depth);
        block[at + 1] = uint8_t(p.inner_size);
        int salt_at = sizeof(Word) == 8 ? 32 : 16;
        std::memcpy(block + salt_at, p.salt, T::kSalt);
        std::memcpy(block + salt_at + T::kSalt, p.person, T::kPerson);
        for (int i = 0; i < 8; ++i) {
            Word word;
            std::memcpy(&word, block + i * sizeof(Word), sizeof word);
            h[i] = T::kInitial[i] ^ word;
        }
        digest_size = p.digest_size;
        last_node = p.last_node;
        if (p.key_length) {
            uint8_t padded[T::kBlock] = {};
            std::memcpy(padded, p.key, size_t(p.key_length));
            feed(padded, sizeof padded);
        }
    }
    void feed(const uint8_t* data, size_t size) {
        while (size) {
            if (filled == T::kBlock) {
                count(T::kBlock);
                compress(buffer, false);
                filled = 0;
            }
            size_t part = size_t(T::kBlock - filled) < size ? size_t(T::kBlock - filled) : size;
            std::memcpy(buffer + filled, data, part);
            filled += int(part);
            data += part;
            size -= part;
        }
    }
    void finish(uint8_t* out) {
        State copy = *this;
        copy.count(uint64_t(filled));
        std::memset(copy.buffer + filled, 0, size_t(T::kBlock - filled));
        copy.compress(copy.buffer, true);
        std::memcpy(out, copy.h, size_t(digest_size));
    }
};

template <class T>
struct Blake : Object {
    State<T> state;
};
template <class T>
Type& blake_type();
template <class T>
Blake<T>* as_blake(Object* object) {
    return static_cast<Blake<T>*>(object);
}

template <class T>
Fallible<void> feed(Object* self, Object* data) {
    if (is_str(data)) return raise(exc::TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(data)) return raise(exc::TypeError, "object supporting the buffer API required");
    BufferView view;
    TRY(view.open(data));
    as_blake<T>(self)->state.feed(reinterpret_cast<const uint8_t*>(view.data()), size_t(view.size()));
    return {};
}
Fallible<void> read_block(Object* value, uint8_t* out, int limit, const char* message, int* length) {
    if (!value) return {};
    BufferView view;
    TRY(view.open(value));
    if (view.size() > limit) return raise(exc::ValueError, message, limit);
    std::memcpy(out, view.data(), size_t(view.size()));
    if (length) *length = int(view.size());
    return {};
}
Fallible<int> ranged(Object* value, int low, int high, int default_value, const char* message) {
    if (!value) return default_value;
    int number = TRY(as_c_int(value));
    if (number < low || number > high) return raise(exc::ValueError, message, low, high);
    return number;
}
// An int ≥ 0 that fits 64 bits; `too_large` words the OverflowError.
Fallible<uint64_t> positive(Object* value, const char* too_large) {
    Int* number = TRY(require_int(value));
    if (int_sign(number) < 0) return raise(exc::ValueError, "value must be positive");
    if (int_bit_length(number) > 64) return raise(exc::OverflowError, "%s", too_large);
    return as_uint64(value);
}

// blake2b(data=b'', /, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0,
//         node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)
template <class T>
Fallible<Ref<>> blake_new(Type* type, Object* const* a) {
    Parameters p;
    p.digest_size = TRY(ranged(a[1], 1, T::kMaxDigest, T::kMaxDigest, "digest_size must be between %d and %d bytes"));
    TRY(read_block(a[2], p.key, T::kMaxKey, "maximum key length is %d bytes", &p.key_length));
    TRY(read_block(a[3], p.salt, T::kSalt, "maximum salt length is %d bytes", nullptr));
    TRY(read_block(a[4], p.person, T::kPerson, "maximum person length is %d bytes", nullptr));
    p.fanout = TRY(ranged(a[5], 0, 255, 1, "fanout must be between %d and %d"));
    p.depth = TRY(ranged(a[6], 1, 255, 1, "depth must be between %d and %d"));
    if (a[7]) {
        uint64_t leaf = TRY(positive(a[7], "Python int too large to convert to C unsigned long"));
        if (leaf > UINT32_MAX) return raise(exc::OverflowError, "leaf_size is too large");
        p.leaf_size = uint32_t(leaf);
    }
    if (a[8]) p.node_offset = TRY(positive(a[8], "int too big to convert"));
    if (p.node_offset > T::kMaxNodeOffset) return raise(exc::OverflowError, "node_offset is too large");
    p.node_depth = TRY(ranged(a[9], 0, 255, 0, "node_depth must be between %d and %d"));
    p.inner_size = TRY(ranged(a[10], 0, T::kMaxDigest, 0, "inner_size must be between %d and is %d"));
    p.last_node = a[11] && TRY(is_true(a[11]));
    Ref<> object = steal(type->alloc(type, 0));
    if (!object) return raised;
    new (&as_blake<T>(object.get())->state) State<T>();
    as_blake<T>(object.get())->state.start(p);
    if (a[0]) {
        TRY(feed<T>(object.get(), a[0]));
    }
    return object;
}
// blake2.update(data, /)
template <class T>
Fallible<Ref<>> blake_update(Object* self, Object* data) {
    TRY(feed<T>(self, data));
    return share(none());
}
// blake2.copy()
template <class T>
Fallible<Ref<>> blake_copy(Object* self) {
    Ref<> copy = steal(self->type->alloc(self->type, 0));
    if (!copy) return raised;
    as_blake<T>(copy.get())->state = as_blake<T>(self)->state;
    return copy;
}
// blake2.digest()
template <class T>
Fallible<Ref<>> blake_digest(Object* self) {
    uint8_t out[64];
    as_blake<T>(self)->state.finish(out);
    return TRY(bytes_from({reinterpret_cast<char*>(out), size_t(as_blake<T>(self)->state.digest_size)}));
}
// blake2.hexdigest()
template <class T>
Fallible<Ref<>> blake_hexdigest(Object* self) {
    uint8_t out[64];
    char text[129];
    as_blake<T>(self)->state.finish(out);
    int size = as_blake<T>(self)->state.digest_size;
    for (int i = 0; i < size; ++i) {
        text[2 * i] = "0123456789abcdef"[out[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[out[i] & 15];
    }
    return TRY(str_from_ascii({text, size_t(2 * size)}));
}
template <class T>
Fallible<Ref<>> blake_get_name(Object*) {
    return TRY(str_from_ascii(T::kName));
}
template <class T>
Fallible<Ref<>> blake_get_block_size(Object*) {
    return TRY(int_from(T::kBlock));
}
template <class T>
Fallible<Ref<>> blake_get_digest_size(Object* self) {
    return TRY(int_from(as_blake<T>(self)->state.digest_size));
}

template <class T>
struct Tables {
    static inline MethodDef methods[] = {
        METHOD_NOARGS("copy", blake_copy<T>, "($self, /)", "A copy of the hash object."),
        METHOD_NOARGS("digest", blake_digest<T>, "($self, /)", "The digest of what was fed so far."),
        METHOD_NOARGS("hexdigest", blake_hexdigest<T>, "($self, /)", "The digest as hexadecimal text."),
        METHOD_O("update", blake_update<T>, "($self, data, /)", "Feed bytes."),
        END_ROW,
    };
    static inline GetSetDef getset[] = {
        GETTER("name", blake_get_name<T>, nullptr),
        GETTER("block_size", blake_get_block_size<T>, nullptr),
        GETTER("digest_size", blake_get_digest_size<T>, nullptr),
        END_ROW,
    };
    template <FixedString Name>
    static Object* construct(Type* type, Object* args, Object* kwargs) {
        return Bound<blake_new<T>, Name,
                     "(data=None, /, *, digest_size=64, key=None, salt=None, person=None, fanout=1, depth=1, leaf_size=0, "
                     "node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)">::new_(type, args, kwargs);
    }
};
constinit Type blake2b_type = static_type({
    .name = "_blake2.blake2b",
    .basic_size = sizeof(Blake<WideTraits>),
    .flags = type_flag::kBase,
    .methods = Tables<WideTraits>::methods,
    .getset = Tables<WideTraits>::getset,
    .new_ = Tables<WideTraits>::construct<"blake2b">,
});
constinit Type blake2s_type = static_type({
    .name = "_blake2.blake2s",
    .basic_size = sizeof(Blake<NarrowTraits>),
    .flags = type_flag::kBase,
    .methods = Tables<NarrowTraits>::methods,
    .getset = Tables<NarrowTraits>::getset,
    .new_ = Tables<NarrowTraits>::construct<"blake2s">,
});

template <class T>
Fallible<void> add_type(Module* module, Type& type) {
    TRY(module_add_type(module, &type));
    const struct {
        const char* name;
        int value;
    } limits[] = {{"SALT_SIZE", T::kSalt}, {"PERSON_SIZE", T::kPerson}, {"MAX_KEY_SIZE", T::kMaxKey}, {"MAX_DIGEST_SIZE", T::kMaxDigest}};
    for (auto& each : limits) TRY(dict_set(type.dict, each.name, TRY(int_from(each.value)).get()));
    return {};
}
Fallible<void> blake2_execute(Module* module) {
    TRY(add_type<WideTraits>(module, blake2b_type));
    return add_type<NarrowTraits>(module, blake2s_type);
}

}  // namespace

extern const NativeModule blake2_module;
const NativeModule blake2_module = {"_blake2", nullptr, nullptr, blake2_execute};

}  // namespace py
