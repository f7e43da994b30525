// builtin_function_or_method: native functions, bound or free, called by the convention that their definition's flags name.
#include "interp/objects/builtin_function.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {

// "module.qualname()" of a callable, for messages.
Fallible<Ref<Str>> function_text(Object* callable) {
    Ref<> qualname = TRY(lookup_attr(callable, "__qualname__"_name));
    if (!qualname) return str(callable);
    Ref<> module = TRY(lookup_attr(callable, "__module__"_name));
    if (module && !is_none(module.get()) && is_str(module.get()) && !str_equals(as_str(module.get()), "builtins"))
        return format_str("%S.%S()", module.get(), qualname.get());
    return format_str("%S()", qualname.get());
}

Fallible<void> refuse_keywords(Object* callable, Object* kwnames) {
    if (!kwnames || static_cast<Tuple*>(kwnames)->size == 0) return {};
    Ref<Str> text = TRY(function_text(callable));
    return raise(exc::TypeError, "%U takes no keyword arguments", text.get());
}
Fallible<void> wrong_count(Object* callable, const char* takes, ssize_t nargs) {
    Ref<Str> text = TRY(function_text(callable));
    return raise(exc::TypeError, "%U takes %s (%zd given)", text.get(), takes, nargs);
}

namespace {

struct BuiltinMethod : BuiltinFunction {  // METH_METHOD: knows the class that defines it
    Type* defining_class;
};

inline BuiltinFunction* as_builtin(Object* object) { return static_cast<BuiltinFunction*>(object); }
// What the native function gets as self: static methods get null.
inline Object* passed_self(BuiltinFunction* function) {
    return function->definition->flags & kStatic ? nullptr : function->self;
}

Object* call_varargs(Object* callable, Object* args, Object* kwargs) {
    BuiltinFunction* function = as_builtin(callable);
    if (function->definition->flags & kKeywords)
        return reinterpret_cast<TernarySlot>(reinterpret_cast<void*>(function->definition->function))(passed_self(function), args, kwargs);
    TRY(check_no_keywords(function->definition->name, kwargs));
    return function->definition->function(passed_self(function), args);
}
Object* builtin_call(Object* callable, Object* args, Object* kwargs) {
    return as_builtin(callable)->vectorcall ? call_through_vectorcall(callable, args, kwargs)
                                            : call_varargs(callable, args, kwargs);
}

Object* vectorcall_no_args(Object* callable, Object* const*, size_t nargsf, Object* kwnames) {
    TRY(refuse_keywords(callable, kwnames));
    if (ssize_t nargs = vectorcall_nargs(nargsf)) TRY(wrong_count(callable, "no arguments", nargs));
    BuiltinFunction* function = as_builtin(callable);
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    return function->definition->function(passed_self(function), nullptr);
}
Object* vectorcall_o(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(refuse_keywords(callable, kwnames));
    ssize_t nargs = vectorcall_nargs(nargsf);
    if (nargs != 1) TRY(wrong_count(callable, "exactly one argument", nargs));
    BuiltinFunction* function = as_builtin(callable);
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    return function->definition->function(passed_self(function), args[0]);
}
Object* vectorcall_fast(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    BuiltinFunction* function = as_builtin(callable);
    if (function->definition->flags & kBareName)
        TRY(check_no_keywords(function->definition->name, kwnames));
    else
        TRY(refuse_keywords(callable, kwnames));
    auto target = reinterpret_cast<FastFunction>(reinterpret_cast<void*>(function->definition->function));
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    return target(passed_self(function), args, vectorcall_nargs(nargsf));
}
Object* vectorcall_fast_keywords(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    BuiltinFunction* function = as_builtin(callable);
    auto target = reinterpret_cast<FastKeywordsFunction>(reinterpret_cast<void*>(function->definition->function));
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    return target(passed_self(function), args, vectorcall_nargs(nargsf), kwnames);
}
Object* vectorcall_method_form(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto* method = static_cast<BuiltinMethod*>(callable);
    auto target = reinterpret_cast<DefiningClassFunction>(reinterpret_cast<void*>(method->definition->function));
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    return target(passed_self(method), method->defining_class, args, vectorcall_nargs(nargsf), kwnames);
}

VectorcallSlot vectorcall_for(int flags) {
    switch (flags & (kVarargs | kKeywords | kNoArgs | kO | kFastcall | kMethod)) {
        case kNoArgs: return vectorcall_no_args;
        case kO: return vectorcall_o;
        case kFastcall: return vectorcall_fast;
        case kFastcall | kKeywords: return vectorcall_fast_keywords;
        case kMethod | kFastcall | kKeywords: return vectorcall_method_form;
        default: return nullptr;
    }
}

bool is_free(BuiltinFunction* function) { return !function->self || is_module(function->self); }

void builtin_dealloc(Object* object) {
    gc_untrack(object);
    DeallocGuard guard(object);
    if (!guard.entered()) return;
    BuiltinFunction* function = as_builtin(object);
    if (function->weaklist) clear_weakrefs(object);
    if (object->type == &builtin_method_type) decref(static_cast<BuiltinMethod*>(object)->defining_class);
    xdecref(function->self);
    xdecref(function->module);
    gc_object_free(object);
}
int builtin_traverse(Object* object, Visit visit, void* arg) {
    VISIT(as_builtin(object)->self);
    VISIT(as_builtin(object)->module);
    if (object->type == &builtin_method_type) VISIT(static_cast<BuiltinMethod*>(object)->defining_class);
    return 0;
}
Fallible<Ref<>> builtin_repr(Object* object) {
    BuiltinFunction* function = as_builtin(object);
    if (is_free(function)) return format_str("<built-in function %s>", function->definition->name);
    return format_str("<built-in method %s of %s object at %p>", function->definition->name, function->self->type->name,
                      function->self);
}
Hash builtin_hash(Object* object) {
    Hash value = hash_pointer(as_builtin(object)->self) ^
                 hash_pointer(reinterpret_cast<void*>(as_builtin(object)->definition->function));
    return value == -1 ? -2 : value;
}
Object* builtin_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || !is_instance_of(a, builtin_function_type) || !is_instance_of(b, builtin_function_type))
        return new_reference(not_implemented());
    bool equal = as_builtin(a)->self == as_builtin(b)->self &&
                 as_builtin(a)->definition->function == as_builtin(b)->definition->function;
    return compare_result(equal == (op == kEqual));
}

