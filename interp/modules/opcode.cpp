// _opcode: what `dis` and `opcode` ask the interpreter.
#include <climits>

#include "interp/compiler/opcode.h"
#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/module.h"

namespace py {
namespace {

// The compiler's pseudo instructions, CPython's opcodes -1, -2 …; none grows the stack less where it jumps.
struct PseudoEffect {
    int8_t stays, jumps;
};
constexpr PseudoEffect kPseudoEffects[] = {
    {0, 1},    // SETUP_FINALLY
    {0, 2},    // SETUP_CLEANUP
    {0, 1},    // SETUP_WITH
    {0, 0},    // POP_BLOCK
    {0, 0},    // JUMP
    {0, 0},    // JUMP_NO_INTERRUPT
    {-1, -1},  // POP_JUMP_IF_FALSE
    {-1, -1},  // POP_JUMP_IF_TRUE
};

// _opcode.stack_effect(opcode, oparg=None, /, *, jump=None)
Fallible<Ref<>> opcode_stack_effect(Object*, Object* const* bound) {
    int opcode = TRY(as_c_int(bound[0]));
    Object* argument = bound[1] ? bound[1] : none();
    Object* jump = bound[2] ? bound[2] : none();
    int oparg = 0;
    if (opcode >= kHaveArgument) {
        if (is_none(argument))
            return raise(exc::ValueError, "stack_effect: opcode requires oparg but oparg was not specified");
        oparg = TRY(as_c_int(argument));
    } else if (!is_none(argument)) {
        return raise(exc::ValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
    }
    int direction = jump == none() ? -1 : jump == py_true() ? 1 : 0;
    if (direction == 0 && jump != py_false())
        return raise(exc::ValueError, "stack_effect: jump must be False, True or None");
    if (opcode < 0 && opcode >= -int(std::size(kPseudoEffects))) {
        PseudoEffect pseudo = kPseudoEffects[-opcode - 1];
        return TRY(int_from(direction == 0 ? pseudo.stays : pseudo.jumps));
    }
    int effect = stack_effect(opcode, oparg, direction);
    if (effect == INT_MAX) return raise(exc::ValueError, "invalid opcode or oparg");
    return TRY(int_from(effect));
}

// _opcode.get_specialization_stats()
Fallible<Ref<>> opcode_specialization_stats(Object*) {
    return share(none());
}

MethodDef opcode_methods[] = {
    METHOD("stack_effect", opcode_stack_effect, "($module, opcode, oparg=None, /, *, jump=None)",
           "How much the instruction grows the stack; the larger of both ways where it may jump and jump is None."),
    METHOD_NOARGS("get_specialization_stats", opcode_specialization_stats, "($module, /)",
                  "None: statistics of specialised instructions are not counted."),
    END_ROW,
};

Fallible<void> opcode_execute(Module*) {
    return {};
}

}  // namespace

extern const NativeModule opcode_module;
const NativeModule opcode_module = {"_opcode", "Support for the opcode module.", opcode_methods, opcode_execute};

}  // namespace py
