// Reading, writing and naming files.
#include "base/fs.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/path.h"

namespace base {

Error io_error(std::string_view what, std::string_view path, int code) {
    return Error(ErrorKind::Io, "cannot " + std::string(what) + " `" + std::string(path) + "`: " + std::strerror(code));
}

Fd::~Fd() {
    close();
}
void Fd::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<MappedFile> MappedFile::open(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return io_error("open", path, errno);
    struct stat info;
    if (fstat(fd.get(), &info)) return io_error("read", path, errno);
    if (S_ISDIR(info.st_mode)) return io_error("read", path, EISDIR);
    size_t size = (size_t)info.st_size;
    if (!size) return MappedFile(nullptr, 0);
    void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (data == MAP_FAILED) return io_error("map", path, errno);
    return MappedFile(static_cast<const char*>(data), size);
}
MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}
MappedFile::~MappedFile() {
    if (data_) munmap(const_cast<char*>(data_), size_);
}

static FileStatus convert(const struct stat& info) {
    FileStatus out;
    out.type = S_ISREG(info.st_mode)   ? FileType::Regular
               : S_ISDIR(info.st_mode) ? FileType::Directory
               : S_ISLNK(info.st_mode) ? FileType::Link
                                       : FileType::Other;
    out.size = (uint64_t)info.st_size;
    out.mtime_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    out.mode = info.st_mode & 07777;
    out.device = info.st_dev;
    out.inode = info.st_ino;
    out.links = info.st_nlink;
    return out;
}
FileStatus file_status(const std::string& path) {
    struct stat info;
    return stat(path.c_str(), &info) ? FileStatus{} : convert(info);
}
FileStatus file_status_link(const std::string& path) {
    struct stat info;
    return lstat(path.c_str(), &info) ? FileStatus{} : convert(info);
}
bool path_exists(const std::string& path) {
    return file_status_link(path).type != FileType::Missing;
}
bool is_directory(const std::string& path) {
    return file_status(path).type == FileType::Directory;
}
bool is_regular_file(const std::string& path) {
    return file_status(path).type == FileType::Regular;
}

// `expected`: the size of a regular file, 0 of others.
static Result<std::string> read_open_file(int fd, size_t expected, const std::string& path) {
    std::string out;
    // FAST: room for one byte more, so that a read which leaves it free has met the end.
    if (expected) out.resize(expected + 1);
    for (size_t size = 0;;) {
        if (size == out.size()) out.resize(size + std::max(size, size_t(65536)));
        ssize_t got = read(fd, out.data() + size, out.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error("read", path, errno);
        size += (size_t)got;
        if (got != 0 && size != expected) continue;
        out.resize(size);
        return out;
    }
}
static size_t expected_size(const struct stat& info) {
    return S_ISREG(info.st_mode) ? (size_t)info.st_size : 0;
}

Result<std::string> read_file(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return io_error("open", path, errno);
    struct stat info;
    return read_open_file(fd.get(), fstat(fd.get(), &info) ? 0 : expected_size(info), path);
}
Result<std::optional<std::string>> read_file_if_there(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::optional<std::string> out;
    struct stat info;
    if (!fd.valid() && (errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP)) return out;
    if (!fd.valid()) return io_error("open", path, errno);
    bool known = !fstat(fd.get(), &info);
    if (known && S_ISDIR(info.st_mode)) return out;
    out = TRY(read_open_file(fd.get(), known ? expected_size(info) : 0, path));
    return out;
}

uint32_t file_creation_mask() {
    // umask() itself cannot be asked without setting it, for all threads.
    static const uint32_t mask = [] {
        Result<std::string> status = read_file("/proc/self/status");
        size_t at = status.ok() ? status->find("\nUmask:") : std::string::npos;
        return at == std::string::npos ? 0777u : (uint32_t)strtoul(status->c_str() + at + 7, nullptr, 8);
    }();
    return mask;
}

int write_bytes(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t put = write(fd, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        bytes.remove_prefix((size_t)put);
    }
    return 0;
}
Result<void> write_all(int fd, std::string_view bytes, std::string_view path) {
    if (int error = write_bytes(fd, bytes)) return io_error("write", path, error);
    return {};
}

Result<void> write_file(const std::string& path, std::string_view bytes, mode_t mode) {
    Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!fd.valid()) return io_error("create", path, errno);
    Result<void> written = write_all(fd.get(), bytes, path);
    struct stat info;
    if (!written.ok() && !fstat(fd.get(), &info) && S_ISREG(info.st_mode)) unlink(path.c_str());
    return written;
}

Result<void> make_directories(const std::string& path, mode_t mode) {
    if (path.empty() || !mkdir(path.c_str(), mode)) return {};
    if (errno == EEXIST) {
        if (is_directory(path)) return {};
        return io_error("create directory", path, ENOTDIR);
    }
    if (errno != ENOENT) return io_error("create directory", path, errno);
    TRY(make_directories(std::string(parent_path(path)), mode));
    if (mkdir(path.c_str(), mode) && errno != EEXIST) return io_error("create directory", path, errno);
    return {};
}

Result<void> remove_file(const std::string& path) {
    if (unlink(path.c_str()) && errno != ENOENT) return io_error("remove", path, errno);
    return {};
}
Result<void> rename_path(const std::string& from, const std::string& to) {
    if (rename(from.c_str(), to.c_str())) return io_error("rename to `" + to + "` from", from, errno);
    return {};
}
Result<void> make_symlink(const std::string& target, const std::string& path) {
    if (symlink(target.c_str(), path.c_str())) return io_error("create link", path, errno);
    return {};
}
Result<std::string> read_symlink(const std::string& path) {
    std::string out(4096, 0);
    ssize_t size = readlink(path.c_str(), out.data(), out.size());
    if (size < 0) return io_error("read link", path, errno);
    out.resize((size_t)size);
    return out;
}
std::string real_path(const std::string& path) {
    char* resolved = realpath(path.c_str(), nullptr);
    std::string out = resolved ? resolved : "";
    free(resolved);
    return out;
}

Result<TemporaryDirectory> TemporaryDirectory::create(const std::string& parent, std::string_view prefix) {
    const char* variable = getenv("TMPDIR");
    std::string root = !parent.empty() ? parent : variable && *variable ? variable : "/tmp";
    std::string path = join_path(root, std::string(prefix) + "XXXXXX");
    if (!mkdtemp(path.data())) return io_error("create a temporary directory in", root, errno);
    return TemporaryDirectory(std::move(path));
}
TemporaryDirectory::~TemporaryDirectory() {
    // Nothing can be done about a failure here; the directory stays for the system's own cleaning.
    if (!path_.empty()) (void)remove_tree(path_).ok();
}

}  // namespace base
