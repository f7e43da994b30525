// faulthandler: tracebacks on fatal signals, on signals of the user's choice and after a time.
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>

#include "interp/import/native_modules.h"
#include "interp/modules/posix.h"
#include "interp/modules/time_conversion.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/runtime/state.h"
#include "interp/runtime/traceback_dump.h"

namespace py {

namespace {

struct FatalSignal {
    int number;
    const char* name;
    bool enabled = false;
    struct sigaction previous {};
};
// The last one is what most programs run into: it is set up first and taken back last.
FatalSignal fatal_signals[] = {
    {SIGBUS, "Bus error"}, {SIGILL, "Illegal instruction"}, {SIGFPE, "Floating point exception"}, {SIGABRT, "Aborted"}, {SIGSEGV, "Segmentation fault"}};

struct {
    bool enabled = false;
    Object* file = nullptr;  // kept alive as long as its descriptor is written to
    int descriptor = -1;
    bool all_threads = true;
} fatal;

struct UserSignal {
    bool enabled = false;
    Object* file = nullptr;
    int descriptor = -1;
    bool all_threads = true, chain = false;
    struct sigaction previous {};
};
UserSignal user_signals[NSIG];

// Handlers run on a stack of their own, so that they work when the thread's is used up.
stack_t handler_stack{}, previous_stack{};

void use_handler_stack() {
    if (handler_stack.ss_sp) return;
    size_t size = size_t(SIGSTKSZ) * 4;
    handler_stack.ss_sp = std::malloc(size);
    if (!handler_stack.ss_sp) return;
    handler_stack.ss_size = size;
    ::sigaltstack(&handler_stack, &previous_stack);
}

void dump(int descriptor, bool all_threads, Thread* thread) {
    if (all_threads)
        dump_all_tracebacks(descriptor, thread);
    else if (thread)
        dump_traceback(descriptor, thread);
}

Str* stdlib_names_attribute = nullptr;  // made beforehand: a handler makes no strings

bool is_stdlib_name(Str* name) {
    if (str_starts_with(name, "_adder_")) return true;
    Object* names = dict_get_str(runtime().sys_dict, stdlib_names_attribute);
    if (!names || !is_any_set(names)) return false;
    ssize_t position = 0;
    Object* key;
    Hash hash;
    while (set_next(as_set(names), &position, &key, &hash))
        if (is_str(key) && str_equals(as_str(key), name)) return true;
    return false;
}
// Modules of native code that are not the standard library's: often it is they who crashed.
void dump_extension_modules(int descriptor) {
    Dict* modules = runtime().modules;
    if (!modules || !is_dict_exact(modules)) return;
    unsigned long count = 0;
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(modules, &position, &key, &value)) {
        if (!is_str(key) || !as_str(key)->ascii || !is_module(value)) continue;
        bool is_native = static_cast<Module*>(value)->definition || value == runtime().sys_module || value == runtime().builtins_module ||
                         find_native_module(as_str(key)->ascii_view());
        if (!is_native) continue;
        if (is_stdlib_name(as_str(key))) continue;
        dump_text(descriptor, count ? ", " : "\nExtension modules: ");
        dump_text(descriptor, static_cast<const char*>(as_str(key)->data()));
        ++count;
    }
    if (!count) return;
    dump_text(descriptor, " (total: ");
    dump_decimal(descriptor, count);
    dump_text(descriptor, ")\n");
}

void restore_fatal_signal(FatalSignal& signal) {
    if (!signal.enabled) return;
    signal.enabled = false;
    ::sigaction(signal.number, &signal.previous, nullptr);
}

// Tells what happened, then lets the signal do what it would have done.
void on_fatal_signal(int number) {
    if (!fatal.enabled) return;
    int saved_errno = errno;
    for (FatalSignal& each : fatal_signals) {
        if (each.number != number) continue;
        restore_fatal_signal(each);
        dump_text(fatal.descriptor, "Fatal Python error: ");
        dump_text(fatal.descriptor, each.name);
        dump_text(fatal.descriptor, "\n\n");
    }
    dump(fatal.descriptor, fatal.all_threads, thread_of_this_os_thread());
    dump_extension_modules(fatal.descriptor);
    errno = saved_errno;
    ::raise(number);
}

void on_user_signal(int number) {
    UserSignal& signal = user_signals[number];
    if (!signal.enabled) return;
    int saved_errno = errno;
    dump(signal.descriptor, signal.all_threads, thread_of_this_os_thread());
    if (signal.chain) {
        struct sigaction own;
        ::sigaction(number, &signal.previous, &own);
        errno = saved_errno;
        ::raise(number);
        saved_errno = errno;
        ::sigaction(number, &own, nullptr);
    }
    errno = saved_errno;
}

// A file argument: its descriptor and what keeps it open.
struct OutputFile {
    Ref<> object;
    int descriptor = -1;
};
Fallible<OutputFile> output_file(Object* file) {
    Ref<> target = share(file);
    if (!file || is_none(file)) {
        target = share(sys_get("stderr"));
        if (!target) return raise(exc::RuntimeError, "unable to get sys.stderr");
        if (is_none(target.get())) return raise(exc::RuntimeError, "sys.stderr is None");
    } else if (is_int(file)) {
        int descriptor = TRY(as_c_int(file));
        if (descriptor < 0) return raise(exc::ValueError, "file is not a valid file descripter");
        return OutputFile{nullptr, descriptor};
    }
    Ref<> number = TRY(call_method(target.get(), "fileno"_name));
    int descriptor = -1;
    if (is_int(number.get())) descriptor = TRY(as_c_int(number.get()));
    if (descriptor < 0) return raise(exc::RuntimeError, "file.fileno() is not a valid file descriptor");
    if (!call_method(target.get(), "flush"_name).ok()) clear_error();  // what it held back comes later then
    return OutputFile{std::move(target), descriptor};
}

Fallible<void> enable_fatal_signals() {
    use_handler_stack();
    stdlib_names_attribute = "stdlib_module_names"_name;
    for (FatalSignal& each : fatal_signals) {
        if (each.enabled) continue;
        struct sigaction action {};
        action.sa_handler = on_fatal_signal;
        sigemptyset(&action.sa_mask);
        // The same signal must be able to arrive again: the handler raises it.
        action.sa_flags = SA_NODEFER | (handler_stack.ss_sp ? SA_ONSTACK : 0);
        if (::sigaction(each.number, &action, &each.previous) != 0) return raise_os_error(errno);
        each.enabled = true;
    }
    return {};
}
// faulthandler.enable(file=sys.stderr, all_threads=True)
Fallible<Ref<>> faulthandler_enable(Object*, Object* const* a) {
    bool all_threads = a[1] ? TRY(as_c_int(a[1])) : true;
    OutputFile file = TRY(output_file(a[0]));
    replace_slot(fatal.file, file.object.release());
    fatal.descriptor = file.descriptor;
    fatal.all_threads = all_threads;
    fatal.enabled = true;
    TRY(enable_fatal_signals());
    return share(none());
}
// faulthandler.disable()
Fallible<Ref<>> faulthandler_disable(Object*) {
    bool was_enabled = std::exchange(fatal.enabled, false);
    for (FatalSignal& each : fatal_signals) restore_fatal_signal(each);
    clear_slot(fatal.file);
    return bool_from(was_enabled);
}
// faulthandler.is_enabled()
Fallible<Ref<>> faulthandler_is_enabled(Object*) { return bool_from(fatal.enabled); }

// faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
Fallible<Ref<>> faulthandler_dump_traceback(Object*, Object* const* a) {
    bool all_threads = a[1] ? TRY(as_c_int(a[1])) : true;
    OutputFile file = TRY(output_file(a[0]));
    dump(file.descriptor, all_threads, Thread::current());
    TRY(check_signals());
    return share(none());
}

// The thread behind dump_traceback_later(). It takes no GIL and touches no object.
struct Watchdog {
    pthread_t thread;
    bool running = false;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t changed;
    bool cancelled = false;
    Object* file = nullptr;
    int descriptor = -1;
    int64_t interval = 0;  // nanoseconds
    bool repeat = false, exit = false;
    char header[64];
    pid_t process = 0;  // a forked child has no such thread
};
Watchdog watchdog;

// True when it was cancelled meanwhile.
bool sleep_until_due() {
    timespec due = timespec_from_nanoseconds(monotonic_nanoseconds() + watchdog.interval);
    pthread_mutex_lock(&watchdog.mutex);
    int status = 0;
    while (!watchdog.cancelled && status != ETIMEDOUT) status = pthread_cond_timedwait(&watchdog.changed, &watchdog.mutex, &due);
    bool cancelled = watchdog.cancelled;
    pthread_mutex_unlock(&watchdog.mutex);
    return cancelled;
}
void* watch(void*) {
    // Signals are for the other threads.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    do {
        if (sleep_until_due()) return nullptr;
        dump_text(watchdog.descriptor, watchdog.header);
        dump_all_tracebacks(watchdog.descriptor, nullptr);
        if (watchdog.exit) ::_exit(1);
    } while (watchdog.repeat);
    return nullptr;
}
void cancel_watchdog() {
    if (watchdog.running && watchdog.process == ::getpid()) {
        pthread_mutex_lock(&watchdog.mutex);
        watchdog.cancelled = true;
        pthread_cond_signal(&watchdog.changed);
        pthread_mutex_unlock(&watchdog.mutex);
        pthread_join(watchdog.thread, nullptr);
    }
    watchdog.running = false;
    clear_slot(watchdog.file);
}
Fallible<void> start_watchdog() {
    static bool prepared = false;
    if (!prepared) {
        pthread_condattr_t attributes;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&watchdog.changed, &attributes);
        pthread_condattr_destroy(&attributes);
        prepared = true;
    }
    watchdog.cancelled = false;
    watchdog.process = ::getpid();
    watchdog.running = pthread_create(&watchdog.thread, nullptr, watch, nullptr) == 0;
    if (!watchdog.running) return raise(exc::RuntimeError, "unable to start watchdog thread");
    return {};
}
void write_header(int64_t nanoseconds) {
    int64_t microseconds = (nanoseconds + 999) / 1000;
    int64_t seconds = microseconds / 1'000'000;
    long fraction = long(microseconds % 1'000'000);
    long hours = long(seconds / 3600), minutes = long(seconds / 60 % 60), rest = long(seconds % 60);
    if (fraction)
        std::snprintf(watchdog.header, sizeof watchdog.header, "Timeout (%ld:%02ld:%02ld.%06ld)!\n", hours, minutes, rest, fraction);
    else
        std::snprintf(watchdog.header, sizeof watchdog.header, "Timeout (%ld:%02ld:%02ld)!\n", hours, minutes, rest);
}
// faulthandler.dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False)
Fallible<Ref<>> faulthandler_dump_traceback_later(Object*, Object* const* a) {
    bool repeat = a[1] ? TRY(as_c_int(a[1])) : false;
    bool exit = a[3] ? TRY(as_c_int(a[3])) : false;
    int64_t interval = TRY(nanoseconds_from_object(a[0], Rounding::Away));
    if (interval <= 0) return raise(exc::ValueError, "timeout must be greater than 0");
    if (interval / 1000 >= LONG_MAX / 1000) return raise(exc::OverflowError, "timeout value is too large");
    OutputFile file = TRY(output_file(a[2]));
    cancel_watchdog();
    write_header(interval);
    watchdog.file = file.object.release();
    watchdog.descriptor = file.descriptor;
    watchdog.interval = interval;
    watchdog.repeat = repeat;
    watchdog.exit = exit;
    TRY(start_watchdog());
    return share(none());
}
// faulthandler.cancel_dump_traceback_later()
Fallible<Ref<>> faulthandler_cancel_dump_traceback_later(Object*) {
    cancel_watchdog();
    return share(none());
}

