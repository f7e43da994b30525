// What profilers and debuggers hang on code objects (PEP 523): slots numbered for the whole process.
#pragma once

#include "interp/objects/code.h"

namespace py {

using FreeCodeExtra = void (*)(void*);

// The number of a new slot, whose values `free` (or null) takes when they are replaced or their code dies. -1: all are given out.
ssize_t code_extra_request(FreeCodeExtra free);
void* code_extra(Code* code, ssize_t index);  // null: never set
Fallible<void> set_code_extra(Code* code, ssize_t index, void* value);  // SystemError for a slot nobody requested
void free_code_extras(Code* code);

}  // namespace py
