// Comparing and searching strings of any two kinds.
#include <algorithm>

#include "interp/objects/errors.h"
#include "interp/objects/search.h"
#include "interp/objects/str_search.h"

namespace py {

namespace {

int compare_units(const Str* a, const Str* b) {
    ssize_t common = std::min(a->length, b->length);
    if (a->kind == 1 && b->kind == 1) return common ? std::memcmp(a->data(), b->data(), size_t(common)) : 0;
    return with_units(a, [&](auto* x) {
        return with_units(b, [&](auto* y) {
            for (ssize_t i = 0; i < common; ++i)
                if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
            return 0;
        });
    });
}

}  // namespace

bool str_equals(const Str* a, const Str* b) {
    if (a == b) return true;
    if (a->length != b->length || a->kind != b->kind) return false;
    return std::memcmp(a->data(), b->data(), size_t(a->length) * a->kind) == 0;
}
bool str_equals(const Str* a, std::string_view ascii) {
    return a->kind == 1 && size_t(a->length) == ascii.size() && std::memcmp(a->data(), ascii.data(), ascii.size()) == 0;
}
int str_compare(const Str* a, const Str* b) {
    int order = compare_units(a, b);
    if (order) return order < 0 ? -1 : 1;
    return a->length < b->length ? -1 : a->length > b->length;
}
bool str_starts_with(const Str* text, std::string_view ascii) {
    if (size_t(text->length) < ascii.size()) return false;
    if (text->kind == 1) return std::memcmp(text->data(), ascii.data(), ascii.size()) == 0;
    for (size_t i = 0; i < ascii.size(); ++i)
        if (text->at(ssize_t(i)) != uint8_t(ascii[i])) return false;
    return true;
}

WidenedPart::~WidenedPart() {
    if (owned_) std::free(owned_);
}
Fallible<const void*> WidenedPart::widen(const Str* part, int kind) {
    if (int(part->kind) == kind) return static_cast<const void*>(part->data());
    owned_ = std::malloc(size_t(part->length) * size_t(kind) + 1);
    if (!owned_) return raise_memory_error();
    copy_units(kind, owned_, 0, int(part->kind), part->data(), 0, part->length);
    return static_cast<const void*>(owned_);
}

ssize_t str_find_char(const Str* text, uint32_t ch, ssize_t start, ssize_t end, int direction) {
    if (ch > str_max_char(text) || start >= end) return -1;
    ssize_t at = with_units(text, [&](auto* units) {
        using Unit = std::remove_cvref_t<decltype(*units)>;
        return direction > 0 ? find_unit(units + start, end - start, Unit(ch))
                             : rfind_unit(units + start, end - start, Unit(ch));
    });
    return at < 0 ? -1 : at + start;
}
// A part that needs widening is widened on the stack or heap; out of memory counts as an abort-worthy state here,
// because the function's contract has no failure.
ssize_t str_find(const Str* text, const Str* part, ssize_t start, ssize_t end, int direction) {
    if (part->kind > text->kind || part->length > end - start || start > end) return -1;
    if (part->length == 1) return str_find_char(text, part->at(0), start, end, direction);
    WidenedPart widened;
    const void* needle = MUST(widened.widen(part, int(text->kind)));
    ssize_t at = with_units(text, [&](auto* units) {
        auto* wanted = static_cast<decltype(units)>(needle);
        return direction > 0 ? find_units(units + start, end - start, wanted, part->length)
                             : rfind_units(units + start, end - start, wanted, part->length);
    });
    return at < 0 ? -1 : at + start;
}
ssize_t str_count(const Str* text, const Str* part, ssize_t start, ssize_t end, ssize_t limit) {
    if (start > end) return 0;
    if (part->length == 0) return std::min(end - start + 1, limit);
    if (part->kind > text->kind || part->length > end - start) return 0;
    WidenedPart widened;
    const void* needle = MUST(widened.widen(part, int(text->kind)));
    return with_units(text, [&](auto* units) {
        return count_units(units + start, end - start, static_cast<decltype(units)>(needle), part->length, limit);
    });
}
bool str_matches_at(const Str* text, const Str* part, ssize_t at) {
    if (at < 0 || at > text->length || part->length > text->length - at) return false;
    if (part->kind > text->kind) return false;
    if (part->kind == text->kind)
        return std::memcmp(static_cast<const char*>(text->data()) + at * ssize_t(text->kind), part->data(),
                           size_t(part->length) * part->kind) == 0;
    for (ssize_t i = 0; i < part->length; ++i)
        if (text->at(at + i) != part->at(i)) return false;
    return true;
}

}  // namespace py
