// posix: the system: environment, configuration values, random bytes, load.
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <string>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

struct NamedValue {
    const char* name;
    int value;
};
#define NAMED(name) {"SC_" #name, _SC_##name}
const NamedValue sysconf_names[] = {
    NAMED(ARG_MAX), NAMED(CHILD_MAX), NAMED(CLK_TCK), NAMED(NGROUPS_MAX), NAMED(OPEN_MAX), NAMED(STREAM_MAX), NAMED(TZNAME_MAX),
    NAMED(JOB_CONTROL), NAMED(SAVED_IDS), NAMED(VERSION), NAMED(PAGESIZE), NAMED(PAGE_SIZE), NAMED(NPROCESSORS_CONF),
    NAMED(NPROCESSORS_ONLN), NAMED(PHYS_PAGES), NAMED(AVPHYS_PAGES), NAMED(IOV_MAX), NAMED(GETGR_R_SIZE_MAX), NAMED(GETPW_R_SIZE_MAX),
    NAMED(LOGIN_NAME_MAX), NAMED(TTY_NAME_MAX), NAMED(THREAD_STACK_MIN), NAMED(THREAD_THREADS_MAX), NAMED(THREADS), NAMED(LINE_MAX),
    NAMED(HOST_NAME_MAX), NAMED(SYMLOOP_MAX), NAMED(RTSIG_MAX), NAMED(SEM_NSEMS_MAX), NAMED(SEM_VALUE_MAX), NAMED(SIGQUEUE_MAX),
    NAMED(TIMER_MAX), NAMED(MINSIGSTKSZ), NAMED(ASYNCHRONOUS_IO), NAMED(FSYNC), NAMED(MAPPED_FILES), NAMED(MEMLOCK), NAMED(SEMAPHORES),
};
#undef NAMED
#define NAMED(name) {"PC_" #name, _PC_##name}
const NamedValue pathconf_names[] = {
    NAMED(LINK_MAX), NAMED(MAX_CANON), NAMED(MAX_INPUT), NAMED(NAME_MAX), NAMED(PATH_MAX), NAMED(PIPE_BUF), NAMED(CHOWN_RESTRICTED),
    NAMED(NO_TRUNC), NAMED(VDISABLE), NAMED(SYNC_IO), NAMED(ASYNC_IO), NAMED(PRIO_IO), NAMED(FILESIZEBITS), NAMED(SYMLINK_MAX),
};
#undef NAMED
#define NAMED(name) {"CS_" #name, _CS_##name}
const NamedValue confstr_names[] = {NAMED(PATH), NAMED(GNU_LIBC_VERSION), NAMED(GNU_LIBPTHREAD_VERSION)};
#undef NAMED

template <size_t N>
Fallible<int> named_value(Object* argument, const NamedValue (&names)[N]) {
    if (is_int(argument)) return as_c_int(argument);
    if (!is_str(argument)) return raise(exc::TypeError, "configuration names must be strings or integers");
    for (const NamedValue& each : names)
        if (str_equals(as_str(argument), each.name)) return each.value;
    return raise(exc::ValueError, "unrecognized configuration name");
}
template <size_t N>
Fallible<void> add_names(Module* module, const char* name, const NamedValue (&names)[N]) {
    Ref<Dict> dict = TRY(dict_new());
    for (const NamedValue& each : names) TRY(dict_set(dict.get(), each.name, TRY(int_from(each.value)).get()));
    return module_add(module, name, Ref<>(std::move(dict)));
}

