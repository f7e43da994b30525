// _weakref: the native half of weakref.
#include "interp/objects/weakref.h"

#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/types.h"

namespace py {
namespace {

// _weakref.getweakrefcount($module, object, /)
Fallible<Ref<>> getweakrefcount(Object*, Object* object) { return int_from(weakref_count(object)); }

// _weakref.getweakrefs($module, object, /)
Fallible<Ref<>> getweakrefs(Object*, Object* object) {
    Ref<List> result = TRY(list_new(0));
    WeakReference** list = weakref_list(object);
    for (WeakReference* each = list ? *list : nullptr; each; each = each->next) TRY(list_append(result.get(), each));
    return result;
}

// _weakref.proxy($module, object, callback=None, /)
Fallible<Ref<>> proxy(Object*, Object* const* bound) { return weak_proxy_new(bound[0], bound[1]); }

// _weakref._remove_dead_weakref($module, dct, key, /)
Fallible<Ref<>> remove_dead_weakref(Object*, Object* const* bound) {
    if (!is_dict(bound[0]))
        return raise(exc::TypeError, "_remove_dead_weakref() argument 1 must be dict, not %N", bound[0]);
    // Only while the value is dead: another may have taken the key meanwhile.
    Ref<> value = TRY(dict_get(as_dict(bound[0]), bound[1]));
    if (!value) return share(none());
    if (!is_weakref(value.get())) return raise(exc::TypeError, "not a weakref");
    if (!weakref_get(value.get())) TRY(dict_delete(as_dict(bound[0]), bound[1]));
    return share(none());
}

MethodDef weakref_functions[] = {
    METHOD_O("getweakrefcount", getweakrefcount, "($module, object, /)", "The number of weak references to the object."),
    METHOD("_remove_dead_weakref", remove_dead_weakref, "($module, dct, key, /)", "Remove the key when its weak reference is dead."),
    METHOD_O("getweakrefs", getweakrefs, "($module, object, /)", "A list of all weak references to the object."),
    METHOD("proxy", proxy, "($module, object, callback=None, /)",
           "A proxy that refers weakly to the object.\n\n`callback`, if given, is called with the proxy when the object is about to be finalized."),
    END_ROW,
};

Fallible<void> weakref_execute(Module* module) {
    TRY(module_add(module, "ref", Ref<>(share(&weakref_type))));
    TRY(module_add(module, "ReferenceType", Ref<>(share(&weakref_type))));
    TRY(module_add(module, "ProxyType", Ref<>(share(&weakproxy_type))));
    return module_add(module, "CallableProxyType", Ref<>(share(&weakcallableproxy_type)));
}

}  // namespace

extern const NativeModule weakref_module;
const NativeModule weakref_module = {"_weakref", "Weak-reference support module.", weakref_functions, weakref_execute};

}  // namespace py
