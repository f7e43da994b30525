// The control-flow graph of one code object: basic blocks of instructions, and the passes that turn what the code
// generator emitted into what 3.11 runs. Jumps name blocks until the assembler knows offsets.
#pragma once

#include "interp/compiler/constant.h"
#include "interp/compiler/opcode.h"
#include "interp/objects/fallible.h"
#include "interp/parser/ast.h"

namespace py::compiler {

// Instructions that only exist here; later passes replace or remove them.
enum PseudoOpcode : int {
    SETUP_FINALLY = 256,  // exceptions from here on go to the target
    SETUP_CLEANUP,        // the same, the handler gets the instruction offset pushed as well
    SETUP_WITH,
    POP_BLOCK,  // ends the innermost SETUP
    JUMP,
    JUMP_NO_INTERRUPT,
    POP_JUMP_IF_FALSE,
    POP_JUMP_IF_TRUE,
    POP_JUMP_IF_NONE,
    POP_JUMP_IF_NOT_NONE,
};

using Location = ast::Range;
inline constexpr Location kNoLocation{-1, -1, -1, -1};

struct Block;
struct Instruction {
    int opcode = NOP;
    int oparg = 0;
    Block* target = nullptr;   // of jumps and SETUPs
    Block* handler = nullptr;  // where an exception raised here goes
    Location location = kNoLocation;
};

struct HandlerStack {  // handlers active at a point, innermost first
    Block* handler;
    HandlerStack* outer;
};

struct Block {
    ast::Buffer<Instruction> code;
    Block* next = nullptr;
    HandlerStack* handlers = nullptr;
    int predecessors = 0;
    int start_depth = -1;
    int offset = 0;               // in code units
    bool preserve_lasti = false;  // as a handler: offset of the raising instruction is pushed
    bool visited = false;
    bool leaves = false;  // ends in return or raise
    bool no_fallthrough = false;

    bool empty() const { return code.empty(); }
    Instruction* last() { return code.empty() ? nullptr : &code.back(); }
};

bool is_jump(int opcode);
bool is_block_push(int opcode);
bool leaves_scope(int opcode);  // return and raise
// Stack effect including pseudo instructions; jump as in stack_effect().
int effect_of(int opcode, int oparg, bool jump);

class FlowGraph {
  public:
    explicit FlowGraph(ast::Arena& arena);
    ~FlowGraph();
    FlowGraph(const FlowGraph&) = delete;
    FlowGraph& operator=(const FlowGraph&) = delete;

    // Building.
    Block* new_block();
    void use_next(Block* block);  // goes on in `block`, which follows the current one
    void emit(int opcode, int oparg, const Location& location);
    void emit_jump(int opcode, Block* target, const Location& location);
    Block* current() { return current_; }
    Block* entry() { return entry_; }
    bool current_returns() { return !current_->empty() && current_->last()->opcode == RETURN_VALUE; }

    // The passes, in order. `constants` is the code object's list, which folding of tuples extends.
    void normalize();
    void insert_at_entry(uint32_t index, const Instruction& instruction);
    Fallible<void> optimize(ConstantTable& constants, ConstantCache& cache, ObjectPool& pool);
    void duplicate_exits_without_line(int first_line);
    void trim_unused_constants(ConstantTable& constants);
    void propagate_lines(int first_line);
    int stack_depth(bool starts_with_value);
    void label_handlers();
    void clean_nops();
    void resolve_jumps();

  private:
    Fallible<void> optimize_block(Block* block, ConstantTable& constants, ConstantCache& cache, ObjectPool& pool);
    Fallible<void> fold_constant_test(Block* block, uint32_t i, ConstantTable& constants);
    Fallible<void> fold_tuple(Instruction* first, int count, ConstantTable& constants, ConstantCache& cache,
                              ObjectPool& pool);
    void inline_small_exits();
    void mark_reachable();
    void drop_unreachable();
    void drop_redundant_jumps();
    void drop_empty_blocks();

    ast::Arena& arena_;
    ast::Buffer<Block*> blocks_;  // in order of creation
    Block* entry_;
    Block* current_;
};

}  // namespace py::compiler
