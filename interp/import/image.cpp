// Reading images; see image.h for the format.
#include "interp/import/image.h"

#include <zlib.h>

#include <cstring>

#include "interp/import/image_checksum.h"
#include "interp/objects/bytes.h"
#include "interp/objects/errors.h"
#include "interp/objects/str.h"

// The block that the build links in; absent in the image builder itself.
extern "C" {
extern const char adder_stdlib_image_begin[] __attribute__((weak));
}

namespace py {

Image Image::trusted(const void* block) {
    Image image;
    auto* header = static_cast<const ImageHeader*>(block);
    image.base_ = static_cast<const char*>(block);
    image.entries_ = reinterpret_cast<const ImageEntry*>(header + 1);
    image.count_ = header->count;
    return image;
}

Image Image::open(const void* block, size_t size) {
    if (!block || size < sizeof(ImageHeader)) return {};
    auto* header = static_cast<const ImageHeader*>(block);
    if (std::memcmp(header->magic, kImageMagic, 8) != 0 || header->size > size) return {};
    uint64_t room = size - sizeof(ImageHeader);
    if (header->table_size > room || header->count > header->table_size / sizeof(ImageEntry)) return {};
    if (image_checksum({reinterpret_cast<const char*>(header + 1), size_t(header->table_size)}) !=
        header->table_checksum)
        return {};
    Image image = trusted(block);
    auto inside = [&](uint64_t offset, uint64_t length) {
        return offset <= header->size && length <= header->size - offset;
    };
    for (uint32_t i = 0; i < header->count; ++i) {
        const ImageEntry& e = image.entries_[i];
        if (!inside(e.path_offset, e.path_length) || !inside(e.code_offset, e.code_length) ||
            !inside(e.data_offset, e.data_stored))
            return {};
    }
    image.checked_ = true;
    return image;
}

static bool damage_seen = false;
bool image_damage_seen() {
    return damage_seen;
}

Fallible<void> Image::check(const ImageEntry& e, std::string_view stored, uint32_t checksum) const {
    if (!checked_ || image_checksum(stored) == checksum) return {};
    damage_seen = true;
    Ref<Str> shown = TRY(str_from_utf8(path(e)));
    return raise(exc::ImportError, "embedded file %U is damaged", shown.get());
}

Fallible<std::string_view> Image::code(const ImageEntry& e) const {
    std::string_view stored{base_ + e.code_offset, size_t(e.code_length)};
    TRY(check(e, stored, e.code_checksum));
    return stored;
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

Fallible<std::string_view> Image::stored(const ImageEntry& e) const {
    std::string_view bytes{base_ + e.data_offset, size_t(e.data_stored)};
    TRY(check(e, bytes, e.data_checksum));
    return bytes;
}

Fallible<Ref<Bytes>> Image::data(const ImageEntry& e) const {
    std::string_view contents = TRY(stored(e));
    if (e.data_stored == e.data_size) return bytes_from(contents);
    Ref<Bytes> bytes = TRY(bytes_new(ssize_t(e.data_size)));
    uLongf size = e.data_size;
    int status = uncompress(reinterpret_cast<Bytef*>(bytes->data), &size,
                            reinterpret_cast<const Bytef*>(contents.data()), contents.size());
    if (status != Z_OK || size != e.data_size) return raise(exc::ImportError, "embedded file is damaged");
    return bytes;
}

static Image the_stdlib_image;

void set_stdlib_image(const Image& image) {
    the_stdlib_image = image;
}

const Image& stdlib_image() {
    if (!the_stdlib_image && adder_stdlib_image_begin) the_stdlib_image = Image::trusted(adder_stdlib_image_begin);
    return the_stdlib_image;
}

const ImageEntry* find_library_file(std::string_view path) {
    char whole[128];
    if (kLibraryFolder.size() + path.size() > sizeof whole) return nullptr;
    std::memcpy(whole, kLibraryFolder.data(), kLibraryFolder.size());
    std::memcpy(whole + kLibraryFolder.size(), path.data(), path.size());
    return stdlib_image().find({whole, kLibraryFolder.size() + path.size()});
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

const ImageEntry* find_embedded(std::string_view path, const Image** image) {
    for (size_t i = 0; i < mounted_count; ++i) {
        std::string_view root = MUST(str_utf8(mounted[i].root));
        bool below = path.size() > root.size() && path.substr(0, root.size()) == root && path[root.size()] == '/';
        *image = &mounted[i].image;
        const ImageEntry* entry = below ? mounted[i].image.find(path.substr(root.size() + 1)) : nullptr;
        if (entry) return entry;
    }
    *image = nullptr;
    return nullptr;
}

const ImageEntry* find_embedded_name(std::string_view name, const Image** image) {
    for (size_t i = 0; i < mounted_count; ++i) {
        *image = &mounted[i].image;
        for (size_t k = 0; k < (*image)->count(); ++k) {
            std::string_view path = (*image)->path((*image)->entry(k));
            bool same = path.size() > name.size() && path.substr(path.size() - name.size()) == name &&
                        path[path.size() - name.size() - 1] == '/';
            if (same) return &(*image)->entry(k);
        }
    }
    *image = nullptr;
    return nullptr;
}

}  // namespace py
