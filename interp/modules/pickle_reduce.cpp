// _pickle.Pickler: objects by name, and by what their reducer gives.
#include "interp/modules/pickle.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py::pickle {

namespace {

Fallible<Ref<List>> dotted_parts(Str* dotted) {
    Ref<Str> dot = TRY(str_from_ascii("."));
    return str_split(dotted, dot.get(), -1);
}
// Is an attribute path, from the module, this object? Any error means no.
Fallible<bool> leads_to(Object* module, Str* path, Object* object) {
    auto found = deep_attribute(module, path, nullptr);
    if (!found.ok()) {
        clear_error();
        return false;
    }
    return found.take().get() == object;
}
// The name of the module an object is from: its __module__, or the first module that has it.
Fallible<Ref<>> module_of(Object* object, Str* path) {
    Ref<> name = TRY(lookup_attr(object, "__module__"_name));
    if (name && !is_none(name.get())) return name;
    Ref<Dict> modules = TRY(dict_copy(runtime().modules));
    ssize_t position = 0;
    Object *key, *module;
    while (dict_next(modules.get(), &position, &key, &module)) {
        if (is_none(module) || (is_str(key) && str_equals(as_str(key), "__main__"))) continue;
        if (TRY(leads_to(module, path, object))) return share(key);
    }
    return share(static_cast<Object*>("__main__"_name));
}

// Names for Python 2, when the protocol is one that it reads.
Fallible<void> old_names(Ref<>& module, Ref<>& name) {
    Ref<Tuple> key = TRY(tuple_pack(module.get(), name.get()));
    Ref<> found = TRY(dict_get(as_dict(state.reverse_name_mapping), key.get()));
    if (found) {
        if (!is_tuple(found.get()) || as_tuple(found.get())->size != 2)
            return raise(exc::RuntimeError, "_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples, not %T", found.get());
        Object** items = as_tuple(found.get())->items;
        if (!is_str(items[0]) || !is_str(items[1]))
            return raise(exc::RuntimeError, "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not (%T, %T)", items[0], items[1]);
        module = share(items[0]);
        name = share(items[1]);
        return {};
    }
    found = TRY(dict_get(as_dict(state.reverse_import_mapping), module.get()));
    if (!found) return {};
    if (!is_str(found.get()))
        return raise(exc::RuntimeError, "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not %T", found.get());
    module = std::move(found);
    return {};
}
Fallible<void> emit_name(Pickler* self, Object* name, const char* what) {
    auto encoded = self->protocol == 3 ? str_encode(as_str(name), "utf-8", nullptr) : str_encode(as_str(name), "ascii", nullptr);
    if (!encoded.ok()) {
        if (!clear_error_if(exc::UnicodeEncodeError)) return raised;
        return raise(pickling_error(), "can't pickle %s identifier '%S' using pickle protocol %i", what, name, self->protocol);
    }
    TRY(emit(self, encoded.take()->view()));
    return emit(self, std::string_view("\n", 1));
}
// A global that copyreg has given a number: true when it was saved as such.
Fallible<bool> save_extension(Pickler* self, Object* object, Object* module, Object* name) {
    if (self->protocol < 2) return false;
    Ref<Tuple> key = TRY(tuple_pack(module, name));
    Ref<> code_object = TRY(dict_get(as_dict(state.extension_registry), key.get()));
    if (!code_object) return false;
    if (!is_int(code_object.get())) return raise(pickling_error(), "Can't pickle %R: extension code %R isn't an integer", object, code_object.get());
    int64_t code = TRY(as_int64(code_object.get()));
    if (code <= 0 || code > 0x7fffffff) return raise(exc::RuntimeError, "Can't pickle %R: extension code %ld is out of range", object, code);
    TRY(code <= 0xff ? emit_sized(self, kExt1, size_t(code), 1) : code <= 0xffff ? emit_sized(self, kExt2, size_t(code), 2) : emit_sized(self, kExt4, size_t(code), 4));
    return true;
}
// One of the three singletons' types: type(None) and so on.
Fallible<void> save_singleton_type(Pickler* self, Object* type, Object* singleton) {
    Ref<Tuple> arguments = TRY(tuple_pack(singleton));
    Ref<Tuple> reduced = TRY(tuple_pack(static_cast<Object*>(&type_type), static_cast<Object*>(arguments.get())));
    return save_reduce(self, reduced.get(), type);
}

// What a reducer gave, taken apart.
struct Reduced {
    Object *callable, *arguments, *state = nullptr, *list_items = nullptr, *dict_items = nullptr, *state_setter = nullptr;
};
Fallible<Reduced> take_apart(Object* tuple) {
    ssize_t size = as_tuple(tuple)->size;
    if (size < 2 || size > 6) return raise(pickling_error(), "tuple returned by __reduce__ must contain 2 through 6 elements");
    Object** items = as_tuple(tuple)->items;
    auto optional = [&](ssize_t i) { return size > i && !is_none(items[i]) ? items[i] : nullptr; };
    Reduced r{items[0], items[1], optional(2), optional(3), optional(4), optional(5)};
    if (!is_callable(r.callable)) return raise(pickling_error(), "first item of the tuple returned by __reduce__ must be callable");
    if (!is_tuple(r.arguments)) return raise(pickling_error(), "second item of the tuple returned by __reduce__ must be a tuple");
    if (r.list_items && !is_iterator(r.list_items))
        return raise(pickling_error(), "fourth element of the tuple returned by __reduce__ must be an iterator, not %s", r.list_items->type->name);
    if (r.dict_items && !is_iterator(r.dict_items))
        return raise(pickling_error(), "fifth element of the tuple returned by __reduce__ must be an iterator, not %s", r.dict_items->type->name);
    if (r.state_setter && !is_callable(r.state_setter))
        return raise(pickling_error(), "sixth element of the tuple returned by __reduce__ must be a function, not %s", r.state_setter->type->name);
    return r;
}
// cls.__new__(cls, *args, **kwargs) for protocols without NEWOBJ_EX: a partial to call.
Fallible<void> save_partial_new(Pickler* self, Object* type, Object* arguments, Object* keywords) {
    Ref<> new_method = TRY(get_attr(type, "__new__"_name));
    Ref<Tuple> head = TRY(tuple_pack(new_method.get(), type));
    Ref<> whole = TRY(sequence_concat(head.get(), arguments));
    Ref<> partial = TRY(call_tuple(state.partial, whole.get(), keywords));
    TRY(save(self, partial.get()));
    Ref<Tuple> none_given = tuple_empty();
    TRY(save(self, none_given.get()));
    return emit(self, kReduce);
}
Fallible<void> save_newobj_ex(Pickler* self, Tuple* arguments) {
    if (arguments->size != 3)
        return raise(pickling_error(), "length of the NEWOBJ_EX argument tuple must be exactly 3, not %zd", arguments->size);
    Object **items = arguments->items, *type = items[0];
    if (!is_type(type)) return raise(pickling_error(), "first item from NEWOBJ_EX argument tuple must be a class, not %s", type->type->name);
    if (!is_tuple(items[1])) return raise(pickling_error(), "second item from NEWOBJ_EX argument tuple must be a tuple, not %s", items[1]->type->name);
    if (!is_dict(items[2])) return raise(pickling_error(), "third item from NEWOBJ_EX argument tuple must be a dict, not %s", items[2]->type->name);
    if (self->protocol < 4) return save_partial_new(self, type, items[1], items[2]);
    for (int i = 0; i < 3; ++i) TRY(save(self, items[i]));
    return emit(self, kNewObjEx);
}
Fallible<void> save_newobj(Pickler* self, Tuple* arguments, Object* object) {
    if (arguments->size < 1) return raise(pickling_error(), "__newobj__ arglist is empty");
    Object* type = arguments->items[0];
    if (!is_type(type)) return raise(pickling_error(), "args[0] from __newobj__ args is not a type");
    if (object) {
        Ref<> own = TRY(get_attr(object, "__class__"_name));
        if (own.get() != type) return raise(pickling_error(), "args[0] from __newobj__ args has the wrong class");
    }
    TRY(save(self, type));
    Ref<Tuple> rest = TRY(tuple_slice(arguments, 1, arguments->size));
    TRY(save(self, rest.get()));
    return emit(self, kNewObj);
}
enum class Maker { Call, NewObj, NewObjEx };
Fallible<Maker> maker_of(Pickler* self, Object* callable) {
    if (self->protocol < 2) return Maker::Call;
    Ref<> name = TRY(lookup_attr(callable, "__name__"_name));
    if (!name || !is_str(name.get())) return Maker::Call;
    if (str_equals(as_str(name.get()), "__newobj_ex__")) return Maker::NewObjEx;
    return str_equals(as_str(name.get()), "__newobj__") ? Maker::NewObj : Maker::Call;
}
Fallible<void> save_state(Pickler* self, const Reduced& reduced, Object* object) {
    if (!reduced.state_setter) {
        TRY(save(self, reduced.state));
        return emit(self, kBuild);
    }
    // setter(object, state), for its effect alone.
    TRY(save(self, reduced.state_setter));
    TRY(save(self, object));
    TRY(save(self, reduced.state));
    TRY(emit(self, kTuple2));
    TRY(emit(self, kReduce));
    return emit(self, kPop);
}

}  // namespace

