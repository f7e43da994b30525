// Digests of files of this machine, remembered from run to run: one list a directory in the cache, written when the object
// goes. A file counts as the one that was hashed while its size and time are the same.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "pkg/cache.h"

namespace pkg {

class LocalDigests {
  public:
    explicit LocalDigests(Cache& cache) : cache_(cache) {}
    ~LocalDigests() { save(); }
    LocalDigests(const LocalDigests&) = delete;
    LocalDigests& operator=(const LocalDigests&) = delete;
    // The sha256 of the file, "" where it is not known.
    std::string find(const std::string& path, const base::FileStatus& status);
    void add(const std::string& path, const base::FileStatus& status, std::string sha256);

  private:
    struct Entry {
        uint64_t size = 0;
        int64_t mtime_ns = 0;
        std::string sha256;
        bool operator==(const Entry&) const = default;
    };
    struct Folder {
        std::map<std::string, Entry, std::less<>> files;  // by name
        bool changed = false;
    };
    Folder& folder_of(std::string_view path);
    // Writes the lists that have changed, whole: once, for a directory has as many rows as there are files.
    void save();

    Cache& cache_;
    std::map<std::string, Folder, std::less<>> folders_;
};

}  // namespace pkg
