// object: the root of all classes, its constructor, comparison, text and the methods every object has.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/format_spec.h"
#include "interp/objects/int.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

bool has_arguments(Object* args, Object* kwargs) { return as_tuple(args)->size || (kwargs && as_dict(kwargs)->used); }

[[gnu::cold]] Fallible<void> raise_abstract(Type* type) {
    Ref<> methods = TRY(get_attr(type, "__abstractmethods__"_name));
    Ref<List> sorted = TRY(list_of(methods.get()));
    TRY(list_sort(sorted.get(), nullptr, false));
    Ref<Str> joined = TRY(str_join(TRY(str_from_ascii(", ")).get(), sorted.get()));
    return raise(exc::TypeError, "Can't instantiate abstract class %s with abstract method%s %U", type->name,
                 sorted->size > 1 ? "s" : "", joined.get());
}

void object_dealloc(Object* self) { self->type->free(self); }
Hash object_hash(Object* self) { return hash_pointer(self); }

// "<module.Class object at 0x…>"
Fallible<Ref<>> object_repr(Object* self) {
    Type* type = self->type;
    Ref<> module = TRY(lookup_attr(type, "__module__"_name));
    Ref<Str> qualname = TRY(type_qualname(type));
    if (module && is_str(module.get()) && !str_equals(as_str(module.get()), "builtins"))
        return format_str("<%U.%U object at %p>", module.get(), qualname.get(), self);
    return format_str("<%s object at %p>", type->name, self);
}
Object* object_str(Object* self) {
    UnarySlot slot = self->type->repr;
    return slot && slot != object_str ? slot(self) : object_repr(self).release();
}

// Identity decides ==; != is the inverse of whatever == says.
Object* object_richcompare(Object* self, Object* other, int op) {
    if (op == kEqual) return self == other ? compare_result(true) : new_reference(not_implemented());
    if (op != kNotEqual || !self->type->richcompare) return new_reference(not_implemented());
    Object* result = self->type->richcompare(self, other, kEqual);
    if (!result || result == not_implemented()) return result;
    Ref<> held = steal(result);
    return compare_result(!TRY(is_true(result)));
}

// object.__subclasshook__(subclass, /)
Object* object_subclasshook(Object*, Object*) { return new_reference(not_implemented()); }
// object.__init_subclass__()
Object* object_init_subclass(Object*, Object*) { return new_reference(none()); }
// object.__format__($self, format_spec, /)
Fallible<Ref<>> object_format(Object* self, Object* spec) {
    Str* text = TRY(format_spec_argument(spec));
    if (text->length) return raise(exc::TypeError, "unsupported format string passed to %.200s.__format__", self->type->name);
    return str(self);
}
// object.__sizeof__($self, /)
Fallible<Ref<>> object_sizeof(Object* self) {
    Type* type = self->type;
    ssize_t size = type->basic_size;
    if (type->item_size > 0) {
        ssize_t items = static_cast<VarObject*>(self)->size;
        size += (items < 0 ? -items : items) * type->item_size;
    }
    return int_from(size);
}

constexpr int kClassMethod = kClass | kNoArgs;
MethodDef object_methods[] = {
    METHOD_O("__reduce_ex__", object_reduce_ex, "($self, protocol, /)", "Helper for pickle."),
    METHOD_NOARGS("__reduce__", object_reduce, "($self, /)", "Helper for pickle."),
    METHOD_NOARGS("__getstate__", object_getstate, "($self, /)", "Helper for pickle."),
    {"__subclasshook__", object_subclasshook, kClass | kVarargs,
     "Abstract classes can override this to customize issubclass().\n\nNotImplemented leaves the answer to the usual mechanism."},
    {"__init_subclass__", object_init_subclass, kClassMethod,
     "This method is called when a class is subclassed.\n\nThe default implementation does nothing."},
    METHOD_O("__format__", object_format, "($self, format_spec, /)", "Default object formatter."),
    METHOD_NOARGS("__sizeof__", object_sizeof, "($self, /)", "Size of object in memory, in bytes."),
    METHOD_NOARGS("__dir__", object_dir, "($self, /)", "Default dir() implementation."),
    END_ROW,
};
GetSetDef object_getset[] = {GETTER_SETTER("__class__", object_get_class, object_set_class, "the object's class"), END_ROW};

}  // namespace

Object* object_new_slot(Type* type, Object* args, Object* kwargs) {
    if (has_arguments(args, kwargs)) {
        if (type->new_ != object_new_slot)
            return raise(exc::TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
        if (type->init == object_init_slot) return raise(exc::TypeError, "%.200s() takes no arguments", type->name);
    }
    if (type->has(type_flag::kAbstract)) {
        TRY(raise_abstract(type));
    }
    return object_allocate(type).release();
}

int object_init_slot(Object* self, Object* args, Object* kwargs) {
    if (!has_arguments(args, kwargs)) return 0;
    Type* type = self->type;
    if (type->init != object_init_slot)
        return raise(exc::TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
    if (type->new_ == object_new_slot)
        return raise(exc::TypeError, "%.200s.__init__() takes exactly one argument (the instance to initialize)", type->name);
    return 0;
}

constinit Type object_type = static_type({
    .name = "object",
    .flags = type_flag::kBase,
    .doc = "object()\n--\n\nThe root of the class hierarchy: a call gives a new instance without attributes of its own.\n",
    .dealloc = object_dealloc,
    .repr = slot1<object_repr>,
    .str = object_str,
    .hash = object_hash,
    .richcompare = object_richcompare,
    .getattro = generic_getattro_slot,
    .setattro = generic_setattro_slot,
    .methods = object_methods,
    .getset = object_getset,
    .init = object_init_slot,
    .new_ = object_new_slot,
    .alloc = generic_alloc,
    .free = object_free_slot,
});

}  // namespace py
