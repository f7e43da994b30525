// Signals for other modules.
#pragma once

#include <signal.h>

#include "interp/objects/fallible.h"

namespace py {

// The signals of an iterable of numbers. ValueError for a number out of range.
Fallible<sigset_t> sigset_argument(Object* iterable);
// As if the signal had arrived: its Python handler runs soon on the main thread. ValueError for a bad number.
Fallible<void> simulate_signal(int number);
// In a forked child: signals that arrived for the parent are forgotten.
void signals_after_fork();
// No handler in Python is called any more: where there was one, the system's action is back.
void signals_at_end();

}  // namespace py
