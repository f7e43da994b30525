// Writing images; image.h has the format. For tools: the builder of the standard library's image and the freezer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace py {

struct ImageFile {
    std::string path;      // relative to the executable
    std::string contents;  // source text or data
    std::string code;      // marshalled; empty for data
    // Where the contents are known in their stored form: that, and their real size.
    std::string stored;
    uint64_t stored_size = 0;
    bool has_contents = true;  // false: a module without its source
};
// The whole image; the files are sorted by path, contents compressed where that makes them smaller. Paths are distinct.
// The same files give the same bytes.
std::string image_bytes(std::vector<ImageFile>& files);

}  // namespace py
