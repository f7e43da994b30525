// property: attribute access that calls functions.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {
namespace {

struct Property : Object {
    Object *getter, *setter, *deleter;  // null where there is none
    Object* doc;
    Object* name;        // from __set_name__, for messages
    int doc_from_getter;
};
static_assert(sizeof(Property) == 64);
inline Property* as_property(Object* object) { return static_cast<Property*>(object); }

[[gnu::cold]] Raised lacks(Property* property, Object* object, const char* what) {
    auto qualname = type_qualname(object->type);
    if (!qualname.ok()) return raised;
    Ref<Str> type_name = qualname.take();
    if (property->name)
        return raise(exc::AttributeError, "property %R of %R object has no %s", property->name, static_cast<Object*>(type_name.get()), what);
    return raise(exc::AttributeError, "property of %R object has no %s", static_cast<Object*>(type_name.get()), what);
}
Object* property_get(Object* self, Object* object, Object*) {
    if (!object || is_none(object)) return new_reference(self);
    Object* getter = as_property(self)->getter;
    if (!getter) return lacks(as_property(self), object, "getter");
    return call(getter, object).release();
}
int property_set(Object* self, Object* object, Object* value) {
    Property* property = as_property(self);
    Object* function = value ? property->setter : property->deleter;
    if (!function) return lacks(property, object, value ? "setter" : "deleter");
    auto result = value ? call(function, object, value) : call(function, object);
    return result.ok() ? 0 : -1;
}

// Subclasses have no slot of their own for the documentation: it goes into their __dict__.
Fallible<void> set_doc(Property* self, Object* doc) {
    if (self->type == &property_type) {
        replace_slot(self->doc, new_reference(doc));
        return {};
    }
    auto stored = set_attr(self, "__doc__"_name, doc);
    return stored;
}
// property(fget=None, fset=None, fdel=None, doc=None)
Fallible<void> property_init(Object* object, Object* const* bound) {
    Property* self = as_property(object);
    Object *getter = unless_none(bound[0]), *setter = unless_none(bound[1]), *deleter = unless_none(bound[2]);
    xincref(getter), xincref(setter), xincref(deleter);
    replace_slot(self->getter, getter);
    replace_slot(self->setter, setter);
    replace_slot(self->deleter, deleter);
    clear_slot(self->name);
    clear_slot(self->doc);
    self->doc_from_getter = 0;
    Object* doc = unless_none(bound[3]);
    if (doc) {
        if (self->type == &property_type) return set_doc(self, doc);
        self->doc = new_reference(doc);
        return set_doc(self, doc);
    }
    if (bound[3] && is_none(bound[3])) self->doc = new_reference(none());
    if (!getter) return {};
    // Without one of its own a property shows its getter's documentation.
    Ref<> inherited = TRY(lookup_attr(getter, "__doc__"_name));
    if (!inherited) return {};
    self->doc_from_getter = 1;
    return set_doc(self, inherited.get());
}

Fallible<Ref<>> copy_with(Object* object, Object* getter, Object* setter, Object* deleter) {
    Property* old = as_property(object);
    auto pick = [](Object* given, Object* present) { return given && !is_none(given) ? given : present ? present : none(); };
    Object* new_getter = pick(getter, old->getter);
    Object* doc = old->doc_from_getter && !is_none(new_getter) ? none() : old->doc ? old->doc : none();
    Ref<> copy = TRY(call(old->type, new_getter, pick(setter, old->setter), pick(deleter, old->deleter), doc));
    if (is_instance_of(copy.get(), property_type)) {
        xincref(old->name);
        replace_slot(as_property(copy.get())->name, old->name);
    }
    return copy;
}
// property.getter(fget)
Fallible<Ref<>> property_getter(Object* self, Object* function) { return copy_with(self, function, nullptr, nullptr); }
// property.setter(fset)
Fallible<Ref<>> property_setter(Object* self, Object* function) { return copy_with(self, nullptr, function, nullptr); }
// property.deleter(fdel)
Fallible<Ref<>> property_deleter(Object* self, Object* function) { return copy_with(self, nullptr, nullptr, function); }
// property.__set_name__(owner, name)
Fallible<Ref<>> property_set_name(Object* self, Object* const* args, ssize_t nargs) {
    if (nargs != 2) return raise(exc::TypeError, "__set_name__() takes 2 positional arguments but %zd were given", nargs);
    replace_slot(as_property(self)->name, new_reference(args[1]));
    return share(none());
}
Fallible<Ref<>> property_is_abstract(Object* self) {
    Property* property = as_property(self);
    for (Object* function : {property->getter, property->setter, property->deleter})
        if (function && TRY(object_is_abstract(function))) return share(bool_object(true));
    return share(bool_object(false));
}

MethodDef property_methods[] = {
    {"getter", reinterpret_cast<CFunction>(wrap_o<property_getter>), kO, "A copy of the property with another getter."},
    {"setter", reinterpret_cast<CFunction>(wrap_o<property_setter>), kO, "A copy of the property with another setter."},
    {"deleter", reinterpret_cast<CFunction>(wrap_o<property_deleter>), kO, "A copy of the property with another deleter."},
    {"__set_name__", reinterpret_cast<CFunction>(reinterpret_cast<void*>(wrap_fast<property_set_name>)), kFastcall | kBareName,
     "Tells the property its name."},
    END_ROW,
};
MemberDef property_members[] = {
    {"fget", kObjectOrNone, offsetof(Property, getter), kReadOnly, nullptr},
    {"fset", kObjectOrNone, offsetof(Property, setter), kReadOnly, nullptr},
    {"fdel", kObjectOrNone, offsetof(Property, deleter), kReadOnly, nullptr},
    {"__doc__", kObjectOrNone, offsetof(Property, doc), 0, nullptr},
    END_ROW,
};
GetSetDef property_getset[] = {GETTER("__isabstractmethod__", property_is_abstract, nullptr), END_ROW};

}  // namespace

constinit Type property_type = static_type({
    .name = "property",
    .basic_size = sizeof(Property),
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nAn attribute whose reading, setting and deleting call functions.\n\n"
           "Mostly used as a decorator: @property on the getter, then @name.setter and @name.deleter.",
    .dealloc = dealloc_members<&Property::getter, &Property::setter, &Property::deleter, &Property::doc, &Property::name>,
    .traverse = traverse_members<&Property::getter, &Property::setter, &Property::deleter, &Property::doc, &Property::name>,
    .clear = clear_members<&Property::doc>,
    .getattro = generic_getattro_slot,
    .methods = property_methods,
    .members = property_members,
    .getset = property_getset,
    .descr_get = property_get,
    .descr_set = property_set,
    .init = Bound<property_init, "property", "(fget=None, fset=None, fdel=None, doc=None)">::init,
    .new_ = generic_new,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
});

}  // namespace py
