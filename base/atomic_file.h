// A file that is written piece by piece and takes its place when it is whole: readers see the old bytes or the new ones.
#pragma once

#include <string>
#include <string_view>

#include "base/fs.h"

namespace base {

class AtomicFile {
  public:
    // A temporary file in the directory of `path`.
    static Result<AtomicFile> create(const std::string& path);
    AtomicFile(AtomicFile&& other) noexcept = default;
    ~AtomicFile();  // removes it unless committed

    Result<void> write(std::string_view bytes);
    // Renames it over `path`.
    Result<void> commit(mode_t mode = 0644);

  private:
    AtomicFile(std::string path, std::string temporary, Fd fd)
        : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}
    std::string path_, temporary_;
    Fd fd_;  // invalid once it was committed
};

}  // namespace base
