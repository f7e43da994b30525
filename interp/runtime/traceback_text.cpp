// See traceback_text.h. The layout is that of CPython 3.11's C code, which is not in all details traceback.py's.
#include "interp/runtime/traceback_text.h"

#include <algorithm>

#include "interp/objects/code.h"
#include "interp/objects/errors.h"
#include "interp/objects/exception.h"
#include "interp/objects/int.h"
#include "interp/runtime/source_line.h"
#include "interp/runtime/state.h"
#include "interp/runtime/thread.h"
#include "interp/vm/frame.h"

namespace py {

namespace {

constexpr ssize_t kSourceIndent = 4;
constexpr long kShownRepeats = 3;
constexpr long kDefaultLimit = 1000;

bool is_blank(uint32_t ch) {
    return ch == ' ' || ch == '\t' || ch == '\f';
}

struct Place {
    Code* code;
    int line;
    int last_instruction;
};

// The carets below a source line. `blank`: the characters of leading white space that were not shown.
Fallible<void> write_carets(ErrorSink& sink, const Place& place, Str* line, ssize_t blank) {
    CodePosition position = code_position_at(place.code, place.last_instruction);
    if (position.line < 0 || position.end_line < 0 || position.column < 0 || position.end_column < 0) return {};
    std::string_view utf8 = TRY(str_utf8(line));
    ssize_t start = character_offset(utf8, position.column);
    ssize_t end = character_offset(utf8, position.end_column);
    Anchors anchors;
    if (position.line == position.end_line) {
        anchors = find_anchors(place.code->filename, line, start, end);
    } else {
        // The expression goes on below: to the last character. NOTE: the reference takes the character count for a byte
        // index here, which shows in lines that are not ASCII.
        ssize_t last = line->length;
        while (--last >= 0 && is_blank(uint8_t(utf8[size_t(last)]))) {
        }
        end = last + 1;
    }
    if (end - start == line->length - blank && !anchors.found) return {};
    TRY(sink.margin());
    TRY(sink.repeat(' ', kSourceIndent + std::min(start, end) - blank));
    for (ssize_t offset = std::max(start, blank - kSourceIndent); offset < end; ++offset) {
        bool is_operator = anchors.found && offset >= anchors.start && offset < anchors.end;
        TRY(sink.ascii(is_operator || !anchors.found ? "^" : "~"));
    }
    return sink.ascii("\n");
}

Fallible<void> write_source(ErrorSink& sink, Str* line, ssize_t blank) {
    TRY(sink.margin());
    TRY(sink.ascii("    "));
    Ref<Str> shown = TRY(str_substring(line, blank, line->length));
    TRY(sink.text(shown.get()));
    return sink.ascii("\n");
}

Fallible<void> write_place(ErrorSink& sink, SourceFile& sources, const Place& place) {
    TRY(sink.margin());
    Ref<Str> head =
        TRY(format_str("  File \"%U\", line %d, in %U\n", place.code->filename, place.line, place.code->name));
    TRY(sink.text(head.get()));
    Ref<Str> line = sources.line(place.code->filename, place.line);
    if (!line) return {};
    ssize_t blank = 0;
    while (blank < line->length && is_blank(line->at(blank)))
        ++blank;
    // A line that the stream's encoding does not have is left out.
    if (write_source(sink, line.get(), blank).ok()) return write_carets(sink, place, line.get(), blank);
    if (error_matches(exc::KeyboardInterrupt)) return raised;
    clear_error();
    return {};
}

Fallible<void> write_repeated(ErrorSink& sink, long count) {
    count -= kShownRepeats;
    Ref<Str> text = TRY(format_str("  [Previous line repeated %ld more time%s]\n", count, count > 1 ? "s" : ""));
    return sink.text(text.get());
}

// sys.tracebacklimit; 0: nothing is shown.
long traceback_limit() {
    Object* value = sys_get("tracebacklimit");
    if (!value || !is_int(value)) return kDefaultLimit;
    int overflow;
    int64_t limit = as_int64_clamped(as_int(value), &overflow);
    return limit <= 0 ? 0 : long(limit);
}

int line_of(Traceback* entry) {
    return entry->line == kLineOfOffset ? code_line_at(entry->frame->frame->code, entry->last_instruction) : entry->line;
}

}  // namespace

Fallible<void> write_traceback(ErrorSink& sink, Object* traceback, std::string_view header,
                               std::string_view header_sign) {
    if (!is_exact(traceback, traceback_type)) return raise_bad_internal_call("write_traceback");
    long limit = traceback_limit();
    if (!limit) return {};
    TRY(sink.margin_with(header_sign));
    TRY(sink.ascii(header));
    long depth = 0;
    for (auto* each = static_cast<Traceback*>(traceback); each; each = each->next)
        ++depth;
    Ref<Traceback> entry = share(static_cast<Traceback*>(traceback));
    for (; entry && depth > limit; --depth)
        entry = share(entry->next);

    SourceFile sources;
    Ref<Code> last;
    int last_line = -1;
    long repeats = 0;
    for (; entry; entry = share(entry->next)) {
        Ref<Code> code = share(entry->frame->frame->code);
        int line = line_of(entry.get());
        bool same = last && last->filename == code->filename && last->name == code->name && last_line != -1 &&
                    line == last_line;
        if (!same) {
            if (repeats > kShownRepeats) TRY(write_repeated(sink, repeats));
            last = code;
            last_line = line;
            repeats = 0;
        }
        if (++repeats > kShownRepeats) continue;
        TRY(write_place(sink, sources, {code.get(), line, entry->last_instruction}));
        TRY(check_signals());
    }
    if (repeats > kShownRepeats) TRY(write_repeated(sink, repeats));
    return {};
}

}  // namespace py
