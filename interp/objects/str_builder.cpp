// StrBuilder: the growing buffer behind joins, formats and decoders.
#include <algorithm>

#include "interp/objects/errors.h"
#include "interp/objects/memory.h"
#include "interp/objects/str_kind.h"

namespace py {

StrBuilder::~StrBuilder() {
    if (data_ != inline_) std::free(data_);
}

Fallible<void> StrBuilder::widen(ssize_t extra, uint32_t max_char) {
    if (whole_) {
        // A second piece comes: the first one is copied now.
        Ref<Str> first = std::move(whole_);
        length_ = 0;
        TRY(widen(first->length + extra, std::max(str_max_char(first.get()), max_char)));
        copy_units(kind_, data_, 0, int(first->kind), first->data(), 0, first->length);
        length_ = first->length;
        max_char_ = str_max_char(first.get());
        return {};
    }
    int kind = std::max(kind_, kind_of_char(max_char));
    ssize_t limit = PTRDIFF_MAX / 8;
    if (extra > limit - length_) return raise_memory_error();
    ssize_t needed = length_ + extra;
    if (kind == kind_ && needed <= capacity_) return {};
    ssize_t capacity =
        needed <= capacity_ ? capacity_ : std::max<ssize_t>(needed, std::max<ssize_t>(capacity_ * 2, 64));
    if (kind == kind_ && data_ != inline_) {
        void* grown = std::realloc(data_, size_t(capacity) * size_t(kind));
        if (!grown) return raise_memory_error();
        data_ = grown;
    } else {
        void* fresh = std::malloc(size_t(capacity) * size_t(kind));
        if (!fresh) return raise_memory_error();
        copy_units(kind, fresh, 0, kind_, data_, 0, length_);
        if (data_ != inline_) std::free(data_);
        data_ = fresh;
    }
    kind_ = kind;
    capacity_ = capacity;
    return {};
}
Fallible<void> StrBuilder::reserve(ssize_t extra, uint32_t max_char) {
    if (extra > capacity_ - length_ || kind_of_char(max_char) > kind_ || whole_) return widen(extra, max_char);
    return {};
}
Fallible<void> StrBuilder::append_range(Str* text, ssize_t start, ssize_t end) {
    if (start >= end) return {};
    if (length_ == 0 && start == 0 && end == text->length && is_str_exact(text)) {
        whole_ = share(text);
        length_ = end;
        return {};
    }
    if (text->ascii && kind_ == 1 && end - start <= capacity_ - length_ && !whole_) [[likely]] {
        std::memcpy(static_cast<char*>(data_) + length_, text->latin1() + start, size_t(end - start));
        length_ += end - start;
        max_char_ = std::max<uint32_t>(max_char_, 0x7f);
        return {};
    }
    uint32_t max_char = str_max_char(text);
    // A part of a wide string may be narrower than the whole.
    if (kind_of_char(max_char) > kind_ && end - start < text->length)
        max_char = max_char_of(int(text->kind), static_cast<const char*>(text->data()) + start * ssize_t(text->kind),
                               end - start);
    TRY(reserve(end - start, max_char));
    copy_units(kind_, data_, length_, int(text->kind), text->data(), start, end - start);
    length_ += end - start;
    max_char_ = std::max(max_char_, max_char);
    return {};
}
Fallible<void> StrBuilder::append(Str* text) {
    return append_range(text, 0, text->length);
}
Fallible<void> StrBuilder::append_last(Ref<Str> text) {
    if (length_ || !text->length) return append(text.get());
    length_ = text->length;
    whole_ = std::move(text);
    return {};
}
Fallible<void> StrBuilder::append_char_general(uint32_t code_point) {
    TRY(reserve(1, code_point));
    write_unit(kind_, data_, length_++, code_point);
    max_char_ = std::max(max_char_, code_point);
    return {};
}
Fallible<void> StrBuilder::append_ascii(std::string_view ascii) {
    if (ascii.empty()) return {};
    TRY(reserve(ssize_t(ascii.size()), 0x7f));
    copy_units(kind_, data_, length_, 1, ascii.data(), 0, ssize_t(ascii.size()));
    length_ += ssize_t(ascii.size());
    max_char_ = std::max<uint32_t>(max_char_, 0x7f);
    return {};
}
Fallible<void> StrBuilder::append_latin1(const uint8_t* bytes, ssize_t count) {
    if (count == 0) return {};
    TRY(reserve(count, 0xff));
    copy_units(kind_, data_, length_, 1, bytes, 0, count);
    length_ += count;
    max_char_ = std::max<uint32_t>(max_char_, is_ascii(bytes, count) ? 0x7f : 0xff);
    return {};
}
Fallible<void> StrBuilder::truncate(ssize_t length) {
    if (whole_) TRY(widen(0, 0));
    length_ = length;
    return {};
}
Fallible<Ref<Str>> StrBuilder::finish() {
    if (whole_) return std::move(whole_);
    if (length_ == 0) return str_empty();
    // max_char_ is an upper bound only (ranges of wide strings, truncation): narrow from the characters themselves.
    if (max_char_ >= 0x80 || length_ == 1) return str_from_kind(kind_, data_, length_);
    Ref<Str> text = TRY(str_new(length_, 0x7f));
    copy_units(1, text->data(), 0, kind_, data_, 0, length_);
    return text;
}

}  // namespace py
