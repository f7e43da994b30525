// posix: stat and its result types.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "interp/modules/posix.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

StructSequenceField stat_fields[] = {
    {"st_mode", "protection bits"}, {"st_ino", "inode"}, {"st_dev", "device"}, {"st_nlink", "number of hard links"},
    {"st_uid", "user ID of owner"}, {"st_gid", "group ID of owner"}, {"st_size", "total size, in bytes"},
    {nullptr, "integer time of last access"}, {nullptr, "integer time of last modification"}, {nullptr, "integer time of last change"},
    {"st_atime", "time of last access"}, {"st_mtime", "time of last modification"}, {"st_ctime", "time of last change"},
    {"st_atime_ns", "time of last access in nanoseconds"}, {"st_mtime_ns", "time of last modification in nanoseconds"},
    {"st_ctime_ns", "time of last change in nanoseconds"}, {"st_blksize", "blocksize for filesystem I/O"},
    {"st_blocks", "number of blocks allocated"}, {"st_rdev", "device type (if inode device)"}, {}};
StructSequenceField statvfs_fields[] = {{"f_bsize", ""}, {"f_frsize", ""}, {"f_blocks", ""}, {"f_bfree", ""}, {"f_bavail", ""},
    {"f_files", ""}, {"f_ffree", ""}, {"f_favail", ""}, {"f_flag", ""}, {"f_namemax", ""}, {"f_fsid", ""}, {}};
Type* stat_type = nullptr;
Type* statvfs_type = nullptr;

Fallible<void> set_times(Tuple* result, int index, const timespec& time) {
    struct_sequence_set(result, 7 + index, TRY(int_from(time.tv_sec)));
    struct_sequence_set(result, 10 + index, TRY(float_from(double(time.tv_sec) + 1e-9 * double(time.tv_nsec))));
    Ref<Int> seconds = TRY(int_from(time.tv_sec));
    Ref<Int> billion = TRY(int_from(1000000000));
    Ref<Int> nanoseconds = TRY(int_from(time.tv_nsec));
    struct_sequence_set(result, 13 + index, TRY(int_add(TRY(int_multiply(seconds.get(), billion.get())).get(), nanoseconds.get())));
    return {};
}

}  // namespace

Fallible<Ref<>> stat_object(const struct stat& info) {
    Ref<Tuple> result = TRY(struct_sequence_new(stat_type));
    const uint64_t head[] = {info.st_mode, info.st_ino, info.st_dev, info.st_nlink, info.st_uid, info.st_gid};
    for (int i = 0; i < 6; ++i) struct_sequence_set(result.get(), i, TRY(int_from_unsigned(head[i])));
    struct_sequence_set(result.get(), 6, TRY(int_from(info.st_size)));
    TRY(set_times(result.get(), 0, info.st_atim));
    TRY(set_times(result.get(), 1, info.st_mtim));
    TRY(set_times(result.get(), 2, info.st_ctim));
    struct_sequence_set(result.get(), 16, TRY(int_from(info.st_blksize)));
    struct_sequence_set(result.get(), 17, TRY(int_from(info.st_blocks)));
    struct_sequence_set(result.get(), 18, TRY(int_from_unsigned(info.st_rdev)));
    return result;
}

