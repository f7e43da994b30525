// Methods of str: search, replacement, stripping, padding, classification, joining, encoding.
#include "interp/objects/str_methods.h"

#include <algorithm>

#include "interp/objects/abstract.h"
#include "interp/objects/codec.h"
#include "interp/objects/errors.h"
#include "interp/objects/float.h"
#include "interp/objects/format_spec.h"
#include "interp/objects/int.h"
#include "interp/objects/str_search.h"
#include "interp/objects/unicode_properties.h"

namespace py {

Fallible<void> check_search_arguments(const char* name, ssize_t nargs) {
    if (nargs < 1) return raise(exc::TypeError, "%s() takes at least 1 argument (%zd given)", name, nargs);
    if (nargs > 3) return raise(exc::TypeError, "%s() takes at most 3 arguments (%zd given)", name, nargs);
    return {};
}
Fallible<void> search_range(Object* const* args, ssize_t nargs, ssize_t length, ssize_t* start, ssize_t* end) {
    *start = 0;
    *end = PTRDIFF_MAX;
    if (nargs > 1) TRY(slice_index(args[1], start));
    if (nargs > 2) TRY(slice_index(args[2], end));
    if (*end > length) *end = length;
    if (*end < 0 && (*end += length) < 0) *end = 0;
    if (*start < 0 && (*start += length) < 0) *start = 0;
    return {};
}

namespace {

struct Search {
    Str *text, *part;
    ssize_t start, end;
};
Fallible<Search> search_arguments(const char* name, Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_search_arguments(name, nargs));
    ssize_t start, end;
    TRY(search_range(args, nargs, as_str(self)->length, &start, &end));
    if (!is_str(args[0])) return raise(exc::TypeError, "must be str, not %.100s", args[0]->type->name);
    return Search{as_str(self), as_str(args[0]), start, end};
}
Fallible<Ref<>> find_result(const char* name, Object* self, Object* const* args, ssize_t nargs, int direction,
                            bool must_exist) {
    Search s = TRY(search_arguments(name, self, args, nargs));
    ssize_t at = str_find(s.text, s.part, s.start, s.end, direction);
    if (at < 0 && must_exist) return raise(exc::ValueError, "substring not found");
    return int_from(at);
}

}  // namespace

// str.find(sub[, start[, end]])
Fallible<Ref<>> str_find_method(Object* self, Object* const* args, ssize_t nargs) {
    return find_result("find", self, args, nargs, 1, false);
}
// str.rfind(sub[, start[, end]])
Fallible<Ref<>> str_rfind_method(Object* self, Object* const* args, ssize_t nargs) {
    return find_result("rfind", self, args, nargs, -1, false);
}
// str.index(sub[, start[, end]])
Fallible<Ref<>> str_index_method(Object* self, Object* const* args, ssize_t nargs) {
    return find_result("index", self, args, nargs, 1, true);
}
// str.rindex(sub[, start[, end]])
Fallible<Ref<>> str_rindex_method(Object* self, Object* const* args, ssize_t nargs) {
    return find_result("rindex", self, args, nargs, -1, true);
}
// str.count(sub[, start[, end]])
Fallible<Ref<>> str_count_method(Object* self, Object* const* args, ssize_t nargs) {
    Search s = TRY(search_arguments("count", self, args, nargs));
    return int_from(str_count(s.text, s.part, s.start, s.end, PTRDIFF_MAX));
}

namespace {

bool tail_matches(const Str* text, const Str* part, ssize_t start, ssize_t end, bool at_end) {
    if (end - start < part->length) return false;
    return str_matches_at(text, part, at_end ? end - part->length : start);
}
Fallible<Ref<>> affix_result(const char* name, Object* self, Object* const* args, ssize_t nargs, bool at_end) {
    TRY(check_search_arguments(name, nargs));
    Str* text = as_str(self);
    ssize_t start, end;
    TRY(search_range(args, nargs, text->length, &start, &end));
    if (is_str(args[0])) return bool_from(tail_matches(text, as_str(args[0]), start, end, at_end));
    if (!is_tuple(args[0]))
        return raise(exc::TypeError, "%s first arg must be str or a tuple of str, not %.100s", name,
                     args[0]->type->name);
    Tuple* choices = as_tuple(args[0]);
    for (ssize_t i = 0; i < choices->size; ++i) {
        Object* choice = choices->items[i];
        if (!is_str(choice))
            return raise(exc::TypeError, "tuple for %s must only contain str, not %.100s", name, choice->type->name);
        if (tail_matches(text, as_str(choice), start, end, at_end)) return bool_from(true);
    }
    return bool_from(false);
}

}  // namespace

