// method: a callable bound to its first argument; and instancemethod, which C code uses to get methods from any callable.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {
namespace {

inline Method* as_method(Object* object) { return static_cast<Method*>(object); }

Object* method_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Method* method = as_method(callable);
    ssize_t nargs = vectorcall_nargs(nargsf);
    if (is_method(method->function)) TRY(check_stack(kWhileCalling));
    if (nargsf & kArgumentsOffset) {
        // FAST: the word in front of the arguments is ours for the call.
        Object** stack = const_cast<Object**>(args) - 1;
        Object* saved = std::exchange(stack[0], method->self);
        Object* result = vectorcall(method->function, stack, size_t(nargs + 1), kwnames).release();
        stack[0] = saved;
        return result;
    }
    ssize_t total = nargs + (kwnames ? as_tuple(kwnames)->size : 0);
    if (total == 0) return vectorcall(method->function, &method->self, 1, nullptr).release();
    Object* small[6];
    Object** stack = total < 6 ? small : static_cast<Object**>(allocate(size_t(total + 1) * sizeof(Object*)));
    if (!stack) return raise_memory_error();
    stack[0] = method->self;
    for (ssize_t i = 0; i < total; ++i) stack[i + 1] = args[i];
    Object* result = vectorcall(method->function, stack, size_t(nargs + 1), kwnames).release();
    if (stack != small) deallocate(stack);
    return result;
}

void method_dealloc(Object* object) {
    gc_untrack(object);
    if (as_method(object)->weaklist) clear_weakrefs(object);
    decref(as_method(object)->function);
    xdecref(as_method(object)->self);
    gc_object_free(object);
}

Fallible<Ref<>> method_repr(Object* object) {
    Method* method = as_method(object);
    Ref<> name = TRY(lookup_attr(method->function, "__qualname__"_name));
    if (!name) name = TRY(lookup_attr(method->function, "__name__"_name));
    if (!name || !is_str(name.get())) return format_str("<bound method ? of %R>", method->self);
    return format_str("<bound method %U of %R>", name.get(), method->self);
}
// By identity of self: equal but different objects have different methods.
Hash method_hash(Object* object) {
    Hash of_function = TRY(hash(as_method(object)->function));
    Hash value = hash_pointer(as_method(object)->self) ^ of_function;
    return value == -1 ? -2 : value;
}
Object* method_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || !is_method(a) || !is_method(b)) return new_reference(not_implemented());
    bool equal = TRY(equals(as_method(a)->function, as_method(b)->function)) && as_method(a)->self == as_method(b)->self;
    return compare_result(equal == (op == kEqual));
}
// Attributes that methods lack are those of the function.
Object* method_getattro(Object* object, Object* name) {
    if (!is_str(name)) return name_not_str(name);
    if (Object* found = type_lookup(object->type, as_str(name))) {
        Ref<> held = share(found);
        TernarySlot get = found->type->descr_get;
        return get ? get(found, object, object->type) : held.release();
    }
    return get_attr(as_method(object)->function, as_str(name)).release();
}
// method(function, instance, /)
Object* method_construct(Type*, Object* args, Object* kwargs) {
    TRY(check_no_keywords("method", kwargs));
    TRY(check_positional("method", as_tuple(args)->size, 2, 2));
    Object* function = as_tuple(args)->items[0];
    Object* self = as_tuple(args)->items[1];
    if (!is_callable(function)) return raise(exc::TypeError, "first argument must be callable");
    if (is_none(self)) return raise(exc::TypeError, "instance must not be None");
    return method_new(function, self).release();
}
// method.__reduce__($self, /)
Fallible<Ref<>> method_reduce(Object* object) {
    Object* getattr = dict_get_str(runtime().builtins, "getattr"_name);
    if (!getattr) return raise(exc::AttributeError, "getattr");
    Ref<> name = TRY(get_attr(as_method(object)->function, "__name__"_name));
    Ref<Tuple> arguments = TRY(tuple_pack(as_method(object)->self, name.get()));
    return tuple_pack(getattr, arguments.get());
}
Fallible<Ref<>> method_doc(Object* object) {
    Ref<> doc = TRY(lookup_attr(as_method(object)->function, "__doc__"_name));
    return doc ? std::move(doc) : share(none());
}

MethodDef method_methods[] = {METHOD_NOARGS("__reduce__", method_reduce, "($self, /)", "Pickle as an attribute of the object."), END_ROW};
MemberDef method_members[] = {
    {"__func__", kObjectOrNone, offsetof(Method, function), kReadOnly, "the function (or other callable) implementing a method"},
    {"__self__", kObjectOrNone, offsetof(Method, self), kReadOnly, "the instance to which a method is bound"},
    END_ROW,
};
GetSetDef method_getset[] = {GETTER("__doc__", method_doc, nullptr), END_ROW};

// instancemethod

