// math: exact sums and products, Euclidean norms.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>

#include "interp/modules/math_module.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"

namespace py {

namespace {

// An array of doubles that grows; the first ones on the stack.
class Doubles {
  public:
    ~Doubles() {
        if (data_ != inline_) std::free(data_);
    }
    [[nodiscard]] bool reserve(size_t count) {
        if (count <= capacity_) return true;
        size_t capacity = std::max(count, 2 * capacity_);
        auto* grown = static_cast<double*>(std::malloc(capacity * sizeof(double)));
        if (!grown) return false;
        std::copy(data_, data_ + capacity_, grown);
        if (data_ != inline_) std::free(data_);
        data_ = grown;
        capacity_ = capacity;
        return true;
    }
    double& operator[](size_t i) { return data_[i]; }
    double* data() { return data_; }

  private:
    double inline_[32] = {};
    double* data_ = inline_;
    size_t capacity_ = std::size(inline_);
};

// Partial sums without rounding error (Shewchuk 1997): non-overlapping, increasing in magnitude.
class ExactSum {
  public:
    Fallible<void> add(double value) {
        double given = value;
        size_t kept = 0;
        for (size_t i = 0; i < count_; ++i) {
            double other = partials_[i];
            if (std::fabs(value) < std::fabs(other)) std::swap(value, other);
            double high = value + other;
            double low = other - (high - value);
            if (low != 0.0) partials_[kept++] = low;
            value = high;
        }
        count_ = kept;
        if (value == 0.0) return {};
        if (!std::isfinite(value)) {
            // Either the input was special, or finite numbers overflowed.
            if (std::isfinite(given)) return raise(exc::OverflowError, "intermediate overflow in fsum");
            if (std::isinf(given)) infinities_ += given;
            special_ += given;
            count_ = 0;
            return {};
        }
        if (!partials_.reserve(count_ + 1)) return raise_memory_error();
        partials_[count_++] = value;
        return {};
    }
    Fallible<double> result() {
        if (special_ != 0.0) {
            if (std::isnan(infinities_)) return raise(exc::ValueError, "-inf + inf in fsum");
            return special_;
        }
        if (count_ == 0) return 0.0;
        // From the largest down, until a rounding error remains.
        double high = partials_[--count_], low = 0.0;
        while (count_ > 0) {
            double value = high, other = partials_[--count_];
            high = value + other;
            low = other - (high - value);
            if (low != 0.0) break;
        }
        // Half way between two doubles: the next partial decides.
        if (count_ > 0 && ((low < 0.0 && partials_[count_ - 1] < 0.0) || (low > 0.0 && partials_[count_ - 1] > 0.0))) {
            double twice = low * 2.0;
            double rounded = high + twice;
            if (twice == rounded - high) high = rounded;
        }
        return high;
    }

  private:
    Doubles partials_;
    size_t count_ = 0;
    double special_ = 0.0, infinities_ = 0.0;
};

}  // namespace

// math.fsum(seq, /)
Fallible<Ref<>> math_fsum(Object*, Object* iterable) {
    Ref<> iterator = TRY(iter(iterable));
    ExactSum sum;
    while (Ref<> item = TRY(next(iterator.get()))) TRY(sum.add(TRY(as_double(item.get()))));
    return float_from(TRY(sum.result()));
}

// math.prod(iterable, /, *, start=1)
Fallible<Ref<>> math_prod(Object*, Object* const* bound) {
    Ref<> result = bound[1] ? share(bound[1]) : Ref<>(TRY(int_from(1)));
    Ref<> iterator = TRY(iter(bound[0]));
    while (Ref<> item = TRY(next(iterator.get())))
        result = TRY(binary_op(BinaryOp::Multiply, result.get(), item.get()));
    return result;
}

// Norms.

namespace {

// Running sum with the rounding error of each addition on the side.
struct CompensatedSum {
    double sum = 1.0;  // begins at 1: all terms are smaller, so the error term is exact (Fast2Sum)
    void add(double term, double& error) {
        double before = sum;
        sum += term;
        error += (before - sum) + term;
    }
};

// x = high + low with 26 bits each (Veltkamp).
struct Halves {
    double high, low;
    explicit Halves(double x) {
        constexpr double kSplitter = 134217729.0;  // 2**27 + 1
        double t = x * kSplitter;
        high = t - (t - x);
        low = x - high;
    }
};

// Square root of the sum of squares of `count` non-negative numbers, with one differential correction of the root.
double vector_norm(const double* values, size_t count, double largest, bool found_nan) {
    if (std::isinf(largest)) return largest;
    if (found_nan) return std::numeric_limits<double>::quiet_NaN();
    if (largest == 0.0 || count <= 1) return largest;
    int exponent;
    (void)std::frexp(largest, &exponent);
    CompensatedSum total;
    double error1 = 0.0, error2 = 0.0, error3 = 0.0;
    if (exponent < -1023) {
        // The scale would overflow: divide by the largest instead.
        for (size_t i = 0; i < count; ++i) {
            double x = values[i] / largest;
            total.add(x * x, error1);
        }
        return largest * std::sqrt(total.sum - 1.0 + error1);
    }
    double scale = std::ldexp(1.0, -exponent);
    for (size_t i = 0; i < count; ++i) {
        Halves x(values[i] * scale);
        total.add(x.high * x.high, error1);
        total.add(2.0 * x.high * x.low, error2);
        error3 += x.low * x.low;
    }
    double root = std::sqrt(total.sum - 1.0 + (error1 + error2 + error3));
    Halves r(root);
    total.add(-r.high * r.high, error1);
    total.add(-2.0 * r.high * r.low, error2);
    total.add(-r.low * r.low, error3);
    double left = total.sum - 1.0 + (error1 + error2 + error3);
    return (root + left / (2.0 * root)) / scale;
}

struct NormInput {
    Doubles values;
    double largest = 0.0;
    bool found_nan = false;
    void put(size_t i, double value) {
        value = std::fabs(value);
        values[i] = value;
        found_nan = found_nan || std::isnan(value);
        if (value > largest) largest = value;
    }
};

}  // namespace

// math.hypot(*coordinates)
Fallible<Ref<>> math_hypot(Object*, Object* const* args, ssize_t nargs) {
    NormInput input;
    if (!input.values.reserve(size_t(nargs))) return raise_memory_error();
    for (ssize_t i = 0; i < nargs; ++i) input.put(size_t(i), TRY(as_double(args[i])));
    return float_from(vector_norm(input.values.data(), size_t(nargs), input.largest, input.found_nan));
}

// math.dist(p, q, /)
Fallible<Ref<>> math_dist(Object*, Object* const* bound) {
    Ref<Tuple> p = TRY(tuple_of(bound[0]));
    Ref<Tuple> q = TRY(tuple_of(bound[1]));
    if (p->size != q->size) return raise(exc::ValueError, "both points must have the same number of dimensions");
    NormInput input;
    if (!input.values.reserve(size_t(p->size))) return raise_memory_error();
    for (ssize_t i = 0; i < p->size; ++i) {
        double a = TRY(as_double(p->items[i]));
        double b = TRY(as_double(q->items[i]));
        input.put(size_t(i), a - b);
    }
    return float_from(vector_norm(input.values.data(), size_t(p->size), input.largest, input.found_nan));
}

}  // namespace py
