// audioop: samples to and from A-law, u-law (ITU-T G.711) and ADPCM (Intel/DVI, IMA).
#include "interp/modules/audioop.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"

namespace py::audioop {

namespace {

// G.711 divides the magnitudes into eight segments, each twice as long as the one before.
int segment_of(int value, int first_end) {
    int segment = 0;
    while (segment < 8 && value > ((first_end + 1) << segment) - 1)
        ++segment;
    return segment;
}

uint8_t ulaw_encode(int sample14) {
    constexpr int kBias = 33, kClip = 8159;
    uint8_t mask = sample14 < 0 ? 0x7f : 0xff;
    int magnitude = sample14 < 0 ? -sample14 : sample14;
    magnitude = (magnitude > kClip ? kClip : magnitude) + kBias;
    int segment = segment_of(magnitude, 0x3f);
    if (segment >= 8) return 0x7f ^ mask;
    return uint8_t(segment << 4 | (magnitude >> (segment + 1) & 15)) ^ mask;
}
int16_t ulaw_decode(uint8_t code) {
    code = uint8_t(~code);
    int magnitude = (((code & 15) << 3) + 0x84) << (code >> 4 & 7);
    return int16_t(code & 0x80 ? 0x84 - magnitude : magnitude - 0x84);
}
uint8_t alaw_encode(int sample13) {
    uint8_t mask = sample13 < 0 ? 0x55 : 0xd5;
    int magnitude = sample13 < 0 ? -sample13 - 1 : sample13;
    int segment = segment_of(magnitude, 0x1f);
    if (segment >= 8) return 0x7f ^ mask;
    return uint8_t(segment << 4 | (magnitude >> (segment < 2 ? 1 : segment) & 15)) ^ mask;
}
int16_t alaw_decode(uint8_t code) {
    code ^= 0x55;
    int segment = code >> 4 & 7, magnitude = (code & 15) << 4;
    magnitude = segment == 0 ? magnitude + 8 : (magnitude + 0x108) << (segment - 1);
    return int16_t(code & 0x80 ? magnitude : -magnitude);
}

template <uint8_t (*encode)(int), int kBits>
Fallible<Ref<>> encode_all(Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    Output out;
    TRY(out.open(in.count(), 1));
    for (ssize_t i = 0; i < in.count(); ++i)
        out.data()[i] = char(encode(in.scaled(i) >> (32 - kBits)));
    return TRY(out.finish());
}
template <int16_t (*decode)(uint8_t)>
Fallible<Ref<>> decode_all(Object* const* a) {
    BufferView in;
    TRY(in.open(a[0]));
    int width = TRY(width_of(a[1]));
    Output out;
    TRY(out.open(in.size(), width));
    for (ssize_t i = 0; i < in.size(); ++i)
        set_scaled(out.data(), i, width, int32_t(decode(uint8_t(in.data()[i]))) * 65536);
    return TRY(out.finish());
}

constexpr int8_t kIndexSteps[] = {-1, -1, -1, -1, 2, 4, 6, 8};
constexpr int16_t kStepSizes[] = {
    7,    8,     9,     10,    11,    12,    13,    14,    16,    17,    19,    21,    23,    25,   28,
    31,   34,    37,    41,    45,    50,    55,    60,    66,    73,    80,    88,    97,    107,  118,
    130,  143,   157,   173,   190,   209,   230,   253,   279,   307,   337,   371,   408,   449,  494,
    544,  598,   658,   724,   796,   876,   963,   1060,  1166,  1282,  1411,  1552,  1707,  1878, 2066,
    2272, 2499,  2749,  3024,  3327,  3660,  4026,  4428,  4871,  5358,  5894,  6484,  7132,  7845, 8630,
    9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767};
constexpr int kLastIndex = sizeof kStepSizes / sizeof kStepSizes[0] - 1;

// The value predicted for the next sample, and the place of the step size.
struct AdpcmState {
    int predicted = 0, index = 0;

