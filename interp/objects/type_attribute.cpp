// Attributes of classes: type.__getattribute__ and type.__setattr__, which keep slots and caches in step.
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

// Metaclass data descriptor, then the class's own MRO, then other metaclass attributes. `absent_error`: the null means that.
template <bool suppress>
Lookup<> finish_get(Object* result) {
    if (result) [[likely]]
        return steal(result);
    if (suppress && clear_error_if(exc::AttributeError)) return nullptr;
    return raised;
}

template <bool suppress>
Lookup<> find(Type* type, Str* name) {
    if (!type->dict) TRY(type_ready(type));
    Type* metatype = type->type;
    Object* meta_found = type_lookup(metatype, name);
    Ref<> meta_held = share(meta_found);
    TernarySlot meta_get = nullptr;
    if (meta_found) {
        meta_get = meta_found->type->descr_get;
        if (meta_get && meta_found->type->descr_set) return finish_get<suppress>(meta_get(meta_found, type, metatype));
    }
    if (Object* found = type_lookup(type, name)) {
        Ref<> held = share(found);
        TernarySlot get = found->type->descr_get;
        if (!get) return held;
        return finish_get<suppress>(get(found, nullptr, type));
    }
    if (meta_get) return finish_get<suppress>(meta_get(meta_found, type, metatype));
    if (meta_found) return meta_held;
    return nullptr;
}

bool is_dunder(Str* name) {
    ssize_t n = name->length;
    return n > 4 && name->kind == 1 && name->at(0) == '_' && name->at(1) == '_' && name->at(n - 1) == '_' && name->at(n - 2) == '_';
}

}  // namespace

Fallible<Ref<>> type_get_attribute(Type* type, Str* name) {
    Ref<> found = TRY(find<false>(type, name));
    if (!found) return raise(exc::AttributeError, "type object '%.50s' has no attribute '%U'", type->name, name);
    return found;
}
Lookup<> type_lookup_attribute(Type* type, Str* name) { return find<true>(type, name); }

Object* type_getattro(Object* type, Object* name) {
    if (!is_str(name)) return name_not_str(name);
    return type_get_attribute(as_type(type), as_str(name)).release();
}

int type_setattro(Object* self, Object* name, Object* value) {
    Type* type = as_type(self);
    if (!is_str(name)) return name_not_str(name);
    if (type->has(type_flag::kImmutable))
        return raise(exc::TypeError, "cannot set %R attribute of immutable type '%s'", name, type->name);
    Ref<Str> key = is_str_exact(name) ? intern(share(as_str(name))) : share(as_str(name));
    TRY(generic_set_attr(self, key.get(), value));
    // Readers of the class's dict must not see an old cached value.
    type_modified(type);
    if (is_dunder(key.get())) TRY(update_slot(type, key.get()));
    return 0;
}

}  // namespace py
