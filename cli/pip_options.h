// Options that pip has and scripts use, of which little or nothing is to be done here.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/options.h"

namespace cli {

struct PipOptions {
    bool require_environment = false;

    // --require-virtualenv, and those without effect: what they switch is never done, or always.
    void declare(Options& options);
    // NotHolding where an environment is required and `root`, the one that was found, is none.
    base::Result<void> check(const std::string& root) const;
};

}  // namespace cli
