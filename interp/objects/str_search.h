// Searching helpers that the method files of str share.
#pragma once

#include "interp/objects/search.h"
#include "interp/objects/str_kind.h"

namespace py {

// A part in the kind of the text it is looked for in; owns a copy when the kinds differ.
class WidenedPart {
  public:
    WidenedPart() = default;
    ~WidenedPart();
    WidenedPart(const WidenedPart&) = delete;
    WidenedPart& operator=(const WidenedPart&) = delete;
    Fallible<const void*> widen(const Str* part, int kind);

  private:
    void* owned_ = nullptr;
};

// Non-overlapping occurrences in [start, end), at most limit; an empty part counts end - start + 1 times.
ssize_t str_count(const Str* text, const Str* part, ssize_t start, ssize_t end, ssize_t limit);
// Position of the part (in the units' kind) at or behind `from`, or -1.
template <class T>
inline ssize_t str_find_units(const T* units, ssize_t length, const void* part, ssize_t part_length, ssize_t from) {
    ssize_t at = find_units(units + from, length - from, static_cast<const T*>(part), part_length);
    return at < 0 ? -1 : at + from;
}
// Does text have part at this position?
bool str_matches_at(const Str* text, const Str* part, ssize_t at);

}  // namespace py
