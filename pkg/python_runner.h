// The seam through which packages code runs Python: build back ends and probes of interpreters. `cli` implements it
// with adder's own interpreter or the one that was asked for.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/process.h"
#include "base/result.h"

namespace pkg {

class PythonRunner {
  public:
    virtual ~PythonRunner() = default;
    // The program that scripts and environments start: an absolute path.
    virtual std::string executable() = 0;
    // Runs it with `arguments` in `directory`; output and errors are captured.
    virtual base::Result<base::ProcessResult> run(
        const std::vector<std::string>& arguments, const std::string& directory,
        const std::vector<std::pair<std::string, std::string>>& environment) = 0;
};

}  // namespace pkg
