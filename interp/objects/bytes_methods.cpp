// Methods of bytes and bytearray: search, affixes, stripping, padding, replacement, joining, translation.
#include "interp/objects/bytes_methods.h"

#include <algorithm>
#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/search.h"
#include "interp/objects/str_kind.h"
#include "interp/objects/str_methods.h"

namespace py {

Fallible<Ref<>> make_like(Object* self, std::string_view content) {
    if (is_bytes(self)) return bytes_from(content);
    return bytearray_from(content);
}
Fallible<Ref<>> unchanged(Object* self) {
    if (is_bytes_exact(self)) return share(self);
    BytesSelf bytes(self);
    return make_like(self, bytes.view);
}
bool bytes_is_like(Object* object) {
    return is_bytes(object) || is_bytearray(object);
}

Fallible<uint8_t> byte_of(Object* value) {
    Ref<Int> number = TRY(index(value));
    int overflow;
    int64_t byte = as_int64_clamped(number.get(), &overflow);
    if (overflow || byte < 0 || byte > 255) return raise(exc::ValueError, "byte must be in range(0, 256)");
    return uint8_t(byte);
}

namespace {

// What find and kin look for: a byte given as an int, or any buffer.
class Needle {
  public:
    Fallible<void> open(Object* object) {
        if (has_buffer(object)) {
            TRY(buffer_.open(object));
            view_ = buffer_.view();
            return {};
        }
        if (!is_index(object))
            return raise(exc::TypeError, "argument should be integer or bytes-like object, not '%.200s'",
                         object->type->name);
        byte_ = char(TRY(byte_of(object)));
        view_ = {&byte_, 1};
        return {};
    }
    const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(view_.data()); }
    ssize_t size() const { return ssize_t(view_.size()); }

  private:
    BufferView buffer_;
    std::string_view view_;
    char byte_ = 0;
};

Fallible<ssize_t> find_in(const char* name, Object* self, Object* const* args, ssize_t nargs, int direction) {
    TRY(check_search_arguments(name, nargs));
    BytesSelf bytes(self);
    ssize_t start, end;
    TRY(search_range(args, nargs, bytes.size(), &start, &end));
    Needle needle;
    TRY(needle.open(args[0]));
    if (start > end) return ssize_t(-1);
    ssize_t at = direction > 0 ? find_units(bytes.data() + start, end - start, needle.data(), needle.size())
                               : rfind_units(bytes.data() + start, end - start, needle.data(), needle.size());
    return at < 0 ? at : at + start;
}
Fallible<Ref<>> index_in(const char* name, Object* self, Object* const* args, ssize_t nargs, int direction) {
    ssize_t at = TRY(find_in(name, self, args, nargs, direction));
    if (at < 0) return raise(exc::ValueError, "subsection not found");
    return int_from(at);
}

}  // namespace

// bytes.find(sub[, start[, end]])
Fallible<Ref<>> bytes_find(Object* self, Object* const* args, ssize_t nargs) {
    return int_from(TRY(find_in("find", self, args, nargs, 1)));
}
// bytes.rfind(sub[, start[, end]])
Fallible<Ref<>> bytes_rfind(Object* self, Object* const* args, ssize_t nargs) {
    return int_from(TRY(find_in("rfind", self, args, nargs, -1)));
}
// bytes.index(sub[, start[, end]])
Fallible<Ref<>> bytes_index(Object* self, Object* const* args, ssize_t nargs) {
    return index_in("index", self, args, nargs, 1);
}
// bytes.rindex(sub[, start[, end]])
Fallible<Ref<>> bytes_rindex(Object* self, Object* const* args, ssize_t nargs) {
    return index_in("rindex", self, args, nargs, -1);
}
// bytes.count(sub[, start[, end]])
Fallible<Ref<>> bytes_count(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_search_arguments("count", nargs));
    BytesSelf bytes(self);
    ssize_t start, end;
    TRY(search_range(args, nargs, bytes.size(), &start, &end));
    Needle needle;
    TRY(needle.open(args[0]));
    if (start > end) return int_from(0);
    if (needle.size() == 0) return int_from(end - start + 1);
    return int_from(count_units(bytes.data() + start, end - start, needle.data(), needle.size(), PTRDIFF_MAX));
}
int bytes_contains(Object* self, Object* part) {
    if (is_index(part)) {
        Fallible<Ref<Int>> number = index(part);
        if (number.ok()) {
            uint8_t byte = TRY(byte_of(number.take().get()));
            BytesSelf bytes(self);
            return find_unit(bytes.data(), bytes.size(), byte) >= 0;
        }
        clear_error();
    }
    BufferView needle;
    TRY(needle.open(part));
    BytesSelf bytes(self);
    return find_units(bytes.data(), bytes.size(), reinterpret_cast<const uint8_t*>(needle.data()), needle.size()) >= 0;
}

