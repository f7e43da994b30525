// PyCapsule_*: pointers that extensions hand to each other.
#include "interp/objects/capsule.h"

#include <cstring>

#include "interp/capi/export.h"
#include "interp/import/import.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

static bool same_name(const char* a, const char* b) {
    return a && b ? !strcmp(a, b) : a == b;
}
static Capsule* checked(Object* object, const char* function) {
    if (object && object->type == &capsule_type && static_cast<Capsule*>(object)->pointer)
        return static_cast<Capsule*>(object);
    return raise(exc::ValueError, "%s called with invalid PyCapsule object", function);
}

API Object* PyCapsule_New(void* pointer, const char* name, void (*destructor)(Object*)) {
    return capsule_new(pointer, name, destructor).release();
}
API void* PyCapsule_GetPointer(Object* capsule, const char* name) {
    return TRY(capsule_pointer(capsule, name));
}
API int PyCapsule_IsValid(Object* object, const char* name) {
    if (!object || object->type != &capsule_type) return 0;
    auto* capsule = static_cast<Capsule*>(object);
    return capsule->pointer && same_name(capsule->name, name);
}
API const char* PyCapsule_GetName(Object* object) {
    Capsule* capsule = checked(object, "PyCapsule_GetName");
    return capsule ? capsule->name : nullptr;
}
API void* PyCapsule_GetContext(Object* object) {
    Capsule* capsule = checked(object, "PyCapsule_GetContext");
    return capsule ? capsule->context : nullptr;
}
API void* PyCapsule_GetDestructor(Object* object) {
    Capsule* capsule = checked(object, "PyCapsule_GetDestructor");
    return capsule ? reinterpret_cast<void*>(capsule->destructor) : nullptr;
}
API int PyCapsule_SetName(Object* object, const char* name) {
    Capsule* capsule = checked(object, "PyCapsule_SetName");
    if (capsule) capsule->name = name;
    return capsule ? 0 : -1;
}
API int PyCapsule_SetContext(Object* object, void* context) {
    Capsule* capsule = checked(object, "PyCapsule_SetContext");
    if (capsule) capsule->context = context;
    return capsule ? 0 : -1;
}
API int PyCapsule_SetDestructor(Object* object, void (*destructor)(Object*)) {
    Capsule* capsule = checked(object, "PyCapsule_SetDestructor");
    if (capsule) capsule->destructor = destructor;
    return capsule ? 0 : -1;
}
API int PyCapsule_SetPointer(Object* object, void* pointer) {
    if (!pointer) return raise(exc::ValueError, "PyCapsule_SetPointer called with null pointer");
    Capsule* capsule = checked(object, "PyCapsule_SetPointer");
    if (capsule) capsule->pointer = pointer;
    return capsule ? 0 : -1;
}
// name: "module.attribute", the capsule's own name as well.
API void* PyCapsule_Import(const char* name, int) {
    std::string_view full = name;
    size_t dot = full.find('.');
    Ref<Str> module_name = TRY(str_from_utf8(full.substr(0, dot)));
    Ref<> object = TRY(import_module(module_name.get()));
    while (dot != full.npos) {
        size_t next = full.find('.', dot + 1);
        Ref<Str> part = TRY(str_from_utf8(full.substr(dot + 1, next == full.npos ? next : next - dot - 1)));
        object = TRY(get_attr(object.get(), part.get()));
        dot = next;
    }
    if (!PyCapsule_IsValid(object.get(), name))
        return raise(exc::AttributeError, "PyCapsule_Import \"%s\" is not valid", name);
    return static_cast<Capsule*>(object.get())->pointer;
}

}  // namespace py
