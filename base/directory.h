// A directory handle whose operations cannot leave the directory: every path is relative, and a link on the way is
// refused by the kernel (openat2 RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS) or, on kernels without it, by walking the
// components with O_NOFOLLOW.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"

namespace base {

class Directory {
  public:
    static Result<Directory> open(const std::string& path);
    static Result<Directory> create(const std::string& path);  // makes missing directories first
    const std::string& path() const { return path_; }
    int fd() const { return fd_.get(); }

    // Opens `relative` beneath. `flags` as open(2); `mode` for created files.
    Result<Fd> open_beneath(std::string_view relative, int flags, mode_t mode = 0644) const;
    // The directory `relative` beneath, made with its parents when missing.
    Result<Fd> open_directory(std::string_view relative) const;
    Result<void> make_directories(std::string_view relative) const;
    // Creates (O_EXCL) and writes; on failure the file is removed again.
    Result<void> write_new(std::string_view relative, std::string_view bytes, mode_t mode = 0644) const;
    Result<std::string> read(std::string_view relative) const;
    FileStatus status(std::string_view relative) const;    // of a link itself; Missing also when outside
    Result<void> remove(std::string_view relative) const;  // file or link; a missing one is no error
    bool remove_empty_directory(std::string_view relative) const;
    // Renames within or between handles; parents of the target are made.
    Result<void> rename_to(std::string_view relative, const Directory& to, std::string_view target) const;

  private:
    Directory(std::string path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
    // The handle of the parent of `relative` and the last component.
    Result<Fd> open_parent(std::string_view relative, std::string& last) const;
    std::string path_;
    Fd fd_;
};

}  // namespace base