// builtin_function_or_method.__reduce__(self)
Fallible<Ref<>> builtin_reduce(Object* object) {
    BuiltinFunction* function = as_builtin(object);
    Ref<Str> name = TRY(str_from_utf8(function->definition->name));
    if (is_free(function)) return name;
    Ref<Tuple> arguments = TRY(tuple_pack(function->self, name.get()));
    Object* getattr = dict_get_str(runtime().builtins, "getattr"_name);
    if (!getattr) return raise(exc::AttributeError, "getattr");
    return tuple_pack(getattr, arguments.get());
}
Fallible<Ref<>> builtin_doc(Object* object) {
    MethodDef* definition = as_builtin(object)->definition;
    return doc_text(definition->name, definition->doc);
}
Fallible<Ref<>> builtin_text_signature(Object* object) {
    MethodDef* definition = as_builtin(object)->definition;
    return doc_signature(definition->name, definition->doc);
}
Fallible<Ref<>> builtin_name(Object* object) { return str_from_utf8(as_builtin(object)->definition->name); }
Fallible<Ref<>> builtin_qualname(Object* object) {
    BuiltinFunction* function = as_builtin(object);
    if (is_free(function)) return builtin_name(object);
    Object* owner = is_type(function->self) ? function->self : static_cast<Object*>(function->self->type);
    Ref<> qualname = TRY(get_attr(owner, "__qualname__"_name));
    if (!is_str(qualname.get())) return raise(exc::TypeError, "<method>.__class__.__qualname__ is not a unicode object");
    return format_str("%S.%s", qualname.get(), function->definition->name);
}
Fallible<Ref<>> builtin_self(Object* object) {
    Object* self = passed_self(as_builtin(object));
    return share(self ? self : none());
}

MethodDef builtin_methods[] = {
    METHOD_NOARGS_UNSIGNED("__reduce__", builtin_reduce, "Pickle by name or by attribute of the bound object."),
    END_ROW,
};
MemberDef builtin_members[] = {{"__module__", kObjectOrNone, offsetof(BuiltinFunction, module), 0, nullptr}, END_ROW};
GetSetDef builtin_getset[] = {
    GETTER("__doc__", builtin_doc, nullptr),
    GETTER("__name__", builtin_name, nullptr),
    GETTER("__qualname__", builtin_qualname, nullptr),
    GETTER("__self__", builtin_self, nullptr),
    GETTER("__text_signature__", builtin_text_signature, nullptr),
    END_ROW,
};

}  // namespace

Fallible<Ref<>> builtin_method_new(MethodDef* definition, Object* self, Object* module_name, Type* defining_class) {
    if (!(definition->flags & kMethod)) return builtin_function_new(definition, self, module_name);
    Ref<BuiltinMethod> method = TRY(Fallible<Ref<BuiltinMethod>>(make_gc<BuiltinMethod>(builtin_method_type)));
    method->definition = definition;
    method->self = self;
    xincref(self);
    method->module = module_name;
    xincref(module_name);
    method->weaklist = nullptr;
    method->vectorcall = vectorcall_for(definition->flags);
    method->defining_class = new_reference(defining_class);
    gc_track(method.get());
    return method;
}

Fallible<Ref<>> builtin_function_new(MethodDef* definition, Object* self, Object* module_name) {
    Ref<BuiltinFunction> function = TRY(Fallible<Ref<BuiltinFunction>>(make_gc<BuiltinFunction>(builtin_function_type)));
    function->definition = definition;
    function->self = self;
    xincref(self);
    function->module = module_name;
    xincref(module_name);
    function->weaklist = nullptr;
    function->vectorcall = vectorcall_for(definition->flags);
    gc_track(function.get());
    return function;
}

constinit Type builtin_function_type = static_type({
    .name = "builtin_function_or_method",
    .basic_size = sizeof(BuiltinFunction),
    .flags = type_flag::kHaveGc | type_flag::kHaveVectorcall,
    .dealloc = builtin_dealloc,
    .traverse = builtin_traverse,
    .repr = slot1<builtin_repr>,
    .hash = builtin_hash,
    .richcompare = builtin_richcompare,
    .call = builtin_call,
    .vectorcall_offset = offsetof(BuiltinFunction, vectorcall),
    .getattro = generic_getattro_slot,
    .methods = builtin_methods,
    .members = builtin_members,
    .getset = builtin_getset,
    .weaklist_offset = offsetof(BuiltinFunction, weaklist),
});
constinit Type builtin_method_type = static_type({
    .name = "builtin_method",
    .basic_size = sizeof(BuiltinMethod),
    .base = &builtin_function_type,
    .flags = type_flag::kHaveGc | type_flag::kHaveVectorcall,
    .dealloc = builtin_dealloc,
    .traverse = builtin_traverse,
});

}  // namespace py
