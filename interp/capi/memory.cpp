// PyMem_*, PyObject_Malloc, PyObject_New, PyObject_GC_*: where extensions' memory and objects come from.
#include "interp/objects/memory.h"

#include <cstdlib>
#include <cstring>

#include "interp/capi/export.h"
#include "interp/objects/errors.h"
#include "interp/objects/gc.h"

namespace py {

// No request for zero bytes gives null, and none larger than ssize_t holds succeeds.
static size_t at_least_one(size_t size) {
    return size ? size : 1;
}
static bool too_large(size_t count, size_t size) {
    return size && count > size_t(PTRDIFF_MAX) / size;
}

API void* PyMem_RawMalloc(size_t size) {
    return too_large(size, 1) ? nullptr : malloc(at_least_one(size));
}
API void* PyMem_RawCalloc(size_t count, size_t size) {
    return too_large(count, size) ? nullptr : calloc(at_least_one(count), at_least_one(size));
}
API void* PyMem_RawRealloc(void* memory, size_t size) {
    return too_large(size, 1) ? nullptr : realloc(memory, at_least_one(size));
}
API void PyMem_RawFree(void* memory) {
    free(memory);
}

static void* allocate_zeroed(size_t count, size_t size) {
    if (too_large(count, size)) return nullptr;
    size_t bytes = at_least_one(count * size);
    void* memory = allocate(bytes);
    if (memory) memset(memory, 0, bytes);
    return memory;
}
static void* reallocate_any(void* memory, size_t size) {
    if (too_large(size, 1)) return nullptr;
    return memory ? reallocate(memory, at_least_one(size)) : allocate(at_least_one(size));
}
static void free_any(void* memory) {
    if (memory) deallocate(memory);
}
API void* PyMem_Malloc(size_t size) {
    return too_large(size, 1) ? nullptr : allocate(at_least_one(size));
}
API void* PyMem_Calloc(size_t count, size_t size) {
    return allocate_zeroed(count, size);
}
API void* PyMem_Realloc(void* memory, size_t size) {
    return reallocate_any(memory, size);
}
API void PyMem_Free(void* memory) {
    free_any(memory);
}
API void* PyObject_Malloc(size_t size) {
    return too_large(size, 1) ? nullptr : allocate(at_least_one(size));
}
API void* PyObject_Calloc(size_t count, size_t size) {
    return allocate_zeroed(count, size);
}
API void* PyObject_Realloc(void* memory, size_t size) {
    return reallocate_any(memory, size);
}
API void PyObject_Free(void* memory) {
    free_any(memory);
}

// Bytes of an instance with `items` variable items, rounded up to whole words.
static size_t instance_size(Type* type, ssize_t items) {
    return (size_t(type->basic_size) + size_t(items) * size_t(type->item_size) + 7) & ~size_t(7);
}
API Object* PyObject_Init(Object* object, Type* type) {
    object->type = type;
    start_refcount(object);
    if (type->has(type_flag::kHeap)) incref(type);
    return object;
}
API Object* PyObject_InitVar(VarObject* object, Type* type, ssize_t size) {
    PyObject_Init(object, type);
    object->size = size;
    return object;
}
API Object* _PyObject_New(Type* type) {
    return object_new(type, instance_size(type, 0));
}
API Object* _PyObject_NewVar(Type* type, ssize_t items) {
    Object* object = object_new(type, instance_size(type, items));
    if (object) static_cast<VarObject*>(object)->size = items;
    return object;
}
API Object* _PyObject_GC_New(Type* type) {
    return gc_object_new(type, instance_size(type, 0));
}
API Object* _PyObject_GC_NewVar(Type* type, ssize_t items) {
    if (items < 0) return raise(exc::SystemError, "bad argument to internal function");
    Object* object = gc_object_new(type, instance_size(type, items));
    if (object) static_cast<VarObject*>(object)->size = items;
    return object;
}
API Object* _PyObject_GC_Resize(VarObject* object, ssize_t items) {
    Object* moved = gc_object_resize(object, instance_size(object->type, items));
    if (moved) static_cast<VarObject*>(moved)->size = items;
    return moved;
}
API void PyObject_GC_Track(void* object) {
    gc_track(static_cast<Object*>(object));
}
API void PyObject_GC_UnTrack(void* object) {
    gc_untrack(static_cast<Object*>(object));
}
API void PyObject_GC_Del(void* object) {
    gc_object_free(static_cast<Object*>(object));
}
API int PyObject_GC_IsTracked(Object* object) {
    return object->type->has(type_flag::kHaveGc) && gc_is_tracked(object);
}
API int PyObject_GC_IsFinalized(Object* object) {
    return object->type->has(type_flag::kHaveGc) && gc_is_finalized(object);
}
API int PyObject_IS_GC(Object* object) {
    Type* type = object->type;
    return type->has(type_flag::kHaveGc) && (!type->is_gc || type->is_gc(object));
}
API ssize_t PyGC_Collect() {
    return gc_collect(2);
}

}  // namespace py
