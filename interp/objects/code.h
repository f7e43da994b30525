// Code objects: CPython 3.11's layout, so that code, line table and exception table are the documented formats.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/type.h"

namespace py {

enum CodeFlag : int {
    kCoOptimized = 1, kCoNewLocals = 2, kCoVarargs = 4, kCoVarkeywords = 8, kCoNested = 0x10, kCoGenerator = 0x20,
    kCoCoroutine = 0x80, kCoIterableCoroutine = 0x100, kCoAsyncGenerator = 0x200,
    kCoFutureDivision = 0x20000, kCoFutureAbsoluteImport = 0x40000, kCoFutureWithStatement = 0x80000,
    kCoFuturePrintFunction = 0x100000, kCoFutureUnicodeLiterals = 0x200000, kCoFutureBarryAsBdfl = 0x400000,
    kCoFutureGeneratorStop = 0x800000, kCoFutureAnnotations = 0x1000000,
};
// co_localspluskinds bytes.
enum LocalKind : unsigned char { kFastLocal = 0x20, kFastCell = 0x40, kFastFree = 0x80 };

// One instruction word; inline cache units are the same 16 bits.
struct CodeUnit {
    uint8_t opcode;
    uint8_t oparg;
};

struct Code : VarObject {  // size: code units
    Tuple* consts;
    Tuple* names;
    Bytes* exception_table;
    int flags;
    short warmup;  // counts up to 0, then the code is quickened
    short line_array_entry_size;
    int argcount;  // without *args; positional-only included
    int positional_only_argcount;
    int keyword_only_argcount;
    int stack_size;
    int first_line;
    int local_count_plus;  // locals, cells and free variables
    int local_count;
    int plain_cell_count;  // cells that are not arguments
    int cell_count;
    int free_count;
    Tuple* local_names;  // co_localsplusnames
    Bytes* local_kinds;  // co_localspluskinds
    Str* filename;
    Str* name;
    Str* qualname;
    Bytes* line_table;
    Object* weaklist;
    Object* code_bytes;  // co_code as asked for from Python, or null
    char* line_array;
    int first_traceable;
    void* extra;
    CodeUnit units[1];  // as many as `size` says: the running, quickened copy; original opcodes are restored by code_original()
};
static_assert(offsetof(Code, units) == 184 && sizeof(Code) == 192 && offsetof(Code, local_names) == 96);
extern Type code_type asm("PyCode_Type");
inline bool is_code(const Object* object) { return object->type == &code_type; }

// Everything a code object is made from; borrowed. Checked for consistency (ValueError), names and identifier-like constants interned.
struct CodeSpec {
    Object *filename, *name, *qualname;
    int flags, first_line;
    Object *code, *line_table;  // bytes
    Object *consts, *names;
    Object *local_names, *local_kinds;
    int argcount, positional_only_argcount, keyword_only_argcount, stack_size;
    Object* exception_table;
};
Fallible<Ref<Code>> code_new(const CodeSpec& spec);
// Code without body that names a place: for tracebacks of native code (PyCode_NewEmpty).
Fallible<Ref<Code>> code_empty(const char* filename, const char* name, int line);
Fallible<Ref<Bytes>> code_original(Code* code);  // co_code: de-specialised, caches zeroed
Fallible<Ref<Tuple>> code_varnames(Code* code);
Fallible<Ref<Tuple>> code_cellvars(Code* code);
Fallible<Ref<Tuple>> code_freevars(Code* code);
// Source line of the instruction at byte offset, -1: none.
int code_line_at(Code* code, int byte_offset);
// Start and end line and column (UTF-8 byte offsets), -1 where unknown. False: no position.
struct CodePosition {
    int line, end_line, column, end_column;
};
CodePosition code_position_at(Code* code, int byte_offset);
// Walks the line table: ranges of byte offsets with one line each.
struct LineRange {
    int start, end, line;  // line -1: no line
    const uint8_t* next;
    const uint8_t* limit;
    int computed_line;
};
LineRange code_line_ranges(Code* code);   // before the first
bool code_next_line_range(LineRange* range);
// Handler for byte offset in the exception table. False: none.
struct ExceptionHandler {
    int target;  // byte offset
    int depth;
    bool push_last_instruction;
};
bool code_find_handler(Code* code, int byte_offset, ExceptionHandler* handler);

}  // namespace py
