// _elementtree.TreeBuilder: a tree out of the events of a parser.
#include "interp/modules/elementtree.h"
#include "interp/objects/memory.h"

namespace py::etree {

namespace {

// Joins pieces of text; a sole piece stays what it is.
Fallible<Ref<>> joined(List* pieces) {
    if (pieces->size == 1) return share(pieces->items[0]);
    return str_join(str_empty().get(), pieces);
}
Fallible<void> place_text(Object* element, Str* attribute, Object* Element::*member, Ref<> text) {
    Ref<> before = is_element_exact(element) ? share(as_element(element)->*member) : TRY(get_attr(element, attribute));
    if (before && !is_none(before.get())) text = TRY(add(before.get(), text.get()));
    if (!is_element_exact(element)) return set_attr(element, attribute, text.get());
    replace_slot(as_element(element)->*member, text.release());
    return {};
}
// Text that came since the last event goes where it belongs.
Fallible<void> flush_data(Builder* self) {
    if (!self->data) return {};
    Ref<List> pieces = steal(std::exchange(self->data, nullptr));
    Ref<> text = TRY(joined(pieces.get()));
    if (!self->last_for_tail) {
        Ref<> element = share(self->last);
        return place_text(element.get(), "text"_name, &Element::text, std::move(text));
    }
    Ref<> element = share(self->last_for_tail);
    return place_text(element.get(), "tail"_name, &Element::tail, std::move(text));
}
Fallible<void> add_child(Object* parent, Object* child) {
    if (is_element_exact(parent)) {
        TRY(check_element(child));
        return element_append(as_element(parent), child);
    }
    TRY(call_method(parent, "append"_name, child));
    return {};
}
Fallible<void> report(Builder* self, Object* event, Object* what) {
    if (!event || !self->append_event) return {};
    Ref<Tuple> pair = TRY(tuple_pack(event, what));
    Ref<> append = share(self->append_event);
    TRY(call(append.get(), pair.get()));
    return {};
}

int builder_traverse(Object* object, Visit visit, void* arg) {
    return traverse_members<&Builder::root, &Builder::current, &Builder::last, &Builder::last_for_tail, &Builder::data, &Builder::stack,
                            &Builder::element_factory, &Builder::comment_factory, &Builder::pi_factory, &Builder::append_event,
                            &Builder::start_event, &Builder::end_event, &Builder::start_ns_event, &Builder::end_ns_event,
                            &Builder::comment_event, &Builder::pi_event>(object, visit, arg);
}
int builder_clear(Object* object) {
    return clear_members<&Builder::root, &Builder::current, &Builder::last, &Builder::last_for_tail, &Builder::data, &Builder::stack,
                         &Builder::element_factory, &Builder::comment_factory, &Builder::pi_factory, &Builder::append_event,
                         &Builder::start_event, &Builder::end_event, &Builder::start_ns_event, &Builder::end_ns_event,
                         &Builder::comment_event, &Builder::pi_event>(object);
}
void builder_dealloc(Object* object) {
    gc_untrack(object);
    builder_clear(object);
    object_memory_free(object);
}
Object* builder_make(Type* type, Object*, Object*) {
    Ref<Builder> self = TRY(instance_new<Builder>(type));
    self->stack = TRY(list_new(0)).release();
    return self.release();
}
// TreeBuilder(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)
Fallible<void> builder_init(Object* object, Object* const* a) {
    Builder* self = as_builder(object);
    Object* comment_factory = unless_none(a[1]) ? a[1] : state.comment_factory;
    Object* pi_factory = unless_none(a[2]) ? a[2] : state.pi_factory;
    bool insert_comments = a[3] && TRY(is_true(a[3])), insert_pis = a[4] && TRY(is_true(a[4]));
    xincref(unless_none(a[0]));
    replace_slot(self->element_factory, unless_none(a[0]));
    xincref(comment_factory);
    replace_slot(self->comment_factory, comment_factory);
    xincref(pi_factory);
    replace_slot(self->pi_factory, pi_factory);
    self->insert_comments = comment_factory && insert_comments;
    self->insert_pis = pi_factory && insert_pis;
    return {};
}

// TreeBuilder.data(data, /)
Fallible<Ref<>> method_data(Object* self, Object* data) {
    return builder_data(as_builder(self), data);
}
// TreeBuilder.start(tag, attrs, /)
Fallible<Ref<>> method_start(Object* self, Object* const* args, ssize_t count) {
    TRY(check_positional("start", count, 2, 2));
    if (!is_dict(args[1])) return raise(exc::TypeError, "start() argument 2 must be dict, not %N", args[1]);
    return builder_start(as_builder(self), args[0], args[1]);
}
// TreeBuilder.end(tag, /)
Fallible<Ref<>> method_end(Object* self, Object* tag) {
    return builder_end(as_builder(self), tag);
}
// TreeBuilder.comment(text, /)
Fallible<Ref<>> method_comment(Object* self, Object* text) {
    return builder_comment(as_builder(self), text);
}
// TreeBuilder.pi(target, text=None, /)
Fallible<Ref<>> method_pi(Object* self, Object* const* args, ssize_t count) {
    TRY(check_positional("pi", count, 1, 2));
    return builder_pi(as_builder(self), args[0], count > 1 ? args[1] : none());
}
// TreeBuilder.close()
Fallible<Ref<>> method_close(Object* self) {
    return builder_result(as_builder(self));
}
MethodDef builder_methods[] = {
    METHOD_O("data", method_data, "($self, data, /)", "Adds text to the current element."),
    METHOD_FAST("start", method_start, "($self, tag, attrs, /)", "Opens an element."),
    METHOD_O("end", method_end, "($self, tag, /)", "Closes the current element."),
    METHOD_O("comment", method_comment, "($self, text, /)", "Makes a comment."),
    METHOD_FAST("pi", method_pi, "($self, target, text=None, /)", "Makes a processing instruction."),
    METHOD_NOARGS("close", method_close, "($self, /)", "The root of the tree."),
    END_ROW,
};

}  // namespace

constinit Type builder_type = static_type({
    .name = "xml.etree.ElementTree.TreeBuilder",
    .basic_size = sizeof(Builder),
    .flags = type_flag::kBase | type_flag::kHaveGc,
    .dealloc = builder_dealloc,
    .traverse = builder_traverse,
    .clear = builder_clear,
    .methods = builder_methods,
    .init = Bound<builder_init, "TreeBuilder",
                  "(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)">::init,
    .new_ = builder_make,
});

Fallible<Ref<>> builder_start(Builder* self, Object* tag, Object* attributes) {
    TRY(flush_data(self));
    Ref<> node;
    if (self->element_factory) {
        Ref<> given_attributes = attributes ? share(attributes) : Ref<>(TRY(dict_new()));
        Ref<> factory = share(self->element_factory);
        node = TRY(call(factory.get(), tag, given_attributes.get()));
    } else {
        node = TRY(element_new(tag, attributes));
    }
    clear_slot(self->last_for_tail);
    Ref<> parent = share(self->current);
    if (parent) {
        TRY(add_child(parent.get(), node.get()));
    } else {
        if (self->root) return raise(static_cast<Type*>(state.parse_error), "multiple elements on top level");
        self->root = new_reference(node.get());
    }
    TRY(list_append(self->stack, parent ? parent.get() : none()));
    replace_slot(self->current, new_reference(node.get()));
    replace_slot(self->last, new_reference(node.get()));
    TRY(report(self, self->start_event, node.get()));
    return node;
}
Fallible<Ref<>> builder_data(Builder* self, Object* data) {
    if (!self->data) {
        if (!self->last) return share(none());  // text in front of the root
        self->data = TRY(list_new(0)).release();
    }
    TRY(list_append(self->data, data));
    return share(none());
}
Fallible<Ref<>> builder_end(Builder* self, Object*) {
    TRY(flush_data(self));
    ssize_t depth = self->stack->size;
    if (depth == 0) return raise(exc::IndexError, "pop from empty stack");
    Ref<> parent = share(self->stack->items[depth - 1]);
    TRY(list_set_slice(self->stack, depth - 1, depth, nullptr));
    Ref<> closed = share(self->current);
    replace_slot(self->last, new_reference(closed.get()));
    replace_slot(self->last_for_tail, new_reference(closed.get()));
    replace_slot(self->current, is_none(parent.get()) ? nullptr : parent.release());
    TRY(report(self, self->end_event, closed.get()));
    return closed;
}
Fallible<Ref<>> builder_comment(Builder* self, Object* text) {
    Ref<> comment = share(text), factory = share(self->comment_factory);
    if (factory) {
        comment = TRY(call(factory.get(), text));
        if (self->insert_comments && self->current) {
            TRY(flush_data(self));
            Ref<> parent = share(self->current);
            TRY(add_child(parent.get(), comment.get()));
            replace_slot(self->last_for_tail, new_reference(comment.get()));
        }
    }
    TRY(report(self, self->comment_event, comment.get()));
    return comment;
}
Fallible<Ref<>> builder_pi(Builder* self, Object* target, Object* text) {
    Ref<> pi, factory = share(self->pi_factory);
    if (factory) {
        pi = TRY(call(factory.get(), target, text));
        if (self->insert_pis && self->current) {
            TRY(flush_data(self));
            Ref<> parent = share(self->current);
            TRY(add_child(parent.get(), pi.get()));
            replace_slot(self->last_for_tail, new_reference(pi.get()));
        }
    } else {
        pi = TRY(tuple_pack(target, text));
    }
    TRY(report(self, self->pi_event, pi.get()));
    return pi;
}
Fallible<void> builder_start_ns(Builder* self, Object* prefix, Object* uri) {
    if (!self->append_event || !self->start_ns_event) return {};
    Ref<Tuple> pair = TRY(tuple_pack(prefix, uri));
    return report(self, self->start_ns_event, pair.get());
}
Fallible<void> builder_end_ns(Builder* self, Object*) {
    return report(self, self->end_ns_event, none());
}
Fallible<Ref<>> builder_result(Builder* self) {
    return share(self->root ? self->root : none());
}

}  // namespace py::etree
