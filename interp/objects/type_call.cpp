// Calling classes: `type(x)`, construction through __new__ and __init__, and the static __new__ of native types.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/type_internal.h"
#include "interp/objects/types.h"

namespace py {
namespace {

Fallible<void> check_init_result(Object* result) {
    if (is_none(result)) return {};
    return raise(exc::TypeError, "__init__() should return None, not '%.200s'", result->type->name);
}

// FAST: object's __new__ and an __init__ in Python: neither needs the argument tuple.
Object* construct_with_init(Type* type, Object* const* args, size_t nargsf, Object* kwnames) {
    Ref<> self = TRY(object_allocate(type));
    bool unbound = false;
    Ref<> init = TRY(lookup_special_method(self.get(), "__init__"_name, &unbound));
    if (!init) return raise_object(exc::AttributeError, "__init__"_name);
    if (!unbound) {
        Ref<> result = TRY(vectorcall(init.get(), args, nargsf & ~kArgumentsOffset, kwnames));
        TRY(check_init_result(result.get()));
        return self.release();
    }
    ssize_t nargs = vectorcall_nargs(nargsf);
    ssize_t total = nargs + (kwnames ? as_tuple(kwnames)->size : 0);
    if (nargsf & kArgumentsOffset) {
        Object** stack = const_cast<Object**>(args) - 1;
        Object* saved = std::exchange(stack[0], self.get());
        auto called = vectorcall(init.get(), stack, size_t(nargs + 1), kwnames);
        stack[0] = saved;
        TRY(check_init_result(TRY(std::move(called)).get()));
        return self.release();
    }
    Object* small[9];
    Object** stack = total < 9 ? small : static_cast<Object**>(allocate(size_t(total + 1) * sizeof(Object*)));
    if (!stack) return raise_memory_error();
    stack[0] = self.get();
    for (ssize_t i = 0; i < total; ++i) stack[i + 1] = args[i];
    auto called = vectorcall(init.get(), stack, size_t(nargs + 1), kwnames);
    if (stack != small) deallocate(stack);
    TRY(check_init_result(TRY(std::move(called)).get()));
    return self.release();
}

Fallible<Ref<>> construct_general(Type* type, Object* const* args, ssize_t nargs, Object* kwnames) {
    Ref<Tuple> tuple = TRY(tuple_from_array(args, nargs));
    Ref<Dict> kwargs;
    Tuple* names = static_cast<Tuple*>(kwnames);
    if (names && names->size) {
        kwargs = TRY(dict_new());
        for (ssize_t i = 0; i < names->size; ++i) TRY(dict_set(kwargs.get(), names->items[i], args[nargs + i]));
    }
    return type_call(type, tuple.get(), kwargs.get());
}

// __new__ of a class whose native base wants its own constructor: object.__new__(int) would make a broken int.
Fallible<void> check_new_is_safe(Type* type, Type* subtype) {
    Type* native = subtype;
    while (native && native->new_ == slot_tp_new) native = native->base;
    if (native && native->new_ != type->new_)
        return raise(exc::TypeError, "%s.__new__(%s) is not safe, use %s.__new__()", type->name, subtype->name, native->name);
    return {};
}

MethodDef new_wrapper_definition = {
    "__new__", reinterpret_cast<CFunction>(reinterpret_cast<void*>(new_wrapper_function)), kVarargs | kKeywords,
    "__new__($type, *args, **kwargs)\n--\n\nCreate and return a new object.  See help(type) for accurate signature."};

}  // namespace

Fallible<Ref<>> object_allocate(Type* type) {
    Ref<> self = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    if (type->has(type_flag::kManagedDict)) TRY(init_managed_dict(self.get()));
    return self;
}

// T.__new__ for native T: self is T, the first argument the class to make an instance of.
Object* new_wrapper_function(Object* self, Object* args, Object* kwargs) {
    Type* type = as_type(self);
    Tuple* tuple = as_tuple(args);
    if (tuple->size < 1) return raise(exc::TypeError, "%s.__new__(): not enough arguments", type->name);
    Object* first = tuple->items[0];
    if (!is_type(first)) return raise(exc::TypeError, "%s.__new__(X): X is not a type object (%s)", type->name, first->type->name);
    Type* subtype = as_type(first);
    if (!is_subtype(subtype, type))
        return raise(exc::TypeError, "%s.__new__(%s): %s is not a subtype of %s", type->name, subtype->name, subtype->name, type->name);
    TRY(check_new_is_safe(type, subtype));
    Ref<Tuple> rest = TRY(tuple_slice(tuple, 1, tuple->size));
    return type->new_(subtype, rest.get(), kwargs);
}

Fallible<void> add_new_wrapper(Type* type) {
    if (dict_get_str(type->dict, "__new__"_name)) return {};
    Ref<> function = TRY(builtin_function_new(&new_wrapper_definition, type, nullptr));
    return dict_set(type->dict, "__new__"_name, function.get());
}

Object* type_call_slot(Object* self, Object* args, Object* kwargs) {
    Type* type = as_type(self);
    if (type == &type_type) {
        ssize_t count = as_tuple(args)->size;
        bool keywords = kwargs && as_dict(kwargs)->used;
        if (count == 1 && !keywords) return new_reference(static_cast<Object*>(as_tuple(args)->items[0]->type));
        if (count != 3) return raise(exc::TypeError, "type() takes 1 or 3 arguments");
    }
    if (!type->new_) return raise(exc::TypeError, "cannot create '%s' instances", type->name);
    Object* object = type->new_(type, args, kwargs);
    if (!object) return nullptr;
    // What __new__ gave may be of another class: then it is the result as it is.
    if (!is_instance_of(object, *type)) return object;
    type = object->type;
    if (type->init && type->init(object, args, kwargs) < 0) {
        decref(object);
        return nullptr;
    }
    return object;
}

Fallible<Ref<>> type_call(Type* type, Object* args, Object* kwargs) {
    return Fallible<Ref<>>::from_slot(type_call_slot(type, args, kwargs));
}

// type(x); and type(name, bases, namespace, **kwargs).
Object* type_vectorcall(Object* self, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    bool keywords = kwnames && as_tuple(kwnames)->size;
    if (nargs == 1 && !keywords) return new_reference(static_cast<Object*>(args[0]->type));
    if (nargs == 1) return raise(exc::TypeError, "type() takes no keyword arguments");
    if (nargs != 3) return raise(exc::TypeError, "type() takes 1 or 3 arguments");
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    return construct_general(as_type(self), args, nargs, kwnames).release();
}

Object* heap_type_vectorcall(Object* self, Object* const* args, size_t nargsf, Object* kwnames) {
    Type* type = as_type(self);
    if (type->new_ == object_new_slot && !type->has(type_flag::kAbstract)) {
        if (type->init == slot_tp_init) {
            RecursionGuard guard(kWhileCalling);
            return guard.ok() ? construct_with_init(type, args, nargsf, kwnames) : nullptr;
        }
        bool no_arguments = vectorcall_nargs(nargsf) == 0 && (!kwnames || as_tuple(kwnames)->size == 0);
        // Nothing can recurse in here: the call is only counted where it would be one too many.
        bool fits = Thread::current()->recursion_remaining > 0;
        if (type->init == object_init_slot && no_arguments && fits) return object_allocate(type).release();
    }
    RecursionGuard guard(kWhileCalling);
    return guard.ok() ? construct_general(type, args, vectorcall_nargs(nargsf), kwnames).release() : nullptr;
}

}  // namespace py
