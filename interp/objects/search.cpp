// Substring search: memchr-like scans for single units, first-unit scans for short parts, and the two-way algorithm
// (Crochemore and Perrin 1991) for long ones, so that no input makes it quadratic. glibc's memmem does bytes.
#include "interp/objects/search.h"

#include <algorithm>
#include <cstring>
#include <cwchar>

namespace py {

namespace {

constexpr ssize_t kShortPart = 12;
constexpr ssize_t kShortText = 256;  // memmem makes a table first, which short texts do not pay back

// An array read forwards or backwards, so that the reverse search is the same algorithm.
template <class T>
struct Forward {
    const T* units;
    ssize_t size;
    T operator[](ssize_t i) const { return units[i]; }
};
template <class T>
struct Backward {
    const T* units;
    ssize_t size;
    T operator[](ssize_t i) const { return units[size - 1 - i]; }
};

// Start of the maximal suffix under the order given by `reversed`, and the period of that suffix.
template <class View>
ssize_t maximal_suffix(const View& part, bool reversed, ssize_t* period) {
    ssize_t suffix = -1, candidate = 0, offset = 1;
    *period = 1;
    while (candidate + offset < part.size) {
        auto a = part[candidate + offset], b = part[suffix + offset];
        if (reversed ? b < a : a < b) {
            candidate += offset;
            offset = 1;
            *period = candidate - suffix;
        } else if (a == b) {
            if (offset == *period) {
                candidate += *period;
                offset = 1;
            } else {
                ++offset;
            }
        } else {
            suffix = candidate++;
            offset = 1;
            *period = 1;
        }
    }
    return suffix + 1;
}

template <class View>
ssize_t two_way(const View& text, const View& part) {
    ssize_t m = part.size, n = text.size, period, other_period;
    ssize_t cut = maximal_suffix(part, false, &period);
    ssize_t other_cut = maximal_suffix(part, true, &other_period);
    if (other_cut > cut) {
        cut = other_cut;
        period = other_period;
    }
    bool periodic = cut + period <= m;
    for (ssize_t i = 0; periodic && i < cut; ++i)
        periodic = part[i] == part[i + period];
    if (!periodic) period = std::max(cut, m - cut) + 1;
    ssize_t remembered = 0;  // how much of the left part is known to match (periodic parts only)
    for (ssize_t at = 0; at <= n - m;) {
        ssize_t i = std::max(cut, remembered);
        while (i < m && part[i] == text[at + i])
            ++i;
        if (i < m) {
            at += i - cut + 1;
            remembered = 0;
            continue;
        }
        i = cut - 1;
        while (i >= remembered && part[i] == text[at + i])
            --i;
        if (i < remembered) return at;
        at += period;
        remembered = periodic ? m - period : 0;
    }
    return -1;
}

}  // namespace

template <class T>
ssize_t find_unit(const T* text, ssize_t size, T unit) {
    if constexpr (sizeof(T) == 1) {
        const void* found = size > 0 ? std::memchr(text, unit, size_t(size)) : nullptr;
        return found ? static_cast<const T*>(found) - text : -1;
    } else if constexpr (sizeof(T) == 4) {
        auto* wide = reinterpret_cast<const wchar_t*>(text);
        const wchar_t* found = size > 0 ? std::wmemchr(wide, wchar_t(unit), size_t(size)) : nullptr;
        return found ? found - wide : -1;
    } else {
        ssize_t i = 0;
        // Eight at a time: the compiler turns the union of comparisons into vector code.
        for (; i + 8 <= size; i += 8) {
            bool hit = false;
            for (int j = 0; j < 8; ++j)
                hit |= text[i + j] == unit;
            if (hit) break;
        }
        for (; i < size; ++i)
            if (text[i] == unit) return i;
        return -1;
    }
}
template <class T>
ssize_t rfind_unit(const T* text, ssize_t size, T unit) {
    if constexpr (sizeof(T) == 1) {
        const void* found = size > 0 ? memrchr(text, unit, size_t(size)) : nullptr;
        return found ? static_cast<const T*>(found) - text : -1;
    } else {
        while (size-- > 0)
            if (text[size] == unit) return size;
        return -1;
    }
}

template <class T>
ssize_t find_units(const T* text, ssize_t size, const T* part, ssize_t part_size) {
    if (part_size > size) return -1;
    if (part_size == 0) return 0;
    if (part_size == 1) return find_unit(text, size, part[0]);
    if (sizeof(T) == 1 && (part_size > kShortPart || size > kShortText)) {
        const void* found = memmem(text, size_t(size), part, size_t(part_size));
        return found ? static_cast<const T*>(found) - text : -1;
    }
    if (part_size > kShortPart) return two_way(Forward<T>{text, size}, Forward<T>{part, part_size});
    for (ssize_t at = 0; at <= size - part_size; ++at) {
        ssize_t step = find_unit(text + at, size - part_size + 1 - at, part[0]);
        if (step < 0) return -1;
        at += step;
        if (std::memcmp(text + at, part, size_t(part_size) * sizeof(T)) == 0) return at;
    }
    return -1;
}
template <class T>
ssize_t rfind_units(const T* text, ssize_t size, const T* part, ssize_t part_size) {
    if (part_size > size) return -1;
    if (part_size == 0) return size;
    if (part_size == 1) return rfind_unit(text, size, part[0]);
    if (part_size > kShortPart) {
        ssize_t at = two_way(Backward<T>{text, size}, Backward<T>{part, part_size});
        return at < 0 ? -1 : size - part_size - at;
    }
    for (ssize_t at = size - part_size; at >= 0; --at) {
        at = rfind_unit(text, at + 1, part[0]);
        if (at < 0) return -1;
        if (std::memcmp(text + at, part, size_t(part_size) * sizeof(T)) == 0) return at;
    }
    return -1;
}
// How often the unit occurs. Blocks of constant size become vector code.
template <class T>
static ssize_t count_unit(const T* text, ssize_t size, T unit) {
    constexpr int kBlock = 32;
    ssize_t count = 0, i = 0;
    for (; i + kBlock <= size; i += kBlock) {
        T hits = 0;
        for (int j = 0; j < kBlock; ++j)
            hits += text[i + j] == unit;
        count += hits;
    }
    for (; i < size; ++i)
        count += text[i] == unit;
    return count;
}
template <class T>
ssize_t count_units(const T* text, ssize_t size, const T* part, ssize_t part_size, ssize_t limit) {
    ssize_t count = 0;
    if (part_size == 1) return std::min(count_unit(text, size, part[0]), limit);
    for (ssize_t at = 0; count < limit; ++count) {
        ssize_t step = find_units(text + at, size - at, part, part_size);
        if (step < 0) break;
        at += step + part_size;
    }
    return count;
}

#define SEARCH_OVER(T)                                                              \
    template ssize_t find_units<T>(const T*, ssize_t, const T*, ssize_t);           \
    template ssize_t rfind_units<T>(const T*, ssize_t, const T*, ssize_t);          \
    template ssize_t count_units<T>(const T*, ssize_t, const T*, ssize_t, ssize_t); \
    template ssize_t find_unit<T>(const T*, ssize_t, T);                            \
    template ssize_t rfind_unit<T>(const T*, ssize_t, T);
SEARCH_OVER(uint8_t)
SEARCH_OVER(uint16_t)
SEARCH_OVER(uint32_t)
#undef SEARCH_OVER

}  // namespace py
