// One line from the console, with editing and history where the readline module set them up.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// Without the newline; EOFError at the end of input, KeyboardInterrupt. Runs Python (signal handlers, completers).
Fallible<Ref<>> read_console_line(Str* prompt);

}  // namespace py
