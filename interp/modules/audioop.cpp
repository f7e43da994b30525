// audioop: arithmetic on fragments of raw audio, signed samples of one to four bytes.
#include "interp/modules/audioop.h"

#include <cmath>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {

namespace audioop {

Type* audio_error = nullptr;
Type* error_type() {
    return audio_error;
}

Fallible<int> width_of(Object* argument) {
    int width = TRY(as_c_int(argument));
    if (width < 1 || width > 4) return raise(audio_error, "Size should be 1, 2, 3 or 4");
    return width;
}
Fallible<void> Fragment::open(Object* fragment, Object* width_argument) {
    TRY(view.open(fragment));
    width = TRY(width_of(width_argument));
    if (view.size() % width) return raise(audio_error, "not a whole number of frames");
    return {};
}
// NOTE: bytes of less than two bytes may be shared, so there is room for two at least.
Fallible<void> Output::open(ssize_t count, int width) {
    if (count > PTRDIFF_MAX / 2 / width) return raise_memory_error();
    size = count * width;
    bytes = TRY(bytes_new(size < 2 ? 2 : size));
    return {};
}
Fallible<Ref<Bytes>> Output::finish() {
    return bytes_resize(std::move(bytes), size);
}

namespace {

// The nearest sample at or below the value.
int32_t bounded(double value, int width) {
    if (value > max_sample(width)) return max_sample(width);
    if (value < min_sample(width) + 1.0) return min_sample(width);
    return int32_t(std::floor(value));
}
uint32_t magnitude(int32_t sample) {
    return sample < 0 ? -uint32_t(sample) : uint32_t(sample);
}

// audioop.getsample(fragment, width, index, /)
Fallible<Ref<>> audioop_getsample(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    ssize_t at = TRY(as_ssize(a[2]));
    if (at < 0 || at >= in.count()) return raise(audio_error, "Index out of range");
    return TRY(int_from(in[at]));
}
// audioop.max(fragment, width, /)
Fallible<Ref<>> audioop_max(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    uint32_t most = 0;
    for (ssize_t i = 0; i < in.count(); ++i)
        most = std::max(most, magnitude(in[i]));
    return TRY(int_from(most));
}
// audioop.minmax(fragment, width, /)
Fallible<Ref<>> audioop_minmax(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    int32_t least = INT32_MAX, most = INT32_MIN;
    for (ssize_t i = 0; i < in.count(); ++i)
        least = std::min(least, in[i]), most = std::max(most, in[i]);
    Ref<Int> low = TRY(int_from(least))
    , high = TRY(int_from(most));
    return tuple_pack(low.get(), high.get());
}
// audioop.avg(fragment, width, /)
Fallible<Ref<>> audioop_avg(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    double sum = 0;
    for (ssize_t i = 0; i < in.count(); ++i)
        sum += in[i];
    return TRY(int_from(in.count() ? int32_t(std::floor(sum / double(in.count()))) : 0));
}
// audioop.rms(fragment, width, /)
Fallible<Ref<>> audioop_rms(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    double squares = 0;
    for (ssize_t i = 0; i < in.count(); ++i)
        squares += double(in[i]) * in[i];
    return TRY(int_from(in.count() ? uint32_t(std::sqrt(squares / double(in.count()))) : 0));
}

// Calls visit(height) for each way from one turning point to the next.
template <class F>
void for_each_swing(const Fragment& in, F visit) {
    if (in.count() == 0) return;
    int32_t previous = in[0], turn = 0;
    bool has_turn = false;
    int falling = -1;  // not known yet
    for (ssize_t i = 1; i < in.count(); ++i) {
        int32_t value = in[i];
        if (value == previous) continue;
        int falls = value < previous;
        if (falling == !falls) {
            if (has_turn)
                visit(previous < turn ? uint32_t(turn) - uint32_t(previous) : uint32_t(previous) - uint32_t(turn));
            has_turn = true;
            turn = previous;
        }
        previous = value;
        falling = falls;
    }
}
// audioop.maxpp(fragment, width, /)
Fallible<Ref<>> audioop_maxpp(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    uint32_t most = 0;
    for_each_swing(in, [&](uint32_t height) { most = std::max(most, height); });
    return TRY(int_from(most));
}
// audioop.avgpp(fragment, width, /)
Fallible<Ref<>> audioop_avgpp(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    double sum = 0;
    ssize_t swings = 0;
    for_each_swing(in, [&](uint32_t height) { sum += height, ++swings; });
    return TRY(int_from(swings ? uint32_t(sum / double(swings)) : 0));
}
// audioop.cross(fragment, width, /)
Fallible<Ref<>> audioop_cross(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    ssize_t crossings = -1;
    int before = -1;
    for (ssize_t i = 0; i < in.count(); ++i) {
        int negative = in[i] < 0;
        crossings += negative != before;
        before = negative;
    }
    return TRY(int_from(crossings));
}

// Fragments of two-byte samples.
struct Words {
    BufferView view;

