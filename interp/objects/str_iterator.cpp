// Iterators over str: one for any string, one for ASCII strings.
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/iterator_state.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_methods.h"
#include "interp/objects/types.h"

namespace py {

namespace {

struct StrIterator : Object {
    ssize_t index;
    Str* text;  // null when exhausted
};
StrIterator* as_iterator(Object* object) {
    return static_cast<StrIterator*>(object);
}

void str_iterator_dealloc(Object* self) {
    gc_untrack(self);
    xdecref(as_iterator(self)->text);
    gc_object_free(self);
}
int str_iterator_traverse(Object* self, Visit visit, void* arg) {
    VISIT(as_iterator(self)->text);
    return 0;
}
template <bool Ascii>
Object* str_iterator_next(Object* self) {
    StrIterator* it = as_iterator(self);
    if (!it->text) return nullptr;
    if (it->index < it->text->length) {
        if constexpr (Ascii) return new_reference(latin1_char(static_cast<uint8_t*>(it->text->data())[it->index++]));
        Object* ch = str_from_char(it->text->at(it->index)).release();
        if (ch) ++it->index;
        return ch;
    }
    clear_slot(it->text);
    return nullptr;
}
// str_iterator.__length_hint__()
Fallible<Ref<>> str_iterator_length_hint(Object* self) {
    StrIterator* it = as_iterator(self);
    return int_from(it->text ? it->text->length - it->index : 0);
}
// str_iterator.__reduce__()
Fallible<Ref<>> str_iterator_reduce(Object* self) {
    Ref<> function = TRY(builtin_attr("iter"));
    StrIterator* it = as_iterator(self);
    Ref<Str> text = it->text ? share(it->text) : str_empty();
    Ref<Tuple> arguments = TRY(tuple_pack(text.get()));
    if (!it->text) return TRY(tuple_pack(function.get(), arguments.get()));
    Ref<> index = TRY(int_from(it->index));
    return TRY(tuple_pack(function.get(), arguments.get(), index.get()));
}
// str_iterator.__setstate__(state)
Fallible<Ref<>> str_iterator_setstate(Object* self, Object* state) {
    ssize_t index = TRY(saved_position(state));
    StrIterator* it = as_iterator(self);
    if (it->text) it->index = index < 0 ? 0 : index > it->text->length ? it->text->length : index;
    return share(none());
}

MethodDef str_iterator_methods[] = {
    METHOD_NOARGS_UNSIGNED("__length_hint__", str_iterator_length_hint, "How many characters are left."),
    METHOD_NOARGS_UNSIGNED("__reduce__", str_iterator_reduce, "State for pickling."),
    METHOD_O_UNSIGNED("__setstate__", str_iterator_setstate, "Sets the state from pickling."),
    END_ROW,
};

}  // namespace

// str.__iter__()
Fallible<Ref<>> str_iter(Object* self) {
    Type& type = is_str_exact(self) && as_str(self)->ascii ? str_ascii_iterator_type : str_iterator_type;
    Ref<StrIterator> it = make_gc<StrIterator>(type);
    if (!it) return raised;
    it->index = 0;
    it->text = new_reference(as_str(self));
    gc_track(it.get());
    return it;
}

constinit Type str_iterator_type = static_type({
    .name = "str_iterator",
    .basic_size = sizeof(StrIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = str_iterator_dealloc,
    .traverse = str_iterator_traverse,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = str_iterator_next<false>,
    .methods = str_iterator_methods,
});
constinit Type str_ascii_iterator_type = static_type({
    .name = "str_ascii_iterator",
    .basic_size = sizeof(StrIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = str_iterator_dealloc,
    .traverse = str_iterator_traverse,
    .getattro = generic_getattro_slot,
    .iter = self_iter,
    .iternext = str_iterator_next<true>,
    .methods = str_iterator_methods,
});

}  // namespace py
