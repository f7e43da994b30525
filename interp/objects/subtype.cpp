// Instances of classes made at run time: their death, traversal and clearing on top of what the native base does, and their
// __dict__ and __weakref__ attributes.
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

MemberDef* slot_members(Type* type) {
    return reinterpret_cast<MemberDef*>(reinterpret_cast<char*>(type) + type->type->basic_size);
}
// type->size is the number of `__slots__` fields of this class.
void clear_fields(Type* type, Object* self) {
    MemberDef* member = slot_members(type);
    for (ssize_t i = 0; i < type->size; ++i, ++member)
        if (member->type == kObject && !(member->flags & kReadOnly))
            clear_slot(*reinterpret_cast<Object**>(reinterpret_cast<char*>(self) + member->offset));
}
int visit_fields(Type* type, Object* self, Visit visit, void* arg) {
    MemberDef* member = slot_members(type);
    for (ssize_t i = 0; i < type->size; ++i, ++member)
        if (member->type == kObject) VISIT(*reinterpret_cast<Object**>(reinterpret_cast<char*>(self) + member->offset));
    return 0;
}
Type* native_base(Type* type) {
    while (type->dealloc == subtype_dealloc) type = type->base;
    return type;
}

void drop_dict(Type* type, Type* base, Object* self) {
    if (type->has(type_flag::kManagedDict)) {
        if (!base->has(type_flag::kManagedDict)) free_managed_dict(self);
    } else if (type->dict_offset && !base->dict_offset) {
        if (Object** slot = instance_dict_slot(self)) clear_slot(*slot);
    }
}
// The base's dealloc frees the memory; then the class loses the reference its instance held.
void finish(Type* base, Object* self) {
    Type* type = self->type;
    bool count_down = type->has(type_flag::kHeap) && !base->has(type_flag::kHeap);
    base->dealloc(self);
    if (count_down) decref(type);
}

void dealloc_plain(Object* self) {
    Type* type = self->type;
    if (type->finalize && !finalize_before_dealloc(self)) return;
    finish(native_base(type), self);
}

// False: the finaliser brought the object back.
bool run_finalizer(Type* type, Type* base, Object* self) {
    if (type->finalize) {
        gc_track(self);
        if (!finalize_before_dealloc(self)) return false;
        gc_untrack(self);
    }
    if (type->weaklist_offset && !base->weaklist_offset) clear_weakrefs(self);
    return true;
}

void dealloc_collected(Object* self) {
    Type* type = self->type;
    Type* base = native_base(type);
    if (!run_finalizer(type, base, self)) return;
    for (Type* each = type; each != base; each = each->base)
        if (each->size) clear_fields(each, self);
    drop_dict(type, base, self);
    // The base's dealloc expects a tracked object.
    if (base->has(type_flag::kHaveGc)) gc_track(self);
    finish(base, self);
}

// A native base with a dict of its own, such as BaseException, has the right setter.
Type* base_with_dict(Type* type) {
    for (; type->base; type = type->base)
        if (type->dict_offset && !type->base->dict_offset && !type->has(type_flag::kHeap)) return type;
    return nullptr;
}
Object* native_dict_descriptor(Object* self) {
    Type* base = base_with_dict(self->type);
    Object* descriptor = base ? type_lookup(base, "__dict__"_name) : nullptr;
    return descriptor && descriptor->type->descr_set ? descriptor : nullptr;
}
Fallible<Ref<>> subtype_get_dict(Object* self) {
    if (Object* descriptor = native_dict_descriptor(self))
        return Fallible<Ref<>>::from_slot(descriptor->type->descr_get(descriptor, self, self->type));
    return generic_get_dict(self);
}
Fallible<void> subtype_set_dict(Object* self, Object* value) {
    if (Object* descriptor = native_dict_descriptor(self))
        return Fallible<void>::from_slot(descriptor->type->descr_set(descriptor, self, value));
    return set_instance_dict(self, value);
}
Fallible<Ref<>> subtype_get_weakref(Object* self) {
    WeakReference** list = weakref_list(self);
    if (!list) return raise(exc::AttributeError, "This object has no __weakref__");
    return share(*list ? static_cast<Object*>(*list) : none());
}

#define DICT_ROW GETTER_SETTER("__dict__", subtype_get_dict, subtype_set_dict, "dictionary for instance variables (if defined)")
#define WEAKREF_ROW GETTER("__weakref__", subtype_get_weakref, "list of weak references to the object (if defined)")
GetSetDef no_rows[] = {END_ROW};
GetSetDef dict_rows[] = {DICT_ROW, END_ROW};
GetSetDef weakref_rows[] = {WEAKREF_ROW, END_ROW};
GetSetDef both_rows[] = {DICT_ROW, WEAKREF_ROW, END_ROW};
#undef DICT_ROW
#undef WEAKREF_ROW

}  // namespace

GetSetDef* subtype_getset(int which) {
    GetSetDef* const tables[] = {no_rows, dict_rows, weakref_rows, both_rows};
    return tables[which];
}

Fallible<void> set_instance_dict(Object* self, Object* value) {
    if (value && !is_dict(value)) return raise(exc::TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", value->type->name);
    xincref(value);
    if (self->type->has(type_flag::kManagedDict)) {
        // Values become a dict first, so that there is one place to replace.
        if (managed_values(self)) TRY(instance_dict(self));
        replace_slot(managed_dict(self), static_cast<Dict*>(value));
        return {};
    }
    Object** slot = instance_dict_slot(self);
    if (!slot) {
        xdecref(value);
        return raise(exc::AttributeError, "This object has no __dict__");
    }
    replace_slot(*slot, value);
    return {};
}

void subtype_dealloc(Object* self) {
    if (!self->type->has(type_flag::kHaveGc)) {
        dealloc_plain(self);
        return;
    }
    gc_untrack(self);
    if (!trash_enter(self)) return;
    dealloc_collected(self);
    trash_leave();
}

int subtype_traverse(Object* self, Visit visit, void* arg) {
    Type* type = self->type;
    Type* base = type;
    for (; base->traverse == subtype_traverse; base = base->base)
        if (base->size)
            if (int result = visit_fields(base, self, visit, arg)) return result;
    if (type->has(type_flag::kManagedDict)) {
        if (!base->has(type_flag::kManagedDict))
            if (int result = visit_managed_dict(self, visit, arg)) return result;
    } else if (type->dict_offset != base->dict_offset) {
        if (Object** slot = instance_dict_slot(self)) VISIT(*slot);
    }
    // A native heap base visits the class itself.
    if (type->has(type_flag::kHeap) && (!base->traverse || !base->has(type_flag::kHeap))) VISIT(type);
    return base->traverse ? base->traverse(self, visit, arg) : 0;
}

int subtype_clear(Object* self) {
    Type* type = self->type;
    Type* base = type;
    for (; base->clear == subtype_clear; base = base->base)
        if (base->size) clear_fields(base, self);
    if (type->has(type_flag::kManagedDict)) {
        if (!base->has(type_flag::kManagedDict)) clear_managed_dict(self);
    } else if (type->dict_offset != base->dict_offset) {
        if (Object** slot = instance_dict_slot(self)) clear_slot(*slot);
    }
    return base->clear ? base->clear(self) : 0;
}

}  // namespace py
