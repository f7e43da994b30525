// _collections: the module, defaultdict, the getters of named tuples and the counting loop of Counter.
#include "interp/modules/collections.h"

#include "interp/objects/dict_table.h"
#include "interp/objects/module.h"
#include "interp/objects/ordered_dict.h"

namespace py::collections {

namespace {

struct DefaultDict : Dict {
    Object* factory;  // or null
};
DefaultDict* as_defaultdict(Object* object) {
    return static_cast<DefaultDict*>(object);
}

// defaultdict.__missing__(key)
Fallible<Ref<>> missing(Object* self, Object* key) {
    Object* factory = as_defaultdict(self)->factory;
    if (!factory || is_none(factory)) {
        Ref<Tuple> arguments = TRY(tuple_pack(key));
        return raise_object(exc::KeyError, arguments.get());
    }
    Ref<> value = TRY(call(factory));
    TRY(set_item(self, key, value.get()));
    return value;
}
// defaultdict.copy(), defaultdict.__copy__()
Fallible<Ref<>> defaultdict_copy(Object* self) {
    Object* factory = as_defaultdict(self)->factory;
    return call(static_cast<Object*>(self->type), factory ? factory : none(), self);
}
// defaultdict.__reduce__()
Fallible<Ref<>> defaultdict_reduce(Object* self) {
    Object* factory = as_defaultdict(self)->factory;
    Ref<Tuple> arguments = !factory || is_none(factory) ? tuple_empty() : TRY(tuple_pack(factory));
    Ref<> items = TRY(call_method(self, "items"_name));
    Ref<> iterator = TRY(iter(items.get()));
    return tuple_pack(static_cast<Object*>(self->type), arguments.get(), none(), none(), iterator.get());
}

Fallible<Ref<Str>> factory_text(Object* factory) {
    if (!factory) return str_from_ascii("None");
    ReprGuard guard(factory);
    if (!guard.ok()) return raised;
    if (guard.is_shown_already()) return str_from_ascii("...");
    return repr(factory);
}
Fallible<Ref<>> defaultdict_repr(Object* self) {
    Ref<> items = TRY(Fallible<Ref<>>::from_slot(dict_type.repr(self)));
    Ref<Str> factory = TRY(factory_text(as_defaultdict(self)->factory));
    return format_str("%s(%U, %U)", type_short_name(self->type), factory.get(), items.get());
}
// defaultdict(default_factory=None, /, [...])
int defaultdict_tp_init(Object* self, Object* args, Object* kwargs) {
    Tuple* given = as_tuple(args);
    Object* factory = given->size ? given->items[0] : nullptr;
    if (factory && !is_none(factory) && !is_callable(factory))
        return raise(exc::TypeError, "first argument must be callable or None");
    Ref<Tuple> rest = TRY(tuple_slice(given, 1, given->size));
    xincref(factory);
    replace_slot(as_defaultdict(self)->factory, factory);
    return dict_type.init(self, rest.get(), kwargs);
}
void defaultdict_dealloc(Object* self) {
    gc_untrack(self);
    clear_slot(as_defaultdict(self)->factory);
    dict_type.dealloc(self);
}
int defaultdict_traverse(Object* self, Visit visit, void* arg) {
    VISIT(as_defaultdict(self)->factory);
    return dict_type.traverse(self, visit, arg);
}
int defaultdict_clear(Object* self) {
    clear_slot(as_defaultdict(self)->factory);
    return dict_type.clear(self);
}
Object* defaultdict_or(Object* a, Object* b) {
    Object *self = is_instance_of(a, defaultdict_type) ? a : b, *other = self == a ? b : a;
    if (!is_dict(other)) return new_reference(not_implemented());
    // The result is of the defaultdict's type, with its factory and the left operand's items first.
    Object* factory = as_defaultdict(self)->factory;
    Ref<> result = TRY(call(static_cast<Object*>(self->type), factory ? factory : none(), a));
    TRY(dict_update(as_dict(result.get()), b));
    return result.release();
}

NumberMethods defaultdict_number = {.bit_or = defaultdict_or};
MethodDef defaultdict_methods[] = {
    {"__missing__", (CFunction)wrap_o<missing>, kO,
     "Called for a key that is absent: puts default_factory() in, or raises KeyError."},
    {"copy", (CFunction)wrap_no_args<defaultdict_copy>, kNoArgs, "D.copy() -> a shallow copy of D."},
    {"__copy__", (CFunction)wrap_no_args<defaultdict_copy>, kNoArgs, "D.copy() -> a shallow copy of D."},
    {"__reduce__", (CFunction)wrap_no_args<defaultdict_reduce>, kNoArgs, "Return state information for pickling."},
    CLASS_GETITEM_ROW,
    END_ROW,
};
MemberDef defaultdict_members[] = {{"default_factory", kObjectOrNone, offsetof(DefaultDict, factory), 0,
                                    "Factory for default value called by __missing__()."},
                                   END_ROW};

// The descriptors that namedtuple puts into its classes.
struct TupleGetter : Object {
    ssize_t index;
    Object* doc;
};
TupleGetter* as_tuplegetter(Object* object) {
    return static_cast<TupleGetter*>(object);
}

// _collections._tuplegetter(index, doc, /)
Object* tuplegetter_tp_new(Type* type, Object* args, Object* kwargs) {
    if (type == &tuplegetter_type) TRY(check_no_keywords("_tuplegetter", kwargs));
    TRY(check_positional("_tuplegetter", as_tuple(args)->size, 2, 2));
    ssize_t index = TRY(as_ssize(as_tuple(args)->items[0]));
    Ref<TupleGetter> self = TRY(instance_new<TupleGetter>(type));
    self->index = index;
    self->doc = new_reference(as_tuple(args)->items[1]);
    return self.release();
}
Object* tuplegetter_get(Object* object, Object* instance, Object*) {
    TupleGetter* self = as_tuplegetter(object);
    if (!instance || is_none(instance)) return new_reference(object);
    if (!is_tuple(instance))
        return raise(exc::TypeError, "descriptor for index '%zd' for tuple subclasses doesn't apply to '%s' object",
                     self->index, instance->type->name);
    if (size_t(self->index) >= size_t(as_tuple(instance)->size))
        return raise(exc::IndexError, "tuple index out of range");
    return new_reference(as_tuple(instance)->items[self->index]);
}
int tuplegetter_set(Object*, Object*, Object* value) {
    return raise(exc::AttributeError, value ? "can't set attribute" : "can't delete attribute");
}
Fallible<Ref<>> tuplegetter_repr(Object* object) {
    return format_str("%s(%zd, %R)", type_short_name(object->type), as_tuplegetter(object)->index,
                      as_tuplegetter(object)->doc);
}
// _collections._tuplegetter.__reduce__()
Fallible<Ref<>> tuplegetter_reduce(Object* object) {
    Ref<Int> index = TRY(int_from(as_tuplegetter(object)->index));
    return reduce_to_call(object, index.get(), as_tuplegetter(object)->doc);
}
MethodDef tuplegetter_methods[] = {{"__reduce__", (CFunction)wrap_no_args<tuplegetter_reduce>, kNoArgs, nullptr},
                                   END_ROW};
MemberDef tuplegetter_members[] = {{"__doc__", kObjectOrNone, offsetof(TupleGetter, doc), 0, nullptr}, END_ROW};

// FAST: a mapping whose get and __setitem__ are dict's own.
Fallible<void> count_in_dict(Dict* counts, Object* iterator, Int* one) {
    while (Ref<> key = TRY(next(iterator))) {
        Hash key_hash_value = TRY(key_hash(key.get()));
        Ref<> old = TRY(dict_get_known_hash(counts, key.get(), key_hash_value));
        Ref<> increased = old ? TRY(add(old.get(), one)) : share(static_cast<Object*>(one));
        TRY(dict_set_known_hash(counts, key.get(), key_hash_value, increased.get()));
    }
    return {};
}
Fallible<void> count_in_mapping(Object* mapping, Object* iterator, Int* one) {
    Ref<> get = TRY(get_attr(mapping, "get"_name));
    Ref<Int> zero = TRY(int_from(0));
    while (Ref<> key = TRY(next(iterator))) {
        Ref<> old = TRY(call(get.get(), key.get(), zero.get()));
        Ref<> increased = TRY(add(old.get(), one));
        TRY(set_item(mapping, key.get(), increased.get()));
    }
    return {};
}
// _collections._count_elements(mapping, iterable, /)
Fallible<Ref<>> count_elements(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("_count_elements", nargs, 2, 2));
    Ref<> iterator = TRY(iter(args[1]));
    Ref<Int> one = TRY(int_from(1));
    Type* type = args[0]->type;
    bool plain = is_dict(args[0]) && type_lookup(type, "get"_name) == type_lookup(&dict_type, "get"_name) &&
                 type_lookup(type, "__setitem__"_name) == type_lookup(&dict_type, "__setitem__"_name);
    if (plain)
        TRY(count_in_dict(as_dict(args[0]), iterator.get(), one.get()));
    else
        TRY(count_in_mapping(args[0], iterator.get(), one.get()));
    return share(none());
}

MethodDef module_methods[] = {
    METHOD_FAST("_count_elements", count_elements, "($module, mapping, iterable, /)",
                "Count elements in the iterable, updating the mapping"),
    END_ROW,
};

Fallible<void> execute(Module* module) {
    TRY(module_add(module, "OrderedDict", share(static_cast<Object*>(&ordered_dict_type))));
    for (Type* type :
         {&deque_type, &defaultdict_type, &deque_iterator_type, &deque_reverse_iterator_type, &tuplegetter_type})
        TRY(module_add_type(module, type));
    return {};
}

}  // namespace

