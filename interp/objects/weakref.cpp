// weakref.ref: references that do not keep their referent alive. Each referent heads a list of them; at its front stand the
// shared ones without callback: first the plain ref, then the plain proxy.
#include "interp/objects/weakref.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/gc.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {
namespace {

inline WeakReference* as_weakref(Object* object) { return static_cast<WeakReference*>(object); }
bool is_plain_ref(WeakReference* reference) { return reference && reference->type == &weakref_type && !reference->callback; }
bool is_plain_proxy(WeakReference* reference) { return reference && is_weak_proxy(reference) && !reference->callback; }

struct Shared {
    WeakReference *ref = nullptr, *proxy = nullptr;
};
Shared shared_ones(WeakReference* head) {
    Shared result;
    if (is_plain_ref(head)) {
        result.ref = head;
        head = head->next;
    }
    if (is_plain_proxy(head)) result.proxy = head;
    return result;
}
void insert_first(WeakReference* reference, WeakReference** list) {
    reference->previous = nullptr;
    reference->next = *list;
    if (*list) (*list)->previous = reference;
    *list = reference;
}
void insert_behind(WeakReference* reference, WeakReference* previous) {
    reference->previous = previous;
    reference->next = previous->next;
    if (reference->next) reference->next->previous = reference;
    previous->next = reference;
}

void start(WeakReference* reference, Object* object, Object* callback) {
    reference->referent = object;
    reference->callback = callback;
    xincref(callback);
    reference->hash = -1;
    reference->previous = reference->next = nullptr;
    reference->vectorcall = weakref_vectorcall;
}
void clear_completely(WeakReference* reference) {
    weakref_detach(reference);
    clear_slot(reference->callback);
}

int weakref_traverse(Object* object, Visit visit, void* arg) {
    VISIT(as_weakref(object)->callback);
    return 0;
}
int weakref_clear(Object* object) {
    clear_completely(as_weakref(object));
    return 0;
}
Fallible<Ref<>> weakref_repr(Object* object) {
    Ref<> referent = weakref_get(object);
    if (!referent) return format_str("<weakref at %p; dead>", object);
    Ref<> name = TRY(lookup_attr(referent.get(), "__name__"_name));
    if (!name || !is_str(name.get()))
        return format_str("<weakref at %p; to '%s' at %p>", object, referent->type->name, referent.get());
    return format_str("<weakref at %p; to '%s' at %p (%U)>", object, referent->type->name, referent.get(), name.get());
}
Hash weakref_hash(Object* object) {
    WeakReference* reference = as_weakref(object);
    if (reference->hash != -1) return reference->hash;
    Ref<> referent = weakref_get(object);
    if (!referent) return raise(exc::TypeError, "weak object has gone away");
    return reference->hash = TRY(hash(referent.get()));
}
bool refers_weakly(Object* object) { return is_weakref(object) || is_weak_proxy(object); }
// Live ones compare as their referents do, dead ones by identity.
Object* weakref_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || !refers_weakly(a) || !refers_weakly(b)) return new_reference(not_implemented());
    Ref<> left = weakref_get(a), right = weakref_get(b);
    if (!left || !right) return compare_result((a == b) == (op == kEqual));
    return rich_compare(left.get(), right.get(), CompareOp(op)).release();
}

Fallible<void> check_referable(Object* object) {
    if (object->type->weaklist_offset > 0) return {};
    return raise(exc::TypeError, "cannot create weak reference to '%s' object", object->type->name);
}
Fallible<Ref<>> make_reference(Type* type, Object* object, Object* callback) {
    TRY(check_referable(object));
    if (callback && is_none(callback)) callback = nullptr;
    WeakReference** list = weakref_list(object);
    if (!callback && type == &weakref_type) {
        if (WeakReference* shared = shared_ones(*list).ref) return share(shared);
    }
    Object* memory = type == &weakref_type ? gc_object_new(type, sizeof(WeakReference)) : type->alloc(type, 0);
    if (!memory) return raised;
    WeakReference* self = as_weakref(memory);
    start(self, object, callback);
    // Making the object may have run the collector, and with it code that made the shared one.
    Shared shared = shared_ones(*list);
    if (!callback && type == &weakref_type) {
        if (shared.ref) {
            self->referent = none();
            decref(self);
            return share(shared.ref);
        }
        insert_first(self, list);
    } else {
        WeakReference* previous = shared.proxy ? shared.proxy : shared.ref;
        if (previous)
            insert_behind(self, previous);
        else
            insert_first(self, list);
    }
    if (!gc_is_tracked(self)) gc_track(self);
    return steal(static_cast<Object*>(self));
}
// weakref.ref(object, callback=None, /): subclasses may take keywords for their own __init__.
Object* weakref_construct(Type* type, Object* args, Object* kwargs) {
    if (type == &weakref_type) TRY(check_no_keywords("ref", kwargs));
    Tuple* tuple = as_tuple(args);
    TRY(check_positional("__new__", tuple->size, 1, 2));
    return make_reference(type, tuple->items[0], tuple->size > 1 ? tuple->items[1] : nullptr).release();
}
int weakref_init(Object*, Object* args, Object* kwargs) {
    TRY(check_no_keywords("ref", kwargs));
    return check_positional("__init__", as_tuple(args)->size, 1, 2).release();
}

