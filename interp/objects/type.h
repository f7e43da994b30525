// Type objects: PyTypeObject (408 bytes) and PyHeapTypeObject (904), their slot tables and flags, with the C ABI's layout.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

using UnarySlot = Object* (*)(Object*);
using BinarySlot = Object* (*)(Object*, Object*);
using TernarySlot = Object* (*)(Object*, Object*, Object*);
using InquirySlot = int (*)(Object*);
using LengthSlot = ssize_t (*)(Object*);
using IndexSlot = Object* (*)(Object*, ssize_t);
using StoreIndexSlot = int (*)(Object*, ssize_t, Object*);
using StoreSlot = int (*)(Object*, Object*, Object*);
using ContainsSlot = int (*)(Object*, Object*);
using Visit = int (*)(Object*, void*);
using TraverseSlot = int (*)(Object*, Visit, void*);
using DeallocSlot = void (*)(Object*);
using HashSlot = Hash (*)(Object*);
using RichCompareSlot = Object* (*)(Object*, Object*, int);
using InitSlot = int (*)(Object*, Object* args, Object* kwargs);
using NewSlot = Object* (*)(Type*, Object* args, Object* kwargs);
using AllocSlot = Object* (*)(Type*, ssize_t);
using VectorcallSlot = Object* (*)(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);
using SendSlot = int (*)(Object*, Object* value, Object** result);  // PySendResult

// Rich comparison operators, numbered as in COMPARE_OP.
enum CompareOp : int { kLess, kLessEqual, kEqual, kNotEqual, kGreater, kGreaterEqual };

struct NumberMethods {
    BinarySlot add, subtract, multiply, remainder, divmod;
    TernarySlot power;
    UnarySlot negative, positive, absolute;
    InquirySlot boolean;
    UnarySlot invert;
    BinarySlot lshift, rshift, bit_and, bit_xor, bit_or;
    UnarySlot integer;
    void* reserved;
    UnarySlot floating;
    BinarySlot inplace_add, inplace_subtract, inplace_multiply, inplace_remainder;
    TernarySlot inplace_power;
    BinarySlot inplace_lshift, inplace_rshift, inplace_and, inplace_xor, inplace_or;
    BinarySlot floor_divide, true_divide, inplace_floor_divide, inplace_true_divide;
    UnarySlot index;
    BinarySlot matrix_multiply, inplace_matrix_multiply;
};
struct SequenceMethods {
    LengthSlot length;
    BinarySlot concat;
    IndexSlot repeat, item;
    void* was_slice;
    StoreIndexSlot store_item;
    void* was_store_slice;
    ContainsSlot contains;
    BinarySlot inplace_concat;
    IndexSlot inplace_repeat;
};
struct MappingMethods {
    LengthSlot length;
    BinarySlot subscript;
    StoreSlot store_subscript;
};
struct AsyncMethods {
    UnarySlot await, aiter, anext;
    SendSlot send;
};
struct BufferMethods {
    int (*get)(Object*, Buffer*, int flags);
    void (*release)(Object*, Buffer*);
};

// tp_flags bits.
namespace type_flag {
inline constexpr unsigned long kManagedDict = 1ul << 4, kSequence = 1ul << 5, kMapping = 1ul << 6,
                               kDisallowInstantiation = 1ul << 7, kImmutable = 1ul << 8, kHeap = 1ul << 9,
                               kBase = 1ul << 10, kHaveVectorcall = 1ul << 11, kReady = 1ul << 12,
                               kReadying = 1ul << 13, kHaveGc = 1ul << 14, kMethodDescriptor = 1ul << 17,
                               kValidVersion = 1ul << 19, kAbstract = 1ul << 20, kMatchSelf = 1ul << 22,
                               kIntSubclass = 1ul << 24, kListSubclass = 1ul << 25, kTupleSubclass = 1ul << 26,
                               kBytesSubclass = 1ul << 27, kStrSubclass = 1ul << 28, kDictSubclass = 1ul << 29,
                               kExceptionSubclass = 1ul << 30, kTypeSubclass = 1ul << 31,
                               kDefault = 0;
}  // namespace type_flag