namespace {

bool matches_affix(std::string_view text, std::string_view affix, bool at_end) {
    return at_end ? text.ends_with(affix) : text.starts_with(affix);
}

Fallible<Ref<>> affix_result(const char* name, Object* self, Object* const* args, ssize_t nargs, bool at_end) {
    TRY(check_search_arguments(name, nargs));
    BytesSelf bytes(self);
    ssize_t start, end;
    TRY(search_range(args, nargs, bytes.size(), &start, &end));
    bool valid = start <= end;
    std::string_view part = valid ? bytes.view.substr(size_t(start), size_t(end - start)) : std::string_view();
    if (is_tuple(args[0])) {
        for (ssize_t i = 0; i < as_tuple(args[0])->size; ++i) {
            BufferView affix;
            TRY(affix.open(as_tuple(args[0])->items[i]));
            if (valid && matches_affix(part, affix.view(), at_end)) return bool_from(true);
        }
        return bool_from(false);
    }
    if (!has_buffer(args[0]))
        return raise(exc::TypeError, "%s first arg must be bytes or a tuple of bytes, not %s", name,
                     args[0]->type->name);
    BufferView affix;
    TRY(affix.open(args[0]));
    return bool_from(valid && matches_affix(part, affix.view(), at_end));
}

}  // namespace

// bytes.startswith(prefix[, start[, end]])
Fallible<Ref<>> bytes_startswith(Object* self, Object* const* args, ssize_t nargs) {
    return affix_result("startswith", self, args, nargs, false);
}
// bytes.endswith(suffix[, start[, end]])
Fallible<Ref<>> bytes_endswith(Object* self, Object* const* args, ssize_t nargs) {
    return affix_result("endswith", self, args, nargs, true);
}
// bytes.removeprefix(prefix, /)
Fallible<Ref<>> bytes_removeprefix(Object* self, Object* prefix) {
    BufferView affix;
    TRY(affix.open(prefix));
    BytesSelf bytes(self);
    if (affix.size() == 0 || !bytes.view.starts_with(affix.view())) return unchanged(self);
    return make_like(self, bytes.view.substr(size_t(affix.size())));
}
// bytes.removesuffix(suffix, /)
Fallible<Ref<>> bytes_removesuffix(Object* self, Object* suffix) {
    BufferView affix;
    TRY(affix.open(suffix));
    BytesSelf bytes(self);
    if (affix.size() == 0 || !bytes.view.ends_with(affix.view())) return unchanged(self);
    return make_like(self, bytes.view.substr(0, size_t(bytes.size() - affix.size())));
}

namespace {

enum StripSide { kLeftSide = 1, kRightSide = 2, kBothSides = 3 };

Fallible<Ref<>> strip_result(const char* name, Object* self, Object* const* args, ssize_t nargs, int sides) {
    TRY(check_positional(name, nargs, 0, 1));
    bool drop[256] = {};
    if (nargs == 0 || is_none(args[0])) {
        for (int c = 0; c < 256; ++c)
            drop[c] = is_bytes_blank(uint8_t(c));
    } else {
        BufferView chars;
        TRY(chars.open(args[0]));
        for (char c : chars.view())
            drop[uint8_t(c)] = true;
    }
    BytesSelf bytes(self);
    size_t start = 0, end = bytes.view.size();
    if (sides & kLeftSide)
        while (start < end && drop[uint8_t(bytes.view[start])])
            ++start;
    if (sides & kRightSide)
        while (end > start && drop[uint8_t(bytes.view[end - 1])])
            --end;
    if (start == 0 && end == bytes.view.size()) return unchanged(self);
    return make_like(self, bytes.view.substr(start, end - start));
}

}  // namespace

// bytes.strip(bytes=None, /)
Fallible<Ref<>> bytes_strip(Object* self, Object* const* args, ssize_t nargs) {
    return strip_result("strip", self, args, nargs, kBothSides);
}
// bytes.lstrip(bytes=None, /)
Fallible<Ref<>> bytes_lstrip(Object* self, Object* const* args, ssize_t nargs) {
    return strip_result("lstrip", self, args, nargs, kLeftSide);
}
// bytes.rstrip(bytes=None, /)
Fallible<Ref<>> bytes_rstrip(Object* self, Object* const* args, ssize_t nargs) {
    return strip_result("rstrip", self, args, nargs, kRightSide);
}

