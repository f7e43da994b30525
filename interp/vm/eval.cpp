// The interpreter loop: runs code units of 3.11's instruction set with inline caches. The instructions stand by family in
// ops_*.inc, the long ways in eval_slow.cpp, the rewriting of instructions in specialize*.cpp.
//
// Hazards, numbered:
//  1. frame->previous_instruction is stored by every instruction's start; positions and handlers are found from it.
//  2. Whatever may run Python (any decref of an unknown object included) may replace frame locals: never keep a borrowed
//     reference to a local across it; take the operand off the stack only after the last use.
//  3. Leaving for another frame: save_stack() first, so that the frame is whole when it is cleared or looked at.
//  4. frame, names, consts change with the frame: load_frame() after every switch.
//  5. Caches are read before anything may run Python that could re-specialise the same instruction.
//  6. TRY must not be used here: errors go to the label `error`.
#include "interp/vm/eval.h"

#include "interp/compiler/opcode.h"
#include "interp/objects/abstract.h"
#include "interp/objects/bytes.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/float.h"
#include "interp/objects/int.h"
#include "interp/objects/list_iterator.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/stack_check.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval_slow.h"
#include "interp/vm/frame_stack.h"
#include "interp/vm/generators.h"
#include "interp/vm/specialize.h"
#include "interp/vm/trace.h"

