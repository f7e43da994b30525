// Directory trees, locks, and making one file the same bytes as another.
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/fs.h"
#include "base/path.h"

namespace base {

static FileType type_at(int dir, const struct dirent* entry) {
    switch (entry->d_type) {
        case DT_REG: return FileType::Regular;
        case DT_DIR: return FileType::Directory;
        case DT_LNK: return FileType::Link;
        case DT_UNKNOWN: break;
        default: return FileType::Other;
    }
    struct stat info;
    if (fstatat(dir, entry->d_name, &info, AT_SYMLINK_NOFOLLOW)) return FileType::Other;
    return S_ISREG(info.st_mode)   ? FileType::Regular
           : S_ISDIR(info.st_mode) ? FileType::Directory
           : S_ISLNK(info.st_mode) ? FileType::Link
                                   : FileType::Other;
}

static std::vector<DirectoryEntry> read_entries(DIR* stream) {
    std::vector<DirectoryEntry> out;
    while (struct dirent* entry = readdir(stream)) {
        std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        out.push_back({std::string(name), type_at(dirfd(stream), entry)});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

Result<std::vector<DirectoryEntry>> list_directory(const std::string& path) {
    DIR* stream = opendir(path.c_str());
    if (!stream) return io_error("list", path, errno);
    std::vector<DirectoryEntry> out = read_entries(stream);
    closedir(stream);
    return out;
}

static Result<void> collect(const std::string& root, const std::string& inside, const std::vector<std::string>& skip,
                            std::vector<std::string>& out) {
    std::vector<DirectoryEntry> entries = TRY(list_directory(join_path(root, inside)));
    for (const DirectoryEntry& entry : entries) {
        std::string relative = inside.empty() ? entry.name : inside + "/" + entry.name;
        if (entry.type == FileType::Directory) {
            if (std::find(skip.begin(), skip.end(), entry.name) == skip.end()) TRY(collect(root, relative, skip, out));
        } else {
            out.push_back(std::move(relative));
        }
    }
    return {};
}

Result<std::vector<std::string>> list_tree(const std::string& root, const std::vector<std::string>& skip) {
    std::vector<std::string> out;
    TRY(collect(root, "", skip, out));
    std::sort(out.begin(), out.end());
    return out;
}

static void count_tree(int parent, const char* name, TreeSize& out) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* stream = fd < 0 ? nullptr : fdopendir(fd);
    if (!stream) return;
    while (struct dirent* entry = readdir(stream)) {
        std::string_view inner = entry->d_name;
        if (inner == "." || inner == "..") continue;
        struct stat info;
        if (fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW)) continue;
        if (S_ISDIR(info.st_mode)) {
            count_tree(fd, entry->d_name, out);
        } else {
            out.files++;
            out.bytes += (uint64_t)info.st_size;
        }
    }
    closedir(stream);
}
TreeSize tree_size(const std::string& path) {
    TreeSize out;
    count_tree(AT_FDCWD, path.c_str(), out);
    return out;
}

// Removes the tree `name` of directory `parent`; returns 0 or an errno value.
static int remove_at(int parent, const char* name) {
    if (!unlinkat(parent, name, 0)) return 0;
    if (errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM) return errno;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == EACCES && !fchmodat(parent, name, 0700, 0))
        fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return errno;
    DIR* stream = fdopendir(fd);
    if (!stream) {
        int code = errno;
        close(fd);
        return code;
    }
    std::vector<DirectoryEntry> entries = read_entries(stream);
    int failed = 0;
    for (const DirectoryEntry& entry : entries) {
        int code = remove_at(fd, entry.name.c_str());
        if (code && !failed) failed = code;
    }
    closedir(stream);
    if (failed) return failed;
    return unlinkat(parent, name, AT_REMOVEDIR) && errno != ENOENT ? errno : 0;
}

Result<void> remove_tree(const std::string& path) {
    if (int code = remove_at(AT_FDCWD, path.c_str())) return io_error("remove", path, code);
    return {};
}

static Result<Fd> lock_opened(const std::string& path, int flags, int operation) {
    Fd fd(open(path.c_str(), flags | O_CLOEXEC, 0644));
    if (!fd.valid()) return io_error("open lock", path, errno);
    while (flock(fd.get(), operation)) {
        if (errno == EINTR) continue;
        if (errno == EWOULDBLOCK) return Fd();
        return io_error("lock", path, errno);
    }
    return fd;
}
static Result<Fd> lock_file(const std::string& path, int operation) { return lock_opened(path, O_RDWR | O_CREAT, operation); }
static Result<Fd> lock_directory(const std::string& path, int operation) { return lock_opened(path, O_RDONLY | O_DIRECTORY, operation); }
Result<FileLock> FileLock::exclusive(const std::string& path) {
    Fd fd = TRY(lock_file(path, LOCK_EX));
    return FileLock(std::move(fd));
}
Result<FileLock> FileLock::shared(const std::string& path) {
    Fd fd = TRY(lock_file(path, LOCK_SH));
    return FileLock(std::move(fd));
}
Result<FileLock> FileLock::try_exclusive(const std::string& path) {
    Fd fd = TRY(lock_file(path, LOCK_EX | LOCK_NB));
    return FileLock(std::move(fd));
}
Result<FileLock> FileLock::of_directory(const std::string& path) {
    Fd fd = TRY(lock_directory(path, LOCK_EX));
    return FileLock(std::move(fd));
}
Result<FileLock> FileLock::try_of_directory(const std::string& path) {
    Fd fd = TRY(lock_directory(path, LOCK_EX | LOCK_NB));
    return FileLock(std::move(fd));
}

static int copy_bytes(int in, int out, uint64_t size) {
    bool plain = false;
    for (uint64_t done = 0; done < size || size == 0;) {
        ssize_t moved = plain ? -1 : copy_file_range(in, nullptr, out, nullptr, 1 << 30, 0);
        if (moved < 0 && !plain && errno != ENOSPC && errno != EIO && errno != EDQUOT) plain = true;
        if (plain) moved = sendfile(out, in, nullptr, 1 << 30);
        if (moved < 0 && errno == EINTR) continue;
        if (moved < 0) return errno;
        if (moved == 0) break;
        done += (uint64_t)moved;
    }
    return 0;
}

Result<LinkMode> link_or_copy_at(int from_dir, const char* from, int to_dir, const char* to, LinkMode wanted) {
    if (wanted == LinkMode::Hardlink) {
        if (!linkat(from_dir, from, to_dir, to, 0)) return LinkMode::Hardlink;
        if (errno == EEXIST || errno == ENOENT || errno == ENOSPC) return io_error("link", to, errno);
    }
    Fd in(openat(from_dir, from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!in.valid()) return io_error("open", from, errno);
    struct stat info;
    if (fstat(in.get(), &info)) return io_error("read", from, errno);
    Fd out(openat(to_dir, to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, info.st_mode & 0777));
    if (!out.valid()) return io_error("create", to, errno);
    if (wanted != LinkMode::Copy && !ioctl(out.get(), FICLONE, in.get())) return LinkMode::Reflink;
    if (int code = copy_bytes(in.get(), out.get(), (uint64_t)info.st_size)) {
        unlinkat(to_dir, to, 0);
        return io_error("write", to, code);
    }
    return LinkMode::Copy;
}
Result<LinkMode> link_or_copy(const std::string& from, const std::string& to, LinkMode wanted) {
    return link_or_copy_at(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), wanted);
}
Result<void> copy_file(const std::string& from, const std::string& to) {
    TRY(link_or_copy(from, to, LinkMode::Copy));
    return {};
}

}  // namespace base
