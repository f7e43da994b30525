// _thread._local: attributes that every thread has for itself. The object owns the threads' attribute dicts, so that the
// collector sees cycles through them; a mark in each thread's own dict takes that thread's attributes out when it ends.
#include "interp/modules/thread_types.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/pending.h"
#include "interp/runtime/thread.h"

namespace py {

namespace {

struct Local : Object {
    Str* key;          // under which the threads' dicts hold this object's marks
    Dict* attributes;  // thread's number → dict
    Object* args;      // for __init__ in each thread that touches the object
    Object* kwargs;
    Object* weaklist;
};
Local* as_local(Object* object) { return static_cast<Local*>(object); }

struct Mark : Object {
    Local* local;  // not owned; null when that has gone
    uint64_t thread;
};
Mark* as_mark(Object* object) { return static_cast<Mark*>(object); }

void forget_thread(Local* local, uint64_t thread) {
    if (!local->attributes) return;
    SavedError saved;
    Ref<> number = MUST(int_from_unsigned(thread));
    (void)dict_delete(local->attributes, number.get()).ok();
}
void mark_dealloc(Object* self) {
    if (as_mark(self)->local) forget_thread(as_mark(self)->local, as_mark(self)->thread);
    object_free(self);
}
constinit Type mark_type = static_type({
    .name = "_thread._localdummy",
    .basic_size = sizeof(Mark),
    .flags = type_flag::kDisallowInstantiation,
    .doc = "Thread-local dummy",
    .dealloc = mark_dealloc,
});

Fallible<Dict*> thread_dict() {
    Thread* thread = Thread::current();
    if (!thread->dict) thread->dict = TRY(dict_new()).release();
    return as_dict(thread->dict);
}

// The calling thread's new attributes, empty.
Fallible<Ref<Dict>> new_attributes(Local* self) {
    uint64_t thread = Thread::current()->id;
    Ref<> number = TRY(int_from_unsigned(thread));
    Ref<Dict> made = TRY(dict_new());
    Ref<Mark> mark = make<Mark>(mark_type);
    if (!mark) return raised;
    mark->local = nullptr;
    mark->thread = thread;
    TRY(dict_set(TRY(thread_dict()), self->key, mark.get()));
    TRY(dict_set(self->attributes, number.get(), made.get()));
    mark->local = self;
    return made;
}

// The calling thread's attributes; made, and __init__ run, at the first use in a thread.
Fallible<Ref<Dict>> attributes_of(Object* object) {
    Local* self = as_local(object);
    Ref<> number = TRY(int_from_unsigned(Thread::current()->id));
    Ref<> found = TRY(dict_get(self->attributes, number.get()));
    if (found) return std::move(found).cast<Dict>();
    Ref<Dict> made = TRY(new_attributes(self));
    if (self->type->init == object_type.init) return made;
    if (self->type->init(self, self->args, self->kwargs) < 0) {
        SavedError saved;
        (void)dict_delete(TRY(thread_dict()), self->key).ok();
        return raised;
    }
    return made;
}

// _local(*args, **kwargs)
Object* local_new(Type* type, Object* args, Object* kwargs) {
    bool has_arguments = (args && as_tuple(args)->size) || (kwargs && as_dict(kwargs)->used);
    if (has_arguments && type->init == object_type.init) return raise(exc::TypeError, "Initialization arguments are not supported");
    Ref<> object = steal(type->alloc(type, 0));
    if (!object) return nullptr;
    Local* self = as_local(object.get());
    self->key = TRY(format_str("thread.local.%p", object.get())).release();
    self->args = args;
    xincref(args);
    self->kwargs = kwargs;
    xincref(kwargs);
    self->attributes = TRY(dict_new()).release();
    (void)TRY(new_attributes(self));
    return object.release();
}

Object* local_getattro(Object* self, Object* name) {
    if (!is_str(name)) return name_not_str(name);
    Ref<Dict> attributes = TRY(attributes_of(self));
    if (str_equals(as_str(name), "__dict__")) return attributes.release();
    // Data descriptors of the type come first, as for any object.
    Object* descriptor = type_lookup(self->type, as_str(name));
    Ref<> kept = descriptor ? share(descriptor) : Ref<>();
    if (descriptor && descriptor->type->descr_get && descriptor->type->descr_set)
        return descriptor->type->descr_get(descriptor, self, self->type);
    Ref<> value = TRY(dict_get(attributes.get(), name));
    if (value) return value.release();
    if (descriptor && descriptor->type->descr_get) return descriptor->type->descr_get(descriptor, self, self->type);
    if (descriptor) return kept.release();
    return generic_getattro_slot(self, name);
}

int local_setattro(Object* self, Object* name, Object* value) {
    if (!is_str(name)) return name_not_str(name);
    if (str_equals(as_str(name), "__dict__"))
        return raise(exc::AttributeError, "'%T' object attribute '%U' is read-only", self, as_str(name));
    Ref<Dict> attributes = TRY(attributes_of(self));
    Object* descriptor = type_lookup(self->type, as_str(name));
    if (descriptor && descriptor->type->descr_set) {
        Ref<> kept = share(descriptor);
        return descriptor->type->descr_set(descriptor, self, value);
    }
    if (value) return dict_set(attributes.get(), name, value).release();
    bool deleted = TRY(dict_delete(attributes.get(), name));
    if (!deleted) return raise(exc::AttributeError, "'%T' object has no attribute '%U'", self, as_str(name));
    return 0;
}

// Takes the marks out of every thread's dict; what they mark goes with the object.
void forget_marks(Local* self) {
    if (!self->key) return;
    SavedError saved;
    for (Thread* each = first_thread(); each; each = each->next) {
        if (!each->dict) continue;
        auto popped = dict_pop(as_dict(each->dict), self->key);
        Ref<> mark = popped.ok() ? popped.take() : Ref<>();
        if (mark) as_mark(mark.get())->local = nullptr;
    }
    clear_error();
}

int local_clear(Object* self) {
    clear_slot(as_local(self)->args);
    clear_slot(as_local(self)->kwargs);
    if (as_local(self)->attributes) dict_clear(as_local(self)->attributes);
    forget_marks(as_local(self));
    return 0;
}
void local_dealloc(Object* self) {
    gc_untrack(self);
    if (as_local(self)->weaklist) clear_weakrefs(self);
    forget_marks(as_local(self));
    clear_slot(as_local(self)->attributes);
    clear_slot(as_local(self)->key);
    clear_slot(as_local(self)->args);
    clear_slot(as_local(self)->kwargs);
    self->type->free(self);
}

}  // namespace

constinit Type local_type = static_type({
    .name = "_thread._local",
    .basic_size = sizeof(Local),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "Thread-local data",
    .dealloc = local_dealloc,
    .traverse = traverse_members<&Local::args, &Local::kwargs, &Local::attributes>,
    .clear = local_clear,
    .getattro = local_getattro,
    .setattro = local_setattro,
    .weaklist_offset = offsetof(Local, weaklist),
    .new_ = local_new,
});

}  // namespace py
