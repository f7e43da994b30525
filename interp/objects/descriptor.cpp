// The descriptors that static types' tables become: methods, class methods, members and computed attributes.
#include "interp/objects/descriptor.h"

#include "interp/objects/abstract.h"
#include "interp/objects/builtin_function.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/type_internal.h"
#include "interp/objects/types.h"
#include "interp/runtime/audit.h"
#include "interp/runtime/state.h"

namespace py {

void descriptor_dealloc(Object* object) {
    gc_untrack(object);
    auto* descriptor = static_cast<Descriptor*>(object);
    xdecref(descriptor->owner);
    xdecref(descriptor->name);
    xdecref(descriptor->qualname);
    gc_object_free(object);
}
int descriptor_traverse(Object* object, Visit visit, void* arg) {
    VISIT(static_cast<Descriptor*>(object)->owner);
    return 0;
}
// <type>.__qualname__ of descriptors: computed once.
Fallible<Ref<>> descriptor_qualname(Object* object) {
    auto* descriptor = static_cast<Descriptor*>(object);
    if (!descriptor->qualname) {
        Ref<> owner = TRY(get_attr(descriptor->owner, "__qualname__"_name));
        if (!is_str(owner.get())) return raise(exc::TypeError, "<descriptor>.__objclass__.__qualname__ is not a unicode object");
        descriptor->qualname = TRY(format_str("%U.%U", owner.get(), descriptor->name)).release();
    }
    return share(descriptor->qualname);
}
// Descriptors pickle as getattr(class, name).
Fallible<Ref<>> descriptor_reduce(Object* object) {
    auto* descriptor = static_cast<Descriptor*>(object);
    Object* getattr = dict_get_str(runtime().builtins, "getattr"_name);
    if (!getattr) return raise(exc::AttributeError, "getattr");
    Ref<Tuple> arguments = TRY(tuple_pack(static_cast<Object*>(descriptor->owner), static_cast<Object*>(descriptor->name)));
    return tuple_pack(getattr, arguments.get());
}
MemberDef descriptor_members[] = {
    {"__objclass__", kObject, offsetof(Descriptor, owner), kReadOnly, nullptr},
    {"__name__", kObject, offsetof(Descriptor, name), kReadOnly, nullptr},
    END_ROW,
};

template <class T>
Fallible<Ref<T>> descriptor_new(Type& kind, Type* owner, const char* name) {
    Ref<Str> text = intern(TRY(str_from_utf8(name)));
    Ref<T> descriptor = TRY(Fallible<Ref<T>>(make_gc<T>(kind)));
    descriptor->owner = new_reference(owner);
    descriptor->name = text.release();
    descriptor->qualname = nullptr;
    gc_track(descriptor.get());
    return descriptor;
}

namespace {

inline Descriptor* as_descriptor(Object* object) { return static_cast<Descriptor*>(object); }
inline MethodDef* definition_of(Object* object) { return static_cast<MethodDescriptor*>(object)->definition; }

Fallible<void> check_instance(Object* descriptor, Object* object) {
    if (is_instance_of(object, *as_descriptor(descriptor)->owner)) [[likely]]
        return {};
    return raise(exc::TypeError, "descriptor '%U' for '%.100s' objects doesn't apply to a '%.100s' object",
                 as_descriptor(descriptor)->name, as_descriptor(descriptor)->owner->name, object->type->name);
}

// Method descriptors: called with the object as first argument.
Fallible<void> check_arguments(Object* callable, Object* const* args, ssize_t nargs, Object* kwnames, bool keywords) {
    if (nargs < 1) {
        Ref<Str> text = TRY(function_text(callable));
        return raise(exc::TypeError, "unbound method %U needs an argument", text.get());
    }
    TRY(check_instance(callable, args[0]));
    return keywords ? Fallible<void>() : refuse_keywords(callable, kwnames);
}
Object* method_no_args(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_arguments(callable, args, nargs, kwnames, false));
    if (nargs != 1) TRY(wrong_count(callable, "no arguments", nargs - 1));
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    return definition_of(callable)->function(args[0], nullptr);
}
Object* method_o(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_arguments(callable, args, nargs, kwnames, false));
    if (nargs != 2) TRY(wrong_count(callable, "exactly one argument", nargs - 1));
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    return definition_of(callable)->function(args[0], args[1]);
}
Object* method_fast(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_arguments(callable, args, nargs, kwnames, false));
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    auto function = reinterpret_cast<FastFunction>(reinterpret_cast<void*>(definition_of(callable)->function));
    return function(args[0], args + 1, nargs - 1);
}
Object* method_fast_keywords(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_arguments(callable, args, nargs, kwnames, true));
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    auto function = reinterpret_cast<FastKeywordsFunction>(reinterpret_cast<void*>(definition_of(callable)->function));
    return function(args[0], args + 1, nargs - 1, kwnames);
}
Object* method_with_class(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    TRY(check_arguments(callable, args, nargs, kwnames, true));
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    auto function = reinterpret_cast<DefiningClassFunction>(reinterpret_cast<void*>(definition_of(callable)->function));
    return function(args[0], as_descriptor(callable)->owner, args + 1, nargs - 1, kwnames);
}
// METH_VARARGS: a tuple of the rest, and a dict for the keywords.
Object* method_varargs(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    ssize_t nargs = vectorcall_nargs(nargsf);
    bool keywords = definition_of(callable)->flags & kKeywords;
    TRY(check_arguments(callable, args, nargs, kwnames, keywords));
    Ref<Tuple> tuple = TRY(tuple_from_array(args + 1, nargs - 1));
    Ref<Dict> dict;
    Tuple* names = static_cast<Tuple*>(kwnames);
    if (names && names->size) {
        dict = TRY(dict_new());
        for (ssize_t i = 0; i < names->size; ++i) TRY(dict_set(dict.get(), names->items[i], args[nargs + i]));
    }
    RecursionGuard guard(kWhileCalling);
    if (!guard.ok()) return nullptr;
    CFunction function = definition_of(callable)->function;
    return keywords ? reinterpret_cast<TernarySlot>(reinterpret_cast<void*>(function))(args[0], tuple.get(), dict.get())
                    : function(args[0], tuple.get());
}
VectorcallSlot vectorcall_for(int flags) {
    switch (flags & (kVarargs | kKeywords | kNoArgs | kO | kFastcall | kMethod)) {
        case kNoArgs: return method_no_args;
        case kO: return method_o;
        case kFastcall: return method_fast;
        case kFastcall | kKeywords: return method_fast_keywords;
        case kMethod | kFastcall | kKeywords: return method_with_class;
        default: return method_varargs;
    }
}

