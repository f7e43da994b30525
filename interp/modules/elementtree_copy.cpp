// _elementtree.Element: copies, and the state in pickles.
#include <cstring>

#include "interp/modules/elementtree.h"
#include "interp/objects/int.h"
#include "interp/objects/memory.h"
#include "interp/objects/stack_check.h"

namespace py::etree {

namespace {

Fallible<Ref<>> deep(Object* value, Object* memo) {
    if (is_none(value) || is_str_exact(value)) return share(value);
    if (is_element_exact(value)) return element_deepcopy(value, memo);
    return call(state.deepcopy, value, memo);
}
Fallible<void> copy_children_deep(Element* from, Element* to, Object* memo) {
    for (ssize_t i = 0; i < child_count(from); ++i) {
        Ref<> child = share(from->extra->children[i]);
        Ref<> copy = TRY(deep(child.get(), memo));
        TRY(check_element(copy.get()));
        TRY(element_append(to, copy.get()));
    }
    return {};
}
Object* not_null(Object* value) {
    return value ? value : none();
}
Fallible<void> take_children(Element* self, Object* children) {
    if (!is_list(children)) return raise(exc::TypeError, "'_children' is not a list");
    Ref<Tuple> items = TRY(tuple_of(children));
    for (ssize_t i = 0; i < items->size; ++i) {
        TRY(check_element(items->items[i]));
        TRY(element_append(self, items->items[i]));
    }
    return {};
}

}  // namespace

// Element.__copy__()
Fallible<Ref<>> element_copy(Object* object) {
    Element* self = as_element(object);
    Object* attributes = self->extra ? self->extra->attributes : nullptr;
    Ref<> copy = TRY(element_new(not_null(self->tag), attributes));
    replace_slot(as_element(copy.get())->text, new_reference(not_null(self->text)));
    replace_slot(as_element(copy.get())->tail, new_reference(not_null(self->tail)));
    for (ssize_t i = 0; i < child_count(self); ++i) TRY(element_append(as_element(copy.get()), self->extra->children[i]));
    return copy;
}
// Element.__deepcopy__(memo, /)
Fallible<Ref<>> element_deepcopy(Object* object, Object* memo) {
    if (!is_dict(memo)) return raise(exc::TypeError, "__deepcopy__() argument must be dict, not %N", memo);
    RecursionGuard guard(" while copying an element");
    if (!guard.ok()) return raised;
    Element* self = as_element(object);
    Ref<> tag = TRY(deep(not_null(self->tag), memo)), attributes;
    if (self->extra && self->extra->attributes) {
        Ref<> original = share(self->extra->attributes);
        attributes = TRY(call(state.deepcopy, original.get(), memo));
        if (!is_dict(attributes.get())) return raise(exc::TypeError, "expected dict, not \"%T\"", attributes.get());
    }
    Ref<> copy = TRY(element_new(tag.get(), attributes.get()));
    Ref<> text = share(not_null(self->text)), tail = share(not_null(self->tail));
    replace_slot(as_element(copy.get())->text, TRY(deep(text.get(), memo)).release());
    replace_slot(as_element(copy.get())->tail, TRY(deep(tail.get(), memo)).release());
    TRY(copy_children_deep(self, as_element(copy.get()), memo));
    Ref<Int> identity = TRY(int_from_unsigned(reinterpret_cast<uintptr_t>(object)));
    TRY(dict_set(as_dict(memo), identity.get(), copy.get()));
    return copy;
}
// Element.__getstate__()
Fallible<Ref<>> element_getstate(Object* object) {
    Element* self = as_element(object);
    Ref<List> children = TRY(list_new(0));
    for (ssize_t i = 0; i < child_count(self); ++i) TRY(list_append(children.get(), self->extra->children[i]));
    Ref<> attributes = self->extra && self->extra->attributes ? share(self->extra->attributes) : Ref<>(TRY(dict_new()));
    Ref<Dict> result = TRY(dict_new());
    TRY(dict_set(result.get(), "tag", not_null(self->tag)));
    TRY(dict_set(result.get(), "_children", children.get()));
    TRY(dict_set(result.get(), "attrib", attributes.get()));
    TRY(dict_set(result.get(), "text", not_null(self->text)));
    TRY(dict_set(result.get(), "tail", not_null(self->tail)));
    return result;
}
// Element.__setstate__(state, /)
Fallible<Ref<>> element_setstate(Object* object, Object* given) {
    Element* self = as_element(object);
    if (!is_dict_exact(given)) return raise(exc::TypeError, "Don't know how to unpickle \"%R\" as an Element", given);
    Ref<> fields[5];
    Str* const names[] = {"tag"_name, "attrib"_name, "text"_name, "tail"_name, "_children"_name};
    for (int i = 0; i < 5; ++i) fields[i] = TRY(dict_get(as_dict(given), names[i]));
    if (!fields[0]) return raise(exc::TypeError, "tag may not be NULL");
    replace_slot(self->tag, fields[0].release());
    replace_slot(self->text, fields[2] ? fields[2].release() : new_reference(none()));
    replace_slot(self->tail, fields[3] ? fields[3].release() : new_reference(none()));
    drop_extra(self);
    if (fields[4]) TRY(take_children(self, fields[4].get()));
    if (fields[1] && is_dict(fields[1].get())) TRY(set_attr(object, "attrib"_name, fields[1].get()));
    return share(none());
}

}  // namespace py::etree
