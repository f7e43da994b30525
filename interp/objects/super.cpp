// super: attributes as the MRO has them behind a class.
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/errors.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/type_internal.h"
#include "interp/objects/types.h"
#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {
namespace {

struct Super : Object {
    Type* this_class;
    Object* self;     // null: unbound
    Type* self_class;  // of self, or self when that is a class
};
static_assert(sizeof(Super) == 40);
inline Super* as_super(Object* object) { return static_cast<Super*>(object); }

Fallible<Ref<>> super_repr(Object* object) {
    Super* self = as_super(object);
    const char* name = self->this_class ? self->this_class->name : "NULL";
    if (self->self_class) return format_str("<super: <class '%s'>, <%s object>>", name, self->self_class->name);
    return format_str("<super: <class '%s'>, NULL>", name);
}

// The attribute behind `this_class` in the MRO; absent when there is none.
Lookup<> find_behind(Type* this_class, Object* self, Type* self_class, Str* name) {
    if (!self_class->mro) return nullptr;
    Ref<Tuple> mro = share(self_class->mro);
    ssize_t i = 0;
    while (i < mro->size && mro->items[i] != this_class) ++i;
    for (++i; i < mro->size; ++i) {
        Ref<> found = TRY(dict_get(as_type(mro->items[i])->dict, name));
        if (!found) continue;
        TernarySlot get = found->type->descr_get;
        if (!get) return found;
        // Class methods called through a class: no instance then.
        Object* instance = self == static_cast<Object*>(self_class) ? nullptr : self;
        Object* bound = get(found.get(), instance, self_class);
        if (!bound) return raised;
        return steal(bound);
    }
    return nullptr;
}
Object* super_getattro(Object* object, Object* name) {
    Super* self = as_super(object);
    // super().__class__ is super, not the class's own.
    if (self->self_class && is_str(name) && !str_equals(as_str(name), "__class__")) {
        Ref<Type> self_class = share(self->self_class);
        Ref<> found = TRY(find_behind(self->this_class, self->self, self_class.get(), as_str(name)));
        if (found) return found.release();
    }
    return generic_getattro_slot(object, name);
}

// The class to start from: self itself when it is a subclass of `type`, its class when it is an instance (or says so).
Fallible<Ref<Type>> starting_class(Type* type, Object* self) {
    if (is_type(self) && is_subtype(as_type(self), type)) return share(as_type(self));
    if (is_instance_of(self, *type)) return share(self->type);
    Ref<> claimed = TRY(lookup_attr(self, "__class__"_name));
    if (claimed && is_type(claimed.get()) && claimed.get() != static_cast<Object*>(self->type) && is_subtype(as_type(claimed.get()), type))
        return share(as_type(claimed.get()));
    return raise(exc::TypeError, "super(type, obj): obj must be an instance or subtype of type");
}

Fallible<Object*> first_argument(InterpreterFrame* frame) {
    Code* code = frame->code;
    if (code->argcount == 0) return raise(exc::RuntimeError, "super(): no arguments");
    Object* first = frame->slots[0];
    bool in_cell = (static_cast<unsigned char>(code->local_kinds->data[0]) & kFastCell) && first && first->type == &cell_type;
    if (in_cell) first = static_cast<Cell*>(first)->value;
    if (!first) return raise(exc::RuntimeError, "super(): arg[0] deleted");
    return first;
}
Fallible<Type*> class_of_cell(InterpreterFrame* frame) {
    Code* code = frame->code;
    for (int i = code->local_count + code->plain_cell_count; i < code->local_count_plus; ++i) {
        if (!str_equals(as_str(code->local_names->items[i]), "__class__")) continue;
        Object* cell = frame->slots[i];
        if (!cell || cell->type != &cell_type) return raise(exc::RuntimeError, "super(): bad __class__ cell");
        Object* value = static_cast<Cell*>(cell)->value;
        if (!value) return raise(exc::RuntimeError, "super(): empty __class__ cell");
        if (!is_type(value)) return raise(exc::RuntimeError, "super(): __class__ is not a type (%s)", value->type->name);
        return as_type(value);
    }
    return raise(exc::RuntimeError, "super(): __class__ cell not found");
}

// super() inside a method: its class cell and first argument. super(type), super(type, object).
Fallible<void> initialize(Super* self, Object* const* args, ssize_t nargs) {
    if (nargs > 2) return raise(exc::TypeError, "super() expected at most 2 arguments, got %zd", nargs);
    Type* type;
    Object* object = nargs > 1 && !is_none(args[1]) ? args[1] : nullptr;
    if (nargs == 0) {
        InterpreterFrame* frame = current_frame();
        if (!frame) return raise(exc::RuntimeError, "super(): no current frame");
        object = TRY(first_argument(frame));
        type = TRY(class_of_cell(frame));
    } else {
        if (!is_type(args[0])) return raise(exc::TypeError, "super() argument 1 must be a type, not %T", args[0]);
        type = as_type(args[0]);
    }
    Ref<Type> self_class;
    if (object) self_class = TRY(starting_class(type, object));
    xincref(object);
    replace_slot(self->this_class, new_reference(type));
    replace_slot(self->self, object);
    replace_slot(self->self_class, self_class.release());
    return {};
}
int super_init(Object* self, Object* args, Object* kwargs) {
    TRY(check_no_keywords("super", kwargs));
    return initialize(as_super(self), as_tuple(args)->items, as_tuple(args)->size).release();
}
Object* super_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    TRY(check_no_keywords("super", kwnames));
    Ref<> made = TRY(Fallible<Ref<>>::from_slot(generic_alloc(as_type(type), 0)));
    TRY(initialize(as_super(made.get()), args, vectorcall_nargs(nargsf)));
    return made.release();
}

// An unbound super object in a class binds to the instance it is found through.
Object* super_get(Object* object, Object* instance, Object*) {
    Super* self = as_super(object);
    if (!instance || is_none(instance) || self->self) return new_reference(object);
    if (object->type != &super_type) return call(static_cast<Object*>(object->type), static_cast<Object*>(self->this_class), instance).release();
    Ref<Type> self_class = TRY(starting_class(self->this_class, instance));
    Ref<> made = TRY(Fallible<Ref<>>::from_slot(generic_alloc(&super_type, 0)));
    as_super(made.get())->this_class = new_reference(self->this_class);
    as_super(made.get())->self = new_reference(instance);
    as_super(made.get())->self_class = self_class.release();
    return made.release();
}

MemberDef super_members[] = {
    {"__thisclass__", kObjectOrNone, offsetof(Super, this_class), kReadOnly, "the class invoking super()"},
    {"__self__", kObjectOrNone, offsetof(Super, self), kReadOnly, "the instance invoking super(); may be None"},
    {"__self_class__", kObjectOrNone, offsetof(Super, self_class), kReadOnly, "the type of the instance invoking super(); may be None"},
    END_ROW,
};

}  // namespace

constinit Type super_type = static_type({
    .name = "super",
    .basic_size = sizeof(Super),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\n"
           "super(type, obj) -> bound super object; requires isinstance(obj, type)\n"
           "super(type, type2) -> bound super object; requires issubclass(type2, type)\n"
           "Looks attributes up in the classes behind `type` in the method resolution order.",
    .dealloc = dealloc_members<&Super::this_class, &Super::self, &Super::self_class>,
    .traverse = traverse_members<&Super::self, &Super::this_class, &Super::self_class>,
    .repr = slot1<super_repr>,
    .vectorcall = super_vectorcall,
    .getattro = super_getattro,
    .members = super_members,
    .descr_get = super_get,
    .init = super_init,
    .new_ = generic_new,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
});

}  // namespace py
