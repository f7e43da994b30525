// audioop.ratecv: another sampling rate, by linear interpolation between weighted samples.
#include <numeric>

#include "interp/modules/audioop.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"

namespace py::audioop {

namespace {

Raised raise_bad_state() {
    return raise(exc::TypeError, "ratecv(): illegal state argument");
}

// Per channel the last two samples, scaled to 32 bits.
struct Channel {
    int previous, current;
};
struct Channels {
    Channel* items = nullptr;
    int count = 0;

    ~Channels() { deallocate(items); }
    Fallible<void> open(int channels) {
        items = static_cast<Channel*>(allocate(size_t(channels) * sizeof(Channel)));
        if (!items) return raise_memory_error();
        count = channels;
        for (int i = 0; i < count; ++i)
            items[i] = {0, 0};
        return {};
    }
    Fallible<void> read(Object* state);
    Fallible<Ref<Tuple>> write() const;
};
Fallible<void> Channels::read(Object* state) {
    if (!is_tuple(state)) return raise_bad_state();
    if (as_tuple(state)->size != count) return raise(error_type(), "illegal state argument");
    for (int i = 0; i < count; ++i) {
        Object* pair = as_tuple(state)->items[i];
        if (!is_tuple(pair) || as_tuple(pair)->size != 2) return raise_bad_state();
        items[i] = { TRY(as_c_int(as_tuple(pair)->items[0])), TRY(as_c_int(as_tuple(pair)->items[1])) };
    }
    return {};
}
Fallible<Ref<Tuple>> Channels::write() const {
    Ref<Tuple> result = TRY(tuple_new(count));
    for (int i = 0; i < count; ++i) {
        Ref<Int> previous = TRY(int_from(items[i].previous))
        , current = TRY(int_from(items[i].current));
        result->items[i] = TRY(tuple_pack(previous.get(), current.get()))
        .release();
    }
    return result;
}

struct Rates {
    int in, out, weight_a, weight_b;
};
Fallible<Rates> rates_of(Object* const* a) {
    Rates rates = {
        TRY(as_c_int(a[3])),
        TRY(as_c_int(a[4])),
        a[6] ? TRY(as_c_int(a[6])) : 1,
        a[7] ? TRY(as_c_int(a[7])) : 0
    };
    if (rates.weight_a < 1 || rates.weight_b < 0)
        return raise(error_type(), "weightA should be >= 1, weightB should be >= 0");
    return rates;
}
// The smallest numbers of the same ratios.
void reduce(Rates& rates) {
    int divisor = std::gcd(rates.in, rates.out);
    rates.in /= divisor;
    rates.out /= divisor;
    divisor = std::gcd(rates.weight_a, rates.weight_b);
    rates.weight_a /= divisor;
    rates.weight_b /= divisor;
}

// How many frames can come of `frames` frames when the first is due at `distance`.
Fallible<ssize_t> output_frames(ssize_t frames, const Rates& rates, int distance) {
    __int128 count = (__int128(frames) * rates.out + (distance > 0 ? distance : 0)) / rates.in + 1;
    if (count > PTRDIFF_MAX) return raise_memory_error();
    return ssize_t(count);
}

}  // namespace

// audioop.ratecv(fragment, width, nchannels, inrate, outrate, state, weightA=1, weightB=0, /)
Fallible<Ref<>> ratecv(Object*, Object* const* a) {
    BufferView in;
    TRY(in.open(a[0]));
    int width = TRY(as_c_int(a[1]))
    , channel_count = TRY(as_c_int(a[2]));
    Rates rates = {};
    for (int i : {3, 4})
        (void)TRY(as_c_int(a[i]));
    (void)TRY(width_of(a[1]));
    if (channel_count < 1) return raise(error_type(), "# of channels should be >= 1");
    if (channel_count > INT32_MAX / width) return raise(exc::OverflowError, "width * nchannels too big for a C int");
    rates = TRY(rates_of(a));
    int frame_size = width * channel_count;
    if (in.size() % frame_size) return raise(error_type(), "not a whole number of frames");
    if (rates.in <= 0 || rates.out <= 0) return raise(error_type(), "sampling rate not > 0");
    reduce(rates);
    Channels channels;
    TRY(channels.open(channel_count));
    int distance = -rates.out;
    if (!is_none(a[5])) {
        if (!is_tuple(a[5])) return raise(exc::TypeError, "state must be a tuple or None");
        if (as_tuple(a[5])->size != 2) return raise_bad_state();
        distance = TRY(as_c_int(as_tuple(a[5])->items[0]));
        TRY(channels.read(as_tuple(a[5])->items[1]));
    }
    ssize_t frames = in.size() / frame_size, room = TRY(output_frames(frames, rates, distance));
    if (room > PTRDIFF_MAX / channel_count) return raise_memory_error();
    Output out;
    TRY(out.open(room * channel_count, width));
    ssize_t read = 0, written = 0;
    for (;;) {
        for (; distance < 0; distance += rates.out) {
            if (read == frames * channel_count) {
                out.size = written * width;
                Ref<Int> rest = TRY(int_from(distance));
                Ref<Tuple> state = TRY(tuple_pack(rest.get(), TRY(channels.write()).get()));
                return tuple_pack(TRY(out.finish()).get(), state.get());
            }
            for (int i = 0; i < channel_count; ++i) {
                Channel& channel = channels.items[i];
                channel.previous = channel.current;
                double sample = get_scaled(in.data(), read++, width);
                channel.current = int((rates.weight_a * sample + double(rates.weight_b) * channel.previous) /
                                      (double(rates.weight_a) + double(rates.weight_b)));
            }
        }
        for (; distance >= 0; distance -= rates.in) {
            for (int i = 0; i < channel_count; ++i) {
                const Channel& channel = channels.items[i];
                int sample = int(
                    (double(channel.previous) * distance + double(channel.current) * (double(rates.out) - distance)) /
                    rates.out);
                set_scaled(out.data(), written++, width, sample);
            }
        }
    }
}

}  // namespace py::audioop
