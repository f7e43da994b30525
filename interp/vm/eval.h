// Running code objects and functions.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/function.h"

namespace py {

// Runs code with these namespaces (exec, class bodies, modules). locals null: globals. builtins come from globals["__builtins__"].
Fallible<Ref<>> eval_code(Code* code, Object* globals, Object* locals_or_null);
// The same for code that was just compiled from a text (program, prompt's line, exec() of a string): notes whether it ended by
// KeyboardInterrupt (runtime().unhandled_interrupt), even where somebody handles that later.
Fallible<Ref<>> eval_source(Code* code, Object* globals, Object* locals_or_null);
// With a closure: exec(code, closure=…).
Fallible<Ref<>> eval_code_closure(Code* code, Object* globals, Object* locals, Tuple* closure);
// A Python function's vectorcall slot.
Object* function_vectorcall(Object* function, Object* const* args, size_t nargsf, Object* kwnames);
// Runs a class body function in `namespace_`, returns the cell for __class__ or None (LOAD_BUILD_CLASS's __build_class__).
Fallible<Ref<>> eval_class_body(Function* body, Object* namespace_);
// Runs a suspended generator's frame; used by objects/generator.cpp. value null: throw the pending exception into it.
Object* eval_generator_frame(Generator* generator, Object* value_or_null);
// The builtins dict that code with these globals sees.
Fallible<Object*> builtins_of_globals(Object* globals);
// The exception being handled (sys.exc_info()[1]) or null, borrowed.
Object* handled_exception();
// import statement: __import__ of the frame's builtins.
Fallible<Ref<>> import_name(InterpreterFrame* frame, Str* name, Object* from_list, Object* level);

}  // namespace py
