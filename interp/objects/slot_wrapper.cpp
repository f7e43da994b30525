// wrapper_descriptor and method-wrapper: `int.__add__` and `(1).__add__`; and the wrappers that turn Python arguments into
// those of each kind of slot.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/descriptor.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/slot_functions.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {
namespace {

struct MethodWrapper : Object {
    WrapperDescriptor* descriptor;
    Object* self;
};

Fallible<void> check_count(Tuple* args, ssize_t count) {
    if (args->size == count) return {};
    return raise(exc::TypeError, "expected %zd argument%s, got %zd", count, count == 1 ? "" : "s", args->size);
}
Object* none_unless_failed(int status) { return status < 0 ? nullptr : new_reference(none()); }

// Index arguments of sequence slots: negative ones count from the end.
Fallible<ssize_t> item_index(Object* self, Object* argument) {
    ssize_t i = TRY(index_as_ssize(argument, exc::OverflowError));
    SequenceMethods* sequence = self->type->as_sequence;
    if (i < 0 && sequence && sequence->length) {
        ssize_t size = sequence->length(self);
        if (size < 0) return raised;
        i += size;
    }
    return i;
}

// object.__setattr__(a_type, …) must not get around the type's own __setattr__.
Fallible<void> refuse_bypass(Object* self, StoreSlot wrapped, const char* what) {
    Type* type = self->type;
    Tuple* mro = type->mro;
    Type* defining = nullptr;
    for (ssize_t i = mro ? mro->size - 1 : -1; i >= 0; --i) {
        Type* base = as_type(mro->items[i]);
        if (base->setattro == slot_tp_setattro) continue;
        if (base->setattro == type->setattro) defining = base;
    }
    if (!defining) defining = type;
    while (defining && defining->setattro == slot_tp_setattro) defining = defining->base;
    for (Type* base = defining; base; base = base->base) {
        if (base->setattro == wrapped) return {};
        if (base->setattro != slot_tp_setattro) break;
    }
    return raise(exc::TypeError, "can't apply this %s to %s object", what, type->name);
}

Object* run_wrapper(WrapperDescriptor* descriptor, Object* self, Tuple* args, Object* kwargs) {
    const SlotRow* row = descriptor->row;
    if (!row->takes_keywords && kwargs && as_dict(kwargs)->used)
        return raise(exc::TypeError, "wrapper %s() takes no keyword arguments", row->name);
    return row->wrapper(self, args, descriptor->wrapped, kwargs);
}

Object* wrapper_descriptor_call(Object* callable, Object* args, Object* kwargs) {
    auto* descriptor = static_cast<WrapperDescriptor*>(callable);
    Tuple* tuple = as_tuple(args);
    if (tuple->size < 1)
        return raise(exc::TypeError, "descriptor '%U' of '%.100s' object needs an argument", descriptor->name, descriptor->owner->name);
    Object* self = tuple->items[0];
    if (!is_instance_of(self, *descriptor->owner))
        return raise(exc::TypeError, "descriptor '%U' requires a '%.100s' object but received a '%.100s'", descriptor->name,
                     descriptor->owner->name, self->type->name);
    Ref<Tuple> rest = TRY(tuple_slice(tuple, 1, tuple->size));
    return run_wrapper(descriptor, self, rest.get(), kwargs);
}
Object* wrapper_descriptor_get(Object* self, Object* object, Object*) {
    if (!object) return new_reference(self);
    auto* descriptor = static_cast<WrapperDescriptor*>(self);
    if (!is_instance_of(object, *descriptor->owner))
        return raise(exc::TypeError, "descriptor '%U' for '%.100s' objects doesn't apply to a '%.100s' object", descriptor->name,
                     descriptor->owner->name, object->type->name);
    return method_wrapper_new(descriptor, object).release();
}
Fallible<Ref<>> wrapper_descriptor_repr(Object* o) {
    auto* descriptor = static_cast<WrapperDescriptor*>(o);
    return format_str("<slot wrapper '%U' of '%s' objects>", descriptor->name, descriptor->owner->name);
}
Fallible<Ref<>> wrapper_descriptor_doc(Object* o) {
    const SlotRow* row = static_cast<WrapperDescriptor*>(o)->row;
    return doc_text(row->name, row->doc);
}
Fallible<Ref<>> wrapper_descriptor_signature(Object* o) {
    const SlotRow* row = static_cast<WrapperDescriptor*>(o)->row;
    return doc_signature(row->name, row->doc);
}

inline MethodWrapper* as_wrapper(Object* object) { return static_cast<MethodWrapper*>(object); }
void method_wrapper_dealloc(Object* object) {
    gc_untrack(object);
    DeallocGuard guard(object);
    if (!guard.entered()) return;
    decref(as_wrapper(object)->descriptor);
    decref(as_wrapper(object)->self);
    gc_object_free(object);
}
Object* method_wrapper_call(Object* object, Object* args, Object* kwargs) {
    return run_wrapper(as_wrapper(object)->descriptor, as_wrapper(object)->self, as_tuple(args), kwargs);
}
Fallible<Ref<>> method_wrapper_repr(Object* object) {
    MethodWrapper* wrapper = as_wrapper(object);
    return format_str("<method-wrapper '%s' of %s object at %p>", wrapper->descriptor->row->name, wrapper->self->type->name,
                      wrapper->self);
}
Hash method_wrapper_hash(Object* object) {
    Hash value = hash_pointer(as_wrapper(object)->self) ^ hash_pointer(as_wrapper(object)->descriptor);
    return value == -1 ? -2 : value;
}
Object* method_wrapper_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || a->type != &method_wrapper_type || b->type != &method_wrapper_type)
        return new_reference(not_implemented());
    bool equal = as_wrapper(a)->descriptor == as_wrapper(b)->descriptor && as_wrapper(a)->self == as_wrapper(b)->self;
    return compare_result(equal == (op == kEqual));
}
// method-wrapper.__reduce__($self, /)
Fallible<Ref<>> method_wrapper_reduce(Object* object) {
    Object* getattr = dict_get_str(runtime().builtins, "getattr"_name);
    if (!getattr) return raise(exc::AttributeError, "getattr");
    Ref<Tuple> arguments = TRY(tuple_pack(as_wrapper(object)->self, static_cast<Object*>(as_wrapper(object)->descriptor->name)));
    return tuple_pack(getattr, arguments.get());
}
Fallible<Ref<>> method_wrapper_owner(Object* object) { return share(as_wrapper(object)->descriptor->owner); }
Fallible<Ref<>> method_wrapper_name(Object* object) { return share(as_wrapper(object)->descriptor->name); }
Fallible<Ref<>> method_wrapper_doc(Object* object) { return wrapper_descriptor_doc(as_wrapper(object)->descriptor); }
Fallible<Ref<>> method_wrapper_signature(Object* object) { return wrapper_descriptor_signature(as_wrapper(object)->descriptor); }
Fallible<Ref<>> method_wrapper_qualname(Object* object) { return descriptor_qualname(as_wrapper(object)->descriptor); }

