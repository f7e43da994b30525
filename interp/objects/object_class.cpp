// __class__ of instances and its assignment; object.__dir__.
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/type_internal.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"

namespace py {
namespace {

// Instances of static types share their layout's fate with C code: only heap types change, and modules.
bool may_change(Type* from, Type* to) {
    bool both_modules = is_subtype(to, &module_type) && is_subtype(from, &module_type);
    return both_modules || !(to->has(type_flag::kImmutable) || from->has(type_flag::kImmutable));
}

}  // namespace

Fallible<Ref<>> object_get_class(Object* self) { return share(self->type); }

Fallible<void> object_set_class(Object* self, Object* value) {
    if (!value) return raise(exc::TypeError, "can't delete __class__ attribute");
    if (!is_type(value)) return raise(exc::TypeError, "__class__ must be set to a class, not '%s' object", value->type->name);
    TRY(audit_write(self, "__class__", value));
    Type* from = self->type;
    Type* to = as_type(value);
    if (!may_change(from, to))
        return raise(exc::TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
    if (!compatible_for_assignment(from, to, "__class__")) return raised;
    // The values array is laid out by the old class's shared keys.
    if (from->has(type_flag::kManagedDict) && managed_values(self)) TRY(instance_dict(self));
    if (to->has(type_flag::kHeap)) incref(to);
    self->type = to;
    if (from->has(type_flag::kHeap)) decref(from);
    return {};
}

Fallible<Ref<>> object_dir(Object* self) {
    Ref<> own = TRY(lookup_attr(self, "__dict__"_name));
    Ref<Dict> names;
    if (own && is_dict(own.get()))
        names = TRY(dict_copy(as_dict(own.get())));
    else
        names = TRY(dict_new());
    Ref<> klass = TRY(lookup_attr(self, "__class__"_name));
    if (klass) TRY(merge_class_dict(names.get(), klass.get()));
    return dict_keys_list(names.get());
}

}  // namespace py
