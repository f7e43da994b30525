// The slot table (slots.def) at work: which special methods a type's slots show as wrappers, and which slots a class's
// special methods fill, when it is made and whenever it or a base changes.
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/slot_functions.h"
#include "interp/objects/type_internal.h"
#include "interp/objects/types.h"

namespace py {
namespace {

#define SLOT_DOC_(name, signature, doc) sizeof(signature) > 1 ? #name signature "\n--\n\n" doc : nullptr
SlotRow rows[] = {
#define SLOT(name, slot, function, wrapper, keywords, signature, doc) \
    {#name, int(offsetof(HeapType, slot)), (void*)(function), wrapper, keywords, SLOT_DOC_(name, signature, doc), nullptr, false},
#include "interp/objects/slots.def"
#undef SLOT
    {},
};

// The slot that `name` fills in this type when it is only one of those the name can stand for (`__add__`: number or sequence).
void** only_filled_slot(Type* type, const Str* name) {
    void** found = nullptr;
    for (SlotRow* row = slot_rows(); row->name; ++row) {
        if (row->name_object != name) continue;
        void** slot = slot_address(type, row->offset);
        if (!slot || !*slot) continue;
        if (found) return nullptr;
        found = slot;
    }
    return found;
}

struct SlotChoice {
    void* specific = nullptr;  // a native slot function that all its methods wrap
    void* generic = nullptr;   // the function that calls the methods by name
    bool use_generic = false;
};
// Is it the class alone and then its base's order?
bool mro_continues(const Tuple* mro, const Tuple* base_mro) {
    if (!base_mro || mro->size != base_mro->size + 1) return false;
    return std::memcmp(mro->items + 1, base_mro->items, size_t(base_mro->size) * sizeof(Object*)) == 0;
}

// FAST: a class with one base finds what it does not define where the base does, mostly in the cache; a class is looked
// through for all names when it is made, and would leave them all in the cache.
Object* slot_method(Type* type, Str* name) {
    if (!type->base || !type->mro || !type->dict || !mro_continues(type->mro, type->base->mro)) return type_lookup(type, name);
    if (Object* own = dict_get_str(type->dict, name)) return own;
    if (error_occurred()) return type_lookup(type, name);
    return type_lookup(type->base, name);
}
void choose(SlotChoice* choice, Type* type, void** slot, const SlotRow* row) {
    Object* found = slot_method(type, row->name_object);
    if (!found) {
        if (slot == reinterpret_cast<void**>(&type->iternext)) choice->specific = reinterpret_cast<void*>(next_not_implemented);
        return;
    }
    auto* descriptor = static_cast<WrapperDescriptor*>(found);
    if (found->type == &wrapper_descriptor_type && descriptor->row->name_object == row->name_object) {
        void** only = row->shares_name ? only_filled_slot(type, row->name_object) : slot;
        if (!only || only == slot) choice->generic = row->function;
        bool agrees = !choice->specific || choice->specific == descriptor->wrapped;
        // A sequence's `+` has the same wrapper as a number's, but cannot stand in its slot: the operands might be exchanged.
        bool same_protocol = !descriptor->row->function == !row->function;
        if (agrees && same_protocol && descriptor->row->wrapper == row->wrapper && is_subtype(type, descriptor->owner))
            choice->specific = descriptor->wrapped;
        else
            choice->use_generic = true;
    } else if (found->type == &builtin_function_type && slot == reinterpret_cast<void**>(&type->new_) &&
               static_cast<BuiltinFunction*>(found)->definition->function ==
                   reinterpret_cast<CFunction>(reinterpret_cast<void*>(new_wrapper_function))) {
        // FAST: T.__new__ of a static base would end in the inherited slot anyway.
        choice->specific = reinterpret_cast<void*>(type->new_);
    } else if (is_none(found) && slot == reinterpret_cast<void**>(&type->hash)) {
        choice->specific = reinterpret_cast<void*>(hash_not_implemented);
    } else {
        choice->use_generic = true;
        choice->generic = row->function;
    }
}

// Sets one slot from all rows that stand for it; the first row behind them.
const SlotRow* update_one_slot(Type* type, const SlotRow* row) {
    int offset = row->offset;
    void** slot = slot_address(type, offset);
    SlotChoice choice;
    for (; row->name && row->offset == offset; ++row)
        if (slot) choose(&choice, type, slot, row);
    if (!slot) return row;
    *slot = choice.specific && !choice.use_generic ? choice.specific : choice.generic;
    // A class with its own __call__ no longer is called the way its base's instances are.
    if (slot == reinterpret_cast<void**>(&type->call) && choice.generic == *slot) type->flags &= ~type_flag::kHaveVectorcall;
    return row;
}

const SlotRow* first_of_group(const SlotRow* row) {
    while (row > rows && row[-1].offset == row->offset) --row;
    return row;
}
void update_named_slots(Type* type, const Str* name) {
    for (SlotRow* row = slot_rows(); row->name; ++row)
        if (row->name_object == name) update_one_slot(type, first_of_group(row));
}
// In the type and all below it, but not below those that have an attribute of that name themselves. Hierarchies may be deeper
// than the stack.
Fallible<void> update_down(Type* type, Str* name) {
    update_named_slots(type, name);
    Ref<List> pending = TRY(type_subclass_list(type));
    for (ssize_t i = 0; i < pending->size; ++i) {
        Type* each = as_type(pending->items[i]);
        if (dict_get_str(each->dict, name)) continue;
        update_named_slots(each, name);
        Ref<List> subclasses = TRY(type_subclass_list(each));
        for (ssize_t j = 0; j < subclasses->size; ++j) TRY(list_append(pending.get(), subclasses->items[j]));
    }
    return {};
}

}  // namespace

SlotRow* slot_rows() {
    if (rows[0].name_object) return rows;
    for (SlotRow* row = rows; row->name; ++row) row->name_object = interned(row->name);
    for (SlotRow* row = rows; row->name; ++row)
        for (SlotRow* other = rows; other->name; ++other)
            if (other != row && other->name_object == row->name_object) row->shares_name = true;
    return rows;
}

void** slot_address(Type* type, int offset) {
    size_t at = size_t(offset);
    char* base = reinterpret_cast<char*>(type);
    auto within = [&](size_t start, size_t size, void* table) {
        if (at < start || at >= start + size) return false;
        base = static_cast<char*>(table);
        at -= start;
        return true;
    };
    if (at >= sizeof(Type)) {
        bool known = within(offsetof(HeapType, async_methods), sizeof(AsyncMethods), type->as_async) ||
                     within(offsetof(HeapType, number_methods), sizeof(NumberMethods), type->as_number) ||
                     within(offsetof(HeapType, mapping_methods), sizeof(MappingMethods), type->as_mapping) ||
                     within(offsetof(HeapType, sequence_methods), sizeof(SequenceMethods), type->as_sequence);
        CHECK(known);
        if (!base) return nullptr;
    }
    return reinterpret_cast<void**>(base + at);
}

bool is_slot_name(Str* name) {
    if (!str_starts_with(name, "__")) return false;
    for (SlotRow* row = slot_rows(); row->name; ++row)
        if (row->name_object == name || str_equals(row->name_object, name)) return true;
    return false;
}

Fallible<void> add_slot_wrappers(Type* type) {
    for (SlotRow* row = slot_rows(); row->name; ++row) {
        if (!row->wrapper) continue;
        void** slot = slot_address(type, row->offset);
        if (!slot || !*slot || dict_get_str(type->dict, row->name_object)) continue;
        if (*slot == reinterpret_cast<void*>(hash_not_implemented)) {
            TRY(dict_set(type->dict, row->name_object, none()));
            continue;
        }
        Ref<> descriptor = TRY(wrapper_descriptor_new(type, row, *slot));
        TRY(dict_set(type->dict, row->name_object, descriptor.get()));
    }
    return {};
}

void fixup_slots(Type* type) {
    for (const SlotRow* row = slot_rows(); row->name;) row = update_one_slot(type, row);
}

Fallible<void> update_slot(Type* type, Str* name) {
    SlotRow* row = slot_rows();
    while (row->name && !str_equals(row->name_object, name)) ++row;
    if (!row->name) return {};
    return update_down(type, row->name_object);
}

void update_all_slots(Type* type) {
    for (SlotRow* row = slot_rows(); row->name; ++row)
        if (!update_slot(type, row->name_object).ok()) clear_error();
}

}  // namespace py
