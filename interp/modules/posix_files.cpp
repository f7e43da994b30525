// posix: files and links by name.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <string>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

Fallible<PathArgument> path_of(const char* function, Object* value, bool allow_descriptor = false, const char* argument = "path") {
    PathArgument path{.function = function, .argument = argument, .allow_descriptor = allow_descriptor};
    TRY(path.parse(value));
    return path;
}

// The descriptor as events show it: -1 where none was given.
int shown_directory(int directory) { return directory == AT_FDCWD ? -1 : directory; }

// posix.open(path, flags, mode=511, *, dir_fd=None)
Fallible<Ref<>> posix_open(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("open", a[0]));
    int flags = TRY(as_c_int(a[1]));
    int mode = a[2] ? TRY(as_c_int(a[2])) : 0777;
    int directory = TRY(directory_descriptor(a[3]));
    TRY(audit("open", "OOi", a[0], none(), flags | O_CLOEXEC));
    long descriptor = TRY(retrying([&] { return ::openat(directory, path.c_str(), flags | O_CLOEXEC, mode); }));
    if (descriptor < 0) return path.raise_error();
    return TRY(int_from(descriptor));
}
// posix.access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)
Fallible<Ref<>> posix_access(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("access", a[0]));
    int mode = TRY(as_c_int(a[1]));
    int directory = TRY(directory_descriptor(a[2]));
    int flags = TRY(flag_argument(a[3], false)) ? AT_EACCESS : 0;
    if (!TRY(flag_argument(a[4], true))) flags |= AT_SYMLINK_NOFOLLOW;
    return bool_from(without_gil([&] { return ::faccessat(directory, path.c_str(), mode, flags); }) == 0);
}
Fallible<Ref<>> unlink_at(const char* function, Object* path_object, Object* dir_fd, int flags) {
    PathArgument path = TRY(path_of(function, path_object));
    int directory = TRY(directory_descriptor(dir_fd));
    TRY(audit(flags ? "os.rmdir" : "os.remove", "Oi", path.object.get(), directory == AT_FDCWD ? -1 : directory));
    if (without_gil([&] { return ::unlinkat(directory, path.c_str(), flags); }) != 0) return path.raise_error();
    return share(none());
}
// posix.unlink(path, *, dir_fd=None)
Fallible<Ref<>> posix_unlink(Object*, Object* const* a) { return unlink_at("unlink", a[0], a[1], 0); }
// posix.remove(path, *, dir_fd=None)
Fallible<Ref<>> posix_remove(Object*, Object* const* a) { return unlink_at("remove", a[0], a[1], 0); }
// posix.rmdir(path, *, dir_fd=None)
Fallible<Ref<>> posix_rmdir(Object*, Object* const* a) { return unlink_at("rmdir", a[0], a[1], AT_REMOVEDIR); }

