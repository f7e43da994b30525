// memoryview and the managed buffer it shares with other views: layouts (C ABI) and the parts its files share.
#pragma once

#include "interp/objects/bytes.h"
#include "interp/objects/method_def.h"

namespace py {

inline constexpr int kMaxBufferDimensions = 64;

// _PyManagedBufferObject: the one buffer taken from the exporter, released when the last view goes.
struct ManagedBuffer : Object {
    int flags;  // 1: released
    ssize_t exports;
    Buffer master;
};
struct MemoryView : VarObject {  // size: 3 * dimensions
    ManagedBuffer* managed;
    Hash hash_value;
    int flags;
    ssize_t exports;
    Buffer view;  // shape, strides, suboffsets point into array
    Object* weaklist;
    ssize_t array[1];
};
static_assert(offsetof(MemoryView, array) == 144);
enum MemoryViewFlag : int { kViewReleased = 1, kViewC = 2, kViewFortran = 4, kViewScalar = 8, kViewIndirect = 16 };

inline MemoryView* as_view(Object* object) {
    return static_cast<MemoryView*>(object);
}
inline bool is_memoryview(const Object* object) {
    return object->type == &memoryview_type;
}

// ValueError "operation forbidden on released memoryview object".
Fallible<void> view_check_released(const MemoryView* view);
// A new view on the managed buffer with the layout of `layout` (null: the master's); arrays are copied.
Fallible<Ref<MemoryView>> view_on(ManagedBuffer* managed, const Buffer* layout);
// The same with room for `dimensions`, its arrays not filled.
Fallible<Ref<MemoryView>> view_incomplete(ManagedBuffer* managed, const Buffer* layout, int dimensions);
void view_update_flags(MemoryView* view);

// Formats of one native character, perhaps behind '@'; 0 when it is something else.
char native_format(const char* format);
ssize_t native_size(char format);  // -1: unknown
// The native character of the view's format, or NotImplementedError "memoryview: format … not supported".
Fallible<char> view_format(const MemoryView* view);
Fallible<Ref<>> unpack_item(const char* data, char format);
Fallible<void> pack_item(char* data, char format, Object* value);
char* follow(const Buffer& buffer, char* data, int dimension, ssize_t index);

Fallible<Ref<>> view_to_list(MemoryView* view);
Object* view_richcompare(Object* a, Object* b, int op);
Fallible<Ref<>> view_cast(Object* self, Object* const* bound);
Object* view_item(Object* self, ssize_t index);
Object* view_subscript(Object* self, Object* key);
int view_store_subscript(Object* self, Object* key, Object* value);

}  // namespace py
