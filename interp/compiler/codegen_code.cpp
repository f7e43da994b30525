// Code generation, part 9: from a unit's control-flow graph to its code object.
#include <cstring>

#include "interp/compiler/assemble.h"
#include "interp/compiler/codegen.h"
#include "interp/compiler/compile.h"
#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/str.h"

namespace py::compiler {

int Codegen::code_flags() const {
    const Scope* scope = unit_->scope;
    int flags = 0;
    if (scope->type == BlockType::Function) {
        flags |= kCoNewLocals | kCoOptimized;
        if (scope->nested) flags |= kCoNested;
        if (scope->generator && !scope->coroutine) flags |= kCoGenerator;
        if (!scope->generator && scope->coroutine) flags |= kCoCoroutine;
        if (scope->generator && scope->coroutine) flags |= kCoAsyncGenerator;
        if (scope->has_varargs) flags |= kCoVarargs;
        if (scope->has_varkeywords) flags |= kCoVarkeywords;
    }
    flags |= options_.flags & kFutureFlags;
    if (top_level_await() && scope->coroutine && !scope->generator) flags |= kCoCoroutine;
    return flags;
}

// Instructions that set a frame up before the body runs.
void Codegen::insert_prefix(const ast::Buffer<int>& cell_slots, int flags) {
    FlowGraph& graph = unit_->graph;
    if (flags & (kCoGenerator | kCoCoroutine | kCoAsyncGenerator)) {
        Location first{unit_->first_line, -1, unit_->first_line, -1};
        graph.insert_at_entry(0, {RETURN_GENERATOR, 0, nullptr, nullptr, first});
        graph.insert_at_entry(1, {POP_TOP, 0, nullptr, nullptr, first});
    }
    // Cells in the order of their slots; the operand is fixed with those of the other cell instructions.
    uint32_t cells = unit_->cellvars.size();
    ast::Buffer<int> order;
    for (uint32_t i = 0; i < cells; i++)
        order.push(int(i));
    std::sort(order.begin(), order.end(), [&](int a, int b) { return cell_slots[size_t(a)] < cell_slots[size_t(b)]; });
    for (uint32_t i = 0; i < cells; i++)
        graph.insert_at_entry(i, {MAKE_CELL, order[i], nullptr, nullptr, kNoLocation});
    int free_count = int(unit_->freevars.size());
    if (free_count > 0) graph.insert_at_entry(0, {COPY_FREE_VARS, free_count, nullptr, nullptr, kNoLocation});
}

// Arguments that are cells share one slot; the slots behind move up. How many were dropped.
int Codegen::fix_cell_slots(ast::Buffer<int>& cell_slots) {
    int locals = int(unit_->varnames.size());
    int dropped = 0;
    for (uint32_t i = 0; i < cell_slots.size(); i++) {
        if (cell_slots[i] == int(i) + locals) {
            cell_slots[i] -= dropped;
        } else {
            dropped++;
        }
    }
    for (Block* block = unit_->graph.entry(); block != nullptr; block = block->next)
        for (Instruction& instruction : block->code)
            switch (instruction.opcode) {
                case MAKE_CELL:
                case LOAD_CLOSURE:
                case LOAD_DEREF:
                case STORE_DEREF:
                case DELETE_DEREF:
                case LOAD_CLASSDEREF: instruction.oparg = cell_slots[size_t(instruction.oparg)]; break;
                default: break;
            }
    return dropped;
}

Fallible<Object*> Codegen::assemble(bool returns_none) {
    FlowGraph& graph = unit_->graph;
    if (!graph.current_returns()) {
        at_no_line();
        if (returns_none) TRY(load_constant(none()));
        op(RETURN_VALUE);
    }
    graph.normalize();
    if (unit_->first_line == 0) {
        int line = graph.entry()->empty() ? 0 : graph.entry()->code[0].location.lineno;
        unit_->first_line = line > 0 ? line : 1;
    }
    ast::Buffer<int> cell_slots;
    int locals = int(unit_->varnames.size());
    for (const auto& cell : unit_->cellvars) {
        const int* argument = unit_->varnames.find(cell.name);
        cell_slots.push(argument ? *argument : locals + int(cell_slots.size()));
    }
    for (uint32_t i = 0; i < unit_->freevars.size(); i++)
        cell_slots.push(locals + int(cell_slots.size()));
    int flags = code_flags();
    insert_prefix(cell_slots, flags);
    int dropped = fix_cell_slots(cell_slots);
    TRY(graph.optimize(unit_->constants, cache_, pool_));
    graph.duplicate_exits_without_line(unit_->first_line);
    graph.trim_unused_constants(unit_->constants);
    graph.propagate_lines(unit_->first_line);
    int depth = graph.stack_depth(flags & (kCoGenerator | kCoCoroutine | kCoAsyncGenerator));
    graph.label_handlers();
    graph.clean_nops();
    graph.resolve_jumps();
    return make_code(flags, depth, dropped);
}

Fallible<Object*> Codegen::make_code(int flags, int stack_size, int dropped_cells) {
    Unit& unit = *unit_;
    Assembled assembled = TRY(assemble_graph(unit.graph, unit.first_line));
    // Equal tables are one object, as equal constants are.
    Object* exception_table = TRY(cache_.merge_shallow(pool_.keep(std::move(assembled.exception_table))));
    Object* line_table = TRY(cache_.merge_shallow(pool_.keep(std::move(assembled.line_table))));
    Ref<Tuple> constants = TRY(tuple_new(unit.constants.size()));
    for (uint32_t i = 0; i < unit.constants.size(); i++)
        constants->items[i] = new_reference(unit.constants[i]);
    Ref<Tuple> names = TRY(tuple_new(unit.names.size()));
    for (uint32_t i = 0; i < unit.names.size(); i++)
        names->items[i] = new_reference(static_cast<Object*>(TRY(pool_.str_of(unit.names[i].name))));
    ssize_t slots = ssize_t(unit.varnames.size() + unit.cellvars.size() + unit.freevars.size()) - dropped_cells;
    Ref<Tuple> local_names = TRY(tuple_new(slots));
    ast::Buffer<char> kinds;
    auto add_local = [&](Identifier name, int kind) -> Fallible<void> {
        local_names->items[kinds.size()] = new_reference(static_cast<Object*>(TRY(pool_.str_of(name))));
        kinds.push(char(kind));
        return {};
    };
    for (const auto& local : unit.varnames)
        TRY(add_local(local.name, kFastLocal | (unit.cellvars.contains(local.name) ? kFastCell : 0)));
    for (const auto& cell : unit.cellvars)
        if (!unit.varnames.contains(cell.name)) TRY(add_local(cell.name, kFastCell));
    for (const auto& name : unit.freevars)
        TRY(add_local(name.name, kFastFree));
    Ref<Bytes> local_kinds = TRY(bytes_new(kinds.size()));  // an object of its own even when it is one byte long
    memcpy(local_kinds->data, kinds.data(), kinds.size());
    CodeSpec spec {
        .filename = options_.filename, .name = TRY(pool_.code_name(unit.name))
        , .qualname = TRY(qualname_object())
        , .flags = flags, .first_line = unit.first_line, .code = assembled.code.get(),
          .line_table = line_table,
          .consts = TRY(cache_.merge_shallow(pool_.keep(std::move(constants))))
        , .names = TRY(cache_.merge_shallow(pool_.keep(std::move(names))))
        , .local_names = TRY(cache_.merge_shallow(pool_.keep(std::move(local_names))))
        , .local_kinds = local_kinds.get(), .argcount = unit.argcount, .positional_only_argcount = unit.positional_only,
          .keyword_only_argcount = unit.keyword_only, .stack_size = stack_size,
          .exception_table = exception_table,
    };
    return pool_.keep(TRY(code_new(spec)));
}

}  // namespace py::compiler
