// An image: compiled modules, their sources and data files in one read-only block, mapped with the executable: the
// standard library linked into adder, or all of a frozen application. Format: header, entries sorted by path, the
// paths, the contents. Paths are relative to the executable, which stands for a directory: "lib/python3.11/os.py".
#pragma once

#include <cstdint>
#include <string_view>

#include "interp/objects/fallible.h"

namespace py {

struct ImageEntry {  // 64 bytes, little-endian, offsets from the image's start
    uint32_t path_offset, path_length;
    uint64_t code_offset, code_length;  // marshalled code object; length 0: a data file
    uint64_t data_offset,
        data_stored;  // contents, zlib-compressed when stored < size; offset 0: a module without source
    uint64_t data_size;
    uint32_t code_checksum, data_checksum;  // of the stored bytes, image_checksum.h
};
struct ImageHeader {
    char magic[8];  // kImageMagic
    uint32_t count;
    uint32_t table_checksum;  // of entries and paths
    uint64_t table_size;      // bytes of entries and paths
    uint64_t size;            // of the whole image
};
inline constexpr char kImageMagic[9] = "ADIMG\3\0\0";
inline constexpr std::string_view kLibraryFolder = "lib/python3.11/";

class Image {
  public:
    Image() = default;
    // The block must stay mapped. One that comes from outside is checked: here its table with the bounds of every
    // entry, then each content when it is asked for. An invalid table gives an empty image.
    static Image open(const void* block, size_t size);
    // A block that is part of the program.
    static Image trusted(const void* block);
    const ImageEntry* find(std::string_view path) const;  // null: none
    // The first entry whose path is not less than `path`.
    size_t lower_bound(std::string_view path) const;
    // Is there an entry below path + "/"?
    bool has_directory(std::string_view path) const;
    size_t count() const { return count_; }
    const ImageEntry& entry(size_t index) const { return entries_[index]; }
    std::string_view path(const ImageEntry& entry) const { return {base_ + entry.path_offset, entry.path_length}; }
    // The marshalled code; ImportError where it is damaged.
    Fallible<std::string_view> code(const ImageEntry& entry) const;
    bool has_contents(const ImageEntry& entry) const { return entry.data_offset != 0; }
    // The contents as they are stored.
    Fallible<std::string_view> stored(const ImageEntry& entry) const;
    // The file's contents, decompressed.
    Fallible<Ref<Bytes>> data(const ImageEntry& entry) const;
    explicit operator bool() const { return count_ != 0; }

  private:
    Fallible<void> check(const ImageEntry& entry, std::string_view stored, uint32_t checksum) const;
    const char* base_ = nullptr;
    const ImageEntry* entries_ = nullptr;
    size_t count_ = 0;
    bool checked_ = false;
};

// The image with the standard library: linked in, or given by the boot code of a frozen application. Empty in the tool
// that builds it.
const Image& stdlib_image();
void set_stdlib_image(const Image& image);
// The entry of a file of the standard library ("os.py"); null: none.
const ImageEntry* find_library_file(std::string_view path);
// Images served by the importer.
struct MountedImage {
    Image image;
    Str* root;  // the executable's path
};
// Was any content of an image found damaged? A frozen program then ends in this status unless it chose another.
inline constexpr int kDamagedImageStatus = 5;
bool image_damage_seen();
void mount_image(const Image& image, std::string_view root);
const MountedImage* mounted_images(size_t* count);
// The file that a path names in a mounted image; null, and no image, where it names none.
const ImageEntry* find_embedded(std::string_view path, const Image** image);
// A file of this name in any folder of a mounted image.
const ImageEntry* find_embedded_name(std::string_view name, const Image** image);

}  // namespace py
