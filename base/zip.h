// Strict ZIP reading and deterministic ZIP writing (APPNOTE 6.3; stored and deflated members, no spanning, no
// encryption). The central directory is the truth, and an archive is refused as soon as anything else in it could tell
// another reader another story: local headers that differ, gaps, overlaps, prefixes, trailers, a second end record,
// renaming extras, doubled names. What was validated is what is inflated: members are read at the offsets checked here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/result.h"

struct libdeflate_decompressor;

namespace base {

struct ZipEntry {
    // Harmless (unsafe_member_name), a trailing slash for a directory. Part of the archive's bytes.
    std::string_view name;
    uint64_t header_offset = 0;
    uint64_t data_offset = 0;  // 0 until the local header was read
    uint64_t compressed_size = 0, size = 0;
    uint32_t crc = 0;
    uint16_t method = 0;  // 0 stored, 8 deflated
    uint16_t flags = 0;
    uint16_t mode = 0;  // Unix mode bits with type, 0 when the writer left none
    bool is_directory() const { return name.back() == '/'; }
    bool is_symlink() const { return (mode & 0170000) == 0120000; }
    bool is_executable() const { return mode & 0111; }
};

// What an archive may hold before it counts as a bomb.
struct ZipLimits {
    uint64_t entries = 200000;
    uint64_t total_size = uint64_t(16) << 30;
    uint64_t ratio_free_size = uint64_t(512) << 20;  // above this the whole may not expand more than `ratio` times
    uint64_t ratio = 200;
};

// Inflates one member after the other into one buffer. For one thread.
class Inflater {
  public:
    Inflater();
    Inflater(Inflater&& other) noexcept;
    ~Inflater();
    // Inflates raw deflate data that must use all of `bytes` and give exactly `size` bytes, valid until the next call.
    // `behind`: how many bytes of the same memory follow `bytes` and may be looked at. They make no difference to the
    // result, but spare the decoder looking whether each bit is still within the data.
    Result<std::string_view> inflate(std::string_view bytes, uint64_t size, uint64_t behind = 0);

  private:
    libdeflate_decompressor* state_;
    std::unique_ptr<char[]> buffer_;
    uint64_t room_ = 0;
};

class ZipArchive {
  public:
    // Refusals are Integrity errors, "`name` is not a valid zip archive: …".
    static Result<ZipArchive> open(const std::string& path, const ZipLimits& limits = {});
    static Result<ZipArchive> from_bytes(std::string bytes, std::string name, const ZipLimits& limits = {});

    const std::vector<ZipEntry>& entries() const { return entries_; }
    const ZipEntry* find(std::string_view name) const;
    // The member's bytes, inflated; length and CRC are checked.
    Result<std::string> read(const ZipEntry& entry) const;
    // The same without a copy: valid until `inflater` is used again, or while the archive lives for a stored member.
    Result<std::string_view> read(const ZipEntry& entry, Inflater& inflater) const;
    std::string_view bytes() const { return bytes_; }

  private:
    ZipArchive() = default;
    std::unique_ptr<MappedFile> file_;
    std::unique_ptr<std::string> owned_;
    std::string_view bytes_;
    std::string name_;
    std::unique_ptr<std::string> directory_;  // of an archive that is mapped: others could change the file and so the names
    std::vector<ZipEntry> entries_;
    std::vector<uint32_t> index_;  // of entries_, by name
    friend Result<ZipArchive> make_zip_archive(ZipArchive archive, const ZipLimits& limits);
};

// For reading a remote archive by ranges: the central directory out of the last bytes of a file of `file_size` bytes.
// `missing` is set (and no entries are given) when the directory begins before the tail: the offset to fetch from.
struct ZipTail {
    std::vector<ZipEntry> entries;  // their names are part of the bytes given
    uint64_t missing_from = 0;
    bool complete = false;
    uint64_t directory_offset = 0;
};
Result<ZipTail> read_zip_tail(std::string_view tail, uint64_t file_size, std::string_view name);
// Inflates `entry` out of `bytes`, the part of the archive that begins at the entry's local header. An Integrity error
// when the header differs from the directory or `bytes` ends too soon.
Result<std::string> read_zip_member(std::string_view bytes, const ZipEntry& entry, std::string_view name);

// Writes members in the order given with a fixed time, mode and compression: the same input gives the same bytes.
class ZipWriter {
  public:
    // DOS times begin in 1980: an earlier `unix_time` becomes 1980-01-01.
    explicit ZipWriter(int64_t unix_time = 0);
    void add(std::string_view name, std::string_view bytes, uint16_t permissions = 0644);
    std::string finish();  // the whole archive

  private:
    std::string out_, directory_;
    uint32_t count_ = 0;
    uint16_t time_, date_;
};

// Raw deflate at `level` (zlib), as zip members and gzip bodies carry it.
std::string deflate_raw(std::string_view bytes, int level);
// Inflates raw deflate data that must use all of `bytes` and give exactly `size` bytes.
Result<std::string> inflate_raw(std::string_view bytes, uint64_t size);
// gzip (RFC 1952) with no name and time 0.
std::string gzip_compress(std::string_view bytes, int level = 9);
// All of a gzip file, which must end with its last member, and give at most `limit` bytes.
Result<std::string> gzip_decompress(std::string_view bytes, uint64_t limit);

}  // namespace base
