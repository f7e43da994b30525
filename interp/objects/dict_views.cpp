// dict_keys, dict_values and dict_items: live views, the first and last with the operations of sets.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/dict_table.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/types.h"

namespace py {

struct DictView : Object {
    Dict* dict;
};

namespace {

Dict* dict_of(Object* view) {
    return static_cast<DictView*>(view)->dict;
}
bool is_keys_view(Object* object) {
    return is_instance_of(object, dict_keys_type);
}
bool is_items_view(Object* object) {
    return is_instance_of(object, dict_items_type);
}
bool is_set_view(Object* object) {
    return is_keys_view(object) || is_items_view(object);
}

Fallible<Ref<>> view_new(Type& type, Object* dict) {
    auto view = static_cast<DictView*>(gc_object_new(&type, sizeof(DictView)));
    if (!view) return raised;
    view->dict = new_reference(as_dict(dict));
    gc_track(view);
    return steal(view);
}
void view_dealloc(Object* object) {
    gc_untrack(object);
    xdecref(dict_of(object));
    gc_object_free(object);
}
int view_traverse(Object* object, Visit visit, void* arg) {
    VISIT(dict_of(object));
    return 0;
}
ssize_t view_length(Object* view) {
    return dict_of(view) ? dict_of(view)->used : 0;
}

// A getter: the dict behind a view.
Fallible<Ref<>> view_mapping(Object* view) {
    return mappingproxy_new(dict_of(view));
}

Fallible<Ref<>> view_repr(Object* view) {
    ReprGuard guard(view);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return str_from_ascii("...");
    Ref<List> items = TRY(list_of(view));
    return format_str("%s(%R)", view->type->name, items.get());
}

Object* keys_view_iter(Object* view) {
    return dict_iter(dict_of(view));
}
Object* values_view_iter(Object* view) {
    return dict_values_iter(dict_of(view));
}
Object* items_view_iter(Object* view) {
    return dict_items_iter(dict_of(view));
}

// dict_keys.__reversed__()
Fallible<Ref<>> keys_view_reversed(Object* view) {
    return dict_reversed(dict_of(view));
}
// dict_values.__reversed__()
Fallible<Ref<>> values_view_reversed(Object* view) {
    return dict_values_reversed(dict_of(view));
}
// dict_items.__reversed__()
Fallible<Ref<>> items_view_reversed(Object* view) {
    return dict_items_reversed(dict_of(view));
}

int keys_view_contains(Object* view, Object* key) {
    return TRY(dict_contains(dict_of(view), key));
}

int items_view_contains(Object* view, Object* item) {
    if (!is_tuple(item) || as_tuple(item)->size != 2) return 0;
    Ref<> value = TRY(dict_get(dict_of(view), as_tuple(item)->items[0]));
    if (!value) return 0;
    return TRY(rich_compare_bool(value.get(), as_tuple(item)->items[1], kEqual));
}

Fallible<bool> all_contained_in(Object* items, Object* container) {
    Ref<> iterator = TRY(iter(items));
    while (Ref<> item = TRY(next(iterator.get())))
        if (!TRY(contains(container, item.get()))) return false;
    return true;
}

Object* view_richcompare(Object* view, Object* other, int op) {
    if (!is_any_set(other) && !is_set_view(other)) return new_reference(not_implemented());
    ssize_t size = TRY(length(view))
    , other_size = TRY(length(other));
    bool holds = false;
    switch (op) {
        case kEqual:
        case kNotEqual: holds = (size == other_size && TRY(all_contained_in(view, other))) == (op == kEqual); break;
        case kLess: holds = size < other_size && TRY(all_contained_in(view, other)); break;
        case kLessEqual: holds = size <= other_size && TRY(all_contained_in(view, other)); break;
        case kGreater: holds = size > other_size && TRY(all_contained_in(other, view)); break;
        case kGreaterEqual: holds = size >= other_size && TRY(all_contained_in(other, view)); break;
    }
    return compare_result(holds);
}

// A set of a view's elements (of the left operand: any iterable may stand there).
Fallible<Ref<Set>> set_from(Object* iterable) {
    if (is_keys_view(iterable)) return set_new(dict_of(iterable));
    return set_new(iterable);
}

Object* view_subtract(Object* a, Object* b) {
    Ref<Set> result = TRY(set_from(a));
    TRY(set_difference_update(result.get(), b));
    return result.release();
}

Object* view_and(Object* a, Object* b) {
    // Walks the smaller operand: the swap needs a view on the other side.
    if (!is_set_view(a) || (is_set_view(b) && view_length(b) > view_length(a))) std::swap(a, b);
    if (is_exact(b, set_type) && view_length(a) < as_set(b)->used)
        return call_method(b, "intersection"_name, a).release();
    Ref<> iterator = TRY(iter(b));
    Ref<Set> result = TRY(set_new(nullptr));
    while (Ref<> item = TRY(next(iterator.get())))
        if (TRY(contains(a, item.get()))) TRY(set_add(result.get(), item.get()));
    return result.release();
}

Object* view_or(Object* a, Object* b) {
    Ref<Set> result = TRY(set_from(a));
    TRY(set_update(result.get(), b));
    return result.release();
}

Object* view_xor(Object* a, Object* b) {
    Ref<Set> result = TRY(set_from(a));
    TRY(set_symmetric_difference_update(result.get(), b));
    return result.release();
}

// dict_keys.isdisjoint(other, /)
Fallible<Ref<>> view_isdisjoint(Object* self, Object* other) {
    if (self == other) return bool_from(view_length(self) == 0);
    if (is_any_set(other) || is_set_view(other)) {
        ssize_t size = TRY(length(self))
        , other_size = TRY(length(other));
        if (other_size > size) std::swap(self, other);
    }
    Ref<> iterator = TRY(iter(other));
    while (Ref<> item = TRY(next(iterator.get())))
        if (TRY(contains(self, item.get()))) return bool_from(false);
    return bool_from(true);
}

NumberMethods view_number = {.subtract = view_subtract, .bit_and = view_and, .bit_xor = view_xor, .bit_or = view_or};
SequenceMethods keys_sequence = {.length = view_length, .contains = keys_view_contains};
SequenceMethods values_sequence = {.length = view_length};
SequenceMethods items_sequence = {.length = view_length, .contains = items_view_contains};

MethodDef keys_methods[] = {
    {"isdisjoint", (CFunction)wrap_o<view_isdisjoint>, kO, "Do the view and the iterable have no element in common?"},
    {"__reversed__", (CFunction)wrap_no_args<keys_view_reversed>, kNoArgs, "Iterates over the keys backwards."},
    END_ROW,
};
MethodDef values_methods[] = {
    {"__reversed__", (CFunction)wrap_no_args<values_view_reversed>, kNoArgs, "Iterates over the values backwards."},
    END_ROW,
};
MethodDef items_methods[] = {
    {"isdisjoint", (CFunction)wrap_o<view_isdisjoint>, kO, "Do the view and the iterable have no element in common?"},
    {"__reversed__", (CFunction)wrap_no_args<items_view_reversed>, kNoArgs, "Iterates over the items backwards."},
    END_ROW,
};
GetSetDef view_getset[] = {GETTER("mapping", view_mapping, "The dict behind the view, read-only."), END_ROW};

}  // namespace

Fallible<Ref<>> dict_keys_view(Object* dict) {
    return view_new(dict_keys_type, dict);
}
Fallible<Ref<>> dict_values_view(Object* dict) {
    return view_new(dict_values_type, dict);
}
Fallible<Ref<>> dict_items_view(Object* dict) {
    return view_new(dict_items_type, dict);
}

constinit Type dict_keys_type = static_type({
    .name = "dict_keys",
    .basic_size = sizeof(DictView),
    .flags = type_flag::kHaveGc,
    .dealloc = view_dealloc,
    .traverse = view_traverse,
    .repr = slot1<view_repr>,
    .richcompare = view_richcompare,
    .getattro = generic_getattro_slot,
    .iter = keys_view_iter,
    .number = &view_number,
    .sequence = &keys_sequence,
    .methods = keys_methods,
    .getset = view_getset,
});
constinit Type dict_values_type = static_type({
    .name = "dict_values",
    .basic_size = sizeof(DictView),
    .flags = type_flag::kHaveGc,
    .dealloc = view_dealloc,
    .traverse = view_traverse,
    .repr = slot1<view_repr>,
    .getattro = generic_getattro_slot,
    .iter = values_view_iter,
    .sequence = &values_sequence,
    .methods = values_methods,
    .getset = view_getset,
});
constinit Type dict_items_type = static_type({
    .name = "dict_items",
    .basic_size = sizeof(DictView),
    .flags = type_flag::kHaveGc,
    .dealloc = view_dealloc,
    .traverse = view_traverse,
    .repr = slot1<view_repr>,
    .richcompare = view_richcompare,
    .getattro = generic_getattro_slot,
    .iter = items_view_iter,
    .number = &view_number,
    .sequence = &items_sequence,
    .methods = items_methods,
    .getset = view_getset,
});

}  // namespace py
