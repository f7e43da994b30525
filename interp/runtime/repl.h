// The read-eval-print loop and reading lines from a console.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// Prompts with sys.ps1 and sys.ps2, compiles statement by statement, shows values through sys.displayhook, until the end of
// input. Errors are shown and do not end it; SystemExit does (raised).
Fallible<void> run_interactive_loop();

}  // namespace py
