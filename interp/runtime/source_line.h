// Lines of source files for tracebacks, and which part of a line failed (PEP 657).
#pragma once

#include "interp/objects/bytes.h"
#include "interp/objects/fallible.h"
#include "interp/objects/str.h"

namespace py {

// The file looked at last stays loaded.
class SourceFile {
  public:
    // Line `number` without its newline; null where there is none. The file is searched as named, in the embedded
    // images, then by its base name along sys.path. Never raises. May run Python (codecs).
    Ref<Str> line(Str* filename, int number);

  private:
    void load(Str* filename);

    Ref<Str> filename_;
    Ref<Bytes> text_;  // UTF-8, newlines are '\n'; null: there is no such file
};

// The operator or subscript inside an expression, in characters of the line; secondary ranges use the other sign.
struct Anchors {
    bool found = false;
    ssize_t start = 0, end = 0;
};
// For the expression that stands at [start, end) of the line.
Anchors find_anchors(Str* filename, Str* line, ssize_t start, ssize_t end);
// A UTF-8 byte offset as a character offset.
ssize_t character_offset(std::string_view utf8, ssize_t byte_offset);

}  // namespace py
