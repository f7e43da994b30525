// time: clocks and sleeping.
#include <pthread.h>

#include <cerrno>

#include "interp/modules/time.h"
#include "interp/modules/time_conversion.h"
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

Fallible<int64_t> nanoseconds_of_clock(clockid_t clock) {
    timespec now;
    if (clock_gettime(clock, &now) != 0) return raise_os_error(errno);
    return int64_t(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

Fallible<Ref<>> read_seconds(clockid_t clock) {
    return float_from(seconds_from_nanoseconds(TRY(nanoseconds_of_clock(clock))));
}
Fallible<Ref<>> read_nanoseconds(clockid_t clock) { return TRY(int_from(TRY(nanoseconds_of_clock(clock)))); }

}  // namespace

// time.time()
Fallible<Ref<>> time_time(Object*) { return read_seconds(CLOCK_REALTIME); }
// time.time_ns()
Fallible<Ref<>> time_time_ns(Object*) { return read_nanoseconds(CLOCK_REALTIME); }
// time.monotonic(), time.perf_counter()
Fallible<Ref<>> time_monotonic(Object*) { return read_seconds(CLOCK_MONOTONIC); }
// time.monotonic_ns(), time.perf_counter_ns()
Fallible<Ref<>> time_monotonic_ns(Object*) { return read_nanoseconds(CLOCK_MONOTONIC); }
// time.process_time()
Fallible<Ref<>> time_process_time(Object*) { return read_seconds(CLOCK_PROCESS_CPUTIME_ID); }
// time.process_time_ns()
Fallible<Ref<>> time_process_time_ns(Object*) { return read_nanoseconds(CLOCK_PROCESS_CPUTIME_ID); }
// time.thread_time()
Fallible<Ref<>> time_thread_time(Object*) { return read_seconds(CLOCK_THREAD_CPUTIME_ID); }
// time.thread_time_ns()
Fallible<Ref<>> time_thread_time_ns(Object*) { return read_nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

// time.clock_gettime(clk_id)
Fallible<Ref<>> time_clock_gettime(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("clock_gettime", nargs, 1, 1));
    return read_seconds(TRY(as_c_int(args[0])));
}

// time.clock_gettime_ns(clk_id)
Fallible<Ref<>> time_clock_gettime_ns(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("clock_gettime", nargs, 1, 1));
    return read_nanoseconds(TRY(as_c_int(args[0])));
}

// time.clock_settime(clk_id, time)
Fallible<Ref<>> time_clock_settime(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("clock_settime", nargs, 2, 2));
    int clock = TRY(as_c_int(args[0]));
    timespec value = timespec_from_nanoseconds(TRY(nanoseconds_from_object(args[1], Rounding::Floor)));
    if (clock_settime(clock, &value) != 0) return raise_os_error(errno);
    return share(none());
}

// time.clock_settime_ns(clk_id, time)
Fallible<Ref<>> time_clock_settime_ns(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("clock_settime", nargs, 2, 2));
    int clock = TRY(as_c_int(args[0]));
    if (!is_int(args[1])) return raise(exc::TypeError, "expect int, got %s", args[1]->type->name);
    timespec value = timespec_from_nanoseconds(TRY(as_int64(args[1])));
    if (clock_settime(clock, &value) != 0) return raise_os_error(errno);
    return share(none());
}

// time.clock_getres(clk_id)
Fallible<Ref<>> time_clock_getres(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("clock_getres", nargs, 1, 1));
    timespec resolution;
    if (clock_getres(TRY(as_c_int(args[0])), &resolution) != 0) return raise_os_error(errno);
    return float_from(double(resolution.tv_sec) + double(resolution.tv_nsec) * 1e-9);
}

// time.pthread_getcpuclockid(thread_id)
Fallible<Ref<>> time_pthread_getcpuclockid(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("pthread_getcpuclockid", nargs, 1, 1));
    auto thread = pthread_t(TRY(as_uint64(args[0])));
    clockid_t clock;
    if (int error = pthread_getcpuclockid(thread, &clock)) return raise_os_error(error);
    return TRY(int_from(clock));
}

namespace {

struct ClockRow {
    std::string_view name;
    clockid_t clock;
    const char* implementation;
    bool monotonic, adjustable;
};
constexpr ClockRow kClocks[] = {
    {"time", CLOCK_REALTIME, "clock_gettime(CLOCK_REALTIME)", false, true},
    {"monotonic", CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false},
    {"perf_counter", CLOCK_MONOTONIC, "clock_gettime(CLOCK_MONOTONIC)", true, false},
    {"process_time", CLOCK_PROCESS_CPUTIME_ID, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false},
    {"thread_time", CLOCK_THREAD_CPUTIME_ID, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false},
};

}  // namespace

// time.get_clock_info(name)
Fallible<Ref<>> time_get_clock_info(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_parsed_count("get_clock_info", nargs, 1, 1));
    if (!is_str(args[0]))
        return raise(exc::TypeError, "get_clock_info() argument 1 must be str, not %N",
                     args[0]);
    for (const ClockRow& row : kClocks) {
        if (!str_equals(as_str(args[0]), row.name)) continue;
        timespec resolution;
        if (clock_getres(row.clock, &resolution) != 0) return raise_os_error(errno);
        Ref<Dict> fields = TRY(dict_new());
        Ref<Str> implementation = TRY(str_from_ascii(row.implementation));
        Ref<> seconds = TRY(float_from(double(resolution.tv_sec) + double(resolution.tv_nsec) * 1e-9));
        TRY(dict_set(fields.get(), "implementation", implementation.get()));
        TRY(dict_set(fields.get(), "monotonic", bool_object(row.monotonic)));
        TRY(dict_set(fields.get(), "adjustable", bool_object(row.adjustable)));
        TRY(dict_set(fields.get(), "resolution", seconds.get()));
        return namespace_new(fields.get());
    }
    return raise(exc::ValueError, "unknown clock");
}

// time.sleep(seconds): signals that arrive run their handlers, then the rest is slept.
Fallible<Ref<>> time_sleep(Object*, Object* seconds) {
    int64_t length = TRY(nanoseconds_from_object(seconds, Rounding::Away));
    if (length < 0) return raise(exc::ValueError, "sleep length must be non-negative");
    int64_t end;
    if (__builtin_add_overflow(monotonic_nanoseconds(), length, &end))
        return raise(exc::OverflowError, "timestamp too large to convert to C PyTime_t");
    timespec deadline = timespec_from_nanoseconds(end);
    while (true) {
        int error = without_gil([&] { return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr); });
        if (error == 0) return share(none());
        if (error != EINTR) return raise_os_error(error);
        TRY(check_signals());
    }
}

}  // namespace py
