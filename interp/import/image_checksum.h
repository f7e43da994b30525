// The checksum of image contents, made to be quick: code is checked each time it is loaded. It tells damage, not
// forgery.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace py {

// Four lanes of 64 bits take a word each in turn; every step is a bijection of its lane, so that one changed word
// always changes the lanes, and what is lost in the end is chance of one in 2^32.
inline uint32_t image_checksum(std::string_view bytes) {
    constexpr uint64_t kFactor = 0x9E3779B97F4A7C15u;
    auto step = [](uint64_t lane, uint64_t word) {
        lane ^= word;
        return (lane << 29 | lane >> 35) * kFactor;
    };
    uint64_t lanes[4] = {1, 2, 3, uint64_t(bytes.size())};
    const char* next = bytes.data();
    size_t left = bytes.size();
    for (; left >= 32; left -= 32, next += 32) {
        uint64_t words[4];
        std::memcpy(words, next, sizeof words);
        for (int i = 0; i < 4; ++i)
            lanes[i] = step(lanes[i], words[i]);
    }
    uint64_t tail[4] = {};
    if (left) std::memcpy(tail, next, left);
    uint64_t sum = 0;
    for (int i = 0; i < 4; ++i)
        sum = step(sum, step(lanes[i], tail[i]));
    return uint32_t(sum ^ sum >> 32);
}

}  // namespace py
