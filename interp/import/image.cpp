// Reading images; see image.h for the format.
#include "interp/import/image.h"

#include <zlib.h>

#include <cstring>

#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

// The block that the build links in; absent in the image builder itself.
extern "C" {
extern const char adder_stdlib_image_begin[] __attribute__((weak));
extern const char adder_stdlib_image_end[] __attribute__((weak));
}

namespace py {

Image Image::open(const void* block, size_t size) {
    Image image;
    if (!block || size < sizeof(ImageHeader)) return image;
    auto* header = static_cast<const ImageHeader*>(block);
    if (std::memcmp(header->magic, "ADIMG\1\0\0", 8) != 0 || header->size > size) return image;
    if (header->count > (header->size - sizeof(ImageHeader)) / sizeof(ImageEntry)) return image;
    auto* entries = reinterpret_cast<const ImageEntry*>(header + 1);
    auto inside = [&](uint64_t offset, uint64_t length) { return offset <= header->size && length <= header->size - offset; };
    for (uint32_t i = 0; i < header->count; ++i) {
        const ImageEntry& e = entries[i];
        if (!inside(e.path_offset, e.path_length) || !inside(e.code_offset, e.code_length) || !inside(e.data_offset, e.data_stored))
            return image;
    }
    image.base_ = static_cast<const char*>(block);
    image.entries_ = entries;
    image.count_ = header->count;
    return image;
}

size_t Image::lower_bound(std::string_view wanted) const {
    size_t low = 0, high = count_;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (path(entries_[middle]) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const ImageEntry* Image::find(std::string_view wanted) const {
    size_t index = lower_bound(wanted);
    return index < count_ && path(entries_[index]) == wanted ? &entries_[index] : nullptr;
}

bool Image::has_directory(std::string_view wanted) const {
    for (size_t index = lower_bound(wanted); index < count_; ++index) {
        std::string_view each = path(entries_[index]);
        if (each.substr(0, wanted.size()) != wanted) return false;
        if (each.size() > wanted.size() && each[wanted.size()] == '/') return true;
        if (each.size() > wanted.size() && each[wanted.size()] > '/') return false;
    }
    return false;
}

Fallible<Ref<Bytes>> Image::data(const ImageEntry& e) const {
    const char* stored = base_ + e.data_offset;
    if (e.data_stored == e.data_size) return bytes_from({stored, size_t(e.data_stored)});
    Ref<Bytes> bytes = TRY(bytes_new(ssize_t(e.data_size)));
    uLongf size = e.data_size;
    int status = uncompress(reinterpret_cast<Bytef*>(bytes->data), &size, reinterpret_cast<const Bytef*>(stored), e.data_stored);
    if (status != Z_OK || size != e.data_size) return raise(exc::ImportError, "embedded file is damaged");
    return bytes;
}

const Image& stdlib_image() {
    static const Image image = adder_stdlib_image_begin
                                   ? Image::open(adder_stdlib_image_begin, size_t(adder_stdlib_image_end - adder_stdlib_image_begin))
                                   : Image();
    return image;
}

namespace {
constexpr size_t kMaxMounted = 4;
MountedImage mounted[kMaxMounted];
size_t mounted_count = 0;
}  // namespace

void mount_image(const Image& image, std::string_view root) {
    CHECK(mounted_count < kMaxMounted);
    mounted[mounted_count++] = {image, interned(root)};
}
const MountedImage* mounted_images(size_t* count) {
    *count = mounted_count;
    return mounted;
}

}  // namespace py