namespace {

Fallible<void> reserve(BytesBuilder& out, Object* self, ssize_t size) {
    if (is_bytes(self) && size > PTRDIFF_MAX - ssize_t(offsetof(Bytes, data) + 1))
        return raise(exc::OverflowError, "byte string is too large");
    return out.reserve(size);
}
Fallible<Ref<>> padded(Object* self, ssize_t left, ssize_t right, char fill) {
    if (left <= 0 && right <= 0) return unchanged(self);
    left = std::max<ssize_t>(left, 0), right = std::max<ssize_t>(right, 0);
    BytesSelf bytes(self);
    BytesBuilder out;
    TRY(reserve(out, self, left + bytes.size() + right));
    std::memset(out.data(), fill, size_t(left + bytes.size() + right));
    if (bytes.size()) std::memcpy(out.data() + left, bytes.data(), size_t(bytes.size()));
    return make_like(self, {out.data(), size_t(left + bytes.size() + right)});
}
struct PadArguments {
    ssize_t missing, width;
    char fill;
};
Fallible<PadArguments> pad_arguments(const char* name, Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional(name, nargs, 1, 2));
    ssize_t width = TRY(as_ssize(args[0]));
    char fill = ' ';
    if (nargs > 1) {
        if (!bytes_is_like(args[1]) || BytesSelf(args[1]).size() != 1)
            return raise(exc::TypeError, "%s() argument 2 must be a byte string of length 1, not %N", name,
                         args[1]);
        fill = BytesSelf(args[1]).view[0];
    }
    ssize_t size = BytesSelf(self).size();
    return PadArguments{width > size ? width - size : 0, width, fill};
}

}  // namespace

// bytes.center(width, fillchar=b' ', /)
Fallible<Ref<>> bytes_center(Object* self, Object* const* args, ssize_t nargs) {
    PadArguments p = TRY(pad_arguments("center", self, args, nargs));
    ssize_t left = p.missing / 2 + (p.missing & p.width & 1);
    return padded(self, left, p.missing - left, p.fill);
}
// bytes.ljust(width, fillchar=b' ', /)
Fallible<Ref<>> bytes_ljust(Object* self, Object* const* args, ssize_t nargs) {
    PadArguments p = TRY(pad_arguments("ljust", self, args, nargs));
    return padded(self, 0, p.missing, p.fill);
}
// bytes.rjust(width, fillchar=b' ', /)
Fallible<Ref<>> bytes_rjust(Object* self, Object* const* args, ssize_t nargs) {
    PadArguments p = TRY(pad_arguments("rjust", self, args, nargs));
    return padded(self, p.missing, 0, p.fill);
}
// bytes.zfill(width, /)
Fallible<Ref<>> bytes_zfill(Object* self, Object* width_object) {
    ssize_t width = TRY(as_ssize(width_object));
    BytesSelf bytes(self);
    if (width <= bytes.size()) return unchanged(self);
    BytesBuilder out;
    TRY(reserve(out, self, width));
    ssize_t zeros = width - bytes.size();
    std::memset(out.data(), '0', size_t(zeros));
    if (bytes.size()) std::memcpy(out.data() + zeros, bytes.data(), size_t(bytes.size()));
    if (bytes.size() && (bytes.view[0] == '+' || bytes.view[0] == '-')) std::swap(out.data()[0], out.data()[zeros]);
    return make_like(self, {out.data(), size_t(width)});
}
// bytes.expandtabs(tabsize=8)
Fallible<Ref<>> bytes_expandtabs(Object* self, Object* const* bound) {
    int tab_size = bound[0] ? TRY(as_c_int(bound[0])) : 8;
    BytesSelf bytes(self);
    BytesBuilder out;
    ssize_t column = 0;
    for (char c : bytes.view) {
        if (c == '\t') {
            if (tab_size <= 0) continue;
            ssize_t blanks = tab_size - column % tab_size;
            if (blanks > PTRDIFF_MAX - column) return raise(exc::OverflowError, "result too long");
            column += blanks;
            TRY(out.reserve(blanks));
            while (blanks-- > 0)
                out.append_reserved(' ');
            continue;
        }
        column = c == '\n' || c == '\r' ? 0 : column + 1;
        TRY(out.append_byte(uint8_t(c)));
    }
    return make_like(self, out.view());
}