Object* method_get(Object* self, Object* object, Object*) {
    if (!object) return new_reference(self);
    TRY(check_instance(self, object));
    return builtin_method_new(definition_of(self), object, nullptr, as_descriptor(self)->owner).release();
}
Object* classmethod_get(Object* self, Object* object, Object* type) {
    Descriptor* descriptor = as_descriptor(self);
    if (!type) {
        if (!object)
            return raise(exc::TypeError, "descriptor '%U' for type '%.100s' needs either an object or a type", descriptor->name,
                         descriptor->owner->name);
        type = object->type;
    }
    if (!is_type(type))
        return raise(exc::TypeError, "descriptor '%U' for type '%.100s' needs a type, not a '%.100s' as arg 2", descriptor->name,
                     descriptor->owner->name, type->type->name);
    if (!is_subtype(as_type(type), descriptor->owner))
        return raise(exc::TypeError, "descriptor '%U' requires a subtype of '%.100s' but received '%.100s'", descriptor->name,
                     descriptor->owner->name, as_type(type)->name);
    return builtin_method_new(definition_of(self), type, nullptr, as_type(type)).release();
}
Object* classmethod_call(Object* self, Object* args, Object* kwargs) {
    Tuple* tuple = as_tuple(args);
    if (tuple->size < 1)
        return raise(exc::TypeError, "descriptor '%U' of '%.100s' object needs an argument", as_descriptor(self)->name,
                     as_descriptor(self)->owner->name);
    Ref<> bound = TRY(Fallible<Ref<>>::from_slot(classmethod_get(self, nullptr, tuple->items[0])));
    return call_dict(bound.get(), tuple->items + 1, tuple->size - 1, kwargs).release();
}
Object* member_descriptor_get(Object* self, Object* object, Object*) {
    if (!object) return new_reference(self);
    TRY(check_instance(self, object));
    const MemberDef* definition = static_cast<MemberDescriptor*>(self)->definition;
    if (definition->flags & kAuditRead) TRY(audit_read(object, definition->name));
    return member_get(reinterpret_cast<char*>(object), definition).release();
}
int member_descriptor_set(Object* self, Object* object, Object* value) {
    TRY(check_instance(self, object));
    return member_set(reinterpret_cast<char*>(object), static_cast<MemberDescriptor*>(self)->definition, value).release();
}
Object* getset_get(Object* self, Object* object, Object*) {
    if (!object) return new_reference(self);
    TRY(check_instance(self, object));
    GetSetDef* definition = static_cast<GetSetDescriptor*>(self)->definition;
    if (definition->get) return definition->get(object, definition->closure);
    return raise(exc::AttributeError, "attribute '%U' of '%.100s' objects is not readable", as_descriptor(self)->name,
                 as_descriptor(self)->owner->name);
}
int getset_set(Object* self, Object* object, Object* value) {
    TRY(check_instance(self, object));
    GetSetDef* definition = static_cast<GetSetDescriptor*>(self)->definition;
    if (definition->set) return definition->set(object, value, definition->closure);
    return raise(exc::AttributeError, "attribute '%U' of '%.100s' objects is not writable", as_descriptor(self)->name,
                 as_descriptor(self)->owner->name);
}

