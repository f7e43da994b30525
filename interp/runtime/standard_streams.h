// sys.stdin, stdout and stderr.
#pragma once

#include "interp/objects/fallible.h"

namespace py {

// Gives runtime().config.fs_encoding its codec's own name; the codecs must be importable.
Fallible<void> settle_fs_encoding();
// Imports io, makes the streams over descriptors 0 to 2 (None where closed), sets builtins.open.
Fallible<void> make_standard_streams();
// Flushes stdout and stderr. False: one failed (stdout's failure is reported as unraisable).
bool flush_standard_streams();
// The same where nobody is to hear of failures.
void flush_streams_quietly();

}  // namespace py
