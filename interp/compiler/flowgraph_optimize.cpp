// The peephole passes over the control-flow graph: constant tests, jump threading, tuple folding, swaps, dead code.
#include "interp/compiler/flowgraph.h"
#include "interp/objects/abstract.h"
#include "interp/objects/containers.h"

namespace py::compiler {
namespace {

// Exit blocks up to this size are copied behind jumps to them.
constexpr uint32_t kMaxCopiedInstructions = 4;

int opcode_at(Block* block, size_t index) {
    return index < block->code.size() ? block->code[index].opcode : 0;
}

bool loads_constant(int opcode) {
    return opcode == LOAD_CONST || opcode == KW_NAMES;
}

// Removes NOPs that no line depends on.
void clean(Block* block) {
    int previous_line = -1;
    uint32_t kept = 0;
    uint32_t count = block->code.size();
    for (uint32_t i = 0; i < count; i++) {
        Instruction& instruction = block->code[i];
        int line = instruction.location.lineno;
        if (instruction.opcode == NOP) {
            if (line < 0 || previous_line == line) continue;
            if (i + 1 < count) {
                Instruction& following = block->code[i + 1];
                if (following.location.lineno == line) continue;
                if (following.location.lineno < 0) {
                    following.location = instruction.location;
                    continue;
                }
            } else {
                Block* next = block->next;
                while (next != nullptr && next->empty())
                    next = next->next;
                if (next != nullptr && next->code[0].location.lineno == line) continue;
            }
        }
        if (kept != i) block->code[kept] = instruction;
        kept++;
        previous_line = line;
    }
    block->code.truncate(kept);
}

// Lets `jump` go where the jump at its target goes. False when lines differ or it would jump to itself for ever.
bool thread_jump(Instruction& jump, const Instruction& target, int opcode) {
    if (jump.location.lineno != target.location.lineno || jump.target == target.target) return false;
    jump.target = target.target;
    jump.opcode = opcode;
    return true;
}

// A run of SWAPs (NOPs between them) is one permutation: it is written again as the fewest SWAPs, as cycles through the
// top. `index` is the run's first SWAP and moves to its last instruction.
void minimize_swaps(Block* block, uint32_t* index) {
    Instruction* run = &block->code[*index];
    int depth = run->oparg;
    uint32_t length = 0;
    bool more = false;
    uint32_t limit = block->code.size() - *index;
    while (++length < limit) {
        if (run[length].opcode == SWAP) {
            depth = std::max(depth, run[length].oparg);
            more = true;
        } else if (run[length].opcode != NOP) {
            break;
        }
    }
    if (!more) return;
    ast::Buffer<int> stack;
    for (int i = 0; i < depth; i++)
        stack.push(i);
    for (uint32_t i = 0; i < length; i++)
        if (run[i].opcode == SWAP) std::swap(stack[0], stack[size_t(run[i].oparg - 1)]);
    constexpr int kDone = -1;
    // Written from the back, so that what is not needed any more is left at the front.
    int at = int(length) - 1;
    for (int i = 0; i < depth; i++) {
        if (stack[size_t(i)] == kDone || stack[size_t(i)] == i) continue;
        int j = i;
        for (;;) {
            // The top is not swapped with itself.
            if (j) {
                run[at].opcode = SWAP;
                run[at--].oparg = j + 1;
            }
            if (stack[size_t(j)] == kDone) break;
            int following = stack[size_t(j)];
            stack[size_t(j)] = kDone;
            j = following;
        }
    }
    while (at >= 0)
        run[at--].opcode = NOP;
    *index += length - 1;
}

bool is_swappable(int opcode) {
    return opcode == STORE_FAST || opcode == POP_TOP;
}

// The next instruction after `index` that is not a NOP and may change places, on the same line as `line` unless that is
// -1.
int next_swappable(Block* block, int index, int line) {
    while (++index < int(block->code.size())) {
        const Instruction& instruction = block->code[size_t(index)];
        if (line >= 0 && instruction.location.lineno != line) return -1;
        if (instruction.opcode == NOP) {
            line = instruction.location.lineno;
            continue;
        }
        return is_swappable(instruction.opcode) ? index : -1;
    }
    return -1;
}

// SWAP n in front of n instructions that each take the top: the first and the last of them change places instead.
void apply_swaps(Block* block, int index) {
    for (; index >= 0; index--) {
        Instruction& swap = block->code[size_t(index)];
        if (swap.opcode != SWAP) {
            if (swap.opcode == NOP || is_swappable(swap.opcode)) continue;
            return;
        }
        int first = next_swappable(block, index, -1);
        if (first < 0) return;
        int last = first;
        int line = block->code[size_t(first)].location.lineno;
        for (int count = swap.oparg; count > 1; count--) {
            last = next_swappable(block, last, line);
            if (last < 0) return;
        }
        swap.opcode = NOP;
        std::swap(block->code[size_t(first)], block->code[size_t(last)]);
    }
}

bool leaves_without_line(Block* block) {
    if (!block->leaves) return false;
    for (const Instruction& instruction : block->code)
        if (instruction.location.lineno >= 0) return false;
    return true;
}

// A jump to a short block that returns or raises becomes a copy of that block.
void inline_small_exit(Block* block) {
    Instruction* last = block->last();
    if (last == nullptr || (last->opcode != JUMP && last->opcode != JUMP_NO_INTERRUPT)) return;
    Block* target = last->target;
    if (!leaves_without_line(target) || target->code.size() > kMaxCopiedInstructions) return;
    last->opcode = NOP;
    for (uint32_t i = 0; i < target->code.size(); i++)
        block->code.push(target->code[i]);
    block->leaves = true;
}

// JUMP_IF_x_OR_POP whose target tests the same value again.
bool simplify_or_pop(Instruction& jump, Instruction& target, int own_or_pop, int own_pop, int other_or_pop,
                     int other_pop) {
    if (target.opcode == own_pop) return thread_jump(jump, target, own_pop);
    if (target.opcode == JUMP) return thread_jump(jump, target, own_or_pop);
    if (target.opcode == own_or_pop) return thread_jump(jump, target, own_or_pop);
    if (target.opcode != other_or_pop && target.opcode != other_pop) return false;
    if (jump.location.lineno != target.location.lineno) return false;
    // The second test fails for sure: past it.
    jump.opcode = own_pop;
    jump.target = jump.target->next;
    return true;
}

}  // namespace

Fallible<void> FlowGraph::fold_constant_test(Block* block, uint32_t i, ConstantTable& constants) {
    Instruction& load = block->code[i];
    int next_opcode = opcode_at(block, i + 1);
    Object* constant = constants[size_t(load.oparg)];
    switch (next_opcode) {
        case POP_JUMP_IF_FALSE:
        case POP_JUMP_IF_TRUE:
        case JUMP_IF_FALSE_OR_POP:
        case JUMP_IF_TRUE_OR_POP: {
            bool pops = next_opcode == POP_JUMP_IF_FALSE || next_opcode == POP_JUMP_IF_TRUE;
            bool jumps_if_true = next_opcode == POP_JUMP_IF_TRUE || next_opcode == JUMP_IF_TRUE_OR_POP;
            bool jumps = TRY(is_true(constant))
            == jumps_if_true;
            if (pops || !jumps) load.opcode = NOP;
            block->code[i + 1].opcode = jumps ? int(JUMP) : int(NOP);
            if (jumps) block->no_fallthrough = true;
            return {};
        }
        case IS_OP: {
            int jump = opcode_at(block, i + 2);
            if (!is_none(constant) || (jump != POP_JUMP_IF_FALSE && jump != POP_JUMP_IF_TRUE)) return {};
            bool inverted = block->code[i + 1].oparg == 1;
            load.opcode = block->code[i + 1].opcode = NOP;
            block->code[i + 2].opcode =
                inverted != (jump == POP_JUMP_IF_FALSE) ? int(POP_JUMP_IF_NOT_NONE) : int(POP_JUMP_IF_NONE);
            return {};
        }
        default: return {};
    }
}

Fallible<void> FlowGraph::fold_tuple(Instruction* first, int count, ConstantTable& constants, ConstantCache& cache,
                                     ObjectPool& pool) {
    for (int i = 0; i < count; i++)
        if (!loads_constant(first[i].opcode)) return {};
    Ref<Tuple> tuple = TRY(tuple_new(count));
    for (int i = 0; i < count; i++)
        tuple->items[i] = new_reference(constants[size_t(first[i].oparg)]);
    Object* merged = TRY(cache.merge_shallow(pool.keep(std::move(tuple))));
    int index = constants.find_identical(merged);
    if (index < 0) index = constants.append(merged, TRY(constant_hash(merged)));
    for (int i = 0; i < count; i++)
        first[i].opcode = NOP;
    first[count].opcode = LOAD_CONST;
    first[count].oparg = index;
    return {};
}

// NOTE: one case an instruction, over 60 lines.
Fallible<void> FlowGraph::optimize_block(Block* block, ConstantTable& constants, ConstantCache& cache,
                                         ObjectPool& pool) {
    Instruction no_target;
    for (uint32_t i = 0; i < block->code.size(); i++) {
        Instruction& instruction = block->code[i];
        Instruction* target = &no_target;
        int next_opcode = opcode_at(block, i + 1);
        if (is_jump(instruction.opcode) || is_block_push(instruction.opcode)) {
            while (instruction.target->empty())
                instruction.target = instruction.target->next;
            target = &instruction.target->code[0];
        }
        bool again = false;  // the changed instruction is looked at once more
        switch (instruction.opcode) {
            case LOAD_CONST: TRY(fold_constant_test(block, i, constants)); break;
            case BUILD_TUPLE: {
                int count = instruction.oparg;
                if (next_opcode == UNPACK_SEQUENCE && block->code[i + 1].oparg == count && count >= 1 && count <= 3) {
                    instruction.opcode = NOP;
                    block->code[i + 1].opcode = count == 1 ? NOP : SWAP;
                    break;
                }
                if (int(i) >= count) TRY(fold_tuple(&instruction - count, count, constants, cache, pool));
                break;
            }
            case JUMP_IF_FALSE_OR_POP:
                again = simplify_or_pop(instruction, *target, JUMP_IF_FALSE_OR_POP, POP_JUMP_IF_FALSE,
                                        JUMP_IF_TRUE_OR_POP, POP_JUMP_IF_TRUE);
                break;
            case JUMP_IF_TRUE_OR_POP:
                again = simplify_or_pop(instruction, *target, JUMP_IF_TRUE_OR_POP, POP_JUMP_IF_TRUE,
                                        JUMP_IF_FALSE_OR_POP, POP_JUMP_IF_FALSE);
                break;
            case POP_JUMP_IF_NONE:
            case POP_JUMP_IF_NOT_NONE:
            case POP_JUMP_IF_FALSE:
            case POP_JUMP_IF_TRUE:
            case JUMP:
                if (target->opcode == JUMP) again = thread_jump(instruction, *target, instruction.opcode);
                break;
            case SWAP:
                if (instruction.oparg == 1) {
                    instruction.opcode = NOP;
                    break;
                }
                minimize_swaps(block, &i);
                apply_swaps(block, int(i));
                break;
            case PUSH_NULL:
                if (next_opcode == LOAD_GLOBAL) {
                    instruction.opcode = NOP;
                    instruction.oparg = 0;
                    block->code[i + 1].oparg |= 1;
                }
                break;
            default: break;
        }
        if (again) i--;
    }
    return {};
}

void FlowGraph::mark_reachable() {
    for (Block* block : blocks_)
        block->visited = false, block->predecessors = 0;
    ast::Buffer<Block*> pending;
    auto reach = [&](Block* block) {
        block->predecessors++;
        if (block->visited) return;
        block->visited = true;
        pending.push(block);
    };
    reach(entry_);
    while (!pending.empty()) {
        Block* block = pending.back();
        pending.pop();
        if (block->next != nullptr && !block->no_fallthrough) reach(block->next);
        for (const Instruction& instruction : block->code)
            if (is_jump(instruction.opcode) || is_block_push(instruction.opcode)) reach(instruction.target);
    }
}

void FlowGraph::drop_unreachable() {
    mark_reachable();
    for (Block* block = entry_; block != nullptr; block = block->next) {
        if (block->predecessors != 0) continue;
        block->code.clear();
        block->no_fallthrough = block->leaves = false;
    }
    clean_nops();
}

void FlowGraph::drop_empty_blocks() {
    for (Block* block = entry_; block != nullptr; block = block->next) {
        Block* next = block->next;
        while (next != nullptr && next->empty())
            next = next->next;
        block->next = next;
    }
    for (Block* block = entry_; block != nullptr; block = block->next)
        for (Instruction& instruction : block->code)
            if (is_jump(instruction.opcode) || is_block_push(instruction.opcode))
                while (instruction.target->empty())
                    instruction.target = instruction.target->next;
}

void FlowGraph::drop_redundant_jumps() {
    for (Block* block = entry_; block != nullptr; block = block->next) {
        Instruction* last = block->last();
        if (last == nullptr || (last->opcode != JUMP && last->opcode != JUMP_NO_INTERRUPT) ||
            last->target != block->next)
            continue;
        // The NOP stays until lines are known: it may be all that is left of one.
        block->no_fallthrough = false;
        last->opcode = NOP;
    }
}

// Newest first: the order decides how far a copied exit travels along jumps to jumps.
void FlowGraph::inline_small_exits() {
    for (uint32_t i = blocks_.size(); i-- > 0;)
        inline_small_exit(blocks_[i]);
}

Fallible<void> FlowGraph::optimize(ConstantTable& constants, ConstantCache& cache, ObjectPool& pool) {
    inline_small_exits();
    for (Block* block = entry_; block != nullptr; block = block->next) {
        TRY(optimize_block(block, constants, cache, pool));
        clean(block);
    }
    inline_small_exits();
    drop_unreachable();
    drop_empty_blocks();
    drop_redundant_jumps();
    return {};
}

void FlowGraph::clean_nops() {
    for (Block* block = entry_; block != nullptr; block = block->next)
        clean(block);
}

void FlowGraph::duplicate_exits_without_line(int first_line) {
    // Newest first, as the order decides which jump keeps the original.
    uint32_t count = blocks_.size();
    for (uint32_t i = count; i-- > 0;) {
        Instruction* last = blocks_[i]->last();
        if (last == nullptr || !is_jump(last->opcode)) continue;
        Block* target = last->target;
        if (!leaves_without_line(target) || target->predecessors <= 1) continue;
        Block* copy = new_block();
        for (uint32_t k = 0; k < target->code.size(); k++)
            copy->code.push(target->code[k]);
        copy->leaves = copy->no_fallthrough = true;
        copy->code[0].location = last->location;
        last->target = copy;
        target->predecessors--;
        copy->predecessors = 1;
        copy->next = target->next;
        target->next = copy;
    }
    if (leaves_without_line(entry_)) entry_->code[0].location.lineno = first_line;
    // What is left without line is reached from the block before it only.
    for (Block* block = entry_; block != nullptr; block = block->next)
        if (!block->no_fallthrough && block->next != nullptr && !block->empty() && leaves_without_line(block->next))
            block->next->code[0].location = block->last()->location;
}

void FlowGraph::trim_unused_constants(ConstantTable& constants) {
    int highest = 0;  // the first one may be the docstring: it always stays
    for (Block* block = entry_; block != nullptr; block = block->next)
        for (const Instruction& instruction : block->code)
            if (loads_constant(instruction.opcode)) highest = std::max(highest, instruction.oparg);
    if (highest + 1 < int(constants.size())) constants.truncate(uint32_t(highest + 1));
}

void FlowGraph::propagate_lines(int first_line) {
    for (Block* block = entry_; block != nullptr; block = block->next) {
        if (block->empty()) continue;
        Location previous = kNoLocation;
        for (Instruction& instruction : block->code) {
            if (instruction.location.lineno < 0) {
                instruction.location = previous;
            } else {
                previous = instruction.location;
            }
        }
        auto hand_on = [&](Block* to) {
            if (to->predecessors == 1 && !to->empty() && to->code[0].location.lineno < 0)
                to->code[0].location = previous;
        };
        if (!block->no_fallthrough && block->next != nullptr) hand_on(block->next);
        if (is_jump(block->last()->opcode)) hand_on(block->last()->target);
    }
    // Returns that still have none take the line of what stands before them.
    int line = first_line;
    for (Block* block = entry_; block != nullptr; block = block->next) {
        Instruction* last = block->last();
        if (last == nullptr) continue;
        if (last->location.lineno >= 0) {
            line = last->location.lineno;
        } else if (last->opcode == RETURN_VALUE) {
            for (Instruction& instruction : block->code)
                instruction.location.lineno = line;
        }
    }
}

}  // namespace py::compiler
