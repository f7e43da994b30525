// None, NotImplemented, Ellipsis and their types.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

constinit Object none_object{kImmortalRefcount, &none_type};
constinit Object not_implemented_object{kImmortalRefcount, &not_implemented_type};
constinit Object ellipsis_object{kImmortalRefcount, &ellipsis_type};

namespace {

// Counts that C code of others drops too often must not free a singleton.
void revive(Object* object) { object->refcount = kImmortalRefcount; }

Fallible<Ref<>> no_arguments(const char* name, Object* args, Object* kwargs, Object* result) {
    if (static_cast<Tuple*>(args)->size || (kwargs && as_dict(kwargs)->used))
        return raise(exc::TypeError, "%s takes no arguments", name);
    return share(result);
}
Object* none_new(Type*, Object* args, Object* kwargs) { return no_arguments("NoneType", args, kwargs, none()).release(); }
Object* not_implemented_new(Type*, Object* args, Object* kwargs) {
    return no_arguments("NotImplementedType", args, kwargs, not_implemented()).release();
}
Object* ellipsis_new(Type*, Object* args, Object* kwargs) {
    return no_arguments("EllipsisType", args, kwargs, ellipsis()).release();
}

Fallible<Ref<>> none_repr(Object*) { return share("None"_name); }
Fallible<Ref<>> not_implemented_repr(Object*) { return share("NotImplemented"_name); }
Fallible<Ref<>> ellipsis_repr(Object*) { return share("Ellipsis"_name); }
int none_bool(Object*) { return 0; }
int not_implemented_bool(Object*) {
    return warn(exc::DeprecationWarning, 1, "NotImplemented should not be used in a boolean context").ok() ? 1 : -1;
}

NumberMethods none_number{.boolean = none_bool};
NumberMethods not_implemented_number{.boolean = not_implemented_bool};
// NotImplementedType.__reduce__($self, /)
MethodDef not_implemented_methods[] = {METHOD_NOARGS_UNSIGNED("__reduce__", not_implemented_repr, "Pickle by name."), END_ROW};
// ellipsis.__reduce__($self, /)
MethodDef ellipsis_methods[] = {METHOD_NOARGS_UNSIGNED("__reduce__", ellipsis_repr, "Pickle by name."), END_ROW};

}  // namespace

constinit Type none_type = static_type({
    .name = "NoneType",
    .dealloc = revive,
    .repr = slot1<none_repr>,
    .number = &none_number,
    .new_ = none_new,
});
constinit Type not_implemented_type = static_type({
    .name = "NotImplementedType",
    .dealloc = revive,
    .repr = slot1<not_implemented_repr>,
    .number = &not_implemented_number,
    .methods = not_implemented_methods,
    .new_ = not_implemented_new,
});
constinit Type ellipsis_type = static_type({
    .name = "ellipsis",
    .dealloc = revive,
    .repr = slot1<ellipsis_repr>,
    .getattro = generic_getattro_slot,
    .methods = ellipsis_methods,
    .new_ = ellipsis_new,
});

}  // namespace py
