// _posixsubprocess: fork_exec, what subprocess.Popen starts programs with. Between fork and exec the child makes system
// calls only, unless a preexec_fn is to run.
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <vector>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

// fork_exec's arguments, by position.
enum Argument {
    kArgs, kExecutables, kCloseFds, kPassFds, kCwd, kEnv, kP2cRead, kP2cWrite, kC2pRead, kC2pWrite, kErrRead, kErrWrite,
    kErrpipeRead, kErrpipeWrite, kRestoreSignals, kNewSession, kProcessGroup, kGid, kGroups, kUid, kUmask, kPreexec, kAllowVfork,
    kArgumentCount
};

struct ChildPlan {
    std::vector<Ref<Bytes>> owners;
    std::vector<char*> argv, envp, executables;
    bool has_env = false;
    std::vector<int> pass_fds;
    const char* cwd = nullptr;
    int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
    bool close_fds, restore_signals, new_session, allow_vfork;
    int process_group = -1;
    int umask = -1;
    bool set_gid = false, set_uid = false, set_groups = false;
    gid_t gid = 0;
    uid_t uid = 0;
    std::vector<gid_t> groups;
    Object* preexec = nullptr;
};

Fallible<void> add_texts(ChildPlan& plan, std::vector<char*>& out, Object* sequence, const char* message) {
    Ref<> items = TRY(fast_sequence(sequence, message));
    for (ssize_t i = 0; i < fast_sequence_size(items.get()); ++i) {
        Ref<Bytes> text = TRY(path_to_bytes(fast_sequence_items(items.get())[i]));
        out.push_back(text->data);
        plan.owners.push_back(std::move(text));
    }
    out.push_back(nullptr);
    return {};
}

// A member of extra_groups.
Fallible<gid_t> group_id(Object* object) {
    if (!is_int(object)) return raise(exc::TypeError, "extra_groups must be integers");
    auto number = as_int64(object);
    int64_t id = number.ok() ? number.take() : -2;
    if (id < -1 || id > int64_t(gid_t(-1))) {
        clear_error();
        return raise(exc::ValueError, "invalid group id");
    }
    return gid_t(id);
}

Fallible<void> read_plan(ChildPlan& plan, Object* const* a) {
    plan.close_fds = TRY(is_true(a[kCloseFds]));
    if (!is_tuple(a[kPassFds])) return raise(exc::TypeError, "pass_fds must be a tuple");
    int previous = -1;
    for (ssize_t i = 0; i < as_tuple(a[kPassFds])->size; ++i) {
        auto number = as_c_int(as_tuple(a[kPassFds])->items[i]);
        int fd = number.ok() ? number.take() : -1;
        if (fd < 0 || fd <= previous) {
            clear_error();
            return raise(exc::ValueError, "bad value(s) in fds_to_keep");
        }
        plan.pass_fds.push_back(previous = fd);
    }
    TRY(add_texts(plan, plan.executables, a[kExecutables], "executable_list must be a sequence"));
    if (a[kArgs] != none()) TRY(add_texts(plan, plan.argv, a[kArgs], "argv must be a tuple"));
    if (a[kEnv] != none()) {
        plan.has_env = true;
        TRY(add_texts(plan, plan.envp, a[kEnv], "env must be a sequence"));
    }
    if (a[kCwd] != none()) {
        Ref<Bytes> cwd = TRY(path_to_bytes(a[kCwd]));
        plan.cwd = cwd->data;
        plan.owners.push_back(std::move(cwd));
    }
    int* fds[] = {&plan.p2cread, &plan.p2cwrite, &plan.c2pread, &plan.c2pwrite, &plan.errread, &plan.errwrite, &plan.errpipe_read, &plan.errpipe_write};
    for (int i = 0; i < 8; ++i) *fds[i] = TRY(as_c_int(a[kP2cRead + i]));
    plan.restore_signals = TRY(is_true(a[kRestoreSignals]));
    plan.new_session = TRY(is_true(a[kNewSession]));
    plan.process_group = TRY(as_c_int(a[kProcessGroup]));
    if (a[kGid] != none()) {
        plan.gid = gid_t(TRY(as_int64(a[kGid])));
        plan.set_gid = true;
    }
    if (a[kUid] != none()) {
        plan.uid = uid_t(TRY(as_int64(a[kUid])));
        plan.set_uid = true;
    }
    if (a[kGroups] != none()) {
        plan.set_groups = true;
        Ref<> items = TRY(fast_sequence(a[kGroups], "setgroups argument must be a sequence"));
        for (ssize_t i = 0; i < fast_sequence_size(items.get()); ++i)
            plan.groups.push_back(TRY(group_id(fast_sequence_items(items.get())[i])));
    }
    plan.umask = TRY(as_c_int(a[kUmask]));
    plan.allow_vfork = TRY(is_true(a[kAllowVfork]));
    if (a[kPreexec] != none()) plan.preexec = a[kPreexec];
    return {};
}

