// The interpreter inside a fuzz target: started once, the same every time.
#pragma once

#include <string_view>

#include "interp/objects/fallible.h"

namespace py::fuzz {

// One input. An exception that is a program's own business (ValueError, MemoryError, …) is a good end of it.
using Function = Fallible<void> (*)(std::string_view data);
#define INTERP_TARGET(name, longest, meaning) Fallible<void> fuzz_##name(std::string_view data);
#include "tests/fuzz/targets.def"

// Starts the interpreter: hash seed 0, the standard library from disk, nothing written.
void start_python(const char* program);
// The function fuzz(data) of drivers/<name>.py; kept for the rest of the process.
void load_driver(std::string_view name);
Fallible<void> run_driver(std::string_view data);
// Runs the target. SystemError, SystemExit and KeyboardInterrupt, and what a driver calls a Finding (no Exception either),
// are shown and end the process by abort().
void run_input(Function target, std::string_view data);

}  // namespace py::fuzz