    Fallible<void> read(const char* function, Object* state);
    Fallible<Ref<Tuple>> write(Ref<Bytes> result) const;
    // Takes a code of four bits in.
    void step(int code);
    int encode(int sample);
};
Fallible<void> AdpcmState::read(const char* function, Object* state) {
    if (is_none(state)) return {};
    if (!is_tuple(state)) return raise(exc::TypeError, "state must be a tuple or None");
    if (as_tuple(state)->size != 2) return raise(exc::TypeError, "%s(): illegal state argument", function);
    predicted = TRY(as_c_int(as_tuple(state)->items[0]));
    index = TRY(as_c_int(as_tuple(state)->items[1]));
    if (predicted < -0x8000 || predicted > 0x7fff || index < 0 || index > kLastIndex)
        return raise(exc::ValueError, "bad state");
    return {};
}
Fallible<Ref<Tuple>> AdpcmState::write(Ref<Bytes> result) const {
    Ref<Int> first = TRY(int_from(predicted))
    , second = TRY(int_from(index));
    Ref<Tuple> state = TRY(tuple_pack(first.get(), second.get()));
    return tuple_pack(result.get(), state.get());
}
void AdpcmState::step(int code) {
    int size = kStepSizes[index], difference = size >> 3;
    if (code & 4) difference += size;
    if (code & 2) difference += size >> 1;
    if (code & 1) difference += size >> 2;
    predicted += code & 8 ? -difference : difference;
    predicted = predicted > 32767 ? 32767 : predicted < -32768 ? -32768 : predicted;
    index += kIndexSteps[code & 7];
    index = index < 0 ? 0 : index > kLastIndex ? kLastIndex : index;
}
int AdpcmState::encode(int sample) {
    int difference = sample - predicted, code = difference < 0 ? 8 : 0, size = kStepSizes[index];
    if (difference < 0) difference = -difference;
    for (int bit = 4; bit; bit >>= 1, size >>= 1) {
        if (difference < size) continue;
        code |= bit;
        difference -= size;
    }
    step(code);
    return code;
}

}  // namespace

// audioop.lin2ulaw(fragment, width, /)
Fallible<Ref<>> lin2ulaw(Object*, Object* const* a) {
    return encode_all<ulaw_encode, 14>(a);
}
// audioop.ulaw2lin(fragment, width, /)
Fallible<Ref<>> ulaw2lin(Object*, Object* const* a) {
    return decode_all<ulaw_decode>(a);
}
// audioop.lin2alaw(fragment, width, /)
Fallible<Ref<>> lin2alaw(Object*, Object* const* a) {
    return encode_all<alaw_encode, 13>(a);
}
// audioop.alaw2lin(fragment, width, /)
Fallible<Ref<>> alaw2lin(Object*, Object* const* a) {
    return decode_all<alaw_decode>(a);
}

// audioop.lin2adpcm(fragment, width, state, /)
Fallible<Ref<>> lin2adpcm(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    AdpcmState state;
    TRY(state.read("lin2adpcm", a[2]));
    Output out;
    TRY(out.open(in.count() / 2, 1));
    int high = 0;
    for (ssize_t i = 0; i < in.count(); ++i) {
        int code = state.encode(in.scaled(i) >> 16);
        if (i % 2 == 0)
            high = code << 4;
        else
            out.data()[i / 2] = char(high | code);
    }
    return TRY(state.write(TRY(out.finish())));
}
// audioop.adpcm2lin(fragment, width, state, /)
Fallible<Ref<>> adpcm2lin(Object*, Object* const* a) {
    BufferView in;
    TRY(in.open(a[0]));
    int width = TRY(width_of(a[1]));
    AdpcmState state;
    TRY(state.read("adpcm2lin", a[2]));
    if (in.size() > PTRDIFF_MAX / 2) return raise_memory_error();
    Output out;
    TRY(out.open(in.size() * 2, width));
    for (ssize_t i = 0; i < in.size() * 2; ++i) {
        state.step(uint8_t(in.data()[i / 2]) >> (i % 2 ? 0 : 4) & 15);
        set_scaled(out.data(), i, width, state.predicted * 65536);
    }
    return TRY(state.write(TRY(out.finish())));
}

}  // namespace py::audioop
