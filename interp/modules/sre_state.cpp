// The subject of a match: a str or any buffer, its characters, and parts of it.
#include <algorithm>

#include "interp/modules/sre.h"
#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_kind.h"

namespace py::sre {

State::~State() {
    xdecref(string);
    std::free(marks);
}
Fallible<void> State::open(Pattern* given_pattern, Object* given, ssize_t from, ssize_t to) {
    pattern = given_pattern;
    bool is_text = is_str(given);
    if (is_text) {
        text = as_str(given)->data();
        kind = int(as_str(given)->kind);
        length = as_str(given)->length;
    } else {
        if (!has_buffer(given))
            return raise(exc::TypeError, "expected string or bytes-like object, got '%.200s'", given->type->name);
        if (!buffer.open(given).ok()) return raised;
        text = buffer.data();
        length = buffer.size();
    }
    if (!is_none(pattern->pattern)) {
        if (!is_text && !pattern->is_bytes)
            return raise(exc::TypeError, "cannot use a string pattern on a bytes-like object");
        if (is_text && pattern->is_bytes)
            return raise(exc::TypeError, "cannot use a bytes pattern on a string-like object");
    }
    marks = static_cast<ssize_t*>(std::malloc(sizeof(ssize_t) * size_t(2 * pattern->groups + 2)));
    if (!marks) return raise_memory_error();
    string = new_reference(given);
    from = std::clamp<ssize_t>(from, 0, length);
    to = std::clamp<ssize_t>(to, 0, length);
    pos = start = position = from;
    endpos = to;
    return {};
}

Fallible<Ref<>> slice_of(Object* string, const State* state, ssize_t start, ssize_t end) {
    if (is_str(string)) {
        if (is_str_exact(string)) return str_substring(as_str(string), start, end);
        return str_from_kind(int(as_str(string)->kind),
                             static_cast<const char*>(as_str(string)->data()) + start * ssize_t(as_str(string)->kind),
                             end - start);
    }
    if (is_bytes_exact(string) && start == 0 && end == as_bytes(string)->size) return share(string);
    if (state) return bytes_from({static_cast<const char*>(state->text) + start, size_t(end - start)});
    BufferView view;
    TRY(view.open(string));
    // The subject may have become shorter since the match.
    start = std::min(start, view.size());
    end = std::min(end, view.size());
    return bytes_from(view.view().substr(size_t(start), size_t(end - start)));
}
Fallible<Ref<>> state_group(State& state, ssize_t group, bool empty_for_none) {
    ssize_t index = 2 * (group - 1);
    bool set = index < state.last_mark && state.marks[index] >= 0 && state.marks[index + 1] >= 0;
    if (!set) {
        if (!empty_for_none) return share(none());
        return slice_of(state.string, &state, 0, 0);
    }
    return slice_of(state.string, &state, state.marks[index], state.marks[index + 1]);
}

Fallible<Ref<>> match_result(Pattern* pattern, State& state, bool found) {
    if (!found) return share(none());
    size_t bytes = offsetof(Match, marks) + 2 * size_t(pattern->groups + 1) * sizeof(ssize_t);
    Ref<Match> match = steal(static_cast<Match*>(gc_object_new(&match_type, bytes)));
    if (!match) return raised;
    match->size = 2 * (pattern->groups + 1);
    match->string = new_reference(state.string);
    match->regs = nullptr;
    match->pattern = new_reference(pattern);
    match->pos = state.pos;
    match->endpos = state.endpos;
    match->last_index = state.last_index;
    match->groups = pattern->groups + 1;
    match->marks[0] = state.start;
    match->marks[1] = state.position;
    for (ssize_t i = 0; i < pattern->groups; ++i) {
        ssize_t index = 2 * i;
        bool set = index + 1 <= state.last_mark && state.marks[index] >= 0 && state.marks[index + 1] >= 0;
        match->marks[index + 2] = set ? state.marks[index] : -1;
        match->marks[index + 3] = set ? state.marks[index + 1] : -1;
    }
    gc_track(match.get());
    return match;
}

}  // namespace py::sre
