// _elementtree: elements, the builder of trees and the parser, shared by the module's files.
#pragma once

#include <expat.h>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py::etree {

// What only elements with attributes or children have.
struct Extra {
    Object* attributes;  // a dict, or null: none yet
    ssize_t length, allocated;
    Object** children;  // `few`, or malloc'ed
    Object* few[4];
};
// xml.etree.ElementTree.Element
struct Element : Object {
    Object *tag, *text, *tail;  // null in an instance that was not initialised
    Extra* extra;
    Object* weaklist;
};
inline Element* as_element(Object* object) { return static_cast<Element*>(object); }
extern Type element_type, element_iterator_type, builder_type, parser_type;
inline bool is_element(Object* object) { return is_instance_of(object, element_type); }
inline bool is_element_exact(Object* object) { return object->type == &element_type; }
inline ssize_t child_count(const Element* element) { return element->extra ? element->extra->length : 0; }

// elementtree_element.cpp
Fallible<Ref<>> element_new(Object* tag, Object* attributes_or_null);
Fallible<void> element_append(Element* element, Object* child);
Fallible<void> make_room(Element* element, ssize_t more);
void drop_extra(Element* element);
Fallible<Ref<Dict>> element_attributes(Element* element);  // made when there are none
Fallible<void> check_element(Object* object);                // TypeError 'expected an Element, not "int"'
// elementtree_items.cpp: indices and slices
ssize_t element_length(Object* self);
Object* element_item(Object* self, ssize_t index);
int element_store_item(Object* self, ssize_t index, Object* value);
Object* element_subscript(Object* self, Object* key);
int element_store_subscript(Object* self, Object* key, Object* value);
// elementtree_find.cpp
Fallible<Ref<>> element_find(Object* self, Object* const* bound);
Fallible<Ref<>> element_findtext(Object* self, Object* const* bound);
Fallible<Ref<>> element_findall(Object* self, Object* const* bound);
Fallible<Ref<>> element_iterfind(Object* self, Object* const* bound);
Fallible<Ref<>> element_iter(Object* self, Object* const* bound);
Fallible<Ref<>> element_itertext(Object* self);
// elementtree_copy.cpp
Fallible<Ref<>> element_copy(Object* self);
Fallible<Ref<>> element_deepcopy(Object* self, Object* memo);
Fallible<Ref<>> element_getstate(Object* self);
Fallible<Ref<>> element_setstate(Object* self, Object* state);

// What the module has from Python: found at its first use.
struct ModuleState {
    Object *parse_error, *deepcopy, *element_path, *comment_factory, *pi_factory;
};
extern ModuleState state;

// xml.etree.ElementTree.TreeBuilder
struct Builder : Object {
    Object *root, *current, *last;  // null before the first element
    Object* last_for_tail;          // null: text goes into `last`
    List* data;                     // pieces of text that were not placed yet, or null
    List* stack;
    Object *element_factory, *comment_factory, *pi_factory;
    Object* append_event;  // null: no events are wanted
    Object *start_event, *end_event, *start_ns_event, *end_ns_event, *comment_event, *pi_event;  // names, or null
    bool insert_comments, insert_pis;
};
inline Builder* as_builder(Object* object) { return static_cast<Builder*>(object); }
Fallible<Ref<>> builder_start(Builder* self, Object* tag, Object* attributes_or_null);
Fallible<Ref<>> builder_data(Builder* self, Object* data);
Fallible<Ref<>> builder_end(Builder* self, Object* tag);
Fallible<Ref<>> builder_comment(Builder* self, Object* text);
Fallible<Ref<>> builder_pi(Builder* self, Object* target, Object* text);
Fallible<void> builder_start_ns(Builder* self, Object* prefix, Object* uri);
Fallible<void> builder_end_ns(Builder* self, Object* prefix);
Fallible<Ref<>> builder_result(Builder* self);

}  // namespace py::etree
