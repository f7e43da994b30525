// The matcher: a backtracking machine over the code words with its stacks on the heap. Going back restores marks and
// repeat counts from a trail, so groups always hold what the accepted path set.
//
// Kinds of choice points (Choice::kind), by what going back to one does:
//   kNextBranch     tries the alternative at pc
//   kFewer          REPEAT_ONE: one repetition less
//   kMore           MIN_REPEAT_ONE: one repetition more
//   kLeaveRepeat    MAX_UNTIL: goes on behind the repeat
//   kOnceMore       MIN_UNTIL: runs the body once more
//   kBarrier        the running frame's part has failed
#pragma once

#include "interp/modules/sre.h"
#include "interp/objects/unicode_properties.h"

namespace py::sre {

enum ChoiceKind : uint8_t { kNextBranch, kFewer, kMore, kLeaveRepeat, kOnceMore, kBarrier };

template <class Char>
class Matcher {
  public:
    explicit Matcher(State& state) : s(state), text(static_cast<const Char*>(state.text)), code(state.pattern->code) {}
    // Matches from state.start; toplevel: match_all and must_advance hold.
    Fallible<bool> match(const uint32_t* start_pc, bool toplevel);
    Fallible<bool> search();

  private:
    bool step_simple();
    bool run_one(const uint32_t* op, ssize_t at) const;
    ssize_t count_repetitions(const uint32_t* op, ssize_t at, ssize_t limit) const;
    bool in_bitmapped(const uint32_t* set, uint32_t ch) const {
        if (uint32_t index = s.pattern->bitmap_at[set - code]; index && ch < 256)
            return s.pattern->bitmaps[index - 1].has(ch);
        return in_set(set, ch);
    }
    bool in_locale_set(const uint32_t* set, uint32_t ch) const {
        uint32_t lower = lower_locale(ch), upper = upper_locale(ch);
        return in_set(set, lower) || (upper != lower && in_set(set, upper));
    }
    bool at_position(uint32_t where, ssize_t at) const;
    bool matches_group(uint32_t op, ssize_t group, ssize_t* at) const;
    bool set_mark(uint32_t index);
    bool log(TrailEntry::Kind kind, ssize_t index, ssize_t old);
    bool set_count(int repeat, ssize_t count);
    bool set_last(int repeat, ssize_t last);
    bool choose(ChoiceKind kind, const uint32_t* where, ssize_t position, ssize_t count);
    void undo(const Choice& choice);
    bool push_frame(uint32_t opcode, const uint32_t* where, ssize_t count, ssize_t last);

    // Each returns false when the path has failed; `failed_memory_` says that memory ran out.
    bool branch(const uint32_t* alternative);
    bool repeat_one();
    bool min_repeat_one();
    bool begin_repeat();
    bool max_until();
    bool min_until();
    bool possessive_repeat(const uint32_t* where, ssize_t count, ssize_t last);
    bool end_part();
    bool go_back();
    bool fewer(Choice& choice);
    bool more(Choice& choice);
    bool barrier();
    bool out_of_memory() {
        failed_memory_ = true;
        return false;
    }

    Fallible<bool> search_prefix(const uint32_t* pattern, const uint32_t* info, ssize_t last_start);
    Fallible<bool> search_charset(const uint32_t* pattern, const uint32_t* set, ssize_t last_start);

    State& s;
    const Char* text;
    const uint32_t* code;
    const uint32_t* pc = nullptr;
    ssize_t at = 0;    // where the match stands in the text
    int repeat_ = -1;  // the running Repeat
    bool toplevel_ = false, finished_ = false, failed_memory_ = false;
};

extern template class Matcher<uint8_t>;
extern template class Matcher<uint16_t>;
extern template class Matcher<uint32_t>;

}  // namespace py::sre
