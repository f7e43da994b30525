// Whole-file operations on paths. Every failure is an Error of kind Io that names the path and the system's reason.
// A write that fails leaves the target as it was (`write_file_atomic`) or removes what it began (`write_file`).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

// Error of kind Io: "cannot <what> `path`: <strerror(code)>".
Error io_error(std::string_view what, std::string_view path, int code);

// An owned file descriptor.
class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Fd();
    int get() const { return fd_; }
    bool valid() const { return fd_ >= 0; }
    int release() { return std::exchange(fd_, -1); }
    void close();

  private:
    int fd_ = -1;
};

// Bytes of a file mapped read-only; valid while the object lives.
class MappedFile {
  public:
    static Result<MappedFile> open(const std::string& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();
    std::string_view bytes() const { return {data_, size_}; }

  private:
    MappedFile(const char* data, size_t size) : data_(data), size_(size) {}
    const char* data_ = nullptr;
    size_t size_ = 0;
};

enum class FileType : uint8_t { Missing, Regular, Directory, Link, Other };
struct FileStatus {
    FileType type = FileType::Missing;
    uint64_t size = 0;
    int64_t mtime_ns = 0;
    uint32_t mode = 0;  // permission bits
    uint64_t device = 0, inode = 0, links = 0;
};
FileStatus file_status(const std::string& path);       // follows links
FileStatus file_status_link(const std::string& path);  // does not
bool path_exists(const std::string& path);
bool is_directory(const std::string& path);
bool is_regular_file(const std::string& path);

Result<std::string> read_file(const std::string& path);
// The same for a file that need not be there or may be somebody else's: nothing when it is missing, no file or may not be
// read. Failures of the machine (I/O, too many open files) stay errors.
Result<std::optional<std::string>> read_file_if_there(const std::string& path);
Result<void> write_file(const std::string& path, std::string_view bytes, mode_t mode = 0644);
// Writes a temporary file in the same directory and renames it over `path`: readers see the old bytes or the new ones.
Result<void> write_file_atomic(const std::string& path, std::string_view bytes, mode_t mode = 0644);
// 0, or the errno of what failed.
int write_bytes(int fd, std::string_view bytes);
Result<void> write_all(int fd, std::string_view bytes, std::string_view path_for_error);

Result<void> make_directories(const std::string& path, mode_t mode = 0755);
Result<void> remove_file(const std::string& path);  // a missing file is no error
Result<void> remove_tree(const std::string& path);  // links are removed, never followed; a missing tree is no error
Result<void> rename_path(const std::string& from, const std::string& to);
Result<void> make_symlink(const std::string& target, const std::string& path);
Result<std::string> read_symlink(const std::string& path);
std::string real_path(const std::string& path);  // links resolved; "" when the path does not exist

struct DirectoryEntry {
    std::string name;
    FileType type = FileType::Other;
};
// Entries sorted by name, without `.` and `..`.
Result<std::vector<DirectoryEntry>> list_directory(const std::string& path);
// Every regular file and link below `root`, as sorted paths relative to it; directories named in `skip` are not
// entered.
Result<std::vector<std::string>> list_tree(const std::string& root, const std::vector<std::string>& skip = {});
// True when the tree below `path` was counted: files and bytes.
struct TreeSize {
    uint64_t files = 0, bytes = 0;
};
TreeSize tree_size(const std::string& path);

// A directory of its own under `parent` (default: $TMPDIR or /tmp), mode 0700, removed with the object unless kept.
class TemporaryDirectory {
  public:
    static Result<TemporaryDirectory> create(const std::string& parent = {}, std::string_view prefix = "adder-");
    TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~TemporaryDirectory();
    const std::string& path() const { return path_; }
    std::string keep() { return std::exchange(path_, {}); }

  private:
    explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

// An advisory lock on a file that is created when missing; held until the object dies or the process ends.
class FileLock {
  public:
    static Result<FileLock> exclusive(const std::string& path);  // waits
    static Result<FileLock> shared(const std::string& path);     // waits
    static Result<FileLock> try_exclusive(const std::string& path);
    // The same on a directory that is there: nothing is made in it. Not every file system has these.
    static Result<FileLock> of_directory(const std::string& path);  // waits
    static Result<FileLock> try_of_directory(const std::string& path);
    bool held() const { return fd_.valid(); }

  private:
    explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
};

// The process's umask as it was when first asked: the bits that new files do not get.
uint32_t file_creation_mask();

enum class LinkMode : uint8_t { Hardlink, Reflink, Copy };
// Makes `to` (which must not exist) the same bytes as `from`, the cheapest way that works from `wanted` downwards
// (hardlink, then reflink, then copy); tells which one it was.
Result<LinkMode> link_or_copy(const std::string& from, const std::string& to, LinkMode wanted);
Result<LinkMode> link_or_copy_at(int from_dir, const char* from, int to_dir, const char* to, LinkMode wanted);
Result<void> copy_file(const std::string& from, const std::string& to);

}  // namespace base
