// Iterators over bytes and bytearray.
#include "interp/objects/abstract.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/containers.h"
#include "interp/objects/int.h"
#include "interp/objects/iterator_state.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_methods.h"
#include "interp/objects/types.h"

namespace py {

namespace {

struct BytesIterator : Object {
    ssize_t index;
    Object* bytes;  // null when exhausted
};
BytesIterator* as_iterator(Object* object) {
    return static_cast<BytesIterator*>(object);
}
std::string_view view_of(Object* bytes) {
    return is_bytes(bytes) ? as_bytes(bytes)->view() : static_cast<ByteArray*>(bytes)->view();
}

void iterator_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_iterator(self)->bytes);
    gc_object_free(self);
}
Object* iterator_next(Object* self) {
    BytesIterator* it = as_iterator(self);
    if (!it->bytes) return nullptr;
    std::string_view view = view_of(it->bytes);
    if (size_t(it->index) < view.size()) return int_from(uint8_t(view[size_t(it->index++)])).release();
    clear_slot(it->bytes);
    return nullptr;
}
// bytes_iterator.__length_hint__()
Fallible<Ref<>> iterator_length_hint(Object* self) {
    BytesIterator* it = as_iterator(self);
    ssize_t left = it->bytes ? ssize_t(view_of(it->bytes).size()) - it->index : 0;
    return int_from(left < 0 ? 0 : left);
}
// bytes_iterator.__reduce__()
Fallible<Ref<>> iterator_reduce(Object* self) {
    Ref<> function = TRY(builtin_attr("iter"));
    BytesIterator* it = as_iterator(self);
    if (!it->bytes) {
        Ref<Tuple> empty = tuple_empty();
        Ref<Tuple> arguments = TRY(tuple_pack(empty.get()));
        return TRY(tuple_pack(function.get(), arguments.get()));
    }
    Ref<Tuple> arguments = TRY(tuple_pack(it->bytes));
    Ref<> index = TRY(int_from(it->index));
    return TRY(tuple_pack(function.get(), arguments.get(), index.get()));
}
// bytes_iterator.__setstate__(state)
Fallible<Ref<>> iterator_setstate(Object* self, Object* state) {
    ssize_t index = TRY(saved_position(state));
    BytesIterator* it = as_iterator(self);
    if (it->bytes) {
        ssize_t size = ssize_t(view_of(it->bytes).size());
        it->index = index < 0 ? 0 : index > size ? size : index;
    }
    return share(none());
}
MethodDef iterator_methods[] = {
    METHOD_NOARGS_UNSIGNED("__length_hint__", iterator_length_hint, "How many bytes are left."),
    METHOD_NOARGS_UNSIGNED("__reduce__", iterator_reduce, "State for pickling."),
    METHOD_O_UNSIGNED("__setstate__", iterator_setstate, "Sets the state from pickling."),
    END_ROW,
};
Fallible<Ref<>> iterator_new(Type& type, Object* bytes) {
    Ref<BytesIterator> it = make_gc<BytesIterator>(type);
    if (!it) return raised;
    it->index = 0;
    it->bytes = new_reference(bytes);
    gc_track(it.get());
    return it;
}
constexpr Type iterator_type(const char* name) {
    return static_type({
        .name = name,
        .basic_size = sizeof(BytesIterator),
        .flags = type_flag::kHaveGc,
        .dealloc = iterator_dealloc,
        .traverse = traverse_members<&BytesIterator::bytes>,
        .iter = self_iter,
        .iternext = iterator_next,
        .methods = iterator_methods,
    });
}

}  // namespace

// bytes.__iter__()
Fallible<Ref<>> bytes_iter(Object* self) {
    return iterator_new(bytes_iterator_type, self);
}
// bytearray.__iter__()
Fallible<Ref<>> bytearray_iter(Object* self) {
    return iterator_new(bytearray_iterator_type, self);
}

constinit Type bytes_iterator_type = iterator_type("bytes_iterator");
constinit Type bytearray_iterator_type = iterator_type("bytearray_iterator");

}  // namespace py
