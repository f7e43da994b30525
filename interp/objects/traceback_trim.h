// Hiding importlib's own frames from the traceback of a failed import, as CPython does.
#pragma once

namespace py {

// Works on the pending exception: ImportErrors lose all importlib frames, other errors the runs that end in
// _call_with_frames_removed. Nothing with -v.
void remove_importlib_frames();

}  // namespace py
