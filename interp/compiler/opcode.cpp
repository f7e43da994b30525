// Instruction names and properties from opcodes.def, and stack effects.
#include "interp/compiler/opcode.h"

#include <climits>

namespace py {
namespace {

// Instructions whose effect does not depend on the operand; kVaries: see varying_effect.
constexpr int kVaries = 1000;
int fixed_effect(int opcode) {
    switch (opcode) {
        case NOP:
        case CACHE:
        case RESUME:
        case EXTENDED_ARG:
        case SWAP:
        case UNARY_POSITIVE:
        case UNARY_NEGATIVE:
        case UNARY_NOT:
        case UNARY_INVERT:
        case GET_ITER:
        case GET_AITER:
        case GET_YIELD_FROM_ITER:
        case SETUP_ANNOTATIONS:
        case ASYNC_GEN_WRAP:
        case YIELD_VALUE:
        case DELETE_NAME:
        case DELETE_GLOBAL:
        case LOAD_ATTR:
        case CHECK_EXC_MATCH:
        case CHECK_EG_MATCH:
        case JUMP_FORWARD:
        case JUMP_BACKWARD:
        case JUMP_BACKWARD_NO_INTERRUPT:
        case DELETE_FAST:
        case RETURN_GENERATOR:
        case KW_NAMES:
        case MAKE_CELL:
        case COPY_FREE_VARS:
        case DELETE_DEREF:
        case GET_AWAITABLE:
        case LIST_TO_TUPLE: return 0;
        case LOAD_BUILD_CLASS:
        case LOAD_CONST:
        case LOAD_NAME:
        case IMPORT_FROM:
        case PUSH_EXC_INFO:
        case WITH_EXCEPT_START:
        case LOAD_FAST:
        case LOAD_METHOD:
        case LOAD_CLOSURE:
        case LOAD_DEREF:
        case LOAD_CLASSDEREF:
        case BEFORE_ASYNC_WITH:
        case BEFORE_WITH:
        case GET_ANEXT:
        case LOAD_ASSERTION_ERROR:
        case COPY:
        case PUSH_NULL:
        case GET_LEN:
        case MATCH_MAPPING:
        case MATCH_SEQUENCE:
        case MATCH_KEYS: return 1;
        case POP_TOP:
        case SET_ADD:
        case LIST_APPEND:
        case BINARY_SUBSCR:
        case PRINT_EXPR:
        case RETURN_VALUE:
        case IMPORT_STAR:
        case POP_EXCEPT:
        case STORE_NAME:
        case DELETE_ATTR:
        case STORE_GLOBAL:
        case COMPARE_OP:
        case IS_OP:
        case CONTAINS_OP:
        case IMPORT_NAME:
        case PREP_RERAISE_STAR:
        case RERAISE:
        case STORE_FAST:
        case CALL:
        case STORE_DEREF:
        case LIST_EXTEND:
        case SET_UPDATE:
        case DICT_MERGE:
        case DICT_UPDATE:
        case BINARY_OP:
        case POP_JUMP_FORWARD_IF_FALSE:
        case POP_JUMP_FORWARD_IF_TRUE:
        case POP_JUMP_FORWARD_IF_NONE:
        case POP_JUMP_FORWARD_IF_NOT_NONE:
        case POP_JUMP_BACKWARD_IF_FALSE:
        case POP_JUMP_BACKWARD_IF_TRUE:
        case POP_JUMP_BACKWARD_IF_NONE:
        case POP_JUMP_BACKWARD_IF_NOT_NONE: return -1;
        case MAP_ADD:
        case DELETE_SUBSCR:
        case STORE_ATTR:
        case END_ASYNC_FOR:
        case MATCH_CLASS: return -2;
        case STORE_SUBSCR: return -3;
        default: return kVaries;
    }
}

int varying_effect(int opcode, int oparg, bool jump) {
    switch (opcode) {
        case UNPACK_SEQUENCE: return oparg - 1;
        case UNPACK_EX: return (oparg & 0xFF) + (oparg >> 8);
        case FOR_ITER: return jump ? -1 : 1;
        case SEND: return jump ? -1 : 0;
        case JUMP_IF_TRUE_OR_POP:
        case JUMP_IF_FALSE_OR_POP: return jump ? 0 : -1;
        case BUILD_TUPLE:
        case BUILD_LIST:
        case BUILD_SET:
        case BUILD_STRING: return 1 - oparg;
        case BUILD_MAP: return 1 - 2 * oparg;
        case BUILD_CONST_KEY_MAP:
        case RAISE_VARARGS:
        case PRECALL: return -oparg;
        case LOAD_GLOBAL: return (oparg & 1) + 1;
        case CALL_FUNCTION_EX: return -2 - (oparg & 1);
        case MAKE_FUNCTION: return -__builtin_popcount(unsigned(oparg) & 0xF);
        case BUILD_SLICE: return oparg == 3 ? -2 : -1;
        case FORMAT_VALUE: return (oparg & 4) ? -1 : 0;
        default: return INT_MAX;
    }
}

}  // namespace

namespace {

struct Row {
    int number;
    OpcodeInfo info;
};
constexpr Row kGeneric[] = {
#define OPCODE(name, number, caches, operand) {number, {#name, caches, OperandKind::operand, number}},
#include "interp/compiler/opcodes.def"
};

constexpr OpcodeInfo info_of(int number) {
    for (const Row& row : kGeneric)
        if (row.number == number) return row.info;
#define SPECIALIZED(name, specialized, generic) \
    if (number == specialized) return {#name, info_of(generic).cache_units, info_of(generic).operand, generic};
#include "interp/compiler/opcodes.def"
    return {nullptr, 0, OperandKind::None, uint8_t(number)};
}

}  // namespace

#define ROW1(n) info_of(n)
#define ROW4(n) ROW1(n), ROW1(n + 1), ROW1(n + 2), ROW1(n + 3)
#define ROW16(n) ROW4(n), ROW4(n + 4), ROW4(n + 8), ROW4(n + 12)
#define ROW64(n) ROW16(n), ROW16(n + 16), ROW16(n + 32), ROW16(n + 48)
constinit const OpcodeInfo opcode_info[256] = {ROW64(0), ROW64(64), ROW64(128), ROW64(192)};
#undef ROW1
#undef ROW4
#undef ROW16
#undef ROW64

int stack_effect(int opcode, int oparg, int jump) {
    if (opcode < 0 || opcode > 255) return INT_MAX;
    int fixed = fixed_effect(opcode);
    if (fixed != kVaries) return fixed;
    if (jump >= 0) return varying_effect(opcode, oparg, jump != 0);
    int taken = varying_effect(opcode, oparg, true), not_taken = varying_effect(opcode, oparg, false);
    return taken > not_taken ? taken : not_taken;
}

}  // namespace py
