// See executable.h.
#include "freeze/executable.h"

#include <cstring>

// Linked in by programs that freeze; absent in tests of the parts.
extern "C" {
extern const char adder_stub_begin[] __attribute__((weak));
extern const char adder_stub_end[] __attribute__((weak));
}

namespace freeze {

std::string_view stub() {
    if (!adder_stub_begin) return {};
    return {adder_stub_begin, size_t(adder_stub_end - adder_stub_begin)};
}

std::string executable_bytes(std::string_view program, std::string_view image) {
    std::string out(program);
    out.resize((out.size() + kImageAlignment - 1) / kImageAlignment * kImageAlignment, '\0');
    Trailer trailer{};
    std::memcpy(trailer.magic, kTrailerMagic, sizeof trailer.magic);
    trailer.image_offset = out.size();
    trailer.image_size = image.size();
    trailer.file_size = out.size() + image.size() + sizeof trailer;
    out += image;
    out.append(reinterpret_cast<const char*>(&trailer), sizeof trailer);
    return out;
}

}  // namespace freeze
