// What others link against: running Python as a program.
#pragma once

namespace py {

// CPython's `main`: parses the command line, runs, returns the exit status. argv[0] may be any name.
int run_main(int argc, char** argv);

}  // namespace py
