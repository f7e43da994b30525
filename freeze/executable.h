// A frozen executable on disk: adder-rt, zeros up to a page, the image, and at the very end a trailer that says where
// the image is. The kernel runs the first part, the boot code maps the second.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace freeze {

inline constexpr uint64_t kImageAlignment = 4096;

struct Trailer {     // little-endian; the last bytes of the file
    char magic[16];  // kTrailerMagic
    uint64_t image_offset, image_size;
    uint64_t file_size;  // of the whole, so that a file that was cut or grew is told
};
inline constexpr char kTrailerMagic[17] = "adder frozen 1\0\0";

// adder-rt, as this program carries it; empty where it carries none.
std::string_view stub();
std::string executable_bytes(std::string_view program, std::string_view image);

}  // namespace freeze
