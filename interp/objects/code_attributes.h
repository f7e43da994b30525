// What the code type's table names: its methods, members and computed attributes. For code*.cpp only.
#pragma once

#include "interp/objects/code.h"
#include "interp/objects/method_def.h"

namespace py {

inline constexpr short kWarmup = -8;  // calls until a code object is quickened, counted up to 0

extern MethodDef code_methods[];
extern MemberDef code_members[];
extern GetSetDef code_getset[];
Object* code_type_new(Type* type, Object* args, Object* kwargs);
Fallible<Ref<>> code_lines(Object* code);      // code.co_lines()
Fallible<Ref<>> code_positions(Object* code);  // code.co_positions()
// A line table without columns: what code objects keep under -X no_debug_ranges.
Fallible<Ref<Bytes>> without_columns(Bytes* line_table);
Fallible<Ref<>> code_lnotab(Object* code);  // code.co_lnotab: the table of before 3.10

}  // namespace py
