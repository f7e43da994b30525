// Assignment to __bases__: new MROs for the class and everything below it, or none at all.
#include "interp/objects/errors.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

bool is_in_base_chain(Type* type, Type* sought) {
    for (; type; type = type->base)
        if (type == sought) return true;
    return false;
}
Fallible<void> check_new_bases(Type* type, Tuple* bases) {
    if (bases->size == 0) return raise(exc::TypeError, "can only assign non-empty tuple to %s.__bases__, not ()", type->name);
    for (ssize_t i = 0; i < bases->size; ++i) {
        Object* each = bases->items[i];
        if (!is_type(each))
            return raise(exc::TypeError, "%s.__bases__ must be tuple of classes, not '%s'", type->name, each->type->name);
        // While an mro() method runs and assigns __bases__ in turn, only the base chain is up to date.
        if (is_subtype(as_type(each), type) || is_in_base_chain(as_type(each), type))
            return raise(exc::TypeError, "a __bases__ item causes an inheritance cycle");
    }
    return {};
}

// Recomputes MROs downwards; pairs (type, old MRO) collect in `undo`.
Fallible<void> recompute_mros(Type* type, List* undo) {
    TRY(check_stack(" while computing the MROs of subclasses"));
    Ref<Tuple> previous;
    TRY(compute_mro(type, &previous));
    Ref<Tuple> pair = TRY(tuple_pack(static_cast<Object*>(type), previous ? static_cast<Object*>(previous.get()) : none()));
    TRY(list_append(undo, pair.get()));
    Ref<List> subclasses = TRY(type_subclass_list(type));
    for (ssize_t i = 0; i < subclasses->size; ++i) TRY(recompute_mros(as_type(subclasses->items[i]), undo));
    return {};
}
void restore_mros(List* undo) {
    for (ssize_t i = undo->size - 1; i >= 0; --i) {
        Tuple* pair = as_tuple(undo->items[i]);
        if (!is_tuple(pair->items[1])) continue;
        Type* type = as_type(pair->items[0]);
        replace_slot(type->mro, new_reference(as_tuple(pair->items[1])));
        type_modified(type);
    }
}

}  // namespace

Fallible<void> set_bases(Type* type, Tuple* new_bases) {
    TRY(check_new_bases(type, new_bases));
    Type* new_base = TRY(best_base(new_bases));
    if (!compatible_for_assignment(type->base, new_base, "__bases__")) return raised;
    Ref<Tuple> old_bases = share(type->bases);
    Ref<Type> old_base = share(type->base);
    replace_slot(type->bases, new_reference(new_bases));
    replace_slot(type->base, new_reference(new_base));
    Ref<List> undo = TRY(list_new(0));
    if (!recompute_mros(type, undo.get()).ok()) {
        SavedError saved;
        restore_mros(undo.get());
        // mro() may have assigned __bases__ itself: then its assignment stays.
        if (type->bases == new_bases) {
            replace_slot(type->bases, old_bases.release());
            replace_slot(type->base, old_base.release());
        }
        return raised;
    }
    if (type->bases != new_bases) return {};
    remove_all_subclasses(type, old_bases.get());
    TRY(add_all_subclasses(type, new_bases));
    update_all_slots(type);
    return {};
}

}  // namespace py