Fallible<Ref<>> rename_at(const char* function, Object* const* a) {
    PathArgument source = TRY(path_of(function, a[0], false, "src"));
    PathArgument target = TRY(path_of(function, a[1], false, "dst"));
    int source_directory = TRY(directory_descriptor(a[2]));
    int target_directory = TRY(directory_descriptor(a[3]));
    TRY(audit("os.rename", "OOii", source.object.get(), target.object.get(), source_directory == AT_FDCWD ? -1 : source_directory,
              target_directory == AT_FDCWD ? -1 : target_directory));
    if (without_gil([&] { return ::renameat(source_directory, source.c_str(), target_directory, target.c_str()); }) != 0)
        return source.raise_error_with(target);
    return share(none());
}
// posix.rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)
Fallible<Ref<>> posix_rename(Object*, Object* const* a) { return rename_at("rename", a); }
// posix.replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)
Fallible<Ref<>> posix_replace(Object*, Object* const* a) { return rename_at("replace", a); }
// posix.link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)
Fallible<Ref<>> posix_link(Object*, Object* const* a) {
    PathArgument source = TRY(path_of("link", a[0], false, "src"));
    PathArgument target = TRY(path_of("link", a[1], false, "dst"));
    int source_directory = TRY(directory_descriptor(a[2]));
    int target_directory = TRY(directory_descriptor(a[3]));
    int flags = TRY(flag_argument(a[4], true)) && a[4] ? AT_SYMLINK_FOLLOW : 0;
    TRY(audit("os.link", "OOii", source.object.get(), target.object.get(), shown_directory(source_directory), shown_directory(target_directory)));
    if (without_gil([&] { return ::linkat(source_directory, source.c_str(), target_directory, target.c_str(), flags); }) != 0)
        return source.raise_error_with(target);
    return share(none());
}
// posix.symlink(src, dst, target_is_directory=False, *, dir_fd=None)
Fallible<Ref<>> posix_symlink(Object*, Object* const* a) {
    PathArgument source = TRY(path_of("symlink", a[0], false, "src"));
    PathArgument target = TRY(path_of("symlink", a[1], false, "dst"));
    int directory = TRY(directory_descriptor(a[3]));
    TRY(audit("os.symlink", "OOi", source.object.get(), target.object.get(), shown_directory(directory)));
    if (without_gil([&] { return ::symlinkat(source.c_str(), directory, target.c_str()); }) != 0)
        return source.raise_error_with(target);
    return share(none());
}
// posix.readlink(path, *, dir_fd=None)
Fallible<Ref<>> posix_readlink(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("readlink", a[0]));
    int directory = TRY(directory_descriptor(a[1]));
    std::string buffer(4097, '\0');
    ssize_t length = without_gil([&] { return ::readlinkat(directory, path.c_str(), buffer.data(), buffer.size()); });
    if (length < 0) return path.raise_error();
    return name_object(std::string_view(buffer.data(), size_t(length)), path.wants_bytes);
}
// posix.chmod(path, mode, *, dir_fd=None, follow_symlinks=True)
Fallible<Ref<>> posix_chmod(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("chmod", a[0], true));
    int mode = TRY(as_c_int(a[1]));
    int directory = TRY(directory_descriptor(a[2]));
    int flags = TRY(flag_argument(a[3], true)) ? 0 : AT_SYMLINK_NOFOLLOW;
    TRY(audit("os.chmod", "Oii", path.object.get(), mode, shown_directory(directory)));
    int status = without_gil([&] {
        return path.is_descriptor() ? ::fchmod(path.descriptor, mode_t(mode)) : ::fchmodat(directory, path.c_str(), mode_t(mode), flags);
    });
    if (status != 0 && flags && (errno == ENOTSUP || errno == EOPNOTSUPP))
        return raise(exc::NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
    if (status != 0) return path.raise_error();
    return share(none());
}
// posix.fchmod(fd, mode)
Fallible<Ref<>> posix_fchmod(Object*, Object* const* a) {
    int descriptor = TRY(as_c_int(a[0]));
    int mode = TRY(as_c_int(a[1]));
    TRY(audit("os.chmod", "iii", descriptor, mode, -1));
    return posix_none_or_error(TRY(retrying([&] { return ::fchmod(descriptor, mode_t(mode)); })));
}
// posix.chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)
Fallible<Ref<>> posix_chown(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("chown", a[0], true));
    uid_t user = TRY(id_argument(a[1], "uid"));
    gid_t group = TRY(id_argument(a[2], "gid"));
    int directory = TRY(directory_descriptor(a[3]));
    int flags = TRY(flag_argument(a[4], true)) ? 0 : AT_SYMLINK_NOFOLLOW;
    TRY(audit("os.chown", "Onni", path.object.get(), ssize_t(user), ssize_t(group), shown_directory(directory)));
    int status = without_gil([&] {
        return path.is_descriptor() ? ::fchown(path.descriptor, user, group) : ::fchownat(directory, path.c_str(), user, group, flags);
    });
    if (status != 0) return path.raise_error();
    return share(none());
}
// posix.lchown(path, uid, gid)
Fallible<Ref<>> posix_lchown(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("lchown", a[0]));
    uid_t user = TRY(id_argument(a[1], "uid"));
    gid_t group = TRY(id_argument(a[2], "gid"));
    TRY(audit("os.chown", "Onni", path.object.get(), ssize_t(user), ssize_t(group), -1));
    if (without_gil([&] { return ::lchown(path.c_str(), user, group); }) != 0) return path.raise_error();
    return share(none());
}
// posix.fchown(fd, uid, gid)
Fallible<Ref<>> posix_fchown(Object*, Object* const* a) {
    int descriptor = TRY(as_c_int(a[0]));
    uid_t user = TRY(id_argument(a[1], "uid"));
    gid_t group = TRY(id_argument(a[2], "gid"));
    TRY(audit("os.chown", "inni", descriptor, ssize_t(user), ssize_t(group), -1));
    return posix_none_or_error(TRY(retrying([&] { return ::fchown(descriptor, user, group); })));
}
// posix.truncate(path, length)
Fallible<Ref<>> posix_truncate(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("truncate", a[0], true));
    int64_t length = TRY(as_int64(a[1]));
    TRY(audit("os.truncate", "On", path.object.get(), ssize_t(length)));
    int status = without_gil([&] { return path.is_descriptor() ? ::ftruncate(path.descriptor, length) : ::truncate(path.c_str(), length); });
    if (status != 0) return path.raise_error();
    return share(none());
}
// posix.mkfifo(path, mode=438, *, dir_fd=None)
Fallible<Ref<>> posix_mkfifo(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("mkfifo", a[0]));
    int mode = a[1] ? TRY(as_c_int(a[1])) : 0666;
    int directory = TRY(directory_descriptor(a[2]));
    if (TRY(retrying([&] { return ::mkfifoat(directory, path.c_str(), mode_t(mode)); })) != 0) return path.raise_error();
    return share(none());
}
// posix.mknod(path, mode=384, device=0, *, dir_fd=None)
Fallible<Ref<>> posix_mknod(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("mknod", a[0]));
    int mode = a[1] ? TRY(as_c_int(a[1])) : 0600;
    uint64_t device = a[2] ? TRY(as_uint64(a[2])) : 0;
    int directory = TRY(directory_descriptor(a[3]));
    if (TRY(retrying([&] { return ::mknodat(directory, path.c_str(), mode_t(mode), device); })) != 0) return path.raise_error();
    return share(none());
}