// wrapper_descriptor.__reduce__($self, /)
MethodDef wrapper_descriptor_methods[] = {
    METHOD_NOARGS_UNSIGNED("__reduce__", descriptor_reduce, "Pickle as an attribute of its class."),
    END_ROW,
};
GetSetDef wrapper_descriptor_getset[] = {
    GETTER("__doc__", wrapper_descriptor_doc, nullptr),
    GETTER("__qualname__", descriptor_qualname, nullptr),
    GETTER("__text_signature__", wrapper_descriptor_signature, nullptr),
    END_ROW,
};
MethodDef method_wrapper_methods[] = {
    METHOD_NOARGS_UNSIGNED("__reduce__", method_wrapper_reduce, "Pickle as an attribute of its object."),
    END_ROW,
};
MemberDef method_wrapper_members[] = {{"__self__", kObject, offsetof(MethodWrapper, self), kReadOnly, nullptr}, END_ROW};
GetSetDef method_wrapper_getset[] = {
    GETTER("__objclass__", method_wrapper_owner, nullptr),
    GETTER("__name__", method_wrapper_name, nullptr),
    GETTER("__qualname__", method_wrapper_qualname, nullptr),
    GETTER("__doc__", method_wrapper_doc, nullptr),
    GETTER("__text_signature__", method_wrapper_signature, nullptr),
    END_ROW,
};