Fallible<int> user_signal_argument(Object* object) {
    int number = TRY(as_c_int(object));
    for (FatalSignal& each : fatal_signals)
        if (each.number == number) return raise(exc::RuntimeError, "signal %i cannot be registered, use enable() instead", number);
    if (number < 1 || number >= NSIG) return raise(exc::ValueError, "signal number out of range");
    return number;
}
// faulthandler.register(signum, file=sys.stderr, all_threads=True, chain=False)
Fallible<Ref<>> faulthandler_register(Object*, Object* const* a) {
    int number = TRY(user_signal_argument(a[0]));
    bool all_threads = a[2] ? TRY(as_c_int(a[2])) : true;
    bool chain = a[3] ? TRY(as_c_int(a[3])) : false;
    OutputFile file = TRY(output_file(a[1]));
    UserSignal& signal = user_signals[number];
    use_handler_stack();
    struct sigaction action {}, previous;
    action.sa_handler = on_user_signal;
    sigemptyset(&action.sa_mask);
    // Interrupted calls go on, unless the next handler in the chain is to decide.
    action.sa_flags = (chain ? SA_NODEFER : SA_RESTART) | (handler_stack.ss_sp ? SA_ONSTACK : 0);
    if (::sigaction(number, &action, &previous) != 0) return raise_os_error(errno);
    if (!signal.enabled) signal.previous = previous;
    replace_slot(signal.file, file.object.release());
    signal.descriptor = file.descriptor;
    signal.all_threads = all_threads;
    signal.chain = chain;
    signal.enabled = true;
    return share(none());
}
bool unregister_signal(int number) {
    UserSignal& signal = user_signals[number];
    if (!std::exchange(signal.enabled, false)) return false;
    ::sigaction(number, &signal.previous, nullptr);
    clear_slot(signal.file);
    signal.descriptor = -1;
    return true;
}
// faulthandler.unregister(signum, /)
Fallible<Ref<>> faulthandler_unregister(Object*, Object* signum) { return bool_from(unregister_signal(TRY(user_signal_argument(signum)))); }

