// posix: directories: listing, scandir and its entries, the current one.
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"

namespace py {

extern Type directory_entry_type;
extern Type scandir_iterator_type;

namespace {

struct DirectoryEntry : Object {
    Object *name, *path;
    Object *stat_result, *lstat_result;  // cached, or null
    unsigned char kind;                  // d_type
    ino_t inode;
    int directory_descriptor;  // scandir(fd): what fstatat starts from
};
struct ScandirIterator : Object {
    PathArgument* path;
    DIR* stream;  // null: exhausted or closed
};
DirectoryEntry* as_entry(Object* object) { return static_cast<DirectoryEntry*>(object); }
ScandirIterator* as_scandir(Object* object) { return static_cast<ScandirIterator*>(object); }

// A directory stream over a path or (a copy of) a descriptor.
DIR* open_directory(const PathArgument& path) {
    return without_gil([&]() -> DIR* {
        if (!path.is_descriptor()) return ::opendir(path.given_as_descriptor ? "." : path.c_str());
        int copy = ::fcntl(path.descriptor, F_DUPFD_CLOEXEC, 0);
        if (copy < 0) return nullptr;
        DIR* stream = ::fdopendir(copy);
        if (!stream) ::close(copy);
        if (stream) ::rewinddir(stream);
        return stream;
    });
}
bool is_dot_name(const char* name) { return !std::strcmp(name, ".") || !std::strcmp(name, ".."); }

// posix.listdir(path=None)
Fallible<Ref<>> posix_listdir(Object*, Object* const* a) {
    PathArgument path{.function = "listdir", .allow_descriptor = true, .nullable = true};
    TRY(path.parse(a[0]));
    TRY(audit("os.listdir", "O", path.object.get()));
    DIR* stream = open_directory(path);
    if (!stream) return path.raise_error();
    struct Closer {
        DIR* stream;
        ~Closer() { ::closedir(stream); }
    } closer{stream};
    Ref<List> names = TRY(list_new(0));
    for (;;) {
        errno = 0;
        dirent* entry = without_gil([&] { return ::readdir(stream); });
        if (!entry) {
            if (errno) return path.raise_error();
            return names;
        }
        if (is_dot_name(entry->d_name)) continue;
        Ref<> name = TRY(name_object(entry->d_name, path.wants_bytes));
        TRY(list_append(names.get(), name.get()));
    }
}

Fallible<Ref<>> entry_new(const PathArgument& path, const dirent* found) {
    Ref<DirectoryEntry> entry = make<DirectoryEntry>(directory_entry_type);
    if (!entry) return raised;
    entry->name = entry->path = entry->stat_result = entry->lstat_result = nullptr;
    entry->kind = found->d_type;
    entry->inode = found->d_ino;
    entry->directory_descriptor = path.descriptor;
    entry->name = TRY(name_object(found->d_name, path.wants_bytes)).release();
    if (path.is_descriptor()) {
        entry->path = new_reference(entry->name);
        return entry;
    }
    std::string_view base = path.bytes ? path.bytes->view() : std::string_view(".");
    const char* slash = base.empty() || base.ends_with('/') ? "" : "/";
    size_t slash_size = std::strlen(slash), name_size = std::strlen(found->d_name);
    Ref<Bytes> joined = TRY(bytes_new(ssize_t(base.size() + slash_size + name_size)));
    char* end = std::copy(base.begin(), base.end(), joined->data);
    end = std::copy_n(slash, slash_size, end);
    std::copy_n(found->d_name, name_size, end);
    entry->path = TRY(name_object(joined->view(), path.wants_bytes)).release();
    return entry;
}

Object* scandir_next(Object* self) {
    ScandirIterator* iterator = as_scandir(self);
    while (iterator->stream) {
        errno = 0;
        dirent* found = without_gil([&] { return ::readdir(iterator->stream); });
        if (!found) {
            int error = errno;
            DIR* stream = std::exchange(iterator->stream, nullptr);
            ::closedir(stream);
            if (error) return iterator->path->raise_error(error);
            return nullptr;
        }
        if (is_dot_name(found->d_name)) continue;
        return entry_new(*iterator->path, found).release();
    }
    return nullptr;
}
void close_stream(ScandirIterator* iterator) {
    if (DIR* stream = std::exchange(iterator->stream, nullptr)) ::closedir(stream);
}
// ScandirIterator.close()
Fallible<Ref<>> scandir_close(Object* self) {
    close_stream(as_scandir(self));
    return share(none());
}
// ScandirIterator.__enter__()
Fallible<Ref<>> scandir_enter(Object* self) { return share(self); }
// ScandirIterator.__exit__(*exc_info)
Fallible<Ref<>> scandir_exit(Object* self, Object* const*, ssize_t) { return scandir_close(self); }
void scandir_finalize(Object* self) {
    if (!as_scandir(self)->stream) return;
    warn_unclosed("unclosed scandir iterator %R", self, self);
    close_stream(as_scandir(self));
}
void scandir_dealloc(Object* self) {
    if (!finalize_before_dealloc(self)) return;
    close_stream(as_scandir(self));
    delete as_scandir(self)->path;
    object_free(self);
}
MethodDef scandir_methods[] = {
    METHOD_NOARGS("__enter__", scandir_enter, "()", "The iterator."),
    METHOD_FAST("__exit__", scandir_exit, "(*exc_info)", "Close."),
    METHOD_NOARGS("close", scandir_close, "()", "Free what the iteration holds."),
    END_ROW,
};

}  // namespace

// posix.scandir(path=None)
Fallible<Ref<>> posix_scandir(Object*, Object* const* a) {
    Ref<ScandirIterator> iterator = make<ScandirIterator>(scandir_iterator_type);
    if (!iterator) return raised;
    iterator->stream = nullptr;
    iterator->path = new (std::nothrow) PathArgument{.function = "scandir", .allow_descriptor = true, .nullable = true};
    if (!iterator->path) return raise_memory_error();
    TRY(iterator->path->parse(a[0]));
    TRY(audit("os.scandir", "O", iterator->path->object.get()));
    iterator->stream = open_directory(*iterator->path);
    if (!iterator->stream) return iterator->path->raise_error();
    return iterator;
}

namespace {

Fallible<Ref<>> fetch_entry_stat(DirectoryEntry* entry, bool follow) {
    PathArgument path{.function = "stat"};
    TRY(path.parse(entry->path));
    int directory = entry->directory_descriptor == -1 ? AT_FDCWD : entry->directory_descriptor;
    struct stat info;
    if (without_gil([&] { return ::fstatat(directory, path.c_str(), &info, follow ? 0 : AT_SYMLINK_NOFOLLOW); }) != 0)
        return path.raise_error();
    return stat_object(info);
}
Fallible<Ref<>> entry_lstat(DirectoryEntry* entry) {
    if (!entry->lstat_result) entry->lstat_result = TRY(fetch_entry_stat(entry, false)).release();
    return share(entry->lstat_result);
}
Fallible<bool> entry_is_link(DirectoryEntry* entry) {
    if (entry->kind != DT_UNKNOWN) return entry->kind == DT_LNK;
    Ref<> result = TRY(entry_lstat(entry));
    return S_ISLNK(mode_t(TRY(as_int64(as_tuple(result.get())->items[0]))));
}
Fallible<Ref<>> entry_stat(DirectoryEntry* entry, bool follow) {
    if (!follow) return entry_lstat(entry);
    if (!entry->stat_result) {
        bool link = TRY(entry_is_link(entry));
        entry->stat_result = link ? TRY(fetch_entry_stat(entry, true)).release() : TRY(entry_lstat(entry)).release();
    }
    return share(entry->stat_result);
}
// Is it of that kind (S_IFDIR, S_IFREG)? What does not exist is of none.
Fallible<bool> entry_has_kind(DirectoryEntry* entry, bool follow, mode_t wanted) {
    bool link = entry->kind == DT_LNK;
    bool needs_stat = entry->kind == DT_UNKNOWN || (follow && link);
    if (!needs_stat) {
        if (link) return wanted == S_IFLNK;
        return wanted == S_IFDIR ? entry->kind == DT_DIR : entry->kind == DT_REG;
    }
    Fallible<Ref<>> result = entry_stat(entry, follow);
    if (!result.ok()) {
        if (clear_error_if(exc::FileNotFoundError)) return false;
        return raised;
    }
    Ref<> info = result.take();
    return (mode_t(TRY(as_int64(as_tuple(info.get())->items[0]))) & S_IFMT) == wanted;
}
// DirEntry.is_dir(*, follow_symlinks=True)
Fallible<Ref<>> entry_is_dir(Object* self, Object* const* a) {
    return bool_from(TRY(entry_has_kind(as_entry(self), TRY(flag_argument(a[0], true)), S_IFDIR)));
}
// DirEntry.is_file(*, follow_symlinks=True)
Fallible<Ref<>> entry_is_file(Object* self, Object* const* a) {
    return bool_from(TRY(entry_has_kind(as_entry(self), TRY(flag_argument(a[0], true)), S_IFREG)));
}
// DirEntry.is_symlink()
Fallible<Ref<>> entry_is_symlink(Object* self) { return bool_from(TRY(entry_is_link(as_entry(self)))); }
// DirEntry.stat(*, follow_symlinks=True)
Fallible<Ref<>> entry_stat_method(Object* self, Object* const* a) { return entry_stat(as_entry(self), TRY(flag_argument(a[0], true))); }
// DirEntry.inode()
Fallible<Ref<>> entry_inode(Object* self) { return TRY(int_from_unsigned(as_entry(self)->inode)); }
// DirEntry.__fspath__()
Fallible<Ref<>> entry_fspath(Object* self) { return share(as_entry(self)->path); }
Object* entry_repr(Object* self) { return format_str("<DirEntry %R>", as_entry(self)->name).release(); }
void entry_dealloc(Object* self) {
    DirectoryEntry* entry = as_entry(self);
    xdecref(entry->name);
    xdecref(entry->path);
    xdecref(entry->stat_result);
    xdecref(entry->lstat_result);
    object_free(self);
}
MemberDef entry_members[] = {
    {"name", kObject, offsetof(DirectoryEntry, name), kReadOnly, "the entry's base filename"},
    {"path", kObject, offsetof(DirectoryEntry, path), kReadOnly, "the entry's full path name"},
    END_ROW,
};
MethodDef entry_methods[] = {
    METHOD("is_dir", entry_is_dir, "($self, /, *, follow_symlinks=True)", "Whether it is a directory."),
    METHOD("is_file", entry_is_file, "($self, /, *, follow_symlinks=True)", "Whether it is a file."),
    METHOD_UNPACKED_NOARGS("is_symlink", entry_is_symlink, "($self, /)", "Whether it is a symbolic link."),
    METHOD("stat", entry_stat_method, "($self, /, *, follow_symlinks=True)", "The entry's status."),
    METHOD_NOARGS("inode", entry_inode, "($self, /)", "The entry's inode."),
    METHOD_NOARGS("__fspath__", entry_fspath, "($self, /)", "The entry's path."),
    CLASS_GETITEM_ROW,
    END_ROW,
};

// posix.mkdir(path, mode=511, *, dir_fd=None)
Fallible<Ref<>> posix_mkdir(Object*, Object* const* a) {
    PathArgument path{.function = "mkdir"};
    TRY(path.parse(a[0]));
    int mode = a[1] ? TRY(as_c_int(a[1])) : 0777;
    int directory = TRY(directory_descriptor(a[2]));
    TRY(audit("os.mkdir", "Oii", path.object.get(), mode, directory == AT_FDCWD ? -1 : directory));
    if (without_gil([&] { return ::mkdirat(directory, path.c_str(), mode_t(mode)); }) != 0) return path.raise_error();
    return share(none());
}
// posix.chdir(path)
Fallible<Ref<>> posix_chdir(Object*, Object* const* a) {
    PathArgument path{.function = "chdir", .allow_descriptor = true};
    TRY(path.parse(a[0]));
    TRY(audit("os.chdir", "O", path.object.get()));
    if (without_gil([&] { return path.is_descriptor() ? ::fchdir(path.descriptor) : ::chdir(path.c_str()); }) != 0) return path.raise_error();
    return share(none());
}
// posix.fchdir(fd)
Fallible<Ref<>> posix_fchdir(Object*, Object* const* a) {
    int descriptor = TRY(descriptor_argument(a[0]));
    TRY(audit("os.chdir", "i", descriptor));
    return posix_none_or_error(TRY(retrying([&] { return ::fchdir(descriptor); })));
}
// posix.chroot(path)
Fallible<Ref<>> posix_chroot(Object*, Object* const* a) {
    PathArgument path{.function = "chroot"};
    TRY(path.parse(a[0]));
    if (without_gil([&] { return ::chroot(path.c_str()); }) != 0) return path.raise_error();
    return share(none());
}
Fallible<Ref<>> current_directory(bool as_bytes) {
    char buffer[PATH_MAX];
    if (!without_gil([&] { return ::getcwd(buffer, sizeof buffer); })) return raise_os_error(errno);
    return name_object(buffer, as_bytes);
}
// posix.getcwd()
Fallible<Ref<>> posix_getcwd(Object*) { return current_directory(false); }
// posix.getcwdb()
Fallible<Ref<>> posix_getcwdb(Object*) { return current_directory(true); }

}  // namespace

MethodDef posix_directory_functions[] = {
    METHOD("chdir", posix_chdir, "($module, /, path)", "Change the current directory."),
    METHOD("chroot", posix_chroot, "($module, /, path)", "Change the root directory."),
    METHOD("fchdir", posix_fchdir, "($module, /, fd)", "Change to an open directory."),
    METHOD_NOARGS("getcwd", posix_getcwd, "($module, /)", "The current directory."),
    METHOD_NOARGS("getcwdb", posix_getcwdb, "($module, /)", "The current directory as bytes."),
    METHOD("listdir", posix_listdir, "($module, /, path=None)", "Names in a directory."),
    METHOD("mkdir", posix_mkdir, "($module, /, path, mode=511, *, dir_fd=None)", "Make a directory."),
    METHOD("scandir", posix_scandir, "($module, /, path=None)", "Iterator over a directory's entries."),
    END_ROW,
};

constinit Type directory_entry_type = static_type({
    .name = "posix.DirEntry",
    .basic_size = sizeof(DirectoryEntry),
    .flags = type_flag::kDisallowInstantiation,
    .dealloc = entry_dealloc,
    .repr = entry_repr,
    .methods = entry_methods,
    .members = entry_members,
});
constinit Type scandir_iterator_type = static_type({
    .name = "posix.ScandirIterator",
    .basic_size = sizeof(ScandirIterator),
    .flags = type_flag::kDisallowInstantiation,
    .dealloc = scandir_dealloc,
    .finalize = scandir_finalize,
    .iter = self_iter,
    .iternext = scandir_next,
    .methods = scandir_methods,
});

Fallible<void> add_directory_entry_type(Module* module) {
    TRY(type_ready(&scandir_iterator_type));
    return module_add_type(module, &directory_entry_type);
}

}  // namespace py
