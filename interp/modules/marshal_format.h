// Numbers of the marshal format shared by reader and writer.
#pragma once

#include <cstdint>

namespace py::marshal_format {

inline constexpr uint8_t kFlagRef = 0x80;  // with a type code: later references may name this object
inline constexpr int kMaxDepth = 2000;

}  // namespace py::marshal_format
