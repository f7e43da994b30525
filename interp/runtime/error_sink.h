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
    // One call of write() each, as all pieces are the same as the reference writes: a stream of a program may count them.
    Fallible<void> repeat(char ch, ssize_t count);
    // The current group's indentation, and what stands before a line of it ("| " unless another sign is wanted).
    Fallible<void> margin() { return margin_with(group_depth ? "| " : ""); }
    Fallible<void> margin_with(std::string_view sign);
    Fallible<void> indent();

    int group_depth = 0;          // how many exception groups are around
    bool writes_margins = false;  // empty ones too

  private:
    Object* stream_;
};

}  // namespace py
