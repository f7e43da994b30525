// CPython's command line: `python [option]… [-c cmd | -m mod | file | -] [arg]…` and the PYTHON* environment.
#pragma once

#include <string>
#include <vector>

#include "interp/runtime/start.h"

namespace py {

enum class RunKind { Repl, Command, Module, File, Stdin };
struct CommandLine {
    RunKind kind = RunKind::Repl;
    std::string target;  // command text, module name, file
    StartOptions start;
    int early_status = -1;  // ≥ 0: help, version or a usage error was printed; end with it
};
// Fills runtime().config as well.
CommandLine parse_command_line(int argc, char** argv);

}  // namespace py
