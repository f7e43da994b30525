// _bisect: binary search and insertion in sorted sequences.
#include "interp/objects/abstract.h"
#include "interp/objects/call.h"
#include "interp/objects/containers.h"
#include "interp/objects/errors.h"
#include "interp/objects/int.h"
#include "interp/objects/method_def.h"
#include "interp/objects/module.h"
#include "interp/objects/str.h"

namespace py {

namespace {

enum class Side { Left, Right };

// (a, x, lo=0, hi=None, *, key=None) as bound.
struct Search {
    Object *sequence, *value, *key;  // key may be null
    ssize_t low = 0, high = -1;
};
Fallible<Search> search_of(Object* const* bound) {
    Search search;
    search.sequence = bound[0];
    search.value = bound[1];
    search.key = unless_none(bound[4]);
    if (bound[2]) search.low = TRY(as_ssize(bound[2]));
    search.high = TRY(optional_size(bound[3]));
    return search;
}

template <Side side>
Fallible<ssize_t> bisect(const Search& search, Object* value) {
    ssize_t low = search.low, high = search.high;
    if (low < 0) return raise(exc::ValueError, "lo must be non-negative");
    if (high == -1) high = TRY(length(search.sequence));
    while (low < high) {
        ssize_t middle = ssize_t((size_t(low) + size_t(high)) / 2);
        Ref<> item = TRY(sequence_item(search.sequence, middle));
        if (search.key) item = TRY(call(search.key, item.get()));
        bool right_of = side == Side::Left ? TRY(rich_compare_bool(item.get(), value, kLess))
                                           : !TRY(rich_compare_bool(value, item.get(), kLess));
                                           if (right_of)
                                               low = middle + 1;
                                           else
                                               high = middle;
    }
    return low;
}
template <Side side>
Fallible<Ref<>> find(Object*, Object* const* bound) {
    Search search = TRY(search_of(bound));
    return int_from(TRY(bisect<side>(search, search.value)));
}
template <Side side>
Fallible<Ref<>> insort(Object*, Object* const* bound) {
    Search search = TRY(search_of(bound));
    Ref<> value = search.key ? TRY(call(search.key, search.value)) : share(search.value);
    ssize_t position = TRY(bisect<side>(search, value.get()));
    if (is_list_exact(search.sequence)) {
        TRY(list_insert(as_list(search.sequence), position, search.value));
    } else {
        Ref<Int> index = TRY(int_from(position));
        TRY(call_method(search.sequence, "insert"_name, index.get(), search.value));
    }
    return share(none());
}
// bisect.bisect_left(a, x, lo=0, hi=None, *, key=None)
Fallible<Ref<>> bisect_left(Object* module, Object* const* bound) {
    return find<Side::Left>(module, bound);
}
// bisect.bisect_right(a, x, lo=0, hi=None, *, key=None)
Fallible<Ref<>> bisect_right(Object* module, Object* const* bound) {
    return find<Side::Right>(module, bound);
}
// bisect.insort_left(a, x, lo=0, hi=None, *, key=None)
Fallible<Ref<>> insort_left(Object* module, Object* const* bound) {
    return insort<Side::Left>(module, bound);
}
// bisect.insort_right(a, x, lo=0, hi=None, *, key=None)
Fallible<Ref<>> insort_right(Object* module, Object* const* bound) {
    return insort<Side::Right>(module, bound);
}

MethodDef methods[] = {
    METHOD("bisect_right", bisect_right, "($module, /, a, x, lo=0, hi=None, *, key=None)",
           "Where x goes, right of what is equal to it."),
    METHOD("insort_right", insort_right, "($module, /, a, x, lo=0, hi=None, *, key=None)",
           "Inserts x, right of what is equal to it."),
    METHOD("bisect_left", bisect_left, "($module, /, a, x, lo=0, hi=None, *, key=None)",
           "Where x goes, left of what is equal to it."),
    METHOD("insort_left", insort_left, "($module, /, a, x, lo=0, hi=None, *, key=None)",
           "Inserts x, left of what is equal to it."),
    END_ROW,
};

}  // namespace

extern const NativeModule bisect_module;
const NativeModule bisect_module = {"_bisect", "Bisection algorithms.", methods, nullptr};

}  // namespace py
