// Ways into the loop: code with namespaces, functions, class bodies, generators.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/code.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/errors.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"
#include "interp/objects/types.h"
#include "interp/runtime/state.h"
#include "interp/vm/eval.h"
#include "interp/vm/frame_stack.h"
#include "interp/vm/generators.h"

namespace py {

Object* handled_exception() {
    for (ExceptionStackItem* item = Thread::current()->exception_info; item; item = item->previous)
        if (item->value && item->value != none()) return item->value;
    return nullptr;
}

Fallible<Object*> builtins_of_globals(Object* globals) {
    Object* builtins = nullptr;
    if (is_dict(globals)) builtins = dict_get_str(as_dict(globals), "__builtins__"_name);
    if (!builtins) {
        if (error_occurred()) return raised;
        // A function made without builtins of its own sees those of its maker.
        InterpreterFrame* frame = current_frame();
        return frame && frame->builtins ? frame->builtins : static_cast<Object*>(runtime().builtins);
    }
    if (is_exact(builtins, module_type)) return static_cast<Object*>(static_cast<Module*>(builtins)->dict);
    return builtins;
}

static Object* run_frame(Function* function, Object* locals, Object* const* args, ssize_t nargs, Object* kwnames) {
    Thread* thread = Thread::current();
    InterpreterFrame* frame = push_function_frame(thread, function, locals, args, nargs, kwnames);
    if (!frame) return nullptr;
    return eval_frame(thread, frame, false);
}

Object* function_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    auto* function = static_cast<Function*>(callable);
    ssize_t nargs = vectorcall_nargs(nargsf);
    ssize_t total = nargs + (kwnames ? as_tuple(kwnames)->size : 0);
    for (ssize_t i = 0; i < total; ++i) incref(args[i]);
    incref(function);
    return run_frame(function, call_locals(function), args, nargs, kwnames);
}

Fallible<Ref<>> eval_code_closure(Code* code, Object* globals, Object* locals, Tuple* closure) {
    Ref<Function> function = TRY(function_new(code, globals, nullptr));
    if (closure) function->closure = new_reference(closure);
    Object* scope = locals ? locals : globals;
    incref(scope);
    return Fallible<Ref<>>::from_slot(run_frame(function.release(), scope, nullptr, 0, nullptr));
}

Fallible<Ref<>> eval_code(Code* code, Object* globals, Object* locals) {
    return eval_code_closure(code, globals, locals, nullptr);
}

Fallible<Ref<>> eval_source(Code* code, Object* globals, Object* locals) {
    runtime().unhandled_interrupt = false;
    Fallible<Ref<>> result = eval_code(code, globals, locals);
    if (!result.ok() && Thread::current()->error_type == exc::KeyboardInterrupt) runtime().unhandled_interrupt = true;
    return result;
}

Fallible<Ref<>> eval_class_body(Function* body, Object* namespace_) {
    incref(body);
    incref(namespace_);
    return Fallible<Ref<>>::from_slot(run_frame(body, namespace_, nullptr, 0, nullptr));
}

Object* eval_generator_frame(Generator* generator, Object* value) {
    Thread* thread = Thread::current();
    InterpreterFrame* frame = generator_frame(generator);
    frame->slots[frame->stack_top++] = new_reference(value ? value : none());
    generator->exception_state.previous = thread->exception_info;
    thread->exception_info = &generator->exception_state;
    generator->frame_state = kFrameExecuting;
    if (!value && generator->exception_state.value) chain_to_handled();
    Object* result = eval_frame(thread, frame, value == nullptr);
    thread->exception_info = generator->exception_state.previous;
    generator->exception_state.previous = nullptr;
    return result;
}

}  // namespace py
