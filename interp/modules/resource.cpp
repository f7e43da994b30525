// resource: limits of the process and what it has used.
#include "interp/modules/resource.h"

#include <unistd.h>

#include <cerrno>

#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/runtime/audit.h"

namespace py {

namespace {

StructSequenceField usage_fields[] = {{"ru_utime", "user time used"},
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
                                      {}};

// Made at the first use.
Fallible<Type*> usage_type() {
    static Type* type = nullptr;
    if (!type)
        type = TRY(struct_sequence_type_new(
            {"resource.struct_rusage", "Result of getrusage(): what was used of the resources.", usage_fields, 16}))
    .release();
    return type;
}

Fallible<int> resource_argument(Object* object) {
    int resource = TRY(as_c_int(object));
    if (resource < 0 || resource >= int(RLIM_NLIMITS)) return raise(exc::ValueError, "invalid resource specified");
    return resource;
}
Fallible<rlimit> limits_argument(Object* object) {
    Ref<Tuple> items = TRY(tuple_of(object));
    if (items->size != 2) return raise(exc::ValueError, "expected a tuple of 2 integers");
    rlimit limits;
    limits.rlim_cur = rlim_t(TRY(as_int64(items->items[0])));
    limits.rlim_max = rlim_t(TRY(as_int64(items->items[1])));
    return limits;
}
Fallible<Ref<>> limits_object(const rlimit& limits) {
    Ref<Int> soft = TRY(int_from(int64_t(limits.rlim_cur)));
    Ref<Int> hard = TRY(int_from(int64_t(limits.rlim_max)));
    return TRY(tuple_pack(soft.get(), hard.get()));
}

// resource.getrusage(who, /)
Fallible<Ref<>> resource_getrusage(Object*, Object* who) {
    int which = TRY(as_c_int(who));
    rusage usage;
    if (::getrusage(__rusage_who_t(which), &usage) < 0) {
        if (errno == EINVAL) return raise(exc::ValueError, "invalid who parameter");
        return raise_os_error(errno);
    }
    return resource_usage_object(usage);
}
// resource.getrlimit(resource, /)
Fallible<Ref<>> resource_getrlimit(Object*, Object* resource) {
    rlimit limits;
    if (::getrlimit(__rlimit_resource_t(TRY(resource_argument(resource))), &limits) < 0) return raise_os_error(errno);
    return limits_object(limits);
}
// resource.setrlimit(resource, limits, /)
Fallible<Ref<>> resource_setrlimit(Object*, Object* const* a) {
    int number = TRY(as_c_int(a[0]));
    TRY(audit("resource.setrlimit", "iO", number, a[1]));
    int resource = TRY(resource_argument(a[0]));
    rlimit limits = TRY(limits_argument(a[1]));
    if (::setrlimit(__rlimit_resource_t(resource), &limits) < 0) {
        if (errno == EINVAL) return raise(exc::ValueError, "current limit exceeds maximum limit");
        if (errno == EPERM) return raise(exc::ValueError, "not allowed to raise maximum limit");
        return raise_os_error(errno);
    }
    return share(none());
}
// resource.prlimit(pid, resource, limits=None, /)
Fallible<Ref<>> resource_prlimit(Object*, Object* const* args, ssize_t nargs) {
    if (nargs < 2 || nargs > 3) return raise(exc::TypeError, "resource.prlimit requires 2 to 3 arguments");
    pid_t pid = TRY(as_c_int(args[0]));
    int number = TRY(as_c_int(args[1]));
    Object* wanted = nargs > 2 ? args[2] : none();
    TRY(audit("resource.prlimit", "iiO", int(pid), number, wanted));
    int resource = TRY(resource_argument(args[1]));
    rlimit limits{}, old;
    if (!is_none(wanted)) limits = TRY(limits_argument(wanted));
    if (::prlimit(pid, __rlimit_resource(resource), is_none(wanted) ? nullptr : &limits, &old) < 0) {
        if (errno == EINVAL) return raise(exc::ValueError, "current limit exceeds maximum limit");
        return raise_os_error(errno);
    }
    return limits_object(old);
}
// resource.getpagesize()
Fallible<Ref<>> resource_getpagesize(Object*) {
    return TRY(int_from(::sysconf(_SC_PAGESIZE)));
}

MethodDef resource_functions[] = {
    METHOD_NOARGS("getpagesize", resource_getpagesize, "($module, /)", "Size of a memory page."),
    METHOD_O("getrlimit", resource_getrlimit, "($module, resource, /)", "A resource's (soft, hard) limit."),
    METHOD_O("getrusage", resource_getrusage, "($module, who, /)",
             "What the process, its children or the thread have used."),
    METHOD_FAST_UNSIGNED("prlimit", resource_prlimit,
                         "prlimit(pid, resource[, limits])\n\nGet and perhaps set a limit of another process."),
    METHOD("setrlimit", resource_setrlimit, "($module, resource, limits, /)", "Set a resource's (soft, hard) limit."),
    END_ROW,
};

#define CONSTANT(name) \
    { #name, int64_t(name) }
const struct {
    const char* name;
    int64_t value;
} resource_constants[] = {
    CONSTANT(RLIMIT_AS),     CONSTANT(RLIMIT_CORE),     CONSTANT(RLIMIT_CPU),        CONSTANT(RLIMIT_DATA),
    CONSTANT(RLIMIT_FSIZE),  CONSTANT(RLIMIT_MEMLOCK),  CONSTANT(RLIMIT_MSGQUEUE),   CONSTANT(RLIMIT_NICE),
    CONSTANT(RLIMIT_NOFILE), CONSTANT(RLIMIT_NPROC),    CONSTANT(RLIMIT_OFILE),      CONSTANT(RLIMIT_RSS),
    CONSTANT(RLIMIT_RTPRIO), CONSTANT(RLIMIT_RTTIME),   CONSTANT(RLIMIT_SIGPENDING), CONSTANT(RLIMIT_STACK),
    CONSTANT(RLIM_INFINITY), CONSTANT(RUSAGE_CHILDREN), CONSTANT(RUSAGE_SELF),       CONSTANT(RUSAGE_THREAD),
};
#undef CONSTANT

Fallible<void> resource_execute(Module* module) {
    TRY(dict_set(module->dict, "error", static_cast<Object*>(exc::OSError)));
    TRY(dict_set(module->dict, "struct_rusage", static_cast<Object*>(TRY(usage_type()))));
    for (auto& each : resource_constants)
        TRY(module_add_int(module, each.name, each.value));
    return {};
}

}  // namespace

Fallible<Ref<>> resource_usage_object(const rusage& usage) {
    Ref<Tuple> result = TRY(struct_sequence_new(TRY(usage_type())));
    auto seconds = [](const timeval& time) { return float_from(double(time.tv_sec) + double(time.tv_usec) * 1e-6); };
    struct_sequence_set(result.get(), 0, TRY(seconds(usage.ru_utime)));
    struct_sequence_set(result.get(), 1, TRY(seconds(usage.ru_stime)));
    const long values[] = {usage.ru_maxrss, usage.ru_ixrss,    usage.ru_idrss,   usage.ru_isrss,   usage.ru_minflt,
                           usage.ru_majflt, usage.ru_nswap,    usage.ru_inblock, usage.ru_oublock, usage.ru_msgsnd,
                           usage.ru_msgrcv, usage.ru_nsignals, usage.ru_nvcsw,   usage.ru_nivcsw};
    for (int i = 0; i < 14; ++i)
        struct_sequence_set(result.get(), 2 + i, TRY(int_from(values[i])));
    return result;
}

extern const NativeModule resource_module;
const NativeModule resource_module = {"resource", "Limits and usage of system resources.", resource_functions,
                                      resource_execute};

}  // namespace py
