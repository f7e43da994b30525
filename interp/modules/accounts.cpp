// pwd and grp: the user and group databases.
#include <grp.h>
#include <pwd.h>

#include <cerrno>

#include "interp/modules/posix.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {

namespace {

StructSequenceField passwd_fields[] = {{"pw_name", "user name"}, {"pw_passwd", "password"}, {"pw_uid", "user id"}, {"pw_gid", "group id"},
                                       {"pw_gecos", "real name"}, {"pw_dir", "home directory"}, {"pw_shell", "shell program"}, {}};
StructSequenceField group_fields[] = {{"gr_name", "group name"}, {"gr_passwd", "password"}, {"gr_gid", "group id"}, {"gr_mem", "group members"}, {}};
Type* passwd_type = nullptr;
Type* group_type = nullptr;

Fallible<Ref<>> text_or_none(const char* text) {
    if (!text) return share(none());
    return TRY(str_from_fs(text));
}
Fallible<Ref<>> id_object(uint32_t id) {
    if (id == uint32_t(-1)) return TRY(int_from(-1));
    return TRY(int_from(id));
}
Fallible<Ref<>> passwd_object(const passwd& entry) {
    Ref<Tuple> result = TRY(struct_sequence_new(passwd_type));
    struct_sequence_set(result.get(), 0, TRY(text_or_none(entry.pw_name)));
    struct_sequence_set(result.get(), 1, TRY(text_or_none(entry.pw_passwd)));
    struct_sequence_set(result.get(), 2, TRY(id_object(entry.pw_uid)));
    struct_sequence_set(result.get(), 3, TRY(id_object(entry.pw_gid)));
    struct_sequence_set(result.get(), 4, TRY(text_or_none(entry.pw_gecos)));
    struct_sequence_set(result.get(), 5, TRY(text_or_none(entry.pw_dir)));
    struct_sequence_set(result.get(), 6, TRY(text_or_none(entry.pw_shell)));
    return result;
}
Fallible<Ref<>> group_object(const group& entry) {
    Ref<List> members = TRY(list_new(0));
    for (char** each = entry.gr_mem; each && *each; ++each) TRY(list_append(members.get(), TRY(str_from_fs(*each)).get()));
    Ref<Tuple> result = TRY(struct_sequence_new(group_type));
    struct_sequence_set(result.get(), 0, TRY(text_or_none(entry.gr_name)));
    struct_sequence_set(result.get(), 1, TRY(text_or_none(entry.gr_passwd)));
    struct_sequence_set(result.get(), 2, TRY(id_object(entry.gr_gid)));
    struct_sequence_set(result.get(), 3, std::move(members));
    return result;
}

// What getpw…_r and getgr…_r fill: a record, and a buffer for its texts as large as they ask for.
template <class T>
struct Record {
    T storage;
    Ref<Bytes> buffer;

