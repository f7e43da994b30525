// The secret behind str and bytes hashes (PYTHONHASHSEED).
#pragma once

#include <cstddef>
#include <cstdint>

namespace py {

// Sets the process's secret as PYTHONHASHSEED=seed does: 0 gives the all-zero secret. Before the first string is hashed.
// For an unseeded process fill runtime().siphash_key from the system's random source instead.
void seed_hash_secret(unsigned long seed);
// SipHash-1-3 of `size` bytes, little-endian.
uint64_t siphash13(uint64_t key0, uint64_t key1, const void* data, size_t size);

}  // namespace py
