// An image: compiled modules, their sources and data files in one read-only block, mapped with the executable. The standard
// library is one; a frozen application has another. Format: header, entries sorted by path, then the contents.
#pragma once

#include <cstdint>
#include <string_view>

#include "interp/objects/fallible.h"

namespace py {

struct ImageEntry {  // 56 bytes, little-endian, offsets from the image's start
    uint32_t path_offset, path_length;  // "encodings/__init__.py": relative, with '/'
    uint64_t code_offset, code_length;  // marshalled code object; length 0: a data file
    uint64_t data_offset, data_stored;  // contents, zlib-compressed when stored < size
    uint64_t data_size;
};
struct ImageHeader {
    char magic[8];  // "ADIMG\1\0\0"
    uint32_t count;
    uint32_t reserved;
    uint64_t size;  // of the whole image
};

class Image {
  public:
    Image() = default;
    // The block must stay mapped. An invalid one (checked whole: bounds of every entry) gives an empty image.
    static Image open(const void* block, size_t size);
    const ImageEntry* find(std::string_view path) const;  // null: none
    // Is there an entry below path + "/"?
    bool has_directory(std::string_view path) const;
    size_t count() const { return count_; }
    const ImageEntry& entry(size_t index) const { return entries_[index]; }
    std::string_view path(const ImageEntry& entry) const { return {base_ + entry.path_offset, entry.path_length}; }
    std::string_view code(const ImageEntry& entry) const { return {base_ + entry.code_offset, entry.code_length}; }
    // The file's contents, decompressed.
    Fallible<Ref<Bytes>> data(const ImageEntry& entry) const;
    explicit operator bool() const { return count_ != 0; }

  private:
    size_t lower_bound(std::string_view path) const;
    const char* base_ = nullptr;
    const ImageEntry* entries_ = nullptr;
    size_t count_ = 0;
};

// The embedded standard library, empty in the tool that builds it.
const Image& stdlib_image();
// Images served by the importer: the standard library, and a frozen application's own.
struct MountedImage {
    Image image;
    Str* root;  // virtual directory, e.g. "<executable>/lib/python3.11"
};
void mount_image(const Image& image, std::string_view root);
const MountedImage* mounted_images(size_t* count);

}  // namespace py