    // Null: there is none.
    template <class Key>
    Fallible<T*> find(int (*function)(Key, T*, char*, size_t, T**), std::type_identity_t<Key> key) {
        for (ssize_t size = 16384;; size *= 2) {
            buffer = TRY(bytes_new(size));
            T* found = nullptr;
            int error = without_gil([&] { return function(key, &storage, buffer->data, size_t(size), &found); });
            if (error != ERANGE) return found;
        }
    }
};

// The id, or absent when it is outside what ids can be.
Fallible<bool> parse_id(Object* value, uint32_t* id) {
    Ref<Int> number = TRY(index(value));
    int overflow;
    int64_t wide = as_int64_clamped(number.get(), &overflow);
    *id = uint32_t(wide);
    return !overflow && wide >= -1 && wide <= int64_t(UINT32_MAX);
}

// pwd.getpwuid(uid, /)
Fallible<Ref<>> pwd_getpwuid(Object*, Object* uid) {
    uint32_t id;
    bool fits = TRY(parse_id(uid, &id));
    if (!fits) return raise(exc::KeyError, "getpwuid(): uid not found");
    Record<passwd> record;
    passwd* found = TRY(record.find(getpwuid_r, id));
    if (!found) return raise(exc::KeyError, "getpwuid(): uid not found: %S", TRY(int_from(id)).get());
    return passwd_object(*found);
}
// pwd.getpwnam(name, /)
Fallible<Ref<>> pwd_getpwnam(Object*, Object* name) {
    if (!is_str(name)) return raise(exc::TypeError, "getpwnam() argument must be str, not %N", name);
    Ref<Bytes> text = TRY(path_to_bytes(name));
    Record<passwd> record;
    passwd* found = TRY(record.find(getpwnam_r, text->data));
    if (!found) return raise(exc::KeyError, "getpwnam(): name not found: %R", name);
    return passwd_object(*found);
}
// pwd.getpwall()
Fallible<Ref<>> pwd_getpwall(Object*) {
    Ref<List> list = TRY(list_new(0));
    setpwent();
    while (passwd* entry = getpwent()) TRY(list_append(list.get(), TRY(passwd_object(*entry)).get()));
    endpwent();
    return list;
}
// grp.getgrgid(id)
Fallible<Ref<>> grp_getgrgid(Object*, Object* const* a) {
    uint32_t id;
    bool fits = TRY(parse_id(a[0], &id));
    Record<group> record;
    group* found = fits ? TRY(record.find(getgrgid_r, id)) : nullptr;
    if (!found) return raise(exc::KeyError, "getgrgid(): gid not found: %S", a[0]);
    return group_object(*found);
}
// grp.getgrnam(name)
Fallible<Ref<>> grp_getgrnam(Object*, Object* const* a) {
    if (!is_str(a[0])) return raise(exc::TypeError, "getgrnam() argument 'name' must be str, not %N", a[0]);
    Ref<Bytes> text = TRY(path_to_bytes(a[0]));
    Record<group> record;
    group* found = TRY(record.find(getgrnam_r, text->data));
    if (!found) return raise(exc::KeyError, "getgrnam(): name not found: %R", a[0]);
    return group_object(*found);
}
// grp.getgrall()
Fallible<Ref<>> grp_getgrall(Object*) {
    Ref<List> list = TRY(list_new(0));
    setgrent();
    while (group* entry = getgrent()) TRY(list_append(list.get(), TRY(group_object(*entry)).get()));
    endgrent();
    return list;
}

MethodDef pwd_functions[] = {
    METHOD_NOARGS("getpwall", pwd_getpwall, "($module, /)", "All entries, in arbitrary order."),
    METHOD_O("getpwnam", pwd_getpwnam, "($module, name, /)", "The entry with that name."),
    METHOD_O("getpwuid", pwd_getpwuid, "($module, uid, /)", "The entry with that user id."),
    END_ROW,
};
MethodDef grp_functions[] = {
    METHOD_NOARGS("getgrall", grp_getgrall, "($module, /)", "All entries, in arbitrary order."),
    METHOD("getgrgid", grp_getgrgid, "($module, /, id)", "The entry with that group id."),
    METHOD("getgrnam", grp_getgrnam, "($module, /, name)", "The entry with that name."),
    END_ROW,
};
Fallible<void> pwd_execute(Module* module) {
    Ref<Type> type = TRY(struct_sequence_type_new({"pwd.struct_passwd", "An entry of the user database.", passwd_fields, 7}));
    passwd_type = type.get();
    return module_add(module, "struct_passwd", Ref<>(std::move(type)));
}
Fallible<void> grp_execute(Module* module) {
    Ref<Type> type = TRY(struct_sequence_type_new({"grp.struct_group", "An entry of the group database.", group_fields, 4}));
    group_type = type.get();
    return module_add(module, "struct_group", Ref<>(std::move(type)));
}

}  // namespace

extern const NativeModule pwd_module, grp_module;
const NativeModule pwd_module = {"pwd", "The user database.", pwd_functions, pwd_execute};
const NativeModule grp_module = {"grp", "The group database.", grp_functions, grp_execute};

}  // namespace py
