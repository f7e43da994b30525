// What the files of audioop share: checked views of fragments, samples of one to four bytes.
#pragma once

#include "interp/objects/bytes.h"
#include "interp/objects/method_def.h"

namespace py::audioop {

Type* error_type();

// Sample i of samples that are `width` bytes wide, little-endian.
inline int32_t get_sample(const char* data, ssize_t i, int width) {
    auto* p = reinterpret_cast<const uint8_t*>(data) + i * width;
    switch (width) {
        case 1: return int8_t(p[0]);
        case 2: return int16_t(p[0] | p[1] << 8);
        case 3: return int32_t(uint32_t(p[0]) << 8 | uint32_t(p[1]) << 16 | uint32_t(p[2]) << 24) >> 8;
        default: return int32_t(uint32_t(p[0]) | uint32_t(p[1]) << 8 | uint32_t(p[2]) << 16 | uint32_t(p[3]) << 24);
    }
}
inline void set_sample(char* data, ssize_t i, int width, int32_t value) {
    for (int byte = 0; byte < width; ++byte)
        data[i * width + byte] = char(uint32_t(value) >> (8 * byte));
}
// The same with samples of every width scaled to 32 bits.
inline int32_t get_scaled(const char* data, ssize_t i, int width) {
    return int32_t(uint32_t(get_sample(data, i, width)) << (32 - 8 * width));
}
inline void set_scaled(char* data, ssize_t i, int width, int32_t value) {
    set_sample(data, i, width, value >> (32 - 8 * width));
}

inline int32_t max_sample(int width) {
    return int32_t(0x7fffffffu >> (32 - 8 * width));
}
inline int32_t min_sample(int width) {
    return -max_sample(width) - 1;
}

Fallible<int> width_of(Object* argument);
// A fragment that is a whole number of samples.
struct Fragment {
    BufferView view;
    int width = 1;

    Fallible<void> open(Object* fragment, Object* width_argument);
    ssize_t count() const { return view.size() / width; }
    int32_t operator[](ssize_t i) const { return get_sample(view.data(), i, width); }
    int32_t scaled(ssize_t i) const { return get_scaled(view.data(), i, width); }
};

// A fragment to be filled: `count` samples of `width` bytes.
struct Output {
    Ref<Bytes> bytes;
    ssize_t size = 0;

    Fallible<void> open(ssize_t count, int width);
    char* data() { return bytes->data; }
    Fallible<Ref<Bytes>> finish();
};

// audioop_codecs.cpp: A-law, u-law and ADPCM.
Fallible<Ref<>> lin2ulaw(Object*, Object* const* a);
Fallible<Ref<>> ulaw2lin(Object*, Object* const* a);
Fallible<Ref<>> lin2alaw(Object*, Object* const* a);
Fallible<Ref<>> alaw2lin(Object*, Object* const* a);
Fallible<Ref<>> lin2adpcm(Object*, Object* const* a);
Fallible<Ref<>> adpcm2lin(Object*, Object* const* a);
// audioop_ratecv.cpp
Fallible<Ref<>> ratecv(Object*, Object* const* a);

}  // namespace py::audioop