template <class T>
T slot_cast(void* wrapped) {
    return reinterpret_cast<T>(wrapped);
}

}  // namespace

Object* wrap_unary(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 0));
    return slot_cast<UnarySlot>(wrapped)(self);
}
Object* wrap_binary(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    return slot_cast<BinarySlot>(wrapped)(self, args->items[0]);
}
Object* wrap_binary_reflected(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    return slot_cast<BinarySlot>(wrapped)(args->items[0], self);
}
Object* wrap_ternary(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_positional("", args->size, 1, 2));
    return slot_cast<TernarySlot>(wrapped)(self, args->items[0], args->size > 1 ? args->items[1] : none());
}
Object* wrap_ternary_reflected(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_positional("", args->size, 1, 2));
    return slot_cast<TernarySlot>(wrapped)(args->items[0], self, args->size > 1 ? args->items[1] : none());
}
Object* wrap_inplace_power(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    return slot_cast<TernarySlot>(wrapped)(self, args->items[0], none());
}
Object* wrap_bool(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 0));
    int truth = slot_cast<InquirySlot>(wrapped)(self);
    return truth < 0 ? nullptr : compare_result(truth != 0);
}
Object* wrap_length(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 0));
    ssize_t size = slot_cast<LengthSlot>(wrapped)(self);
    return size < 0 && error_occurred() ? nullptr : int_from(size).release();
}
Object* wrap_hash(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 0));
    Hash value = slot_cast<HashSlot>(wrapped)(self);
    return value == -1 && error_occurred() ? nullptr : int_from(value).release();
}
Object* wrap_index_argument(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_positional("", args->size, 1, 1));
    ssize_t i = TRY(index_as_ssize(args->items[0], exc::OverflowError));
    return slot_cast<IndexSlot>(wrapped)(self, i);
}
Object* wrap_item(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    return slot_cast<IndexSlot>(wrapped)(self, TRY(item_index(self, args->items[0])));
}
Object* wrap_store_item(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_positional("", args->size, 2, 2));
    ssize_t i = TRY(item_index(self, args->items[0]));
    return none_unless_failed(slot_cast<StoreIndexSlot>(wrapped)(self, i, args->items[1]));
}
Object* wrap_delete_index(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    ssize_t i = TRY(item_index(self, args->items[0]));
    return none_unless_failed(slot_cast<StoreIndexSlot>(wrapped)(self, i, nullptr));
}
Object* wrap_store(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_positional("", args->size, 2, 2));
    return none_unless_failed(slot_cast<StoreSlot>(wrapped)(self, args->items[0], args->items[1]));
}
Object* wrap_delete_item(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    return none_unless_failed(slot_cast<StoreSlot>(wrapped)(self, args->items[0], nullptr));
}
Object* wrap_contains(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    int found = slot_cast<ContainsSlot>(wrapped)(self, args->items[0]);
    return found < 0 ? nullptr : compare_result(found != 0);
}
Object* wrap_call(Object* self, Tuple* args, void* wrapped, Object* kwargs) {
    return slot_cast<TernarySlot>(wrapped)(self, args, kwargs);
}
Object* wrap_del(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 0));
    slot_cast<DeallocSlot>(wrapped)(self);
    return new_reference(none());
}
Object* wrap_next(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 0));
    Object* result = slot_cast<UnarySlot>(wrapped)(self);
    if (!result && !error_occurred()) return raise_bare(exc::StopIteration);
    return result;
}
Object* wrap_setattr(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_positional("", args->size, 2, 2));
    TRY(refuse_bypass(self, slot_cast<StoreSlot>(wrapped), "__setattr__"));
    return none_unless_failed(slot_cast<StoreSlot>(wrapped)(self, args->items[0], args->items[1]));
}
Object* wrap_delattr(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    TRY(refuse_bypass(self, slot_cast<StoreSlot>(wrapped), "__delattr__"));
    return none_unless_failed(slot_cast<StoreSlot>(wrapped)(self, args->items[0], nullptr));
}
Object* wrap_richcompare(Object* self, Tuple* args, void* wrapped, int op) {
    TRY(check_count(args, 1));
    return slot_cast<RichCompareSlot>(wrapped)(self, args->items[0], op);
}
Object* wrap_descr_get(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_positional("", args->size, 1, 2));
    Object* object = is_none(args->items[0]) ? nullptr : args->items[0];
    Object* type = args->size < 2 || is_none(args->items[1]) ? nullptr : args->items[1];
    if (!object && !type) return raise(exc::TypeError, "__get__(None, None) is invalid");
    return slot_cast<TernarySlot>(wrapped)(self, object, type);
}
Object* wrap_descr_set(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_positional("", args->size, 2, 2));
    return none_unless_failed(slot_cast<StoreSlot>(wrapped)(self, args->items[0], args->items[1]));
}
Object* wrap_descr_delete(Object* self, Tuple* args, void* wrapped, Object*) {
    TRY(check_count(args, 1));
    return none_unless_failed(slot_cast<StoreSlot>(wrapped)(self, args->items[0], nullptr));
}
Object* wrap_init(Object* self, Tuple* args, void* wrapped, Object* kwargs) {
    return none_unless_failed(slot_cast<InitSlot>(wrapped)(self, args, kwargs));
}