// Ways to fail, for tests of the above.
void no_core_file() {
    rlimit limit;
    if (::getrlimit(RLIMIT_CORE, &limit) != 0) return;
    limit.rlim_cur = 0;
    ::setrlimit(RLIMIT_CORE, &limit);
}
// faulthandler._read_null()
[[gnu::no_sanitize("undefined")]] Fallible<Ref<>> faulthandler_read_null(Object*) {
    no_core_file();
    volatile int* nowhere = nullptr;
    return TRY(int_from(*nowhere));
}
// faulthandler._sigsegv(release_gil=False, /)
Fallible<Ref<>> faulthandler_sigsegv(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("_sigsegv", nargs, 0, 1));
    bool release = nargs && TRY(is_true(args[0]));
    no_core_file();
    if (release) {
        GilReleased released;
        ::raise(SIGSEGV);
    } else {
        ::raise(SIGSEGV);
    }
    return share(none());
}
// faulthandler._sigabrt()
Fallible<Ref<>> faulthandler_sigabrt(Object*) {
    no_core_file();
    ::abort();
}
// faulthandler._sigfpe()
Fallible<Ref<>> faulthandler_sigfpe(Object*) {
    no_core_file();
    ::raise(SIGFPE);
    return share(none());
}
void* faulthandler_fatal_error_thread(void*) { fatal_error("faulthandler_fatal_error_thread", "in new thread"); }
// faulthandler._fatal_error_c_thread()
Fallible<Ref<>> faulthandler_fatal_error_c_thread(Object*) {
    no_core_file();
    pthread_t thread;
    if (pthread_create(&thread, nullptr, faulthandler_fatal_error_thread, nullptr) != 0) return raise(exc::RuntimeError, "unable to start the thread");
    pthread_join(thread, nullptr);
    return share(none());
}
constexpr uintptr_t kStackEnough = 100 << 20;  // where the stack has no limit

