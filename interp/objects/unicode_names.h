// Character names (Unicode 14): code point to name and back, compressed tables made at build time.
#pragma once

#include <cstdint>
#include <string_view>

namespace py {

inline constexpr int kMaxNameLength = 256;
// Writes the character's name (not terminated); its length, 0 when it has none. Aliases and sequences are not names.
int unicode_name(uint32_t code_point, char* out);
// The character of this name, case ignored; -1 when there is none. Aliases count. Named sequences (several characters)
// are found when `sequence` is not null: then up to four code points are written and *count says how many.
int64_t unicode_from_name(std::string_view name, uint32_t* sequence = nullptr, int* count = nullptr);

}  // namespace py