// str.startswith(prefix[, start[, end]])
Fallible<Ref<>> str_startswith(Object* self, Object* const* args, ssize_t nargs) {
    return affix_result("startswith", self, args, nargs, false);
}
// str.endswith(suffix[, start[, end]])
Fallible<Ref<>> str_endswith(Object* self, Object* const* args, ssize_t nargs) {
    return affix_result("endswith", self, args, nargs, true);
}

// str.removeprefix(prefix, /)
Fallible<Ref<>> str_removeprefix(Object* self, Object* prefix) {
    if (!is_str(prefix)) return raise_not_str("removeprefix() argument", prefix);
    Str* text = as_str(self);
    bool found = tail_matches(text, as_str(prefix), 0, text->length, false);
    return str_substring(text, found ? as_str(prefix)->length : 0, text->length);
}
// str.removesuffix(suffix, /)
Fallible<Ref<>> str_removesuffix(Object* self, Object* suffix) {
    if (!is_str(suffix)) return raise_not_str("removesuffix() argument", suffix);
    Str* text = as_str(self);
    bool found = tail_matches(text, as_str(suffix), 0, text->length, true);
    return str_substring(text, 0, found ? text->length - as_str(suffix)->length : text->length);
}

namespace {

// Copies text with the replacement in front of each of `count` characters and, if count reaches that far, behind the
// last.
Fallible<Ref<Str>> interleave(Str* text, Str* replacement, ssize_t count) {
    StrBuilder out;
    TRY(out.reserve(text->length, std::max(str_max_char(text), str_max_char(replacement))));
    ssize_t i = 0;
    for (; i < text->length && i < count; ++i) {
        TRY(out.append(replacement));
        TRY(out.append_char(text->at(i)));
    }
    if (i < count) TRY(out.append(replacement));
    TRY(out.append_range(text, i, text->length));
    return out.finish();
}
Fallible<Ref<Str>> replace_char(Str* text, uint32_t from, uint32_t to) {
    ssize_t first = str_find_char(text, from, 0, text->length, 1);
    if (first < 0) return str_exact(text);
    uint32_t bound = std::max(str_max_char(text), to);
    Ref<Str> result = TRY(str_new(text->length, bound));
    str_copy_chars(result.get(), 0, text, 0, text->length);
    with_kind(int(result->kind), result->data(), [&](auto* units) {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        for (ssize_t i = first; i < text->length; ++i)
            if (units[i] == from) units[i] = Unit(to);
    });
    if (text->ascii) return str_shared_form(std::move(result));
    return str_from_kind(int(result->kind), result->data(), result->length);
}

}  // namespace

