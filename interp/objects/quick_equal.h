// Equality of the commonest exact types without a call through the comparison protocol.
#pragma once

#include <cstring>

#include "interp/objects/abstract.h"
#include "interp/objects/int.h"
#include "interp/objects/str.h"

namespace py {

inline bool same_text(const Str* a, const Str* b) {
    return a->length == b->length && a->kind == b->kind &&
           std::memcmp(a->data(), b->data(), size_t(a->length) * a->kind) == 0;
}

// FAST: 1 equal, 0 different, -1 ask the objects. Identity counts as equality, as in containers.
inline int quick_equal(Object* a, Object* b) {
    if (a == b) return 1;
    if (a->type != b->type) return -1;
    if (a->type == &str_type) return same_text(as_str(a), as_str(b));
    if (a->type == &int_type) {
        ssize_t size = as_int(a)->size;
        if (size != as_int(b)->size) return 0;
        if (as_int(a)->is_compact()) return as_int(a)->digits[0] == as_int(b)->digits[0];
        return std::memcmp(as_int(a)->digits, as_int(b)->digits, size_t(size < 0 ? -size : size) * sizeof(Digit)) == 0;
    }
    return -1;
}
// Equality as containers ask for it.
inline Fallible<bool> container_equal(Object* a, Object* b) {
    int quick = quick_equal(a, b);
    if (quick >= 0) return quick != 0;
    return rich_compare_bool(a, b, kEqual);
}

}  // namespace py
