// _elementtree.Element: its storage, attributes and list methods.
#include <climits>
#include <cstdlib>
#include <cstring>

#include "interp/modules/elementtree.h"
#include "interp/objects/gc.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"

namespace py::etree {

namespace {

Fallible<void> make_extra(Element* self, Object* attributes) {
    auto extra = static_cast<Extra*>(allocate(sizeof(Extra)));
    if (!extra) return raise_memory_error();
    *extra = {};
    xincref(attributes);
    extra->attributes = attributes;
    extra->allocated = ssize_t(std::size(extra->few));
    extra->children = extra->few;
    self->extra = extra;
    return {};
}
Fallible<Ref<Element>> element_allocate(Type* type) {
    return instance_new<Element>(type);
}
Object* not_null(Object* value) {
    return value ? value : none();
}

// attributes of a call: the dict `attributes` (may be null) with the keywords, in a dict of its own.
Fallible<Ref<Dict>> merged_attributes(Object* attributes, Object* keywords) {
    Ref<Dict> merged = attributes ? TRY(dict_copy(as_dict(attributes))) : TRY(dict_new());
    if (keywords) TRY(dict_update(merged.get(), keywords));
    return merged;
}
// The keywords' `attrib`, taken out of a copy of them.
Fallible<Ref<Dict>> keyword_attributes(Object* keywords) {
    Ref<Dict> copy = TRY(dict_copy(as_dict(keywords)));
    Ref<> given = TRY(dict_pop(copy.get(), "attrib"_name));
    if (!given) return copy;
    if (!is_dict(given.get())) return raise(exc::TypeError, "attrib must be dict, not %T", given.get());
    return merged_attributes(given.get(), copy.get());
}
Fallible<Ref<Dict>> call_attributes(const char* function, int place, Object* given, Object* keywords) {
    if (given && !is_dict(given)) return raise(exc::TypeError, "%s() argument %d must be dict, not %N", function, place, given);
    bool any = keywords && as_dict(keywords)->used;
    if (given) return merged_attributes(given, keywords);
    return any ? keyword_attributes(keywords) : dict_new();
}

int element_init(Object* object, Object* args_tuple, Object* keywords) {
    Element* self = as_element(object);
    Tuple* args = as_tuple(args_tuple);
    if (args->size < 1) return raise(exc::TypeError, "Element() takes at least 1 argument (0 given)");
    if (args->size > 2) return raise(exc::TypeError, "Element() takes at most 2 arguments (%zd given)", args->size);
    Ref<Dict> attributes = TRY(call_attributes("Element", 2, args->size > 1 ? args->items[1] : nullptr, keywords));
    drop_extra(self);
    if (attributes->used) TRY(make_extra(self, attributes.get()));
    replace_slot(self->tag, new_reference(args->items[0]));
    replace_slot(self->text, new_reference(none()));
    replace_slot(self->tail, new_reference(none()));
    return 0;
}
Object* element_make(Type* type, Object*, Object*) {
    Ref<Element> self = TRY(element_allocate(type));
    self->tag = new_reference(none());
    self->text = new_reference(none());
    self->tail = new_reference(none());
    return self.release();
}
int element_traverse(Object* object, Visit visit, void* arg) {
    Element* self = as_element(object);
    VISIT(self->tag);
    VISIT(self->text);
    VISIT(self->tail);
    if (!self->extra) return 0;
    VISIT(self->extra->attributes);
    for (ssize_t i = 0; i < self->extra->length; ++i) VISIT(self->extra->children[i]);
    return 0;
}
int element_clear_slot(Object* object) {
    Element* self = as_element(object);
    clear_slot(self->tag);
    clear_slot(self->text);
    clear_slot(self->tail);
    drop_extra(self);
    return 0;
}
void element_dealloc(Object* object) {
    gc_untrack(object);
    DeallocGuard guard(object);
    if (!guard.entered()) return;
    if (as_element(object)->weaklist) clear_weakrefs(object);
    element_clear_slot(object);
    object_memory_free(object);
}
Fallible<Ref<>> element_repr(Object* object) {
    Element* self = as_element(object);
    if (!self->tag) return format_str("<Element at %p>", self);
    ReprGuard guard(object);
    TRY(guard.check());
    return format_str("<Element %R at %p>", self->tag, self);
}

// Element.append(subelement, /)
Fallible<Ref<>> element_append_method(Object* self, Object* child) {
    if (!is_element(child)) return raise(exc::TypeError, "append() argument must be xml.etree.ElementTree.Element, not %N", child);
    TRY(element_append(as_element(self), child));
    return share(none());
}
// Element.extend(elements, /)
Fallible<Ref<>> element_extend(Object* self, Object* elements) {
    auto found = fast_sequence(elements, "");
    if (!found.ok()) {
        if (!clear_error_if(exc::TypeError)) return raised;
        return raise(exc::TypeError, "expected sequence, not \"%T\"", elements);
    }
    Ref<> sequence = found.take();
    for (ssize_t i = 0; i < fast_sequence_size(sequence.get()); ++i) {
        Ref<> child = share(fast_sequence_items(sequence.get())[i]);
        TRY(check_element(child.get()));
        TRY(element_append(as_element(self), child.get()));
    }
    return share(none());
}
// Element.insert(index, subelement, /)
Fallible<Ref<>> element_insert(Object* object, Object* const* args, ssize_t count) {
    TRY(check_positional("insert", count, 2, 2));
    Element* self = as_element(object);
    ssize_t index = TRY(as_ssize(args[0]));
    if (!is_element(args[1])) return raise(exc::TypeError, "insert() argument 2 must be xml.etree.ElementTree.Element, not %N", args[1]);
    TRY(make_room(self, 1));
    Extra* extra = self->extra;
    if (index < 0) index += extra->length;
    if (index < 0) index = 0;
    if (index > extra->length) index = extra->length;
    std::memmove(extra->children + index + 1, extra->children + index, size_t(extra->length - index) * sizeof(Object*));
    extra->children[index] = new_reference(args[1]);
    ++extra->length;
    return share(none());
}
// Element.remove(subelement, /)
Fallible<Ref<>> element_remove(Object* object, Object* child) {
    Element* self = as_element(object);
    if (!is_element(child)) return raise(exc::TypeError, "remove() argument must be xml.etree.ElementTree.Element, not %N", child);
    ssize_t found = -1;
    for (ssize_t i = 0; i < child_count(self) && found < 0; ++i)
        if (self->extra->children[i] == child) found = i;
    for (ssize_t i = 0; i < child_count(self) && found < 0; ++i) {
        Ref<> candidate = share(self->extra->children[i]);
        if (TRY(equals(candidate.get(), child))) found = i;
    }
    if (found < 0 || found >= child_count(self)) return raise(exc::ValueError, "list.remove(x): x not in list");
    Extra* extra = self->extra;
    Ref<> removed = steal(extra->children[found]);
    --extra->length;
    std::memmove(extra->children + found, extra->children + found + 1, size_t(extra->length - found) * sizeof(Object*));
    return share(none());
}
// Element.clear()
Fallible<Ref<>> element_clear(Object* object) {
    Element* self = as_element(object);
    drop_extra(self);
    replace_slot(self->text, new_reference(none()));
    replace_slot(self->tail, new_reference(none()));
    return share(none());
}
// Element.get(key, default=None)
Fallible<Ref<>> element_get(Object* object, Object* const* a) {
    Element* self = as_element(object);
    Ref<> found;
    if (self->extra && self->extra->attributes) {
        Ref<> attributes = share(self->extra->attributes);
        found = TRY(dict_get(as_dict(attributes.get()), a[0]));
    }
    return found ? std::move(found) : share(not_null(a[1]));
}
// Element.set(key, value, /)
Fallible<Ref<>> element_set(Object* self, Object* const* args, ssize_t count) {
    TRY(check_positional("set", count, 2, 2));
    Ref<Dict> attributes = TRY(element_attributes(as_element(self)));
    TRY(dict_set(attributes.get(), args[0], args[1]));
    return share(none());
}
// Element.items()
Fallible<Ref<>> element_items(Object* object) {
    Element* self = as_element(object);
    if (!self->extra || !self->extra->attributes) return list_new(0);
    return dict_items_list(as_dict(self->extra->attributes));
}
// Element.keys()
Fallible<Ref<>> element_keys(Object* object) {
    Element* self = as_element(object);
    if (!self->extra || !self->extra->attributes) return list_new(0);
    return dict_keys_list(as_dict(self->extra->attributes));
}
// Element.makeelement(tag, attrib, /)
Fallible<Ref<>> element_makeelement(Object*, Object* const* args, ssize_t count) {
    TRY(check_positional("makeelement", count, 2, 2));
    if (!is_dict(args[1])) return raise(exc::TypeError, "makeelement() argument 2 must be dict, not %N", args[1]);
    Ref<Dict> attributes = TRY(dict_copy(as_dict(args[1])));
    return element_new(args[0], attributes.get());
}
// Element.__sizeof__()
Fallible<Ref<>> element_sizeof(Object* object) {
    Element* self = as_element(object);
    ssize_t size = object->type->basic_size;
    if (self->extra) {
        size += ssize_t(sizeof(Extra));
        if (self->extra->children != self->extra->few) size += self->extra->allocated * ssize_t(sizeof(Object*));
    }
    return int_from(size);
}

template <auto Member>
Fallible<Ref<>> get_field(Object* self) {
    return share(not_null(as_element(self)->*Member));
}
template <auto Member>
Fallible<void> set_field(Object* self, Object* value) {
    if (!value) return raise(exc::AttributeError, "can't delete element attribute");
    replace_slot(as_element(self)->*Member, new_reference(value));
    return {};
}
Fallible<Ref<>> get_attrib(Object* self) {
    return element_attributes(as_element(self));
}
Fallible<void> set_attrib(Object* object, Object* value) {
    if (!value) return raise(exc::AttributeError, "can't delete element attribute");
    if (!is_dict(value)) return raise(exc::TypeError, "attrib must be dict, not %T", value);
    Element* self = as_element(object);
    if (!self->extra) return make_extra(self, value);
    replace_slot(self->extra->attributes, new_reference(value));
    return {};
}
MethodDef element_methods[] = {
    METHOD_NOARGS("clear", element_clear, "($self, /)", "Drops attributes, texts and children."),
    METHOD("get", element_get, "($self, /, key, default=None)", "An attribute."),
    METHOD_FAST("set", element_set, "($self, key, value, /)", "Sets an attribute."),
    METHOD("find", element_find, "($self, /, path, namespaces=None)", "The first child that the path names."),
    METHOD("findtext", element_findtext, "($self, /, path, default=None, namespaces=None)", "The text of the first child that the path names."),
    METHOD("findall", element_findall, "($self, /, path, namespaces=None)", "The children that the path names."),
    METHOD_O("append", element_append_method, "($self, subelement, /)", "Adds a child at the end."),
    METHOD_O("extend", element_extend, "($self, elements, /)", "Adds children at the end."),
    METHOD_FAST("insert", element_insert, "($self, index, subelement, /)", "Adds a child at a place."),
    METHOD_O("remove", element_remove, "($self, subelement, /)", "Takes a child out."),
    METHOD("iter", element_iter, "($self, /, tag=None)", "The elements of the tree in document order."),
    METHOD_NOARGS("itertext", element_itertext, "($self, /)", "The texts of the tree in document order."),
    METHOD("iterfind", element_iterfind, "($self, /, path, namespaces=None)", "Iterates over the children that the path names."),
    METHOD_NOARGS("items", element_items, "($self, /)", "Names and values of the attributes."),
    METHOD_NOARGS("keys", element_keys, "($self, /)", "Names of the attributes."),
    METHOD_FAST("makeelement", element_makeelement, "($self, tag, attrib, /)", "A new element."),
    METHOD_NOARGS("__copy__", element_copy, "($self, /)", "A copy with the same children."),
    METHOD_O("__deepcopy__", element_deepcopy, "($self, memo, /)", "A copy of the whole tree."),
    METHOD_NOARGS("__sizeof__", element_sizeof, "($self, /)", "Size in memory, in bytes."),
    METHOD_NOARGS("__getstate__", element_getstate, "($self, /)", "What pickles hold."),
    METHOD_O("__setstate__", element_setstate, "($self, state, /)", "Takes over what a pickle holds."),
    END_ROW,
};
GetSetDef element_getset[] = {
    GETTER_SETTER("tag", get_field<&Element::tag>, set_field<&Element::tag>, "A string identifying what kind of data this element represents"),
    GETTER_SETTER("text", get_field<&Element::text>, set_field<&Element::text>, "A string of text directly after the start tag, or None"),
    GETTER_SETTER("tail", get_field<&Element::tail>, set_field<&Element::tail>, "A string of text directly after the end tag, or None"),
    GETTER_SETTER("attrib", get_attrib, set_attrib, "A dictionary containing the element's attributes"),
    END_ROW,
};
SequenceMethods element_sequence = {
    .length = element_length,
    .item = element_item,
    .store_item = element_store_item,
};
MappingMethods element_mapping = {
    .length = element_length,
    .subscript = element_subscript,
    .store_subscript = element_store_subscript,
};

}  // namespace

constinit Type element_type = static_type({
    .name = "xml.etree.ElementTree.Element",
    .basic_size = sizeof(Element),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .dealloc = element_dealloc,
    .traverse = element_traverse,
    .clear = element_clear_slot,
    .repr = slot1<element_repr>,
    .sequence = &element_sequence,
    .mapping = &element_mapping,
    .methods = element_methods,
    .getset = element_getset,
    .weaklist_offset = offsetof(Element, weaklist),
    .init = element_init,
    .new_ = element_make,
});

Fallible<Ref<>> element_new(Object* tag, Object* attributes) {
    Ref<Element> self = TRY(element_allocate(&element_type));
    self->tag = new_reference(tag);
    self->text = new_reference(none());
    self->tail = new_reference(none());
    if (attributes && !is_none(attributes) && as_dict(attributes)->used) TRY(make_extra(self.get(), attributes));
    return self;
}
void drop_extra(Element* self) {
    Extra* extra = std::exchange(self->extra, nullptr);
    if (!extra) return;
    xdecref(extra->attributes);
    for (ssize_t i = 0; i < extra->length; ++i) decref(extra->children[i]);
    if (extra->children != extra->few) std::free(extra->children);
    deallocate(extra);
}
Fallible<Ref<Dict>> element_attributes(Element* self) {
    if (!self->extra) TRY(make_extra(self, nullptr));
    if (!self->extra->attributes) {
        Ref<Dict> made = TRY(dict_new());
        if (!self->extra) TRY(make_extra(self, nullptr));
        replace_slot(self->extra->attributes, static_cast<Object*>(made.release()));
    }
    return share(as_dict(self->extra->attributes));
}
// Grows as lists do.
Fallible<void> make_room(Element* self, ssize_t more) {
    if (!self->extra) TRY(make_extra(self, nullptr));
    Extra* extra = self->extra;
    ssize_t needed = extra->length + more;
    if (needed <= extra->allocated) return {};
    ssize_t size = (needed >> 3) + (needed < 9 ? 3 : 6) + needed;
    if (size > PTRDIFF_MAX / ssize_t(sizeof(Object*))) return raise_memory_error();
    Object** old = extra->children == extra->few ? nullptr : extra->children;
    auto children = static_cast<Object**>(std::realloc(old, size_t(size) * sizeof(Object*)));
    if (!children) return raise_memory_error();
    if (!old) std::memcpy(children, extra->few, size_t(extra->length) * sizeof(Object*));
    extra->children = children;
    extra->allocated = size;
    return {};
}
Fallible<void> element_append(Element* self, Object* child) {
    TRY(make_room(self, 1));
    self->extra->children[self->extra->length++] = new_reference(child);
    return {};
}
Fallible<void> check_element(Object* object) {
    if (!is_element(object)) return raise(exc::TypeError, "expected an Element, not \"%T\"", object);
    return {};
}

// _elementtree.SubElement(parent, tag, attrib={}, **extra)
Object* subelement(Object*, Object* args_tuple, Object* keywords) {
    Tuple* args = as_tuple(args_tuple);
    if (args->size < 2) return raise(exc::TypeError, "SubElement() takes at least 2 arguments (%zd given)", args->size);
    if (args->size > 3) return raise(exc::TypeError, "SubElement() takes at most 3 arguments (%zd given)", args->size);
    if (!is_element(args->items[0]))
        return raise(exc::TypeError, "SubElement() argument 1 must be xml.etree.ElementTree.Element, not %N", args->items[0]);
    Ref<Dict> attributes = TRY(call_attributes("SubElement", 3, args->size > 2 ? args->items[2] : nullptr, keywords));
    Ref<> child = TRY(element_new(args->items[1], attributes.get()));
    TRY(element_append(as_element(args->items[0]), child.get()));
    return child.release();
}

}  // namespace py::etree
