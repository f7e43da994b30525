// Splitting strings: split, rsplit, splitlines, partition, rpartition.
#include <algorithm>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/str_methods.h"
#include "interp/objects/str_search.h"
#include "interp/objects/unicode_properties.h"

namespace py {

namespace {

Fallible<void> append_part(List* list, Str* text, ssize_t start, ssize_t end) {
    return list_append_steal(list, TRY(str_substring(text, start, end)));
}
Fallible<Ref<List>> split_blanks(Str* text, ssize_t max_split) {
    Ref<List> list = TRY(list_for_parts(max_split));
    return with_units(text, [&](auto* units) -> Fallible<Ref<List>> {
        ssize_t i = 0, length = text->length;
        while (max_split-- > 0) {
            while (i < length && unicode_is_space(units[i]))
                ++i;
            if (i == length) return list;
            ssize_t start = i++;
            while (i < length && !unicode_is_space(units[i]))
                ++i;
            TRY(append_part(list.get(), text, start, i));
        }
        while (i < length && unicode_is_space(units[i]))
            ++i;
        if (i < length) TRY(append_part(list.get(), text, i, length));
        return list;
    });
}
// Separators of one character: where the parts are short, a plain loop beats a search for each.
Fallible<void> split_at_char(List* list, Str* text, uint32_t separator, ssize_t max_split, ssize_t* start) {
    if (separator > str_max_char(text)) return {};
    return with_units(text, [&](auto* units) -> Fallible<void> {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        constexpr ssize_t kShortPart = 12;
        for (ssize_t i = 0; max_split > 0; ++i) {
            ssize_t near = std::min(i + kShortPart, text->length);
            while (i < near && units[i] != separator)
                ++i;
            if (i == near) {
                ssize_t step = find_unit(units + i, text->length - i, Unit(separator));
                if (step < 0) break;
                i += step;
            }
            TRY(append_part(list, text, *start, i));
            *start = i + 1;
            --max_split;
        }
        return {};
    });
}
Fallible<Ref<List>> rsplit_blanks(Str* text, ssize_t max_split) {
    Ref<List> list = TRY(list_for_parts(max_split));
    ssize_t end = text->length;
    while (max_split-- > 0) {
        while (end > 0 && unicode_is_space(text->at(end - 1)))
            --end;
        if (end == 0) break;
        ssize_t stop = end--;
        while (end > 0 && !unicode_is_space(text->at(end - 1)))
            --end;
        TRY(append_part(list.get(), text, end, stop));
    }
    while (end > 0 && unicode_is_space(text->at(end - 1)))
        --end;
    if (end > 0) TRY(append_part(list.get(), text, 0, end));
    TRY(list_reverse(list.get()));
    return list;
}
Fallible<Ref<List>> split_at(Str* text, Str* separator, ssize_t max_split) {
    Ref<List> list = TRY(list_for_parts(max_split));
    ssize_t start = 0;
    if (separator->length == 1) {
        TRY(split_at_char(list.get(), text, separator->at(0), max_split, &start));
    } else if (separator->kind <= text->kind) {
        WidenedPart widened;
        const void* needle = TRY(widened.widen(separator, int(text->kind)));
        while (max_split-- > 0) {
            ssize_t at = with_units(text, [&](auto* units) {
                return str_find_units(units, text->length, needle, separator->length, start);
            });
            if (at < 0) break;
            TRY(append_part(list.get(), text, start, at));
            start = at + separator->length;
        }
    }
    TRY(append_part(list.get(), text, start, text->length));
    return list;
}
Fallible<Ref<List>> rsplit_at(Str* text, Str* separator, ssize_t max_split) {
    Ref<List> list = TRY(list_for_parts(max_split));
    ssize_t end = text->length;
    while (max_split-- > 0) {
        ssize_t at = str_find(text, separator, 0, end, -1);
        if (at < 0) break;
        TRY(append_part(list.get(), text, at + separator->length, end));
        end = at;
    }
    TRY(append_part(list.get(), text, 0, end));
    TRY(list_reverse(list.get()));
    return list;
}

struct SplitArguments {
    Str* separator;
    ssize_t max_split;
};
Fallible<SplitArguments> split_arguments(Object* const* bound) {
    SplitArguments a{nullptr, PTRDIFF_MAX};
    if (bound[1]) {
        ssize_t limit = TRY(as_ssize(bound[1]));
        if (limit >= 0) a.max_split = limit;
    }
    if (!bound[0] || is_none(bound[0])) return a;
    if (!is_str(bound[0])) return raise(exc::TypeError, "must be str or None, not %.100s", bound[0]->type->name);
    a.separator = as_str(bound[0]);
    if (a.separator->length == 0) return raise(exc::ValueError, "empty separator");
    return a;
}
Fallible<Ref<>> partition_at(Str* text, Str* separator, ssize_t at, bool whole_last) {
    Ref<Str> empty = str_empty();
    Ref<Str> whole = at < 0 ? TRY(str_exact(text)) : nullptr;
    if (at < 0)
        return whole_last ? Fallible<Ref<>>(TRY(tuple_pack(empty.get(), empty.get(), whole.get())))
                          : Fallible<Ref<>>(TRY(tuple_pack(whole.get(), empty.get(), empty.get())));
    Ref<Str> before = TRY(str_substring(text, 0, at))
    , behind = TRY(str_substring(text, at + separator->length, text->length));
    return TRY(tuple_pack(before.get(), separator, behind.get()));
}
Fallible<Ref<>> partition_result(Object* self, Object* separator, int direction) {
    if (!is_str(separator)) return raise(exc::TypeError, "must be str, not %.100s", separator->type->name);
    if (as_str(separator)->length == 0) return raise(exc::ValueError, "empty separator");
    ssize_t at = str_find(as_str(self), as_str(separator), 0, as_str(self)->length, direction);
    return partition_at(as_str(self), as_str(separator), at, direction < 0);
}

}  // namespace

Fallible<Ref<List>> str_split(Str* text, Str* separator, ssize_t max_split) {
    if (max_split < 0) max_split = PTRDIFF_MAX;
    if (!separator) return split_blanks(text, max_split);
    if (separator->length == 0) return raise(exc::ValueError, "empty separator");
    return split_at(text, separator, max_split);
}
// str.split(sep=None, maxsplit=-1)
Fallible<Ref<>> str_split_method(Object* self, Object* const* bound) {
    SplitArguments a = TRY(split_arguments(bound));
    return str_split(as_str(self), a.separator, a.max_split);
}
// str.rsplit(sep=None, maxsplit=-1)
Fallible<Ref<>> str_rsplit_method(Object* self, Object* const* bound) {
    SplitArguments a = TRY(split_arguments(bound));
    if (!a.separator) return rsplit_blanks(as_str(self), a.max_split);
    return rsplit_at(as_str(self), a.separator, a.max_split);
}
// str.partition(sep, /)
Fallible<Ref<>> str_partition(Object* self, Object* separator) {
    return partition_result(self, separator, 1);
}
// str.rpartition(sep, /)
Fallible<Ref<>> str_rpartition(Object* self, Object* separator) {
    return partition_result(self, separator, -1);
}

Fallible<Ref<List>> str_split_lines(Str* text, bool keep_ends) {
    Ref<List> list = TRY(list_new(0));
    return with_units(text, [&](auto* units) -> Fallible<Ref<List>> {
        ssize_t i = 0, length = text->length;
        while (i < length) {
            ssize_t start = i;
            while (i < length && !unicode_is_line_break(units[i]))
                ++i;
            ssize_t end = i;
            if (i < length) {
                i += units[i] == '\r' && i + 1 < length && units[i + 1] == '\n' ? 2 : 1;
                if (keep_ends) end = i;
            }
            TRY(append_part(list.get(), text, start, end));
        }
        return list;
    });
}
// str.splitlines(keepends=False)
Fallible<Ref<>> str_splitlines_method(Object* self, Object* const* bound) {
    bool keep_ends = bound[0] && TRY(as_c_int(bound[0]))
    != 0;
    return str_split_lines(as_str(self), keep_ends);
}

}  // namespace py
