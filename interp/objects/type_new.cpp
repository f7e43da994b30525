// type.__new__(metatype, name, bases, namespace): the class statement's last step.
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/type_construction.h"
#include "interp/objects/types.h"
#include "interp/runtime/thread.h"
#include "interp/vm/eval.h"
#include "interp/vm/frame.h"

namespace py {
namespace {

// Functions under these names are class or static methods without saying so.
Fallible<void> wrap_implicit(Dict* dict, Str* name, Fallible<Ref<>> (*wrap)(Object*)) {
    Object* value = dict_get_str(dict, name);
    if (!value || !is_function(value)) return {};
    Ref<> wrapped = TRY(wrap(value));
    return dict_set(dict, name, wrapped.get());
}

Fallible<void> set_module(Dict* dict) {
    if (TRY(dict_contains(dict, "__module__"_name))) return {};
    InterpreterFrame* frame = current_frame();
    if (!frame || !frame->globals) return {};
    Ref<> module = TRY(dict_get(static_cast<Dict*>(frame->globals), "__name__"_name));
    return module ? dict_set(dict, "__module__"_name, module.get()) : Fallible<void>();
}
Fallible<void> set_qualname(HeapType* type, Dict* dict) {
    Ref<> qualname = TRY(dict_get(dict, "__qualname__"_name));
    if (!qualname) {
        type->ht_qualname = new_reference(type->ht_name);
        return {};
    }
    if (!is_str(qualname.get())) return raise(exc::TypeError, "type __qualname__ must be a str, not %s", qualname->type->name);
    type->ht_qualname = static_cast<Str*>(qualname.release());
    TRY(dict_delete(dict, "__qualname__"_name));
    return {};
}
Fallible<void> set_doc(Type* type, Dict* dict) {
    Ref<> doc = TRY(dict_get(dict, "__doc__"_name));
    if (!doc || !is_str(doc.get())) return {};
    auto text = str_utf8(as_str(doc.get()));
    if (!text.ok()) return raised;
    std::string_view view = text.take();
    char* copy = static_cast<char*>(allocate(view.size() + 1));
    if (!copy) return raise_memory_error();
    std::memcpy(copy, view.data(), view.size());
    copy[view.size()] = 0;
    type->doc = copy;
    return {};
}

// The cell that methods' __class__ and super() read.
Fallible<void> fill_class_cell(Type* type, Dict* dict) {
    Ref<> cell = TRY(dict_get(dict, "__classcell__"_name));
    if (!cell) return {};
    if (cell->type != &cell_type)
        return raise(exc::TypeError, "__classcell__ must be a nonlocal cell, not %.200R", static_cast<Object*>(cell->type));
    replace_slot(static_cast<Cell*>(cell.get())->value, new_reference(static_cast<Object*>(type)));
    TRY(dict_delete(dict, "__classcell__"_name));
    return {};
}

Fallible<void> call_set_names(Type* type) {
    Ref<Dict> names = TRY(dict_copy(type->dict));
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(names.get(), &position, &key, &value)) {
        Ref<> method = TRY(lookup_special(value, "__set_name__"_name));
        if (!method) continue;
        if (call(method.get(), static_cast<Object*>(type), key).ok()) continue;
        return raise_from_pending(exc::RuntimeError, "Error calling __set_name__ on '%.100s' instance %R in '%.100s'",
                                  value->type->name, key, type->name);
    }
    return {};
}

// super(type, type).__init_subclass__(**kwargs)
Fallible<void> call_init_subclass(Type* type, Object* kwargs) {
    ssize_t i = 0;
    while (i < type->mro->size && type->mro->items[i] != type) ++i;
    // A custom MRO may leave the class itself out.
    if (i == type->mro->size) return raise(exc::TypeError, "super(type, obj): obj must be an instance or subtype of type");
    for (++i; i < type->mro->size; ++i) {
        Dict* dict = as_type(type->mro->items[i])->dict;
        Object* found = dict ? dict_get_str(dict, "__init_subclass__"_name) : nullptr;
        if (!found) continue;
        Ref<> method = share(found);
        if (TernarySlot get = found->type->descr_get)
            method = TRY(Fallible<Ref<>>::from_slot(get(found, nullptr, type)));
        TRY(call_dict(method.get(), nullptr, 0, kwargs));
        return {};
    }
    return {};
}

Fallible<void> fill_heap_type(ClassBuild& build, HeapType* type) {
    type->flags = type_flag::kHeap | type_flag::kBase | type_flag::kHaveGc | type_flag::kDefault;
    type->as_async = &type->async_methods;
    type->as_sequence = &type->sequence_methods;
    type->as_mapping = &type->mapping_methods;
    type->as_number = &type->number_methods;
    type->as_buffer = &type->buffer_methods;
    type->bases = build.bases.release();
    type->base = new_reference(build.base);
    type->ht_name = new_reference(build.name);
    std::string_view name = TRY(str_utf8(build.name));
    if (std::strlen(name.data()) != name.size()) return raise(exc::ValueError, "type name must not contain null characters");
    type->ht_tpname = nullptr;
    type->name = name.data();
    type->ht_slots = build.slots.release();
    type->dict = build.dict.release();
    type->dealloc = subtype_dealloc;
    type->traverse = subtype_traverse;
    type->clear = subtype_clear;
    type->free = gc_object_free_slot;
    type->alloc = generic_alloc;
    type->vectorcall = heap_type_vectorcall;
    return {};
}

Fallible<void> fill_dict(HeapType* type, Dict* dict) {
    TRY(set_module(dict));
    TRY(set_qualname(type, dict));
    TRY(set_doc(type, dict));
    TRY(wrap_implicit(dict, "__new__"_name, staticmethod_new));
    TRY(wrap_implicit(dict, "__init_subclass__"_name, classmethod_new));
    TRY(wrap_implicit(dict, "__class_getitem__"_name, classmethod_new));
    TRY(layout_slots(type));
    return fill_class_cell(type, dict);
}

Fallible<Ref<>> build_class(ClassBuild& build, Type* metatype, Object* kwargs) {
    build.dict = TRY(dict_copy(build.namespace_));
    TRY(plan_slots(build));
    ssize_t slot_count = build.slots ? build.slots->size : 0;
    Ref<HeapType> type = steal(static_cast<HeapType*>(metatype->alloc(metatype, slot_count)));
    if (!type) return raised;
    TRY(fill_heap_type(build, type.get()));
    type->ht_cached_keys = nullptr;
    if (build.add_dict) type->dict_offset = -1;
    if (build.add_weakref) type->weaklist_offset = -1;
    TRY(fill_dict(type.get(), type->dict));
    TRY(type_ready(type.get()));
    fixup_slots(type.get());
    if (type->has(type_flag::kManagedDict)) {
        type->ht_cached_keys = new_shared_keys();
        if (!type->ht_cached_keys) return raise_memory_error();
    }
    TRY(call_set_names(type.get()));
    TRY(call_init_subclass(type.get(), kwargs));
    return type;
}

// Bases that are no classes want __mro_entries__, which only the class statement calls.
Fallible<void> check_bases(Tuple* bases) {
    for (ssize_t i = 0; i < bases->size; ++i) {
        if (is_type(bases->items[i])) continue;
        Ref<> entries = TRY(lookup_attr(bases->items[i], "__mro_entries__"_name));
        if (entries) return raise(exc::TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
    }
    return {};
}

Fallible<void> check_argument(Object* argument, bool fits, int position, const char* expected) {
    if (fits) return {};
    return raise(exc::TypeError, "type.__new__() argument %d must be %s, not %N", position, expected,
                 argument);
}

}  // namespace

Object* type_new(Type* metatype, Object* args, Object* kwargs) {
    Tuple* tuple = as_tuple(args);
    if (tuple->size != 3) return raise(exc::TypeError, "type.__new__() takes exactly 3 arguments (%zd given)", tuple->size);
    Object** argument = tuple->items;
    TRY(check_argument(argument[0], is_str(argument[0]), 1, "str"));
    TRY(check_argument(argument[1], is_tuple(argument[1]), 2, "tuple"));
    TRY(check_argument(argument[2], is_dict(argument[2]), 3, "dict"));
    ClassBuild build{};
    build.name = as_str(argument[0]);
    build.namespace_ = as_dict(argument[2]);
    build.bases = share(as_tuple(argument[1]));
    if (build.bases->size == 0) {
        build.bases = TRY(tuple_pack(static_cast<Object*>(&object_type)));
    } else {
        TRY(check_bases(build.bases.get()));
        Type* winner = TRY(most_derived_metaclass(metatype, build.bases.get()));
        // Another metaclass's __new__ decides; it ends up here again with itself as metatype.
        if (winner != metatype && winner->new_ != type_new) return winner->new_(winner, args, kwargs);
        metatype = winner;
    }
    build.base = TRY(best_base(build.bases.get()));
    return build_class(build, metatype, kwargs).release();
}

int type_init(Object*, Object* args, Object* kwargs) {
    ssize_t count = as_tuple(args)->size;
    if (kwargs && count == 1 && as_dict(kwargs)->used) return raise(exc::TypeError, "type.__init__() takes no keyword arguments");
    if (count != 1 && count != 3) return raise(exc::TypeError, "type.__init__() takes 1 or 3 arguments");
    return 0;
}

}  // namespace py
