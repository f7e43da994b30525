// __slots__ of a new class: which names become fields, and where dict, weak references and fields stand in its instances.
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/type_construction.h"

namespace py {
namespace {

Fallible<Ref<Tuple>> slots_as_tuple(Object* slots) {
    if (is_str(slots)) return tuple_pack(slots);
    return tuple_of(slots);
}
Fallible<void> check_names(Tuple* slots) {
    for (ssize_t i = 0; i < slots->size; ++i) {
        Object* name = slots->items[i];
        if (!is_str(name)) return raise(exc::TypeError, "__slots__ items must be strings, not '%.200s'", name->type->name);
        if (!str_is_identifier(as_str(name))) return raise(exc::TypeError, "__slots__ must be identifiers");
    }
    return {};
}

struct Allowed {
    bool dict, weakref;
};
Fallible<bool> take_special_name(ClassBuild& build, const Allowed& allowed, Str* name) {
    if (str_equals(name, "__dict__")) {
        if (!allowed.dict || build.add_dict) return raise(exc::TypeError, "__dict__ slot disallowed: we already got one");
        return build.add_dict = true;
    }
    if (str_equals(name, "__weakref__")) {
        if (!allowed.weakref || build.add_weakref)
            return raise(exc::TypeError, "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
        return build.add_weakref = true;
    }
    return false;
}

// Mangled, sorted names without the special two; clashes with the class's own attributes are errors.
Fallible<Ref<Tuple>> field_names(ClassBuild& build, const Allowed& allowed, Tuple* slots) {
    Ref<List> names = TRY(list_new(0));
    for (ssize_t i = 0; i < slots->size; ++i) {
        Str* slot = as_str(slots->items[i]);
        if (TRY(take_special_name(build, allowed, slot))) continue;
        Ref<Str> name = TRY(str_mangle(build.name, slot));
        TRY(list_append(names.get(), name.get()));
        if (!TRY(dict_contains(build.dict.get(), name.get()))) continue;
        // The compiler sets these two; they leave the namespace before the class is there.
        if (!str_equals(name.get(), "__qualname__") && !str_equals(name.get(), "__classcell__"))
            return raise(exc::ValueError, "%R in __slots__ conflicts with class variable", name.get());
    }
    TRY(list_sort(names.get(), nullptr, false));
    return list_as_tuple(names.get());
}

// Bases beyond the layout's may still bring a dict or weak references: then `__slots__` cannot take them away.
void add_from_other_bases(ClassBuild& build, const Allowed& allowed) {
    Tuple* bases = build.bases.get();
    for (ssize_t i = 0; i < bases->size && bases->size > 1; ++i) {
        if (bases->items[i] == static_cast<Object*>(build.base)) continue;
        Type* each = as_type(bases->items[i]);
        if (allowed.dict && !build.add_dict && each->dict_offset != 0) build.add_dict = true;
        if (allowed.weakref && !build.add_weakref && each->weaklist_offset != 0) build.add_weakref = true;
    }
}

MemberDef* member_rows(HeapType* type) {
    return reinterpret_cast<MemberDef*>(reinterpret_cast<char*>(type) + type->type->basic_size);
}

}  // namespace

Fallible<void> plan_slots(ClassBuild& build) {
    Allowed allowed{build.base->dict_offset == 0, build.base->weaklist_offset == 0 && build.base->item_size == 0};
    Ref<> slots = TRY(dict_get(build.dict.get(), "__slots__"_name));
    if (!slots) {
        build.add_dict = allowed.dict;
        build.add_weakref = allowed.weakref;
        return {};
    }
    Ref<Tuple> names = TRY(slots_as_tuple(slots.get()));
    if (names->size && build.base->item_size)
        return raise(exc::TypeError, "nonempty __slots__ not supported for subtype of '%s'", build.base->name);
    TRY(check_names(names.get()));
    build.slots = TRY(field_names(build, allowed, names.get()));
    add_from_other_bases(build, allowed);
    return {};
}

Fallible<void> layout_slots(HeapType* type) {
    Type* base = type->base;
    bool add_dict = type->dict_offset == -1, add_weakref = type->weaklist_offset == -1;
    type->dict_offset = type->weaklist_offset = 0;
    ssize_t offset = base->basic_size;
    MemberDef* member = member_rows(type);
    for (ssize_t i = 0; type->ht_slots && i < type->ht_slots->size; ++i, ++member) {
        Str* name = as_str(type->ht_slots->items[i]);
        member->name = TRY(str_utf8(name)).data();
        member->type = kObject;
        member->offset = offset;
        member->flags = 0;
        member->doc = nullptr;
        offset += ssize_t(sizeof(Object*));
    }
    // Variable-sized instances keep the dict pointer at their end; others have it managed in front of the object.
    if (add_dict && base->item_size) {
        type->dict_offset = -ssize_t(sizeof(Object*));
        offset += ssize_t(sizeof(Object*));
    }
    if (add_weakref) {
        type->weaklist_offset = offset;
        offset += ssize_t(sizeof(Object*));
    }
    if (add_dict && !base->item_size) {
        type->flags |= type_flag::kManagedDict;
        type->dict_offset = -offset - ssize_t(3 * sizeof(Object*));
    }
    type->basic_size = offset;
    type->item_size = base->item_size;
    type->members = member_rows(type);
    type->getset = subtype_getset((add_dict ? 1 : 0) | (add_weakref ? 2 : 0));
    return {};
}

}  // namespace py
