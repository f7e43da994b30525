// Splitting bytes and bytearray: split, rsplit, splitlines, partition, rpartition.
#include "interp/objects/abstract.h"
#include "interp/objects/bytes_methods.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/search.h"

namespace py {

namespace {

const uint8_t* bytes_at(std::string_view view, ssize_t at) {
    return reinterpret_cast<const uint8_t*>(view.data()) + at;
}

Fallible<void> append_part(List* list, Object* self, std::string_view text, ssize_t start, ssize_t end) {
    if (start == 0 && size_t(end) == text.size() && is_bytes_exact(self)) return list_append(list, self);
    return list_append_steal(list, TRY(make_like(self, text.substr(size_t(start), size_t(end - start)))));
}
Fallible<void> split_blanks(List* list, Object* self, std::string_view text, ssize_t limit) {
    ssize_t i = 0, size = ssize_t(text.size());
    auto blank = [&](ssize_t at) { return is_bytes_blank(uint8_t(text[size_t(at)])); };
    while (limit-- > 0) {
        while (i < size && blank(i))
            ++i;
        if (i == size) return {};
        ssize_t start = i++;
        while (i < size && !blank(i))
            ++i;
        TRY(append_part(list, self, text, start, i));
    }
    while (i < size && blank(i))
        ++i;
    if (i < size) TRY(append_part(list, self, text, i, size));
    return {};
}
Fallible<void> rsplit_blanks(List* list, Object* self, std::string_view text, ssize_t limit) {
    ssize_t end = ssize_t(text.size());
    auto blank = [&](ssize_t at) { return is_bytes_blank(uint8_t(text[size_t(at)])); };
    while (limit-- > 0) {
        while (end > 0 && blank(end - 1))
            --end;
        if (end == 0) break;
        ssize_t stop = end--;
        while (end > 0 && !blank(end - 1))
            --end;
        TRY(append_part(list, self, text, end, stop));
    }
    while (end > 0 && blank(end - 1))
        --end;
    if (end > 0) TRY(append_part(list, self, text, 0, end));
    return list_reverse(list);
}
Fallible<void> split_at(List* list, Object* self, std::string_view text, std::string_view separator, ssize_t limit) {
    ssize_t start = 0, size = ssize_t(text.size());
    while (limit-- > 0) {
        ssize_t step =
            find_units(bytes_at(text, start), size - start, bytes_at(separator, 0), ssize_t(separator.size()));
        if (step < 0) break;
        TRY(append_part(list, self, text, start, start + step));
        start += step + ssize_t(separator.size());
    }
    return append_part(list, self, text, start, size);
}
Fallible<void> rsplit_at(List* list, Object* self, std::string_view text, std::string_view separator, ssize_t limit) {
    ssize_t end = ssize_t(text.size());
    while (limit-- > 0) {
        ssize_t at = rfind_units(bytes_at(text, 0), end, bytes_at(separator, 0), ssize_t(separator.size()));
        if (at < 0) break;
        TRY(append_part(list, self, text, at + ssize_t(separator.size()), end));
        end = at;
    }
    TRY(append_part(list, self, text, 0, end));
    return list_reverse(list);
}

Fallible<Ref<>> split_result(Object* self, Object* const* bound, bool from_right) {
    ssize_t limit = PTRDIFF_MAX;
    if (bound[1]) {
        ssize_t given = TRY(as_ssize(bound[1]));
        if (given >= 0) limit = given;
    }
    Ref<List> list = TRY(list_for_parts(limit));
    BytesSelf bytes(self);
    if (!bound[0] || is_none(bound[0])) {
        TRY((from_right ? rsplit_blanks : split_blanks)(list.get(), self, bytes.view, limit));
        return list;
    }
    BufferView separator;
    TRY(separator.open(bound[0]));
    if (separator.size() == 0) return raise(exc::ValueError, "empty separator");
    TRY((from_right ? rsplit_at : split_at)(list.get(), self, bytes.view, separator.view(), limit));
    return list;
}

}  // namespace

// bytes.split(sep=None, maxsplit=-1)
Fallible<Ref<>> bytes_split(Object* self, Object* const* bound) {
    return split_result(self, bound, false);
}
// bytes.rsplit(sep=None, maxsplit=-1)
Fallible<Ref<>> bytes_rsplit(Object* self, Object* const* bound) {
    return split_result(self, bound, true);
}

// bytes.splitlines(keepends=False)
Fallible<Ref<>> bytes_splitlines(Object* self, Object* const* bound) {
    bool keep_ends = bound[0] && TRY(as_c_int(bound[0]))
    != 0;
    Ref<List> list = TRY(list_new(0));
    BytesSelf bytes(self);
    ssize_t i = 0, size = bytes.size();
    auto is_break = [&](ssize_t at) { return bytes.view[size_t(at)] == '\n' || bytes.view[size_t(at)] == '\r'; };
    while (i < size) {
        ssize_t start = i;
        while (i < size && !is_break(i))
            ++i;
        ssize_t end = i;
        if (i < size) {
            i += bytes.view[size_t(i)] == '\r' && i + 1 < size && bytes.view[size_t(i + 1)] == '\n' ? 2 : 1;
            if (keep_ends) end = i;
        }
        TRY(append_part(list.get(), self, bytes.view, start, end));
    }
    return list;
}

namespace {

Fallible<Ref<>> partition_result(Object* self, Object* separator_object, bool from_right) {
    BufferView separator;
    TRY(separator.open(separator_object));
    if (separator.size() == 0) return raise(exc::ValueError, "empty separator");
    BytesSelf bytes(self);
    auto* needle = bytes_at(separator.view(), 0);
    ssize_t at = from_right ? rfind_units(bytes.data(), bytes.size(), needle, separator.size())
                            : find_units(bytes.data(), bytes.size(), needle, separator.size());
    if (at < 0) {
        Ref<> whole = TRY(unchanged(self))
        , left = TRY(make_like(self, {}))
        , right = TRY(make_like(self, {}));
        if (from_right) return TRY(tuple_pack(left.get(), right.get(), whole.get()));
        return TRY(tuple_pack(whole.get(), left.get(), right.get()));
    }
    Ref<> before = TRY(make_like(self, bytes.view.substr(0, size_t(at))));
    Ref<> behind = TRY(make_like(self, bytes.view.substr(size_t(at + separator.size()))));
    Ref<> middle = is_bytes(self) ? share(separator_object) : TRY(make_like(self, separator.view()));
    return TRY(tuple_pack(before.get(), middle.get(), behind.get()));
}

}  // namespace

// bytes.partition(sep, /)
Fallible<Ref<>> bytes_partition(Object* self, Object* separator) {
    return partition_result(self, separator, false);
}
// bytes.rpartition(sep, /)
Fallible<Ref<>> bytes_rpartition(Object* self, Object* separator) {
    return partition_result(self, separator, true);
}

}  // namespace py