struct Type : VarObject {
    const char* name;  // "module.Name" for static types outside builtins
    ssize_t basic_size, item_size;
    DeallocSlot dealloc;
    ssize_t vectorcall_offset;
    void* old_getattr;
    void* old_setattr;
    AsyncMethods* as_async;
    UnarySlot repr;
    NumberMethods* as_number;
    SequenceMethods* as_sequence;
    MappingMethods* as_mapping;
    HashSlot hash;
    TernarySlot call;
    UnarySlot str;
    BinarySlot getattro;
    StoreSlot setattro;
    BufferMethods* as_buffer;
    unsigned long flags;
    const char* doc;
    TraverseSlot traverse;
    InquirySlot clear;
    RichCompareSlot richcompare;
    ssize_t weaklist_offset;
    UnarySlot iter;
    UnarySlot iternext;  // null without exception: exhausted
    MethodDef* methods;
    MemberDef* members;
    GetSetDef* getset;
    Type* base;
    Dict* dict;
    TernarySlot descr_get;
    StoreSlot descr_set;
    ssize_t dict_offset;
    InitSlot init;
    AllocSlot alloc;
    NewSlot new_;
    void (*free)(void*);
    InquirySlot is_gc;
    Tuple* bases;
    Tuple* mro;
    Object* cache;
    Dict* subclasses;
    Object* weaklist;
    DeallocSlot del;
    unsigned version_tag;  // 0: none valid. Changes with every change of the type or its bases.
    DeallocSlot finalize;
    VectorcallSlot vectorcall;

    bool has(unsigned long flag) const { return flags & flag; }
};
static_assert(sizeof(Type) == 408 && offsetof(Type, dealloc) == 48 && offsetof(Type, flags) == 168 &&
              offsetof(Type, dict) == 264 && offsetof(Type, mro) == 344 && offsetof(Type, vectorcall) == 400);

// A class made at run time.
struct HeapType : Type {
    AsyncMethods async_methods;
    NumberMethods number_methods;
    MappingMethods mapping_methods;
    SequenceMethods sequence_methods;
    BufferMethods buffer_methods;
    Str* ht_name;
    Tuple* ht_slots;
    Str* ht_qualname;
    DictKeys* ht_cached_keys;  // shared keys of the instances' dicts
    Object* ht_module;
    char* ht_tpname;
    Function* cached_getitem;  // BINARY_SUBSCR_GETITEM's cache, as _spec_cache in 3.11
};
static_assert(sizeof(HeapType) == 904 && offsetof(HeapType, ht_name) == 848);

// What a static type's definition names; everything left out is null and inherited by type_ready. In declaration order.
struct TypeSpec {
    const char* name;
    ssize_t basic_size = sizeof(Object), item_size = 0;
    Type* base = nullptr;
    unsigned long flags = 0;  // or-ed with type_flag::kDefault
    const char* doc = nullptr;
    DeallocSlot dealloc = nullptr;
    TraverseSlot traverse = nullptr;
    InquirySlot clear = nullptr;
    DeallocSlot finalize = nullptr;
    UnarySlot repr = nullptr, str = nullptr;
    HashSlot hash = nullptr;
    RichCompareSlot richcompare = nullptr;
    TernarySlot call = nullptr;
    ssize_t vectorcall_offset = 0;
    VectorcallSlot vectorcall = nullptr;  // of the type itself: Type(args…)
    BinarySlot getattro = nullptr;
    StoreSlot setattro = nullptr;
    UnarySlot iter = nullptr, iternext = nullptr;
    NumberMethods* number = nullptr;
    SequenceMethods* sequence = nullptr;
    MappingMethods* mapping = nullptr;
    AsyncMethods* async = nullptr;
    BufferMethods* buffer = nullptr;
    MethodDef* methods = nullptr;
    MemberDef* members = nullptr;
    GetSetDef* getset = nullptr;
    TernarySlot descr_get = nullptr;
    StoreSlot descr_set = nullptr;
    ssize_t dict_offset = 0, weaklist_offset = 0;
    InitSlot init = nullptr;
    NewSlot new_ = nullptr;
    AllocSlot alloc = nullptr;
    void (*free)(void*) = nullptr;
    InquirySlot is_gc = nullptr;
};
extern Type type_type asm("PyType_Type");
extern Type object_type asm("PyBaseObject_Type");

