// _signal: handlers in Python for signals of the operating system. The C handler only marks the signal; the loop calls the
// Python handler on the main thread.
#include "interp/modules/signal.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "interp/import/import.h"
#include "interp/modules/deadline.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"
#include "interp/objects/str.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/state.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

struct Handler {
    std::atomic<bool> arrived{false};
    Object* function = nullptr;  // SIG_DFL, SIG_IGN (ints), None (not ours) or a callable
};
Handler handlers[NSIG];
std::atomic<bool> any_arrived{false};
volatile int wakeup_descriptor = -1;
volatile bool warn_on_full_buffer = true;
Object* default_handler = nullptr;
Object* ignore_handler = nullptr;
Object* interrupt_handler = nullptr;
Object* itimer_error = nullptr;
Type* siginfo_type = nullptr;

int report_wakeup_error(void* data) {
    int error = int(reinterpret_cast<intptr_t>(data));
    SavedError saved;
    (void)raise_os_error(error);
    write_unraisable_message("when trying to write to the signal wakeup fd", nullptr);
    return 0;
}

void trip(int number) {
    handlers[number].arrived = true;
    any_arrived = true;
    request_work(kWorkSignals);
    int descriptor = wakeup_descriptor;
    if (descriptor == -1) return;
    auto byte = static_cast<unsigned char>(number);
    if (write(descriptor, &byte, 1) < 0 && (warn_on_full_buffer || (errno != EWOULDBLOCK && errno != EAGAIN)))
        add_pending_call(report_wakeup_error, reinterpret_cast<void*>(intptr_t(errno)));
}

void c_handler(int number) {
    int saved_errno = errno;
    trip(number);
    errno = saved_errno;
}

bool set_c_handler(int number, void (*function)(int)) {
    struct sigaction action {};
    action.sa_handler = function;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, nullptr) == 0;
}

// Is it a callable, not one of those that leave the signal to the system?
bool is_python_handler(Object* function) {
    return function && function != none() && function != ignore_handler && function != default_handler;
}

bool on_main_thread() { return Thread::current() == runtime().main_thread; }

Fallible<int> signal_number(Object* object) {
    int number = TRY(as_c_int(object));
    if (number < 1 || number >= NSIG) return raise(exc::ValueError, "signal number out of range");
    return number;
}

}  // namespace

Fallible<sigset_t> sigset_argument(Object* iterable) {
    sigset_t set;
    sigemptyset(&set);
    Ref<> iterator = TRY(iter(iterable));
    for (;;) {
        Ref<> item = TRY(next(iterator.get()));
        if (!item) return set;
        auto converted = as_int64(item.get());
        if (!converted.ok() && !clear_error_if(exc::OverflowError)) return raised;
        ssize_t number = converted.ok() ? converted.take() : -1;
        if (number < 1 || number >= NSIG) return raise(exc::ValueError, "signal number %zd out of range [1; %d]", number, NSIG - 1);
        sigaddset(&set, int(number));
    }
}
Fallible<void> simulate_signal(int number) {
    if (number < 1 || number >= NSIG) return raise(exc::ValueError, "signal number out of range");
    if (is_python_handler(handlers[number].function)) trip(number);
    return {};
}

void signals_after_fork() {
    for (Handler& each : handlers) each.arrived = false;
    any_arrived = false;
}

void signals_at_end() {
    for (int number = 1; number < NSIG; ++number) {
        Ref<> function = steal(std::exchange(handlers[number].function, nullptr));
        if (is_python_handler(function.get())) set_c_handler(number, SIG_DFL);
    }
}

bool signals_arrived() {
    return any_arrived && on_main_thread();
}

Fallible<void> check_signals() {
    if (!signals_arrived()) return {};
    any_arrived = false;
    for (int number = 1; number < NSIG; ++number) {
        if (!handlers[number].arrived.exchange(false)) continue;
        Object* function = handlers[number].function;
        if (!is_python_handler(function)) continue;
        Ref<> kept = share(function);
        InterpreterFrame* frame = first_complete_frame(current_frame());
        Object* frame_object = frame ? static_cast<Object*>(frame_object_of(frame)) : none();
        if (!frame_object) return raised;
        Ref<> kept_frame = share(frame_object);
        Ref<Int> boxed = TRY(int_from(number));
        Fallible<Ref<>> result = call(kept.get(), static_cast<Object*>(boxed.get()), kept_frame.get());
        if (!result.ok()) {
            any_arrived = true;  // the other ones are not lost
            request_work(kWorkSignals);
            return raised;
        }
    }
    return {};
}

