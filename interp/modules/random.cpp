// _random: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) behind random.Random.
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/int_digits.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

constexpr int kStateSize = 624, kMiddle = 397;

struct Twister {
    uint32_t state[kStateSize];
    int index;  // next word to give out; kStateSize: make new ones

    void seed_by_number(uint32_t seed) {
        state[0] = seed;
        for (int i = 1; i < kStateSize; ++i)
            state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + uint32_t(i);
        index = kStateSize;
    }
    void seed_by_array(const uint32_t* key, size_t length) {
        seed_by_number(19650218u);
        size_t i = 1, j = 0;
        auto step = [&] {
            if (++i >= size_t(kStateSize)) {
                state[0] = state[kStateSize - 1];
                i = 1;
            }
        };
        for (size_t k = std::max<size_t>(kStateSize, length); k; --k) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525u)) + key[j] + uint32_t(j);
            step();
            if (++j >= length) j = 0;
        }
        for (int k = kStateSize - 1; k; --k) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941u)) - uint32_t(i);
            step();
        }
        state[0] = 0x80000000u;
    }
    void refill() {
        auto twist = [](uint32_t high, uint32_t low) {
            uint32_t y = (high & 0x80000000u) | (low & 0x7fffffffu);
            return (y >> 1) ^ (y & 1 ? 0x9908b0dfu : 0);
        };
        for (int i = 0; i < kStateSize; ++i)
            state[i] = state[(i + kMiddle) % kStateSize] ^ twist(state[i], state[(i + 1) % kStateSize]);
        index = 0;
    }
    uint32_t next() {
        if (index >= kStateSize) refill();
        uint32_t y = state[index++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }
};

struct Random : Object {
    Twister twister;
};
Twister& twister_of(Object* object) { return static_cast<Random*>(object)->twister; }

// From the system's source, or from clocks and the process id where that fails.
void seed_by_system(Twister& twister) {
    uint32_t key[kStateSize];
    if (getrandom(key, sizeof key, 0) == ssize_t(sizeof key)) {
        twister.seed_by_array(key, kStateSize);
        return;
    }
    timespec now, monotonic;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    uint32_t fallback[] = {uint32_t(now.tv_nsec), uint32_t(now.tv_sec), uint32_t(getpid()), uint32_t(monotonic.tv_nsec),
                           uint32_t(monotonic.tv_sec)};
    twister.seed_by_array(fallback, std::size(fallback));
}

// |n| in 32-bit words.
Fallible<void> seed_by_int(Twister& twister, Int* value) {
    limbs::Buffer vector(std::max<size_t>(1, limbs_for_digits(digit_count(value))));
    if (!vector.ok()) return raise_memory_error();
    vector[0] = 0;
    size_t n = pack_limbs(value->digits, digit_count(value), vector.data());
    auto* words = reinterpret_cast<uint32_t*>(vector.data());
    size_t count = 2 * n;
    while (count > 1 && words[count - 1] == 0) --count;
    twister.seed_by_array(words, std::max<size_t>(1, count));
    return {};
}

Fallible<void> seed(Object* self, Object* argument_or_null) {
    Twister& twister = twister_of(self);
    if (!argument_or_null || is_none(argument_or_null)) {
        seed_by_system(twister);
        return {};
    }
    // The absolute value of an int, the hash of anything else.
    Ref<Int> number;
    if (is_int_exact(argument_or_null)) {
        number = share(as_int(argument_or_null));
    } else if (is_int(argument_or_null)) {
        Ref<> positive = TRY(absolute(argument_or_null));
        number = share(TRY(require_int(positive.get())));
    } else {
        number = TRY(int_from_unsigned(uint64_t(TRY(hash(argument_or_null)))));
    }
    return seed_by_int(twister, number.get());
}

// Random.seed(n=None, /)
Fallible<Ref<>> random_seed(Object* self, Object* const* bound) {
    TRY(seed(self, bound[0]));
    return share(none());
}

