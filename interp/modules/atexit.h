// atexit's part in the interpreter's end.
#pragma once

namespace py {

// Calls the registered functions, last one first; each error is shown, and all are forgotten. Runs Python.
void run_exit_functions();

}  // namespace py
