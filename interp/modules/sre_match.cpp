// re.Match.
#include "interp/import/import.h"
#include "interp/modules/sre_objects.h"
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/member_slots.h"
#include "interp/objects/memory.h"
#include "interp/objects/module.h"

namespace py::sre {

namespace {

Match* as_match(Object* object) {
    return static_cast<Match*>(object);
}

// A group by number or name; IndexError "no such group".
Fallible<ssize_t> group_number(Match* match, Object* key) {
    ssize_t number = -1;
    if (!key) return ssize_t(0);
    if (is_index(key)) {
        number = TRY(index_as_ssize(key, nullptr));
    } else if (match->pattern->group_index) {
        Ref<> value = TRY(dict_get(match->pattern->group_index, key));
        if (value && is_int(value.get())) number = TRY(as_ssize(value.get()));
    }
    if (number < 0 || number >= match->groups) return raise(exc::IndexError, "no such group");
    return number;
}
Fallible<Ref<>> group_text(Match* match, ssize_t number, Object* otherwise) {
    ssize_t start = match->marks[2 * number];
    if (start < 0 || is_none(match->string)) return share(otherwise);
    return slice_of(match->string, nullptr, start, match->marks[2 * number + 1]);
}
Fallible<Ref<>> group_of(Match* match, Object* key) {
    return group_text(match, TRY(group_number(match, key)), none());
}

// re.Match.group([group1, ...])
Fallible<Ref<>> match_group(Object* self, Object* const* args, ssize_t nargs) {
    Match* match = as_match(self);
    if (nargs == 0) return group_text(match, 0, none());
    if (nargs == 1) return group_of(match, args[0]);
    Ref<Tuple> groups = TRY(tuple_new(nargs));
    for (ssize_t i = 0; i < nargs; ++i)
        groups->items[i] = TRY(group_of(match, args[i]))
    .release();
    return groups;
}
// re.Match.groups(default=None)
Fallible<Ref<>> match_groups(Object* self, Object* const* bound) {
    Match* match = as_match(self);
    Ref<Tuple> groups = TRY(tuple_new(match->groups - 1));
    for (ssize_t i = 1; i < match->groups; ++i)
        groups->items[i - 1] = TRY(group_text(match, i, bound[0] ? bound[0] : none()))
    .release();
    return groups;
}
// re.Match.groupdict(default=None)
Fallible<Ref<>> match_groupdict(Object* self, Object* const* bound) {
    Match* match = as_match(self);
    Ref<Dict> result = TRY(dict_new());
    if (!match->pattern->group_index) return result;
    ssize_t position = 0;
    Object *key, *value;
    while (dict_next(match->pattern->group_index, &position, &key, &value)) {
        ssize_t number = TRY(group_number(match, key));
        Ref<> text = TRY(group_text(match, number, bound[0] ? bound[0] : none()));
        TRY(dict_set(result.get(), key, text.get()));
    }
    return result;
}
Fallible<Ref<>> pair_of(ssize_t a, ssize_t b) {
    Ref<> first = TRY(int_from(a))
    , second = TRY(int_from(b));
    return TRY(tuple_pack(first.get(), second.get()));
}
Fallible<ssize_t> number_argument(const char* name, Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional(name, nargs, 0, 1));
    return group_number(as_match(self), nargs ? args[0] : nullptr);
}
// re.Match.start(group=0, /)
Fallible<Ref<>> match_start(Object* self, Object* const* args, ssize_t nargs) {
    ssize_t number = TRY(number_argument("start", self, args, nargs));
    return int_from(as_match(self)->marks[2 * number]);
}
// re.Match.end(group=0, /)
Fallible<Ref<>> match_end(Object* self, Object* const* args, ssize_t nargs) {
    ssize_t number = TRY(number_argument("end", self, args, nargs));
    return int_from(as_match(self)->marks[2 * number + 1]);
}
// re.Match.span(group=0, /)
Fallible<Ref<>> match_span(Object* self, Object* const* args, ssize_t nargs) {
    ssize_t number = TRY(number_argument("span", self, args, nargs));
    return pair_of(as_match(self)->marks[2 * number], as_match(self)->marks[2 * number + 1]);
}
// re.Match.expand(template)
Fallible<Ref<>> match_expand(Object* self, Object* const* bound) {
    Ref<> expand = TRY(import_attribute("re", "_expand"));
    return call(expand.get(), static_cast<Object*>(as_match(self)->pattern), self, bound[0]);
}
// re.Match.__getitem__(key, /)
Fallible<Ref<>> match_getitem(Object* self, Object* key) {
    return group_of(as_match(self), key);
}
Fallible<Ref<>> return_self(Object* self) {
    return share(self);
}
Fallible<Ref<>> return_self_memo(Object* self, Object*) {
    return share(self);
}

Fallible<Ref<>> match_lastindex(Object* self) {
    if (as_match(self)->last_index < 0) return share(none());
    return int_from(as_match(self)->last_index);
}
Fallible<Ref<>> match_lastgroup(Object* self) {
    Match* match = as_match(self);
    Tuple* names = match->pattern->index_group;
    if (names && match->last_index >= 0 && match->last_index < names->size)
        return share(names->items[match->last_index]);
    return share(none());
}
Fallible<Ref<>> match_regs(Object* self) {
    Match* match = as_match(self);
    if (!match->regs) {
        Ref<Tuple> regs = TRY(tuple_new(match->groups));
        for (ssize_t i = 0; i < match->groups; ++i)
            regs->items[i] = TRY(pair_of(match->marks[2 * i], match->marks[2 * i + 1]))
        .release();
        match->regs = regs.release();
    }
    return share(match->regs);
}
Fallible<Ref<Str>> match_repr(Object* self) {
    Match* match = as_match(self);
    Ref<> text = TRY(group_text(match, 0, none()));
    return format_str("<%s object; span=(%zd, %zd), match=%.50R>", self->type->name, match->marks[0], match->marks[1],
                      text.get());
}
MethodDef match_methods[] = {
    METHOD_FAST_UNSIGNED(
        "group", match_group,
        "group([group1, ...]) -> str or tuple.\nThe text of groups given by number or name; 0 is the entire match."),
    METHOD_FAST("start", match_start, "($self, group=0, /)", "Where the text of the group begins."),
    METHOD_FAST("end", match_end, "($self, group=0, /)", "Where the text of the group ends."),
    METHOD_FAST("span", match_span, "($self, group=0, /)", "The tuple (start, end) of the group."),
    METHOD("groups", match_groups, "($self, /, default=None)",
           "All groups, from 1 on; default for those that did not take part."),
    METHOD("groupdict", match_groupdict, "($self, /, default=None)",
           "All named groups by name; default for those that did not take part."),
    METHOD("expand", match_expand, "($self, /, template)", "The template filled in as sub() does."),
    METHOD_NOARGS("__copy__", return_self, "($self, /)", ""),
    METHOD_O("__deepcopy__", return_self_memo, "($self, memo, /)", ""),
    CLASS_GETITEM_ROW,
    END_ROW,
};
GetSetDef match_getset[] = {
    GETTER("lastindex", match_lastindex, "The integer index of the last matched capturing group."),
    GETTER("lastgroup", match_lastgroup, "The name of the last matched capturing group."),
    GETTER("regs", match_regs, "The spans of all groups."),
    END_ROW,
};
MemberDef match_members[] = {
    {"string", kObjectOrNone, offsetof(Match, string), kReadOnly, "The string passed to match() or search()."},
    {"re", kObjectOrNone, offsetof(Match, pattern), kReadOnly, "The regular expression object."},
    {"pos", kSsize, offsetof(Match, pos), kReadOnly, "The index at which the RE engine started looking for a match."},
    {"endpos", kSsize, offsetof(Match, endpos), kReadOnly, "The index beyond which the RE engine does not go."},
    {},
};
MappingMethods match_mapping = {.subscript = slot2<match_getitem>};

}  // namespace

constinit Type match_type = static_type({
    .name = "re.Match",
    .basic_size = sizeof(Match),
    .item_size = sizeof(ssize_t),
    .flags = type_flag::kHaveGc | type_flag::kDisallowInstantiation,
    .doc = "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    .dealloc = dealloc_members<&Match::string, &Match::regs, &Match::pattern>,
    .traverse = traverse_members<&Match::string, &Match::regs, &Match::pattern>,
    .clear = clear_members<&Match::string, &Match::regs, &Match::pattern>,
    .repr = slot1<match_repr>,
    .mapping = &match_mapping,
    .methods = match_methods,
    .members = match_members,
    .getset = match_getset,
});

}  // namespace py::sre