// From here to the exec: system calls only.
bool make_inheritable(int fd) {
    int flags = fcntl(fd, F_GETFD);
    return flags >= 0 && fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) == 0;
}
// Puts fd where the child expects standard stream `target`.
bool place(int fd, int target) {
    if (fd == target) return make_inheritable(fd);
    return fd == -1 || dup2(fd, target) >= 0;
}
void close_other_fds(const ChildPlan& plan) {
    unsigned low = 3;
    for (int keep : plan.pass_fds) {
        if (keep < 3) continue;
        if (unsigned(keep) > low) syscall(SYS_close_range, low, unsigned(keep) - 1, 0);
        low = unsigned(keep) + 1;
    }
    syscall(SYS_close_range, low, ~0u, 0);
}

// Does everything up to exec. Returns when something failed: *stage names what for the parent ("" means exec itself).
void run_child(ChildPlan& plan, const char** stage) {
    *stage = "noexec";
    for (int fd : plan.pass_fds)
        if (fd != plan.errpipe_write && !make_inheritable(fd)) return;
    if (plan.p2cwrite != -1) close(plan.p2cwrite);
    if (plan.c2pread != -1) close(plan.c2pread);
    if (plan.errread != -1) close(plan.errread);
    close(plan.errpipe_read);
    // Ends that are among 0 to 2 themselves must not be overwritten before they are copied.
    if (plan.c2pwrite == 0) plan.c2pwrite = dup(plan.c2pwrite);
    while (plan.errwrite == 0 || plan.errwrite == 1) plan.errwrite = dup(plan.errwrite);
    if (!place(plan.p2cread, 0) || !place(plan.c2pwrite, 1) || !place(plan.errwrite, 2)) return;
    if (plan.cwd && chdir(plan.cwd) < 0) return;
    if (plan.umask >= 0) umask(mode_t(plan.umask));
    if (plan.restore_signals)
        for (int number : {SIGPIPE, SIGXFSZ}) signal(number, SIG_DFL);
    if (plan.new_session) setsid();
    if (plan.process_group >= 0 && setpgid(0, plan.process_group) < 0) return;
    if (plan.set_groups && setgroups(plan.groups.size(), plan.groups.data()) < 0) return;
    if (plan.set_gid && setregid(plan.gid, plan.gid) < 0) return;
    if (plan.set_uid && setreuid(plan.uid, plan.uid) < 0) return;
    if (plan.preexec) {
        *stage = "Exception occurred in preexec_fn.";
        errno = 0;
        if (!call(plan.preexec).ok()) return;
    }
    if (plan.close_fds) close_other_fds(plan);
    *stage = "";
    int saved = 0;
    for (size_t i = 0; i + 1 < plan.executables.size(); ++i) {
        if (plan.has_env)
            execve(plan.executables[i], plan.argv.data(), plan.envp.data());
        else
            execv(plan.executables[i], plan.argv.data());
        if (errno != ENOENT && errno != ENOTDIR && !saved) saved = errno;
    }
    if (saved) errno = saved;
}

// What the parent reads: "OSError:<errno in hex>:<stage>" or "SubprocessError:0:<stage>".
void report(const ChildPlan& plan, int error, const char* stage) {
    char text[128];
    int length = error ? std::snprintf(text, sizeof text, "OSError:%X:%s", unsigned(error), stage)
                       : std::snprintf(text, sizeof text, "SubprocessError:0:%s", stage);
    ssize_t ignored = write(plan.errpipe_write, text, size_t(length));
    (void)ignored;
}

// The child's life: ends in exec or _exit.
[[noreturn]] void become_child(ChildPlan& plan, const sigset_t& mask) {
    if (plan.preexec) posix_after_fork_child();
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    const char* stage;
    run_child(plan, &stage);
    report(plan, errno, stage);
    _exit(255);
}
// The child's process id, or -1. With shared memory (vfork) this thread waits until the child has exec'ed, and nothing has to
// be copied; the child must not change what others of the process see, so its user and groups stay.
[[gnu::noinline]] pid_t start_child(ChildPlan& plan, const sigset_t& mask, bool may_share_memory) {
    pid_t pid = may_share_memory ? vfork() : fork();
    if (pid == 0) become_child(plan, mask);
    return pid;
}

// _posixsubprocess.fork_exec(…)
Fallible<Ref<>> posixsubprocess_fork_exec(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("fork_exec", nargs, kArgumentCount, kArgumentCount));
    ChildPlan plan;
    TRY(read_plan(plan, args));
    if (plan.preexec) posix_before_fork();
    // Signals stay blocked until the child has left our handlers behind.
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    bool may_share_memory = !plan.preexec && !plan.set_uid && !plan.set_gid && !plan.set_groups && plan.allow_vfork;
    pid_t pid = start_child(plan, old, may_share_memory);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    if (plan.preexec) posix_after_fork_parent();
    if (pid < 0) return raise_os_error(error);
    return TRY(int_from(pid));
}

MethodDef posixsubprocess_functions[] = {
    parsed(METHOD_FAST("fork_exec", or_memory_error_of<posixsubprocess_fork_exec>, "(*args)", "Fork a child and run a program in it; the child's id.")),
    END_ROW,
};

}  // namespace

extern const NativeModule posixsubprocess_module;
const NativeModule posixsubprocess_module = {"_posixsubprocess", "Starting programs.", posixsubprocess_functions, nullptr};

}  // namespace py
