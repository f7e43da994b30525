// Special methods looked up on the type, past instance dict and __getattribute__, and called without a bound method.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/type_internal.h"

namespace py {

Lookup<> lookup_special(Object* self, Str* name) {
    Object* found = type_lookup(self->type, name);
    if (!found) return nullptr;
    TernarySlot get = found->type->descr_get;
    Ref<> held = share(found);
    if (!get) return held;
    Object* bound = get(found, self, self->type);
    if (!bound) return raised;
    return steal(bound);
}

Lookup<> lookup_special_method(Object* self, Str* name, bool* unbound) {
    Object* found = type_lookup(self->type, name);
    if (!found) return nullptr;
    if (found->type->has(type_flag::kMethodDescriptor)) {
        *unbound = true;
        return share(found);
    }
    *unbound = false;
    Ref<> held = share(found);
    TernarySlot get = found->type->descr_get;
    if (!get) return held;
    Object* bound = get(found, self, self->type);
    if (!bound) return raised;
    return steal(bound);
}

Fallible<Ref<>> call_special(Str* name, Object* const* args, ssize_t nargs) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(args[0], name, &unbound));
    if (!method) return raise_object(exc::AttributeError, name);
    if (unbound) return vectorcall(method.get(), args, size_t(nargs), nullptr);
    return vectorcall(method.get(), args + 1, size_t(nargs - 1), nullptr);
}

Fallible<Ref<>> call_special_or_not_implemented(Str* name, Object* const* args, ssize_t nargs) {
    bool unbound = false;
    Ref<> method = TRY(lookup_special_method(args[0], name, &unbound));
    if (!method) return share(not_implemented());
    if (unbound) return vectorcall(method.get(), args, size_t(nargs), nullptr);
    return vectorcall(method.get(), args + 1, size_t(nargs - 1), nullptr);
}

}  // namespace py
