// posix: who and what the process is: users, groups, sessions.
#include <grp.h>
#include <limits.h>
#include <unistd.h>

#include <vector>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/memory_limit.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"

namespace py {

namespace {

template <auto F>
Fallible<Ref<>> identity_number(Object*) {
    return TRY(int_from(int64_t(F())));
}
template <auto F, FixedString Kind>
Fallible<Ref<>> set_one(Object*, Object* value) {
    return posix_none_or_error(F(TRY(id_argument(value, Kind.text))));
}
template <auto F, FixedString Kind>
Fallible<Ref<>> set_two(Object*, Object* const* a) {
    return posix_none_or_error(F(TRY(id_argument(a[0], Kind.text)), TRY(id_argument(a[1], Kind.text))));
}
template <auto F, FixedString Kind>
Fallible<Ref<>> set_three(Object*, Object* const* a) {
    return posix_none_or_error(F(TRY(id_argument(a[0], Kind.text)), TRY(id_argument(a[1], Kind.text)), TRY(id_argument(a[2], Kind.text))));
}
template <auto F>
constexpr auto set_one_uid = set_one<F, "uid">;
template <auto F>
constexpr auto set_two_uid = set_two<F, "uid">;
template <auto F>
constexpr auto set_three_uid = set_three<F, "uid">;
template <auto F>
constexpr auto set_one_gid = set_one<F, "gid">;
template <auto F>
constexpr auto set_two_gid = set_two<F, "gid">;
template <auto F>
constexpr auto set_three_gid = set_three<F, "gid">;
template <auto F>
Fallible<Ref<>> get_three(Object*) {
    uint32_t a, b, c;
    if (F(&a, &b, &c) != 0) return raise_os_error(errno);
    Ref<Int> first = TRY(int_from(a)), second = TRY(int_from(b)), third = TRY(int_from(c));
    return TRY(tuple_pack(first.get(), second.get(), third.get()));
}
Fallible<Ref<>> group_list(const std::vector<gid_t>& groups) {
    Ref<List> list = TRY(list_new(0));
    for (gid_t each : groups) TRY(list_append(list.get(), TRY(int_from(each)).get()));
    return list;
}
// posix.getgroups()
Fallible<Ref<>> posix_getgroups(Object*) {
    int count = ::getgroups(0, nullptr);
    if (count < 0) return raise_os_error(errno);
    std::vector<gid_t> groups(size_t(count) + 1);
    count = ::getgroups(count, groups.data());
    if (count < 0) return raise_os_error(errno);
    groups.resize(size_t(count));
    return group_list(groups);
}
// posix.getgrouplist(user, group, /)
Fallible<Ref<>> posix_getgrouplist(Object*, Object* const* a) {
    Ref<Bytes> user = TRY(path_to_bytes(a[0]));
    gid_t base = TRY(id_argument(a[1], "gid"));
    int count = 64;
    std::vector<gid_t> groups(static_cast<size_t>(count));
    while (::getgrouplist(user->data, base, groups.data(), &count) < 0) groups.resize(size_t(count));
    groups.resize(size_t(count));
    return group_list(groups);
}
// posix.setgroups(groups, /)
Fallible<Ref<>> posix_setgroups(Object*, Object* sequence) {
    Ref<> items = TRY(fast_sequence(sequence, "setgroups argument must be a sequence"));
    std::vector<gid_t> groups;
    for (ssize_t i = 0; i < fast_sequence_size(items.get()); ++i) {
        Object* item = fast_sequence_items(items.get())[i];
        if (!is_int(item)) return raise(exc::TypeError, "groups must be integers");
        groups.push_back(TRY(id_argument(item, "gid")));
    }
    return posix_none_or_error(::setgroups(groups.size(), groups.data()));
}
// posix.initgroups(username, gid, /)
Fallible<Ref<>> posix_initgroups(Object*, Object* const* a) {
    Ref<Bytes> user = TRY(path_to_bytes(a[0]));
    return posix_none_or_error(::initgroups(user->data, TRY(id_argument(a[1], "gid"))));
}
// posix.getpgid(pid)
Fallible<Ref<>> posix_getpgid(Object*, Object* const* a) {
    pid_t group = ::getpgid(TRY(as_c_int(a[0])));
    if (group < 0) return raise_os_error(errno);
    return TRY(int_from(group));
}
// posix.getsid(pid, /)
Fallible<Ref<>> posix_getsid(Object*, Object* pid) {
    pid_t session = ::getsid(TRY(as_c_int(pid)));
    if (session < 0) return raise_os_error(errno);
    return TRY(int_from(session));
}
// posix.setpgid(pid, pgrp, /)
Fallible<Ref<>> posix_setpgid(Object*, Object* const* a) { return posix_none_or_error(::setpgid(TRY(as_c_int(a[0])), TRY(as_c_int(a[1])))); }
// posix.setpgrp()
Fallible<Ref<>> posix_setpgrp(Object*) { return posix_none_or_error(::setpgrp()); }
// posix.setsid()
Fallible<Ref<>> posix_setsid(Object*) { return posix_none_or_error(::setsid()); }
// posix.getlogin()
Fallible<Ref<>> posix_getlogin(Object*) {
    char name[256];
    int error = ::getlogin_r(name, sizeof name);
    if (error) return raise_os_error(error);
    return TRY(str_from_fs(name));
}

}  // namespace

MethodDef posix_identity_functions[] = {
    METHOD_NOARGS("getegid", identity_number<::getegid>, "($module, /)", "Effective group."),
    METHOD_NOARGS("geteuid", identity_number<::geteuid>, "($module, /)", "Effective user."),
    METHOD_NOARGS("getgid", identity_number<::getgid>, "($module, /)", "Real group."),
    METHOD("getgrouplist", or_memory_error_of<posix_getgrouplist>, "($module, user, group, /)", "Groups a user belongs to."),
    METHOD_NOARGS("getgroups", or_memory_error_of<posix_getgroups>, "($module, /)", "Supplementary groups."),
    METHOD_NOARGS("getlogin", posix_getlogin, "($module, /)", "Name of the user logged in."),
    METHOD("getpgid", posix_getpgid, "($module, /, pid)", "Process group of a process."),
    METHOD_NOARGS("getpgrp", identity_number<::getpgrp>, "($module, /)", "Process group."),
    METHOD_NOARGS("getpid", identity_number<::getpid>, "($module, /)", "Process id."),
    METHOD_NOARGS("getppid", identity_number<::getppid>, "($module, /)", "The parent's process id."),
    METHOD_NOARGS("getresgid", get_three<::getresgid>, "($module, /)", "Real, effective and saved group."),
    METHOD_NOARGS("getresuid", get_three<::getresuid>, "($module, /)", "Real, effective and saved user."),
    METHOD_O("getsid", posix_getsid, "($module, pid, /)", "Session of a process."),
    METHOD_NOARGS("getuid", identity_number<::getuid>, "($module, /)", "Real user."),
    METHOD("initgroups", posix_initgroups, "($module, username, gid, /)", "Set groups as the group database says."),
    METHOD_O("setegid", set_one_gid<::setegid>, "($module, egid, /)", "Set the effective group."),
    METHOD_O("seteuid", set_one_uid<::seteuid>, "($module, euid, /)", "Set the effective user."),
    METHOD_O("setgid", set_one_gid<::setgid>, "($module, gid, /)", "Set the group."),
    METHOD_O("setgroups", or_memory_error_of<posix_setgroups>, "($module, groups, /)", "Set the supplementary groups."),
    METHOD_PARSED_FAST("setpgid", posix_setpgid, 2, "($module, pid, pgrp, /)", "Set the process group of a process."),
    METHOD_NOARGS("setpgrp", posix_setpgrp, "($module, /)", "Make the process a group leader."),
    METHOD("setregid", set_two_gid<::setregid>, "($module, rgid, egid, /)", "Set real and effective group."),
    METHOD("setresgid", set_three_gid<::setresgid>, "($module, rgid, egid, sgid, /)", "Set real, effective and saved group."),
    METHOD("setresuid", set_three_uid<::setresuid>, "($module, ruid, euid, suid, /)", "Set real, effective and saved user."),
    METHOD("setreuid", set_two_uid<::setreuid>, "($module, ruid, euid, /)", "Set real and effective user."),
    METHOD_NOARGS("setsid", posix_setsid, "($module, /)", "Start a new session."),
    METHOD_O("setuid", set_one_uid<::setuid>, "($module, uid, /)", "Set the user."),
    END_ROW,
};

}  // namespace py
