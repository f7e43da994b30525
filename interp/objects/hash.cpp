// Hashing of bytes (SipHash-1-3 with a per-process secret) and of addresses.
#include "interp/objects/hash.h"

#include <bit>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/runtime/state.h"

namespace py {

void seed_hash_secret(unsigned long seed) {
    unsigned char secret[sizeof runtime().siphash_key] = {};
    if (seed != 0) {
        auto state = unsigned(seed);
        for (unsigned char& byte : secret) {
            state = state * 214013 + 2531011;
            byte = (state >> 16) & 0xff;
        }
    }
    std::memcpy(runtime().siphash_key, secret, sizeof secret);
}

namespace {

struct SipState {
    uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1, v2 += v3;
        v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
        v0 = std::rotl(v0, 32);
        v2 += v1, v0 += v3;
        v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
        v2 = std::rotl(v2, 32);
    }
    void absorb(uint64_t word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }
};

}  // namespace

uint64_t siphash13(uint64_t key0, uint64_t key1, const void* data, size_t size) {
    SipState state{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d, key0 ^ 0x6c7967656e657261,
                   key1 ^ 0x7465646279746573};
    auto* bytes = static_cast<const unsigned char*>(data);
    uint64_t last = uint64_t(size) << 56;
    for (; size >= 8; size -= 8, bytes += 8) {
        uint64_t word;
        std::memcpy(&word, bytes, 8);
        state.absorb(word);
    }
    for (size_t i = 0; i < size; ++i) last |= uint64_t(bytes[i]) << (8 * i);
    state.absorb(last);
    state.v2 ^= 0xff;
    state.round();
    state.round();
    state.round();
    return (state.v0 ^ state.v1) ^ (state.v2 ^ state.v3);
}

Hash hash_bytes(const void* data, ssize_t size) {
    if (size == 0) return 0;
    auto result = Hash(siphash13(runtime().siphash_key[0], runtime().siphash_key[1], data, size_t(size)));
    return result == -1 ? -2 : result;
}

Hash hash_pointer(const void* pointer) {
    // The low bits of addresses are all alike: to the top.
    auto result = Hash(std::rotr(reinterpret_cast<uintptr_t>(pointer), 4));
    return result == -1 ? -2 : result;
}

}  // namespace py
