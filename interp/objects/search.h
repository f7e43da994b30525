// Substring search over arrays of code points or bytes, linear in the worst case. Shared by str and the bytes family.
#pragma once

#include <sys/types.h>
#include <cstdint>

namespace py {

// Position of the first / last occurrence, or -1. An empty part is found at 0 / at the end.
template <class T>
ssize_t find_units(const T* text, ssize_t size, const T* part, ssize_t part_size);
template <class T>
ssize_t rfind_units(const T* text, ssize_t size, const T* part, ssize_t part_size);
// Non-overlapping occurrences, at most `limit` of them; part_size > 0.
template <class T>
ssize_t count_units(const T* text, ssize_t size, const T* part, ssize_t part_size, ssize_t limit);
template <class T>
ssize_t find_unit(const T* text, ssize_t size, T unit);
template <class T>
ssize_t rfind_unit(const T* text, ssize_t size, T unit);

}  // namespace py