constinit Type defaultdict_type = static_type({
    .name = "collections.defaultdict",
    .basic_size = sizeof(DefaultDict),
    .base = &dict_type,
    .flags = type_flag::kHaveGc | type_flag::kBase,
    .doc = "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
           "default_factory() makes the value of a key that d[key] does not find; the other arguments are dict's.",
    .dealloc = defaultdict_dealloc,
    .traverse = defaultdict_traverse,
    .clear = defaultdict_clear,
    .repr = slot1<defaultdict_repr>,
    .getattro = generic_getattro_slot,
    .number = &defaultdict_number,
    .methods = defaultdict_methods,
    .members = defaultdict_members,
    .init = defaultdict_tp_init,
});
constinit Type tuplegetter_type = static_type({
    .name = "_collections._tuplegetter",
    .basic_size = sizeof(TupleGetter),
    .flags = type_flag::kHaveGc,
    .dealloc = dealloc_members<&TupleGetter::doc>,
    .traverse = traverse_members<&TupleGetter::doc>,
    .clear = clear_members<&TupleGetter::doc>,
    .repr = slot1<tuplegetter_repr>,
    .methods = tuplegetter_methods,
    .members = tuplegetter_members,
    .descr_get = tuplegetter_get,
    .descr_set = tuplegetter_set,
    .new_ = tuplegetter_tp_new,
});

}  // namespace py::collections

namespace py {

extern const NativeModule collections_module;
const NativeModule collections_module = {"_collections", "High performance data structures.",
                                         collections::module_methods, collections::execute};

}  // namespace py