Fallible<Ref<>> method_repr(Object* o) {
    return format_str("<method '%U' of '%s' objects>", as_descriptor(o)->name, as_descriptor(o)->owner->name);
}
Fallible<Ref<>> member_repr(Object* o) {
    return format_str("<member '%U' of '%s' objects>", as_descriptor(o)->name, as_descriptor(o)->owner->name);
}
Fallible<Ref<>> getset_repr(Object* o) {
    return format_str("<attribute '%U' of '%s' objects>", as_descriptor(o)->name, as_descriptor(o)->owner->name);
}
Fallible<Ref<>> method_doc(Object* o) { return doc_text(definition_of(o)->name, definition_of(o)->doc); }
Fallible<Ref<>> method_text_signature(Object* o) { return doc_signature(definition_of(o)->name, definition_of(o)->doc); }
Fallible<Ref<>> plain_doc(const char* doc) {
    if (!doc) return share(none());
    return str_from_utf8(doc);
}
Fallible<Ref<>> member_doc(Object* o) { return plain_doc(static_cast<MemberDescriptor*>(o)->definition->doc); }
Fallible<Ref<>> getset_doc(Object* o) { return plain_doc(static_cast<GetSetDescriptor*>(o)->definition->doc); }

// method_descriptor.__reduce__($self, /)
MethodDef reduce_methods[] = {METHOD_NOARGS_UNSIGNED("__reduce__", descriptor_reduce, "Pickle as an attribute of its class."), END_ROW};
GetSetDef method_getset[] = {
    GETTER("__doc__", method_doc, nullptr),
    GETTER("__qualname__", descriptor_qualname, nullptr),
    GETTER("__text_signature__", method_text_signature, nullptr),
    END_ROW,
};
GetSetDef member_getset[] = {GETTER("__doc__", member_doc, nullptr), GETTER("__qualname__", descriptor_qualname, nullptr), END_ROW};
GetSetDef getset_getset[] = {GETTER("__doc__", getset_doc, nullptr), GETTER("__qualname__", descriptor_qualname, nullptr), END_ROW};

}  // namespace

