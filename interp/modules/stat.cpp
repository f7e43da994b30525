// _stat: file modes taken apart, and their constants.
#include <sys/stat.h>

#include <cstring>

#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

Fallible<mode_t> mode_argument(Object* value) {
    Int* number = TRY(require_int(value));
    if (int_sign(number) < 0) return raise(exc::OverflowError, "can't convert negative value to unsigned int");
    if (int_bit_length(number) > 64) return raise(exc::OverflowError, "Python int too large to convert to C unsigned long");
    uint64_t mode = TRY(as_uint64(value));
    if (mode > UINT32_MAX) return raise(exc::OverflowError, "mode out of range");
    return mode_t(mode);
}
// stat.S_ISDIR(mode) and its like
template <mode_t Kind>
Fallible<Ref<>> is_kind(Object*, Object* mode) {
    return bool_from((TRY(mode_argument(mode)) & S_IFMT) == Kind);
}
// stat.S_ISDOOR(mode), S_ISPORT and S_ISWHT: there are none on Linux
Fallible<Ref<>> is_nothing(Object*, Object* mode) {
    TRY(mode_argument(mode));
    return bool_from(false);
}
// stat.S_IMODE(mode)
Fallible<Ref<>> permissions(Object*, Object* mode) {
    return int_from(TRY(mode_argument(mode)) & 07777);
}
// stat.S_IFMT(mode)
Fallible<Ref<>> file_kind(Object*, Object* mode) {
    return int_from(TRY(mode_argument(mode)) & S_IFMT);
}
char kind_letter(mode_t mode) {
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
// stat.filemode(mode)
Fallible<Ref<>> filemode(Object*, Object* argument) {
    mode_t mode = TRY(mode_argument(argument));
    char text[] = "?rwxrwxrwx";
    text[0] = kind_letter(mode);
    for (int i = 0; i < 9; ++i)
        if (!(mode >> (8 - i) & 1)) text[i + 1] = '-';
    // The special bits stand where execution does; a capital where that is not allowed.
    if (mode & S_ISUID) text[3] = mode & S_IXUSR ? 's' : 'S';
    if (mode & S_ISGID) text[6] = mode & S_IXGRP ? 's' : 'S';
    if (mode & S_ISVTX) text[9] = mode & S_IXOTH ? 't' : 'T';
    return str_from_ascii(text);
}

MethodDef stat_functions[] = {
    METHOD_O_UNSIGNED("S_ISDIR", is_kind<S_IFDIR>, "S_ISDIR(mode) -> bool\n\nIs this the mode of a directory?"),
    METHOD_O_UNSIGNED("S_ISCHR", is_kind<S_IFCHR>, "S_ISCHR(mode) -> bool\n\nIs this the mode of a character device?"),
    METHOD_O_UNSIGNED("S_ISBLK", is_kind<S_IFBLK>, "S_ISBLK(mode) -> bool\n\nIs this the mode of a block device?"),
    METHOD_O_UNSIGNED("S_ISREG", is_kind<S_IFREG>, "S_ISREG(mode) -> bool\n\nIs this the mode of a regular file?"),
    METHOD_O_UNSIGNED("S_ISFIFO", is_kind<S_IFIFO>, "S_ISFIFO(mode) -> bool\n\nIs this the mode of a pipe?"),
    METHOD_O_UNSIGNED("S_ISLNK", is_kind<S_IFLNK>, "S_ISLNK(mode) -> bool\n\nIs this the mode of a symbolic link?"),
    METHOD_O_UNSIGNED("S_ISSOCK", is_kind<S_IFSOCK>, "S_ISSOCK(mode) -> bool\n\nIs this the mode of a socket?"),
    METHOD_O_UNSIGNED("S_ISDOOR", is_nothing, "S_ISDOOR(mode) -> bool\n\nIs this the mode of a door?"),
    METHOD_O_UNSIGNED("S_ISPORT", is_nothing, "S_ISPORT(mode) -> bool\n\nIs this the mode of an event port?"),
    METHOD_O_UNSIGNED("S_ISWHT", is_nothing, "S_ISWHT(mode) -> bool\n\nIs this the mode of a whiteout?"),
    METHOD_O_UNSIGNED("S_IMODE", permissions, "The part of a mode that os.chmod() sets."),
    METHOD_O_UNSIGNED("S_IFMT", file_kind, "The part of a mode that says what kind of file it is."),
    METHOD_O_UNSIGNED("filemode", filemode, "A mode as ls shows it: '-rwxrwxrwx'."),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    constexpr struct {
        const char* name;
        int64_t value;
    } kConstants[] = {
#define CONSTANT(name, value) {name, value},
#include "interp/modules/stat_constants.def"
#undef CONSTANT
    };
    for (auto& each : kConstants) TRY(module_add_int(module, each.name, each.value));
    return {};
}

}  // namespace

extern const NativeModule stat_module;
const NativeModule stat_module = {"_stat", "File modes.", stat_functions, execute};

}  // namespace py
