// Offsets, bytecode with its EXTENDED_ARGs and cache units, location table (PEP 626, PEP 657) and exception table.
#include "interp/compiler/assemble.h"

#include "interp/objects/bytes.h"

namespace py::compiler {
namespace {

using Bytestring = ast::Buffer<char>;

int cache_units(int opcode) {
    return opcode < 256 ? opcode_info[opcode].cache_units : 0;
}

// Instructions without operand may still hold that of the one they have replaced.
unsigned operand_of(const Instruction& instruction) {
    return instruction.opcode >= kHaveArgument ? unsigned(instruction.oparg) : 0;
}

int argument_units(unsigned operand) {
    return 1 + (operand > 0xFF) + (operand > 0xFFFF) + (operand > 0xFFFFFF);
}

int size_in_units(const Instruction& instruction) {
    return argument_units(operand_of(instruction)) + cache_units(instruction.opcode);
}

// Jump operands depend on offsets, which depend on how many EXTENDED_ARGs the jumps need: repeated until nothing grows.
void assign_offsets(FlowGraph& graph) {
    bool changed = true;
    while (changed) {
        changed = false;
        int offset = 0;
        for (Block* block = graph.entry(); block != nullptr; block = block->next) {
            block->offset = offset;
            for (const Instruction& instruction : block->code)
                offset += size_in_units(instruction);
        }
        for (Block* block = graph.entry(); block != nullptr; block = block->next) {
            int behind = block->offset;
            for (Instruction& instruction : block->code) {
                int size = size_in_units(instruction);
                behind += size;
                if (!is_jump(instruction.opcode)) continue;
                int target = instruction.target->offset;
                instruction.oparg = target < behind ? behind - target : target - behind;
                changed = changed || size_in_units(instruction) != size;
            }
        }
    }
}

void emit_instruction(Bytestring& out, const Instruction& instruction) {
    unsigned oparg = operand_of(instruction);
    for (int unit = argument_units(oparg) - 1; unit > 0; unit--) {
        out.push(char(EXTENDED_ARG));
        out.push(char(oparg >> (8 * unit)));
    }
    out.push(char(instruction.opcode));
    out.push(char(oparg));
    for (int i = 0; i < cache_units(instruction.opcode); i++) {
        out.push(0);
        out.push(0);
    }
}

class LineTable {
  public:
    explicit LineTable(int first_line) : line_(first_line) {}
    const Bytestring& bytes() const { return out_; }
    void add(const Location& location, int units) {
        while (units > kMaxUnits) {
            entry(location, kMaxUnits);
            units -= kMaxUnits;
        }
        entry(location, units);
    }

  private:
    // Codes 0…9: columns in the short form; 10…12: one line, delta 0…2.
    enum Code { kOneLine0 = 10, kNoColumns = 13, kLong = 14, kNone = 15 };
    static constexpr int kMaxUnits = 8;

    void head(int code, int units) { out_.push(char(0x80 | code << 3 | (units - 1))); }
    void varint(unsigned value) {
        for (; value >= 64; value >>= 6)
            out_.push(char(0x40 | (value & 63)));
        out_.push(char(value));
    }
    void signed_varint(int value) { varint(value < 0 ? (0u - unsigned(value)) << 1 | 1 : unsigned(value) << 1); }

    void entry(const Location& at, int units) {
        if (at.lineno < 0) return head(kNone, units);
        int delta = at.lineno - line_;
        int column = at.col_offset, end_column = at.end_col_offset;
        if (column < 0 || end_column < 0) {
            if (at.end_lineno == at.lineno || at.end_lineno == -1) {
                head(kNoColumns, units);
                signed_varint(delta);
                line_ = at.lineno;
                return;
            }
        } else if (at.end_lineno == at.lineno) {
            if (delta == 0 && column < 80 && end_column - column < 16 && end_column >= column) {
                head(column >> 3, units);
                out_.push(char((column & 7) << 4 | (end_column - column)));
                return;
            }
            if (delta >= 0 && delta < 3 && column < 128 && end_column < 128) {
                head(kOneLine0 + delta, units);
                out_.push(char(column));
                out_.push(char(end_column));
                line_ = at.lineno;
                return;
            }
        }
        head(kLong, units);
        signed_varint(delta);
        varint(unsigned(at.end_lineno - at.lineno));
        varint(unsigned(column + 1));
        varint(unsigned(end_column + 1));
        line_ = at.lineno;
    }

    Bytestring out_;
    int line_;
};

// Big-endian groups of six bits, bit 6 says that more follow; the first byte of an entry has bit 7.
void handler_number(Bytestring& out, int value, int first_bit) {
    for (int shift = 24; shift > 0; shift -= 6) {
        if (value < 1 << shift) continue;
        out.push(char(((value >> shift) & 63) | 64 | first_bit));
        first_bit = 0;
    }
    out.push(char((value & 63) | first_bit));
}

void handler_entry(Bytestring& out, int start, int end, const Block* handler) {
    int depth = handler->start_depth - 1 - handler->preserve_lasti;
    handler_number(out, start, 128);
    handler_number(out, end - start, 0);
    handler_number(out, handler->offset, 0);
    handler_number(out, depth << 1 | handler->preserve_lasti, 0);
}

void emit_exception_table(Bytestring& out, FlowGraph& graph) {
    const Block* handler = nullptr;
    int start = -1, offset = 0;
    for (Block* block = graph.entry(); block != nullptr; block = block->next) {
        offset = block->offset;
        for (const Instruction& instruction : block->code) {
            if (handler != instruction.handler) {
                if (handler != nullptr) handler_entry(out, start, offset, handler);
                start = offset;
                handler = instruction.handler;
            }
            offset += size_in_units(instruction);
        }
    }
    if (handler != nullptr) handler_entry(out, start, offset, handler);
}

Fallible<Ref<Bytes>> to_bytes(const Bytestring& text) {
    return bytes_from({text.data(), text.size()});
}

}  // namespace

Fallible<Assembled> assemble_graph(FlowGraph& graph, int first_line) {
    assign_offsets(graph);
    Bytestring code, handlers;
    LineTable lines(first_line);
    for (Block* block = graph.entry(); block != nullptr; block = block->next)
        for (const Instruction& instruction : block->code) {
            emit_instruction(code, instruction);
            lines.add(instruction.location, size_in_units(instruction));
        }
    emit_exception_table(handlers, graph);
    Assembled result;
    result.code = TRY(to_bytes(code));
    result.line_table = TRY(to_bytes(lines.bytes()));
    result.exception_table = TRY(to_bytes(handlers));
    return result;
}

}  // namespace py::compiler
