// posix: the module, its constants, and the arguments that all families share.
#include "interp/modules/posix.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

extern char** environ;

namespace py {

Fallible<void> PathArgument::parse(Object* value) {
    object = share(value ? value : none());
    const char* wanted = allow_descriptor && nullable ? "string, bytes, os.PathLike, integer or None"
                         : allow_descriptor           ? "string, bytes, os.PathLike or integer"
                         : nullable                   ? "string, bytes, os.PathLike or None"
                                                      : "string, bytes or os.PathLike";
    if (!value || value == none()) {
        if (nullable) return {};
        return raise(exc::TypeError, "%s: %s should be %s, not NoneType", function, argument, wanted);
    }
    if (allow_descriptor && is_index(value)) {
        given_as_descriptor = true;
        Ref<Int> number = TRY(index(value));
        auto converted = as_c_int(number.get());
        if (!converted.ok()) {
            clear_error();
            return raise(exc::OverflowError, "fd is %s", int_sign(number.get()) < 0 ? "less than minimum" : "greater than maximum");
        }
        descriptor = converted.take();
        return {};
    }
    Object* text = value;
    Ref<> converted;
    if (has_buffer(value) && !is_bytes(value)) {
        TRY(warn(exc::DeprecationWarning, 1, "%s: %s should be %s, not %s", function, argument, wanted, type_short_name(value->type)));
        BufferView view;
        TRY(view.open(value));
        converted = TRY(bytes_from(view.view()));
        text = converted.get();
    } else if (!is_str(value) && !is_bytes(value)) {
        Ref<> method = TRY(lookup_special(value, "__fspath__"_name));
        if (!method) return raise(exc::TypeError, "%s: %s should be %s, not %s", function, argument, wanted, type_short_name(value->type));
        converted = TRY(path_fspath(value));
        text = converted.get();
        object = converted;
    }
    wants_bytes = is_bytes(text);
    Ref<Bytes> encoded = wants_bytes ? share(as_bytes(text)) : TRY(fs_encode(as_str(text)));
    if (encoded->view().find('\0') != std::string_view::npos) {
        if (!wants_bytes) return raise(exc::ValueError, "embedded null byte");
        return raise(exc::ValueError, "%s: embedded null character in %s", function, argument);
    }
    bytes = std::move(encoded);
    return {};
}

Fallible<uint32_t> id_argument(Object* value, const char* kind) {
    if (!is_index(value)) return raise(exc::TypeError, "%s should be integer, not %T", kind, value);
    Ref<Int> number = TRY(index(value));
    int overflow;
    int64_t id = as_int64_clamped(number.get(), &overflow);
    if (overflow > 0) return raise(exc::OverflowError, "%s is greater than maximum", kind);
    // CPython says so of numbers above 32 bits as well.
    if (overflow < 0 || id < -1 || id > int64_t(UINT32_MAX)) return raise(exc::OverflowError, "%s is less than minimum", kind);
    return uint32_t(id);
}

Fallible<int> directory_descriptor(Object* value) {
    if (!value || value == none()) return AT_FDCWD;
    if (!is_index(value)) return raise(exc::TypeError, "argument should be integer or None, not %T", value);
    return as_c_int(value);
}

Fallible<bool> flag_argument(Object* value, bool default_value) {
    if (!value) return default_value;
    return is_true(value);
}

Fallible<int> descriptor_argument(Object* value) {
    if (is_int(value)) {
        int number = TRY(as_c_int(value));
        if (number < 0) return raise(exc::ValueError, "file descriptor cannot be a negative integer (%i)", number);
        return number;
    }
    Ref<> method = TRY(lookup_attr(value, "fileno"_name));
    if (!method) return raise(exc::TypeError, "argument must be an int, or have a fileno() method.");
    Ref<> number = TRY(call(method.get()));
    if (!is_int(number.get())) return raise(exc::TypeError, "fileno() returned a non-integer");
    return descriptor_argument(number.get());
}

Fallible<Ref<>> posix_none_or_error(long status) {
    if (status < 0) return raise_os_error(errno);
    return share(none());
}

Fallible<Ref<>> name_object(std::string_view name, bool as_bytes) {
    if (as_bytes) return TRY(bytes_from(name));
    return TRY(str_from_fs(name));
}

namespace {

// os.environ's raw form: bytes to bytes.
Fallible<Ref<>> environment() {
    Ref<Dict> dict = TRY(dict_new());
    for (char** each = environ; each && *each; ++each) {
        std::string_view text = *each;
        size_t equals = text.find('=', 1);
        if (equals == std::string_view::npos) continue;
        Ref<Bytes> name = TRY(bytes_from(text.substr(0, equals)));
        Ref<Bytes> value = TRY(bytes_from(text.substr(equals + 1)));
        TRY(dict_set_default(dict.get(), name.get(), value.get()));
    }
    return dict;
}

// os.supports_*: which functions take dir_fd and so on.
Fallible<Ref<>> have_functions() {
    static const char* const kNames[] = {
        "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT", "HAVE_FDOPENDIR",
        "HAVE_FEXECVE", "HAVE_FPATHCONF", "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE", "HAVE_FUTIMENS", "HAVE_LINKAT",
        "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES", "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT", "HAVE_MKFIFOAT", "HAVE_MKNODAT",
        "HAVE_OPENAT", "HAVE_READLINKAT", "HAVE_RENAMEAT", "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT"};
    Ref<List> list = TRY(list_new(0));
    for (const char* name : kNames) TRY(list_append(list.get(), TRY(str_from_ascii(name)).get()));
    return list;
}

struct Constant {
    const char* name;
    int64_t value;
};
#define CONSTANT(name) {#name, int64_t(name)}
const Constant constants[] = {
#include "interp/modules/posix_constants.def"
};
#undef CONSTANT

Fallible<void> posix_execute(Module* module) {
    for (MethodDef* table : {posix_file_functions, posix_directory_functions, posix_descriptor_functions, posix_process_functions, posix_scheduling_functions,
                             posix_identity_functions, posix_system_functions})
        TRY(module_add_methods(module, table));
    for (const Constant& each : constants) TRY(module_add_int(module, each.name, each.value));
    TRY(dict_set(module->dict, "error", static_cast<Object*>(exc::OSError)));
    TRY(module_add(module, "environ", environment()));
    TRY(module_add(module, "_have_functions", have_functions()));
    TRY(add_stat_types(module));
    TRY(add_directory_entry_type(module));
    TRY(add_terminal_size_type(module));
    TRY(add_system_names(module));
    return add_process_types(module);
}

}  // namespace

extern const NativeModule posix_module;
const NativeModule posix_module = {"posix", "Access to the operating system (POSIX).", nullptr, posix_execute};

}  // namespace py