// `constinit Type list_type = static_type({.name = "list", …});` A type object in static storage, not yet ready.
constexpr Type static_type(const TypeSpec& s) {
    Type t{};
    t.refcount = kImmortalRefcount;
    t.type = &type_type;
    t.name = s.name, t.basic_size = s.basic_size, t.item_size = s.item_size, t.base = s.base;
    t.flags = s.flags | type_flag::kDefault | type_flag::kImmutable;
    t.doc = s.doc, t.dealloc = s.dealloc, t.traverse = s.traverse, t.clear = s.clear, t.finalize = s.finalize;
    t.repr = s.repr, t.str = s.str, t.hash = s.hash, t.richcompare = s.richcompare, t.call = s.call;
    t.vectorcall_offset = s.vectorcall_offset, t.vectorcall = s.vectorcall;
    t.getattro = s.getattro, t.setattro = s.setattro, t.iter = s.iter, t.iternext = s.iternext;
    t.as_number = s.number, t.as_sequence = s.sequence, t.as_mapping = s.mapping, t.as_async = s.async;
    t.as_buffer = s.buffer, t.methods = s.methods, t.members = s.members, t.getset = s.getset;
    t.descr_get = s.descr_get, t.descr_set = s.descr_set;
    t.dict_offset = s.dict_offset, t.weaklist_offset = s.weaklist_offset;
    t.init = s.init, t.new_ = s.new_, t.alloc = s.alloc, t.free = s.free, t.is_gc = s.is_gc;
    return t;
}

inline bool is_type(const Object* object) { return object->type->has(type_flag::kTypeSubclass); }

// Completes a static type: base, dict with slot wrappers, methods, members, getsets, MRO, inherited slots (PyType_Ready).
Fallible<void> type_ready(Type* type);
// Readies every type of types.def, in order. Aborts on failure.
void ready_builtin_types();

inline bool is_exact(const Object* object, const Type& type) { return object->type == &type; }
bool is_subtype(const Type* type, const Type* base);  // along the MRO; never runs Python
inline bool is_instance_of(const Object* object, const Type& type) {
    return object->type == &type || is_subtype(object->type, &type);
}
// Look-up along the MRO, through the type cache. Borrowed, null when absent; never raises, never runs Python for str keys.
Object* type_lookup(Type* type, Str* name);
// Must be called after any change of type's dict: invalidates version tags down the subclasses.
void type_modified(Type* type);
void type_cache_clear();  // forgets what look-ups found: names in the cache are held
// Gives `type` a version tag if it has none. False when tags have run out.
bool type_assign_version(Type* type);
const char* type_name_tail(const Type* type);   // name behind the last dot
const char* type_short_name(const Type* type);  // that of static types; of classes, the whole name
Fallible<Ref<Str>> type_module_name(Type* type);
Fallible<Ref<Str>> type_qualname(Type* type);
// Allocates an instance with `items` variable items, zeroed, tracked by the collector when the type has kHaveGc.
Object* generic_alloc(Type* type, ssize_t items);
Object* generic_new(Type* type, Object* args, Object* kwargs);
// Calls metaclass machinery as the statement `class` does once the namespace is filled. Runs Python.
Fallible<Ref<>> type_call(Type* metatype, Object* args, Object* kwargs);
// The metaclass that all bases agree on, or TypeError (metaclass conflict).
Fallible<Type*> most_derived_metaclass(Type* metatype, Tuple* bases);

}  // namespace py