Fallible<Ref<>> method_descriptor_new(Type* owner, MethodDef* definition) {
    auto descriptor = TRY(descriptor_new<MethodDescriptor>(method_descriptor_type, owner, definition->name));
    descriptor->definition = definition;
    descriptor->vectorcall = vectorcall_for(definition->flags);
    return descriptor;
}
Fallible<Ref<>> classmethod_descriptor_new(Type* owner, MethodDef* definition) {
    auto descriptor = TRY(descriptor_new<MethodDescriptor>(classmethod_descriptor_type, owner, definition->name));
    descriptor->definition = definition;
    descriptor->vectorcall = nullptr;
    return descriptor;
}
Fallible<Ref<>> member_descriptor_new(Type* owner, MemberDef* definition) {
    auto descriptor = TRY(descriptor_new<MemberDescriptor>(member_descriptor_type, owner, definition->name));
    descriptor->definition = definition;
    return descriptor;
}
Fallible<Ref<>> getset_descriptor_new(Type* owner, GetSetDef* definition) {
    auto descriptor = TRY(descriptor_new<GetSetDescriptor>(getset_descriptor_type, owner, definition->name));
    descriptor->definition = definition;
    return descriptor;
}
Fallible<Ref<>> wrapper_descriptor_new(Type* owner, const SlotRow* row, void* wrapped) {
    auto descriptor = TRY(descriptor_new<WrapperDescriptor>(wrapper_descriptor_type, owner, row->name));
    descriptor->row = row;
    descriptor->wrapped = wrapped;
    return descriptor;
}

constinit Type method_descriptor_type = static_type({
    .name = "method_descriptor",
    .basic_size = sizeof(MethodDescriptor),
    .flags = type_flag::kHaveGc | type_flag::kHaveVectorcall | type_flag::kMethodDescriptor,
    .dealloc = descriptor_dealloc,
    .traverse = descriptor_traverse,
    .repr = slot1<method_repr>,
    .call = call_through_vectorcall,
    .vectorcall_offset = offsetof(MethodDescriptor, vectorcall),
    .getattro = generic_getattro_slot,
    .methods = reduce_methods,
    .members = descriptor_members,
    .getset = method_getset,
    .descr_get = method_get,
});
constinit Type classmethod_descriptor_type = static_type({
    .name = "classmethod_descriptor",
    .basic_size = sizeof(MethodDescriptor),
    .flags = type_flag::kHaveGc,
    .dealloc = descriptor_dealloc,
    .traverse = descriptor_traverse,
    .repr = slot1<method_repr>,
    .call = classmethod_call,
    .getattro = generic_getattro_slot,
    .members = descriptor_members,
    .getset = method_getset,
    .descr_get = classmethod_get,
});
constinit Type member_descriptor_type = static_type({
    .name = "member_descriptor",
    .basic_size = sizeof(MemberDescriptor),
    .flags = type_flag::kHaveGc,
    .dealloc = descriptor_dealloc,
    .traverse = descriptor_traverse,
    .repr = slot1<member_repr>,
    .getattro = generic_getattro_slot,
    .methods = reduce_methods,
    .members = descriptor_members,
    .getset = member_getset,
    .descr_get = member_descriptor_get,
    .descr_set = member_descriptor_set,
});
constinit Type getset_descriptor_type = static_type({
    .name = "getset_descriptor",
    .basic_size = sizeof(GetSetDescriptor),
    .flags = type_flag::kHaveGc,
    .dealloc = descriptor_dealloc,
    .traverse = descriptor_traverse,
    .repr = slot1<getset_repr>,
    .getattro = generic_getattro_slot,
    .members = descriptor_members,
    .getset = getset_getset,
    .descr_get = getset_get,
    .descr_set = getset_set,
});

}  // namespace py
