// Reading tar entries through libarchive; writing ustar ourselves.
#include "base/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/fs.h"
#include "base/path.h"
#include "base/zip.h"

namespace base {

static Error refuse(const std::string& path, std::string text) {
    return Error(ErrorKind::Integrity,
                 "`" + std::string(base_name(path)) + "` is not a valid source archive: " + std::move(text));
}

static TarType type_of(struct archive_entry* entry) {
    if (archive_entry_hardlink(entry)) return TarType::Hardlink;
    switch (archive_entry_filetype(entry)) {
        case AE_IFREG: return TarType::File;
        case AE_IFDIR: return TarType::Directory;
        case AE_IFLNK: return TarType::Symlink;
        default: return TarType::Other;
    }
}

static Result<void> read_content(struct archive* reader, TarEntry& out, const std::string& path) {
    const void* block;
    size_t size;
    la_int64_t offset;
    for (;;) {
        int status = archive_read_data_block(reader, &block, &size, &offset);
        if (status == ARCHIVE_EOF) break;
        if (status != ARCHIVE_OK) return refuse(path, "member `" + out.name + "` is damaged or cut off");
        // A sparse member's holes would let a small archive stand for a huge file.
        if ((uint64_t)offset != out.bytes.size()) return refuse(path, "member `" + out.name + "` is sparse");
        out.bytes.append(static_cast<const char*>(block), size);
    }
    if (out.bytes.size() != out.size) return refuse(path, "member `" + out.name + "` is cut off");
    return {};
}

static Result<std::vector<TarEntry>> read_entries(struct archive* reader, const std::string& path,
                                                  const TarLimits& limits) {
    std::vector<TarEntry> entries;
    uint64_t total = 0;
    for (;;) {
        struct archive_entry* item;
        int status = archive_read_next_header(reader, &item);
        if (status == ARCHIVE_EOF) return entries;
        const char* problem = archive_error_string(reader);
        if (status != ARCHIVE_OK) return refuse(path, problem ? problem : "a header is damaged");
        if (entries.size() >= limits.entries) return refuse(path, "it has too many members");
        TarEntry entry;
        const char* name = archive_entry_pathname(item);
        if (!name) return refuse(path, "a member has no name");
        entry.name = name;
        entry.type = type_of(item);
        entry.mode = archive_entry_perm(item);
        const char* link = entry.type == TarType::Hardlink ? archive_entry_hardlink(item) : archive_entry_symlink(item);
        if (link) entry.link = link;
        entry.size = entry.type == TarType::File ? (uint64_t)archive_entry_size(item) : 0;
        if (entry.size > limits.total_size || (total += entry.size) > limits.total_size)
            return refuse(path, "it expands to more than the limit");
        if (archive_entry_sparse_count(item)) return refuse(path, "member `" + entry.name + "` is sparse");
        if (entry.type == TarType::File) TRY(read_content(reader, entry, path));
        entries.push_back(std::move(entry));
    }
}

namespace {
// libarchive hands out names in the locale's encoding; for this thread that is UTF-8 while the object lives.
class Utf8Locale {
  public:
    Utf8Locale() : own_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(own_ ? uselocale(own_) : nullptr) {}
    ~Utf8Locale() {
        if (!own_) return;
        uselocale(before_);
        freelocale(own_);
    }

  private:
    locale_t own_, before_;
};
}  // namespace

Result<std::vector<TarEntry>> read_tar_gz(const std::string& path, const TarLimits& limits) {
    MappedFile file = TRY(MappedFile::open(path));
    if (!file.bytes().starts_with("\x1f\x8b")) return refuse(path, "it is not compressed with gzip");
    uint64_t most = std::max(limits.ratio_free_size, file.bytes().size() * limits.ratio);
    Result<std::string> inflated =
        gzip_decompress(file.bytes(), std::min(most, limits.total_size + (uint64_t(1) << 28)));
    if (!inflated.ok()) return refuse(path, inflated.error().message);
    Utf8Locale locale;
    std::unique_ptr<struct archive, int (*)(struct archive*)> reader(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(reader.get());
    if (archive_read_open_memory(reader.get(), inflated->data(), inflated->size()) != ARCHIVE_OK)
        return refuse(path, archive_error_string(reader.get()));
    std::vector<TarEntry> entries = TRY(read_entries(reader.get(), path, limits));
    int format = archive_format(reader.get()) & ARCHIVE_FORMAT_BASE_MASK;
    // What stands behind the end would be members to a reader that looks further.
    size_t end = (size_t)std::max<int64_t>(0, archive_read_header_position(reader.get()));
    if (inflated->find_first_not_of('\0', end) != std::string::npos) return refuse(path, "it goes on behind its end");
    if (entries.empty() || format != ARCHIVE_FORMAT_TAR) return refuse(path, "it holds no tar members");
    return entries;
}

static void octal(char* field, size_t width, uint64_t value) {
    field[width - 1] = 0;
    for (size_t i = width - 1; i-- > 0; value >>= 3)
        field[i] = (char)('0' + (value & 7));
}

void TarWriter::header(std::string_view name, std::string_view prefix, uint64_t size, uint32_t mode, char type) {
    char block[512] = {};
    std::memcpy(block, name.data(), name.size());
    octal(block + 100, 8, mode);
    octal(block + 108, 8, 0);
    octal(block + 116, 8, 0);
    octal(block + 124, 12, size);
    octal(block + 136, 12, (uint64_t)(time_ < 0 ? 0 : time_));
    std::memset(block + 148, ' ', 8);
    block[156] = type;
    std::memcpy(block + 257, "ustar\00000", 8);
    octal(block + 329, 8, 0);
    octal(block + 337, 8, 0);
    if (!prefix.empty()) std::memcpy(block + 345, prefix.data(), prefix.size());
    unsigned sum = 0;
    for (char c : block)
        sum += (unsigned char)c;
    octal(block + 148, 7, sum);
    out_.append(block, sizeof block);
}

static void pad(std::string& out) {
    out.append((512 - out.size() % 512) % 512, '\0');
}

// "<length> path=<name>\n", the length counting itself.
static std::string pax_path(std::string_view name) {
    std::string body = " path=" + std::string(name) + "\n";
    size_t length = body.size() + 1;
    while (std::to_string(length).size() + body.size() != length)
        length = std::to_string(length).size() + body.size();
    return std::to_string(length) + body;
}

void TarWriter::add(std::string_view name, std::string_view bytes, uint32_t permissions) {
    bool ascii = true;
    for (char c : name)
        ascii &= (unsigned char)c < 128;
    std::string_view last = name, prefix;
    if (name.size() > 100) {
        size_t slash = name.substr(0, 156).rfind('/');
        if (slash != std::string_view::npos && slash > 0 && name.size() - slash - 1 <= 100) {
            prefix = name.substr(0, slash);
            last = name.substr(slash + 1);
        }
    }
    if (!ascii || last.size() > 100) {
        std::string record = pax_path(name);
        header("././@PaxHeader", "", record.size(), 0644, 'x');
        out_ += record;
        pad(out_);
        last = name.substr(0, 100);
        prefix = {};
    }
    header(last, prefix, bytes.size(), permissions, '0');
    out_ += bytes;
    pad(out_);
}

std::string TarWriter::finish() {
    out_.append(1024, '\0');
    out_.append((10240 - out_.size() % 10240) % 10240, '\0');
    return std::move(out_);
}
std::string TarWriter::finish_gz() {
    return gzip_compress(finish(), 9);
}

}  // namespace base
