// PyCapsule: a C pointer that extension modules hand to each other, known by its name.
#include <cstring>

#include "interp/objects/capsule.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {
namespace {

void capsule_dealloc(Object* object) {
    auto* capsule = static_cast<Capsule*>(object);
    if (capsule->destructor) capsule->destructor(object);
    object_free(object);
}
Fallible<Ref<>> capsule_repr(Object* object) {
    auto* capsule = static_cast<Capsule*>(object);
    const char* quote = capsule->name ? "\"" : "";
    return format_str("<capsule object %s%s%s at %p>", quote, capsule->name ? capsule->name : "NULL", quote, object);
}

}  // namespace

Fallible<Ref<>> capsule_new(void* pointer, const char* name, void (*destructor)(Object*)) {
    if (!pointer) return raise(exc::ValueError, "PyCapsule_New called with null pointer");
    Ref<Capsule> capsule = TRY(Fallible<Ref<Capsule>>(make<Capsule>(capsule_type)));
    capsule->pointer = pointer;
    capsule->name = name;
    capsule->context = nullptr;
    capsule->destructor = destructor;
    return capsule;
}

Fallible<void*> capsule_pointer(Object* object, const char* name) {
    auto* capsule = static_cast<Capsule*>(object);
    if (!object || object->type != &capsule_type || !capsule->pointer)
        return raise(exc::ValueError, "PyCapsule_GetPointer called with invalid PyCapsule object");
    bool same = !name || !capsule->name ? name == capsule->name : std::strcmp(name, capsule->name) == 0;
    if (!same) return raise(exc::ValueError, "PyCapsule_GetPointer called with incorrect name");
    return capsule->pointer;
}

constinit Type capsule_type = static_type({
    .name = "PyCapsule",
    .basic_size = sizeof(Capsule),
    .doc = "A C pointer under a name, which one extension module offers to others.",
    .dealloc = capsule_dealloc,
    .repr = slot1<capsule_repr>,
});

}  // namespace py
