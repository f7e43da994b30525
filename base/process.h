// Running other programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace base {

enum class Stream : uint8_t { Inherit, Capture, Discard };

struct ProcessOptions {
    std::vector<std::string> arguments;  // [0] is the program: a path, or a name looked up on PATH
    std::vector<std::pair<std::string, std::string>> set_environment;  // added to or replacing the inherited ones
    std::vector<std::string> unset_environment;
    bool clear_environment = false;  // start from an empty environment instead of ours
    std::string directory;           // working directory; empty: ours
    std::string input;               // given to standard input when `give_input`
    bool give_input = false;
    Stream output = Stream::Inherit;
    Stream errors = Stream::Inherit;
};
struct ProcessResult {
    int status = 0;  // exit status, or 128 + signal number
    std::string output, errors;
};

// Runs to the end. An Io error only when the program cannot be started.
Result<ProcessResult> run_process(const ProcessOptions& options);
// Replaces this process; returns only on failure.
Error replace_process(const ProcessOptions& options);
// The first executable file called `name` on PATH (or `name` itself when it has a slash); "" when there is none.
std::string find_program(const std::string& name);
// The path of this executable as the kernel knows it.
std::string executable_path();

}  // namespace base