Fallible<Ref<>> import_leaf(Str* name) {
    Ref<> importer = TRY(builtin_attr("__import__"));
    TRY(call(importer.get(), static_cast<Object*>(name)));
    Ref<> module = TRY(dict_get(runtime().modules, name));
    if (!module) return raise_key_error(name);
    return module;
}
Fallible<Ref<>> deep_attribute(Object* module, Str* dotted, Ref<>* parent) {
    Ref<List> parts = TRY(dotted_parts(dotted));
    Ref<> object = share(module), above;
    for (ssize_t i = 0; i < parts->size; ++i) {
        Str* part = as_str(parts->items[i]);
        if (str_equals(part, "<locals>")) return raise(exc::AttributeError, "Can't get local attribute %R on %R", dotted, module);
        above = std::move(object);
        auto found = lookup_attr(above.get(), part);
        if (!found.ok()) return raised;
        object = found.take();
        if (!object) return raise(exc::AttributeError, "Can't get attribute %R on %R", dotted, module);
    }
    if (parent) *parent = std::move(above);
    return object;
}

Fallible<void> save_global(Pickler* self, Object* object, Str* given) {
    Ref<> name = share(static_cast<Object*>(given));
    if (!name) name = TRY(lookup_attr(object, "__qualname__"_name));
    if (!name) name = TRY(get_attr(object, "__name__"_name));
    if (!is_str(name.get())) return raise(exc::TypeError, "expected str, not %T", name.get());
    Ref<List> parts = TRY(dotted_parts(as_str(name.get())));
    for (ssize_t i = 0; i < parts->size; ++i)
        if (str_equals(as_str(parts->items[i]), "<locals>"))
            return raise(exc::AttributeError, "Can't pickle local object %R", name.get());
    Ref<> module_name = TRY(module_of(object, as_str(name.get())));
    if (!is_str(module_name.get())) return raise(exc::TypeError, "expected str, not %T", module_name.get());
    auto imported = import_leaf(as_str(module_name.get()));
    if (!imported.ok()) {
        clear_error();
        return raise(pickling_error(), "Can't pickle %R: import of module %R failed", object, module_name.get());
    }
    Ref<> module = imported.take(), parent;
    auto found = deep_attribute(module.get(), as_str(name.get()), &parent);
    if (!found.ok()) {
        clear_error();
        return raise(pickling_error(), "Can't pickle %R: attribute lookup %S on %S failed", object, name.get(), module_name.get());
    }
    if (found.take().get() != object)
        return raise(pickling_error(), "Can't pickle %R: it's not the same object as %S.%S", object, module_name.get(), name.get());
    if (TRY(save_extension(self, object, module_name.get(), name.get()))) return {};
    if (self->protocol >= 4) {
        TRY(save(self, module_name.get()));
        TRY(save(self, name.get()));
        TRY(emit(self, kStackGlobal));
        return memo_put(self, object);
    }
    if (parent.get() != module.get()) {
        Ref<Tuple> arguments = TRY(tuple_pack(parent.get(), parts->items[parts->size - 1]));
        Ref<Tuple> reduced = TRY(tuple_pack(state.getattr, static_cast<Object*>(arguments.get())));
        return save_reduce(self, reduced.get(), object);
    }
    name = share(parts->items[parts->size - 1]);  // whatever leads back to the module need not be written
    if (self->fix_imports && self->protocol < 3) TRY(old_names(module_name, name));
    TRY(emit(self, kGlobal));
    TRY(emit_name(self, module_name.get(), "module"));
    TRY(emit_name(self, name.get(), "global"));
    return memo_put(self, object);
}
Fallible<void> save_type(Pickler* self, Object* type) {
    for (Object* singleton : {none(), ellipsis(), not_implemented()})
        if (type == singleton->type) return save_singleton_type(self, type, singleton);
    return save_global(self, type, nullptr);
}
Fallible<void> save_reduced(Pickler* self, Object* object) {
    Ref<> reducer, reduced;
    if (self->dispatch_table) {
        auto found = get_item(self->dispatch_table, object->type);
        if (found.ok())
            reducer = found.take();
        else if (!clear_error_if(exc::KeyError))
            return raised;
    } else {
        reducer = TRY(dict_get(as_dict(state.dispatch_table), object->type));
    }
    if (reducer) {
        reduced = TRY(call(reducer.get(), object));
    } else if (is_type(object)) {
        return save_global(self, object, nullptr);
    } else if ((reducer = TRY(lookup_attr(object, "__reduce_ex__"_name)))) {
        Ref<Int> protocol = TRY(int_from(self->protocol));
        reduced = TRY(call(reducer.get(), static_cast<Object*>(protocol.get())));
    } else if ((reducer = TRY(lookup_attr(object, "__reduce__"_name)))) {
        reduced = TRY(call(reducer.get()));
    } else {
        return raise(pickling_error(), "can't pickle '%.200s' object: %R", object->type->name, object);
    }
    return save_reduce(self, reduced.get(), object);
}
Fallible<void> save_reduce(Pickler* self, Object* value, Object* object) {
    if (is_str(value)) return save_global(self, object, as_str(value));
    if (!is_tuple(value)) return raise(pickling_error(), "__reduce__ must return a string or tuple");
    Reduced reduced = TRY(take_apart(value));
    switch (TRY(maker_of(self, reduced.callable))) {
        case Maker::NewObjEx: TRY(save_newobj_ex(self, as_tuple(reduced.arguments))); break;
        case Maker::NewObj: TRY(save_newobj(self, as_tuple(reduced.arguments), object)); break;
        case Maker::Call:
            TRY(save(self, reduced.callable));
            TRY(save(self, reduced.arguments));
            TRY(emit(self, kReduce));
    }
    if (object) {
        // The arguments may have led back to the object: then it is there already.
        ssize_t known = self->memo.find(object);
        if (known >= 0) {
            TRY(emit(self, kPop));
            return memo_get(self, known);
        }
        TRY(memo_put(self, object));
    }
    if (reduced.list_items) TRY(save_list_items(self, reduced.list_items));
    if (reduced.dict_items) TRY(save_dict_items(self, reduced.dict_items));
    return reduced.state ? save_state(self, reduced, object) : Fallible<void>();
}

}  // namespace py::pickle
