// The calling conventions of native functions, shared by builtin functions and method descriptors.
#pragma once

#include "interp/objects/method_def.h"

namespace py {

using FastFunction = Object* (*)(Object* self, Object* const* args, ssize_t nargs);
using FastKeywordsFunction = Object* (*)(Object* self, Object* const* args, ssize_t nargs, Object* kwnames);
using DefiningClassFunction = Object* (*)(Object* self, Type* defining_class, Object* const* args, ssize_t nargs, Object* kwnames);

// "module.qualname()" of a callable, for messages. Runs Python.
Fallible<Ref<Str>> function_text(Object* callable);
// TypeError "list.clear() takes no keyword arguments" when names are given.
Fallible<void> refuse_keywords(Object* callable, Object* kwnames);
// TypeError "list.append() takes exactly one argument (2 given)".
Fallible<void> wrong_count(Object* callable, const char* takes, ssize_t nargs);
// builtin_function_new, with the class that METH_METHOD functions are given.
Fallible<Ref<>> builtin_method_new(MethodDef* definition, Object* self, Object* module_name, Type* defining_class);

}  // namespace py
