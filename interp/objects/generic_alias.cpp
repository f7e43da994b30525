// types.GenericAlias: list[int]. Behaves as its origin in all but a few attributes (PEP 585).
#include "interp/objects/generic_alias.h"

#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"

namespace py {
namespace {

struct StarIterator : Object {
    Object* alias;  // null once it was given out
};
inline GenericAlias* as_alias(Object* object) { return static_cast<GenericAlias*>(object); }

void alias_dealloc(Object* object) {
    gc_untrack(object);
    if (as_alias(object)->weaklist) clear_weakrefs(object);
    xdecref(as_alias(object)->origin);
    xdecref(as_alias(object)->args);
    xdecref(as_alias(object)->parameters);
    object_memory_free(object);
}

Fallible<Ref<>> alias_repr(Object* object) {
    GenericAlias* self = as_alias(object);
    Ref<Str> arguments = str_empty();
    for (ssize_t i = 0; i < self->args->size; ++i) {
        Ref<Str> each = TRY(type_argument_repr(self->args->items[i]));
        arguments = i ? TRY(format_str("%U, %U", arguments.get(), each.get())) : std::move(each);
    }
    if (self->args->size == 0) arguments = TRY(str_from_ascii("()"));
    Ref<Str> origin = TRY(type_argument_repr(self->origin));
    return format_str("%s%U[%U]", self->starred ? "*" : "", origin.get(), arguments.get());
}
Hash alias_hash(Object* object) {
    TRY(check_stack(""));
    Hash origin = TRY(hash(as_alias(object)->origin));
    Hash args = TRY(hash(as_alias(object)->args));
    Hash value = origin ^ args;
    return value == -1 ? -2 : value;
}
Object* alias_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || !is_generic_alias(a) || !is_generic_alias(b)) return new_reference(not_implemented());
    if (op == kNotEqual) {
        Ref<> equal = TRY(Fallible<Ref<>>::from_slot(alias_richcompare(a, b, kEqual)));
        return compare_result(equal.get() != bool_object(true));
    }
    if (as_alias(a)->starred != as_alias(b)->starred) return compare_result(false);
    if (!TRY(equals(as_alias(a)->origin, as_alias(b)->origin))) return compare_result(false);
    return rich_compare(as_alias(a)->args, as_alias(b)->args, kEqual).release();
}

// Attributes of the alias itself; all others are the origin's.
constexpr const char* kOwnAttributes[] = {
    "__class__", "__origin__", "__args__", "__unpacked__", "__parameters__", "__typing_unpacked_tuple_args__",
    "__mro_entries__", "__reduce_ex__", "__reduce__", "__copy__", "__deepcopy__",
};
bool is_own_attribute(Str* name) {
    for (const char* own : kOwnAttributes)
        if (str_equals(name, own)) return true;
    return false;
}
Object* alias_getattro(Object* object, Object* name) {
    if (is_str(name) && !is_own_attribute(as_str(name))) return get_attr(as_alias(object)->origin, as_str(name)).release();
    return generic_getattro_slot(object, name);
}

Object* alias_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Ref<> result = TRY(vectorcall(as_alias(callable)->origin, args, nargsf, kwnames));
    // Instances of generic classes remember what they were made from, where they can.
    if (!set_attr(result.get(), "__orig_class__"_name, callable).ok() && !clear_error_if(exc::AttributeError) &&
        !clear_error_if(exc::TypeError))
        return nullptr;
    return result.release();
}
Fallible<Tuple*> parameters_of(GenericAlias* self) {
    if (!self->parameters) self->parameters = TRY(type_parameters(self->args)).release();
    return self->parameters;
}
Fallible<Ref<>> alias_subscript(Object* object, Object* item) {
    GenericAlias* self = as_alias(object);
    Tuple* parameters = TRY(parameters_of(self));
    Ref<Tuple> args = TRY(substitute_parameters(object, self->args, parameters, item));
    Ref<> result = TRY(generic_alias_new(self->origin, args.get()));
    as_alias(result.get())->starred = self->starred;
    return result;
}
Fallible<Ref<>> alias_iter(Object* object) {
    Ref<> starred = TRY(generic_alias_new(as_alias(object)->origin, as_alias(object)->args));
    as_alias(starred.get())->starred = true;
    Ref<StarIterator> iterator = TRY(Fallible<Ref<StarIterator>>(make_gc<StarIterator>(generic_alias_iterator_type)));
    iterator->alias = starred.release();
    gc_track(iterator.get());
    return iterator;
}
Object* alias_or(Object* a, Object* b) { return union_or(a, b).release(); }