// posix.sysconf(name, /)
Fallible<Ref<>> posix_sysconf(Object*, Object* argument) {
    int name = TRY(named_value(argument, sysconf_names));
    errno = 0;
    long value = ::sysconf(name);
    if (value == -1 && errno) return raise_os_error(errno);
    return TRY(int_from(value));
}
// posix.pathconf(path, name)
Fallible<Ref<>> posix_pathconf(Object*, Object* const* a) {
    PathArgument path{.function = "pathconf", .allow_descriptor = true};
    TRY(path.parse(a[0]));
    int name = TRY(named_value(a[1], pathconf_names));
    errno = 0;
    long value = path.is_descriptor() ? ::fpathconf(path.descriptor, name) : ::pathconf(path.c_str(), name);
    if (value == -1 && errno) return path.raise_error();
    return TRY(int_from(value));
}
// posix.fpathconf(fd, name, /)
Fallible<Ref<>> posix_fpathconf(Object*, Object* const* a) {
    int fd = TRY(descriptor_argument(a[0]));
    errno = 0;
    long value = ::fpathconf(fd, TRY(named_value(a[1], pathconf_names)));
    if (value == -1 && errno) return raise_os_error(errno);
    return TRY(int_from(value));
}
// posix.confstr(name, /)
Fallible<Ref<>> posix_confstr(Object*, Object* argument) {
    int name = TRY(named_value(argument, confstr_names));
    errno = 0;
    char buffer[4096];
    size_t size = ::confstr(name, buffer, sizeof buffer);
    if (!size) {
        if (errno) return raise_os_error(errno);
        return share(none());
    }
    return TRY(str_from_fs(std::string_view(buffer, size - 1)));
}
// posix.cpu_count()
Fallible<Ref<>> posix_cpu_count(Object*) {
    long count = ::sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1) return share(none());
    return TRY(int_from(count));
}
// posix.getloadavg()
Fallible<Ref<>> posix_getloadavg(Object*) {
    double loads[3];
    if (::getloadavg(loads, 3) != 3) return raise(exc::OSError, "Load averages are unobtainable");
    Ref<> a = TRY(float_from(loads[0])), b = TRY(float_from(loads[1])), c = TRY(float_from(loads[2]));
    return TRY(tuple_pack(a.get(), b.get(), c.get()));
}
Fallible<Ref<>> random_bytes(ssize_t size, unsigned flags, bool whole) {
    if (size < 0) return raise(exc::ValueError, "negative argument not allowed");
    Ref<Bytes> bytes = TRY(bytes_new(size));
    ssize_t filled = 0;
    do {
        long got = TRY(retrying([&] { return ::getrandom(bytes->data + filled, size_t(size - filled), flags); }));
        if (got < 0) return raise_os_error(errno);
        filled += got;
    } while (whole && filled < size);
    return TRY(bytes_resize(std::move(bytes), filled));
}
// posix.urandom(size, /)
Fallible<Ref<>> posix_urandom(Object*, Object* size) { return random_bytes(TRY(as_ssize(size)), 0, true); }
// posix.getrandom(size, flags=0)
Fallible<Ref<>> posix_getrandom(Object*, Object* const* a) {
    ssize_t size = TRY(as_ssize(a[0]));
    if (size < 0) return raise_os_error(EINVAL);
    return random_bytes(size, a[1] ? unsigned(TRY(as_c_int(a[1]))) : 0, false);
}
// posix.umask(mask, /)
Fallible<Ref<>> posix_umask(Object*, Object* mask) { return TRY(int_from(::umask(mode_t(TRY(as_c_int(mask)))))); }
// posix.strerror(code, /)
Fallible<Ref<>> posix_strerror(Object*, Object* code) { return TRY(str_from_fs(::strerror(TRY(as_c_int(code))))); }
// posix.putenv(name, value, /)
Fallible<Ref<>> posix_putenv(Object*, Object* const* a) {
    Ref<Bytes> name = TRY(path_to_bytes(a[0]));
    Ref<Bytes> value = TRY(path_to_bytes(a[1]));
    if (name->view().find('=') != std::string_view::npos) return raise(exc::ValueError, "illegal environment variable name");
    TRY(audit("os.putenv", "OO", static_cast<Object*>(name.get()), static_cast<Object*>(value.get())));
    return posix_none_or_error(::setenv(name->data, value->data, 1));
}
// posix.unsetenv(name, /)
Fallible<Ref<>> posix_unsetenv(Object*, Object* argument) {
    Ref<Bytes> name = TRY(path_to_bytes(argument));
    TRY(audit("os.unsetenv", "O", static_cast<Object*>(name.get())));
    return posix_none_or_error(::unsetenv(name->data));
}
// posix.sync()
Fallible<Ref<>> posix_sync(Object*) {
    without_gil([] { return ::sync(), 0; });
    return share(none());
}
// posix.ctermid()
Fallible<Ref<>> posix_ctermid(Object*) {
    char name[L_ctermid];
    return TRY(str_from_fs(::ctermid(name)));
}
StructSequenceField uname_fields[] = {{"sysname", "operating system name"}, {"nodename", "name of machine on network"},
    {"release", "operating system release"}, {"version", "operating system version"}, {"machine", "hardware identifier"}, {}};
Type* uname_type() {
    static Type* const type = MUST(struct_sequence_type_new({"posix.uname_result", "Result of uname().", uname_fields, 5})).release();
    return type;
}
// posix.uname()
Fallible<Ref<>> posix_uname(Object*) {
    utsname info;
    if (::uname(&info) < 0) return raise_os_error(errno);
    Ref<Tuple> result = TRY(struct_sequence_new(uname_type()));
    const char* values[] = {info.sysname, info.nodename, info.release, info.version, info.machine};
    for (int i = 0; i < 5; ++i) struct_sequence_set(result.get(), i, TRY(str_from_fs(values[i])));
    return result;
}

}  // namespace

Fallible<void> add_system_names(Module* module) {
    TRY(module_add(module, "uname_result", share<Object>(uname_type())));
    TRY(add_names(module, "sysconf_names", sysconf_names));
    TRY(add_names(module, "pathconf_names", pathconf_names));
    return add_names(module, "confstr_names", confstr_names);
}

MethodDef posix_system_functions[] = {
    METHOD_O("confstr", posix_confstr, "($module, name, /)", "A string-valued configuration variable."),
    METHOD_NOARGS("cpu_count", posix_cpu_count, "($module, /)", "How many CPUs there are, or None."),
    METHOD_NOARGS("ctermid", posix_ctermid, "($module, /)", "Name of the controlling terminal."),
    METHOD("fpathconf", posix_fpathconf, "($module, fd, name, /)", "A configuration limit of an open file."),
    METHOD_NOARGS("getloadavg", posix_getloadavg, "($module, /)", "Average load of the last 1, 5 and 15 minutes."),
    METHOD("getrandom", posix_getrandom, "($module, /, size, flags=0)", "Random bytes from the system."),
    METHOD("pathconf", posix_pathconf, "($module, /, path, name)", "A configuration limit of a file."),
    METHOD("putenv", posix_putenv, "($module, name, value, /)", "Set an environment variable."),
    METHOD_O("strerror", posix_strerror, "($module, code, /)", "The system's text for an error number."),
    METHOD_NOARGS("sync", posix_sync, "($module, /)", "Have everything written to disk."),
    METHOD_O("sysconf", posix_sysconf, "($module, name, /)", "An integer-valued configuration variable."),
    METHOD_O("umask", posix_umask, "($module, mask, /)", "Set the file mode mask; the old one."),
    METHOD_NOARGS("uname", posix_uname, "($module, /)", "What the system is."),
    METHOD_O("unsetenv", posix_unsetenv, "($module, name, /)", "Remove an environment variable."),
    METHOD_O("urandom", posix_urandom, "($module, size, /)", "Random bytes fit for cryptography."),
    END_ROW,
};

}  // namespace py