struct InstanceMethod : Object {
    Object* function;
};
inline Object* wrapped(Object* object) { return static_cast<InstanceMethod*>(object)->function; }

void instancemethod_dealloc(Object* object) {
    gc_untrack(object);
    decref(wrapped(object));
    gc_object_free(object);
}
int instancemethod_traverse(Object* object, Visit visit, void* arg) {
    VISIT(wrapped(object));
    return 0;
}
Object* instancemethod_getattro(Object* object, Object* name) {
    if (!is_str(name)) return name_not_str(name);
    if (Object* found = type_lookup(object->type, as_str(name))) {
        Ref<> held = share(found);
        TernarySlot get = found->type->descr_get;
        return get ? get(found, object, object->type) : held.release();
    }
    return get_attr(wrapped(object), as_str(name)).release();
}
Object* instancemethod_call(Object* self, Object* args, Object* kwargs) { return call_tuple(wrapped(self), args, kwargs).release(); }
Object* instancemethod_get(Object* self, Object* object, Object*) {
    if (!object) return new_reference(wrapped(self));
    return method_new(wrapped(self), object).release();
}
Object* instancemethod_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || a->type != &instancemethod_type || b->type != &instancemethod_type)
        return new_reference(not_implemented());
    bool equal = TRY(equals(wrapped(a), wrapped(b)));
    return compare_result(equal == (op == kEqual));
}
Fallible<Ref<>> instancemethod_repr(Object* object) {
    Ref<> name = TRY(lookup_attr(wrapped(object), "__name__"_name));
    if (!name || !is_str(name.get())) return format_str("<instancemethod ? at %p>", object);
    return format_str("<instancemethod %U at %p>", name.get(), object);
}
// instancemethod(function)
Object* instancemethod_construct(Type*, Object* args, Object* kwargs) {
    TRY(check_no_keywords("instancemethod", kwargs));
    TRY(check_positional("instancemethod", as_tuple(args)->size, 1, 1));
    if (!is_callable(as_tuple(args)->items[0])) return raise(exc::TypeError, "first argument must be callable");
    return instancemethod_new(as_tuple(args)->items[0]).release();
}
Fallible<Ref<>> instancemethod_doc(Object* object) {
    Ref<> doc = TRY(lookup_attr(wrapped(object), "__doc__"_name));
    return doc ? std::move(doc) : share(none());
}
MemberDef instancemethod_members[] = {
    {"__func__", kObjectOrNone, offsetof(InstanceMethod, function), kReadOnly, "the function (or other callable) implementing a method"},
    END_ROW,
};
GetSetDef instancemethod_getset[] = {GETTER("__doc__", instancemethod_doc, nullptr), END_ROW};

}  // namespace

Fallible<Ref<>> method_new(Object* function, Object* self) {
    Ref<Method> method = TRY(Fallible<Ref<Method>>(make_gc<Method>(method_type)));
    method->function = new_reference(function);
    method->self = new_reference(self);
    method->weaklist = nullptr;
    method->vectorcall = method_vectorcall;
    gc_track(method.get());
    return method;
}
Fallible<Ref<>> instancemethod_new(Object* function) {
    Ref<InstanceMethod> method = TRY(Fallible<Ref<InstanceMethod>>(make_gc<InstanceMethod>(instancemethod_type)));
    method->function = new_reference(function);
    gc_track(method.get());
    return method;
}

constinit Type method_type = static_type({
    .name = "method",
    .basic_size = sizeof(Method),
    .flags = type_flag::kHaveGc | type_flag::kHaveVectorcall,
    .doc = "method(function, instance, /)\n--\n\nA callable that passes `instance` to `function` as first argument.",
    .dealloc = method_dealloc,
    .traverse = traverse_members<&Method::function, &Method::self>,
    .repr = slot1<method_repr>,
    .hash = method_hash,
    .richcompare = method_richcompare,
    .call = call_through_vectorcall,
    .vectorcall_offset = offsetof(Method, vectorcall),
    .getattro = method_getattro,
    .setattro = generic_setattro_slot,
    .methods = method_methods,
    .members = method_members,
    .getset = method_getset,
    .weaklist_offset = offsetof(Method, weaklist),
    .new_ = method_construct,
});
constinit Type instancemethod_type = static_type({
    .name = "instancemethod",
    .basic_size = sizeof(InstanceMethod),
    .flags = type_flag::kHaveGc,
    .doc = "instancemethod(function, /)\n--\n\nMakes any callable a method of the class it stands in.",
    .dealloc = instancemethod_dealloc,
    .traverse = instancemethod_traverse,
    .repr = slot1<instancemethod_repr>,
    .richcompare = instancemethod_richcompare,
    .call = instancemethod_call,
    .getattro = instancemethod_getattro,
    .setattro = generic_setattro_slot,
    .members = instancemethod_members,
    .getset = instancemethod_getset,
    .descr_get = instancemethod_get,
    .new_ = instancemethod_construct,
});

}  // namespace py