Fallible<Ref<Str>> str_replace(Str* text, Str* old, Str* replacement, ssize_t max_count) {
    if (max_count < 0) max_count = PTRDIFF_MAX;
    if (max_count == 0 || old->length > text->length || old == replacement) return str_exact(text);
    if (old->length == 0) {
        if (replacement->length == 0) return str_exact(text);
        return interleave(text, replacement, max_count);
    }
    if (old->length == 1 && replacement->length == 1 && max_count >= text->length)
        return replace_char(text, old->at(0), replacement->at(0));
    WidenedPart widened;
    if (old->kind > text->kind) return str_exact(text);
    const void* needle = TRY(widened.widen(old, int(text->kind)));
    // The first places are kept from the counting pass, so that most texts are searched once.
    constexpr ssize_t kKept = 64;
    ssize_t places[kKept];
    ssize_t count = with_units(text, [&](auto* units) {
        ssize_t found = 0;
        for (ssize_t from = 0; found < max_count; ++found) {
            ssize_t at = str_find_units(units, text->length, needle, old->length, from);
            if (at < 0) break;
            if (found < kKept) places[found] = at;
            from = at + old->length;
        }
        return found;
    });
    if (count == 0) return str_exact(text);
    ssize_t growth = replacement->length - old->length;
    if (growth > 0 && count > (PTRDIFF_MAX - text->length) / growth)
        return raise(exc::OverflowError, "replace string is too long");
    ssize_t length = text->length + count * growth;
    if (length == 0) return str_empty();
    uint32_t bound = std::max(str_max_char(text), str_max_char(replacement));
    Ref<Str> result = TRY(str_new(length, bound));
    ssize_t from = 0, to = 0;
    with_units(text, [&](auto* units) {
        for (ssize_t i = 0; i < count; ++i) {
            ssize_t at = i < kKept ? places[i] : str_find_units(units, text->length, needle, old->length, from);
            str_copy_chars(result.get(), to, text, from, at - from);
            to += at - from;
            str_copy_chars(result.get(), to, replacement, 0, replacement->length);
            to += replacement->length;
            from = at + old->length;
        }
    });
    str_copy_chars(result.get(), to, text, from, text->length - from);
    // What was replaced may have been the widest characters.
    if (!result->ascii && str_max_char(replacement) < bound)
        return str_from_kind(int(result->kind), result->data(), length);
    return str_shared_form(std::move(result));
}
// str.replace(old, new, count=-1, /)
Fallible<Ref<>> str_replace_method(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("replace", nargs, 2, 3));
    for (int i = 0; i < 2; ++i)
        if (!is_str(args[i]))
            return raise(exc::TypeError, "replace() argument %d must be str, not %N", i + 1,
                         args[i]);
    ssize_t count = nargs > 2 ? TRY(as_ssize(args[2])) : -1;
    return str_replace(as_str(self), as_str(args[0]), as_str(args[1]), count);
}

namespace {

enum StripSide { kLeftSide = 1, kRightSide = 2, kBothSides = 3 };

template <class Predicate>
Fallible<Ref<Str>> strip_where(Str* text, int sides, Predicate drop) {
    ssize_t start = 0, end = text->length;
    if (sides & kLeftSide)
        while (start < end && drop(text->at(start)))
            ++start;
    if (sides & kRightSide)
        while (end > start && drop(text->at(end - 1)))
            --end;
    return str_substring(text, start, end);
}
Fallible<Ref<>> strip_result(const char* name, Object* self, Object* const* args, ssize_t nargs, int sides) {
    TRY(check_positional(name, nargs, 0, 1));
    Str* text = as_str(self);
    if (nargs == 0 || is_none(args[0])) return str_strip_blanks(text, sides);
    if (!is_str(args[0])) return raise(exc::TypeError, "%s arg must be None or str", name);
    Str* chars = as_str(args[0]);
    return strip_where(text, sides, [&](uint32_t ch) { return str_find_char(chars, ch, 0, chars->length, 1) >= 0; });
}

}  // namespace

Fallible<Ref<Str>> str_strip_blanks(Str* text, int sides) {
    return strip_where(text, sides, unicode_is_space);
}
// str.strip(chars=None, /)
Fallible<Ref<>> str_strip(Object* self, Object* const* args, ssize_t nargs) {
    return strip_result("strip", self, args, nargs, kBothSides);
}
// str.lstrip(chars=None, /)
Fallible<Ref<>> str_lstrip(Object* self, Object* const* args, ssize_t nargs) {
    return strip_result("lstrip", self, args, nargs, kLeftSide);
}
// str.rstrip(chars=None, /)
Fallible<Ref<>> str_rstrip(Object* self, Object* const* args, ssize_t nargs) {
    return strip_result("rstrip", self, args, nargs, kRightSide);
}