void run_callback(WeakReference* reference, Object* callback) {
    if (!call(callback, static_cast<Object*>(reference)).ok()) write_unraisable(callback);
}
// All callbacks are taken first: running one must not see others half cleared.
void run_callbacks(WeakReference** list) {
    auto pairs_made = list_new(0);
    if (!pairs_made.ok()) {
        clear_error();
        while (*list) clear_completely(*list);
        return;
    }
    Ref<List> pairs = pairs_made.take();
    while (WeakReference* reference = *list) {
        Ref<> callback = steal(std::exchange(reference->callback, nullptr));
        weakref_detach(reference);
        // A reference that is being deallocated itself is not to be seen again.
        if (!callback || reference->refcount <= 0) continue;
        if (!list_append(pairs.get(), reference).ok() || !list_append(pairs.get(), callback.get()).ok()) clear_error();
    }
    for (ssize_t i = 0; i + 1 < pairs->size; i += 2) run_callback(as_weakref(pairs->items[i]), pairs->items[i + 1]);
}

MemberDef weakref_members[] = {{"__callback__", kObjectOrNone, offsetof(WeakReference, callback), kReadOnly, nullptr}, END_ROW};
MethodDef weakref_methods[] = {
    CLASS_GETITEM_ROW,
    END_ROW,
};

}  // namespace

Object* weakref_vectorcall(Object* self, Object* const*, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("weakref", kwnames));
    TRY(check_positional("weakref", vectorcall_nargs(nargsf), 0, 0));
    Ref<> referent = weakref_get(self);
    return referent ? referent.release() : new_reference(none());
}

void weakref_dealloc(Object* object) {
    gc_untrack(object);
    clear_completely(as_weakref(object));
    object_memory_free(object);
}
int weakref_traverse_slot(Object* object, Visit visit, void* arg) { return weakref_traverse(object, visit, arg); }
int weakref_clear_slot(Object* object) { return weakref_clear(object); }

WeakReference** weakref_list(Object* object) {
    ssize_t offset = object->type->weaklist_offset;
    return offset > 0 ? reinterpret_cast<WeakReference**>(reinterpret_cast<char*>(object) + offset) : nullptr;
}

void weakref_detach(WeakReference* reference) {
    if (reference->referent == none()) return;
    WeakReference** list = weakref_list(reference->referent);
    // The head has no previous one; by then the referent may be half dead, but its list slot is still there.
    if (*list == reference) *list = reference->next;
    if (reference->previous) reference->previous->next = reference->next;
    if (reference->next) reference->next->previous = reference->previous;
    reference->previous = reference->next = nullptr;
    reference->referent = none();
}

ssize_t weakref_count(Object* object) {
    WeakReference** list = weakref_list(object);
    ssize_t count = 0;
    for (WeakReference* each = list ? *list : nullptr; each; each = each->next) ++count;
    return count;
}

Ref<> weakref_get(Object* weakref) {
    Object* referent = as_weakref(weakref)->referent;
    // A count of 0: its dealloc is running.
    if (referent == none() || referent->refcount <= 0) return nullptr;
    return share(referent);
}

void clear_weakrefs(Object* dying) {
    WeakReference** list = weakref_list(dying);
    if (!list || !*list) return;
    Shared shared = shared_ones(*list);
    if (shared.ref) clear_completely(shared.ref);
    if (shared.proxy) clear_completely(shared.proxy);
    if (!*list) return;
    SavedError saved;
    run_callbacks(list);
}

bool is_weakref(const Object* object) { return is_instance_of(object, weakref_type); }

Fallible<Ref<>> weakref_new(Object* object, Object* callback) { return make_reference(&weakref_type, object, callback); }

Fallible<Ref<>> weak_proxy_new(Object* object, Object* callback) {
    TRY(check_referable(object));
    if (callback && is_none(callback)) callback = nullptr;
    WeakReference** list = weakref_list(object);
    if (!callback)
        if (WeakReference* shared = shared_ones(*list).proxy) return share(shared);
    Type& type = is_callable(object) ? weakcallableproxy_type : weakproxy_type;
    Ref<WeakReference> self = TRY(Fallible<Ref<WeakReference>>(make_gc<WeakReference>(type)));
    start(self.get(), object, callback);
    Shared shared = shared_ones(*list);
    if (!callback && shared.proxy) {
        self->referent = none();
        return share(shared.proxy);
    }
    WeakReference* previous = callback && shared.proxy ? shared.proxy : shared.ref;
    if (previous)
        insert_behind(self.get(), previous);
    else
        insert_first(self.get(), list);
    gc_track(self.get());
    return self;
}

constinit Type weakref_type = static_type({
    .name = "weakref.ReferenceType",
    .basic_size = sizeof(WeakReference),
    .flags = type_flag::kHaveGc | type_flag::kHaveVectorcall | type_flag::kBase,
    .dealloc = weakref_dealloc,
    .traverse = weakref_traverse,
    .clear = weakref_clear,
    .repr = slot1<weakref_repr>,
    .hash = weakref_hash,
    .richcompare = weakref_richcompare,
    .call = call_through_vectorcall,
    .vectorcall_offset = offsetof(WeakReference, vectorcall),
    .methods = weakref_methods,
    .members = weakref_members,
    .init = weakref_init,
    .new_ = weakref_construct,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
});

}  // namespace py
