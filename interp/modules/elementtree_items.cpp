// _elementtree.Element: children by index and slice.
#include <cstring>

#include "interp/modules/elementtree.h"
#include "interp/objects/memory.h"

namespace py::etree {

namespace {

// Reads a slice against the element's length.
struct Range {
    ssize_t start, stop, step, count;
};
Fallible<Range> read_slice(Element* self, Object* key) {
    Range range{};
    TRY(slice_unpack(static_cast<Slice*>(key), &range.start, &range.stop, &range.step));
    range.count = slice_adjust(child_count(self), &range.start, &range.stop, range.step);
    return range;
}
Fallible<Ref<>> slice_items(Element* self, Object* key) {
    Range range = TRY(read_slice(self, key));
    Ref<List> list = TRY(list_new(range.count));
    for (ssize_t i = 0; i < range.count; ++i) list->items[i] = new_reference(self->extra->children[range.start + i * range.step]);
    return list;
}
// Takes the children of an ascending range with a step out; they die when the element is in order again.
Fallible<void> delete_range(Element* self, Range range) {
    if (range.count == 0) return {};
    if (range.step < 0) {
        range.start = range.start + (range.count - 1) * range.step;
        range.step = -range.step;
    }
    Ref<List> removed = TRY(list_new(range.count));
    Extra* extra = self->extra;
    ssize_t to = range.start, next = range.start, taken = 0;
    for (ssize_t i = range.start; i < extra->length; ++i) {
        if (taken < range.count && i == next) {
            removed->items[taken++] = extra->children[i];
            next += range.step;
        } else {
            extra->children[to++] = extra->children[i];
        }
    }
    extra->length -= range.count;
    return {};
}
Fallible<void> store_range(Element* self, Object* key, Object* value) {
    auto found = fast_sequence(value, "");
    if (!found.ok()) return raise(exc::TypeError, "expected sequence, not \"%T\"", value);
    Ref<Tuple> items = TRY(tuple_of(found.take().get()));
    for (ssize_t i = 0; i < items->size; ++i) TRY(check_element(items->items[i]));
    Range range = TRY(read_slice(self, key));
    if (range.step != 1 && items->size != range.count)
        return raise(exc::ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd", items->size, range.count);
    if (items->size > range.count) TRY(make_room(self, items->size - range.count));
    if (!self->extra) return {};
    Extra* extra = self->extra;
    Ref<List> replaced = TRY(list_new(range.count));
    for (ssize_t i = 0; i < range.count; ++i) replaced->items[i] = extra->children[range.start + i * range.step];
    if (items->size != range.count) {
        Object** at = extra->children + range.start;
        std::memmove(at + items->size, at + range.count, size_t(extra->length - range.start - range.count) * sizeof(Object*));
        extra->length += items->size - range.count;
    }
    for (ssize_t i = 0; i < items->size; ++i) extra->children[range.start + i * range.step] = new_reference(items->items[i]);
    return {};
}
Fallible<void> store_subscript(Object* self, Object* key, Object* value) {
    if (is_index(key)) {
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        if (index < 0) index += child_count(as_element(self));
        return Fallible<void>::from_slot(element_store_item(self, index, value));
    }
    if (key->type != &slice_type) return raise(exc::TypeError, "element indices must be integers");
    if (!value) return delete_range(as_element(self), TRY(read_slice(as_element(self), key)));
    return store_range(as_element(self), key, value);
}

}  // namespace

ssize_t element_length(Object* self) {
    return child_count(as_element(self));
}
Object* element_item(Object* self, ssize_t index) {
    if (index < 0 || index >= child_count(as_element(self))) return raise(exc::IndexError, "child index out of range");
    return new_reference(as_element(self)->extra->children[index]);
}
int element_store_item(Object* self, ssize_t index, Object* value) {
    if (index < 0 || index >= child_count(as_element(self))) return raise(exc::IndexError, "child assignment index out of range");
    if (!value) return delete_range(as_element(self), {index, index + 1, 1, 1}).release();
    TRY(check_element(value));
    replace_slot(as_element(self)->extra->children[index], new_reference(value));
    return 0;
}
Object* element_subscript(Object* self, Object* key) {
    if (is_index(key)) {
        ssize_t index = TRY(index_as_ssize(key, exc::IndexError));
        if (index < 0) index += child_count(as_element(self));
        return element_item(self, index);
    }
    if (key->type != &slice_type) return raise(exc::TypeError, "element indices must be integers");
    return slice_items(as_element(self), key).release();
}
int element_store_subscript(Object* self, Object* key, Object* value) {
    return store_subscript(self, key, value).release();
}

}  // namespace py::etree
