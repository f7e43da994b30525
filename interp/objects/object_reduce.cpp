// Pickling and copying of plain objects: object.__reduce__, __reduce_ex__ and __getstate__ (PEP 307), with copyreg's help.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"
#include "interp/objects/type_internal.h"
#include "interp/runtime/state.h"

namespace py {
namespace {

Fallible<Ref<>> import_copyreg() {
    Ref<> module = TRY(dict_get(runtime().modules, "copyreg"_name));
    if (module) return module;
    Ref<> import = TRY(get_attr(runtime().builtins_module, "__import__"_name));
    return call(import.get(), static_cast<Object*>("copyreg"_name));
}
Fallible<Ref<>> copyreg_attribute(Str* name) {
    Ref<> module = TRY(import_copyreg());
    return get_attr(module.get(), name);
}

// copyreg._slotnames(cls), cached in the class by copyreg itself. A list or None.
Fallible<Ref<>> slot_names(Type* type) {
    Ref<> cached = TRY(dict_get(type->dict, "__slotnames__"_name));
    if (!cached) {
        Ref<> function = TRY(copyreg_attribute("_slotnames"_name));
        cached = TRY(call(function.get(), static_cast<Object*>(type)));
    }
    if (!is_none(cached.get()) && !is_list(cached.get()))
        return raise(exc::TypeError, "%.200s.__slotnames__ should be a list or None, not %.200s", type->name, cached->type->name);
    return cached;
}

// Has the instance state that neither __dict__ nor named slots hold? Then pickling would lose it.
Fallible<void> check_complete(Type* type, Object* slots) {
    ssize_t size = sizeof(Object);
    if (type->dict_offset && !type->has(type_flag::kManagedDict)) size += ssize_t(sizeof(Object*));
    if (type->weaklist_offset) size += ssize_t(sizeof(Object*));
    if (is_list(slots)) size += ssize_t(sizeof(Object*)) * as_list(slots)->size;
    if (type->basic_size > size) return raise(exc::TypeError, "cannot pickle '%.200s' object", type->name);
    return {};
}

Fallible<Ref<Dict>> slot_values(Object* self, List* names) {
    Ref<Dict> values = TRY(dict_new());
    for (ssize_t i = 0; i < names->size; ++i) {
        Ref<> name = share(names->items[i]);
        if (!is_str(name.get())) continue;
        Ref<> value = TRY(lookup_attr(self, as_str(name.get())));
        if (value) TRY(dict_set(values.get(), name.get(), value.get()));
    }
    return values;
}

// Instances whose dict holds nothing have no state.
bool has_attributes(Object* self) {
    Type* type = self->type;
    if (!type->dict_offset) return false;
    Dict* dict;
    if (type->has(type_flag::kManagedDict)) {
        if (DictValues* values = managed_values(self)) {
            for (ssize_t i = 0; i < as_heap_type(type)->ht_cached_keys->used; ++i)
                if (values->values[i]) return true;
            return false;
        }
        dict = managed_dict(self);
    } else {
        Object** slot = instance_dict_slot(self);
        dict = slot ? static_cast<Dict*>(*slot) : nullptr;
    }
    return dict && dict->used;
}

Fallible<Ref<>> default_state(Object* self, bool required) {
    Type* type = self->type;
    if (required && type->item_size) return raise(exc::TypeError, "cannot pickle %.200s objects", type->name);
    Ref<> state = share(none());
    if (has_attributes(self)) {
        state = TRY(lookup_attr(self, "__dict__"_name));
        if (!state) state = share(none());
    }
    Ref<> names = TRY(slot_names(type));
    if (required) TRY(check_complete(type, names.get()));
    if (!is_list(names.get()) || as_list(names.get())->size == 0) return state;
    Ref<Dict> values = TRY(slot_values(self, as_list(names.get())));
    if (values->used == 0) return state;
    return tuple_pack(state.get(), static_cast<Object*>(values.get()));
}

// The state by __getstate__; object's own is called directly, for it alone may know that the state is needed.
Fallible<Ref<>> state_of(Object* self, bool required) {
    Ref<> method = TRY(get_attr(self, "__getstate__"_name));
    bool is_default = method->type == &builtin_function_type && static_cast<BuiltinFunction*>(method.get())->self == self &&
                      static_cast<BuiltinFunction*>(method.get())->definition->function ==
                          reinterpret_cast<CFunction>(wrap_no_args<object_getstate>);
    return is_default ? default_state(self, required) : call(method.get());
}

struct NewArguments {
    Ref<> args, kwargs;  // null where the class names none
};
Fallible<void> unpack_new_arguments_ex(Object* result, NewArguments* out) {
    if (!is_tuple(result)) return raise(exc::TypeError, "__getnewargs_ex__ should return a tuple, not '%.200s'", result->type->name);
    Tuple* pair = as_tuple(result);
    if (pair->size != 2) return raise(exc::ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zd", pair->size);
    if (!is_tuple(pair->items[0]))
        return raise(exc::TypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%.200s'",
                     pair->items[0]->type->name);
    if (!is_dict(pair->items[1]))
        return raise(exc::TypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%.200s'",
                     pair->items[1]->type->name);
    out->args = share(pair->items[0]);
    out->kwargs = share(pair->items[1]);
    return {};
}
Fallible<void> new_arguments(Object* self, NewArguments* out) {
    Ref<> extended = TRY(lookup_special(self, "__getnewargs_ex__"_name));
    if (extended) {
        Ref<> result = TRY(call(extended.get()));
        return unpack_new_arguments_ex(result.get(), out);
    }
    Ref<> simple = TRY(lookup_special(self, "__getnewargs__"_name));
    if (!simple) return {};
    out->args = TRY(call(simple.get()));
    if (!is_tuple(out->args.get()))
        return raise(exc::TypeError, "__getnewargs__ should return a tuple, not '%.200s'", out->args->type->name);
    return {};
}

Fallible<Ref<>> items_iterator(Object* self) {
    Ref<> items = TRY(call_method(self, "items"_name));
    return iter(items.get());
}

// copyreg.__newobj__ or __newobj_ex__, and its arguments.
Fallible<Ref<>> constructor(Object* self, NewArguments& arguments, Ref<Tuple>* constructor_args) {
    Object* type = self->type;
    bool keywords = arguments.kwargs && as_dict(arguments.kwargs.get())->used;
    if (keywords) {
        *constructor_args = TRY(tuple_pack(type, arguments.args.get(), arguments.kwargs.get()));
        return copyreg_attribute("__newobj_ex__"_name);
    }
    ssize_t count = arguments.args ? as_tuple(arguments.args.get())->size : 0;
    Ref<Tuple> args = TRY(tuple_new(count + 1));
    args->items[0] = new_reference(type);
    for (ssize_t i = 0; i < count; ++i) args->items[i + 1] = new_reference(as_tuple(arguments.args.get())->items[i]);
    *constructor_args = std::move(args);
    return copyreg_attribute("__newobj__"_name);
}

// PEP 307, protocol 2.
Fallible<Ref<>> reduce_by_new(Object* self) {
    if (!self->type->new_) return raise(exc::TypeError, "cannot pickle '%.200s' object", self->type->name);
    NewArguments arguments;
    TRY(new_arguments(self, &arguments));
    Ref<Tuple> constructor_args;
    Ref<> function = TRY(constructor(self, arguments, &constructor_args));
    bool required = !arguments.args && !is_list(self) && !is_dict(self);
    Ref<> state = TRY(state_of(self, required));
    Ref<> list_items = is_list(self) ? TRY(iter(self)) : share(none());
    Ref<> dict_items = is_dict(self) ? TRY(items_iterator(self)) : share(none());
    return tuple_pack(function.get(), static_cast<Object*>(constructor_args.get()), state.get(), list_items.get(), dict_items.get());
}

Fallible<Ref<>> common_reduce(Object* self, int protocol) {
    if (protocol >= 2) return reduce_by_new(self);
    Ref<> function = TRY(copyreg_attribute("_reduce_ex"_name));
    Ref<Int> number = TRY(int_from(protocol));
    return call(function.get(), self, static_cast<Object*>(number.get()));
}

}  // namespace

Fallible<Ref<>> object_getstate(Object* self) { return default_state(self, false); }
Fallible<Ref<>> object_reduce(Object* self) { return common_reduce(self, 0); }

Fallible<Ref<>> object_reduce_ex(Object* self, Object* protocol) {
    int number = TRY(as_c_int(protocol));
    // A class's own __reduce__ comes before the default.
    Ref<> reduce = TRY(lookup_attr(self, "__reduce__"_name));
    if (reduce) {
        Ref<> class_reduce = TRY(get_attr(self->type, "__reduce__"_name));
        Object* plain = dict_get_str(object_type.dict, "__reduce__"_name);
        if (class_reduce.get() != plain) return call(reduce.get());
    }
    return common_reduce(self, number);
}

}  // namespace py
