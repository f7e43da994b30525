// posix, split by family: what the parts share.
#pragma once

#include <sched.h>

#include <cerrno>

#include "interp/objects/bytes.h"
#include "interp/objects/str.h"
#include "interp/objects/errors.h"
#include "interp/objects/fallible.h"
#include "interp/objects/method_def.h"
#include "interp/runtime/thread.h"

namespace py {

// A path argument: str, bytes, os.PathLike, or, where allowed, an open descriptor or None for ".".
struct PathArgument {
    const char* function = "";
    const char* argument = "path";
    bool allow_descriptor = false;
    bool nullable = false;

    Ref<Bytes> bytes;
    int descriptor = -1;
    Ref<> object;          // as given, or what __fspath__() gave: for error messages and audit events
    bool wants_bytes = false;  // given as bytes: results are bytes as well

    bool given_as_descriptor = false;

    // The number -1 names no file at all: its text lies at an address that no process has, so that system calls answer EFAULT.
    const char* c_str() const { return bytes ? bytes->data : given_as_descriptor ? reinterpret_cast<const char*>(1) : "."; }
    bool is_descriptor() const { return descriptor != -1; }
    Fallible<void> parse(Object* value);
    // OSError with errno and the path as it was given.
    Raised raise_error(int error = errno) const { return raise_os_error(error, object && object.get() != none() ? object.get() : nullptr); }
    Raised raise_error_with(const PathArgument& second, int error = errno) const {
        return raise_os_error(error, object.get(), second.object.get());
    }
};
// dir_fd=: AT_FDCWD for None.
Fallible<int> directory_descriptor(Object* value_or_null);
Fallible<bool> flag_argument(Object* value_or_null, bool default_value);
Fallible<int> descriptor_argument(Object* value);  // int or an object with fileno()
// A user or group id, -1 … 2**32-1. TypeError "uid should be integer, not str"; OverflowError. `kind` is "uid" or "gid".
Fallible<uint32_t> id_argument(Object* value, const char* kind);

// A system call with the GIL released, again after a signal whose Python handler did not raise; -1 leaves errno.
template <class F>
Fallible<long> retrying(F&& call) {
    for (;;) {
        long result = without_gil(call);
        if (result >= 0 || errno != EINTR) return result;
        TRY(check_signals());
    }
}
Fallible<Ref<>> posix_none_or_error(long status);  // None, or OSError
// Text of a file name as the caller's argument asks: str (surrogateescape) or bytes.
Fallible<Ref<>> name_object(std::string_view name, bool as_bytes);
// Results of stat().
Fallible<Ref<>> stat_object(const struct stat& info);
Fallible<void> add_stat_types(Module* module);
Fallible<void> add_directory_entry_type(Module* module);
Fallible<void> add_process_types(Module* module);
Fallible<void> add_scheduling_types(Module* module);
Fallible<sched_param> scheduling_parameters(Object* object);  // a posix.sched_param, or TypeError
Fallible<void> add_terminal_size_type(Module* module);
Fallible<void> add_system_names(Module* module);
// What fork() runs around itself; for _posixsubprocess as well.
void posix_before_fork();
void posix_after_fork_parent();
void posix_after_fork_child();
Fallible<Ref<>> posix_scandir(Object*, Object* const* a);

// The families' tables; each ends with an empty row.
extern MethodDef posix_file_functions[];
extern MethodDef posix_directory_functions[];
extern MethodDef posix_descriptor_functions[];
extern MethodDef posix_process_functions[];
extern MethodDef posix_scheduling_functions[];
extern MethodDef posix_identity_functions[];
extern MethodDef posix_system_functions[];

}  // namespace py
