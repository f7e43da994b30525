// _sre: patterns as the code words that re/_compiler.py emits, the state of one match, and the engine's entry points.
#pragma once

#include "interp/objects/bytes.h"
#include "interp/objects/containers.h"
#include "interp/objects/dict.h"
#include "interp/objects/str.h"

namespace py::sre {

enum Opcode : uint32_t {
#define SRE_OPCODE(name) name,
#include "interp/modules/sre_opcodes.def"
#undef SRE_OPCODE
    kOpcodeCount,
};
enum Position : uint32_t {
    kAtBeginning,
    kAtBeginningLine,
    kAtBeginningString,
    kAtBoundary,
    kAtNonBoundary,
    kAtEnd,
    kAtEndLine,
    kAtEndString,
    kAtLocaleBoundary,
    kAtLocaleNonBoundary,
    kAtUnicodeBoundary,
    kAtUnicodeNonBoundary,
    kPositionCount,
};
enum Category : uint32_t {
    kDigit,
    kNotDigit,
    kSpace,
    kNotSpace,
    kWord,
    kNotWord,
    kLineBreak,
    kNotLineBreak,
    kLocaleWord,
    kNotLocaleWord,
    kUnicodeDigit,
    kNotUnicodeDigit,
    kUnicodeSpace,
    kNotUnicodeSpace,
    kUnicodeWord,
    kNotUnicodeWord,
    kUnicodeLineBreak,
    kNotUnicodeLineBreak,
    kCategoryCount,
};
enum InfoFlag : uint32_t { kInfoPrefix = 1, kInfoLiteral = 2, kInfoCharset = 4 };
enum Flag : int {
    kTemplate = 1,
    kIgnoreCase = 2,
    kLocale = 4,
    kMultiLine = 8,
    kDotAll = 16,
    kUnicode = 32,
    kVerbose = 64,
    kDebug = 128,
    kAscii = 256,
};
inline constexpr uint32_t kMaxRepeat = 0xffffffff;
inline constexpr ssize_t kMaxGroups = 1073741823;

// Which of the first 256 characters a set holds; one for each IN of a pattern.
struct Bitmap {
    uint8_t bits[32];
    bool has(uint32_t ch) const { return bits[ch >> 3] >> (ch & 7) & 1; }
};
struct Pattern : VarObject {  // size: code words
    ssize_t groups;
    Dict* group_index;
    Tuple* index_group;
    Object* pattern;  // str, bytes-like, or None
    int flags;
    bool is_bytes;
    Object* weaklist;
    Bitmap* bitmaps;
    uint32_t* bitmap_at;  // by position of an IN or info charset: 1 + index in bitmaps; 0: none
    uint32_t code[1];  // as many as `size` says
};
static_assert(sizeof(Pattern) == 96);
struct Match : VarObject {  // size: 2 * (groups + 1)
    Object* string;
    Object* regs;  // cached tuple or null
    Pattern* pattern;
    ssize_t pos, endpos, last_index, groups;
    ssize_t marks[1];  // start and end of each group; -1: not matched
};
static_assert(sizeof(Match) == 88);
extern Type pattern_type;
extern Type match_type;
extern Type scanner_type;

// Growing array of plain values on the heap.
template <class T>
struct Stack {
    T* items = nullptr;
    size_t size = 0, capacity = 0;
    ~Stack() { std::free(items); }
    bool grow() {
        size_t wanted = capacity ? capacity * 2 : 32;
        T* moved = static_cast<T*>(std::realloc(items, wanted * sizeof(T)));
        if (!moved) return false;
        items = moved;
        capacity = wanted;
        return true;
    }
    // Null when memory is out.
    T* push() {
        if (size == capacity && !grow()) return nullptr;
        return &items[size++];
    }
    T& top() { return items[size - 1]; }
};

// A point to go back to. What it means stands in sre_engine.h by kind.
struct Choice {
    uint8_t kind;
    int repeat;
    uint32_t frames;
    uint32_t repeats;
    const uint32_t* pc;
    ssize_t position;
    ssize_t count;
    size_t trail;
};
// Old values, to be put back when the match goes back.
struct TrailEntry {
    enum Kind : uint8_t { kMark, kRepeatCount, kRepeatLast } kind;
    int last_index;
    ssize_t last_mark;
    ssize_t index;
    ssize_t old;
};
// A REPEAT that is running (groups that repeat).
struct Repeat {
    const uint32_t* pc;   // at REPEAT
    ssize_t count, last;  // iterations so far; where the latest one began (-1: none)
    int previous;
};
// A part that ends at its own SUCCESS: assertions, atomic groups, possessive repeats.
struct Frame {
    uint32_t opcode;
    int repeat;
    const uint32_t* pc;
    ssize_t position, count, last;
    size_t choices;
};

struct State {
    Pattern* pattern = nullptr;
    Object* string = nullptr;  // owned
    BufferView buffer;
    const void* text = nullptr;
    int kind = 1;
    ssize_t length = 0, pos = 0, endpos = 0;
    ssize_t start = 0, position = 0;  // start of the match, and where it ends
    bool match_all = false, must_advance = false;
    int last_index = -1;
    ssize_t last_mark = -1;
    ssize_t* marks = nullptr;
    Stack<Choice> choices;
    Stack<TrailEntry> trail;
    Stack<Repeat> repeats;
    Stack<Frame> frames;

    State() = default;
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    // TypeError when the string does not fit the pattern.
    Fallible<void> open(Pattern* pattern, Object* string, ssize_t pos, ssize_t endpos);
    void reset() {
        last_mark = -1;
        last_index = -1;
    }
    // After a match: the next one begins at its end, and may not be empty there if this one was.
    void advance() {
        must_advance = position == start;
        start = position;
    }
};

// 1 match, 0 none; raised when memory is out or a signal handler raised. The result is [start, position) and the marks.
Fallible<bool> match_at_start(State& state);
Fallible<bool> search(State& state);

bool in_set(const uint32_t* set, uint32_t ch);
bool in_category(uint32_t category, uint32_t ch);
uint32_t lower_ascii(uint32_t ch);
uint32_t lower_locale(uint32_t ch);
uint32_t upper_locale(uint32_t ch);
// RuntimeError "invalid SRE code" unless the engine can run the code without leaving it.
Fallible<void> validate(const Pattern* pattern);
Fallible<void> build_bitmaps(Pattern* pattern);

// The part of the subject from start to end, or the empty one of its kind.
Fallible<Ref<>> slice_of(Object* string, const State* state, ssize_t start, ssize_t end);
Fallible<Ref<>> match_result(Pattern* pattern, State& state, bool found);  // a Match or None
Fallible<Ref<>> state_group(State& state, ssize_t group, bool empty_for_none);

}  // namespace py::sre
