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
    // The links on the way to `relative` are the caller's own: they lead where they lead now from here on, also outside of
    // the directory. Beneath them everything is as strict as elsewhere. What is missing stays to be made.
    Result<void> follow_links_to(std::string_view relative);
    // A handle of the directory that the link `relative` was followed to, or -1.
    int followed(std::string_view relative) const;
    // The error of an operation on `relative`, which errno tells about.
    Error error(std::string_view what, std::string_view relative, int code) const;

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
    struct Followed {
        std::string link;  // relative
        Fd fd;
    };
    Directory(std::string path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
    // Where a look-up of `relative` starts: the last link on the way that is followed, which is cut off, or the directory.
    int start_of(std::string_view& relative) const;
    // The handle of the parent of `relative` and the last component.
    Result<Fd> open_parent(std::string_view relative, std::string& last) const;
    std::string path_;
    Fd fd_;
    std::vector<Followed> followed_;  // deeper ones come later
};

// Creates (O_EXCL) the file `name` of the directory `folder` with these bytes; on failure it is removed again. `place`
// is what errors call the directory.
Result<void> write_new_at(int folder, const char* name, std::string_view bytes, mode_t mode, std::string_view place);

// A walk through the directories beneath `root` for work on many files: the handles on the way to the last directory
// stay open, so that a step costs what differs. No link is followed. For one thread; the root must outlive it.
class DirectoryWalk {
  public:
    explicit DirectoryWalk(const Directory& root) : root_(root) {}
    // A handle (O_PATH) of the directory `relative` ("" is the root itself), made with its parents when missing. It
    // stays open until the next step.
    Result<int> make(std::string_view relative);
    // The same without making anything: kMissing (or no directory), or kLink where a link stands on the way.
    Result<int> find(std::string_view relative);
    static constexpr int kMissing = -1, kLink = -2;

  private:
    struct Level {
        std::string name;
        Fd fd;
        bool made = false;
    };
    Result<int> step(std::string_view relative, bool make);
    int open_level(int above, const std::string& name, std::string_view relative) const;
    Error refusal(int above, const std::string& name, std::string_view relative) const;  // of what errno tells
    const Directory& root_;
    std::vector<Level> levels_;
};

}  // namespace base
