// Where tracebacks and exceptions are written: a Python stream or C's stderr, with the margin of exception groups.
#pragma once

#include "interp/objects/fallible.h"
#include "interp/objects/str.h"

namespace py {

class ErrorSink {
  public:
    // Null: C's stderr. The stream is borrowed.
    explicit ErrorSink(Object* stream) : stream_(stream) {}
    Fallible<void> ascii(std::string_view text);
    Fallible<void> text(Str* text);
    Fallible<void> repeat(char ch, ssize_t count);
    // The current group's indentation, and what stands before a line of it ("| " unless another sign is wanted).
    Fallible<void> margin() { return margin_with(group_depth ? "| " : ""); }
    Fallible<void> margin_with(std::string_view sign);
    Fallible<void> indent() { return repeat(' ', 2 * group_depth); }

    int group_depth = 0;  // how many exception groups are around

  private:
    Object* stream_;
};

}  // namespace py
