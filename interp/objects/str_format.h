// The parsers of replacement-field strings, shared by str.format and _string (string.Formatter).
#pragma once

#include "interp/objects/str.h"

namespace py {

struct TextRange {
    ssize_t start = 0, end = 0;
    bool empty() const { return start >= end; }
};
// One step of a format string: literal text, then perhaps a field {name!conversion:spec}.
struct FormatPiece {
    TextRange literal, name, spec;
    bool has_field = false, spec_has_fields = false;
    uint32_t conversion = 0;  // 0: none
};
class FormatParser {
  public:
    FormatParser(Str* text, TextRange range) : text_(text), at_(range.start), end_(range.end) {}
    bool done() const { return at_ >= end_; }
    Fallible<FormatPiece> next();

  private:
    Fallible<void> parse_field(FormatPiece& piece);
    Fallible<void> parse_conversion(FormatPiece& piece, bool* closed);
    Fallible<void> parse_spec(FormatPiece& piece);
    Str* text_;
    ssize_t at_, end_;
};

// "0.name[key]": the first part, then accessors.
struct FieldAccessor {
    bool is_attribute = false;
    TextRange name;
    ssize_t index = -1;  // of [digits]
};
class FieldNameParser {
  public:
    FieldNameParser(Str* text, TextRange range) : text_(text), at_(range.start), end_(range.end) {}
    Fallible<TextRange> first(ssize_t* index);  // index -1: a keyword
    bool done() const { return at_ >= end_; }
    Fallible<FieldAccessor> next();
    TextRange rest() const { return {at_, end_}; }

  private:
    Str* text_;
    ssize_t at_, end_;
};

}  // namespace py