namespace {

// _signal.default_int_handler(signalnum, frame, /)
Fallible<Ref<>> signal_default_int_handler(Object*, Object* const*) { return raise_bare(exc::KeyboardInterrupt); }

// _signal.signal(signalnum, handler, /)
Fallible<Ref<>> signal_signal(Object*, Object* const* a) {
    int number = TRY(signal_number(a[0]));
    if (!on_main_thread()) return raise(exc::ValueError, "signal only works in main thread of the main interpreter");
    void (*function)(int);
    if (is_callable(a[1]))
        function = c_handler;
    else if (is_int_exact(a[1]) && TRY(rich_compare_bool(a[1], ignore_handler, kEqual)))
        function = SIG_IGN;
    else if (is_int_exact(a[1]) && TRY(rich_compare_bool(a[1], default_handler, kEqual)))
        function = SIG_DFL;
    else
        return raise(exc::TypeError,
                     "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    TRY(check_signals());
    if (!set_c_handler(number, function)) return raise_os_error(errno);
    Object* kept = function == SIG_IGN ? ignore_handler : function == SIG_DFL ? default_handler : a[1];
    Ref<> old = steal(std::exchange(handlers[number].function, new_reference(kept)));
    if (!old) return share(none());
    return old;
}

// _signal.getsignal(signalnum, /)
Fallible<Ref<>> signal_getsignal(Object*, Object* number) {
    Object* function = handlers[TRY(signal_number(number))].function;
    return share(function ? function : none());
}
// _signal.raise_signal(signalnum, /)
Fallible<Ref<>> signal_raise_signal(Object*, Object* argument) {
    int number = TRY(as_c_int(argument));
    int status = without_gil([&] { return ::raise(number); });
    if (status != 0) return raise_os_error(errno);
    TRY(check_signals());
    return share(none());
}
// _signal.alarm(seconds, /)
Fallible<Ref<>> signal_alarm(Object*, Object* seconds) { return TRY(int_from(alarm(unsigned(TRY(as_c_int(seconds)))))); }
// _signal.pause()
Fallible<Ref<>> signal_pause(Object*) {
    without_gil(::pause);
    TRY(check_signals());
    return share(none());
}
// _signal.siginterrupt(signalnum, flag, /)
Fallible<Ref<>> signal_siginterrupt(Object*, Object* const* a) {
    int number = TRY(signal_number(a[0]));
    int flag = TRY(as_c_int(a[1]));
    struct sigaction action;
    if (sigaction(number, nullptr, &action) != 0) return raise_os_error(errno);
    if (flag)
        action.sa_flags &= ~SA_RESTART;
    else
        action.sa_flags |= SA_RESTART;
    if (sigaction(number, &action, nullptr) != 0) return raise_os_error(errno);
    return share(none());
}
// _signal.strsignal(signalnum, /)
Fallible<Ref<>> signal_strsignal(Object*, Object* argument) {
    int number = TRY(signal_number(argument));
    const char* text = ::strsignal(number);
    if (!text || !strncmp(text, "Unknown signal", 14)) return share(none());
    return TRY(str_from_fs(text));
}
// _signal.set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)
Fallible<Ref<>> signal_set_wakeup_fd(Object*, Object* const* a) {
    int descriptor = TRY(as_parsed_int(a[0]));
    bool warn = a[1] ? TRY(is_true(a[1])) : true;
    if (!on_main_thread()) return raise(exc::ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
    if (descriptor != -1) {
        Ref<Int> number = TRY(int_from(descriptor));
        Ref<> os = TRY(import_module("posix"));
        TRY(call_method(os.get(), "fstat"_name, static_cast<Object*>(number.get())));
        Ref<> blocking = TRY(call_method(os.get(), "get_blocking"_name, static_cast<Object*>(number.get())));
        if (blocking.get() == py_true()) return raise(exc::ValueError, "the fd %i must be in non-blocking mode", descriptor);
    }
    int old = wakeup_descriptor;
    wakeup_descriptor = descriptor;
    warn_on_full_buffer = warn;
    return TRY(int_from(old));
}
Object* set_wakeup_fd_entry(Object* self, Object* const* args, ssize_t nargs, Object* kwnames) {
    TRY(check_only_positional("set_wakeup_fd", nargs, kwnames));
    return Bound<signal_set_wakeup_fd, "set_wakeup_fd", "($module, fd, /, *, warn_on_full_buffer=True)">::fastcall(self, args, nargs, kwnames);
}

// Seconds, rounded up so that a timer does not fire early or, at 0, not at all.
Fallible<timeval> timeval_argument(Object* seconds) {
    int64_t nanoseconds = TRY(nanoseconds_from_object(seconds, Rounding::Ceiling));
    timespec rounded = timespec_from_nanoseconds(nanoseconds + 999);
    return timeval{rounded.tv_sec, suseconds_t(rounded.tv_nsec / 1000)};
}
double timeval_to_seconds(const timeval& value) { return double(value.tv_sec) + double(value.tv_usec) / 1e6; }
Fallible<Ref<>> itimer_pair(const itimerval& value) {
    Ref<> delay = TRY(float_from(timeval_to_seconds(value.it_value)));
    Ref<> interval = TRY(float_from(timeval_to_seconds(value.it_interval)));
    return TRY(tuple_pack(delay.get(), interval.get()));
}
Raised raise_itimer_error() {
    Ref<> error = TRY(call(itimer_error, static_cast<Object*>(TRY(int_from(errno)).get()),
                           static_cast<Object*>(TRY(str_from_fs(::strerror(errno))).get())));
    return raise_instance(error.get());
}
// _signal.setitimer(which, seconds, interval=0.0, /)
Fallible<Ref<>> signal_setitimer(Object*, Object* const* a) {
    int which = TRY(as_c_int(a[0]));
    itimerval wanted{}, old{};
    wanted.it_value = TRY(timeval_argument(a[1]));
    if (a[2]) wanted.it_interval = TRY(timeval_argument(a[2]));
    if (::setitimer(__itimer_which_t(which), &wanted, &old) != 0) return raise_itimer_error();
    return itimer_pair(old);
}
// _signal.getitimer(which, /)
Fallible<Ref<>> signal_getitimer(Object*, Object* argument) {
    int which = TRY(as_c_int(argument));
    itimerval value{};
    if (::getitimer(__itimer_which_t(which), &value) != 0) return raise_itimer_error();
    return itimer_pair(value);
}

Fallible<Ref<>> sigset_object(const sigset_t& set) {
    Ref<Set> result = TRY(set_new(nullptr));
    for (int number = 1; number < NSIG; ++number)
        if (sigismember(&set, number) == 1) TRY(set_add(result.get(), TRY(int_from(number)).get()));
    return result;
}
// _signal.pthread_sigmask(how, mask, /)
Fallible<Ref<>> signal_pthread_sigmask(Object*, Object* const* a) {
    int how = TRY(as_c_int(a[0]));
    sigset_t wanted = TRY(sigset_argument(a[1]));
    sigset_t old;
    int status = ::pthread_sigmask(how, &wanted, &old);
    if (status != 0) return raise_os_error(status);
    TRY(check_signals());
    return sigset_object(old);
}
// _signal.sigpending()
Fallible<Ref<>> signal_sigpending(Object*) {
    sigset_t set;
    if (::sigpending(&set) != 0) return raise_os_error(errno);
    return sigset_object(set);
}
// _signal.valid_signals()
Fallible<Ref<>> signal_valid_signals(Object*) {
    sigset_t set;
    sigfillset(&set);
    return sigset_object(set);
}
// _signal.sigwait(sigset, /)
Fallible<Ref<>> signal_sigwait(Object*, Object* sigset) {
    sigset_t set = TRY(sigset_argument(sigset));
    int number;
    int status = without_gil([&] { return ::sigwait(&set, &number); });
    if (status != 0) return raise_os_error(status);
    return TRY(int_from(number));
}
Fallible<Ref<>> siginfo_object(const siginfo_t& info) {
    Ref<Tuple> result = TRY(struct_sequence_new(siginfo_type));
    const int64_t values[] = {info.si_signo, info.si_code, info.si_errno, info.si_pid, info.si_uid, info.si_status, info.si_band};
    for (int i = 0; i < 7; ++i) struct_sequence_set(result.get(), i, TRY(int_from(values[i])));
    return result;
}
// _signal.sigwaitinfo(sigset, /)
Fallible<Ref<>> signal_sigwaitinfo(Object*, Object* sigset) {
    sigset_t set = TRY(sigset_argument(sigset));
    for (;;) {
        siginfo_t info;
        int status = without_gil([&] { return ::sigwaitinfo(&set, &info); });
        if (status >= 0) return siginfo_object(info);
        if (errno != EINTR) return raise_os_error(errno);
        TRY(check_signals());
    }
}
// _signal.sigtimedwait(sigset, timeout, /)
Fallible<Ref<>> signal_sigtimedwait(Object*, Object* const* a) {
    sigset_t set = TRY(sigset_argument(a[0]));
    int64_t timeout = TRY(nanoseconds_from_object(a[1], Rounding::Ceiling));
    if (timeout < 0) return raise(exc::ValueError, "timeout must be non-negative");
    Deadline deadline(timeout);
    for (;;) {
        timespec wait = timespec_from_nanoseconds(std::max<int64_t>(deadline.nanoseconds_left(), 0));
        siginfo_t info;
        int status = without_gil([&] { return ::sigtimedwait(&set, &info, &wait); });
        if (status >= 0) return siginfo_object(info);
        if (errno == EAGAIN) return share(none());
        if (errno != EINTR) return raise_os_error(errno);
        TRY(check_signals());
    }
}
// _signal.pthread_kill(thread_id, signalnum, /)
Fallible<Ref<>> signal_pthread_kill(Object*, Object* const* a) {
    if (!is_int(a[0])) return raise(exc::TypeError, "pthread_kill() argument 1 must be int, not %N", a[0]);
    uint64_t thread = as_uint64_masked(as_int(a[0]));
    int number = TRY(as_c_int(a[1]));
    TRY(audit("signal.pthread_kill", "ni", ssize_t(thread), number));
    int status = ::pthread_kill(pthread_t(thread), number);
    if (status != 0) return raise_os_error(status);
    TRY(check_signals());
    return share(none());
}
// _signal.pidfd_send_signal(pidfd, signalnum, siginfo=None, flags=0, /)
Fallible<Ref<>> signal_pidfd_send_signal(Object*, Object* const* a) {
    int descriptor = TRY(as_c_int(a[0]));
    int number = TRY(as_c_int(a[1]));
    int flags = a[3] ? TRY(as_c_int(a[3])) : 0;
    if (a[2] && a[2] != none()) return raise(exc::TypeError, "siginfo must be None");
    if (syscall(SYS_pidfd_send_signal, descriptor, number, nullptr, flags) < 0) return raise_os_error(errno);
    return share(none());
}

MethodDef signal_functions[] = {
    METHOD_O("alarm", signal_alarm, "($module, seconds, /)", "Have SIGALRM sent after some seconds."),
    METHOD("default_int_handler", signal_default_int_handler, "($module, signalnum, frame, /)", "Raise KeyboardInterrupt."),
    METHOD_O("getitimer", signal_getitimer, "($module, which, /)", "The timer's delay and interval."),
    METHOD_O("getsignal", signal_getsignal, "($module, signalnum, /)", "The signal's handler."),
    METHOD_NOARGS("pause", signal_pause, "($module, /)", "Wait for a signal."),
    METHOD("pidfd_send_signal", signal_pidfd_send_signal, "($module, pidfd, signalnum, siginfo=None, flags=0, /)", "Send a signal to a process."),
    METHOD("pthread_kill", signal_pthread_kill, "($module, thread_id, signalnum, /)", "Send a signal to a thread."),
    METHOD("pthread_sigmask", signal_pthread_sigmask, "($module, how, mask, /)", "Change the thread's signal mask."),
    METHOD_O("raise_signal", signal_raise_signal, "($module, signalnum, /)", "Send a signal to this process."),
    {"set_wakeup_fd", CFunction(reinterpret_cast<void*>(set_wakeup_fd_entry)), kFastcall | kKeywords, "Write arriving signals' numbers to fd."},
    METHOD("setitimer", signal_setitimer, "($module, which, seconds, interval=0.0, /)", "Set an interval timer."),
    METHOD("siginterrupt", signal_siginterrupt, "($module, signalnum, flag, /)", "Whether the signal interrupts system calls."),
    METHOD("signal", signal_signal, "($module, signalnum, handler, /)", "Set the signal's handler; the old one."),
    METHOD_NOARGS("sigpending", signal_sigpending, "($module, /)", "Signals that wait for delivery."),
    METHOD("sigtimedwait", signal_sigtimedwait, "($module, sigset, timeout, /)", "Wait for a signal for some time."),
    METHOD_O("sigwait", signal_sigwait, "($module, sigset, /)", "Wait for a signal."),
    METHOD_O("sigwaitinfo", signal_sigwaitinfo, "($module, sigset, /)", "Wait for a signal; what is known of it."),
    METHOD_O("strsignal", signal_strsignal, "($module, signalnum, /)", "The system's text for the signal."),
    METHOD_NOARGS("valid_signals", signal_valid_signals, "($module, /)", "The signals of this platform."),
    END_ROW,
};

StructSequenceField siginfo_fields[] = {{"si_signo", "signal number"}, {"si_code", "signal code"}, {"si_errno", "errno"},
    {"si_pid", "sending process"}, {"si_uid", "its real user"}, {"si_status", "exit value or signal"}, {"si_band", "band event"}, {}};

// The handlers that are in force when the module is first imported.
Fallible<void> read_handlers() {
    for (int number = 1; number < NSIG; ++number) {
        struct sigaction action;
        Object* function = none();
        if (sigaction(number, nullptr, &action) == 0) {
            if (action.sa_handler == SIG_DFL) function = default_handler;
            if (action.sa_handler == SIG_IGN) function = ignore_handler;
        }
        if (!handlers[number].function) handlers[number].function = new_reference(function);
    }
    if (handlers[SIGINT].function == default_handler && runtime().config.install_signal_handlers) {
        replace_slot(handlers[SIGINT].function, new_reference(interrupt_handler));
        set_c_handler(SIGINT, c_handler);
    }
    return {};
}

Fallible<void> signal_execute(Module* module) {
    if (!default_handler) {
        default_handler = TRY(int_from(0)).release();
        ignore_handler = TRY(int_from(1)).release();
    }
    TRY(dict_set(module->dict, "SIG_DFL", default_handler));
    TRY(dict_set(module->dict, "SIG_IGN", ignore_handler));
    TRY(module_add_int(module, "NSIG", NSIG));
    TRY(module_add_int(module, "SIG_BLOCK", SIG_BLOCK));
    TRY(module_add_int(module, "SIG_UNBLOCK", SIG_UNBLOCK));
    TRY(module_add_int(module, "SIG_SETMASK", SIG_SETMASK));
    TRY(module_add_int(module, "ITIMER_REAL", ITIMER_REAL));
    TRY(module_add_int(module, "ITIMER_VIRTUAL", ITIMER_VIRTUAL));
    TRY(module_add_int(module, "ITIMER_PROF", ITIMER_PROF));
#define SIGNAL(name) TRY(module_add_int(module, #name, name));
#include "interp/modules/signals.def"
#undef SIGNAL
    Ref<> error = TRY(exception_type_new("signal.itimer_error", exc::OSError, nullptr));
    itimer_error = error.get();
    TRY(module_add(module, "ItimerError", std::move(error)));
    Ref<Type> info = TRY(struct_sequence_type_new({"signal.struct_siginfo", "What sigwaitinfo() knows of a signal.", siginfo_fields, 7}));
    siginfo_type = info.get();
    TRY(module_add(module, "struct_siginfo", Ref<>(std::move(info))));
    interrupt_handler = dict_get_str(module->dict, "default_int_handler"_name);
    return read_handlers();
}

}  // namespace

extern const NativeModule signal_module;
const NativeModule signal_module = {"_signal", "Signal handlers and timers.", signal_functions, signal_execute};

}  // namespace py
