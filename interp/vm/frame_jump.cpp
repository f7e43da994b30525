// f_lineno = line: which instruction a frame may go on with. Every instruction's stack is computed as a word of kinds,
// three bits each, the top lowest; a jump is allowed to where the present stack fits once its top is popped off.
#include <climits>
#include <cstdlib>
#include <memory>

#include "interp/compiler/opcode.h"
#include "interp/objects/bytes.h"
#include "interp/objects/code.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/objects/types.h"
#include "interp/vm/generators.h"
#include "interp/vm/trace.h"

namespace py {

namespace {

// Iterator: of a for loop; Except: an exception, to be put back into the thread when popped; LastIndex: where a
// re-raised exception came from.
enum Kind : int { kIterator = 1, kExcept = 2, kObject = 3, kNull = 4, kLastIndex = 5 };
using Stack = int64_t;
constexpr Stack kEmpty = 0, kTooDeep = -1, kUnknown = -2;
constexpr int kKindBits = 3;
constexpr Stack kFull = Stack(1) << (63 / kKindBits - 1) * kKindBits;  // words from here on have no room left

Stack push(Stack stack, Kind kind) {
    if (stack == kTooDeep || stack >= kFull) return kTooDeep;
    return stack << kKindBits | kind;
}
Stack pop(Stack stack) {
    return stack < 0 ? stack : stack >> kKindBits;
}
Stack pop(Stack stack, int count) {
    while (count-- > 0)
        stack = pop(stack);
    return stack;
}
Kind top(Stack stack) {
    return Kind(stack & ((1 << kKindBits) - 1));
}
Kind peek(Stack stack, int n) {
    return top(pop(stack, n - 1));
}
int depth(Stack stack) {
    int count = 0;
    for (; stack > 0; stack = pop(stack))
        ++count;
    return count;
}
Stack set_nth(Stack stack, int n, Kind kind) {
    if (stack < 0) return stack;
    int shift = (n - 1) * kKindBits;
    return (stack & ~(Stack(7) << shift)) | Stack(kind) << shift;
}

class StackMarks {
  public:
    explicit StackMarks(Code* code) : code_(code), count_(int(code->size)) {}
    // False: no memory.
    bool compute();
    Stack operator[](int index) const { return stacks_.get()[index]; }

  private:
    struct Free {
        void operator()(Stack* stacks) const { std::free(stacks); }
    };
    void step(int index, int opcode, int oparg);
    void reach(int index, Stack stack) {
        if (index < 0 || index >= count_ || stacks_.get()[index] != kUnknown) return;
        stacks_.get()[index] = stack;
        changed_ = true;
    }
    void enter_handlers();