// Random.random()
Fallible<Ref<>> random_random(Object* self) {
    // 53 bits: 27 and 26 of two words.
    uint32_t a = twister_of(self).next() >> 5, b = twister_of(self).next() >> 6;
    return float_from((a * 67108864.0 + b) * (1.0 / 9007199254740992.0));
}

// Random.getrandbits(k, /)
Fallible<Ref<>> random_getrandbits(Object* self, Object* count) {
    int bits = TRY(as_c_int(count));
    if (bits < 0) return raise(exc::ValueError, "number of bits must be non-negative");
    Twister& twister = twister_of(self);
    if (bits == 0) return TRY(int_from(0));
    if (bits <= 32) return TRY(int_from_unsigned(twister.next() >> (32 - bits)));
    size_t words = (size_t(bits) - 1) / 32 + 1;
    limbs::Buffer vector((words + 1) / 2);
    if (!vector.ok()) return raise_memory_error();
    std::memset(vector.data(), 0, (words + 1) / 2 * sizeof(limbs::Limb));
    for (size_t i = 0; i < words; ++i, bits -= 32) {
        uint32_t word = twister.next();
        if (bits < 32) word >>= 32 - bits;
        vector[i / 2] |= uint64_t(word) << (32 * (i % 2));
    }
    return TRY(int_from_limbs(vector.data(), (words + 1) / 2, false));
}

// Random.getstate()
Fallible<Ref<>> random_getstate(Object* self) {
    Twister& twister = twister_of(self);
    Ref<Tuple> state = TRY(tuple_new(kStateSize + 1));
    for (int i = 0; i < kStateSize; ++i) state->items[i] = TRY(int_from_unsigned(twister.state[i])).release();
    state->items[kStateSize] = TRY(int_from(twister.index)).release();
    return state;
}

// Random.setstate(state, /)
Fallible<Ref<>> random_setstate(Object* self, Object* state) {
    if (!is_tuple(state)) return raise(exc::TypeError, "state vector must be a tuple");
    Tuple* tuple = as_tuple(state);
    if (tuple->size != kStateSize + 1) return raise(exc::ValueError, "state vector is the wrong size");
    Twister fresh;
    for (int i = 0; i < kStateSize; ++i) fresh.state[i] = uint32_t(TRY(as_uint64(tuple->items[i])));
    int64_t index = TRY(as_int64(tuple->items[kStateSize]));
    if (index < 0 || index > kStateSize) return raise(exc::ValueError, "invalid state");
    fresh.index = int(index);
    twister_of(self) = fresh;
    return share(none());
}

// Random(seed=None)
Object* random_new(Type* type, Object*, Object*) {
    return type->alloc(type, 0);
}
int random_init(Object* self, Object* args, Object* kwargs) {
    Tuple* tuple = as_tuple(args);
    TRY(check_no_keywords("Random", kwargs));
    if (tuple->size > 1) return raise(exc::TypeError, "Random() requires 0 or 1 argument");
    TRY(seed(self, tuple->size ? tuple->items[0] : nullptr));
    return 0;
}

MethodDef random_methods[] = {
    METHOD_NOARGS("random", random_random, "($self, /)", "A random float in the interval [0, 1)."),
    METHOD("seed", random_seed, "($self, n=None, /)",
           "Starts anew from n; without it from the system's source of randomness."),
    METHOD_NOARGS("getstate", random_getstate, "($self, /)", "The internal state, as setstate() takes it."),
    METHOD_O("setstate", random_setstate, "($self, state, /)", "Restores a state of getstate()."),
    METHOD_O("getrandbits", random_getrandbits, "($self, k, /)", "An int of k random bits."),
    END_ROW,
};

constinit Type random_type = static_type({
    .name = "_random.Random",
    .basic_size = sizeof(Random),
    .flags = type_flag::kBase,
    .doc = "Random() -> a random number generator with its own internal state.",
    .methods = random_methods,
    .init = random_init,
    .new_ = random_new,
});

Fallible<void> random_execute(Module* module) { return module_add_type(module, &random_type); }

}  // namespace

extern const NativeModule random_module;
const NativeModule random_module = {"_random", "Generator of random numbers (Mersenne Twister).", nullptr, random_execute};

}  // namespace py