namespace {

Fallible<Ref<Str>> padded(Str* text, ssize_t left, ssize_t right, uint32_t fill) {
    left = std::max<ssize_t>(left, 0), right = std::max<ssize_t>(right, 0);
    if (left == 0 && right == 0) return str_exact(text);
    if (left > PTRDIFF_MAX - text->length || right > PTRDIFF_MAX - (left + text->length))
        return raise(exc::OverflowError, "padded string is too long");
    Ref<Str> result = TRY(str_new(left + text->length + right, std::max(str_max_char(text), fill)));
    with_kind(int(result->kind), result->data(), [&](auto* units) {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        std::fill_n(units, left, Unit(fill));
        std::fill_n(units + left + text->length, right, Unit(fill));
    });
    str_copy_chars(result.get(), left, text, 0, text->length);
    return str_shared_form(std::move(result));
}
struct PadArguments {
    ssize_t missing, width;
    uint32_t fill;
};
Fallible<PadArguments> pad_arguments(const char* name, Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional(name, nargs, 1, 2));
    ssize_t width = TRY(as_ssize(args[0]));
    uint32_t fill = ' ';
    if (nargs > 1) {
        if (!is_str(args[1]))
            return raise(exc::TypeError, "The fill character must be a unicode character, not %.100s",
                         args[1]->type->name);
        if (as_str(args[1])->length != 1)
            return raise(exc::TypeError, "The fill character must be exactly one character long");
        fill = as_str(args[1])->at(0);
    }
    ssize_t length = as_str(self)->length;
    return PadArguments{width > length ? width - length : 0, width, fill};
}

}  // namespace

// str.center(width, fillchar=' ', /)
Fallible<Ref<>> str_center(Object* self, Object* const* args, ssize_t nargs) {
    PadArguments p = TRY(pad_arguments("center", self, args, nargs));
    ssize_t left = p.missing / 2 + (p.missing & p.width & 1);
    return padded(as_str(self), left, p.missing - left, p.fill);
}
// str.ljust(width, fillchar=' ', /)
Fallible<Ref<>> str_ljust(Object* self, Object* const* args, ssize_t nargs) {
    PadArguments p = TRY(pad_arguments("ljust", self, args, nargs));
    return padded(as_str(self), 0, p.missing, p.fill);
}
// str.rjust(width, fillchar=' ', /)
Fallible<Ref<>> str_rjust(Object* self, Object* const* args, ssize_t nargs) {
    PadArguments p = TRY(pad_arguments("rjust", self, args, nargs));
    return padded(as_str(self), p.missing, 0, p.fill);
}
// str.zfill(width, /)
Fallible<Ref<>> str_zfill(Object* self, Object* width_object) {
    Str* text = as_str(self);
    ssize_t width = TRY(as_ssize(width_object));
    if (width <= text->length) return str_exact(text);
    ssize_t zeros = width - text->length;
    Ref<Str> result = TRY(padded(text, zeros, 0, '0'));
    uint32_t sign = text->length ? text->at(0) : 0;
    if (sign == '+' || sign == '-') {
        write_unit(int(result->kind), result->data(), 0, sign);
        write_unit(int(result->kind), result->data(), zeros, '0');
    }
    return result;
}

// str.expandtabs(tabsize=8)
Fallible<Ref<>> str_expandtabs(Object* self, Object* const* bound) {
    Str* text = as_str(self);
    int tab_size = bound[0] ? TRY(as_c_int(bound[0])) : 8;
    if (str_find_char(text, '\t', 0, text->length, 1) < 0) return str_exact(text);
    StrBuilder out;
    ssize_t column = 0;
    for (ssize_t i = 0; i < text->length; ++i) {
        uint32_t ch = text->at(i);
        if (ch == '\t') {
            if (tab_size <= 0) continue;
            ssize_t blanks = tab_size - column % tab_size;
            if (column > PTRDIFF_MAX - blanks) return raise(exc::OverflowError, "new string is too long");
            column += blanks;
            TRY(out.reserve(blanks, ' '));
            while (blanks-- > 0)
                TRY(out.append_char(' '));
            continue;
        }
        ++column;
        if (ch == '\n' || ch == '\r') column = 0;
        TRY(out.append_char(ch));
    }
    return out.finish();
}