// A time as utime() takes it: int or float seconds.
Fallible<timespec> time_from_seconds(Object* value) {
    if (is_float(value)) {
        double seconds = float_value(value);
        double whole = __builtin_floor(seconds);
        long nanoseconds = long((seconds - whole) * 1e9);
        if (!(whole >= -9.2e18 && whole <= 9.2e18)) return raise(exc::OverflowError, "timestamp out of range for platform time_t");
        return timespec{time_t(whole), nanoseconds};
    }
    return timespec{time_t(TRY(as_int64(value))), 0};
}
Fallible<timespec> time_from_nanoseconds(Object* value) {
    Ref<Int> billion = TRY(int_from(1000000000));
    Ref<> pair = TRY(divmod(value, billion.get()));
    if (!is_tuple(pair.get()) || as_tuple(pair.get())->size != 2)
        return raise(exc::TypeError, "%T.__divmod__() must return a 2-tuple, not %T", value, pair.get());
    return timespec{time_t(TRY(as_int64(as_tuple(pair.get())->items[0]))), long(TRY(as_int64(as_tuple(pair.get())->items[1])))};
}
// posix.utime(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)
Fallible<Ref<>> posix_utime(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("utime", a[0], true));
    Object* times = a[1] == none() ? nullptr : a[1];
    Object* nanoseconds = a[2];
    if (times && nanoseconds) return raise(exc::ValueError, "utime: you may specify either 'times' or 'ns' but not both");
    int directory = TRY(directory_descriptor(a[3]));
    int flags = TRY(flag_argument(a[4], true)) ? 0 : AT_SYMLINK_NOFOLLOW;
    TRY(audit("os.utime", "OOOi", path.object.get(), times ? times : none(), nanoseconds ? nanoseconds : none(), shown_directory(directory)));
    timespec stamps[2];
    bool now = !times && !nanoseconds;
    Object* pair = times ? times : nanoseconds;
    if (pair) {
        if (!is_tuple(pair) || as_tuple(pair)->size != 2)
            return raise(exc::TypeError, times ? "utime: 'times' must be either a tuple of two ints or None" : "utime: 'ns' must be a tuple of two ints");
        for (int i = 0; i < 2; ++i)
            stamps[i] = times ? TRY(time_from_seconds(as_tuple(pair)->items[i])) : TRY(time_from_nanoseconds(as_tuple(pair)->items[i]));
    }
    int status = without_gil([&] {
        const timespec* given = now ? nullptr : stamps;
        return path.is_descriptor() ? ::futimens(path.descriptor, given) : ::utimensat(directory, path.c_str(), given, flags);
    });
    // NOTE: without the path, for the times may be what is wrong.
    if (status != 0) return raise_os_error(errno);
    return share(none());
}

