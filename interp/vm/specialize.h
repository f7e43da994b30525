// Adaptive specialisation (PEP 659): which form an instruction turns into at the place where it stands, and its caches.
// The caches are the 16-bit units behind the instruction; layouts below. All forms are private to the running copy.
#pragma once

#include <cstring>

#include "interp/compiler/opcode.h"
#include "interp/vm/frame.h"

namespace py {

// Counters start here when the operands were looked at. An adaptive form counts its runs down, a specialised one its misses (where
// two types take turns, it still fits every other time); at 0 the operands are looked at again.
inline constexpr uint16_t kBackoff = 64;

struct AttributeCache {  // LOAD_ATTR, STORE_ATTR: 4 units
    uint16_t counter;
    uint16_t version[2];
    uint16_t index;
};
struct MethodCache {  // LOAD_METHOD: 10 units
    uint16_t counter;
    uint16_t type_version[2];
    uint16_t dict_offset;
    uint16_t keys_version[2];
    uint16_t descriptor[4];
};
struct GlobalCache {  // LOAD_GLOBAL: 5 units
    uint16_t counter;
    uint16_t index;
    uint16_t module_version[2];
    uint16_t builtin_version;
};
struct CallCache {  // CALL: 4 units
    uint16_t counter;
    uint16_t function_version[2];
    uint16_t min_args;
};
struct SubscriptCache {  // BINARY_SUBSCR: 4 units
    uint16_t counter;
    uint16_t type_version[2];
    uint16_t function_version;
};
struct CompareCache {  // COMPARE_OP: 2 units
    uint16_t counter;
    uint16_t mask;
};

inline uint32_t read32(const uint16_t* units) {
    uint32_t value;
    std::memcpy(&value, units, 4);
    return value;
}
inline void write32(uint16_t* units, uint32_t value) { std::memcpy(units, &value, 4); }
inline Object* read_object(const uint16_t* units) {
    Object* value;
    std::memcpy(&value, units, 8);
    return value;
}
inline void write_object(uint16_t* units, Object* value) { std::memcpy(units, &value, 8); }

// What PRECALL compares callables with; set when builtins are made. Borrowed, immortal for the process.
extern Object* len_builtin;
extern Object* isinstance_builtin;
extern Object* list_append_descriptor;

// Turns generic instructions of hot code into adaptive forms and superinstructions.
void quicken(Code* code);

// Each looks at the operands and rewrites *instruction (and its cache), or sets the counter to back off.
void specialize_load_attr(Object* owner, CodeUnit* instruction, Str* name);
void specialize_store_attr(Object* owner, CodeUnit* instruction, Str* name);
void specialize_load_method(Object* owner, CodeUnit* instruction, Str* name);
void specialize_load_global(Object* globals, Object* builtins, CodeUnit* instruction, Str* name);
void specialize_binary_op(Object* left, Object* right, CodeUnit* instruction, int oparg, Object** locals);
void specialize_compare_op(Object* left, Object* right, CodeUnit* instruction, int oparg);
void specialize_binary_subscr(Object* container, Object* key, CodeUnit* instruction);
void specialize_store_subscr(Object* container, Object* key, CodeUnit* instruction);
void specialize_unpack_sequence(Object* sequence, CodeUnit* instruction, int oparg);
void specialize_precall(Object* callable, CodeUnit* instruction, int nargs, Object* kwnames, int oparg);
void specialize_call(Object* callable, CodeUnit* instruction, int nargs, Object* kwnames);

}  // namespace py
