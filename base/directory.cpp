// Directory handles over openat2(2), with a component walk where the kernel has none.
#include "base/directory.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/path.h"

namespace base {

static bool harmless(std::string_view relative) {
    if (relative.empty() || relative.front() == '/') return false;
    for (size_t at = 0; at <= relative.size();) {
        size_t end = relative.find('/', at);
        if (end == std::string_view::npos) end = relative.size();
        std::string_view part = relative.substr(at, end - at);
        if (part.empty() || part == "..") return false;
        at = end + 1;
    }
    return relative.find('\0') == std::string_view::npos;
}

static Error leaves(std::string_view relative) {
    return Error(ErrorKind::Integrity, "path `" + std::string(relative) + "` leaves its directory");
}

static int walk(int root, const std::string& relative, int flags, mode_t mode) {
    int current = dup(root);
    for (size_t at = 0; current >= 0;) {
        size_t end = relative.find('/', at);
        std::string part = relative.substr(at, end == std::string::npos ? end : end - at);
        bool last = end == std::string::npos;
        int next = openat(current, part.c_str(), (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC, mode);
        int code = errno;
        ::close(current);
        errno = code;
        current = next;
        if (last) return current;
        at = end + 1;
    }
    return -1;
}

static int open_confined(int root, const std::string& relative, int flags, mode_t mode) {
    struct open_how how = {};
    how.flags = (uint64_t)(flags | O_CLOEXEC);
    how.mode = flags & O_CREAT ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    int fd = (int)syscall(SYS_openat2, root, relative.c_str(), &how, sizeof how);
    if (fd >= 0 || (errno != ENOSYS && errno != EPERM && errno != EINVAL)) return fd;
    return walk(root, relative, flags, mode);
}

Result<Directory> Directory::open(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid()) return io_error("open directory", path, errno);
    return Directory(path, std::move(fd));
}
Result<Directory> Directory::create(const std::string& path) {
    TRY(base::make_directories(path));
    return open(path);
}

Error Directory::error(std::string_view what, std::string_view relative, int code) const {
    return io_error(what, join_path(path_, relative), code);
}

Result<void> Directory::follow_links_to(std::string_view relative) {
    if (relative.empty()) return {};
    if (!harmless(relative)) return leaves(relative);
    // FAST: hardly ever is there a link.
    if (Fd whole(open_confined(fd_.get(), std::string(relative), O_PATH | O_DIRECTORY, 0)); whole.valid()) return {};
    DirectoryWalk walk(*this);
    for (size_t at = 0; at < relative.size(); at++) {
        at = std::min(relative.find('/', at), relative.size());
        std::string_view link = relative.substr(0, at);
        int found = TRY(walk.find(link));
        if (found == DirectoryWalk::kMissing) return {};
        if (found != DirectoryWalk::kLink) continue;
        int above = TRY(walk.find(parent_path(link)));
        Fd fd(openat(above, std::string(base_name(link)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!fd.valid()) return io_error("follow the link", join_path(path_, link), errno);
        followed_.push_back({std::string(link), std::move(fd)});
    }
    return {};
}
int Directory::followed(std::string_view relative) const {
    for (const Followed& followed : followed_) {
        if (followed.link == relative) return followed.fd.get();
    }
    return -1;
}
int Directory::start_of(std::string_view& relative) const {
    for (auto followed = followed_.rbegin(); followed != followed_.rend(); ++followed) {
        if (!is_within(relative, followed->link)) continue;
        relative.remove_prefix(std::min(relative.size(), followed->link.size() + 1));
        return followed->fd.get();
    }
    return fd_.get();
}

Result<Fd> Directory::open_beneath(std::string_view relative, int flags, mode_t mode) const {
    if (!harmless(relative)) return leaves(relative);
    std::string_view rest = relative;
    int start = start_of(rest);
    Fd fd(open_confined(start, rest.empty() ? "." : std::string(rest), flags, mode));
    if (!fd.valid()) return io_error(flags & O_CREAT ? "create" : "open", join_path(path_, relative), errno);
    return fd;
}

Result<void> Directory::make_directories(std::string_view relative) const {
    TRY(open_directory(relative));
    return {};
}

Result<Fd> Directory::open_directory(std::string_view relative) const {
    if (relative.empty() || relative == ".") return Fd(dup(fd_.get()));
    if (!harmless(relative)) return leaves(relative);
    std::string_view rest = relative;
    int start = start_of(rest);
    // FAST: the directory is usually there already.
    Fd whole(open_confined(start, rest.empty() ? "." : std::string(rest), O_RDONLY | O_DIRECTORY, 0));
    if (whole.valid()) return whole;
    if (errno != ENOENT) return io_error("open directory", join_path(path_, relative), errno);
    Fd current(dup(start));
    for (size_t at = 0; at <= rest.size();) {
        size_t end = rest.find('/', at);
        if (end == std::string_view::npos) end = rest.size();
        std::string part(rest.substr(at, end - at));
        if (mkdirat(current.get(), part.c_str(), 0755) && errno != EEXIST)
            return io_error("create directory", join_path(path_, relative), errno);
        Fd next(openat(current.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next.valid()) return io_error("open directory", join_path(path_, relative), errno);
        current = std::move(next);
        at = end + 1;
    }
    return current;
}

Result<Fd> Directory::open_parent(std::string_view relative, std::string& last) const {
    if (!harmless(relative)) return leaves(relative);
    size_t slash = relative.rfind('/');
    last = std::string(slash == std::string_view::npos ? relative : relative.substr(slash + 1));
    if (slash == std::string_view::npos) return Fd(dup(fd_.get()));
    std::string_view parent = relative.substr(0, slash);
    int start = start_of(parent);
    Fd fd(open_confined(start, parent.empty() ? "." : std::string(parent), O_RDONLY | O_DIRECTORY, 0));
    if (!fd.valid()) return io_error("open the directory of", join_path(path_, relative), errno);
    return fd;
}

Result<void> Directory::write_new(std::string_view relative, std::string_view bytes, mode_t mode) const {
    std::string_view parent = parent_path(relative);
    if (!harmless(relative)) return leaves(relative);
    Fd folder = TRY(open_directory(parent));
    return write_new_at(folder.get(), std::string(base_name(relative)).c_str(), bytes, mode, join_path(path_, parent));
}

Result<void> write_new_at(int folder, const char* name, std::string_view bytes, mode_t mode, std::string_view place) {
    Fd fd(openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!fd.valid()) return io_error("create", join_path(place, name), errno);
    if (int code = write_bytes(fd.get(), bytes)) {
        unlinkat(folder, name, 0);
        return io_error("write", join_path(place, name), code);
    }
    return {};
}

Result<std::string> Directory::read(std::string_view relative) const {
    Fd fd = TRY(open_beneath(relative, O_RDONLY));
    std::string out;
    char buffer[65536];
    for (;;) {
        ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error("read", join_path(path_, relative), errno);
        if (got == 0) return out;
        out.append(buffer, (size_t)got);
    }
}

FileStatus Directory::status(std::string_view relative) const {
    FileStatus out;
    std::string last;
    Result<Fd> parent = open_parent(relative, last);
    struct stat info;
    if (!parent.ok() || fstatat(parent->get(), last.c_str(), &info, AT_SYMLINK_NOFOLLOW)) return out;
    out.type = S_ISREG(info.st_mode)   ? FileType::Regular
               : S_ISDIR(info.st_mode) ? FileType::Directory
               : S_ISLNK(info.st_mode) ? FileType::Link
                                       : FileType::Other;
    out.size = (uint64_t)info.st_size;
    out.mode = info.st_mode & 07777;
    out.mtime_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    out.device = info.st_dev;
    out.inode = info.st_ino;
    out.links = info.st_nlink;
    return out;
}

Result<void> Directory::remove(std::string_view relative) const {
    if (!harmless(relative)) return leaves(relative);
    std::string last;
    Result<Fd> parent = open_parent(relative, last);
    if (!parent.ok()) {
        if (status(relative).type == FileType::Missing && (errno == ENOENT || errno == ENOTDIR)) return {};
        return std::move(parent).error();
    }
    if (unlinkat(parent->get(), last.c_str(), 0) && errno != ENOENT)
        return io_error("remove", join_path(path_, relative), errno);
    return {};
}

bool Directory::remove_empty_directory(std::string_view relative) const {
    std::string last;
    Result<Fd> parent = open_parent(relative, last);
    return parent.ok() && !unlinkat(parent->get(), last.c_str(), AT_REMOVEDIR);
}

Result<void> Directory::rename_to(std::string_view relative, const Directory& to, std::string_view target) const {
    std::string last, target_last;
    Fd parent = TRY(open_parent(relative, last));
    if (!harmless(target)) return leaves(target);
    Fd target_parent = TRY(to.open_directory(parent_path(target)));
    target_last = std::string(base_name(target));
    if (renameat(parent.get(), last.c_str(), target_parent.get(), target_last.c_str()))
        return io_error("move into place", join_path(to.path(), target), errno);
    return {};
}

Result<int> DirectoryWalk::make(std::string_view relative) {
    return step(relative, true);
}
Result<int> DirectoryWalk::find(std::string_view relative) {
    return step(relative, false);
}

// Leaves errno as it is.
static bool is_link(int above, const std::string& name) {
    int code = errno;
    struct stat info;
    bool link = !fstatat(above, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) && S_ISLNK(info.st_mode);
    errno = code;
    return link;
}

int DirectoryWalk::open_level(int above, const std::string& name, std::string_view relative) const {
    if (int fd = root_.followed(relative); fd >= 0) return fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return openat(above, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

Error DirectoryWalk::refusal(int above, const std::string& name, std::string_view relative) const {
    int code = errno;
    if (is_link(above, name))
        return Error(ErrorKind::Io,
                     "`" + join_path(root_.path(), relative) + "` is a link, and no link is followed here");
    return root_.error("open directory", relative, code);
}

Result<int> DirectoryWalk::step(std::string_view relative, bool make) {
    if (!relative.empty() && !harmless(relative)) return leaves(relative);
    size_t depth = 0, at = 0;
    for (; at < relative.size(); depth++) {
        size_t end = std::min(relative.find('/', at), relative.size());
        std::string_view part = relative.substr(at, end - at);
        if (depth == levels_.size() || levels_[depth].name != part) break;
        at = end + 1;
    }
    levels_.resize(depth);
    while (at < relative.size()) {
        size_t end = std::min(relative.find('/', at), relative.size());
        int above = levels_.empty() ? root_.fd() : levels_.back().fd.get();
        Level level{std::string(relative.substr(at, end - at)), Fd(), !levels_.empty() && levels_.back().made};
        // FAST: in a directory made by this walk nothing is there yet, so looking first would be in vain.
        if (!level.made) level.fd = Fd(open_level(above, level.name, relative.substr(0, end)));
        if (!level.fd.valid()) {
            if (!level.made && !make && (errno == ENOENT || errno == ENOTDIR))
                return errno != ENOENT && is_link(above, level.name) ? kLink : kMissing;
            if (!level.made && (!make || errno != ENOENT)) return refusal(above, level.name, relative.substr(0, end));
            level.made = !mkdirat(above, level.name.c_str(), 0755);
            if (!level.made && errno != EEXIST) return root_.error("create directory", relative.substr(0, end), errno);
            level.fd = Fd(open_level(above, level.name, relative.substr(0, end)));
            if (!level.fd.valid()) return refusal(above, level.name, relative.substr(0, end));
        }
        levels_.push_back(std::move(level));
        at = end + 1;
    }
    return levels_.empty() ? root_.fd() : levels_.back().fd.get();
}

}  // namespace base
