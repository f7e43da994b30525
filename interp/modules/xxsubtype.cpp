// xxsubtype: a list and a dict with a number more, the example of builtin types that are subclassed in native code.
#include <iterator>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {
namespace {

struct SpamList : List {
    int state;
};
struct SpamDict : Dict {
    int state;
};
SpamList* as_spamlist(Object* object) { return static_cast<SpamList*>(object); }
SpamDict* as_spamdict(Object* object) { return static_cast<SpamDict*>(object); }

// spamlist.getstate()
Fallible<Ref<>> spamlist_getstate(Object* self) { return TRY(int_from(as_spamlist(self)->state)); }
// spamlist.setstate(state, /)
Fallible<Ref<>> spamlist_setstate(Object* self, Object* state) {
    as_spamlist(self)->state = TRY(as_c_int(state));
    return share(none());
}
// spamlist.state
Fallible<Ref<>> spamlist_state(Object* self) { return spamlist_getstate(self); }

// What the two methods below give: who was bound, and the arguments.
Fallible<Ref<>> what_was_passed(Object* bound, Object* const* arguments) {
    Object* items[] = {bound ? bound : none(), arguments[0], arguments[1]};
    return tuple_from_array(items, std::size(items));
}
// spamlist.classmeth(*args, **kw)
Fallible<Ref<>> spamlist_classmeth(Object* type, Object* const* bound) { return what_was_passed(type, bound); }
// spamlist.staticmeth(*args, **kw)
Fallible<Ref<>> spamlist_staticmeth(Object* self, Object* const* bound) { return what_was_passed(self, bound); }

// spamdict.getstate()
Fallible<Ref<>> spamdict_getstate(Object* self) { return TRY(int_from(as_spamdict(self)->state)); }
// spamdict.setstate(state, /)
Fallible<Ref<>> spamdict_setstate(Object* self, Object* state) {
    as_spamdict(self)->state = TRY(as_c_int(state));
    return share(none());
}

int spamlist_tp_init(Object* self, Object* args, Object* kwargs) {
    if (list_type.init(self, args, kwargs) < 0) return -1;
    as_spamlist(self)->state = 0;
    return 0;
}
int spamdict_tp_init(Object* self, Object* args, Object* kwargs) {
    if (dict_type.init(self, args, kwargs) < 0) return -1;
    as_spamdict(self)->state = 0;
    return 0;
}

MethodDef spamlist_methods[] = {
    METHOD_NOARGS_UNSIGNED("getstate", spamlist_getstate, "getstate() -> the number"),
    METHOD_O_UNSIGNED("setstate", spamlist_setstate, "setstate(state): sets the number"),
    METHOD_CLASS("classmeth", spamlist_classmeth, "($type, /, *args, **kw)", "(type, args, kw)"),
    METHOD_STATIC("staticmeth", spamlist_staticmeth, "(*args, **kw)", "(None, args, kw)"),
    END_ROW,
};
GetSetDef spamlist_getsets[] = {GETTER("state", spamlist_state, "The number."), END_ROW};
MethodDef spamdict_methods[] = {
    METHOD_NOARGS_UNSIGNED("getstate", spamdict_getstate, "getstate() -> the number"),
    METHOD_O_UNSIGNED("setstate", spamdict_setstate, "setstate(state): sets the number"),
    END_ROW,
};
MemberDef spamdict_members[] = {
    {"state", kInt, offsetof(SpamDict, state), kReadOnly, "The number."},
    END_ROW,
};

constinit Type spamlist_type = static_type({
    .name = "xxsubtype.spamlist",
    .basic_size = sizeof(SpamList),
    .base = &list_type,
    .flags = type_flag::kBase,
    .methods = spamlist_methods,
    .getset = spamlist_getsets,
    .init = spamlist_tp_init,
});
constinit Type spamdict_type = static_type({
    .name = "xxsubtype.spamdict",
    .basic_size = sizeof(SpamDict),
    .base = &dict_type,
    .flags = type_flag::kBase,
    .methods = spamdict_methods,
    .members = spamdict_members,
    .init = spamdict_tp_init,
});

Fallible<void> xxsubtype_execute(Module* module) {
    TRY(module_add_type(module, &spamlist_type));
    return module_add_type(module, &spamdict_type);
}

}  // namespace

extern const NativeModule xxsubtype_module;
const NativeModule xxsubtype_module = {"xxsubtype", "A list and a dict with a number more.", nullptr, xxsubtype_execute};

}  // namespace py