Fallible<Ref<>> method_wrapper_new(WrapperDescriptor* descriptor, Object* self) {
    Ref<MethodWrapper> wrapper = TRY(Fallible<Ref<MethodWrapper>>(make_gc<MethodWrapper>(method_wrapper_type)));
    wrapper->descriptor = new_reference(descriptor);
    wrapper->self = new_reference(self);
    gc_track(wrapper.get());
    return wrapper;
}

constinit Type wrapper_descriptor_type = static_type({
    .name = "wrapper_descriptor",
    .basic_size = sizeof(WrapperDescriptor),
    .flags = type_flag::kHaveGc | type_flag::kMethodDescriptor,
    .dealloc = descriptor_dealloc,
    .traverse = descriptor_traverse,
    .repr = slot1<wrapper_descriptor_repr>,
    .call = wrapper_descriptor_call,
    .getattro = generic_getattro_slot,
    .methods = wrapper_descriptor_methods,
    .members = descriptor_members,
    .getset = wrapper_descriptor_getset,
    .descr_get = wrapper_descriptor_get,
});
constinit Type method_wrapper_type = static_type({
    .name = "method-wrapper",
    .basic_size = sizeof(MethodWrapper),
    .flags = type_flag::kHaveGc,
    .dealloc = method_wrapper_dealloc,
    .traverse = traverse_members<&MethodWrapper::descriptor, &MethodWrapper::self>,
    .repr = slot1<method_wrapper_repr>,
    .hash = method_wrapper_hash,
    .richcompare = method_wrapper_richcompare,
    .call = method_wrapper_call,
    .getattro = generic_getattro_slot,
    .methods = method_wrapper_methods,
    .members = method_wrapper_members,
    .getset = method_wrapper_getset,
});

}  // namespace py
