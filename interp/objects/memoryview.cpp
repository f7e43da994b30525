// memoryview: the types, creation, the buffer protocol over a view, release, attributes and simple methods.
#include "interp/objects/memoryview.h"

#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str_kind.h"
#include "interp/objects/str_methods.h"
#include "interp/objects/types.h"

namespace py {

namespace {

Fallible<Ref<ManagedBuffer>> managed_new() {
    Ref<ManagedBuffer> managed = make_gc<ManagedBuffer>(managed_buffer_type);
    if (!managed) return raised;
    managed->flags = 0;
    managed->exports = 0;
    managed->master = {};
    gc_track(managed.get());
    return managed;
}
void managed_release(ManagedBuffer* managed) {
    if (managed->flags & kViewReleased) return;
    managed->flags |= kViewReleased;
    gc_untrack(managed);
    buffer_release(&managed->master);
}
void managed_dealloc(Object* self) {
    gc_untrack(self);
    managed_release(static_cast<ManagedBuffer*>(self));
    gc_object_free(self);
}
int managed_traverse(Object* self, Visit visit, void* arg) {
    VISIT(static_cast<ManagedBuffer*>(self)->master.owner);
    return 0;
}
int managed_clear(Object* self) {
    auto* managed = static_cast<ManagedBuffer*>(self);
    if (managed->exports == 0) managed_release(managed);
    return 0;
}

void copy_dimensions(Buffer& to, const Buffer& from) {
    if (from.dimensions == 0) {
        to.shape = to.strides = to.suboffsets = nullptr;
        return;
    }
    if (from.dimensions == 1) {
        to.shape[0] = from.shape ? from.shape[0] : from.length / from.item_size;
        to.strides[0] = from.strides ? from.strides[0] : from.item_size;
    } else {
        std::memcpy(to.shape, from.shape, size_t(from.dimensions) * sizeof(ssize_t));
        if (from.strides) {
            std::memcpy(to.strides, from.strides, size_t(from.dimensions) * sizeof(ssize_t));
        } else {
            ssize_t stride = to.item_size;
            for (int i = from.dimensions - 1; i >= 0; --i)
                to.strides[i] = stride, stride *= to.shape[i];
        }
    }
    if (from.suboffsets)
        std::memcpy(to.suboffsets, from.suboffsets, size_t(from.dimensions) * sizeof(ssize_t));
    else
        to.suboffsets = nullptr;
}

}  // namespace

void view_update_flags(MemoryView* view) {
    const Buffer& b = view->view;
    int flags = 0;
    if (b.dimensions == 0) {
        flags = kViewScalar | kViewC | kViewFortran;
    } else {
        // As CPython computes them: an empty buffer's strides count.
        auto ordered = [&](bool fortran) {
            ssize_t expected = b.item_size;
            for (int i = 0; i < b.dimensions; ++i) {
                int d = fortran ? i : b.dimensions - 1 - i;
                if (b.shape[d] != 1 && b.strides[d] != expected) return false;
                expected *= b.shape[d];
            }
            return true;
        };
        bool empty = b.length == 0 && b.dimensions > 1;
        if (empty || ordered(false)) flags |= kViewC;
        if (empty || ordered(true)) flags |= kViewFortran;
    }
    if (b.suboffsets) flags = (flags | kViewIndirect) & ~(kViewC | kViewFortran);
    view->flags = flags;
}
Fallible<Ref<MemoryView>> view_incomplete(ManagedBuffer* managed, const Buffer* layout, int dimensions) {
    size_t bytes = offsetof(MemoryView, array) + 3 * size_t(dimensions) * sizeof(ssize_t);
    Ref<MemoryView> view = steal(static_cast<MemoryView*>(
        gc_object_new(&memoryview_type, bytes < sizeof(MemoryView) ? sizeof(MemoryView) : bytes)));
    if (!view) return raised;
    view->size = 3 * dimensions;
    view->hash_value = -1;
    view->flags = 0;
    view->exports = 0;
    view->weaklist = nullptr;
    view->view = layout ? *layout : managed->master;
    view->view.owner = managed->master.owner;
    view->view.internal = nullptr;
    view->view.dimensions = dimensions;
    view->view.shape = view->array;
    view->view.strides = view->array + dimensions;
    view->view.suboffsets = view->array + 2 * dimensions;
    static char unsigned_bytes[] = "B";
    if (!view->view.format) view->view.format = unsigned_bytes;
    view->managed = new_reference(managed);
    ++managed->exports;
    return view;
}
Fallible<Ref<MemoryView>> view_on(ManagedBuffer* managed, const Buffer* layout) {
    if (managed->flags & kViewReleased)
        return raise(exc::ValueError, "operation forbidden on released memoryview object");
    const Buffer& from = layout ? *layout : managed->master;
    if (from.dimensions > kMaxBufferDimensions)
        return raise(exc::ValueError, "memoryview: number of dimensions must not exceed %d", kMaxBufferDimensions);
    Ref<MemoryView> view = TRY(view_incomplete(managed, layout, from.dimensions));
    copy_dimensions(view->view, from);
    view_update_flags(view.get());
    gc_track(view.get());
    return view;
}
Fallible<void> view_check_released(const MemoryView* view) {
    if ((view->flags & kViewReleased) || (view->managed->flags & kViewReleased))
        return raise(exc::ValueError, "operation forbidden on released memoryview object");
    return {};
}

Fallible<Ref<>> memoryview_from(Object* exporter) {
    if (is_memoryview(exporter)) {
        TRY(view_check_released(as_view(exporter)));
        return view_on(as_view(exporter)->managed, &as_view(exporter)->view);
    }
    if (!has_buffer(exporter))
        return raise(exc::TypeError, "memoryview: a bytes-like object is required, not '%.200s'", exporter->type->name);
    Ref<ManagedBuffer> managed = TRY(managed_new());
    if (auto got = buffer_get(exporter, &managed->master, kBufferFullReadOnly); !got.ok()) {
        managed->master.owner = nullptr;  // whatever the exporter has left there
        return raised;
    }
    return view_on(managed.get(), nullptr);
}
Fallible<Ref<>> memoryview_from_buffer(const Buffer& buffer) {
    if (!buffer.data) return raise(exc::ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
    Ref<ManagedBuffer> managed = TRY(managed_new());
    managed->master = buffer;
    managed->master.owner = nullptr;
    return view_on(managed.get(), nullptr);
}
Fallible<Ref<>> memoryview_from_memory(char* data, ssize_t size, bool writable) {
    Ref<ManagedBuffer> managed = TRY(managed_new());
    buffer_fill(&managed->master, nullptr, data, size, !writable, kBufferFullReadOnly & ~kBufferWritable);
    return view_on(managed.get(), nullptr);
}

namespace {

// memoryview.__new__(object)
Fallible<Ref<>> view_new(Type*, Object* const* bound) {
    return memoryview_from(bound[0]);
}

void drop_managed(MemoryView* view) {
    if (view->flags & kViewReleased) return;
    view->flags |= kViewReleased;
    if (--view->managed->exports == 0) managed_release(view->managed);
}
Fallible<void> release(MemoryView* view) {
    if (view->flags & kViewReleased) return {};
    if (view->exports > 0)
        return raise(exc::BufferError, "memoryview has %zd exported buffer%s", view->exports,
                     view->exports == 1 ? "" : "s");
    drop_managed(view);
    return {};
}
void view_dealloc(Object* self) {
    gc_untrack(self);
    MemoryView* view = as_view(self);
    drop_managed(view);
    clear_slot(view->managed);
    if (view->weaklist) clear_weakrefs(self);
    gc_object_free(self);
}
int view_clear(Object* self) {
    MemoryView* view = as_view(self);
    if (view->exports == 0) {
        drop_managed(view);
        clear_slot(view->managed);
    }
    return 0;
}

Raised refuse(const char* why) {
    return raise(exc::BufferError, "memoryview: %s", why);
}

Fallible<void> get_buffer(MemoryView* view, Buffer* out, int flags) {
    TRY(view_check_released(view));
    const Buffer& base = view->view;
    auto wants = [&](int flag) { return (flags & flag) == flag; };
    *out = base;
    out->owner = nullptr;
    if (wants(kBufferWritable) && base.read_only) return refuse("underlying buffer is not writable");
    if (!wants(kBufferFormat)) out->format = nullptr;
    bool c = view->flags & kViewC, fortran = view->flags & kViewFortran;
    if (wants(kBufferCContiguous) && !c) return refuse("underlying buffer is not C-contiguous");
    if (wants(kBufferFContiguous) && !fortran) return refuse("underlying buffer is not Fortran contiguous");
    if (wants(kBufferAnyContiguous) && !c && !fortran) return refuse("underlying buffer is not contiguous");
    if (!wants(kBufferIndirect) && (view->flags & kViewIndirect))
        return refuse("underlying buffer requires suboffsets");
    if (!wants(kBufferStrides)) {
        if (!c) return refuse("underlying buffer is not C-contiguous");
        out->strides = nullptr;
    }
    if (!wants(kBufferNd)) {
        if (out->format)
            return raise(exc::BufferError, "memoryview: cannot cast to unsigned bytes if the format flag is present");
        out->dimensions = 1;
        out->shape = nullptr;
    }
    out->owner = new_reference(static_cast<Object*>(view));
    ++view->exports;
    return {};
}
int view_get_buffer(Object* self, Buffer* buffer, int flags) {
    return get_buffer(as_view(self), buffer, flags).release();
}
void view_release_buffer(Object* self, Buffer*) {
    --as_view(self)->exports;
}

Fallible<Ref<Str>> view_repr(Object* self) {
    return format_str(as_view(self)->flags & kViewReleased ? "<released memory at %p>" : "<memory at %p>",
                      static_cast<void*>(self));
}
Fallible<Hash> hash_content(MemoryView* view) {
    if (view->hash_value != -1) return view->hash_value;
    TRY(view_check_released(view));
    if (!view->view.read_only) return raise(exc::ValueError, "cannot hash writable memoryview object");
    char format = native_format(view->view.format);
    if (format != 'B' && format != 'b' && format != 'c')
        return raise(exc::ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
    if (view->view.owner) {
        ++view->exports;  // the owner's __hash__ must not release the view
        Fallible<Hash> owner = hash(view->view.owner);
        --view->exports;
        (void)TRY(std::move(owner));
    }
    Ref<Bytes> content = TRY(buffer_to_bytes(view->view, 'C'));
    view->hash_value = hash_bytes(content->data, content->size);
    return view->hash_value;
}
Hash view_hash(Object* self) {
    Fallible<Hash> result = hash_content(as_view(self));
    return result.ok() ? result.take() : -1;
}
Fallible<ssize_t> view_length(MemoryView* view) {
    TRY(view_check_released(view));
    return view->view.dimensions == 0 ? 1 : view->view.shape[0];
}
ssize_t view_length_slot(Object* self) {
    Fallible<ssize_t> result = view_length(as_view(self));
    return result.ok() ? result.take() : -1;
}

// Attributes.
Fallible<Ref<>> dimension_tuple(MemoryView* view, const ssize_t* values) {
    if (!values) return tuple_empty();
    Ref<Tuple> tuple = TRY(tuple_new(view->view.dimensions));
    for (int i = 0; i < view->view.dimensions; ++i)
        tuple->items[i] = TRY(int_from(values[i]))
    .release();
    return tuple;
}
Fallible<Ref<>> view_obj(Object* self) {
    TRY(view_check_released(as_view(self)));
    Object* owner = as_view(self)->view.owner;
    return share(owner ? owner : none());
}
Fallible<Ref<>> view_nbytes(Object* self) {
    TRY(view_check_released(as_view(self)));
    // What the exporter says: ctypes objects can be larger than their items.
    return int_from(as_view(self)->view.length);
}
Fallible<Ref<>> view_itemsize(Object* self) {
    TRY(view_check_released(as_view(self)));
    return int_from(as_view(self)->view.item_size);
}
Fallible<Ref<>> view_format_get(Object* self) {
    TRY(view_check_released(as_view(self)));
    return str_from_utf8(as_view(self)->view.format);
}
Fallible<Ref<>> view_ndim(Object* self) {
    TRY(view_check_released(as_view(self)));
    return int_from(as_view(self)->view.dimensions);
}
Fallible<Ref<>> view_shape(Object* self) {
    TRY(view_check_released(as_view(self)));
    return dimension_tuple(as_view(self), as_view(self)->view.shape);
}
Fallible<Ref<>> view_strides(Object* self) {
    TRY(view_check_released(as_view(self)));
    return dimension_tuple(as_view(self), as_view(self)->view.strides);
}
Fallible<Ref<>> view_suboffsets(Object* self) {
    TRY(view_check_released(as_view(self)));
    return dimension_tuple(as_view(self), as_view(self)->view.suboffsets);
}
Fallible<Ref<>> view_readonly(Object* self) {
    TRY(view_check_released(as_view(self)));
    return bool_from(as_view(self)->view.read_only);
}
template <int Flags>
Fallible<Ref<>> view_contiguity(Object* self) {
    TRY(view_check_released(as_view(self)));
    return bool_from(as_view(self)->flags & Flags);
}
GetSetDef view_getset[] = {
    GETTER("obj", view_obj, "The underlying object of the memoryview."),
    GETTER("nbytes", view_nbytes, "The amount of space in bytes that the array would use in contiguous form."),
    GETTER("readonly", view_readonly, "Is the memory read only?"),
    GETTER("itemsize", view_itemsize, "The size in bytes of each element."),
    GETTER("format", view_format_get, "The struct module's format of each element."),
    GETTER("ndim", view_ndim, "How many dimensions the array has."),
    GETTER("shape", view_shape, "The lengths of the dimensions."),
    GETTER("strides", view_strides, "The bytes from one element to the next in each dimension."),
    GETTER("suboffsets", view_suboffsets, "Offsets behind pointers, for arrays of the PIL style."),
    GETTER("c_contiguous", view_contiguity<kViewC>, "Is the memory C contiguous?"),
    GETTER("f_contiguous", view_contiguity<kViewFortran>, "Is the memory Fortran contiguous?"),
    GETTER("contiguous", (view_contiguity<kViewC | kViewFortran>), "Is the memory contiguous?"),
    END_ROW,
};

// memoryview.release()
Fallible<Ref<>> view_release(Object* self) {
    TRY(release(as_view(self)));
    return share(none());
}
// memoryview.__enter__()
Fallible<Ref<>> view_enter(Object* self) {
    TRY(view_check_released(as_view(self)));
    return share(self);
}
// memoryview.__exit__(*exc_info)
Fallible<Ref<>> view_exit(Object* self, Object* const*, ssize_t) {
    return view_release(self);
}
// memoryview.tobytes(order='C')
Fallible<Ref<>> view_tobytes(Object* self, Object* const* bound) {
    TRY(view_check_released(as_view(self)));
    char order = 'C';
    if (bound[0] && !is_none(bound[0])) {
        if (!is_str(bound[0]))
            return raise(exc::TypeError, "tobytes() argument 'order' must be str or None, not %N",
                         bound[0]);
        Str* text = as_str(bound[0]);
        TRY(str_c_string(text));
        bool known = text->length == 1 && (text->at(0) == 'C' || text->at(0) == 'F' || text->at(0) == 'A');
        if (!known) return raise(exc::ValueError, "order must be 'C', 'F' or 'A'");
        order = char(text->at(0));
    }
    return buffer_to_bytes(as_view(self)->view, order);
}
// memoryview.hex([sep[, bytes_per_sep]])
Fallible<Ref<>> view_hex(Object* self, Object* const* bound) {
    ssize_t group = bound[1] ? TRY(as_c_int(bound[1])) : 1;
    TRY(view_check_released(as_view(self)));
    Ref<Bytes> content = TRY(buffer_to_bytes(as_view(self)->view, 'C'));
    return hex_text(content->view(), bound[0], group);
}
// memoryview.tolist()
Fallible<Ref<>> view_tolist(Object* self) {
    TRY(view_check_released(as_view(self)));
    return view_to_list(as_view(self));
}
// memoryview.toreadonly()
Fallible<Ref<>> view_toreadonly(Object* self) {
    TRY(view_check_released(as_view(self)));
    Ref<MemoryView> copy = TRY(view_on(as_view(self)->managed, &as_view(self)->view));
    copy->view.read_only = 1;
    return copy;
}
MethodDef view_methods[] = {
    METHOD_NOARGS("release", view_release, "($self, /)", "Gives the underlying buffer back."),
    METHOD("tobytes", view_tobytes, "($self, /, order='C')",
           "The data as bytes, in C, Fortran or the memory's own order."),
    METHOD("hex", view_hex, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", "The data as hexadecimal digits.\n\nA separator of one character goes between groups of bytes_per_sep bytes, counted from the "
           "right, with a negative\nnumber from the left.\n\n>>> value = memoryview(b'\\xca\\xfe\\x01')\n>>> value.hex()\n'cafe01'\n"
           ">>> value.hex(':')\n'ca:fe:01'\n>>> value.hex(' ', 2)\n'ca fe01'\n>>> value.hex(' ', -2)\n'cafe 01'"),
    METHOD_NOARGS("tolist", view_tolist, "($self, /)", "The elements as a list, nested by dimension."),
    METHOD("cast", view_cast, "($self, /, format, shape=<unrepresentable>)",
           "A view with another format or shape on the same memory."),
    METHOD_NOARGS("toreadonly", view_toreadonly, "($self, /)", "A read-only view on the same memory."),
    METHOD_NOARGS_UNSIGNED("__enter__", view_enter, ""),
    METHOD_FAST_UNSIGNED("__exit__", view_exit, ""),
    END_ROW,
};

// The iterator.
struct ViewIterator : Object {
    ssize_t index;
    MemoryView* view;  // null when exhausted
    ssize_t length;
    char format;
};
ViewIterator* as_iterator(Object* object) {
    return static_cast<ViewIterator*>(object);
}
void iterator_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_iterator(self)->view);
    gc_object_free(self);
}
Object* iterator_next(Object* self) {
    ViewIterator* it = as_iterator(self);
    if (!it->view) return nullptr;
    if (it->index < it->length) {
        TRY(view_check_released(it->view));
        char* data = follow(it->view->view, static_cast<char*>(it->view->view.data), 0, it->index++);
        return unpack_item(data, it->format).release();
    }
    clear_slot(it->view);
    return nullptr;
}
Fallible<Ref<>> view_iter(Object* self) {
    MemoryView* view = as_view(self);
    TRY(view_check_released(view));
    if (view->view.dimensions == 0) return raise(exc::TypeError, "invalid indexing of 0-dim memory");
    if (view->view.dimensions != 1)
        return raise(exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
    char format = TRY(view_format(view));
    Ref<ViewIterator> it = make_gc<ViewIterator>(memory_iterator_type);
    if (!it) return raised;
    it->index = 0;
    it->length = view->view.shape[0];
    it->format = format;
    it->view = new_reference(view);
    gc_track(it.get());
    return it;
}

SequenceMethods view_sequence = {.length = view_length_slot, .item = view_item};
MappingMethods view_mapping = {
    .length = view_length_slot, .subscript = view_subscript, .store_subscript = view_store_subscript};
BufferMethods view_buffer = {.get = view_get_buffer, .release = view_release_buffer};

}  // namespace

constinit Type managed_buffer_type = static_type({
    .name = "managedbuffer",
    .basic_size = sizeof(ManagedBuffer),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = managed_dealloc,
    .traverse = managed_traverse,
    .clear = managed_clear,
    .getattro = generic_getattro_slot,
});
constinit Type memoryview_type = static_type({
    .name = "memoryview",
    .basic_size = offsetof(MemoryView, array),
    .item_size = sizeof(ssize_t),
    .flags = type_flag::kHaveGc | type_flag::kSequence,
    .doc = METHOD_DOC("memoryview", "(object)", "A view on the memory of an object that supports the buffer protocol."),
    .dealloc = view_dealloc,
    .traverse = traverse_members<&MemoryView::managed>,
    .clear = view_clear,
    .repr = slot1<view_repr>,
    .hash = view_hash,
    .richcompare = view_richcompare,
    .getattro = generic_getattro_slot,
    .iter = slot1<view_iter>,
    .sequence = &view_sequence,
    .mapping = &view_mapping,
    .buffer = &view_buffer,
    .methods = view_methods,
    .getset = view_getset,
    .weaklist_offset = offsetof(MemoryView, weaklist),
    .new_ = Bound<view_new, "memoryview", "(object)">::new_,
});
constinit Type memory_iterator_type = static_type({
    .name = "memory_iterator",
    .basic_size = sizeof(ViewIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = iterator_dealloc,
    .traverse = traverse_members<&ViewIterator::view>,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = iterator_next,
});

}  // namespace py
