// resource: limits and use of the resources of a process.
#include "interp/modules/resource.h"

#include <unistd.h>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"

namespace py {

Fallible<Ref<>> usage_result(Type* type, const rusage& usage) {
    Ref<Tuple> result = TRY(struct_sequence_new(type));
    auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
    struct_sequence_set(result.get(), 0, TRY(float_from(seconds(usage.ru_utime))));
    struct_sequence_set(result.get(), 1, TRY(float_from(seconds(usage.ru_stime))));
    const long values[] = {usage.ru_maxrss, usage.ru_ixrss,   usage.ru_idrss,  usage.ru_isrss,  usage.ru_minflt,
                           usage.ru_majflt, usage.ru_nswap,   usage.ru_inblock, usage.ru_oublock, usage.ru_msgsnd,
                           usage.ru_msgrcv, usage.ru_nsignals, usage.ru_nvcsw,  usage.ru_nivcsw};
    int at = 2;
    for (long value : values) struct_sequence_set(result.get(), at++, TRY(int_from(value)));
    return result;
}

namespace {

Type* usage_type = nullptr;  // the module keeps it

Fallible<int> resource_argument(Object* value) {
    int resource = TRY(as_c_int(value));
    if (resource < 0 || resource >= RLIM_NLIMITS) return raise(exc::ValueError, "invalid resource specified");
    return resource;
}

// Limits are C longs to Python: -1 is RLIM_INFINITY.
Fallible<Ref<>> limits_result(const rlimit& limits) {
    Ref<Int> soft = TRY(int_from(int64_t(limits.rlim_cur))), hard = TRY(int_from(int64_t(limits.rlim_max)));
    return TRY(tuple_pack(soft.get(), hard.get()));
}
Fallible<rlimit> limits_argument(Object* value) {
    Ref<Tuple> pair = TRY(tuple_of(value));
    if (pair->size != 2) return raise(exc::ValueError, "expected a tuple of 2 integers");
    long numbers[2];
    for (int i = 0; i < 2; ++i) {
        int overflow;
        numbers[i] = as_int64_clamped(TRY(index(pair->items[i])).get(), &overflow);
        if (overflow) return raise(exc::OverflowError, "Python int too large to convert to C long");
    }
    return rlimit{rlim_t(numbers[0]), rlim_t(numbers[1])};
}
Raised raise_limit_error() {
    if (errno == EINVAL) return raise(exc::ValueError, "current limit exceeds maximum limit");
    if (errno == EPERM) return raise(exc::ValueError, "not allowed to raise maximum limit");
    return raise_os_error(errno);
}

// resource.getrusage(who, /)
Fallible<Ref<>> resource_getrusage(Object*, Object* who) {
    rusage usage;
    if (::getrusage(__rusage_who_t(TRY(as_c_int(who))), &usage) != 0) {
        if (errno == EINVAL) return raise(exc::ValueError, "invalid who parameter");
        return raise_os_error(errno);
    }
    return usage_result(usage_type, usage);
}
// resource.getrlimit(resource, /)
Fallible<Ref<>> resource_getrlimit(Object*, Object* which) {
    rlimit limits;
    if (::getrlimit(__rlimit_resource_t(TRY(resource_argument(which))), &limits) != 0) return raise_os_error(errno);
    return limits_result(limits);
}
// resource.setrlimit(resource, limits, /)
Fallible<Ref<>> resource_setrlimit(Object*, Object* const* a) {
    int which = TRY(as_c_int(a[0]));
    TRY(audit("resource.setrlimit", "iO", which, a[1] ? a[1] : none()));
    TRY(resource_argument(a[0]));
    rlimit limits = TRY(limits_argument(a[1]));
    if (::setrlimit(__rlimit_resource_t(which), &limits) != 0) return raise_limit_error();
    return share(none());
}
// resource.prlimit(pid, resource, limits=None, /)
Fallible<Ref<>> resource_prlimit(Object*, Object* const* args, ssize_t count) {
    if (count < 2 || count > 3) return raise(exc::TypeError, "resource.prlimit requires 2 to 3 arguments");
    int process = TRY(as_c_int(args[0])), which = TRY(as_c_int(args[1]));
    bool setting = count == 3 && !is_none(args[2]);
    TRY(audit("resource.prlimit", "iiO", process, which, setting ? args[2] : none()));
    TRY(resource_argument(args[1]));
    rlimit wanted{}, before;
    if (setting) wanted = TRY(limits_argument(args[2]));
    if (::prlimit(process, static_cast<enum __rlimit_resource>(which), setting ? &wanted : nullptr, &before) != 0) return raise_limit_error();
    return limits_result(before);
}
// resource.getpagesize()
Fallible<Ref<>> resource_getpagesize(Object*) { return TRY(int_from(sysconf(_SC_PAGESIZE))); }

MethodDef resource_functions[] = {
    METHOD_NOARGS("getpagesize", resource_getpagesize, "($module, /)", "The size of a page of memory."),
    METHOD_O("getrlimit", resource_getrlimit, "($module, resource, /)", "The (soft, hard) limits of a resource."),
    METHOD_O("getrusage", resource_getrusage, "($module, who, /)", "What a process or its children used."),
    METHOD_FAST_UNSIGNED("prlimit", resource_prlimit, "prlimit(pid, resource[, limits])\n\nThe limits of a process; sets them when given."),
    METHOD("setrlimit", resource_setrlimit, "($module, resource, limits, /)", "Set the (soft, hard) limits of a resource."),
    END_ROW,
};

StructSequenceField usage_fields[] = {
    {"ru_utime", "user time used"},
    {"ru_stime", "system time used"},
    {"ru_maxrss", "max. resident set size"},
    {"ru_ixrss", "shared memory size"},
    {"ru_idrss", "unshared data size"},
    {"ru_isrss", "unshared stack size"},
    {"ru_minflt", "page faults not requiring I/O"},
    {"ru_majflt", "page faults requiring I/O"},
    {"ru_nswap", "number of swap outs"},
    {"ru_inblock", "block input operations"},
    {"ru_oublock", "block output operations"},
    {"ru_msgsnd", "IPC messages sent"},
    {"ru_msgrcv", "IPC messages received"},
    {"ru_nsignals", "signals received"},
    {"ru_nvcsw", "voluntary context switches"},
    {"ru_nivcsw", "involuntary context switches"},
    {},
};

const struct {
    const char* name;
    int64_t value;
} resource_constants[] = {
#define CONSTANT(name) {#name, int64_t(name)}
    CONSTANT(RLIMIT_AS), CONSTANT(RLIMIT_CORE), CONSTANT(RLIMIT_CPU), CONSTANT(RLIMIT_DATA), CONSTANT(RLIMIT_FSIZE),
    CONSTANT(RLIMIT_MEMLOCK), CONSTANT(RLIMIT_MSGQUEUE), CONSTANT(RLIMIT_NICE), CONSTANT(RLIMIT_NOFILE), CONSTANT(RLIMIT_NPROC),
    CONSTANT(RLIMIT_OFILE), CONSTANT(RLIMIT_RSS), CONSTANT(RLIMIT_RTPRIO), CONSTANT(RLIMIT_RTTIME), CONSTANT(RLIMIT_SIGPENDING),
    CONSTANT(RLIMIT_STACK), CONSTANT(RLIM_INFINITY), CONSTANT(RUSAGE_CHILDREN), CONSTANT(RUSAGE_SELF), CONSTANT(RUSAGE_THREAD),
#undef CONSTANT
};

Fallible<void> resource_execute(Module* module) {
    for (auto& each : resource_constants) TRY(module_add_int(module, each.name, each.value));
    TRY(module_add(module, "error", share(static_cast<Object*>(exc::OSError))));
    Ref<Type> usage = TRY(struct_sequence_type_new({"resource.struct_rusage", "The result of getrusage().", usage_fields, 16}));
    usage_type = usage.get();
    return module_add(module, "struct_rusage", Ref<>(std::move(usage)));
}

}  // namespace

extern const NativeModule resource_module;
const NativeModule resource_module = {"resource", nullptr, resource_functions, resource_execute};

}  // namespace py
