// _stat: the bits of st_mode, and questions about them.
#include <sys/stat.h>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

struct NumberRow {
    const char* name;
    long number;
};
constexpr NumberRow kNumbers[] = {
    // File types; those that Linux does not have are 0.
    {"S_IFDIR", S_IFDIR}, {"S_IFCHR", S_IFCHR}, {"S_IFBLK", S_IFBLK}, {"S_IFREG", S_IFREG}, {"S_IFIFO", S_IFIFO},
    {"S_IFLNK", S_IFLNK}, {"S_IFSOCK", S_IFSOCK}, {"S_IFDOOR", 0}, {"S_IFPORT", 0}, {"S_IFWHT", 0},
    // Permissions.
    {"S_ISUID", S_ISUID}, {"S_ISGID", S_ISGID}, {"S_ISVTX", S_ISVTX}, {"S_ENFMT", S_ISGID}, {"S_IREAD", S_IRUSR},
    {"S_IWRITE", S_IWUSR}, {"S_IEXEC", S_IXUSR}, {"S_IRWXU", S_IRWXU}, {"S_IRUSR", S_IRUSR}, {"S_IWUSR", S_IWUSR},
    {"S_IXUSR", S_IXUSR}, {"S_IRWXG", S_IRWXG}, {"S_IRGRP", S_IRGRP}, {"S_IWGRP", S_IWGRP}, {"S_IXGRP", S_IXGRP},
    {"S_IRWXO", S_IRWXO}, {"S_IROTH", S_IROTH}, {"S_IWOTH", S_IWOTH}, {"S_IXOTH", S_IXOTH},
    // Flags of st_flags (BSD).
    {"UF_NODUMP", 1}, {"UF_IMMUTABLE", 2}, {"UF_APPEND", 4}, {"UF_OPAQUE", 8}, {"UF_NOUNLINK", 0x10},
    {"UF_COMPRESSED", 0x20}, {"UF_HIDDEN", 0x8000}, {"SF_ARCHIVED", 0x10000}, {"SF_IMMUTABLE", 0x20000},
    {"SF_APPEND", 0x40000}, {"SF_NOUNLINK", 0x100000}, {"SF_SNAPSHOT", 0x200000},
    // Places in the tuple of os.stat().
    {"ST_MODE", 0}, {"ST_INO", 1}, {"ST_DEV", 2}, {"ST_NLINK", 3}, {"ST_UID", 4}, {"ST_GID", 5}, {"ST_SIZE", 6},
    {"ST_ATIME", 7}, {"ST_MTIME", 8}, {"ST_CTIME", 9},
};

Fallible<mode_t> mode_of(Object* argument) {
    if (!is_index(argument)) return raise(exc::TypeError, "an integer is required");
    Ref<Int> number = TRY(index(argument));
    if (int_sign(number.get()) < 0) return raise(exc::OverflowError, "can't convert negative value to unsigned int");
    if (int_bit_length(number.get()) > 64) return raise(exc::OverflowError, "Python int too large to convert to C unsigned long");
    uint64_t value = uint64_t(as_uint64_masked(number.get()));
    if (value != mode_t(value)) return raise(exc::OverflowError, "mode out of range");
    return mode_t(value);
}

// _stat.S_ISDIR(mode) and the others: the file type is `type`.
template <mode_t type>
Fallible<Ref<>> stat_is(Object*, Object* mode) {
    return bool_from((TRY(mode_of(mode)) & S_IFMT) == type);
}
// _stat.S_ISDOOR(mode), _stat.S_ISPORT(mode), _stat.S_ISWHT(mode): there are no such files.
Fallible<Ref<>> stat_is_none(Object*, Object* mode) {
    (void)TRY(mode_of(mode));
    return bool_from(false);
}
// _stat.S_IMODE(mode)
Fallible<Ref<>> stat_imode(Object*, Object* mode) { return TRY(int_from(TRY(mode_of(mode)) & 07777)); }
// _stat.S_IFMT(mode)
Fallible<Ref<>> stat_ifmt(Object*, Object* mode) { return TRY(int_from(TRY(mode_of(mode)) & S_IFMT)); }

char type_letter(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG: return '-';
        case S_IFDIR: return 'd';
        case S_IFLNK: return 'l';
        case S_IFBLK: return 'b';
        case S_IFCHR: return 'c';
        case S_IFIFO: return 'p';
        case S_IFSOCK: return 's';
        default: return '?';
    }
}
// _stat.filemode(mode)
Fallible<Ref<>> stat_filemode(Object*, Object* argument) {
    mode_t mode = TRY(mode_of(argument));
    char text[10] = {type_letter(mode)};
    for (int i = 0; i < 9; ++i) text[1 + i] = mode >> (8 - i) & 1 ? "rwx"[i % 3] : '-';
    auto special = [&](int place, bool set, char letter) {
        if (set) text[place] = text[place] == 'x' ? letter : char(letter - 'a' + 'A');
    };
    special(3, mode & S_ISUID, 's');
    special(6, mode & S_ISGID, 's');
    special(9, mode & S_ISVTX, 't');
    return TRY(str_from_ascii({text, sizeof text}));
}

#define IS_ROW(name, function, what) METHOD_O_UNSIGNED(name, function, name "(mode) -> bool\n\nWhether the mode is that of " what ".")
MethodDef stat_functions[] = {
    IS_ROW("S_ISDIR", stat_is<S_IFDIR>, "a directory"),
    IS_ROW("S_ISCHR", stat_is<S_IFCHR>, "a character device"),
    IS_ROW("S_ISBLK", stat_is<S_IFBLK>, "a block device"),
    IS_ROW("S_ISREG", stat_is<S_IFREG>, "a regular file"),
    IS_ROW("S_ISFIFO", stat_is<S_IFIFO>, "a named pipe"),
    IS_ROW("S_ISLNK", stat_is<S_IFLNK>, "a symbolic link"),
    IS_ROW("S_ISSOCK", stat_is<S_IFSOCK>, "a socket"),
    IS_ROW("S_ISDOOR", stat_is_none, "a door"),
    IS_ROW("S_ISPORT", stat_is_none, "an event port"),
    IS_ROW("S_ISWHT", stat_is_none, "a whiteout"),
    METHOD_O_UNSIGNED("S_IMODE", stat_imode, "The bits of the mode that os.chmod() can set."),
    METHOD_O_UNSIGNED("S_IFMT", stat_ifmt, "The bits of the mode that tell the file type."),
    METHOD_O_UNSIGNED("filemode", stat_filemode, "The mode as text of the form '-rwxrwxrwx'."),
    END_ROW,
};

Fallible<void> stat_execute(Module* module) {
    for (const NumberRow& row : kNumbers) TRY(module_add_int(module, row.name, row.number));
    return {};
}

}  // namespace

extern const NativeModule stat_module;
const NativeModule stat_module = {
    "_stat",
    "The bits of a file's mode.\n\nS_IF…: file types; S_I[RWX]…: permissions; S_IS…(): tests; UF_…, SF_…: flags; ST_…: places in\n"
    "the tuple that os.stat() returns.",
    stat_functions, stat_execute};

}  // namespace py
