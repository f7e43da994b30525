// The instruction numbers and their properties, made from opcodes.def.
#pragma once

#include <cstdint>

namespace py {

enum Opcode : uint8_t {
#define OPCODE(name, number, caches, operand) name = number,
#define SPECIALIZED(name, number, generic) name = number,
#include "interp/compiler/opcodes.def"
};
enum class OperandKind : uint8_t { None, Arg, Const, Name, JumpForward, JumpBackward, Local, Free, Compare };
struct OpcodeInfo {
    const char* name;      // null: no such instruction
    uint8_t cache_units;   // 16-bit units behind the instruction
    OperandKind operand;
    uint8_t generic;       // itself, or the instruction a specialised form stands for
};
extern const OpcodeInfo opcode_info[256];
inline constexpr int kHaveArgument = 90;
inline constexpr int kLastDocumentedOpcode = 180;  // specialised forms beyond it are ours alone
// What an instruction pushes minus what it pops; jump: 1 when the branch is taken, 0 when not, -1 the larger of both.
// INT_MAX: not an instruction.
int stack_effect(int opcode, int oparg, int jump);

}  // namespace py