namespace py {

#define INSTRUCTION(name) \
    target_##name:        \
    frame->previous_instruction = next++;
#define DISPATCH()                                        \
    do {                                                  \
        oparg = next->oparg;                              \
        goto* targets[next->opcode | cframe.use_tracing]; \
    } while (0)
#define DISPATCH_SAME() goto* targets[next->opcode]
#define PUSH(value)              \
    do {                         \
        Object* pushed_ = value; \
        *sp++ = pushed_;         \
    } while (0)
#define POP() (*--sp)
#define TOP() (sp[-1])
#define SECOND() (sp[-2])
#define PEEK(n) (sp[-(n)])
#define JUMP_BY(units) (next += (units))
#define SKIP_CACHE(name) (next += opcode_caches[name])
#define GOTO_ERROR_IF(condition) \
    if (condition) [[unlikely]]  \
    goto error
#define CHECK_EVAL_BREAKER()                    \
    if (eval_breaker) [[unlikely]]              \
    goto handle_eval_breaker
#define DEOPT_IF(condition, name)          \
    if (condition) [[unlikely]] {          \
        goto miss_##name;                  \
    }
// A form that does not fit leaves the instruction to the generic way; kBackoff such misses later the operands are looked at again.
#define MISS(name, generic)                                                           \
    miss_##name:                                                                      \
    if (--*reinterpret_cast<uint16_t*>(next) == 0) next[-1].opcode = name##_ADAPTIVE; \
    goto generic

namespace {

// Inline cache units behind each generic instruction.
struct CacheUnits {
    uint8_t units[256] = {};
    constexpr CacheUnits() {
#define OPCODE(name, number, caches, operand) units[number] = caches;
#include "interp/compiler/opcodes.def"
    }
    constexpr uint8_t operator[](int opcode) const { return units[opcode]; }
};
constexpr CacheUnits opcode_caches;

constexpr ssize_t kOneDigit = ssize_t(1) << kDigitBits;

// The result of arithmetic on `left`, whose reference it takes over; null: raised, and the reference is still the caller's.
// FAST: an int that nobody else holds takes the value itself.
inline Object* small_result(Object* left, ssize_t value) {
    Object* result;
    if (is_small_value(value)) {
        result = small_int(value).release();
    } else if (left->refcount == 1 && value > -kOneDigit && value < kOneDigit) {
        Int* reused = as_int(left);
        reused->size = value < 0 ? -1 : 1;
        reused->digits[0] = Digit(value < 0 ? -value : value);
        return left;
    } else {
        result = int_from(value).release();
        if (!result) return nullptr;
    }
    decref(left);
    return result;
}
inline bool is_true_divide(int oparg) {
    return oparg == int(BinaryOp::TrueDivide) || oparg == int(BinaryOp::InplaceTrueDivide);
}
// The value of a float, or of an int that a double holds exactly.
inline bool real_value(Object* number, double* value) {
    if (is_float_exact(number)) return *value = float_value(number), true;
    if (!is_int_exact(number) || !as_int(number)->is_compact()) return false;
    return *value = double(as_int(number)->compact_value()), true;
}
inline Object* int_BINARY_OP_ADD_INT(Int* a, Int* b) { return int_add(a, b).release(); }
inline Object* int_BINARY_OP_SUBTRACT_INT(Int* a, Int* b) { return int_subtract(a, b).release(); }
inline Object* int_BINARY_OP_MULTIPLY_INT(Int* a, Int* b) { return int_multiply(a, b).release(); }

// The next int of a range. FAST: a loop variable (`store` puts it into `locals`, null while tracing) that nobody else holds is taken
// back and written over; between here and the store nothing looks at it.
inline Object* next_of_range(RangeIterator* iterator, CodeUnit store, Object** locals) {
    if (iterator->index >= iterator->length) return nullptr;
    int64_t value = int64_t(uint64_t(iterator->start) + uint64_t(iterator->index++) * uint64_t(iterator->step));
    if (is_small_value(value)) return small_int(value).release();
    bool stores = store.opcode == STORE_FAST || store.opcode == STORE_FAST__LOAD_FAST || store.opcode == STORE_FAST__STORE_FAST;
    if (stores && locals && value > 0 && value < kOneDigit) {
        Object* old = locals[store.oparg];
        if (old && is_int_exact(old) && old->refcount == 1) {
            locals[store.oparg] = nullptr;
            as_int(old)->size = 1;
            as_int(old)->digits[0] = Digit(value);
            return old;
        }
    }
    return int_from(value).release();
}

// May CALL_PY_EXACT_ARGS run this function, too, which is not the one it was specialised for?
inline bool takes_plain_arguments(Function* function) {
    const Code* code = function->code;
    return (code->flags & (kCoOptimized | kCoVarargs | kCoVarkeywords)) == kCoOptimized && !code->keyword_only_argcount &&
           function->vectorcall == function_vectorcall;
}

inline int save_stack_index(InterpreterFrame* frame, Object** sp) { return frame->stack_top = int(sp - frame->slots); }

}  // namespace

Object* eval_frame(Thread* thread, InterpreterFrame* entry_frame, bool throwing) {
    static void* targets[256];
    if (!targets[0]) [[unlikely]] {
        for (void*& target : targets) target = &&target_unknown;
#define OPCODE(name, number, caches, operand) targets[number] = &&target_##name;
#define SPECIALIZED(name, number, generic) targets[number] = &&target_##name;
#include "interp/compiler/opcodes.def"
        targets[255] = &&target_tracing;
    }
    CFrame cframe;
    CFrame* previous_cframe = thread->cframe;
    cframe.use_tracing = previous_cframe->use_tracing;
    cframe.previous = previous_cframe;
    thread->cframe = &cframe;

    InterpreterFrame* frame = entry_frame;
    frame->previous = previous_cframe->current_frame;
    frame->is_entry = true;
    cframe.current_frame = frame;

    CodeUnit* next = nullptr;
    Object** sp = nullptr;
    Object** consts = nullptr;
    Object** names = nullptr;
    Object* kwnames = nullptr;  // set by KW_NAMES for the CALL that follows
    Object* unary_result = nullptr;
    ssize_t oparg = 0;

#define LOAD_FRAME()                                           \
    do {                                                       \
        Code* code_ = frame->code;                             \
        consts = code_->consts->items;                         \
        names = code_->names->items;                           \
        next = frame->previous_instruction + 1;                \
        sp = frame->slots + frame->stack_top;                  \
        frame->stack_top = -1;                                 \
    } while (0)
#define LOCAL(i) (frame->slots[i])
#define SAVE_STACK() save_stack_index(frame, sp)
#define NAME(i) static_cast<Str*>(names[i])

    if (--thread->recursion_remaining < 0 || stack_is_low()) [[unlikely]] {
        if (!recursion_exceeded(thread, "").ok()) {
            LOAD_FRAME();
            --thread->recursion_remaining;
            goto exit_unwind;
        }
    }
    if (throwing) {
        if (cframe.use_tracing && trace_entry(thread, frame) < 0) {
            LOAD_FRAME();
            goto exit_unwind;
        }
        LOAD_FRAME();
        goto resume_with_error;
    }

start_frame:
    LOAD_FRAME();
    DISPATCH();

handle_eval_breaker: {
    // An await in progress is not interrupted between YIELD_VALUE and the RESUME of its delegate.
    Fallible<void> done = do_pending_work();
    GOTO_ERROR_IF(!done.ok());
    DISPATCH();
}

#include "interp/vm/ops_basic.inc"
#include "interp/vm/ops_names.inc"
#include "interp/vm/ops_attribute.inc"
#include "interp/vm/ops_operator.inc"
#include "interp/vm/ops_arithmetic.inc"
#include "interp/vm/ops_flow.inc"
#include "interp/vm/ops_build.inc"
#include "interp/vm/ops_exception.inc"
#include "interp/vm/ops_call.inc"

target_tracing: {
    // A line, call or opcode event may be due before this instruction; then the instruction itself runs in its generic form.
    if (thread->tracing == 0) {
        SAVE_STACK();
        int status = trace_before_instruction(thread, frame, next);
        sp = frame->slots + frame->stack_top;
        frame->stack_top = -1;
        if (status < 0) {
            // A line that the tracer set before it raised is not jumped to.
            frame->previous_instruction = next++;
            goto error;
        }
        next = frame->previous_instruction;
        oparg = next->oparg;
    }
    goto* targets[opcode_info[next->opcode].generic];
}
target_CACHE:
target_unknown:
    (void)raise(exc::SystemError, "unknown opcode %d", int(next->opcode));
    frame->previous_instruction = next++;
    goto error;

error:
    kwnames = nullptr;
    {
        if (first_complete_frame(frame) == frame) {
            Frame* object = frame_object_of(frame);
            if (object) (void)traceback_here(object);
        }
        if (thread->trace_function && !thread->tracing) {
            SAVE_STACK();
            trace_exception(thread, frame);
            frame->stack_top = -1;
        }
    }
exception_unwind: {
    ExceptionHandler handler;
    // Found from where the loop stands: RERAISE has set previous_instruction back to where the exception came from.
    int offset = int(reinterpret_cast<char*>(next - 1) - reinterpret_cast<char*>(frame->code->units));
    if (!code_find_handler(frame->code, offset, &handler)) {
        Object** base = frame_stack_base(frame);
        while (sp > base) {
            Object* dropped = POP();
            xdecref(dropped);
        }
        SAVE_STACK();
        if (cframe.use_tracing) trace_unwind(thread, frame);
        goto exit_unwind;
    }
    Object** wanted = frame_stack_base(frame) + handler.depth;
    while (sp > wanted) {
        Object* dropped = POP();
        xdecref(dropped);
    }
    if (handler.push_last_instruction) {
        ssize_t index = frame_byte_offset(frame) / ssize_t(sizeof(CodeUnit));
        Object* boxed = int_from(index).release();
        // No memory: some number that is always there. Only the line of what is raised again comes from it.
        if (!boxed) boxed = int_from(std::min(index, ssize_t(256))).release();
        PUSH(boxed);
    }
    PUSH(fetch_exception().release());
    next = frame->code->units + handler.target / int(sizeof(CodeUnit));
    DISPATCH();
}
resume_with_error:
    // A generator is resumed with throw(): the error belongs to the instruction it is suspended at.
    goto error;

exit_unwind: {
    ++thread->recursion_remaining;
    InterpreterFrame* dying = frame;
    frame = cframe.current_frame = dying->previous;
    bool was_entry = dying->is_entry;
    if (dying->stack_top < 0) dying->stack_top = int(sp - dying->slots);
    dying->previous = frame;
    if (dying->owner == kOwnedByGenerator) {
        finish_generator_frame(dying);
    } else {
        frame_clear(dying);
        frame_stack_pop(thread, dying);
    }
    if (was_entry) {
        thread->cframe = previous_cframe;
        previous_cframe->use_tracing = cframe.use_tracing;
        return nullptr;
    }
    LOAD_FRAME();
    goto error;
}
}

}  // namespace py
