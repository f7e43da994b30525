// Choosing specialised forms: quickening, operators, subscripts, globals. Attributes and calls: specialize_*.cpp.
#include "interp/vm/specialize.h"

#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"

namespace py {

Object* len_builtin = nullptr;
Object* isinstance_builtin = nullptr;
Object* list_append_descriptor = nullptr;

namespace {

uint8_t adaptive_form(uint8_t opcode) {
    switch (opcode) {
        case BINARY_OP: return BINARY_OP_ADAPTIVE;
        case BINARY_SUBSCR: return BINARY_SUBSCR_ADAPTIVE;
        case CALL: return CALL_ADAPTIVE;
        case COMPARE_OP: return COMPARE_OP_ADAPTIVE;
        case LOAD_ATTR: return LOAD_ATTR_ADAPTIVE;
        case LOAD_GLOBAL: return LOAD_GLOBAL_ADAPTIVE;
        case LOAD_METHOD: return LOAD_METHOD_ADAPTIVE;
        case PRECALL: return PRECALL_ADAPTIVE;
        case STORE_ATTR: return STORE_ATTR_ADAPTIVE;
        case STORE_SUBSCR: return STORE_SUBSCR_ADAPTIVE;
        case UNPACK_SEQUENCE: return UNPACK_SEQUENCE_ADAPTIVE;
        case EXTENDED_ARG: return EXTENDED_ARG_QUICK;
        case JUMP_BACKWARD: return JUMP_BACKWARD_QUICK;
        case RESUME: return RESUME_QUICK;
        default: return opcode;
    }
}

// The pair that runs as one; 0: none. The first instruction's operand must not be widened by EXTENDED_ARG, which holds
// because the pair is only formed when the unit before it is no EXTENDED_ARG.
uint8_t superinstruction(uint8_t first, uint8_t second) {
    if (first == LOAD_FAST && second == LOAD_FAST) return LOAD_FAST__LOAD_FAST;
    if (first == LOAD_FAST && second == LOAD_CONST) return LOAD_FAST__LOAD_CONST;
    if (first == LOAD_FAST && second == LOAD_ATTR) return LOAD_FAST__LOAD_ATTR;
    if (first == LOAD_FAST && second == STORE_ATTR) return LOAD_FAST__STORE_ATTR;
    if (first == LOAD_CONST && second == LOAD_FAST) return LOAD_CONST__LOAD_FAST;
    if (first == STORE_FAST && second == LOAD_FAST) return STORE_FAST__LOAD_FAST;
    if (first == STORE_FAST && second == STORE_FAST) return STORE_FAST__STORE_FAST;
    return 0;
}

void back_off(CodeUnit* instruction) { *reinterpret_cast<uint16_t*>(instruction + 1) = kBackoff; }

}  // namespace

void quicken(Code* code) {
    CodeUnit* units = code->units;
    int previous = -1;
    uint8_t previous_opcode = 0;
    for (ssize_t i = 0; i < code->size; ++i) {
        uint8_t opcode = units[i].opcode;
        if (opcode_info[opcode].generic != opcode) return;  // done before
        if (previous >= 0) {
            if (uint8_t pair = superinstruction(previous_opcode, opcode)) {
                if (previous == 0 || units[previous - 1].opcode != EXTENDED_ARG_QUICK) units[previous].opcode = pair;
            }
        }
        units[i].opcode = adaptive_form(opcode);
        int caches = opcode_info[opcode].cache_units;
        previous = caches ? -1 : int(i);
        previous_opcode = opcode;
        i += caches;
    }
}

void specialize_load_global(Object* globals, Object* builtins, CodeUnit* instruction, Str* name) {
    auto* cache = reinterpret_cast<GlobalCache*>(instruction + 1);
    back_off(instruction);
    if (!is_dict_exact(globals) || !is_dict_exact(builtins)) return;
    DictKeys* keys = as_dict(globals)->keys;
    if (keys->kind != kStrKeys) return;
    ssize_t index = dict_keys_index(keys, name);
    uint32_t version = dict_keys_version(keys);
    if (!version || index > UINT16_MAX) return;
    if (index >= 0) {
        if (!keys->str_entries()[index].value) return;
        cache->index = uint16_t(index);
        write32(cache->module_version, version);
        instruction->opcode = LOAD_GLOBAL_MODULE;
        return;
    }
    DictKeys* builtin_keys = as_dict(builtins)->keys;
    if (builtin_keys->kind != kStrKeys) return;
    index = dict_keys_index(builtin_keys, name);
    uint32_t builtin_version = dict_keys_version(builtin_keys);
    if (index < 0 || index > UINT16_MAX || !builtin_version || builtin_version > UINT16_MAX) return;
    cache->index = uint16_t(index);
    write32(cache->module_version, version);
    cache->builtin_version = uint16_t(builtin_version);
    instruction->opcode = LOAD_GLOBAL_BUILTIN;
}

void specialize_binary_op(Object* left, Object* right, CodeUnit* instruction, int oparg, Object** locals) {
    back_off(instruction);
    auto operation = static_cast<int>(oparg);
    constexpr int kAdd = 0, kMultiply = 5, kPower = 8, kSubtract = 10, kTrueDivide = 11, kInplace = 13;
    bool add = operation == kAdd || operation == kAdd + kInplace;
    bool multiply = operation == kMultiply || operation == kMultiply + kInplace;
    bool subtract = operation == kSubtract || operation == kSubtract + kInplace;
    bool divide = operation == kTrueDivide || operation == kTrueDivide + kInplace;
    if (is_int_exact(left) && is_int_exact(right)) {
        if (add) instruction->opcode = BINARY_OP_ADD_INT;
        if (multiply) instruction->opcode = BINARY_OP_MULTIPLY_INT;
        if (subtract) instruction->opcode = BINARY_OP_SUBTRACT_INT;
        if (divide) instruction->opcode = BINARY_OP_REAL;
        if (!add && !multiply && !subtract && !divide && operation % kInplace != kPower) instruction->opcode = BINARY_OP_SMALL_INT;
    } else if (is_float_exact(left) && is_float_exact(right)) {
        if (add) instruction->opcode = BINARY_OP_ADD_FLOAT;
        if (multiply) instruction->opcode = BINARY_OP_MULTIPLY_FLOAT;
        if (subtract) instruction->opcode = BINARY_OP_SUBTRACT_FLOAT;
        if (divide) instruction->opcode = BINARY_OP_REAL;
    } else if ((is_float_exact(left) && is_int_exact(right)) || (is_int_exact(left) && is_float_exact(right))) {
        if (add || multiply || subtract || divide) instruction->opcode = BINARY_OP_REAL;
    } else if (add && is_str_exact(left) && is_str_exact(right)) {
        CodeUnit store = instruction[1 + opcode_info[BINARY_OP].cache_units];
        bool to_local = store.opcode == STORE_FAST || store.opcode == STORE_FAST__LOAD_FAST;
        bool in_place = store.opcode == STORE_FAST && to_local && locals[store.oparg] == left;
        instruction->opcode = in_place ? BINARY_OP_INPLACE_ADD_UNICODE : BINARY_OP_ADD_UNICODE;
    }
}

void specialize_compare_op(Object* left, Object* right, CodeUnit* instruction, int oparg) {
    back_off(instruction);
    CodeUnit jump = instruction[1 + opcode_info[COMPARE_OP].cache_units];
    bool backward = jump.opcode == POP_JUMP_BACKWARD_IF_FALSE || jump.opcode == POP_JUMP_BACKWARD_IF_TRUE;
    bool on_true = jump.opcode == POP_JUMP_FORWARD_IF_TRUE || jump.opcode == POP_JUMP_BACKWARD_IF_TRUE;
    if (!backward && !on_true && jump.opcode != POP_JUMP_FORWARD_IF_FALSE) return;
    // Outcomes (less 1, equal 2, greater 4, unordered 8) for which each operator is true.
    static constexpr uint8_t kTrueFor[] = {1, 3, 2, 1 | 4 | 8, 4, 6};
    unsigned mask = kTrueFor[oparg];
    if (!on_true) mask = ~mask & 15;
    if (backward) mask |= 16;
    uint8_t form = 0;
    if (is_int_exact(left) && is_int_exact(right)) {
        if (as_int(left)->is_compact() && as_int(right)->is_compact()) form = COMPARE_OP_INT_JUMP;
    } else if (is_float_exact(left) && is_float_exact(right)) {
        form = COMPARE_OP_FLOAT_JUMP;
    } else if (is_str_exact(left) && is_str_exact(right) && (oparg == 2 || oparg == 3)) {
        form = COMPARE_OP_STR_JUMP;
    }
    if (!form) return;
    reinterpret_cast<CompareCache*>(instruction + 1)->mask = uint16_t(mask);
    instruction->opcode = form;
}

void specialize_binary_subscr(Object* container, Object* key, CodeUnit* instruction) {
    back_off(instruction);
    if (is_list_exact(container)) {
        if (is_int_exact(key)) instruction->opcode = BINARY_SUBSCR_LIST_INT;
    } else if (is_tuple_exact(container)) {
        if (is_int_exact(key)) instruction->opcode = BINARY_SUBSCR_TUPLE_INT;
    } else if (is_str_exact(container)) {
        if (is_int_exact(key)) instruction->opcode = BINARY_SUBSCR_STR_INT;
    } else if (is_dict_exact(container)) {
        instruction->opcode = BINARY_SUBSCR_DICT;
    } else if (container->type->has(type_flag::kHeap)) {
        Object* getitem = type_lookup(container->type, "__getitem__"_name);
        if (!getitem || !is_function(getitem)) return;
        auto* function = static_cast<Function*>(getitem);
        Code* code = function->code;
        int unusual = kCoVarargs | kCoVarkeywords | kCoGenerator | kCoCoroutine | kCoAsyncGenerator;
        if (code->argcount != 2 || code->keyword_only_argcount || (code->flags & unusual)) return;
        uint32_t version = function_version(function);
        if (!version || version > UINT16_MAX || !type_assign_version(container->type)) return;
        auto* cache = reinterpret_cast<SubscriptCache*>(instruction + 1);
        write32(cache->type_version, container->type->version_tag);
        cache->function_version = uint16_t(version);
        static_cast<HeapType*>(container->type)->cached_getitem = function;
        instruction->opcode = BINARY_SUBSCR_GETITEM;
    }
}

void specialize_store_subscr(Object* container, Object* key, CodeUnit* instruction) {
    back_off(instruction);
    if (is_list_exact(container) && is_int_exact(key))
        instruction->opcode = STORE_SUBSCR_LIST_INT;
    else if (is_dict_exact(container))
        instruction->opcode = STORE_SUBSCR_DICT;
}

void specialize_unpack_sequence(Object* sequence, CodeUnit* instruction, int oparg) {
    back_off(instruction);
    if (is_tuple_exact(sequence) && as_tuple(sequence)->size == oparg)
        instruction->opcode = oparg == 2 ? UNPACK_SEQUENCE_TWO_TUPLE : UNPACK_SEQUENCE_TUPLE;
    else if (is_list_exact(sequence) && as_list(sequence)->size == oparg)
        instruction->opcode = UNPACK_SEQUENCE_LIST;
}

}  // namespace py
