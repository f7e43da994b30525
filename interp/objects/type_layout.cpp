// Instance layout: which base decides it, whether two classes share one, and which metaclass a class statement means.
#include "interp/objects/errors.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

// Do instances of `type` have fields that those of `base` lack? A weakref slot at the end does not count.
bool adds_fields(const Type* type, const Type* base) {
    ssize_t size = type->basic_size;
    if (type->item_size || base->item_size) return size != base->basic_size || type->item_size != base->item_size;
    if (type->weaklist_offset && base->weaklist_offset == 0 && type->weaklist_offset + ssize_t(sizeof(void*)) == size &&
        type->has(type_flag::kHeap))
        size -= ssize_t(sizeof(void*));
    return size != base->basic_size;
}

Tuple* slots_of(Type* type) { return type->has(type_flag::kHeap) ? as_heap_type(type)->ht_slots : nullptr; }
bool same_slots(Type* a, Type* b) {
    Tuple *left = slots_of(a), *right = slots_of(b);
    if (!left || !right || left->size != right->size) return left == right;
    for (ssize_t i = 0; i < left->size; ++i)
        if (!str_equals(as_str(left->items[i]), as_str(right->items[i]))) return false;
    return true;
}
// Classes made by `class` whose bases agree and whose own slots are the same.
bool same_slots_added(Type* a, Type* b) {
    Type* base = a->base;
    if (base != b->base) return false;
    ssize_t size = base->basic_size;
    if (a->weaklist_offset == size && b->weaklist_offset == size) size += ssize_t(sizeof(void*));
    Tuple *left = slots_of(a), *right = slots_of(b);
    if (left && right) {
        if (!same_slots(a, b)) return false;
        size += ssize_t(sizeof(void*)) * left->size;
    }
    return size == a->basic_size && size == b->basic_size;
}
bool same_shape(const Type* a, const Type* b) {
    return a->basic_size == b->basic_size && a->item_size == b->item_size && a->dict_offset == b->dict_offset &&
           a->weaklist_offset == b->weaklist_offset &&
           (a->flags & (type_flag::kHaveGc | type_flag::kManagedDict)) == (b->flags & (type_flag::kHaveGc | type_flag::kManagedDict));
}
bool adds_nothing(const Type* type) { return type->base && same_shape(type, type->base); }

}  // namespace

Type* solid_base(Type* type) {
    // FAST: of the same shape, hence with the same solid base. Long chains of plain classes stop here.
    while (adds_nothing(type)) type = type->base;
    Type* base = type->base ? solid_base(type->base) : &object_type;
    return adds_fields(type, base) ? type : base;
}

Fallible<Type*> best_base(Tuple* bases) {
    Type* base = nullptr;
    Type* winner = nullptr;
    for (ssize_t i = 0; i < bases->size; ++i) {
        if (!is_type(bases->items[i])) return raise(exc::TypeError, "bases must be types");
        Type* each = as_type(bases->items[i]);
        if (!each->dict) TRY(type_ready(each));
        if (!each->has(type_flag::kBase)) return raise(exc::TypeError, "type '%.100s' is not an acceptable base type", each->name);
        Type* candidate = solid_base(each);
        if (!winner || (winner != candidate && is_subtype(candidate, winner))) {
            winner = candidate;
            base = each;
        } else if (!is_subtype(winner, candidate)) {
            return raise(exc::TypeError, "multiple bases have instance lay-out conflict");
        }
    }
    return base;
}

bool compatible_for_assignment(Type* old_type, Type* new_type, const char* attribute) {
    if (new_type->free != old_type->free) {
        (void)raise(exc::TypeError, "%s assignment: '%s' deallocator differs from '%s'", attribute, new_type->name, old_type->name);
        return false;
    }
    // Past the classes that add nothing; what is left must be the same class or add the same slots to the same base.
    Type *a = old_type, *b = new_type;
    while (adds_nothing(a)) a = a->base;
    while (adds_nothing(b)) b = b->base;
    bool compatible = a == b || (a->base == b->base && same_slots_added(a, b) && same_shape(a, b));
    if (!compatible)
        (void)raise(exc::TypeError, "%s assignment: '%s' object layout differs from '%s'", attribute, new_type->name, old_type->name);
    return compatible;
}

Fallible<Type*> most_derived_metaclass(Type* metatype, Tuple* bases) {
    Type* winner = metatype;
    for (ssize_t i = 0; i < bases->size; ++i) {
        Type* each = bases->items[i]->type;
        if (is_subtype(winner, each)) continue;
        if (is_subtype(each, winner)) {
            winner = each;
            continue;
        }
        return raise(exc::TypeError,
                     "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses "
                     "of all its bases");
    }
    return winner;
}

bool is_subtype(const Type* type, const Type* base) {
    if (Tuple* mro = type->mro) {
        for (ssize_t i = 0; i < mro->size; ++i)
            if (mro->items[i] == base) return true;
        return false;
    }
    for (; type; type = type->base)
        if (type == base) return true;
    return base == &object_type;
}

}  // namespace py
