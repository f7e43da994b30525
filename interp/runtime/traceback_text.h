// A traceback as text: places, source lines, ~~^~~ positions (PEP 657), repeated lines folded.
#pragma once

#include "interp/runtime/error_sink.h"

namespace py {

// The header stands behind `header_sign`; nothing at all when sys.tracebacklimit is below 1. Runs Python (signal
// handlers, the stream).
Fallible<void> write_traceback(ErrorSink& sink, Object* traceback, std::string_view header,
                               std::string_view header_sign);
inline constexpr std::string_view kTracebackHeader = "Traceback (most recent call last):\n";
inline constexpr std::string_view kGroupTracebackHeader = "Exception Group Traceback (most recent call last):\n";

}  // namespace py
