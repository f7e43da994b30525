// Tar archives: reading entries (libarchive decodes, this file's users decide) and deterministic writing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

enum class TarType : uint8_t { File, Directory, Symlink, Hardlink, Other };
struct TarEntry {
    std::string name;
    TarType type = TarType::Other;
    uint64_t size = 0;
    uint32_t mode = 0;
    std::string link;   // target of a link
    std::string bytes;  // of a file
};
struct TarLimits {
    uint64_t entries = 200000;
    uint64_t total_size = uint64_t(4) << 30;
    uint64_t ratio_free_size = uint64_t(512) << 20;  // above this the file may not expand more than `ratio` times
    uint64_t ratio = 200;
};

// All entries of a gzip-compressed tar file, in order. Refused as Integrity errors: another compression or format,
// a damaged header or PAX record, a cut archive, anything but zeros after the archive's end, more than the limits.
Result<std::vector<TarEntry>> read_tar_gz(const std::string& path, const TarLimits& limits = {});

// Writes POSIX ustar entries (PAX records where a name does not fit), owner 0, the time given; then gzip without name
// or time.
class TarWriter {
  public:
    explicit TarWriter(int64_t unix_time = 0) : time_(unix_time) {}
    void add(std::string_view name, std::string_view bytes, uint32_t permissions = 0644);
    std::string finish();     // the tar bytes
    std::string finish_gz();  // compressed

  private:
    void header(std::string_view name, std::string_view prefix, uint64_t size, uint32_t mode, char type);
    std::string out_;
    int64_t time_;
};

}  // namespace base
