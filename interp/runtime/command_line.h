// CPython's command line: `python [option]… [-c cmd | -m mod | file | -] [arg]…`.
#pragma once

#include <string>
#include <vector>

#include "interp/runtime/start.h"

namespace py {

enum class RunKind { Stdin, Command, Module, File };
struct CommandLine {
    RunKind kind = RunKind::Stdin;  // Stdin at a terminal (or with -i) is the prompt
    std::string target;             // command text, module name, file
    StartOptions start;
    std::vector<std::string> warn_arguments;  // of -W
    int early_status = -1;  // ≥ 0: help, version or an error was printed; end with it
};
// Reads the options only; fills runtime().config. The environment comes after it: see environment.h.
CommandLine parse_command_line(int argc, char** argv);

}  // namespace py