// GenericAlias.__mro_entries__(bases)
Fallible<Ref<>> alias_mro_entries(Object* self, Object*) { return tuple_pack(as_alias(self)->origin); }
// GenericAlias.__instancecheck__(instance)
Fallible<Ref<>> alias_instancecheck(Object*, Object*) {
    return raise(exc::TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
// GenericAlias.__subclasscheck__(subclass)
Fallible<Ref<>> alias_subclasscheck(Object*, Object*) {
    return raise(exc::TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}
// GenericAlias.__reduce__()
Fallible<Ref<>> alias_reduce(Object* object) {
    GenericAlias* self = as_alias(object);
    if (!self->starred) {
        Ref<Tuple> arguments = TRY(tuple_pack(self->origin, static_cast<Object*>(self->args)));
        return tuple_pack(static_cast<Object*>(&generic_alias_type), static_cast<Object*>(arguments.get()));
    }
    Object* next_function = dict_get_str(runtime().builtins, "next"_name);
    if (!next_function) return raise(exc::AttributeError, "next");
    Ref<> plain = TRY(generic_alias_new(self->origin, self->args));
    Ref<> iterator = TRY(iter(plain.get()));
    Ref<Tuple> arguments = TRY(tuple_pack(iterator.get()));
    return tuple_pack(next_function, static_cast<Object*>(arguments.get()));
}
// GenericAlias.__dir__()
Fallible<Ref<>> alias_dir(Object* object) {
    Ref<> names = TRY(dir(as_alias(object)->origin));
    for (const char* own : kOwnAttributes) {
        Ref<Str> name = TRY(str_from_ascii(own));
        if (!TRY(contains(names.get(), name.get()))) TRY(list_append(as_list(names.get()), name.get()));
    }
    return names;
}

Fallible<Ref<>> get_parameters(Object* self) { return share(TRY(parameters_of(as_alias(self)))); }
Fallible<Ref<>> get_unpacked_args(Object* object) {
    GenericAlias* self = as_alias(object);
    bool is_star_tuple = self->starred && self->origin == static_cast<Object*>(&tuple_type);
    return share(is_star_tuple ? static_cast<Object*>(self->args) : none());
}

// GenericAlias(origin, args, /)
Object* alias_construct(Type* type, Object* args, Object* kwargs) {
    TRY(check_no_keywords("GenericAlias", kwargs));
    Tuple* tuple = as_tuple(args);
    TRY(check_positional("GenericAlias", tuple->size, 2, 2));
    Ref<> self = TRY(Fallible<Ref<>>::from_slot(type->alloc(type, 0)));
    GenericAlias* alias = as_alias(self.get());
    alias->origin = new_reference(tuple->items[0]);
    Object* arguments = tuple->items[1];
    alias->args = (is_tuple(arguments) ? share(as_tuple(arguments)) : TRY(tuple_pack(arguments))).release();
    alias->vectorcall = alias_vectorcall;
    return self.release();
}

Object* star_iterator_next(Object* object) { return std::exchange(static_cast<StarIterator*>(object)->alias, nullptr); }
// generic_alias_iterator.__reduce__()
Fallible<Ref<>> star_iterator_reduce(Object* object) {
    Object* iter_function = dict_get_str(runtime().builtins, "iter"_name);
    if (!iter_function) return raise(exc::AttributeError, "iter");
    Object* alias = static_cast<StarIterator*>(object)->alias;
    Ref<Tuple> empty = tuple_empty();
    Ref<> source = share(static_cast<Object*>(empty.get()));
    if (alias) source = TRY(generic_alias_new(as_alias(alias)->origin, as_alias(alias)->args));
    Ref<Tuple> arguments = TRY(tuple_pack(source.get()));
    return tuple_pack(iter_function, static_cast<Object*>(arguments.get()));
}

MappingMethods alias_mapping{.subscript = slot2<alias_subscript>};
NumberMethods alias_number{.bit_or = alias_or};
MethodDef alias_methods[] = {
    {"__mro_entries__", reinterpret_cast<CFunction>(wrap_o<alias_mro_entries>), kO, nullptr},
    {"__instancecheck__", reinterpret_cast<CFunction>(wrap_o<alias_instancecheck>), kO, nullptr},
    {"__subclasscheck__", reinterpret_cast<CFunction>(wrap_o<alias_subclasscheck>), kO, nullptr},
    {"__reduce__", reinterpret_cast<CFunction>(wrap_no_args<alias_reduce>), kNoArgs, nullptr},
    {"__dir__", reinterpret_cast<CFunction>(wrap_no_args<alias_dir>), kNoArgs, nullptr},
    END_ROW,
};
MemberDef alias_members[] = {
    {"__origin__", kObjectOrNone, offsetof(GenericAlias, origin), kReadOnly, nullptr},
    {"__args__", kObjectOrNone, offsetof(GenericAlias, args), kReadOnly, nullptr},
    {"__unpacked__", kBool, offsetof(GenericAlias, starred), kReadOnly, nullptr},
    END_ROW,
};
GetSetDef alias_getset[] = {
    GETTER("__parameters__", get_parameters, "Type variables in the GenericAlias."),
    GETTER("__typing_unpacked_tuple_args__", get_unpacked_args, nullptr),
    END_ROW,
};
MethodDef star_iterator_methods[] = {
    {"__reduce__", reinterpret_cast<CFunction>(wrap_no_args<star_iterator_reduce>), kNoArgs, nullptr},
    END_ROW,
};

}  // namespace

Fallible<Ref<>> generic_alias_new(Object* origin, Object* arguments) {
    Ref<Tuple> args = is_tuple(arguments) ? share(as_tuple(arguments)) : TRY(tuple_pack(arguments));
    Ref<GenericAlias> alias = TRY(Fallible<Ref<GenericAlias>>(make_gc<GenericAlias>(generic_alias_type)));
    alias->origin = new_reference(origin);
    alias->args = args.release();
    alias->parameters = nullptr;
    alias->weaklist = nullptr;
    alias->starred = false;
    alias->vectorcall = alias_vectorcall;
    gc_track(alias.get());
    return alias;
}
Object* class_getitem(Object* type, Object* item) { return generic_alias_new(type, item).release(); }

constinit Type generic_alias_type = static_type({
    .name = "types.GenericAlias",
    .basic_size = sizeof(GenericAlias),
    .flags = type_flag::kHaveGc | type_flag::kBase | type_flag::kHaveVectorcall,
    .doc = "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    .dealloc = alias_dealloc,
    .traverse = traverse_members<&GenericAlias::origin, &GenericAlias::args, &GenericAlias::parameters>,
    .repr = slot1<alias_repr>,
    .hash = alias_hash,
    .richcompare = alias_richcompare,
    .call = call_through_vectorcall,
    .vectorcall_offset = offsetof(GenericAlias, vectorcall),
    .getattro = alias_getattro,
    .iter = slot1<alias_iter>,
    .number = &alias_number,
    .mapping = &alias_mapping,
    .methods = alias_methods,
    .members = alias_members,
    .getset = alias_getset,
    .weaklist_offset = offsetof(GenericAlias, weaklist),
    .new_ = alias_construct,
    .alloc = generic_alloc,
    .free = gc_object_free_slot,
});
constinit Type generic_alias_iterator_type = static_type({
    .name = "generic_alias_iterator",
    .basic_size = sizeof(StarIterator),
    .flags = type_flag::kHaveGc,
    .dealloc = dealloc_members<&StarIterator::alias>,
    .traverse = traverse_members<&StarIterator::alias>,
    .iter = self_iter,
    .iternext = star_iterator_next,
    .methods = star_iterator_methods,
});

}  // namespace py
