// Signals for other modules.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// As if the signal had arrived: its Python handler runs soon on the main thread. ValueError for a bad number.
Fallible<void> simulate_signal(int number);
// In a forked child: signals that arrived for the parent are forgotten.
void signals_after_fork();

}  // namespace py