// Goes down to the address; where that is.
[[gnu::noinline]] uintptr_t use_stack(uintptr_t end, size_t* depth) {
    volatile char block[4096];
    block[0] = 0;
    ++*depth;
    auto here = reinterpret_cast<uintptr_t>(&block);
    if (here < end) return here;
    return use_stack(end, depth) + uintptr_t(block[0]);
}
// faulthandler._stack_overflow()
Fallible<Ref<>> faulthandler_stack_overflow(Object*) {
    no_core_file();
    size_t depth = 0;
    auto start = reinterpret_cast<uintptr_t>(&depth);
    uintptr_t end = use_stack(start > kStackEnough ? start - kStackEnough : 0, &depth);
    return raise(exc::RuntimeError, "unable to raise a stack overflow (allocated %zu bytes on the stack, %zu recursive calls)", size_t(start - end),
                 depth);
}

MethodDef faulthandler_functions[] = {
    METHOD_NOARGS_UNSIGNED("_fatal_error_c_thread", faulthandler_fatal_error_c_thread, "_fatal_error_c_thread(): a fatal error in a thread that is not Python's"),
    METHOD_NOARGS_UNSIGNED("_read_null", faulthandler_read_null, "_read_null(): read from address 0"),
    METHOD_FAST_UNSIGNED("_sigsegv", faulthandler_sigsegv, "_sigsegv(release_gil=False): raise SIGSEGV"),
    METHOD_NOARGS_UNSIGNED("_sigabrt", faulthandler_sigabrt, "_sigabrt(): raise SIGABRT"),
    METHOD_NOARGS_UNSIGNED("_sigfpe", faulthandler_sigfpe, "_sigfpe(): raise SIGFPE"),
    METHOD_NOARGS_UNSIGNED("_stack_overflow", faulthandler_stack_overflow, "_stack_overflow(): recurse until the stack is used up"),
    METHOD_NOARGS_UNSIGNED("cancel_dump_traceback_later", faulthandler_cancel_dump_traceback_later,
                           "cancel_dump_traceback_later(): forget the last dump_traceback_later()"),
    METHOD_NOARGS_UNSIGNED("disable", faulthandler_disable, "disable(): no tracebacks on fatal signals any more"),
    METHOD("dump_traceback", faulthandler_dump_traceback, "($module, /, file=sys.stderr, all_threads=True)", "Write where threads are into a file."),
    METHOD("dump_traceback_later", faulthandler_dump_traceback_later,
           "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)", "Write where threads are after some seconds, or again and again."),
    METHOD("enable", faulthandler_enable, "($module, /, file=sys.stderr, all_threads=True)", "Write where threads are when a fatal signal arrives."),
    METHOD_NOARGS_UNSIGNED("is_enabled", faulthandler_is_enabled, "is_enabled() -> bool: whether enable() is in force"),
    METHOD("register", faulthandler_register, "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)",
           "Write where threads are when a signal arrives."),
    METHOD_O_UNSIGNED("unregister", faulthandler_unregister, "unregister(signum): undo register()"),
    END_ROW,
};

}  // namespace

extern const NativeModule faulthandler_module;
const NativeModule faulthandler_module = {"faulthandler", "Tracebacks when something goes badly wrong.", faulthandler_functions, nullptr};

}  // namespace py
