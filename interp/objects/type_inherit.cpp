// What a type takes over from its bases: sizes, flags, and every slot it leaves empty.
#include "interp/objects/memory.h"
#include "interp/objects/type_internal.h"

namespace py {
namespace {

constexpr unsigned long kKindFlags = type_flag::kIntSubclass | type_flag::kListSubclass | type_flag::kTupleSubclass |
                                     type_flag::kBytesSubclass | type_flag::kStrSubclass | type_flag::kDictSubclass |
                                     type_flag::kExceptionSubclass | type_flag::kTypeSubclass;

// Copies a slot that `type` leaves empty, when `base` defines it itself rather than having it from its own base.
#define COPY(owner, slot)                                                                                    \
    if (!type->slot && base->slot && (!root || base->slot != root->slot)) type->slot = base->slot
#define COPY_IN(table, slot)                                                                                 \
    if (!type->table->slot && base->table->slot && (!root_table || base->table->slot != root_table->slot))   \
    type->table->slot = base->table->slot

void inherit_number(Type* type, Type* base, Type* root) {
    if (!type->as_number || !base->as_number) return;
    NumberMethods* root_table = root ? root->as_number : nullptr;
#define NUMBER(slot) COPY_IN(as_number, slot);
    NUMBER(add) NUMBER(subtract) NUMBER(multiply) NUMBER(remainder) NUMBER(divmod) NUMBER(power) NUMBER(negative)
    NUMBER(positive) NUMBER(absolute) NUMBER(boolean) NUMBER(invert) NUMBER(lshift) NUMBER(rshift) NUMBER(bit_and)
    NUMBER(bit_xor) NUMBER(bit_or) NUMBER(integer) NUMBER(floating) NUMBER(inplace_add) NUMBER(inplace_subtract)
    NUMBER(inplace_multiply) NUMBER(inplace_remainder) NUMBER(inplace_power) NUMBER(inplace_lshift) NUMBER(inplace_rshift)
    NUMBER(inplace_and) NUMBER(inplace_xor) NUMBER(inplace_or) NUMBER(true_divide) NUMBER(floor_divide)
    NUMBER(inplace_true_divide) NUMBER(inplace_floor_divide) NUMBER(index) NUMBER(matrix_multiply)
    NUMBER(inplace_matrix_multiply)
#undef NUMBER
}
void inherit_containers(Type* type, Type* base, Type* root) {
    if (type->as_async && base->as_async) {
        AsyncMethods* root_table = root ? root->as_async : nullptr;
        COPY_IN(as_async, await);
        COPY_IN(as_async, aiter);
        COPY_IN(as_async, anext);
        COPY_IN(as_async, send);
    }
    if (type->as_sequence && base->as_sequence) {
        SequenceMethods* root_table = root ? root->as_sequence : nullptr;
        COPY_IN(as_sequence, length);
        COPY_IN(as_sequence, concat);
        COPY_IN(as_sequence, repeat);
        COPY_IN(as_sequence, item);
        COPY_IN(as_sequence, store_item);
        COPY_IN(as_sequence, contains);
        COPY_IN(as_sequence, inplace_concat);
        COPY_IN(as_sequence, inplace_repeat);
    }
    if (type->as_mapping && base->as_mapping) {
        MappingMethods* root_table = root ? root->as_mapping : nullptr;
        COPY_IN(as_mapping, length);
        COPY_IN(as_mapping, subscript);
        COPY_IN(as_mapping, store_subscript);
    }
    if (type->as_buffer && base->as_buffer) {
        BufferMethods* root_table = root ? root->as_buffer : nullptr;
        COPY_IN(as_buffer, get);
        COPY_IN(as_buffer, release);
    }
}

bool overrides_hash(Type* type) {
    return dict_get_str(type->dict, "__eq__"_name) || dict_get_str(type->dict, "__hash__"_name);
}
// Comparison and hash come together or not at all: one without the other would break `a == b` implies equal hashes.
void inherit_comparison(Type* type, Type* base) {
    if (type->richcompare || type->hash || overrides_hash(type)) return;
    type->richcompare = base->richcompare;
    type->hash = base->hash;
}
void inherit_call(Type* type, Type* base, Type* root) {
    COPY(type, vectorcall_offset);
    if (!type->call && base->has(type_flag::kHaveVectorcall)) type->flags |= type_flag::kHaveVectorcall;
    COPY(type, call);
}
void inherit_descriptor(Type* type, Type* base, Type* root) {
    COPY(type, descr_get);
    // Calls without a bound method are right only while __get__ stays what it is.
    if (type->descr_get && type->descr_get == base->descr_get && type->has(type_flag::kImmutable) &&
        base->has(type_flag::kMethodDescriptor))
        type->flags |= type_flag::kMethodDescriptor;
    COPY(type, descr_set);
}
void inherit_free(Type* type, Type* base, Type* root) {
    if (type->has(type_flag::kHaveGc) == base->has(type_flag::kHaveGc)) {
        COPY(type, free);
    } else if (type->has(type_flag::kHaveGc) && !type->free && base->free == object_free_slot) {
        type->free = gc_object_free_slot;
    }
}
#undef COPY_IN

}  // namespace

void inherit_special(Type* type, Type* base) {
    type->flags |= base->flags & type_flag::kManagedDict;
    if (!type->has(type_flag::kHaveGc) && base->has(type_flag::kHaveGc) && !type->traverse && !type->clear) {
        type->flags |= type_flag::kHaveGc;
        type->traverse = base->traverse;
        type->clear = base->clear;
    }
    if (!type->basic_size) type->basic_size = base->basic_size;
    if (!type->item_size) type->item_size = base->item_size;
    if (!type->weaklist_offset) type->weaklist_offset = base->weaklist_offset;
    if (!type->dict_offset) type->dict_offset = base->dict_offset;
    type->flags |= base->flags & (kKindFlags | type_flag::kMatchSelf);
}

void inherit_slots(Type* type, Type* base) {
    Type* root = base->base;
    inherit_number(type, base, root);
    inherit_containers(type, base, root);
    COPY(type, dealloc);
    if (!type->getattro && !type->old_getattr) {
        type->getattro = base->getattro;
        type->old_getattr = base->old_getattr;
    }
    if (!type->setattro && !type->old_setattr) {
        type->setattro = base->setattro;
        type->old_setattr = base->old_setattr;
    }
    COPY(type, repr);
    inherit_call(type, base, root);
    COPY(type, str);
    inherit_comparison(type, base);
    COPY(type, iter);
    COPY(type, iternext);
    inherit_descriptor(type, base, root);
    COPY(type, dict_offset);
    COPY(type, init);
    COPY(type, alloc);
    COPY(type, is_gc);
    COPY(type, finalize);
    inherit_free(type, base, root);
}
#undef COPY

}  // namespace py
