// xxsubtype: subclasses of list and dict made in native code; CPython's tests of classes use them.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {
namespace {

struct SpamList : List {
    int state;
};
struct SpamDict : Dict {
    int state;
};

template <class T>
Fallible<Ref<>> get_state(Object* self) {
    return int_from(static_cast<T*>(self)->state);
}
template <class T>
Fallible<Ref<>> set_state(Object* self, Object* value) {
    static_cast<T*>(self)->state = TRY(as_c_int(value));
    return share(none());
}
// spamlist.classmeth(*args, **kwargs), spamlist.staticmeth(*args, **kwargs): what they were called with.
Object* show_call(Object* self, Object* args, Object* kwargs) {
    return tuple_pack(self ? self : none(), args ? args : none(), kwargs ? kwargs : none()).release();
}

int spamlist_init(Object* self, Object* args, Object* kwargs) {
    if (list_type.init(self, args, kwargs) < 0) return -1;
    static_cast<SpamList*>(self)->state = 0;
    return 0;
}
int spamdict_init(Object* self, Object* args, Object* kwargs) {
    if (dict_type.init(self, args, kwargs) < 0) return -1;
    static_cast<SpamDict*>(self)->state = 0;
    return 0;
}

MethodDef spamlist_methods[] = {
    METHOD_NOARGS_UNSIGNED("getstate", get_state<SpamList>, "getstate() -> state"),
    METHOD_O_UNSIGNED("setstate", set_state<SpamList>, "setstate(state)"),
    {"classmeth", (CFunction)(void*)show_call, kVarargs | kKeywords | kClass, "classmeth(*args, **kw)"},
    {"staticmeth", (CFunction)(void*)show_call, kVarargs | kKeywords | kStatic, "staticmeth(*args, **kw)"},
    END_ROW,
};
GetSetDef spamlist_getset[] = {GETTER("state", get_state<SpamList>, "an int variable for demonstration purposes"), END_ROW};
constinit Type spamlist_type = static_type({
    .name = "xxsubtype.spamlist",
    .basic_size = sizeof(SpamList),
    .base = &list_type,
    .flags = type_flag::kBase,
    .methods = spamlist_methods,
    .getset = spamlist_getset,
    .init = spamlist_init,
});

MethodDef spamdict_methods[] = {
    METHOD_NOARGS_UNSIGNED("getstate", get_state<SpamDict>, "getstate() -> state"),
    METHOD_O_UNSIGNED("setstate", set_state<SpamDict>, "setstate(state)"),
    END_ROW,
};
MemberDef spamdict_members[] = {
    {"state", kInt, offsetof(SpamDict, state), kReadOnly, "an int variable for demonstration purposes"},
    END_ROW,
};
constinit Type spamdict_type = static_type({
    .name = "xxsubtype.spamdict",
    .basic_size = sizeof(SpamDict),
    .base = &dict_type,
    .flags = type_flag::kBase,
    .methods = spamdict_methods,
    .members = spamdict_members,
    .init = spamdict_init,
});

Fallible<void> xxsubtype_execute(Module* module) {
    TRY(module_add_type(module, &spamlist_type));
    return module_add_type(module, &spamdict_type);
}

}  // namespace

extern const NativeModule xxsubtype_module;
const NativeModule xxsubtype_module = {"xxsubtype", "Native subclasses of list and dict, for tests of classes.", nullptr,
                                       xxsubtype_execute};

}  // namespace py