// bytes.replace(old, new, count=-1, /)
Fallible<Ref<>> bytes_replace(Object* self, Object* const* args, ssize_t nargs) {
    TRY(check_positional("replace", nargs, 2, 3));
    BufferView old, replacement;
    TRY(old.open(args[0]));
    TRY(replacement.open(args[1]));
    ssize_t limit = nargs > 2 ? TRY(as_ssize(args[2])) : -1;
    if (limit < 0) limit = PTRDIFF_MAX;
    BytesSelf bytes(self);
    BytesBuilder out;
    if (limit == 0 || old.size() > bytes.size() || (old.size() == 0 && replacement.size() == 0)) return unchanged(self);
    auto* needle = reinterpret_cast<const uint8_t*>(old.data());
    ssize_t at = 0;
    if (old.size() == 0) {
        for (; at < bytes.size() && limit > 0; --limit) {
            TRY(out.append(replacement.view()));
            TRY(out.append_byte(bytes.data()[at++]));
        }
        if (limit > 0) TRY(out.append(replacement.view()));
    } else {
        for (; limit > 0; --limit) {
            ssize_t step = find_units(bytes.data() + at, bytes.size() - at, needle, old.size());
            if (step < 0) break;
            TRY(out.append(bytes.view.substr(size_t(at), size_t(step))));
            TRY(out.append(replacement.view()));
            at += step + old.size();
        }
        if (at == 0) return unchanged(self);
    }
    TRY(out.append(bytes.view.substr(size_t(at))));
    return make_like(self, out.view());
}

namespace {

Fallible<Ref<Bytes>> join_views(std::string_view separator, Object* iterable) {
    Ref<> items = TRY(fast_sequence(iterable, "can only join an iterable"));
    BytesBuilder out;
    for (ssize_t i = 0; i < fast_sequence_size(items.get()); ++i) {
        Ref<> item = share(fast_sequence_items(items.get())[i]);
        if (i) TRY(out.append(separator));
        if (is_bytes_exact(item.get())) {
            TRY(out.append(as_bytes(item.get())->view()));
            continue;
        }
        BufferView view;
        if (!has_buffer(item.get()) || !view.open(item.get()).ok()) {
            clear_error();
            return raise(exc::TypeError, "sequence item %zd: expected a bytes-like object, %.80s found", i,
                         item->type->name);
        }
        TRY(out.append(view.view()));
    }
    return out.finish();
}

}  // namespace

Fallible<Ref<Bytes>> bytes_join(Bytes* separator, Object* iterable) {
    return join_views(separator->view(), iterable);
}
// bytes.join(iterable_of_bytes, /)
Fallible<Ref<>> bytes_join_method(Object* self, Object* iterable) {
    BytesSelf separator(self);
    // A single exact bytes item is the result itself.
    if (is_bytes(self) && (is_list(iterable) || is_tuple(iterable)) && fast_sequence_size(iterable) == 1 &&
        is_bytes_exact(fast_sequence_items(iterable)[0]))
        return share(fast_sequence_items(iterable)[0]);
    Ref<Bytes> joined = TRY(join_views(separator.view, iterable));
    if (is_bytes(self)) return joined;
    return bytearray_from(joined->view());
}

// bytes.maketrans(frm, to, /)
Fallible<Ref<>> bytes_maketrans(Object*, Object* const* args, ssize_t nargs) {
    TRY(check_positional("maketrans", nargs, 2, 2));
    BufferView from, to;
    TRY(from.open(args[0]));
    TRY(to.open(args[1]));
    if (from.size() != to.size()) return raise(exc::ValueError, "maketrans arguments must have same length");
    Ref<Bytes> table = TRY(bytes_new(256));
    for (int i = 0; i < 256; ++i)
        table->data[i] = char(i);
    for (ssize_t i = 0; i < from.size(); ++i)
        table->data[uint8_t(from.data()[i])] = to.data()[i];
    return table;
}
// bytes.translate(table, /, delete=b'')
Fallible<Ref<>> bytes_translate(Object* self, Object* const* bound) {
    BufferView table, deleted;
    bool mapped = !is_none(bound[0]);
    if (mapped) {
        TRY(table.open(bound[0]));
        if (table.size() != 256) return raise(exc::ValueError, "translation table must be 256 characters long");
    }
    bool drop[256] = {};
    if (bound[1]) {
        TRY(deleted.open(bound[1]));
        for (char c : deleted.view())
            drop[uint8_t(c)] = true;
    }
    BytesSelf bytes(self);
    BytesBuilder out;
    TRY(out.reserve(bytes.size()));
    bool changed = false;
    for (char c : bytes.view) {
        uint8_t to = mapped ? uint8_t(table.data()[uint8_t(c)]) : uint8_t(c);
        changed |= drop[uint8_t(c)] || to != uint8_t(c);
        if (!drop[uint8_t(c)]) out.append_reserved(to);
    }
    if (!changed) return unchanged(self);
    return make_like(self, out.view());
}

// bytes.decode(encoding='utf-8', errors='strict')
Fallible<Ref<>> bytes_decode_method(Object* self, Object* const* bound) {
    CodecNames names = TRY(codec_names("decode", bound[0], bound[1]));
    BytesSelf bytes(self);
    return bytes_decode(bytes.view, names.encoding, names.errors);
}

}  // namespace py