// posix.getxattr(path, attribute, *, follow_symlinks=True)
Fallible<Ref<>> posix_getxattr(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("getxattr", a[0], true));
    PathArgument attribute = TRY(path_of("getxattr", a[1], false, "attribute"));
    bool follow = TRY(flag_argument(a[2], true));
    TRY(audit("os.getxattr", "OO", path.object.get(), attribute.object.get()));
    std::string buffer(65536, '\0');
    ssize_t size = without_gil([&] {
        if (path.is_descriptor()) return ::fgetxattr(path.descriptor, attribute.c_str(), buffer.data(), buffer.size());
        return follow ? ::getxattr(path.c_str(), attribute.c_str(), buffer.data(), buffer.size())
                      : ::lgetxattr(path.c_str(), attribute.c_str(), buffer.data(), buffer.size());
    });
    if (size < 0) return path.raise_error();
    return TRY(bytes_from({buffer.data(), size_t(size)}));
}
// posix.setxattr(path, attribute, value, flags=0, *, follow_symlinks=True)
Fallible<Ref<>> posix_setxattr(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("setxattr", a[0], true));
    PathArgument attribute = TRY(path_of("setxattr", a[1], false, "attribute"));
    BufferView value;
    TRY(value.open(a[2]));
    int flags = a[3] ? TRY(as_c_int(a[3])) : 0;
    bool follow = TRY(flag_argument(a[4], true));
    TRY(audit("os.setxattr", "OOOi", path.object.get(), attribute.object.get(), a[2], flags));
    int status = without_gil([&] {
        size_t size = size_t(value.size());
        if (path.is_descriptor()) return ::fsetxattr(path.descriptor, attribute.c_str(), value.data(), size, flags);
        return follow ? ::setxattr(path.c_str(), attribute.c_str(), value.data(), size, flags)
                      : ::lsetxattr(path.c_str(), attribute.c_str(), value.data(), size, flags);
    });
    if (status != 0) return path.raise_error();
    return share(none());
}
// posix.removexattr(path, attribute, *, follow_symlinks=True)
Fallible<Ref<>> posix_removexattr(Object*, Object* const* a) {
    PathArgument path = TRY(path_of("removexattr", a[0], true));
    PathArgument attribute = TRY(path_of("removexattr", a[1], false, "attribute"));
    bool follow = TRY(flag_argument(a[2], true));
    TRY(audit("os.removexattr", "OO", path.object.get(), attribute.object.get()));
    int status = without_gil([&] {
        if (path.is_descriptor()) return ::fremovexattr(path.descriptor, attribute.c_str());
        return follow ? ::removexattr(path.c_str(), attribute.c_str()) : ::lremovexattr(path.c_str(), attribute.c_str());
    });
    if (status != 0) return path.raise_error();
    return share(none());
}
// posix.listxattr(path=None, *, follow_symlinks=True)
Fallible<Ref<>> posix_listxattr(Object*, Object* const* a) {
    PathArgument path{.function = "listxattr", .allow_descriptor = true, .nullable = true};
    TRY(path.parse(a[0]));
    bool follow = TRY(flag_argument(a[1], true));
    TRY(audit("os.listxattr", "O", path.object.get()));
    std::string buffer(65536, '\0');
    ssize_t size = without_gil([&] {
        if (path.is_descriptor()) return ::flistxattr(path.descriptor, buffer.data(), buffer.size());
        return follow ? ::listxattr(path.c_str(), buffer.data(), buffer.size()) : ::llistxattr(path.c_str(), buffer.data(), buffer.size());
    });
    if (size < 0) return path.raise_error();
    Ref<List> names = TRY(list_new(0));
    for (ssize_t start = 0; start < size;) {
        std::string_view name = buffer.data() + start;
        TRY(list_append(names.get(), TRY(str_from_fs(name)).get()));
        start += ssize_t(name.size()) + 1;
    }
    return names;
}

