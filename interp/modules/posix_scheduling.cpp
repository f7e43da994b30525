// posix: scheduling of processes.
#include <sched.h>

#include <climits>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"

namespace py {

namespace {

Type* parameters_type = nullptr;  // sched_param

Fallible<Ref<>> parameters_object(Object* priority) {
    Ref<Tuple> result = TRY(struct_sequence_new(parameters_type));
    struct_sequence_set(result.get(), 0, share(priority));
    return result;
}
// sched_param(sched_priority)
Fallible<Ref<>> sched_param_new(Type*, Object* const* a) { return parameters_object(a[0]); }

// posix.sched_yield()
Fallible<Ref<>> posix_sched_yield(Object*) { return posix_none_or_error(without_gil([] { return ::sched_yield(); })); }
// posix.sched_getaffinity(pid, /)
Fallible<Ref<>> posix_sched_getaffinity(Object*, Object* pid) {
    cpu_set_t set;
    if (::sched_getaffinity(TRY(as_c_int(pid)), sizeof set, &set) != 0) return raise_os_error(errno);
    Ref<Set> result = TRY(set_new(nullptr));
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(cpu, &set)) TRY(set_add(result.get(), TRY(int_from(cpu)).get()));
    return result;
}
// posix.sched_setaffinity(pid, mask, /)
Fallible<Ref<>> posix_sched_setaffinity(Object*, Object* const* a) {
    int pid = TRY(as_c_int(a[0]));
    cpu_set_t set;
    CPU_ZERO(&set);
    Ref<> iterator = TRY(iter(a[1]));
    for (;;) {
        Ref<> item = TRY(next(iterator.get()));
        if (!item) break;
        int cpu = TRY(as_c_int(item.get()));
        if (cpu < 0 || cpu >= CPU_SETSIZE) return raise(exc::ValueError, cpu < 0 ? "negative CPU number" : "CPU number too large");
        CPU_SET(cpu, &set);
    }
    return posix_none_or_error(::sched_setaffinity(pid, sizeof set, &set));
}
// posix.sched_getscheduler(pid, /)
Fallible<Ref<>> posix_sched_getscheduler(Object*, Object* pid) {
    int policy = ::sched_getscheduler(TRY(as_c_int(pid)));
    if (policy < 0) return raise_os_error(errno);
    return TRY(int_from(policy));
}
// posix.sched_get_priority_max(policy)
Fallible<Ref<>> posix_sched_priority_max(Object*, Object* const* a) {
    int value = ::sched_get_priority_max(TRY(as_c_int(a[0])));
    if (value < 0) return raise_os_error(errno);
    return TRY(int_from(value));
}
// posix.sched_get_priority_min(policy)
Fallible<Ref<>> posix_sched_priority_min(Object*, Object* const* a) {
    int value = ::sched_get_priority_min(TRY(as_c_int(a[0])));
    if (value < 0) return raise_os_error(errno);
    return TRY(int_from(value));
}
// posix.sched_getparam(pid, /)
Fallible<Ref<>> posix_sched_getparam(Object*, Object* pid) {
    sched_param parameters;
    if (::sched_getparam(TRY(as_c_int(pid)), &parameters) < 0) return raise_os_error(errno);
    Ref<Int> priority = TRY(int_from(parameters.sched_priority));
    return parameters_object(priority.get());
}
// posix.sched_setparam(pid, param, /)
Fallible<Ref<>> posix_sched_setparam(Object*, Object* const* a) {
    int pid = TRY(as_c_int(a[0]));
    sched_param parameters = TRY(scheduling_parameters(a[1]));
    return posix_none_or_error(::sched_setparam(pid, &parameters));
}
// posix.sched_setscheduler(pid, policy, param, /)
Fallible<Ref<>> posix_sched_setscheduler(Object*, Object* const* a) {
    int pid = TRY(as_c_int(a[0])), policy = TRY(as_c_int(a[1]));
    sched_param parameters = TRY(scheduling_parameters(a[2]));
    return posix_none_or_error(::sched_setscheduler(pid, policy, &parameters));
}
// posix.sched_rr_get_interval(pid, /)
Fallible<Ref<>> posix_sched_rr_get_interval(Object*, Object* pid) {
    timespec interval;
    if (::sched_rr_get_interval(TRY(as_c_int(pid)), &interval) < 0) return raise_os_error(errno);
    return float_from(double(interval.tv_sec) + 1e-9 * double(interval.tv_nsec));
}

StructSequenceField parameters_fields[] = {{"sched_priority", "the scheduling priority"}, {}};

}  // namespace

Fallible<sched_param> scheduling_parameters(Object* object) {
    if (object->type != parameters_type) return raise(exc::TypeError, "must have a sched_param object");
    int64_t priority = TRY(as_int64(as_tuple(object)->items[0]));
    if (priority > INT_MAX || priority < INT_MIN) return raise(exc::OverflowError, "sched_priority out of range");
    sched_param parameters{};
    parameters.sched_priority = int(priority);
    return parameters;
}

Fallible<void> add_scheduling_types(Module* module) {
    Ref<Type> type = TRY(struct_sequence_type_new({"posix.sched_param", "A scheduling priority.", parameters_fields, 1}));
    parameters_type = type.get();
    parameters_type->new_ = Bound<sched_param_new, "sched_param", "($type, /, sched_priority)">::new_;
    return module_add(module, "sched_param", Ref<>(std::move(type)));
}

MethodDef posix_scheduling_functions[] = {
    METHOD("sched_get_priority_max", posix_sched_priority_max, "($module, /, policy)", "Highest priority of a policy."),
    METHOD("sched_get_priority_min", posix_sched_priority_min, "($module, /, policy)", "Lowest priority of a policy."),
    METHOD_O("sched_getaffinity", posix_sched_getaffinity, "($module, pid, /)", "CPUs the process may run on."),
    METHOD_O("sched_getscheduler", posix_sched_getscheduler, "($module, pid, /)", "The scheduling policy."),
    METHOD_PARSED_FAST("sched_setaffinity", posix_sched_setaffinity, 2, "($module, pid, mask, /)", "Set the CPUs it may run on."),
    METHOD_NOARGS("sched_yield", posix_sched_yield, "($module, /)", "Let other threads run."),
    METHOD_O("sched_getparam", posix_sched_getparam, "($module, pid, /)", "The scheduling parameters of a process."),
    METHOD_O("sched_rr_get_interval", posix_sched_rr_get_interval, "($module, pid, /)", "The round-robin quantum in seconds."),
    METHOD_PARSED_FAST("sched_setparam", posix_sched_setparam, 2, "($module, pid, param, /)", "Set the scheduling parameters."),
    METHOD_PARSED_FAST("sched_setscheduler", posix_sched_setscheduler, 3, "($module, pid, policy, param, /)", "Set the scheduling policy and parameters."),
    END_ROW,
};

}  // namespace py