    Code* code_;
    int count_;
    std::unique_ptr<Stack, Free> stacks_;
    bool changed_ = false;
};

// Result of the instruction at `index` for the ones that may run next.
void StackMarks::step(int index, int opcode, int oparg) {
    Stack stack = stacks_.get()[index];
    int next = index + 1 + opcode_info[opcode].cache_units;
    switch (opcode) {
        case RETURN_VALUE:
        case RAISE_VARARGS:
        case RERAISE: return;
        case JUMP_FORWARD: return reach(next + oparg, stack);
        case JUMP_BACKWARD:
        case JUMP_BACKWARD_NO_INTERRUPT: return reach(next - oparg, stack);
        case POP_JUMP_FORWARD_IF_FALSE:
        case POP_JUMP_FORWARD_IF_TRUE:
        case POP_JUMP_FORWARD_IF_NONE:
        case POP_JUMP_FORWARD_IF_NOT_NONE: reach(next + oparg, pop(stack)); return reach(next, pop(stack));
        case POP_JUMP_BACKWARD_IF_FALSE:
        case POP_JUMP_BACKWARD_IF_TRUE:
        case POP_JUMP_BACKWARD_IF_NONE:
        case POP_JUMP_BACKWARD_IF_NOT_NONE: reach(next - oparg, pop(stack)); return reach(next, pop(stack));
        case JUMP_IF_FALSE_OR_POP:
        case JUMP_IF_TRUE_OR_POP: reach(next + oparg, stack); return reach(next, pop(stack));
        case SEND: reach(next + oparg, pop(stack)); return reach(next, stack);
        case GET_ITER:
        case GET_AITER: return reach(next, push(pop(stack), kIterator));
        case FOR_ITER: reach(next + oparg, pop(stack)); return reach(next, push(stack, kObject));
        case PUSH_EXC_INFO: return reach(next, push(stack, kExcept));
        case PUSH_NULL: return reach(next, push(stack, kNull));
        case LOAD_GLOBAL: return reach(next, push(oparg & 1 ? push(stack, kNull) : stack, kObject));
        case LOAD_METHOD: return reach(next, push(push(pop(stack), kNull), kObject));
        case CALL: return reach(next, push(pop(stack, 2), kObject));
        case CALL_FUNCTION_EX: return reach(next, push(pop(stack, 3 + (oparg & 1)), kObject));
        case COPY: return reach(next, push(stack, peek(stack, oparg)));
        case SWAP: {
            Kind low = peek(stack, oparg);
            return reach(next, set_nth(set_nth(stack, oparg, top(stack)), 1, low));
        }
        default: {
            int effect = stack_effect(opcode, oparg, 0);
            stack = pop(stack, -effect);
            while (effect-- > 0)
                stack = push(stack, kObject);
            return reach(next, stack);
        }
    }
}

void StackMarks::enter_handlers() {
    for (int i = 0; i < count_; ++i) {
        ExceptionHandler handler;
        Stack stack = stacks_.get()[i];
        if (stack == kUnknown || !code_find_handler(code_, i * int(sizeof(CodeUnit)), &handler)) continue;
        int target = handler.target / int(sizeof(CodeUnit));
        if (target >= count_ || stacks_.get()[target] != kUnknown) continue;
        while (depth(stack) > handler.depth)
            stack = pop(stack);
        if (handler.push_last_instruction) stack = push(stack, kLastIndex);
        reach(target, push(stack, kExcept));
    }
}

bool StackMarks::compute() {
    stacks_.reset(static_cast<Stack*>(std::malloc(size_t(count_ + 1) * sizeof(Stack))));
    if (!stacks_) return false;
    for (int i = 0; i < count_; ++i)
        stacks_.get()[i] = kUnknown;
    bool is_generator = code_->flags & (kCoGenerator | kCoCoroutine | kCoAsyncGenerator);
    stacks_.get()[0] = is_generator ? push(kEmpty, kObject) : kEmpty;  // generators get None sent while they start
    do {
        changed_ = false;
        int wide = 0;
        for (int i = 0; i < count_; ++i) {
            int opcode = opcode_info[code_->units[i].opcode].generic;
            int oparg = wide << 8 | code_->units[i].oparg;
            wide = opcode == EXTENDED_ARG ? oparg : 0;
            if (stacks_.get()[i] != kUnknown) step(i, opcode, oparg);
            i += opcode_info[opcode].cache_units;
        }
        enter_handlers();
    } while (changed_);
    return true;
}

bool is_compatible(Stack from, Stack to) {
    if (from < 0 || to < 0) return false;
    while (from > to)
        from = pop(from);
    for (; from; from = pop(from), to = pop(to)) {
        Kind have = top(from), wanted = top(to);
        if (!wanted || (wanted == kObject ? have == kNull : wanted != kNull && have != wanted)) return false;
    }
    return to == kEmpty;
}

const char* why_incompatible(Stack to) {
    if (to == kTooDeep) return "stack is too deep to analyze";
    if (to == kUnknown) return "can't jump into unreachable code";
    switch (top(to)) {
        case kExcept: return "can't jump into an 'except' block as there's no exception";
        case kLastIndex: return "can't jump into a re-raising block as there's no location";
        case kIterator: return "can't jump into the body of a for loop";
        default: return "incompatible stacks";
    }
}

// Instruction index → the line that begins there, or -1. Owned; null: no memory.
int* line_starts(Code* code) {
    int* lines = static_cast<int*>(std::malloc(size_t(code->size + 1) * sizeof(int)));
    if (!lines) return nullptr;
    for (ssize_t i = 0; i < code->size; ++i)
        lines[i] = -1;
    LineRange range = code_line_ranges(code);
    int last_line = -1;
    while (code_next_line_range(&range)) {
        if (range.line == last_line || range.line == -1) continue;
        lines[range.start / int(sizeof(CodeUnit))] = last_line = range.line;
    }
    return lines;
}

// The first line with code at or behind `wanted`; -1: none.
int first_line_from(const int* lines, ssize_t count, int wanted) {
    int result = INT_MAX;
    for (ssize_t i = 0; i < count; ++i)
        if (lines[i] < result && lines[i] >= wanted) result = lines[i];
    return result == INT_MAX ? -1 : result;
}

struct Target {
    int index = -1;
    Stack stack = kTooDeep;
    const char* problem = "cannot find bytecode for specified line";
};

// The deepest place of the line that the present stack can be cut down to.
Target find_target(const StackMarks& marks, const int* lines, ssize_t count, int line, Stack present) {
    Target target;
    bool explained = false;
    for (int i = 0; i < count; ++i) {
        if (lines[i] != line) continue;
        if (is_compatible(present, marks[i])) {
            target.problem = nullptr;
            if (marks[i] > target.stack) {
                target.stack = marks[i];
                target.index = i;
            }
        } else if (target.problem && !explained) {
            explained = present != kTooDeep && present != kUnknown;
            target.problem = present == kTooDeep   ? "stack to deep to analyze"
                             : present == kUnknown ? "can't jump from unreachable code"
                                                   : why_incompatible(marks[i]);
        }
    }
    return target;
}

void pop_to(InterpreterFrame* frame, Stack present, Stack wanted) {
    for (; present > wanted; present = pop(present)) {
        Object* value = frame->slots[--frame->stack_top];
        if (top(present) == kExcept) {
            // What was handled before is handled again.
            ExceptionStackItem* info = Thread::current()->exception_info;
            std::swap(info->value, value);
            if (info->value == none()) clear_slot(info->value);
        }
        xdecref(value);
    }
}

Fallible<bool> may_jump(Frame* frame) {
    bool is_suspended =
        frame->frame->owner == kOwnedByGenerator && frame_generator(frame->frame)->frame_state == kFrameSuspended;
    int event = Thread::current()->tracing_what;  // outside of tracing as in the call event
    if (event == kTraceCall) return raise(exc::ValueError, "can't jump from the 'call' trace event of a new frame");
    if (event != kTraceLine && !(event == kTraceReturn && is_suspended))
        return raise(exc::ValueError, "can only jump from a 'line' trace event");
    if (!frame->trace) return raise(exc::ValueError, "f_lineno can only be set by a trace function");
    return is_suspended;
}

}  // namespace

Fallible<void> frame_set_line(Frame* frame, Object* value) {
    if (!is_int_exact(value)) return raise(exc::ValueError, "lineno must be an integer");
    bool is_suspended = TRY(may_jump(frame));
    int overflow;
    int64_t wanted = as_int64_clamped(as_int(value), &overflow);
    if (overflow || wanted > INT_MAX || wanted < INT_MIN) return raise(exc::ValueError, "lineno out of range");
    InterpreterFrame* contents = frame->frame;
    Code* code = contents->code;
    if (wanted < code->first_line)
        return raise(exc::ValueError, "line %d comes before the current code block", int(wanted));
    std::unique_ptr<int, decltype(&std::free)> lines(line_starts(code), std::free);
    StackMarks marks(code);
    if (!lines || !marks.compute()) return raise_memory_error();
    int line = first_line_from(lines.get(), code->size, int(wanted));
    if (line < 0) return raise(exc::ValueError, "line %d comes after the current code block", int(wanted));
    Stack present = marks[frame_byte_offset(contents) / int(sizeof(CodeUnit))];
    Target target = find_target(marks, lines.get(), code->size, line, present);
    if (target.problem) return raise(exc::ValueError, target.problem);
    if (is_suspended) present = pop(present);  // the yielded value is gone already
    pop_to(contents, present, target.stack);
    frame->line = 0;
    contents->previous_instruction = code->units + target.index;
    return {};
}

}  // namespace py