    Fallible<void> open(Object* fragment) { return view.open(fragment); }
    ssize_t count() const { return view.size() / 2; }
    double operator[](ssize_t i) const { return get_sample(view.data(), i, 2); }
};
double product(const Words& a, ssize_t start, const Words& b, ssize_t count) {
    double sum = 0;
    for (ssize_t i = 0; i < count; ++i)
        sum += a[start + i] * b[i];
    return sum;
}
// audioop.findfit(fragment, reference, /)
Fallible<Ref<>> audioop_findfit(Object*, Object* const* a) {
    Words in, reference;
    TRY(in.open(a[0]));
    TRY(reference.open(a[1]));
    if (in.view.size() % 2 || reference.view.size() % 2) return raise(audio_error, "Strings should be even-sized");
    ssize_t length = reference.count();
    if (in.count() < length) return raise(audio_error, "First sample should be longer");
    double reference_energy = product(reference, 0, reference, length), energy = product(in, 0, in, length);
    double best_error = 0;
    ssize_t best = 0;
    for (ssize_t start = 0; start <= in.count() - length; ++start) {
        if (start) energy += in[start + length - 1] * in[start + length - 1] - in[start - 1] * in[start - 1];
        double common = product(in, start, reference, length);
        double error = (reference_energy * energy - common * common) / energy;
        if (start == 0 || error < best_error) best_error = error, best = start;
    }
    Ref<Int> offset = TRY(int_from(best));
    Ref<> factor = TRY(float_from(product(in, best, reference, length) / reference_energy));
    return tuple_pack(offset.get(), factor.get());
}
// audioop.findfactor(fragment, reference, /)
Fallible<Ref<>> audioop_findfactor(Object*, Object* const* a) {
    Words in, reference;
    TRY(in.open(a[0]));
    TRY(reference.open(a[1]));
    if (in.view.size() % 2 || reference.view.size() % 2) return raise(audio_error, "Strings should be even-sized");
    if (in.view.size() != reference.view.size()) return raise(audio_error, "Samples should be same size");
    return float_from(product(in, 0, reference, in.count()) / product(reference, 0, reference, in.count()));
}
// audioop.findmax(fragment, length, /)
Fallible<Ref<>> audioop_findmax(Object*, Object* const* a) {
    Words in;
    TRY(in.open(a[0]));
    ssize_t length = TRY(as_ssize(a[1]));
    if (in.view.size() % 2) return raise(audio_error, "Strings should be even-sized");
    if (length < 0 || in.count() < length) return raise(audio_error, "Input sample should be longer");
    double energy = product(in, 0, in, length), most = energy;
    ssize_t best = 0;
    for (ssize_t start = 1; start <= in.count() - length; ++start) {
        double last = length || start < in.count() ? in[start + length - 1] : 0;
        energy += last * last - in[start - 1] * in[start - 1];
        if (energy > most) most = energy, best = start;
    }
    return TRY(int_from(best));
}

// audioop.mul(fragment, width, factor, /)
Fallible<Ref<>> audioop_mul(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    double factor = TRY(as_double(a[2]));
    Output out;
    TRY(out.open(in.count(), in.width));
    for (ssize_t i = 0; i < in.count(); ++i)
        set_sample(out.data(), i, in.width, bounded(in[i] * factor, in.width));
    return TRY(out.finish());
}
// audioop.tomono(fragment, width, lfactor, rfactor, /)
Fallible<Ref<>> audioop_tomono(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    double left = TRY(as_double(a[2]))
    , right = TRY(as_double(a[3]));
    if (in.count() % 2) return raise(audio_error, "not a whole number of frames");
    Output out;
    TRY(out.open(in.count() / 2, in.width));
    for (ssize_t i = 0; i < in.count() / 2; ++i)
        set_sample(out.data(), i, in.width, bounded(in[2 * i] * left + in[2 * i + 1] * right, in.width));
    return TRY(out.finish());
}
// audioop.tostereo(fragment, width, lfactor, rfactor, /)
Fallible<Ref<>> audioop_tostereo(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    double left = TRY(as_double(a[2]))
    , right = TRY(as_double(a[3]));
    Output out;
    TRY(out.open(in.count() * 2, in.width));
    for (ssize_t i = 0; i < in.count(); ++i) {
        set_sample(out.data(), 2 * i, in.width, bounded(in[i] * left, in.width));
        set_sample(out.data(), 2 * i + 1, in.width, bounded(in[i] * right, in.width));
    }
    return TRY(out.finish());
}
// audioop.add(fragment1, fragment2, width, /)
Fallible<Ref<>> audioop_add(Object*, Object* const* a) {
    Fragment first, second;
    TRY(first.open(a[0], a[2]));
    TRY(second.view.open(a[1]));
    if (first.view.size() != second.view.size()) return raise(audio_error, "Lengths should be the same");
    int width = second.width = first.width;
    Output out;
    TRY(out.open(first.count(), width));
    for (ssize_t i = 0; i < first.count(); ++i)
        set_sample(out.data(), i, width, bounded(double(first[i]) + double(second[i]), width));
    return TRY(out.finish());
}
// audioop.bias(fragment, width, bias, /)
Fallible<Ref<>> audioop_bias(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    int bias = TRY(as_c_int(a[2]));
    Output out;
    TRY(out.open(in.count(), in.width));
    for (ssize_t i = 0; i < in.count(); ++i)
        set_sample(out.data(), i, in.width, int32_t(uint32_t(in[i]) + uint32_t(bias)));
    return TRY(out.finish());
}
// audioop.reverse(fragment, width, /)
Fallible<Ref<>> audioop_reverse(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    Output out;
    TRY(out.open(in.count(), in.width));
    for (ssize_t i = 0; i < in.count(); ++i)
        set_sample(out.data(), in.count() - 1 - i, in.width, in[i]);
    return TRY(out.finish());
}
// audioop.byteswap(fragment, width, /)
Fallible<Ref<>> audioop_byteswap(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    Output out;
    TRY(out.open(in.count(), in.width));
    for (ssize_t i = 0; i < in.view.size(); ++i)
        out.data()[i - i % in.width + in.width - 1 - i % in.width] = in.view.data()[i];
    return TRY(out.finish());
}
// audioop.lin2lin(fragment, width, newwidth, /)
Fallible<Ref<>> audioop_lin2lin(Object*, Object* const* a) {
    Fragment in;
    TRY(in.open(a[0], a[1]));
    int width = TRY(width_of(a[2]));
    Output out;
    TRY(out.open(in.count(), width));
    for (ssize_t i = 0; i < in.count(); ++i)
        set_scaled(out.data(), i, width, in.scaled(i));
    return TRY(out.finish());
}

#define AUDIO(name, function, parameters, doc) METHOD(name, function, "($module, " parameters ", /)", doc)
MethodDef audioop_functions[] = {
    AUDIO("add", audioop_add, "fragment1, fragment2, width",
          "The sum of two fragments, cut off at the ends of the range."),
    AUDIO("adpcm2lin", adpcm2lin, "fragment, width, state", "Decode ADPCM; the samples and the new state."),
    AUDIO("alaw2lin", alaw2lin, "fragment, width", "Decode a-LAW."),
    AUDIO("avg", audioop_avg, "fragment, width", "The average of all samples."),
    AUDIO("avgpp", audioop_avgpp, "fragment, width", "The average height between turning points."),
    AUDIO("bias", audioop_bias, "fragment, width, bias", "The samples with the bias added; they wrap around."),
    AUDIO("byteswap", audioop_byteswap, "fragment, width", "The samples in the other byte order."),
    AUDIO("cross", audioop_cross, "fragment, width", "How often the sign changes."),
    AUDIO("findfactor", audioop_findfactor, "fragment, reference",
          "The factor that makes the reference most like the fragment."),
    AUDIO("findfit", audioop_findfit, "fragment, reference", "Where, and multiplied by what, the reference fits best."),
    AUDIO("findmax", audioop_findmax, "fragment, length", "Where the `length` samples of the most energy begin."),
    AUDIO("getsample", audioop_getsample, "fragment, width, index", "One sample."),
    AUDIO("lin2adpcm", lin2adpcm, "fragment, width, state", "Encode as ADPCM; the codes and the new state."),
    AUDIO("lin2alaw", lin2alaw, "fragment, width", "Encode as a-LAW."),
    AUDIO("lin2lin", audioop_lin2lin, "fragment, width, newwidth", "The samples with another width."),
    AUDIO("lin2ulaw", lin2ulaw, "fragment, width", "Encode as u-LAW."),
    AUDIO("max", audioop_max, "fragment, width", "The largest absolute value."),
    AUDIO("maxpp", audioop_maxpp, "fragment, width", "The greatest height between turning points."),
    AUDIO("minmax", audioop_minmax, "fragment, width", "The smallest and the largest sample."),
    AUDIO("mul", audioop_mul, "fragment, width, factor",
          "The samples times the factor, cut off at the ends of the range."),
    AUDIO("ratecv", ratecv, "fragment, width, nchannels, inrate, outrate, state,\n       weightA=1, weightB=0",
          "The samples at another rate, and the new state."),
    AUDIO("reverse", audioop_reverse, "fragment, width", "The samples in reverse order."),
    AUDIO("rms", audioop_rms, "fragment, width", "The square root of the average of the squares."),
    AUDIO("tomono", audioop_tomono, "fragment, width, lfactor, rfactor", "One channel from two, weighted."),
    AUDIO("tostereo", audioop_tostereo, "fragment, width, lfactor, rfactor", "Two channels from one, weighted."),
    AUDIO("ulaw2lin", ulaw2lin, "fragment, width", "Decode u-LAW."),
    END_ROW,
};

Fallible<void> audioop_execute(Module* module) {
    if (!audio_error)
        audio_error = static_cast<Type*>(TRY(exception_type_new("audioop.error", exc::Exception, nullptr)).release());
    return module_add(module, "error", share<Object>(audio_error));
}

}  // namespace
}  // namespace audioop

extern const NativeModule audioop_module;
const NativeModule audioop_module = {"audioop", nullptr, audioop::audioop_functions, audioop::audioop_execute};

}  // namespace py
