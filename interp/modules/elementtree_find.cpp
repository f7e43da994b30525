// _elementtree.Element: searching children, and walking the tree. What is more than a tag name goes to xml.etree.ElementPath.
#include <cstdlib>

#include "interp/modules/elementtree.h"
#include "interp/objects/memory.h"

namespace py::etree {

namespace {

// Can this be something else than the name of a tag?
bool is_path(Object* tag) {
    if (!is_str(tag)) return true;
    Str* text = as_str(tag);
    // "{}name" and "{*}name" are wildcards.
    if (text->length >= 3 && text->at(0) == '{' && (text->at(1) == '}' || (text->at(1) == '*' && text->at(2) == '}'))) return true;
    bool outside = true;  // of a namespace in braces
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t c = text->at(i);
        if (c == '{') outside = false;
        if (c == '}') outside = true;
        if (outside && (c == '/' || c == '*' || c == '[' || c == '@' || c == '.')) return true;
    }
    return false;
}
Object* given(Object* argument) {
    return argument ? argument : none();
}
bool needs_path(Object* tag, Object* namespaces) {
    return is_path(tag) || !is_none(given(namespaces));
}
// The child at `*i` or behind it whose tag is `tag`; null at the end.
Lookup<> next_match(Element* self, ssize_t* i, Object* tag) {
    while (*i < child_count(self)) {
        Ref<> child = share(self->extra->children[(*i)++]);
        Ref<> name = share(as_element(child.get())->tag);
        if (name && TRY(equals(name.get(), tag))) return child;
    }
    return nullptr;
}

// An element iterator: elements on the way from the root to the place it is at.
struct Step {
    Element* element;
    ssize_t child;
};
struct ElementIterator : Object {
    Step* steps;
    ssize_t depth, capacity;
    Element* root;  // not visited yet
    Object* tag;    // None: all
    bool texts;     // gives texts, not elements
};
ElementIterator* as_iterator(Object* object) {
    return static_cast<ElementIterator*>(object);
}
Fallible<void> push(ElementIterator* self, Ref<Element> element) {
    if (self->depth == self->capacity) {
        ssize_t capacity = self->capacity ? self->capacity * 2 : 8;
        auto steps = static_cast<Step*>(std::realloc(self->steps, size_t(capacity) * sizeof(Step)));
        if (!steps) return raise_memory_error();
        self->steps = steps;
        self->capacity = capacity;
    }
    self->steps[self->depth++] = {element.release(), 0};
    return {};
}
Fallible<bool> wanted_text(Object* text) {
    if (!text || is_none(text)) return false;
    return is_true(text);
}
Fallible<bool> wanted_element(ElementIterator* self, Element* element) {
    if (is_none(self->tag) || self->tag == element->tag) return true;
    Ref<> name = share(element->tag);
    return name && TRY(equals(name.get(), self->tag));
}
Lookup<> iterator_step(ElementIterator* self) {
    for (;;) {
        Ref<Element> entered;
        if (self->root) {
            entered = steal(std::exchange(self->root, nullptr));
        } else {
            if (self->depth == 0) return nullptr;
            Step& top = self->steps[self->depth - 1];
            if (top.child < child_count(top.element)) {
                Object* child = top.element->extra->children[top.child++];
                TRY(check_element(child));
                entered = share(as_element(child));
            } else {
                // Behind an element comes the text that follows it, except for the root.
                Ref<Element> left = steal(self->steps[--self->depth].element);
                if (!self->texts || self->depth == 0) continue;
                Ref<> tail = share(left->tail);
                if (TRY(wanted_text(tail.get()))) return tail;
                continue;
            }
        }
        TRY(push(self, entered));
        if (self->texts) {
            Ref<> text = share(entered->text);
            if (TRY(wanted_text(text.get()))) return text;
        } else if (TRY(wanted_element(self, entered.get()))) {
            return Ref<>(std::move(entered));
        }
    }
}
Object* iterator_next(Object* self) {
    Lookup<> found = iterator_step(as_iterator(self));
    if (!found.ok()) return nullptr;
    return found.take().release();
}
int iterator_traverse(Object* object, Visit visit, void* arg) {
    ElementIterator* self = as_iterator(object);
    for (ssize_t i = 0; i < self->depth; ++i) VISIT(self->steps[i].element);
    VISIT(self->root);
    VISIT(self->tag);
    return 0;
}
void iterator_dealloc(Object* object) {
    ElementIterator* self = as_iterator(object);
    gc_untrack(self);
    while (self->depth > 0) decref(self->steps[--self->depth].element);
    std::free(self->steps);
    clear_slot(self->root);
    clear_slot(self->tag);
    object_memory_free(self);
}
Fallible<Ref<>> iterator_new(Object* root, Object* tag, bool texts) {
    Ref<ElementIterator> self = TRY(instance_new<ElementIterator>(&element_iterator_type));
    self->root = new_reference(as_element(root));
    self->tag = new_reference(tag);
    self->texts = texts;
    return self;
}

}  // namespace

constinit Type element_iterator_type = static_type({
    .name = "_elementtree._element_iterator",
    .basic_size = sizeof(ElementIterator),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = iterator_dealloc,
    .traverse = iterator_traverse,
    .iter = self_iter,
    .iternext = iterator_next,
});

// Element.find(path, namespaces=None)
Fallible<Ref<>> element_find(Object* self, Object* const* a) {
    if (needs_path(a[0], a[1])) return call_method(state.element_path, "find"_name, self, a[0], given(a[1]));
    ssize_t i = 0;
    Ref<> found = TRY(next_match(as_element(self), &i, a[0]));
    return found ? std::move(found) : share(none());
}
// Element.findtext(path, default=None, namespaces=None)
Fallible<Ref<>> element_findtext(Object* self, Object* const* a) {
    if (needs_path(a[0], a[2])) return call_method(state.element_path, "findtext"_name, self, a[0], given(a[1]), given(a[2]));
    ssize_t i = 0;
    Ref<> found = TRY(next_match(as_element(self), &i, a[0]));
    if (!found) return share(given(a[1]));
    Object* text = as_element(found.get())->text;
    if (!text || is_none(text)) return str_empty();
    return share(text);
}
// Element.findall(path, namespaces=None)
Fallible<Ref<>> element_findall(Object* self, Object* const* a) {
    if (needs_path(a[0], a[1])) return call_method(state.element_path, "findall"_name, self, a[0], given(a[1]));
    Ref<List> list = TRY(list_new(0));
    ssize_t i = 0;
    while (Ref<> found = TRY(next_match(as_element(self), &i, a[0]))) TRY(list_append_steal(list.get(), std::move(found)));
    return list;
}
// Element.iterfind(path, namespaces=None)
Fallible<Ref<>> element_iterfind(Object* self, Object* const* a) {
    return call_method(state.element_path, "iterfind"_name, self, a[0], given(a[1]));
}
// Element.iter(tag=None)
Fallible<Ref<>> element_iter(Object* self, Object* const* a) {
    Object* tag = given(a[0]);
    if (is_str(tag) && str_equals(as_str(tag), "*")) tag = none();
    return iterator_new(self, tag, false);
}
// Element.itertext()
Fallible<Ref<>> element_itertext(Object* self) {
    return iterator_new(self, none(), true);
}

}  // namespace py::etree
