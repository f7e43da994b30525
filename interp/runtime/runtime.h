// What others link against: running Python as a program.
#pragma once

#include <cstddef>

namespace py {

// CPython's `main`: parses the command line, runs, returns the exit status. argv[0] may be any name.
int run_main(int argc, char** argv);

// The program of a frozen executable: its image (import/image.h) holds the library, the packages and, as `_adder_boot`, what
// tells where to begin. The command line is all the program's; PYTHON* variables have no effect. 5 for a damaged image.
int run_frozen(int argc, char** argv, const void* image, size_t size);

}  // namespace py
