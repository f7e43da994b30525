// Steps that running a program and running a frozen one share.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// Runs the code in the namespace of __main__.
Fallible<void> run_code(Code* code);
// The status that the program's end means; an exception was shown.
int finish_run(Fallible<void> done, int status);
// Ends the interpreter; the final status. Does not return where the program died of an interrupt.
int leave(int status);

}  // namespace py
