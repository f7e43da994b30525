// The methods of str, defined by theme in str_case.cpp, str_split.cpp, str_methods.cpp, str_translate.cpp,
// str_format.cpp and str_repr.cpp; str.cpp holds the type and the table.
#pragma once

#include "interp/objects/containers.h"
#include "interp/objects/str_kind.h"

namespace py {

#define STR_NOARGS(name) Fallible<Ref<>> name(Object* self);
#define STR_O(name) Fallible<Ref<>> name(Object* self, Object* argument);
#define STR_FAST(name) Fallible<Ref<>> name(Object* self, Object* const* args, ssize_t nargs);
#define STR_BOUND(name) Fallible<Ref<>> name(Object* self, Object* const* bound);
#include "interp/objects/str_methods.def"
#undef STR_NOARGS
#undef STR_O
#undef STR_FAST
#undef STR_BOUND

// str.format(*args, **kwargs): METH_VARARGS | METH_KEYWORDS.
Object* str_format_method(Object* self, Object* args, Object* kwargs);
void str_dealloc(Object* self);
Fallible<Ref<Str>> str_subclass_new(Type* type, Str* value);
Fallible<Ref<Str>> str_repr(Object* self);
Fallible<Ref<>> str_iter(Object* self);
Fallible<Ref<List>> str_split_lines(Str* text, bool keep_ends);
Fallible<Ref<Str>> str_strip_blanks(Str* text, int sides);  // 1 left, 2 right, 3 both
// text.format(*args, **kwargs): kwargs may be any mapping or null.
Fallible<Ref<Str>> str_format_with(Str* text, Object* args_tuple_or_null, Object* mapping_or_null);
// tp_iter of iterators; a builtin by name as it stands in builtins now.
Fallible<Ref<>> builtin_attr(const char* name);
// A position argument of find and kin: None leaves the default.
Fallible<void> search_range(Object* const* args, ssize_t nargs, ssize_t length, ssize_t* start, ssize_t* end);
// TypeErrors of find and kin: "find() takes at least 1 argument (0 given)".
Fallible<void> check_search_arguments(const char* name, ssize_t nargs);

}  // namespace py
