// The interpreter as a program of its own.
#include "interp/runtime/runtime.h"

int main(int argc, char** argv) { return py::run_main(argc, argv); }
