// See image_writer.h.
#include "interp/import/image_writer.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "interp/import/image.h"
#include "interp/import/image_checksum.h"

namespace py {

namespace {

std::string compressed(const std::string& contents) {
    uLongf size = compressBound(contents.size());
    std::string stored(size, '\0');
    int status = compress2(reinterpret_cast<Bytef*>(stored.data()), &size,
                           reinterpret_cast<const Bytef*>(contents.data()), contents.size(), 9);
    if (status != Z_OK || size >= contents.size()) return contents;
    stored.resize(size);
    return stored;
}

template <class T>
void append(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

std::string image_bytes(std::vector<ImageFile>& files) {
    std::sort(files.begin(), files.end(), [](const ImageFile& a, const ImageFile& b) { return a.path < b.path; });
    std::string paths;
    for (const ImageFile& file : files)
        paths += file.path;
    uint64_t table_size = files.size() * sizeof(ImageEntry) + paths.size();
    uint64_t path_offset = sizeof(ImageHeader) + files.size() * sizeof(ImageEntry);
    uint64_t offset = sizeof(ImageHeader) + table_size;
    std::string table, body;
    for (const ImageFile& file : files) {
        bool known = !file.stored.empty();
        std::string stored = !file.has_contents ? "" : known ? file.stored : compressed(file.contents);
        ImageEntry e{};
        e.path_offset = uint32_t(path_offset);
        e.path_length = uint32_t(file.path.size());
        path_offset += file.path.size();
        e.code_offset = offset + body.size();
        e.code_length = file.code.size();
        e.code_checksum = image_checksum(file.code);
        body += file.code;
        e.data_offset = file.has_contents ? offset + body.size() : 0;
        e.data_stored = stored.size();
        e.data_size = !file.has_contents ? 0 : known ? file.stored_size : file.contents.size();
        e.data_checksum = image_checksum(stored);
        body += stored;
        append(table, e);
    }
    table += paths;
    ImageHeader header{};
    std::memcpy(header.magic, kImageMagic, sizeof header.magic);
    header.count = uint32_t(files.size());
    header.table_checksum = image_checksum(table);
    header.table_size = table_size;
    header.size = offset + body.size();
    std::string out;
    out.reserve(header.size);
    append(out, header);
    return out + table + body;
}

}  // namespace py
