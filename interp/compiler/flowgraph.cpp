// Building the control-flow graph; instruction properties; stack depth; exception handlers; jump directions.
#include "interp/compiler/flowgraph.h"

#include <climits>

namespace py::compiler {

bool is_jump(int opcode) {
    switch (opcode) {
        case JUMP:
        case JUMP_NO_INTERRUPT:
        case POP_JUMP_IF_FALSE:
        case POP_JUMP_IF_TRUE:
        case POP_JUMP_IF_NONE:
        case POP_JUMP_IF_NOT_NONE:
        case JUMP_FORWARD:
        case JUMP_BACKWARD:
        case JUMP_BACKWARD_NO_INTERRUPT:
        case JUMP_IF_FALSE_OR_POP:
        case JUMP_IF_TRUE_OR_POP:
        case FOR_ITER:
        case SEND:
        case POP_JUMP_FORWARD_IF_FALSE:
        case POP_JUMP_FORWARD_IF_TRUE:
        case POP_JUMP_FORWARD_IF_NONE:
        case POP_JUMP_FORWARD_IF_NOT_NONE:
        case POP_JUMP_BACKWARD_IF_FALSE:
        case POP_JUMP_BACKWARD_IF_TRUE:
        case POP_JUMP_BACKWARD_IF_NONE:
        case POP_JUMP_BACKWARD_IF_NOT_NONE: return true;
        default: return false;
    }
}

bool is_block_push(int opcode) {
    return opcode == SETUP_FINALLY || opcode == SETUP_CLEANUP || opcode == SETUP_WITH;
}

bool leaves_scope(int opcode) {
    return opcode == RETURN_VALUE || opcode == RAISE_VARARGS || opcode == RERAISE;
}

int effect_of(int opcode, int oparg, bool jump) {
    switch (opcode) {
        case SETUP_FINALLY: return jump ? 1 : 0;  // the exception
        case SETUP_CLEANUP: return jump ? 2 : 0;  // offset and exception
        case SETUP_WITH: return jump ? 1 : 0;     // `with` has left its result: offset and exception replace it
        case POP_BLOCK:
        case JUMP:
        case JUMP_NO_INTERRUPT: return 0;
        case POP_JUMP_IF_FALSE:
        case POP_JUMP_IF_TRUE:
        case POP_JUMP_IF_NONE:
        case POP_JUMP_IF_NOT_NONE: return -1;
        default: return stack_effect(opcode, oparg, jump ? 1 : 0);
    }
}

FlowGraph::FlowGraph(ast::Arena& arena) : arena_(arena) {
    entry_ = current_ = new_block();
}

FlowGraph::~FlowGraph() {
    for (Block* block : blocks_)
        delete block;
}

Block* FlowGraph::new_block() {
    blocks_.push(nullptr);  // first: what is in there is deleted, whatever happens
    return blocks_.back() = new Block;
}

void FlowGraph::use_next(Block* block) {
    current_->next = block;
    current_ = block;
}

void FlowGraph::emit(int opcode, int oparg, const Location& location) {
    if (Instruction* last = current_->last(); last && (is_jump(last->opcode) || leaves_scope(last->opcode)))
        use_next(new_block());
    current_->code.push({opcode, oparg, nullptr, nullptr, location});
}

void FlowGraph::emit_jump(int opcode, Block* target, const Location& location) {
    emit(opcode, 0, location);
    current_->last()->target = target;
}

void FlowGraph::insert_at_entry(uint32_t index, const Instruction& instruction) {
    entry_->code.push(instruction);
    for (uint32_t i = entry_->code.size() - 1; i > index; i--)
        std::swap(entry_->code[i], entry_->code[i - 1]);
}

void FlowGraph::normalize() {
    for (Block* block : blocks_) {
        for (Instruction& instruction : block->code) {
            if (leaves_scope(instruction.opcode)) block->leaves = block->no_fallthrough = true;
            if (instruction.opcode == JUMP || instruction.opcode == JUMP_NO_INTERRUPT) block->no_fallthrough = true;
            if (is_jump(instruction.opcode))
                while (instruction.target->empty())
                    instruction.target = instruction.target->next;
        }
    }
}

// Depth at the entry of generators is 1: the value sent in.
int FlowGraph::stack_depth(bool starts_with_value) {
    ast::Buffer<Block*> pending;
    int deepest = 0;
    // Made trees whose targets are no targets leave a value more on the stack each time around a loop; CPython gives up at 100.
    constexpr int kDeepestStart = 100;
    auto reach = [&](Block* block, int depth) {
        if (block->start_depth >= std::min(depth, kDeepestStart)) return;
        block->start_depth = depth;
        pending.push(block);
    };
    for (Block* block : blocks_)
        block->start_depth = -1;
    reach(entry_, starts_with_value ? 1 : 0);
    while (!pending.empty()) {
        Block* block = pending.back();
        pending.pop();
        int depth = block->start_depth;
        Block* next = block->next;
        for (const Instruction& instruction : block->code) {
            int after = depth + effect_of(instruction.opcode, instruction.oparg, false);
            deepest = std::max(deepest, after);
            if (is_jump(instruction.opcode) || is_block_push(instruction.opcode)) {
                int at_target = depth + effect_of(instruction.opcode, instruction.oparg, true);
                deepest = std::max(deepest, at_target);
                reach(instruction.target, at_target);
            }
            depth = after;
            if (leaves_scope(instruction.opcode) || instruction.opcode == JUMP ||
                instruction.opcode == JUMP_NO_INTERRUPT) {
                next = nullptr;
                break;
            }
        }
        if (next != nullptr) reach(next, depth);
    }
    return deepest;
}

void FlowGraph::label_handlers() {
    for (Block* block : blocks_)
        block->visited = false;
    ast::Buffer<Block*> pending;
    auto reach = [&](Block* block, HandlerStack* handlers) {
        if (block->visited) return;
        block->visited = true;
        block->handlers = handlers;
        pending.push(block);
    };
    reach(entry_, nullptr);
    while (!pending.empty()) {
        Block* block = pending.back();
        pending.pop();
        HandlerStack* active = block->handlers;
        for (Instruction& instruction : block->code) {
            if (is_block_push(instruction.opcode)) {
                Block* handler = instruction.target;
                reach(handler, active);
                if (instruction.opcode != SETUP_FINALLY) handler->preserve_lasti = true;
                active = arena_.make<HandlerStack>(handler, active);
            } else if (instruction.opcode == POP_BLOCK) {
                active = active->outer;
            } else {
                instruction.handler = active ? active->handler : nullptr;
                if (is_jump(instruction.opcode)) reach(instruction.target, active);
            }
        }
        if (!block->no_fallthrough && block->next != nullptr) reach(block->next, active);
    }
    for (Block* block = entry_; block != nullptr; block = block->next)
        for (Instruction& instruction : block->code)
            if (is_block_push(instruction.opcode) || instruction.opcode == POP_BLOCK) {
                instruction.opcode = NOP;
                instruction.target = nullptr;
            }
}

void FlowGraph::resolve_jumps() {
    struct Directions {
        int pseudo, forward, backward;
    };
    static constexpr Directions kDirections[] = {
        {JUMP, JUMP_FORWARD, JUMP_BACKWARD},
        {JUMP_NO_INTERRUPT, JUMP_FORWARD, JUMP_BACKWARD_NO_INTERRUPT},
        {POP_JUMP_IF_FALSE, POP_JUMP_FORWARD_IF_FALSE, POP_JUMP_BACKWARD_IF_FALSE},
        {POP_JUMP_IF_TRUE, POP_JUMP_FORWARD_IF_TRUE, POP_JUMP_BACKWARD_IF_TRUE},
        {POP_JUMP_IF_NONE, POP_JUMP_FORWARD_IF_NONE, POP_JUMP_BACKWARD_IF_NONE},
        {POP_JUMP_IF_NOT_NONE, POP_JUMP_FORWARD_IF_NOT_NONE, POP_JUMP_BACKWARD_IF_NOT_NONE},
    };
    for (Block* block : blocks_)
        block->visited = false;
    for (Block* block = entry_; block != nullptr; block = block->next) {
        block->visited = true;
        Instruction* last = block->last();
        if (last == nullptr) continue;
        for (const Directions& row : kDirections)
            if (last->opcode == row.pseudo) {
                last->opcode = last->target->visited ? row.backward : row.forward;
                break;
            }
    }
}

}  // namespace py::compiler
