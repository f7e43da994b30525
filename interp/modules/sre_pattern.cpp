// re.Pattern and the scanner: matching, searching, splitting, substitution.
#include <cstring>

#include "interp/import/import.h"
#include "interp/modules/sre_objects.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/function.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"
#include "interp/objects/parsed_methods.h"

namespace py::sre {

namespace {

Pattern* as_pattern(Object* object) {
    return static_cast<Pattern*>(object);
}

// (string, pos=0, endpos=sys.maxsize)
Fallible<void> open_from(State& state, Object* pattern, Object* const* bound) {
    ssize_t pos = bound[1]    ? TRY(as_ssize(bound[1])) : 0;
    ssize_t endpos = bound[2] ? TRY(as_ssize(bound[2])) : PTRDIFF_MAX;
    return state.open(as_pattern(pattern), bound[0], pos, endpos);
}

// re.Pattern.match(string, pos=0, endpos=sys.maxsize)
Fallible<Ref<>> pattern_match(Object* self, Object* const* bound) {
    State state;
    TRY(open_from(state, self, bound));
    bool found = TRY(match_at_start(state));
    return match_result(as_pattern(self), state, found);
}
// re.Pattern.fullmatch(string, pos=0, endpos=sys.maxsize)
Fallible<Ref<>> pattern_fullmatch(Object* self, Object* const* bound) {
    State state;
    TRY(open_from(state, self, bound));
    state.match_all = true;
    bool found = TRY(match_at_start(state));
    return match_result(as_pattern(self), state, found);
}
// re.Pattern.search(string, pos=0, endpos=sys.maxsize)
Fallible<Ref<>> pattern_search(Object* self, Object* const* bound) {
    State state;
    TRY(open_from(state, self, bound));
    bool found = TRY(search(state));
    return match_result(as_pattern(self), state, found);
}
// re.Pattern.findall(string, pos=0, endpos=sys.maxsize)
Fallible<Ref<>> pattern_findall(Object* self, Object* const* bound) {
    State state;
    TRY(open_from(state, self, bound));
    Pattern* pattern = as_pattern(self);
    Ref<List> list = TRY(list_new(0));
    while (state.start <= state.endpos) {
        state.reset();
        if (!TRY(search(state))) break;
        Ref<> item;
        if (pattern->groups == 0) {
            item = TRY(slice_of(state.string, &state, state.start, state.position));
        } else if (pattern->groups == 1) {
            item = TRY(state_group(state, 1, true));
        } else {
            Ref<Tuple> groups = TRY(tuple_new(pattern->groups));
            for (ssize_t i = 0; i < pattern->groups; ++i)
                groups->items[i] = TRY(state_group(state, i + 1, true))
            .release();
            item = std::move(groups);
        }
        TRY(list_append_steal(list.get(), std::move(item)));
        state.advance();
    }
    return list;
}
// re.Pattern.split(string, maxsplit=0)
Fallible<Ref<>> pattern_split(Object* self, Object* const* bound) {
    ssize_t limit = bound[1] ? TRY(as_ssize(bound[1])) : 0;
    State state;
    Pattern* pattern = as_pattern(self);
    TRY(state.open(pattern, bound[0], 0, PTRDIFF_MAX));
    Ref<List> list = TRY(list_new(0));
    ssize_t last = 0;
    for (ssize_t n = 0; !limit || n < limit; ++n) {
        state.reset();
        if (!TRY(search(state))) break;
        TRY(list_append_steal(list.get(), TRY(slice_of(state.string, &state, last, state.start))));
        for (ssize_t i = 0; i < pattern->groups; ++i)
            TRY(list_append_steal(list.get(), TRY(state_group(state, i + 1, false))));
        state.advance();
        last = state.start;
    }
    TRY(list_append_steal(list.get(), TRY(slice_of(state.string, &state, last, state.endpos))));
    return list;
}

// A replacement without backslashes stands for itself; others are compiled by re._subx, to a text or a function of the
// match.
bool is_literal_template(Object* replacement) {
    if (is_str(replacement)) return str_find_char(as_str(replacement), '\\', 0, as_str(replacement)->length, 1) < 0;
    BufferView view;
    if (!has_buffer(replacement) || !view.open(replacement).ok()) {
        clear_error();
        return false;
    }
    return view.view().find('\\') == std::string_view::npos;
}
Fallible<Ref<>> replacement_filter(Object* pattern, Object* replacement) {
    if (is_callable(replacement) || is_literal_template(replacement)) return share(replacement);
    Ref<> subx = TRY(import_attribute("re", "_subx"));
    return call(subx.get(), pattern, replacement);
}
Fallible<Ref<>> join_parts(List* list, Object* string) {
    Ref<> joiner = TRY(slice_of(string, nullptr, 0, 0));
    if (list->size == 0) return joiner;
    if (is_bytes(joiner.get())) return bytes_join(as_bytes(joiner.get()), list);
    return str_join(as_str(joiner.get()), list);
}
struct Substitution {
    Ref<> text;
    ssize_t count = 0;
};
Fallible<Substitution> substitute(Pattern* pattern, Object* replacement, Object* string, ssize_t limit) {
    Ref<> filter = TRY(replacement_filter(pattern, replacement));
    bool callable = is_callable(filter.get());
    State state;
    TRY(state.open(pattern, string, 0, PTRDIFF_MAX));
    Ref<List> list = TRY(list_new(0));
    Substitution result;
    ssize_t copied = 0;
    while (!limit || result.count < limit) {
        state.reset();
        if (!TRY(search(state))) break;
        ssize_t start = state.start, end = state.position;
        if (copied < start) TRY(list_append_steal(list.get(), TRY(slice_of(state.string, &state, copied, start))));
        Ref<> item = filter;
        if (callable) {
            Ref<> match = TRY(match_result(pattern, state, true));
            item = TRY(call(filter.get(), match.get()));
        }
        if (!is_none(item.get())) TRY(list_append_steal(list.get(), std::move(item)));
        copied = end;
        ++result.count;
        state.advance();
    }
    if (copied < state.endpos)
        TRY(list_append_steal(list.get(), TRY(slice_of(state.string, &state, copied, state.endpos))));
    result.text = TRY(join_parts(list.get(), string));
    return result;
}
// re.Pattern.sub(repl, string, count=0)
Fallible<Ref<>> pattern_sub(Object* self, Object* const* bound) {
    ssize_t limit = bound[2] ? TRY(as_ssize(bound[2])) : 0;
    Substitution result = TRY(substitute(as_pattern(self), bound[0], bound[1], limit));
    return std::move(result.text);
}
// re.Pattern.subn(repl, string, count=0)
Fallible<Ref<>> pattern_subn(Object* self, Object* const* bound) {
    ssize_t limit = bound[2] ? TRY(as_ssize(bound[2])) : 0;
    Substitution result = TRY(substitute(as_pattern(self), bound[0], bound[1], limit));
    Ref<> count = TRY(int_from(result.count));
    return TRY(tuple_pack(result.text.get(), count.get()));
}

// Scanner: one match after the other.
struct Scanner : Object {
    Pattern* pattern;
    State state;
    bool exhausted;
};
Scanner* as_scanner(Object* object) {
    return static_cast<Scanner*>(object);
}

void scanner_dealloc(Object* self) {
    gc_untrack(self);
    as_scanner(self)->state.~State();
    xdecref(as_scanner(self)->pattern);
    gc_object_free(self);
}
int scanner_traverse(Object* self, Visit visit, void* arg) {
    VISIT(as_scanner(self)->pattern);
    VISIT(as_scanner(self)->state.string);
    return 0;
}
Fallible<Ref<>> scanner_step(Object* self, Fallible<bool> (*find)(State&)) {
    Scanner* scanner = as_scanner(self);
    State& state = scanner->state;
    if (scanner->exhausted) return share(none());
    state.reset();
    bool found = TRY(find(state));
    Ref<> match = TRY(match_result(scanner->pattern, state, found));
    if (found)
        state.advance();
    else
        scanner->exhausted = true;
    return match;
}
// _sre.SRE_Scanner.match()
Fallible<Ref<>> scanner_match(Object* self) {
    return scanner_step(self, match_at_start);
}
// _sre.SRE_Scanner.search()
Fallible<Ref<>> scanner_search(Object* self) {
    return scanner_step(self, search);
}
MethodDef scanner_methods[] = {
    METHOD_UNPACKED_NOARGS("match", scanner_match, "($self, /)", "The match at the current position, or None."),
    METHOD_UNPACKED_NOARGS("search", scanner_search, "($self, /)", "The next match, or None."),
    END_ROW,
};
MemberDef scanner_members[] = {{"pattern", kObjectOrNone, offsetof(Scanner, pattern), kReadOnly, nullptr}, {}};

// re.Pattern.scanner(string, pos=0, endpos=sys.maxsize)
Fallible<Ref<>> pattern_scanner(Object* self, Object* const* bound) {
    Ref<Scanner> scanner = make_gc<Scanner>(scanner_type);
    if (!scanner) return raised;
    scanner->pattern = nullptr;
    scanner->exhausted = false;
    new (&scanner->state) State();
    TRY(open_from(scanner->state, self, bound));
    scanner->pattern = new_reference(as_pattern(self));
    gc_track(scanner.get());
    return scanner;
}
// re.Pattern.finditer(string, pos=0, endpos=sys.maxsize)
Fallible<Ref<>> pattern_finditer(Object* self, Object* const* bound) {
    Ref<> scanner = TRY(pattern_scanner(self, bound));
    Ref<> step = TRY(get_attr(scanner.get(), "search"_name));
    return callable_iterator_new(step.get(), none());
}

void pattern_dealloc(Object* self) {
    gc_untrack(self);
    Pattern* pattern = as_pattern(self);
    if (pattern->weaklist) clear_weakrefs(self);
    xdecref(pattern->group_index);
    xdecref(pattern->index_group);
    xdecref(pattern->pattern);
    std::free(pattern->bitmaps);
    std::free(pattern->bitmap_at);
    gc_object_free(self);
}
Fallible<Ref<Str>> pattern_repr(Object* self) {
    struct Row {
        const char* name;
        int flag;
    };
    static constexpr Row kNames[] = {
        {"re.TEMPLATE", kTemplate},   {"re.IGNORECASE", kIgnoreCase}, {"re.LOCALE", kLocale},
        {"re.MULTILINE", kMultiLine}, {"re.DOTALL", kDotAll},         {"re.UNICODE", kUnicode},
        {"re.VERBOSE", kVerbose},     {"re.DEBUG", kDebug},           {"re.ASCII", kAscii},
    };
    Pattern* pattern = as_pattern(self);
    int flags = pattern->flags;
    // A str pattern is a Unicode one unless it says otherwise.
    if (is_str(pattern->pattern) && (flags & (kLocale | kUnicode | kAscii)) == kUnicode) flags &= ~kUnicode;
    StrBuilder names;
    for (const Row& row : kNames) {
        if (!(flags & row.flag)) continue;
        if (names.length()) TRY(names.append_char('|'));
        TRY(names.append_ascii(row.name));
        flags &= ~row.flag;
    }
    if (flags) {
        Ref<Str> rest = TRY(format_str("0x%x", unsigned(flags)));
        if (names.length()) TRY(names.append_char('|'));
        TRY(names.append(rest.get()));
    }
    if (!names.length()) return format_str("re.compile(%.200R)", pattern->pattern);
    Ref<Str> flag_text = TRY(names.finish());
    return format_str("re.compile(%.200R, %U)", pattern->pattern, flag_text.get());
}
Fallible<Hash> hash_of(Pattern* pattern) {
    Hash code_hash = hash_bytes(pattern->code, pattern->size * ssize_t(sizeof(uint32_t)));
    Hash result = code_hash ^ TRY(hash(pattern->pattern)) ^ pattern->flags ^ Hash(pattern->is_bytes) ^ pattern->size;
    return result == -1 ? -2 : result;
}
Hash pattern_hash(Object* self) {
    Fallible<Hash> result = hash_of(as_pattern(self));
    return result.ok() ? result.take() : -1;
}
Object* pattern_richcompare(Object* a, Object* b, int op) {
    if ((op != kEqual && op != kNotEqual) || a->type != b->type) return new_reference(not_implemented());
    if (a == b) return compare_result(op == kEqual);
    Pattern *x = as_pattern(a), *y = as_pattern(b);
    bool same = x->flags == y->flags && x->is_bytes == y->is_bytes && x->size == y->size &&
                std::memcmp(x->code, y->code, size_t(x->size) * sizeof(uint32_t)) == 0;
    if (same) same = TRY(equals(x->pattern, y->pattern));
    return compare_result(same == (op == kEqual));
}
Fallible<Ref<>> return_self(Object* self) {
    return share(self);
}
Fallible<Ref<>> return_self_memo(Object* self, Object*) {
    return share(self);
}
Fallible<Ref<>> pattern_groupindex(Object* self) {
    if (as_pattern(self)->group_index->used) return mappingproxy_new(as_pattern(self)->group_index);
    return dict_new();
}

#define WINDOW "($self, /, string, pos=0, endpos=sys.maxsize)"
MethodDef pattern_methods[] = {
    METHOD("match", pattern_match, WINDOW, "Matches zero or more characters at the beginning of the string."),
    METHOD("fullmatch", pattern_fullmatch, WINDOW, "Matches against all of the string."),
    METHOD("search", pattern_search, WINDOW, "Scans through the string for the first match."),
    METHOD_COUNTED("sub", pattern_sub, "($self, /, repl, string, count=0)",
           "The string with the leftmost non-overlapping matches replaced."),
    METHOD_COUNTED("subn", pattern_subn, "($self, /, repl, string, count=0)",
           "The tuple (new string, number of replacements)."),
    METHOD("findall", pattern_findall, WINDOW, "The list of all non-overlapping matches."),
    METHOD("split", pattern_split, "($self, /, string, maxsplit=0)", "The list of the parts between matches."),
    METHOD("finditer", pattern_finditer, WINDOW, "An iterator over all non-overlapping matches."),
    METHOD("scanner", pattern_scanner, WINDOW, "An object that finds one match after the other."),
    METHOD_NOARGS("__copy__", return_self, "($self, /)", ""),
    METHOD_O("__deepcopy__", return_self_memo, "($self, memo, /)", ""),
    CLASS_GETITEM_ROW,
    END_ROW,
};
GetSetDef pattern_getset[] = {
    GETTER("groupindex", pattern_groupindex, "A dictionary mapping group names to group numbers."),
    END_ROW,
};
MemberDef pattern_members[] = {
    {"pattern", kObjectOrNone, offsetof(Pattern, pattern), kReadOnly,
     "The pattern string from which the RE object was compiled."},
    {"flags", kInt, offsetof(Pattern, flags), kReadOnly, "The regex matching flags."},
    {"groups", kSsize, offsetof(Pattern, groups), kReadOnly, "The number of capturing groups in the pattern."},
    {},
};

}  // namespace

constinit Type pattern_type = static_type({
    .name = "re.Pattern",
    .basic_size = offsetof(Pattern, code) + 8,
    .item_size = sizeof(uint32_t),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .doc = "Compiled regular expression object.",
    .dealloc = pattern_dealloc,
    .traverse = traverse_members<&Pattern::group_index, &Pattern::index_group, &Pattern::pattern>,
    .clear = clear_members<&Pattern::group_index, &Pattern::index_group, &Pattern::pattern>,
    .repr = slot1<pattern_repr>,
    .hash = pattern_hash,
    .richcompare = pattern_richcompare,
    .methods = pattern_methods,
    .members = pattern_members,
    .getset = pattern_getset,
    .weaklist_offset = offsetof(Pattern, weaklist),
});
constinit Type scanner_type = static_type({
    .name = "_sre.SRE_Scanner",
    .basic_size = sizeof(Scanner),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .dealloc = scanner_dealloc,
    .traverse = scanner_traverse,
    .methods = scanner_methods,
    .members = scanner_members,
});

}  // namespace py::sre
