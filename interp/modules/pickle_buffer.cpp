// pickle.PickleBuffer: a buffer that may be pickled out of band (PEP 574).
#include "interp/modules/pickle.h"
#include "interp/objects/memoryview.h"
#include "interp/objects/parsed_methods.h"

namespace py::pickle {

namespace {

struct PickleBuffer : Object {
    Buffer view;  // without owner once released
    Object* weaklist;
};
PickleBuffer* as_pickle_buffer(Object* object) {
    return static_cast<PickleBuffer*>(object);
}
// PickleBuffer(object)
Fallible<Ref<>> buffer_construct(Type* type, Object* const* a) {
    Ref<PickleBuffer> self = TRY(instance_new<PickleBuffer>(type));
    TRY(buffer_get(a[0], &self->view, kBufferFullReadOnly));
    return self;
}
int buffer_traverse(Object* self, Visit visit, void* arg) {
    VISIT(as_pickle_buffer(self)->view.owner);
    return 0;
}
int buffer_clear(Object* self) {
    buffer_release(&as_pickle_buffer(self)->view);
    as_pickle_buffer(self)->view = {};
    return 0;
}
void buffer_dealloc(Object* self) {
    gc_untrack(self);
    if (as_pickle_buffer(self)->weaklist) clear_weakrefs(self);
    buffer_clear(self);
    object_memory_free(self);
}
int buffer_get_slot(Object* self, Buffer* out, int flags) {
    TRY(pickle_buffer_view(self));
    return buffer_get(as_pickle_buffer(self)->view.owner, out, flags).release();
}
// PickleBuffer.raw()
Fallible<Ref<>> buffer_raw(Object* self) {
    const Buffer* view = TRY(pickle_buffer_view(self));
    if (view->suboffsets || !(buffer_is_contiguous(*view, 'C') || buffer_is_contiguous(*view, 'F')))
        return raise(exc::BufferError, "cannot extract raw buffer from non-contiguous buffer");
    Ref<> whole = TRY(memoryview_from(self));
    if (buffer_is_contiguous(*view, 'C')) {
        Ref<Str> format = TRY(str_from_ascii("B"));
        return call_method(whole.get(), "cast"_name, static_cast<Object*>(format.get()));
    }
    // Columns first: the bytes as they lie in memory.
    const MemoryView* columns = as_view(whole.get());
    Buffer flat = columns->view;
    flat.format = nullptr;  // bytes
    flat.item_size = 1;
    flat.dimensions = 1;
    flat.shape = &flat.length;
    flat.strides = &flat.item_size;
    flat.suboffsets = nullptr;
    return TRY(view_on(columns->managed, &flat));
}
// PickleBuffer.release()
Fallible<Ref<>> buffer_release_method(Object* self) {
    buffer_clear(self);
    return share(none());
}
MethodDef buffer_methods[] = {
    METHOD_NOARGS("raw", buffer_raw, "($self, /)", "The bytes of the buffer, without shape."),
    METHOD_NOARGS("release", buffer_release_method, "($self, /)", "Gives the buffer back."),
    END_ROW,
};
// CPython unpacks the arguments by names, of which the one has none.
Object* buffer_new(Type* type, Object* args, Object* kwargs) {
    static constexpr Signature kSignature = unpacked_signature<"PickleBuffer", "(object, /)">();
    Object* object = nullptr;
    TRY(bind_arguments(kSignature, args, kwargs, &object));
    return buffer_construct(type, &object).release();
}
BufferMethods buffer_protocol = {.get = buffer_get_slot, .release = nullptr};

}  // namespace

constinit Type buffer_type = static_type({
    .name = "pickle.PickleBuffer",
    .basic_size = sizeof(PickleBuffer),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .doc = "A buffer that may be pickled out of band.",
    .dealloc = buffer_dealloc,
    .traverse = buffer_traverse,
    .clear = buffer_clear,
    .buffer = &buffer_protocol,
    .methods = buffer_methods,
    .weaklist_offset = offsetof(PickleBuffer, weaklist),
    .new_ = buffer_new,
});

Fallible<const Buffer*> pickle_buffer_view(Object* self) {
    const Buffer* view = &as_pickle_buffer(self)->view;
    if (!view->owner) return raise(exc::ValueError, "operation forbidden on released PickleBuffer object");
    return view;
}

}  // namespace py::pickle
