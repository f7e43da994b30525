// The functions of the builtins module, by family. Each returns a new reference; rows stand in builtins_module.cpp.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// attribute_functions.cpp
Fallible<Ref<>> builtin_callable(Object*, Object* object);
Fallible<Ref<>> builtin_delattr(Object*, Object* const* a);
Fallible<Ref<>> builtin_dir(Object*, Object* const* args, ssize_t nargs);
Fallible<Ref<>> builtin_getattr(Object*, Object* const* args, ssize_t nargs);
Fallible<Ref<>> builtin_hasattr(Object*, Object* const* a);
Fallible<Ref<>> builtin_hash(Object*, Object* object);
Fallible<Ref<>> builtin_id(Object*, Object* object);
Fallible<Ref<>> builtin_isinstance(Object*, Object* const* a);
Fallible<Ref<>> builtin_issubclass(Object*, Object* const* a);
Fallible<Ref<>> builtin_setattr(Object*, Object* const* a);
Fallible<Ref<>> builtin_vars(Object*, Object* const* args, ssize_t nargs);
Fallible<Ref<>> builtin_ascii(Object*, Object* object);
Fallible<Ref<>> builtin_repr(Object*, Object* object);
Fallible<Ref<>> builtin_format(Object*, Object* const* a);

// number_functions.cpp
Fallible<Ref<>> builtin_abs(Object*, Object* object);
// The text of the int that `object` is or gives (__index__), with a prefix behind the sign.
Fallible<Ref<>> prefixed_text(Object* object, int base, const char* prefix);
Fallible<Ref<>> builtin_bin(Object*, Object* object);
Fallible<Ref<>> builtin_oct(Object*, Object* object);
Fallible<Ref<>> builtin_hex(Object*, Object* object);
Fallible<Ref<>> builtin_chr(Object*, Object* object);
Fallible<Ref<>> builtin_ord(Object*, Object* object);
Fallible<Ref<>> builtin_divmod(Object*, Object* const* a);
Fallible<Ref<>> builtin_pow(Object*, Object* const* a);
Fallible<Ref<>> builtin_round(Object*, Object* const* a);
Fallible<Ref<>> builtin_sum(Object*, Object* const* a);

// iteration_functions.cpp
Fallible<Ref<>> builtin_all(Object*, Object* iterable);
Fallible<Ref<>> builtin_any(Object*, Object* iterable);
Fallible<Ref<>> builtin_iter(Object*, Object* const* args, ssize_t nargs);
Fallible<Ref<>> builtin_next(Object*, Object* const* args, ssize_t nargs);
Fallible<Ref<>> builtin_aiter(Object*, Object* object);
Fallible<Ref<>> builtin_anext(Object*, Object* const* args, ssize_t nargs);
Fallible<Ref<>> builtin_len(Object*, Object* object);
Object* builtin_max(Object*, Object* const* args, ssize_t nargs, Object* kwnames);
Object* builtin_min(Object*, Object* const* args, ssize_t nargs, Object* kwnames);
Object* builtin_sorted(Object*, Object* const* args, ssize_t nargs, Object* kwnames);

// code_functions.cpp
Fallible<Ref<>> builtin_compile(Object*, Object* const* a);
Fallible<Ref<>> builtin_eval(Object*, Object* const* a);
Fallible<Ref<>> builtin_exec(Object*, Object* const* a);
Fallible<Ref<>> builtin_globals(Object*);
Fallible<Ref<>> builtin_locals(Object*);
Fallible<Ref<>> builtin_import(Object*, Object* const* a);
Object* builtin_build_class(Object*, Object* const* args, ssize_t nargs, Object* kwnames);

// console_functions.cpp
Object* builtin_print(Object*, Object* const* args, ssize_t nargs, Object* kwnames);
Fallible<Ref<>> builtin_input(Object*, Object* const* a);
Object* builtin_breakpoint(Object*, Object* const* args, ssize_t nargs, Object* kwnames);

// The module with everything but open(), which start-up adds.
Fallible<Ref<Module>> builtins_module_new();

}  // namespace py
