// Starting and ending the interpreter.
#pragma once

#include <string>
#include <vector>

#include "interp/objects/fallible.h"

namespace py {

// What is handed over besides Config: sys.argv and what precedes sys.path.
struct StartOptions {
    std::vector<std::string> argv;           // sys.argv
    std::vector<std::string> orig_argv;      // sys.orig_argv
    std::vector<std::string> warn_options;   // -W, PYTHONWARNINGS
    std::vector<std::string> x_options;      // "name" or "name=value"
};

// Brings everything up: types, sys, builtins, importlib, streams, site. When an error is pending afterwards it was shown and
// the status to end with is returned; -1: go on. The GIL is held.
int start_interpreter(const StartOptions& options);
// The same without importlib, streams and site: for tools that only compile and run plain code.
void start_core();
// Ends the process with a message: the interpreter cannot be brought up. The pending exception is shown.
[[noreturn]] Raised fatal_start(const char* message);
// Runs exit handlers, waits for threads, flushes the streams, tears modules down. The exit status, made 120 when flushing failed.
int end_interpreter(int status);

}  // namespace py
