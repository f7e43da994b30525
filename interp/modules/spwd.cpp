// spwd: the shadow password database.
#include <shadow.h>

#include <cerrno>

#include "interp/modules/posix.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {

namespace {

StructSequenceField entry_fields[] = {
    {"sp_namp", "login name"}, {"sp_pwdp", "encrypted password"}, {"sp_lstchg", "date of last change"},
    {"sp_min", "min #days between changes"}, {"sp_max", "max #days between changes"},
    {"sp_warn", "#days before pw expires to warn user about it"}, {"sp_inact", "#days after pw expires until account is disabled"},
    {"sp_expire", "#days since 1970-01-01 when account expires"}, {"sp_flag", "reserved"},
    {"sp_nam", "login name; deprecated"}, {"sp_pwd", "encrypted password; deprecated"}, {}};
Type* entry_type = nullptr;

Fallible<Ref<>> entry_object(const spwd& entry) {
    Ref<Tuple> result = TRY(struct_sequence_new(entry_type));
    auto text = [](const char* value) -> Fallible<Ref<>> {
        if (!value) return share(none());
        return TRY(str_from_fs(value));
    };
    struct_sequence_set(result.get(), 0, TRY(text(entry.sp_namp)));
    struct_sequence_set(result.get(), 1, TRY(text(entry.sp_pwdp)));
    const long numbers[] = {entry.sp_lstchg, entry.sp_min, entry.sp_max, entry.sp_warn, entry.sp_inact, entry.sp_expire, long(entry.sp_flag)};
    for (int i = 0; i < 7; ++i) struct_sequence_set(result.get(), 2 + i, TRY(int_from(numbers[i])));
    struct_sequence_set(result.get(), 9, TRY(text(entry.sp_namp)));
    struct_sequence_set(result.get(), 10, TRY(text(entry.sp_pwdp)));
    return result;
}

// spwd.getspnam(arg, /)
Fallible<Ref<>> spwd_getspnam(Object*, Object* name) {
    if (!is_str(name)) return raise(exc::TypeError, "getspnam() argument must be str, not %N", name);
    Ref<Bytes> text = TRY(path_to_bytes(name));
    errno = 0;
    const spwd* entry = ::getspnam(text->data);
    if (entry) return entry_object(*entry);
    if (errno) return raise_os_error(errno);
    return raise(exc::KeyError, "getspnam(): name not found");
}
// spwd.getspall()
Fallible<Ref<>> spwd_getspall(Object*) {
    Ref<List> result = TRY(list_new(0));
    struct Reading {
        Reading() { ::setspent(); }
        ~Reading() { ::endspent(); }
    } reading;
    while (const spwd* entry = ::getspent()) TRY(list_append_steal(result.get(), TRY(entry_object(*entry))));
    return result;
}

MethodDef spwd_functions[] = {
    METHOD_NOARGS("getspall", spwd_getspall, "($module, /)", "All entries, in arbitrary order."),
    METHOD_O("getspnam", spwd_getspnam, "($module, arg, /)", "The entry of the user with that name."),
    END_ROW,
};

Fallible<void> spwd_execute(Module* module) {
    TRY(warn(exc::DeprecationWarning, 7, "'spwd' is deprecated and slated for removal in Python 3.13"));
    Ref<Type> type = TRY(struct_sequence_type_new({"spwd.struct_spwd", "An entry of the shadow password database.", entry_fields, 9}));
    entry_type = type.get();
    return module_add(module, "struct_spwd", Ref<>(std::move(type)));
}

}  // namespace

extern const NativeModule spwd_module;
const NativeModule spwd_module = {"spwd", "The shadow password database.", spwd_functions, spwd_execute};

}  // namespace py
