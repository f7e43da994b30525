// staticmethod and classmethod.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {
namespace {

struct Wrapper : Object {  // both types
    Object* callable;
    Object* dict;
};
inline Wrapper* as_wrapper(Object* object) { return static_cast<Wrapper*>(object); }

void wrapper_dealloc(Object* object) {
    gc_untrack(object);
    xdecref(as_wrapper(object)->callable);
    xdecref(as_wrapper(object)->dict);
    object_memory_free(object);
}
int wrapper_traverse(Object* object, Visit visit, void* arg) {
    VISIT(as_wrapper(object)->callable);
    VISIT(as_wrapper(object)->dict);
    return 0;
}
int wrapper_clear(Object* object) {
    clear_slot(as_wrapper(object)->callable);
    clear_slot(as_wrapper(object)->dict);
    return 0;
}

// As functools.wraps does: the wrapper shows the names of what it wraps.
Fallible<void> copy_names(Object* wrapper, Object* callable) {
    static Str* const names[] = {"__module__"_name, "__name__"_name, "__qualname__"_name, "__doc__"_name};
    for (Str* name : names) {
        Ref<> value = TRY(lookup_attr(callable, name));
        if (value) TRY(set_attr(wrapper, name, value.get()));
    }
    Ref<> annotations = TRY(lookup_attr(callable, "__annotations__"_name));
    return annotations ? set_attr(wrapper, "__annotations__"_name, annotations.get()) : Fallible<void>();
}
Fallible<Ref<>> wrapper_new(Type& type, Object* callable) {
    Ref<> wrapper = TRY(Fallible<Ref<>>::from_slot(type.alloc(&type, 0)));
    as_wrapper(wrapper.get())->callable = new_reference(callable);
    return wrapper;
}
int wrapper_init(Object* self, Object* args, Object* kwargs, const char* name) {
    TRY(check_no_keywords(name, kwargs));
    TRY(check_positional(name, as_tuple(args)->size, 1, 1));
    Object* callable = as_tuple(args)->items[0];
    replace_slot(as_wrapper(self)->callable, new_reference(callable));
    return copy_names(self, callable).release();
}
int staticmethod_init(Object* self, Object* args, Object* kwargs) { return wrapper_init(self, args, kwargs, "staticmethod"); }
int classmethod_init(Object* self, Object* args, Object* kwargs) { return wrapper_init(self, args, kwargs, "classmethod"); }

Object* staticmethod_get(Object* self, Object*, Object*) {
    Object* callable = as_wrapper(self)->callable;
    if (!callable) return raise(exc::RuntimeError, "uninitialized staticmethod object");
    return new_reference(callable);
}
Object* staticmethod_call(Object* self, Object* args, Object* kwargs) {
    return call_tuple(as_wrapper(self)->callable, args, kwargs).release();
}
// What is wrapped may be a descriptor itself (property …): then it gets the class as its object.
Object* classmethod_get(Object* self, Object* object, Object* type) {
    Object* callable = as_wrapper(self)->callable;
    if (!callable) return raise(exc::RuntimeError, "uninitialized classmethod object");
    if (!type) type = object->type;
    if (TernarySlot get = callable->type->descr_get) return get(callable, type, type);
    return method_new(callable, type).release();
}

Fallible<Ref<>> staticmethod_repr(Object* self) { return format_str("<staticmethod(%R)>", as_wrapper(self)->callable); }
Fallible<Ref<>> classmethod_repr(Object* self) { return format_str("<classmethod(%R)>", as_wrapper(self)->callable); }
Fallible<Ref<>> is_abstract(Object* self) {
    Object* callable = as_wrapper(self)->callable;
    return Fallible<Ref<>>(share(bool_object(callable && TRY(object_is_abstract(callable)))));
}

MemberDef wrapper_members[] = {
    {"__func__", kObjectOrNone, offsetof(Wrapper, callable), kReadOnly, nullptr},
    {"__wrapped__", kObjectOrNone, offsetof(Wrapper, callable), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef wrapper_getset[] = {
    GETTER("__isabstractmethod__", is_abstract, nullptr),
    GETTER_SETTER("__dict__", generic_get_dict, generic_set_dict, nullptr),
    END_ROW,
};

}  // namespace

Fallible<Ref<>> staticmethod_new(Object* callable) { return wrapper_new(staticmethod_type, callable); }
Fallible<Ref<>> classmethod_new(Object* callable) { return wrapper_new(classmethod_type, callable); }

// __isabstractmethod__ of anything, false where it has none.
Fallible<bool> object_is_abstract(Object* object) {
    Ref<> mark = TRY(lookup_attr(object, "__isabstractmethod__"_name));
    return mark ? is_true(mark.get()) : Fallible<bool>(false);
}

constinit Type staticmethod_type = static_type({
    .name = "staticmethod",
    .basic_size = sizeof(Wrapper),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "staticmethod(function) -> method\n\nMakes a function a static method: it is found through a class or an instance and gets\n"
           "neither as first argument. Mostly used as a decorator.",
    .dealloc = wrapper_dealloc,
    .traverse = wrapper_traverse,
    .clear = wrapper_clear,
    .repr = slot1<staticmethod_repr>,
    .call = staticmethod_call,
    .members = wrapper_members,
    .getset = wrapper_getset,
    .descr_get = staticmethod_get,
    .dict_offset = offsetof(Wrapper, dict),
    .init = staticmethod_init,
    .new_ = generic_new,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
});
constinit Type classmethod_type = static_type({
    .name = "classmethod",
    .basic_size = sizeof(Wrapper),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "classmethod(function) -> method\n\nMakes a function a class method: it gets the class as first argument, whether it is\n"
           "found through the class or an instance. Mostly used as a decorator.",
    .dealloc = wrapper_dealloc,
    .traverse = wrapper_traverse,
    .clear = wrapper_clear,
    .repr = slot1<classmethod_repr>,
    .members = wrapper_members,
    .getset = wrapper_getset,
    .descr_get = classmethod_get,
    .dict_offset = offsetof(Wrapper, dict),
    .init = classmethod_init,
    .new_ = generic_new,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
});

}  // namespace py
