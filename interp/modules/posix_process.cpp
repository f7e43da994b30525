// posix: processes: starting, replacing, waiting.
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "interp/import/import.h"
#include "interp/modules/posix.h"
#include "interp/modules/resource.h"
#include "interp/modules/signal.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/pending.h"

extern char** environ;

namespace py {

namespace {

List* before_fork = nullptr;
List* after_fork_parent = nullptr;
List* after_fork_child = nullptr;
Type* times_type = nullptr;
Type* waitid_type = nullptr;

void run_hooks(List* hooks, bool reversed) {
    if (!hooks) return;
    Ref<List> copy = MUST(list_get_slice(hooks, 0, hooks->size));
    for (ssize_t i = 0; i < copy->size; ++i) {
        Object* hook = copy->items[reversed ? copy->size - 1 - i : i];
        if (!call(hook).ok()) write_unraisable(hook);
    }
}

}  // namespace

void posix_before_fork() {
    run_hooks(before_fork, true);
    Fallible<Ref<>> locked = import_attribute("_imp", "acquire_lock");
    if (!locked.ok() || !call(locked.take().get()).ok()) clear_error();
}
static void release_import_lock() {
    Fallible<Ref<>> release = import_attribute("_imp", "release_lock");
    if (!release.ok() || !call(release.take().get()).ok()) clear_error();
}
void posix_after_fork_parent() {
    release_import_lock();
    run_hooks(after_fork_parent, false);
}
void posix_after_fork_child() {
    gil_after_fork();
    signals_after_fork();
    release_import_lock();
    run_hooks(after_fork_child, false);
}

namespace {

Fallible<void> check_hook(Object* hook, const char* name) {
    if (hook && !is_callable(hook)) return raise(exc::TypeError, "'%s' must be callable, not %T", name, hook);
    return {};
}
Fallible<void> add_hook(List*& hooks, Object* hook) {
    if (!hook) return {};
    if (!hooks) hooks = TRY(list_new(0)).release();
    return list_append(hooks, hook);
}
// posix.register_at_fork(*, before, after_in_child, after_in_parent)
Fallible<Ref<>> posix_register_at_fork(Object*, Object* const* a) {
    if (!a[0] && !a[1] && !a[2]) return raise(exc::TypeError, "At least one argument is required.");
    TRY(check_hook(a[0], "before"));
    TRY(check_hook(a[1], "after_in_child"));
    TRY(check_hook(a[2], "after_in_parent"));
    TRY(add_hook(before_fork, a[0]));
    TRY(add_hook(after_fork_child, a[1]));
    TRY(add_hook(after_fork_parent, a[2]));
    return share(none());
}
// posix.fork()
Fallible<Ref<>> posix_fork(Object*) {
    TRY(audit("os.fork", ""));
    posix_before_fork();
    pid_t pid = ::fork();
    int error = errno;
    if (pid == 0)
        posix_after_fork_child();
    else
        posix_after_fork_parent();
    if (pid < 0) return raise_os_error(error);
    return TRY(int_from(pid));
}
// posix.forkpty()
Fallible<Ref<>> posix_forkpty(Object*) {
    int first = -1;
    posix_before_fork();
    pid_t pid = ::forkpty(&first, nullptr, nullptr, nullptr);
    int error = errno;
    if (pid == 0)
        posix_after_fork_child();
    else
        posix_after_fork_parent();
    if (pid < 0) return raise_os_error(error);
    Ref<Int> a = TRY(int_from(pid));
    Ref<Int> b = TRY(int_from(first));
    return TRY(tuple_pack(a.get(), b.get()));
}

// An argument or environment block as the kernel wants it.
struct TextBlock {
    std::vector<Ref<Bytes>> owners;
    std::vector<char*> pointers;
    Fallible<void> add(Object* item) {
        Ref<Bytes> text = TRY(path_to_bytes(item));
        pointers.push_back(text->data);
        owners.push_back(std::move(text));
        return {};
    }
    char** finish() {
        pointers.push_back(nullptr);
        return pointers.data();
    }
};
Fallible<void> read_arguments(TextBlock& block, Object* argv, const char* function) {
    if (!is_list(argv) && !is_tuple(argv)) return raise(exc::TypeError, "%s() arg 2 must be a tuple or list", function);
    if (!fast_sequence_size(argv)) return raise(exc::ValueError, "%s() arg 2 must not be empty", function);
    for (ssize_t i = 0; i < fast_sequence_size(argv); ++i) TRY(block.add(fast_sequence_items(argv)[i]));
    if (!*block.pointers[0]) return raise(exc::ValueError, "%s() arg 2 first element cannot be empty", function);
    return {};
}
Fallible<void> read_environment(TextBlock& block, Object* mapping) {
    if (!is_mapping(mapping)) return raise(exc::TypeError, "execve: environment must be a mapping object");
    Ref<> keys = TRY(mapping_keys(mapping));
    for (ssize_t i = 0; i < as_list(keys.get())->size; ++i) {
        Object* key = as_list(keys.get())->items[i];
        Ref<> value = TRY(get_item(mapping, key));
        Ref<Bytes> key_bytes = TRY(path_to_bytes(key));
        Ref<Bytes> value_bytes = TRY(path_to_bytes(value.get()));
        if (key_bytes->view().find('=', 1) != std::string_view::npos) return raise(exc::ValueError, "illegal environment variable name");
        std::string text = std::string(key_bytes->view()) + "=" + std::string(value_bytes->view());
        Ref<Bytes> entry = TRY(bytes_from(text));
        block.pointers.push_back(entry->data);
        block.owners.push_back(std::move(entry));
    }
    return {};
}
// posix.execv(path, argv, /)
Fallible<Ref<>> posix_execv(Object*, Object* const* a) {
    PathArgument path{.function = "execv"};
    TRY(path.parse(a[0]));
    TextBlock arguments;
    TRY(read_arguments(arguments, a[1], "execv"));
    TRY(audit("os.exec", "OOO", path.object.get(), a[1], none()));
    ::execv(path.c_str(), arguments.finish());
    return path.raise_error();
}
// posix.execve(path, argv, env)
Fallible<Ref<>> posix_execve(Object*, Object* const* a) {
    PathArgument path{.function = "execve", .allow_descriptor = true};
    TRY(path.parse(a[0]));
    TextBlock arguments, environment;
    TRY(read_arguments(arguments, a[1], "execve"));
    TRY(read_environment(environment, a[2]));
    TRY(audit("os.exec", "OOO", path.object.get(), a[1], a[2]));
    if (path.is_descriptor())
        ::fexecve(path.descriptor, arguments.finish(), environment.finish());
    else
        ::execve(path.c_str(), arguments.finish(), environment.finish());
    return path.raise_error();
}

// The options of posix_spawn, freed with it.
struct SpawnOptions {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    std::vector<Ref<Bytes>> owners;
    short flags = 0;
    SpawnOptions() {
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_init(&actions);
    }
    ~SpawnOptions() {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    Fallible<void> add_action(Object* action) {
        if (!is_tuple(action) || !as_tuple(action)->size)
            return raise(exc::TypeError, "Each file_actions element must be a non-empty tuple");
        Object** items = as_tuple(action)->items;
        ssize_t size = as_tuple(action)->size;
        int kind = TRY(as_c_int(items[0]));
        if (kind == 0 && size == 5) {
            Ref<Bytes> path = TRY(path_to_bytes(items[2]));
            posix_spawn_file_actions_addopen(&actions, TRY(as_c_int(items[1])), path->data, TRY(as_c_int(items[3])), mode_t(TRY(as_c_int(items[4]))));
            owners.push_back(std::move(path));
        } else if (kind == 1 && size == 2) {
            posix_spawn_file_actions_addclose(&actions, TRY(as_c_int(items[1])));
        } else if (kind == 2 && size == 3) {
            posix_spawn_file_actions_adddup2(&actions, TRY(as_c_int(items[1])), TRY(as_c_int(items[2])));
        } else {
            return raise(exc::TypeError, "Unknown file_actions identifier");
        }
        return {};
    }
};
// scheduler=(policy or None, sched_param)
Fallible<void> set_scheduler(SpawnOptions& options, Object* pair) {
    if (!is_tuple(pair) || as_tuple(pair)->size != 2) return raise(exc::TypeError, "A scheduler tuple must have two elements");
    Object** items = as_tuple(pair)->items;
    sched_param parameters = TRY(scheduling_parameters(items[1]));
    if (!is_none(items[0])) {
        posix_spawnattr_setschedpolicy(&options.attributes, TRY(as_c_int(items[0])));
        options.flags |= POSIX_SPAWN_SETSCHEDULER;
    }
    posix_spawnattr_setschedparam(&options.attributes, &parameters);
    options.flags |= POSIX_SPAWN_SETSCHEDPARAM;
    return {};
}
// Parameters: path argv env file_actions setpgroup resetids setsid setsigmask setsigdef scheduler
Fallible<Ref<>> spawn(Object* const* a, bool search, const char* name) {
    PathArgument path{.function = name};
    TRY(path.parse(a[0]));
    TextBlock arguments, environment;
    TRY(read_arguments(arguments, a[1], name));
    char** environment_block = environ;
    if (a[2] != none()) {
        TRY(read_environment(environment, a[2]));
        environment_block = environment.finish();
    }
    SpawnOptions options;
    if (a[3] && a[3] != none()) {
        Ref<> actions = TRY(fast_sequence(a[3], "file_actions must be a sequence or None"));
        for (ssize_t i = 0; i < fast_sequence_size(actions.get()); ++i) TRY(options.add_action(fast_sequence_items(actions.get())[i]));
    }
    if (a[4]) {
        posix_spawnattr_setpgroup(&options.attributes, TRY(as_c_int(a[4])));
        options.flags |= POSIX_SPAWN_SETPGROUP;
    }
    if (a[5] && TRY(as_c_int(a[5]))) options.flags |= POSIX_SPAWN_RESETIDS;
    if (a[6] && TRY(as_c_int(a[6]))) options.flags |= POSIX_SPAWN_SETSID;
    if (a[7]) {
        sigset_t mask = TRY(sigset_argument(a[7]));
        posix_spawnattr_setsigmask(&options.attributes, &mask);
        options.flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (a[8]) {
        sigset_t defaults = TRY(sigset_argument(a[8]));
        posix_spawnattr_setsigdefault(&options.attributes, &defaults);
        options.flags |= POSIX_SPAWN_SETSIGDEF;
    }
    if (a[9]) TRY(set_scheduler(options, a[9]));
    posix_spawnattr_setflags(&options.attributes, options.flags);
    TRY(audit("os.posix_spawn", "OOO", path.object.get(), a[1], a[2]));
    pid_t pid;
    int error = search ? ::posix_spawnp(&pid, path.c_str(), &options.actions, &options.attributes, arguments.finish(), environment_block)
                       : ::posix_spawn(&pid, path.c_str(), &options.actions, &options.attributes, arguments.finish(), environment_block);
    if (error) return path.raise_error(error);
    return TRY(int_from(pid));
}
// posix.posix_spawn(path, argv, env, /, *, file_actions=(), …)
Fallible<Ref<>> posix_posix_spawn(Object*, Object* const* a) { return spawn(a, false, "posix_spawn"); }
// posix.posix_spawnp(path, argv, env, /, *, file_actions=(), …)
Fallible<Ref<>> posix_posix_spawnp(Object*, Object* const* a) { return spawn(a, true, "posix_spawnp"); }

// posix._exit(status)
Fallible<Ref<>> posix_exit(Object*, Object* const* a) { ::_exit(TRY(as_c_int(a[0]))); }
// posix.abort()
Fallible<Ref<>> posix_abort(Object*) { ::abort(); }
// posix.system(command)
Fallible<Ref<>> posix_system(Object*, Object* const* a) {
    Ref<Bytes> command = TRY(path_to_bytes(a[0]));
    TRY(audit("os.system", "O", static_cast<Object*>(command.get())));
    int status = without_gil([&] { return ::system(command->data); });
    return TRY(int_from(status));
}
// posix.kill(pid, signal, /)
Fallible<Ref<>> posix_kill(Object*, Object* const* a) {
    pid_t pid = TRY(as_c_int(a[0]));
    int number = TRY(as_c_int(a[1]));
    TRY(audit("os.kill", "ii", int(pid), number));
    if (::kill(pid, number) != 0) return raise_os_error(errno);
    TRY(check_signals());
    return share(none());
}
// posix.killpg(pgid, signal, /)
Fallible<Ref<>> posix_killpg(Object*, Object* const* a) {
    pid_t group = TRY(as_c_int(a[0]));
    int number = TRY(as_c_int(a[1]));
    TRY(audit("os.killpg", "ii", int(group), number));
    if (::killpg(group, number) != 0) return raise_os_error(errno);
    TRY(check_signals());
    return share(none());
}
Fallible<Ref<>> wait_result(pid_t pid, int status) {
    Ref<Int> a = TRY(int_from(pid));
    Ref<Int> b = TRY(int_from(status));
    return TRY(tuple_pack(a.get(), b.get()));
}
// posix.wait()
Fallible<Ref<>> posix_wait(Object*) {
    int status = 0;
    long pid = TRY(retrying([&] { return ::wait(&status); }));
    if (pid < 0) return raise_os_error(errno);
    return wait_result(pid_t(pid), status);
}
// posix.waitpid(pid, options, /)
Fallible<Ref<>> posix_waitpid(Object*, Object* const* a) {
    pid_t wanted = TRY(as_c_int(a[0]));
    int options = TRY(as_c_int(a[1]));
    int status = 0;
    long pid = TRY(retrying([&] { return ::waitpid(wanted, &status, options); }));
    if (pid < 0) return raise_os_error(errno);
    return wait_result(pid_t(pid), status);
}
Fallible<Ref<>> wait_with_usage(long pid, int status, const rusage& usage) {
    if (pid < 0) return raise_os_error(errno);
    Ref<> result = TRY(resource_usage_object(usage));
    Ref<Int> first = TRY(int_from(pid));
    Ref<Int> second = TRY(int_from(status));
    return TRY(tuple_pack(first.get(), second.get(), result.get()));
}
// posix.wait3(options)
Fallible<Ref<>> posix_wait3(Object*, Object* const* a) {
    int options = TRY(as_c_int(a[0]));
    int status = 0;
    rusage usage{};
    long pid = TRY(retrying([&] { return ::wait3(&status, options, &usage); }));
    return wait_with_usage(pid, status, usage);
}
// posix.wait4(pid, options)
Fallible<Ref<>> posix_wait4(Object*, Object* const* a) {
    pid_t wanted = TRY(as_c_int(a[0]));
    int options = TRY(as_c_int(a[1]));
    int status = 0;
    rusage usage{};
    long pid = TRY(retrying([&] { return ::wait4(wanted, &status, options, &usage); }));
    return wait_with_usage(pid, status, usage);
}
// posix.waitid(idtype, id, options, /)
Fallible<Ref<>> posix_waitid(Object*, Object* const* a) {
    int kind = TRY(as_c_int(a[0]));
    int64_t id = TRY(as_int64(a[1]));
    int options = TRY(as_c_int(a[2]));
    siginfo_t info{};
    long status = TRY(retrying([&] { return ::waitid(idtype_t(kind), id_t(id), &info, options); }));
    if (status < 0) return raise_os_error(errno);
    if (!info.si_pid) return share(none());
    Ref<Tuple> result = TRY(struct_sequence_new(waitid_type));
    const int64_t values[] = {info.si_pid, info.si_uid, info.si_signo, info.si_status, info.si_code};
    for (int i = 0; i < 5; ++i) struct_sequence_set(result.get(), i, TRY(int_from(values[i])));
    return result;
}
// posix.waitstatus_to_exitcode(status)
Fallible<Ref<>> posix_waitstatus_to_exitcode(Object*, Object* const* a) {
    int status = TRY(as_c_int(a[0]));
    if (WIFEXITED(status)) return TRY(int_from(WEXITSTATUS(status)));
    if (WIFSIGNALED(status)) return TRY(int_from(-WTERMSIG(status)));
    if (WIFSTOPPED(status)) return raise(exc::ValueError, "process stopped by delivery of signal %i", WSTOPSIG(status));
    return raise(exc::ValueError, "invalid wait status: %i", status);
}
template <auto F>
Fallible<Ref<>> status_flag(Object*, Object* const* a) {
    return bool_from(F(TRY(as_c_int(a[0]))));
}
template <auto F>
Fallible<Ref<>> status_number(Object*, Object* const* a) {
    return TRY(int_from(F(TRY(as_c_int(a[0])))));
}
constexpr auto is_core_dump = [](int s) { return bool(WCOREDUMP(s)); };
constexpr auto is_continued = [](int s) { return bool(WIFCONTINUED(s)); };
constexpr auto is_stopped = [](int s) { return bool(WIFSTOPPED(s)); };
constexpr auto is_signaled = [](int s) { return bool(WIFSIGNALED(s)); };
constexpr auto is_exited = [](int s) { return bool(WIFEXITED(s)); };
constexpr auto exit_status = [](int s) { return WEXITSTATUS(s); };
constexpr auto term_signal = [](int s) { return WTERMSIG(s); };
constexpr auto stop_signal = [](int s) { return WSTOPSIG(s); };
// posix.WCOREDUMP(status, /)
Fallible<Ref<>> posix_wcoredump(Object*, Object* status) { return bool_from(is_core_dump(TRY(as_c_int(status)))); }

// posix.times()
Fallible<Ref<>> posix_times(Object*) {
    tms values;
    clock_t elapsed = ::times(&values);
    double ticks = double(::sysconf(_SC_CLK_TCK));
    Ref<Tuple> result = TRY(struct_sequence_new(times_type));
    const clock_t all[] = {values.tms_utime, values.tms_stime, values.tms_cutime, values.tms_cstime, elapsed};
    for (int i = 0; i < 5; ++i) struct_sequence_set(result.get(), i, TRY(float_from(double(all[i]) / ticks)));
    return result;
}
// posix.nice(increment, /)
Fallible<Ref<>> posix_nice(Object*, Object* increment) {
    errno = 0;
    int value = ::nice(TRY(as_c_int(increment)));
    if (value == -1 && errno) return raise_os_error(errno);
    return TRY(int_from(value));
}
// posix.getpriority(which, who)
Fallible<Ref<>> posix_getpriority(Object*, Object* const* a) {
    errno = 0;
    int value = ::getpriority(__priority_which_t(TRY(as_c_int(a[0]))), id_t(TRY(as_c_int(a[1]))));
    if (errno) return raise_os_error(errno);
    return TRY(int_from(value));
}
// posix.setpriority(which, who, priority)
Fallible<Ref<>> posix_setpriority(Object*, Object* const* a) {
    return posix_none_or_error(::setpriority(__priority_which_t(TRY(as_c_int(a[0]))), id_t(TRY(as_c_int(a[1]))), TRY(as_c_int(a[2]))));
}
// posix.pidfd_open(pid, flags=0)
Fallible<Ref<>> posix_pidfd_open(Object*, Object* const* a) {
    int flags = a[1] ? TRY(as_c_int(a[1])) : 0;
    long fd = syscall(SYS_pidfd_open, TRY(as_c_int(a[0])), flags);
    if (fd < 0) return raise_os_error(errno);
    return TRY(int_from(fd));
}

StructSequenceField times_fields[] = {{"user", "user time"}, {"system", "system time"}, {"children_user", "user time of children"},
    {"children_system", "system time of children"}, {"elapsed", "elapsed time since an arbitrary point in the past"}, {}};
StructSequenceField waitid_fields[] = {{"si_pid", ""}, {"si_uid", ""}, {"si_signo", ""}, {"si_status", ""}, {"si_code", ""}, {}};

#define SPAWN_SIGNATURE(name)                                                                                     \
    "($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), " \
    "setsigdef=(), scheduler=None)"

}  // namespace

Fallible<void> add_process_types(Module* module) {
    Ref<Type> times = TRY(struct_sequence_type_new({"posix.times_result", "Result of times().", times_fields, 5}));
    times_type = times.get();
    TRY(module_add(module, "times_result", Ref<>(std::move(times))));
    Ref<Type> waitid = TRY(struct_sequence_type_new({"posix.waitid_result", "Result of waitid().", waitid_fields, 5}));
    waitid_type = waitid.get();
    TRY(module_add(module, "waitid_result", Ref<>(std::move(waitid))));
    return add_scheduling_types(module);
}

MethodDef posix_process_functions[] = {
    METHOD_O("WCOREDUMP", posix_wcoredump, "($module, status, /)", "Whether a core file was dumped."),
    METHOD("WEXITSTATUS", status_number<exit_status>, "($module, /, status)", "The exit status."),
    METHOD("WIFCONTINUED", status_flag<is_continued>, "($module, /, status)", "Whether it was continued."),
    METHOD("WIFEXITED", status_flag<is_exited>, "($module, /, status)", "Whether it ended by exit()."),
    METHOD("WIFSIGNALED", status_flag<is_signaled>, "($module, /, status)", "Whether a signal ended it."),
    METHOD("WIFSTOPPED", status_flag<is_stopped>, "($module, /, status)", "Whether it was stopped."),
    METHOD("WSTOPSIG", status_number<stop_signal>, "($module, /, status)", "The signal that stopped it."),
    METHOD("WTERMSIG", status_number<term_signal>, "($module, /, status)", "The signal that ended it."),
    METHOD("_exit", posix_exit, "($module, /, status)", "Exit at once, without clean-up."),
    METHOD_NOARGS("abort", posix_abort, "($module, /)", "Abort the process."),
    METHOD("execv", or_memory_error_of<posix_execv>, "($module, path, argv, /)", "Replace the process by a program."),
    METHOD("execve", or_memory_error_of<posix_execve>, "($module, /, path, argv, env)", "Replace the process, with an environment."),
    METHOD_NOARGS("fork", posix_fork, "($module, /)", "Fork a child process."),
    METHOD_NOARGS("forkpty", posix_forkpty, "($module, /)", "Fork a child with a pseudo-terminal."),
    METHOD("getpriority", posix_getpriority, "($module, /, which, who)", "Scheduling priority."),
    METHOD_PARSED_FAST("kill", posix_kill, 2, "($module, pid, signal, /)", "Send a signal to a process."),
    METHOD_PARSED_FAST("killpg", posix_killpg, 2, "($module, pgid, signal, /)", "Send a signal to a process group."),
    METHOD_O("nice", posix_nice, "($module, increment, /)", "Change the niceness."),
    METHOD("pidfd_open", posix_pidfd_open, "($module, /, pid, flags=0)", "A descriptor that stands for a process."),
    METHOD("posix_spawn", or_memory_error_of<posix_posix_spawn>, SPAWN_SIGNATURE("posix_spawn"), "Start a program."),
    METHOD("posix_spawnp", or_memory_error_of<posix_posix_spawnp>, SPAWN_SIGNATURE("posix_spawnp"), "Start a program found on PATH."),
    METHOD("register_at_fork", posix_register_at_fork, "($module, /, *, before=None, after_in_child=None, after_in_parent=None)", "Functions to call at fork."),
    METHOD("setpriority", posix_setpriority, "($module, /, which, who, priority)", "Set scheduling priority."),
    METHOD("system", posix_system, "($module, /, command)", "Run a command in a shell."),
    METHOD_NOARGS("times", posix_times, "($module, /)", "Process times."),
    METHOD_NOARGS("wait", posix_wait, "($module, /)", "Wait for a child."),
    METHOD("wait3", posix_wait3, "($module, /, options)", "Wait for a child; its resource usage."),
    METHOD("wait4", posix_wait4, "($module, /, pid, options)", "Wait for a process; its resource usage."),
    METHOD_PARSED_FAST("waitid", posix_waitid, 3, "($module, idtype, id, options, /)", "Wait for children."),
    METHOD_PARSED_FAST("waitpid", posix_waitpid, 2, "($module, pid, options, /)", "Wait for a process."),
    METHOD("waitstatus_to_exitcode", posix_waitstatus_to_exitcode, "($module, /, status)", "The exit code of a wait status."),
    END_ROW,
};

}  // namespace py
