// The matcher's loop and its control flow: branches, repeats, assertions, going back.
#include "interp/modules/sre_engine.h"

#include "interp/objects/errors.h"
#include "interp/runtime/thread.h"

namespace py::sre {

// Marks, trail and choice points.

template <class Char>
bool Matcher<Char>::log(TrailEntry::Kind kind, ssize_t index, ssize_t old) {
    if (s.choices.size == 0) return true;  // nothing to go back to
    TrailEntry* entry = s.trail.push();
    if (!entry) return out_of_memory();
    *entry = {kind, s.last_index, s.last_mark, index, old};
    return true;
}
template <class Char>
bool Matcher<Char>::set_mark(uint32_t index) {
    if (!log(TrailEntry::kMark, index, s.marks[index])) return false;
    if (index & 1) s.last_index = int(index / 2) + 1;
    if (ssize_t(index) > s.last_mark) {
        for (ssize_t i = s.last_mark + 1; i < ssize_t(index); ++i)
            s.marks[i] = -1;
        s.last_mark = index;
    }
    s.marks[index] = at;
    return true;
}
template <class Char>
bool Matcher<Char>::set_count(int repeat, ssize_t count) {
    if (!log(TrailEntry::kRepeatCount, repeat, s.repeats.items[repeat].count)) return false;
    s.repeats.items[repeat].count = count;
    return true;
}
template <class Char>
bool Matcher<Char>::set_last(int repeat, ssize_t last) {
    if (!log(TrailEntry::kRepeatLast, repeat, s.repeats.items[repeat].last)) return false;
    s.repeats.items[repeat].last = last;
    return true;
}
template <class Char>
bool Matcher<Char>::choose(ChoiceKind kind, const uint32_t* where, ssize_t position, ssize_t count) {
    Choice* choice = s.choices.push();
    if (!choice) return out_of_memory();
    *choice = {uint8_t(kind), repeat_,     uint32_t(s.frames.size), uint32_t(s.repeats.size), where, position,
               count,         s.trail.size};
    return true;
}
template <class Char>
void Matcher<Char>::undo(const Choice& choice) {
    while (s.trail.size > choice.trail) {
        TrailEntry& entry = s.trail.items[--s.trail.size];
        switch (entry.kind) {
            case TrailEntry::kMark:
                s.marks[entry.index] = entry.old;
                s.last_mark = entry.last_mark;
                s.last_index = entry.last_index;
                break;
            case TrailEntry::kRepeatCount: s.repeats.items[entry.index].count = entry.old; break;
            case TrailEntry::kRepeatLast: s.repeats.items[entry.index].last = entry.old; break;
        }
    }
    s.repeats.size = choice.repeats;
    s.frames.size = choice.frames;
    repeat_ = choice.repeat;
}

// Branches.

template <class Char>
bool Matcher<Char>::branch(const uint32_t* alternative) {
    for (; *alternative; alternative += *alternative) {
        const uint32_t* first = alternative + 1;
        // An alternative whose first character does not fit is passed over without a choice point.
        if (*first == kLiteral && (at >= s.endpos || text[at] != first[1])) continue;
        if (*first == kIn && (at >= s.endpos || !in_bitmapped(first + 2, text[at]))) continue;
        const uint32_t* next = alternative + *alternative;
        if (*next && !choose(kNextBranch, next, at, 0)) return false;
        pc = first;
        return true;
    }
    return false;
}

// Repeats of one character.

template <class Char>
bool Matcher<Char>::repeat_one() {
    ssize_t min = pc[2], max = pc[3] == kMaxRepeat ? PTRDIFF_MAX : pc[3];
    if (min > s.endpos - at) return false;
    ssize_t count = count_repetitions(pc + 4, at, max);
    if (count < min) return false;
    const uint32_t* tail = pc + 1 + pc[1];
    if (*pc != kPossessiveRepeatOne && count > min) {
        if (!choose(kFewer, pc, at, count)) return false;
        return fewer(s.choices.top());
    }
    at += count;
    pc = tail;
    return true;
}
// Tries the tail behind `count` repetitions, or fewer when its first character does not fit.
template <class Char>
bool Matcher<Char>::fewer(Choice& choice) {
    ssize_t min = choice.pc[2], count = choice.count, start = choice.position;
    const uint32_t* tail = choice.pc + 1 + choice.pc[1];
    if (*tail == kLiteral)
        while (count >= min && (start + count >= s.endpos || text[start + count] != tail[1]))
            --count;
    if (count < min) {
        --s.choices.size;
        return false;
    }
    if (count == min)
        --s.choices.size;
    else
        choice.count = count - 1;
    at = start + count;
    pc = tail;
    return true;
}
template <class Char>
bool Matcher<Char>::min_repeat_one() {
    ssize_t min = pc[2], max = pc[3] == kMaxRepeat ? PTRDIFF_MAX : pc[3];
    if (min > s.endpos - at) return false;
    if (min && count_repetitions(pc + 4, at, min) < min) return false;
    at += min;
    if (max > min && !choose(kMore, pc, at, min)) return false;
    pc += 1 + pc[1];
    return true;
}
template <class Char>
bool Matcher<Char>::more(Choice& choice) {
    ssize_t max = choice.pc[3] == kMaxRepeat ? PTRDIFF_MAX : choice.pc[3];
    const uint32_t* tail = choice.pc + 1 + choice.pc[1];
    ssize_t position = choice.position, count = choice.count;
    do {
        if (position >= s.endpos || count >= max || !run_one(choice.pc + 4, position)) {
            --s.choices.size;
            return false;
        }
        ++position, ++count;
    } while (*tail == kLiteral && (position >= s.endpos || text[position] != tail[1]));
    choice.position = position;
    choice.count = count;
    at = position;
    pc = tail;
    return true;
}

// Repeats of groups.

template <class Char>
bool Matcher<Char>::begin_repeat() {
    Repeat* repeat = s.repeats.push();
    if (!repeat) return out_of_memory();
    *repeat = {pc, -1, -1, repeat_};
    repeat_ = int(s.repeats.size) - 1;
    pc += 1 + pc[1];
    return true;
}
template <class Char>
bool Matcher<Char>::max_until() {
    int current = repeat_;
    Repeat repeat = s.repeats.items[current];
    ssize_t count = repeat.count + 1, min = repeat.pc[2];
    ssize_t max = repeat.pc[3] == kMaxRepeat ? PTRDIFF_MAX : repeat.pc[3];
    if (count < min) {
        pc = repeat.pc + 4;
        return set_count(current, count);
    }
    // An iteration that would match nothing is not begun.
    if (count < max && at != repeat.last) {
        if (!choose(kLeaveRepeat, pc, at, 0) || !set_count(current, count) || !set_last(current, at)) return false;
        pc = repeat.pc + 4;
        return true;
    }
    repeat_ = repeat.previous;
    ++pc;
    return true;
}
template <class Char>
bool Matcher<Char>::min_until() {
    int current = repeat_;
    Repeat repeat = s.repeats.items[current];
    ssize_t count = repeat.count + 1;
    if (count < ssize_t(repeat.pc[2])) {
        pc = repeat.pc + 4;
        return set_count(current, count);
    }
    if (!choose(kOnceMore, pc, at, count)) return false;
    repeat_ = repeat.previous;
    ++pc;
    return true;
}

// Parts with an end of their own.

template <class Char>
bool Matcher<Char>::push_frame(uint32_t opcode, const uint32_t* where, ssize_t count, ssize_t last) {
    size_t choices = s.choices.size;
    if (!choose(kBarrier, where, at, 0)) return false;
    Frame* frame = s.frames.push();
    if (!frame) return out_of_memory();
    *frame = {opcode, repeat_, where, at, count, last, choices};
    s.choices.top().frames = uint32_t(s.frames.size);
    return true;
}
template <class Char>
bool Matcher<Char>::possessive_repeat(const uint32_t* where, ssize_t count, ssize_t last) {
    ssize_t min = where[2], max = where[3] == kMaxRepeat ? PTRDIFF_MAX : where[3];
    if (count < min || (count < max && at != last)) {
        if (!push_frame(kPossessiveRepeat, where, count, count < min ? last : at)) return false;
        pc = where + 4;
        return true;
    }
    pc = where + 1 + where[1] + 1;
    return true;
}
// SUCCESS: of the whole pattern, or of the innermost part.
template <class Char>
bool Matcher<Char>::end_part() {
    if (s.frames.size == 0) {
        if (toplevel_ && ((s.match_all && at != s.endpos) || (s.must_advance && at == s.start))) return false;
        finished_ = true;
        return true;
    }
    Frame frame = s.frames.items[--s.frames.size];
    repeat_ = frame.repeat;
    if (frame.opcode == kAssertNot) {
        Choice barrier = s.choices.items[frame.choices];
        s.choices.size = frame.choices;
        undo(barrier);
        --s.frames.size;
        return false;
    }
    // What was chosen inside is final; marks stay, and so does the trail for choices further out.
    s.choices.size = frame.choices;
    switch (frame.opcode) {
        case kAssert: at = frame.position; [[fallthrough]];
        case kAtomicGroup: pc = frame.pc + 1 + frame.pc[1]; return true;
        default: return possessive_repeat(frame.pc, frame.count + 1, frame.last);
    }
}
// The part of the innermost frame has failed.
template <class Char>
bool Matcher<Char>::barrier() {
    Frame frame = s.frames.items[--s.frames.size];
    --s.choices.size;
    at = frame.position;
    if (frame.opcode == kAssertNot) {
        pc = frame.pc + 1 + frame.pc[1];
        return true;
    }
    if (frame.opcode == kPossessiveRepeat && frame.count >= ssize_t(frame.pc[2])) {
        pc = frame.pc + 1 + frame.pc[1] + 1;
        return true;
    }
    return false;
}

// Goes back to the latest choice point; false when it has nothing more to offer.
template <class Char>
bool Matcher<Char>::go_back() {
    Choice& choice = s.choices.top();
    undo(choice);
    switch (choice.kind) {
        case kNextBranch: {
            const uint32_t* alternative = choice.pc;
            at = choice.position;
            --s.choices.size;
            return branch(alternative);
        }
        case kFewer: return fewer(choice);
        case kMore: return more(choice);
        case kLeaveRepeat:
            at = choice.position;
            pc = choice.pc + 1;
            repeat_ = s.repeats.items[repeat_].previous;
            --s.choices.size;
            return true;
        case kOnceMore: {
            const Repeat& repeat = s.repeats.items[repeat_];
            ssize_t max = repeat.pc[3] == kMaxRepeat ? PTRDIFF_MAX : repeat.pc[3], count = choice.count;
            at = choice.position;
            --s.choices.size;
            if (count >= max || at == repeat.last) return false;
            pc = repeat.pc + 4;
            return set_count(repeat_, count) && set_last(repeat_, at);
        }
        default: return barrier();
    }
}

// One instruction that neither repeats nor branches; false: no match here.
template <class Char>
bool Matcher<Char>::step_simple() {
    switch (*pc) {
        case kMark: {
            uint32_t index = pc[1];
            pc += 2;
            return set_mark(index);
        }
        case kAt:
            if (!at_position(pc[1], at)) return false;
            pc += 2;
            return true;
        case kIn:
        case kInIgnore:
        case kInLocaleIgnore:
        case kInUnicodeIgnore:
            if (at >= s.endpos || !run_one(pc, at)) return false;
            ++at;
            pc += 1 + pc[1];
            return true;
        case kAny:
        case kAnyAll:
            if (at >= s.endpos || !run_one(pc, at)) return false;
            ++at;
            ++pc;
            return true;
        case kCategory:
            if (at >= s.endpos || !in_category(pc[1], text[at])) return false;
            ++at;
            pc += 2;
            return true;
        case kGroupRef:
        case kGroupRefIgnore:
        case kGroupRefLocaleIgnore:
        case kGroupRefUnicodeIgnore:
            if (!matches_group(*pc, pc[1], &at)) return false;
            pc += 2;
            return true;
        case kGroupRefExists: {
            ssize_t group = pc[1];
            bool set =
                2 * group < s.last_mark && s.marks[2 * group] >= 0 && s.marks[2 * group + 1] >= s.marks[2 * group];
            pc += set ? 3 : 1 + pc[2];
            return true;
        }
        case kJump: pc += 1 + pc[1]; return true;
        case kInfo: pc += 1 + pc[1]; return true;
        case kFailure: return false;
        default:
            if (at >= s.endpos || !run_one(pc, at)) return false;
            ++at;
            pc += 2;
            return true;
    }
}

template <class Char>
Fallible<bool> Matcher<Char>::match(const uint32_t* start_pc, bool toplevel) {
    s.choices.size = s.trail.size = s.repeats.size = s.frames.size = 0;
    pc = start_pc;
    at = s.position;
    repeat_ = -1;
    toplevel_ = toplevel;
    finished_ = failed_memory_ = false;
    unsigned steps = 0;
    while (true) {
        bool alive;
        switch (*pc) {
            case kLiteral:
                alive = at < s.endpos && text[at] == pc[1];
                ++at;
                pc += 2;
                break;
            case kSuccess: alive = end_part(); break;
            case kBranch: alive = branch(pc + 1); break;
            case kRepeatOne:
            case kPossessiveRepeatOne: alive = repeat_one(); break;
            case kMinRepeatOne: alive = min_repeat_one(); break;
            case kRepeat: alive = begin_repeat(); break;
            case kMaxUntil: alive = max_until(); break;
            case kMinUntil: alive = min_until(); break;
            case kPossessiveRepeat: alive = possessive_repeat(pc, 0, -1); break;
            case kAtomicGroup:
                alive = push_frame(kAtomicGroup, pc, 0, 0);
                pc += 2;
                break;
            case kAssert:
            case kAssertNot: {
                bool negative = *pc == kAssertNot;
                alive = at >= ssize_t(pc[2]);
                if (!alive && negative) {
                    alive = true;
                    pc += 1 + pc[1];
                } else if (alive) {
                    alive = push_frame(*pc, pc, 0, 0);
                    at -= pc[2];
                    pc += 3;
                }
                break;
            }
            default: alive = step_simple();
        }
        if (finished_) break;
        while (!alive) {
            if (failed_memory_) return raise_memory_error();
            if (s.choices.size == 0) return false;
            alive = go_back();
        }
        if ((++steps & 0xfff) == 0 && eval_breaker) TRY(check_signals());
    }
    s.position = at;
    return true;
}

template class Matcher<uint8_t>;
template class Matcher<uint16_t>;
template class Matcher<uint32_t>;

}  // namespace py::sre
