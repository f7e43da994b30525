// types.UnionType: int | str (PEP 604).
#include "interp/objects/abstract.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/generic_alias.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {
namespace {

struct Union : Object {
    Tuple* args;
    Tuple* parameters;  // null until asked for
};
inline Union* as_union(Object* object) { return static_cast<Union*>(object); }
inline bool is_union(Object* object) { return object->type == &union_type; }
bool may_join(Object* object) { return is_none(object) || is_type(object) || is_generic_alias(object) || is_union(object); }

Fallible<bool> is_same_member(Object* a, Object* b) {
    if (is_generic_alias(a) && is_generic_alias(b)) return equals(a, b);
    return a == b;
}
// Nested unions' members stand for themselves, None for its type, and each member only once.
Fallible<void> add_member(List* members, Object* object) {
    if (is_union(object)) {
        Tuple* inner = as_union(object)->args;
        for (ssize_t i = 0; i < inner->size; ++i) TRY(add_member(members, inner->items[i]));
        return {};
    }
    if (is_none(object)) object = static_cast<Object*>(&none_type);
    for (ssize_t i = 0; i < members->size; ++i)
        if (TRY(is_same_member(members->items[i], object))) return {};
    return list_append(members, object);
}
Fallible<Ref<>> make_union(Object* const* items, ssize_t count) {
    // A union's own members differ already: only what is joined to it is compared with them.
    bool is_joined = count > 0 && is_union(items[0]);
    Ref<List> members = TRY(is_joined ? list_from_array(as_union(items[0])->args->items, as_union(items[0])->args->size) : list_new(0));
    for (ssize_t i = is_joined; i < count; ++i) TRY(add_member(members.get(), items[i]));
    if (members->size == 1) return share(members->items[0]);
    Ref<Tuple> args = TRY(list_as_tuple(members.get()));
    Ref<Union> result = TRY(Fallible<Ref<Union>>(make_gc<Union>(union_type)));
    result->args = args.release();
    result->parameters = nullptr;
    gc_track(result.get());
    return result;
}

Fallible<Ref<>> union_repr(Object* object) {
    Tuple* args = as_union(object)->args;
    Ref<Str> text = str_empty();
    for (ssize_t i = 0; i < args->size; ++i) {
        bool is_none_type = args->items[i] == static_cast<Object*>(&none_type);
        Ref<Str> each = is_none_type ? TRY(str_from_ascii("None")) : TRY(type_argument_repr(args->items[i]));
        text = i ? TRY(format_str("%U | %U", text.get(), each.get())) : std::move(each);
    }
    return text;
}
// Order does not matter.
Hash union_hash(Object* object) {
    Ref<Set> members = TRY(frozenset_new(as_union(object)->args));
    return TRY(hash(members.get()));
}
Object* union_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || !is_union(b)) return new_reference(not_implemented());
    Ref<Set> left = TRY(set_new(as_union(a)->args)), right = TRY(set_new(as_union(b)->args));
    return rich_compare(left.get(), right.get(), CompareOp(op)).release();
}
Object* union_or_slot(Object* a, Object* b) { return union_or(a, b).release(); }
// __module__ and __qualname__ are those of types.UnionType.
Object* union_getattro(Object* object, Object* name) {
    if (is_str(name) && str_equals(as_str(name), "__module__")) return get_attr(object->type, as_str(name)).release();
    return generic_getattro_slot(object, name);
}

Fallible<Tuple*> parameters_of(Union* self) {
    if (!self->parameters) self->parameters = TRY(type_parameters(self->args)).release();
    return self->parameters;
}
Fallible<Ref<>> union_subscript(Object* object, Object* item) {
    Tuple* parameters = TRY(parameters_of(as_union(object)));
    Ref<Tuple> args = TRY(substitute_parameters(object, as_union(object)->args, parameters, item));
    if (args->size == 0) return raise(exc::TypeError, "Cannot take a Union of no types.");
    // By the operator: members may have an `|` of their own (typing's).
    Ref<> result = share(args->items[0]);
    for (ssize_t i = 1; i < args->size; ++i) result = TRY(binary_op(BinaryOp::Or, result.get(), args->items[i]));
    return result;
}
Fallible<Ref<>> get_parameters(Object* object) { return share(TRY(parameters_of(as_union(object)))); }

NumberMethods union_number{.bit_or = union_or_slot};
MappingMethods union_mapping{.subscript = slot2<union_subscript>};
MemberDef union_members[] = {{"__args__", kObjectOrNone, offsetof(Union, args), kReadOnly, nullptr}, END_ROW};
GetSetDef union_getset[] = {GETTER("__parameters__", get_parameters, "Type variables in the types.UnionType."), END_ROW};

}  // namespace

Tuple* union_args(Object* object) { return is_union(object) ? as_union(object)->args : nullptr; }

Fallible<Ref<>> union_or(Object* a, Object* b) {
    if (!may_join(a) || !may_join(b)) return share(not_implemented());
    Object* items[] = {a, b};
    return make_union(items, 2);
}

constinit Type union_type = static_type({
    .name = "types.UnionType",
    .basic_size = sizeof(Union),
    .flags = type_flag::kHaveGc,
    .doc = "Represent a PEP 604 union type\n\nE.g. for int | str",
    .dealloc = dealloc_members<&Union::args, &Union::parameters>,
    .traverse = traverse_members<&Union::args, &Union::parameters>,
    .repr = slot1<union_repr>,
    .hash = union_hash,
    .richcompare = union_richcompare,
    .getattro = union_getattro,
    .number = &union_number,
    .mapping = &union_mapping,
    .members = union_members,
    .getset = union_getset,
});

}  // namespace py