Fallible<Ref<Str>> str_join_array(Str* separator, Object* const* items, ssize_t count) {
    if (count == 0) return str_empty();
    ssize_t total = 0;
    uint32_t bound = count > 1 && separator ? str_max_char(separator) : 0x7f;
    ssize_t gap = separator ? separator->length : 1;  // none: a blank
    for (ssize_t i = 0; i < count; ++i) {
        if (!is_str(items[i]))
            return raise(exc::TypeError, "sequence item %zd: expected str instance, %.80s found", i,
                         items[i]->type->name);
        ssize_t extra = as_str(items[i])->length + (i ? gap : 0);
        if (extra > PTRDIFF_MAX - total)
            return raise(exc::OverflowError, "join() result is too long for a Python string");
        total += extra;
        bound = std::max(bound, str_max_char(as_str(items[i])));
    }
    if (count == 1 && is_str_exact(items[0])) return share(as_str(items[0]));
    Ref<Str> result = TRY(str_new(total, bound));
    ssize_t at = 0;
    if (result->kind == 1 && separator) {
        // FAST: one byte a character everywhere, so each piece is one memcpy.
        char* out = static_cast<char*>(result->data());
        for (ssize_t i = 0; i < count; ++i) {
            if (i && gap == 1)
                *out++ = *static_cast<const char*>(separator->data());
            else if (i)
                out = static_cast<char*>(std::memcpy(out, separator->data(), size_t(gap))) + gap;
            size_t size = size_t(as_str(items[i])->length);
            std::memcpy(out, as_str(items[i])->data(), size);
            out += size;
        }
        return str_shared_form(std::move(result));
    }
    for (ssize_t i = 0; i < count; ++i) {
        if (i && gap) {
            if (separator)
                str_copy_chars(result.get(), at, separator, 0, gap);
            else
                write_unit(int(result->kind), result->data(), at, ' ');
            at += gap;
        }
        str_copy_chars(result.get(), at, as_str(items[i]), 0, as_str(items[i])->length);
        at += as_str(items[i])->length;
    }
    return str_shared_form(std::move(result));
}
Fallible<Ref<Str>> str_join(Str* separator, Object* iterable) {
    Ref<> items = TRY(fast_sequence(iterable, "can only join an iterable"));
    return str_join_array(separator, fast_sequence_items(items.get()), fast_sequence_size(items.get()));
}
// str.join(iterable, /)
Fallible<Ref<>> str_join_method(Object* self, Object* iterable) {
    return str_join(as_str(self), iterable);
}

// str.encode(encoding='utf-8', errors='strict')
Fallible<Ref<>> str_encode_method(Object* self, Object* const* bound) {
    CodecNames names = TRY(codec_names("encode", bound[0], bound[1]));
    return str_encode(as_str(self), names.encoding, names.errors);
}
// str.__format__(format_spec, /)
Fallible<Ref<>> str_dunder_format(Object* self, Object* spec) {
    Str* text = TRY(format_spec_argument(spec));
    if (text->length == 0) {
        if (is_str_exact(self)) return share(self);
        return str(self);
    }
    return format_text(as_str(self), text);
}
// str.__sizeof__()
Fallible<Ref<>> str_sizeof(Object* self) {
    Str* text = as_str(self);
    ssize_t units = (text->length + 1) * ssize_t(text->kind);
    if (text->compact && text->ascii) return int_from(ssize_t(sizeof(Str)) + units);
    auto* compact = static_cast<CompactStr*>(text);
    ssize_t size = ssize_t(text->compact ? sizeof(CompactStr) : sizeof(LegacyStr)) + units;
    if (compact->utf8 && compact->utf8 != text->data()) size += compact->utf8_length + 1;
    return int_from(size);
}
// str.__getnewargs__()
Fallible<Ref<>> str_getnewargs(Object* self) {
    Ref<Str> copy = TRY(str_from_kind(int(as_str(self)->kind), as_str(self)->data(), as_str(self)->length));
    return TRY(tuple_pack(copy.get()));
}

}  // namespace py