namespace {

Fallible<Ref<>> do_stat(const char* function, Object* path_object, Object* dir_fd, bool follow, bool allow_descriptor) {
    PathArgument path{.function = function, .allow_descriptor = allow_descriptor};
    TRY(path.parse(path_object));
    int directory = TRY(directory_descriptor(dir_fd));
    if (path.is_descriptor() && directory != AT_FDCWD)
        return raise(exc::ValueError, "%s: can't specify dir_fd without matching path", function);
    if (path.is_descriptor() && !follow) return raise(exc::ValueError, "%s: cannot use fd and follow_symlinks together", function);
    struct stat info;
    int status = without_gil([&] {
        if (path.is_descriptor()) return ::fstat(path.descriptor, &info);
        return ::fstatat(directory, path.c_str(), &info, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
    if (status != 0) return path.raise_error();
    return stat_object(info);
}
// posix.stat(path, *, dir_fd=None, follow_symlinks=True)
Fallible<Ref<>> posix_stat(Object*, Object* const* a) { return do_stat("stat", a[0], a[1], TRY(flag_argument(a[2], true)), true); }
// posix.lstat(path, *, dir_fd=None)
Fallible<Ref<>> posix_lstat(Object*, Object* const* a) { return do_stat("lstat", a[0], a[1], false, false); }
// posix.fstat(fd)
Fallible<Ref<>> posix_fstat(Object*, Object* const* a) {
    int descriptor = TRY(as_c_int(a[0]));
    struct stat info;
    if (without_gil([&] { return ::fstat(descriptor, &info); }) != 0) return raise_os_error(errno);
    return stat_object(info);
}

Fallible<Ref<>> statvfs_object(const struct statvfs& info) {
    Ref<Tuple> result = TRY(struct_sequence_new(statvfs_type));
    const uint64_t values[] = {info.f_bsize, info.f_frsize, info.f_blocks, info.f_bfree, info.f_bavail, info.f_files, info.f_ffree,
                               info.f_favail, info.f_flag, info.f_namemax, info.f_fsid};
    for (int i = 0; i < 11; ++i) struct_sequence_set(result.get(), i, TRY(int_from_unsigned(values[i])));
    return result;
}
// posix.statvfs(path)
Fallible<Ref<>> posix_statvfs(Object*, Object* const* a) {
    PathArgument path{.function = "statvfs", .allow_descriptor = true};
    TRY(path.parse(a[0]));
    struct statvfs info;
    int status = without_gil([&] { return path.is_descriptor() ? ::fstatvfs(path.descriptor, &info) : ::statvfs(path.c_str(), &info); });
    if (status != 0) return path.raise_error();
    return statvfs_object(info);
}
// posix.fstatvfs(fd, /)
Fallible<Ref<>> posix_fstatvfs(Object*, Object* fd) {
    int descriptor = TRY(as_c_int(fd));
    struct statvfs info;
    if (without_gil([&] { return ::fstatvfs(descriptor, &info); }) != 0) return raise_os_error(errno);
    return statvfs_object(info);
}
Fallible<uint64_t> device_argument(Object* device) {
    TRY(require_int(device));
    return as_uint64(device);
}
// posix.major(device, /)
Fallible<Ref<>> posix_major(Object*, Object* device) { return TRY(int_from_unsigned(major(TRY(device_argument(device))))); }
// posix.minor(device, /)
Fallible<Ref<>> posix_minor(Object*, Object* device) { return TRY(int_from_unsigned(minor(TRY(device_argument(device))))); }
// posix.makedev(major, minor, /)
Fallible<Ref<>> posix_makedev(Object*, Object* const* a) {
    return TRY(int_from_unsigned(makedev(unsigned(TRY(as_c_int(a[0]))), unsigned(TRY(as_c_int(a[1]))))));
}

MethodDef stat_functions[] = {
    METHOD("stat", posix_stat, "($module, /, path, *, dir_fd=None, follow_symlinks=True)", "Status of a file."),
    METHOD("lstat", posix_lstat, "($module, /, path, *, dir_fd=None)", "Status of a file or symbolic link."),
    METHOD("fstat", posix_fstat, "($module, /, fd)", "Status of an open file."),
    METHOD("statvfs", posix_statvfs, "($module, /, path)", "Status of a file system."),
    METHOD_O("fstatvfs", posix_fstatvfs, "($module, fd, /)", "Status of an open file's file system."),
    METHOD_O("major", posix_major, "($module, device, /)", "Major number of a raw device number."),
    METHOD_O("minor", posix_minor, "($module, device, /)", "Minor number of a raw device number."),
    METHOD("makedev", posix_makedev, "($module, major, minor, /)", "Raw device number from major and minor."),
    END_ROW,
};

}  // namespace

Fallible<void> add_stat_types(Module* module) {
    TRY(module_add_methods(module, stat_functions));
    Ref<Type> stat = TRY(struct_sequence_type_new({"os.stat_result", "Result of stat, fstat and lstat.", stat_fields, 10}));
    stat_type = stat.get();
    TRY(module_add(module, "stat_result", Ref<>(std::move(stat))));
    Ref<Type> statvfs = TRY(struct_sequence_type_new({"os.statvfs_result", "Result of statvfs and fstatvfs.", statvfs_fields, 10}));
    statvfs_type = statvfs.get();
    return module_add(module, "statvfs_result", Ref<>(std::move(statvfs)));
}

}  // namespace py
