// The seam to a compiler of modules: cli implements it with adder's own.
#pragma once

#include <string>
#include <vector>

#include "base/directory.h"
#include "base/result.h"

namespace pkg {

struct BytecodeJob {
    std::string source, target;  // relative to the prefix: "…/mod.py", "…/__pycache__/mod.cpython-311.pyc"
    bool done = false;
};

class BytecodeCompiler {
  public:
    virtual ~BytecodeCompiler() = default;
    // Writes the .pyc files of `jobs` beneath `root`, and sets `done` of those it wrote. A module that does not compile
    // is left for the interpreter to complain about.
    virtual base::Result<void> compile(const base::Directory& root, std::vector<BytecodeJob*>& jobs) = 0;
};

}  // namespace pkg
