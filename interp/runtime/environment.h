// What the PYTHON* variables and the -X options decide, joined with the command line's flags in runtime().config.
#pragma once

#include "interp/runtime/command_line.h"

namespace py {

// A PYTHON* variable; null when unset, empty, or switched off by -E or -I.
const char* environment_variable(const char* name);
// Sets the locale (PEP 538) and the UTF-8 mode (PEP 540), then everything else. -1, or the status to end with after a fatal
// message about a bad value.
int apply_environment(CommandLine& line);
// With PYTHONCOERCECLOCALE=warn: tells that the C locale stayed.
void warn_of_legacy_locale();

}  // namespace py