// posix._path_normpath(path)
Fallible<Ref<>> posix_path_normpath(Object*, Object* const* a) {
    if (!is_str(a[0])) return raise(exc::TypeError, "_path_normpath() argument 'path' must be str, not %N", a[0]);
    // Texts that no file name can have, with lone surrogates, are normalised all the same.
    std::string text(TRY(str_encode(as_str(a[0]), "utf-8", "surrogatepass"))->view());
    if (text.empty()) return share<Object>("."_name);
    size_t slashes = text[0] == '/' ? (text.size() > 1 && text[1] == '/' && !(text.size() > 2 && text[2] == '/') ? 2 : 1) : 0;
    std::string result;
    std::string_view rest = text;
    auto last_is_parent = [&] { return result == ".." || (result.size() >= 3 && result.compare(result.size() - 3, 3, "/..") == 0); };
    while (!rest.empty()) {
        size_t slash = rest.find('/');
        std::string_view part = rest.substr(0, slash);
        rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
        if (part.empty() || part == ".") continue;
        if (part == ".." && !result.empty() && !last_is_parent()) {
            size_t cut = result.rfind('/');
            result.erase(cut == std::string::npos ? 0 : cut);
            continue;
        }
        if (part == ".." && result.empty() && slashes) continue;
        if (!result.empty()) result.push_back('/');
        result += part;
    }
    result.insert(0, slashes, '/');
    if (result.empty()) result = ".";
    return TRY(str_from_utf8_surrogatepass(result));
}

// posix.fspath(path)
Fallible<Ref<>> posix_fspath(Object*, Object* const* a) { return path_fspath(a[0]); }

}  // namespace

MethodDef posix_file_functions[] = {
    METHOD("_path_normpath", or_memory_error_of<posix_path_normpath>, "($module, /, path)", "The path with redundant parts removed."),
    METHOD("access", posix_access, "($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)",
           "Whether the real user may access the file."),
    METHOD("chmod", posix_chmod, "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)", "Change permissions."),
    METHOD("chown", posix_chown, "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)", "Change owner and group."),
    METHOD("fchmod", posix_fchmod, "($module, /, fd, mode)", "Change an open file's permissions."),
    METHOD("fchown", posix_fchown, "($module, /, fd, uid, gid)", "Change an open file's owner and group."),
    METHOD("fspath", posix_fspath, "($module, /, path)", "The path as str or bytes."),
    METHOD("getxattr", or_memory_error_of<posix_getxattr>, "($module, /, path, attribute, *, follow_symlinks=True)", "An extended attribute."),
    METHOD("lchown", posix_lchown, "($module, /, path, uid, gid)", "Change a link's owner and group."),
    METHOD("link", posix_link, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=True)", "Make a hard link."),
    METHOD("listxattr", or_memory_error_of<posix_listxattr>, "($module, /, path=None, *, follow_symlinks=True)", "Names of extended attributes."),
    METHOD("mkfifo", posix_mkfifo, "($module, /, path, mode=438, *, dir_fd=None)", "Make a named pipe."),
    METHOD("mknod", posix_mknod, "($module, /, path, mode=384, device=0, *, dir_fd=None)", "Make a special file."),
    METHOD("open", posix_open, "($module, /, path, flags, mode=511, *, dir_fd=None)", "Open a file; its descriptor."),
    METHOD("readlink", or_memory_error_of<posix_readlink>, "($module, /, path, *, dir_fd=None)", "What a symbolic link points to."),
    METHOD("remove", posix_remove, "($module, /, path, *, dir_fd=None)", "Remove a file."),
    METHOD("removexattr", posix_removexattr, "($module, /, path, attribute, *, follow_symlinks=True)", "Remove an extended attribute."),
    METHOD("rename", posix_rename, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Rename a file or directory."),
    METHOD("replace", posix_replace, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Rename, over an existing file too."),
    METHOD("rmdir", posix_rmdir, "($module, /, path, *, dir_fd=None)", "Remove an empty directory."),
    METHOD("setxattr", posix_setxattr, "($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)", "Set an extended attribute."),
    METHOD("symlink", posix_symlink, "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)", "Make a symbolic link."),
    METHOD("truncate", posix_truncate, "($module, /, path, length)", "Cut or extend a file."),
    METHOD("unlink", posix_unlink, "($module, /, path, *, dir_fd=None)", "Remove a file."),
    {"utime",
     (CFunction)(void*)Bound<posix_utime, "utime", "($module, /, path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)">::fastcall,
     kFastcall | kKeywords,
     "utime($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, follow_symlinks=True)\n--\n\nSet access and modification times."},
    END_ROW,
};

}  // namespace py
